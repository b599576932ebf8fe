"""Equations between quantities, and how one is solved for any of its members."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

Value = int | Fraction


class Quantity(NamedTuple):
    place: int
    item: int  # -1: all of them
    aspect: str


class Step(NamedTuple):
    """One arithmetic operation."""

    left: Value
    sign: str
    right: Value
    result: Value


class Equation(NamedTuple):
    """What a sentence says. By its form, of the members m and the number k:

    scale: m0 = k × m1; shift: m0 = m1 + k; sum: m0 = m1 + m2 + …; mean: the same divided by how many they are;
    product: m0 = m1 × m2.
    """

    relation: str  # as the sentence puts it, of what it speaks first …
    told: tuple[Quantity, ...]  # … and then
    form: str
    members: tuple[Quantity, ...]
    k: Value = 0

    @property
    def cost(self) -> int:
        """The arithmetic operations that it takes, whichever member is unknown."""
        return len(self.members) - 1 if self.form == "mean" else max(1, len(self.members) - 2)


FORMS = {
    **dict.fromkeys(("times", "part"), "scale"),
    **dict.fromkeys(("more", "less"), "shift"),
    **dict.fromkeys(("sum", "difference", "rest", "total"), "sum"),
    **dict.fromkeys(("boxes", "sales", "days"), "product"),
    "mean": "mean",
}


def equation(relation: str, told: tuple[Quantity, ...], k: Value = 0) -> Equation:
    """The equation that the sentence of `relation` states of the quantities `told`."""
    turned = relation in ("part", "less", "difference")  # "a is half of b", "a is b minus c": b = 2 × a, b = a + c
    members = (told[1], told[0], *told[2:]) if turned else told
    return Equation(relation, told, FORMS[relation], members, k)


def solve(equation: Equation, target: Quantity, values: Mapping[Quantity, Value]) -> list[Step]:
    """The operations that find `target`; the last one's result is its value."""
    form, k = equation.form, equation.k
    first, *others = equation.members
    known = [values[member] for member in others if member != target]
    if target == first:
        return _forwards(form, known, k)
    whole = values[first]
    if form == "scale":
        return [_step(whole, "/", k)]
    if form == "shift":
        return [_step(whole, "-", k)]
    if form == "product":
        return [_step(whole, "/", known[0])]
    if form == "mean":
        total = _step(len(others), "*", whole)
        return [total, *_chain(total.result, "-", known)]
    return _chain(whole, "-", known)


def _forwards(form: str, known: list[Value], k: Value) -> list[Step]:
    if form == "scale":
        return [_step(k, "*", known[0])]
    if form == "shift":
        return [_step(known[0], "+", k)]
    if form == "product":
        return [_step(known[1], "*", known[0])]
    steps = _chain(known[0], "+", known[1:])
    return [*steps, _step(steps[-1].result, "/", len(known))] if form == "mean" else steps


def _chain(total: Value, sign: str, values: list[Value]) -> list[Step]:
    """To `total` one value after the other."""
    steps = []
    for value in values:
        steps.append(_step(total, sign, value))
        total = steps[-1].result
    return steps


def _step(left: Value, sign: str, right: Value) -> Step:
    if sign == "+":
        result = left + right
    elif sign == "-":
        result = left - right
    elif sign == "*":
        result = left * right
    elif type(left) is type(right) is int and not left % right:
        result = left // right
    else:
        result = Fraction(left) / right
    return Step(left, sign, right, result)


def slopes(equation: Equation, values: Mapping[Quantity, Value]) -> dict[Quantity, Value]:
    """The derivative of "m0 minus the rest" by each member: 0 nowhere."""
    first, *others = equation.members
    if equation.form == "product":
        return {first: 1, others[0]: -values[others[1]], others[1]: -values[others[0]]}
    if equation.form == "scale":
        return {first: 1, others[0]: -equation.k}
    return {first: len(others) if equation.form == "mean" else 1, **dict.fromkeys(others, -1)}
