"""How likely one of k completions is right, estimated without bias from n of them."""

from math import comb
from statistics import fmean

from synthrl import rewards
from synthrl.metrics import base


class PassAtK(base.Metric):
    """How likely at least one of k completions of a row is all right: 1 - C(n - c, k) / C(n, k) for c right of n.

    What is right is what the reward `synthrl.rewards.exact_match` says is right.
    """

    def _compute(self, predictions, references, k=None, strict=False, per_row=False):
        """
        Args:
            predictions: for each row a list of completions; or a list of scores, 1 for right and 0 for wrong.
            references: rows with `answers` and `scorer`; none where predictions are scores.
            k: one number or several; by default 1, 2, 4, … up to the fewest completions that a row has.
            strict: count only an answer in answer tags.
            per_row: also give the list of `scores`, a dict for each row, with None for a row without a scorer.
        Returns:
            pass@1, pass@2, …: the means; count: over how many rows.
        """
        right = _right(predictions, references, strict)
        own = [flags for flags in right if flags is not None]
        if not own:
            raise ValueError(f"pass_at_k: none of the {len(right)} rows has a scorer, and so a right answer")
        ks = _ks(k, min(map(len, own)))
        scores = [flags and {f"pass@{k}": pass_at(k, len(flags), sum(flags)) for k in ks} for flags in right]
        found = {f"pass@{k}": fmean([score[f"pass@{k}"] for score in scores if score]) for k in ks}
        found["count"] = len(own)
        return found | {"scores": scores} if per_row else found


def pass_at(k, n, c):
    """How likely k drawn from n, of which c are right, have a right one among them. Whole numbers: nothing is lost."""
    return (comb(n, k) - comb(n - c, k)) / comb(n, k)


def _ks(k, fewest):
    if k is None:
        return [2**i for i in range(fewest.bit_length())]
    ks = [k] if isinstance(k, int) else list(k)
    for one in ks:
        if not isinstance(one, int) or not 1 <= one <= fewest:
            raise ValueError(f"k: got {one!r}, expected 1 to {fewest}, the fewest completions that a row has")
    return ks


def _right(predictions, references, strict):
    """For each row, whether each of its completions is right; None if the row has no scorer."""
    if not predictions:
        raise ValueError("predictions: got none, and nothing has no mean")
    wrong = [said for said in predictions if not isinstance(said, list) or not said]
    if wrong:
        raise ValueError(f"predictions: got {wrong[0]!r:.80}, expected a list of completions for each row")
    if all(reference is None for reference in references):
        flags = [flag for row in predictions for flag in row]
        if any(flag not in (0, 1) for flag in flags):
            raise ValueError(
                "predictions: without references they are lists of scores, each 1 for right or 0 for wrong"
            )
        return [[int(flag) for flag in row] for row in predictions]
    rows = [row for said, row in zip(predictions, base.rows(references), strict=True) for _ in said]
    said = base.completions([one for of_row in predictions for one in of_row])
    scores = iter(rewards.exact_match(said, strict=strict, **base.columns(rows)))
    right = [[next(scores) for _ in of_row] for of_row in predictions]
    return [None if None in flags else [int(flag or 0) for flag in flags] for flags in right]
