"""`synthrl adapt`: a server on loopback solves rows at a rate that is a known function of their knobs."""

import json
import math
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("httpx", reason="asking a model needs `pip install 'synthrl[synthesis]'`")

from restarts import kill, start, until

from synthrl.app import adapt, cli, hub
from synthrl.seeding import digest

pytestmark = pytest.mark.usefixtures("elsewhere")

SIZES = ["train=200", "validation=2", "test=2", "heldout_phrasing=0"]


def logistic(x):
    return 1 / (1 + math.exp(-x))


def operations(row):
    """Half of the rows with five operations are solved."""
    return logistic(1.2 * (5 - row["hops"]))


def by_kind(row):
    """Chains are solved at four hops as often as comparisons at two."""
    return logistic({"chain": 4, "comparison": 2, "yesno": 40}[row["kind"]] - row["hops"])


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


class Recipes(NamedTuple):
    data: Any
    fields: Any

    def said(self, *before):
        (found,) = self.fields.parse((self.fields.DataFields,), ["--config", *before, "mixture.yaml"])
        return found

    def parts(self):
        return [self.fields.read_part(text) for text in self.said().data]

    def rows(self):
        return self.data.load(self.said().data, "train", 0)


@pytest.fixture
def recipes():
    """What the recipes read in the written file."""
    pytest.importorskip("trl", reason="the recipes need `pip install 'synthrl[train]'`")
    from synthrl.recipes import data, fields

    return Recipes(data, fields)


ARITHMETIC = ["--vary", "operations=2-8,10"]


def test_the_mixture_holds_the_target_on_rows_that_were_not_asked(server, capsys, recipes):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC)) == 0
    found = recipes.parts()
    assert [part.name for part in found] == ["fiction_arithmetic"] * 2
    assert found[0].words[-1] in ("operations=4", "operations=5") and found[1].words[-1] in (
        "operations=5",
        "operations=6",
    )
    fresh = [row for row in recipes.rows() if int(row["id"].rpartition("/")[2]) >= 12]
    assert len(fresh) > 150
    assert sum(map(operations, fresh)) / len(fresh) == pytest.approx(0.5, abs=0.08)
    out = capsys.readouterr().out
    assert "expected 50.0% solved" in Path("mixture.yaml").read_text() and "mixture.yaml: 50.0% solved" in out
    line = next(line for line in out.splitlines() if line.startswith("operations=2 "))
    assert line.split()[1] == "12" and line.split()[2] > "85%"


def test_named_after_a_data_file_it_takes_the_place_of_its_data_alone(server, recipes):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=4-6"])
    assert cli.main(words(server, "fiction_arithmetic", "--vary", "operations=4-6")) == 0
    both, alone = recipes.said("data/arithmetic"), recipes.said()
    assert both.data == alone.data and all("weight=" in part for part in both.data)
    assert both.held_out == ["fiction_arithmetic operations=2-10"]


def test_each_kind_gets_its_own_depth(server, capsys, recipes):
    usual = ["kinds=chain,comparison,yesno", "hops=1-5"]
    server.script = Solver(by_kind, "fiction_multihop", [*usual, *SIZES])
    assert cli.main(words(server, "fiction_multihop", *usual)) == 0
    weights: Counter[str] = Counter()
    depths: Counter[str] = Counter()
    for part in recipes.parts():
        kind, hops = (word.partition("=")[2] for word in part.words[-2:])
        weights[kind] += part.weight
        depths[kind] += part.weight * int(hops)
    assert set(weights) == {"chain", "comparison"}  # yesno is always solved
    assert all(weight == pytest.approx(0.5, abs=1e-3) for weight in weights.values())
    assert depths["chain"] / weights["chain"] == pytest.approx(4, abs=0.7)
    assert depths["comparison"] / weights["comparison"] == pytest.approx(2, abs=0.7)
    assert "out of reach, and left out: kinds=yesno" in capsys.readouterr().out


@pytest.mark.parametrize(("rate", "nearest"), [(0.0, "operations=2"), (1.0, "operations=2")])
def test_a_target_out_of_reach_is_told_and_the_nearest_is_written(rate, nearest, server, capsys, recipes):
    vary = ["operations=2-3"]
    server.script = Solver(lambda row: rate, "fiction_arithmetic", SIZES, vary)
    assert cli.main(words(server, "fiction_arithmetic", "--vary", *vary)) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"synthrl: target 0.5 is out of reach: {nearest} is nearest, and is all of mixture.yaml"
    ]
    (part,) = recipes.parts()
    assert (part.words[-1], part.weight) == (nearest, 1)


def test_where_no_cell_is_near_it_is_told_that_little_can_be_learnt(server, capsys):
    server.script = Solver(lambda row: float(row["hops"] < 5), "fiction_arithmetic", SIZES, ["operations=2,8"])
    assert cli.main(words(server, "fiction_arithmetic", "--vary", "operations=2,8")) == 0
    err = capsys.readouterr().err
    assert "of groups of 8 have anything to learn from: there is no cell near 0.5" in err


def test_one_cell_at_the_target_is_the_whole_mixture(server, recipes):
    server.script = Solver(lambda row: 0.7, "fiction_arithmetic", SIZES, ["operations=3"])
    given = words(server, "fiction_arithmetic", "operations=3", "--target", "0.7", rows=40)
    assert cli.main(given) == 0
    (part,) = recipes.parts()
    assert (part.words, part.weight) == ([*SIZES, "operations=3"], 1)


def test_over_budget_what_is_there_is_used_and_told(server, capsys, recipes):
    server.script = Solver(operations, "fiction_arithmetic", SIZES, ["operations=2-8,10"])
    cut = ["--budget", "requests=200", "--concurrency", "1"]  # of 8 x 12 x 4
    assert cli.main(words(server, "fiction_arithmetic", *ARITHMETIC, *cut)) == 0
    out, err = capsys.readouterr()
    assert len(server.bodies) == 200 and recipes.parts()
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
    process = start(given)
    until(lambda: len(server.bodies) >= 100)
    kill(process)
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
def test_knobs_and_vary_take_the_place_of_the_usual_grid(name, given, vary, grids, same):
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
def test_an_error_is_one_line_and_status_2(given, said, refusal):
    err = refusal(["adapt", *given])
    assert not [word for word in said if word not in err], err
