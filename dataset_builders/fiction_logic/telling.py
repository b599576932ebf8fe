"""What every kind of puzzle tells, and how names are listed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .placing import Places, Proof


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


def proven(proof: Proof, names: Sequence[str], answer: str) -> list[str]:
    """A line for each clue of `proof`, with all ways that there are then, and what is to be said after the last."""
    lines = []
    for number, (i, ways) in enumerate(proof):
        many = "there is one way" if len(ways) == 1 else f"there are {len(ways)} ways"
        also = " as well" if number else ""
        lines.append(f"With clue {i + 1}{also} {many}: {'; '.join([_shown(places, names) for places in ways])}.")
    ways = proof[-1][1]
    unspoken = [item for item, place in enumerate(ways[0]) if place < 0]
    if len(unspoken) == 1:
        lines.append(f"{names[unspoken[0]]} has the place left over.")
    if len(ways) > 1:
        lines.append("All of these ways give the same answer.")
    return [*lines, f"So the answer is {answer}."]


def _shown(places: Places, names: Sequence[str]) -> str:
    """The board from its first place to its last, with a dash for what is open."""
    shown = ["–"] * len(names)
    for name, place in zip(names, places, strict=True):
        if place >= 0:
            shown[place] = name
    return f"[{', '.join(shown)}]"


NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
