"""What the words of a question mean, as keys of `rules.lp`, and which words say what a key means.

A key is text: "up(2)" two generations up, "down(1)", "blood(A,B)" by way of a couple A generations up and B down, or a name.
"""

import re
from typing import NamedTuple

_MAN, _WOMAN = "m", "f"
_PAIRS = {  # key → the terms for a man, the terms for a woman
    "spouse": (["husband"], ["wife"]),
    "half": (["half-brother"], ["half-sister"]),
    "stepparent": (["stepfather", "step-father"], ["stepmother", "step-mother"]),
    "stepchild": (["stepson", "step-son"], ["stepdaughter", "step-daughter"]),
    "stepsibling": (["stepbrother", "step-brother"], ["stepsister", "step-sister"]),
    "parentinlaw": (["father-in-law"], ["mother-in-law"]),
    "childinlaw": (["son-in-law"], ["daughter-in-law"]),
    "siblinginlaw": (["brother-in-law"], ["sister-in-law"]),
    "unclebymarriage": (["uncle", "uncle by marriage", "uncle-in-law"], ["aunt", "aunt by marriage", "aunt-in-law"]),
    "nephewbymarriage": (
        ["nephew", "nephew by marriage", "nephew-in-law"],
        ["niece", "niece by marriage", "niece-in-law"],
    ),
    "halfuncle": (["half-uncle", "uncle"], ["half-aunt", "aunt"]),
    "halfnephew": (["half-nephew", "nephew"], ["half-niece", "niece"]),
    "up(1)": (["father"], ["mother"]),
    "down(1)": (["son"], ["daughter"]),
    "blood(1,1)": (["brother", "full brother"], ["sister", "full sister"]),
}
_SIDED = {"unclebymarriage", "halfuncle"}
_TIMES = {0: [""], 1: [" once removed"], 2: [" twice removed"], 3: [" three times removed", " thrice removed"]}
_TIMES[4] = [" four times removed"]


def _generations(key: str) -> tuple[list[str], list[str]]:
    name, numbers = key.rstrip(")").split("(")
    up, *rest = map(int, numbers.split(","))
    if not rest:
        old, young = ("father", "mother"), ("son", "daughter")
        great = "great-" * (up - 2) + "grand"
        man, woman = old if name == "up" else young
        return [great + man], [great + woman]
    down = rest[0]
    apart = abs(up - down)
    if min(up, down) == 1:
        pair = ("uncle", "aunt") if up > down else ("nephew", "niece")
        greats = ["great-" * (apart - 1)]
        if apart > 1:
            greats += ["great-" * (apart - 2) + "grand", "great-" * (apart - 2) + "grand-"]
        return [g + pair[0] for g in greats], [g + pair[1] for g in greats]
    degree = ("first", "second", "third")[min(up, down) - 2]
    cousins = [f"{degree} cousin{times}" for times in _TIMES[apart]]
    if key == "blood(2,2)":
        cousins.append("cousin")
    return cousins, cousins


def terms(key: str, woman: bool, side: str) -> list[str]:
    """All terms for what a key says, canonical first; `side`: that of the parent the way goes through first, or ""."""
    found = [*(_PAIRS.get(key) or _generations(key))[woman]]
    upwards = key in _SIDED or (key.startswith("up(") and key != "up(1)") or re.match(r"blood\([2-9]", key)
    if side and upwards:
        found += [f"{side} {term}" for term in (found if key == "blood(2,2)" else found[:1])]
    return found


class Noun(NamedTuple):
    key: str
    sex: str  # "m", "f" or "" for either
    side: str  # "paternal", "maternal" or ""


def _nouns() -> dict[str, Noun]:
    keys = ["spouse", "half", "stepparent", "stepchild", "parentinlaw", "childinlaw", "siblinginlaw"]
    keys += [
        "up(1)",
        "down(1)",
        "down(2)",
        "down(3)",
        "down(4)",
        "blood(1,1)",
        "blood(2,1)",
        "blood(1,2)",
        "blood(1,3)",
    ]
    found = {terms(key, sex == _WOMAN, "")[0]: Noun(key, sex, "") for key in keys for sex in (_MAN, _WOMAN)}
    for side in ("paternal", "maternal"):
        found |= {f"{side} grandfather": Noun("up(2)", _MAN, side), f"{side} grandmother": Noun("up(2)", _WOMAN, side)}
    found |= {
        "child": Noun("down(1)", "", ""),
        "grandchild": Noun("down(2)", "", ""),
        "stepchild": Noun("stepchild", "", ""),
    }
    found |= {"great-grandchild": Noun("down(3)", "", ""), "great-great-grandchild": Noun("down(4)", "", "")}
    return found | {"first cousin": Noun("blood(2,2)", "", "")}


NOUNS = _nouns()
