"""Fill the stock cache, so that a process which never imports synthrl loads our rows; and say what there is stale."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import filelock
import multiprocess
from datasets.exceptions import DatasetGenerationError

from synthrl import knobs
from synthrl.app import hub


def cache_of(name: str, cache_dir: str | None) -> Path:
    return Path(cache_dir or datasets.config.HF_DATASETS_CACHE).expanduser() / f"synthrl___{name}"


def filled(name: str, cache_dir: str | None) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Configuration, folder and `dataset_info.json` of all that is in the cache. A folder is named by its source."""
    for path in sorted(cache_of(name, cache_dir).glob("*/*/*/dataset_info.json")):
        yield path.parts[-4], path.parent, json.loads(path.read_text(encoding="utf-8"))


def sweep(name: str, cache_dir: str | None) -> None:
    """Remove what killed builds left behind: without synthrl, `datasets` takes the newest folder, whole or not."""
    for folder in cache_of(name, cache_dir).glob("*/*/*.incomplete"):
        try:
            with filelock.FileLock(str(folder).removesuffix(".incomplete") + "_builder.lock", timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except filelock.Timeout:
            pass  # not left behind: someone is at it


def prepare(name: str, config: str | None, given: dict[str, Any], num_proc: int | None, cache_dir: str | None) -> None:
    builder = hub.open_builder(name, config, cache_dir, **given)
    sweep(name, cache_dir)
    try:
        builder.download_and_prepare(num_proc=num_proc)
    except DatasetGenerationError as error:
        raise error.__cause__ or error from None
    except multiprocess.TimeoutError:  # what `datasets` makes of Ctrl-C while its workers are busy
        raise KeyboardInterrupt from None
    os.utime(builder.cache_dir)  # the newest one is loaded; after a change and its undoing that must be this one

    sizes = ", ".join(f"{split.num_examples:,} {split.name}" for split in builder.info.splits.values())
    print(f"{name} {builder.config_id}: {sizes or 'no rows'}")
    print(f"source {builder.source}, in {builder.cache_dir}")
    where = f", cache_dir={cache_dir!r}" if cache_dir else ""
    print("Load it anywhere on this machine, offline, with or without synthrl:\n")
    print(f'    load_dataset("synthrl/{name}", "{builder.config_id}"{where})\n')
    report(name, cache_dir, stale_only=True)


def report(name: str, cache_dir: str | None, stale_only: bool = False) -> None:
    builder = hub.builder_class(name)
    found = list(filled(name, cache_dir))
    fresh = {config for config, folder, _ in found if folder.name == builder.source}
    for config, folder, info in found:
        stale = folder.name != builder.source
        if stale_only and not stale:
            continue
        rows = sum(split["num_examples"] for split in (info.get("splits") or {}).values())
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime((folder / "dataset_info.json").stat().st_mtime))
        state = f"stale: from source {folder.name}, which is now {builder.source}" if stale else "fresh"
        print(f"{name} {config}: {rows:,} rows, {when}, {state}")
        if stale:
            print(f"    remove:  rm -r {shlex.quote(str(folder))}")
        if stale and config not in fresh:
            base, values = knobs.read_name(config, next(iter(builder.named().values())))
            words = " ".join(shlex.quote(f"{knob}={text}") for knob, text in knobs.spell(values).items())
            print(f"    refill:  synthrl prepare {name} {base} {words}".rstrip())


def report_all(cache_dir: str | None) -> None:
    names = [name for name in hub.names() if any(filled(name, cache_dir))]
    for name in names:
        report(name, cache_dir)
    if not names:
        print(f"nothing prepared in {cache_of('*', cache_dir).parent}", file=sys.stderr)
