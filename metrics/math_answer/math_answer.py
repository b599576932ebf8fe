"""The share of answers equal to gold as mathematics, as `synthrl.rewards.math_answer` pays it."""

from synthrl import rewards
from synthrl.metrics import base


class MathAnswer(base.Metric):
    """The share of answers that are the same as gold: as mathematics (`math-verify` decides), or as a plain number.

    The mean of what the reward `synthrl.rewards.math_answer` gives.
    """

    def _compute(self, predictions, references, strict=False, extract=True, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `answers` and `scorer`; or golds for mathematics, each a text or a list of texts of
                which any is right.
            strict: count only an answer in answer tags.
            extract: False where predictions are answers and nothing else.
            per_row: also give the list of `scores`, with None for a row that asks for something else.
        Returns:
            math_answer: the mean; count: over how many rows.
        """
        rows = base.rows(references, lambda gold: {"answers": [base.aliases(gold)], "scorer": "math"})
        scores = base.ask(rewards.math_answer, predictions, rows, strict, extract)
        return base.mean("math_answer", scores, rows, per_row)
