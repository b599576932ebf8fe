"""Rows to Arrow tables: the base of every dataset builder.

A row is a pure function of configuration, split and index. A block of about 500 rows is the unit of work, and all that
is ever in memory: slices, worker processes, stream shards and resumed streams all come to the same rows.
"""

import dataclasses
import hashlib
import inspect
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import datasets
import pyarrow as pa
from datasets.builder import Key
from multiprocess import parent_process

from synthrl import knobs, row

BLOCK = 500
SPINE = ("answers", "blocks", "fiction", "prompt", "row", "seeding")  # the modules here that decide what a row is


def fingerprint(folder: Path) -> str:
    """Of all source that decides the rows: a dataset's own modules and templates, and the spine."""
    own = [path for path in folder.rglob("*") if path.suffix in (".py", ".jinja")]
    files = {path.relative_to(folder).as_posix(): path for path in own}
    files |= {f"../{path.name}": path for path in Path(__file__).parent.glob("*.py") if path.stem in SPINE}
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


class RowBuilder(datasets.ArrowBasedBuilder):
    """What a dataset adds: `BUILDER_CONFIGS`, `check`, `sizes` and `rows`."""

    DEFAULT_CONFIG_NAME = "default"
    features: ClassVar[datasets.Features] = row.FEATURES
    folder: ClassVar[Path]
    source: ClassVar[str]  # the fingerprint of what was imported

    def check(self) -> None:
        """Raise ValueError, in one line, if a knob of `self.config` has a value that it cannot have."""

    def sizes(self) -> dict[str, int]:
        """Rows in each split."""
        raise NotImplementedError

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        """Rows `start` to `stop` of a split, the same ones however they are asked for."""
        raise NotImplementedError

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.folder = Path(str(sys.modules[cls.__module__].__file__)).resolve().parent
        cls.source = fingerprint(cls.folder)

    @classmethod
    def named(cls) -> dict[str, dict[str, Any]]:
        """The knobs of each named configuration, with their values there."""
        base = {field.name for field in dataclasses.fields(datasets.BuilderConfig)}
        return {c.name: {k: v for k, v in vars(c).items() if k not in base} for c in cls.BUILDER_CONFIGS}

    def __init__(self, *, config_name: str | None = None, **options: Any) -> None:
        if fingerprint(self.folder) != self.source:
            warnings.warn(f"{self.folder} was edited after it was imported: restart Python to see it", stacklevel=2)
        ours = set(options) - set(inspect.signature(datasets.DatasetBuilder.__init__).parameters)
        given = {knob: options.pop(knob) for knob in ours}
        config_name, given = knobs.settle(config_name or self.DEFAULT_CONFIG_NAME, given, self.named())
        name = self.folder.name
        options = {
            "dataset_name": name,
            "repo_id": f"synthrl/{name}",  # with it, the cache is where the Hub's dataset of that name would be
            "hash": self.source,
            # Other column types make another dataset; `datasets` has its own name for that.
            "config_id": None if options.get("features") else knobs.spell_name(config_name, given),
            **{option: value for option, value in options.items() if value is not None},
        }
        super().__init__(config_name=config_name, **options, **given)
        # A process without synthrl finds the cache by this name, and it takes the folder's only.
        self.info.config_name = self.config_id

    def _info(self) -> datasets.DatasetInfo:
        # Here and not in the config's __post_init__, which `datasets` skips; and before any file is written.
        self.check()
        for split, size in self.sizes().items():
            if type(size) is not int or size < 0:
                raise ValueError(f"{split}: got {size!r}, expected a whole number of rows, 0 or more")
        description = inspect.getdoc(type(self)) or ""
        return datasets.DatasetInfo(description=f"{description}\n\nsource {self.source}", features=self.features)

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        splits = []
        for split, size in self.sizes().items():
            if size == 0:
                continue  # left out: `datasets` cannot open a split without rows
            blocks = [(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
            splits.append(datasets.SplitGenerator(split, gen_kwargs={"split": split, "blocks": blocks}))
            splits[-1].split_info.num_examples = size  # gives the progress bar its end
        return splits

    def _generate_tables(self, split: str, blocks: list[tuple[int, int]]) -> Iterator[tuple[Key, pa.Table]]:
        schema, parent = self.features.arrow_schema, parent_process()
        for number, (start, stop) in enumerate(blocks):
            if parent and parent.pid != os.getppid():
                raise RuntimeError("the build was killed; its workers must not write into the next one's files")
            rows = list(self.rows(split, start, stop))
            if len(rows) != stop - start or any(row.keys() != self.features.keys() for row in rows):
                raise RuntimeError(f"{split}[{start}:{stop}] is not {stop - start} rows of {list(self.features)}")
            yield Key(number, 0), pa.table([[row[name] for row in rows] for name in schema.names], schema=schema)

    def _download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        # The lock is held. What a killed build left here would otherwise move into place with the new files.
        if self._output_dir.endswith(".incomplete"):
            for left_over in Path(self._output_dir).iterdir():
                left_over.unlink()
        super()._download_and_prepare(*args, **kwargs)
