"""Check rows independently of the code that made them: each dataset's own `audit` reads their English anew.

synthrl verify fiction_multihop hops=2-6 --rows 1000
synthrl verify rows.parquet
"""

import functools
import importlib
import itertools
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from synthrl.app import hub

Row = dict[str, Any]
CHUNK = 50  # rows that a worker gets at a time
SHOWN = 10  # failures that are printed


def run(
    target: str,
    config: str | None = None,
    knobs: dict[str, Any] | None = None,
    rows: int | None = None,
    split: str | None = None,
    num_proc: int | None = None,
) -> int:
    """Exit status: 0 if rows were checked and all of them are right."""
    splits = _load(target, config, knobs or {}, split)
    stream = itertools.chain.from_iterable(itertools.islice(of_split, rows) for of_split in splits.values())
    first = next(stream, None)
    if first is None:
        print(f"{target}: no row was checked")
        return 1
    module = _audit(first)
    across, failures = module.Across(), []
    counts: Counter[tuple[str, int]] = Counter()
    checked = _checked(module, itertools.chain([first], stream), num_proc or 1)
    for row, faults in tqdm(checked, desc="verify", unit=" rows", disable=None):
        across.add(row)
        counts[row["kind"], row["hops"]] += 1
        failures += [f"{row['id']}: {fault}" for fault in faults]
    failures += across.faults()
    _report(counts, failures, len(across.contexts))
    return 1 if failures else 0


def _load(target: str, config: str | None, knobs: dict[str, Any], split: str | None) -> dict[str, Iterable[Row]]:
    """The rows of each split, of one of our datasets or of what was saved."""
    import datasets

    name = hub.ours(target) or (target if target in hub.names() else None)
    path = Path(target)
    if name:
        loaded = hub.load_dataset(name, config, streaming=True, **knobs)
    elif path.suffix in (".parquet", ".jsonl", ".json"):
        loaded = datasets.load_dataset(
            "parquet" if path.suffix == ".parquet" else "json", data_files=target, streaming=True
        )
    elif (path / "dataset_dict.json").exists() or (path / "state.json").exists():
        loaded = datasets.load_from_disk(target)
    elif path.is_dir():
        loaded = datasets.load_dataset(target, streaming=True)
    else:
        raise ValueError(
            f"{target}: got neither a dataset of ours ({', '.join(hub.names())}) nor a saved folder, .parquet or .jsonl"
        )
    splits = dict(loaded) if isinstance(loaded, dict) else {"rows": loaded}
    if split is None or split in splits:
        return splits if split is None else {split: splits[split]}
    if name:
        raise ValueError(f"split: got {split!r}, expected one of {', '.join(splits)}")
    return {split: (row for of_split in splits.values() for row in of_split if row["id"].split("/")[-2:-1] == [split])}


def _audit(row: Row) -> Any:
    """The audit of the dataset that `row` comes from; its id says which."""
    if not row.get("question"):
        raise ValueError("these rows ask no question: there is nothing to verify")
    name = row["id"].split("/")[0].rpartition("-")[0]
    try:
        return importlib.import_module(f"synthrl.dataset_builders.{name}.audit.check")
    except ModuleNotFoundError as error:
        if error.name == "clingo":
            raise ImportError("verify needs clingo: pip install 'synthrl[audit]'") from None
        raise ValueError(f"{row['id']}: no audit knows the dataset {name!r}") from None


def _checked(module: Any, rows: Iterator[Row], num_proc: int) -> Iterator[tuple[Row, list[str]]]:
    if num_proc == 1:
        yield from ((row, module.check(row)) for row in rows)
        return
    chunks = iter(lambda: list(itertools.islice(rows, CHUNK)), [])
    with multiprocessing.get_context("spawn").Pool(num_proc) as pool:
        for pairs in pool.imap(functools.partial(_check_chunk, module.__name__), chunks):
            yield from pairs


def _check_chunk(module: str, rows: list[Row]) -> list[tuple[Row, list[str]]]:
    check = importlib.import_module(module).check
    return [(row, check(row)) for row in rows]


def _report(counts: Counter[tuple[str, int]], failures: list[str], contexts: int) -> None:
    depths = sorted({hops for _, hops in counts})
    print(f"{'rows checked':15}" + "".join(f"{hops:>7}" for hops in depths) + "  hops")
    for kind in sorted({kind for kind, _ in counts}):
        print(f"{kind:15}" + "".join(f"{counts[kind, hops] or '·':>7}" for hops in depths))
    print(f"{counts.total()} rows, {contexts} different contexts, {len(failures)} failures")
    for failure in failures[:SHOWN]:
        print(f"  {failure}", file=sys.stderr)
    if len(failures) > SHOWN:
        print(f"  … and {len(failures) - SHOWN} more", file=sys.stderr)
