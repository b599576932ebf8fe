"""
name:
fiction_logic

dataset:
synthrl/fiction_logic

abstract:
Knights and knaves by how many people speak, 200 of each from the test split; and orderings, round tables and rules.
Recipes train on three to six people, so 2 and 7 to 10 are beyond that. `_phrasing` asks in words kept from training.

languages:
english

tags:
logic, fictional

paper:
https://arxiv.org/abs/2603.02091
"""

from functools import partial

from synthrl.lighteval_tasks import shared, worked

examples = partial(worked.ours, "fiction_logic", "knights_3")
CONFIGS = [*(f"knights_{people}" for people in range(2, 11)), "ordering", "seating", "rules"]

TASKS_TABLE = [
    task for config in CONFIGS for task in shared.own("fiction_logic", config, worked=examples)
] + shared.own("fiction_logic", "knights_4", "heldout_phrasing", worked=examples)
