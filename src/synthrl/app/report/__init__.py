"""The papers' figures, from the folders of runs: PNG, the numbers drawn, and one static page.

    synthrl report runs/mine runs/random --output report

Without --output, it goes to `report/` in the folder that holds all the runs: the run's own, where it is only one.

index.html    the page: gains, figures, what each run was. One file; nothing is fetched
*.png         its figures
figures.json  the numbers drawn, and the gains: nobody has to measure a picture
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from synthrl.answers import SCORING_VERSION
from synthrl.app.report import change, curves, page
from synthrl.app.report.numbers import Figure, rounded
from synthrl.app.report.runs import NUMBERS, Arm, arms, notes, read_all

SECTIONS = ["Learning", "By depth", "By kind", "Intermediate answers", "Completions", "Groups without a signal"]


def run(paths: Sequence[str], output: str | None) -> int:
    try:
        from synthrl.app.report import draw
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ImportError("report needs matplotlib: pip install 'synthrl[report]'") from None

    found = read_all(paths)
    lines = arms(found)
    drawn, gains, said = figures(lines), change.gains(lines), notes(found)
    if not drawn:
        raise ValueError(f"{', '.join(run.label for run in found)}: nothing was logged or looked at yet")
    common = Path(os.path.commonpath([run.folder for run in found]))
    folder = Path(output).expanduser() if output else common / "report"
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    tops = draw.tops(drawn)
    for figure in drawn:
        draw.draw(figure, folder / figure.file, tops[figure.file])
    (folder / NUMBERS).write_text(json.dumps(told(lines, drawn, gains), indent=1), encoding="utf-8")
    (folder / "index.html").write_text(page.render(folder, lines, drawn, gains, said), encoding="utf-8")
    print(page.markdown(gains), *(f"note: {note}" for note in said), sep="\n")
    print(f"{len(drawn)} figures: {folder / 'index.html'}")
    return 0


def figures(lines: Sequence[Arm]) -> list[Figure]:
    """All that can be drawn of these runs, section by section, each with a name for its file."""
    found = [figure for figure in [*curves.figures(lines), *change.figures(lines)] if figure.lines]
    found.sort(key=lambda figure: SECTIONS.index(figure.section))
    taken: set[str] = set()
    for figure in found:
        by = f"by {figure.x}" if figure.x != "step" else ""
        words = f"{by} {figure.title} {figure.run} {figure.mode}".lower()
        name = "-".join("".join(c if c.isascii() and c.isalnum() or c == "_" else " " for c in words).split())[:100]
        while name in taken:
            name += "_"
        taken.add(name)
        figure.file = f"{name}.png"
    return found


def clear(folder: Path) -> None:
    """Remove the figures of an earlier report, and no other file."""
    try:
        before = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        old = [Path(figure["file"]).name for figure in before["figures"]]
    except (OSError, ValueError, LookupError, TypeError):
        return
    for name in old:
        if name.endswith(".png"):
            (folder / name).unlink(missing_ok=True)


def told(lines: Sequence[Arm], drawn: Sequence[Figure], gains: Sequence[change.Gain]) -> dict[str, Any]:
    runs = [
        {"label": arm.label, "control": arm.control, "runs": [{"name": run.label, **run.told} for run in arm.runs]}
        for arm in lines
    ]
    numbers = {"gains": [asdict(gain) for gain in gains], "figures": [asdict(figure) for figure in drawn]}
    return {"scoring": SCORING_VERSION, "runs": runs, **rounded(numbers)}
