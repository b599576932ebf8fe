"""Is a row right? Its question is read with the regular expressions of its task's `check`, and answered by another route."""

import functools
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.nodes import Name
from jinja2.sandbox import ImmutableSandboxedEnvironment

from synthrl import prompt

from .. import file
from ..worker import Worker
from .arithmetic import FUNCTIONS, number, wrong_equations

Row = dict[str, Any]


class _Exact(ImmutableSandboxedEnvironment):
    """A quotient is a fraction."""

    intercepted_binops = frozenset({"/"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        return Fraction(left) / Fraction(right)


_ENVIRONMENT = _Exact(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.globals.update(FUNCTIONS)


def check(row: Row, section: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the row: nothing, for a good one. `section`: its task's `check`, else that of the file is taken.

    Without one ({}) only the form and the solution are looked at.
    """
    if section is None:
        task = json.loads(row["meta"])["task"]
        if why := file.unproven(task):
            return [*_form(row), *_solution(row), why]
        if file.is_own(task):
            return _own(task, file.read(task)).ask("check", row)
        section = file.of(task)["check"]
    return [*_form(row), *_solution(row), *(_answered(row, section) if section else ())]


@functools.lru_cache(maxsize=4)
def _own(path: str, text: bytes) -> Worker:
    """What an own file says may not end, so that it runs in a process of its own."""
    return Worker(text, path, "lint")


def refused(row: Row) -> str:
    """Why none of the rows that come with `row` can be proven; empty where they can."""
    task = json.loads(row["meta"])["task"]
    why = file.unproven(task)
    return f"{task}: {why}" if why else ""


def shape(section: Any) -> list[str]:
    """What is wrong with a `check`, before any row is read."""
    if not isinstance(section, dict) or set(section) != {"read", "answer"} or not isinstance(section["read"], dict):
        got = ", ".join(map(str, section)) if isinstance(section, dict) else repr(section)
        return [f"check: got {got}, expected read (names with a regular expression each) and answer"]
    faults = []
    for name, pattern in section["read"].items():
        text = pattern["all"] if isinstance(pattern, dict) and set(pattern) == {"all"} else pattern
        try:
            if not isinstance(text, str):
                raise ValueError(
                    f"got {pattern!r}, expected a regular expression, or {{all: one}} for a list, also an empty one"
                )
            re.compile(text)
        except (ValueError, re.error) as error:
            faults.append(f"check: read: {name}: {error}")
    try:
        parsed = _ENVIRONMENT.parse(str(section["answer"]))
    except TemplateSyntaxError as error:
        return [*faults, f"check: answer: {error.message}"]
    known = {*_ENVIRONMENT.globals, *section["read"], *(n.name for n in parsed.find_all(Name) if n.ctx == "store")}
    unread = meta.find_undeclared_variables(parsed) - known
    return [*faults, *(f"check: answer: {name!r} is not under read" for name in sorted(unread))]


@functools.lru_cache(maxsize=256)
def _template(text: str) -> Any:
    return _ENVIRONMENT.from_string(text)


def read(question: str, patterns: dict[str, Any]) -> dict[str, Any]:
    """What the patterns find: a number where it is one. `{all: …}` finds a list."""
    found: dict[str, Any] = {}
    for name, pattern in patterns.items():
        if isinstance(pattern, dict):
            found[name] = [_value(match) for match in re.finditer(pattern["all"], question)]
            continue
        matches = {_value(match) for match in re.finditer(pattern, question)}
        if len(matches) != 1:
            raise ValueError(
                f"{name}: {pattern!r} finds {len(matches)} values, expected one ({{all: …}} finds a list, also an empty one)"
            )
        found[name] = matches.pop()
    return found


def _value(match: re.Match[str]) -> Any:
    text = next((group for group in match.groups() if group is not None), "").strip()
    value = number(text)
    return text if value is None else value.numerator if value.denominator == 1 else value


def _answered(row: Row, section: dict[str, Any]) -> Iterator[str]:
    try:
        found = read(row["question"], section["read"])
        worked = _template(str(section["answer"])).render(found)
    except (ValueError, TemplateError, TypeError, ArithmeticError, LookupError) as error:
        yield f"the question cannot be answered: {type(error).__name__}: {error}: {row['question']!r}"
        return
    answers = [part.strip() for part in worked.split(";") if part.strip()]
    if len(answers) != len(row["answers"]) or not all(
        any(_equal(answer, gold[0]) for gold in row["answers"]) for answer in answers
    ):
        yield f"answered anew with {answers}, but gold is {row['answer']!r}: {row['question']!r}"
    if row["choices"]:
        right = [choice for choice in row["choices"] if any(_equal(answer, choice) for answer in answers)]
        if right != [row["answer"]]:
            yield f"answered anew with {answers}, the right choices are {right}, but gold is {row['answer']!r}"


def _equal(worked: str, gold: str) -> bool:
    """The same text, or the same number: of a gold with a unit ("12 days"), the only number in it."""
    value = number(worked)
    if value is None:
        return worked.casefold() == gold.casefold()
    said = re.findall(r"-?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?", gold)
    return len(said) == 1 and number(said[0]) == value


def _form(row: Row) -> Iterator[str]:
    if not prompt.asks_only(row):
        yield "prompt does not ask the question and its choices"
    if row["hops"] != len(row["steps"]) or not row["steps"]:
        yield f"hops is {row['hops']}, with {len(row['steps'])} steps"
    if not row["answerable"] or row["context"]["title"] or row["supporting_facts"]["title"]:
        yield "all is said in the question, and it has an answer"
    if (row["scorer"] == "choice") != bool(row["choices"]):
        yield f"scorer {row['scorer']} with {len(row['choices'])} choices"
    if len(set(row["choices"])) < len(row["choices"]):
        yield f"choices {row['choices']} are not different"
    if row["choices"] and row["answer"] not in row["choices"]:
        yield f"answer {row['answer']!r} is none of {row['choices']}"
    for text in (row["question"], row["solution"], *row["choices"]):
        if odd := re.search(r"\{\{|\}\}(?!\$)|\{%|\bNone\b|  |\b1 \w+s\b are", text):
            hint = ", which an empty {% if %} or the end of a loop may leave" if odd[0] == "  " else ""
            yield f"{odd[0]!r} stands in {text!r}{hint}"


def _solution(row: Row) -> Iterator[str]:
    end = f"So the answer is {prompt.tagged(row['answer'])}"
    worked = row["solution"].removesuffix(end)
    if worked == row["solution"]:
        yield "solution does not end in the answer"
    lines = worked.split("\n")
    if len(lines) - 1 < len(row["steps"]):
        yield f"solution has {len(lines) - 1} lines for {len(row['steps'])} steps"
    yield from (f"solution {fault}" for fault in wrong_equations(worked))
    for n, step in enumerate(row["steps"], start=1):
        if not _says(worked, step["answer"]):
            yield f"step {n}: its answer {step['answer']!r} is not worked out: no `work` says it word for word"
    last = row["steps"][-1]["answer"] if row["steps"] else ""
    if not all(_says(last, gold[0]) for gold in row["answers"]):
        yield f"the solution does not end in the answer {row['answer']!r}: its last step gives {last!r}"


def _says(text: str, answer: str) -> bool:
    """Whether `answer` stands there, and not as a part of a longer word or number."""
    whole = rf"(?<!\w)(?<!\d\.){re.escape(_bare(answer))}(?!\w|\.\d)"
    return bool(answer) and re.search(whole, _bare(text)) is not None


def _bare(text: str) -> str:
    return re.sub(r"[,$]", "", text).casefold()
