"""Equations → values, and which of them an answer rests on, in exact fractions.

`solve` finds every quantity by an equation in which it is the only one unknown; each has one solution, so all have.
That orders equations and quantities such that the matrix of derivatives is triangular. `sensitivities` solves for the
row of its inverse that belongs to the asked quantity: where it is 0, the equation does not matter; where it is not,
dropping the equation leaves a curve of solutions along which the asked quantity changes, so the answer is open.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from .grammar import Key, Reading

Values = dict[Key, Fraction]


def solve(readings: Sequence[Reading]) -> tuple[Values, list[tuple[int, Key]]]:
    """The values that follow, and by which equation each was found, in order."""
    values: Values = {}
    order: list[tuple[int, Key]] = []
    users: dict[Key, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        for key in reading.keys:
            users[key].append(number)
    unknown = [len(reading.keys) for reading in readings]
    ready = [number for number, n in enumerate(unknown) if n == 1]
    while ready:
        number = ready.pop()
        missing = [key for key in readings[number].keys if key not in values]
        if len(missing) != 1 or (value := _only(readings[number], missing[0], values)) is None:
            continue
        values[missing[0]] = value
        order.append((number, missing[0]))
        for user in users[missing[0]]:
            unknown[user] -= 1
            if unknown[user] == 1:
                ready.append(user)
    return values, order


def _only(reading: Reading, key: Key, values: Values) -> Fraction | None:
    """What the equation makes of its one unknown."""
    if not reading.product:
        rest = sum(weight * values[other] for other, weight in reading.weights.items() if other != key)
        return (reading.constant - rest) / reading.weights[key]
    whole, one, other = reading.product
    if key == whole:
        return values[one] * values[other]
    factor = values[other if key == one else one]
    return values[whole] / factor if factor else None


def holds(reading: Reading, values: Mapping[Key, Fraction]) -> bool:
    if reading.product:
        whole, one, other = (values[key] for key in reading.product)
        return whole == one * other
    return sum(weight * values[key] for key, weight in reading.weights.items()) == reading.constant


def _slopes(reading: Reading, values: Values) -> dict[Key, Fraction]:
    if not reading.product:
        return reading.weights
    whole, one, other = reading.product
    return {whole: Fraction(1), one: -values[other], other: -values[one]}


def sensitivities(
    readings: Sequence[Reading], values: Values, order: Sequence[tuple[int, Key]], key: Key
) -> dict[int, Fraction]:
    """How the value of `key` changes with each equation, those left out with which it does not."""
    wanted: dict[Key, Fraction] = defaultdict(Fraction, {key: Fraction(1)})
    found: dict[int, Fraction] = {}
    for number, solved in reversed(order):
        if not wanted[solved]:
            continue
        slopes = _slopes(readings[number], values)
        found[number] = wanted[solved] / slopes[solved]
        for other, slope in slopes.items():
            wanted[other] -= found[number] * slope
    return found
