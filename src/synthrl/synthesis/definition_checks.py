"""What is wrong with what a teacher's task file says, one line each, before anything is made of it."""

import re
from collections.abc import Iterator
from typing import Any

from synthrl.answers import extract_answer
from synthrl.answers.choices import score_label
from synthrl.prompt import tagged
from synthrl.row import SCORERS
from synthrl.taskfile import SAID_BY_BOTH, TYPES, told

from .candidate import LONGEST as LONGEST_TEXT
from .candidate import Candidate

OPTIONAL = ("generator", "labels", "choices", "demonstrations", "corpus", "benchmark")
LONGEST = 2_000  # characters of what describes the task, and of a path
LONGEST_NAME = 100
MOST_CHOICES = 10
MOST_DEMONSTRATIONS = 20
# What kinds of answers each scorer judges; those by words in common (f1:…) judge text.
FITTING = {
    "number": ("integer", "number"),
    "math": ("text", "integer", "number"),
    "choice": ("text",),
    "label": ("text",),
    "set": ("names", "text"),
}
_BENCHMARK = re.compile(r"[\w.-]+(?:/[\w.-]+)?(?::[\w.-]*(?:/[\w.-]+)?)?")  # org/name:config/split


def check(said: dict[str, Any]) -> list[str]:
    return [*_keys(said), *_texts(said), *_answering(said), *_lists(said), *_demonstrations(said.get("demonstrations"))]


def _keys(said: dict[str, Any]) -> Iterator[str]:
    known = (*SAID_BY_BOTH, *OPTIONAL)
    if missing := [key for key in SAID_BY_BOTH if said.get(key) is None]:
        yield f"it has no {', '.join(missing)}"
    if unknown := [told(key) for key in said if key not in known]:
        yield f"got {', '.join(unknown)}, expected only {', '.join(known)}"


def _texts(said: dict[str, Any]) -> Iterator[str]:
    for key in SAID_BY_BOTH:
        if said.get(key) is not None:
            yield from _text(key, said[key], LONGEST_NAME if key in ("name", "subject") else LONGEST)
    name = said.get("name")
    if isinstance(name, str) and not name.isidentifier():
        yield f"name: got {told(name)}, expected letters, digits and underscores"


def _text(key: str, value: object, most: int) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{key}: got {told(value)}, expected text (numbers, yes and no in quotes)"
    elif not value.strip():
        yield f"{key}: got {told(value)}, expected text"
    elif len(value) > most:
        yield f"{key}: got {len(value):,} characters, expected at most {most:,}"


def _answering(said: dict[str, Any]) -> Iterator[str]:
    """Whether scorer, kind of answer, labels and choices fit."""
    scorer, kind, choices = said.get("scorer"), said.get("answer_type"), said.get("choices")
    if not isinstance(scorer, str) or not isinstance(kind, str):
        return
    for key, got, allowed in (("scorer", scorer, sorted(SCORERS)), ("answer_type", kind, TYPES)):
        if got not in allowed:
            yield f"{key}: got {told(got)}, expected one of {', '.join(allowed)}"
    fitting = FITTING.get(scorer, ("text",))
    if scorer in SCORERS and kind in TYPES and kind not in fitting:
        yield f"answer_type: got {kind}, expected {' or '.join(fitting)} with scorer {scorer}"
    if bool(said.get("labels")) != (scorer == "label"):
        yield f"labels: got {told(said.get('labels'))}, expected a list with scorer label, else none"
    if scorer == "choice" and not (type(choices) is int and 2 <= choices <= MOST_CHOICES):
        yield f"choices: got {told(choices)}, expected how many a question has, from 2 to {MOST_CHOICES}"
    if scorer != "choice" and choices is not None:
        yield f"choices: got {told(choices)}, expected none: they go with scorer choice"


def _lists(said: dict[str, Any]) -> Iterator[str]:
    for key in ("labels", "corpus", "benchmark"):
        items = said.get(key)
        if items is None:
            continue
        if not isinstance(items, list):
            yield f"{key}: got {told(items)}, expected a list of texts"
            continue
        most = LONGEST if key == "corpus" else LONGEST_NAME
        wrong = [what for number, item in enumerate(items, start=1) for what in _text(f"{key}: {number}", item, most)]
        yield from wrong or _items(key, items)


def _items(key: str, items: list[str]) -> Iterator[str]:
    folded = [item.strip().casefold() for item in items]
    if twice := [item for number, item in enumerate(items) if folded[number] in folded[:number]]:
        yield f"{key}: got {told(twice[0])} twice"
    elif key == "labels":
        yield from _labels(items)
    elif key == "benchmark":
        odd = [name for name in items if not _BENCHMARK.fullmatch(name)]
        yield from (f"benchmark: got {told(name)}, expected a name of synthrl.real or of the Hub" for name in odd)


def _labels(labels: list[str]) -> Iterator[str]:
    """Labels that the judge would not take for what they are."""
    if len(labels) < 2:
        yield f"labels: got {told(labels[0])} alone, expected two or more"
    for number, label in enumerate(labels):
        if extract_answer(tagged(label)) != label or not _same(label, label):
            yield f"labels: got {told(label)}, which the judge does not read as it stands"
        elif same := [other for other in labels[:number] if _same(label, other)]:
            yield f"labels: got {told(label)}, which to the judge is {told(same[0])}"


def _same(label: str, other: str) -> bool:
    try:
        return score_label(label, [other]).exact_match == 1
    except ValueError:  # the other is no label to the judge
        return False


def _demonstrations(items: object) -> Iterator[str]:
    """Their shape; whether they are rows of the task is seen when there is one."""
    if items is None:
        return
    if not isinstance(items, list):
        yield f"demonstrations: got {told(items)}, expected a list"
        return
    if len(items) > MOST_DEMONSTRATIONS:
        yield f"demonstrations: got {len(items)}, expected at most {MOST_DEMONSTRATIONS}"
    for number, each in enumerate(items, start=1):
        where = f"demonstrations: {number}"
        if not isinstance(each, dict):
            yield f"{where}: got {told(each)}, expected question, answer, and choices or solution"
            continue
        if unknown := [told(key) for key in each if key not in Candidate._fields]:
            yield f"{where}: got {', '.join(unknown)}, expected only {', '.join(Candidate._fields)}"
        if missing := [key for key in ("question", "answer") if each.get(key) is None]:
            yield f"{where}: it has no {' and no '.join(missing)}"
        for key in ("question", "answer", "solution"):
            if each.get(key) is not None:
                yield from _text(f"{where}: {key}", each[key], LONGEST_TEXT)
        choices = [] if each.get("choices") is None else each["choices"]
        if not isinstance(choices, list):
            yield f"{where}: choices: got {told(choices)}, expected a list of texts"
        else:
            for place, choice in enumerate(choices, start=1):
                yield from _text(f"{where}: choices: {place}", choice, LONGEST_TEXT)
