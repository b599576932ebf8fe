"""The quantities of one setting: their values, and others that are true beside them."""

from collections.abc import Sequence
from fractions import Fraction

from synthrl.seeding import Stream

from .equations import Equation, Quantity, Value, equation
from .settings import Setting

ITEMS = 8  # of each place
LEAST, MOST_BELOW = 2, 24  # the smallest value; the largest denominator
FACTORS, SMALL = range(2, 10), range(2, 13)  # in sentences; of boxes, days, prices
GOODS = frozenset({"stock", "gone", "left", "daily", "per box"})
COUNTS = frozenset({"boxes", "days", "price"})  # never fractions
_OTHERS = ("gone", "left", "per box", "daily")


class World:
    """The quantities of one setting, as they come up."""

    def __init__(self, setting: Setting, random: Stream, largest: int, fractions: bool, totals: bool) -> None:
        self.setting, self.random, self.largest = setting, random, largest
        self.fractions, self.totals = fractions, totals  # totals: whether all goods of a place can be counted together
        self.unit = random.choice((2, 3, 4, 5, 6, 8, 10, 12)) if fractions else 1
        self.below = MOST_BELOW if fractions else 1
        self.values: dict[Quantity, Value] = {}
        self.free: list[list[int]] = []  # of each place, the goods that nothing is said of yet

    # values

    def some(self, low: Value, high: Value) -> Value | None:
        """A value from `low` to `high`; None if there is none."""
        unit = self.unit
        if unit == 1:
            return self.random.between(int(low), int(high)) if low <= high else None
        least, most = -int(-low * unit // 1), int(high * unit // 1)
        return Fraction(self.random.between(least, most), unit) if least <= most else None

    def fits(self, value: Value) -> bool:
        return LEAST <= value <= self.largest and value.denominator <= self.below

    def factors(self, value: Value, among: range, down: bool) -> Sequence[int]:
        """By which of `among` the value can be divided, or else multiplied."""
        if down and self.fractions:
            return [k for k in among if self.fits(Fraction(value) / k)]
        most = value // LEAST if down else self.largest // value
        small = range(among.start, min(among.stop, most + 1))
        return [k for k in small if not value % k] if down else small

    def over(self, value: Value, k: Value) -> Value:
        """`value` divided by `k`, which `fits` judges."""
        if type(value) is type(k) is int and not value % k:
            return value // k
        return Fraction(value) / k

    def size(self) -> Value:
        """A value, all lengths equally often; a fraction's whole part stays short."""
        most = (self.largest // 2).bit_length()
        bits = self.random.between(5, min(9, most) if self.fractions else most)
        return self.some(2 ** (bits - 1), min(2**bits - 1, self.largest // 2)) or LEAST

    def state(self, quantity: Quantity) -> None:
        """Give a quantity a value that depends on nothing."""
        self.values[quantity] = self.random.choice(SMALL) if quantity.aspect in COUNTS else self.size()

    # quantities

    def place(self) -> int:
        """A place that there is nothing of yet."""
        self.free.append(list(range(ITEMS)))
        return len(self.free) - 1

    def fresh(self, places: int) -> tuple[int, int]:
        """A place, one of about so many, and goods of it that nothing is said of."""
        place = self.random.below(places)
        if place >= len(self.free) or not self.free[place]:
            place = self.place()
        return place, self.item(place)

    def item(self, place: int) -> int:
        free = self.free[place]
        return free.pop(self.random.below(len(free)))

    def like(self, quantity: Quantity, places: int) -> Quantity:
        """A quantity to compare `quantity` with."""
        aspect = quantity.aspect
        if aspect in GOODS or aspect == "all":
            if self.totals and self.random.chance(0.05):
                return self.everything()
            aspect = self.goods(aspect)
        place, item = self.fresh(places)
        return Quantity(place, item, aspect)

    def everything(self) -> Quantity:
        """All the goods of a new place, of which no others may then be told."""
        place = self.place()
        self.free[place] = []
        return Quantity(place, -1, "all")

    def goods(self, aspect: str) -> str:
        """What is counted of goods: most often the same as of others, or what there is."""
        dice = self.random.random()
        if dice < 0.5 and aspect != "all":
            return aspect
        if dice < 0.8:
            return "stock"
        return self.random.choice(_OTHERS if self.setting.daily else _OTHERS[:-1])


def aside(world: World, about: list[Quantity], base: Quantity, new: Quantity) -> Equation | None:
    """A value for `new`, from which nothing follows, and how it is made of `base`; None if it is to be stated."""
    random, value = world.random, world.values[base]
    relation = random.choice(("", "", "times", "part", "more", "less", "sum"))
    found: Value | None = None
    k: Value = 0
    told = [new, base]
    if relation in ("times", "part"):
        k = random.choice(FACTORS)
        found = value * k if relation == "times" else world.over(value, k)
    elif relation in ("more", "less"):
        k = random.between(LEAST, max(LEAST, int(value) - LEAST))
        found = value + k if relation == "more" else value - k
    elif relation == "sum":
        aspects = GOODS if base.aspect in GOODS else (base.aspect,)
        alike = [q for q in about if q.aspect in aspects and q != base]
        if alike:
            told.append(random.choice(alike))
            found = value + world.values[told[-1]]
    if found is None or not world.fits(found) or (world.fractions and new.aspect in COUNTS):
        world.state(new)
        return None
    world.values[new] = found
    return equation(relation, tuple(told), k)
