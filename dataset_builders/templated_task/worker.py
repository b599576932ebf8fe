"""An own task's file runs in another process: a template that does not end, or wants all memory, ends that one alone.

The process is this module, run with `-m`. In comes a line of JSON, out goes another. An alarm kills it when a line takes
too long, also in the midst of one large multiplication; it ends by itself when its standard input does.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from typing import IO, Any

SECONDS = 20  # of computing, for one question to the process, of some 50 rows
PATIENCE = 15  # times as long by the clock: a busy machine is not the file's fault
MEMORY = 1 << 30  # bytes of address space


class Worker:
    """The process that has read one file, started when it is first asked."""

    def __init__(self, text: bytes, where: str, level: str = "all", seed: int = 0) -> None:
        self.where, self.seconds = where, SECONDS
        self.hello = {
            "text": text.decode("utf-8", "replace"),
            "where": where,
            "level": level,
            "seed": seed,
            "seconds": SECONDS,
        }
        self.process: subprocess.Popen[str] | None = None
        self.owner = 0  # of the process: another one, forked from us, must not talk to it

    def capacity(self) -> tuple[int, str]:
        most, name = self.ask("capacity")
        return most, name

    def rows(self, split: str, start: int, stop: int, prefix: str) -> Iterator[dict[str, Any]]:
        for first in range(start, stop, 50):
            yield from self.ask("rows", split, first, min(first + 50, stop), prefix)

    def ask(self, *question: Any) -> Any:
        process = self._started()
        assert process.stdin and process.stdout
        said = ""
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            said = process.stdout.readline()
        if not said.endswith("\n"):
            self.process = None
            late = process.wait() in (-signal.SIGPROF, -signal.SIGALRM)
            why = (
                f"it took more than {self.seconds} seconds"
                if late
                else "it ended its process, perhaps for want of memory"
            )
            raise ValueError(f"task: {self.where}: {why}")
        kind, value = json.loads(said)
        if kind == "error":
            raise ValueError(value)
        return value

    def _started(self) -> "subprocess.Popen[str]":
        if self.process is None or self.owner != os.getpid():
            self.owner = os.getpid()
            self.process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )
            weakref.finalize(self, _end, self.process, self.owner)
            assert self.process.stdin
            self.process.stdin.write(json.dumps(self.hello) + "\n")
        return self.process


def _end(process: "subprocess.Popen[str]", owner: int) -> None:
    if owner != os.getpid():
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()


# In the process


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):  # not every system can
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class _Asked:
    """What the process knows of its file."""

    def __init__(self, hello: dict[str, Any]) -> None:
        from .lint import blocking
        from .rows import Rows
        from .task import Task

        self.task = Task(hello["text"], hello["where"])
        self.lint_only = hello["level"] == "lint"
        if not self.lint_only:
            if faults := blocking(self.task):
                raise self.task.fail(faults[0])
            self.made = Rows([self.task], hello["level"], hello["seed"])

    def capacity(self) -> tuple[int, str]:
        return self.made.capacity()

    def rows(self, split: str, start: int, stop: int, prefix: str) -> list[dict[str, Any]]:
        return [self.made.row(split, i, prefix) for i in range(start, stop)]

    def faults(self) -> list[str]:
        from .lint import faults

        return faults(self.task)

    def check(self, row: dict[str, Any]) -> list[str]:
        from .audit.check import check

        return check(row, self.task.said.get("check") or {})


def _answer(hello: dict[str, Any], known: list[_Asked], question: list[Any]) -> list[Any]:
    try:
        if not known:
            known.append(_Asked(hello))
        return ["value", getattr(known[0], question[0])(*question[1:])]
    except MemoryError:
        return ["error", f"task: {hello['where']}: it needs more than {MEMORY >> 20} MiB of memory"]
    except Exception as error:  # whatever an own file does, it is told in one line
        said = " ".join(str(error).split())[:600]
        return [
            "error",
            said
            if isinstance(error, ValueError) and said.startswith("task:")
            else f"task: {hello['where']}: {type(error).__name__}: {said}",
        ]


def _alarm(seconds: int) -> None:
    """After so many seconds of computing the process is killed, which is what these signals do; 0 takes it back."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(seconds * PATIENCE)


def _serve(lines: IO[str], replies: IO[str]) -> None:
    hello = json.loads(lines.readline())
    known: list[_Asked] = []
    for line in lines:
        _alarm(hello["seconds"])
        said = json.dumps(_answer(hello, known, json.loads(line)))
        _alarm(0)
        print(said, file=replies, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us
    _limit_memory()
    _serve(sys.stdin, sys.stdout)
