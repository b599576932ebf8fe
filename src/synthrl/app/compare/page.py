"""What the report says: sections of text, tables, pictures and examples, which Markdown and HTML then tell alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from synthrl.app.compare.examples import MOST, Example, chosen
from synthrl.app.compare.figures import POSITIONS, Drawn, trained_on
from synthrl.app.compare.read import BALANCED, COLUMNS, Evaluation
from synthrl.app.compare.sets import Set, short, twins
from synthrl.app.compare.table import BOTH, OPEN, PARTS, Entry
from synthrl.app.figures.shapes import Figure
from synthrl.app.figures.words import CONTROL, percent, signed

FIGURES = {
    "exact_match": "Exact match",
    "f1": "F1",
    "exact_match_strict": "Exact match of answers in tags",
    "f1_strict": "F1 of answers in tags",
    "parsed": "Parsed: an answer is found at all",
    "parsed_strict": "Parsed: an answer in tags",
    "truncated": "Truncated (less is better)",
    BALANCED: "Balanced accuracy: the mean over classes",
    "group_answer_f1": "F1 of pairs: of questions asked with and without what they take, where both are told for what they are",
    "group_sp_f1": "F1 of supporting facts of such pairs",
}
LESS_IS_BETTER = ("truncated",)


@dataclass
class Rows:
    caption: str
    header: list[str]
    rows: list[list[str]]
    words: int = 1  # so many of the first columns are words
    folded: bool = False
    verdicts: list[str] = field(default_factory=list)  # of the gain in each row: better, worse or neither


class Shown(NamedTuple):
    title: str
    model: str  # which is shown beside the base
    examples: list[Example]


@dataclass
class Section:
    title: str
    text: list[str] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    examples: list[Shown] = field(default_factory=list)


def title(base: Evaluation, trained: Sequence[Evaluation]) -> str:
    return f"{', '.join(one.label for one in trained)} against {base.label}" if trained else base.label


def sections(drawn: Drawn, pictures: Sequence[Figure]) -> list[Section]:
    told = [_models(drawn), _scores(drawn), _parts(drawn), _matrix(drawn), _groups(drawn), _positions(drawn)]
    told += [_closed(drawn), *_examples(drawn)]
    for section in told:
        section.figures = [figure for figure in pictures if figure.section == section.title]
    return [each for each in told if each.tables or each.figures or each.examples]


def change(entry: Entry | None) -> str:
    """+8.9 [6.1, 11.5]"""
    if entry is None or entry.gain is None:
        return "–"
    return f"{signed(entry.gain)} {_between(entry.gain_low, entry.gain_high)}".strip()


def verdict(entry: Entry) -> str:
    """better or worse, where the interval leaves zero out."""
    low, high = entry.gain_low, entry.gain_high
    if low is None or high is None or low <= 0 <= high:
        return ""
    return "better" if (low > 0) != (entry.figure in LESS_IS_BETTER) else "worse"


def columns(*heads: str | Evaluation) -> list[str]:
    """The heads of a table. A model may be called what another column is: gain, rows, model."""
    words = [head for head in heads if isinstance(head, str)]
    return [
        head if isinstance(head, str) else f"{head.label} (label)" if head.label in words else head.label
        for head in heads
    ]


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"[{percent(low)}, {percent(high)}]"


def _value(value: float | None) -> str:
    return "–" if value is None else percent(value)


def _alone(entry: Entry | None) -> str:
    return (
        "–"
        if entry is None or entry.value is None
        else f"{percent(entry.value)} {_between(entry.low, entry.high)}".strip()
    )


def headline(drawn: Drawn) -> list[str]:
    """The first lines: what was gained on the whole, and by what."""
    said = []
    for one in drawn.trained:
        for each in drawn.means or drawn.families[:1]:
            whole = drawn.gain(one, each.name, "exact_match")
            if whole is None or whole.base is None or whole.value is None:
                continue
            parts = {part: drawn.gain(one, each.name, part) for part in PARTS}
            of = f"{each.name} ({whole.tasks} tasks, {whole.rows:,} rows)" if whole.tasks > 1 else each.name
            made = ", ".join(f"{part} {signed(p.gain)}" for part, p in parts.items() if p and p.gain is not None)
            said.append(
                f"{one.label}, {of}: exact match {percent(whole.base)} → {percent(whole.value)}, {change(whole)}. {made}."
            )
    for each in drawn.means if not drawn.trained else ():
        entry = drawn.table.get(drawn.base.label, "", each.name, "exact_match")
        if entry is not None:
            said.append(f"{each.name} ({entry.tasks} tasks, {entry.rows:,} rows): exact match {_alone(entry)}.")
    return said


def _models(drawn: Drawn) -> Section:
    header = ["", "model", "trained on", "tasks", "rows", "scoring", "temperature"]
    rows = []
    for one in (drawn.base, *drawn.trained):
        said = one.settings
        cells = [one.label + CONTROL * one.control, one.model, ", ".join(one.families), str(len(one.tasks))]
        cells.append(f"{sum(len(task.rows) for task in one.tasks.values()):,}")
        rows.append([*cells, str(said.get("scoring_version") or "?"), str(said.get("temperature", "?"))])
    return Section("What was evaluated", tables=[Rows("", header, rows, words=3)])


def _scores(drawn: Drawn) -> Section:
    section = Section("Scores")
    sets = [*drawn.means, *drawn.families]
    members = [Set(short(name), [name]) for each in drawn.families if len(each.tasks) > 1 for name in each.tasks]
    if not drawn.trained:
        section.text = [
            "In percent, with 95% intervals (Wilson; of a mean over tasks, a bootstrap of rows within tasks). Other figures "
            "are in table.csv."
        ]
        section.tables = [_one_model(drawn, sets)]
        if members:
            section.tables.append(_one_model(drawn, members, "Those that are part of a mean above, each by itself"))
        return section
    section.text = [
        "In percent, of the rows that both answered; gains with 95% intervals by a bootstrap of these rows, of a mean over "
        "tasks within each task. Where all rows changed alike (or none did) there is no interval; of few rows it is too "
        "narrow. A mean over tasks leaves out what is asked closed-book."
    ]
    figures = dict.fromkeys(figure for task in drawn.tasks.values() for figure in task.figures)
    known, others = [name for name in FIGURES if name in figures], [name for name in figures if name not in FIGURES]
    by_itself = ", of those that are part of a mean each by itself"
    for one in drawn.trained:
        for figure in (*known, *others):
            section.tables += [_compared(drawn, one, figure, sets), _compared(drawn, one, figure, members, by_itself)]
    section.tables = [table for table in section.tables if table.rows]
    return section


def _compared(drawn: Drawn, one: Evaluation, figure: str, sets: Sequence[Set], more: str = "") -> Rows:
    caption = f"{one.label}: " * (len(drawn.trained) > 1) + FIGURES.get(figure, figure) + more
    header = columns("task", "rows", "left out", drawn.base, one, "gain")
    entries = [entry for each in sets if (entry := drawn.gain(one, each.name, figure))]
    folded = figure != "exact_match" or bool(more)
    table = Rows(caption, header, [*map(_scored, entries)], folded=folded, verdicts=[*map(verdict, entries)])
    _drop(table, "left out")
    return table


def _scored(entry: Entry) -> list[str]:
    alone = (entry.only_model or 0) + (entry.only_base or 0)
    return [
        entry.task if entry.tasks == 1 else f"{entry.task} ({entry.tasks} tasks)",
        f"{entry.rows:,}",
        f"{alone:,}" if alone else "",
        _value(entry.base),
        _value(entry.value),
        change(entry),
    ]


def _drop(table: Rows, column: str) -> None:
    """A column that says nothing."""
    at = table.header.index(column)
    if not any(row[at] for row in table.rows):
        table.header = [cell for i, cell in enumerate(table.header) if i != at]
        table.rows = [[cell for i, cell in enumerate(row) if i != at] for row in table.rows]


def _one_model(drawn: Drawn, sets: Sequence[Set], folded: str = "") -> Rows:
    figures = ("", "f1", "exact_match_strict", "parsed", "truncated")
    rows = []
    for each in sets:
        entries = [drawn.table.get(drawn.base.label, "", each.name, name or drawn.lead(each)) for name in figures]
        if entries[0] is not None:
            rows.append([each.name, f"{entries[0].rows:,}", *map(_alone, entries)])
    header = ["task", "rows", "right answers", "F1", "right, in tags", "parsed", "truncated"]
    return Rows(folded, header, rows, folded=bool(folded))


def _parts(drawn: Drawn) -> Section:
    section = Section("What the gain is made of")
    section.text = [
        "Each row that changed is of one part: it *parses now* (no answer was found before, and the one found now is right), is "
        "*right now* (an answer was found before, and was wrong), *parses no more*, or is *wrong now*. The four are the gain "
        "in exact match. What parses now may have been known before and only not said: a gain of that part alone is no "
        "sign of better reasoning. Beside them, exact match of the rows in which both give an answer: free of that doubt, but of "
        "chosen rows."
    ]
    for one in drawn.trained:
        rows = []
        for each in (*drawn.means, *drawn.families):
            parts = [drawn.gain(one, each.name, part) for part in PARTS]
            both = drawn.gain(one, each.name, BOTH)
            if any(parts):
                cells = [each.name, *map(change, (drawn.gain(one, each.name, "exact_match"), *parts))]
                ends = ["–"] * 3 if both is None else [f"{both.rows:,}", _value(both.base), _value(both.value)]
                rows.append([*cells, *ends, change(both)])
        header = columns("task", "gain", *PARTS, "rows where both parse", drawn.base, one, "gain there")
        section.tables += [Rows(one.label, header, rows)] if rows else []
    return section


def _matrix(drawn: Drawn) -> Section:
    section = Section("Trained on and tested on")
    if len(drawn.trained) > 1:
        section.text = [f"Gains in right answers over {drawn.base.label}, in percentage points, with 95% intervals."]
        rows = [
            [each.name, *(change(drawn.gain(one, each.name, drawn.lead(each))) for one in drawn.trained)]
            for each in (*drawn.means, *drawn.families)
        ]
        section.tables = [Rows("", ["tested on", *map(trained_on, drawn.trained)], rows)]
    return section


def _groups(drawn: Drawn) -> Section:
    section = Section("By hops, kind and level")
    for by in COLUMNS:
        rows: list[list[str]] = []
        for each in drawn.families:
            for group in drawn.table.groups(drawn.base.label, "", each.name, by):
                rows += _of_group(drawn, each, by, group)
        words = 3 if drawn.trained else 2
        header = columns("task", by, "rows", "right answers")
        if drawn.trained:
            header = columns("task", by, "model", "rows", drawn.base, "then", "gain")
        section.tables += [Rows(f"Right answers by {by}", header, rows, words, folded=True)] if rows else []
    section.text = ["Other figures than right answers are in table.csv."] * bool(section.tables)
    return section


def _of_group(drawn: Drawn, each: Set, by: str, group: str) -> Iterator[list[str]]:
    figure = drawn.lead(each)
    if not drawn.trained and (own := drawn.table.get(drawn.base.label, "", each.name, figure, by, group)):
        yield [each.name, group, f"{own.rows:,}", _alone(own)]
    for one in drawn.trained:
        entry = drawn.table.get(one.label, drawn.base.label, each.name, figure, by, group)
        if entry is not None:
            ends = [_value(entry.base), _value(entry.value)]
            yield [each.name, group, one.label, f"{entry.rows:,}", *ends, change(entry)]


def _positions(drawn: Drawn) -> Section:
    section = Section("Intermediate answers")
    section.text = [
        "Of the rows whose proof has so many intermediate answers, the percentage whose reasoning comes by the first, the "
        "second …, and the share of all that it comes by (recall)."
    ]
    names = {"hop_recall": "recall", **{hop: f"answer {i + 1}" for i, hop in enumerate(POSITIONS)}}
    for one in drawn.trained or [drawn.base]:
        rows = []
        for each in drawn.families:
            for hop, said in names.items():
                if drawn.trained and (entry := drawn.gain(one, each.name, hop)):
                    rows.append(
                        [each.name, said, f"{entry.rows:,}", _value(entry.base), _value(entry.value), change(entry)]
                    )
                elif not drawn.trained and (entry := drawn.table.get(one.label, "", each.name, hop)):
                    rows.append([each.name, said, f"{entry.rows:,}", _alone(entry)])
        ends: list[str | Evaluation] = [drawn.base, one, "gain"] if drawn.trained else [one]
        section.tables += [Rows(one.label, columns("task", "", "rows", *ends), rows, 2, folded=True)] if rows else []
    return section


def _closed(drawn: Drawn) -> Section:
    section = Section("With and without the text")
    pairs = twins(drawn.tasks)
    section.text = [
        "Closed-book, the same questions are asked without their text: what is right then is known or guessed."
    ]
    if drawn.trained:
        section.text = [
            "Closed-book, the same questions are asked without their text. Reading cannot help there: a gain that is as large "
            "without the text as with it is of form, of guessing, or of answers that have leaked into training, and not of "
            "reasoning over what is given."
        ]
    rows: list[list[str]]
    for one in drawn.trained:
        rows = []
        for bare, closed in pairs.items():
            cells = [drawn.gain(one, short(name), "exact_match") for name in (bare, closed)]
            if all(cells):
                rows.append([short(bare), *map(change, cells), change(drawn.gain(one, short(bare), OPEN))])
        header = ["benchmark", "gain with its text", "gain closed-book", "difference"]
        section.tables += [Rows(one.label, header, rows)] if rows else []
    for bare, closed in pairs.items() if not drawn.trained else ():
        cells = [drawn.table.get(drawn.base.label, "", short(name), "exact_match") for name in (bare, closed)]
        if not section.tables:
            section.tables = [Rows("", ["benchmark", "with its text", "closed-book"], [])]
        section.tables[0].rows.append([short(bare), *map(_alone, cells)])
    return section


def _examples(drawn: Drawn) -> Iterator[Section]:
    section = Section("Wins and losses, side by side")
    section.text = [
        f"At most {MOST} of each, chosen by rule: rows where both gave an answer come first; tasks take turns; in a task, most "
        "hops first, then the shortest two completions."
    ]
    for one in drawn.trained:
        for name, found in zip(("wins", "losses"), chosen(drawn.base, one), strict=True):
            section.examples += [Shown(f"{one.label}: {len(found)} {name}", one.label, found)] if found else []
    yield section
