"""How fast questions are made, and in how much memory, beside phantom-wiki and reasoning-gym: all in one run.

This is fiction_multihop; the other datasets have a page of their own, `families.py`.

    python benchmarks/generation.py                # half an hour on two cores; writes benchmarks/generation.md
    python benchmarks/generation.py --rounds 1     # ten minutes; the same table, one run of each
    python benchmarks/generation.py --million      # streams a million rows; writes benchmarks/million.md

The peers come from PyPI, each into an environment of its own under ~/.cache/synthrl-benchmarks. phantom-wiki also needs
Python 3.12 or newer and SWI-Prolog (apt-get install swi-prolog-nox). A peer that cannot be had is named and left out.

Every measured run is a process of its own, which starts its clock when everything is imported. Runs alternate, so that
what else the machine does slows all alike; the table has the medians.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "synthrl-benchmarks"
LIMIT = 300  # seconds for one run
MILLION, MOST_MB = 1_000_000, 500
PEERS = {"phantom-wiki": "1.0.3", "reasoning-gym": "0.1.25"}

# phantom-wiki has no knob for hops. A depth whose questions need about as many look-ups on average, and then how many
# questions of each type are asked of a short and a long world: enough that what a world costs hardly shows.
PHANTOM_DEPTHS = {2: (6, 1000, 500), 4: (10, 300, 100), 8: (20, 20, 4), 10: (26, 4, 1)}
# People in a family tree, and trees, that come to as long a text; and how many rows of ours to time.
LENGTHS = {4_000: ({"people": 9, "trees": 1}, 3000), 64_000: ({"people": 26, "trees": 5}, 600)}


def python_for(peer):
    """An interpreter with the peer installed, or the reason why there is none."""
    release = f"{peer}=={PEERS[peer]}"
    python = CACHE / release / "bin" / "python"
    if peer == "phantom-wiki" and not shutil.which("swipl"):
        return None, "swipl is missing: apt-get install swi-prolog-nox"
    if not (CACHE / release / "installed").exists():
        base = python_312() if peer == "phantom-wiki" else sys.executable
        if not base:
            return None, "Python 3.12 or newer is missing"
        print(f"installing {release} into {CACHE}", file=sys.stderr)
        shutil.rmtree(CACHE / release, ignore_errors=True)
        for command in (
            [base, "-m", "venv", str(CACHE / release)],
            [str(python), "-m", "pip", "install", "-q", release],
        ):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                return None, (done.stderr.strip() or f"{command} failed").splitlines()[-1]
        (CACHE / release / "installed").touch()
    return str(python), ""


def python_312():
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in (
        sys.executable,
        "python3.12",
        "python3.13",
        "python3.14",
        "python3",
        *map(str, sorted(pyenv.glob("3.1*/bin/python"))),
    ):
        test = [name, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 12))"]
        if shutil.which(name) and subprocess.run(test, capture_output=True).returncode == 0:
            return name
    return None


def measure(python, script, options):
    """What the script reports of one run in a fresh process, or the reason why it reports nothing."""
    command = [python, str(HERE / script), json.dumps(options)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {"failed": f"over {LIMIT} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip() or "no message").splitlines()[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def cases(pythons):
    """Everything to measure, in the order of the table: {(what, hops, context_chars, processes): (python, script, options)}."""
    asked = {}
    for chars, (size, rows) in LENGTHS.items():
        for hops, (depth, *per_type) in PHANTOM_DEPTHS.items():
            for processes in (1, 2):
                key, both = (hops, chars, processes), {"processes": processes}
                ours = {"hops": hops, "context_chars": chars, "rows": rows, **both}
                asked["synthrl", *key] = (sys.executable, "ours.py", ours)
                if python := pythons["phantom-wiki"]:
                    one = {"depth": depth, "per_type": per_type[chars > 4_000], "worlds": 1, **size, **both}
                    asked["phantom-wiki, one world", *key] = (python, "peers/with_phantom_wiki.py", one)
                    fresh = {**one, "per_type": 1, "worlds": 4}
                    asked["phantom-wiki, fresh worlds", *key] = (python, "peers/with_phantom_wiki.py", fresh)
    for processes in (1, 2):
        if python := pythons["reasoning-gym"]:
            options = {"rows": 40_000, "processes": processes}
            asked["reasoning-gym", 0, 0, processes] = (python, "peers/with_reasoning_gym.py", options)
    return asked


def summary(runs):
    """Medians over the rounds."""
    if failed := [run["failed"] for run in runs if "failed" in run]:
        return {"failed": failed[0]}
    row = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    row["rate"] = row["rows"] / row["seconds"]
    row["contexts"] = row["distinct_contexts"] / row["seconds"]
    row["rate_with_files"] = row["rows"] / row["seconds_with_files"] if "seconds_with_files" in row else None
    return row


HEADER = ["", "hops", "processes", "rows", "context, characters", "distinct contexts", "distinct rows", "rows/s", "rows/s with files", "contexts/s", "peak MB", "ours ÷ it, rows/s"]  # fmt: skip


def line(key, row, ours):
    what, hops, _, processes = key
    hops = row.get("mean_hops", hops)
    start = [what, f"{hops:.1f}" if isinstance(hops, float) else str(hops or "–"), str(processes)]
    if "failed" in row:
        return [*start, row["failed"], *[""] * 8]
    ratio = number(ours["rate"] / row["rate"]) if ours and ours is not row else ""
    files = number(row["rate_with_files"]) if row["rate_with_files"] else "–"
    counts = [f"{row[name]:,.0f}" for name in ("rows", "mean_context_chars", "distinct_contexts", "distinct_rows")]
    return [*start, *counts, number(row["rate"]), files, number(row["contexts"]), f"{row['peak_rss_mb']:.0f}", ratio]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def table(lines):
    rule = ["---", *["--:"] * (len(lines[0]) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [lines[0], rule, *lines[1:]])


def heading(title, command):
    """What ran where and when."""
    cores, memory = os.cpu_count(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("synthrl", "datasets", "pyarrow"))
    machine = f"{platform.system()} {platform.machine()}, {cores} cores, {memory:.0f} GB of memory, load {os.getloadavg()[2]:.1f}; Python {platform.python_version()}"
    return f"# {title}\n\n`{command}`\n\n{datetime.date.today()}; {machine}; {versions}; medians where a run is repeated.\n"


NOTES = """
- **rows/s** is making whole rows, question and context, from after the imports: no files are written. **With files** is
  the same up to files on disk: Arrow for ours (`download_and_prepare`), JSON for phantom-wiki.
