"""The card of a synthesis: what came in, what came out and why the rest did not, as one page for people and the Hub."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synthrl.prompt import as_text

from . import funnel, teacher
from .definition import Definition
from .draft import GENERATED, STAGES, Draft
from .funnel import plain
from .model import Used
from .results import TABLE, as_json, whole_row
from .settings import Settings

PICTURE = "rates.png"
PICTURED = "Rows by pass rate, before and after adaptation and selected, and by the margin of their votes"
LONGEST = 1500  # characters of the row that is shown


@dataclass(frozen=True)
class Facts:
    """All that the card tells of."""

    definition: Definition
    settings: Settings
    about: dict[str, Any]  # models, versions: what is the same for all rows
    drafts: Sequence[Draft]
    control: frozenset[str]  # ids
    used: dict[str, dict[str, Used]]  # model's part → step → what it took
    prices: dict[str, tuple[float, float]]
    compared: dict[str, int]  # what drafts were compared with → texts of it
    tables: dict[str, int | None]  # name → a number for what is in it; None where there is no row
    picture: bool

    @property
    def selected(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.is_in]


def text(facts: Facts) -> str:
    parts = [
        _header(facts),
        _summary(facts),
        _funnel(facts),
        _agreement(facts),
        _difficulty(facts),
        _overlap(facts),
        _cost(facts),
        _row(facts),
        _columns(),
        _settings(facts),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def dollars(used: Used, prices: tuple[float, float]) -> float:
    return (used.tokens_in * prices[0] + used.tokens_out * prices[1]) / 1e6


def _header(facts: Facts) -> list[str]:
    """So that `load_dataset(folder, "selected")` finds each set, here and on the Hub.

    The version is all by which `datasets` would know that a table in a folder of the same name is not the one it has cached.
    """
    tables = {name: number for name, number in facts.tables.items() if number is not None}
    lines = ["---", *["configs:"] * bool(tables)]
    for name, number in tables.items():
        lines += [f"- config_name: {name}", f"  version: 0.0.{number}"]
        lines += ["  data_files:", "  - split: train", f"    path: {name}/{TABLE}"]
    return [*lines, "tags:", "- synthetic", "- synthrl", "---"]


def _summary(facts: Facts) -> list[str]:
    task, about = facts.definition, facts.about
    benchmarks = f" It stands for {', '.join(task.benchmark)}." if task.benchmark else ""
    return [
        f"# {task.name}: {len(facts.selected):,} rows made from a task definition",
        "",
        f"{task.description}{benchmarks}",
        "",
        f"Written and voted on by `{about['teacher']['model']}`, measured on `{about['student']['model']}`, by "
        "`synthrl synthesize`. No label here is proven: each is the answer that most of the teacher's own attempts "
        "agree on, unless its provenance names a program.",
        "",
        f"`selected` has the rows to train on, `control` as many drawn at random from all that were fit for it, and "
        f"`candidates` ({len(_rows(facts)):,}) every one, with the reason where it was left out.",
    ]


def _rows(facts: Facts) -> list[Draft]:
    return [draft for draft in facts.drafts if draft.candidate]


def _funnel(facts: Facts) -> list[str]:
    found, why = funnel.stages(facts.drafts), funnel.reasons(facts.drafts)
    meaning = {
        "asked": "asked for",
        "valid": "one JSON object, a row of this task, and a new question",
        "clean": "nothing known from elsewhere",
        "agreed": "the votes agree on a label",
        "moved": "every rewrite is taken" if facts.settings.faithful else "a rewrite is harder, or easier, as meant",
        "selected": "chosen",
    }
    rows = [
        [
            f"{stage}: {meaning[stage]}",
            found["generated"][stage],
            found["rewritten"][stage],
            "; ".join(f"{count:,} {plain(reason)}" for reason, count in why.get(stage, {}).items()),
        ]
        for stage in ("asked", *STAGES)
    ]
    asked, valid = (sum(counts[stage] for counts in found.values()) for stage in ("asked", "valid"))
    parsed = f"{valid / asked:.1%} of the teacher's replies were a sample of the task." if asked else ""
    return ["## Funnel", "", *funnel.table(["reached", "generated", "rewritten", "stopped by"], rows), "", parsed]


def _agreement(facts: Facts) -> list[str]:
    voted = [draft for draft in facts.drafts if draft.votes]
    if not voted:
        return []
    changed = sum(draft.label != "teacher" and bool(draft.first) for draft in voted)
    counts = zip(funnel.MARGINS, funnel.by_margin(voted), funnel.by_margin(facts.selected), strict=True)
    return [
        "## Votes",
        "",
        f"{facts.settings.votes} re-answers and the first answer. The margin is the share of the label less that of "
        f"the runner-up. {changed:,} rows carry another label than the teacher's first answer.",
        "",
        *funnel.table(["margin", "all", "selected"], counts),
    ]


def _difficulty(facts: Facts) -> list[str]:
    measured = [draft for draft in facts.drafts if draft.rate]
    control = [draft for draft in facts.drafts if draft.id in facts.control]
    made = [draft for draft in measured if draft.made == GENERATED]
    moved = [draft for draft in measured if draft.reached("moved")]
    sets = [made, moved, facts.selected, control]
    rows: list[Sequence[object]] = list(zip(funnel.RATES, *map(funnel.by_rate, sets), strict=True))
    means = (funnel.mean_rate(each) for each in sets)
    rows.append(["mean", *("–" if mean is None else f"{mean:.1%}" for mean in means)])
    parsed = funnel.parsed(measured)
    return [
        "## Pass rates of the student",
        "",
        f"{facts.settings.student_samples} answers to each. Before: as generated. After: with the rewrites that were "
        f"accepted. An answer could be read in {'none' if parsed is None else f'{parsed:.1%}'} of what it said.",
        "",
        *funnel.table(["solved", "before", "after", "selected", "control"], rows),
        *(["", f"![{PICTURED}]({PICTURE})"] if facts.picture else []),
    ]


def _overlap(facts: Facts) -> list[str]:
    hits = Counter(": ".join(draft.why.split(": ")[:2]) for draft in facts.drafts if draft.dropped == "clean")
    compared = ", ".join(f"{plain(name)} ({count:,})" for name, count in facts.compared.items()) or "nothing"
    lines = ["## Contamination", "", f"Each question was compared with: {compared}."]
    if quoting := sum(bool(draft.quoted) and draft.is_in for draft in facts.drafts):
        lines.append(
            f"{quoting:,} of those selected share 13 words in a row, or more, with the passage they were made from."
        )
    if not hits:
        return [*lines, "None was dropped for it."]
    rows = sorted(hits.items(), key=lambda item: (-item[1], item[0]))
    return [*lines, "", *funnel.table(["in common with", "dropped"], [[plain(name), count] for name, count in rows])]


def _cost(facts: Facts) -> list[str]:
    rows: list[Sequence[object]] = []
    untold = 0
    for part, steps in facts.used.items():
        for step, used in steps.items():
            odd = ", ".join(f"{n:,} {status}" for status, n in sorted(used.statuses.items()) if status != "ok")
            cost = dollars(used, facts.prices[part])
            rows.append([f"{part}: {step}", used.requests, used.tokens_in, used.tokens_out, f"{cost:.2f}", odd])
            untold += used.untold
    total = sum(dollars(used, facts.prices[part]) for part, steps in facts.used.items() for used in steps.values())
    lines = [
        "## Cost",
        "",
        f"What the replies took that this is made of: ${total:.2f} at the prices given. Tries that failed are not in it"
        + (f", nor the tokens of {untold:,} replies of which the server says nothing." if untold else "."),
        "",
    ]
    return [*lines, *funnel.table(["asked", "requests", "tokens in", "tokens out", "$", "not whole"], rows)]


def _row(facts: Facts) -> list[str]:
    if not facts.selected:
        return ["## A row", "", "None was selected."]
    row = whole_row(facts.definition, facts.selected[0], facts.about)
    asked = as_text(row["prompt"]).removesuffix("\n\nAnswer:")
    body = "\n".join(["    " + line for line in f"{asked}\n\n→ {row['solution']}"[:LONGEST].split("\n")])
    return ["## A row", "", body]


def _columns() -> list[str]:
    return [
        "## Columns",
        "",
        "Those of every synthrl row, and `k` of `n` answers of the student right, their `pass_rate`, the `margin` of the "
        "votes, `dropped` (why it was not selected) and `provenance` (JSON: definition, models, the key of each reply in "
        "the cache, passage, votes, pass rates before and after, parent).",
    ]


def _settings(facts: Facts) -> list[str]:
    said = {"prompts": teacher.VERSION, **facts.about, "settings": facts.settings.as_dict()}
    return ["## Settings", "", "```json", as_json(said, indent=1), "```"]
