"""How often a voted label is wrong, where the truth is known: rows that were voted on, counted by all that a user sees
who does not know it (the margin of the votes, the student's pass rate, which rows a rule would pick).

The truth is in no vote. What an answer is told apart by is a row in which that answer itself is right, as for a task
that is synthesized; of the row that was asked it has the scorer and the choices, and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, NamedTuple

from synthrl import prompt
from synthrl.answers import score_row
from synthrl.answers.choices import abstains
from synthrl.row import UNANSWERABLE
from synthrl.selection import rate_at_least, wilson

from . import rates
from .choose import RULES, choose
from .definition import Candidate, Definition, fault, row
from .draft import Rate
from .funnel import MARGINS, RATES, bin_of
from .reply import Reply
from .settings import Settings
from .votes import Gold, Votes, answer_in, count, labels, spoke

Row = dict[str, Any]
MARGIN_BANDS = ("0", *MARGINS[1:])  # 0: two labels tied, or there was none to be read
CONFIDENCE = 0.95
_TYPES = {"number": "number", "set": "names"}  # scorer → type of answer; text for all others


class Case(NamedTuple):
    """A row that was voted on. `rate`: how often the student says what the label says; `true_rate`: what is true."""

    id: str
    kind: str
    hops: int
    guess: float | None  # the share that guessing gets, where it is known
    votes: Votes
    wrong: bool | None  # None: there is no label
    first_right: bool  # the first answer, by itself
    rate: Rate | None = None
    true_rate: Rate | None = None


class Count(NamedTuple):
    labels: int
    wrong: int
    abstained: int = 0

    @property
    def share(self) -> float | None:
        return self.wrong / self.labels if self.labels else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.wrong, self.labels)


class Threshold(NamedTuple):
    """`most`: the share of wrong labels is at most that, at 95% confidence; of what was looked at last, if none holds."""

    margin: float | None
    labels: int
    wrong: int
    most: float
    why: str = ""  # there is none


class Picked(NamedTuple):
    """What a rule would take, and as many at random."""

    rule: str
    ids: list[str]
    selected: Count
    control: Count


# A row is voted on ---------------------------------------------------------------------------------------------------


def gold(asked: Row) -> Gold:
    """Said → the row in which that is right, made as that of a candidate is."""
    choices, scorer = tuple(asked["choices"]), asked["scorer"]
    task = Definition("calibrate", "", "", "", "", _TYPES.get(scorer, "text"), scorer, (), len(choices), (), (), (), "")

    def right(said: str) -> Row | None:
        one = Candidate("?", said, choices)
        of = replace(task, labels=(said,)) if scorer == "label" else task  # which there are is for the teacher to say
        if not choices and abstains(said, UNANSWERABLE):  # as every row's prompt allows
            blank = {"answers": [UNANSWERABLE], "answer": UNANSWERABLE[0], "answerable": False}
            return {"id": asked["id"], "scorer": scorer, "choices": [], **blank}
        return None if fault(of, one) else row(of, one, asked["id"], {})

    return right


def voted(asked: Row, replies: Sequence[Reply], how: Settings) -> Votes:
    """By the code and the order of a synthesis: the first answer votes last."""
    first, *again = replies
    spoken = [reply for reply in (*again, first) if spoke(reply)]
    found = labels(map(answer_in, spoken), gold(asked), asked["choices"])
    return count(found, how.agreement, how.faithful, len(replies))


def judged(asked: Row, replies: Sequence[Reply], how: Settings, guess: float | None) -> Case:
    """Voted on first; then the label is held to the truth."""
    votes = voted(asked, replies, how)
    wrong = None if votes.label is None else score_row(prompt.tagged(votes.label), asked).exact_match < 1
    first_right = score_row(replies[0].text, asked).exact_match == 1 if answer_in(replies[0]) else False
    return Case(asked["id"], asked["kind"], asked["hops"], guess, votes, wrong, first_right)


def measured(case: Case, found: Row) -> Case:
    """With the student's pass rates. `found`: its replies, judged by the truth."""
    assert case.votes.label is not None
    by_label = gold(found)(case.votes.label)
    assert by_label is not None  # else it were no label
    seen = rates.judged({**found, **{name: by_label[name] for name in ("answers", "answer", "answerable")}})
    return case._replace(rate=_rate(seen), true_rate=_rate(found))


