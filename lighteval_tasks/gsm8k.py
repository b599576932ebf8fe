"""
name:
GSM8K

dataset:
openai/gsm8k

abstract:
Word problems of grade-school mathematics, by the number that is the answer.

languages:
english

tags:
mathematics

paper:
https://arxiv.org/abs/2110.14168
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_gsm8k(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("gsm8k")


TASKS_TABLE = shared.tasks("gsm8k", prompt, "gsm8k", worked=examples)
