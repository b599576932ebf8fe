"""Rewards by name: 'answer_reward', 'format_ok weight=0.1', 'length_penalty free=2000', 'my.module.reward'."""

import functools
import importlib
import inspect
import math
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from datasets import Dataset

from synthrl import knobs, rewards
from synthrl.knobs import shown

from .fields import Part, read_part

Reward = Callable[..., list[float | None]]
OURS = [
    name
    for name, f in vars(rewards).items()
    if inspect.isfunction(f) and not name.startswith("_") and f.__module__ == rewards.__name__
]


def named(texts: Sequence[str]) -> tuple[list[Reward], list[float]]:
    """The functions, and what each weighs."""
    if not texts:
        raise ValueError(f"rewards: got none, expected one or more of {', '.join(OURS)}, or a dotted name of your own")
    parts = [read_part(text) for text in texts]
    return [_function(part) for part in parts], [part.weight for part in parts]


def _function(part: Part) -> Reward:
    reward = _found(part.name)
    options = {
        name: option.default
        for name, option in inspect.signature(reward).parameters.items()
        if option.kind is option.KEYWORD_ONLY and option.default is not option.empty
    }
    given = {}
    for word in part.words:
        name, _, text = word.partition("=")
        if name not in options:
            knobs.refuse(f"rewards: {part.name}", word, [*(f"{name}=" for name in options), "weight="])
        given[name] = knobs.parse(text, options[name])
        fits = isinstance(given[name], type(options[name])) or (type(options[name]), type(given[name])) == (float, int)
        knobs.require(fits, f"rewards: {part.name} {name}", text, type(options[name]).__name__)
    return functools.update_wrapper(functools.partial(reward, **given), reward) if given else reward


def _found(name: str) -> Reward:
    if name in OURS:
        return getattr(rewards, name)
    module, dot, function = name.rpartition(".")
    if not dot:
        knobs.refuse("rewards", name, [*OURS, "a dotted name of your own"])
    sys.path.insert(0, os.getcwd())
    try:
        return getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ValueError(f"rewards: {name}: {error}") from None
    finally:
        sys.path.pop(0)


def _tried(reward: Reward, **given: Any) -> list[float | None]:
    try:
        return list(reward(**given))
    except Exception as error:  # whatever somebody's own function comes to
        raise ValueError(f"rewards: {reward.__name__}: {type(error).__name__}: {error}") from error


def check(functions: Sequence[Reward], rows: Dataset, most: int = 256) -> None:
    """Try each reward on the solutions of some rows: one that has nothing to say of any, or of what nobody does, is a mistake.

    `rows` may be mixed and sorted, so those to try are taken from all over it.
    """
    some = rows.select(range(0, len(rows), max(1, len(rows) // most)))
    columns = {name: some[name][:] for name in some.column_names if name != "prompt"}
    prompts, completions = some["prompt"][:], columns["solution"]
    if not isinstance(prompts[0], str):  # to chats a trainer's completions are chats too
        completions = [[{"role": "assistant", "content": text}] for text in completions]
    silent = set(range(len(some)))
    for reward in functions:
        got = _tried(reward, completions=completions, prompts=prompts, **columns)
        if len(got) != len(some) or not all(value is None or math.isfinite(value) for value in got):
            raise ValueError(
                f"rewards: {reward.__name__} gave {len(some)} completions {shown(got)}, expected a number for each"
            )
        judged = {i for i, value in enumerate(got) if value is not None}
        if not judged:
            scorers = ", ".join(sorted(set(columns["scorer"])))
            raise ValueError(f"rewards: {reward.__name__} fits none of the rows, whose scorers are {scorers}")
        silent -= judged
    if silent:
        row = some[min(silent)]
        raise ValueError(
            f"rewards: none judges row {row['id']} (scorer {row['scorer']}): add answer_reward, or leave such rows out"
        )
