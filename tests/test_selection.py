"""Rows chosen by pass rates: each rule by tables, and the laws that all of them keep."""

import doctest
import math
import random
from collections import Counter
from functools import partial
from itertools import count

import pytest
from datasets import Dataset
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthrl import selection
from synthrl.selection import (
    band,
    control,
    matched_control,
    mixed,
    mixed_at_least,
    rate_at_least,
    search,
    seldom_solved,
    select,
    spread,
    surest,
    target,
    voted,
    wilson,
)

RULES = {
    "seldom_solved": seldom_solved,
    "band": band,
    "wide band": partial(band, low=0, high=1),
    "spread": spread,
    "target": target,
    "low target": partial(target, mean=0.1, width=0.05),
    "surest": surest,
    "surest of much": partial(surest, least=0.6, group=4),
}
SAME = settings(derandomize=True, deadline=None, max_examples=60)
FLAT = partial(band, low=0, high=1)  # all alike: only ties decide


def rates(most: int = 40):
    """Columns of distinct ids, k and n, some of them never asked."""
    row = st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    column = st.lists(st.tuples(st.integers(0, 10**6), row), max_size=most, unique_by=lambda pair: pair[0])
    return column.map(
        lambda pairs: ([f"row {name}" for name, _ in pairs], [k for _, (k, _) in pairs], [n for *_, (_, n) in pairs])
    )


def chance(k: int, n: int, p: float) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


def test_the_examples_of_the_page_hold():
    assert doctest.testmod(selection).failed == 0


# Pass rates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # Newcombe 1998
        (15, 148, 0.0624, 0.1605),
        (81, 263, 0.2553, 0.3662),
        (0, 0, 0.0, 1.0),  # never asked: nothing is known
        (2.5, 5, 0.1704, 0.8296),  # the sum of rows' own means need not be whole; symmetric about a half
    ],
)
def test_wilson(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=6e-5)


def test_wilson_is_wider_for_more_confidence_and_refuses_what_is_no_rate():
    assert wilson(3, 10, 0.99)[0] < wilson(3, 10)[0] < 0.3 < wilson(3, 10)[1] < wilson(3, 10, 0.99)[1]
    with pytest.raises(ValueError, match="k: got 3, expected a number from 0 to n=2"):
        wilson(3, 2)


@pytest.mark.parametrize(
    ("k", "n", "confidence", "low"),
    [
        (0, 10, 0.95, 0.0),  # nothing right: no rate is too low
        (5, 10, 0.975, 0.1871),  # Clopper and Pearson 1934: half of the two-sided 95% interval
        (10, 10, 0.95, 0.05 ** (1 / 10)),  # all right: in closed form
        (1, 64, 0.95, 1 - 0.95 ** (1 / 64)),
        (3000, 6000, 0.95, 0.4893),  # large n overflows nothing; near the normal 0.5 - 1.645 · 0.00645
    ],
)
def test_rate_at_least(k, n, confidence, low):
    assert rate_at_least(k, n, confidence) == pytest.approx(low, abs=6e-5)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.93, 1.0])
@pytest.mark.parametrize("group", [2, 3])
def test_mixed_is_what_counting_all_groups_gives(p, group):
    groups = [[bool(bits >> i & 1) for i in range(group)] for bits in range(2**group)]
    both = sum(math.prod(p if right else 1 - p for right in each) for each in groups if len(set(each)) == 2)
    assert mixed(p, group) == pytest.approx(both)


@pytest.mark.parametrize(
    ("k", "n", "group", "confidence", "bound"),
    [
        (0, 8, 8, 0.95, 0.0),
        (8, 8, 8, 0.95, 0.0),
        (4, 8, 8, 0.95, 0.820),  # p is 0.193 to 0.807, each with 95%
        (4, 8, 8, 0.975, 0.745),  # so this is the usual two-sided interval: 0.157 to 0.843
        (1, 64, 2, 0.95, 0.0016),  # 2p(1-p) at p = 0.0008
    ],
)
def test_mixed_at_least(k, n, group, confidence, bound):
    assert mixed_at_least(k, n, group, confidence) == pytest.approx(bound, abs=2e-3 * (bound > 0.01) + 6e-5)


