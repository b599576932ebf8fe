"""Orderings: who is where, in a row of places, by clues of which none is superfluous for the arrangement as a whole."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from synthrl.seeding import Stream

from .placing import Board, Clue, Places, Proof
from .settle import fewest

Asked = tuple[str, int]  # ("at", place), ("where", item), ("after", item), ("before", item)
_FORMS = ("immediate", "immediate", "before", "before", "next", "apart", "between", "end", "inner")


class Puzzle(NamedTuple):
    places: Places
    clues: list[Clue]
    asked: Asked
    answer: int  # an item, or the place of one
    proof: Proof


def holds(clue: Clue, places: Sequence[int], size: int) -> bool:
    form, a = clue.form, places[clue.items[0]]
    if form == "at":
        return a == clue.number
    if form in ("end", "inner"):
        return (a in (0, size - 1)) == (form == "end")
    distance = places[clue.items[1]] - a
    match form:
        case "immediate":
            return distance == 1
        case "before":
            return distance > 0
        case "between":
            return abs(distance) == clue.number + 1
    return (abs(distance) == 1) == (form == "next")


@cache
def board(items: int) -> Board:
    return Board(items, holds)


def puzzle(random: Stream, items: int) -> Puzzle:
    """Clues that leave one arrangement, and a question that takes at least two of them.

    Arrangement and question are drawn once, and clues until they fit: no answer is more likely than another.
    """
    order = list(range(items))
    random.shuffle(order)
    places = tuple(order)
    asked = _question(random, items, places)
    row, wrong = board(items), _wrong(items, places, asked)
    while True:
        clues = row.clues(lambda: _true_clue(random, items, places))
        needed = fewest(row.everything, [row.allowed(clue) for clue in clues], wrong)
        proof = row.proof(clues, needed)
        if len(needed) > 1 and proof:
            return Puzzle(places, clues, asked, answer(places, asked), proof)


def _question(random: Stream, items: int, places: Places) -> Asked:
    what = random.choice(("at", "where", "after", "before") if items > 3 else ("at", "where"))  # or two could be it
    x = random.below(items)
    while (what, places[x]) in (("after", items - 1), ("before", 0)):
        x = random.below(items)
    return what, x


def _wrong(items: int, places: Places, asked: Asked) -> int:
    """The arrangements that would give another answer."""
    found, (what, x) = answer(places, asked), asked
    match what:
        case "at":
            right = Clue("at", (found,), x)
        case "where":
            right = Clue("at", (x,), found)
        case "after":  # that somebody comes after x is not taken from the question
            right = Clue("immediate", (x, found))
        case _:
            right = Clue("immediate", (found, x))
    return board(items).everything ^ board(items).allowed(right)


def answer(places: Sequence[int], asked: Asked) -> int:
    what, x = asked
    if what == "where":
        return places[x]
    return places.index(x if what == "at" else places[x] + (1 if what == "after" else -1))


def _true_clue(random: Stream, items: int, places: Places) -> Clue | None:
    form = random.choice(_FORMS)
    a = random.below(items)
    if form in ("end", "inner"):
        clue = Clue(form, (a,))
    else:
        b = (a + 1 + random.below(items - 1)) % items
        if form == "between":
            between = abs(places[a] - places[b]) - 1
            return Clue(form, (a, b), between) if between else None
        clue = Clue(form, (a, b))
    return clue if holds(clue, places, items) else None
