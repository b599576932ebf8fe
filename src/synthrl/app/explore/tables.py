"""Parquet files that anybody may have written: read column by column, or refused in one line."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet as pq

MOST = 1_000_000  # rows of one file
# What libraries raise of content that they do not expect. RuntimeError: also a loop of links, and what nests too deep.
_ODD = (pyarrow.ArrowException, TypeError, LookupError, ArithmeticError, UnicodeError, RuntimeError)


@contextlib.contextmanager
def in_one_line(path: str | Path) -> Iterator[None]:
    try:
        yield
    except _ODD as error:
        raise ValueError(f"{path}: cannot be read: {str(error).partition(chr(10))[0]}") from None


def read(path: str, columns: Sequence[str] = (), whose: str = "") -> dict[str, list[Any]]:
    """Each column as a list. All of them must be there, or it is not `whose` we read; without `columns`, all there are."""
    if not Path(path).is_file():  # a reader would wait for a pipe, or a device
        raise ValueError(f"{path}: cannot be read: it is no file")
    try:
        with in_one_line(path), pq.ParquetFile(path) as file:
            if file.metadata.num_rows > MOST:
                raise ValueError(f"{path}: {file.metadata.num_rows:,} rows, and {MOST:,} are the most that are shown")
            names = file.schema_arrow.names
            if missing := [name for name in columns if name not in names]:
                raise ValueError(f"{path}: it has no {', '.join(missing)}: {whose}")
            found = file.read(columns=list(columns) or None)
            return {name: found.column(name).to_pylist() for name in columns or names}
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {str(error).partition(chr(10))[0]}") from None


def text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def figure(value: Any, otherwise: float = 0.0) -> float:
    known = isinstance(value, int | float) and value == value
    return float(value) if known else otherwise


def whole(value: Any) -> int:
    found = figure(value)
    return int(found) if abs(found) < 2**31 else 0
