"""Fill the stock cache, so that a process which never imports synthrl loads our rows; and say what there is stale."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import filelock
import multiprocess

from synthrl import knobs
from synthrl.app import hub


class Filled(NamedTuple):
    """What the cache holds of one configuration."""

    folder: Path  # named by the source that filled it
    config: str  # with all its knobs, which a long folder's name cuts off
    rows: int | None  # None where `dataset_info.json` cannot be read

    @property
    def source(self) -> str:
        return self.folder.name


def cache_of(name: str, cache_dir: str | None) -> Path:
    return Path(cache_dir or datasets.config.HF_DATASETS_CACHE).expanduser().absolute() / f"synthrl___{name}"


def filled(name: str, cache_dir: str | None) -> Iterator[Filled]:
    for path in sorted(cache_of(name, cache_dir).glob("*/*/*/dataset_info.json")):
        config, rows = path.parts[-4], None
        try:
            info = json.loads(path.read_text(encoding="utf-8"))
            config = info["description"].partition("\nconfiguration ")[2] or config
            rows = sum(split["num_examples"] for split in (info.get("splits") or {}).values())
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            pass
        yield Filled(path.parent, config, rows)


def sweep(name: str, cache_dir: str | None) -> None:
    """Remove what killed builds left behind: without synthrl, `datasets` takes the newest folder, whole or not."""
    left_over = list(cache_of(name, cache_dir).glob("*/*/*.incomplete"))
    for folder in [*left_over, *(found.folder for found in filled(name, cache_dir) if found.rows is None)]:
        try:
            with filelock.FileLock(str(folder).removesuffix(".incomplete") + "_builder.lock", timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except filelock.Timeout:
            pass  # not left behind: someone is at it


def prepare(name: str, config: str | None, given: dict[str, Any], num_proc: int | None, cache_dir: str | None) -> None:
    cache_dir = cache_dir and str(cache_of(name, cache_dir).parent)
    hub.open_reader(name, config, **given)  # refuses bad knobs before anything is removed
    sweep(name, cache_dir)
    builder = hub.open_builder(name, config, cache_dir, **given)
    build(builder, num_proc)
    if not opens(builder):
        print(f"damaged, and built anew: {builder.cache_dir}", file=sys.stderr)
        build(builder, num_proc, download_mode="force_redownload")
    os.utime(builder.cache_dir)  # the newest one is loaded; after a change and its undoing that must be this one

    sizes = ", ".join(f"{split.num_examples:,} {split.name}" for split in builder.info.splits.values())
    print(f"{name} {builder.config_id}: {sizes or 'no rows'}")
    print(f"source {builder.source}, in {builder.cache_dir}")
    where = f", cache_dir={cache_dir!r}" if cache_dir else ""
    print("Load it anywhere on this machine, offline, with or without synthrl:\n")
    print(f'    load_dataset("synthrl/{name}", "{builder.config_id}"{where})\n')
    if builder.config_id != builder.spelled:
        print("This name is cut short, which only a process without synthrl understands. With it, say the knobs:\n")
        print(f'    load_dataset("synthrl/{name}", "{builder.spelled}"{where})\n')
    report(name, cache_dir, stale_only=True)


def build(builder: Any, num_proc: int | None, **options: Any) -> None:
    try:
        builder.download_and_prepare(num_proc=num_proc, **options)
    except multiprocess.TimeoutError:  # what `datasets` makes of Ctrl-C while its workers are busy
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if "abruptly died" not in str(error):
            raise
        raise ChildProcessError(
            "a worker process was killed, perhaps for want of memory: try a lower --num-proc"
        ) from None


def opens(builder: Any) -> bool:
    """Whether all rows that `dataset_info.json` tells of are there."""
    try:
        loaded = builder.as_dataset()
    except (ValueError, OSError, RuntimeError):
        return False
    return all(loaded[split.name].num_rows == split.num_examples for split in builder.info.splits.values())


def report(name: str, cache_dir: str | None, stale_only: bool = False) -> None:
    builder = hub.builder_class(name)
    found = list(filled(name, cache_dir))
    fresh = {one.config for one in found if one.source == builder.source and one.rows is not None}
    for one in found:
        good = one.source == builder.source and one.rows is not None
        if good and stale_only:
            continue
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime((one.folder / "dataset_info.json").stat().st_mtime))
        if one.rows is None:
            print(f"{name} {one.config}: {when}, damaged: cannot read {one.folder / 'dataset_info.json'}")
        else:
            state = "fresh" if good else f"stale: from source {one.source}, which is now {builder.source}"
            print(f"{name} {one.config}: {one.rows:,} rows, {when}, {state}")
        if not good:
            print(f"    remove:  rm -r {shlex.quote(str(one.folder))}")
        if not good and one.config not in fresh:
            base, values = knobs.read_name(one.config, builder.named()[builder.DEFAULT_CONFIG_NAME])
            words = " ".join(shlex.quote(f"{knob}={text}") for knob, text in knobs.spell(values).items())
            print(f"    refill:  synthrl prepare {name} {base} {words}".rstrip())


def report_all(cache_dir: str | None) -> None:
    names = [name for name in hub.names() if any(filled(name, cache_dir))]
    for name in names:
        report(name, cache_dir)
    if not names:
        print(f"nothing prepared in {cache_of('*', cache_dir).parent}", file=sys.stderr)
