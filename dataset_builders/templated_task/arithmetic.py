"""What expressions and templates of a task may use: exact numbers, and the ways to write them.

Whole numbers stay whole and a quotient is a fraction: no float ever comes about, and one that does is refused.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

Number = int | Fraction
_MOST_BITS = 4_000  # of a power: more digits than anyone would read


def exact(value: Any) -> Any:
    """A fraction that is whole as a whole number."""
    return value.numerator if type(value) is Fraction and value.denominator == 1 else value


def number(value: Any) -> Number:
    """The number that `value` is or spells: "0.05" is 1/20."""
    if type(value) is int or type(value) is Fraction:
        return exact(value)
    if isinstance(value, bool | float):
        raise TypeError(f"{value!r} is not exact: write number('{value}')")
    try:
        return exact(Fraction(value))
    except (TypeError, ValueError):
        raise TypeError(f"{value!r} is no number") from None


def divide(left: Any, right: Any) -> Number:
    left, right = number(left), number(right)
    if type(left) is type(right) is int and right and left % right == 0:
        return left // right
    return exact(Fraction(left, right))


def power(left: Any, right: Any) -> Number:
    left, right = number(left), number(right)
    if (
        not isinstance(right, int)
        or abs(right) * max(1, max(left.numerator, left.denominator).bit_length()) > _MOST_BITS
    ):
        raise ValueError(f"the power {left} ** {right} is not whole, or too large")
    return exact(Fraction(left) ** right)


def rounded(value: Any, places: int = 0) -> Number:
    """`value` to so many places, halves away from zero."""
    top, bottom = number(value).as_integer_ratio()
    scale = 10**places
    size = (2 * abs(top) * scale + bottom) // (2 * bottom)
    return exact(Fraction(size if top >= 0 else -size, scale))


def fixed(value: Any, places: int = 2) -> str:
    """With exactly so many places: 3.10."""
    scaled = int(rounded(value, places) * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole:,}" + (f".{rest:0{places}}" if places else "")


def decimal(value: Any) -> str:
    """All of its places and no more: 3.1. A number without an end has to be rounded first."""
    value = number(value)
    for places in range(13):
        if (value * 10**places).denominator == 1:
            return fixed(value, places)
    raise ValueError(f"{value} has no last decimal place: round it")


def money(value: Any) -> str:
    """$1,200 or $12.50; what has fractions of a cent has to be rounded first."""
    value = number(value)
    if (value * 100).denominator != 1:
        raise ValueError(f"{value} is not whole cents: round it")
    return ("-$" if value < 0 else "$") + fixed(abs(value), 0 if isinstance(value, int) else 2)


def percent(value: Any) -> str:
    """1/20 is 5%."""
    return decimal(number(value) * 100) + "%"


def commas(value: Any) -> str:
    """1,200, with all places that it has."""
    return decimal(value)


def plural(count: Any, one: str, many: str = "") -> str:
    """3 apples, 1 apple."""
    return f"{decimal(count)} {one if count == 1 else many or one + 's'}"


def ordinal(value: Any) -> str:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    ending = "th" if 10 < value % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def listed(items: Sequence[Any], word: str = "and") -> str:
    """a, b and c"""
    texts = [str(item) for item in items]
    return f" {word} ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def given(person: str) -> str:
    """The given name of a person."""
    return person.split()[0]


def radical(square: int) -> str:
    r"""The square root of a whole number in its simplest form, as LaTeX: 12 is 2\sqrt{3}."""
    outside = max(n for n in range(1, math.isqrt(square) + 1) if square % (n * n) == 0)
    inside = square // (outside * outside)
    return str(outside) if inside == 1 else f"{outside if outside > 1 else ''}\\sqrt{{{inside}}}"


def dot(left: Iterable[Number], right: Iterable[Number]) -> Number:
    """The sum of the products, pair by pair."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def over(values: Iterable[Number], limit: Number) -> list[bool]:
    return [value > limit for value in values]


def same(values: Iterable[Any], wanted: Any) -> list[bool]:
    return [value == wanted for value in values]


def both(left: Iterable[bool], right: Iterable[bool]) -> list[bool]:
    return [a and b for a, b in zip(left, right, strict=True)]


def pick(items: Iterable[Any], flags: Iterable[bool]) -> list[Any]:
    """The items whose flag is true."""
    return [item for item, flag in zip(items, flags, strict=True) if flag]


def plus(left: Iterable[Number], right: Iterable[Number]) -> list[Number]:
    """The sums, pair by pair."""
    return [a + b for a, b in zip(left, right, strict=True)]


def running(values: Iterable[Number]) -> list[Number]:
    """The sums so far."""
    total: Number = 0
    return [total := total + value for value in values]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "both": both, "ceil": math.ceil, "comb": math.comb, "dot": dot, "factorial": math.factorial,
    "floor": math.floor, "gcd": math.gcd, "isqrt": math.isqrt, "lcm": math.lcm, "len": len, "max": max, "min": min,
    "number": number, "over": over, "pick": pick, "plus": plus, "radical": radical, "running": running, "same": same,
    "sorted": sorted, "sum": sum, "zip": lambda *lists: list(zip(*lists, strict=True)),
}  # fmt: skip
FILTERS: dict[str, Callable[..., Any]] = {
    "a": article, "commas": commas, "decimal": decimal, "fixed": fixed, "given": given, "listed": listed,
    "money": money, "ordinal": ordinal, "percent": percent, "plural": plural, "round": rounded,
}  # fmt: skip
