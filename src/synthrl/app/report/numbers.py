"""The shapes of what is drawn, and the intervals. Nothing here knows how it will look.

The unit is the row. Where a row was answered several times (samples, seeds) its answers are averaged first, so that
asking more often makes no interval look surer than the rows allow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import pandas

from synthrl import selection
from synthrl.seeding import digest

MODES = ("greedy", "sampled")
RESAMPLES = 2000


@dataclass
class Point:
    x: float | str
    y: float
    low: float | None = None
    high: float | None = None
    rows: int | None = None


@dataclass
class Line:
    label: str
    role: str  # arm, control, before or position: how it is drawn
    number: int  # which of its role
    points: list[Point]


@dataclass
class Figure:
    section: str
    title: str
    lines: list[Line]
    x: str = "step"
    unit: str = "%"
    mode: str = ""  # of answers: greedy or sampled
    run: str = ""  # where it is about one
    caption: str = ""
    trained: list[int] = field(default_factory=list)  # hops of the training rows
    file: str = ""


def wilson(share: float, rows: int) -> tuple[float, float]:
    """The 95% interval of a share of so many rows."""
    return selection.wilson(share * rows, rows)


def bootstrap(gains: numpy.ndarray, *key: object) -> tuple[float, float] | tuple[None, None]:
    """The 95% interval of the mean of seeds × rows, both drawn anew; always the same for the same `key`.

    None where all are the same: drawn anew they are so again, which tells nothing.
    """
    if gains.min() == gains.max():
        return None, None
    random = numpy.random.RandomState(digest("bootstrap", *key) % 2**32)  # its numbers are fixed across releases
    seeds, rows = gains.shape
    means = [gains[random.randint(0, seeds, seeds)][:, random.randint(0, rows, rows)].mean() for _ in range(RESAMPLES)]
    low, high = numpy.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def by_row(table: pandas.DataFrame, column: str = "exact_match") -> pandas.Series:
    return table.groupby(["set", "id"])[column].mean()


def share(table: pandas.DataFrame, x: float | str = "") -> Point:
    rows = by_row(table)
    mean = float(rows.mean())
    return Point(x, mean, *wilson(mean, len(rows)), rows=len(rows))


def stretches(hops: Sequence[int]) -> list[tuple[int, int]]:
    """2, 3, 4, 6 → 2 to 4, 6 to 6"""
    found: list[tuple[int, int]] = []
    for n in sorted(hops):
        if found and n == found[-1][1] + 1:
            found[-1] = found[-1][0], n
        else:
            found.append((n, n))
    return found


def rounded(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
