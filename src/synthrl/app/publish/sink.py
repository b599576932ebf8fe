"""What Arrow writes a file to, where writing never fails.

Where it does, as on a full disk, while chunks are cut by content, Arrow (26) ends the whole process. Here the error is kept,
and raised when Arrow is done.
"""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO


class Sink(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self.file, self.at = file, 0
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def write(self, data: Any) -> int:
        self.at += len(data)
        if self.error is None:
            try:
                self.file.write(data)
            except OSError as error:
                self.error = error
        return len(data)

    def check(self) -> None:
        if self.error is not None:
            raise self.error


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Sink]:
    with path.open("wb") as file:
        sink = Sink(file)
        yield sink
        sink.check()
