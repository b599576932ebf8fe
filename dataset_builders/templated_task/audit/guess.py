"""What can be said to a row without thinking about it. None of these may earn more than chance and a little."""

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from .. import file
from .arithmetic import number

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_LINE = re.compile(r"(?m)^(\w+ \w+) \| (.+)$")
_NAME = re.compile(r"[A-Z]\w+ [A-Z]\w+|\d[\w:/]*[:/]\w+")  # of a person, or a time
_OF_MATHEMATICS = ("last number", "sum of all", "largest number")  # a judge of its own takes its time for each
_WORDS = "not faulty opened unopened fault sealed away still perfect works".split()


def chance(row: dict[str, Any]) -> float:
    """What a guess at random earns: one of the choices, of yes and no, of the names in a table; a number by luck never."""
    if row["choices"]:
        return 1 / len(row["choices"])
    if row["scorer"] == "label":
        return 1 / len(_labels(row))
    if row["scorer"] == "set":  # one name, where `right` of them are
        right, names = len(row["answers"]), [name for name, _ in _table(row["question"])]
        return right / len(names) * 2 / (1 + right) if row["answers"][0][0] in names else 0.0
    return 0.0


def guesses(row: dict[str, Any]) -> dict[str, str]:
    """What every guesser says to `row`: all of them to each kind, so that averages compare."""
    numbers = [Fraction(text.replace(",", "")) for text in _NUMBER.findall(row["question"])] or [Fraction()]
    if row["choices"]:
        return _chosen(row, numbers)
    if row["scorer"] == "label":
        return _labelled(row, numbers)
    if row["scorer"] == "set":
        return _named(row["question"])
    said = _numbers(numbers)
    return {name: said[name] for name in _OF_MATHEMATICS} if row["scorer"] == "math" else said


