"""Shortcuts: what a solver who does not reason would answer, and what blind luck earns.

Guessers read the question with a few patterns of their own and combine nothing.
"""

import re
from collections import Counter
from functools import cache
from math import comb
from typing import Any

Row = dict[str, Any]
_NAME = re.compile(r"\b[A-Z][a-z]{6,}\b")
_ROLES = ("knight|truth-teller|saint|sage|herald|chronicler", "knave|liar|rogue|trickster|jester|conjurer")


def guesses(row: Row) -> dict[str, str]:
    """Guesser → its answer; the same guessers for all rows of a kind."""
    return {"knights": _knights, "ordering": _ordering, "rules": _rules}[row["kind"]](row["question"])


def chance(row: Row) -> float:
    """What the best blind guess earns on average: of one who knows how many there are, and has not read on."""
    question = row["question"]
    if row["kind"] == "rules":
        return 1 / 3
    if row["kind"] == "knights":
        return 0.5 if row["scorer"] == "label" else _blind(question.count("\n") - 1)
    items = len(_listing(question))
    asked = question.rpartition("\n")[2]
    neighbour = row["scorer"] == "set" and not re.search(r"\d", asked)  # nobody is next to himself
    return 1 / (items - neighbour)


@cache
def _blind(people: int) -> float:
    """The best that naming `m` of them earns, whoever they are; any group but none and all may be the knights."""

    def named(m: int) -> float:
        total = 0.0
        for knights in range(1, people):
            for right in range(max(0, m - people + knights), min(m, knights) + 1):
                wrong = m - right
                ways = comb(knights, right) * comb(people - knights, wrong) * comb(people, knights) / comb(people, m)
                if right:
                    precision, recall = right / (right + wrong * (wrong + 1)), right / knights
                    total += ways * 2 * precision * recall / (precision + recall)
        return total / (2**people - 2)

    return max(named(m) for m in range(1, people + 1))


def _listing(question: str) -> list[str]:
    """Those whom the first line lists: its longest run of names."""
    runs = re.findall(r"(?:\b[A-Z][a-z]{6,}(?:, | and )?)+", question.partition("\n")[0])
    return max(map(_NAME.findall, runs), key=len)


def _most(counts: Counter[str], names: list[str], sign: int = 1) -> str:
    return max(names, key=lambda name: sign * counts[name])


def _knights(question: str) -> dict[str, str]:
    intro, *said, asked = question.split("\n")
    names = [_NAME.findall(line)[0] for line in said]
    knight, knave = (re.findall(roles, intro)[0] for roles in _ROLES)
    whom = [name for name in names if re.search(rf"\b{name}\b", asked)]
    claims = [line.split('"')[1] for line in said]
    text = " ".join(claims)

    def count(role: str) -> Counter[str]:
        found = re.findall(rf"\b(\w+) (?:is|am) (?:a|one of the) {role}", text)
        return Counter(found)

    accused, praised = count(knave), count(knight)
    net = Counter({name: praised[name] - accused[name] for name in names})
    mentions = Counter(_NAME.findall(text))
    bare = Counter({name: len(claim) for name, claim in zip(names, claims, strict=True)})
    bare_accused = Counter({n: sum(c.startswith((f"{n} is a {knave}", f"{n} is one of the {knave}")) for c in claims) for n in names})  # fmt: skip
    groups = {
        "first": names[:1],
        "last": names[-1:],
        "most accused": [_most(accused, names)],
        "least accused": [_most(accused, names, -1)],
        "accused outright": [_most(bare_accused, names)],
        "most praised": [_most(praised, names)],
        "praised more than accused": [name for name in names if net[name] > 0],
        "praised as much as accused": [name for name in names if net[name] >= 0],
        "most mentioned": [_most(mentions, names)],
        "least mentioned": [_most(mentions, names, -1)],
        "longest statement": [_most(bare, names)],
        "shortest statement": [_most(bare, names, -1)],
        "says I": [name for name, claim in zip(names, claims, strict=True) if re.search(r"\b(?:I|me)\b", claim)],
        "accuses": [name for name, claim in zip(names, claims, strict=True) if knave in claim],
        "praises": [name for name, claim in zip(names, claims, strict=True) if knight in claim],
        "all of them": names,
    }
    found = {}
    for guesser, group in groups.items():
        others = [name for name in names if name not in group]
        for label, those in ((guesser, group), (f"not {guesser}", others)):
            found[label] = (knight if whom[0] in those else knave) if whom else ", ".join(those or names)
    return found


