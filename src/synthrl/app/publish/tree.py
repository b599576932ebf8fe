"""The files of rows: made once, and kept by whoever comes again.

A file says in its footer which rows of which source it holds, and has checksums of its pages. So what an earlier run left,
finished or killed, is known for what it is, and no book has to be kept beside it.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from synthrl import blocks, files
from synthrl.app import hub, workers

from . import sink, statistics
from .plan import Shard
from .statistics import Counted

GROUP = 1_000  # rows that are read at once by who streams the file
HOLDS = b"synthrl"  # the footer's word for what the file holds
COUNTED = ("question", "text", "answerable", "kind", "hops", "scorer", "prompt", "solution")


class Made(NamedTuple):
    path: str
    sha256: str
    bytes: int
    kept: bool  # it was there
    counted: Counted


def make(dataset: str, some: Sequence[Shard], folder: Path, tokenizer: str | None, num_proc: int) -> Iterator[Made]:
    """The files of `some`, in their order."""
    statistics.lengths(tokenizer)  # refuses what cannot be loaded before anything is written
    if num_proc == 1:
        for shard in some:
            yield _make(dataset, shard, folder, tokenizer)
        return
    try:
        with workers.pool(num_proc, "--num-proc") as pool:
            waiting: list[Future[Made]] = [pool.submit(_make, dataset, shard, folder, tokenizer) for shard in some]
            for future in waiting:
                yield future.result()
    finally:
        remove(folder, [])


def others(folder: Path, wanted: Sequence[Shard]) -> list[str]:
    """Files of rows that an earlier publication of something else left, whether it came to its end or not."""
    paths = {shard.path for shard in wanted}
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.glob("*/*.parquet"))}
    return [name for name, path in found.items() if name not in paths and _held(path) is not None]


def remove(folder: Path, paths: Sequence[str]) -> None:
    """These, and what a killed process was at."""
    parts = [*folder.glob(files.PARTS), *folder.glob(f"*/{files.PARTS}")]
    for path in [*(folder / path for path in paths), *parts]:
        path.unlink(missing_ok=True)
        if path.parent != folder and not any(path.parent.iterdir()):
            path.parent.rmdir()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _make(dataset: str, shard: Shard, folder: Path, tokenizer: str | None) -> Made:
    builder = _builder(dataset, shard.part.config, tuple(sorted(shard.part.knobs.items())))
    path, holds = folder / shard.path, _holds(builder, shard)
    counted = _read(path, tokenizer) if _held(path) == holds else None
    kept = counted is not None
    if counted is None:
        _write(builder, shard, path, holds)
        counted = _read(path, tokenizer)
        if counted is None:
            raise OSError(f"{path}: what was written there cannot be read again")
    return Made(shard.path, digest(path), path.stat().st_size, kept, counted)


@lru_cache(maxsize=2)
def _builder(dataset: str, config: str | None, knobs: tuple[tuple[str, Any], ...]) -> blocks.RowBuilder:
    opened: blocks.RowBuilder = hub.open_reader(dataset, config, **dict(knobs))
    return opened


def _holds(builder: blocks.RowBuilder, shard: Shard) -> str:
    rows = f"{builder.id_prefix(shard.split)}[{shard.start}:{shard.stop}]"
    return json.dumps({"rows": rows, "source": builder.source, "pyarrow": pa.__version__})


def _held(path: Path) -> str | None:
    """What the file says that it holds, if it can be read and is one of ours."""
    try:
        told = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return None
    return told[HOLDS].decode() if HOLDS in told else None


def _write(builder: blocks.RowBuilder, shard: Shard, path: Path, holds: str) -> None:
    schema = builder.features.arrow_schema
    schema = schema.with_metadata({**schema.metadata, HOLDS: holds.encode()})
    options = {"compression": "zstd", "write_page_index": True, "write_page_checksum": True}
    # Chunked by content, rows that another version leaves as they are need not be sent again.
    with (
        files.whole(path) as part,
        sink.opened(part) as whole,
        pq.ParquetWriter(whole, schema, use_content_defined_chunking=True, **options) as file,
    ):
        for start in range(shard.start, shard.stop, GROUP):
            stop = min(start + GROUP, shard.stop)
            tables = [table for _, table in builder._generate_tables(shard.split, [(start, stop)])]
            file.write_table(pa.concat_tables(tables).replace_schema_metadata(schema.metadata))
            whole.check()  # before more rows are made


def _read(path: Path, tokenizer: str | None) -> Counted | None:
    """What is in the file, all of which is read; None if it is damaged."""
    counted, length = Counted(), statistics.lengths(tokenizer)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            read = [name for name in file.schema_arrow.names if name in COUNTED]
            for batch in file.iter_batches(GROUP):
                counted.bytes += batch.nbytes
                for row in batch.select(read).to_pylist():
                    counted.add(row, length)
    except (OSError, pa.ArrowInvalid):
        return None
    return counted
