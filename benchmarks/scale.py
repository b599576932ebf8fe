"""What `synthrl generate` costs: one process beside two, memory at 100,000 and a million rows, and what 10⁹ rows would take.

    python benchmarks/scale.py                                      # about an hour on two idle cores; writes benchmarks/scale.md
    python benchmarks/scale.py --rounds 1 --rows 6000 --memory 10000 --each 2000    # some minutes, to try it out

Every measured run is `synthrl generate` in processes of its own, and all take turns; the table has the medians. Prices are
inputs: --core-hour and --tb-month say yours.
"""

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from generation import heading, number, table

HERE = Path(__file__).resolve().parent
ROWS, FILE_SIZE = 200_000, 8_000_000  # for one process beside two: minutes, so that starting is little of it
MEMORY = (100_000, 1_000_000)
MOST_MB = 500
EACH = 10_000  # rows of each dataset
WANTED = 1.8
BILLION = 10**9
DATASETS = (
    ("fiction_multihop", ()),
    ("fiction_multihop", ("context_chars=64000",)),
    ("fiction_arithmetic", ()),
    ("fiction_kinship", ()),
    ("fiction_logic", ()),
    ("templated_task", ()),
)


class Run(NamedTuple):
    seconds: float  # from start to end, imports included
    core_seconds: float
    peak_mb: float  # of the largest process
    rows: int
    bytes: int
    manifest: str


def generate(name, knobs, rows, workers, file_size):
    """One run, measured from outside by a process that has no other children."""
    with tempfile.TemporaryDirectory() as folder:
        words = [name, *knobs, "--rows", str(rows), "--workers", str(workers), "--file-size", str(file_size)]
        command = [sys.executable, "-m", "synthrl.app.cli", "generate", *words, "--output", f"{folder}/rows"]
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), "--measured", *command],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        text = (Path(folder) / "rows/manifest.json").read_bytes()
    told = json.loads(text)
    digest = hashlib.sha256(text).hexdigest()
    return Run(*json.loads(done.stdout.splitlines()[-1]), told["rows"], told["bytes"], digest)


def measured(command):
    """Seconds, core seconds and peak memory of a command and all that it starts."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def spread(runs, field):
    values = [getattr(run, field) for run in runs]
    return f"{min(values):,.1f}–{max(values):,.1f}"


def processes(rounds, rows):
    """One beside two, in turns."""
    runs = {workers: [] for workers in (1, 2)}
    for _ in range(rounds):
        for workers, done in runs.items():
            done.append(generate("fiction_multihop", (), rows, workers, FILE_SIZE))
            print(f"{workers} processes: {done[-1]}", file=sys.stderr, flush=True)
    ratios = sorted(one.seconds / two.seconds for one, two in zip(*runs.values(), strict=True))
    times = {1: 1.0, 2: statistics.median(ratios)}
    lines = [["processes", "rows", "seconds", "least–most", "rows/s", "core-seconds", "peak MB of one", "times one"]]
    for workers, done in runs.items():
        seconds = median(done, "seconds")
        cells = [workers, f"{rows:,}", f"{seconds:,.1f}", spread(done, "seconds"), number(rows / seconds)]
        figures = [f"{median(done, 'core_seconds'):,.1f}", f"{median(done, 'peak_mb'):.0f}", f"{times[workers]:.2f}"]
        lines.append([*map(str, cells), *figures])
    same = len({run.manifest for done in runs.values() for run in done}) == 1
    verdict = "met" if times[2] >= WANTED else "NOT met"
    said = f"Wanted: two at least {WANTED} times one: {verdict} (pair by pair {ratios[0]:.2f}–{ratios[-1]:.2f}). "
    said += "Files and manifest of all runs are "
    return f"{table(lines)}\n\n{said}{'the same to the byte' if same else 'NOT the same'}.\n"


def memory(sizes):
    lines = [["rows", "peak MB", "rows/s", "bytes a row"]]
    for rows in sizes:
        run = generate("fiction_multihop", (), rows, 1, 256_000_000)
        print(f"{rows} rows: {run}", file=sys.stderr, flush=True)
        lines.append([f"{rows:,}", f"{run.peak_mb:.0f}", number(rows / run.seconds), number(run.bytes / rows)])
    return f"{table(lines)}\n\nOne process, files of 256 MB; must stay under {MOST_MB} MB.\n"


def billion(rounds, rows, core_hour, tb_month):
    """Of each dataset: what a row costs, times 10⁹."""
    runs = {case: [] for case in DATASETS}
    for _ in range(rounds):
        for (name, knobs), done in runs.items():
            # What starting costs would be multiplied too: a run of 500 rows more or less has nothing else.
            done.append((generate(name, knobs, rows, 1, FILE_SIZE), generate(name, knobs, 500, 1, FILE_SIZE)))
            print(name, *knobs, done[-1][0], file=sys.stderr, flush=True)
    lines = [["", "core-ms a row", "bytes a row", "core-hours", "TB", f"at {core_hour:g} a core-hour", f"at {tb_month:g} a TB-month"]]  # fmt: skip
    for (name, knobs), done in runs.items():
        each = [(long.core_seconds - short.core_seconds) / (rows - 500) for long, short in done]
        seconds, size = statistics.median(each), done[0][0].bytes / rows
        hours, tb = seconds * BILLION / 3600, size * BILLION / 1e12
        costs = [f"{hours * core_hour:,.0f}", f"{tb * tb_month:,.0f} a month"]
        lines.append(
            [" ".join([name, *knobs]), f"{seconds * 1e3:.2f}", number(size), number(hours), f"{tb:.2f}", *costs]
        )
    return table(lines)


NOTES = """
- **seconds** are from the command's start to its end, imports, plan and manifest included; **core-seconds** those of all
  its processes. **peak MB of one** is that of the largest process.
