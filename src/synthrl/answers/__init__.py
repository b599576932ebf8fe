"""Completion → answer → score. Standard library only, but for mathematics.

`score_row` is the one judge; `score` and `score_set` are what it judges by, for use without a row.
"""

from .extract import extract_answer
from .figures import Score
from .judge import SCORING_VERSION, score_answer, score_row
from .sets import score_set
from .words import CONVENTIONS, normalize, score

__all__ = [
    "CONVENTIONS",
    "SCORING_VERSION",
    "Score",
    "extract_answer",
    "normalize",
    "score",
    "score_answer",
    "score_row",
    "score_set",
]
