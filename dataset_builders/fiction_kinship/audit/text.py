"""Paragraphs and questions → facts, by the documented wordings."""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from .terms import NOUNS

_X = r"[A-Z][a-z]+ [A-Z][a-z]+"
_TRADE = r"[Aa]n? [a-z-]+"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TIMES = {"never married": 0, "married once": 1, "married twice": 2}
_LIVED = (
    r"(?P<wed>never married|married once|married twice) and had (?:no children|exactly (?P<n>[a-z]+) child(?:ren)?)\."
)
_COUNTS = [
    re.compile(rf"(?P<x>{_X}), {_TRADE}, {_LIVED}"),
    re.compile(rf"(?P<x>{_X}) worked as {_TRADE}, {_LIVED}"),
    re.compile(rf"(?P<x>{_X}) was {_TRADE}, {_LIVED}"),
    re.compile(rf"{_TRADE} by trade, (?P<x>{_X}) {_LIVED}"),
]
_SAID = {  # in which "he" stands for the person of the paragraph or, in a household, for whoever was counted last
    "parents": [
        rf"(?P<his>His|Her) father was (?P<f>{_X}) and (?P<his2>his|her) mother was (?P<m>{_X})\.",
        rf"(?P<he>He|She) was born to (?P<m>{_X}), (?P<his>his|her) mother, and (?P<f>{_X}), (?P<his2>his|her) father\.",
        rf"(?P<he>He|She) had (?P<f>{_X}) for a father and (?P<m>{_X}) for a mother\.",
        rf"(?P<m>{_X}) was (?P<his>his|her) mother, and (?P<f>{_X}) was (?P<his2>his|her) father\.",
    ],
    "alone": [
        r"(?P<he>He|She) was an only child\.",
        r"(?P<he>He|She) grew up without brothers or sisters\.",
        r"(?P<he>He|She) had no brothers or sisters\.",
        r"(?P<he>He|She) was the only child of (?P<his>his|her) parents\.",
    ],
    "wed": [
        rf"(?P<his>His|Her) (?P<first>first )?(?P<wife>wife|husband) was (?P<z>{_X})(?P<after>.*)\.",
        rf"(?P<he>He|She) was (?P<first>first )?the (?P<husband>husband|wife) of (?P<z>{_X})(?P<after>.*)\.",
        rf"The name of (?P<his>his|her) (?P<first>first )?(?P<wife>wife|husband) was (?P<z>{_X})(?P<after>.*)\.",
        rf"As (?P<his>his|her) (?P<first>first )?(?P<wife>wife|husband) (?P<he>he|she) chose (?P<z>{_X})(?P<after>.*)\.",
        rf"(?P<his>His|Her) second (?P<wife>wife|husband), after the death of (?P<q>{_X}), was (?P<z>{_X})(?P<after>.*)\.",
        rf"After the death of (?P<q>{_X}), (?P<he>he|she) became the (?P<husband>husband|wife) of (?P<z>{_X})(?P<after>.*)\.",
        rf"When (?P<q>{_X}) had died, (?P<he>he|she) took a second (?P<wife>wife|husband), (?P<z>{_X})(?P<after>.*)\.",
        rf"As (?P<his>his|her) second (?P<wife>wife|husband), once (?P<q>{_X}) was dead, (?P<he>he|she) chose (?P<z>{_X})(?P<after>.*)\.",
    ],
}
_PATTERNS = [(kind, re.compile(wording)) for kind, wordings in _SAID.items() for wording in wordings]
_HOUSEHOLD = re.compile(rf"(?:The household of|At home with) ({_X})")
_AFTER = re.compile(rf", the (widow|widower) of ({_X})")
Place = tuple[str, int]


class Fact(NamedTuple):
    """What a sentence says: "counts" (times married, children), "parents" (father, mother), "alone", or "wed" (whom, the
    late spouses of both, "" where none is spoken of, and whether it is called the first of two)."""

    kind: str
    of: str
    said: tuple[Any, ...]


class Text(NamedTuple):
    facts: dict[Place, Fact]
    women: dict[str, bool]
    defects: list[str]
    naming: dict[Place, Place]  # in a household, where "he" stands → the sentence before that says who he is


def read(context: dict[str, Any], only: Collection[Place] | None = None) -> Text:
    """`only`: as if no other sentences were there."""
    facts: dict[Place, Fact] = {}
    naming: dict[Place, Place] = {}
    women: dict[str, bool] = {}
    defects: list[str] = []

    def gender(name: str, woman: bool) -> None:
        if women.setdefault(name, woman) != woman:
            defects.append(f"the text says both of {name}: man and woman")

    for title, sentences in zip(context["title"], context["sentences"], strict=True):
        home = _HOUSEHOLD.fullmatch(title)
        of, first = "" if home else title, 0
        for number, sentence in enumerate(sentences):
            if only is not None and (title, number) not in only:
                continue
            if readings := _first(sentence):  # from here on, "he" is this one
                of, first = readings[0].of, number
            elif of:
                readings = _other(of, sentence, gender)
            if len(readings) != 1 or (not home and of != title):
                defects.append(f"sentence has {len(readings)} readings about {of or title}: {sentence!r}")
            else:
                facts[title, number] = readings[0]
                if home and number > first:
                    naming[title, number] = title, first
        defects += _at_home(title, home, [fact for (of, _), fact in facts.items() if of == title])
    if len(set(context["title"])) < len(context["title"]):
        defects.append("two paragraphs have one title")
    return Text(facts, women, defects + _contradictions(facts, women), naming)


