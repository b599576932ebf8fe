r"""Is one answer mathematically the same as another? `math-verify` decides; here it is kept within bounds.

    equal("0.5", r"\frac{1}{2}")          # True
    equal("10^{10^{10^{10}}}", "5")       # False, and no later than after `seconds`

An answer may come from a model that training teaches to find the judge's weaknesses. So a process of its own reads it,
which has only so much time and memory. Every process that judges has one such, started when it is first needed, and its
threads share it. (math-verify's own time limits are signals: those work in the main thread only.)
"""

import atexit
import contextlib
import functools
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from .mathematics_worker import RIGHT, START, UNREADABLE

WORKER = Path(__file__).with_name("mathematics_worker.py")
LONGEST = 2000  # characters of a prediction: several times what any benchmark's answer has
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def equal(prediction: str, gold: str, seconds: float = 5.0) -> bool:
    r"""Is `prediction`, as it stands in an answer tag or in \boxed{}, the same as `gold`?

    A prediction that cannot be read, or not within `seconds`, is wrong. A gold that cannot be read is a ValueError.
    """
    prediction, gold = prediction.strip(), gold.strip()
    if not gold:
        raise ValueError(f"not a gold answer: {gold!r}")
    _require_math_verify()
    if len(prediction) > LONGEST and prediction != gold:
        return False
    try:
        return _equal(prediction, gold, seconds)
    except Undecided:
        return False


class Undecided(Exception):
    """There was no verdict in time: not to be remembered, another time there may be."""


@functools.lru_cache(maxsize=10_000)
def _equal(prediction: str, gold: str, seconds: float) -> bool:
    if prediction == gold:
        return True
    if NUMBER.fullmatch(prediction) and NUMBER.fullmatch(gold):
        if Fraction(prediction) == Fraction(gold):
            return True
        if "." not in prediction + gold:
            return False  # of decimals, those that differ may still be near enough
    verdict = _judge.ask(prediction, gold, seconds)
    if verdict is None:
        raise Undecided
    if verdict == UNREADABLE:
        raise ValueError(f"not a gold answer: {gold!r}")
    return verdict == RIGHT


@functools.cache
def _require_math_verify() -> None:
    if importlib.util.find_spec("math_verify") is None:
        raise ModuleNotFoundError("mathematics needs math-verify: pip install 'synthrl[math]'", name="math_verify")


class Judge:
    """The process that reads answers: started when asked, killed when it is late, started again when asked again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen | None = None
        self.line: socket.socket | None = None  # to the process, which ends when this closes

    def ask(self, prediction: str, gold: str, seconds: float) -> str | None:
        """The verdict; None if it took too long, or the process broke over it twice."""
        with self.lock:  # outside of the time limit: how busy the others are must not change a verdict
            for _ in range(2):  # a process that ended before may have been killed, and for no fault of the answer's
                start = time.monotonic()
                verdict, tired = None, True
                try:
                    verdict, tired = hear(self.connected(), seconds, [prediction, gold, seconds]) or (None, True)
                finally:
                    if tired:  # or interrupted: the next must not hear the answer to this
                        self.stop()
                if verdict or time.monotonic() - start > 0.9 * seconds:
                    break
        return verdict

    def connected(self) -> socket.socket:
        if self.line is not None and self.process is not None and self.process.poll() is None:
            return self.line
        self.stop()
        self.line, far_end = socket.socketpair()
        with far_end:
            self.process = subprocess.Popen(
                [sys.executable, "-P", WORKER],  # -P: its neighbours (numbers.py!) must not pass for the library's
                stdin=far_end.fileno(),
                stdout=far_end.fileno(),
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONHASHSEED": "0"},  # sympy walks through sets: the same verdict every time
            )
        said = hear(self.line, START)
        if said != "ready":
            raise RuntimeError(f"the process that runs math-verify did not start: {said or 'no word from it'}")
        return self.line

    def stop(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            line.close()
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()

    def forget(self) -> None:
        """In the child of a fork: the process is the parent's, and so is the thread that may hold the lock."""
        self.lock = threading.Lock()
        if self.process is not None:
            self.process.returncode = 0  # not ours to kill, nor to wait for
        self.stop()


def hear(line: socket.socket, seconds: float, question: list | None = None) -> Any:
    """What is said on the line within that time, after the question if there is one. None: late, or hung up."""
    line.settimeout(seconds)
    with contextlib.suppress(OSError):
        if question:
            line.sendall(json.dumps(question).encode() + b"\n")
        said = line.recv(4096)  # all of it: it was sent in one piece
        return json.loads(said) if said else None
    return None


_judge = Judge()
atexit.register(_judge.stop)
os.register_at_fork(after_in_child=_judge.forget)
