"""A row's ground truth as one text, and what a completion is worth by it.

Trainers carry one text along with a prompt, so all that the judge looks at goes into it, as JSON. The figures are those of
`synthrl.rewards`: whatever a model says gets one, and a ground truth that cannot be judged by raises.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from synthrl.answers import score_row
from synthrl.answers.extract import Completion
from synthrl.knobs import shown
from synthrl.rewards import format_ok

COLUMNS = ("id", "answers", "scorer", "choices", "answerable")


class Figures(NamedTuple):
    reward: float  # as answer_reward has it
    exact_match: float
    parsed: float  # there was an answer
    format_ok: float


def pack(row: Mapping[str, Any]) -> str:
    return json.dumps({column: row[column] for column in COLUMNS}, ensure_ascii=False)


def unpack(truth: str) -> dict[str, Any]:
    try:
        row = json.loads(truth)
    except (ValueError, TypeError, RecursionError):
        row = None
    if not isinstance(row, dict) or any(column not in row for column in COLUMNS):
        raise ValueError(f"ground truth: got {shown(truth)}, expected the JSON that `synthrl export` writes")
    return row


def judge(completion: Completion, truth: str, strict: bool = False) -> Figures:
    """`strict` as in `synthrl.rewards`: an answer counts in its tag only."""
    score = score_row(completion, unpack(truth), strict)
    return Figures(score.f1, float(score.exact_match), float(score.parsed), *format_ok([completion]))
