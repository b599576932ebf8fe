"""Shortcuts: what a solver who does not reason would answer. A dataset on which one of them scores well teaches it.

A guesser is a pure function of a `Reading`, which holds only what a solver sees: the question and the text (and the id,
for dice). `guesses(row)` asks them all, `score` judges one guess, `chance` is what the row's kind gives to the lucky.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection
from functools import cached_property, partial
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

from synthrl.answers import score_answer

Guess = str | list[str]
OPEN = ("chain", "intersection", "superlative", "temporal")  # kinds whose answer may be anyone in the text
READ_OFF = True  # one hop is told in one sentence, and is there for that


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


_SPAN = r"[A-Z]\w*(?:(?: & | of |-| )[A-Z]\w*)*|\d+(?:,\d{3})*"
_COMMON = frozenset(  # words that name nothing, even where they open a sentence
    words(
        "a an and at by consider did do does every for from had has have he her him his how in is it its name of on or"
    )
    + words("she than that the their them they this to was were what when where which who whom whose with")
)
_DIGITS = {word: str(n) for n, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven"))}
_TYPES = ("person", "city", "region", "country", "company", "school", "club", "book", "festival")
_ASKED = {
    **{noun: noun for noun in (*_TYPES, "river", "language", "currency", "year", "number")},
    **dict.fromkeys(("who", "whom", "whose"), "person"),
    **dict.fromkeys(("area", "population", "large", "staff"), "number"),
}
_LOOKS = {  # what a name that has no paragraph of its own must be
    r"[12]\d\d\d": "year",
    r"[\d,]+": "number",
    r"The .+ of .+": "book",
    r".+ (Academy|College|School|Institute)": "school",
    r".+ (Club|Society)": "club",
    r".+ (Festival|Regatta|Fair|Week)": "festival",
    r".+ & .+": "company",
    r"(?!East|West|North|South|Upper|Lower|Old|Outer)\w+ \w+": "person",
}
_PLACES = {"river": "river", "language": "language", "currency": "currency", "coin": "currency", "country": "country"}
_PLACES |= {"borders": "country", "region": "region"}  # … and by the words about it, if its looks do not tell
_YEARS = re.compile(r"from (\d{4}) to (\d{4})", re.IGNORECASE)


def _looks(name: str, sentence: str) -> str:
    by_name = (type_ for pattern, type_ in _LOOKS.items() if re.fullmatch(pattern, name))
    return next(by_name, "") or next((_PLACES[word] for word in words(sentence) if word in _PLACES), "city")


class Mention(NamedTuple):
    name: str
    paragraph: int
    position: int  # of its first word in the whole text


class Reading:
    """A question and its text, with the names found in them: titles, capitalised spans, numbers."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.id: str = row["id"]
        self.question: str = row["question"]
        self.titles: list[str] = row["context"]["title"]
        self.sentences: list[list[str]] = row["context"]["sentences"]
        titles = "|".join(re.escape(title) for title in sorted(self.titles, key=len, reverse=True))
        self._pattern = re.compile(rf"\b(?:{titles}|{_SPAN})(?!\w)" if titles else rf"\b(?:{_SPAN})")

    def find(self, text: str) -> list[tuple[str, int]]:
        """The names in `text`, with the place where each starts."""
        found = []
        for match in self._pattern.finditer(text):
            name, start = match[0], match.start()
            first, _, rest = name.partition(" ")
            if name not in self.titles and first.casefold() in _COMMON and not (first == "The" and rest):
                name, start = rest, start + len(first) + 1
            if name:
                found.append((name, start))
        return found

    @cached_property
    def mentions(self) -> list[Mention]:
        found, position = [], 0
        for number, sentences in enumerate(self.sentences):
            for sentence in sentences:
                for name, start in self.find(sentence):
                    found.append(Mention(name, number, position + len(words(sentence[:start]))))
                position += len(words(sentence))
        return found

    @cached_property
    def asked(self) -> list[str]:
        """The names in the question."""
        return list(dict.fromkeys(name for name, _ in self.find(self.question)))

    @cached_property
    def anchors(self) -> list[str]:
        """Where the question starts from: its names, not its years."""
        return [name for name in self.asked if not name[0].isdigit()]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(mention.name for mention in self.mentions)

    @cached_property
    def types(self) -> dict[str, str]:
        """Name → its type, by the first sentence of its paragraph, else by its looks."""
        types: dict[str, str] = {}
        for sentence in chain.from_iterable(self.sentences):
            for name, _ in self.find(sentence):
                types.setdefault(name, _looks(name, sentence))
        for title, sentences in zip(self.titles, self.sentences, strict=True):
            intro = words(sentences[0].replace(title, "")) if sentences else []
            types[title] = next((word for word in intro if word in _TYPES), "person")
        return types

    @cached_property
    def bare(self) -> str:
        """The question without its names."""
        return self._pattern.sub(lambda m: m[0] if m[0].casefold() in _COMMON else "", self.question)

    @cached_property
    def wanted(self) -> str:
        """The type of what is asked for, by the question's words; empty where they do not say."""
        if "How many" in self.question:
            return "number"
        told = self.bare.split("every ")[-1] if "every " in self.bare else self.bare.split(". ")[-1]
        return next((_ASKED[word] for word in words(told) if word in _ASKED), "")

    def right(self, name: str) -> bool:
        """Could `name` be what is asked for?"""
        kind = self.types.get(name, "")
        return name not in self.asked and (kind == self.wanted if self.wanted else kind not in ("year", "number"))

    @cached_property
    def candidates(self) -> list[str]:
        return list(filter(self.right, self.counts))

    @cached_property
    def options(self) -> list[str]:
        """A and B of "…, A or B?"."""
        pair = self.anchors[-2:]
        return pair if " or ".join(pair) in self.question and len(pair) > 1 else []

    @cached_property
    def terms(self) -> set[str]:
        """The question's words that say something."""
        return set(words(self.question)) - _COMMON

    @cached_property
    def ranking(self) -> list[int]:
        """The paragraphs, best first, by BM25 with the question's words."""
        texts = [words(f"{t} {' '.join(s)}") for t, s in zip(self.titles, self.sentences, strict=True)]
        mean = sum(map(len, texts)) / max(len(texts), 1)
        holders = Counter(chain.from_iterable(map(set, texts)))

        def score(text: list[str]) -> float:
            count, total = Counter(text), 0.0
            for term in self.terms & count.keys():
                rarity = math.log(1 + (len(texts) - holders[term] + 0.5) / (holders[term] + 0.5))
                total += rarity * count[term] * 2.2 / (count[term] + 1.2 * (0.25 + 0.75 * len(text) / mean))
            return total

        scores = [score(text) for text in texts]
        return sorted(range(len(texts)), key=lambda i: -scores[i])

    def within(self, paragraphs: list[int]) -> list[str]:
        """The names in `paragraphs`, but for their own titles and the question's."""
        own = {self.titles[i] for i in paragraphs}.union(self.asked)
        return [m.name for m in self.mentions if m.paragraph in paragraphs and m.name not in own]

    def homes(self, names: list[str]) -> list[int]:
        return [i for i, title in enumerate(self.titles) if title in names]


