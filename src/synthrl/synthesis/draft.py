"""A draft: one sample on its way from the teacher's reply to a row, with all that is known of how it came about."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from synthrl.seeding import digest

from .definition import Candidate, Definition
from .votes import Votes

STAGES = ("valid", "clean", "agreed", "moved", "selected")  # what a draft can fail to be, in this order
GENERATED, HARDER, EASIER = "generated", "harder", "easier"


class Rate(NamedTuple):
    """A student's pass rate: k of n right, and how many of n had an answer in them."""

    k: int
    n: int
    parsed: int
    served: str = ""  # what the server says the student is

    @property
    def share(self) -> float | None:
        return self.k / self.n if self.n else None


@dataclass(frozen=True)
class Draft:
    number: int  # of the request that it was made for
    request: str  # the key of the reply it was read from
    sample: int  # and which of several replies to the same
    served: str = ""  # what the server says the teacher is
    id: str = ""
    candidate: Candidate | None = None
    made: str = GENERATED
    parent: str = ""  # of a rewrite
    passage: str = ""  # the passage's id
    quoted: str = ""  # the first words in a row that it has from there, where it is none the worse for them
    votes: Votes | None = None
    votes_from: str = ""  # the key of the re-answers
    label: str = "teacher"  # whose the answer is: the teacher's first, or that of the votes, or of a program
    first: str = ""  # the teacher's first answer, where it is not the label
    rate: Rate | None = None
    greedy: Rate | None = None
    before: Rate | None = None  # of a rewrite: its parent's
    dropped: str = ""  # the stage that it did not reach; empty while it is in
    why: str = ""
    said: str = ""  # how a reply begins that is no sample

    @property
    def is_in(self) -> bool:
        return not self.dropped

    def drop(self, stage: str, why: str) -> "Draft":
        return replace(self, dropped=stage, why=why)

    def reached(self, stage: str) -> bool:
        return not self.dropped or STAGES.index(self.dropped) > STAGES.index(stage)

    @property
    def margin(self) -> float:
        """A program's answer needs no votes; what was never voted on is taken at its word."""
        return 1.0 if self.votes is None or self.label == "program" else self.votes.margin

    def provenance(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "made": self.made,
            "request": {"number": self.number, "key": self.request, "sample": self.sample, "served": self.served},
            "label_from": self.label,
        }
        for name in ("parent", "passage", "quoted"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if self.first:
            found["first_answer"] = self.first
        if self.votes is not None:
            found["votes"] = {**self.votes._asdict(), "key": self.votes_from}
        for name in ("before", "rate", "greedy"):
            if rate := getattr(self, name):
                found[name] = rate._asdict()
        if self.dropped:
            found["dropped"] = {"not": self.dropped, "why": self.why, **({"said": self.said} if self.said else {})}
        return found


def id_of(definition: Definition, candidate: Candidate) -> str:
    """What is asked names the row, so that no two of any run are called the same."""
    return f"{definition.name}-{digest(candidate.question, tuple(candidate.choices)):016x}"


def words_of(candidate: Candidate) -> str:
    """The question as it is compared: two that differ in capitals or spaces alone are the same."""
    return "\n".join(" ".join(text.casefold().split()) for text in (candidate.question, *candidate.choices))
