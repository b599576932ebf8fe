"""
name:
MedNLI (unverified)

dataset:
bigbio/mednli

abstract:
Does a statement follow from a sentence of a clinical note? It takes a licence of PhysioNet: put its files
(mli_train_v1.jsonl, mli_dev_v1.jsonl, mli_test_v1.jsonl) into $SYNTHRL_HUB_MIRROR/bigbio/mednli, since the Hub has
only a script, which `datasets` no longer runs. *Unverified*: columns are as documented, no row was at hand.

languages:
english

tags:
medicine, inference

paper:
https://arxiv.org/abs/1808.06752
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_mednli(line), task_name)


def examples() -> list[dict[str, Any]]:
    return worked.shipped("mednli")


TASKS_TABLE = shared.tasks("mednli", prompt, "mednli", worked=examples)
