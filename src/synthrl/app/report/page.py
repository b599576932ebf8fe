"""The page and the table: how figures and gains are told."""

import base64
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import jinja2

from synthrl.answers import SCORING_VERSION
from synthrl.app.report.change import Gain, span
from synthrl.app.report.numbers import Figure, Line, Point
from synthrl.app.report.runs import Arm

HEADER = ["rows of", "run", "answers", "hops", "rows", "before", "after", "gain"]
SHORT = [name for name in HEADER if name not in ("rows of", "answers")]  # of one set, and one mode
CONTROL = " (control)"
T = TypeVar("T", Gain, Figure)


def percent(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:.1f}"  # never -0.0


def interval(point: Any) -> str:
    if point.low is None or point.high is None:
        return ""
    return f"[{percent(point.low)}, {percent(point.high)}]"


def cells(gain: Gain) -> list[str]:
    said = "–" if gain.gain is None else f"{round(100 * gain.gain, 1) + 0.0:+.1f} {interval(gain)}".strip()
    hops = gain.hops if gain.scope == "all" else f"{gain.hops}, {gain.scope}"
    ends = ["–" if point is None else f"{percent(point.y)} {interval(point)}" for point in (gain.before, gain.after)]
    return [gain.set, gain.run + CONTROL * gain.control, gain.mode, hops, str(gain.rows), *ends, said]


def markdown(gains: Sequence[Gain]) -> str:
    """Percent of rows answered right, with 95% intervals, of rows of all depths."""
    whole = [gain for gain in gains if gain.scope == "all"]
    if not whole:
        return "no test rows were looked at: there is no before and after"
    lines = [HEADER, ["---"] * 4 + ["--:"] * 4, *map(cells, whole)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def alt(figure: Figure) -> str:
    """What is to be seen, for those who don't see it."""
    title = ", ".join(filter(None, [figure.title, figure.run, figure.mode]))
    return f"{figure.section}. {title}. {'; '.join(_line(figure, line) for line in figure.lines)}."


def _line(figure: Figure, line: Line) -> str:
    def said(point: Point) -> str:
        value = f"{percent(point.y)}%" if figure.unit == "%" else f"{point.y:.4g} {figure.unit}".strip()
        return f"{value} for {point.x}" if figure.x == "kind" else f"{value} at {figure.x} {point.x:.4g}"

    name = line.label + CONTROL * (line.role == "control")
    if figure.x == "step" and len(line.points) > 1:
        return f"{name}: from {said(line.points[0])} to {said(line.points[-1])}"
    return f"{name}: {', '.join(map(said, line.points))}"


def what(arm: Arm) -> list[tuple[str, str]]:
    told, said = arm.first.told, arm.first.settings
    versions = {", ".join(f"{name} {v}" for name, v in run.told.get("versions", {}).items()) for run in arm.runs}
    rows = [
        ("recipe", told["recipe"]),
        ("model", str(said.get("model_name_or_path", ""))),
        ("data", "; ".join(said.get("data", []))),
        ("rows", f"{told['rows']:,}" if "rows" in told else ""),
        ("hops", span(told.get("hops", []))),
        ("kinds", ", ".join(told.get("kinds", []))),
        ("held-out rows", "; ".join(said.get("held_out", []))),
        ("test rows", "; ".join(said.get("final", []))),
        ("rewards", "; ".join(arm.first.rewards) or "none: supervised on worked solutions"),
        ("seed", ", ".join(str(run.seed) for run in arm.runs)),
        ("versions", "; ".join(sorted(versions))),
        ("state", "; ".join(f"{run.label} {run.status}" for run in arm.runs)),
    ]
    return [(name, text) for name, text in rows if text]


def _aside(all_: Sequence[T]) -> tuple[list[T], list[T]]:
    """What was sampled stands behind what was answered greedily, if there is both."""
    greedy = [each for each in all_ if each.mode != "sampled"]
    sampled = [each for each in all_ if each.mode == "sampled"]
    return (greedy, sampled) if any(each.mode == "greedy" for each in greedy) else (list(all_), [])


def image(file: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()


def render(folder: Path, arms: Sequence[Arm], figures: Sequence[Figure], gains: Sequence[Gain], said: list[str]) -> str:
    """`figures` are in the order of their sections, and drawn in `folder`."""
    tables = [(name, *_aside(list(some))) for name, some in groupby(gains, lambda gain: gain.set)]
    sections = [(name, *_aside(list(some))) for name, some in groupby(figures, lambda figure: figure.section)]
    template = jinja2.Template(
        (Path(__file__).parent / "page.jinja").read_text(encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return template.render(
        title=", ".join(arm.label for arm in arms),
        header=SHORT,
        cells=lambda gain: [said for name, said in zip(HEADER, cells(gain), strict=True) if name in SHORT],
        alt=alt,
        image=lambda figure: image(folder / figure.file),
        tables=tables,
        sections=sections,
        notes=said,
        runs=[(arm, what(arm)) for arm in arms],
        scoring=SCORING_VERSION,
    )
