"""How far reasoning gets along the proof, as `synthrl.rewards.hop_recall` pays it."""

from collections import defaultdict
from statistics import fmean

from synthrl import rewards
from synthrl.answers.reasoning import reached
from synthrl.metrics import base


class HopRecall(base.Metric):
    """The share of a proof's intermediate answers that the reasoning comes by, in order; less if it names much else.

    The mean of what the reward `synthrl.rewards.hop_recall` gives, and where on their way completions stop.
    """

    def _compute(self, predictions, references, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: rows with `question`, `context`, `steps` and `answers`, and `hops` for by_depth.
            per_row: also give the list of `scores`, with None for a row whose proof has no intermediate answer.
        Returns:
            hop_recall: the mean; count: over how many rows;
            by_position: of the rows that have a first, second, … intermediate answer, the share that comes by it;
            by_depth: the mean for each number in the column `hops`; not without that column.
        """
        rows = base.rows(references)
        scores = rewards.hop_recall(base.completions(predictions), **base.columns(rows))
        found = base.mean("hop_recall", scores, rows, per_row)
        positions, depths = defaultdict(list), defaultdict(list)
        for said, row, score in zip(predictions, rows, scores, strict=True):
            if score is None:
                continue
            for position, flag in enumerate(reached(said, row), 1):
                positions[position].append(flag)
            if row.get("hops") is not None:
                depths[row["hops"]].append(score)
        found["by_position"] = {position: fmean(flags) for position, flags in sorted(positions.items())}
        if depths:
            found["by_depth"] = {hops: fmean(of_depth) for hops, of_depth in sorted(depths.items())}
        return found
