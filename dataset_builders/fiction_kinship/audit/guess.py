"""Shortcuts of a solver who does not trace the family. None may pay by more than 0.05 above chance.

`chance` of a relation is generous: whoever knows the gender and the depth picks one of the terms there are for them.
"""

import re
from collections import Counter
from hashlib import blake2b
from typing import Any

from .text import Text, question, read

READ_OFF = True  # one hop is there to be read off one sentence
OPEN = ("name",)
_TERMS = {1: 3, 2: 8, 3: 8, 4: 7, 5: 5, 6: 4, 7: 4, 8: 3}  # for one gender, by depth
_X = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")
_USUAL = {  # by depth: what is guessed of a man, of a woman
    1: ("son", "daughter"),
    2: ("grandfather", "grandmother"),
    3: ("uncle", "aunt"),
    4: ("great-great-grandfather", "great-great-grandmother"),
    5: ("great-great-great-grandfather", "great-great-great-grandmother"),
    6: ("first cousin twice removed", "first cousin twice removed"),
    7: ("second cousin once removed", "second cousin once removed"),
    8: ("second cousin twice removed", "second cousin twice removed"),
}
_CONSTANT = ("uncle", "aunt", "nephew", "niece", "brother-in-law", "sister-in-law", "first cousin", "great-grandmother")


def chance(row: dict[str, Any]) -> float:
    if row["kind"] == "relation":
        return 1 / _TERMS[row["hops"]]
    return 1 / len(_candidates(row, read(row["context"]), _asked_sex(row["question"])))


def _asked_sex(text: str) -> bool | None:
    """Whether women are asked for, men, or either."""
    noun = question(text)[0].nouns[-1]
    if re.search("mother|daughter|wife|sister|aunt|niece", noun):
        return True
    return None if re.search("child|cousin", noun) else False


def _told(row: dict[str, Any], text: Text) -> dict[str, str]:
    """What is said of each, in the order of the text."""
    told: dict[str, str] = {}
    sentences = dict(zip(row["context"]["title"], row["context"]["sentences"], strict=True))
    for (title, number), fact in text.facts.items():
        told[fact.of] = f"{told.get(fact.of, '')} {sentences[title][number]}"
    return told


def _candidates(row: dict[str, Any], text: Text, woman: bool | None) -> list[str]:
    return [
        name
        for name in _told(row, text)
        if name not in row["question"] and (woman is None or text.women[name] == woman)
    ]


def _dice(row: dict[str, Any], names: list[str]) -> str:
    number = int.from_bytes(blake2b(row["id"].encode(), digest_size=8).digest(), "big")
    return names[number % len(names)] if names else "nobody"


def guesses(row: dict[str, Any]) -> dict[str, str]:
    text = read(row["context"])
    return _terms(row, text) if row["kind"] == "relation" else _people(row, text)


def _terms(row: dict[str, Any], text: Text) -> dict[str, str]:
    asked = question(row["question"])[0]
    who, of = text.women[asked.who], asked.of
    found = {f"always {term}": term for term in _CONSTANT}
    found["by depth and gender"] = _USUAL[row["hops"]][who]
    found["by depth, not gender"] = _USUAL[row["hops"]][0]
    born = {fact.of for fact in text.facts.values() if fact.kind == "parents"}
    old, young = ("grandmother", "granddaughter") if who else ("grandfather", "grandson")
    same = "sister-in-law" if who else "brother-in-law"
    found["by who has parents"] = same if (asked.who in born) == (of in born) else old if of in born else young
    older, younger = ("aunt", "niece") if who else ("uncle", "nephew")
    order = list(_told(row, text))
    found["by the order of telling"] = older if order.index(asked.who) < order.index(of) else younger
    at = {fact.of: title for (title, _), fact in text.facts.items()}
    found["by the paragraph"] = (
        ("sister" if who else "brother") if at[asked.who] == at[of] else found["by depth and gender"]
    )
    found["by the paragraph, in step"] = (
        ("stepdaughter" if who else "stepson") if at[asked.who] == at[of] else found["by depth and gender"]
    )
    found["by surname"] = ("sister" if who else "brother") if asked.who.split()[1] == of.split()[1] else same
    children = {fact.of: fact.said[1] for fact in text.facts.values() if fact.kind == "counts"}
    found["by who has children"] = older if children[asked.who] and not children[of] else younger
    return found


def _people(row: dict[str, Any], text: Text) -> dict[str, str]:
    asked, told = question(row["question"])[0], _told(row, text)
    right = _candidates(row, text, _asked_sex(row["question"]))
    at = {fact.of: title for (title, _), fact in text.facts.items()}
    order = list(told)
    mentions = [name for words in told.values() for name in _X.findall(words)]
    counts = Counter(mentions)
    place = order.index(asked.of)
    near = sorted(right, key=lambda name: abs(order.index(name) - place))
    elsewhere = [name for name in right if at[name] != at[asked.of]]
    surname = [name for name in right if name.split()[1] == asked.of.split()[1]]
    own = [name for name in _X.findall(told[asked.of]) if name in right]
    speaking = [name for name in right if asked.of in told[name]]
    linked = {n for name in _X.findall(told[asked.of]) if name != asked.of for n in _X.findall(told.get(name, ""))}
    return {
        "first": right[0] if right else "nobody",
        "last": right[-1] if right else "nobody",
        "any": _dice(row, right),
        "most frequent": max(right, key=counts.__getitem__, default="nobody"),
        "most frequent elsewhere": max(elsewhere or right, key=counts.__getitem__, default="nobody"),
        "any elsewhere": _dice(row, elsewhere or right),
        "rarest": min(right, key=counts.__getitem__, default="nobody"),
        "nearest in the text": near[0] if near else "nobody",
        "in the same household": _dice(row, [name for name in right if at[name] == at[asked.of]]),
        "of the same surname": _dice(row, surname),
        "in the same paragraph": _dice(row, own),
        "whose paragraph speaks of who is asked about": _dice(row, speaking),
        "two paragraphs away": _dice(row, [name for name in right if name in linked]),
        "everyone": ", ".join(right),
    }
