"""What a solver who does not reason would answer, and what a guess is worth by chance."""

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from hashlib import blake2b
from itertools import chain
from math import prod
from typing import Any, NamedTuple

from .grammar import asked, number

_NUMBER = re.compile(r"\d[\d,]*(?:/\d+)?")
_FACTORS = {word: n for n, word in enumerate("three four five six seven eight nine".split(), 3)}
_FACTORS |= {"twice": 2, "two": 2, "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6}
_FACTORS |= {"seventh": 7, "eighth": 8, "ninth": 9}
_RANGE = ("2", "3", "4", "5", "6", "8", "10", "12", "20", "24", "30", "36", "48", "60", "100", "120")


class Reading(NamedTuple):
    """What a guesser sees of a row: sentences, the numbers in them, and the words that the question has too."""

    id: str
    sentences: list[str]
    numbers: list[Fraction]  # of all the text
    near: list[list[Fraction]]  # of each sentence with numbers, those most like the question first
    home: list[Fraction]  # of the paragraph of the place that is asked about
    factors: list[int]  # "three times", "a third", in the sentence most like the question, then in others


def read(row: dict[str, Any]) -> Reading:
    context, question = row["context"], row["question"]
    sentences = list(chain(*context["sentences"]))
    words = set(re.findall(r"\w+", question))

    def likeness(sentence: str) -> float:
        said = re.findall(r"\w+", sentence)
        return -len(words.intersection(said)) / len(said) ** 0.5

    by_likeness = sorted(sentences, key=likeness)
    key = asked(question)
    owner = key[0].rpartition("'s ")[0] if key else ""
    at_home = [
        s for t, said in zip(context["title"], context["sentences"], strict=True) if t.endswith(owner) for s in said
    ]
    factors = [_FACTORS[word] for s in by_likeness for word in re.findall(r"\w+", s) if word in _FACTORS]
    near = [found for found in map(_numbers, by_likeness) if found]
    return Reading(row["id"], sentences, _numbers(" ".join(sentences)), near, _numbers(" ".join(at_home)), factors)


def _numbers(text: str) -> list[Fraction]:
    return [number(found) for found in _NUMBER.findall(text)]


def _dice(r: Reading, n: int) -> int:
    return int.from_bytes(blake2b(r.id.encode(), digest_size=8).digest(), "big") % max(n, 1)


def _frequent(r: Reading) -> Fraction:
    return Counter(r.numbers).most_common(1)[0][0]


def _two(r: Reading) -> tuple[Fraction, Fraction]:
    """The numbers of the two sentences most like the question."""
    near = [numbers[0] for numbers in r.near]
    return near[0], near[1 % len(near)]


def _pair(r: Reading) -> tuple[Fraction, Fraction]:
    """Two numbers at random."""
    i = _dice(r, len(r.numbers))
    return r.numbers[i], r.numbers[(i + 1 + _dice(r, max(len(r.numbers) - 1, 1))) % len(r.numbers)]


def _factor(r: Reading) -> int:
    return r.factors[0] if r.factors else 1


GUESSERS: dict[str, Callable[[Reading], Fraction | int | str]] = {
    "first number": lambda r: r.numbers[0],
    "last number": lambda r: r.numbers[-1],
    "largest": lambda r: max(r.numbers),
    "smallest": lambda r: min(r.numbers),
    "second largest": lambda r: sorted(r.numbers)[-2:][0],
    "median": lambda r: sorted(r.numbers)[len(r.numbers) // 2],
    "most frequent": _frequent,
    "random": lambda r: r.numbers[_dice(r, len(r.numbers))],
    "nearest to the question": lambda r: r.near[0][0],
    "second nearest": lambda r: _two(r)[1],
    "first of its place": lambda r: (r.home or r.numbers)[0],
    "last of its place": lambda r: (r.home or r.numbers)[-1],
    "sum of all": lambda r: sum(r.numbers),
    "mean of all": lambda r: sum(r.numbers) / Fraction(len(r.numbers)),
    "sum of its place": lambda r: sum(r.home),
    "product of its place": lambda r: prod(r.home),
    "product of the first two": lambda r: prod(r.numbers[:2]),
    "largest less the rest": lambda r: 2 * max(r.numbers) - sum(r.numbers),
    "largest less smallest": lambda r: max(r.numbers) - min(r.numbers),
    "largest and smallest": lambda r: max(r.numbers) + min(r.numbers),
    "nearest two, sum": lambda r: sum(_two(r)),
    "nearest two, difference": lambda r: abs(_two(r)[0] - _two(r)[1]),
    "nearest two, product": lambda r: prod(_two(r)),
    "nearest two, quotient": lambda r: max(_two(r)) / min(_two(r)),
    "nearest two, mean": lambda r: sum(_two(r)) / Fraction(2),
    "random two, sum": lambda r: sum(_pair(r)),
    "random two, difference": lambda r: abs(_pair(r)[0] - _pair(r)[1]),
    "random two, product": lambda r: prod(_pair(r)),
    "nearest, times its factor": lambda r: r.near[0][0] * _factor(r),
    "nearest, over its factor": lambda r: r.near[0][0] / _factor(r),
    "largest, over its factor": lambda r: max(r.numbers) / _factor(r),
    "random, times its factor": lambda r: r.numbers[_dice(r, len(r.numbers))] * _factor(r),
    "how many sentences": lambda r: len(r.sentences),
    **{f"always {n}": lambda r, n=n: n for n in _RANGE},  # type: ignore[misc]
}


def guesses(row: dict[str, Any]) -> dict[str, str]:
    """What every guesser says to `row`."""
    reading = read(row)
    return {name: str(guesser(reading)) for name, guesser in GUESSERS.items()}


def chance(row: dict[str, Any]) -> float:
    """What a guess at random is worth: nothing, of thousands of numbers."""
    return 0.0
