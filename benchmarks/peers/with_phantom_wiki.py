"""One measured run of phantom-wiki, in its own environment: options as JSON in, figures as JSON out.

    python benchmarks/peers/with_phantom_wiki.py '{"depth": 10, "people": 9, "trees": 1, "per_type": 50, "worlds": 1, "processes": 1}'

Everything it can leave out for speed is left out: solution traces, progress bars, its log. A world has at least one
question of each of its question types (8 at depth 6, 20 at depth 10, 50 at depth 20), and every question has all the
world's articles as its context. Its Prolog engine holds one world a process, so each world has a process of its own,
forked when everything is imported; the fork is not counted.
"""

import csv
import hashlib
import json
import logging
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ["TQDM_DISABLE"] = "1"

from phantom_wiki.generate_dataset import generate_dataset


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def world(options, seed, processes):
    """A world with its questions: seconds without and with writing files, then contexts and rows as hashes."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        generate_dataset(
            max_family_tree_size=options["people"],
            num_family_trees=options["trees"],
            question_depth=options["depth"],
            num_questions_per_type=options["per_type"],
            skip_solution_traces=True,
            use_multithreading=processes > 1,
            quiet=True,
            article_format="json",
            question_format="json",
            seed=seed,
            friendship_seed=seed,
            output_dir=folder,
        )
        with_files = time.perf_counter() - began
        timings = next(csv.DictReader((Path(folder) / "timings.csv").open()))
        questions = json.loads((Path(folder) / "questions.json").read_text())
        articles = json.loads((Path(folder) / "articles.json").read_text())
    seconds = with_files - sum(float(took) for what, took in timings.items() if what.endswith("_save"))
    text = "\n".join(article["article"] for article in articles)
    hops = sum(question["difficulty"] for question in questions)
    return (
        len(questions),
        hops,
        seconds,
        with_files,
        len(text),
        digest(text),
        {digest(text + q["question"]) for q in questions},
    )


def measure(options):
    processes, worlds = options["processes"], options["worlds"]
    if worlds == 1:  # its own way to use processes: they answer the queries of one world
        done, side_by_side = [world(options, 1, processes)], 1
    else:
        with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
            done = pool.starmap(world, [(options, seed, 1) for seed in range(1, worlds + 1)], chunksize=1)
        side_by_side = processes
    rows = sum(n for n, *_ in done)
    return {
        "rows": rows,
        "mean_hops": sum(hops for _, hops, *_ in done) / rows,
        "seconds": sum(seconds for _, _, seconds, *_ in done) / side_by_side,
        "seconds_with_files": sum(seconds for _, _, _, seconds, *_ in done) / side_by_side,
        "mean_context_chars": sum(n * chars for n, _, _, _, chars, _, _ in done) / rows,
        "distinct_contexts": len({context for *_, context, _ in done}),
        "distinct_rows": len(set().union(*[questions for *_, questions in done])),
    }


if __name__ == "__main__":
    figures = measure(json.loads(sys.argv[1]))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({**figures, "peak_rss_mb": peak}))
