"""Check rows independently of the code that made them: each dataset's own `audit` reads their English anew.

synthrl verify fiction_multihop hops=2-6 --rows 1000
synthrl verify rows.parquet
synthrl verify FOLDER hops_3

A folder that `synthrl generate` filled has its files compared with its manifest too.
"""

import functools
import importlib
import itertools
import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import pyarrow as pa
from tqdm import tqdm

from synthrl.app import hub, workers
from synthrl.app.across import Across
from synthrl.app.rows import meant
from synthrl.app.scale import check
from synthrl.knobs import refuse, require
from synthrl.row import COLUMNS, FEATURES, validate

Row = dict[str, Any]
CHUNK = 50  # rows that a worker gets at a time
SHOWN = 10  # failures that are printed


class Checked(NamedTuple):
    row: Row
    faults: list[str]
    sound: bool = True  # else its columns do not hold what columns hold: nothing more can be said of it


class Found(NamedTuple):
    """What came of checking rows."""

    counts: Counter[tuple[str, int]]  # by kind and hops
    malformed: int
    contexts: int
    unproven: int
    failures: list[str]

    @property
    def rows(self) -> int:
        return self.counts.total() + self.malformed


def run(
    target: str,
    config: str | None = None,
    knobs: dict[str, Any] | None = None,
    rows: int | None = None,
    split: str | None = None,
    num_proc: int | None = None,
) -> int:
    """Exit status: 0 if rows were checked and no fault was found."""
    failures: list[str] = []
    if generated := check.opened(target):
        if config not in (None, generated.plan.spelled):
            refuse("config", config, [generated.plan.spelled])
        splits, failures = _load_generated(generated, rows, split)
    else:
        splits = _load(target, config, knobs or {}, split)
    stream = _first_rows(splits, rows)
    first = next(stream, None)
    if first is None or (generated and not first.get("question")):
        print(f"{target}: no row was checked" + (": they ask no question" if first else ""))
        _show(failures)
        return 1 if failures or not first else 0
    found = _examined(first, stream, num_proc)
    report(found._replace(failures=[*failures, *found.failures]))
    return 1 if failures or found.failures else 0


def of_dataset(name: str, config: str | None, knobs: dict[str, Any], rows: int, num_proc: int | None) -> Found:
    """The first rows of each split, of which there must be some."""
    stream = _first_rows(_load(name, config, knobs, None), rows)
    return _examined(next(stream), stream, num_proc)


def _first_rows(splits: dict[str, Iterable[Row]], rows: int | None) -> Iterator[Row]:
    return itertools.chain.from_iterable(itertools.islice(of_split, rows) for of_split in splits.values())


def _examined(first: Row, others: Iterator[Row], num_proc: int | None) -> Found:
    name = _dataset(first)
    audit = _audit(name, first)
    if hasattr(audit, "refused") and (why := audit.refused(first)):
        raise ValueError(why)
    across = Across(audit)
    counts: Counter[tuple[str, int]] = Counter()
    failures: list[str] = []
    malformed = 0
    checked = _checked(name, itertools.chain([first], others), num_proc or 1)
    for row, faults, sound in tqdm(checked, desc="verify", unit=" rows", disable=None):
        failures += [f"{row.get('id')}: {fault}" for fault in faults]
        if sound:
            across.add(row)
            counts[row["kind"], row["hops"]] += 1
        else:
            malformed += 1
    return Found(counts, malformed, len(across.contexts), across.unproven, [*failures, *across.faults()])


def _load(target: str, config: str | None, knobs: dict[str, Any], split: str | None) -> dict[str, Iterable[Row]]:
    """The rows of each split, of one of our datasets or of what was saved."""
    name = hub.ours(target) or (target if target in hub.names() else None)
    loaded = hub.load_dataset(name, config, streaming=True, **knobs) if name else _open(target, config)
    splits = dict(loaded) if isinstance(loaded, dict) else {"rows": loaded}
    if name and split and split not in splits:
        raise ValueError(f"split: got {split!r}, expected one of {', '.join(splits)}")
    if not name:
        splits = {split: _read(target, of_split) for split, of_split in splits.items()}
    if split is None or split in splits:
        return splits if split is None else {split: splits[split]}
    wanted = (
        row for of_split in splits.values() for row in of_split if str(row.get("id")).split("/")[-2:-1] == [split]
    )
    return {split: wanted}


def _load_generated(
    found: check.Generated, rows: int | None, split: str | None
) -> tuple[dict[str, Iterable[Row]], list[str]]:
    """Rows of the files that are as the manifest says, and what is wrong with the others."""
    if split not in (None, found.plan.split):
        refuse("split", split, [found.plan.split])
    failures, sound = check.faults(found)
    print(f"{len(sound):,} of {found.plan.files:,} files are as the manifest says")
    return {found.plan.split: check.rows(found, sound, rows)}, failures