@SAME
@given(st.integers(1, 30), st.floats(0, 1), st.sampled_from([0.8, 0.95]), st.sampled_from([2, 8]))
def test_the_bound_is_too_high_no_more_often_than_it_says(n, p, confidence, group):
    wrong = sum(
        chance(k, n, p) for k in range(n + 1) if mixed_at_least(k, n, group, confidence) > mixed(p, group) + 1e-9
    )
    assert wrong <= 1 - confidence + 1e-9


# Rules ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "k", "n", "why"),
    [
        (band, 0, 8, "never solved"),
        (band, 8, 8, "always solved"),
        (band, 1, 8, "outside 0.2-0.8"),
        (partial(band, low=0.25), 1, 8, "outside 0.25-0.8"),
        (spread, 0, 8, "never solved"),
        (spread, 8, 8, "always solved"),
        (target, 0, 8, "never solved"),
        (partial(target, width=0.1), 1, 8, "outside 0.5 ± 0.3"),
        (surest, 0, 64, "never solved"),
        (surest, 1, 1, "always solved"),
        (partial(surest, least=0.5), 1, 8, "mixed in 0.05 of groups, 0.5 wanted"),
        (partial(voted, margin=0.0), 4, 8, "votes tied"),
        (partial(voted, margin=1.0), 0, 8, "never solved"),
        (partial(voted, margin=0.1, least=0.1), 4, 8, "margin × bound 0.082, 0.1 wanted"),
    ],
)
def test_why_a_row_is_dropped(rule, k, n, why):
    assert rule(k, n) == why


@pytest.mark.parametrize(
    ("rule", "k", "n"),
    [
        (band, 1, 5),  # both ends belong to it
        (band, 4, 5),
        (partial(band, low=0), 0, 8),  # asked for, never solved is within
        (partial(target, mean=0.05), 0, 8),
        (seldom_solved, 0, 8),  # last, but not dropped
        (seldom_solved, 8, 8),
        (partial(surest, least=0.04), 1, 8),
    ],
)
def test_what_is_not_dropped(rule, k, n):
    assert isinstance(rule(k, n), float)


@pytest.mark.parametrize(
    ("rule", "order"),  # of k of 8, best first; those that are missing are dropped
    [
        (seldom_solved, [[1], [2], [3], [4], [5], [6], [7], [8], [0]]),
        (band, [[2, 3, 4, 5, 6]]),
        (spread, [[4], [3, 5], [2, 6], [1, 7]]),
        (target, [[4], [3, 5], [2, 6], [1, 7]]),
        (partial(target, mean=0.25, width=0.1), [[2], [1, 3], [0, 4]]),
        (surest, [[4], [3, 5], [2, 6], [1, 7]]),
    ],
)
def test_order(rule, order):
    picked = select(range(9), range(9), [8] * 9, rule)
    assert [sorted(picked.kept[sum(map(len, order[:i])) :][: len(each)]) for i, each in enumerate(order)] == order
    assert set(picked.dropped) == set(range(9)).difference(*order)


@pytest.mark.parametrize("rule", [surest, target])
def test_of_two_rates_alike_the_one_from_more_samples_is_better(rule):
    assert rule(32, 64) > rule(4, 8) > rule(1, 2)


def test_what_luck_with_few_samples_gives_is_not_preferred_by_the_bound():
    assert spread(1, 2) > spread(24, 64) and surest(1, 2) < surest(24, 64)


def test_the_width_says_how_much_a_surer_rate_may_be_farther():
    near_but_unsure, sure = (2, 4), (100, 256)
    assert target(*near_but_unsure, width=0.3) < target(*sure, width=0.3)
    assert target(*near_but_unsure, width=0.04) > target(*sure, width=0.04)


def test_votes_count_as_much_as_the_bound():
    ids, k, n, margins = ["hard", "sure", "split", "tied"], [1, 4, 4, 4], [8] * 4, [1.0, 0.9, 0.5, 0.0]
    picked = select(ids, k, n, voted, margins=margins)
    assert [ids[i] for i in picked.kept] == ["sure", "split", "hard"]
    assert picked.dropped == {3: "votes tied"}
    assert voted(4, 8, 0.5) == 0.5 * surest(4, 8)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (partial(band, low=0.8, high=0.2), "band: got '0.8-0.2', expected two rates from 0 to 1, the lower first"),
        (partial(target, width=0), "width: got 0, expected more than 0"),
        (partial(surest, confidence=95), "confidence: got 95, expected more than 0.5 and less than 1"),
        (partial(surest, group=1), "group: got 1, expected 2 answers or more"),
        (lambda k, n: math.nan, "row a: rule: got nan, expected a finite number, or why it is dropped"),
    ],
)
def test_knobs_that_mean_nothing_are_refused(rule, words):
    with pytest.raises(ValueError, match="^" + words.replace(".", r"\.") + "$"):
        select(["a"], [1], [2], rule)


