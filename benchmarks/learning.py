"""Does training on our rows teach a small model to compose facts? The demo, with several seeds, looked at closely.

    python benchmarks/learning.py                  # three seeds: half an hour on two cores; writes benchmarks/learning.md
    python benchmarks/learning.py --seeds 1 2      # fewer; what has been run already is not run again

A seed is another model (weights, order of rows, samples), start and GRPO runs; world and questions stay. The runs go to
runs/learning, where `synthrl report` draws them. Intervals are of people: all questions about one of them stand or fall
with the same few facts, so people are drawn anew, and seeds, and never single rows.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy
import pandas
from matplotlib.image import imread, imsave

from synthrl.app import report

ROOT = Path(__file__).resolve().parent.parent
ARMS = {"reward": "right answers rewarded", "random": "control: rewarded at random", "format": "control: form rewarded"}
PERSON = re.compile(r" of ([A-Z]\w+ [A-Z]\w+)")
ASKED = {  # what a question asks for, by how it begins
    "On which river": "river",
    "In which region": "region",
    "In which year": "founding year",
    "What is the population": "population",
    "What is the area": "area",
    "To which country": "country",
    "What is the currency": "currency",
    "What is the official language": "language",
}
RESAMPLES = 2000


def train(folder, seed):
    """One demo. The folder is named from within, so that runs of different seeds have the same settings."""
    here = folder / f"seed{seed}"
    here.mkdir(parents=True, exist_ok=True)
    start = datetime.datetime.now()
    done = subprocess.run(
        [sys.executable, str(ROOT / "recipes" / "demo.py"), "--folder", ".", "--seed", str(seed)], cwd=here
    )
    if not (here / "format" / "final").is_dir():
        sys.exit(f"seed {seed} ended with {done.returncode}")
    note = here / "seconds"
    if not note.exists():
        note.write_text(str(round((datetime.datetime.now() - start).total_seconds())))


def gather(folder, seeds):
    """Each arm's runs side by side, as `synthrl report` pools them; all that was answered; and the seconds it took."""
    tables = []
    for arm in ARMS:
        for seed in seeds:
            run, there = folder / f"seed{seed}" / arm, folder / arm / f"seed{seed}"
            shutil.rmtree(there, ignore_errors=True)
            there.mkdir(parents=True)
            for part in ("run.json", "log.jsonl"):
                shutil.copy(run / part, there)
            for part in ("watch", "final"):
                shutil.copytree(run / part, there / part)
            first, last = sorted((run / "final").glob("step_*.parquet"))
            tables += [
                pandas.read_parquet(f).assign(arm=arm, seed=seed, when=w)
                for f, w in ((first, "before"), (last, "after"))
            ]
    table = pandas.concat(tables, ignore_index=True)
    table["person"] = table["question"].map(lambda text: PERSON.search(text)[1])
    table["asked"] = table["question"].map(
        lambda text: next((a for q, a in ASKED.items() if text.startswith(q)), "other")
    )
    return table


def interval(cells):
    """95% of the mean of people × seeds, both drawn anew: `cells` has sums and counts, each seeds × people."""
    sums, counts = (cell.to_numpy() for cell in cells)
    random = numpy.random.RandomState(0)
    means = []
    for _ in range(RESAMPLES):
        seeds, people = random.randint(0, sums.shape[0], sums.shape[0]), random.randint(0, sums.shape[1], sums.shape[1])
        means.append(sums[seeds][:, people].sum() / counts[seeds][:, people].sum())
    return numpy.percentile(means, [2.5, 97.5])


def change(rows):
    """before, after, gain with its interval, rows"""
    wide = rows.pivot_table(index=["seed", "person", "id"], columns="when", values="exact_match", aggfunc="mean")
    gain = (wide["after"] - wide["before"]).groupby(["seed", "person"])
    low, high = interval([gain.sum().unstack(fill_value=0), gain.count().unstack(fill_value=0)])
    before, after = wide["before"].mean(), wide["after"].mean()
    return f"{before:.1%} | {after:.1%} | {after - before:+.1%} | {low:+.1%} to {high:+.1%} | {rows['id'].nunique()}"


HEAD = "before | after | gain | 95% interval | questions |"
RULE = "--: | --: | --: | :-: | --: |"


def by_hops(table, mode):
    yield f"| run | hops | {HEAD}"
    yield f"|---|---|{RULE}"
    for arm, label in ARMS.items():
        rows = table[(table["arm"] == arm) & (table["mode"] == mode)]
        for hops, name in (((2, 3), "2–3, trained on"), ((2,), "2"), ((3,), "3"), ((4,), "4, never trained on")):
            yield f"| {label} | {name} | {change(rows[rows['hops'].isin(hops)])} |"


