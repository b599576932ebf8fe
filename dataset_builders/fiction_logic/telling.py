"""What every kind of puzzle tells, and how names are listed."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Told(NamedTuple):
    """A puzzle in English, with its solution."""

    question: str
    answers: list[list[str]]
    scorer: str
    hops: int
    steps: list[tuple[str, str]]  # question and answer
    lines: list[str]  # the proof, without the answer tag
    about: dict[str, Any]  # for analyses
    answerable: bool = True


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "Ada, Bo and Cy" """
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else names[0]


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
