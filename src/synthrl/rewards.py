"""Rewards for TRL: completions and dataset columns in, a number for each completion out.

    GRPOTrainer(reward_funcs=[answer_reward, format_ok], …)

Plain functions: a config names them (`synthrl.rewards.answer_reward`), `functools.partial` sets their options. A
completion is text or chat messages; whatever it holds gets a number. A reward is None where a row is not its own, so
that mixed datasets train together. Gold that cannot be judged by raises, with the row's id.

The metrics of the same names call these functions, so that training and evaluation cannot disagree.
"""

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

from synthrl.answers import score_row
from synthrl.answers.extract import Completion, after_thinking, text_of, thinking_is_whole
from synthrl.answers.reasoning import score_hops, score_support
from synthrl.prompt import TAG
from synthrl.seeding import Stream

Row = dict[str, Any]
Rewards = list[float | None]
_JUDGED_BY = ("answers", "scorer")
_WHERE_THERE = (
    "id",
    "question",
    "choices",
    "answerable",
    "answers",
    "steps",
    "supporting_facts",
)  # not needed, but heeded


def _rows(completions: Sequence[Completion], columns: dict[str, Any], needed: Sequence[str]) -> list[Row]:
    """The columns, which come as one list each, as rows again."""
    missing = [name for name in needed if columns.get(name) is None]
    if missing:
        raise TypeError(f"this reward needs the columns {', '.join(needed)}; the dataset lacks {', '.join(missing)}")
    names = [name for name in {*needed, *_WHERE_THERE} if columns.get(name) is not None]
    uneven = [f"{len(columns[name])} of {name}" for name in names if len(columns[name]) != len(completions)]
    if uneven:
        raise ValueError(f"got {len(completions)} completions, but {', '.join(uneven)}")
    lists = {name: list(columns[name]) for name in names}  # by place: an index of pandas is something else
    return [{"id": i, **{name: lists[name][i] for name in names}} for i in range(len(completions))]


def _each(
    completions: Sequence[Completion],
    columns: dict[str, Any],
    needed: Sequence[str],
    judge: Callable[[Completion, Row], float | None],
    own: Callable[[Row], bool] = lambda row: True,
) -> Rewards:
    rows = _rows(completions, columns, needed)
    rewards: Rewards = []
    for said, row in zip(completions, rows, strict=True):
        try:
            rewards.append(judge(said, row) if own(row) else None)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"row {row['id']!r}: {type(error).__name__}: {error}") from error
    return rewards


# the answer


def answer_reward(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """What the answer is worth by the rule in the row's `scorer` column; None where a row has none."""
    rows = _rows(completions, columns, _JUDGED_BY)
    scores = [score_row(c, row, strict) if row["scorer"] else None for c, row in zip(completions, rows, strict=True)]
    judged = [score for score in scores if score]
    log = columns.get("log_metric")
    if log and judged:
        log("answer/parsed", sum([score.parsed for score in judged]) / len(judged))
        log("answer/exact_match", sum([score.exact_match for score in judged]) / len(judged))
    return [score.f1 if score else None for score in scores]


def exact_match(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """1 if the answer is all right by the row's `scorer`, else 0."""
    return _each(
        completions,
        columns,
        _JUDGED_BY,
        lambda said, row: score_row(said, row, strict).exact_match,
        lambda row: bool(row["scorer"]),
    )


def answer_f1(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """F1 of the answer's words, for rows with one answer in words."""

    def own(row: Row) -> bool:
        return str(row["scorer"]).startswith("f1:") or (row["scorer"] == "set" and len(row["answers"]) == 1)

    def judge(said: Completion, row: Row) -> float:
        by_words = row if row["scorer"] != "set" else {**row, "scorer": "f1:synthrl"}
        return score_row(said, by_words, strict).f1

    return _each(completions, columns, _JUDGED_BY, judge, own)


def _by_scorer(
    completions: Sequence[Completion], columns: dict[str, Any], strict: bool, *scorers: str, needed: Sequence[str] = ()
) -> Rewards:
    return _each(
        completions,
        columns,
        (*_JUDGED_BY, *needed),
        lambda said, row: score_row(said, row, strict).f1,
        lambda row: row["scorer"] in scorers,
    )


def answer_set(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """F1 of the names given, for rows that ask for one or several; naming too many does not pay."""
    return _by_scorer(completions, columns, strict, "set")


def math_answer(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """1 if the answer is equal to gold as mathematics or as a number, else 0."""
    return _by_scorer(completions, columns, strict, "math", "number")


def choice(completions: Sequence[Completion], *, strict: bool = False, **columns: Any) -> Rewards:
    """1 if the right choice is made, by letter or by text, else 0."""
    return _by_scorer(completions, columns, strict, "choice", needed=("choices",))


# the way to it

_TOLD = ("context", "supporting_facts")
_PROVEN = ("question", "context", "steps", "answers")


def _has(row: Row, columns: Sequence[str]) -> bool:
    """In a mixed dataset, a column that only another part has is None."""
    return all(row[column] is not None for column in columns)


def supporting_facts(completions: Sequence[Completion], **columns: Any) -> Rewards:
    """F1 of the supporting paragraphs named by their titles, on a scale on which naming all paragraphs is worth 0."""
    return _each(completions, columns, _TOLD, score_support, lambda row: _has(row, _TOLD))


def hop_recall(completions: Sequence[Completion], **columns: Any) -> Rewards:
    """The share of the proof's intermediate answers that the reasoning comes by, in order; 0 for naming everybody."""
    return _each(completions, columns, _PROVEN, score_hops, lambda row: _has(row, _PROVEN))


# its form


def format_ok(completions: Sequence[Completion], **columns: Any) -> list[float]:
    """1 if exactly one answer tag, with something in it, ends the completion, and thinking has ended before; else 0."""
    return [float(_well_formed(text_of(completion))) for completion in completions]


def _well_formed(text: str) -> bool:
    said = after_thinking(text).rstrip()
    before, opened, rest = said.partition(f"<{TAG}>")
    answer, closed, after = rest.partition(f"</{TAG}>")
    once = opened and closed and not after and f"</{TAG}>" not in before and f"<{TAG}>" not in answer
    return bool(once and answer.strip() and thinking_is_whole(text))


def length_penalty(
    completions: Sequence[Completion], *, free: int = 4_000, limit: int = 16_000, **columns: Any
) -> list[float]:
    """0 for up to `free` characters, from there on falling to -1 at `limit`."""
    if not 0 <= free < limit:
        raise ValueError(f"length_penalty: got free={free}, limit={limit}, expected 0 <= free < limit")
    over = [(len(text_of(completion)) - free) / (limit - free) for completion in completions]
    return [0.0 - min(max(share, 0.0), 1.0) for share in over]


# a control


def random_reward(
    completions: Sequence[Completion], *, probability: float = 0.5, seed: int = 0, **columns: Any
) -> list[float]:
    """1 or 0 by chance, whatever is said: what a run learns from this, it did not learn from the answers.

    In a trainer the draws depend on seed, step, process and place, and a run can be repeated.
    """
    state = columns.get("trainer_state")
    if state is None:
        draw = random.SystemRandom().random
    else:
        draw = Stream("random_reward", seed, state.global_step, os.environ.get("RANK", "0")).random
    return [float(draw() < probability) for _ in completions]
