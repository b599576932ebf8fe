"""How numbers and figures are told in words."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from synthrl.app.figures.shapes import Figure, Line, Point

CONTROL = " (control)"


def percent(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:.1f}"  # never -0.0


def signed(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:+.1f}"


def interval(point: Any) -> str:
    if point.low is None or point.high is None:
        return ""
    return f"[{percent(point.low)}, {percent(point.high)}]"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], words: int) -> str:
    """A table whose first so many columns are words, and the others numbers."""
    ruler = ["---"] * words + ["--:"] * (len(header) - words)
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ruler, *rows])


def alt(figure: Figure) -> str:
    """What is to be seen, for those who don't see it."""
    title = ", ".join(filter(None, [figure.title, figure.run, figure.mode]))
    return f"{figure.section}. {title}. {'; '.join(_line(figure, line) for line in figure.lines)}."


def _line(figure: Figure, line: Line) -> str:
    name = line.label + CONTROL * (line.role == "control")
    if figure.x == "step" and len(line.points) > 1:
        first, last = (_point(figure, point) for point in (line.points[0], line.points[-1]))
        return f"{name}: from {first} to {last}"
    nothing = _value(figure, 0.0)
    some = [point for point in line.points if _value(figure, point.y) != nothing]
    if len(line.points) - len(some) < 2:
        return f"{name}: {', '.join(_point(figure, point) for point in line.points)}"
    # What is zero everywhere, as many a part of a gain is, would be a wall of zeros to listen to.
    rest = f"{nothing} for {'the rest' if some else 'all'}"
    return f"{name}: {', '.join([*(_point(figure, point) for point in some), rest])}"


def _point(figure: Figure, point: Point) -> str:
    where = f"at {figure.x} {point.x:.4g}" if figure.shape == "curves" else f"for {point.x}"
    return f"{_value(figure, point.y)} {where}"


def _value(figure: Figure, y: float) -> str:
    return {"%": f"{percent(y)}%", "points": signed(y)}.get(figure.unit, f"{y:.4g} {figure.unit}".strip())


def shortest(path: Sequence[str], others: Sequence[Sequence[str]], least: int = 1) -> str:
    """A path's last parts: as few as tell it from the others, which it is one of."""
    depths = range(least, len(path) + 1)
    alone = (d for d in depths if sum(other[-d:] == path[-d:] for other in others) == 1)
    return "/".join(path[-next(alone, len(path)) :])


def visible(text: str, but: str = "") -> str:
    """What steers a terminal, breaks a line or turns its direction around as its code; what `but` has stays."""
    return "".join(c if c in but or not _steers(c) else f"\\u{{{ord(c):x}}}" for c in text)


def _steers(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind[0] == "C" or kind in ("Zl", "Zp")
