"""
name:
CofCA (unverified)

dataset:
cofca/cofca

abstract:
Multi-hop questions over passages that were rewritten against what is known of the world, with sub-questions. On no
hub: put its authors' files into $SYNTHRL_HUB_MIRROR/cofca/cofca, as JSON lines with the columns id, question, answer,
context (pairs of title and sentences), sub_questions, sub_answers. *Unverified*: these columns are our reading of the
paper, no row was at hand.

languages:
english

tags:
multi-hop, qa, counterfactual

paper:
https://arxiv.org/abs/2402.11924
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_cofca(line), task_name)


TASKS_TABLE = shared.tasks("cofca", prompt, "cofca", worked=worked.multihop, more=["hops"])
