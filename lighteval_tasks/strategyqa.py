"""
name:
StrategyQA

dataset:
ChilleD/StrategyQA

abstract:
Yes or no, where the steps that it takes are not in the question. No text is given.

languages:
english

tags:
multi-hop, qa, closed-book

paper:
https://arxiv.org/abs/2101.02235
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_strategyqa(line), task_name)


TASKS_TABLE = shared.tasks("strategyqa", prompt, "strategyqa", worked=worked.yes_or_no)
