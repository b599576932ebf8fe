"""F1 of the names in answers that are sets, as `synthrl.rewards.answer_set` pays it."""

from synthrl import rewards
from synthrl.metrics import base


class AnswerSet(base.Metric):
    """F1 of the names given where one or several are asked for, in any order; naming too many does not pay.

    The mean of what the reward `synthrl.rewards.answer_set` gives.
    """

    def _compute(self, predictions, references, strict=False, extract=True, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `answers` and `scorer`; or golds, each a list of all names, each of them a list of its
                aliases: [["Ada", "Ada L."], ["Bo"]].
            strict: count only an answer in answer tags.
            extract: False where predictions are answers and nothing else.
            per_row: also give the list of `scores`, with None for a row that asks for something else than names.
        Returns:
            answer_set: the mean; count: over how many rows.
        """
        rows = base.rows(references, _row)
        scores = base.ask(rewards.answer_set, predictions, rows, strict, extract)
        return base.mean("answer_set", scores, rows, per_row)


def _row(gold):
    if not isinstance(gold, list) or not all(isinstance(names, list) for names in gold):
        raise ValueError(
            f"references: got {gold!r:.80}, expected a row, or each name as a list of its aliases: [['Ada']]"
        )
    return {"answers": gold, "scorer": "set"}
