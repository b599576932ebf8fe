"""What a row of places and a round table share: sets of arrangements, clues until one is left, and a proof.

All arrangements of a board are numbered, and a set of them is an integer with a bit for each: what clues leave is found
by one operation on integers, exhaustively.
"""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import NamedTuple

Places = tuple[int, ...]  # of each item, -1 where that is not known
Proof = list[tuple[int, list[Places]]]  # clues one by one, with the ways to place the items spoken of so far
_MOST_WAYS = 12  # that a line of the proof lists


class Clue(NamedTuple):
    form: str
    items: tuple[int, ...]
    number: int = 0


Holds = Callable[[Clue, Sequence[int], int], bool]  # whether a clue holds where its items are, on a board of some size


class Board:
    """Some places, and what may stand where. Round: nothing counts but who is where from whom, so item 0 stays put."""

    def __init__(self, size: int, holds: Holds, round_: bool = False) -> None:
        fixed = (0,) if round_ else ()
        rest = range(len(fixed), size)
        # The last ones first, so that the first bit is that of the arrangement in order.
        arrangements = [fixed + others for others in permutations(rest)][::-1]
        self.size, self.holds, self.round = size, holds, round_
        self.everything = (1 << len(arrangements)) - 1
        self._at = [  # item → place → where it is there
            [int("".join(["1" if places[item] == place else "0" for places in arrangements]), 2) for place in range(size)]
            for item in range(size)
        ]  # fmt: skip
        self._allowed: dict[Clue, int] = {}

    def allowed(self, clue: Clue) -> int:
        """The arrangements in which `clue` holds."""
        found = self._allowed.get(clue)
        if found is None:
            found = self._allowed[clue] = self._try(clue)
        return found

    def _try(self, clue: Clue) -> int:
        found, places = 0, [-1] * self.size
        for chosen in permutations(range(self.size), len(clue.items)):
            these = self.everything
            for item, place in zip(clue.items, chosen, strict=True):
                places[item] = place
                these &= self._at[item][place]
            if these and self.holds(clue, places, self.size):
                found |= these
        return found

    def clues(self, draw: Callable[[], Clue | None]) -> list[Clue]:
        """True clues until one arrangement is left, then without those that are not needed."""
        clues: list[Clue] = []
        left = self.everything
        while left & (left - 1):
            clue = draw()
            if clue and left & self.allowed(clue) != left:
                clues.append(clue)
                left &= self.allowed(clue)
        for clue in list(clues):
            rest = self.everything
            others = [other for other in clues if other is not clue]
            for other in others:
                rest &= self.allowed(other)
            if rest == left:
                clues = others
        return clues

    def proof(self, clues: list[Clue], needed: list[int]) -> Proof:
        """The needed clues in an order that leaves few ways each time, with those; nothing if there would be too many."""
        ways: list[Places] = [(-1,) * self.size]
        rest, proof = list(needed), []
        while rest:
            linked = [i for i in rest if any(ways[0][item] >= 0 for item in clues[i].items)] or rest
            i, ways = min([(i, self._extended(ways, clues[i])) for i in linked], key=lambda one: len(one[1]))
            if len(ways) > _MOST_WAYS:
                return []
            rest.remove(i)
            proof.append((i, ways))
        return proof

    def _extended(self, ways: list[Places], clue: Clue) -> list[Places]:
        """All ways to place the items of `clue` too, so that it holds. On a round board, the very first gets place 0."""
        missing = [item for item in clue.items if ways[0][item] < 0]
        anchored = self.round and max(ways[0]) < 0
        found = []
        for places in ways:
            free = [place for place in range(self.size) if place not in places]
            for chosen in permutations(free, len(missing)):
                if anchored and chosen[0]:
                    break  # they come in order: those with 0 first
                more = list(places)
                for item, place in zip(missing, chosen, strict=True):
                    more[item] = place
                if self.holds(clue, more, self.size):
                    found.append(tuple(more))
        return found
