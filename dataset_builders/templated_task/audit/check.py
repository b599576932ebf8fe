"""Is a row right? Its question is read with the regular expressions of its task's `check`, and answered by another route."""

import functools
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from synthrl import prompt

from .arithmetic import FUNCTIONS, number, wrong_equations

Row = dict[str, Any]
TASKS = Path(__file__).parent.parent / "tasks"


class _Exact(ImmutableSandboxedEnvironment):
    """A quotient is a fraction."""

    intercepted_binops = frozenset({"/"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        return Fraction(left) / Fraction(right)


_ENVIRONMENT = _Exact(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.globals.update(FUNCTIONS)


def check(row: Row, section: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the row: nothing, for a good one. `section`: the `check` of a task that does not ship."""
    faults = [*_form(row), *_solution(row)]
    section = section or _section(json.loads(row["meta"])["task"])
    if section is None:
        return [*faults, "nothing to prove it by: `synthrl task check` does that for a file of one's own"]
    return [*faults, *_answered(row, section)]


@functools.cache
def _section(task: str) -> dict[str, Any] | None:
    """The `check` of a task that ships, which must have one."""
    found = sorted(TASKS.glob(f"*/{task}.yaml")) if re.fullmatch(r"\w+", task) else []
    return _loaded(found[0].read_text(encoding="utf-8"))["check"] if found else None


def _loaded(text: str) -> dict[str, Any]:
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


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
            raise ValueError(f"{name}: {pattern!r} finds {len(matches)} values in {question!r}")
        found[name] = matches.pop()
    return found


def _value(match: re.Match[str]) -> Any:
    text = next((group for group in match.groups() if group is not None), "").strip()
    value = number(text)
    return text if value is None else value.numerator if value.denominator == 1 else value


def _answered(row: Row, section: dict[str, Any]) -> Iterator[str]:
    try:
        found = read(row["question"], section["read"])
        worked = _template(section["answer"]).render(found)
    except (ValueError, TemplateError, TypeError, ArithmeticError, LookupError) as error:
        yield f"the question cannot be answered: {type(error).__name__}: {error}"
        return
    answers = [part.strip() for part in worked.split(";") if part.strip()]
    if len(answers) != len(row["answers"]) or not all(
        any(_equal(answer, gold[0]) for gold in row["answers"]) for answer in answers
    ):
        yield f"answered anew with {answers}, but gold is {row['answer']!r}"
    if row["choices"]:
        right = [choice for choice in row["choices"] if any(_equal(answer, choice) for answer in answers)]
        if right != [row["answer"]]:
            yield f"answered anew with {answers}, the right choices are {right}"


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
            yield f"{odd[0]!r} stands in {text!r}"


def _solution(row: Row) -> Iterator[str]:
    end = f"So the answer is {prompt.tagged(row['answer'])}"
    worked = row["solution"].removesuffix(end)
    if worked == row["solution"]:
        yield "solution does not end in the answer"
    lines = worked.split("\n")
    if len(lines) - 1 < len(row["steps"]):
        yield f"solution has {len(lines) - 1} lines for {len(row['steps'])} steps"
    yield from (f"solution {fault}" for fault in wrong_equations(worked))
    for step in row["steps"]:
        if _bare(step["answer"]) not in _bare(worked):
            yield f"the step's answer {step['answer']!r} is not worked out in the solution"
    last = _bare(row["steps"][-1]["answer"])
    if not all(_bare(gold[0]) in last for gold in row["answers"]):
        yield f"the last step gives {last!r}, not {row['answer']!r}"


def _bare(text: str) -> str:
    return re.sub(r"[,$]", "", text).casefold()
