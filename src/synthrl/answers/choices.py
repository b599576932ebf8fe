"""Answers from a closed set: one of the choices by letter or text, yes or no, another label; or that there is none."""

import re
from collections.abc import Sequence

from .figures import Score, all_or_nothing
from .words import normalize

# multiple choice

_LETTER = re.compile(
    r"[\W_]{0,9}(?:(?:option|choice|answer)\s+)?[(\[*\"'`]{0,4}([a-z])(?![\w])([)\]*\"'`.:–-]{0,5})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ANOTHER = re.compile(r"(?<!\w)\(?([A-Z])[).:](?!\w)")
_REASON = re.compile(r"(?:because|since|as|is|,? which)\b")


def _named(text: str, choices: Sequence[str]) -> list[int]:
    """The choices whose text stands in `text`; not "x-ray" where that is part of "chest x-ray"."""
    told = f" {text} "
    found = [i for i, choice in enumerate(choices) if choice and f" {choice} " in told]
    return [i for i in found if not any(i != j and f" {choices[i]} " in f" {choices[j]} " for j in found)]


def chosen(prediction: str, choices: Sequence[str]) -> int | None:
    """The one choice that `prediction` makes, by letter, by text or by both; None if none, or if they disagree."""
    texts = [normalize(choice) for choice in choices]
    match = _LETTER.fullmatch(prediction.strip())
    index = ord(match[1].upper()) - ord("A") if match else len(choices)
    if match and index < len(choices) and (match[2] or not match[3] or _REASON.match(match[3])):
        others = [ord(letter) - ord("A") for letter in _ANOTHER.findall(match[3])]
        if any(other != index for other in others if other < len(choices)):
            return None
        rest = normalize(match[3])
        named = _named(rest, texts)
        return index if not named or named == [index] or rest.startswith(texts[index]) else None
    named = _named(normalize(prediction), texts)
    return named[0] if len(named) == 1 else None


def score_choice(prediction: str, golds: Sequence[str], choices: Sequence[str]) -> Score:
    """Right if the choice made is the one that every gold names, by letter or by text."""
    wanted = {chosen(gold, choices) for gold in golds}
    if len(wanted) != 1 or None in wanted:
        raise ValueError(f"gold {golds!r} is not one of the choices {list(choices)!r}")
    said = chosen(prediction, choices)
    return all_or_nothing(said in wanted, parsed=said is not None, answer=prediction)


# labels

_MEANS = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


def _label(text: str) -> str:
    """The label that `text` gives: all of it, its first word for yes and no, what it says somebody *is*."""
    words = normalize(text).split()
    if words and words[0] in _MEANS:
        then = [word for word in words[1:3] if word not in ("and", "or")][:1]
        return "" if then and then[0] in _MEANS else _MEANS[words[0]]
    told = " ".join(words)
    return told.rpartition(" is ")[2]


def score_label(prediction: str, golds: Sequence[str]) -> Score:
    wanted = {_label(gold) for gold in golds}
    if not wanted or "" in wanted:
        raise ValueError(f"gold {golds!r} is no label")
    said = _label(prediction)
    return all_or_nothing(said in wanted, parsed=bool(said), answer=prediction)


# no answer

_ABSTAINS = re.compile(
    r"(?:(?:text|passage|context|question|answer|information|paragraphs?|it|this|that|there|is|are|so|not|to) )*"
    r"(?:(?:unanswerable|undetermined|unknown|no answer|not (?:stated|given|mentioned|specified|known|answerable|said))"
    r"|(?:cannot|can not|cant|could not) be (?:determined|answered|known|inferred|told)"
    r"|i (?:do not|dont|cannot|cant) (?:know|tell|say)|(?:insufficient|not enough|no) information"
    r"|(?:do|does) not (?:say|state|tell|mention|specify|settle|provide|answer))\b.{0,200}"
)


def score_abstention(prediction: str, golds: Sequence[str] = ()) -> Score:
    """Right if `prediction` says that the question has no answer; "Ada, or unknown" does not."""
    said = normalize(prediction)
    abstains = said in map(normalize, golds) or _ABSTAINS.fullmatch(said) is not None
    return all_or_nothing(abstains, parsed=bool(said), answer=prediction)
