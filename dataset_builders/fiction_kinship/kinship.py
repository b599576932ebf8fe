"""The terms of kinship: each a path through a family, written as a word of these letters.

u to a parent (up), d to a child (down), m to the husband or wife, s to a full sibling, h to a half-sibling, p to a
step-parent, c to a stepchild, t to a step-sibling. A first cousin is "usd": a child of a sibling of a parent.
"""

from collections.abc import Callable
from typing import NamedTuple

FACTS = {"u": 1, "d": 1, "m": 1, "s": 2, "h": 2, "p": 2, "c": 2, "t": 3}  # told facts that a letter takes
MOST_HOPS = 8
_UP, _DOWN, _APART = 6, 6, 5  # generations up to a common ancestor, down from one, and straight up or down
_REMOVED = ("", " once removed", " twice removed", " three times removed", " four times removed")
_ORDINAL = ("", "first", "second", "third")


def facts(word: str) -> int:
    return sum([FACTS[letter] for letter in word])


class Term(NamedTuple):
    """What somebody at the end of a path is to whoever stands at its start."""

    canonical: str
    aliases: tuple[str, ...] = ()


def _pairs() -> dict[str, tuple[Term, Term]]:
    """Word → the term for a man, the term for a woman."""
    pairs: dict[str, tuple[Term, Term]] = {}

    def add(word: str, man: str, woman: str, *aliases: tuple[str, str]) -> None:
        pairs[word] = Term(man, tuple(a for a, _ in aliases)), Term(woman, tuple(b for _, b in aliases))

    add("u", "father", "mother")
    add("d", "son", "daughter")
    add("m", "husband", "wife")
    add("s", "brother", "sister", ("full brother", "full sister"))
    add("h", "half-brother", "half-sister")
    add("p", "stepfather", "stepmother", ("step-father", "step-mother"))
    add("c", "stepson", "stepdaughter", ("step-son", "step-daughter"))
    add("t", "stepbrother", "stepsister", ("step-brother", "step-sister"))
    add("mu", "father-in-law", "mother-in-law")
    add("dm", "son-in-law", "daughter-in-law")
    for word in ("ms", "sm"):
        add(word, "brother-in-law", "sister-in-law")
    add("usm", "uncle", "aunt", ("uncle by marriage", "aunt by marriage"), ("uncle-in-law", "aunt-in-law"))
    add("msd", "nephew", "niece", ("nephew by marriage", "niece by marriage"), ("nephew-in-law", "niece-in-law"))
    add("uh", "half-uncle", "half-aunt", ("uncle", "aunt"))
    add("hd", "half-nephew", "half-niece", ("nephew", "niece"))
    for n in range(2, _APART + 1):
        great = "great-" * (n - 2)
        add("u" * n, f"{great}grandfather", f"{great}grandmother")
        add("d" * n, f"{great}grandson", f"{great}granddaughter")
    _collateral(add)
    return pairs


def _collateral(add: Callable[..., None]) -> None:
    """Uncles, nephews and cousins of every degree: `up` to a common couple, then `down`."""
    for up in range(1, _UP + 1):
        for down in range(1, _DOWN + 1):
            word = "u" * (up - 1) + "s" + "d" * (down - 1)
            apart, degree = abs(up - down), min(up, down) - 1
            if up + down > MOST_HOPS or up == down == 1 or degree > 3:
                continue
            if degree:
                cousin = f"{_ORDINAL[degree]} cousin{_REMOVED[apart]}"
                also = [("cousin", "cousin")] if word == "usd" else []
                if apart == 3:
                    also.append((cousin.replace("three times", "thrice"),) * 2)
                add(word, cousin, cousin, *also)
            else:
                man, woman = ("uncle", "aunt") if up > down else ("nephew", "niece")
                great, fewer = "great-" * (apart - 1), "great-" * (apart - 2)
                also = [(f"{fewer}{g}{man}", f"{fewer}{g}{woman}") for g in ("grand", "grand-")] if apart > 1 else []
                add(word, great + man, great + woman, *also)


TERMS = _pairs()
HOPS = {word: facts(word) for word in TERMS}


def _labels() -> dict[int, dict[str, list[tuple[str, int]]]]:
    """Hops → label → the words and sexes (0 a man, 1 a woman) that it stands for."""
    labels: dict[int, dict[str, list[tuple[str, int]]]] = {hops: {} for hops in range(1, MOST_HOPS + 1)}
    for word, pair in TERMS.items():
        for sex, term in enumerate(pair):
            labels[HOPS[word]].setdefault(term.canonical, []).append((word, sex))
    return labels


LABELS = _labels()


def _draws(meant: list[tuple[str, int]]) -> int:
    """How often a term is put into the urn: what is rare in families more often, and cousins, who are of either sex."""
    word = meant[0][0]
    if len({sex for _, sex in meant}) > 1:
        return 5
    if word in ("us", "sd", "uh", "hd"):  # a half-uncle is an uncle as well
        return 1
    if word == "ms":
        return 2
    if len(word) == 1 and word in "hpc":
        return 4
    return 2 if len(word) > 1 and set(word) in ({"u"}, {"d"}) else 3


URN = {
    hops: [label for label, meant in labels.items() for _ in range(_draws(meant))] for hops, labels in LABELS.items()
}
SIDED = frozenset(word for word in TERMS if word[0] == "u" and word != "u")  # "maternal uncle" is right as well


def aliases(word: str, sex: int, first_parent: int) -> list[str]:
    """All right terms, canonical first; `first_parent`: the sex of whom the path goes through first, if it goes up."""
    term = TERMS[word][sex]
    found = [term.canonical, *term.aliases]
    if word in SIDED:
        side = ("paternal", "maternal")[first_parent]
        found += [f"{side} {name}" for name in found[: 2 if word == "usd" else 1]]
    return found


def plural(noun: str) -> str:
    if noun.endswith("-in-law"):
        return f"{noun.removesuffix('-in-law')}s-in-law"
    return f"{noun}ren" if noun.endswith("child") else f"{noun}s"


class Asked(NamedTuple):
    """A noun to ask for people by: whoever `words` lead to, of one sex (None: either), by way of one parent."""

    noun: str
    words: tuple[str, ...]
    sex: int | None = None
    side: int | None = None
    one: bool = False  # nobody has two


def _asked() -> list[Asked]:
    found = [
        Asked(f"{side} {term.canonical}", ("uu",), sex, which, True)
        for which, side in enumerate(("paternal", "maternal"))
        for sex, term in enumerate(TERMS["uu"])
    ]
    for word in "u d m s h p c dd ddd mu dm us sd sdd".split():
        one = word in ("u", "m", "mu")
        found += [Asked(term.canonical, (word,), sex, None, one) for sex, term in enumerate(TERMS[word])]
    found += [Asked(term.canonical, ("ms", "sm"), sex) for sex, term in enumerate(TERMS["ms"])]
    either = {"d": "child", "dd": "grandchild", "ddd": "great-grandchild", "dddd": "great-great-grandchild"}
    either |= {"c": "stepchild", "usd": "first cousin"}
    return found + [Asked(noun, (word,)) for word, noun in either.items()]


ASKED: dict[int, list[Asked]] = {hops: [] for hops in range(1, MOST_HOPS + 1)}
for _one in _asked():  # straight lines are easy to find: others are drawn more often
    _word = _one.words[0]
    ASKED[facts(_word)] += [_one] * (1 if set(_word) in ({"u"}, {"d"}) and len(_word) > 1 else 3)
