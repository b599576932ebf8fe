"""Evaluations side by side: which rows are compared, what is one number, and how sure that is."""

import json
import time

import numpy
import pandas
import pytest
from compared import CLOSED, DEEP, HOTPOT, built, make, own_rows, pair_of, row, rows

from synthrl.app import compare
from synthrl.app.compare import read, sets, table
from synthrl.app.compare.notes import notes
from synthrl.app.figures.intervals import bootstrap
from synthrl.lighteval_tasks.means import Twins


def test_a_gain_is_of_the_rows_that_both_answered(tmp_path):
    base, mine = pair_of(tmp_path, {HOTPOT: rows([1, 0, 0, 0])}, {HOTPOT: rows([1, 1, 1, 0, 1, 1])[1:]})
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match")
    assert (entry.rows, entry.base, entry.value, entry.gain) == (3, 0, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (entry.only_model, entry.only_base) == (2, 1)
    alone = built(base, mine).get("mine", "", "hotpotqa_500", "exact_match")
    assert (alone.rows, alone.value) == (5, 0.8)
    assert any("3 rows are compared; 2 more are mine's alone, and 1 base's" in note for note in notes(base, [mine]))


def test_rows_are_paired_by_id_whatever_their_order(tmp_path):
    some = rows([1, 0, 1, 0])
    base, mine = pair_of(tmp_path, {HOTPOT: some}, {HOTPOT: some[::-1]})
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match")
    assert (entry.gain, entry.gain_low, entry.gain_high) == (0, None, None)  # no row changed


def test_the_interval_is_a_paired_bootstrap_and_hangs_on_no_label(tmp_path):
    base, mine = pair_of(tmp_path, {HOTPOT: rows([0] * 60 + [1] * 40)}, {HOTPOT: rows([1] * 40 + [0] * 20 + [1] * 40)})
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match")
    half = 1.96 * (0.4 * 0.6 / 100) ** 0.5
    assert (entry.gain_low, entry.gain_high) == pytest.approx((0.4 - half, 0.4 + half), abs=0.015)
    gains = numpy.array([[1.0] * 40 + [0.0] * 60])
    assert (entry.gain_low, entry.gain_high) == bootstrap(gains, HOTPOT, "exact_match")
    again = read.read_all([f"a={tmp_path / 'base'}", f"b={tmp_path / 'mine'}"])
    other = built(*again).get("b", "a", "hotpotqa_500", "exact_match")
    assert other[7:] == entry[7:]


@pytest.mark.parametrize(
    ("before", "after", "part", "reason"),
    [
        ((0, 0), (1, 1), "parses now", "no answer was found before"),
        ((0, 1), (1, 1), "right now", "an answer was found, and was wrong"),
        ((1, 1), (0, 0), "parses no more", "it was right, and is not found"),
        ((1, 1), (0, 1), "wrong now", "it was right, and another is given"),
        ((0, 0), (0, 1), None, "to be parsed is no gain by itself"),
        ((1, 1), (1, 1), None, "nothing changed"),
    ],
)
def test_a_row_that_changed_is_of_one_part(tmp_path, before, after, part, reason):
    found = pair_of(tmp_path, {HOTPOT: [row("a", *before)]}, {HOTPOT: [row("a", *after)]})
    numbers = built(*found)
    gains = {name: numbers.get("mine", "base", "hotpotqa_500", name).gain for name in table.PARTS}
    assert {name for name, gain in gains.items() if gain} == ({part} if part else set()), reason


def test_parts_are_the_gain_together_and_where_both_parse_stands_beside(tmp_path):
    before, parsed = [0, 0, 0, 1, 1, 1, 0, 0, 1, 0], [0, 1, 1, 1, 1, 1, 0, 1, 1, 0]
    after, parses = [1, 1, 1, 0, 0, 1, 0, 0, 1, 1], [1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    base, mine = pair_of(tmp_path, {HOTPOT: rows(before, parsed)}, {HOTPOT: rows(after, parses)})
    numbers = built(base, mine)
    told = {
        name: numbers.get("mine", "base", "hotpotqa_500", name) for name in (*table.PARTS, "exact_match", table.BOTH)
    }
    assert {name: round(told[name].gain, 6) for name in table.PARTS} == {
        "parses now": 0.2,
        "right now": 0.2,
        "parses no more": -0.1,
        "wrong now": -0.1,
    }
    assert sum(told[name].gain for name in table.PARTS) == pytest.approx(told["exact_match"].gain, abs=1e-12)
    both = told[table.BOTH]
    assert (both.rows, both.base, both.value) == (6, 0.5, pytest.approx(4 / 6))


def test_a_mean_over_tasks_counts_each_alike_and_no_closed_book(tmp_path):
    short, long = rows([1] * 4), rows([0, 1] * 20)
    wrong = {HOTPOT: rows([0] * 4), CLOSED: rows([0] * 4), "synthrl_bamboogle": rows([0] * 40)}
    base, mine = pair_of(tmp_path, wrong, {HOTPOT: short, CLOSED: short, "synthrl_bamboogle": long})
    entry = built(base, mine).get("mine", "base", "mean of all tasks", "exact_match")
    assert (entry.tasks, entry.rows, entry.gain) == (2, 44, 0.75)
    assert 0.6 < entry.gain_low < 0.75 < entry.gain_high < 0.9  # from the long one alone: the short one is all right


def test_a_suite_is_what_was_asked_for(tmp_path):
    found = {name: rows([1, 0]) for name in (HOTPOT, "synthrl_bamboogle", "synthrl_gsm8k_500")}
    base, mine = make(tmp_path / "base", found), make(tmp_path / "mine", found)
    told = json.loads((mine / "eval.json").read_text())
    told["suites"] = {"multihop": [HOTPOT, "synthrl_bamboogle", "synthrl_musique_500"]}
    (mine / "eval.json").write_text(json.dumps(told))
    evaluations = read.read_all([str(base), str(mine)])
    assert built(*evaluations).get("mine", "base", "mean of multihop", "exact_match").tasks == 2
    assert "1 of the 3 tasks of multihop are not there: synthrl_musique_500" in evaluations[1].notes


def test_depths_of_a_family_are_told_together(tmp_path):
    tasks = {name: own_rows(hops, [0, 0, 1, 0]) for name, hops in zip(DEEP, (2, 3), strict=True)}
    better = {name: own_rows(hops, [1, 1, 1, hops % 2]) for name, hops in zip(DEEP, (2, 3), strict=True)}
    base, mine = pair_of(tmp_path, tasks, better)
    numbers = built(base, mine)
    assert [each.name for each in sets.families(mine.tasks)] == ["fiction_multihop_hops"]
    told = {by: numbers.get("mine", "base", "fiction_multihop_hops", "exact_match", "hops", by).gain for by in "23"}
    assert told == {"2": 0.5, "3": 0.75}
    assert numbers.groups("mine", "base", "fiction_multihop_hops", "kind") == []  # it is the same for all


@pytest.mark.parametrize(
    ("names", "expected", "reason"),
    [
        (
            ["hotpotqa-1"],
            {HOTPOT: [HOTPOT], "synthrl_math_500": ["synthrl_math_500"]},
            "500 is no depth of a benchmark",
        ),
        (
            ["fiction_logic-1.0.0/x/test/1"],
            {"synthrl_fiction_logic_2": ["synthrl_fiction_logic_2"]},
            "one alone keeps its name",
        ),
    ],
)
def test_families_are_of_our_own_tasks(tmp_path, names, expected, reason):
    found = make(tmp_path / "m", {name: [row(names[0])] for name in expected})
    (evaluation,) = read.read_all([str(found)])
    assert {f"synthrl_{each.name}": each.tasks for each in sets.families(evaluation.tasks)} == expected, reason


def test_closed_book_stands_beside_open_book(tmp_path):
    wrong = {HOTPOT: rows([0] * 10), CLOSED: rows([0] * 10)}
    base, mine = pair_of(tmp_path, wrong, {HOTPOT: rows([1] * 8 + [0] * 2), CLOSED: rows([1] * 3 + [0] * 7)})
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", table.OPEN)
    assert (entry.rows, entry.gain) == (10, 0.5)
    assert 0.1 < entry.gain_low < 0.5 < entry.gain_high < 0.9


def test_balanced_accuracy_weighs_classes_alike(tmp_path):
    def answered(yes: float, no: float) -> list[dict]:
        found = [("right_yes", yes)] * 3 + [("right_no", no)]
        return [
            row(f"c-{i}", right, balanced_accuracy={"right_yes": None, "right_no": None, name: right})
            for i, (name, right) in enumerate(found)
        ]

    base, mine = pair_of(tmp_path, {"synthrl_contracts": answered(1.0, 0.0)}, {"synthrl_contracts": answered(0.0, 1.0)})
    numbers = built(base, mine)
    assert numbers.get("mine", "base", "contracts", "balanced_accuracy").gain == 0
    assert numbers.get("mine", "base", "contracts", "exact_match").gain == -0.5
    assert numbers.get("base", "", "contracts", "balanced_accuracy").value == 0.5


def test_a_figure_of_pairs_is_of_each_pair_once(tmp_path):
    """A question asked with and without what it takes earns as lighteval's own mean has it; one alone is no pair."""

    def answered(*f1: float, alone: float) -> list[dict]:
        told = [
            twin for i, each in enumerate(f1) for twin in (each, None if i else 0.0)
        ]  # of the first, one is told wrongly
        figures = [{"question": f"m-{i // 2}", "told": each != 0.0, "f1": each} for i, each in enumerate(told)]
        figures.append({"question": "alone", "told": True, "f1": alone})
        return [row(f"m-{i}", group_answer_f1=each, hops=i // 2) for i, each in enumerate(figures)]

    before, after = answered(1.0, 0.5, 0.2, alone=1.0), answered(1.0, 1.0, 0.6, alone=0.0)
    base, mine = pair_of(tmp_path, {"synthrl_musique_full": before}, {"synthrl_musique_full": after})
    entry = built(base, mine).get("mine", "base", "musique_full", "group_answer_f1")
    assert (entry.rows, entry.gain) == (3, pytest.approx(0.3))
    for some, mean in ((before, entry.base), (after, entry.value)):
        of_lighteval = Twins("x")([one["metric"]["group_answer_f1"] for one in some])
        assert (of_lighteval["x"], of_lighteval["x_rows"]) == (pytest.approx(mean), 3)
    assert built(base, mine).get("mine", "", "musique_full", "group_answer_f1", "hops", "1").value == 1
    compare.write([base, mine], tmp_path / "out")
    assert "F1 of pairs: of questions asked with and without" in (tmp_path / "out/report.md").read_text()


def test_pairs_of_which_no_answerable_question_was_asked_are_none(tmp_path):
    some = [row(f"m-{i}", group_answer_f1={"question": f"m-{i}", "told": True, "f1": None}) for i in range(3)]
    (found,) = read.read_all([str(make(tmp_path / "m", {"synthrl_musique_full": some}))])
    assert built(found).get("m", "", "musique_full", "exact_match").rows == 3
    assert built(found).get("m", "", "musique_full", "group_answer_f1") is None


def test_a_figure_that_is_no_number_of_a_row_is_left_out_and_said_so(tmp_path):
    (found,) = read.read_all([str(make(tmp_path / "m", {HOTPOT: rows([1, 0], odd={"a": 1.0}, words="x", none=None)}))])
    assert {"odd", "words", "none"}.isdisjoint(found.tasks[HOTPOT].figures)
    said = "is left out, as it is no number of a row"
    assert sorted(found.notes) == [f"{HOTPOT}: odd {said}", f"{HOTPOT}: words {said}"]  # nothing is hidden by `none`


def test_what_a_row_has_no_figure_for_is_left_out_and_counted(tmp_path):
    broken = rows([1, float("nan"), 0], hop_1=1.0)
    broken[2]["metric"]["hop_1"] = None
    base, mine = pair_of(tmp_path, {HOTPOT: rows([0, 0, 0], hop_1=0.0)}, {HOTPOT: broken})
    numbers = built(base, mine)
    assert numbers.get("mine", "base", "hotpotqa_500", "exact_match").rows == 2
    assert numbers.get("mine", "base", "hotpotqa_500", "hop_1").rows == 2
    assert f"{HOTPOT}: 1 of 3 rows have no number for exact_match" in mine.notes


def test_samples_are_led_by_their_mean(tmp_path):
    def sampled(mean: float) -> list[dict]:
        found = rows([0, 0])
        for one in found:
            one["metric"] = {"mean@8": mean, "pass@8": 1.0, "parsed": 1.0, "truncated": None}
            one["model_response"]["text"] = ["a", "bc"] * 4
        return found

    base, mine = pair_of(tmp_path, {"synthrl_gsm8k_sampled": sampled(0.25)}, {"synthrl_gsm8k_sampled": sampled(0.5)})
    compare.write([base, mine], tmp_path / "out")
    assert built(base, mine).get("mine", "base", "gsm8k_sampled", "mean@8").gain == 0.25
    assert "| gsm8k_sampled | 2 | 25.0 | 50.0 | +25.0 |" in (tmp_path / "out/report.md").read_text()


def test_much_is_told_in_seconds(tmp_path):
    """20 tasks of 10,000 rows each, on both sides."""

    def many(right: float) -> read.Evaluation:
        random = numpy.random.RandomState(int(100 * right))
        tasks = {}
        for n in range(20):
            frame = pandas.DataFrame(
                {"answer": "", "hops": numpy.arange(10_000) % 4, "kind": "", "level": "", "size": 9}
            )
            for figure in table.MEANS:
                frame[figure] = (random.random(10_000) < right).astype(float)
            frame.index = pandas.MultiIndex.from_arrays(
                [[f"b-{i}" for i in range(10_000)], [0] * 10_000], names=["id", "again"]
            )
            tasks[f"synthrl_{n}x"] = read.Task(f"synthrl_{n}x", tmp_path, frame, list(table.MEANS), 9)
        return read.Evaluation(str(right), tmp_path, {}, {}, tasks, [], [], False)

    start = time.process_time()
    numbers = built(many(0.3), many(0.6))
    assert time.process_time() - start < 20
    assert numbers.get("0.6", "0.3", "mean of all tasks", "exact_match").gain == pytest.approx(0.3, abs=0.01)
