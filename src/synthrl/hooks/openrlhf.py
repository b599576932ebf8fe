"""The reward of OpenRLHF: `--reward.remote_url FILE.py`, where that file imports `reward_func` from here.

After OpenRLHF 0.11 (README, "Single-Turn Agent"). It calls this in threads, and what it hands over as query is the
prompt and the completion, decoded together with their special tokens.
"""

import re
from collections.abc import Sequence
from typing import Any

from synthrl.knobs import require

from .truth import Figures, judge

_TAIL = 100  # characters of a prompt by which its end is known: of a long one the trainer cuts off the start
_NAMED = ("</s>", "<eos>", "<end_of_turn>", "<turn|>", "<pad>")
# Special tokens, backwards: read from its end, even pages of white space or of tokens are looked at but once.
_TOKEN = "|".join([r">\|[^<>|]{1,40}\|<", ">｜[^<>｜]{1,40}｜<", *(re.escape(name[::-1]) for name in _NAMED)])
_ENDS = re.compile(rf"(?:\s*+(?:{_TOKEN}))++\s*+")


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str], strict: bool = False, **kwargs: Any
) -> dict[str, Any]:
    """What each answer is worth (`synthrl.rewards.answer_reward`), in the trainer's tensors."""
    import torch

    said = [completion(query, prompt) for query, prompt in zip(queries, prompts, strict=True)]
    found = [judge(text, label, strict) for text, label in zip(said, labels, strict=True)]
    figures = {name: torch.tensor([getattr(each, name) for each in found]) for name in Figures._fields}
    rewards = figures.pop("reward")
    return {"rewards": rewards, "scores": rewards, "extra_logs": figures}


def completion(query: str, prompt: str) -> str:
    """What follows the prompt, without the special tokens that end it."""
    for name, text in (("query", query), ("prompt", prompt)):
        require(isinstance(text, str), name, text, "text")
    if query.startswith(prompt):
        said = query[len(prompt) :]
    else:
        before, found, said = query.partition(prompt[-_TAIL:])  # the first time: a model may repeat it
        if not found:
            raise ValueError(f"query: got {query[:_TAIL]!r}..., expected the prompt, which ends {prompt[-_TAIL:]!r}")
    ends = _ENDS.match(said[::-1])
    return said[: len(said) - ends.end()] if ends else said
