"""
name:
CFA examinations (unverified)

dataset:
TheFinAI/flare-cfa

abstract:
Questions of examinations for Chartered Financial Analysts, with three options, as FLARE has them. *Unverified*:
columns are as documented, no row was at hand.

languages:
english

tags:
finance, multiple-choice

paper:
https://arxiv.org/abs/2306.05443
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_cfa(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("cfa")


TASKS_TABLE = shared.tasks("cfa", prompt, "cfa", worked=examples)