def _open(target: str, config: str | None) -> Any:
    path = Path(target)
    file = path.suffix in (".parquet", ".jsonl", ".json")
    if not file and not path.is_dir():
        ours = meant(target) or f" ({', '.join(hub.names())})"
        raise ValueError(f"{target}: got neither a dataset of ours{ours} nor a saved folder, .parquet or .jsonl")
    configs: list[str] = []
    try:
        if file:
            kind = "parquet" if path.suffix == ".parquet" else "json"
            found = datasets.load_dataset(kind, data_files=target, streaming=True)
        elif (path / "dataset_dict.json").exists() or (path / "state.json").exists():
            found = datasets.load_from_disk(target)
        else:
            configs = datasets.get_dataset_config_names(target)
            chosen = [name for name in configs if name == config] or configs
            every = {name: datasets.load_dataset(target, name, streaming=True) for name in chosen}
            found = every[chosen[0]] if len(chosen) == 1 else _flat(every)
    except Exception as error:  # `datasets` meets a file that it does not understand in many ways
        raise ValueError(f"{target}: cannot be opened, or holds no row: {str(error) or type(error).__name__}") from None
    require(config is None or bool(configs), "config", config, f"none, as {target} has no configurations")
    if config is not None and config not in configs:
        refuse("config", config, configs)
    return found


def _flat(every: dict[str, Any]) -> dict[str, Any]:
    return {f"{config} {split}": rows for config, some in every.items() for split, rows in some.items()}


def _read(target: str, rows: Iterable[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except Exception as error:
        raise ValueError(f"{target}: cannot be read any further: {str(error) or type(error).__name__}") from None


def _dataset(row: Row) -> str:
    """The dataset that `row` comes from: its id says which."""
    return str(row.get("id")).split("/")[0].rpartition("-")[0]


def _audit(name: str, row: Row) -> Any:
    if not row.get("question"):
        raise ValueError("these rows ask no question: there is nothing to verify")
    if audit := auditor(name):
        return audit
    raise ValueError(f"id: got {row.get('id')!r}, which names no dataset that has an audit")


def auditor(name: str) -> Any:
    """The audit of a dataset, if it has one."""
    try:
        return importlib.import_module(f"synthrl.dataset_builders.{name}.audit.check")
    except ModuleNotFoundError as error:
        if error.name == "clingo":
            raise ImportError("verify needs clingo: pip install 'synthrl[audit]'") from None
        return None


def _checked(name: str, rows: Iterator[Row], num_proc: int) -> Iterator[Checked]:
    if num_proc == 1:
        yield from map(functools.partial(_check, name), rows)
        return
    waiting: deque[Future[list[Checked]]] = deque()
    with workers.pool(num_proc, "--num-proc") as pool:
        for chunk in iter(lambda: list(itertools.islice(rows, CHUNK)), []):
            waiting.append(pool.submit(_check_chunk, name, chunk))
            if len(waiting) > 2 * num_proc:
                yield from waiting.popleft().result()
        for of_chunk in waiting:
            yield from of_chunk.result()


def _check_chunk(name: str, rows: list[Row]) -> list[Checked]:
    return [_check(name, row) for row in rows]


def _check(name: str, row: Row) -> Checked:
    """The faults of one row. Whatever it holds must not end the run: there are others to be checked."""
    try:
        if missing := [column for column in COLUMNS if row.get(column) is None]:
            raise ValueError(f"it has no {', '.join(missing)}")
        if _dataset(row) != name or row["id"].count("/") != 3:
            raise ValueError(f"its id is none of {name}: dataset-version/configuration/split/index")
        pa.Table.from_pylist([row if isinstance(row["prompt"], list) else {**row, "prompt": []}], FEATURES.arrow_schema)
        if not isinstance(json.loads(row["meta"]), dict):
            raise ValueError("meta is no JSON object")
        validate({column: row[column] for column in COLUMNS})
        return Checked(row, _audit(name, row).check(row))
    except Exception as error:
        said = f"{type(error).__name__}: {error}".removeprefix("ValueError: ").removeprefix(f"row {row.get('id')!r}: ")
        return Checked(row, [" ".join(said.split())], sound=False)


def report(found: Found) -> None:
    depths = sorted({hops for _, hops in found.counts})
    print(f"{'rows checked':15}" + "".join(f"{hops:>7}" for hops in depths) + "  hops")
    for kind in sorted({kind for kind, _ in found.counts}):
        print(f"{kind:15}" + "".join(f"{found.counts[kind, hops] or '-':>7}" for hops in depths))
    malformed = f", {found.malformed} rows malformed" if found.malformed else ""
    print(f"{found.rows} rows, {found.contexts} different contexts, {len(found.failures)} failures{malformed}")
    if found.unproven:
        print(f"{found.unproven} rows not proven: they have no text; only question, steps and solution were compared")
    _show(found.failures)


def _show(failures: list[str]) -> None:
    for failure in failures[:SHOWN]:
        print(f"  {failure}", file=sys.stderr)
    if len(failures) > SHOWN:
        print(f"  ... and {len(failures) - SHOWN} more", file=sys.stderr)
