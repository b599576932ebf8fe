"""Which key of a task is at fault, and why a draw does not fit: found piece by piece once something went wrong."""

import functools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import meta

from .domains import lucky

if TYPE_CHECKING:
    from .task import Task

ERRORS = (jinja2.TemplateError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class Fault(ValueError):
    """What is wrong under one key. Who knows the level and the row says those as well."""


@functools.lru_cache(maxsize=512)
def _compiled(env: jinja2.Environment, text: str) -> Any:
    return env.compile_expression(text, undefined_to_none=False)


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def shown(value: Any) -> str:
    """A value as one would write it: 3/2."""
    return str(value) if isinstance(value, Fraction) else repr(value)


def drawn(task: "Task", text: str, values: dict[str, Any]) -> str:
    """What stands in an expression or template, and what that was."""
    names = sorted(meta.find_undeclared_variables(task.env.parse(text)) & set(values))
    return "".join(f", {name} = {shown(values[name])[:40]}" for name in names[:5])


def of_values(task: "Task", variables: dict[str, Any], error: Exception) -> Fault:
    """The first expression that cannot be worked out."""
    values = dict(variables)
    for key, text in task.expressions():
        if key == "show" or key.startswith("solution"):
            continue
        try:
            value = _compiled(task.env, text)(values)
        except ERRORS as found:
            return Fault(f"{key}: {said(found)}{drawn(task, f'{{{{ ({text}) }}}}', values)}")
        if key.startswith("derived: "):
            values[key.removeprefix("derived: ")] = value
        elif key.startswith("constraints") and not value:
            break
    return Fault(said(error))


def of_texts(task: "Task", values: dict[str, Any], template: int, error: Exception) -> Fault:
    """The first text that cannot be said."""
    texts = [("templates", template + 1, task.templates[template])]
    for number, step in task.steps():
        when = [f"{{{{ 1 if ({step['when']}) else 0 }}}}"] if "when" in step else []
        texts += [("solution: step", number, text) for text in (*when, step["ask"], step["work"], step["answer"])]
    for key, number, text in texts:
        try:
            task.env.from_string(str(text)).render(values)
        except ERRORS as found:
            return Fault(f"{key} {number}: {said(found)}{drawn(task, str(text), values)}")
    return Fault(said(error))


def refusal(task: "Task", variables: dict[str, Any], luck: float) -> str:
    """Why these variables do not become the row that is wanted now."""
    values = dict(variables)
    for name, text in task.derived.items():
        values[name] = _compiled(task.env, text)(values)
    for text in task.constraints:
        if not _compiled(task.env, text)(values):
            return f"constraints: {text!r} does not hold"
    answer = _compiled(task.env, str(task.said["answer"]))(values)
    others = [_compiled(task.env, text)(values) for text in (*task.distractors, *task.options)]
    if task.labels or task.options:
        return _of_a_turn(answer, task.labels or others, luck, "labels" if task.labels else "options")
    return _of_distractors(task, answer, others, luck)


def _of_a_turn(answer: Any, items: list[Any], luck: float, key: str) -> str:
    if answer not in items:
        return f"answer: {answer!r} is none of the {key}"
    if len({str(item) for item in items}) < len(items):
        return f"{key}: two of them are the same"
    turn = lucky(range(len(items)), luck)
    name = repr(items[turn]) if key == "labels" else f"number {turn + 1}"
    return f"{key}: each is right equally often, now {name}, and that is not the answer"


def _of_distractors(task: "Task", answer: Any, others: list[Any], luck: float) -> str:
    different = [other for other in dict.fromkeys(others) if other != answer]
    wanted = task.choices - 1
    if len(different) < wanted:
        return f"distractors: fewer than {wanted} differ from the answer and from each other"
    if isinstance(answer, str):
        return "show: choices look the same"
    less, more, below, _ = task.sides(answer, different, luck)
    for side, found, least in (("below", less, below), ("above", more, wanted - below)):
        if len(found) < least:
            only = " (and above 0)" if answer > 0 and side == "below" else ""
            return f"distractors: fewer than {least} are {side} the answer{only}: each rank is right equally often"
    return "distractors: they look the same as `show` writes them, or lie too near or too far every time"