# Selections ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "words"),
    [
        ([3], [2], "row a: k: got 3, expected a whole number from 0 to n=2"),
        ([-1], [2], "row a: k: got -1, expected a whole number from 0 to n=2"),
        ([math.nan], [2], "row a: k: got nan, expected a whole number from 0 to n=2"),
        ([1], [math.nan], "row a: n: got nan, expected a whole number from 0"),
        ([None], [2], "row a: k: got None, expected a whole number from 0 to n=2"),
        ([0.5], [2], "row a: k: got 0.5, expected a whole number from 0 to n=2"),  # a rate, where a count belongs
        ([1], [-1], "row a: n: got -1, expected a whole number from 0"),
        ([1, 2], [2, 2], "k: got '2 values', expected one for each of the 1 ids"),
    ],
)
def test_figures_that_are_no_pass_rate_are_refused(k, n, words):
    with pytest.raises(ValueError, match="^" + words.replace(".", r"\.") + "$"):
        select(["a"], k, n, spread)


def test_other_things_that_are_refused():
    with pytest.raises(ValueError, match=r"ids: got \['a'\], expected each once"):
        select(["a", "a"], [1, 1], [2, 2], spread)
    for take in (0, -1, 1.5):
        with pytest.raises(ValueError, match="take: got .*, expected a whole number from 1, or None"):
            select(["a"], [1], [2], spread, take=take)
    for margin in (1.5, -0.1, math.nan, None):
        with pytest.raises(ValueError, match="row a: margin: got .*, expected a number from 0 to 1"):
            select(["a"], [1], [2], voted, margins=[margin])


@pytest.mark.parametrize(
    ("k", "n", "take", "kept", "dropped"),
    [
        ([], [], 5, [], {}),  # no rows: none chosen
        ([0, 0], [0, 4], 5, [1], {0: "never asked"}),  # not measured is not never solved
        ([0, 1], [4, 4], 9, [1, 0], {}),  # fewer than wanted: all there are
        ([2.0, 1.0], [4.0, 4.0], 1, [1], {0: "rank 2 of 2, 1 taken"}),  # whole numbers, as a table with gaps has them
    ],
)
def test_selections_at_the_edge(k, n, take, kept, dropped):
    assert select(range(len(k)), k, n, seldom_solved, take) == (kept, dropped)


def test_where_none_is_ever_solved_the_paper_s_rule_takes_what_there_is_and_the_others_none():
    ids, k, n = range(6), [0] * 6, [8] * 6
    assert len(select(ids, k, n, seldom_solved, take=4).kept) == 4
    for rule in (band, spread, target, surest):
        assert select(ids, k, n, rule, take=4) == ([], dict.fromkeys(range(6), "never solved"))


def test_columns_of_a_dataset_will_do():
    rows = Dataset.from_dict({"id": ["a", "b", "c"], "k": [0, 2, 3], "n": [4, 4, 4], "margin": [1.0, 0.1, 1.0]})
    picked = select(rows["id"], rows["k"], rows["n"], voted, margins=rows["margin"])
    assert rows.select(picked.kept)["id"] == ["c", "b"]


def test_ties_go_by_id_and_favour_no_place():
    ids = [f"row {i}" for i in range(400)]
    kept = select(ids, [1] * 400, [2] * 400, spread, take=200).kept
    assert 80 < sum(i < 200 for i in kept) < 120
    assert select([f"other {i}" for i in range(400)], [1] * 400, [2] * 400, spread, take=200).kept != kept


