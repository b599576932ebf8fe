"""One measured run of fiction_multihop: options as JSON in, figures as JSON out. `generation.py` calls it.

python benchmarks/ours.py '{"hops": 4, "context_chars": 4000, "rows": 1000, "processes": 1}'
python benchmarks/ours.py '{"stream": 1000000}'
"""

import hashlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time

from synthrl.dataset_builders.fiction_multihop.builder import BUILDER


def make(options, cache_dir):
    """A builder with one split of so many rows."""
    knobs = {knob: options[knob] for knob in ("hops", "context_chars") if knob in options}
    empty = {"validation": 0, "test": 0, "heldout_phrasing": 0}
    return BUILDER(train=options.get("rows", options.get("stream")), cache_dir=cache_dir, **empty, **knobs)


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def context(row):
    return "\n".join(" ".join(sentences) for sentences in row["context"]["sentences"])


def generate(options, cache_dir, start, stop):
    """Rows `start` to `stop`: the seconds they took, then their contexts and questions as hashes."""
    builder = make(options, cache_dir)
    began = time.perf_counter()
    rows = list(builder.rows("train", start, stop))
    seconds = time.perf_counter() - began
    contexts = [context(row) for row in rows]
    return (
        seconds,
        sum(map(len, contexts)),
        {digest(c) for c in contexts},
        {digest(c + r["question"]) for c, r in zip(contexts, rows, strict=True)},
    )


def measure(options):
    n, processes = options["rows"], options["processes"]
    parts = [n * i // processes for i in range(processes + 1)]
    with tempfile.TemporaryDirectory() as cache:
        jobs = [(options, cache, start, stop) for start, stop in zip(parts, parts[1:], strict=False)]
        if processes == 1:
            done = [generate(*jobs[0])]
        else:
            with multiprocessing.get_context("fork").Pool(processes) as pool:
                done = pool.starmap(generate, jobs, chunksize=1)
        builder = make(options, cache)
        began = time.perf_counter()
        builder.download_and_prepare(num_proc=processes if processes > 1 else None)
        seconds_with_files = time.perf_counter() - began
    return {
        "rows": n,
        "seconds": max(seconds for seconds, *_ in done),
        "seconds_with_files": seconds_with_files,
        "mean_context_chars": sum(chars for _, chars, *_ in done) / n,
        "distinct_contexts": len(set().union(*[contexts for _, _, contexts, _ in done])),
        "distinct_rows": len(set().union(*[questions for *_, questions in done])),
    }


def stream(options):
    """Rows as `load_dataset(..., streaming=True)` gives them: none is kept, nothing is written."""
    with tempfile.TemporaryDirectory() as cache:
        rows = iter(make(options, cache).as_streaming_dataset(split="train"))
        began, count, chars = time.perf_counter(), 0, 0
        for count, row in enumerate(rows, start=1):
            chars += len(context(row))
            if count % 50_000 == 0:
                print(
                    f"{count:,} rows, {time.perf_counter() - began:,.0f} s, peak {peak_mb():.0f} MB",
                    file=sys.stderr,
                    flush=True,
                )
        return {"rows": count, "seconds": time.perf_counter() - began, "mean_context_chars": chars / count}


def peak_mb():
    """Of the largest process."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    figures = stream(asked) if "stream" in asked else measure(asked)
    print(json.dumps({**figures, "peak_rss_mb": peak_mb()}))
