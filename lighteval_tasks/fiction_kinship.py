"""
name:
fiction_kinship

dataset:
synthrl/fiction_kinship

abstract:
How two people of a told family are related, and who is somebody's …, by the steps between them, 200 of each from the
test split. Recipes train on two to five hops, so 1 and 6 to 8 are beyond that. `_phrasing` asks in words kept from
training.

languages:
english

tags:
kinship, fictional

paper:
https://arxiv.org/abs/2603.02091
"""

from functools import partial

from synthrl.lighteval_tasks import shared, worked

examples = partial(worked.ours, "fiction_kinship", "hops_2-context_chars=1000")

TASKS_TABLE = [
    task for hops in range(1, 9) for task in shared.own("fiction_kinship", f"hops_{hops}", worked=examples)
] + shared.own("fiction_kinship", "hops_4", "heldout_phrasing", worked=examples)
