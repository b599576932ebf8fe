"""Rows to Arrow tables: the base of every dataset builder.

A row is a pure function of configuration, split and index. A block of about 500 rows is the unit of work, made table by
table, and no more is ever in memory: slices, worker processes, stream shards and resumed streams all come to the same
rows.
"""

import dataclasses
import hashlib
import inspect
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import datasets
import pyarrow as pa
from datasets.builder import Key
from datasets.exceptions import DatasetGenerationError
from multiprocess import parent_process

from synthrl import knobs, row

BLOCK = 500
TABLE = 50  # rows made at a time: what a stream waits for
MOST = 100_000_000  # rows of a split: the list of its blocks must fit in memory
# What `datasets.load_dataset` hands to every builder; any other word is a knob.
STOCK = frozenset("cache_dir dataset_name data_dir data_files hash info features token storage_options repo_id".split())
SPINE = ("blocks", "fiction", "knobs", "prompt", "row", "seeding", "taskfile")  # the modules here that decide a row


def fingerprint(folder: Path) -> str:
    """Of all source that decides the rows: a dataset's own modules and templates, and the spine."""
    own = [path for path in folder.rglob("*") if path.suffix in (".py", ".jinja", ".yaml")]
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
    endless: ClassVar[bool] = True  # else another seed brings the same rows in another order

    def check(self) -> None:
        """Raise ValueError, in one line, if a knob of `self.config` has a value that it cannot have."""

    def sizes(self) -> dict[str, int]:
        """Rows in each split."""
        raise NotImplementedError

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        """Rows `start` to `stop` of a split, the same ones however they are asked for."""
        raise NotImplementedError

    def whole_rows(self, split: str, start: int, stop: int) -> list[dict[str, Any]]:
        """The same, where a dataset that makes too few, or forgets a column, is told so."""
        made = list(self.rows(split, start, stop))
        where = f"{self.folder.name}, {split}[{start}:{stop}]"
        if len(made) != stop - start:
            raise RuntimeError(f"{where}: its rows() made {len(made)} rows, expected {stop - start}")
        for one in made:
            if odd := one.keys() ^ self.features.keys():
                raise RuntimeError(f"{where}: a row and the features differ in {', '.join(sorted(odd))}")
        return made

    def foresee(self) -> None:
        """Raise ValueError, in one line and before a file is written, if the build is bound to fail."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.folder = Path(str(sys.modules[cls.__module__].__file__)).resolve().parent
        cls.source = fingerprint(cls.folder)

    @classmethod
    def named(cls) -> dict[str, dict[str, Any]]:
        """The knobs of each named configuration, with their values there."""
        base = {field.name for field in dataclasses.fields(datasets.BuilderConfig)}
        return {c.name: {k: v for k, v in vars(c).items() if k not in base} for c in cls.BUILDER_CONFIGS}

    def id_prefix(self, split: str) -> str:
        """What the ids of a split's rows have before their number; sizes are left out, since they change no row."""
        named, sizes = self.named()[self.config.name], self.sizes()
        given = {knob: getattr(self.config, knob) for knob in named if knob not in sizes}
        given = {knob: value for knob, value in given.items() if not knobs.same(value, named[knob])}
        return f"{self.folder.name}-{self.config.version}/{knobs.spell_name(self.config.name, given)}/{split}"

    def __init__(self, *, config_name: str | None = None, **options: Any) -> None:
        if fingerprint(self.folder) != self.source:
            warnings.warn(f"{self.folder} was edited after it was imported: restart Python to see it", stacklevel=2)
        given = {knob: options.pop(knob) for knob in options.keys() - STOCK}
        config_name, given = knobs.settle(config_name or self.DEFAULT_CONFIG_NAME, given, self.named())
        self.spelled = knobs.spell_name(config_name, given)
        options |= {
            "dataset_name": self.folder.name,
            "repo_id": f"synthrl/{self.folder.name}",  # with it, the cache is where the Hub's dataset of that name would be
            "hash": self.source,
            # Other column types make another dataset; `datasets` has its own name for that.
            "config_id": None if options.get("features") else knobs.folder_name(self.spelled),
        }
        super().__init__(config_name=config_name, **options, **given)
        # A process without synthrl finds the cache by this name, and it takes the folder's only.
        self.info.config_name = self.config_id

    def _info(self) -> datasets.DatasetInfo:
        # Here and not in the config's __post_init__, which `datasets` skips; and before any file is written.
        self.check()
        for split, size in self.sizes().items():
            if type(size) is not int or not 0 <= size <= MOST:
                allowed = f"a whole number of rows, 0 or more and at most {MOST:,}"
                raise ValueError(f"{split}: got {knobs.shown(size)}, expected {allowed}")
        about = f"{inspect.getdoc(type(self)) or ''}\n\nsource {self.source}\nconfiguration {self.spelled}"
        return datasets.DatasetInfo(description=about, features=self.features)

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
        for number, (first, last) in enumerate(blocks):
            for start in range(first, last, TABLE):
                if parent and parent.pid != os.getppid():
                    os._exit(1)  # the build was killed: a worker must not write into the next one's files, nor stay
                stop = min(start + TABLE, last)
                rows = self.whole_rows(split, start, stop)
                table = pa.table([[row[name] for row in rows] for name in schema.names], schema=schema)
                yield Key(number, (start - first) // TABLE), table

    def _prepare_split_single(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        if parent_process():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches workers too; the parent ends them
        try:
            yield from super()._prepare_split_single(*args, **kwargs)
        except DatasetGenerationError as error:  # says nothing itself, and loses its cause on the way from a worker
            raise error.__cause__ or error from None

    def _download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        self.foresee()
        # The lock is held. What a killed build left here would otherwise move into place with the new files.
        if self._output_dir.endswith(".incomplete"):
            for left_over in Path(self._output_dir).iterdir():
                left_over.unlink()
        try:
            super()._download_and_prepare(*args, **kwargs)
        except OSError as error:  # `datasets` calls each of them a file that was not found, a full disk too
            raise error.__context__ or error from None
