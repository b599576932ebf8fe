"""What is asked about a family: drawn first, so that the family can grow towards it, and found once it has grown."""

from collections.abc import Sequence
from typing import NamedTuple

from synthrl.seeding import Stream

from .family import Family, grow
from .kinship import ASKED, FACTS, LABELS, URN, Asked
from .prove import used

KINDS = ("relation", "name")
MOST_ANSWERS = 5
_TRIES = 40
_ONE_NOUN = 0.4  # how often one noun goes all the way, where there is one
_ALONE, _UNWED = 0.5, 0.78  # how often a question is passed over that a list of one, or of the unmarried, would answer
_BY_MARRIAGE = {"us": "usm", "sd": "msd", "ms": "msm", "sm": "msm"}  # whom some call by the same term


Way = tuple[str, list[int]]  # a word, and the people it comes by


class Related(NamedTuple):
    """How is `who` related to `of`? `path` leads from `of` to `who`."""

    who: int
    of: int
    word: str
    path: tuple[int, ...]


class Named(NamedTuple):
    """Who are the last of `nouns` of … of the first of `nouns` of `start`? `met`: whom each noun finds."""

    start: int
    nouns: tuple[Asked, ...]
    met: tuple[tuple[int, ...], ...]


class Target(NamedTuple):
    kind: str
    hops: int
    labels: tuple[str, ...]  # for a relation, in the order in which they are looked for


def targets(random: Stream, depths: tuple[int, int], kinds: Sequence[str], n: int) -> list[Target]:
    found = []
    for _ in range(n):
        hops, kind = random.between(*depths), random.choice(kinds)
        labels = list(URN[hops])
        random.shuffle(labels)
        found.append(Target(kind, hops, tuple(dict.fromkeys(labels))))
    return found


def family_for(wanted: Sequence[Target], size: int, random: Stream) -> Family:
    first = sorted(wanted, key=lambda target: target.kind != "relation")  # names can be asked for in any family
    words = [random.choice(LABELS[target.hops][target.labels[0]])[0] for target in first]
    family = grow(random, size, words)
    family.settle()
    return family


