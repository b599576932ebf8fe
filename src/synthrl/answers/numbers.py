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
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_WORD = "|".join([*_ONES, *_TENS, *_SCALES])
_NUMBER = re.compile(
    rf"(?<![\w.])(?:(?P<sign>[-+−–]|minus\b|negative\b)\s?)?[$€£]?\s?(?:(?P<word>(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*)\b"
    rf"|(?:(?P<whole>\d+)\s(?=\d+\s?/\s?\d))?(?P<digits>{_DIGITS})(?:\s?/\s?(?P<below>\d+)|e(?P<power>[-+]?\d\d?)\b)?)"
    r"(?P<half>\sand\s(?:a|one)\shalf\b)?(?P<scale>\s?(?:thousand|million|billion)\b)?(?P<percent>\s?\\?%|\spercent\b|\sper\scent\b)?"
)
_LATEX = (
    (re.compile(r"\\[dt]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}"), r" \1/\2 "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\(?:text|mathrm|textbf)\s?\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[,;:! $]|[{}~]"), ""),
)
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_SEVERAL = re.compile(r"\b(?:or|and)\b|[,;]\s")  # "x = 3 or x = 4" is not worked out to be 4
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


def _value(match: re.Match[str]) -> Number | None:
    if match["word"]:
        value = Fraction(_spelled(match["word"]))
    else:
        below = int(match["below"] or 1)
        if not below:
            return None
        value = Fraction(match["digits"].replace(",", "")) * Fraction(10) ** int(match["power"] or 0)
        value = value / below + int(match["whole"] or 0)
    value += Fraction(1, 2) if match["half"] else 0
    value *= _SCALES[match["scale"].strip()] if match["scale"] else 1
    return Number(-value if match["sign"] not in (None, "+") else value, bool(match["percent"]))


def parse(text: str) -> Number | None:
    """The number that `text` gives. None if there is none, or more than one: "3 or 4" is no answer."""
    if len(text) > _LONGEST:
        return None
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    text = _VULGAR.sub(lambda half: " " + unicodedata.normalize("NFKC", half[0]).replace("⁄", "/"), text).lower()
    worked, _, result = text.rpartition("=")
    found = {_value(match) for match in _NUMBER.finditer(text if _SEVERAL.search(worked) else result)}
    return found.pop() if len(found) == 1 else None


def _same(one: Number, other: Number) -> bool:
    """12% is 12 where the question asks for percent, and 0.12 where it does not."""
    if one.value == other.value:
        return True
    part, whole = (one, other) if one.percent else (other, one)
    return part.percent and not whole.percent and part.value / 100 == whole.value


def score_number(prediction: str, golds: Sequence[str]) -> Score:
    """Right if `prediction` gives one number, and that is one of `golds`; exactly, since nothing is said of rounding."""
    wanted = [parse(gold) for gold in golds]
    if not wanted or None in wanted:
        raise ValueError(f"gold {golds!r} is no number")
    said = parse(prediction)
    if said is None:
        return WRONG._replace(parsed=False, answer=prediction)
    return all_or_nothing(any(_same(said, gold) for gold in wanted if gold), answer=prediction)
