"""Difficulty that moves without a teacher: `synthrl adapt`.

    synthrl adapt fiction_multihop --model Qwen/Qwen3-0.6B --base-url http://localhost:8000/v1 --target 0.5
    synthrl adapt fiction_arithmetic largest=1000 --vary operations=2-6,8 --vary distractors=0,0.3,0.6 --model …

In worlds of ours difficulty is knobs. So pass rates are measured over a small grid of knobs, as `synthrl profile` would,
and what comes out is a config file for recipes: parts of `data` with weights, of which the model solves the target.
`synthrl.synthesis.mixture` says how. Measured again after some training, from the new weights, the mixture moves along.

The grid: each `--vary` names a knob and its values, all combined with all; without any, the usual one below, of which a
knob that is given takes the place: `hops=1-4` looks at four depths, `kinds=chain` at one kind. Combinations that the
dataset does not have are left out. Numbers are difficulty in order, and so are levels; all else tells groups apart.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import product, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from synthrl import files, knobs, selection
from synthrl.app import hub, profile
from synthrl.app.profile import tell
from synthrl.app.rows import Row, Source, source
from synthrl.synthesis import Asker, Budget, OverBudget, mixture
from synthrl.synthesis.budget import read_caps, read_prices
from synthrl.synthesis.settings import MOST as MOST_SAMPLES

USUAL: dict[str, tuple[dict[str, str], ...]] = {
    "fiction_multihop": (
        {"kinds": "chain,comparison,intersection,count,superlative,yesno,temporal", "hops": "1-4,6,8"},
    ),
    "fiction_arithmetic": ({"operations": "2-6,8,10,15,20"},),
    "fiction_kinship": ({"hops": "1-8"},),
    "fiction_logic": (
        {"kinds": "knights", "people": "2-8"},
        {"kinds": "ordering", "items": "3-8"},
        {"kinds": "seating", "seats": "4-8"},
        {"kinds": "rules", "depth": "1-8"},
    ),
    "templated_task": ({"level": "easy,medium,hard"},),
}
IN_ORDER = ("level",)  # the knobs whose values are words, the easiest first
MOST = 200  # cells
FEW = 0.5  # mixed groups
MARK = "# Made by `synthrl adapt`"

Grid = dict[str, tuple[str, ...]]  # knob → values


class Place(NamedTuple):
    """A cell of the grid."""

    words: tuple[str, ...]  # as the command line has them
    group: tuple[str, ...]  # those of them that are not in order
    at: tuple[float, ...]  # the others
    rows: Source


class Measured(NamedTuple):
    cell: mixture.Cell
    between: int  # rows that were solved sometimes


# The grid ------------------------------------------------------------------------------------------------------------


def grids(name: str, words: Sequence[str], vary: Sequence[str]) -> tuple[list[Grid], list[str]]:
    """What is varied, and the words that are the same everywhere."""
    given = {knob: text for knob, equals, text in (word.partition("=") for word in words) if equals}
    if vary:
        pairs = [text.partition("=") for text in vary]
        asked = {knob: knobs.values(f"--vary {knob}", text, MOST) for knob, _, text in pairs}
        for knob in asked:
            knobs.require(knob not in given, f"--vary {knob}", f"{knob}={given.get(knob)} too", "only one of them")
        knobs.require(len(asked) == len(pairs), "--vary", " ".join(vary), "each knob once")
        return [asked], list(words)
    if name not in USUAL:
        raise ValueError(f"--vary: got none, expected KNOB=VALUES, as {name} has no usual grid")
    usual = [{knob: knobs.values(knob, text, MOST) for knob, text in grid.items()} for grid in USUAL[name]]
    own = {knob: knobs.values(knob, text, MOST) for knob, text in given.items() if any(knob in grid for grid in usual)}
    # A knob with one value tells the grids of a dataset apart: it is not replaced, but may not be asked for.
    fits = [grid for grid in usual if all(len(now) > 1 or now[0] in own.get(knob, now) for knob, now in grid.items())]
    if not fits:
        knob = next(knob for knob in own if knob in usual[0] and len(usual[0][knob]) == 1)
        knobs.refuse(knob, given[knob], [grid[knob][0] for grid in usual])
    found = [{k: own.get(k, now) if len(now) > 1 else now for k, now in grid.items()} for grid in fits]
    return found, [word for word in words if word.partition("=")[0] not in own]


def places(name: str, asked: Sequence[Grid], same: Sequence[str], rows: int) -> list[Place]:
    """The cells that the dataset has. A value that goes with none of the others is a mistake."""
    pairs = [(grid, pick) for grid in asked for pick in product(*grid.values())]
    knobs.require(len(pairs) <= MOST, "the grid", f"{len(pairs)} cells", f"{MOST} at most")
    found: list[Place] = []
    refused: dict[tuple[str, ...], ValueError] = {}
    for grid, pick in pairs:
        said = tuple(f"{knob}={value}" for knob, value in zip(grid, pick, strict=True))
        try:
            of = source(name, [*same, *said], None, rows)
        except ValueError as error:
            refused[said] = error
            continue
        order = [_order(knob, grid[knob], value) for knob, value in zip(grid, pick, strict=True)]
        apart = tuple(word for word, at in zip(said, order, strict=True) if at is None)
        found.append(Place(said, apart, tuple(at for at in order if at is not None), of))
    taken = {word for place in found for word in place.words}
    for said, why in refused.items():
        if not taken.issuperset(said):
            raise why
    if refused:
        said, why = next(iter(refused.items()))
        tell(f"{len(refused)} of {len(pairs)} cells are left out, the first, {' '.join(said)}, as {why}")
    return found


def _order(knob: str, among: tuple[str, ...], value: str) -> float | None:
    if all(re.fullmatch(r"\d+(\.\d+)?", each) for each in among):
        return float(value)
    return float(among.index(value)) if knob in IN_ORDER else None


# Measuring -----------------------------------------------------------------------------------------------------------


def in_turn(cells: Sequence[Place]) -> Iterator[Row]:
    """The first row of each cell, then the second: whatever ends it early, all cells are measured alike."""
    for rows in zip_longest(*[cell.rows.rows() for cell in cells]):
        yield from (row for row in rows if row is not None)


def measure(asked: profile.Asked, place: Place, samples: int, asker: Asker) -> Measured:
    found = profile.finished(asked, place.rows, samples, asker, None)
    rates = [row["pass_rate"] for row in found if row["n"]]
    between = sum(0 < rate < 1 for rate in rates)
    return Measured(mixture.Cell(place.group, place.at, sum(rates), len(rates)), between)


def run(args: Any) -> int:
    """Exit status: 0 if the mixture holds the target."""
    knobs.require(0 < args.target < 1, "--target", args.target, "a pass rate between 0 and 1")
    knobs.require(args.samples <= MOST_SAMPLES, "--samples", args.samples, f"at most {MOST_SAMPLES:,}")
    name = hub.ours(args.name) or args.name.removeprefix("synthrl/")
    if name not in hub.names():
        knobs.refuse("dataset", args.name, hub.names())
    output = knobs.path("--output", args.output)
    require_own(output)
    budget = Budget(read_caps(args.budget), read_prices(args.prices))
    asked_for, same = grids(name, args.knobs, args.vary or [])
    cells = places(name, asked_for, same, args.rows_per_cell)
    of = Source(name, "train", sum(cell.rows.size for cell in cells), lambda: in_turn(cells))
    asked = profile.asking(args, args.model, name)
    with profile.open_cache(args) as cache:
        asker, stopped = profile.gather(args, asked, of, f"adapt {name}", cache, budget)
        profile.tell_of(asker)
        if stopped and not isinstance(stopped, OverBudget):
            raise stopped
        measured = [measure(asked, cell, args.samples, asker) for cell in cells]
    rows = sum(each.cell.rows for each in measured)
    if stopped:
        tell(str(stopped))
        tell(f"{rows:,} of {of.size:,} rows are finished; the same command goes on from there")
    if not rows:
        raise ValueError("no row has a pass rate: there is nothing to make a mixture of")
    return settle(args, name, same, cells, measured, output)


def settle(
    args: Any, name: str, same: Sequence[str], cells: Sequence[Place], measured: Sequence[Measured], output: Path
) -> int:
    """Fit, write, and say what came out."""
    found = [each.cell for each in measured]
    estimates = mixture.estimates(found)
    rates = [estimate and estimate.rate for estimate in estimates]
    mix = mixture.mix(found, rates, args.target)
    print(*table(cells, measured, estimates, mix), *remarks(cells, found, mix), "", sep="\n")
    solved = sum(weight * (rates[cell] or 0) for cell, weight in mix.weights.items())
    told = sum(weight * selection.mixed(rates[cell] or 0) for cell, weight in mix.weights.items())
    figures = f"{solved:.1%} solved; of groups of 8, at most {told:.1%} mixed"
    parts = [
        shlex.join([name, *same, *cells[cell].words, f"weight={weight:g}"]) for cell, weight in mix.weights.items()
    ]
    write(output, parts, f"for {args.model}, target {args.target:g}: expected {figures}")
    print(f"{output}: {figures}")
    if mix.reached and told < FEW:
        tell(f"at most {told:.1%} of groups of 8 have anything to learn from: there is no cell near {args.target:g}")
    if not mix.reached:
        (nearest,) = mix.weights
        tell(
            f"target {args.target:g} is out of reach: {' '.join(cells[nearest].words)} is nearest, and is all of {output}"
        )
    return 0 if mix.reached else 1


# What is told --------------------------------------------------------------------------------------------------------


def table(
    cells: Sequence[Place],
    measured: Sequence[Measured],
    estimates: Sequence[mixture.Estimate | None],
    mix: mixture.Mixture,
) -> list[str]:
    wide = max(len(" ".join(cell.words)) for cell in cells)
    said = [f"{'cell':{wide}} {'rows':>5} {'pass':>7} {'95% interval':>16} {'fitted':>8} {'between':>8} {'weight':>7}"]
    for number, (place, (cell, between), estimate) in enumerate(zip(cells, measured, estimates, strict=True)):
        line = f"{' '.join(place.words):{wide}} {cell.rows:>5}"
        if estimate and cell.rows:
            line += f" {cell.solved / cell.rows:>7.1%} {f'{estimate.low:.1%}-{estimate.high:.1%}':>16}"
        else:
            line += f" {'':>7} {'':>16}"
        off = "*" if estimate and estimate.rate != estimate.fitted else " "
        line += f" {estimate.fitted:>7.1%}{off}" if estimate else f" {'':>8}"
        line += f" {between / cell.rows:>8.1%}" if cell.rows else f" {'':>8}"
        weight = mix.weights.get(number)
        said.append(f"{line} {weight:>7.3f}" if weight else line)
    if any(estimate and estimate.rate != estimate.fitted for estimate in estimates):
        said.append("* beyond the interval: what was measured stands")
    return said


def remarks(cells: Sequence[Place], found: Sequence[mixture.Cell], mix: mixture.Mixture) -> list[str]:
    said = []
    for group, line in mixture.lines(found).items():
        place = next(place for place in cells if place.group == group)
        ordered = [word.partition("=")[0] for word in place.words if word not in group]
        for number in mixture.rising(line):
            said.append(" ".join([*group, f"{ordered[number]}: rows get easier as it grows, for this model"]))
    if mix.reached:
        held = {found[number].group for number in mix.weights}
        away = [" ".join(group) for group in mixture.groups(found) if group not in held]
        said += [f"out of reach, and left out: {', '.join(away)}"] if away else []
    return said


def require_own(output: Path) -> None:
    """Another's file is not written over."""
    if not output.exists():
        return
    own = False
    if output.is_file():
        with output.open(encoding="utf-8", errors="replace") as file:
            own = file.read(len(MARK)) == MARK
    if not own:
        raise ValueError(f"--output: got {str(output)!r}, which this command did not write: name another file")


def write(output: Path, parts: Sequence[str], about: str) -> None:
    said = yaml.safe_dump({"data": list(parts)}, allow_unicode=True, width=1000)
    note = "# Named after a data file it replaces that one's `data` alone: held-out rows stay as they are."
    files.write(output, f"{MARK} {' '.join(about.split())}.\n{note}\n{said}")
