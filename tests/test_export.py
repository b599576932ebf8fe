"""`synthrl export`: what is written for each trainer, held to what its documentation says.

tests/test_export_trainers.py has the trainers themselves.
"""

import argparse
import importlib
import re
import tomllib
from pathlib import Path

import datasets
import pandas
import pyarrow.parquet as pq
import pytest
from exports import FORMATS, chat_of, made, records, run

from synthrl.app import export, rows
from synthrl.app.commands.export import options
from synthrl.app.export import prime_rl
from synthrl.hooks import truth
from synthrl.hooks.openrlhf import reward_func
from synthrl.hooks.verl import compute_score
from synthrl.row import FEATURES

# verl 0.9.1, docs/preparation/prepare_data.rst: the five fields, and what is in them
VERL = {
    "data_source": "string",
    "prompt": "list<element: struct<role: string, content: string>>",
    "ability": "string",
    "reward_model": {"style": "string", "ground_truth": "string"},
    "extra_info": {"split": "string", "index": "int64"},
}


def test_verl_as_documented(tmp_path):
    assert run(tmp_path, "train=7", "test=5", "--split", "train", "--split", "test") == 0
    schema = pq.read_schema(tmp_path / "train.parquet")
    assert schema.names == list(VERL)
    for name, kind in VERL.items():
        if isinstance(kind, str):
            assert str(schema.field(name).type) == kind
        else:
            assert kind.items() <= {field.name: str(field.type) for field in schema.field(name).type}.items()
    for split, size in (("train", 7), ("test", 5)):
        frame = pandas.read_parquet(tmp_path / f"{split}.parquet")  # as some of verl's tools load it
        assert len(frame) == size
        assert [told["index"] for told in frame["extra_info"]] == list(range(size))
        assert {told["split"] for told in frame["extra_info"]} == {split}
        assert {told["style"] for told in frame["reward_model"]} == {"rule"}
        assert set(frame["data_source"]) == {"synthrl/fiction_multihop"}


# OpenRLHF 0.11.2, openrlhf/datasets/prompts_dataset.py: a prompt and a label by keys of ours, and a name for evaluation
def test_openrlhf_as_documented(tmp_path):
    assert run(tmp_path, "train=6", format="openrlhf") == 0
    found = datasets.load_dataset("json", data_files=str(tmp_path / "train.jsonl"), cache_dir=str(tmp_path / "c"))[
        "train"
    ]
    assert found.features["prompt"] == FEATURES["prompt"]
    assert found.features["label"] == found.features["datasource"] == datasets.Value("string")
    spec = importlib.util.spec_from_file_location("reward_func", tmp_path / "reward_func.py")  # as the trainer does
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward_func is reward_func
    row = made(count=1)[0]
    told = reward_func(["q" + row["solution"], "q"], ["q", "q"], [truth.pack(row)] * 2)
    assert {"rewards", "scores", "extra_logs"} == set(told)
    assert told["rewards"].tolist() == told["scores"].tolist() == [1, 0]
    assert {name: figure.tolist() for name, figure in told["extra_logs"].items()} == {
        "exact_match": [1, 0],
        "parsed": [1, 0],
        "format_ok": [1, 0],
    }


# verifiers 0.4.0, verifiers/v1/task.py: fields of TaskData, and those that ours adds (synthrl/hooks/verifiers.py)
VERIFIERS = {"id": str, "prompt": str, "system_prompt": str} | {
    "answer": str,
    "ground_truth": str,
    "kind": str,
    "hops": int,
    "level": str,
}


def test_prime_rl_as_documented(tmp_path):

    output = tmp_path / "My rows!"
    assert run(output, "train=6", "test=4", "--split", "train", "--split", "test", format="prime-rl") == 0
    for record in records(output, "prime-rl"):
        assert {name: type(value) for name, value in record.items()} == VERIFIERS
    project = tomllib.loads((output / "pyproject.toml").read_text())
    assert project["project"]["name"] == "synthrl_my_rows"
    assert (output / "synthrl_my_rows" / "__init__.py").is_file()
    config = tomllib.loads((output / "rl.toml").read_text())["orchestrator"]
    (train,), (watched,) = config["train"]["source"], config["eval"]["source"]
    assert train["env"]["taskset"] == {"id": "synthrl_my_rows", "split": "train"}
    assert watched["env"]["taskset"] == {"id": "synthrl_my_rows", "split": "test"}
    assert train["name"] != watched["name"]
    assert (output / "rl.toml").read_text() in (output / "README.md").read_text()