def _at_home(title: str, home: re.Match[str] | None, facts: list[Fact]) -> list[str]:
    """Below somebody's name stand that person, the husband or wife, and the children of one of them."""
    own = {home[1] if home else title}
    if home:
        couples = [{fact.of, fact.said[0]} for fact in facts if fact.kind == "wed"]
        own = own.union(*[couple for couple in couples if own & couple])
        own |= {fact.of for fact in facts if fact.kind == "parents" and own & set(fact.said)}
    return [f"{title!r} tells of {fact.of}" for fact in facts if fact.of not in own]


def _first(sentence: str) -> list[Fact]:
    found = []
    for pattern in _COUNTS:
        if match := pattern.fullmatch(sentence):
            n = _NUMBERS.index(match["n"]) if match["n"] else 0
            found.append(Fact("counts", match["x"], (_TIMES[match["wed"]], n)))
    return found


def _other(title: str, sentence: str, gender: Any) -> list[Fact]:
    found = []
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if not match:
            continue
        said = {name: text for name, text in match.groupdict().items() if text is not None}
        woman = any(said.get(word, "").lower() in ("she", "her") for word in ("he", "his", "his2"))
        if any(said.get(word, "").lower() in ("he", "his") for word in ("he", "his", "his2")):
            gender(title, False)
        if woman:
            gender(title, True)
        if kind == "parents":
            gender(said["f"], False)
            gender(said["m"], True)
            found.append(Fact(kind, title, (said["f"], said["m"])))
        elif kind == "alone":
            found.append(Fact(kind, title, ()))
        elif fact := _wedding(title, said, woman, gender):
            found.append(fact)
    return found


def _wedding(title: str, said: dict[str, str], woman: bool, gender: Any) -> Fact | None:
    own = said.get("husband", "wife" if woman else "husband")
    other = said.get("wife", "husband" if woman else "wife")
    gender(title, own == "wife")
    gender(said["z"], other == "wife")
    after = _AFTER.fullmatch(said["after"])
    if said["after"] and not after:
        return None
    if after:
        gender(said["z"], after[1] == "widow")
    return Fact("wed", title, (said["z"], said.get("q", ""), after[2] if after else "", "first" in said))


def _contradictions(facts: dict[Place, Fact], women: dict[str, bool]) -> list[str]:
    """Of everybody one origin and one count; as many children and marriages as are told of."""
    defects = []
    people = {fact.of for fact in facts.values()}
    for fact in facts.values():
        named = [name for name in fact.said if isinstance(name, str) and name]
        defects += [f"{name} has no paragraph" for name in named if name not in people]
    origin = [fact.of for fact in facts.values() if fact.kind in ("parents", "alone")]
    counted = [fact.of for fact in facts.values() if fact.kind == "counts"]
    if not sorted(origin) == sorted(counted) == sorted(people) or set(women) != people:
        defects.append("not of everybody one origin, one count of marriages and children, and one gender is told")
    children = [parent for fact in facts.values() if fact.kind == "parents" for parent in fact.said]
    weds = [name for fact in facts.values() if fact.kind == "wed" for name in (fact.of, fact.said[0])]
    for fact in facts.values():
        if fact.kind == "counts" and fact.said != (weds.count(fact.of), children.count(fact.of)):
            defects.append(f"the text does not tell of all children and marriages of {fact.of}")
        if fact.kind == "wed" and (fact.said[1] != "" or fact.said[3]) != (weds.count(fact.of) == 2):
            defects.append(f"{fact.of} married once and says first or second, or twice and does not")
    return defects


_NOUN = "|".join(sorted(NOUNS, key=len, reverse=True))
_WHOSE = rf"(?P<z>{_X}(?:'s (?:{_NOUN}))*)"
_RELATED = [
    re.compile(wording.format(x=rf"(?P<x>{_X})", y=rf"(?P<y>{_X})"))
    for wording in (
        r"How is {x} related to {y}\?",
        r"What is {x} to {y}\? Give the term of kinship\.",
        r"Which term of kinship says what {x} is to {y}\?",
        r"Name the kinship: what is {x} to {y}\?",
    )
]
_NAMED = [
    re.compile(wording.format(n=rf"(?P<n>{_NOUN})", z=_WHOSE))
    for wording in (
        r"Who is {z}'s {n}\?",
        r"Who is the {n} of {z}\?",
        r"Name the {n} of {z}\.",
        r"Give the name of {z}'s {n}\.",
        r"Name every {n} of {z}\.",
        r"List every {n} of {z}\.",
        r"Who is an? {n} of {z}\? Name all there are\.",
        r"Give the name of every {n} that {z} had\.",
    )
]


class Question(NamedTuple):
    """`who` is empty where people are asked for: the last of `nouns` of … of the first of `nouns` of `of`."""

    who: str
    of: str
    nouns: tuple[str, ...]


def question(text: str) -> list[Question]:
    found = [Question(match["x"], match["y"], ()) for pattern in _RELATED if (match := pattern.fullmatch(text))]
    for pattern in _NAMED:
        if match := pattern.fullmatch(text):
            of, *nouns = match["z"].split("'s ")
            found.append(Question("", of, (*nouns, match["n"])))
    return list(dict.fromkeys(found))