- **times one** is the median of the pairs' ratios, each of two runs one after the other, as a machine's speed drifts.
- **load** is the machine's in the last quarter of an hour: what else runs slows all, and two processes more than one.
- **Projected**: core-seconds and bytes of {each:,} rows (the start, as a run of 500 rows has it, taken off), times 10⁹, as if on
  such cores. Prices are assumptions, given to this script as {core_hour:g} for a core-hour and {tb_month:g} for a TB kept a month, in whatever
  currency; they are not quotes of anyone's. Sending the files costs what it costs where you are.
- fiction_multihop, fiction_arithmetic, fiction_kinship and fiction_logic go on with other seeds where one has no more room.
  **templated_task** as it ships has at most some hundred thousand different rows a seed, and another seed brings the same ones in
  another order: `synthrl generate` refuses 10⁹ of it, and its line says only what a row costs.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, alternated (default: 5)")
    parser.add_argument(
        "--rows", type=int, default=ROWS, metavar="N", help=f"for one process beside two (default: {ROWS})"
    )
    parser.add_argument(
        "--memory", type=int, nargs="+", default=MEMORY, metavar="N", help="rows at which it is measured"
    )
    parser.add_argument("--each", type=int, default=EACH, metavar="N", help=f"rows of each dataset (default: {EACH})")
    parser.add_argument("--core-hour", type=float, default=0.04, metavar="PRICE", help="assumed (default: 0.04)")
    parser.add_argument("--tb-month", type=float, default=20.0, metavar="PRICE", help="assumed (default: 20)")
    options = parser.parse_args()
    command = " ".join(["python benchmarks/scale.py", *sys.argv[1:]])
    pages = [
        heading("Rows by the billion", command),
        "## One process and two\n",
        processes(options.rounds, options.rows),
        "## Memory\n",
        memory(options.memory),
        "## 10⁹ rows, projected\n",
        billion(options.rounds, options.each, options.core_hour, options.tb_month),
        "\n## How to read it",
        NOTES.format(each=options.each, core_hour=options.core_hour, tb_month=options.tb_month),
    ]
    (HERE / "scale.md").write_text("\n".join(pages))
    print((HERE / "scale.md").read_text())
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measured"]:
        measured(sys.argv[2:])
    else:
        sys.exit(main())
