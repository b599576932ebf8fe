"""
name:
MATH-500

dataset:
HuggingFaceH4/MATH-500

abstract:
Five hundred problems of mathematics competitions, from the test split of MATH. Judged by math-verify.

languages:
english

tags:
mathematics

paper:
https://arxiv.org/abs/2305.20050
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_math_500(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("math")


TASKS_TABLE = shared.tasks("math_500", prompt, "math_500", worked=examples, subset=False)