def _first(names: list[str]) -> str:
    return names[0] if names else ""


def _last(names: list[str]) -> str:
    return names[-1] if names else ""


def _unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _frequent(r: Reading, names: list[str]) -> str:
    return max(names, key=r.counts.__getitem__, default="")


def _any(r: Reading, names: list[str]) -> str:
    """One of `names`, by the dice that the row's id throws."""
    number = int.from_bytes(blake2b(r.id.encode(), digest_size=8).digest(), "big")
    return names[number % len(names)] if names else ""


def _nearest(r: Reading) -> str:
    """The candidate with the most of the question's words close by."""
    text = words(" ".join(chain.from_iterable(r.sentences)))
    places = [i for i, word in enumerate(text) if word in r.terms]

    def closeness(mention: Mention) -> float:
        return sum(1 / (1 + abs(place - mention.position)) for place in places)

    return max((m for m in r.mentions if r.right(m.name)), key=closeness, default=Mention("", 0, 0)).name


def _best_sentence(r: Reading) -> str:
    """A candidate out of the sentence, away from the names asked about, that has the rarest of the question's words."""
    terms = set(words(r.bare)) - _COMMON
    spread = Counter(word for s in chain.from_iterable(r.sentences) for word in terms.intersection(words(s)))

    def weight(sentence: str) -> float:
        return sum(1 / spread[word] for word in terms.intersection(words(sentence)))

    away = [s for title, text in zip(r.titles, r.sentences, strict=True) if title not in r.asked for s in text]
    named = [(weight(s), [name for name, _ in r.find(s) if r.right(name)]) for s in away]
    best = max((weight for weight, names in named if names), default=0)
    return _any(r, [names[-1] for weight, names in named if names and weight == best])


