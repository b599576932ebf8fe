"""Files that are there when they are whole: written under another name in the same folder, then renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PARTS = ".*.[0-9]*.part"  # what a process that is killed as it writes leaves


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what `path` is to hold. Hidden: `load_dataset` takes every other file in a folder for data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def size(number: float) -> str:
    """Of so many bytes, for people."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "bytes" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"


def write(path: Path, text: str) -> None:
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")
