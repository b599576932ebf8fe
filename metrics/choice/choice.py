"""The share of right choices, as `synthrl.rewards.choice` pays it."""

from synthrl import rewards
from synthrl.metrics import base


class Choice(base.Metric):
    """The share of right choices where several are offered, made by letter or by text.

    The mean of what the reward `synthrl.rewards.choice` gives.
    """

    def _compute(self, predictions, references, choices=None, strict=False, extract=True, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `answers`, `scorer` and `choices`; or golds, each the letter or the text of one choice.
            choices: for golds: the list of what was offered, for each of them.
            strict: count only an answer in answer tags.
            extract: False where predictions are answers and nothing else.
            per_row: also give the list of `scores`, with None for a row that offers no choice.
        Returns:
            choice: the mean; count: over how many rows.
        """
        rows = base.rows(references, lambda gold: {"answers": [base.aliases(gold)], "scorer": "choice"})
        if choices is not None:
            rows = _with_choices(rows, choices)
        scores = base.ask(rewards.choice, predictions, rows, strict, extract)
        return base.mean("choice", scores, rows, per_row)


def _with_choices(rows, choices):
    if any("choices" in row for row in rows):
        raise ValueError("choices: given twice, here and in the rows")
    if len(choices) != len(rows):
        raise ValueError(f"choices: got {len(choices)}, expected one list for each of {len(rows)} references")
    return [{**row, "choices": offered} for row, offered in zip(rows, choices, strict=True)]