def in_office(r: Reading) -> list[str]:
    """The candidates in sentences whose years hold the year asked about."""
    years = [int(name) for name in r.asked if name.isdigit()]
    told = [(s, _YEARS.search(s)) for s in chain.from_iterable(r.sentences)]
    held = [r.find(s) for s, span in told if span and years and int(span[1]) < years[-1] < int(span[2])]
    return [name for names in held for name, _ in names if r.right(name)]


def _pointing(r: Reading) -> list[str]:
    """The paragraphs that speak of what the question names."""
    hits = {m.paragraph for m in r.mentions if m.name in r.anchors}
    return [title for i, title in enumerate(r.titles) if i in hits and r.right(title)]


def _values(r: Reading, titles: list[str]) -> list[tuple[int, str]]:
    """The numbers in the paragraphs of `titles`, in sentences that share a word with the question if there are any."""
    terms = set(words(r.bare)) - _COMMON
    sentences = [(s, t) for t, text in zip(r.titles, r.sentences, strict=True) if t in titles for s in text]
    near = [(s, t) for s, t in sentences if terms.intersection(words(s)) and re.search(r"\d", s)]
    return [(int(n.replace(",", "")), t) for s, t in near or sentences for n, _ in r.find(s) if n[0].isdigit()]


def _extreme(r: Reading, titles: list[str]) -> str:
    """That of `titles` with the smallest number, or the largest, whichever the question is after."""
    most = bool({"latest", "largest", "later", "larger"}.intersection(words(r.question)))
    return (max if most else min)(_values(r, list(filter(r.right, titles))), default=(0, ""))[1]


def _above(r: Reading, titles: list[str]) -> str:
    """How many of `titles` have a number above the question's last."""
    least = [int(name.replace(",", "")) for name in r.asked if name[0].isdigit()][-1:]
    return str(len({title for number, title in _values(r, titles) if least and number > least[0]}))


def _group(r: Reading) -> list[str]:
    """The candidates whose paragraphs speak of what "exactly" so many are said to belong to."""
    told = {r.titles[i] for i, text in enumerate(r.sentences) if any(" exactly " in s for s in text)} - set(r.asked)
    titles = [r.titles[i] for i in sorted({m.paragraph for m in r.mentions if m.name in told})]
    return [title for title in titles if title not in told and (r.right(title) or r.wanted == "number")]


def _common_number(r: Reading) -> str:
    said = [_DIGITS.get(word, word) for word in words(" ".join(chain.from_iterable(r.sentences)))]
    return _first([n for n, _ in Counter(said).most_common() if n.isdigit() and len(n) < 3])


def _mentioned(r: Reading) -> bool:
    return all(name in r.counts for name in r.asked)


def _together(r: Reading) -> bool:
    """Has one paragraph two of the question's names?"""
    seen = {(m.paragraph, m.name) for m in r.mentions if m.name in r.asked}
    return any(n > 1 for n in Counter(paragraph for paragraph, _ in seen).values())


def _popular(r: Reading) -> bool:
    """Is what the question starts with mentioned more than others of its type?"""
    name = _first(r.asked)
    others = [n for other, n in r.counts.items() if r.types[other] == r.types.get(name)]
    return bool(others) and r.counts[name] > sum(others) / len(others)


_SIGNS: dict[str, Callable[[Reading], bool]] = {"mentioned": _mentioned, "together": _together, "popular": _popular}


def _answer(holds: Callable[[Reading], bool], word: str, other: str, r: Reading) -> str:
    return word if holds(r) else other


def _always(word: str, r: Reading) -> str:
    return word