def in_other_words(table):
    yield f"| run | hops | {HEAD}"
    yield f"|---|---|{RULE}"
    for arm, label in ARMS.items():
        rows = table[(table["arm"] == arm) & (table["mode"] == "greedy")]
        for hops in (2, 3, 4):
            yield f"| {label} | {hops} | {change(rows[rows['hops'] == hops])} |"


def by_seed(table):
    yield f"| run | seed | {HEAD}"
    yield f"|---|---|{RULE}"
    rows = table[(table["mode"] == "greedy") & (table["hops"] < 4)]
    for (arm, seed), some in sorted(
        rows.groupby(["arm", "seed"]), key=lambda pair: (list(ARMS).index(pair[0][0]), pair[0][1])
    ):
        yield f"| {ARMS[arm]} | {seed} | {change(some)} |"


def by_kind(table):
    yield f"| hops | asked for | {HEAD}"
    yield f"|---|---|{RULE}"
    rows = table[(table["mode"] == "greedy") & (table["arm"] == "reward")]
    for (hops, asked), some in rows.groupby(["hops", "asked"]):
        yield f"| {hops} | {asked} | {change(some)} |"


def reached(table):
    yield "| hops | when | " + " | ".join(f"answer {i} named" for i in (1, 2, 3)) + " | final answer right |"
    yield "|---|---|--:|--:|--:|--:|"
    rows = table[(table["mode"] == "greedy") & (table["arm"] == "reward")]
    for hops in (2, 3, 4):
        for when in ("before", "after"):
            some = rows[(rows["hops"] == hops) & (rows["when"] == when)]
            marks = numpy.array(some["reached"].tolist(), dtype=float).mean(axis=0)
            cells = [f"{mark:.1%}" for mark in marks] + [""] * (3 - len(marks))
            yield f"| {hops} | {when} | {' | '.join(cells)} | {some['exact_match'].mean():.1%} |"


def machine():
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1e6
    names = ("synthrl", "trl", "transformers", "torch")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB; Python {platform.python_version()}; {versions}"


def page(table, folder, seeds):
    told = json.loads((folder / "reward" / f"seed{seeds[0]}" / "run.json").read_text())
    minutes = [int(f.read_text()) / 60 for s in seeds if (f := folder / f"seed{s}" / "seconds").exists()]
    took = f" A seed took {min(minutes):.0f} to {max(minutes):.0f} minutes." if minutes else ""
    before = Path(__file__).with_suffix(".md")
    text = before.read_text(encoding="utf-8") if before.exists() else ""
    said = text.partition("<!-- said -->")[2].partition("<!-- /said -->")[0]
    others = table["set"].str.endswith("/heldout_phrasing")
    table, reworded = table[~others], table[others]
    sections = {
        "## By depth, greedy answers": by_hops(table, "greedy"),
        "## By depth, sampled answers": by_hops(table, "sampled"),
        "## In words never trained on, greedy answers": in_other_words(reworded),
        "## By seed, 2 and 3 hops, greedy": by_seed(table),
        "## By what is asked, right answers rewarded, greedy": by_kind(table),
        "## How far the answers got, right answers rewarded, greedy": reached(table),
    }
    tables = "\n\n".join("\n".join([title, "", *lines]) for title, lines in sections.items())
    return f"""# Learning to compose: the demo, {len(seeds)} seeds

`python benchmarks/learning.py --seeds {" ".join(map(str, seeds))}`

{datetime.date.today()}; {machine()}; {told["finished"]} steps of GRPO.{took}

<!-- said -->{said}<!-- /said -->

{tables}
"""


def picture(report, path):
    """The learning curve, and accuracy by depth, side by side."""
    curve = report / "right-answers-to-held-out-rows-greedy.png"
    (depth,) = report.glob("by-hops-fiction_multihop-test-reward*-greedy.png")
    imsave(path, numpy.hstack([imread(curve), imread(depth)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--folder", type=Path, default=Path("runs/learning"))
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    for seed in asked.seeds:
        train(folder, seed)
    table = gather(folder, asked.seeds)
    report.run([str(folder / arm / f"seed{seed}") for arm in ARMS for seed in asked.seeds], str(folder / "report"))
    here = Path(__file__)
    picture(folder / "report", here.with_suffix(".png"))
    here.with_suffix(".md").write_text(page(table, folder, asked.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()
