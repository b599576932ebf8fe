"""Orderings: who is where, in a row of places, by clues of which none is superfluous for the arrangement as a whole.

An arrangement gives each item its place. All arrangements of so many items are numbered, and a set of them is an integer
with a bit for each: what clues leave is found by one operation on integers, exhaustively.
"""

from collections.abc import Sequence
from functools import cache
from itertools import permutations
from typing import Any, NamedTuple

from synthrl.seeding import Stream

from .settle import fewest

Clue = tuple[Any, ...]  # (form, item) or (form, item, item), "between" with a number too
Asked = tuple[str, int]  # ("at", place), ("where", item), ("after", item), ("before", item)
Places = tuple[int, ...]  # of each item, -1 where that is not known
_FORMS = ("immediate", "immediate", "before", "before", "next", "apart", "between", "end", "inner")
_MOST_WAYS = 12  # that a line of the proof lists


class Puzzle(NamedTuple):
    places: Places
    clues: list[Clue]
    asked: Asked
    answer: int  # an item, or the place of one
    proof: list[tuple[int, list[Places]]]  # clues one by one, with the ways to place the items spoken of so far


class Space(NamedTuple):
    everything: int
    at: tuple[tuple[int, ...], ...]  # where an item is in a place


@cache
def space(items: int) -> Space:
    arrangements = list(permutations(range(items)))[::-1]
    at = [
        [int("".join(["1" if places[item] == place else "0" for places in arrangements]), 2) for place in range(items)]
        for item in range(items)
    ]
    return Space((1 << len(arrangements)) - 1, tuple(map(tuple, at)))


def holds(clue: Clue, places: Sequence[int], last: int) -> bool:
    form, a = clue[0], places[clue[1]]
    if form in ("end", "inner"):
        return (a in (0, last)) == (form == "end")
    distance = places[clue[2]] - a
    match form:
        case "immediate":
            return distance == 1
        case "before":
            return distance > 0
        case "between":
            return abs(distance) == clue[3] + 1
    return (abs(distance) == 1) == (form == "next")


@cache
def allowed(items: int, clue: Clue) -> int:
    """The arrangements in which `clue` holds."""
    at, last, found = space(items).at, items - 1, 0
    places = [-1] * items
    for a in range(items):
        places[clue[1]] = a
        if len(clue) == 2:
            found |= at[clue[1]][a] if holds(clue, places, last) else 0
            continue
        for b in range(items):
            places[clue[2]] = b
            if a != b and holds(clue, places, last):
                found |= at[clue[1]][a] & at[clue[2]][b]
    return found


def puzzle(random: Stream, items: int) -> Puzzle:
    """Clues that leave one arrangement, and a question that takes at least two of them.

    Arrangement and question are drawn once, and clues until they fit: no answer is more likely than another.
    """
    order = list(range(items))
    random.shuffle(order)
    places = tuple(order)
    asked = _question(random, items, places)
    wrong = _wrong(items, places, asked)
    while True:
        clues = _clues(random, items, places)
        needed = fewest(space(items).everything, [allowed(items, clue) for clue in clues], wrong)
        proof = _proof(items, clues, needed)
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
    everything, at = space(items)
    found, (what, x) = answer(places, asked), asked
    match what:
        case "at":
            right = at[found][x]
        case "where":
            right = at[x][found]
        case "after":  # that somebody comes after x is not taken from the question
            right = allowed(items, ("immediate", x, found))
        case _:
            right = allowed(items, ("immediate", found, x))
    return everything ^ right


def answer(places: Sequence[int], asked: Asked) -> int:
    what, x = asked
    if what == "where":
        return places[x]
    return places.index(x if what == "at" else places[x] + (1 if what == "after" else -1))


def _true_clue(random: Stream, items: int, places: Places) -> Clue | None:
    form = random.choice(_FORMS)
    a = random.below(items)
    if form in ("end", "inner"):
        clue: Clue = (form, a)
    else:
        b = (a + 1 + random.below(items - 1)) % items
        if form == "between":
            between = abs(places[a] - places[b]) - 1
            return (form, a, b, between) if between else None
        clue = (form, a, b)
    return clue if holds(clue, places, items - 1) else None


def _clues(random: Stream, items: int, places: Places) -> list[Clue]:
    """True clues until one arrangement is left, then without those that are not needed."""
    every = space(items)
    clues: list[Clue] = []
    left = every.everything
    while left & (left - 1):
        clue = _true_clue(random, items, places)
        if clue and left & allowed(items, clue) != left:
            clues.append(clue)
            left &= allowed(items, clue)
    for clue in list(clues):
        rest = every.everything
        others = [other for other in clues if other is not clue]
        for other in others:
            rest &= allowed(items, other)
        if rest == left:
            clues = others
    return clues


def _proof(items: int, clues: list[Clue], needed: list[int]) -> list[tuple[int, list[Places]]]:
    """The needed clues in an order that leaves few ways each time, with those ways; nothing if there would be too many."""
    ways: list[Places] = [(-1,) * items]
    rest, proof = list(needed), []
    while rest:
        linked = [i for i in rest if any(ways[0][item] >= 0 for item in clues[i][1:3])] or rest
        i, ways = min([(i, _extended(items, ways, clues[i])) for i in linked], key=lambda one: len(one[1]))
        if len(ways) > _MOST_WAYS:
            return []
        rest.remove(i)
        proof.append((i, ways))
    return proof


def _extended(items: int, ways: list[Places], clue: Clue) -> list[Places]:
    """All ways to place the items of `clue` too, so that it holds."""
    missing = [item for item in clue[1:3] if ways[0][item] < 0]
    found = []
    for places in ways:
        free = [place for place in range(items) if place not in places]
        for chosen in permutations(free, len(missing)):
            more = list(places)
            for item, place in zip(missing, chosen, strict=True):
                more[item] = place
            if holds(clue, more, items - 1):
                found.append(tuple(more))
    return found
