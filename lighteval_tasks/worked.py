"""Worked examples of our own invention, or from the train split of our own datasets: never from what is evaluated."""

import functools
from typing import Any

from synthrl import prompt
from synthrl.app import hub
from synthrl.synthesis import definition

Row = dict[str, Any]


@functools.lru_cache
def ours(name: str, config: str) -> list[Row]:
    """The first two rows of a dataset of ours to train on."""
    return list(hub.open_reader(name, config).rows("train", 0, 2))


@functools.lru_cache
def shipped(task: str) -> list[Row]:
    """The first two demonstrations of a task that ships with `synthrl synthesize`."""
    return definition.preview(definition.read(task))[:2]


def multihop() -> list[Row]:
    return ours("fiction_multihop", "hops_2-context_chars=1500,kinds=chain%2Ccomparison")


def _told(question: str, solution: str, answer: str) -> Row:
    return {"question": question, "solution": f"{solution}\n{prompt.tagged(answer)}"}


def closed_book() -> list[Row]:
    return [
        _told(
            "Into which sea does the river flow that runs through the capital of Hungary?",
            "The capital of Hungary is Budapest.\nThe Danube runs through Budapest.\nThe Danube flows into the Black Sea.",
            "Black Sea",
        ),
        _told(
            "Which metal is liquid at room temperature and shares its name with the planet closest to the Sun?",
            "The planet closest to the Sun is Mercury.\nThe metal of that name is liquid at room temperature.",
            "mercury",
        ),
    ]


def yes_or_no() -> list[Row]:
    return [
        _told(
            "Could a penguin meet a polar bear in the wild?",
            "Wild penguins live in the southern hemisphere.\nPolar bears live in the Arctic.\nThey do not meet.",
            "no",
        ),
        _told(
            "Would a grand piano be too heavy for one person to carry up a staircase?",
            "A grand piano weighs some hundreds of kilograms.\nA person can carry some tens.\nSo it is too heavy.",
            "yes",
        ),
    ]
