"""A folder with one process at a time at work in it, and one for what a command writes and nothing else."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

import filelock

LOCK = ".synthrl.lock"


@contextlib.contextmanager
def held(lock: Path, refusal: str) -> Iterator[None]:
    """Nobody is waited for: who finds another at work is told so. The system lets go of it, however we end."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    mine = filelock.FileLock(lock)
    try:
        mine.acquire(timeout=0)
    except filelock.Timeout:
        raise ValueError(refusal) from None
    try:
        yield
    finally:
        mine.release()


@contextlib.contextmanager
def alone(folder: Path, mark: str = LOCK) -> Iterator[None]:
    """Only where it is new, or ours: a README or a project of somebody else is not written over.

    A lock that stays tells that it is ours, or the file `mark` where it has come to its end: then the lock goes.
    """
    lock = folder / LOCK
    ours = lock.exists() or (folder / mark).is_file()
    if folder.exists() and not ours and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(
            f"--output: got {folder}, expected a new or an empty folder, or one that it has written before"
        )
    with held(lock, f"--output: {folder} is being written by another run"), full_disk_in_one_line(folder):
        yield
        if mark != LOCK and (folder / mark).is_file():
            lock.unlink()  # while it is held: who opened it before finds that its name is gone, and does not take it


@contextlib.contextmanager
def full_disk_in_one_line(where: object) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OSError(f"{where}: the disk is full: make room, then run the same command again") from None
