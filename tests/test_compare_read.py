"""What is read of an evaluation, and what is said of one that is odd or damaged."""

import json
import math
import re
from pathlib import Path

import numpy
import pytest
from compared import HOTPOT, built, make, pair_of, row, rows

from synthrl.app import compare
from synthrl.app.compare import read


def test_of_each_task_the_newest_details_count(tmp_path):
    home = make(tmp_path / "mine", {HOTPOT: rows([0, 0])}, date="2026-01-01T00-00-00.0")
    make(home, {HOTPOT: rows([1, 1])}, date="2026-02-01T00-00-00.0")
    (found,) = read.read_all([str(home)])
    assert found.tasks[HOTPOT].rows["exact_match"].tolist() == [1, 1]
    assert "1 older files of details are passed over: of each task the newest counts" in found.notes


def test_details_that_were_written_as_json(tmp_path):
    some = [{**one, "doc": json.dumps(one["doc"])} for one in rows([1, 0])]
    (found,) = read.read_all([str(make(tmp_path / "mine", {HOTPOT: some}))])
    assert found.tasks[HOTPOT].rows.index.tolist() == [("hotpotqa-0", 0), ("hotpotqa-1", 0)]


def test_lighteval_alone(tmp_path):
    """Its output has no eval.json, and may hold several models."""
    for model, right in (("org/one", 1), ("org/two", 0)):
        make(tmp_path / "out", {HOTPOT: rows([right])}, model=model)
        place = tmp_path / "out/results" / model
        place.mkdir(parents=True)
        config = {"model_name": model, "model_config": {"generation_parameters": {"temperature": 0.7}}}
        told = {"results": {f"{HOTPOT}|0": {"exact_match": 1.0}}, "config_general": config}
        (place / "results_2026-01-02T03-04-05.678.json").write_text(json.dumps(told))
    (tmp_path / "out/eval.json").unlink()
    with pytest.raises(ValueError, match=r"out: got details of 2 models, expected one: .*org/one, .*org/two"):
        read.read_all([str(tmp_path / "out")])
    one, two = read.read_all([str(tmp_path / "out/details" / name) for name in ("org/one", "org/two")])
    assert (one.label, two.label, one.settings["temperature"]) == ("one", "two", 0.7)
    assert two.notes == [f"{HOTPOT}: its details say 0.000 for exact_match, its results 1.000"]


def test_a_damaged_file_is_left_out_and_said_so(tmp_path):
    home = make(tmp_path / "mine", {HOTPOT: rows([1]), "synthrl_bamboogle": rows([1])})
    (file,) = home.rglob("details_synthrl_bamboogle*")
    file.write_bytes(b"PAR1")
    (found,) = read.read_all([str(home)])
    assert list(found.tasks) == [HOTPOT]
    assert any(
        note.startswith("synthrl_bamboogle: its details cannot be read, so it is left out") for note in found.notes
    )


