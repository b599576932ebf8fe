"""Evaluations as lighteval left them: what was asked and by which model, and of each task its rows.

Read are JSON and Parquet alone, so that a report needs no lighteval. What cannot be read is left out, and said so.
"""

import json
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthrl import knobs
from synthrl.app.figures.words import shortest, visible
from synthrl.app.report import runs

DETAILS = re.compile(r"details_(?P<task>.+)\|(?P<shots>\d+)_(?P<date>[^|]+)\.parquet")
Parts = tuple[str, ...]  # of a path

BALANCED = "balanced_accuracy"
TWIN = ("question", "told", "f1")  # fields of a figure that is of a pair of rows
COLUMNS = ("hops", "kind", "level")
UNREADABLE = (pa.ArrowException, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
LONGEST = 100  # characters of a label, and of what a row is grouped by
MOST = 1e9  # a figure beyond it is none
_SETTINGS = (
    "model",
    "weights",
    "system_prompt",
    "temperature",
    "max_samples",
    "model_args",
    "flags",
    "scoring_version",
)


@dataclass(frozen=True, eq=False)
class Task:
    name: str
    file: Path
    rows: pandas.DataFrame  # by id, and which of those that share it: COLUMNS, answer, size, said, and the figures
    figures: list[str]
    tokens: int | None  # the most that a completion may have

    def of(self, index: pandas.Index) -> "Task":
        """The same with these rows alone, in this order."""
        return replace(self, rows=self.rows.loc[index])


@dataclass(frozen=True, eq=False)
class Evaluation:
    label: str
    folder: Path
    settings: dict[str, Any]
    suites: dict[str, list[str]]
    tasks: dict[str, Task]
    families: list[str]  # what its model was trained on, where a run says so
    hops: list[int]
    control: bool
    notes: list[str] = field(default_factory=list)

    @property
    def model(self) -> str:
        """As a reader elsewhere may know it: of a folder on this machine, the end of its path."""
        said = visible(str(self.settings.get("model") or ""))
        return "/".join(Path(said).parts[-2:]) if Path(said).is_absolute() else said


def read_all(given: Sequence[str]) -> list[Evaluation]:
    """Of [LABEL=]FOLDER each. Those without a label get one of their model's name."""
    asked = [_asked(text) for text in given]
    folders = [_home(folder) for _, folder in asked]
    twice = [asked[i][1] for i, folder in enumerate(folders) if folder in folders[:i]]
    if twice:
        raise ValueError(f"{twice[0]}: named twice")
    told = [_told(folder) for folder in folders]
    labels = _labels([label for label, _ in asked], folders, [one["settings"] for one in told])
    return [_evaluation(*each) for each in zip(labels, folders, told, strict=True)]


def _asked(text: str) -> tuple[str | None, Path]:
    label, equals, path = text.partition("=")
    if equals and label and not os.path.exists(knobs.path("evaluation", text)):  # of a name too long it says no
        fits = label.isprintable() and len(label) <= LONGEST
        knobs.require(fits, "label", label, f"at most {LONGEST} characters that can be printed")
        return label, knobs.path("evaluation", path)
    return None, knobs.path("evaluation", text)


def _home(folder: Path) -> Path:
    """The folder itself, or the one evaluation that is in it."""
    if not folder.is_dir():
        raise ValueError(f"{folder}: no evaluation, as there is no such folder")
    inside = sorted(path.parent for path in folder.glob("*/eval.json"))
    if (folder / "eval.json").is_file() or not inside:
        return folder.resolve()
    if len(inside) > 1:
        raise ValueError(f"{folder}: got {len(inside)} evaluations, expected one: {', '.join(map(str, inside[:4]))}")
    return inside[0].resolve()


def _told(folder: Path) -> dict[str, Any]:
    """What was asked: as `synthrl eval` says, or else as lighteval's newest results do."""
    results: dict[str, dict[str, float]] = {}
    asked: dict[str, Any] = {}
    for file in sorted(_beside(folder).rglob("results_*.json"), key=lambda file: file.name):
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            found = {_short(name): dict(figures) for name, figures in said["results"].items() if name != "all"}
            asked = _of_lighteval(said["config_general"])
        except UNREADABLE:
            continue  # one that a killed run left: its details are looked at in any case
        results |= found
    suites: dict[str, list[str]] = {}
    if (folder / "eval.json").is_file():
        try:
            said = json.loads((folder / "eval.json").read_text(encoding="utf-8"))
            asked = dict(said["settings"])
            suites = {suite: [*map(_word, names)] for suite, names in dict(said.get("suites", {})).items()}
            _word(asked.get("model") or "")
        except UNREADABLE as error:
            raise ValueError(f"{folder / 'eval.json'}: not what `synthrl eval` writes: {error}") from None
    kept = {name: asked[name] for name in _SETTINGS if name in asked}
    return {"settings": kept, "suites": suites, "results": results, "source": asked.get("source")}


def _of_lighteval(general: dict[str, Any]) -> dict[str, Any]:
    config = general.get("model_config") or {}
    sampling = config.get("generation_parameters") or {}
    return {
        "model": _word(general.get("model_name") or config.get("model_name") or "") or None,
        "system_prompt": config.get("system_prompt"),
        "temperature": sampling.get("temperature"),
        "max_samples": general.get("max_samples"),
    }


def _word(said: Any) -> str:
    if not isinstance(said, str):
        raise TypeError(f"got {knobs.shown(said)} for a name")
    return said


def _beside(folder: Path) -> Path:
    """Where the results are of which this holds the details: OUT/details/MODEL → OUT/results/MODEL."""
    parts = folder.parts
    if "details" not in parts:
        return folder
    at = len(parts) - 1 - parts[::-1].index("details")
    return Path(*parts[:at], "results", *parts[at + 1 :])


def _short(name: str) -> str:
    """A task's name, without the number of examples where there are none."""
    return name.removesuffix("|0").removesuffix(":0")


def _labels(given: Sequence[str | None], folders: Sequence[Path], settings: Sequence[dict[str, Any]]) -> list[str]:
    paths = [Path(str(one.get("model") or folder.name)).parts for one, folder in zip(settings, folders, strict=True)]
    homes = [folder.parts for folder in folders]
    names = [label or _label(path, paths, home, homes) for label, path, home in zip(given, paths, homes, strict=True)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"label: got {twice[0]!r} twice, expected another for each: LABEL=FOLDER")
    return names


def _label(path: Parts, paths: list[Parts], home: Parts, homes: Sequence[Parts]) -> str:
    """Of its model's name, and where that was evaluated twice, of the evaluation's as well."""
    if paths.count(path) > 1:
        return visible(f"{path[-1]} ({shortest(home, homes)})")
    return visible(shortest(path, paths, 2 if path[-1] == "final" or path[-1].startswith("checkpoint-") else 1))


def _evaluation(label: str, folder: Path, told: dict[str, Any]) -> Evaluation:
    notes: list[str] = []
    tasks: dict[str, Task] = {}
    for name, file in _newest(folder, notes).items():
        try:
            tasks[name] = _task(name, file, notes)
        except UNREADABLE as error:
            notes.append(f"{name}: its details cannot be read, so it is left out: {' '.join(str(error).split())[:200]}")
    if not tasks:
        why = notes[0] if notes else "there is no details_*.parquet in it: lighteval writes them with --save-details"
        raise ValueError(f"{folder}: no evaluation, as {why}")
    notes += [f"{name} has results, but no details" for name in told["results"] if name not in tasks]
    notes += _checked(tasks, told["results"])
    notes += [
        f"{len(missing)} of the {len(names)} tasks of {suite} are not there: {', '.join(missing)}"
        for suite, names in told["suites"].items()
        if (missing := [name for name in names if name not in tasks])
    ]
    families, hops, control = _origin(told["settings"].get("model"), notes)
    settings = {**told["settings"], "source": told["source"]}
    return Evaluation(label, folder, settings, told["suites"], tasks, families, hops, control, notes)


def _newest(folder: Path, notes: list[str]) -> dict[str, Path]:
    """Task → its newest details."""
    found: dict[str, Path] = {}
    old = 0
    models = set()
    for file in sorted(folder.rglob("details_*.parquet"), key=lambda file: (file.parent.name, file.name)):
        match = DETAILS.fullmatch(file.name)
        if not match:
            notes.append(f"{visible(file.name)} is not named as lighteval names details")
            continue
        name = _short(f"{match['task']}|{match['shots']}")
        models.add(file.parent.parent)
        old += name in found
        found[name] = file
    if len(models) > 1:
        names = ", ".join(str(model) for model in sorted(models)[:4])
        raise ValueError(f"{folder}: got details of {len(models)} models, expected one: {names}")
    if old:
        notes.append(f"{old} older files of details are passed over: of each task the newest counts")
    return found


def _task(name: str, file: Path, notes: list[str]) -> Task:
    source = pq.ParquetFile(file)
    have = source.schema_arrow.field("doc").type
    nested = pa.types.is_struct(have) and pa.types.is_struct(have.field("specific").type)
    fields = [f"doc.specific.{column}" for column in ("id", "answer", *COLUMNS)]
    wanted = [*fields, "doc.generation_size"] if nested else ["doc"]
    table = source.read([*wanted, "metric", "model_response.text"])
    doc, metric, response = (struct(table[column]) for column in ("doc", "metric", "model_response"))
    specific = struct(doc.field("specific"))
    rows = pandas.DataFrame({column: specific.field(column).to_pylist() for column in ("id", "answer", *COLUMNS)})
    if rows.empty or rows["id"].isna().any():
        raise ValueError("its rows have no id" if len(rows) else "it has no rows")
    _group(name, rows, notes)
    rows["size"], rows["said"] = _sizes(response.field("text"))
    figures: list[str] = []
    for i in range(metric.type.num_fields):
        figure = metric.type.field(i).name
        if figure in rows or pa.types.is_null(metric.type.field(i).type):  # a column of another meaning, or of nothing
            continue
        values, classes = _figure(figure, metric.field(i))
        if values is None:
            notes.append(f"{name}: {visible(figure)} is left out, as it is no number of a row")
            continue
        rows[figure], figures = values, [*figures, figure]
        if classes is not None:
            rows[f"class of {figure}"] = classes
    _count(name, rows, figures, notes)
    sizes = [size for size in doc.field("generation_size").to_pylist() if isinstance(size, int)]
    index = [rows["id"], rows.groupby("id").cumcount().rename("again")]
    return Task(name, file, rows.drop(columns="id").set_index(index), figures, max(sizes, default=None))


def struct(column: pa.Array | pa.ChunkedArray) -> pa.StructArray:
    """What is nested, also where it was written as JSON for having many shapes."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    if not pa.types.is_struct(whole.type):
        whole = pa.array([json.loads(text) for text in whole.to_pylist()])
    return whole


def _sizes(said: pa.ListArray) -> tuple[Any, Any]:
    """Characters of each row's completions, and how many those are."""
    counts = pc.fill_null(pc.list_value_length(said), 0).to_numpy(zero_copy_only=False)
    lengths = pandas.Series(pc.fill_null(pc.utf8_length(pc.list_flatten(said)), 0).to_numpy(zero_copy_only=False))
    of_row = pc.list_parent_indices(said).to_numpy(zero_copy_only=False)
    return lengths.groupby(of_row).sum().reindex(range(len(counts)), fill_value=0).to_numpy(), counts


def _figure(name: str, column: pa.Array) -> tuple[Any, Any]:
    """A row's value, NaN where it has none; and its class, where the figure tells classes apart. None: none of a row."""
    if pa.types.is_struct(column.type) and name == BALANCED:
        own = [
            next(((c, v) for c, v in (row or {}).items() if v is not None), (None, math.nan))
            for row in column.to_pylist()
        ]
        return pandas.to_numeric(pandas.Series([value for _, value in own])), [name for name, _ in own]
    if pa.types.is_struct(column.type) and {field.name for field in column.type} == set(TWIN):
        return _of_pairs(column), None
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        return pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), None
    return None, None


