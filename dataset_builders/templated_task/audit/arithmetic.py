"""Numbers as they stand in texts, and whether the equations of a worked solution hold."""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

_PLAIN = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?(?:/0*[1-9]\d*)?%?")
_TERM = r"-?\$?\d[\d,]*(?:\.\d+)?%?|\$?\d+/\d+"
_EQUATION = re.compile(
    r"[(−-]*\$?\d[\d,]*(?:\.\d+)?%?[)²³]*(?:\s?[-+−×÷/=≈^*(]+\s?[(−$-]*\d[\d,]*(?:\.\d+)?%?[)²³]*|\s[=≈]\s[(−$-]*\d[\d,.]*)+"
)
_SIGNS = {"−": "-", "×": "*", "÷": "/", "^": "**", "²": "**2", "³": "**3", ",": "", "$": "", "%": ""}
_OPERATORS: dict[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def number(text: str) -> Fraction | None:
    """The number that `text` is, with its sign for money or percent; None if it is none."""
    if not _PLAIN.fullmatch(text.strip()):
        return None
    return Fraction(re.sub(r"[$,%\s]", "", text))


def nearest(value: Fraction | int, places: int = 0) -> Fraction:
    """Rounded, halves away from zero."""
    shifted = Fraction(value) * Fraction(10) ** places
    whole, rest = divmod(abs(shifted), 1)
    return Fraction(int(whole) + (rest >= Fraction(1, 2))) * (-1 if shifted < 0 else 1) / Fraction(10) ** places


def work_out(text: str) -> Fraction:
    """The value of a sum as it is written: "3 × (4 + 1)"."""
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    text = re.sub(r"(?<![\d.])0+(?=\d)", "", text).strip()
    return _value(ast.parse(text, mode="eval").body, text)


def _value(node: ast.AST, text: str) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, text)
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, text), _value(node.right, text)
        if isinstance(node.op, ast.Pow) and right.denominator == 1 and abs(right) <= 64:
            return Fraction(left**right)
        return _OPERATORS[type(node.op)](left, right)
    raise ValueError(f"{text!r} is no sum")


def _step(text: str) -> Fraction:
    """What the last place of a rounded number is worth."""
    _, point, places = text.strip().rstrip(".").partition(".")
    return Fraction(1, 10 ** len(re.sub(r"\D", "", places))) if point else Fraction(1)


def wrong_equations(text: str) -> Iterator[str]:
    """The equations in `text` that do not hold; how many there are is for `equations` to say."""
    for equation in equations(text):
        sides = re.split(r"([=≈])", equation)
        try:
            values = [work_out(side) for side in sides[::2]]
        except (SyntaxError, ValueError, KeyError, ZeroDivisionError):
            yield f"cannot be read: {equation!r}"
            continue
        for left, right, sign, said in zip(values, values[1:], sides[1::2], sides[2::2], strict=False):
            near = abs(left - right) <= _step(said) / 2 if sign == "≈" else left == right
            if not near:
                yield f"does not hold: {equation!r}"


def equations(text: str) -> list[str]:
    found = [match[0].strip().rstrip(".,") for match in _EQUATION.finditer(text)]
    return [equation for equation in found if re.search(r"[=≈]", equation)]


FUNCTIONS = {"nearest": nearest, "zip": zip, "len": len, "sorted": sorted, "floor": math.floor, "min": min, "max": max}
