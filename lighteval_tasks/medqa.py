"""
name:
MedQA

dataset:
GBaker/MedQA-USMLE-4-options

abstract:
Questions of the examinations for physicians in the United States, with four options.

languages:
english

tags:
medicine, multiple-choice

paper:
https://arxiv.org/abs/2009.13081
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_medqa(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("medqa")


TASKS_TABLE = shared.tasks("medqa", prompt, "medqa", worked=examples)
