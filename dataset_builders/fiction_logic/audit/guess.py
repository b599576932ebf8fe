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
    by_kind = {"knights": _knights, "ordering": _ordering, "seating": _seating, "rules": _rules}
    return by_kind[row["kind"]](row["question"])


def chance(row: Row) -> float:
    """What the best blind guess earns on average: of one who knows how many there are, and has not read on."""
    question = row["question"]
    if row["kind"] == "rules":
        return 1 / 3
    if row["kind"] == "knights":
        return 0.5 if row["scorer"] == "label" else _blind(question.count("\n") - 1)
    items = len(_listing(question))
    asked = question.rpartition("\n")[2]
    # Nobody is next to himself; and round a table, all but two can sit between two.
    one_less = row["kind"] == "seating" or (row["scorer"] == "set" and not re.search(r"\d", asked))
    return 1 / (items - one_less)


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
    groups, pair = _groups(names, claims, knight, knave), _pair(claims, knight, knave)
    if len(whom) == 2:
        pair |= {label: len(set(group)) != 1 for label, group in groups.items()}  # both of them or neither
        return {
            f"{no}{label}": "no" if alike == bool(no) else "yes" for label, alike in pair.items() for no in ("", "not ")
        }
    # What tells whether two are alike may as well tell what one of them is; of more people it says nothing.
    groups |= {label: names if yes and len(names) == 2 else [] for label, yes in pair.items()}
    found = {}
    for guesser, group in groups.items():
        others = [name for name in names if name not in group]
        for label, those in ((guesser, group), (f"not {guesser}", others)):
            found[label] = (knight if whom[0] in those else knave) if whom else ", ".join(those or names)
    return found


def _groups(names: list[str], claims: list[str], knight: str, knave: str) -> dict[str, list[str]]:
    """Who might tell the truth, by how they are spoken of and by how they speak."""
    text = " ".join(claims)

    def count(role: str) -> Counter[str]:
        found = re.findall(rf"\b(\w+) (?:is|am) (?:a|one of the) {role}", text)
        return Counter(found)

    accused, praised = count(knave), count(knight)
    net = Counter({name: praised[name] - accused[name] for name in names})
    mentions = Counter(_NAME.findall(text))
    bare = Counter({name: len(claim) for name, claim in zip(names, claims, strict=True)})
    bare_accused = Counter({n: sum(c.startswith((f"{n} is a {knave}", f"{n} is one of the {knave}")) for c in claims) for n in names})  # fmt: skip
    return {
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


def _pair(claims: list[str], knight: str, knave: str) -> dict[str, bool]:
    """Whether two are alike, by what one of them says, read in full, or by looks."""
    one, *_, other = claims
    text = f"{one} {other}"
    roles = [re.findall(rf"\b({knight}|{knave})s?\b", claim) for claim in (one, other)]

    def alike(claim: str, said: list[str]) -> bool:
        if re.search("if and only if|exactly when|just in case", claim):
            return len(set(said)) == 1
        if re.fullmatch(r"\w+ is (?:a|one of the) \S+", claim):
            return knight in claim
        return not re.search("different|not alike|one of|just one|there is one", claim, re.IGNORECASE)

    return {
        "whatever is said": True,
        "the first says so": alike(one, roles[0]),
        "the second says so": alike(other, roles[1]),
        "words of denial": len(re.findall(r"\b(?:not|neither|none|different|no)\b", text)) % 2 == 0,
        "liars an even number of times": text.count(knave) % 2 == 0,
        "truth-tellers an even number of times": text.count(knight) % 2 == 0,
        "the same words": len(set(one.split()) ^ set(other.split())) < 12,
        "statements of one length": abs(len(one) - len(other)) < 12,
        "more of liars": sum(said.count(knave) for said in roles) > sum(said.count(knight) for said in roles),
    }


def _ordering(question: str) -> dict[str, str]:
    intro, *clues, asked = question.split("\n")
    names = _listing(question)
    whom = _NAME.findall(asked)
    candidates = [name for name in names if name not in whom]
    told = _NAME.findall(" ".join(clues))
    counts = Counter(told)
    places = range(1, len(names) + 1)
    wants_number = re.search(r"\bnumber\b", asked) and not re.search(r"\d", asked)
    by_name = _by_name(candidates, clues, whom)
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


def _by_name(candidates: list[str], clues: list[str], whom: list[str]) -> dict[str, str]:
    """Guesses at a person, by how often and with whom the clues speak of each."""
    told = _NAME.findall(" ".join(clues))
    counts = Counter(told)
    with_asked = [name for clue in clues for name in _NAME.findall(clue) if whom and whom[-1] in clue]
    together = Counter(with_asked)
    return {
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


def _seating(question: str) -> dict[str, str]:
    intro, *clues, asked = question.split("\n")
    names, whom = _listing(question), [name for name in _NAME.findall(asked) if name in intro]
    candidates = [name for name in names if name not in whom]
    by_name = _by_name(candidates, clues, whom)
    after = names.index(whom[0]) + 1
    by_name["next in the listing"] = names[after % len(names)]
    by_name["before in the listing"] = names[after - 2]
    by_name["apart in the listing"] = names[(after - 1 + len(names) // 2) % len(names)]
    most = len(names) - 2
    counts = Counter(_NAME.findall(" ".join(clues)))
    by_number = {
        "none": 0,
        "one": 1,
        "all the others": most,
        "half of the others": most // 2,
        "all but one": most - 1,
        "number of clues": min(len(clues), most),
        "mentions of the first": min(counts[whom[0]], most),
        "mentions of the second": min(counts[whom[-1]], most),
        "together": min(sum(all(name in clue for name in whom) for clue in clues), most),
    }
    if len(whom) == 2:
        return {**dict.fromkeys(by_name, "0"), **{guesser: str(many) for guesser, many in by_number.items()}}
    return {**by_name, **dict.fromkeys(by_number, candidates[0])}


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
