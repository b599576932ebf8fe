"""What the teacher replied: one JSON object of a known shape, or in words why it is none. Nothing is evaluated."""

import json
import re
from typing import Any

from synthrl.answers.extract import after_thinking

from .definition import Candidate
from .reply import CUT, EMPTY, HUGE, REFUSED, USABLE, Reply

LONGEST = 50_000  # characters of a text that are looked through
STARTS = 100  # places where an object may begin that are tried
REASONS = ("empty", "huge", "cut", "malformed", "refusal", "refused", "invalid", "duplicate")

_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able)|i (?:can(?:no|')t|won't|will not|must decline)|sorry, but|as an ai\b)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # "\frac" and "\beta" with one backslash only end as such


class Unusable(ValueError):
    """What a reply was good for: nothing. The text begins with one of REASONS."""


def text_in(reply: Reply) -> str:
    """What is said once the thinking is over."""
    if reply.status == EMPTY:
        raise Unusable("empty: nothing was said")
    if reply.status == HUGE or len(reply.text) > LONGEST:
        raise Unusable("huge: more was said than is read")
    if reply.status == REFUSED:
        raise Unusable("refused: the server did not take the request")
    if reply.status not in USABLE:
        raise Unusable("malformed: the server sent no completion")
    text = after_thinking(reply.text).strip()
    if not text:
        raise Unusable("empty: nothing was said but thoughts")
    return text


def object_in(reply: Reply) -> dict[str, Any]:
    """The one JSON object in a reply; words and a fence around it are let be."""
    text = text_in(reply)
    found = _objects(text)
    if not found and _REFUSAL.search(text[:300].replace("\u2019", "'")):
        raise Unusable("refusal: an excuse, and no JSON object")
    if not found and reply.status == CUT:
        raise Unusable("cut: it ends before a JSON object does")
    if len(found) != 1:
        raise Unusable(f"malformed: {len(found) or 'no'} JSON object{'s' * (len(found) > 1)} in it")
    return found[0]


def candidate_in(reply: Reply) -> Candidate:
    said = object_in(reply)
    choices = said.get("choices", [])
    if not isinstance(choices, list):
        raise Unusable(f"malformed: choices is {type(choices).__name__}, and no list")
    return Candidate(
        _text("question", said.get("question")),
        _text("answer", said.get("answer")),
        tuple(_text("a choice", choice) for choice in choices),
        _text("solution", said.get("solution", "")),
    )


def keywords_in(reply: Reply, most: int) -> list[str]:
    """Each once, in the order in which they were said."""
    said = object_in(reply).get("keywords")
    if not isinstance(said, list):
        raise Unusable(f"malformed: keywords is {type(said).__name__}, and no list")
    words = [" ".join(word.split())[:100] for word in said if isinstance(word, str) and word.strip()]
    if not words:
        raise Unusable("malformed: there is no keyword")
    return list(dict.fromkeys(words))[:most]


def _text(what: str, said: Any) -> str:
    if not isinstance(said, str):
        raise Unusable(f"malformed: {what} is {'missing' if said is None else type(said).__name__}, and no text")
    if _CONTROL.search(said):
        raise Unusable(f"malformed: a control character in {what}, as a lone backslash leaves it")
    if not said.isascii() and said != said.encode("utf-8", "replace").decode():
        raise Unusable(f"malformed: half a character in {what}")  # "\\ud83d" alone, which no file takes
    return said.strip()


def _objects(text: str) -> list[dict[str, Any]]:
    """Those that stand side by side; what is within another is part of it. Numbers stay as they are written."""
    decoder = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=_refuse)
    found: list[dict[str, Any]] = []
    start = text.find("{")
    for _ in range(STARTS):
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            found.append(value)
        start = text.find("{", end)
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
