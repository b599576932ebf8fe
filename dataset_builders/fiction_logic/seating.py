"""Round tables: who sits where from whom, by clues of which none is superfluous for the arrangement as a whole.

Seats have no numbers, so turning the table changes nothing, and turning it over does. Places go up clockwise, seen from
above; to somebody who faces the middle, the next one clockwise is on the left.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from synthrl.seeding import Stream

from .placing import Board, Clue, Places, Proof
from .settle import fewest

_FORMS = ("clockwise", "clockwise", "second", "next", "apart", "opposite", "between", "order", "order")
_PEOPLE = {"between": 3, "order": 3}  # that a clue speaks of, where not two
_AVOIDED = (
    0.4  # how often a puzzle stays whose clues seem to avoid the answer: few clues that name it do not give it away
)


class Asked(NamedTuple):
    """Who sits `steps` places clockwise of `one`? Where there is an `other`: how many sit between, clockwise?"""

    one: int
    steps: int
    other: int = -1


class Puzzle(NamedTuple):
    places: Places
    clues: list[Clue]
    asked: Asked
    answer: int  # a person, or how many
    proof: Proof


def holds(clue: Clue, places: Sequence[int], size: int) -> bool:
    """The second of its people sits so many places clockwise of the first."""
    a, b = places[clue.items[0]], places[clue.items[1]]
    steps = (b - a) % size
    match clue.form:
        case "clockwise" | "second":
            return steps == clue.number
        case "next" | "apart":
            return (steps in (1, size - 1)) == (clue.form == "next")
        case "opposite":
            return 2 * steps == size
    more = (places[clue.items[2]] - a) % size
    return {steps, more} == {1, size - 1} if clue.form == "between" else steps < more


@cache
def board(people: int) -> Board:
    return Board(people, holds, round_=True)


def puzzle(random: Stream, people: int) -> Puzzle:
    """Clues that leave one arrangement, and a question that takes at least two of them.

    Arrangement and question are drawn once, and clues until they fit: no answer is more likely than another.
    """
    others = list(range(1, people))
    random.shuffle(others)
    places, table = (0, *others), board(people)
    asked = _question(random, people)
    found = answer(places, asked)
    right = (asked.other, found + 1) if asked.other >= 0 else (found, asked.steps % people)
    wrong = table.everything ^ table.allowed(Clue("clockwise", (asked.one, right[0]), right[1]))
    while True:
        clues = table.clues(lambda: _true_clue(random, people, places))
        needed = fewest(table.everything, [table.allowed(clue) for clue in clues], wrong)
        proof = table.proof(clues, needed)
        if len(needed) < 2 or not proof or not _told(proof[-1][1][0], asked):
            continue
        if not _avoided(clues, asked, found, people) or random.chance(_AVOIDED):
            return Puzzle(places, clues, asked, found, proof)


def _told(places: Places, asked: Asked) -> bool:
    """Not if clues leave over two who must be opposite each other: the proof would stop short of saying so."""
    return places[asked.one] >= 0 or places.count(-1) == 1


def _avoided(clues: list[Clue], asked: Asked, found: int, people: int) -> bool:
    """Whether clues speak of the answer together with the one asked about less often than of anybody else."""
    if asked.other >= 0:
        return False
    together = [0] * people
    for clue in clues:
        if asked.one in clue.items:
            for one in clue.items:
                together[one] += 1
    return all(together[one] > together[found] for one in range(people) if one != found)


def _question(random: Stream, people: int) -> Asked:
    steps = [1, -1, *([2, -2] if people > 4 else []), *([people // 2] if people % 2 == 0 else [])]
    one = random.below(people)
    if random.chance(0.2):
        return Asked(one, 0, (one + 1 + random.below(people - 1)) % people)
    return Asked(one, random.choice(steps))


def answer(places: Sequence[int], asked: Asked) -> int:
    size, start = len(places), places[asked.one]
    if asked.other >= 0:
        return (places[asked.other] - start) % size - 1
    return places.index((start + asked.steps) % size)


def _true_clue(random: Stream, people: int, places: Places) -> Clue | None:
    form = random.choice(_FORMS)
    those = tuple(random.sample(range(people), _PEOPLE.get(form, 2)))
    clue = Clue(form, those, {"clockwise": 1, "second": 2}.get(form, 0))
    if form == "second" and people == 4:  # that is opposite
        return None
    return clue if holds(clue, places, people) else None
