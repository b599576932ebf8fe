"""The demo: what it promises of its data, the model it makes, and that it goes on where it was stopped."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="the demo needs `pip install 'synthrl[train,report]'`")
pytest.importorskip("matplotlib", reason="the demo needs `pip install 'synthrl[train,report]'`")

from transformers import AutoModelForCausalLM, AutoTokenizer

from synthrl.recipes import data, run, tiny_model
from synthrl.recipes.fields import DataFields, read_configs

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def rows():
    """recipe, field → rows"""
    found = {}
    for recipe in ("model", "sft", "grpo"):
        known = {field.name for field in dataclasses.fields(DataFields)}
        config = read_configs(["demo/world", f"demo/{recipe}"])
        said = DataFields(**{name: value for name, (value, _) in config.items() if name in known})
        found[recipe, "data"] = data.load(said.data, "train", 0)
        for name, split in (("held_out", "validation"), ("final", "test")):
            if parts := getattr(said, name):
                found[recipe, name] = data.together(parts, split)
    return found


def people(rows):
    return {steps[0]["title"] for steps, hops in zip(rows["steps"], rows["hops"], strict=True) if hops > 1}


def test_those_judged_were_never_asked_a_multi_hop_question(rows):
    asked = people(rows["model", "data"]) | people(rows["sft", "data"]) | people(rows["grpo", "data"])
    judged = people(rows["grpo", "final"])
    assert len(judged) == 40 and not judged & asked
    assert not people(rows["grpo", "held_out"]) & (asked | judged)


def test_every_fact_of_those_judged_was_told(rows):
    """Else the questions about them could not be answered, and one world is what all parts speak of."""
    told = {(steps[0]["title"], steps[0]["answer"]) for steps in rows["sft", "data"]["steps"] if len(steps) == 1}
    assert len(told) == 598
    for steps in rows["grpo", "final"]["steps"]:
        assert {(step["title"], step["answer"]) for step in steps} <= told


def test_enough_is_judged_and_one_depth_is_new(rows):
    judged = rows["grpo", "final"]["hops"]
    assert sum(hops in (2, 3) for hops in judged) >= 200
    assert set(rows["grpo", "data"]["hops"]) == {1, 2, 3} and set(judged) == {2, 3, 4}


def test_other_words_are_never_trained_on(rows):
    def wordings(rows):
        return {row["question"].replace(row["steps"][0]["title"], "X") for row in rows}

    trained = wordings(rows["model", "data"]) | wordings(rows["sft", "data"]) | wordings(rows["grpo", "data"])
    final = rows["grpo", "final"]
    reworded = [row for row in final if "/heldout_phrasing/" in row["id"]]
    others = [row for row in final if row not in reworded and row["hops"] in (2, 3)]
    assert len(reworded) > 100 and not wordings(reworded) & trained
    assert wordings(others) <= trained


def test_the_model_is_made_from_our_text_alone(tmp_path, capsys):
    part = "fiction_multihop hops=1 kinds=chain context=closed worlds=1 train=200"
    fields = tiny_model.Fields(
        data=[part], system_prompt="", output_dir=str(tmp_path / "m"), vocabulary=600, hidden_size=64
    )
    tiny_model.main(fields)
    assert "M parameters" in capsys.readouterr().out
    words, made = AutoTokenizer.from_pretrained(tmp_path / "m"), AutoModelForCausalLM.from_pretrained(tmp_path / "m")
    assert made.config.model_type == "qwen3" and made.config.vocab_size == len(words) <= 600
    text = "Who is the mayor of Krombeld? Ünïcode, too: 中."
    assert words.decode(words(text)["input_ids"]) == text
    said = words.apply_chat_template([{"role": "user", "content": "Who?"}], add_generation_prompt=True, tokenize=False)
    assert said == "<|im_start|>user\nWho?<|im_end|>\n<|im_start|>assistant\n"
    assert made.generation_config.eos_token_id == words.eos_token_id == words.convert_tokens_to_ids("<|im_end|>")
    with pytest.raises(run.Finished):
        tiny_model.main(fields)


@pytest.mark.slow
def test_killed_and_started_again_it_goes_on(tmp_path):
    command = [sys.executable, str(ROOT / "recipes" / "demo.py"), "--folder", str(tmp_path / "demo")]
    command += "--max_steps 4 --save_steps 2 --watch_rows 4 --per_device_train_batch_size 8".split()
    env = {**os.environ, "CI": "1"}
    first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = tmp_path / "demo" / "reward" / "log.jsonl"
    wait = time.monotonic() + 500
    while not (log.is_file() and '"step": 1' in log.read_text()):
        assert first.poll() is None and time.monotonic() < wait
        time.sleep(0.2)
    start = (tmp_path / "demo" / "start" / "model.safetensors").stat().st_mtime_ns
    first.send_signal(signal.SIGKILL)
    first.wait()
    again = subprocess.run(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    assert "before → after" in again.stdout, again.stdout[-3000:]
    assert (tmp_path / "demo" / "start" / "model.safetensors").stat().st_mtime_ns == start
    for name in ("reward", "random", "format"):
        assert {f.name for f in (tmp_path / "demo" / name / "final").glob("*.parquet")} == {
            "step_000000.parquet",
            "step_000004.parquet",
        }
    assert list((tmp_path / "demo" / "report").glob("*.png"))
