r"""What scoring costs: beside `evaluate` and phantom-wiki, as rewards in training, and when the input is hostile.

    python benchmarks/scoring.py --write           # some minutes; writes benchmarks/scoring.md
    python benchmarks/scoring.py --quick           # seconds: less of everything, and only the peers that are there

phantom-wiki comes from PyPI into an environment of its own, as for generation.py. evaluate's squad metric comes from the
Hub; where that is out of reach, its compute_score.py is looked for in ~/.cache/synthrl-benchmarks/evaluate-squad. A peer
that cannot be had is named and left out.

Figures are CPU seconds of the process, the least of several rounds in which all sides take turns: what else the machine
does hardly shows in them. Only mathematics, which a process of its own reads, is by the clock.
"""

import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import math
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generation import CACHE, PEERS, python_for, release_of, table
from peers.scorers import SQUAD, by_turns

from synthrl import rewards
from synthrl.answers import SCORING_VERSION, score_row
from synthrl.dataset_builders.fiction_multihop.builder import BUILDER
from synthrl.prompt import tagged

HERE = Path(__file__).resolve().parent
BATCH, LONG = 64, 4096  # completions in a batch, characters in each
TARGET_MS = 5.0
SIZES = (10_000, 1 << 16, 1 << 18, 1 << 20)  # characters; the first is the longest list of names that is read
WORTH_COMPARING = 1e-3  # seconds: growth from less than that is noise
STEEP = 8.0  # times for four times the input: linear is 4, quadratic 16
TOO_LONG = 20.0  # seconds: nothing four times as large is tried after that


def fiction(n):
    with tempfile.TemporaryDirectory() as cache:
        builder = BUILDER(train=n, validation=0, test=0, heldout_phrasing=0, cache_dir=cache)
        return list(builder.rows("train", 0, n))


# what is judged


def golds_of(row, number):
    """So many ways to write a row's first answer, that answer first."""
    answer = row["answers"][0][0]
    ways = [
        answer,
        f"the {answer}",
        f"{answer} ({row['context']['title'][0]})",
        answer.split()[-1].lower(),
        f"“{answer}”",
    ]
    return ways[:number]


def pairs_of(rows):
    """(prediction, golds): of each row one right, wrong, half, dressed up, long, in other letters; 1 to 5 golds."""
    pairs = []
    for i, row in enumerate(rows):
        golds = golds_of(row, 1 + i % 5)
        titles, sentences = row["context"]["title"], row["context"]["sentences"]
        predictions = [
            golds[-1],
            titles[i % len(titles)],
            golds[0].split()[0],
            f"The answer is **{golds[0]}**, not an {titles[0]}.",
            f"{sentences[0][0]} So it is {golds[0]}.",
            golds[0].replace("o", "ö").replace("'", "’"),
        ]
        pairs += [(prediction, golds) for prediction in predictions]
    return pairs


