"""What the tests of `synthrl export` share: the command, rows, and records as the trainer's own library reads them."""

import json

import datasets

from synthrl import rewards
from synthrl.app import cli, export, hub
from synthrl.hooks import truth
from synthrl.hooks.openrlhf import reward_func
from synthrl.hooks.verl import compute_score

FORMATS = list(export.SHAPES)


def run(output, *words, format="verl", name="fiction_multihop"):
    return cli.main(["export", name, *words, "--format", format, "--output", str(output)])


def made(name="fiction_multihop", count=12, **knobs):
    return list(hub.open_reader(name, **knobs).rows("train", 0, count))


def records(output, format, split="train"):
    """The records as the trainer's own library reads them."""
    path = export.SHAPES[format].within(output) / f"{split}.{export.SHAPES[format].suffix}"
    if path.suffix == ".parquet":
        return list(datasets.load_dataset("parquet", data_files=str(path), cache_dir=str(output / ".cache"))["train"])
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def chat_of(record):
    """The chat that a record asks by."""
    if "system_prompt" not in record:
        return record["prompt"]
    told = record["prompt"]
    chat = [{"role": "user", "content": told}] if isinstance(told, str) else told
    return [{"role": "system", "content": record["system_prompt"]}, *chat] if record["system_prompt"] else chat


# what the hook of each format pays, called as its trainer calls it


def by_verl(record, said):
    return compute_score(record["data_source"], said, record["reward_model"]["ground_truth"], record["extra_info"])


def by_openrlhf(record, said):
    asked = "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in record["prompt"])
    asked += "<|im_start|>assistant\n"
    return reward_func([asked + said + "<|im_end|>"], [asked], [record["label"]])["rewards"].item()


def by_prime_rl(record, said):
    return truth.judge(said, record["ground_truth"]).reward  # what the taskset's reward calls


def by_jsonl(record, said):
    return rewards.answer_reward([said], **{column: [value] for column, value in record.items()})[0]


PAYS = {"verl": by_verl, "openrlhf": by_openrlhf, "prime-rl": by_prime_rl, "jsonl": by_jsonl}
