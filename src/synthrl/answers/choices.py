"""Answers from a closed set: one of the choices by letter or text, yes or no, another label; or that there is none."""

import re
from collections.abc import Sequence

from .figures import Score, all_or_nothing
from .words import fold, normalize

# multiple choice

_LETTER = re.compile(
    r"[\W_]{0,9}(?:(?:it is|it's|that is|that's|i (?:choose|pick))\s+)?(?:(?:option|choice|answer)\s+)?[(\[*\"'`]{0,4}([a-z])(?![\w])([)\]*\"'`.:–-]{0,5})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ANOTHER = re.compile(r"(?<!\w)\(?([A-Z])[).:](?!\w)")
_LISTED = re.compile(r"[\W_]{0,9}([a-z])[)\]]?\s*(?:[,/&]|(?:or|and)\b)", re.IGNORECASE)
_REASON = re.compile(r",?\s?(?:because|since|as|is (?:right|correct|the)|which)\b")
_DENIED = re.compile(r"\b(?:not|isnt|never|neither|nor|except|wrong|incorrect|false)\b")


def _plain(text: str) -> str:
    """Articles stay: "A" is a letter."""
    return " ".join(fold(text))


def _named(text: str, choices: Sequence[str]) -> list[int]:
    """The choices whose text stands in `text`; not "x-ray" where that is part of "chest x-ray"."""
    told = f" {text} "
    found = [i for i, choice in enumerate(choices) if choice and f" {choice} " in told]
    return [i for i in found if not any(i != j and f" {choices[i]} " in f" {choices[j]} " for j in found)]


def _exactly(prediction: str, choices: Sequence[str], texts: Sequence[str]) -> int | None:
    """The choice that `prediction` is, as it stands or normalised: "E. coli" is no letter, "E" is one."""
    said = prediction.strip().casefold()
    if len(said) == 1 and 0 <= ord(said) - ord("a") < len(choices):
        return None
    for one, all_ in ((said, [choice.strip().casefold() for choice in choices]), (_plain(said), texts)):
        if one and all_.count(one) == 1:  # ">5" and "<5" are told apart only as they stand
            return all_.index(one)
    return None


def chosen(prediction: str, choices: Sequence[str]) -> int | None:
    """The one choice that `prediction` makes, by letter, by text or by both; None if none, or if they disagree."""
    if not prediction.isprintable():  # marks of direction and the like are not seen
        prediction = "".join([letter for letter in prediction if letter.isprintable() or letter.isspace()])
    texts = [_plain(choice) for choice in choices]
    whole = _exactly(prediction, choices, texts)
    if whole is not None:
        return whole
    if _DENIED.search(_plain(prediction)) and not any(map(_DENIED.search, texts)):
        return None
    match = _LETTER.fullmatch(prediction.strip())
    index = ord(match[1].upper()) - ord("A") if match else len(choices)
    if match and index < len(choices) and (match[2] or not match[3] or _REASON.match(match[3])):
        rest = _plain(match[3])
        if rest == texts[index]:
            return index
        others = [ord(letter) - ord("A") for letter in _ANOTHER.findall(match[3])]
        if any(other != index for other in others if other < len(choices)):
            return None
        named = _named(rest, texts)
        return index if not named or named == [index] or rest.startswith(texts[index]) else None
    named = _named(_plain(prediction), texts)
    listed = _LISTED.match(prediction)
    if listed and ord(listed[1].upper()) - ord("A") not in (*named, *range(len(choices), 26)):
        return None  # "A or Rome"
    return named[0] if len(named) == 1 else None


def score_choice(prediction: str, golds: Sequence[str], choices: Sequence[str]) -> Score:
    """Right if the choice made is the one that every gold names, by letter or by text."""
    if isinstance(choices, str) or not all(isinstance(choice, str) for choice in choices):
        raise ValueError(f"choices: got {choices!r}, expected a list of texts")
    wanted = chosen(golds[0], choices)
    if wanted is None or any(gold != choices[wanted] and chosen(gold, choices) != wanted for gold in golds):
        raise ValueError(f"gold {golds!r} is not one of the choices {list(choices)!r}")
    said = chosen(prediction, choices)
    return all_or_nothing(said == wanted, parsed=said is not None, answer=prediction)


# labels

_MEANS = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


def _label(text: str) -> str:
    """The label that `text` gives: all of it, its first word for yes and no, what it says somebody *is*."""
    words = normalize(text).split()
    if words and words[0] in _MEANS:
        said = _MEANS[words[0]]
        then = [word for word in words[1:3] if word not in ("and", "or", "but")][:1]
        taken_back = {*then, words[-1]} & {"yes", "no"} | {*then} & {*_MEANS}
        return "" if any(_MEANS[word] != said for word in taken_back) else said
    told = " ".join(words)
    said = told.rpartition(" is ")[2]
    return _MEANS.get(said, said)


def score_label(prediction: str, golds: Sequence[str]) -> Score:
    wanted = {_label(gold) for gold in golds}
    if not wanted or "" in wanted:
        raise ValueError(f"gold {golds!r} is no label")
    said = _label(prediction)
    return all_or_nothing(said in wanted, parsed=bool(said), answer=prediction)


# no answer

_ABSTAINS = re.compile(
    r"(?:(?:\w+ ){0,8}(?:is|are|was|were) (?=not (?:stated|given|mentioned|specified|known|said|provided|available))"
    r"|(?:text|passage|context|question|answer|information|paragraphs?|it|its|this|that|thats|there|is|are|so|gives"
    r"|based|on|from|in|by|provided|given|above) )*"
    r"(?:unanswerable|undetermined|indeterminate|unspecified|unknown|unclear|no answer"
    r"|(?:not|isnt) (?:stated|given|mentioned|specified|known|answerable|said|provided|available|determinable)"
    r"|(?:cannot|unable to) (?:determine|answer|tell|say)"
    r"|(?:cannot|can not|cant|could not) be (?:determined|answered|known|inferred|told)"
    r"|(?:not possible|impossible) to (?:determine|answer|know|tell|say)"
    r"|(?:i|we|one) (?:do not|dont|cannot|cant) (?:know|tell|say|determine|answer)"
    r"|(?:insufficient|not enough|no) information"
    r"|(?:do not|dont|does not|doesnt) (?:say|state|tell|mention|specify|settle|provide|contain|answer))\b"
)
_ABSTENTION = re.compile(r"\b(?:unanswerable|unknown|undetermined|cannot be determined)\b")
_LONGEST_REASON = 200  # characters said after that
_LONGEST = 1_000  # characters in all


def abstains(text: str, golds: Sequence[str] = (), bare: bool = False) -> bool:
    """Does `text` say that there is no answer? "Ada, or unknown" does not. `bare`: and nothing after that."""
    if len(text) > _LONGEST:
        return False
    said = normalize(text)
    match = _ABSTAINS.match(said)
    rest = len(said) - match.end() if match else len(said)
    return said in map(normalize, golds) or (match is not None and rest <= (0 if bare else _LONGEST_REASON))


def hints_at_abstaining(text: str) -> bool:
    """Is it said anywhere that there is no answer, be it beside one?"""
    return abstains(text) or _ABSTENTION.search(text.casefold()) is not None


def score_abstention(prediction: str, golds: Sequence[str] = (), bare: bool = False) -> Score:
    """Right if `prediction` says that the question has no answer. `golds`: other ways to say so."""
    if not all(map(abstains, golds)):
        raise ValueError(f"gold {golds!r} does not say that there is no answer, as that of an unanswerable row must")
    return all_or_nothing(abstains(prediction, golds, bare), parsed=bool(prediction), answer=prediction)