class Planner:
    """Finds questions about one family, none of them twice."""

    def __init__(self, family: Family, random: Stream) -> None:
        self.family, self.random = family, random
        self._asked: set[object] = set()
        self._everyone = list(range(len(family.sex)))
        self._found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._known: dict[tuple[str, int], list[int]] = {}

    def find(self, target: Target, depths: tuple[int, int], kinds: Sequence[str]) -> Related | Named | None:
        """A question as the target says, else of the other kind, else of another depth; None if there is none left."""
        low, high = depths
        others = sorted(range(low, high + 1), key=lambda hops: abs(hops - target.hops))
        for hops in others:
            for kind in sorted(kinds, key=lambda kind: kind != target.kind):
                if found := self._related(target, hops) if kind == "relation" else self._named(hops):
                    return found
        return None

    # relations

    def _related(self, target: Target, hops: int) -> Related | None:
        for label in target.labels if hops == target.hops else LABELS[hops]:
            pairs = [
                (who, of, word)
                for word, sex in LABELS[hops][label]
                for who, of in self._pairs(word, sex)
                if (who, of) not in self._asked
            ]
            if pairs:
                who, of, word = self.random.choice(pairs)
                self._asked.add((who, of))
                return Related(who, of, word, tuple(self.family.path(word, of, who)))
        return None

    def _pairs(self, word: str, sex: int) -> list[tuple[int, int]]:
        pairs = self._found.get((word, sex))
        if pairs is None:
            family = self.family
            both: tuple[list[tuple[int, int]], ...] = ([], [])
            for of in self._everyone:
                for who in family.reach(word, of):
                    both[family.sex[who]].append((who, of))
            self._found[word, 0], self._found[word, 1] = both
            pairs = both[sex]
        return pairs

    # names

    def _named(self, hops: int) -> Named | None:
        for _ in range(_TRIES * hops):
            start = self.random.below(len(self._everyone))
            found = self._walk(start, self._split(hops))
            if not found or self._passed_over(found):
                continue
            key = (start, tuple([asked.noun for asked in found.nouns]))
            if key not in self._asked:
                self._asked.add(key)
                return found
        return None

    def _passed_over(self, found: Named) -> bool:
        """Some that are too many: lists of one, and answers of whom hardly a sentence speaks."""
        last = found.met[-1]
        if len(last) == 1 and not found.nouns[-1].one and self.random.chance(_ALONE):
            return True
        return not any(self.family.weds[one] for one in last) and self.random.chance(_UNWED)

    def _split(self, hops: int) -> list[int]:
        """The depths of one noun after the other."""
        if hops <= 4 and self.random.chance(_ONE_NOUN):
            return [hops]
        parts = []
        while hops:
            part = self.random.between(1, min(4, hops))
            parts.append(part)
            hops -= part
        return parts

    def _walk(self, start: int, parts: list[int]) -> Named | None:
        here, nouns, met = start, [], []
        facts: set[tuple[str, int]] = set()
        before: Way | None = None
        for left, hops in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
            for _ in range(_TRIES // 10):
                asked = self.random.choice(ASKED[hops])
                found = self.meant(asked, here)
                if 0 < len(found) <= (1 if left else MOST_ANSWERS):
                    break
            else:
                return None
            if len(parts) > 1:
                ways = [self._way(asked, here, there) for there in found]
                told = {fact for word, path in ways for fact in used(self.family, word, path)}
                if not facts.isdisjoint(told) or (before and any(self._shorter(before, way) for way in ways)):
                    return None  # a way that comes back on itself is not as long as it looks
                facts |= told
                before = ways[0]
            nouns.append(asked)
            met.append(tuple(found))
            here = found[0]
        return Named(start, tuple(nouns), tuple(met))

    def _way(self, asked: Asked, one: int, there: int) -> Way:
        for word in asked.words:
            if path := self.family.path(word, one, there):
                return word, path
        raise ValueError(f"{asked.noun} does not lead from {one} to {there}")

    def _shorter(self, before: Way, after: Way) -> bool:
        """Whether the step that ends one way and the step that begins the next are one step, such as a mother's husband
        who is the father."""
        (word, path), (next_word, next_path) = before, after
        here, there = path[-2], next_path[1]
        facts = FACTS[word[-1]] + FACTS[next_word[0]]
        return any(there in self.family.near[letter][here] for letter in "udsh" if FACTS[letter] < facts)

    def meant(self, asked: Asked, one: int) -> list[int]:
        """Everyone that the noun means; nobody, where that is not settled or a looser reading finds others."""
        key = asked.noun, one
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._mean(asked, one)
        return found

    def _mean(self, asked: Asked, one: int) -> list[int]:
        family = self.family
        found: list[int] = []
        for word in asked.words:
            found += family.reach(word, one)
        if not found:
            return found
        if asked.side is not None:
            parent = family.near["u"][one][asked.side]
            return [there for there in family.near["u"][parent] if family.sex[there] == asked.sex]
        sex = asked.sex
        if sex is not None:
            found = [there for there in found if family.sex[there] == sex]
        if not found or any(family.shut(word, one) for word in asked.words):
            return []
        return found if self._plain(asked, one, set(found)) else []

    def _plain(self, asked: Asked, one: int, found: set[int]) -> bool:
        """Whether those who read the noun more loosely find the same people."""
        family, sex = self.family, asked.sex
        for word in asked.words:
            wider = [word, _BY_MARRIAGE[word]] if word in _BY_MARRIAGE else [word]
            if word[0] in "hpc" or word == "u":
                continue
            for loose in wider:
                for there in family.reach_loosely(loose, one):
                    if there not in found and (sex is None or family.sex[there] == sex) and there != one:
                        return False
        return True
