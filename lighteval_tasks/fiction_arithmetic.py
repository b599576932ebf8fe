"""
name:
fiction_arithmetic

dataset:
synthrl/fiction_arithmetic

abstract:
Quantities that depend on each other, by how many operations it takes, 200 of each from the test split. Recipes train
on two to ten operations, so 15 and more are beyond that. `_phrasing` asks in words kept from training.

languages:
english

tags:
arithmetic, fictional

paper:
https://arxiv.org/abs/2603.02091
"""

from functools import partial

from synthrl.lighteval_tasks import shared, worked

examples = partial(worked.ours, "fiction_arithmetic", "operations_2")

TASKS_TABLE = [
    task
    for operations in (2, 4, 6, 8, 10, 15, 20)
    for task in shared.own("fiction_arithmetic", f"operations_{operations}", worked=examples)
] + shared.own("fiction_arithmetic", "operations_4", "heldout_phrasing", worked=examples)
