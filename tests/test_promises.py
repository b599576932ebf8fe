"""The promises of fiction_multihop's card, on thousands of rows of every kind and depth."""

import pytest

from synthrl.app import guess
from synthrl.dataset_builders.fiction_multihop.builder import BUILDER


@pytest.mark.slow
@pytest.mark.parametrize("hops", [2, "3-6"])
def test_no_shortcut_pays(tmp_path, hops):
    """Limits and guessers: synthrl.app.guess. The sample is large enough for a miss of 0.02 to be one."""
    rows = BUILDER(hops=hops, cache_dir=str(tmp_path)).rows("train", 0, 5_000)
    assert guess.verdict(rows) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("knobs", "rows"),
    [
        ({"hops": "1-10"}, 14_000),
        ({"hops": "2-16", "people": 64, "context_chars": 6_000}, 1_500),
        ({"hops": "1-6", "unanswerable": 0.5}, 2_000),
        ({"hops": "2-4", "context_chars": 32_000}, 500),
        ({"hops": "2-4", "worlds": 3, "people": 100}, 1_000),
        ({"hops": "1-4", "seed": 7}, 1_500),
    ],
    ids=str,
)
def test_rows_are_right(tmp_path, knobs, rows):
    """A grammar and a solver that share nothing with the generator find the same (see test_audit.py)."""
    from concurrent.futures import ProcessPoolExecutor

    starts = range(0, rows, 250)
    with ProcessPoolExecutor(2) as pool:
        failures = [
            f
            for found in pool.map(_failures, [knobs] * len(starts), starts, [str(tmp_path)] * len(starts))
            for f in found
        ]
    assert failures == []


def _failures(knobs, start, cache):
    from synthrl.dataset_builders.fiction_multihop.audit.check import check

    builder = BUILDER(cache_dir=cache, **knobs)
    return [f"{row['id']}: {message}" for row in builder.rows("train", start, start + 250) for message in check(row)]
