"""`synthrl export`: how is asked, of what rows, and what is refused."""

import json

import datasets
import pytest
from exports import FORMATS, by_verl, chat_of, made, records, run

from synthrl import prompt
from synthrl.prompt import tagged
from synthrl.recipes.data import load
from synthrl.row import FEATURES


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("system", ["Be brief.", ""])
def test_an_own_system_prompt(format, system, tmp_path):
    assert run(tmp_path, "train=3", "--system-prompt", system, format=format) == 0
    for record, row in zip(records(tmp_path, format), made(count=3), strict=True):
        assert chat_of(record) == prompt.messages(row, system or None)


def test_plain_text_for_base_models(tmp_path):
    for format in ("openrlhf", "jsonl"):
        assert run(tmp_path / format, "train=3", "--plain-prompt", format=format) == 0
        for record, row in zip(records(tmp_path / format, format), made(count=3), strict=True):
            assert record["prompt"] == prompt.as_text(row["prompt"])
    assert "--data.apply_chat_template" not in (tmp_path / "openrlhf" / "README.md").read_text()


def test_a_benchmark_and_a_folder(tmp_path):
    (tmp_path / "bamboogle").mkdir()
    asked = {"Question": ["Who led it?", "Who was it?"], "Answer": ["Ada Lok", "Bo Tin"]}
    datasets.Dataset.from_dict(asked).to_parquet(tmp_path / "bamboogle" / "test.parquet")
    assert run(tmp_path / "one", f"repo={tmp_path / 'bamboogle'}", "--rows", "1", name="bamboogle") == 0
    (found,) = records(tmp_path / "one", "verl", "test")
    assert [by_verl(found, tagged(said)) for said in ("Ada Lok", "Lok", "Bo Tin")] == [1, pytest.approx(2 / 3), 0]
    assert found["data_source"] == "synthrl/bamboogle"

    saved = datasets.Dataset.from_list(made(count=5), features=FEATURES)
    saved.save_to_disk(str(tmp_path / "mine"))
    assert run(tmp_path / "two", name=str(tmp_path / "mine")) == 0
    assert [record["extra_info"]["id"] for record in records(tmp_path / "two", "verl")] == list(saved["id"])


@pytest.mark.parametrize(
    ("words", "format", "said"),
    [
        (["--plain-prompt"], "verl", "--plain-prompt: verl asks by chat messages; plain text goes to openrlhf, jsonl"),
        (["--plain-prompt"], "prime-rl", "--plain-prompt: prime-rl asks by chat messages"),
        (["--split", "train", "--split", "train"], "verl", "--split: got 'train, train', expected each split once"),
        (["--split", "trian"], "jsonl", "split: got 'trian' (did you mean 'train'?)"),
        (["hopps=2"], "jsonl", "knob: got 'hopps' (did you mean 'hops'?)"),
        (["--rows", "0"], "jsonl", "argument --rows: got '0'"),
    ],
)
def test_what_is_refused_is_one_line_and_writes_nothing(words, format, said, tmp_path, capsys):
    try:
        assert run(tmp_path / "out", *words, format=format) == 2
    except SystemExit as end:  # argparse's own
        assert end.code == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_path_that_openrlhf_would_take_for_several(tmp_path, capsys):
    assert run(tmp_path / "a@b,c", format="openrlhf") == 2
    assert "a@b,c', expected a path without , or @, where openrlhf cuts it" in capsys.readouterr().err
    assert not (tmp_path / "a@b,c").exists()


@pytest.mark.parametrize(
    ("change", "format", "said"),
    [
        ({"scorer": "judge"}, "verl", "scorer 'judge' is not one of choice, f1:"),
        ({"scorer": "number", "answers": [["many"]]}, "openrlhf", "no number"),
        ({"prompt": "Who?"}, "verl", "its prompt is plain text, and this trainer asks by chat messages"),
        ({"prompt": "Who?"}, "prime-rl", "its prompt is plain text"),
    ],
)
def test_a_row_that_would_end_a_run_ends_the_export(change, format, said, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    changed = [{**row, **change} for row in made(count=1)]
    (tmp_path / "mine" / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in changed))
    assert run(tmp_path / "out", format=format, name=str(tmp_path / "mine")) == 2
    assert said in capsys.readouterr().err
    assert not [path for path in (tmp_path / "out").rglob("[!.]*") if path.is_file()]


def test_a_project_of_somebody_is_not_written_over(tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text("mine")
    assert run(tmp_path, "train=3", format="prime-rl") == 2
    assert "expected a new or an empty folder" in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("pyproject.toml", "mine")]
    assert run("", "train=3") == 2
    assert "--output: got ''" in capsys.readouterr().err


def test_of_a_folder_of_configurations_one_is_named(tmp_path, refusal, capsys):
    """Stock `datasets` would take the first of them, and the others' rows would be missed by nobody."""
    configs = [{"config_name": f"hops_{hops}", "data_files": f"hops_{hops}/train.parquet"} for hops in (1, 2)]
    for hops in (1, 2):
        rows = datasets.Dataset.from_list(made(count=hops), features=FEATURES)
        rows.to_parquet(tmp_path / "tree" / f"hops_{hops}" / "train.parquet")
    (tmp_path / "tree" / "README.md").write_text(f"---\n{json.dumps({'configs': configs})}\n---\n")
    capsys.readouterr()  # bars
    words = ["export", str(tmp_path / "tree"), "--format", "jsonl", "--output", str(tmp_path / "out")]
    assert "config: got none, expected one of hops_1, hops_2, as " in refusal(words)
    assert "config: got 'hops_3' (did you mean 'hops_2'?)" in refusal([*words, "hops_3"])
    assert "knobs go with the name of a dataset" in refusal([*words, "hops=2"])
    assert run(tmp_path / "two", "hops_2", name=str(tmp_path / "tree"), format="jsonl") == 0
    assert len(records(tmp_path / "two", "jsonl")) == 2
    assert len(load([f"{tmp_path / 'tree'} hops_2"], "train", seed=0)) == 2  # and so for recipes