@pytest.mark.parametrize(
    ("folder", "package"),
    [("multihop", "synthrl_multihop"), ("synthrl_a", "synthrl_a"), ("synthrl", "synthrl_rows"), ("4-hops!", "synthrl_4_hops"), ("json", "synthrl_json"), ("日本", "synthrl_rows")],
)  # fmt: skip
def test_the_package_is_named_after_the_folder_and_hides_no_other(folder, package):
    assert prime_rl.package(Path("exports") / folder) == package


def test_a_chat_of_several_turns_stays_one():
    row = made(count=1)[0]
    turns = [
        {"role": "user", "content": "Say so."},
        {"role": "assistant", "content": "So."},
        {"role": "user", "content": "Now?"},
    ]
    place = export.Place("x", "train", 0)
    assert prime_rl.record({**row, "prompt": turns}, place)["prompt"] == turns
    assert prime_rl.record({**row, "prompt": turns}, place)["system_prompt"] is None
    assert (
        chat_of(prime_rl.record({**row, "prompt": [{"role": "system", "content": "Be brief."}, *turns]}, place))[1:]
        == turns
    )


def test_jsonl_is_the_row(tmp_path):
    assert run(tmp_path, "train=6", format="jsonl") == 0
    assert records(tmp_path, "jsonl") == made(count=6, train=6)
    found = rows.saved(str(tmp_path), "train")  # and a folder of rows again
    assert list(found) == made(count=6, train=6)


# The options that carry data, ground truth and reward, by the documentation of each
LAUNCH = {
    # verl 0.9.1: verl/trainer/config/data/legacy_data.yaml, reward/reward.yaml; pkg:// is of verl/utils/import_utils.py
    "verl": [
        "data.train_files={output}/train.parquet",
        "data.val_files={output}/test.parquet",
        "reward.custom_reward_function.path=pkg://synthrl.hooks.verl",
        "reward.custom_reward_function.name=compute_score",
    ],
    # OpenRLHF 0.11.2: README, "Single-Turn Agent"
    "openrlhf": [
        "--data.prompt_dataset {output}/train.jsonl",
        "--eval.dataset {output}/test.jsonl",
        "--data.input_key prompt",
        "--data.label_key label",
        "--data.apply_chat_template",
        "--reward.remote_url {output}/reward_func.py",
    ],
    # prime-rl: docs/configuration.md, and skills/configs/SKILL.md on sources
    "prime-rl": ["uv pip install -e {output}", "uv run rl @ {output}/rl.toml", "[[orchestrator.train.source]]"],
    "jsonl": ['open("{output}/train.jsonl"', "score_row(completion, row)"],
}


@pytest.mark.parametrize("format", FORMATS)
def test_the_page_has_the_documented_options(format, tmp_path):
    assert run(tmp_path, "train=4", "test=3", "--split", "train", "--split", "test", format=format) == 0
    page = (tmp_path / "README.md").read_text()
    assert not [line for line in LAUNCH[format] if line.format(output=tmp_path) not in page]
    if format == "verl":
        hook = re.search(r"path=pkg://(\S+)", page)[1]
        assert importlib.import_module(hook).compute_score is compute_score


@pytest.mark.parametrize("format", FORMATS)
def test_the_page_says_how_to_launch(format, tmp_path):
    assert run(tmp_path / "o p", "train=4", "test=3", "--split", "train", "--split", "test", format=format) == 0
    page = (tmp_path / "o p" / "README.md").read_text()
    assert "synthrl export fiction_multihop train=4 test=3" in page and "4 rows of train" in page
    assert "{{" not in page and "{%" not in page
    named = [path for path in re.findall(r"'?(/[^'\"\n]*o p[^'\"\n]*)'?", page) if "--output" not in path]
    assert named and all(Path(path).exists() for path in named)


def test_the_command_knows_all_formats():

    parser = argparse.ArgumentParser()
    options(parser)
    (choices,) = [action.choices for action in parser._actions if action.dest == "format"]
    assert choices == FORMATS
