"""The one judge of a row: rewards, metrics and benchmarks all ask it, so they cannot disagree."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .choices import hints_at_abstaining, score_abstention, score_choice, score_label
from .extract import Completion, extract_answer
from .figures import WRONG, Score, all_or_nothing
from .numbers import score_number
from .sets import score_set
from .words import score

SCORING_VERSION = "1.0.0"  # goes up whenever some completion earns something else; part of every result written


def _golds(row: Mapping[str, Any]) -> list[list[str]]:
    answers = row["answers"]
    if isinstance(answers, str) or not len(answers) or any(isinstance(aliases, str) for aliases in answers):
        raise ValueError(f"answers: got {answers!r}, expected all answers, each a list of aliases: [['Ada', 'Ada L.']]")
    if not all(isinstance(alias, str) for aliases in answers for alias in aliases):
        raise ValueError(f"answers: got {answers!r}, expected texts in it")
    return [list(aliases) for aliases in answers]  # some formats have arrays


def _only(answers: Sequence[Sequence[str]], scorer: str) -> Sequence[str]:
    """The aliases of the one answer that most scorers know."""
    if len(answers) != 1:
        raise ValueError(f"scorer {scorer!r} judges one answer, got {len(answers)}")
    if not answers[0] and scorer != "f1:squad_v2.0":
        raise ValueError(f"answers: got {answers!r}, of which none can be said")
    return answers[0]


def _mathematics(prediction: str, golds: Sequence[str]) -> Score:
    from .mathematics import equal  # needs a library that not everyone has

    said = prediction.strip().rstrip(".")  # 1/2. is 1/2, with the full stop of a sentence
    return all_or_nothing(any(equal(said, gold) for gold in golds), answer=prediction)


_JUDGES: dict[str, Callable[[str, Sequence[str]], Score]] = {
    "number": score_number,
    "math": _mathematics,
    "label": score_label,
}


def score_answer(answer: str, row: Mapping[str, Any]) -> Score:
    """Judge an answer, already taken out of its completion, by the rule that `row["scorer"]` names."""
    scorer, answers = str(row["scorer"]), _golds(row)
    by_words = scorer.startswith("f1:")
    if row.get("answerable") not in (None, True):  # None: the column of a mixed dataset, where this part has none
        return score_abstention(answer, _only(answers, scorer), bare=by_words)
    found = _judged(answer, row, scorer, answers)
    # What counts where there is no answer counts nowhere else, or "unknown, 5" would be right both times. Words in
    # common are counted as the benchmarks do; there no reason may follow, so no names can.
    hedged = found.f1 and not by_words and hints_at_abstaining(answer)
    if hedged and not any(map(hints_at_abstaining, itertools.chain(*answers))):
        return WRONG._replace(answer=answer)
    return found


def _judged(answer: str, row: Mapping[str, Any], scorer: str, answers: Sequence[Sequence[str]]) -> Score:
    if scorer == "set":
        return score_set(answer, answers)
    if scorer == "choice":
        choices = row.get("choices")
        return score_choice(answer, _only(answers, scorer), () if choices is None else choices)
    if scorer in _JUDGES:
        return _JUDGES[scorer](answer, _only(answers, scorer))
    rule, _, convention = scorer.partition(":")
    if rule == "f1" and convention:
        return score(answer, _only(answers, scorer), convention)
    raise ValueError(f"scorer: got {scorer!r}, expected set, number, math, choice, label or f1:<convention>")


def score_row(completion: Completion, row: Mapping[str, Any], strict: bool = False) -> Score:
    """How good `completion` is as an answer to `row`; see `extract_answer` for what counts as its answer.

    `parsed` says whether there was one, be it of the wrong kind.

    Whatever a model says gets a score. Gold that cannot be judged by raises, with the row's id.

    >>> row = {"id": "1", "answers": [["Ada"], ["Bo"]], "scorer": "set"}
    >>> score_row("They are two. <answer>Bo and Ada</answer>", row).f1
    1.0
    """
    answer = extract_answer(completion, strict)
    try:
        found = score_answer(answer or "", row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"row {row.get('id')!r}: {error}") from error
    return found._replace(parsed=True) if answer is not None else WRONG._replace(parsed=False)
