"""`synthrl adapt`: a server on loopback solves rows at a rate that is a known function of their knobs."""

import doctest
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("httpx", reason="asking a model needs `pip install 'synthrl[synthesis]'`")

import datasets

from synthrl.app import adapt, cli, hub
from synthrl.seeding import digest
from synthrl.selection import mixed
from synthrl.synthesis import mixture
from synthrl.synthesis.mixture import NEAR, Cell, Estimate, Mixture, estimates, fit, mix, rate_at

SIZES = ["train=200", "validation=2", "test=2", "heldout_phrasing=0"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf")


def logit(x):
    return 1 / (1 + math.exp(-x))


def operations(row):
    """Half of the rows with five operations are solved."""
    return logit(1.2 * (5 - row["hops"]))


def by_kind(row):
    """Chains are solved at four hops as often as comparisons at two."""
    return logit({"chain": 4, "comparison": 2, "yesno": 40}[row["kind"]] - row["hops"])


class Solver:
    """A script that solves each row as often as `rate` says, by its prompt and how often that was asked."""

    def __init__(self, rate, name, words, vary=(), rows=40):
        self.rate, self.rows, self.seen, self.lock = rate, {}, Counter(), threading.Lock()
        for place in adapt.places(name, *adapt.grids(name, words, vary), rows):
            self.rows.update({json.dumps(row["prompt"]): row for row in place.rows.rows()})

    def __call__(self, number, body):
        prompt = json.dumps(body["messages"])
        with self.lock:
            self.seen[prompt] += 1
            luck = digest("luck", prompt, self.seen[prompt]) / 2**64
        row = self.rows[prompt]
        return row["solution"] if luck < self.rate(row) else "I do not know."


def words(server, name, *more, rows=12, samples=4):
    where = ["--model", "toy", "--base-url", server.url, "--cache", "cache"]
    return ["adapt", name, *SIZES, *where, "--rows-per-cell", str(rows), "--samples", str(samples), *more]


def as_data(*before):
    """What the recipes read in the written file."""
    pytest.importorskip("trl", reason="the recipes need `pip install 'synthrl[train]'`")
    from synthrl.recipes.fields import DataFields, parse

    (fields,) = parse((DataFields,), ["--config", *before, "mixture.yaml"])
    return fields.data


def parts():
    said = as_data()
    from synthrl.recipes.fields import read_part

    return [read_part(text) for text in said]


def rows():
    said = as_data()
    from synthrl.recipes.data import load

    return load(said, "train", 0)


ARITHMETIC = ["--vary", "operations=2-8,10"]


def test_the_mixture_holds_the_target_on_rows_that_were_not_asked(server, capsys):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 0
    found = parts()
    assert [part.name for part in found] == ["fiction_arithmetic"] * 2
    assert found[0].words[-1] in ("operations=4", "operations=5") and found[1].words[-1] in (
        "operations=5",
        "operations=6",
    )
    fresh = [row for row in rows() if int(row["id"].rpartition("/")[2]) >= 12]
    assert len(fresh) > 150
    assert sum(map(operations, fresh)) / len(fresh) == pytest.approx(0.5, abs=0.08)
    out = capsys.readouterr().out
    assert "expected 50.0% solved" in Path("mixture.yaml").read_text() and "mixture.yaml: 50.0% solved" in out
    line = next(line for line in out.splitlines() if line.startswith("operations=2 "))
    assert line.split()[1] == "12" and line.split()[2] > "85%"


def test_named_after_a_data_file_it_takes_the_place_of_its_data_alone(server):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=4-6"])
    assert cli.main(words(server, "fiction_arithmetic", "--vary", "operations=4-6")) == 0
    assert as_data("data/arithmetic") == as_data() and all("weight=" in part for part in as_data())
    from synthrl.recipes.fields import DataFields, parse

    (both,) = parse((DataFields,), ["--config", "data/arithmetic", "mixture.yaml"])
    assert both.held_out == ["fiction_arithmetic operations=2-10"]


def test_each_kind_gets_its_own_depth(server, capsys):
    usual = ["kinds=chain,comparison,yesno", "hops=1-5"]
    server.script = Solver(by_kind, "fiction_multihop", [*usual, *SIZES])
    assert cli.main(words(server, "fiction_multihop", *usual)) == 0
    weights: Counter[str] = Counter()
    depths: Counter[str] = Counter()
    for part in parts():
        kind, hops = (word.partition("=")[2] for word in part.words[-2:])
        weights[kind] += part.weight
        depths[kind] += part.weight * int(hops)
    assert set(weights) == {"chain", "comparison"}  # yesno is always solved
    assert all(weight == pytest.approx(0.5, abs=1e-3) for weight in weights.values())
    assert depths["chain"] / weights["chain"] == pytest.approx(4, abs=0.7)
    assert depths["comparison"] / weights["comparison"] == pytest.approx(2, abs=0.7)
    assert "out of reach, and left out: kinds=yesno" in capsys.readouterr().out


@pytest.mark.parametrize(("rate", "nearest"), [(0.0, "operations=2"), (1.0, "operations=2")])
def test_a_target_out_of_reach_is_told_and_the_nearest_is_written(rate, nearest, server, capsys):
    vary = ["operations=2-3"]
    server.script = Solver(lambda row: rate, "fiction_arithmetic", SIZES, vary)
    assert cli.main(words(server, "fiction_arithmetic", "--vary", *vary)) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"synthrl: target 0.5 is out of reach: {nearest} is nearest, and is all of mixture.yaml"
    ]
    (part,) = parts()
    assert (part.words[-1], part.weight) == (nearest, 1)


