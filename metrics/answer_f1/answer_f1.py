"""F1 of the words of answers, as `synthrl.rewards.answer_f1` pays it."""

from synthrl import rewards
from synthrl.metrics import base


class AnswerF1(base.Metric):
    """F1 of the words that an answer shares with gold, by our convention or exactly by that of a benchmark.

    The mean of what the reward `synthrl.rewards.answer_f1` gives.
    """

    def _compute(self, predictions, references, convention=None, strict=False, extract=True, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `answers` and `scorer`; or golds, each a text or a list of texts of which any is right.
            convention: for golds: whose rules judge them ("synthrl" by default).
            strict: count only an answer in answer tags.
            extract: False where predictions are answers and nothing else.
            per_row: also give the list of `scores`, with None for a row that asks for something else than words.
        Returns:
            answer_f1: the mean; count: over how many rows.
        """
        rows = base.in_words(references, convention)
        if not extract:  # without the reward, which does the same
            rows = [_by_words(row) for row in rows]
        scores = base.ask(rewards.answer_f1, predictions, rows, strict, extract)
        return base.mean("answer_f1", scores, rows, per_row)


def _by_words(row):
    return {**row, "scorer": "f1:synthrl"} if row.get("scorer") == "set" and len(row["answers"]) == 1 else row
