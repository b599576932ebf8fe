"""What all kinds of puzzles have in common to be read."""

import re

NAME = r"[A-Z][a-z]+"
LIST = rf"(?:{NAME}, )*{NAME}(?: and (?:{NAME}|me|I))?"
NUMBERS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten".split())}


class Unreadable(ValueError):
    """The text is none that this audit can read, or has several readings."""


def listed(text: str) -> list[str]:
    return re.split(r", | and ", text)


def match(pattern: str, text: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text)
    if not found:
        raise Unreadable(f"cannot read {text!r}")
    return found
