"""One measured run of reasoning-gym's family_relationships, in its own environment: JSON in, JSON out.

    python benchmarks/peers/with_reasoning_gym.py '{"rows": 20000, "processes": 1}'

Its stories are of 4 to 8 relatives and the relation asked is one word: there is no knob for hops, nor for a long text.
"""

import hashlib
import json
import multiprocessing
import resource
import sys
import time

import reasoning_gym


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def generate(start, stop):
    dataset = reasoning_gym.create_dataset("family_relationships", seed=0, size=stop)
    began = time.perf_counter()
    rows = [dataset[i] for i in range(start, stop)]
    seconds = time.perf_counter() - began
    stories = [row["question"].partition("\n\n")[0] for row in rows]
    return seconds, sum(map(len, stories)), {digest(s) for s in stories}, {digest(row["question"]) for row in rows}


def measure(options):
    n, processes = options["rows"], options["processes"]
    parts = [n * i // processes for i in range(processes + 1)]
    if processes == 1:
        done = [generate(0, n)]
    else:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            done = pool.starmap(generate, zip(parts, parts[1:], strict=False), chunksize=1)
    return {
        "rows": n,
        "seconds": max(seconds for seconds, *_ in done),
        "mean_context_chars": sum(chars for _, chars, *_ in done) / n,
        "distinct_contexts": len(set().union(*[stories for _, _, stories, _ in done])),
        "distinct_rows": len(set().union(*[rows for *_, rows in done])),
    }


if __name__ == "__main__":
    figures = measure(json.loads(sys.argv[1]))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({**figures, "peak_rss_mb": peak}))
