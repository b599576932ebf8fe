"""What a question's answer is, by vote: answers that the row's own judge takes for the same are one.

An answer is told apart by scoring it against the others as gold, never by its letters: 1/2 and 0.5 are one answer to a
number, B and the text of B one choice. Where too few say the same there is no label, and `why` says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from synthrl.answers import extract_answer, score_answer
from synthrl.answers.extract import after_thinking
from synthrl.prompt import TAG

from .reply import SAID, USABLE, Reply

Gold = Callable[[str], dict[str, Any] | None]  # the row in which this answer is right; None where it cannot be one


class Votes(NamedTuple):
    histogram: dict[str, int]  # label → votes, the most first; those without an answer are not in it
    label: str | None  # None: abstained, and `why` says why
    share: float  # of the first; all who were asked and spoke count, those without an answer too
    margin: float  # that share less that of the second
    why: str = ""


def answer_in(reply: Reply) -> str | None:
    """What a re-answer says; None where it says nothing that can be found."""
    found = extract_answer(reply.text) if reply.status in USABLE else None
    return found.strip() or None if found else None


def worked(reply: Reply) -> str:
    """The reasoning of a re-answer, without the answer at its end."""
    text = after_thinking(reply.text)
    before, tag, _ = text.rpartition(f"<{TAG}>")
    return (before if tag else text).strip()


def labels(answers: Iterable[str | None], gold: Gold, closed: Sequence[str] = ()) -> list[str | None]:
    """Each answer by the name of what it says: one of `closed`, or else the first answer that says the same."""
    known: dict[str, dict[str, Any]] = {name: row for name in closed if (row := gold(name))}
    found: list[str | None] = []
    for answer in answers:
        said = None if answer is None else _said(answer, known)
        if said is None and answer is not None and not closed and (row := gold(answer)):
            known[answer], said = row, answer
        found.append(said)
    return found


def _said(answer: str, known: dict[str, dict[str, Any]]) -> str | None:
    if answer in known:
        return answer
    return next((name for name, row in known.items() if score_answer(answer, row).exact_match == 1), None)


def count(found: Sequence[str | None], agreement: float, first_of_tied: bool = False, asked: int = 0) -> Votes:
    """The label that they agree on. `found`: one for each who spoke; `asked`: how many were asked, if more."""
    counted = Counter(label for label in found if label is not None)
    ranked = counted.most_common()  # of as many votes, the one met first comes first
    histogram, total = dict(ranked), len(found)
    if 2 * total < asked:
        return Votes(histogram, None, 0.0, 0.0, f"too few votes: {total} of {asked} could be read")
    if not ranked:
        return Votes({}, None, 0.0, 0.0, f"no answer in any of {total} votes")
    (first, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
    votes = Votes(histogram, first, most / total, (most - second) / total)
    if most == second and not first_of_tied:
        return votes._replace(
            label=None, why=f"tie: {most} of {total} votes each for {_shown(ranked[0][0], ranked[1][0])}"
        )
    if most / total < agreement:
        return votes._replace(label=None, why=f"too little agreement: {most} of {total} votes, {agreement:.0%} wanted")
    return votes


def spoke(reply: Reply) -> bool:
    """What is malformed or refused is the server's doing, and no vote."""
    return reply.status in SAID


def _shown(*labels: str) -> str:
    return " and ".join(repr(label[:60]) for label in labels)
