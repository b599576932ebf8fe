"""
name:
templated_task

dataset:
synthrl/templated_task

abstract:
Seventy templates of fourteen subjects, 200 rows of each of three levels from the test split. `_phrasing` asks in
words kept from training.

languages:
english

tags:
mathematics, science, law, medicine, finance, fictional

paper:
https://arxiv.org/abs/2505.17063
"""

from functools import partial

from synthrl.lighteval_tasks import shared, worked

examples = partial(worked.ours, "templated_task", "easy")

TASKS_TABLE = [
    task for level in ("easy", "medium", "hard") for task in shared.own("templated_task", level, worked=examples)
] + shared.own("templated_task", "medium", "heldout_phrasing", worked=examples)
