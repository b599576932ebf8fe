"""The share of answers that are all right, as `synthrl.rewards.exact_match` pays it."""

from synthrl import rewards
from synthrl.metrics import base


class ExactMatch(base.Metric):
    """The share of answers that are all right by the rule that each row names: words, a set, a number, a choice, …

    The mean of what the reward `synthrl.rewards.exact_match` gives.
    """

    def _compute(self, predictions, references, convention=None, strict=False, extract=True, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `answers` and `scorer`; or golds, each a text or a list of texts of which any is right.
            convention: for golds: whose rules judge them ("synthrl" by default).
            strict: count only an answer in answer tags.
            extract: False where predictions are answers and nothing else.
            per_row: also give the list of `scores`, with None for a row without a scorer.
        Returns:
            exact_match: the mean; count: over how many rows.
        """
        rows = base.in_words(references, convention)
        scores = base.ask(rewards.exact_match, predictions, rows, strict, extract, figure="exact_match")
        return base.mean("exact_match", scores, rows, per_row)
