"""Supporting facts as the official scripts score them, and answer and support as one.

The figures of HotpotQA, 2WikiMultihopQA and MuSiQue, to the last digit. A fact is a title and the number of a sentence,
or whatever else tells two apart: MuSiQue has numbers of paragraphs.
"""

from collections.abc import Hashable, Iterable

from .figures import Score
from .words import CONVENTIONS


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _lower(fact: Hashable) -> Hashable:
    if isinstance(fact, tuple):
        return tuple([_lower(part) for part in fact])
    return fact.lower() if isinstance(fact, str) else fact


def score_facts(predicted: Iterable[Hashable], gold: Iterable[Hashable], convention: str = "hotpotqa") -> Score:
    """How well the facts predicted are those of gold. A fact said twice counts once.

    2WikiMultihopQA looks at no case, but only after it has dropped what was said twice. Where there are no facts on
    either side, F1 is what the convention gives for answers of which nothing is left.

    >>> score_facts([("Ada", 0), ("Bo", 2)], [("Ada", 0)])[:4]
    (0.0, 0.6666666666666666, 0.5, 1.0)
    """
    said, wanted = list(set(predicted)), list(set(gold))
    if convention == "2wikimultihopqa":
        said, wanted = list(map(_lower, said)), list(map(_lower, wanted))
    empty = float(not said and not wanted and CONVENTIONS[convention].empty_is_right)
    right = len([fact for fact in said if fact in wanted])
    missed = len([fact for fact in wanted if fact not in said])
    precision = right / len(said) if said else empty
    recall = right / (right + missed) if wanted else empty
    return Score(float(right == len(said) and not missed), _f1(precision, recall), precision, recall, parsed=bool(said))


def joint(answer: Score, support: Score) -> Score:
    """Answer and support as one: precision and recall are the products, and F1 is made of those.

    >>> joint(Score(1, 1, 1, 1), Score(0, 0.8, 1, 2 / 3)).f1
    0.8
    """
    precision, recall = answer.precision * support.precision, answer.recall * support.recall
    return Score(
        answer.exact_match * support.exact_match,
        _f1(precision, recall),
        precision,
        recall,
        parsed=answer.parsed and support.parsed,
        answer=answer.answer,
    )
