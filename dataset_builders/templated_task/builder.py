"""templated_task: word problems from one YAML file a task, ours or your own.

load_dataset("synthrl/templated_task", task="unit_prices")
load_dataset("synthrl/templated_task", task="./my_task.yaml")
"""

import functools
import hashlib
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets

from synthrl import knobs
from synthrl.blocks import RowBuilder

from .file import TASKS, is_own, read
from .rows import SPLITS, Rows
from .task import LEVELS, Task
from .worker import Worker

VERSION = "1.0.0"  # goes up whenever a golden row changes
SUBJECTS = tuple(sorted({path.parent.name for path in TASKS.values()}))


@dataclass
class TemplatedTaskConfig(datasets.BuilderConfig):
    task: str = "all"  # a task that ships, a subject, "all", or the path of a YAML file
    level: str = "all"
    digest: str = ""  # of the file, for an own one: filled in, so that an edited file is another dataset
    seed: int = 0
    train: int = 10_000
    validation: int = 500
    test: int = 500
    heldout_phrasing: int = 500


def _config(name: str, **given: Any) -> TemplatedTaskConfig:
    return TemplatedTaskConfig(name=name, version=datasets.Version(VERSION), **given)


@functools.cache
def shipped(name: str) -> Task:
    return Task(TASKS[name].read_text(encoding="utf-8"), name)


class TemplatedTask(RowBuilder):
    """Word problems whose numbers and names are drawn anew for each row, and whose answers are worked out exactly."""

    BUILDER_CONFIG_CLASS = TemplatedTaskConfig
    endless = False
    BUILDER_CONFIGS: ClassVar = [
        _config("default"),
        *[_config(level, level=level) for level in LEVELS],
        *[_config(subject, task=subject) for subject in SUBJECTS],
    ]

    def __init__(self, *, config_name: str | None = None, **options: Any) -> None:
        named: dict[str, Any] = {}
        if isinstance(config_name, str):
            named = knobs.read_name(config_name, self.named()[self.DEFAULT_CONFIG_NAME])[1]
        if isinstance(options.get("task"), os.PathLike):  # `datasets` puts another class in the place of Path
            options["task"] = os.fspath(options["task"])
        task = options.get("task") or named.get("task")
        self._file = b""
        if isinstance(task, str) and is_own(task):
            self._file = read(task)
            now = hashlib.sha256(self._file).hexdigest()[:16]
            for said in (options.get("digest"), named.get("digest")):
                if said not in (None, "", now):
                    raise ValueError(f"digest: got {knobs.shown(said)}, expected {now!r}: {task} was edited since")
            options["digest"] = now
        super().__init__(config_name=config_name, **options)

    def check(self) -> None:
        config = self.config
        if not self._file:
            if config.task not in ("all", *SUBJECTS, *TASKS):
                knobs.refuse("task", config.task, ["all", *SUBJECTS, *TASKS, "./<your own>.yaml"])
            if config.digest:
                raise ValueError(f"digest: got {knobs.shown(config.digest)}, expected none: it is for an own file")
        if config.level not in ("all", *LEVELS):
            knobs.refuse("level", config.level, ["all", *LEVELS])
        if type(config.seed) is not int or not 0 <= config.seed < 2**63:
            raise ValueError(f"seed: got {knobs.shown(config.seed)}, expected a whole number from 0 to {2**63 - 1}")
        most, scarce = self._worker.capacity() if self._file else self._rows.capacity()
        for split, size in self.sizes().items():
            if type(size) is int and size > most:
                raise ValueError(f"{split}: got {size}, expected at most {most}: {scarce} has no more different rows")

    def sizes(self) -> dict[str, int]:
        return {split: getattr(self.config, split) for split in SPLITS}

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        prefix = self.id_prefix(split)
        if self._file:
            yield from self._worker.rows(split, start, stop, prefix)
            return
        for i in range(start, stop):
            yield self._rows.row(split, i, prefix)

    def foresee(self) -> None:
        """One row of each level tells what no reading of the file can."""
        for split, size in self.sizes().items():
            deque(self.rows(split, 0, min(size, len(LEVELS))), 0)

    @functools.cached_property
    def _rows(self) -> Rows:
        asked = self.config.task
        names = [name for name, path in TASKS.items() if asked in ("all", name, path.parent.name)]
        return Rows([shipped(name) for name in names], self.config.level, self.config.seed)

    @functools.cached_property
    def _worker(self) -> Worker:
        """An own file runs in a process of its own, which has only so much time and memory."""
        config = self.config
        return Worker(self._file, config.task, config.level, config.seed)

    def __getstate__(self) -> dict[str, Any]:
        """What a worker of `datasets` is sent: not what is compiled, nor a process."""
        return {key: value for key, value in self.__dict__.items() if key not in ("_rows", "_worker")}


BUILDER = TemplatedTask
