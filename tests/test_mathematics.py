r"""The mathematics judge: what is the same, what is not, and that nothing a model can write holds it up."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from synthrl.answers import mathematics
from synthrl.answers.mathematics import Judge, equal

pytest.importorskip("math_verify", reason="needs the library math-verify")

GOLDEN = Path(__file__).parents[2] / "shared" / "golden" / "math_equivalence.jsonl"
HALF = ("0.5", r"\frac{1}{2}")  # a pair for which the other process is needed
HANGS = "10^{10^{10}}"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, or needs a limit of memory that holds")

# prediction, gold, why
SAME = [
    ("5", "5", "the same"),
    (" 5\n", "5", "white space around"),
    ("007", "7", "zeros in front"),
    ("5.0", "5", "zeros behind"),
    ("-0", "0", "nothing"),
    ("0.5", r"\frac{1}{2}", "a decimal"),
    ("1/2", r"\dfrac12", "two ways to write a fraction"),
    ("0.333333", r"\frac{1}{3}", "six decimals"),
    ("1,000", "1000", "thousands"),
    ("1{,}000", "1000", "thousands in LaTeX"),
    (r"\$72", "72", "money"),
    ("$72", "72", "money, half of a formula"),
    ("$72$", "72", "a formula"),
    (r"\boxed{72}", "72", "boxed once too often"),
    (r"12\%", "12", "percent left out of the question"),
    (r"12\%", "0.12", "percent"),
    (r"30^\circ", "30", "degrees"),
    (r"5\text{ cm}", "5", "units"),
    ("x=5", "5", "with its name"),
    ("5", "x=5", "without its name"),
    ("2+3", "5", "unfinished, but equal"),
    (r"\sqrt{8}", r"2\sqrt{2}", "roots"),
    ("(x+1)^2", "x^2+2x+1", "algebra"),
    ("7, 5, 3", "3, 5, 7", "a list has no order"),
    (r"\{2,1\}", r"\{1,2\}", "nor has a set"),
    ("(1, 2)", r"\left(1,2\right)", "a tuple"),
    (r"[0,\infty)", r"\left[ 0, \infty \right)", "an interval"),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{bmatrix} 1 & 2 \end{bmatrix}", "a matrix"),
    ("East", r"\text{east}", "a word"),
    ("(B)", r"\text{(B)}", "a letter"),
]
DIFFERENT = [
    ("", "5", "nothing"),
    ("-5", "5", "the sign"),
    ("5.01", "5", "a little"),
    ("0.33", r"\frac{1}{3}", "two decimals are too few"),
    ("(2,1)", "(1,2)", "a tuple has an order"),
    ("[1,2]", "(1,2)", "an interval has its ends or not"),
    ("1, 2, 3", "1, 2", "one too many"),
    ("3 or 5", "5", "hedged"),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "a row is no column"),
    ("3.14159", r"\pi", "not near enough"),
    ("west", r"\text{east}", "another word"),
    ("the answer is 47", "47", "prose: to find the answer in it is done elsewhere"),
    (r"\boxed{12.}", "12", "math-verify reads no full stop"),
    ("\N{ARABIC-INDIC DIGIT FIVE}", "5", "math-verify reads no such digit"),
]
HOSTILE = [
    ("9" * 5000, "long"),
    ("9" * 1999, "not too long"),
    (r"\frac{1}{" * 60 + "2" + "}" * 60, "deep"),
    ("(" * 900 + "1" + ")" * 900, "deeper"),
    (HANGS, "a number that would fill the memory"),
    ("(10^9)!", "a number that would, computed by C code"),
    (r"\int", "half a formula"),
    (r"\frac{1}{0}", "no number"),
    ("\0" + "5", "NUL"),
    ("\ud800", "half a character"),
    ("4\n5", "two lines"),
    ('"], ["5", "5", 9]\n["5', "what the processes say to each other"),
    ('__import__("os").abort()', "Python"),
]


def why(case):
    return case[-1].replace(" ", "-")


def process():
    """The process that reads answers, awake."""
    assert mathematics._judge.ask(*HALF, 5) == "right"
    return mathematics._judge.process


def ended(process: int) -> bool:
    """Is it gone? An orphan may wait for a lazy init to take note, which is as good."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def run(code: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **options)


@pytest.mark.parametrize(("prediction", "gold", "reason"), SAME, ids=map(why, SAME))
def test_same(prediction, gold, reason):
    assert equal(prediction, gold) is True


@pytest.mark.parametrize(("prediction", "gold", "reason"), DIFFERENT, ids=map(why, DIFFERENT))
def test_different(prediction, gold, reason):
    assert equal(prediction, gold) is False


@pytest.mark.parametrize(("prediction", "reason"), HOSTILE, ids=map(why, HOSTILE))
def test_hostile(prediction, reason):
    process()  # what its start takes is not counted
    start = time.monotonic()
    assert equal(prediction, "5", seconds=0.5) is False
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("gold", ["", " ", "$", r"\text{}"])
def test_a_gold_that_says_nothing(gold):
    with pytest.raises(ValueError, match="not a gold answer: "):
        equal("5", gold)


