"""What a variable may be: a numbered list of values, so that one number stands for one draw of all variables."""

import math
import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, TypeVar

from synthrl import fiction
from synthrl.fiction import Mint
from synthrl.seeding import Scramble, digest

T = TypeVar("T")
NAMES = ("person", "company", "maker", "school", "club", "festival", "work", "place", "substance")
UNIQUE = ("person", "company", "maker", "school", "club", "festival", "work")  # borne once in a seed
_RANGE = re.compile(r"(-?\d+)-(-?\d+)(?: by (\d+))?")
_MANY = re.compile(r"(\d+) (different )?of (.+)")
_NAMED = re.compile(rf"(?:(\d+) )?({'|'.join(NAMES)})")
_MAKERS = (0, 5, 7)  # of the companies, those that make things: a foundry, mills, instruments
_FEW = ("work", "place", "substance")  # kinds of which a row has no more than 16 to itself
_MOST_VALUES = 100_000


class One(NamedTuple):
    """One of some values."""

    values: "range | list[Any]"

    @property
    def size(self) -> int:
        return len(self.values)

    def at(self, index: int) -> Any:
        return self.values[index]


class Many(NamedTuple):
    """A list of so `many` of them."""

    many: int
    values: "range | list[Any]"
    different: bool

    @property
    def size(self) -> int:
        n = len(self.values)
        return math.perm(n, self.many) if self.different else n**self.many

    def at(self, index: int) -> list[Any]:
        found = []
        pool = list(self.values)
        for _ in range(self.many):
            index, place = divmod(index, len(pool))
            found.append(pool.pop(place) if self.different else pool[place])
        return found


class Named(NamedTuple):
    """An invented name, or a list of so `many`. Which, the row's own number says: no two rows share one."""

    kind: str
    many: int | None

    @property
    def size(self) -> int:
        return 1


Domain = One | Many | Named


def lucky(items: Sequence[T], luck: float) -> T:
    """The item that `luck`, from 0 to 1, falls on."""
    return items[math.floor(luck * len(items))]


def read(name: str, said: Any) -> Domain:
    """A range "2-9", steps "10-90 by 5", a list of choices, a name ("person"), several ("4 different of 10-90"), or a number."""
    if floats := _floats(said):
        raise ValueError(
            f"variables: {name}: {floats[0]} is a float and not exact: write it in quotes, and number({name})"
        )
    if isinstance(said, list) and said:
        return One(said)
    if type(said) is int:
        return One([said])
    text = str(said).strip()
    if named := _NAMED.fullmatch(text):
        return Named(named[2], int(named[1]) if named[1] else None)
    if many := _MANY.fullmatch(text):
        count, values = int(many[1]), _values(name, many[3])
        if not 1 <= count <= (len(values) if many[2] else 50):
            raise ValueError(f"variables: {name}: got {said!r}, of which there are only {len(values)}")
        return Many(count, values, bool(many[2]))
    return One(_values(name, text))


def _values(name: str, text: str) -> "range | list[Any]":
    found = _RANGE.fullmatch(text)
    if found:
        least, most, step = (int(part or 1) for part in found.groups())
        if least > most or not step:
            raise ValueError(
                f"variables: {name}: got {text!r}, expected the smaller number first, and steps of 1 or more"
            )
        if (size := (most - least) // step + 1) > _MOST_VALUES:
            raise ValueError(f"variables: {name}: got {text!r}, {size:,} values, expected at most {_MOST_VALUES:,}")
        return range(least, most + 1, step)
    if "|" in text:
        return [word.strip() for word in text.split("|")]
    raise ValueError(
        f'variables: {name}: got {text!r}, expected a number,  a range "2-9", "10-90 by 5", a list, one of {", ".join(NAMES)}, '
        f'or several: "3 of 2-9", "3 different of red | green | blue | black", "4 person"'
    )


def _floats(said: Any) -> list[float]:
    """Those that stand in a value, also in the lists in it."""
    if isinstance(said, list | dict):
        return [found for item in (said.values() if isinstance(said, dict) else said) for found in _floats(item)]
    return [said] if isinstance(said, float) else []


def most_names(kinds: Collection[str]) -> int:
    """How many names a row may have, so that none is borne twice."""
    return min(16 if kind in _FEW else fiction.FIRMS // 2 for kind in kinds)


class Names:
    """The names of one split: those of row i are nobody else's."""

    def __init__(self, seed: int, shelf: int) -> None:
        self.mint = Mint.of(digest("templated_task", seed) >> 1, shelf)
        self.shelf = shelf
        self.tokens = Scramble(16, "templated_task", "tokens", seed, shelf)

    def of(self, named: list[tuple[str, Named]], row: int) -> dict[str, Any]:
        """The names in row `row`, for each variable that wants some."""
        found: dict[str, Any] = {}
        slot = 0
        for variable, (kind, many) in named:
            made = [self._one(kind, row, slot + n) for n in range(many or 1)]
            slot += len(made)
            found[variable] = made if many else made[0]
        return found

    def _one(self, kind: str, row: int, slot: int) -> str:
        if kind == "person":
            return self.mint.person(row, slot % fiction.FAMILIES, slot // fiction.FAMILIES)
        if kind == "work":
            return self.mint.title(row, slot)
        if kind in ("place", "substance"):
            number = self.tokens((row << 4 | slot) & 0xFFFF)
            return self.mint.place(number) if kind == "place" else self.mint.token("thing", number).lower()
        place = 2 * slot  # neighbours would share their first word
        if kind == "maker":
            return self.mint.firm("company", row, place, _MAKERS[row % len(_MAKERS)])
        return self.mint.firm(kind, row, place, row)
