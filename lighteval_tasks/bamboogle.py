"""
name:
Bamboogle

dataset:
chiayewken/bamboogle

abstract:
Questions of two facts that no one page has together, without any text. It has 125 rows, so there is no subset.

languages:
english

tags:
multi-hop, qa, closed-book

paper:
https://arxiv.org/abs/2210.03350
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_bamboogle(line), task_name)


TASKS_TABLE = shared.tasks("bamboogle", prompt, "bamboogle", worked=worked.closed_book, subset=False)
