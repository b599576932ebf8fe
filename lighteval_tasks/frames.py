"""
name:
FRAMES

dataset:
google/frames-benchmark

abstract:
Questions that take two to fifteen articles of Wikipedia, asked without any text. Its authors have a model judge
answers; here words in common do, which is stricter: do not compare with their figures.

languages:
english

tags:
multi-hop, qa, closed-book

paper:
https://arxiv.org/abs/2409.12941
"""

from typing import Any

from lighteval.tasks.requests import Doc

from synthrl import real
from synthrl.lighteval_tasks import shared, worked


def prompt(line: dict[str, Any], task_name: str | None = None) -> Doc:
    return shared.ask(real.from_frames(line), task_name)


TASKS_TABLE = shared.tasks("frames", prompt, "frames", worked=worked.closed_book)