@pytest.mark.skipif(not GOLDEN.exists(), reason="../shared/golden is not there")
def test_agrees_with_math_verify():
    with GOLDEN.open(encoding="utf-8") as rows:
        cases = [json.loads(row) for row in rows]
    wrong = [case for case in cases if equal(case["prediction"], case["gold"]) != case["math_verify"]]
    assert len(cases) > 300 and not wrong


def test_threads():
    cases = [(f"{2 * n}/4", rf"\frac{{{n + n % 2}}}{{2}}", n % 2 == 0) for n in range(1, 200)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda case: equal(case[0], case[1]), cases))
    assert answers == [case[2] for case in cases]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_daemonic_processes(method):
    ours = process()
    with multiprocessing.get_context(method).Pool(2) as pool:  # its processes are daemonic
        answers = pool.starmap(equal, [("3/4", "0.75"), ("3/4", "0.7")] * 4, chunksize=1)
    assert answers == [True, False] * 4
    assert process() is ours


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_fork_while_another_thread_asks():
    process()
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(equal, HANGS + "+1", "5", 1.5)
        while not mathematics._judge.lock.locked():
            time.sleep(0.01)
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if equal("3/5", "0.6") else 1)
            finally:
                os._exit(2)
        assert os.waitpid(child, 0)[1] == 0
        assert slow.result() is False


LIBRARY = """
import os, sys, time
print("noise")
print("noise", file=sys.stderr)
{loading}
held = []
def parse(text, **options):
    print("noise", input if sys.stdin.read() else "")
    if "crash" in text:
        os.abort()
    if "slow" in text:
        time.sleep(9)
    if "much" in text:
        held.append(b"x" * (520 << 20))
    return [text]
def verify(gold, prediction, **options):
    return True
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Another math-verify, for the process to import."""

    def make(loading: str = ""):
        (tmp_path / "math_verify.py").write_text(LIBRARY.format(loading=loading))
        return Judge()

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return make


def test_interrupted(library):
    """Whoever asks next hears the answer to their own question."""

    def interrupt(*_):
        raise KeyboardInterrupt

    judge = library()
    assert judge.ask("a", "b", 5) == "right"
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            judge.ask("slow", "b", 5)
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert judge.ask("a", "b", 5) == "right"
    judge.stop()


def test_killed_between_questions(library):
    judge = library()
    assert judge.ask("a", "b", 5) == "right"
    judge.process.kill()  # and not waited for: it may be asked before it is gone
    assert judge.ask("a", "b", 5) == "right"
    judge.process.kill()
    judge.process.wait()
    assert judge.ask("a", "b", 5) == "right"
    judge.stop()


def test_no_verdict_is_not_remembered(library, monkeypatch):
    monkeypatch.setattr(mathematics, "_judge", library())
    assert not equal("slow", "b", seconds=0.2)
    monkeypatch.setattr(mathematics._judge, "ask", lambda *asked: mathematics.RIGHT)
    assert equal("slow", "b", seconds=0.2)


def test_a_library_that_prints_and_reads_and_crashes(library, capfd):
    judge = library()
    assert judge.ask("a", "b", 5) == "right"
    assert judge.ask("crash", "b", 5) is None
    assert judge.ask("a", "b", 5) == "right"
    judge.stop()
    assert capfd.readouterr() == ("", "")


@LINUX
def test_a_fresh_process_after_one_that_held_much(library):
    judge = library()
    assert judge.ask("a", "b", 5) == "right" and judge.process is not None
    assert judge.ask("much", "b", 5) == "right" and judge.process is None
    assert judge.ask("a", "b", 5) == "right"
    judge.stop()


@pytest.mark.parametrize(
    ("loading", "message"),
    [
        ("raise ImportError('no antlr')", "ImportError: no antlr"),
        ("os._exit(1)", "no word from it"),
        pytest.param("bytearray(5 << 30)", "MemoryError", marks=LINUX),
    ],
)
def test_a_library_that_does_not_load(library, loading, message):
    with pytest.raises(RuntimeError, match=f"did not start: {message}"):
        library(loading).ask("a", "b", 5)


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "math_verify", None)
    mathematics._require_math_verify.cache_clear()
    with pytest.raises(ImportError, match=r"pip install 'synthrl\[math\]'"):
        equal("5", "5")


@LINUX
def test_leaves_nothing_behind():
    done = run(f"""if True:
        import sys
        from synthrl.answers import mathematics
        assert mathematics.equal(*{HALF!r}) and not mathematics.equal({HANGS!r}, "5", 0.5) and mathematics.equal("2/4", "0.5")
        assert "sympy" not in sys.modules
        print(mathematics._judge.process.pid)""")
    assert done.returncode == 0 and done.stderr == ""
    assert ended(int(done.stdout))


@LINUX
@pytest.mark.parametrize("asks", ["pass", f"mathematics.equal({HANGS!r}, '5', 1)"])
def test_ends_when_its_parent_is_killed(asks):
    done = run(f"""if True:
        import os, signal, threading
        from synthrl.answers import mathematics
        mathematics.equal(*{HALF!r})
        print(mathematics._judge.process.pid, flush=True)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
        {asks}
        signal.pause()""")
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while not ended(int(done.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
