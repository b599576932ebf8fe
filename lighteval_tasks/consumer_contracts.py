"""
name:
Consumer Contracts QA (unverified)

dataset:
nguha/legalbench

abstract:
Yes or no about what terms of service allow or require, with balanced accuracy, since there is more of one than of the
other. *Unverified*: columns are as documented, no row was at hand.

languages:
english

tags:
law, yes-no

paper:
https://arxiv.org/abs/2308.11462
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_consumer_contracts(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("consumer_contracts")


TASKS_TABLE = shared.tasks(
    "consumer_contracts", prompt, "consumer_contracts", worked=examples, more=["by_class"], subset=False
)