def _rate(found: Row) -> Rate:
    return Rate(found["k"], found["n"], round((found["parse_rate"] or 0) * found["n"]), found["revision"])


# Cases are counted ---------------------------------------------------------------------------------------------------


def counted(cases: Iterable[Case]) -> Count:
    found = Counter(case.wrong for case in cases)
    return Count(found[True] + found[False], found[True], found[None])


def by(cases: Iterable[Case], key: Callable[[Case], Any]) -> dict[Any, Count]:
    """Each group's count. None is no group."""
    groups: dict[Any, list[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return {group: counted(groups[group]) for group in sorted(groups.keys() - {None})}


def margin_band(case: Case) -> int:
    """Its place in MARGIN_BANDS."""
    return bin_of(case.votes.margin, len(MARGIN_BANDS))


def rate_band(case: Case) -> int | None:
    """Its place in RATES, by the label: all that selection can see."""
    share = case.rate.share if case.rate else None
    return None if share is None else bin_of(share, len(RATES))


def both_bands(case: Case) -> tuple[int, int] | None:
    rate = rate_band(case)
    return None if rate is None else (margin_band(case), rate)


def abstentions(cases: Iterable[Case]) -> dict[str, int]:
    """By their reason, the words before the colon; the most frequent first."""
    found = Counter(case.votes.why.partition(":")[0].partition(" in any")[0] for case in cases if case.wrong is None)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def mean_rates(cases: Iterable[Case], wrong: bool) -> tuple[float, float] | None:
    """The student's mean pass rate where labels are right, or wrong: by the label, and by the truth."""
    pairs = [
        (case.rate.k / case.rate.n, case.true_rate.k / case.rate.n)  # of the same answers
        for case in cases
        if case.wrong is wrong and case.rate and case.true_rate and case.rate.n
    ]
    return (fmean(seen for seen, _ in pairs), fmean(true for _, true in pairs)) if pairs else None


def threshold(cases: Iterable[Case], at_most: float, confidence: float = CONFIDENCE) -> Threshold:
    """The smallest margin from which on at most so many labels are wrong, surely enough.

    Looked for from the greatest margin down, first where there are labels enough that none wrong would do, and no
    further than to the first that fails. As that order does not hang on which labels are wrong, the one found holds at
    the confidence asked for, though many were looked at; the least of all that pass would be luck more often.
    """
    ranked = sorted((case for case in cases if case.wrong is not None), key=lambda case: -case.votes.margin)
    found: Threshold | None = None
    total = wrong = 0
    for place, case in enumerate(ranked):
        total, wrong = total + 1, wrong + bool(case.wrong)
        margin = case.votes.margin
        if place + 1 < len(ranked) and ranked[place + 1].votes.margin == margin:
            continue
        if (1 - at_most) ** total > 1 - confidence:
            continue
        now = Threshold(margin, total, wrong, 1 - rate_at_least(total - wrong, total, confidence))
        if now.most > at_most:
            why = f"from {margin:.3g} on, {wrong:,} of {total:,} labels are wrong, and it may be up to {now.most:.1%}"
            return found or now._replace(margin=None, why=why)
        found = now
    few = f"there are {total:,} labels, too few to tell even if none were wrong"
    return found or Threshold(None, total, wrong, 1 - rate_at_least(total - wrong, total) if total else 1.0, few)


def selections(cases: Iterable[Case], take: int | None, seed: int) -> list[Picked]:
    """What each rule of a synthesis would take of the labelled: half of them, unless it is said how many."""
    pool = [case for case in cases if case.wrong is not None and case.rate is not None]
    if not pool:
        return []
    ids = [case.id for case in pool]
    k, n = ([getattr(case.rate, name) for case in pool] for name in ("k", "n"))
    margins = [case.votes.margin for case in pool]
    found = []
    for rule in RULES:
        picked, control = choose(ids, k, n, margins, rule, take or max(1, len(pool) // 2), seed)
        sets = [[pool[place] for place in each.kept] for each in (picked, control)]
        found.append(Picked(rule, [case.id for case in sets[0]], counted(sets[0]), counted(sets[1])))
    return found
