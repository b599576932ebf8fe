"""What a recipe trains on: parts named in a config → one set of rows, asked as this model is to be asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
from datasets import Dataset

from synthrl import knobs, real
from synthrl.app import hub
from synthrl.app.rows import configuration, saved
from synthrl.prompt import SYSTEM, with_prompt

from .fields import DataFields, Part, read_part


def load(texts: Sequence[str], split: str, seed: int) -> Dataset:
    """The rows of all parts, interleaved by their weights until one of them has no more: no row comes twice."""
    parts = [read_part(text) for text in texts]
    if bad := [part for part in parts if part.weight <= 0]:
        raise ValueError(f"data: got weight={bad[0].weight:g} for {bad[0].name}, expected more than 0")
    sets = [load_part(part, split) for part in parts]
    if len(sets) < 2:
        return sets[0]
    total = sum(part.weight for part in parts)
    return datasets.interleave_datasets(sets, [part.weight / total for part in parts], seed=seed)


def together(texts: Sequence[str], split: str) -> Dataset:
    """All rows of all parts, one after the other: for looking at, not for training."""
    return datasets.concatenate_datasets([load_part(read_part(text), split) for text in texts])


def load_part(part: Part, split: str) -> Dataset:
    split = part.split or split
    name = part.name.removeprefix("synthrl/")
    if name in hub.names():
        config, given = hub.read_knobs(name, part.words)
        return hub.load_dataset(name, config, split, **given)
    if name in real.BENCHMARKS:
        return real.load(name, split, **_words(part, "repo"))
    if Path(part.name).is_dir():
        return saved(part.name, split, configuration(part.name, part.words))
    knobs.refuse("data", part.name, [*hub.names(), *real.BENCHMARKS, "a folder of rows"])


def _words(part: Part, *allowed: str) -> dict[str, str]:
    given = {name: text for name, _, text in (word.partition("=") for word in part.words)}
    for word in given:
        knobs.require(word in allowed, f"data: {part.name}", word, " or ".join([*allowed, "split", "weight"]))
    return given


def asked(rows: Dataset, fields: DataFields) -> Dataset:
    """`rows` with the prompt that the fields ask for."""
    if fields.system_prompt is None and not fields.plain_prompt:
        return rows
    system = SYSTEM if fields.system_prompt is None else fields.system_prompt or None
    return with_prompt(rows, system=system, plain=fields.plain_prompt)


def template_switch(fields: DataFields) -> dict[str, Any] | None:
    return None if fields.thinking is None else {"enable_thinking": fields.thinking}


def prompt_tokens(row: dict[str, Any], tokenizer: Any, switch: dict[str, Any] | None) -> int:
    """How long the row's prompt is, as the trainer will give it to the model."""
    if isinstance(row["prompt"], str):
        return len(tokenizer(row["prompt"])["input_ids"])
    ids = tokenizer.apply_chat_template(
        row["prompt"], add_generation_prompt=True, tokenize=True, return_dict=True, **(switch or {})
    )
    return len(ids["input_ids"])


def within_budget(rows: Dataset, tokenizer: Any, fields: DataFields) -> Dataset:
    """The rows whose prompt is short enough; none left is an error, since no run would follow."""
    most = fields.max_prompt_tokens
    if most is None:
        return rows
    switch = template_switch(fields)
    kept = rows.filter(lambda row: prompt_tokens(row, tokenizer, switch) <= most, desc="Prompts within budget")
    if not len(kept):
        shortest = min(prompt_tokens(row, tokenizer, switch) for row in rows.select(range(min(50, len(rows)))))
        raise ValueError(f"max_prompt_tokens: got {most}, but the first rows have {shortest} tokens or more")
    return kept
