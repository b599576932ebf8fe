"""Was the answer found in the right places? By what completions cite, or by facts predicted as benchmarks want them."""

from statistics import fmean

from synthrl import rewards
from synthrl.answers import score
from synthrl.answers.support import joint, score_facts
from synthrl.metrics import base

FIGURES = {"em": "exact_match", "f1": "f1", "precision": "precision", "recall": "recall"}


class SupportingFacts(base.Metric):
    """Of completions: the paragraphs they cite, beyond what citing all of them would earn. Of predicted facts: the
    official figures of HotpotQA, alone and jointly with the answer.

    For completions it is the mean of what the reward `synthrl.rewards.supporting_facts` gives.
    """

    def _compute(self, predictions, references, convention=None, per_row=False):
        """
        Args:
            predictions: completions, each a text or chat messages; or facts {"title": [...], "sent_id": [...]}, and with
                an "answer" beside them also the joint figures.
            references: rows with `context` and `supporting_facts`; for facts also {"title": [...], "sent_id": [...]},
                with "answers", the list of texts of which any is right, for the joint figures.
            convention: for joint figures: whose rules judge the answers ("hotpotqa" by default).
            per_row: also give the list of `scores`, with None for a row without supporting facts.
        Returns:
            For completions: supporting_facts, the mean; count: over how many rows.
            For facts: sp_em, sp_f1, sp_precision, sp_recall; with answers joint_em and so on; count.
        """
        rows = base.rows(references)
        if predictions and all(isinstance(said, dict) for said in predictions):
            return _official(predictions, rows, base.known(convention or "hotpotqa"), per_row)
        if convention:
            raise ValueError(f"convention: got {convention!r}, but completions are no predicted facts")
        scores = rewards.supporting_facts(base.completions(predictions), **base.columns(rows))
        return base.mean("supporting_facts", scores, rows, per_row)


def _official(predictions, rows, convention, per_row):
    each = []
    answered = any("answer" in said for said in predictions)
    for said, row in zip(predictions, rows, strict=True):
        support = score_facts(_facts(said), _facts(row.get("supporting_facts") or row), convention)
        figures = {f"sp_{name}": getattr(support, figure) for name, figure in FIGURES.items()}
        if answered:
            both = joint(score(said.get("answer", ""), _golds(row), convention), support)
            figures |= {f"joint_{name}": getattr(both, figure) for name, figure in FIGURES.items()}
        each.append(figures)
    found = {name: fmean([figures[name] for figures in each]) for name in each[0]} | {"count": len(each)}
    return found | {"scores": each} if per_row else found


def _facts(facts):
    if "title" not in facts or "sent_id" not in facts:
        raise ValueError(f"supporting facts: got {facts!r:.80}, expected {{'title': [...], 'sent_id': [...]}}")
    return list(zip(facts["title"], facts["sent_id"], strict=True))


def _golds(row):
    """The texts of which any is right: as such, as HotpotQA's `answer`, or as our rows have them, the one of `answers`."""
    answers = row.get("answers", row.get("answer"))
    if not answers:
        raise ValueError("references: answers were predicted, but here are no 'answers' to judge them by")
    if isinstance(answers[0], str):
        return base.aliases(answers)
    if len(answers) > 1:
        raise ValueError(
            f"references: got {len(answers)} answers that must all be given, where official scripts know one"
        )
    return answers[0]
