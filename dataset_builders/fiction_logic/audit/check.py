"""Is a row right? The puzzle is read from its question alone, solved anew by clingo, and the whole row judged by that."""

import json
from collections.abc import Iterator
from typing import Any

from synthrl import prompt

from . import knights, ordering, rules, seating

Row = dict[str, Any]
KINDS = {"knights": knights, "ordering": ordering, "seating": seating, "rules": rules}


def check(row: Row) -> list[str]:
    """What is wrong with the row: nothing, for a good one."""
    found = list(_form(row))
    if row["kind"] not in KINDS:
        return [*found, f"kind {row['kind']!r} is none of {', '.join(KINDS)}"]
    try:
        return [*found, *KINDS[row["kind"]].faults(row)]
    except (ValueError, KeyError, IndexError) as error:  # text that the audit cannot read is a fault too
        return [*found, f"{type(error).__name__}: {error}"]


def _form(row: Row) -> Iterator[str]:
    """What is the same for all kinds."""
    answer = ", ".join(aliases[0] for aliases in row["answers"])
    if row["answer"] != answer:
        yield f"answer {row['answer']!r} is not the canonical answers {answer!r}"
    if not row["solution"].endswith(f"\n{prompt.tagged(answer)}"):
        yield "the solution does not end in the answer"
    if not prompt.asks_only(row):
        yield "the prompt does not ask this question"
    if row["context"]["title"] or row["choices"] or row["level"] or row["supporting_facts"]["title"]:
        yield "context, choices, level and supporting_facts must be empty"
    if any(step["title"] for step in row["steps"]):
        yield "a step has a title, and there is no text"
    if not isinstance(json.loads(row["meta"]).get("seed"), int):
        yield "meta has no seed"
