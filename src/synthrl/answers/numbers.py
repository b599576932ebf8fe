"""Numbers as people write them: 1,000 and $72, 3/4 and 1 1/2, 12% and "twelve", with or without a unit."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from .figures import WRONG, Score, all_or_nothing

_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = {word: n for n, word in enumerate(f"zero one two three four five six seven eight nine {_TEENS}".split())}
_ONES["none"] = 0
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "k": 10**3}
_PARTS = {word: n for n, word in enumerate("half third quarter fifth sixth seventh eighth ninth tenth".split(), 2)}
_PARTS |= {f"{word}s": n for word, n in _PARTS.items()} | {"fourth": 4, "fourths": 4, "halves": 2}

_DIGITS = r"(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_WORD = "|".join([*_ONES, *_TENS, *_SCALES])
_NUMBER = re.compile(
    r"(?<![\w.])(?:(?P<sign>[-+−–]|minus\b|negative\b)\s?)?[$€£]?\s?"
    rf"(?:(?P<word>(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*)\b(?:[\s-](?P<part>{'|'.join(_PARTS)})\b)?"
    rf"|(?P<lone>half|quarter)\b"
    rf"|(?:(?P<whole>\d+)\s(?=\d+\s?/\s?\d))?(?P<digits>{_DIGITS})(?:\s?/\s?(?P<below>\d+)|e(?P<power>[-+]?\d\d?)\b"
    r"|\s?(?:×|x|\*|times)\s?10\s?\^(?P<ten>[-−]?\d\d?)|\^(?P<raised>\d\d?))?)"
    r"(?P<half>\sand\s(?:a|one)\shalf\b)?(?P<scale>\s?(?:dozen|hundred|thousand|million|billion)\b|\s?k\b)?"
    r"(?P<percent>\s?\\?%|\spercent\b|\sper\scent\b)?"
)
_LATEX = (
    (re.compile(r"\\[dt]?frac\s?(?:\{([^{}]*)\}|(\d))\s?(?:\{([^{}]*)\}|(\d))"), r" \1\2/\3\4 "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\(?:text|mathrm|textbf)\s?\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\(?:times|cdot)\b"), "×"),
    (re.compile(r"\\[,;:! $]|[{}~]"), ""),
    (re.compile("[\u00a0\u202f\u2009]"), " "),
)
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_RAISED = re.compile("[⁰¹²³⁴-⁹]+")
_UNIT_RAISED = re.compile(r"(?<=[a-z])\s?\^\d")  # of "km^2"
_WORKED_OUT = re.compile(r"\((?![^()]*\bor\b)[^()]*(?:[-+*/×=]|times|plus|minus)[^()]*\)")
_SEVERAL = re.compile(r"\b(?:or|and)\b|[,;]\s")  # "x = 3 or x = 4" is not worked out to be 4
_NOT_SO = re.compile(
    rf"\b(?:not|isn't|never|(?:less|fewer|more|greater|other) than|at (?:least|most)|under|over|between)\s+(?:[$€£]|equal to\s)?\s?"
    rf"(?=\d|{_WORD})|[√<>≠≤≥]|\bsqrt\b"
)
_LONGEST = 200  # characters of an answer that is a number, its unit and a few words


def _spelled(words: str) -> int:
    """ "two hundred and five" → 205"""
    total = current = 0
    for word in re.split(r"[\s-]+", words):
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] > 100:
                total, current = total + current, 0
        else:
            current += _ONES.get(word, _TENS.get(word, 0))
    return total + current


class Number(NamedTuple):
    value: Fraction
    percent: bool


def _in_figures(match: re.Match[str]) -> Fraction | None:
    below = int(match["below"] or 1)
    if not below:
        return None
    ten = int((match["power"] or match["ten"] or "0").replace("−", "-"))
    value = Fraction(re.sub("[, ]", "", match["digits"])) * Fraction(10) ** ten
    return value ** int(match["raised"] or 1) / below + int(match["whole"] or 0)


def _value(match: re.Match[str]) -> Number | None:
    if match["word"]:
        value: Fraction | None = Fraction(_spelled(match["word"]), _PARTS.get(match["part"], 1))
    else:
        value = Fraction(1, _PARTS[match["lone"]]) if match["lone"] else _in_figures(match)
    if value is None:
        return None
    value += Fraction(1, 2) if match["half"] else 0
    value *= _SCALES[match["scale"].strip()] if match["scale"] else 1
    return Number(-value if match["sign"] not in (None, "+") else value, bool(match["percent"]))


def parse(text: str) -> Number | None:
    """The number that `text` gives. None if there is none, or more than one: "3 or 4" is no answer, nor is "not 3"."""
    if len(text) > _LONGEST:
        return None
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    text = _VULGAR.sub(lambda part: " " + unicodedata.normalize("NFKC", part[0]).replace("⁄", "/"), text)
    text = _RAISED.sub(lambda power: "^" + unicodedata.normalize("NFKC", power[0]), text).lower()
    text = _UNIT_RAISED.sub("", text).replace("no one", "nobody")
    if _NOT_SO.search(text):
        return None
    worked, _, result = text.rpartition("=")
    said = text if _SEVERAL.search(worked) else result
    found = {_value(match) for match in _NUMBER.finditer(_WORKED_OUT.sub(" ", said))}  # "48 (24 times 2)"
    found = found or {_value(match) for match in _NUMBER.finditer(said)}
    return found.pop() if len(found) == 1 else None


def _same(one: Number, other: Number) -> bool:
    """12% is 12 where the question asks for percent, and 0.12 where it does not; but 700% is not meant by 7."""
    if one.value == other.value:
        return True
    part, whole = (one, other) if one.percent else (other, one)
    return part.percent and not whole.percent and whole.value.denominator > 1 and part.value / 100 == whole.value


def score_number(prediction: str, golds: Sequence[str]) -> Score:
    """Right if `prediction` gives one number, and that is one of `golds`; exactly, since nothing is said of rounding."""
    wanted = [parse(gold) for gold in golds]
    if not wanted or None in wanted:
        raise ValueError(f"gold {golds!r} is no number")
    said = parse(prediction)
    if said is None:
        return WRONG._replace(parsed=False, answer=prediction)
    return all_or_nothing(any(_same(said, gold) for gold in wanted if gold), answer=prediction)
