"""Completions from a file, for lighteval's custom-model entry: to judge again what was said elsewhere.

    SYNTHRL_RECORDED=said.jsonl python -m synthrl.app.lighteval custom NAME lighteval_tasks/recorded.py \\
        "synthrl_hotpotqa|0" --custom-tasks synthrl.lighteval_tasks.all

Each line has the `id` of a row and its `completion`, or several as a list. A row of which nothing is recorded was said
nothing to: it is wrong, and counts.
"""

import json
import os
from pathlib import Path
from typing import Any

from lighteval.models import abstract_model
from lighteval.models.model_output import ModelResponse
from lighteval.tasks.requests import Doc

VARIABLE = "SYNTHRL_RECORDED"


class Recorded(abstract_model.LightevalModel):
    tokenizer: Any = None
    add_special_tokens = False
    max_length = 0

    def __init__(self, config: Any) -> None:
        self.config = config
        with Path(os.environ[VARIABLE]).open(encoding="utf-8") as lines:  # completions hold unusual white space
            self.said = {one["id"]: one["completion"] for one in map(json.loads, lines)}
        self._cache = _NoCache()

    def greedy_until(self, docs: list[Doc]) -> list[ModelResponse]:
        all_said = [self.said.get(doc.specific["id"], "") for doc in docs]
        return [ModelResponse(text=said if isinstance(said, list) else [said]) for said in all_said]

    def loglikelihood(self, docs: list[Doc]) -> list[ModelResponse]:
        raise NotImplementedError("these tasks generate")

    loglikelihood_rolling = loglikelihood


class _NoCache:
    def _init_registry(self, registry: Any) -> None:
        pass
