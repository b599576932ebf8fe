"""Pass rates over a grid of difficulty → a curve, and the mixture that holds a model near a target.

The cells of a *group* ask the same kind of thing and differ in ordered knobs alone (hops, operations, people). In each
group the log odds of a row being solved are a line in these knobs: logistic regression, in which a row counts once, as
several answers to one row say little more than one. Where the line misses what was measured by more than chance the cell
keeps its measured rate: a model that falls off a cliff, or guesses between two answers, is no line.

The mixture of a group is the two cells next to the target on either side, weighted so that the target is their mean. Of
all mixtures of the group with that mean it has the largest share of mixed groups, as `selection.mixed` is concave: what
lies further out has more rows that are always or never solved. All groups that reach the target get the same weight, so
that moving the difficulty does not narrow what is asked. Where none reaches it alone, two cells of different groups may.

>>> cells = [Cell(("chain",), (hops,), solved, 40) for hops, solved in ((1, 38), (2, 31), (3, 16), (4, 5))]
>>> found = estimates(cells)
>>> [round(each.rate, 2) for each in found]
[0.95, 0.78, 0.41, 0.12]
>>> mix(cells, [each.rate for each in found], target=0.5)
Mixture(weights={1: 0.2508, 2: 0.7492}, reached=True)
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from synthrl.selection import wilson

NEAR = 0.05  # no nearer is asked for where the target lies beyond all cells: a few dozen rows tell no finer
RIDGE = 0.01  # holds the line where all or none is solved; elsewhere it moves no rate by a hundredth
CERTAIN = 2.0  # standard errors


class Cell(NamedTuple):
    group: tuple[str, ...]
    at: tuple[float, ...]  # the ordered knobs
    solved: float  # the sum of its rows' pass rates
    rows: int  # measured


class Line(NamedTuple):
    """Log odds = start + Σ slope × knob."""

    start: float
    slopes: tuple[float, ...]
    errors: tuple[float, ...]  # standard errors of the slopes


class Estimate(NamedTuple):
    fitted: float
    low: float  # of what was measured, 95%
    high: float
    rate: float  # the fitted one, or the measured one where that lies off


class Mixture(NamedTuple):
    weights: dict[int, float]  # by cell, 1 in all
    reached: bool


def fit(at: Sequence[Sequence[float]], solved: Sequence[float], rows: Sequence[float]) -> Line:
    """The likeliest line, by Newton's method; each step is halved until it is one uphill."""
    knobs = np.asarray(at, dtype=float).reshape(len(solved), -1)
    k, n = np.asarray(solved, dtype=float), np.asarray(rows, dtype=float)
    middle, spread = knobs.mean(axis=0), knobs.std(axis=0)
    spread[spread == 0] = 1.0
    x = np.column_stack([np.ones(len(k)), (knobs - middle) / spread])

    def height(line: np.ndarray) -> float:
        odds = x @ line
        return float(k @ odds - n @ np.logaddexp(0, odds) - RIDGE / 2 * line @ line)

    line = np.zeros(x.shape[1])
    for _ in range(100):
        p = _rate(x @ line)
        bend = (x.T * (n * p * (1 - p))) @ x + RIDGE * np.eye(len(line))
        step = np.linalg.solve(bend, x.T @ (k - n * p) - RIDGE * line)
        while height(line + step) < height(line) and np.abs(step).max() > 1e-9:
            step /= 2
        line = line + step
        if np.abs(step).max() <= 1e-9:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(bend)))[1:] / spread
    slopes = line[1:] / spread
    return Line(float(line[0] - slopes @ middle), tuple(slopes.tolist()), tuple(errors.tolist()))


def _rate(odds: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(odds / 2)))  # which does not overflow


def rate_at(line: Line, at: Sequence[float]) -> float:
    return float(_rate(np.asarray(line.start + sum(a * b for a, b in zip(line.slopes, at, strict=True)))))


def groups(cells: Sequence[Cell]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for number, cell in enumerate(cells):
        found.setdefault(cell.group, []).append(number)
    return found


def lines(cells: Sequence[Cell]) -> dict[tuple[str, ...], Line]:
    """Of each group of which anything was measured."""
    found = {}
    for group, members in groups(cells).items():
        asked = [cells[number] for number in members if cells[number].rows]
        if asked:
            found[group] = fit(*zip(*((cell.at, cell.solved, cell.rows) for cell in asked), strict=True))
    return found


def estimates(cells: Sequence[Cell]) -> list[Estimate | None]:
    """None for a cell of a group of which nothing was measured."""
    found = lines(cells)
    return [_estimate(cell, found[cell.group]) if cell.group in found else None for cell in cells]


def _estimate(cell: Cell, line: Line) -> Estimate:
    fitted = rate_at(line, cell.at)
    low, high = wilson(cell.solved, cell.rows)
    return Estimate(fitted, low, high, fitted if low <= fitted <= high else cell.solved / cell.rows)


def rising(line: Line) -> list[int]:
    """Which of the knobs surely make rows easier as they grow: they are no measure of difficulty for this model."""
    pairs = enumerate(zip(line.slopes, line.errors, strict=True))
    return [number for number, (slope, error) in pairs if slope > CERTAIN * error]


def mix(cells: Sequence[Cell], rates: Sequence[float | None], target: float) -> Mixture:
    """`rates`: as estimated; a cell with None is left out. Where the target is out of reach: the nearest cell."""
    known = {number: rate for number, rate in enumerate(rates) if rate is not None}
    parts = [_around({n: known[n] for n in members if n in known}, target) for members in groups(cells).values()]
    found = [part for part in parts if part] or [_around(known, target)]
    if not found[0]:
        return Mixture({_nearest(known, known, target): 1.0}, False)
    shares = {number: weight / len(found) for part in found for number, weight in part.items()}
    return Mixture({number: round(weight, 4) for number, weight in sorted(shares.items()) if weight >= 0.001}, True)


def _around(rates: dict[int, float], target: float) -> dict[int, float]:
    """The weights of the two that are next to the target; none where it lies beyond them all."""
    below = _nearest(rates, (n for n, rate in rates.items() if rate <= target), target)
    above = _nearest(rates, (n for n, rate in rates.items() if rate >= target), target)
    if below < 0 or above < 0:
        nearest = max(below, above)
        return {nearest: 1.0} if nearest >= 0 and abs(rates[nearest] - target) <= NEAR else {}
    if rates[below] == rates[above]:
        return {below: 1.0}
    share = (target - rates[below]) / (rates[above] - rates[below])
    return {below: 1 - share, above: share}


def _nearest(rates: dict[int, float], among: Iterable[int], target: float) -> int:
    """The first of those, or -1."""
    return min(among, key=lambda number: abs(rates[number] - target), default=-1)
