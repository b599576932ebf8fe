"""What all metrics do alike: take completions and rows as they are, ask a reward, and give the mean.

A metric's folder is copied elsewhere before it runs, so what several need stands here. Import this as a module: in a
metric's script `evaluate` takes the first class of its own kind for the metric.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

import evaluate
from datasets import Features, Json

from synthrl.answers import CONVENTIONS, score_answer
from synthrl.answers.extract import Completion, text_of
from synthrl.knobs import refuse
from synthrl.row import COLUMNS

Row = dict[str, Any]
Scores = list[float | None]
Reward = Callable[..., Scores]


class Anything(Json):
    """A column of texts, lists or rows, as they come. `Json` by itself takes the answer "7" for a number."""

    def encode_example(self, example_data: Any) -> str:
        return json.dumps(example_data, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # of numpy
        return value.tolist()
    raise TypeError(f"no text, number, list or row: {value!r}")


class Metric(evaluate.Metric):
    """A metric whose docstrings are its description: its own says what it is, that of `_compute` what goes in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `evaluate.load` asks for files; processes that compute at the same time would wait for each other's locks.
        self.keep_in_memory = self.num_process == 1

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=inspect.getdoc(self) or "",
            citation="",
            inputs_description=inspect.getdoc(self._compute) or "",
            features=Features({"predictions": Anything(), "references": Anything()}),
        )

    def add_batch(self, *, predictions: Any = None, references: Any = None, **kwargs: Any) -> None:
        """Add a batch of predictions and references."""
        if predictions is None or isinstance(predictions, str) or isinstance(references, str):
            raise ValueError(f"{self.name}: predictions and references are lists, with one item a row")
        if references is None:
            references = [None] * len(predictions)
        super().add_batch(predictions=predictions, references=references, **kwargs)


# what goes in


def rows(references: Sequence[Any], from_gold: Callable[[Any], Row] | None = None) -> list[Row]:
    """References as rows. Plain golds become rows by `from_gold`, where a metric takes such."""
    if all(isinstance(reference, Mapping) for reference in references):
        return list(references)
    if from_gold is None or any(isinstance(reference, Mapping) for reference in references):
        wrong = next(reference for reference in references if not isinstance(reference, Mapping))
        raise ValueError(f"references: got {wrong!r:.80}, expected rows" + (" or golds, not both" if from_gold else ""))
    return [from_gold(reference) for reference in references]


def aliases(gold: Any) -> list[str]:
    """A gold: a text, or a list of texts of which any is right."""
    golds = [gold] if isinstance(gold, str) else gold
    if not isinstance(golds, list) or not all(isinstance(text, str) for text in golds):
        raise ValueError(f"references: got {gold!r:.80}, expected a row, a text, or a list of texts that mean the same")
    return golds


def in_words(references: Sequence[Any], convention: str | None) -> list[Row]:
    """Rows, or golds to be judged by the words of one convention."""
    scorer = f"f1:{known(convention or 'synthrl')}"
    if convention and any(isinstance(reference, Mapping) for reference in references):
        raise ValueError(f"convention: got {convention!r}, but rows name theirs in their column 'scorer'")
    return rows(references, lambda gold: {"answers": [aliases(gold)], "scorer": scorer})


def known(convention: str) -> str:
    if convention not in CONVENTIONS:
        refuse("convention", convention, CONVENTIONS)
    return convention


def columns(of_rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Rows as the columns that a reward takes: those of ours, with None where only other rows have one."""
    names = [name for name in COLUMNS if any(name in row for row in of_rows)]
    return {name: [row.get(name) for row in of_rows] for name in names}


def completions(predictions: Sequence[Any]) -> Sequence[Completion]:
    if not predictions:
        raise ValueError("predictions: got none, and nothing has no mean")
    for said in predictions:
        if not isinstance(said, str) and not (isinstance(said, list) and all(isinstance(part, dict) for part in said)):
            raise ValueError(f"predictions: got {said!r:.80}, expected a text or chat messages")
    return predictions


# what comes out


def ask(
    reward: Reward, predictions: Sequence[Any], of_rows: Sequence[Row], strict: bool, extract: bool, figure: str = "f1"
) -> Scores:
    """What `reward` says of each prediction, None where the row is not its own.

    Unless `extract`, a prediction is the answer and nothing else: the same judge gives its `figure` as it stands.
    """
    said = completions(predictions)
    if extract:
        return reward(said, strict=strict, **columns(of_rows))
    if strict:
        raise ValueError("strict says how answers are extracted, and extract=False that they are not")
    own = reward([""] * len(said), **columns(of_rows))  # what it gives for nothing only tells which rows it judges
    return [
        None if mine is None else getattr(score_answer(text_of(answer), row), figure)
        for mine, answer, row in zip(own, said, of_rows, strict=True)
    ]


def mean(name: str, scores: Scores, of_rows: Sequence[Row], per_row: bool = False) -> dict[str, Any]:
    """The mean over the rows that are the metric's own, and how many those are."""
    own = [score for score in scores if score is not None]
    if not own:
        scorers = ", ".join(sorted({repr(row.get("scorer")) for row in of_rows}))
        raise ValueError(f"{name}: none of the {len(scores)} rows is one that it judges (scorers: {scorers})")
    found: dict[str, Any] = {name: fmean(own), "count": len(own)}
    return found | {"scores": scores} if per_row else found
