"""Worker processes: deaf to Ctrl-C, which is their parent's to handle; gone when it is; and one that is killed ends the work."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any


class _Pool(ProcessPoolExecutor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """A process is started by the first work there is for it, and deaf from its first moment."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **options)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def pool(number: int, option: str, begin: Callable[[], None] | None = None) -> Iterator[ProcessPoolExecutor]:
    """`option`: what the user would say fewer by; `begin`: what each does first. What is still at work in the end is ended."""
    others = set(multiprocessing.active_children())
    made = _Pool(number, multiprocessing.get_context("spawn"), _begin, (begin,))
    try:
        yield made
    except BrokenProcessPool:
        what = f"a worker process was killed, perhaps for want of memory: run the same command with fewer {option}"
        raise ChildProcessError(what) from None
    finally:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        made.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], None] | None) -> None:
    """Idle workers would outlive a parent that is killed: they wait for a queue that they hold open themselves."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    if begin:
        begin()


def _end_with_the_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
