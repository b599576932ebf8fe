"""What is found out about rows before they are published: whether they are right, and what guessing earns."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from synthrl.app import guess, hub, verify
from synthrl.blocks import RowBuilder

from .plan import Part

AUDITED = 100  # rows of a split, unless told otherwise
GUESSED = 400  # rows of a configuration


class Audited(NamedTuple):
    rows: int
    splits: int
    each: int  # rows of a split, where it has so many
    closed: bool  # of some only question, steps and solution could be compared


class Guessed(NamedTuple):
    """What guessers earn on the rows of one configuration."""

    rows: int
    guessers: int
    chance: float
    best: str
    earns: float
    by_kind: float  # what the best guesser of each kind earns


def check(dataset: str, builders: Iterable[RowBuilder], each: int) -> None:
    """Whether they can be audited, before hours of work."""
    if each and any("question" in builder.features for builder in builders):
        verify.auditor(dataset)


def audit(dataset: str, parts: Sequence[Part], each: int, num_proc: int | None) -> Audited | str:
    """Check the first rows of each split. One that is wrong ends it all."""
    if each == 0:
        return "It was not audited (`--audit 0`)."
    rows, splits, closed = 0, 0, False
    for part in parts:
        builder = hub.open_reader(dataset, part.config, **part.knobs)
        some = sum(1 for size in builder.sizes().values() if size)
        if "question" not in builder.features or not some:
            continue
        found = verify.of_dataset(dataset, part.config, part.knobs, each, num_proc)
        if found.failures:
            verify.report(found)
            raise ValueError(f"{part.name}: rows that the audit finds wrong; nothing is published")
        closed = closed or found.unproven > 0
        rows, splits = rows + found.rows, splits + some
    if not rows:
        return "There is nothing to audit: documents ask no question."
    return Audited(rows, splits, each, closed)


def guessed(dataset: str, part: Part) -> Guessed | None:
    """None where nothing is asked."""
    builder = hub.open_reader(dataset, part.config, **part.knobs)
    size = min(builder.sizes()["train"], GUESSED)
    if "question" not in builder.features or not size:
        return None
    earned = guess.measure(builder.rows("train", 0, size), guess.guessers_of(dataset)).values()

    def mean(of: Sequence[float]) -> float:
        return sum(one.rows * value for one, value in zip(earned, of, strict=True)) / size

    names = dict.fromkeys(name for one in earned for name in one.scores)
    scores = {name: mean([one.scores.get(name, 0.0) for one in earned]) for name in names}
    best = max(scores, key=scores.__getitem__)
    by_kind = mean([one.scores[one.best] for one in earned])
    return Guessed(size, len(names), mean([one.chance for one in earned]), best, scores[best], by_kind)
