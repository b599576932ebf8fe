"""
name:
MoreHopQA

dataset:
alabnii/morehopqa

abstract:
Questions of two hops, and something to work out from their answer: arithmetic, letters, common sense.

languages:
english

tags:
multi-hop, qa, arithmetic

paper:
https://arxiv.org/abs/2406.13397
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_morehopqa(line), task_name)


TASKS_TABLE = shared.tasks("morehopqa", prompt, "morehopqa", worked=worked.multihop, more=["hops"])
