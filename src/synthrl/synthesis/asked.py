"""A candidate as it is asked: by votes, of the student, in training. One place, so that all three ask the same."""

from typing import Any

from synthrl import prompt

from .definition import Candidate, Definition, row


def row_of(definition: Definition, candidate: Candidate, id: str, meta: dict[str, Any]) -> dict[str, Any]:
    """The row. Where only some answers are possible its question says which: nobody guesses that one is "neutral"."""
    made = row(definition, candidate, id, meta)
    told = made["question"].casefold()
    if all(label.casefold() in told for label in definition.labels):
        return made
    made["question"] += f"\n\nAnswer with one of these: {', '.join(definition.labels)}."
    return {**made, "prompt": prompt.messages(made)}
