"""How far it is: a bar where someone watches, a line now and then where not."""

import contextlib
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tqdm import tqdm

EVERY = 30.0  # seconds between two lines
shared: Any = None  # rows that this process and its workers have made, where they are counted


def begin() -> None:
    share(multiprocessing.get_context("spawn").Value("q", 0))


def share(counter: Any) -> None:
    """What this process makes counts there: a worker's rows as its parent's."""
    global shared
    shared = counter


def count(rows: int) -> None:
    if shared is not None:
        with shared.get_lock():
            shared.value += rows


def counted() -> int:
    return int(shared.value)


@contextlib.contextmanager
def shown(rows: int, rows_per_file: int, there: Callable[[], int], bar: bool) -> Iterator[None]:
    """While they are made. `there`: how many are."""
    done = threading.Event()
    watch = _bar if bar and sys.stderr.isatty() else _lines
    thread = threading.Thread(target=watch, args=(done, rows, rows_per_file, there), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _bar(done: threading.Event, rows: int, rows_per_file: int, there: Callable[[], int]) -> None:
    with tqdm(total=rows, initial=there(), desc="generate", unit=" rows", unit_scale=True) as bar:
        ended = False
        while not ended:
            ended = done.wait(0.5)
            bar.update(there() - bar.n)
            bar.set_postfix_str(_files(bar.n, rows, rows_per_file), refresh=False)


def _lines(done: threading.Event, rows: int, rows_per_file: int, there: Callable[[], int]) -> None:
    began, before = time.monotonic(), there()
    while not done.wait(EVERY):
        now = there()
        rate = (now - before) / (time.monotonic() - began)
        left = f"{rate:,.0f} rows/s, {duration((rows - now) / rate)} left" if rate else "none made yet"
        told = f"{now:,} of {rows:,} rows, {_files(now, rows, rows_per_file)}, {left}"
        print(told, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """For people, who wait."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:,.1f} hours"


def _files(now: int, rows: int, rows_per_file: int) -> str:
    return f"about {now // rows_per_file:,} of {-(-rows // rows_per_file):,} files"
