"""Plans: a quantity to ask for, and the equations that it follows from.

A plan grows backwards from its result, whose value is chosen first: an equation that gives a quantity also chooses
the values that it is made of, so every division comes out. Where a relation does not suit a value another one is drawn,
a few times at most: "more" or "less" always does.
"""

from typing import NamedTuple

from .equations import Equation, Quantity, Value, equation, slopes
from .world import COUNTS, FACTORS, GOODS, ITEMS, LEAST, SMALL, World

TRIES = 6
HARD = 20  # what is smaller could be guessed
# What links the quantities of one place and its goods, the small one of a product marked by where it stands.
LINKS: dict[str, tuple[tuple[str, str, str], int]] = {
    "rest": (("stock", "gone", "left"), 0),
    "boxes": (("stock", "boxes", "per box"), 1),
    "sales": (("takings", "price", "gone"), 1),
    "days": (("stock", "daily", "days"), 2),
}
# The links of an aspect, each with the two others that it is of.
_LINKED = {
    aspect: [(name, [a for a in link if a != aspect]) for name, (link, _) in LINKS.items() if aspect in link]
    for aspects, _ in LINKS.values()
    for aspect in aspects
}
ACROSS = ("times", "part", "more", "less", "sum", "difference", "mean")


class Plan(NamedTuple):
    asked: Quantity
    given: tuple[Quantity, ...]  # whose values are stated
    proof: tuple[tuple[Equation, Quantity], ...]  # what is found by what, in an order to compute it in


