"""
name:
GPQA (unverified)

dataset:
Idavidrein/gpqa

abstract:
Questions of biology, physics and chemistry that experts can answer and others cannot look up. Options are shuffled by
the row's own id, so always alike. Gated: accept its terms on the Hub and log in. *Unverified*: columns are as
documented, no row was at hand.

languages:
english

tags:
science, multiple-choice

paper:
https://arxiv.org/abs/2311.12022
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_gpqa(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("gpqa")


TASKS_TABLE = [
    *shared.tasks("gpqa_diamond", prompt, "gpqa_diamond", worked=examples, subset=False),
    *shared.tasks("gpqa_extended", prompt, "gpqa_extended", worked=examples),
]
