"""
name:
SynthWorlds (unverified)

dataset:
kenqgu/SynthWorlds

abstract:
The same multi-hop questions about the world (`_real`) and about one whose names are made up, with the documents that
answer them. `_closed` gives none. Words in common judge. *Unverified*: columns are as documented, no row was at hand.

languages:
english

tags:
multi-hop, qa, fictional

paper:
https://arxiv.org/abs/2510.24427
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_synthworlds(line), task_name)


def prompt_closed(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_synthworlds(line), task_name, closed=True)


TASKS_TABLE = [
    *shared.tasks("synthworlds", prompt, "synthworlds", worked=worked.multihop),
    *shared.tasks("synthworlds_real", prompt, "synthworlds_real", worked=worked.multihop),
    *shared.tasks("synthworlds_closed", prompt_closed, "synthworlds", worked=worked.closed_book),
    *shared.tasks("synthworlds_real_closed", prompt_closed, "synthworlds_real", worked=worked.closed_book),
]
