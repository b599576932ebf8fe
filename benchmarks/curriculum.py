"""Does the order of rows matter? The demo's GRPO with rows at random, from shallow to deep, and where rewards differ most.

    python benchmarks/curriculum.py                # after benchmarks/learning.py, whose starts it takes; writes curriculum.md

All orders have the same start, the same rows of one to four hops and the same number of steps. What counts: the share of groups whose
completions all earn the same, from which nothing is learned, and right answers about people never asked such a question.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pandas

from synthrl.recipes.curriculum import ORDERS
from synthrl.recipes.demo import CALM

ROOT = Path(__file__).resolve().parent.parent
PARTS = [f"fiction_multihop hops={hops} train={rows}" for hops, rows in ((1, 598), (2, 440), (3, 220), (4, 200))]
STEPS = 150


def train(start: Path, folder: Path, order: str, seed: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, str(ROOT / "recipes" / "grpo.py"), "--config", "demo/world", "demo/grpo"]
    command += ["--model_name_or_path", str(start), "--output_dir", str(folder), "--order", order, "--seed", str(seed)]
    command += ["--data", *PARTS, "--max_steps", str(STEPS), "--rewards", "answer_reward", "--watch_steps", "50"]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **CALM})


def all_runs(starts: list[Path], folder: Path, at_once: int) -> dict[str, list[Path]]:
    jobs = [(start, folder / f"{order}-{n}", order, n) for n, start in enumerate(starts, 1) for order in ORDERS]
    running: list[tuple[Path, subprocess.Popen[bytes]]] = []
    for job in jobs:
        running.append((job[1], train(*job)))
        while sum(process.poll() is None for _, process in running) >= at_once:
            running[-1][1].poll()
            next(process for _, process in running if process.poll() is None).wait()
    for path, process in running:
        if process.wait():
            sys.exit(f"{path}: ended with {process.returncode}, see {path.with_suffix('.log')}")
    return {order: [path for _, path, of, _ in jobs if of == order] for order in ORDERS}


def measured(run: Path) -> dict[str, float]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = [line for line in lines if "reward" in line]
    seen = pandas.read_parquet(max((run / "final").glob("*.parquet")))
    greedy = seen[(seen["mode"] == "greedy") & (seen["set"] == "fiction_multihop/test")]
    return {
        "groups that teach nothing": float(numpy.mean([line["frac_reward_zero_std"] for line in steps])),
        "mean hops": float(numpy.mean([line["order/mean_hops"] for line in steps])),
        **{f"right at {hops} hops": float(rows["exact_match"].mean()) for hops, rows in greedy.groupby("hops")},
        "right in all": float(greedy["exact_match"].mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=Path, nargs="+", help="default: those of runs/learning")
    parser.add_argument("--folder", type=Path, default=Path("runs/curriculum"))
    parser.add_argument("--at_once", type=int, default=2)
    asked = parser.parse_args()
    starts = asked.starts or sorted(Path("runs/learning").glob("seed*/start"))
    found = all_runs(starts, asked.folder, asked.at_once)
    table = pandas.DataFrame(
        {order: pandas.DataFrame([measured(run) for run in runs]).agg(["mean", "std"]).T.apply(
            lambda row: f"{row['mean']:.3f} ± {row['std']:.3f}", axis=1) for order, runs in found.items()}
    )  # fmt: skip
    lines = ["| | " + " | ".join(table.columns) + " |", "|---|" + "--:|" * len(table.columns)]
    lines += [f"| {name} | {' | '.join(row)} |" for name, row in table.iterrows()]
    text = "\n".join(lines)
    print(text)
    page = Path(__file__).with_suffix(".md")
    said = page.read_text(encoding="utf-8") if page.exists() else ""
    said = said.partition("<!-- said -->")[2].partition("<!-- /said -->")[0]
    page.write_text(
        f"# Orders of rows, compared\n\n`python benchmarks/curriculum.py`: {len(starts)} seeds, {STEPS} steps each, mean ± standard "
        f"deviation over seeds.\n\n{text}\n\n<!-- said -->{said}<!-- /said -->\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
