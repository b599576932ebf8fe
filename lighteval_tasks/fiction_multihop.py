"""
name:
fiction_multihop

dataset:
synthrl/fiction_multihop

abstract:
Questions that take one to ten look-ups in a row, over invented worlds, 200 of each depth from the test split. Recipes
train on two to six hops, so 1 and 7 to 10 are beyond that. `_phrasing` asks in words kept from training.

languages:
english

tags:
multi-hop, qa, fictional

paper:
https://arxiv.org/abs/2603.02091
"""

from synthrl.lighteval_tasks import shared, worked

MORE = ["support", "hops"]

TASKS_TABLE = [
    task
    for hops in range(1, 11)
    for task in shared.own("fiction_multihop", f"hops_{hops}", worked=worked.multihop, more=MORE)
] + shared.own("fiction_multihop", "hops_4", "heldout_phrasing", worked=worked.multihop, more=MORE)
