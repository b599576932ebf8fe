"""
name:
MATH (unverified)

dataset:
DigitalLearningGmbH/MATH-lighteval

abstract:
The whole test split of MATH, 5,000 problems of mathematics competitions. *Unverified*: columns are as documented, no
row was at hand.

languages:
english

tags:
mathematics

paper:
https://arxiv.org/abs/2103.03874
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_math(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("math")


TASKS_TABLE = shared.tasks("competition_math", prompt, "math", worked=examples)