def lists_of(rows):
    """(prediction, answers): the row's own answers or as many as eight titles; all named, one missing, one wrong."""
    lists = []
    for i, row in enumerate(rows):
        titles = list(dict.fromkeys(row["context"]["title"]))
        answers = row["answers"] if i % 2 else [[title] for title in titles[: 1 + i // 2 % 8]]
        names = [aliases[0] for aliases in answers]
        for said in (names, names[::-1], names[1:] or titles[-1:], [*names[1:], titles[-1]], [*names, titles[-1]]):
            lists.append((", ".join(said), answers))
    return lists


def judged_by(row, i):
    """The row, judged by one rule or another, and an answer to it that is right every other time."""
    right = i // 8 % 2
    name = row["context"]["title"][0]
    number = {"answers": [["1,234"]], "scorer": "number"}, "$1,234.00" if right else "1,243"
    choice = {"answers": [["B"]], "choices": ["joiner", "baker", "pilot", "miller"], "scorer": "choice"}
    cases = [
        ({"scorer": "set"}, ", ".join([aliases[0] for aliases in row["answers"]]) if right else name),
        ({"answers": [[name]], "scorer": "set"}, name if right else row["answer"]),
        ({"answers": [[name]], "scorer": "f1:synthrl"}, f"The {name}." if right else row["answer"]),
        ({"answers": [[name]], "scorer": "f1:hotpotqa"}, name if right else row["answer"]),
        number,
        (choice, "(B) baker" if right else "the pilot"),
        ({"answers": [["yes"]], "scorer": "label"}, "Yes." if right else "no"),
        (
            {"answers": [["unanswerable"]], "scorer": "f1:squad_v2.0", "answerable": False},
            "unanswerable" if right else name,
        ),
    ]
    changed, answer = cases[i % len(cases)]
    return {**row, "choices": [], "answerable": True, **changed}, answer


def said_of(row, answer, length, aimless=True):
    """Reasoning so long with the answer that ends it: all the row's text and then its worked solution, or only this."""
    solution = row["solution"].rpartition("\n<")[0]
    text = " ".join([sentence for paragraph in row["context"]["sentences"] for sentence in paragraph])
    end = f"\n{solution}\n{tagged(answer)}"
    text = text if aimless else f"{solution}\n"
    room = max(0, length - len(end))
    return (text * (room // len(text) + 1))[:room] + end


def columns_of(rows):
    names = ("id", "question", "context", "answers", "scorer", "choices", "answerable", "steps", "supporting_facts")
    return {name: [row[name] for row in rows] for name in names}


# hostile text: what is repeated until it is long enough

SHAPES = {
    "answer tags, open": "<answer>",
    "answer tags": "<answer>a</answer>",
    "answer tags, closed": "</answer>",
    "thinking marks": "</think><think>",
    "boxes": r"\boxed{",
    "braces": "{",
    "fractions": r"\frac{1}{",
    "hashes": "#### 7 ",
    "commas": ",",
    "names, commas": "Ada Fen, ",
    "names, words": "Ada and Bo or ",
    "brackets": "(",
    "bullets": "\n- ",
    "digits": "7",
    "numbers": "1,234 ",
    "number words": "fifty ",
    "articles": "the ",
    "spaces": " ",
    "new lines": "\n",
    "“answer is”": "the answer is ",
    "“is”": "is ",
    "sentences": "Dr. X. ",
    "stars": "**",
    "capitals": "Ada ",
    "one word": "x",
    "letters, dots": "a.",
    "accents": "e\u0301",
    "accents, one letter": "\u0301",
    "other scripts": "İﬃ漢’",
}

NAMES = [["Salt, Pepper & Co", "the Co"], ["Ada Fen"], ["Bo"]]
ASKED = {
    "set": {"answers": NAMES, "scorer": "set"},
    "f1:synthrl": {"answers": [["Ada Fen", "Ada"]], "scorer": "f1:synthrl"},
    "f1:hotpotqa": {"answers": [["Ada Fen", "Ada"]], "scorer": "f1:hotpotqa"},
    "f1:triviaqa": {"answers": [["Ada Fen", "Ada"]], "scorer": "f1:triviaqa"},
    "number": {"answers": [["77"]], "scorer": "number"},
    "choice": {"answers": [["B"]], "choices": ["Ada Fen", "Bo", "a joiner"], "scorer": "choice"},
    "label": {"answers": [["yes"]], "scorer": "label"},
    "no answer": {"answers": [["unanswerable"]], "scorer": "f1:synthrl", "answerable": False},
}
PROOF = {
    "question": "Who is a friend of Ada Fen?",
    "context": {"title": ["Ada Fen", "Ada Ada", "Bo", "The Dr. X"], "sentences": [["Ada Fen has a friend."]] * 4},
    "steps": [
        {"question": "Who?", "answer": "Bo", "title": "Bo"},
        {"question": "Who?", "answer": "Cy", "title": "Ada Ada"},
    ],
    "answers": [["Cy"]],
    "supporting_facts": {"title": ["Ada Fen", "Ada Ada"], "sent_id": [0, 0]},
}
REWARDS = {
    "hop_recall": (rewards.hop_recall, PROOF),
    "supporting_facts": (rewards.supporting_facts, PROOF),
    "format_ok": (rewards.format_ok, PROOF),
}


def hostile_sides(size):
    """{(judge, shape, place): side}, each with that much text."""
    sides = {}
    for shape, piece in SHAPES.items():
        body = (piece * (size // len(piece) + 1))[:size]
        for place, text in (
            ("bare", body),
            ("in the tag", tagged(body)),
            ("before it", f"{body}\n{tagged('Ada Fen')}"),
        ):
            for name, row in ASKED.items():
                if place != "before it":
                    sides[name, shape, place] = lambda text=text, row=row: score_row(text, row)
            for name, (reward, row) in REWARDS.items():
                if place != "in the tag":
                    columns = {column: [value] for column, value in row.items()}
                    sides[name, shape, place] = lambda f=reward, text=text, columns=columns: f([text], **columns)
    return sides


def hostile(sizes, rounds):
    """{(judge, shape, place): seconds at each size}, None where the size before took too long to go on."""
    found = {}
    for size in sizes:
        sides = hostile_sides(size)
        last = {key: found.get(key, [0.0])[-1] for key in sides}
        best = by_turns({k: side for k, side in sides.items() if last[k] is not None and last[k] < TOO_LONG}, rounds)
        for key in sides:
            found.setdefault(key, []).append(best.get(key))
    return found


def growth(seconds):
    """The steepest growth from a size to the next, of what is long enough to compare. The first is not a quarter."""
    steps = zip(seconds[1:], seconds[2:], strict=False)
    return max(
        [math.inf if b is None else b / a for a, b in steps if a is not None and a > WORTH_COMPARING], default=None
    )


# mathematics

MATHEMATICS = [
    ("0.5", r"\frac{1}{2}"),
    (r"\frac{3}{4}", "0.75"),
    ("x^2+2x+1", "(x+1)^2"),
    (r"2\sqrt{3}", r"\sqrt{12}"),
    ("(1, 2)", "(1,2)"),
    (r"\{1, 2\}", r"\{2, 1\}"),
    ("x = 5", "5"),
    (r"\pi/2", r"\frac{\pi}{2}"),
    ("[0, 1)", "[0,1)"),
    ("x+1", "x-1"),
    ("12", r"\frac{25}{2}"),
    (r"\text{east}", "west"),
]
HOSTILE_MATHEMATICS = ["10^{10^{10^{10}}}", "9^{9^{9}}", "(x+1)^{100000}", "(" * 500 + "1" + ")" * 500, r"\sqrt{" * 300]
DEADLINE = 1.0  # seconds


def mathematics(hostile_ones, rounds):
    """Seconds by the clock, in a process that has done none: the first, others, remembered ones, each hostile one."""
    from synthrl.answers.mathematics import equal

    def seconds(prediction, gold, **limits):
        began = time.perf_counter()
        equal(prediction, gold, **limits)
        return time.perf_counter() - began

    cold = seconds("7+x", "x+7")
    for pair in MATHEMATICS:
        equal(*pair)
    warm = [seconds(*pair, seconds=60.0) for pair in MATHEMATICS]  # another limit: not remembered
    cached = by_turns({"": lambda: [equal(*pair) for pair in MATHEMATICS]}, rounds, time.perf_counter)[""]
    bad = {
        said: [seconds(said, "x+7", seconds=DEADLINE), seconds("x+8", f"8+x+{i}")]
        for i, said in enumerate(hostile_ones)
    }
    return cold, warm, cached / len(MATHEMATICS), bad


# measuring


def comparison(peer, python, case):
    """What peers/scorers.py reports, or the reason why it reports nothing."""
    command = [python, str(HERE / "peers" / "scorers.py"), peer]
    with tempfile.TemporaryDirectory() as folder:  # one of them leaves files where it stands
        done = subprocess.run(command, input=json.dumps(case), capture_output=True, text=True, cwd=folder)
    if done.returncode:
        return {"failed": (done.stderr.strip() or "no message").splitlines()[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def peers_here(quick):
    """{peer: (python, reason)}; installs what is missing unless in a hurry."""
    release = CACHE / f"phantom-wiki=={PEERS['phantom-wiki']}" / "installed"
    if quick:
        phantom = python_for("phantom-wiki") if release.exists() else (None, "not installed")
        return {"evaluate": (sys.executable if SQUAD.exists() else None, "not here"), "phantom-wiki": phantom}
    return {"evaluate": (sys.executable, ""), "phantom-wiki": python_for("phantom-wiki")}


def compared(found, case):
    """Tables of ours beside each peer, and what could not be had."""
    parts = []
    for peer, (python, reason) in found.items():
        run = comparison(peer, python, case) if python else {"failed": reason}
        if "failed" in run:
            parts.append(f"**Left out: {peer}. {run['failed']}**\n")
            continue
        lines = [["", "of", "ours, µs", "its, µs", "ours ÷ its"]]
        for cases, micros in run["micros"].items():
            its = micros.pop("its")
            lines += [[f"`{n}`", cases, f"{us:.2f}", f"{its:.2f}", f"{us / its:.2f}"] for n, us in micros.items()]
        parts.append(f"### {peer} {run['version']}, both in Python {run['python']}\n\n{table(lines)}\n")
    return "\n".join(parts)


def trained(rows, rounds):
    """Batches through the rewards: a table, in milliseconds a batch."""
    mixed, answers = zip(*[judged_by(row, i) for i, row in enumerate(rows[:BATCH])], strict=True)
    said = [said_of(row, answer, LONG) for row, answer in zip(rows, answers, strict=False)]
    right = [said_of(row, row["answer"], LONG, aimless=i % 2) for i, row in enumerate(rows[:BATCH])]
    columns, plain = columns_of(mixed), columns_of(rows[:BATCH])
    sides = {
        "answer_reward, mixed scorers": lambda: rewards.answer_reward(said, **columns),
        "answer_reward, mixed scorers, strict": lambda: rewards.answer_reward(said, strict=True, **columns),
        "hop_recall": lambda: rewards.hop_recall(right, **plain),
        "supporting_facts": lambda: rewards.supporting_facts(right, **plain),
        "format_ok": lambda: rewards.format_ok(said, **columns),
    }
    by_turns(sides, 1)
    best = by_turns(sides, rounds)
    lines = [["", "ms a batch"], *[[f"`{name}`", f"{1e3 * seconds:.2f}"] for name, seconds in best.items()]]
    met = 1e3 * best["answer_reward, mixed scorers"] < TARGET_MS
    return f"{table(lines)}\n\n`answer_reward` must take less than {TARGET_MS:.0f} ms: {'it does' if met else '**it does not**'}.\n"


def ms(seconds):
    return "–" if seconds is None else f"{1e3 * seconds:,.1f}" if seconds > 1e-3 else f"{1e3 * seconds:.2g}"


def attacked(sizes, rounds):
    """Hostile text: a table by judge, and one by shape."""
    found = hostile(sizes, rounds)
    heads = [f"{size >> 10} KB, ms" if size >= 1 << 16 else f"{size:,} characters, ms" for size in sizes]
    parts = []
    for column, what in enumerate(("judge", "shape")):
        lines = [[what, "slowest with", *heads, "growth", "steepest growth of any", "with"]]
        for name in dict.fromkeys([key[column] for key in found]):
            mine = {key: seconds for key, seconds in found.items() if key[column] == name}
            slowest = max(mine, key=lambda key: [math.inf if s is None else s for s in mine[key][::-1]])
            steepest = max(mine, key=lambda key: growth(mine[key]) or 0.0)
            lines.append([name, other(slowest, column), *map(ms, mine[slowest]), times(growth(mine[slowest])), times(growth(mine[steepest])), other(steepest, column) if growth(mine[steepest]) else ""])  # fmt: skip
        parts.append(f"{table(lines)}\n")
    steep = [f"{', '.join(key)}: {times(growth(s))}" for key, s in found.items() if (growth(s) or 0.0) > STEEP]
    verdict = "**Steep:** " + "; ".join(steep) if steep else f"Nothing grows by more than {STEEP:.0f} times."
    return "\n".join([*parts, f"{verdict}\n"])


def other(key, column):
    return ", ".join([part for i, part in enumerate(key) if i != column])


def times(value):
    return "–" if value is None else f"×{value:.1f}"


def mathematically(hostile_ones, rounds):
    if not importlib.util.find_spec("math_verify"):
        return "**Left out: math-verify is not installed.**\n"
    runs = []
    for _ in range(rounds):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            runs.append(pool.apply(mathematics, (hostile_ones, rounds)))
    warm = [min(seconds) for seconds in zip(*[run[1] for run in runs], strict=True)]
    lines = [
        ["", "ms"],
        ["cold: the first, which starts that process", ms(min(run[0] for run in runs))],
        [f"warm: {len(warm)} others, median", ms(statistics.median(warm))],
        ["warm: the slowest of them", ms(max(warm))],
        ["cached: the same again, mean", ms(min(run[2] for run in runs))],
    ]
    bad = [["hostile prediction", "ms, at best", "at worst", "the next, an innocent one, at best"]]
    for said in hostile_ones:
        took, then = zip(*[run[3][said] for run in runs], strict=True)
        bad.append([f"`{said if len(said) < 40 else said[:20] + '…'}`", ms(min(took)), ms(max(took)), ms(min(then))])
    return f"{table(lines)}\n\nWith a deadline of {DEADLINE:.0f} s:\n\n{table(bad)}\n"


def version(package):
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {package}"


def heading(command, found, rounds):
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}"
    ours = ", ".join(
        [f"scoring version {SCORING_VERSION}", *map(version, ("synthrl", "evaluate", "math-verify", "sympy"))]
    )
    phantom = f", {release_of('phantom-wiki')}" if found["phantom-wiki"][0] else ""
    return f"""# What scoring costs

`{command}`

{datetime.date.today()}; {machine}; {ours}{phantom}.

CPU time of the process, the least of {rounds} rounds in which all sides take turns, after one that is not counted. Other
work ran on the machine: absolute figures are high for it, ratios are not.
"""


def report(quick, command):
    rounds = 3 if quick else 15
    rows = fiction(BATCH if quick else 600)
    found = peers_here(quick)
    pairs, lists = pairs_of(rows), lists_of(rows)
    single = [(prediction, golds) for prediction, golds in pairs if len(golds) == 1]
    case = {"rounds": rounds, "cases": {"pairs": pairs, "pairs with one gold": single, "lists": lists}}
    sizes, rounds_hostile = ((2_000, 4_000, 16_000), 1) if quick else (SIZES, 2)
    return "\n".join(
        [
            heading(command, found, rounds),
            f"## A pair, beside others\n\n{len(pairs):,} pairs of a prediction (right, wrong, half, dressed up, long, accented) and 1 to 5 golds; {len(lists):,} lists of names. Six predictions share a row's golds, five its list, as the completions of a group do. Ours gives four figures: exact match, F1, precision and recall. On all pairs `squad_v1.1` gives the figures that evaluate gives. phantom-wiki takes the golds of a pair for a list; it compares lists by their lower-case names, and knows no aliases.\n",
            compared(found, case),
            f"## A batch of rewards\n\n{BATCH} completions of {LONG:,} characters, reasoning and an answer tag at the end. The reasoning goes through all the paragraphs; for the rewards of the way, every other one keeps to the proof.\n",
            trained(rows, rounds),
            f"## Hostile text\n\nOne completion, through `score_row` by each scorer and through the other rewards: the shape repeated, bare, inside of the answer tag, or before it. The best of {rounds_hostile} rounds. Sizes grow by four, and so should the time; growth is told where the smaller takes a millisecond or more (at the larger sizes long lists of words also leave the processor's caches: that adds to it).\n",
            attacked(sizes, rounds_hostile),
            "## Mathematics\n\nMilliseconds by the clock: a process of its own does the reading. All but the cached are read anew.\n",
            mathematically(HOSTILE_MATHEMATICS[: 1 if quick else None], 1 if quick else 3),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less of everything: seconds instead of minutes")
    parser.add_argument("--write", action="store_true", help="write benchmarks/scoring.md as well")
    options = parser.parse_args()
    chosen = [f"--{name}" for name, on in vars(options).items() if on]
    text = report(options.quick, " ".join(["python benchmarks/scoring.py", *chosen]))
    if options.write:
        (HERE / "scoring.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
