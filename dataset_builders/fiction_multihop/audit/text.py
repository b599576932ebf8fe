"""Paragraphs → facts, and what is wrong with them."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

from .grammar import RANGES, Fact, facts

Place = tuple[str, int]  # a title and the number of a sentence


class Text(NamedTuple):
    facts: dict[Place, Fact]
    genders: dict[str, str]
    defects: list[str]


def read(context: dict[str, Any]) -> Text:
    found: dict[Place, Fact] = {}
    defects = [f"two paragraphs about {title}" for title, n in Counter(context["title"]).items() if n > 1]
    for title, sentences in zip(context["title"], context["sentences"], strict=True):
        for number, sentence in enumerate(sentences):
            readings = facts(title, sentence)
            if len(readings) != 1:
                defects.append(f"sentence has {len(readings)} readings: {title}: {sentence!r}")
            else:
                found[title, number] = readings[0]
        if not sentences or title not in sentences[0] or found.get((title, 0), ("is a",))[0] != "is a":
            defects.append(f"the first sentence does not introduce {title}")
    types = {fact.subject: fact.object for fact in found.values() if fact.relation == "is a"}
    genders, clashes = _genders(found, types)
    return Text(found, genders, defects + clashes + _types(found, types) + _contradictions(found))


def _genders(found: dict[Place, Fact], types: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for fact in found.values():
        said[fact.subject] |= fact.genders
        if fact.relation in ("mother", "father"):
            said[fact.object].add("f" if fact.relation == "mother" else "m")
    clashes = [
        f"words for {name} disagree about gender: {sorted(genders)}"
        for name, genders in said.items()
        if len(genders) > 1 or (genders and name in types and ("n" in genders) == (types[name] == "person"))
    ]
    return {name: min(genders) for name, genders in said.items() if genders}, clashes


def _types(found: dict[Place, Fact], types: dict[str, str]) -> list[str]:
    wrong = [(fact, fact.subject, fact.domain) for fact in found.values()]
    wrong += [
        (fact, fact.object, RANGES[fact.relation].split(" → ")[1]) for fact in found.values() if fact.relation in RANGES
    ]
    return [
        f"{name} is a {types[name]}, not a {type_}: {fact.relation}"
        for fact, name, type_ in wrong
        if types.get(name, type_) != type_
    ]


def _contradictions(found: dict[Place, Fact]) -> list[str]:
    defects: list[str] = []
    objects: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in found.values():
        objects[fact.relation, fact.subject].append(fact)
    for (relation, subject), stated in objects.items():
        terms = sorted((fact.start, fact.end) for fact in stated)
        if any(b[0] < a[1] for a, b in pairwise(terms)) or any(end and start >= end for start, end in terms):
            defects.append(f"terms overlap: {relation} of {subject}")
        if len(stated) > 1 and not terms[0][1]:
            defects.append(f"stated twice: {relation} of {subject}")
    counted = Counter((fact.relation, fact.object) for fact in found.values())
    for fact in found.values():
        stated_n = counted[fact.relation.removeprefix("exactly "), fact.subject]
        if fact.relation.startswith("exactly ") and stated_n > int(fact.object):
            defects.append(f"text names {stated_n}, but says {fact.relation} {fact.object}: {fact.subject}")
    return defects
