"""Is a row right? Its text is read and solved anew."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from synthrl import prompt

from . import grammar
from .grammar import Key, Reading
from .logic import Values, holds, sensitivities, solve

NEEDS_TEXT = TITLES_ARE_NAMES = True  # see synthrl.app.across
Row = dict[str, Any]
Place = tuple[str, int]  # a title and the number of a sentence
_NUMBER = r"\(?(\d[\d,]*(?:/\d+)?)\)?"
_OPERATION = re.compile(rf"{_NUMBER} ([-+×÷]) {_NUMBER}")
_LINE = re.compile(rf"(.+?): ({_OPERATION.pattern}) = {_NUMBER}(?:, (the number of .+))?\.")
_RIGHT = {
    "+": lambda left, right, result: left + right == result,
    "-": lambda left, right, result: left - right == result,
    "×": lambda left, right, result: left * right == result,
    "÷": lambda left, right, result: left == right * result,
}
_GIVEN = re.compile(rf"(The number of .+) is {_NUMBER}\.")


class Text(NamedTuple):
    places: list[Place]
    readings: list[Reading]
    values: Values
    order: list[tuple[int, Key]]


def check(row: Row) -> list[str]:
    """What is wrong with the row: nothing, for a good one."""
    faults = [*_form(row), *_prompt(row)]
    asked = grammar.asked(row["question"])
    if asked is None:
        return [*faults, f"question without a reading: {row['question']!r}"]
    told = [
        ((title, number), grammar.read(title, sentence))
        for title, paragraph in zip(row["context"]["title"], row["context"]["sentences"], strict=True)
        for number, sentence in enumerate(paragraph)
    ]
    odd = [f"sentence {place} has {len(readings)} readings" for place, readings in told if len(readings) != 1]
    if odd:
        return [*faults, *odd]
    readings = [readings[0] for _, readings in told]
    values, order = solve(readings)
    text = Text([place for place, _ in told], readings, values, order)
    return [*faults, *_world(text), *(_proof(row, text, asked) if asked in values else ["the text has no answer"])]


def _form(row: Row) -> Iterator[str]:
    for column, wanted in (("scorer", "number"), ("answerable", True), ("choices", []), ("level", "")):
        if row[column] != wanted:
            yield f"{column} is {row[column]!r}, expected {wanted!r}"
    if row["answers"] != [[row["answer"]]] or not re.fullmatch(_NUMBER, row["answer"]):
        yield f"answers are {row['answers']}, the answer is {row['answer']!r}"
    if row["hops"] != len(_steps(row)):
        yield f"hops is {row['hops']}, the steps are {len(_steps(row))}"
    for title, n in Counter(row["context"]["title"]).items():
        if n > 1:
            yield f"{n} paragraphs have the title {title}"
    for title, sentences in zip(row["context"]["title"], row["context"]["sentences"], strict=True):
        if title.partition(" of ")[2] + "'s" not in sentences[0]:
            yield f"the first sentence does not introduce {title}"


def _steps(row: Row) -> list[dict[str, str]]:
    """The steps, one by one, also where a reader of Parquet gives them column by column."""
    steps = row["steps"]
    if isinstance(steps, dict):
        return [dict(zip(steps, each, strict=True)) for each in zip(*steps.values(), strict=True)]
    return steps


def _prompt(row: Row) -> Iterator[str]:
    if not prompt.asks_only(row):
        yield "the prompt is not the text and the question alone"


def _world(text: Text) -> Iterator[str]:
    """Every quantity has one value, and no sentence says what another one does."""
    keys = {key for reading in text.readings for key in reading.keys}
    if not len(keys) == len(text.readings) == len(text.order) == len({number for number, _ in text.order}):
        yield f"{len(text.readings)} sentences speak of {len(keys)} quantities and settle {len(text.order)}"
    elif not all(holds(reading, text.values) for reading in text.readings):
        yield "the text contradicts itself"
    if any(value <= 0 for value in text.values.values()):
        yield "a quantity is not positive"
    closed = set(filter(None, map(_closed, text.readings)))
    for key in keys:
        if key[:2] in closed and not key[2].endswith((" in all", " each day")) and key not in _members(text, key[:2]):
            yield f"{key} is not among all that its place is said to have"


def _closed(reading: Reading) -> tuple[str, str] | None:
    """The place and verb of a sentence that says what there is in all, and what of."""
    if reading.subject and reading.subject[2].endswith(" in all") and len(reading.weights) > 1:
        place = reading.subject[:2]
        return place if {key[:2] for key in reading.weights} == {place} else None
    return None


def _members(text: Text, place: tuple[str, str]) -> set[Key]:
    return {key for reading in text.readings if _closed(reading) == place for key in reading.keys}


def _proof(row: Row, text: Text, asked: Key) -> Iterator[str]:
    """The answer, and that the supporting sentences are those, and only those, on which it rests."""
    if text.values[asked] != grammar.number(row["answer"]):
        yield f"the text gives {text.values[asked]}, the gold answer is {row['answer']}"
    facts = row["supporting_facts"]
    supporting = list(zip(facts["title"], facts["sent_id"], strict=True))
    needed = sensitivities(text.readings, text.values, text.order, asked)
    wanted = {text.places[number] for number in needed}
    if set(supporting) != wanted or len(supporting) != len(wanted):
        yield f"the answer rests on {sorted(wanted)}, the supporting facts are {sorted(supporting)}"
        return
    readings = {place: text.readings[text.places.index(place)] for place in supporting}
    if solve(list(readings.values()))[0].get(asked) != text.values[asked]:
        yield "the supporting facts alone do not give the answer"
    cost = sum(reading.cost for reading in readings.values())
    if cost != row["hops"]:
        yield f"the answer takes {cost} operations, hops is {row['hops']}"
    ways = [reading.subject for reading in readings.values() if asked in reading.keys]
    if len(ways) != 1 or (ways[0] and (ways[0] == asked) != (row["kind"] == "forward")):
        yield f"kind is {row['kind']}, the asked quantity stands in sentences about {ways}"
    yield from _solution(row, text, readings, asked)


def _solution(row: Row, text: Text, readings: dict[Place, Reading], asked: Key) -> Iterator[str]:
    """Lines that state what the text states, and one for each step: an operation on what is known by then."""
    *lines, last = row["solution"].split("\n")
    if last != f"<answer>{row['answer']}</answer>":
        yield f"the solution ends in {last!r}"
    known: Values = {}
    steps = iter(_steps(row))
    partial: set[Fraction] = set()
    for line in lines:
        given, operation = _GIVEN.fullmatch(line), _LINE.fullmatch(line)
        if given:
            key = grammar.noun(given[1])
            stated = any(reading.keys == (key,) for reading in readings.values())
            if key is None or not stated or text.values[key] != grammar.number(given[2]):
                yield f"the solution takes for given: {line!r}"
            else:
                known[key] = text.values[key]
        elif operation and (step := next(steps, None)):
            yield from _step(line, operation, step, text, readings, known, partial)
        else:
            yield f"the solution says {line!r}"
    if next(steps, None) or asked not in known:
        yield "the solution ends before its steps, or without the asked quantity"


def _step(
    line: str,
    match: re.Match[str],
    step: dict[str, str],
    text: Text,
    readings: dict[Place, Reading],
    known: Values,
    partial: set[Fraction],
) -> Iterator[str]:
    """One line and its step; `known` and `partial` grow by what it finds."""
    title, said, a, sign, b, answer, noun = match.groups()
    left, right, result = map(grammar.number, (a, b, answer))
    if not _RIGHT[sign](left, right, result):
        yield f"wrong: {line!r}"
    if (step["title"], step["answer"]) != (title, answer):
        yield f"the step {step} is not what {line!r} says"
    here = [reading for place, reading in readings.items() if place[0] == title]
    key = grammar.noun(noun) if noun else None
    if key:
        here = [r for r in here if key in r.keys and all(other in known for other in r.keys if other != key)]
    sources = {value for reading in here for value in reading.constants} | partial
    sources |= {known[other] for reading in here for other in reading.keys if other in known}
    if not {left, right} <= sources:
        yield f"not known by then, or not of {title}: {line!r}"
    if noun is None:
        partial.add(result)
        if step["question"] != f"What is {said}?":
            yield f"the step asks {step['question']!r}, the solution says {line!r}"
        return
    partial.clear()
    if key is None or text.values.get(key) != result or grammar.asked(step["question"]) != key:
        yield f"the step {step['question']!r} is not what {line!r} finds"
    else:
        known[key] = result
