"""Reading runs' folders, and which of them are one line of a figure."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonprefix
from pathlib import Path
from typing import Any

import pandas

from synthrl.answers import SCORING_VERSION
from synthrl.app.figures.folder import NUMBERS
from synthrl.app.figures.words import shortest
from synthrl.knobs import shown

CONTROLS = ("random_reward", "format_ok")  # what is earned by these alone was not learned from answers
COLUMNS = "id set hops kind exact_match parsed reached mode sample tokens truncated".split()
# What may differ between seeds of one thing: where it is kept and how it is told of.
ASIDE = (
    "seed data_seed output_dir run_name logging_dir report_to project disable_tqdm save_steps save_strategy "
    "save_total_limit push_to_hub hub_model_id hub_strategy hub_private_repo resume_from_checkpoint log_completions"
).split()
# What is read of a run.json, here and in its settings; a list of one type holds only such.
_SHAPE: dict[str, type | list[type]] = {
    **dict.fromkeys(("recipe", "command", "fingerprint", "keep"), str),
    **dict.fromkeys(("rows", "finished", "seed"), int),
    **dict.fromkeys(("kinds", "data", "rewards", "held_out", "final"), [str]),
    **{"hops": [int], "versions": dict, "max_steps": int},
}
_STEP = re.compile(r"step_(\d+)\.parquet")


@dataclass(frozen=True, eq=False)
class Run:
    folder: Path
    label: str
    told: dict[str, Any]  # its run.json
    log: list[dict[str, Any]]
    watch: dict[int, pandas.DataFrame]  # step → what was seen
    final: dict[int, pandas.DataFrame]

    @property
    def settings(self) -> dict[str, Any]:
        return self.told["settings"]

    @property
    def seed(self) -> int:
        return self.settings.get("seed", 42)

    @property
    def scoring(self) -> str:
        return str(self.told.get("versions", {}).get("scoring", "unknown"))

    @property
    def rewards(self) -> list[str]:
        return rewards(self.told)

    @property
    def status(self) -> str:
        if "finished" in self.told:
            best = ", then its best checkpoint on held-out rows was kept" if self.settings.get("keep") == "best" else ""
            return f"finished at step {self.told['finished']}{best}"
        last = max([line["step"] for line in self.log] + [*self.watch, *self.final, 0])
        most = self.settings.get("max_steps", -1)
        return f"not finished: seen up to step {last}{f' of {most}' if most > 0 else ''}"


@dataclass(frozen=True, eq=False)
class Arm:
    """One line of the figures: a run, or several that differ only in their seed."""

    label: str
    runs: list[Run]
    control: bool
    number: int  # among the controls, or among the others

    @property
    def first(self) -> Run:
        return self.runs[0]


def read_all(paths: Sequence[str]) -> list[Run]:
    folders = list(dict.fromkeys(Path(path).expanduser().resolve() for path in paths))
    told = {folder: description(folder) for folder in folders if not _is_report(folder)}
    if not told:
        raise ValueError(f"{', '.join(paths)}: a report and no run")
    labels = [shortest(folder.parts, [other.parts for other in told]) for folder in told]
    return [
        Run(folder, label, said, _log(folder), _looks(folder / "watch"), _looks(folder / "final"))
        for (folder, said), label in zip(told.items(), labels, strict=True)
    ]


def _is_report(folder: Path) -> bool:
    """`synthrl report runs/*` put its own folder there."""
    return (folder / NUMBERS).is_file() and not (folder / "run.json").exists()


def description(folder: Path) -> dict[str, Any]:
    file = folder / "run.json"
    if not file.is_file():
        inside = sorted(path.parent.name for path in folder.glob("*/run.json"))
        hint = f"; it holds runs: {', '.join(inside[:5])}{' …' * (len(inside) > 5)}" if inside else ""
        raise ValueError(f"{folder}: no run, as there is no run.json in it{hint}")
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file}: {error}") from None
    if not isinstance(told, dict) or "recipe" not in told or not isinstance(told.get("settings"), dict):
        raise ValueError(f"{file}: not of our recipes, as it names no recipe and settings")
    for where in (told, told["settings"]):
        for name, expected in _SHAPE.items():
            if name in where and not _is(where[name], expected):
                raise ValueError(f"{file}: {name}: got {shown(where[name])}, which is not what our recipes write")
    return told


def _is(value: Any, expected: type | list[type]) -> bool:
    if isinstance(expected, list):
        return isinstance(value, list) and all(type(each) is expected[0] for each in value)
    return type(value) is expected


def _log(folder: Path) -> list[dict[str, Any]]:
    file = folder / "log.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):
                break  # a run that was killed may leave the half of a line
            raise ValueError(f"{file}, line {number}: {error}") from None
        if not isinstance(said, dict) or not isinstance(said.get("step"), int):
            raise ValueError(f"{file}, line {number}: it says no step")
        found.append(said)
    return found


def _looks(folder: Path) -> dict[int, pandas.DataFrame]:
    found = {}
    for file in sorted(folder.glob("step_*.parquet")):
        if match := _STEP.fullmatch(file.name):
            try:
                found[int(match[1])] = pandas.read_parquet(file, columns=COLUMNS)
            except (ValueError, TypeError, LookupError, OSError) as error:
                raise ValueError(f"{file}: cannot be read: {str(error).partition(chr(10))[0]}") from None
    return found


def rewards(told: dict[str, Any]) -> list[str]:
    """Of what a run.json says."""
    return told["settings"].get("rewards", ["answer_reward"]) if told["recipe"] != "sft" else []


def is_control(rewarded: Sequence[str]) -> bool:
    parts = [text.split() for text in rewarded]
    names = {words[0].rpartition(".")[2] for words in parts if words and "weight=0" not in words}
    return bool(names) and names <= set(CONTROLS)


def arms(runs: Sequence[Run]) -> list[Arm]:
    """Finished runs of the same settings but for the seed are one; of one seed twice, each is its own. Controls stand last."""
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        groups[_key(run)].append(run)
    apart = [
        part
        for group in groups.values()
        for part in ([group] if len({run.seed for run in group}) == len(group) else [[run] for run in group])
    ]
    names = [_pooled(group) for group in apart]
    found: list[Arm] = []
    for group, name in zip(apart, names, strict=True):
        if names.count(name) > 1:
            name = f"{group[0].label} to {group[-1].label}"
        if len(group) > 1:
            name += f" ({len(group)} seeds)"
        elif "finished" not in group[0].told:
            name += " (not finished)"
        control = is_control(group[0].rewards)
        found.append(Arm(name, group, control, sum(arm.control == control for arm in found)))
    return sorted(found, key=lambda arm: arm.control)


def _key(run: Run) -> str:
    same = {name: value for name, value in run.settings.items() if name not in ASIDE}
    alone = "" if "finished" in run.told else str(run.folder)
    return json.dumps([run.told["recipe"], same, run.scoring, alone], sort_keys=True)


def _pooled(group: Sequence[Run]) -> str:
    """mine-seed1 and mine-seed2 → mine"""
    names = [run.label for run in group]
    if len(names) == 1:
        return names[0]
    return re.sub(r"[-_ ./=]*(seed|s)?[-_ ./=]*$", "", commonprefix(names)) or f"{names[0]} to {names[-1]}"


def notes(runs: Sequence[Run]) -> list[str]:
    """What a reader of the figures must know."""
    said = [f"{run.label} is {run.status}" for run in runs if "finished" not in run.told]
    said += [
        f"{run.label} was judged by scoring version {run.scoring}, and this is {SCORING_VERSION}: its figures are as recorded"
        for run in runs
        if run.scoring != SCORING_VERSION
    ]
    if len({run.scoring for run in runs}) > 1:
        said.append("these runs were judged by different scoring versions: their figures do not compare")
    said += [
        f"{run.label} kept its best checkpoint on held-out rows: that is what `after` is" for run in runs if _best(run)
    ]
    said += [
        f"{run.label} looked at no test rows (`final`): there is no before and after" for run in runs if not run.final
    ]
    said += [f"{run.label} watched no rows (`held_out`): there is no held-out curve" for run in runs if not run.watch]
    return said


def _best(run: Run) -> bool:
    return "finished" in run.told and run.settings.get("keep") == "best"