GUESSERS: dict[str, Callable[[Reading], Guess]] = {
    "first name": lambda r: _first([m.name for m in r.mentions]),
    "last name": lambda r: _last([m.name for m in r.mentions]),
    "first candidate": lambda r: _first(r.candidates),
    "last candidate": lambda r: _last([m.name for m in r.mentions if r.right(m.name)]),
    "most frequent": lambda r: _frequent(r, list(r.counts)),
    "most frequent, not asked": lambda r: _frequent(r, [name for name in r.counts if name not in r.asked]),
    "most frequent candidate": lambda r: _frequent(r, r.candidates),
    "rarest candidate": lambda r: min(r.candidates, key=r.counts.__getitem__, default=""),
    "random candidate": lambda r: _any(r, r.candidates),
    "candidate with a paragraph": lambda r: _any(r, [name for name in r.candidates if name in r.titles]),
    "candidate without a paragraph": lambda r: _any(r, [name for name in r.candidates if name not in r.titles]),
    "nearest to the question's words": _nearest,
    "best sentence": _best_sentence,
    "best paragraph": lambda r: _first([r.titles[i] for i in r.ranking]),
    "best paragraph, not asked": lambda r: _first([r.titles[i] for i in r.ranking if r.titles[i] not in r.asked]),
    "best paragraph, candidate": lambda r: _first([r.titles[i] for i in r.ranking if r.right(r.titles[i])]),
    "best paragraph's last name": lambda r: _last(r.within(r.ranking[:1])),
    "best paragraph's last candidate": lambda r: _last(list(filter(r.right, r.within(r.ranking[:1])))),
    "everyone": lambda r: r.candidates,
    "one hop": lambda r: _unique(r.within(r.homes(r.anchors))),
    "one hop, candidates": lambda r: _unique(list(filter(r.right, r.within(r.homes(r.anchors))))),
    "one hop back": _pointing,
    "one hop back, first": lambda r: _first(_pointing(r)),
    "one hop back, how many": lambda r: str(len(_pointing(r))),
    "in the span of years": lambda r: _any(r, in_office(r)),
    "extreme": lambda r: _extreme(r, r.titles),
    "extreme of the counted": lambda r: _extreme(r, _group(r)),
    "above the number": lambda r: _above(r, r.titles),
    "above the number, of the counted": lambda r: _above(r, _group(r)),
    "the counted": _group,
    "common number": _common_number,
    "first option": lambda r: _first(r.options),
    "second option": lambda r: _last(r.options),
    "more frequent option": lambda r: _frequent(r, r.options),
    **{f"yes if {name}": partial(_answer, holds, "yes", "no") for name, holds in _SIGNS.items()},
    **{f"no if {name}": partial(_answer, holds, "no", "yes") for name, holds in _SIGNS.items()},
    **{f"always {word}": partial(_always, word) for word in ("yes", "no", "0", "1", "2", "3", "unanswerable")},
}


def guesses(row: dict[str, Any]) -> dict[str, Guess]:
    """What every guesser says to `row`."""
    reading = Reading(row)
    return {name: guesser(reading) for name, guesser in GUESSERS.items()}


def score(guess: Guess, row: dict[str, Any]) -> float:
    """What a reward would pay for the guess."""
    return score_answer(guess if isinstance(guess, str) else ", ".join(guess), row).f1


def group_size(row: dict[str, Any]) -> int:
    """How many a question over a group speaks of: the text says it ("the mother of exactly three")."""
    facts = row["supporting_facts"]
    text = dict(zip(row["context"]["title"], row["context"]["sentences"], strict=True))
    said = " ".join(text[title][i] for title, i in zip(facts["title"], facts["sent_id"], strict=True))
    sizes = [int(n) for n in (_DIGITS.get(word, word) for word in re.findall(r"exactly (\w+)", said)) if n.isdigit()]
    return sizes[-1] if sizes else max(len(Reading(row).candidates), 1)


def chance(row: dict[str, Any]) -> float:
    """What a guess at random is worth: between the two or the few that are compared, else between all candidates."""
    if row["kind"] in ("yesno", "comparison"):
        return 1 / 2
    if row["kind"] == "count":
        return 1 / (group_size(row) + 1)
    if row["kind"] == "superlative":
        return 1 / group_size(row)
    reading = Reading(row)
    candidates: Collection[str] = reading.candidates
    if row["kind"] == "temporal":  # whoever the text has in some office that year
        candidates = set(in_office(reading))
    elif row["kind"] == "intersection":  # whoever has a paragraph, as the answer must
        candidates = [name for name in candidates if name in reading.titles]
    return 1 / max(len(candidates), 1)
