"""How fast the datasets beside fiction_multihop make rows, on one core, each beside its peer: all in one run.

    python benchmarks/families.py                  # a quarter of an hour; writes benchmarks/families.md
    python benchmarks/families.py --rounds 1       # some minutes; the same table, one run of each

reasoning-gym comes from PyPI into an environment of its own, as for generation.py; where it cannot be had, ours stand
alone. Every measured run is a process of its own, and all take turns; the table has the medians. Figures are CPU seconds
of one process: what else the machine does shows in them only as far as it takes caches and the core's other thread.
"""

import argparse
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

from generation import heading, measure, number, python_for, release_of, table

HERE = Path(__file__).resolve().parent
PEER = "reasoning-gym"


class Case(NamedTuple):
    """Rows of a dataset of ours, and what it is to reach; then the peer's nearest tasks, the very nearest first."""

    dataset: str
    knobs: dict[str, object]
    rows: int
    peers: tuple[tuple[str, dict[str, object], int], ...] = ()  # task, its knobs, rows
    goal: int = 0  # rows/s
    times: int = 0  # the nearest peer's rows/s


CASES = (
    Case("fiction_arithmetic", {"operations": 10, "direction": "forward"}, 9_000, goal=3_000),
    Case("fiction_arithmetic", {"operations": 10, "direction": "reverse"}, 9_000, goal=3_000),
    Case("fiction_kinship", {}, 16_000, (("family_relationships", {}, 100_000),), goal=5_000),
    Case("fiction_logic", {"kinds": ["knights"], "people": 6}, 15_000, (("knights_knaves", {"n_people": 6}, 1_000),), times=10),
    Case("fiction_logic", {"kinds": ["ordering"], "items": 5}, 15_000, (("zebra_puzzles", {"num_people": 5, "num_characteristics": 2}, 100),)),
    Case("fiction_logic", {"kinds": ["seating"], "seats": 5}, 15_000),
    Case("fiction_logic", {"kinds": ["rules"]}, 15_000, (("propositional_logic", {}, 30_000), ("syllogism", {}, 100_000))),
    Case("templated_task", {}, 15_000, (("gsm_symbolic", {}, 120_000), ("chain_sum", {}, 200_000)), goal=3_000),
)  # fmt: skip

# Which functions or modules of a dataset do what, whoever calls them; what they call is theirs too.
PHASES = {
    "fiction_arithmetic": {"world": ["world", "text.name"], "plan": ["plan"], "text": ["text"], "row": ["rows", "builder"]},
    "fiction_kinship": {"world": ["family.grow", "rows._names"], "plan": ["plan", "rows._planned"], "text": ["text", "questions", "rows._fill"], "row": ["prove", "rows", "builder"]},
    "fiction_logic": {"world": ["names"], "plan": ["knights", "ordering", "seating", "placing", "rules", "settle"], "text": ["knights_text", "ordering_text", "seating_text", "rules_text", "telling"], "row": ["rows", "builder"]},
    "templated_task": {"world": ["domains"], "plan": ["rows._drawn"], "text": ["task.tell"], "row": ["rows", "builder"]},
}  # fmt: skip

HEADER = ["", "asked, characters", "solution, characters", "different", "rows/s", "least–most", "peak MB", "ours ÷ it", "goal, rows/s", ""]  # fmt: skip
SHARES = ["", "world and names", "planning and solving", "text", "building the row"]

NOTES = """
The phase of a sample of the stack, one more run of each, is that of the innermost function that belongs to one.

## What costs most of a row

- **fiction_arithmetic**: telling it, by a little: some twenty sentences have their words looked up and put into a frame each.
  Planning, drawing places and values, and building the row come close; half of the last is the worked solution of ten operations.
- **fiction_kinship**: planning, and in it the search for people who are related just as a question asks (`Planner._walk`),
  of which a family must hold eight. Text and other families serve all eight rows, so they come cheap.
- **fiction_logic**: the puzzle. Of knights and knaves it is finding the proof, then drawing statements until one world is left; of
  orderings and seatings drawing clues and writing out what ways each leaves (`placing.Board`); of rules growing them.
- **templated_task**: Jinja. One template works the values out, every operation checked in a sandbox; another one says question
  and solution. Both are about as dear, and shown numbers (exact, rounded, with commas) come next.

## How to read it

- **rows/s** are whole rows, one by one, by the CPU time of one process; files are not written. Ours has prompt, context,
  steps, supporting facts and a worked solution in every row. The peer's rows have a question, an answer and its parameters; only
  gsm_symbolic has a worked answer. The first rows, in which templates compile and caches fill, are not counted.
- The machine was shared when this ran (see its **load**): CPU time leaves waiting out, but not that two busy threads of one core
  slow each other. Runs of all took turns; **least–most** is over the rounds.
- **ours ÷ it** compares with our row above. **different**: of the first thousand rows (or fewer, where fewer were made).
- **knights_knaves** has as many people as ours, and its default statements (depth 2, width 2) are the nearest to ours. It
  asks for everybody's role, and its statements may contradict themselves ("Jack is a hero and Jack is a villain"). **zebra_puzzles**
  knows no puzzle of one characteristic; two is its least. Of **family_relationships** neither hops nor length can be chosen.
  gsm_symbolic and chain_sum are short templates without constraints, as most of templated_task's are not.
- Beside **fiction_arithmetic**: GSM-Infinite, which is not on PyPI and was not run here. Our notes have 74 to 1,738 rows/s
  for it forward and 6 to 47 in reverse, on such a machine. Taken from there, not measured again.
"""


