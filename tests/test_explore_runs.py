"""Runs' folders in `synthrl explore`: read, filtered, and refused in one line."""

import re

import pandas
import pytest
from explore_folders import SPOILT, put, write_run

from synthrl.app.explore import runs, tables


def test_a_run_is_read_filtered_and_paged(tmp_path):
    run = runs.open_run(str(write_run(tmp_path / "run")))
    assert run.steps == {"watch": [0, 20, 40], "final": [0, 40], "completions": [1]}
    found = runs.table(run.folder, "watch", 40)
    by = runs.Filter("watch", 40)
    assert len(runs.chosen(run.folder, by)) == len(found) == 40
    for right in runs.RIGHT[1:6]:
        part = found.iloc[runs.chosen(run.folder, by._replace(right=right))]
        assert len(part), right
    assert {found.iloc[place]["hops"] for place in runs.chosen(run.folder, by._replace(hops="3"))} == {3}
    assert {found.iloc[place]["kind"] for place in runs.chosen(run.folder, by._replace(kind="chain"))} == {"chain"}
    assert all("GREEDY" in found.iloc[p]["completion"] for p in runs.chosen(run.folder, by._replace(words="greedy")))
    assert runs.chosen(run.folder, by._replace(right="came right")) == runs.chosen(
        run.folder, by._replace(right="right")
    )
    assert not runs.chosen(run.folder, by._replace(right="went wrong"))  # as it does not in a run that gets better
    reward = [found.iloc[place]["f1"] for place in runs.chosen(run.folder, by._replace(order=runs.ORDERS[1]))]
    assert reward == sorted(reward, reverse=True)
    assert runs.page(range(40), 99) == (3, 3, list(range(30, 40)))
    assert runs.page([], 1) == (1, 1, [])


def test_the_same_row_before_and_after(tmp_path):
    run = runs.open_run(str(write_run(tmp_path / "run")))
    found = runs.table(run.folder, "watch", 20)
    seen = runs.over_steps(run.folder, "watch", 20, found.iloc[3])
    assert [one.step for one in seen] == [0, 20, 40]
    assert all(found.iloc[3]["id"] in one.completion for one in seen)


def test_completions_of_training_are_a_look_as_well(tmp_path):
    run = runs.open_run(str(write_run(tmp_path / "run")))
    found = runs.table(run.folder, "completions", 1)
    assert found["f1"].tolist() == [1.5, 0.0] and found["completion"].tolist() == ["<answer>Ada</answer>", ""]
    assert [one.step for one in runs.over_steps(run.folder, "completions", 1, found.iloc[0])] == [1]


def _spoil(path):
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda run: (run / "run.json").unlink(), "no run, as there is no run.json in it"),
        (lambda run: (run / "run.json").write_text("{"), "run.json: Expecting"),
        (lambda run: _spoil(run / "watch/step_000020.parquet"), "step_000020.parquet: cannot be read"),
        (lambda run: [path.unlink() for path in run.glob("*/*.parquet")], "a run that has looked at no rows yet"),
    ],
    ids=["no run", "half a description", "half a table", "nothing seen"],
)
def test_a_damaged_run_is_one_line(tmp_path, spoil, line):
    run = write_run(tmp_path / "run")
    spoil(run)
    with pytest.raises(ValueError, match=re.escape(line)) as raised:
        runs.open_run(str(run))
    assert "\n" not in str(raised.value)


def test_tables_of_others_are_refused_by_their_columns(tmp_path):
    run = write_run(tmp_path / "run")
    path = run / "watch/step_000040.parquet"
    pandas.read_parquet(path).drop(columns="completion").to_parquet(path)
    with pytest.raises(ValueError, match="it has no completion"):
        runs.table(str(run), "watch", 40)
    with pytest.raises(ValueError, match="no look '../../etc'"):
        runs.table(str(run), "../../etc", 0)


def test_an_unfinished_run_says_so(tmp_path):
    run = write_run(tmp_path / "run", finished=False)
    assert "not finished: seen up to step 40" in " ".join(runs.open_run(str(run)).about)


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        ("completion", None),
        ("question", 3),
        ("id", None),
        ("exact_match", "a"),
        ("f1", None),
        ("f1", "a"),
        ("parsed", "a"),
        ("parsed", -1.5),
    ],
)
def test_a_look_of_others_is_read_as_it_can_be(tmp_path, column, odd):
    pytest.importorskip("gradio", reason="needs the extra explore")
    from synthrl.app.explore import run_tab

    folder = write_run(tmp_path / "run", count=2)
    path = folder / "watch" / "step_000040.parquet"
    found = pandas.read_parquet(path)
    found[column] = [odd] * len(found)
    found.to_parquet(path)
    for right in runs.RIGHT:
        by = runs.Filter(step=40, right=right, words="a", order=runs.ORDERS[1])
        _, count, *_ = run_tab._listed((str(folder), *by), 1)
        assert "of 4 completions" in count
    assert "sx-question" in run_tab._detail("0", str(folder), *runs.Filter(step=40))[0]


@pytest.mark.parametrize("column", ["id", "hops", "kind", "completion", "f1", "parsed", "sample"])
@pytest.mark.parametrize("odd", [["a"], {"a": 1}, 2**63 - 1, float("inf"), b"\xff", "dictionary"], ids=repr)
def test_a_column_of_another_type_is_read_as_it_can_be(tmp_path, column, odd):
    folder = write_run(tmp_path / "run", count=2)
    put(folder / "watch" / "step_000040.parquet", column, odd)
    for right in runs.RIGHT:
        by = runs.Filter(step=40, right=right, words="a", order=runs.ORDERS[1])
        found = runs.table(str(folder), "watch", 40)
        for place in runs.chosen(str(folder), by):
            assert runs.label(found.iloc[place])
    assert len(runs.over_steps(str(folder), "watch", 40, found.iloc[0])) >= 1
    assert runs.choices(found, "hops")[0] == runs.choices(found, "kind")[0] == "all"


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
@pytest.mark.parametrize("look", ["watch/step_000020", "completions/completions_00001"])
def test_what_is_no_table_is_one_line(tmp_path, spoil, look):
    folder = write_run(tmp_path / "run", count=2)
    path = folder / f"{look}.parquet"
    spoil(path)
    with pytest.raises(ValueError, match=f"{path.name}: cannot be read") as raised:
        runs.open_run(str(folder))
        runs.table(str(folder), path.parent.name, int(path.stem.rpartition("_")[2]))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["run.json", "log.jsonl"])
def test_what_nests_without_end_is_one_line(tmp_path, name):
    folder = write_run(tmp_path / "run", count=2)
    (folder / name).write_text("[" * 100_000 + "\n{}\n")
    with pytest.raises(ValueError, match="maximum recursion depth"):
        runs.open_run(str(folder))


def test_a_circle_of_links_is_no_run(tmp_path):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(ValueError, match="cannot be read|no run"):  # as this Python resolves it
        runs.open_run(str(tmp_path / "one"))


def test_a_look_of_too_many_rows_is_not_loaded(tmp_path, monkeypatch):
    folder = write_run(tmp_path / "run", count=2)
    monkeypatch.setattr(tables, "MOST", 3)
    with pytest.raises(ValueError, match="4 rows, and 3 are the most that are shown"):
        runs.table(str(folder), "watch", 40)
