"""One measured comparison of scorers: ours and a peer's on the same pairs, in one process, by turns.

    python benchmarks/peers/scorers.py evaluate < case.json         # in our environment
    PEERS/bin/python benchmarks/peers/scorers.py phantom-wiki < case.json       # in the peer's own

In comes {"cases": {"pairs": [[prediction, golds], ...], ..., "lists": [[prediction, answers], ...]}, "rounds": 9}, out go
the least CPU microseconds that each takes for one. Ours needs nothing installed, so it runs in the peer's interpreter.
`scoring.py` calls this.
"""

import gc
import hashlib
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import sys
import time
import types
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "synthrl-benchmarks"
SQUAD = CACHE / "evaluate-squad" / "compute_score.py"  # looked for where the Hub cannot be reached


def by_turns(sides, rounds, clock=time.process_time):
    """The least seconds of each side. They take turns, so that what else the machine does slows all alike."""
    least = dict.fromkeys(sides, math.inf)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, side in sides.items():
                began = clock()
                side()
                least[name] = min(least[name], clock() - began)
    finally:
        gc.enable()
    return least


def each(judge, cases):
    """A side: judge every (prediction, gold)."""

    def side():
        for prediction, gold in cases:
            judge(prediction, gold)

    return side


def ours():
    """{what is judged: {name: judge}}"""
    sys.path.insert(0, str(SRC))
    from synthrl.answers import score, score_set

    def by(convention):
        return lambda prediction, golds: score(prediction, golds, convention)

    by_words = {f"score, {convention}": by(convention) for convention in ("synthrl", "squad_v1.1", "hotpotqa")}
    return {"pairs": by_words, "pairs with one gold": by_words, "lists": {"score_set": score_set}}


def with_evaluate(cases):
    """Exact match and F1, each the best over the golds, as its compute_score() has them; nothing of its file locks."""
    if SQUAD.exists():
        spec = importlib.util.spec_from_file_location("compute_score", SQUAD)
        squad = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(squad)
    else:
        import evaluate

        metric = sys.modules[type(evaluate.load("squad")).__module__]
        squad = sys.modules[metric.compute_score.__module__]
    best, exact_match, f1 = squad.metric_max_over_ground_truths, squad.exact_match_score, squad.f1_score

    def judge(prediction, golds):
        return best(exact_match, prediction, golds), best(f1, prediction, golds)

    from synthrl.answers import score

    for prediction, golds in cases["pairs"]:
        mine, theirs = score(prediction, golds, "squad_v1.1"), judge(prediction, golds)
        if (mine.exact_match, mine.f1) != theirs:
            raise SystemExit(f"not the same figures: {prediction!r}, {golds!r}: {mine}, {theirs}")
    return {"pairs": judge, "pairs with one gold": judge}


def with_phantom_wiki(cases):
    """Its four figures, from the texts that it joins its answer lists to; as it has them, but without pandas."""
    site = Path(importlib.util.find_spec("phantom_wiki").origin).parents[1]
    for name, known in {  # what its package imports (vLLM among others) its scorer does not use
        "phantom_eval": {"__path__": [str(site / "phantom_eval")]},
        "datasets": {"Dataset": None, "load_dataset": None},
        "phantom_wiki.utils.hf_datasets": {"PhantomWikiDatasetBuilder": None},
    }.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(known)
    from phantom_eval.constants import answer_sep
    from phantom_eval.score import exact_match, f1, precision, recall

    def judge(prediction, answers):
        return tuple(
            [
                figure(prediction, answer_sep.join(answers), sep=answer_sep)
                for figure in (exact_match, precision, recall, f1)
            ]
        )

    cases["lists"] = [(said, [aliases[0] for aliases in answers]) for said, answers in cases["lists"]]
    return dict.fromkeys(cases, judge)


PEERS = {"evaluate": with_evaluate, "phantom-wiki": with_phantom_wiki}


def version(peer):
    """Of the package; and of evaluate's squad, which does not come in it, the file."""
    squad = hashlib.sha256(SQUAD.read_bytes()).hexdigest()[:12] if SQUAD.exists() else "of the Hub"
    return importlib.metadata.version(peer) + (f", squad's compute_score.py {squad}" if peer == "evaluate" else "")


def main():
    peer = sys.argv[1]
    asked = json.load(sys.stdin)
    judges = ours()
    theirs = PEERS[peer](its := dict(asked["cases"]))
    micros = {}
    for name, judge in theirs.items():
        sides = {mine: each(ours_of_it, asked["cases"][name]) for mine, ours_of_it in judges[name].items()}
        sides["its"] = each(judge, its[name])
        by_turns(sides, 1)
        best = by_turns(sides, asked["rounds"])
        micros[name] = {side: 1e6 * seconds / len(its[name]) for side, seconds in best.items()}
    print(json.dumps({"micros": micros, "python": platform.python_version(), "version": version(peer)}))


if __name__ == "__main__":
    main()