def test_rates_as_far_on_either_side_tie_though_their_last_bits_differ():
    assert abs(7 / 10 - 0.5) < abs(3 / 10 - 0.5)
    ids = [f"row {i}" for i in range(400)]
    kept = select(ids, [3, 7] * 200, [10] * 400, target, take=200).kept
    assert 70 < sum(i % 2 for i in kept) < 130


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@SAME
@given(data=rates(), take=st.none() | st.integers(1, 50), shuffle=st.randoms(use_true_random=False))
def test_laws_of_every_selection(rule, data, take, shuffle):
    ids, k, n = data
    kept, dropped = select(ids, k, n, rule, take)

    assert sorted([*kept, *dropped]) == list(range(len(ids)))  # each row is kept once, or dropped for a reason
    assert all(dropped.values())
    passing = [i for i in range(len(ids)) if n[i] and not isinstance(rule(k[i], n[i]), str)]
    assert set(kept) <= set(passing)
    assert len(kept) == (len(passing) if take is None else min(take, len(passing)))

    order = shuffle.sample(range(len(ids)), len(ids))
    moved = select([ids[i] for i in order], [k[i] for i in order], [n[i] for i in order], rule, take)
    assert [order[i] for i in moved.kept] == kept
    assert {order[i]: why for i, why in moved.dropped.items()} == dropped

    again = select([ids[i] for i in kept], [k[i] for i in kept], [n[i] for i in kept], rule, take)
    assert again == (list(range(len(kept))), {})  # what was selected is selected again, in the same order


CENTRES = {"spread": 0.5, "target": 0.5, "low target": 0.1, "surest": 0.5, "surest of much": 0.5}


@pytest.mark.parametrize("name", CENTRES)
@SAME
@given(n=st.integers(1, 64), data=st.data())
def test_of_rows_asked_as_often_no_nearer_one_is_dropped_for_a_farther(name, n, data):
    k = data.draw(st.lists(st.integers(0, n), min_size=2, max_size=30))
    kept, dropped = select(range(len(k)), k, [n] * len(k), RULES[name], take=data.draw(st.integers(1, len(k))))
    assume(kept and dropped)
    off = [abs(right / n - CENTRES[name]) for right in k]
    assert max(off[i] for i in kept) <= min(off[i] for i in dropped) + 1e-9


@SAME
@given(rates(), st.integers(1, 20))
def test_the_paper_s_rule_keeps_no_easier_row_for_a_harder_and_none_never_solved_for_a_solved(data, take):
    ids, k, n = data
    kept, dropped = select(ids, k, n, seldom_solved, take)
    rate = [right / asked if right else 2 for right, asked in zip(k, n, strict=True)]
    left = [rate[i] for i in dropped if n[i]]
    assert max((rate[i] for i in kept), default=0) <= min(left, default=2)


# Candidates as they come ---------------------------------------------------------------------------------------------


def test_search_stops_as_soon_as_enough_have_passed():
    made = []

    def candidates():
        for number in count():
            made.append(number)
            yield f"row {number}", number % 5, 4

    found = search(candidates(), band, take=4, budget=100)
    assert found.rows == ["row 1", "row 2", "row 3", "row 6"]
    assert found.selection == ([1, 2, 3, 6], {0: "never solved", 4: "always solved", 5: "never solved"})
    assert found.short == ""
    assert made == list(range(7))  # not one was made in vain


def test_search_within_its_budget():
    endless = ((number, number % 2, 2) for number in count())
    found = search(endless, band, take=4, budget=7)
    assert found.rows == [1, 3, 5] and len(found.selection.dropped) == 4
    assert found.short == "the budget of 7 candidates is used up: 3 of 4 rows passed"
    assert next(endless)[0] == 7  # the eighth was never asked for


def test_search_when_candidates_end():
    found = search([("a", 1, 2), ("b", 0, 0)], band, take=4, budget=100)
    assert (found.rows, found.selection.dropped) == (["a"], {1: "never asked"})
    assert found.short == "all 2 candidates are used up: 1 of 4 rows passed"
    assert search([], band, take=1, budget=1).short == "all 0 candidates are used up: 0 of 1 rows passed"


def test_search_by_margin_and_what_it_refuses():
    found = search([("a", 1, 2, 0.0), ("b", 1, 2, 1.0)], voted, take=1, budget=9)
    assert found.rows == ["b"] and found.selection.dropped == {0: "votes tied"}
    with pytest.raises(ValueError, match="candidate 1: k: got 3, expected a whole number from 0 to n=2"):
        search([("a", 1, 2), ("b", 3, 2)], band, take=2, budget=9)
    with pytest.raises(ValueError, match="budget: got 3, expected candidates enough for take=4"):
        search([], band, take=4, budget=3)
    with pytest.raises(ValueError, match="take: got 0, expected a whole number from 1"):
        search([], band, take=0, budget=3)