def asked(python):
    """Everything to measure, in the order of the table: {key: (python, script, options)}; a key is (number of case, task)."""
    runs = {}
    for at, case in enumerate(CASES):
        options = {"dataset": case.dataset, "knobs": {"train": 2 * case.rows, **case.knobs}, "rows": case.rows}
        runs[at, ""] = (sys.executable, "peers/rows.py", options)
        for task, knobs, rows in case.peers if python else ():
            runs[at, task] = (python, "peers/rows.py", {"task": task, "knobs": knobs, "rows": rows})
    return runs


def summary(runs):
    """Medians over the rounds."""
    if failed := [run["failed"] for run in runs if "failed" in run]:
        return {"failed": failed[0]}
    rates = [run["rate"] for run in runs]
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return {**medians, "least": min(rates), "most": max(rates)}


def called(name, knobs):
    return " ".join([name, *(f"{knob}={','.join(v) if isinstance(v, list) else v}" for knob, v in knobs.items())])


def line(name, run, ours=None, goal=""):
    """One of ours, or of a peer's where `ours` is given."""
    if "failed" in run:
        return [name, run["failed"], *[""] * (len(HEADER) - 2)]
    ratio = number(ours["rate"] / run["rate"]) if ours and "failed" not in ours else ""
    solution = f"{run['solution_chars']:,.0f}" if run["solution_chars"] else "–"
    spread = f"{run['least']:,.0f}–{run['most']:,.0f}"
    met = ("met" if run["rate"] >= goal else "**not met**") if goal else ""
    figures = [f"{run['prompt_chars']:,.0f}", solution, f"{run['different']:.1%}", number(run["rate"]), spread]
    return [name, *figures, f"{run['peak_rss_mb']:.0f}", ratio, f"≥ {goal:,.0f}" if goal else "", met]


def speeds(results):
    lines = [HEADER]
    for at, case in enumerate(CASES):
        ours, goal = results[at, ""], case.goal
        theirs = [(task, knobs, results[at, task]) for task, knobs, _ in case.peers if (at, task) in results]
        if case.times and theirs and "failed" not in theirs[0][2]:
            goal = case.times * theirs[0][2]["rate"]
        lines.append(line(f"**{called(case.dataset, case.knobs)}**", ours, goal=goal))
        lines += [line(f"{PEER} {called(task, knobs)}", run, ours) for task, knobs, run in theirs]
    return table(lines)


def shares():
    """Where the time of each of ours goes."""
    lines = [SHARES]
    for case in CASES:
        options = {"dataset": case.dataset, "knobs": {"train": 2 * case.rows, **case.knobs}, "rows": case.rows}
        found = measure(sys.executable, "peers/rows.py", {**options, "phases": PHASES[case.dataset]})
        cells = [found["failed"], "", "", ""] if "failed" in found else [f"{share:.0%}" for share in found.values()]
        lines.append([called(case.dataset, case.knobs), *cells])
    return table(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, by turns (default: 3)")
    options = parser.parse_args()
    python, reason = python_for(PEER)
    cases = asked(python)
    runs = {key: [] for key in cases}
    for round_ in range(options.rounds):
        for key, case in cases.items():
            runs[key].append(measure(*case))
            print(f"round {round_ + 1}", case[2], runs[key][-1], file=sys.stderr, flush=True)
    results = {key: summary(done) for key, done in runs.items()}
    text = heading("Rows a second on one core", f"python benchmarks/families.py --rounds {options.rounds}")
    peer = f"Peer: {release_of(PEER)}.\n" if python else f"**Left out: {PEER}. {reason}**\n"
    (HERE / "families.md").write_text(
        "\n".join([text, peer, speeds(results), "\n## Where the time goes\n", shares(), NOTES])
    )
    print((HERE / "families.md").read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