- **load** is the machine's in the last quarter of an hour, this benchmark's own one or two included: above two, other work
  ran beside it, absolute figures are low and two processes gain little; ratios hold better.
- **peak MB** is that of the largest process, imports included. In these runs rows are kept in a list until counted.
- **phantom-wiki, one world** is its fastest: one world is made, then asked until what the world cost hardly shows. All its
  rows share one context, and questions repeat. **Fresh worlds** is the nearest to ours, where every row has a context of
  its own: four worlds, each asked one question of each type, which is the fewest it asks. Solution traces, log and
  progress bars are off; ours includes the steps, the supporting facts and a worked solution.
- **hops** are phantom-wiki's own count of look-ups, on average: it has no knob for exactly so many.
- **reasoning-gym**'s `family_relationships` has no knob for hops or length: compare its rows/s with the length of its context.
- The last column compares with our row of the same hops, length and processes; for reasoning-gym, with ours at 4 hops and
  4,000 characters.
"""


def best(rows, what, hops, chars, figure):
    """The highest over the numbers of processes, or None where it was not measured."""
    found = [row[figure] for key, row in rows.items() if key[:3] == (what, hops, chars) and figure in row]
    return max(found, default=None)


def overview(rows):
    """Ours beside the fastest that phantom-wiki does in each way, whatever number of processes that takes."""
    lines = [["context, characters", "hops", "ours, rows/s", "phantom-wiki, one world for all", "ratio", "phantom-wiki, fresh worlds", "ratio", "ours, contexts/s", "phantom-wiki, fresh worlds", "ratio"]]  # fmt: skip
    for chars in LENGTHS:
        for hops in PHANTOM_DEPTHS:
            ours = best(rows, "synthrl", hops, chars, "rate")
            theirs = [best(rows, f"phantom-wiki, {way}", hops, chars, "rate") for way in ("one world", "fresh worlds")]
            contexts = best(rows, "synthrl", hops, chars, "contexts")
            compared = [
                (ours, theirs[0]),
                (ours, theirs[1]),
                (contexts, best(rows, "phantom-wiki, fresh worlds", hops, chars, "contexts")),
            ]
            pairs = [[number(b), number(a / b)] if a and b else ["–", "–"] for a, b in compared]
            shown = [number(a) if a else "–" for a in (ours, contexts)]
            lines.append([f"{chars:,}", str(hops), shown[0], *pairs[0], *pairs[1], shown[1], *pairs[2]])
    return f"{table(lines)}\n\nRatios are ours over theirs. Details and what the columns mean follow.\n"


def release_of(peer):
    """Name and version of a peer, with what it runs on."""
    python = CACHE / f"{peer}=={PEERS[peer]}" / "bin" / "python"
    commands = [[str(python), "--version"], *([["swipl", "--version"]] if peer == "phantom-wiki" else [])]
    runs_on = [
        subprocess.run(command, capture_output=True, text=True).stdout.split(" for ")[0].strip() for command in commands
    ]
    return f"{peer} {PEERS[peer]} ({', '.join(runs_on)})"


def report(asked, rows, missing, command):
    parts = [heading("Generating questions: speed and memory", command)]
    installed = [release_of(peer) for peer in PEERS if peer not in missing]
    parts.append(f"Peers: {', '.join(installed) or 'none'}.\n")
    parts += [f"**Left out: {peer}. {reason}**\n" for peer, reason in missing.items()]
    if "phantom-wiki" not in missing:
        parts.append(overview(rows))
    for chars in (*LENGTHS, 0):
        lines = [line(k, rows[k], comparable(k, rows)) for k in asked if k[2] == chars]
        if lines:
            parts.append(
                f"## {f'Contexts of {chars:,} characters' if chars else 'Short stories'}\n\n{table([HEADER, *lines])}\n"
            )
    return "\n".join([*parts, "## How to read it", NOTES])


def comparable(key, rows):
    """Our row to compare a row with."""
    _, hops, chars, processes = key
    ours = rows["synthrl", hops or 4, chars or 4_000, processes]
    return None if "failed" in ours else ours


def million():
    """Stream a million rows; fails if memory grows past the bound."""
    done = subprocess.run(
        [sys.executable, str(HERE / "ours.py"), json.dumps({"stream": MILLION})],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    run = json.loads(done.stdout)
    cells = [
        f"{run['rows']:,}",
        f"{run['seconds']:,.0f}",
        f"{run['rows'] / run['seconds']:,.0f}",
        f"{run['mean_context_chars']:,.0f}",
        f"{run['peak_rss_mb']:.0f}",
    ]
    lines = [["rows", "seconds", "rows/s", "context, characters", "peak MB"], cells]
    text = heading("A million rows, streamed in one process", "python benchmarks/generation.py --million")
    (HERE / "million.md").write_text(
        f"{text}\n{table(lines)}\n\nThe default configuration as `load_dataset(..., streaming=True)` gives it; must stay under {MOST_MB} MB.\n"
    )
    print((HERE / "million.md").read_text())
    return 0 if run["peak_rss_mb"] < MOST_MB and run["rows"] == MILLION else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, alternated (default: 3)")
    parser.add_argument("--million", action="store_true", help="stream a million rows instead")
    options = parser.parse_args()
    if options.million:
        return million()
    found = {peer: python_for(peer) for peer in PEERS}
    missing = {peer: reason for peer, (python, reason) in found.items() if not python}
    for peer, reason in missing.items():
        print(f"{peer} is left out: {reason}", file=sys.stderr)
    asked = cases({peer: python for peer, (python, _) in found.items()})
    runs = {key: [] for key in asked}
    for number_of_round in range(options.rounds):
        for key, case in asked.items():
            runs[key].append(measure(*case))
            print(f"round {number_of_round + 1}", key, runs[key][-1], file=sys.stderr, flush=True)
    command = f"python benchmarks/generation.py --rounds {options.rounds}"
    text = report(asked, {key: summary(done) for key, done in runs.items()}, missing, command)
    (HERE / "generation.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