def _ordering(question: str) -> dict[str, str]:
    intro, *clues, asked = question.split("\n")
    names = _listing(question)
    whom = _NAME.findall(asked)
    candidates = [name for name in names if name not in whom]
    told = _NAME.findall(" ".join(clues))
    counts = Counter(told)
    places = range(1, len(names) + 1)
    together = Counter(name for clue in clues for name in _NAME.findall(clue) if whom and whom[-1] in clue)
    wants_number = re.search(r"\bnumber\b", asked) and not re.search(r"\d", asked)
    by_name = {
        "first listed": candidates[0],
        "last listed": candidates[-1],
        "first in the clues": next((name for name in told if name in candidates), candidates[0]),
        "last in the clues": next((name for name in reversed(told) if name in candidates), candidates[0]),
        "most mentioned": _most(counts, candidates),
        "least mentioned": _most(counts, candidates, -1),
        "most with the asked": _most(together, candidates),
        "least with the asked": _most(together, candidates, -1),
        "all of them": ", ".join(candidates),
    }
    number = next(iter(re.findall(r"\d+", asked)), "")
    by_number = {
        "place 1": 1,
        "last place": len(names),
        "middle": (len(names) + 1) // 2,
        "second": 2,
        "last but one": len(names) - 1,
        "place in the listing": names.index(whom[-1]) + 1 if whom and whom[-1] in names else 1,
        "number of clues": len(clues),
        "mentions of the asked": counts[whom[-1]] if whom else 1,
    }
    if wants_number:
        return {**dict.fromkeys(by_name, "1"), **{guesser: str(place) for guesser, place in by_number.items()}}
    listed = names[int(number) - 1] if number and int(number) in places else candidates[0]
    return {**by_name, **dict.fromkeys(by_number, listed)}


def _rules(question: str) -> dict[str, str]:
    intro, text, asked = question.split("\n")
    names = _listing(question)
    [(whom, negated, quality)] = re.findall(r"\b([A-Z][a-z]{6,}) is (not )?([a-z-]+)", asked)
    heads: Counter[str] = Counter()
    for sentence in re.split(r"(?<=\.) ", text):
        found = re.search(rf"(?:\bnot|\bnever)? ?(?:also )?{quality}\.$", sentence)
        if found and not re.match(rf"(?:It is certain that )?(?:{'|'.join(names)}) is", sentence):
            heads["not" if re.search(r"\b(?:not|never) (?:also )?\S+\.$", sentence) else ""] += 1
    same, other = heads["not" if negated else ""], heads["" if negated else "not"]
    facts = re.findall(rf"\b{whom} is (not )?([a-z-]+)", text)
    refuted = sum(
        bool(re.search(rf"(?:who|someone|person who)[^.]* {'' if no else 'not '}{word}\b", text)) for no, word in facts
    )
    rules = len(re.split(r"(?<=\.) ", text)) - len(re.findall(rf"(?:{'|'.join(names)}) is", text))
    negatives = len(re.findall(r"\b(?:not|never)\b", text))

    def by(low: bool, high: bool, labels: tuple[str, str, str] = ("true", "false", "unknown")) -> str:
        return labels[0] if low else labels[1] if high else labels[2]

    return {
        "true": "true",
        "false": "false",
        "unknown": "unknown",
        "how often it is concluded": by(same > other, other > same),
        "first conclusion": by(text.find(f" {quality}.") % 2 == 0, True),
        "the sign of the question": "false" if negated else "true",
        "the opposite sign": "true" if negated else "false",
        "many rules": "unknown" if rules > len(facts) else "true",
        "many facts": "unknown" if len(facts) >= rules else "false",
        "facts against conditions": by(refuted == 0, refuted == 1),
        "conditions against facts": by(refuted > 1, False),
        "many negatives": by(False, negatives > rules),
        "asked about first": by(whom == names[0], whom == names[1]),
    }
