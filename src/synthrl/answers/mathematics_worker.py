"""The process that `mathematics.py` asks. It is run as a script, and knows math-verify but nothing of synthrl.

In comes a line of JSON, `[prediction, gold, seconds]`, and out goes another, `[verdict, tired]`. Before the first it says
`"ready"`, or what is missing. It ends when its standard input does.
"""

import contextlib
import json
import math
import os
import resource
import signal

RIGHT, WRONG, UNREADABLE = "right", "wrong", "unreadable gold"
START = 60.0  # seconds, for the import of sympy
MEMORY = 4 << 30  # bytes of address space; 10^{10^{10}} would take all that there is
TIRED = MEMORY // 8  # sympy needs a tenth of this; what it has once held it may hold on to, in its caches


def private_pipes():
    """Our standard input and output, put where no stray print or input() finds them."""
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in 0, 1:
        os.dup2(nothing, standard)
    return questions, replies


def limit_memory():
    with contextlib.suppress(OSError, ValueError):  # not every system can
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def tired() -> bool:
    """Would a fresh process do better? Short of memory, the next question would be misjudged without an error."""
    with contextlib.suppress(OSError), open("/proc/self/statm") as sizes:
        return int(sizes.read().split()[1]) * resource.getpagesize() > TIRED
    return False  # not Linux, and there is no limit to run into either


@contextlib.contextmanager
def within(seconds: float):
    """Die a little after the deadline, at which we are killed, unless who asked is gone and nobody is left to do it."""
    signal.alarm(math.ceil(seconds) + 1)
    yield
    signal.alarm(0)


def judge(prediction: str, gold: str) -> str:
    from math_verify import parse, verify

    # Its own time limits are off: they are signals of whole seconds, where ours ends the process.
    golds = parse(f"${gold}$", parsing_timeout=None) or parse(rf"\boxed{{{gold}}}", parsing_timeout=None)
    if not golds:
        return UNREADABLE
    # Without \boxed, `parse` would look for a formula inside of the prediction, and take the last of several.
    predictions = parse(rf"\boxed{{{prediction}}}", parsing_timeout=None)
    return RIGHT if verify(golds, predictions, timeout_seconds=None) else WRONG


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that the user started
    questions, replies = private_pipes()

    def say(what: str | list):
        print(json.dumps(what), file=replies, flush=True)

    limit_memory()
    try:
        with within(START):
            judge("1+1", "2")  # imports everything
    except Exception as error:
        return say(f"{type(error).__name__}: {error}"[:500])
    say("ready")
    for line in questions:
        prediction, gold, seconds = json.loads(line)
        with within(seconds):
            verdict = judge(prediction, gold)
        say([verdict, tired()])


if __name__ == "__main__":
    main()