def test_where_no_cell_is_near_it_is_told_that_little_can_be_learnt(server, capsys):
    server.script = Solver(lambda row: float(row["hops"] < 5), "fiction_arithmetic", SIZES, ["operations=2,8"])
    assert cli.main(words(server, "fiction_arithmetic", "--vary", "operations=2,8")) == 0
    err = capsys.readouterr().err
    assert "of groups of 8 have anything to learn from: there is no cell near 0.5" in err


def test_one_cell(server):
    server.script = Solver(lambda row: 0.7, "fiction_arithmetic", SIZES, ["operations=3"])
    given = words(server, "fiction_arithmetic", "operations=3", "--target", "0.7", rows=40)
    assert cli.main(given) == 0
    (part,) = parts()
    assert (part.words, part.weight) == ([*SIZES, "operations=3"], 1)


def test_over_budget_what_is_there_is_used_and_told(server, capsys):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    cut = ["--budget", "requests=200", "--concurrency", "1"]  # of 8 x 12 x 4
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC, *cut)) == 0
    out, err = capsys.readouterr()
    assert len(server.bodies) == 200 and parts()
    assert [line.split()[1] for line in out.splitlines()[1:9]] == ["7", "7", *["6"] * 6]  # all cells alike
    assert err.splitlines() == [
        "synthrl: budget: 200 of 200 requests are used, and the next request may take 1",
        "synthrl: 50 of 96 rows are finished; the same command goes on from there",
    ]


def test_with_nothing_measured_nothing_is_written(server, capsys, tmp_path):
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC, "--budget", "requests=0")) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("synthrl: no row has a pass rate")
    assert not (tmp_path / "mixture.yaml").exists()


def test_again_it_asks_nothing_and_writes_the_same(server, tmp_path):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 0
    first, asked = (tmp_path / "mixture.yaml").read_bytes(), len(server.bodies)
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 0
    assert (tmp_path / "mixture.yaml").read_bytes() == first and len(server.bodies) == asked == 8 * 12 * 4


def test_killed_it_goes_on_and_comes_to_the_same(server, say, tmp_path):
    solver = Solver(lambda row: float(row["hops"] < 5), "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    server.script = lambda number, body: say(solver(number, body), after=0.02)
    given = words(server, "fiction_arithmetic", *ARITHMETIC)
    process = subprocess.Popen([sys.executable, "-m", "synthrl.app.cli", *given], stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while len(server.bodies) < 100:
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "mixture.yaml").exists()
    assert cli.main(given) == 0
    assert len(server.bodies) <= 8 * 12 * 4 + 16  # those that were in flight
    first = (tmp_path / "mixture.yaml").read_bytes()
    assert cli.main([*given, "--cache", "other"]) == 0  # unbroken
    assert (tmp_path / "mixture.yaml").read_bytes() == first


def test_a_file_of_another_is_not_written_over(server, capsys, tmp_path):
    (tmp_path / "mixture.yaml").write_text("data: [mine]\n")
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 2
    assert "--output: got 'mixture.yaml', which this command did not write" in capsys.readouterr().err
    assert not server.bodies


def test_what_is_no_file_is_not_read(server, capsys, tmp_path):
    os.mkfifo(tmp_path / "mixture.yaml")  # to read it would wait for ever
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 2
    assert "which this command did not write" in capsys.readouterr().err


def test_what_the_server_refuses_is_not_counted(server, say, capsys):
    solver = Solver(operations, "fiction_arithmetic", SIZES, ["operations=4,6"])
    long = {json.dumps(row["prompt"]) for row in list(solver.rows.values())[1:3]}

    def script(number, body):
        refused = json.dumps(body["messages"]) in long
        return say("too long", status=400) if refused else solver(number, body)

    server.script = script
    assert cli.main(words(server, "fiction_arithmetic", "--vary", "operations=4,6")) == 0
    out, err = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines()[1:3]] == ["10", "12"]
    assert "2 rows were refused by the server" in err and "too long" in err