def _said(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _numbers(numbers: Sequence[Fraction]) -> dict[str, str]:
    first, last = numbers[0], numbers[-1]
    second = numbers[1 % len(numbers)]
    largest, smallest = max(numbers), min(numbers)
    product = Fraction(1)
    for value in numbers:
        product *= value
    said = {
        "first number": first,
        "second number": second,
        "last number": last,
        "largest number": largest,
        "smallest number": smallest,
        "most frequent number": max(numbers, key=numbers.count),
        "how many numbers": Fraction(len(numbers)),
        "sum of all": sum(numbers, Fraction()),
        "product of all": product,
        "largest - smallest": largest - smallest,
        "largest / smallest": largest / smallest if smallest else largest,
        "largest times smallest": largest * smallest,
        "first times last": first * last,
        "first times second": first * second,
        "first + second": first + second,
        "last + first": first + last,
        "largest - the rest": 2 * largest - sum(numbers, Fraction()),
    }
    return {name: _said(value) for name, value in said.items()} | {
        f"always {n}": str(n) for n in (1, 2, 3, 5, 10, 12, 20)
    }


def _chosen(row: dict[str, Any], numbers: Sequence[Fraction]) -> dict[str, str]:
    choices = row["choices"]
    letters = {f"choice {n}": choice for n, choice in enumerate(choices, start=1)}
    values = [number(re.sub(r"[^\d.,/]", "", choice)) if re.search(r"\d", choice) else None for choice in choices]
    where = [row["question"].find(choice) for choice in choices]
    by = {
        "first said": min(choices, key=lambda c: where[choices.index(c)]),
        "last said": max(choices, key=lambda c: where[choices.index(c)]),
        "most said": max(choices, key=row["question"].count),
        "least said": min(choices, key=row["question"].count),
        "longest choice": max(choices, key=len),
        "shortest choice": min(choices, key=len),
        "pseudorandom": choices[blake2b(row["question"].encode(), digest_size=4).digest()[0] % len(choices)],
    }
    amounts = [value if value is not None else Fraction(n) for n, value in enumerate(values)]
    ranked = sorted(range(len(choices)), key=amounts.__getitem__)
    mean = sum(amounts, Fraction()) / len(amounts)
    near = {
        "least choice": ranked[0],
        "greatest choice": ranked[-1],
        "second least choice": ranked[1],
        "middle choice": ranked[len(ranked) // 2],
        "nearest to the mean": min(ranked, key=lambda i: abs(amounts[i] - mean)),
        "farthest from the mean": max(ranked, key=lambda i: abs(amounts[i] - mean)),
        "in the closest pair": min(ranked, key=lambda i: min(abs(amounts[i] - amounts[j]) for j in ranked if j != i)),
        "multiple of most numbers": max(ranked, key=lambda i: sum(amounts[i] % n == 0 for n in numbers if n)),
        "half or double of another": max(
            ranked, key=lambda i: sum(amounts[j] in (2 * amounts[i], amounts[i] / 2) for j in ranked)
        ),
    }
    return {**letters, **by, **{name: choices[i] for name, i in near.items()}}


def _labels(row: dict[str, Any]) -> list[str]:
    return file.of(json.loads(row["meta"])["task"])["labels"]


def _labelled(row: dict[str, Any], numbers: Sequence[Fraction]) -> dict[str, str]:
    """One of two labels by a sign, mostly of yes and no; of more than two, the others always."""
    question, (yes, *others, no) = row["question"], _labels(row)
    total = sum(numbers, Fraction())
    signs = {
        "always": True,
        "last number is larger than the first": numbers[-1] > numbers[0],
        "last number is the largest": numbers[-1] == max(numbers),
        "first number is the largest": numbers[0] == max(numbers),
        "last number is above the mean": numbers[-1] * len(numbers) > total,
        "first number is above the mean": numbers[0] * len(numbers) > total,
        "second number is larger than the first": numbers[:2][-1] > numbers[0],
        "last number is larger than the one before": numbers[-1] > numbers[-2:][0],
        "numbers are large": total > 150,
        "sum is even": total % 2 == 0,
        **{f"it says {word}": bool(re.search(rf"\b{word}\b", question)) for word in _WORDS},
    }
    both = {f"{yes} if {sign}": holds for sign, holds in signs.items()}
    both |= {f"{no} if {sign}": not holds for sign, holds in signs.items()}
    return {name: yes if holds else no for name, holds in both.items()} | {f"always {other}": other for other in others}


def _table(question: str) -> list[tuple[str, list[int]]]:
    """Names, each with its cells as numbers: the lines of a table, else names with the numbers that follow them."""
    if lines := _LINE.findall(question):
        return [(name, [int(c) if c.isdigit() else len(c) for c in cells.split(" | ")]) for name, cells in lines]
    ends = [*(match.start() for match in _NAME.finditer(question)), len(question)]
    found: dict[str, list[int]] = {}
    for match, end in zip(_NAME.finditer(question), ends[1:], strict=True):
        found.setdefault(match[0], []).extend(map(int, re.findall(r"\d+", question[match.end() : end])))
    return list(found.items())


def _named(question: str) -> dict[str, str]:
    table = _table(question) or [("nobody", [])]
    said = [name for name, _ in table]
    one, two = ([row[column] if column < len(row) else 0 for _, row in table] for column in (0, 1))
    least = [min(row, default=0) for _, row in table]

    def at(values: Sequence[int], best: Any) -> str:
        return said[values.index(best(values))]

    return {
        "first name": said[0],
        "last name": said[-1],
        "middle name": said[len(said) // 2],
        "everyone": ", ".join(said),
        "first two": ", ".join(said[:2]),
        "greatest in the first column": at(one, max),
        "least in the first column": at(one, min),
        "greatest in the second column": at(two, max),
        "least in the second column": at(two, min),
        "least of both": at(least, min),
        "second in the first column": said[one.index(sorted(one)[-2:][0])],
        "second in the second column": said[two.index(sorted(two)[-2:][0])],
        "greatest of the lesser": at(least, max),
    }
