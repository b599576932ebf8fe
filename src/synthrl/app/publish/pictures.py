"""The card's pictures: rows by depth and by kind, and how long prompts are."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthrl import files

from . import statistics
from .statistics import Counted

FOLDER = "pictures"
FILES = tuple(f"{FOLDER}/{name}.png" for name in ("hops", "kinds", "lengths"))
MOST = 30  # bars; what is rarer is counted together
INK, PALE, MIDDLE = "#0072B2", "#cfe0ec", "#7fb2d4"


def check() -> None:
    """Whether they can be drawn, before hours of work."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("publish draws pictures by matplotlib: pip install 'synthrl[report]'") from None


def draw(tree: Path, of: Mapping[str, Counted], unit: str) -> dict[str, str]:
    """Of each configuration. What is drawn: file → what it shows; nothing of what all rows have in common."""
    all_ = statistics.total(of.values())
    drawn = {}
    if len(all_.hops) > 1:
        drawn[f"{FOLDER}/hops.png"] = "Rows by hops"
        _save(tree / FOLDER / "hops.png", (6.4, 3.0), lambda axes: _columns(axes, all_.hops))
    if len(all_.kinds) > 1:
        kinds = _most(all_.kinds)
        drawn[f"{FOLDER}/kinds.png"] = "Rows by kind"
        _save(tree / FOLDER / "kinds.png", (6.4, 1.0 + 0.24 * len(kinds)), lambda axes: _bars(axes, kinds))
    drawn[f"{FOLDER}/lengths.png"] = f"{unit.capitalize()} of a prompt, by configuration"
    _save(tree / FOLDER / "lengths.png", (6.4, 1.5 + 0.28 * len(of)), lambda axes: _spans(axes, of, unit))
    return drawn


def _save(path: Path, size: tuple[float, float], fill: Any) -> None:
    import matplotlib.style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from synthrl.app.figures.draw import STYLE

    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        fill(figure.subplots())
        with files.whole(path) as part:
            FigureCanvasAgg(figure).print_png(part, metadata={"Software": None})


def _columns(axes: Any, counts: Counter[int]) -> None:
    axes.bar(list(counts), list(counts.values()), 0.7, color=INK)
    axes.set_xlabel("hops")
    axes.set_ylabel("rows")
    if len(counts) <= 20:
        axes.set_xticks(sorted(counts))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; equally frequent ones by name."""
    some = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(some) <= MOST:
        return some
    return [*some[: MOST - 1], (f"{len(some) - MOST + 1} others", sum(n for _, n in some[MOST - 1 :]))]


def _bars(axes: Any, counts: list[tuple[str, int]]) -> None:
    names, numbers = zip(*counts, strict=True)
    axes.barh(range(len(names)), numbers, 0.7, color=INK)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("rows")


def _spans(axes: Any, of: Mapping[str, Counted], unit: str) -> None:
    """Of each a thin line for all, a broad one for nine in ten, a broader one for half, and the median."""
    for place, counted in enumerate(of.values()):
        at = [statistics.quantile(counted.asked, share) for share in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)]
        for first, last, width, colour in ((0, 6, 1.2, MIDDLE), (1, 5, 6, PALE), (2, 4, 9, MIDDLE)):
            axes.hlines(place, at[first], at[last], color=colour, lw=width)
        axes.plot(at[3], place, "o", color=INK, ms=4.5)
    axes.set_yticks(range(len(of)), list(of))
    axes.set_ylim(len(of) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel(f"{unit} of a prompt: median, half of the rows, nine in ten, all")