def _of_pairs(column: pa.StructArray) -> pandas.Series:
    """What both rows of a question earn together (see `lighteval_tasks.means.Twins`), told of the first of them alone, so that
    a pair counts once."""
    rows = pandas.DataFrame({name: column.field(name).to_pylist() for name in TWIN}).astype({"f1": float})
    of_question = rows.groupby("question")
    earned = of_question["f1"].transform("sum") * of_question["told"].transform("all")
    return earned.where((of_question["told"].transform("size") == 2) & ~rows.duplicated("question"))


def _group(name: str, rows: pandas.DataFrame, notes: list[str]) -> None:
    """What rows are grouped by, as it can be told: hops are whole numbers, kinds and levels words of one line."""
    hops = [int(n) if isinstance(n, int | float) and 0 <= n <= LONGEST else None for n in rows["hops"]]
    if odd := sum(n is None and not pandas.isna(was) for n, was in zip(hops, rows["hops"], strict=True)):
        notes.append(f"{name}: of {odd} rows the hops are no whole number from 0 to {LONGEST}, and are left out")
    rows["hops"] = pandas.Series(hops, dtype=object)
    for column in ("kind", "level"):
        rows[column] = [None if said is None else visible(str(said))[:LONGEST] for said in rows[column]]


def _count(name: str, rows: pandas.DataFrame, figures: Sequence[str], notes: list[str]) -> None:
    """Say what a row lacks. A figure may be of some rows alone, but these are of each."""
    if again := int(rows["id"].duplicated().sum()):
        notes.append(f"{name}: {again} rows have the id of another")
    for figure in figures:
        gaps = ~rows[figure].abs().lt(MOST)
        rows.loc[gaps, figure] = math.nan
        if figure in ("exact_match", "f1", "parsed") and gaps.any():
            notes.append(f"{name}: {int(gaps.sum())} of {len(rows)} rows have no number for {figure}")


def _checked(tasks: dict[str, Task], results: dict[str, dict[str, float]]) -> list[str]:
    """Results and details that are not of one run."""
    apart = []
    for name, task in tasks.items():
        told, own = results.get(name, {}).get("exact_match"), task.rows.get("exact_match")
        if isinstance(told, int | float) and own is not None and abs(told - own.mean()) > 1e-6:
            apart.append(f"{name}: its details say {own.mean():.3f} for exact_match, its results {told:.3f}")
    return apart


def _origin(model: str | None, notes: list[str]) -> tuple[list[str], list[int], bool]:
    """What it was trained on, by the run in whose folder it is: families, hops, and whether the run was a control."""
    home = Path(model or "").expanduser()
    for folder in [home, *home.parents][:3] if model and home.is_dir() else []:
        if not (folder / "run.json").is_file():
            continue
        try:
            told = runs.description(folder)
        except ValueError as error:
            notes.append(f"what it was trained on is not known: {error}")
            break
        names = [Path(text.split()[0]).name for text in told["settings"].get("data", []) if text.split()]
        return list(dict.fromkeys(names)), told.get("hops", []), runs.is_control(runs.rewards(told))
    return [], [], False
