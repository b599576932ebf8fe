"""`synthrl generate`: as many rows as are wanted, in files, by as many processes or machines as there are."""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from synthrl import files, knobs
from synthrl.app.own_folder import full_disk_in_one_line, held
from synthrl.app.scale import manifest, progress
from synthrl.app.scale.folder import Folder, check_lasting, reached
from synthrl.app.scale.plan import Plan, asked, differs, measured


def run(args: Namespace, name: str, config: str | None, given: dict[str, Any]) -> int:
    with reached(args.output):
        return _run(args, name, config, given)


def _run(args: Namespace, name: str, config: str | None, given: dict[str, Any]) -> int:
    knobs.require(bool(args.output), "--output", args.output, "a folder")  # an empty one would be this one
    check_lasting(args.output)
    folder, settings = Folder(args.output), _settings(args.config, args.executor)
    workers = args.workers or os.cpu_count() or 1
    wanted = asked(name, config, given, args.split, args.rows, args.file_size)
    plan = _stored(wanted, folder)
    if args.dry_run:
        return _dry_run(plan, wanted, folder, workers)
    executors = _executors()
    with _alone(folder):
        plan = _stored(wanted, folder)  # again: another process may have begun in the meantime
        fresh, plan = plan is None, plan or measured(wanted)[0]
        manifest.check_no_others(plan, folder)
        there = sum(each.rows for each in manifest.whole(plan, folder).values())
        if there:
            print(f"{there:,} of {plan.rows:,} rows were there", file=sys.stderr)
        if there < plan.rows:
            _check_room(plan, folder, plan.rows - there, workers)
        if fresh:
            manifest.write_plan(plan, folder)
        if there < plan.rows and args.executor == "slurm":
            job = executors.slurm(plan, folder, args.workers or -1, _logs(folder, settings), settings)
            print(f"submitted; job {job} writes {manifest.MANIFEST} when all files are there")
            return 0
        if there < plan.rows:
            with full_disk_in_one_line(folder.url):
                _make(executors, plan, folder, there, args.executor, workers, settings)
        made = manifest.finish(plan, folder)
        folder.sweep()
    size = files.size(sum(each.bytes for each in made))
    print(f"{plan.dataset} {plan.spelled}: {plan.rows:,} rows of {plan.split} in {plan.files:,} files, {size}")
    print(f"{manifest.MANIFEST} in {folder.url} has their hashes. Load it with or without synthrl:\n")
    print(f'    load_dataset({folder.to_load}, split="{plan.split}")\n')
    return 0


def _executors() -> Any:
    try:
        from synthrl.app.scale import executors
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("datatrove", "loguru"):
            raise
        raise ImportError("generate needs datatrove: pip install 'synthrl[scale]'") from None
    return executors


def _settings(path: str | None, executor: str) -> dict[str, Any]:
    """What the executor is to know of the cluster."""
    if path is None:
        return {}
    if executor == "local":
        raise ValueError("--config: got a file, but --executor local has no settings: it is for slurm and ray")
    try:
        said = yaml.safe_load(knobs.path("--config", path).read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"--config: {path} is no YAML: {error}") from None
    knobs.require(isinstance(said, dict), "--config", said, "settings, a line `name: value` each")
    return dict(said)


def _stored(wanted: Plan, folder: Folder) -> Plan | None:
    """The plan that is in the folder, which must be for the same rows."""
    found = manifest.read_plan(folder)
    if found is None:
        if others := folder.entries():
            raise ValueError(f"--output: {folder.url} holds {others[0]} and no plan, expected an empty or a new folder")
        return None
    if why := differs(wanted, found):
        raise ValueError(f"--output: {folder.url} was begun with another plan: {why}; name another folder")
    return found


@contextlib.contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """Two processes in a folder here would double the work. (Elsewhere nothing says so; they make the same files.)"""
    if not folder.local:
        yield
        return
    with held(folder.local / ".generate" / "lock", f"--output: another synthrl generate is at work in {folder.url}"):
        yield


def _make(
    executors: Any, plan: Plan, folder: Folder, there: int, executor: str, workers: int, settings: dict[str, Any]
) -> None:
    if executor == "ray":
        with progress.shown(plan.rows, plan.rows_per_file, lambda: manifest.marked(plan, folder), bar=False):
            executors.ray(plan, folder, workers, _logs(folder, settings), settings)
        return
    folder.sweep()
    progress.begin()
    try:
        with progress.shown(plan.rows, plan.rows_per_file, lambda: there + progress.counted(), bar=True):
            executors.local(plan, folder, workers)
    except KeyboardInterrupt:
        rows = sum(each.rows for each in manifest.whole(plan, folder).values())
        print(f"stopped with {rows:,} of {plan.rows:,} rows; the same command goes on from there", file=sys.stderr)
        raise
    finally:
        folder.sweep()


def _logs(folder: Folder, settings: dict[str, Any]) -> str:
    """Where datatrove keeps what a cluster's machines share."""
    said = settings.pop("logging_dir", None) or (folder.local and str(folder.local / ".generate" / "logs"))
    knobs.require(bool(said), "--config", "no logging_dir", "a folder that all machines see, as --output is none here")
    return str(said)


def _check_room(plan: Plan, folder: Folder, rows: int, workers: int) -> None:
    """A disk that is bound to be full is told of before the first row."""
    if folder.local:
        where, needed = folder.local, rows * plan.bytes_per_row
    else:  # a file of each worker is written here, and then sent
        where, needed = Path(tempfile.gettempdir()), min(rows, workers * plan.rows_per_file) * plan.bytes_per_row
    free = _free(where)
    if needed > free:
        raise OSError(errno.ENOSPC, f"{where}: about {files.size(needed)} are needed, and {files.size(free)} are free")


def _free(where: Path) -> int:
    while not where.exists():
        where = where.parent
    return shutil.disk_usage(where).free


def _dry_run(found: Plan | None, wanted: Plan, folder: Folder, workers: int) -> int:
    plan, rate = measured(wanted)
    plan = found or plan
    size, each = plan.rows * plan.bytes_per_row, plan.rows_per_file
    seeds = -(-plan.rows // plan.rows_per_seed)
    one, all_ = (progress.duration(plan.rows / rate / count) for count in (1, workers))
    print(f"{plan.dataset} {plan.spelled}, {plan.split}: {plan.rows:,} rows in {plan.files:,} files of {each:,} rows")
    if seeds > 1:
        print(f"of {seeds:,} seeds, with up to {plan.rows_per_seed:,} rows each")
    print(f"about {files.size(size)}, {plan.bytes_per_row:,.0f} bytes a row")
    print(f"{rate:,.0f} rows/s in one process here: {one}" + (f", {all_} in {workers}" if workers > 1 else ""))
    if folder.local:
        there = sum(made.rows for made in manifest.whole(plan, folder).values()) if found else 0
        free = _free(folder.local)
        enough = "enough" if (plan.rows - there) * plan.bytes_per_row <= free else "NOT enough"
        print(f"{there:,} rows are there; {files.size(free)} are free for the rest: {enough}")
    return 0