# the grid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1-4,6", ("1", "2", "3", "4", "6")),
        ("chain,count", ("chain", "count")),
        ("0,0.3", ("0", "0.3")),
        ("./my-task.yaml", ("./my-task.yaml",)),
    ],
)
def test_values(text, found):
    assert adapt.values("knob", text) == found


def test_every_dataset_has_a_usual_grid_which_it_takes():
    assert set(adapt.USUAL) == {name for name in hub.names() if "question" in hub.open_reader(name).features}
    for name in adapt.USUAL:
        grids, same = adapt.grids(name, [], [])
        assert adapt.places(name, grids, same, 1) and same == []
    kinds = hub.builder_class("fiction_multihop").named()["default"]["kinds"]
    assert adapt.USUAL["fiction_multihop"][0]["kinds"] == ",".join(kinds)  # a new kind is to be in it


@pytest.mark.parametrize(
    ("name", "given", "vary", "grids", "same"),
    [
        # a knob takes the place of the usual values
        ("fiction_arithmetic", ["operations=3-5"], [], [{"operations": ("3", "4", "5")}], []),
        ("fiction_arithmetic", ["largest=99", "operations=3"], [], [{"operations": ("3",)}], ["largest=99"]),
        # or picks among the grids of a dataset that has several
        ("fiction_logic", ["kinds=seating", "seats=4-5"], [], [{"kinds": ("seating",), "seats": ("4", "5")}], []),
        # --vary says all of it
        ("fiction_logic", ["kinds=knights"], ["people=3,5"], [{"people": ("3", "5")}], ["kinds=knights"]),
        ("fiction_kinship", ["hops_2"], ["family=0,20"], [{"family": ("0", "20")}], ["hops_2"]),
    ],
)
def test_grids(name, given, vary, grids, same):
    assert adapt.grids(name, given, vary) == (grids, same)


def test_levels_and_numbers_are_in_order_and_words_tell_groups_apart(capsys):
    levels = adapt.places("templated_task", *adapt.grids("templated_task", ["task=unit_prices"], []), 1)
    assert [(place.group, place.at) for place in levels] == [((), (0.0,)), ((), (1.0,)), ((), (2.0,))]
    found = adapt.places("fiction_multihop", [{"hops": ("1", "2"), "kinds": ("count", "chain")}], [], 1)
    assert [(place.group, place.at) for place in found] == [
        (("kinds=chain",), (1.0,)),  # nothing can be counted at one hop
        (("kinds=count",), (2.0,)),
        (("kinds=chain",), (2.0,)),
    ]
    assert "1 of 4 cells are left out, the first, hops=1 kinds=count, as kinds: got" in capsys.readouterr().err


def test_cells_are_measured_in_turn():
    found = adapt.places("fiction_arithmetic", [{"operations": ("3", "2")}], SIZES, 2)
    assert [row["hops"] for row in adapt.in_turn(found)] == [3, 2, 3, 2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["fiction_arithmetic"], ["--model"]),
        (["fiction_arithmetci", "--model", "m"], ["dataset", "fiction_arithmetic"]),
        (["gsm8k", "--model", "m"], ["dataset", "gsm8k", "fiction_arithmetic"]),
        (["fiction_arithmetic", "--model", "m", "--target", "1"], ["--target", "between 0 and 1"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operation=2"], ["did you mean 'operations'"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operations"], ["--vary operations", "values"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operations=5-2"], ["--vary operations", "5-2"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operations=2,2"], ["--vary operations", "each once"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operations=2-99"], ["operations", "got 31"]),
        (["fiction_arithmetic", "operations=2", "--model", "m", "--vary", "operations=3"], ["only one of them"]),
        (["fiction_multihop", "--model", "m", "--vary", "kinds=chian,count"], ["chian", "did you mean 'chain'"]),
        (["fiction_logic", "kinds=knight", "--model", "m"], ["did you mean 'knights'"]),
        (["fiction_arithmetic", "--model", "m", "--vary", "operations=2-30", "--vary", "seed=0-9"], ["200 at most"]),
        (["fiction_multihop", "corpus", "--model", "m"], ["no question"]),
    ],
)
def test_an_error_is_one_line_and_status_2(given, said, capsys):
    try:
        status = cli.main(["adapt", *given])
    except SystemExit as end:
        status = end.code
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert not [word for word in said if word not in err], err


# the fit


def test_the_example():
    assert doctest.testmod(mixture).failed == 0


def test_a_line_is_found_again():
    at = [(hops, chars) for hops in range(1, 7) for chars in (0, 4000)]
    solved = [1000 * logit(3 - 0.9 * hops - 0.0002 * chars) for hops, chars in at]
    line = fit(at, solved, [1000] * len(at))
    assert line.start == pytest.approx(3, abs=0.01)
    assert line.slopes == (pytest.approx(-0.9, abs=0.01), pytest.approx(-0.0002, rel=0.01))


