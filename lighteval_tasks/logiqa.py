"""
name:
LogiQA (unverified)

dataset:
dmayhem93/agieval-logiqa-en

abstract:
Logical reasoning from examinations for civil servants, with four options; the English test split as AGIEval has it.
*Unverified*: columns are as documented, no row was at hand.

languages:
english

tags:
logic, multiple-choice

paper:
https://arxiv.org/abs/2007.08124
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_logiqa(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("logiqa")


TASKS_TABLE = shared.tasks("logiqa", prompt, "logiqa", worked=examples)