@pytest.mark.parametrize(
    "told",
    [
        "[]",
        '{"settings": 3}',
        '{"settings": {"model": 3}}',
        '{"settings": {}, "suites": {"a": 3}}',
        '{"settings": {}, "suites": {"a": [{}]}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_eval_json_is_one_line(tmp_path, told):
    home = make(tmp_path / "base", {HOTPOT: rows([1, 0])})
    (home / "eval.json").write_text(told)
    with pytest.raises(ValueError, match="eval.json: not what `synthrl eval` writes"):
        read.read_all([str(home)])


@pytest.mark.parametrize(
    "told",
    [
        '{"results": [], "config_general": {}}',
        '{"results": {"x|0": 3}, "config_general": {}}',
        '{"results": {}, "config_general": []}',
        '{"results": {}, "config_general": null}',
        '{"results": {}, "config_general": {"model_name": 3}}',
        '{"results": {"synthrl_hotpotqa_500|0": {"exact_match": "a"}}, "config_general": {}}',
    ],
)
def test_damaged_results_leave_the_details(tmp_path, told):
    home = make(tmp_path / "base", {HOTPOT: rows([1, 0])})
    (home / "eval.json").unlink()
    (home / "results_1.json").write_text(told)
    (found,) = read.read_all([str(home)])
    assert found.tasks[HOTPOT].rows["exact_match"].tolist() == [1, 0] and found.label == "base"


@pytest.mark.parametrize(
    ("place", "column", "odd", "left"),
    [
        ("specific", "hops", "two", [None] * 4),
        ("specific", "hops", -3, [None] * 4),
        ("specific", "hops", 10**15, [None] * 4),
        ("specific", "kind", ["a", "b"], ["['a', 'b']"] * 4),
        ("specific", "kind", "a\n\n# b\u202e\x1b[31m\x00", ["a\\u{a}\\u{a}# b\\u{202e}\\u{1b}[31m\\u{0}"] * 4),
        ("specific", "level", "x" * 1_000, ["x" * 100] * 4),
        ("metric", "f1", 1e308, [math.nan] * 4),
        ("metric", "size", 7.0, None),
        ("metric", "balanced_accuracy", {"a": "x"}, None),
        ("specific", "row", "[1]", None),
        ("specific", "row", "{", None),
    ],
)
def test_odd_rows_of_others_are_told_as_they_can_be(tmp_path, place, column, odd, left):
    after = rows([1, 1, 0, 0])
    for one in after:
        (one["doc"]["specific"] if place == "specific" else one["metric"])[column] = odd
    try:
        base, mine = pair_of(tmp_path, {HOTPOT: rows([1, 0, 0, 0])}, {HOTPOT: after})
    except ValueError as error:
        assert column == "balanced_accuracy" and "its details cannot be read" in str(error)
        return
    compare.write([base, mine], tmp_path / "out")
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match")
    assert (entry.rows, entry.gain) == (4, 0.25)
    if left:
        numpy.testing.assert_equal(mine.tasks[HOTPOT].rows[column].tolist(), left)
    text = (tmp_path / "out" / "report.md").read_text()
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)


def test_where_no_row_has_a_number_nothing_is_compared(tmp_path):
    base, mine = pair_of(tmp_path, {HOTPOT: rows([1, 0])}, {HOTPOT: rows([math.nan, math.nan])})
    compare.write([base, mine], tmp_path / "out")
    assert built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match") is None
    text = (tmp_path / "out" / "report.md").read_text()
    assert "2 of 2 rows have no number for exact_match" in text


def test_hops_are_whole_numbers_where_some_rows_have_none(tmp_path):
    some = [row("a", 1), row("b", 0, hops=None), row("c", 0, hops=3)]
    (found,) = read.read_all([str(make(tmp_path / "base", {HOTPOT: some}))])
    assert built(found).groups("base", "", "hotpotqa_500", "hops") == ["2", "3"]
    compare.write([found], tmp_path / "out")


@pytest.mark.parametrize("label", ["a\nb", "\u202ea", "x\udcff", "x" * 5_000])
def test_a_label_is_printable(tmp_path, label):
    base = make(tmp_path / "base", {HOTPOT: rows([1, 0])})
    with pytest.raises(ValueError, match="label: got .*, expected at most 100 characters that can be printed"):
        read.read_all([f"{label}={base}"])


def test_ids_that_stand_twice_are_paired_in_their_order(tmp_path):
    twice = [row("a", 0), row("a", 1), row("b", 0)]
    base, mine = pair_of(tmp_path, {HOTPOT: twice}, {HOTPOT: [row("a", 1), row("a", 1), row("b", 0)]})
    entry = built(base, mine).get("mine", "base", "hotpotqa_500", "exact_match")
    assert (entry.rows, entry.gain) == (3, pytest.approx(1 / 3))
    assert f"{HOTPOT}: 1 rows have the id of another" in mine.notes


def run_at(folder: Path, model: str = "", **told) -> Path:
    place = folder / model
    place.mkdir(parents=True)
    said = {
        "recipe": "grpo",
        "settings": {"data": ["synthrl/fiction_multihop hops=2-6", "hotpotqa"]},
        "hops": [2, 3],
        **told,
    }
    (folder / "run.json").write_text(json.dumps(said))
    return place


def test_what_a_model_was_trained_on_is_in_its_run(tmp_path):
    model = run_at(tmp_path / "runs/luck", "final")
    told = json.loads((tmp_path / "runs/luck/run.json").read_text())
    told["settings"]["rewards"] = ["random_reward"]
    (tmp_path / "runs/luck/run.json").write_text(json.dumps(told))
    (found,) = read.read_all([str(make(tmp_path / "e", {HOTPOT: rows([1])}, model="m") and tmp_path / "e")])
    assert (found.families, found.control) == ([], False)
    home = make(tmp_path / "f", {HOTPOT: rows([1])})
    said = json.loads((home / "eval.json").read_text())
    said["settings"]["model"] = str(model)
    (home / "eval.json").write_text(json.dumps(said))
    (found,) = read.read_all([str(home)])
    assert (found.label, found.families, found.hops, found.control) == (
        "luck/final",
        ["fiction_multihop", "hotpotqa"],
        [2, 3],
        True,
    )
    (tmp_path / "runs/luck/run.json").write_text("{")
    (found,) = read.read_all([str(home)])
    assert found.families == [] and "what it was trained on is not known" in found.notes[0]


def test_labels(tmp_path):
    homes = [str(make(tmp_path / name / "key", {HOTPOT: rows([1])}, weights=None)) for name in ("a", "b")]
    assert [one.label for one in read.read_all(homes)] == ["key (a/key)", "key (b/key)"]  # one model, evaluated twice
    named = read.read_all([f"x={homes[0]}", str(tmp_path / "b")])  # a folder that holds one evaluation stands for it
    assert [one.label for one in named] == ["x", "key (b/key)"]
    with pytest.raises(ValueError, match="label: got 'x' twice"):
        read.read_all([f"x={home}" for home in homes])
    with pytest.raises(ValueError, match="named twice"):
        read.read_all([homes[0], homes[0]])
