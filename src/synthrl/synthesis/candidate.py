"""A question with its answer, as somebody wrote it → a row; or why it can be none of the task."""

import json
import re
import string
from typing import TYPE_CHECKING, Any, NamedTuple

from synthrl import prompt
from synthrl.answers import extract_answer, score_row
from synthrl.answers.choices import chosen, score_label
from synthrl.answers.numbers import parse
from synthrl.knobs import shown
from synthrl.row import validate

if TYPE_CHECKING:
    from .definition import Definition

LONGEST = 20_000  # characters of a question or a solution
LONGEST_ANSWER = 1_000  # of an answer or a choice
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # half a character fits no file
_LETTERS = string.ascii_uppercase
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TAG = re.compile(rf"</?{prompt.TAG}\b", re.IGNORECASE)


class Candidate(NamedTuple):
    question: str
    answer: str  # of multiple choice the choice's text, or its letter; several names are parted by commas
    choices: tuple[str, ...] = ()
    solution: str = ""


def fault(definition: "Definition", candidate: Candidate) -> str:
    """Why it cannot be a row of this task; empty if it can."""
    try:
        made = row(definition, candidate, "candidate", {})
        validate(made)
        earned = score_row(made["solution"], made).exact_match
    except ValueError as error:
        return " ".join(str(error).removeprefix("row 'candidate': ").split())
    return "" if earned == 1 else f"answer: {shown(candidate.answer)} earns nothing, not even in its own solution"


def row(definition: "Definition", candidate: Candidate, id: str, meta: dict[str, Any]) -> dict[str, Any]:
    """A row like all others. What cannot be one is a ValueError; `fault` also asks the judge."""
    _require_texts(candidate)
    choices = [choice.strip() for choice in candidate.choices]
    answers = _answers(definition, candidate.answer.strip(), choices)
    answer = ", ".join(aliases[0] for aliases in answers)
    made = {
        "id": id,
        "prompt": [],
        "question": candidate.question.strip(),
        "context": {"title": [], "sentences": []},
        "choices": choices,
        "answers": answers,
        "answer": answer,
        "scorer": definition.scorer,
        "hops": 1,  # nothing tells how many there are
        "kind": definition.name,
        "level": "",
        "answerable": True,
        "steps": [],
        "supporting_facts": {"title": [], "sent_id": []},
        "solution": f"{candidate.solution.strip()}\nSo the answer is {prompt.tagged(answer)}".lstrip(),
        "meta": json.dumps(
            {"task": definition.name, "subject": definition.subject, "definition": definition.digest, **meta}
        ),
    }
    return made | {"prompt": prompt.messages(made)}


def _require_texts(candidate: Candidate) -> None:
    if not isinstance(candidate.choices, list | tuple):
        raise ValueError(f"choices: got {type(candidate.choices).__name__}, expected a list of texts")
    numbered = enumerate(candidate.choices, start=1)
    for what, text, most in (
        ("question", candidate.question, LONGEST),
        ("answer", candidate.answer, LONGEST_ANSWER),
        *((f"choices: {number}", choice, LONGEST_ANSWER) for number, choice in numbered),
        ("solution", candidate.solution, LONGEST),
    ):
        if not isinstance(text, str):
            raise ValueError(f"{what}: got {type(text).__name__}, expected text")
        if not text.strip() and what != "solution":
            raise ValueError(f"{what}: got {shown(text)}, expected text")
        if len(text) > most:
            raise ValueError(f"{what}: got {len(text):,} characters, expected at most {most:,}")
        if odd := _UNREADABLE.search(text):
            raise ValueError(f"{what}: got {odd[0]!r} in it, expected what can be read")
        if _TAG.search(text):
            raise ValueError(f"{what}: got an answer tag in it, expected none: the row puts it at the end")


def _answers(definition: "Definition", answer: str, choices: list[str]) -> list[list[str]]:
    """What must be named, as the row says it."""
    if len(choices) != definition.choices:
        raise ValueError(f"choices: got {len(choices)}, expected {definition.choices or 'none'}")
    if choices:
        return [_choice(answer, choices)]
    said = extract_answer(prompt.tagged(answer)) or ""  # without its dress: \boxed{}, $…$, "the answer is"
    if definition.scorer == "label":
        meant = [label for label in definition.labels if score_label(said, [label]).exact_match]
        if len(meant) != 1:
            raise ValueError(f"answer: got {shown(answer)}, expected one of {', '.join(definition.labels)}")
        return [meant]
    if definition.scorer == "math" and not _closes(said):
        raise ValueError(f"answer: got {shown(answer)}, expected LaTeX whose braces close")
    if definition.answer_type in ("integer", "number"):
        return [[_number(definition, said)]]
    if definition.answer_type == "names":
        names = [name.strip() for name in said.split(",")]
        if not all(names) or len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"answer: got {shown(answer)}, expected different names with commas between them")
        return [[name] for name in names]
    return [[said]]


def _choice(answer: str, choices: list[str]) -> list[str]:
    """Letter and text. Each choice must be told from the others by its text, as by its letter."""
    for number, choice in enumerate(choices):
        if chosen(choice, choices) != number:
            raise ValueError(f"choices: got {shown(choice)}, which is not told from the others, or from a letter")
        if re.match(rf"\(?{_LETTERS[number]}[.):]", choice):
            raise ValueError(f"choices: got {shown(choice)}, expected it without its letter")
    place = chosen(answer, choices)
    if place is None:
        raise ValueError(f"answer: got {shown(answer)}, expected one of the {len(choices)} choices")
    return [_LETTERS[place], choices[place]]


def _closes(latex: str) -> bool:
    """The judge takes what it cannot read for a name, and so would never tell."""
    depth = 0
    for brace in _BRACE.findall(latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)  # \{ and \} are signs of their own
        if depth < 0:
            return False
    return depth == 0


def _number(definition: "Definition", said: str) -> str:
    """Whole numbers are written as such: $1,200 is 1200."""
    found = parse(said)
    if not found:
        raise ValueError(f"answer: got {shown(said)}, expected one number")
    if definition.answer_type == "number":
        return said
    if found.value.denominator != 1:
        raise ValueError(f"answer: got {shown(said)}, expected a whole number")
    return str(found.value.numerator)
