"""Figures as PNG: one plot each, so that they are legible on a phone and a paper takes those that it wants."""

import textwrap
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from synthrl.app.report.numbers import Figure, Line, stretches

COLOURS = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9".split()  # Okabe and Ito: told apart by everyone
MARKERS = "o s ^ D v P X".split()
CONTROLS = [("--", "s"), (":", "D"), ("-.", "^")]
BEFORE, CONTROL, TRAINED = "#222222", "#7a7a7a", "#F3EBD3"
HEIGHT = {"control": 2, "position": 3, "arm": 3, "before": 4}  # a ring, seen where after is on the same spot
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "grid.color": "#e4e4e4",
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "text.parse_math": False,
    "legend.fontsize": 9,
}


def draw(figure: Figure, file: Path, top: float | None) -> None:
    with matplotlib.style.context(["default", STYLE]):  # whatever the user's own style is
        categories = list(dict.fromkeys(point.x for line in figure.lines for point in line.points))
        kinds = figure.x == "kind"
        canvas = Canvas(figsize=(5.4, 1.9 + 0.34 * len(categories) if kinds else 4.0), dpi=160, layout="constrained")
        axes = canvas.subplots()
        if kinds:
            _rows(axes, figure, sorted(categories, key=str))
        else:
            _curves(axes, figure)
        axes.set_title(_title(figure))
        _scale(axes, figure, top)
        _legend(canvas, axes)
        FigureCanvasAgg(canvas).print_png(file, metadata={"Software": None})


def tops(figures: Sequence[Figure]) -> dict[str, float]:
    """File → where its axis ends: alike for figures that are to be compared."""

    def of(figure: Figure) -> tuple[str, str]:
        return figure.section, figure.title

    found = {}
    for _, alike in groupby(sorted(figures, key=of), of):
        some = list(alike)
        ends = [point.high or point.y for figure in some for line in figure.lines for point in line.points]
        found.update({figure.file: max(ends) for figure in some})
    return found


def _look(line: Line, of: int) -> dict[str, Any]:
    if line.role == "control":
        dash, marker = CONTROLS[line.number % 3]
        return {"color": CONTROL, "ls": dash, "marker": marker, "ms": 3.5}
    if line.role == "before":
        return {"color": BEFORE, "ls": "-", "lw": 1.2, "marker": "o", "mfc": "none", "ms": 7}
    if line.role == "position":
        shade = 0.85 * line.number / max(1, of - 1)
        return {"color": matplotlib.colormaps["viridis"](shade), "marker": MARKERS[line.number % 7]}
    return {"color": COLOURS[line.number % 6], "ls": "-", "marker": MARKERS[line.number // 6 % 7]}


def _curves(axes: Any, figure: Figure) -> None:
    for i, (first, last) in enumerate(stretches(figure.trained)):
        axes.axvspan(first - 0.5, last + 0.5, color=TRAINED, lw=0, zorder=0, label="" if i else "trained hops")
    faint = 0.15 if len(figure.lines) <= 5 else 0.07
    for line in figure.lines:
        look = _look(line, len(figure.lines))
        x, y = [point.x for point in line.points], [point.y for point in line.points]
        if len(x) > 25:
            look["marker"] = ""
        axes.plot(x, y, label=_told(line.label), zorder=HEIGHT[line.role], **look)
        if line.role in ("arm", "before") and line.points[0].low is not None:
            low, high = [point.low for point in line.points], [point.high for point in line.points]
            if len(x) > 1:
                axes.fill_between(x, low, high, color=look["color"], alpha=faint, lw=0)
            else:
                axes.vlines(x, low, high, color=look["color"], lw=1.2, alpha=0.6)
    ticks = 8 if figure.x == "step" else 16
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, nbins=ticks, steps=[1, 2, 5, 10]))
    axes.set_xlabel(figure.x)


def _rows(axes: Any, figure: Figure, kinds: Sequence[Any]) -> None:
    """A line for each kind, from before to after."""
    place = {kind: len(kinds) - 1 - i for i, kind in enumerate(kinds)}
    apart = 0.5 / max(1, len(figure.lines) - 1)
    for i, line in enumerate(figure.lines):
        look = {**_look(line, 1), "ls": "none"}
        x, y = [point.y for point in line.points], [place[point.x] + 0.25 - i * apart for point in line.points]
        axes.hlines(
            y, [p.low for p in line.points], [p.high for p in line.points], color=look["color"], lw=1.2, alpha=0.6
        )
        axes.plot(x, y, label=_told(line.label), **look)
    axes.set_yticks(list(place.values()), [str(kind) for kind in place])
    axes.set_ylim(-0.6, len(kinds) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _title(figure: Figure) -> str:
    first, then = (figure.title, figure.run) if figure.run else ("", figure.title)
    lines = [first, " · ".join(filter(None, [then, figure.mode]))]
    return "\n".join(part for line in lines for part in textwrap.wrap(line, 56))


def _scale(axes: Any, figure: Figure, top: float | None) -> None:
    along, across = (axes.xaxis, axes.set_xlim) if figure.x == "kind" else (axes.yaxis, axes.set_ylim)
    if figure.unit == "%":
        end = min(1.02, max(0.1, 1.06 * (top or 0)))
        across(-0.02 * end, end)
        along.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        along.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    elif figure.unit:
        across(0, 1.08 * (top or 1))
        along.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_ylabel(figure.unit)


def _told(label: str) -> str:
    short = label if len(label) <= 60 else f"{label[:28]} … {label[-28:]}"
    return f" {short}" if short.startswith("_") else short  # matplotlib hides such a name


def _legend(canvas: Any, axes: Any) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        columns = max(1, min(len(labels), 64 // (max(map(len, labels)) + 6)))
        canvas.legend(handles, labels, loc="outside lower left", ncols=columns)