class Planner:
    """Grows one plan."""

    def __init__(self, world: World, operations: int, sharing: bool) -> None:
        self.world, self.random, self.left, self.sharing = world, world.random, operations, sharing
        self.places = 2 + operations // 2
        self.open: list[Quantity] = []  # not yet made of others
        self.proof: list[tuple[Equation, Quantity]] = []
        self.depth: dict[Quantity, int] = {}
        self.shared = False

    def grow(self) -> Quantity:
        """The result, `proof` and `open` filled."""
        world, random = self.world, self.random
        if world.totals and random.chance(0.1):
            result = world.everything()
        else:
            aspect = "takings" if random.chance(0.25) else world.goods("stock")
            result = Quantity(*world.fresh(self.places), aspect)
        world.values[result] = world.size()
        self.open.append(result)
        self.depth[result] = 0
        while self.left:
            self._expand(self._next())
        return result

    def _next(self) -> Quantity:
        """What to make of others next: the newest, for depth, or any."""
        choices = [q for q in self.open if q.aspect not in COUNTS] if self.world.fractions else self.open
        return choices[-1] if self.random.chance(0.6) else self.random.choice(choices)

    def _expand(self, target: Quantity) -> None:
        self.open.remove(target)
        options = self._options(target)
        for _ in range(TRIES):
            found = self._try(self.random.choice(options), target)
            if found:
                break
        else:
            found = self._shift("more", target) or self._shift("less", target)
        assert found, f"{target} = {self.world.values[target]}: more and less leave no gap"
        self.proof.append((found, target))
        self.left -= found.cost
        depth = self.depth[target] + 1
        for member in found.members:
            self.depth.setdefault(member, depth)

    def _options(self, target: Quantity) -> list[str]:
        values, (place, item, aspect) = self.world.values, target
        if aspect == "all":
            return [*ACROSS, *["total"] * 8]
        options = [*ACROSS]
        for name, (one, other) in _LINKED.get(aspect, ()):
            # Where another of them is told already, the equation would say something of both.
            alone = (place, item, one) not in values and (place, item, other) not in values
            if alone and (name != "days" or self.world.setting.daily):
                options += [name] * 3
        return options

    def _try(self, relation: str, target: Quantity) -> Equation | None:
        if relation in LINKS:
            return self._link(relation, target)
        if relation in ("times", "part"):
            return self._scale(relation, target)
        if relation in ("more", "less"):
            return self._shift(relation, target)
        if relation == "total":
            return self._total(target)
        return self._several(relation, target)

    def _made(
        self, relation: str, told: list[Quantity], values: dict[Quantity, Value], k: Value = 0
    ) -> Equation | None:
        """The equation, if the values that it needs can be had; its new quantities are open."""
        if not all(map(self.world.fits, values.values())):
            return None
        self.world.values.update(values)
        self.open += values
        return equation(relation, tuple(told), k)

    def _link(self, relation: str, target: Quantity) -> Equation | None:
        world, (aspects, small) = self.world, LINKS[relation]
        told = [Quantity(target.place, target.item, aspect) for aspect in aspects]
        value, at = world.values[target], told.index(target)
        found: list[Value] = []
        if relation == "rest":
            if at == 0:
                other = world.some(LEAST, value - LEAST)
                found = [value, other, value - other] if other else []
            else:
                other = world.some(LEAST, min(2 * value + 10, world.largest - value))
                if other:
                    found = [value + other, value, other] if at == 1 else [value + other, other, value]
        else:
            found = self._product(value, at, small)
        if not found:
            return None
        return self._made(relation, told, {q: v for q, v in zip(told, found, strict=True) if q != target})

    def _product(self, value: Value, at: int, small: int) -> list[Value]:
        """Whole and factors, the value at `at` given; the factor at `small` is a whole number of about 2 to 12."""
        world, random = self.world, self.random
        if at == small:
            most = min(world.largest // value, 400)
            other = world.some(LEAST, most)
            whole = value * other if other else None
            few = value
        else:
            factors = world.factors(value, SMALL, at == 0)
            few = random.choice(factors) if factors else 0
            whole, other = (value, world.over(value, few or 1)) if at == 0 else (value * few, value)
        if not whole or not few or not other:
            return []
        return [whole, few, other] if small == 1 else [whole, other, few]

    def _scale(self, relation: str, target: Quantity) -> Equation | None:
        world, value = self.world, self.world.values[target]
        factors = world.factors(value, FACTORS, relation == "times")
        if not factors:
            return None
        k = self.random.choice(factors)
        other = world.like(target, self.places)
        made = world.over(value, k) if relation == "times" else value * k
        return self._made(relation, [target, other], {other: made}, k)

    def _share(self, target: Quantity, below: Value) -> Quantity | None:
        """A quantity that is needed elsewhere too, sometimes."""
        if not self.sharing or not self.random.chance(0.25):
            return None
        goods = target.aspect in GOODS
        choices = [
            q
            for q in self.open
            if (q.aspect in GOODS if goods else q.aspect == target.aspect)
            and not -LEAST < self.world.values[q] - self.world.values[target] < LEAST
            and self.world.values[q] <= below
            and (q.place, q.item) != (target.place, target.item)
        ]
        return self.random.choice(choices) if choices else None

    def _shift(self, relation: str, target: Quantity) -> Equation | None:
        world, value = self.world, self.world.values[target]
        shared = self._share(target, world.largest)
        if shared:
            self.shared = True
            gap = value - world.values[shared]
            return equation("more", (target, shared), gap) if gap > 0 else equation("less", (target, shared), -gap)
        room = value - LEAST if relation == "more" else min(2 * value + 10, world.largest - value)
        if room < LEAST:
            return None
        k = self.random.between(LEAST, int(room))
        other = world.like(target, self.places)
        return self._made(relation, [target, other], {other: value - k if relation == "more" else value + k}, k)

    def _parts(self, total: Value, n: int, most: Value) -> list[Value]:
        """`total` as a sum of `n`; nothing if it is too small."""
        parts: list[Value] = []
        for left in range(n - 1, 0, -1):
            part = self.world.some(
                max(LEAST, total - left * most), min(most, 2 * total // (left + 1), total - LEAST * left)
            )
            if part is None:
                return []
            parts.append(part)
            total -= part
        return [*parts, total]

    def _several(self, relation: str, target: Quantity) -> Equation | None:
        world, value = self.world, self.world.values[target]
        n = self.random.between(2, 4)
        if relation == "difference":
            return self._difference(target)
        if (n if relation == "mean" else n - 1) > self._room():
            return None
        shared = self._share(target, value - LEAST) if relation == "sum" and n == 2 else None
        if shared:
            self.shared = True
            other = world.like(target, self.places)
            return self._made("sum", [target, shared, other], {other: value - world.values[shared]})
        if relation == "mean":
            parts = self._parts(n * value, n, min(2 * value, world.largest))
        else:
            parts = self._parts(value, n, world.largest)
        if not parts:
            return None
        others = [world.like(target, self.places) for _ in parts]
        return self._made(relation, [target, *others], dict(zip(others, parts, strict=True)))

    def _room(self) -> int:
        """The operations that one equation may take: not all, or one sentence would give the answer."""
        return self.left if self.proof else self.left - 1

    def _difference(self, target: Quantity) -> Equation | None:
        world, value = self.world, self.world.values[target]
        less = world.some(LEAST, min(2 * value + 10, world.largest - value))
        if less is None:
            return None
        whole, part = world.like(target, self.places), world.like(target, self.places)
        return self._made("difference", [target, whole, part], {whole: value + less, part: less})

    def _total(self, target: Quantity) -> Equation | None:
        n = min(self.random.between(2, 4), self._room() + 1)
        parts = self._parts(self.world.values[target], n, self.world.largest)
        if not parts:
            return None
        items = self.random.sample(range(ITEMS), n)
        others = [Quantity(target.place, item, "stock") for item in items]
        return self._made("total", [target, *others], dict(zip(others, parts, strict=True)))


def plan(world: World, operations: int, reverse: bool, sharing: bool) -> Plan | None:
    """A plan of so many operations; None, only with `sharing`, if quantities are shared in a way that does not serve."""
    planner = Planner(world, operations, sharing)
    result = planner.grow()
    if planner.shared and _cancels(planner, result):
        return None
    if not reverse:
        return Plan(result, tuple(planner.open), tuple(reversed(planner.proof)))
    asked = _reachable(planner, result)
    return _reversed(planner, result, asked) if asked else None


def _cancels(planner: Planner, result: Quantity) -> bool:
    """Whether the result does not depend on something that it is made of, as (a + b) - a does not on a."""
    weight: dict[Quantity, Value] = {result: 1}
    for found, target in planner.proof:
        slope = slopes(found, planner.world.values)
        for member, by in slope.items():
            if member != target:
                weight[member] = weight.get(member, 0) - planner.world.over(weight[target] * by, slope[target])
    return not all(weight.values())


def _reachable(planner: Planner, result: Quantity) -> Quantity | None:
    """A stated quantity that one way alone leads to, a deep one, so that it can be solved for step by step."""
    ways = {result: 1}
    for found, target in planner.proof:
        for member in found.members:
            if member != target:
                ways[member] = ways.get(member, 0) + ways[target]
    choices = [q for q in planner.open if ways[q] == 1]
    if not choices:
        return None
    values = planner.world.values
    hard = [q for q in choices if values[q] >= HARD] or [max(choices, key=values.__getitem__)]
    return max(planner.random.choice(hard), planner.random.choice(hard), key=planner.depth.__getitem__)


def _reversed(planner: Planner, result: Quantity, asked: Quantity) -> Plan:
    """The result is stated in place of `asked`: equations on the one way between are turned round."""
    end = asked  # of what is turned so far
    turned: list[tuple[Equation, Quantity]] = []
    others: list[tuple[Equation, Quantity]] = []
    for found, target in reversed(planner.proof):
        if end in found.members:
            turned.append((found, end))
            end = target
        else:
            others.append((found, target))
    given = (result, *[q for q in planner.open if q != asked])
    return Plan(asked, given, (*others, *reversed(turned)))