@pytest.mark.parametrize(
    ("solved", "low", "high"),
    [
        ([10, 10, 10], 0.99, 1.0),  # all
        ([0, 0, 0], 0.0, 0.01),  # none
        ([10, 10, 0], 0.0, 1.0),  # a cliff, where the likeliest slope is without end
    ],
)
def test_the_line_is_held_where_the_likeliest_one_is_at_infinity(solved, low, high):
    line = fit([(1,), (2,), (3,)], solved, [10] * 3)
    assert all(low <= rate_at(line, (x,)) <= high for x in (1, 2, 3)) and abs(line.slopes[0]) < 100


def test_a_cell_measured_by_more_rows_counts_for_more():
    few = fit([(1,), (1,)], [9, 0], [10, 1])
    assert rate_at(few, (1,)) == pytest.approx(9 / 11, abs=0.01)


def test_where_the_line_is_off_what_was_measured_stands():
    cells = [Cell((), (float(x),), k, 100) for x, k in ((1, 98), (2, 97), (3, 96), (4, 2), (5, 50))]
    found = estimates(cells)
    off = [each for each in found if each.rate != each.fitted]
    assert off and all(not each.low <= each.fitted <= each.high for each in off)
    assert found[3].rate == 0.02


def test_a_cell_that_was_not_measured_is_told_by_its_group_alone():
    cells = [Cell(("a",), (1.0,), 8, 10), Cell(("a",), (2.0,), 0, 0), Cell(("b",), (1.0,), 0, 0)]
    first, second, other = estimates(cells)
    assert isinstance(second, Estimate) and second.rate == second.fitted and (second.low, second.high) == (0, 1)
    assert other is None


def test_what_gets_easier_is_told(capsys):
    assert mixture.rising(fit([(1,), (2,), (3,)], [2, 10, 18], [20] * 3)) == [0]
    assert mixture.rising(fit([(1,), (2,), (3,)], [9, 10, 11], [20] * 3)) == []  # may be luck
    assert mixture.rising(fit([(1,), (2,), (3,)], [18, 10, 2], [20] * 3)) == []


def cells_of(*groups):
    return [Cell((name,), (float(x),), 0, 0) for name, size in groups for x in range(size)]


@pytest.mark.parametrize(
    ("groups", "rates", "target", "weights", "reached"),
    [
        ([("a", 3)], [0.9, 0.6, 0.2], 0.5, {1: 0.75, 2: 0.25}, True),
        ([("a", 3)], [0.9, 0.5, 0.2], 0.5, {1: 1.0}, True),
        ([("a", 3)], [0.2, 0.9, 0.6], 0.5, {0: 0.25, 2: 0.75}, True),  # in whatever order
        ([("a", 2), ("b", 2)], [0.6, 0.4, 0.7, 0.3], 0.5, dict.fromkeys(range(4), 0.25), True),
        ([("a", 2), ("b", 2)], [0.6, 0.4, 0.9, 0.8], 0.5, {0: 0.5, 1: 0.5}, True),  # b is left out
        ([("a", 1), ("b", 1)], [0.9, 0.1], 0.5, {0: 0.5, 1: 0.5}, True),  # only together
        ([("a", 2)], [0.9, 0.54], 0.5, {1: 1.0}, True),  # near enough
        ([("a", 2)], [0.9, 0.56], 0.5, {1: 1.0}, False),
        ([("a", 2)], [0.1, 0.2], 0.5, {1: 1.0}, False),
        ([("a", 2), ("b", 1)], [None, 0.1, None], 0.5, {1: 1.0}, False),
        ([("a", 2)], [0.5, 0.5], 0.5, {0: 1.0}, True),
    ],
)
def test_mixtures(groups, rates, target, weights, reached):
    found = mix(cells_of(*groups), rates, target)
    assert found == Mixture(pytest.approx(weights), reached)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.05, 0.95))
def test_no_two_cells_with_that_mean_have_more_mixed_groups(rates, target):
    found = mix(cells_of(("a", len(rates))), rates, target)
    mean = sum(weight * rates[cell] for cell, weight in found.weights.items())
    assert sum(found.weights.values()) == pytest.approx(1, abs=0.003)
    if not found.reached:
        assert all(abs(rate - target) > NEAR for rate in rates) and (max(rates) < target or min(rates) > target)
        return
    if not min(rates) <= target <= max(rates):
        assert abs(mean - target) <= NEAR
        return
    assert mean == pytest.approx(target, abs=0.003)
    best = sum(weight * mixed(rates[cell]) for cell, weight in found.weights.items())
    for low in (rate for rate in rates if rate < target):
        for high in (rate for rate in rates if rate > target):
            share = (target - low) / (high - low)
            assert (1 - share) * mixed(low) + share * mixed(high) <= best + 0.01
