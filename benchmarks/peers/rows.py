"""One measured run on one core, of a dataset of ours or of a task of reasoning-gym: options as JSON in, figures as JSON out.

    python benchmarks/peers/rows.py '{"dataset": "fiction_kinship", "knobs": {"hops": 3}, "rows": 10000}'      # in our environment
    PEERS/bin/python benchmarks/peers/rows.py '{"task": "knights_knaves", "knobs": {"n_people": 6}, "rows": 1000}'  # in the peer's

Rows are made one by one and none is kept. The clock counts this process's CPU seconds only, from after the imports and
some rows that are not counted, in which templates compile and caches fill. With "phases", a mapping like that of
`families.py`, ours instead tells the share of CPU time, by samples of the stack, that goes into each.
"""

import importlib
import itertools
import json
import resource
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path

UNCOUNTED, LOOKED_AT = 320, 1000


def ours(dataset, knobs):
    """A function from start and stop to rows."""
    make = importlib.import_module(f"synthrl.dataset_builders.{dataset}.builder").BUILDER
    with tempfile.TemporaryDirectory() as cache:
        builder = make(cache_dir=cache, validation=0, test=0, heldout_phrasing=0, **knobs)
    return lambda start, stop: builder.rows("train", start, stop)


def theirs(task, knobs):
    import reasoning_gym

    dataset = reasoning_gym.create_dataset(task, seed=0, size=1_000_000, **knobs)
    return lambda start, stop: (dataset[i] for i in range(start, stop))


def seconds(make, start, stop):
    began = time.process_time()
    deque(make(start, stop), 0)
    return time.process_time() - began


def looked_at(rows):
    """Of some rows: characters of what is asked and of its worked solution, and how many are different."""
    asked = [row["prompt"][-1]["content"] if "prompt" in row else row["question"] for row in rows]
    solved = [row.get("solution") or row["metadata"].get("answer_cot", "") for row in rows]
    chars = {"prompt_chars": sum(map(len, asked)) / len(rows), "solution_chars": sum(map(len, solved)) / len(rows)}
    return {**chars, "different": len(set(asked)) / len(rows)}


def sampled(run, dataset, phases):
    """The share of samples in each phase, which is that of the innermost function of the dataset's own that belongs to one."""
    of = {name: phase for phase, names in phases.items() for name in names}
    counts = Counter()

    def sample(_, frame):
        while frame:
            path = Path(frame.f_code.co_filename)
            if path.parent.name == dataset:
                phase = of.get(f"{path.stem}.{frame.f_code.co_name}") or of.get(path.stem)
                if phase:
                    counts[phase] += 1
                    return
            frame = frame.f_back

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)  # or as often as the kernel's clock ticks
    run()
    signal.setitimer(signal.ITIMER_PROF, 0)
    return {phase: counts[phase] / counts.total() for phase in phases}


def measure(options):
    make = (theirs if "task" in options else ours)(options.get("task") or options["dataset"], options["knobs"])
    first, last = min(UNCOUNTED, options["rows"] // 4), options["rows"]
    seconds(make, 0, first)
    if "phases" in options:
        return sampled(lambda: seconds(make, first, first + last), options["dataset"], options["phases"])
    took = seconds(make, first, first + last)
    rows = list(itertools.islice(make(first, first + last), LOOKED_AT))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": last / took, "rows": last, **looked_at(rows), "peak_rss_mb": peak}


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
