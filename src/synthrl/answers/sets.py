"""Sets of names: all that must be named, each under any of its aliases, and nobody else.

The first wrong name counts against precision as two right ones count for it, the next as four, and so on. So whoever
names k of whom one is right earns no more than 1/k, what picking one of the k would have earned on average; from three
on he earns less, and listing everybody earns next to nothing.
"""

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from .figures import WRONG, Score
from .words import normalize

_BULLET = re.compile(r"^[ \t]*(?:[-*•]|\(?\d{1,3}[.)])\s", re.MULTILINE)
_APART = re.compile(
    r"[,;\n/|&，；、•]|(?:^|\s)\([a-z]\)\s|\b(?:and|or|also|plus|as well as|along with)\b", re.IGNORECASE
)
_LATEX = re.compile(r"\\(?:text|textbf|mathrm)\s?\{([^{}]*)\}")
_ASIDE = re.compile(r"\([^()]*\)[\s.]*$")
_LEAD = re.compile(
    r"^(?:.*(?:\b(?:is|are|was|were|both|either|namely|only|just)\b|\bit's\b|:)|\s*the [a-z]+)\s",
    re.IGNORECASE | re.DOTALL,
)
_TAIL = re.compile(r"\s(?:is|are|was|were|only)\b.*$", re.IGNORECASE | re.DOTALL)
_LONGEST = 10_000  # characters: no list of answers is longer, what is pasted may be

Key = tuple[str, ...]  # a name as pieces, parted as a list would be: ("salt", "pepper", "co") for "Salt, Pepper & Co"


class Wanted(NamedTuple):
    names: dict[Key, list[int]]  # which answers each name names
    parts: frozenset[str]  # pieces of names that have several


@functools.lru_cache(maxsize=10_000)
def _wanted(answers: tuple[tuple[str, ...], ...]) -> Wanted:
    """Kept, since all completions of a group are judged by the same."""
    names: dict[Key, list[int]] = {}
    for number, aliases in enumerate(answers):
        keys = {tuple([piece for piece in map(normalize, _APART.split(alias)) if piece]) for alias in aliases}
        if not keys - {()}:
            raise ValueError(f"answers: {aliases!r} is no list of names")
        for key in keys - {()}:
            names.setdefault(key, []).append(number)
    if not names:
        raise ValueError("answers: got none, expected at least one list of names")
    return Wanted(names, frozenset([piece for key in names if len(key) > 1 for piece in key]))


def _listed(prediction: str, wanted: Wanted) -> list[str]:
    """The pieces of a list. A bullet goes, and an aside or a lead-in where a name, or a part of one, is left then."""

    def known(piece: str) -> bool:
        return (piece,) in wanted.names or piece in wanted.parts

    pieces = []
    for raw in _APART.split(_BULLET.sub("\n", _LATEX.sub(r"\1", prediction))):
        piece = normalize(raw)
        if piece and not known(piece):
            shorter = _ASIDE.sub("", raw)
            readings = (shorter, _LEAD.sub("", shorter), _TAIL.sub("", shorter))
            piece = next(filter(known, map(normalize, readings)), piece)
        if piece:
            pieces.append(piece)
    return pieces


def _joined(pieces: Sequence[str], wanted: Wanted) -> tuple[set[Key], int]:
    """Which names the pieces make up, and how many others there are: as few as can be."""
    names = wanted.names
    longest = max(map(len, names))
    # Up to each piece: how many are left over, how many names there are (negative), and where the last began.
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    for end in range(1, len(pieces) + 1):
        options = [(best[end - 1][0] + 1, best[end - 1][1], -1)]
        for start in range(max(0, end - longest) if pieces[end - 1] in wanted.parts else end - 1, end):
            if tuple(pieces[start:end]) in names:
                options.append((best[start][0], best[start][1] - 1, start))
        best.append(min(options))
    found: set[Key] = set()
    others: set[str] = set()
    end = len(pieces)
    while end:
        start = best[end][2]
        if start < 0:
            start = end - 1
            others.add(pieces[start])
        else:
            found.add(tuple(pieces[start:end]))
        end = start
    return found, len(others)


def _most(wanted: Iterable[Collection[int]]) -> int:
    """How many of `wanted` can have one of their own: a maximum matching, by augmenting paths."""
    wanted = list(wanted)
    if all(len(choices) == 1 for choices in wanted):  # as a rule no name is that of two
        return len({choice for choices in wanted for choice in choices})
    taken: dict[int, Collection[int]] = {}

    def place(choices: Collection[int], seen: set[int]) -> bool:
        for choice in choices:
            if choice not in seen:
                seen.add(choice)
                if choice not in taken or place(taken[choice], seen):
                    taken[choice] = choices
                    return True
        return False

    return sum([place(choices, set()) for choices in wanted])


def score_set(prediction: str, answers: Sequence[Sequence[str]]) -> Score:
    """How well `prediction` names all `answers`, each by any of its aliases, in any order, and none besides.

    >>> score_set("Bo and Ada", [["Ada", "Ada L."], ["Bo"]]).exact_match
    1.0
    >>> score_set("Ada, Bo", [["Ada"]]).f1  # one of two
    0.5
    """
    if any(isinstance(aliases, str) for aliases in answers):
        raise ValueError(f"answers: {answers!r} is no list of lists of names")
    wanted = _wanted(tuple(map(tuple, answers)))
    pieces = _listed(prediction, wanted) if len(prediction) <= _LONGEST else []
    if not pieces:
        return WRONG._replace(parsed=False, answer=prediction)
    found, wrong = _joined(pieces, wanted)
    right = _most([wanted.names[key] for key in found])
    if not right:
        return WRONG._replace(answer=prediction)
    precision, recall = right / (right + wrong * (wrong + 1)), right / len(answers)
    f1 = 2 * precision * recall / (precision + recall)
    return Score(float(precision == recall == 1), f1, precision, recall, answer=prediction)