@SAME
@given(rates(), st.integers(1, 10), st.integers(10, 50))
def test_search_finds_the_first_of_what_selecting_from_all_finds(data, take, budget):
    ids, k, n = data
    found = search(zip(ids, k, n, strict=True), band, take, budget)
    assert found.selection.kept == sorted(select(ids[:budget], k[:budget], n[:budget], band).kept)[:take]
    assert found.rows == [ids[i] for i in found.selection.kept]
    assert bool(found.short) == (len(found.rows) < take)


# Controls ------------------------------------------------------------------------------------------------------------


@SAME
@given(st.integers(0, 60), st.data(), st.integers(0, 5))
def test_laws_of_a_control(size, data, seed):
    ids = [f"row {i}" for i in range(size)]
    picked = data.draw(st.sets(st.integers(0, size - 1), max_size=size // 2) if size else st.just(set()))
    for apart in ((), picked):
        kept, dropped = control(ids, len(picked), seed, apart)
        assert len(kept) == len(picked) and not set(kept) & set(apart)
        assert sorted([*kept, *dropped]) == list(range(size))
        assert {i for i, why in dropped.items() if why == "selected"} == set(apart)
    assert control(ids[::-1], len(picked), seed).kept == [size - 1 - i for i in control(ids, len(picked), seed).kept]


def test_a_control_favours_no_row_and_knows_nothing_of_how_ties_are_broken():
    ids = [f"row {i}" for i in range(40)]
    tied = set(select(ids, [1] * 40, [2] * 40, FLAT, take=20).kept)
    drawn = Counter(i for seed in range(400) for i in control(ids, 10, seed).kept)
    assert all(60 < drawn[i] < 145 for i in range(40))  # 100 expected, five standard deviations either way
    share = sum(drawn[i] for i in tied) / drawn.total()
    assert share == pytest.approx(0.5, abs=0.04)


def test_controls_that_are_refused():
    with pytest.raises(ValueError, match="n: got 3, expected at most the 2 rows there are to draw from"):
        control("abc", 3, seed=0, apart_from=[1])
    with pytest.raises(ValueError, match=r"apart_from: got \[3\], expected indices of the 3 rows"):
        control("abc", 1, seed=0, apart_from=[3])
    with pytest.raises(ValueError, match=r"selected: got \[-1\], expected indices of the 3 rows"):
        matched_control("abc", [-1], [2, 2, 3], seed=0)
    with pytest.raises(ValueError, match="selected of 3: got 1, expected at most the 0 others of the sort"):
        matched_control("abc", [2], [2, 2, 3], seed=0, overlap=False)
    with pytest.raises(ValueError, match="alike: got '1 values', expected one for each of the 3 ids"):
        matched_control("abc", [2], [2], seed=0)


@SAME
@given(st.lists(st.tuples(st.integers(2, 4), st.sampled_from(["chain", "count"])), max_size=60), st.data())
def test_laws_of_a_matched_control(sorts, data):
    ids = [f"row {i}" for i in range(len(sorts))]
    halves = [i for i in range(len(sorts)) if sorts[:i].count(sorts[i]) % 2]  # at most half of each sort
    picked = data.draw(st.sets(st.sampled_from(halves)) if halves else st.just(set()))
    for overlap in (True, False):
        kept, dropped = matched_control(ids, picked, sorts, seed=1, overlap=overlap)
        assert Counter(sorts[i] for i in kept) == Counter(sorts[i] for i in picked)
        assert sorted([*kept, *dropped]) == list(range(len(sorts)))
        assert overlap or not set(kept) & picked
        back = matched_control(ids[::-1], [len(ids) - 1 - i for i in picked], sorts[::-1], seed=1, overlap=overlap)
        assert [len(ids) - 1 - i for i in back.kept] == kept


def test_a_seed_draws_other_rows_and_the_global_generator_is_left_alone():
    ids, before = [f"row {i}" for i in range(100)], random.getstate()
    assert control(ids, 50, seed=0).kept != control(ids, 50, seed=1).kept
    assert (
        matched_control(ids, range(50), [0] * 100, seed=0).kept
        != matched_control(ids, range(50), [0] * 100, seed=1).kept
    )
    assert random.getstate() == before


def test_a_rule_is_a_function_and_has_what_it_goes_by():
    with pytest.raises(ValueError, match="rule: got 'spread', expected a function"):
        select(["a"], [1], [2], "spread")
    with pytest.raises(ValueError, match="margins: got None, expected those of the votes"):
        select(["a"], [1], [2], voted)
