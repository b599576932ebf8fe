"""Answers judged by the words that they share with gold, by our convention and by those of six benchmarks.

The benchmarks' figures are the official scripts' own, oddities included; tests hold them to the last digit.
"""

import functools
import re
import string
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .figures import Score

_ARTICLES = frozenset({"a", "an", "the"})
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_SPACED_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "‘’´`", " "))


def _without_articles(words: list[str]) -> str:
    if not _ARTICLES.isdisjoint(words):
        words = [word for word in words if word not in _ARTICLES]
    return " ".join(words)


def _official(table: dict[int, int | None] | dict[int, str]) -> Callable[[str], str]:
    def normalize(text: str) -> str:
        text = text.lower()
        if text.isascii() and text.replace(" ", "").isalnum():  # most are
            return _without_articles(text.split())
        text = text.translate(table)
        # In plain text an article is a word; elsewhere its neighbour may be a mark that the script leaves standing.
        if text.isascii() and text.isprintable():
            return " ".join([word for word in text.split() if word not in _ARTICLES])
        return " ".join(_ARTICLE.sub(" ", text).split())

    return normalize


_ACCENT = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")  # and what makes an emoji of a sign
_IN_NUMBER = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))|\.(?!\d)|-(?<!\w-)(?=\d)")


class _Plain(dict[int, str]):
    """A character taken apart, its accents off, for str.translate. One by one: of a whole text, whose marks would have to
    be put in order, it takes time that grows with the square of how many follow each other."""

    def __missing__(self, code: int) -> str:
        self[code] = _ACCENT.sub("", unicodedata.normalize("NFD", chr(code)))
        return self[code]


class _Folding(dict[int, str | None]):
    """What our convention makes of a character, for str.translate; filled in as characters come by."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        kind = unicodedata.category(letter)
        if letter in "'’‘`´ʼ" or (kind in ("Cc", "Cf", "Cn", "Co", "Cs", "Sc", "So") and not letter.isspace()):
            folded = None  # "O'Brien" is "OBrien", "$72" is 72; joiners and marks of direction are not seen
        elif kind[0] == "L" or kind == "Nd":
            plain = unicodedata.normalize("NFKD", letter)  # one width, no ligatures
            folded = _ACCENT.sub("", plain).casefold()
        elif kind[0] in "MN" or letter in ".%#+−":
            folded = letter
        else:
            folded = " "  # dashes, commas and brackets part words
        self[code] = folded
        return folded


_PLAIN, _FOLDING = _Plain(), _Folding()


def fold(text: str) -> list[str]:
    """The words of `text` without case, accents and punctuation; "&" is "and", 1,000 is 1000."""
    if not text.isascii():
        text = text.translate(_PLAIN)
    text = text.casefold().replace("&", " and ")
    if not (text.isascii() and text.replace(" ", "").isalnum()):
        text = _IN_NUMBER.sub(lambda mark: "−" if mark[0] == "-" else "", text).translate(_FOLDING)
    return text.split()


def normalize(text: str) -> str:
    """`text` as our convention compares it: no case, accents, punctuation or articles."""
    words = fold(text)
    return _without_articles(words) or " ".join(words)  # "A" may be an answer


class Convention(NamedTuple):
    normalize: Callable[[str], str]
    closed: frozenset[str] = frozenset()  # answers that earn nothing unless equal: "yes" is no part of "yes and no"
    empty_is_right: bool = False  # an answer and a gold of which nothing is left: F1 1, not 0
    may_lack: bool = False  # no gold at all means that no answer is right
    each_best: bool = False  # precision and recall are the best of any gold, not of the one that gives F1


_HOTPOT = Convention(_official(_NO_PUNCTUATION), frozenset({"yes", "no", "noanswer"}))
CONVENTIONS = {
    "synthrl": Convention(normalize, frozenset({"yes", "no"}), empty_is_right=True),
    "hotpotqa": _HOTPOT,
    "2wikimultihopqa": _HOTPOT._replace(each_best=True),
    "musique": _HOTPOT._replace(closed=frozenset(), empty_is_right=True),
    "squad_v1.1": _HOTPOT._replace(closed=frozenset()),
    "squad_v2.0": _HOTPOT._replace(closed=frozenset(), empty_is_right=True, may_lack=True),
    "triviaqa": Convention(_official(_SPACED_PUNCTUATION)),
}


_NOTHING = (0.0, 0.0, 0.0)


def _shared(said: list[str], once: bool, wanted: list[str]) -> tuple[float, float, float]:
    """F1, precision and recall of two lists of words; `once`: no word is said twice."""
    common = set(wanted).intersection(said)
    if not common:
        return _NOTHING
    same = len(common) if once else sum([min(said.count(word), wanted.count(word)) for word in common])
    precision, recall = same / len(said), same / len(wanted)
    return 2 * precision * recall / (precision + recall), precision, recall


@functools.lru_cache(maxsize=10_000)
def _wanted(golds: tuple[str, ...], convention: str) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    """Normalised golds, and the words of those that may be named in part. A group of completions shares its golds."""
    rules = CONVENTIONS[convention]
    wanted = tuple(map(rules.normalize, golds))
    if rules.may_lack:
        wanted = tuple(filter(None, wanted)) or ("",)
    return wanted, tuple([gold.split() for gold in wanted if gold not in rules.closed])


def score(prediction: str, golds: Sequence[str], convention: str = "synthrl") -> Score:
    """The best that `prediction` earns against one of `golds`: F1 and its precision and recall; exact match by itself."""
    rules = CONVENTIONS.get(convention)
    if rules is None:
        raise ValueError(f"convention: got {convention!r}, expected one of {', '.join(CONVENTIONS)}")
    if isinstance(golds, str):
        raise TypeError(f"golds: got the text {golds!r}, expected a list of texts: [{golds!r}]")
    said = rules.normalize(prediction)
    wanted, by_words = _wanted(tuple(golds), convention)
    if not wanted:
        raise ValueError(f"golds: got none, and {convention} has no answerless questions")
    exact = said in wanted
    if exact and (said or rules.empty_is_right):
        return Score(1.0, 1.0, 1.0, 1.0, True, prediction)
    f1, precision, recall = _NOTHING
    if by_words and said not in rules.closed:
        words = said.split()
        once = len(set(words)) == len(words)
        shares = [_shared(words, once, gold) for gold in by_words]
        f1, precision, recall = map(max, zip(*shares, strict=True)) if rules.each_best else max(shares)
    return Score(float(exact), f1, precision, recall, True, prediction)
