"""Replies on disk: one SQLite file, which any number of processes share.

A reply is found by what was asked (model, messages, sampling) and by the number of the sample; where the model was
reached, and with which key, is no part of it. A process that asks first claims the place, so that no other asks the same;
what it claimed and never stored was in flight when it was killed, and is told to who opens the cache next.

The file must be on a local disk: SQLite's write-ahead log does not work across machines.
"""

import contextlib
import glob
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock

from synthrl import knobs

from .reply import Reply

VERSION = 1  # of the table; a file of another is refused
TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT, sample INTEGER,
    owner TEXT NOT NULL,  -- the process that asked
    reply TEXT,           -- null while it is in flight
    PRIMARY KEY (key, sample)
) WITHOUT ROWID"""


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def key_of(model: str, messages: list[dict[str, str]], sampling: dict[str, Any]) -> str:
    return hashlib.sha256(canonical([model, messages, sampling]).encode()).hexdigest()


class Cache:
    """`lost`: how many requests were in flight when processes that used this file were killed."""

    def __init__(self, path: str | Path) -> None:
        self.path = knobs.path("cache", path).absolute()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._owner = uuid.uuid4().hex
        self._alive = filelock.FileLock(self._sign(self._owner))  # the system lets go of it, however we end
        try:
            with filelock.FileLock(
                f"{self.path}.lock"
            ):  # two that switch its journal at once are refused, not kept waiting
                self._open()
            with self._writing():  # one process at a time: none takes the sign that another is about to put up
                self._alive.acquire()
                self.lost = self._bury()
        except sqlite3.Error as error:
            self.close()
            raise ValueError(f"cache: got {self.path}, which SQLite cannot use: {error}") from None
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self._db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # a killed process loses nothing; a power cut the last moments
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise ValueError(f"cache: got {self.path} of version {version}, expected {VERSION}: name another file")
        if version == 0 and self._db.execute("SELECT 1 FROM sqlite_master WHERE name != 'replies'").fetchone():
            raise ValueError(f"cache: got {self.path}, which is some other program's file: name another")
        self._db.execute(TABLE)
        self._db.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        if hasattr(self, "_db"):
            self._db.close()
        self._alive.release()
        Path(self._sign(self._owner)).unlink(missing_ok=True)

    def __enter__(self) -> "Cache":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def claim(self, key: str, sample: int) -> Reply | bool:
        """The reply if it is stored; True if it is now ours to ask for; False while someone else does."""
        with self._writing():
            found = self._do("SELECT owner, reply FROM replies WHERE key=? AND sample=?", key, sample)
            owner, reply = found[0] if found else (None, None)
            if reply is not None:
                return self._read(reply)
            if owner is not None and self._lives(owner):
                return False
            self._do("REPLACE INTO replies VALUES (?, ?, ?, NULL)", key, sample, self._owner)
            return True

    def store(self, key: str, sample: int, reply: Reply) -> None:
        self._do("REPLACE INTO replies VALUES (?, ?, ?, ?)", key, sample, self._owner, json.dumps(reply))

    def release(self, key: str, sample: int) -> None:
        """There will be no reply: another may ask."""
        self._do("DELETE FROM replies WHERE key=? AND sample=? AND owner=? AND reply IS NULL", key, sample, self._owner)

    def forget(self, key: str, sample: int) -> None:
        """What we stored is to be asked for again."""
        self._do("DELETE FROM replies WHERE key=? AND sample=? AND owner=?", key, sample, self._owner)

    def stored(self, key: str) -> set[int]:
        found = self._do("SELECT sample FROM replies WHERE key=? AND reply IS NOT NULL", key)
        return {sample for (sample,) in found}

    def replies(self, key: str, samples: int) -> list[Reply]:
        """Those stored of the first so many samples, in order."""
        found = self._do(
            "SELECT reply FROM replies WHERE key=? AND sample<? AND reply IS NOT NULL ORDER BY sample", key, samples
        )
        return [self._read(reply) for (reply,) in found]

    def _do(self, what: str, *values: Any) -> list[Any]:
        """A full disk, or a file that was broken meanwhile, is told in one line."""
        try:
            return self._db.execute(what, values).fetchall()
        except sqlite3.Error as error:
            raise OSError(f"cache: {self.path} can be used no more: {error}") from None

    def _read(self, text: str) -> Reply:
        try:
            return Reply(*json.loads(text))
        except (ValueError, TypeError):
            raise OSError(f"cache: {self.path} has a reply that cannot be read: it is broken, name another") from None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, which begins by keeping other writers out: what was read stays true."""
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # after some errors SQLite has ended it itself
                self._do("ROLLBACK")
            raise

    def _bury(self) -> int:
        """What those that are no more left in flight is forgotten, and counted."""
        owners = self._db.execute("SELECT DISTINCT owner FROM replies WHERE reply IS NULL").fetchall()
        lost = 0
        for (owner,) in owners:
            if not self._lives(owner):
                lost += self._db.execute("DELETE FROM replies WHERE owner=? AND reply IS NULL", (owner,)).rowcount
        # Also of those that left nothing in flight; what merely has such a name is not ours.
        for sign in glob.glob(f"{glob.escape(str(self.path))}.{'[0-9a-f]' * 32}.alive"):
            if not self._lives(sign.split(".")[-2]):
                Path(sign).unlink(missing_ok=True)
        return lost

    def _sign(self, owner: str) -> str:
        return f"{self.path}.{owner}.alive"

    def _lives(self, owner: str) -> bool:
        sign = Path(self._sign(owner))
        if owner == self._owner:
            return True
        if not sign.exists():
            return False
        try:
            with filelock.FileLock(sign, timeout=0):
                return False
        except filelock.Timeout:
            return True
