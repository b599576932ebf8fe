"""What a folder is to hold, settled before its first row: which rows, and how many of them to a file.

A row is a pure function of configuration, split and index, so a file is one of its number. How many rows it has follows
from the rows themselves and the size asked for, never from who makes them.
"""

import functools
import importlib.metadata
import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from synthrl import blocks, knobs
from synthrl.app import hub
from synthrl.seeding import digest

SAMPLE = blocks.BLOCK  # rows that are measured
# What is settled by the command; the rest of a plan is measured.
ASKED = ("dataset", "config", "knobs", "split", "rows", "file_size", "source", "versions", "rows_per_seed")


class Part(NamedTuple):
    """Rows of one seed."""

    seed: int
    start: int
    stop: int


class Plan(NamedTuple):
    dataset: str
    config: str
    knobs: dict[str, Any]  # other than that configuration has them; sizes are left out, since they change no row
    split: str
    rows: int
    file_size: int  # bytes, about
    source: str  # fingerprint of the code that makes the rows
    versions: dict[str, str]  # of what decides the bytes of a file
    rows_per_seed: int  # where they end, rows of another seed follow
    rows_per_file: int = 0
    bytes_per_row: float = 0.0  # of those that were measured

    @property
    def files(self) -> int:
        return -(-self.rows // self.rows_per_file)

    @property
    def spelled(self) -> str:
        return knobs.spell_name(self.config, self.knobs)

    @property
    def seed(self) -> int:
        return int(builder(self.dataset, self.config, json.dumps(self.knobs)).config.seed)

    @property
    def command(self) -> str:
        """What makes the same files, by whatever executor and number of workers."""
        words = [f"{knob}={text}" for knob, text in sorted(knobs.spell(self.knobs).items())]
        what = " ".join(["synthrl generate", self.dataset, self.config, *words])
        return f"{what} --split {self.split} --rows {self.rows} --file-size {self.file_size}"

    def path(self, number: int) -> str:
        return f"data/{self.split}-{number:05}-of-{self.files:05}.parquet"

    def span(self, number: int) -> tuple[int, int]:
        """The rows of a file."""
        return number * self.rows_per_file, min((number + 1) * self.rows_per_file, self.rows)

    def parts(self, start: int, stop: int) -> Iterator[Part]:
        """The same rows as their seeds number them."""
        while start < stop:
            volume, first = divmod(start, self.rows_per_seed)
            end = min(stop, (volume + 1) * self.rows_per_seed)
            yield Part(self.seed_of(volume), first, first + end - start)
            start = end

    def seed_of(self, volume: int) -> int:
        if volume == 0:
            return self.seed
        return digest("rows beyond what one seed holds", self.dataset, self.seed, volume) >> 1

    def builder(self, seed: int) -> Any:
        given = {**self.knobs, "seed": seed}
        return builder(self.dataset, self.config, json.dumps(given))

    def tables(self, start: int, stop: int) -> Iterator[list[dict[str, Any]]]:
        """Rows, so many at a time as a dataset makes them for `load_dataset`."""
        for part in self.parts(start, stop):
            made = self.builder(part.seed)
            for first in range(part.start, part.stop, blocks.TABLE):
                last = min(first + blocks.TABLE, part.stop)
                yield made.whole_rows(self.split, first, last)


@functools.lru_cache(maxsize=2)
def builder(dataset: str, config: str, given: str) -> Any:
    """Kept, since it keeps the world that the next rows are about."""
    return hub.open_reader(dataset, config, **json.loads(given))


def asked(name: str, config: str | None, given: dict[str, Any], split: str, rows: int, file_size: int) -> Plan:
    """The plan as far as the command tells it."""
    opened = hub.open_reader(name, config, **given)
    sizes = opened.sizes()
    if split not in sizes:
        knobs.refuse("split", split, sizes)
    defaults = opened.named()[opened.DEFAULT_CONFIG_NAME]
    config, given = knobs.read_name(opened.spelled, defaults)
    for knob in given:
        if knob in sizes:
            raise ValueError(f"{knob}: got {knobs.shown(given[knob])}, expected no size of a split: --rows says it")
    given = {knob: list(value) if isinstance(value, tuple) else value for knob, value in given.items()}
    versions = {name: importlib.metadata.version(name) for name in ("synthrl", "pyarrow")}
    versions[name] = str(opened.config.version)
    most = _room(name, config, given, split, rows)
    return Plan(name, config, given, split, rows, file_size, opened.source, versions, most)


def _room(name: str, config: str, given: dict[str, Any], split: str, rows: int) -> int:
    """How many rows of the split one seed holds: as many as the builder takes."""

    def opened(size: int) -> Any:
        return hub.open_reader(name, config, **given, **{split: size})

    def takes(size: int) -> bool:
        try:
            opened(size)
        except ValueError:
            return False
        return True

    endless = hub.builder_class(name).endless
    opened(1 if endless else rows)  # which says what else is wrong
    if not endless:
        return rows
    low, high = 1, blocks.MOST
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if takes(middle) else (low, middle - 1)
    best = opened(low)
    opened(min(low, rows)).foresee()
    return int(best.sizes()[split])


def measured(plan: Plan) -> tuple[Plan, float]:
    """The plan with its files' rows, from the first rows; and how many of them one process makes a second."""
    from synthrl.app.scale.parquet import measure

    count = min(SAMPLE, plan.rows)
    for _ in plan.tables(0, min(blocks.TABLE, count)):
        pass  # templates compile with the first rows, and caches fill
    began = time.perf_counter()
    size = measure(plan, count)
    rate = count / (time.perf_counter() - began)
    per_row = size / count
    each = max(1, int(plan.file_size / per_row) // blocks.BLOCK) * blocks.BLOCK
    return plan._replace(rows_per_file=each, bytes_per_row=round(per_row, 1)), rate


def differs(wanted: Plan, found: Plan) -> str:
    """What two commands for one folder do not agree in, as one line; nothing where they do."""
    for name in ASKED:
        here, there = getattr(wanted, name), getattr(found, name)
        if here != there and name == "source":
            return f"the code of {found.dataset} has changed since (source {there}, now {here})"
        if here != there:
            return f"{name.replace('_', ' ')}: it is for {knobs.shown(there)}, and this is {knobs.shown(here)}"
    return ""
