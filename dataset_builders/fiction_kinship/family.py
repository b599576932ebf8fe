"""A family that grows: people, the couples they form, and the children of each couple.

Whoever is added hangs on one other person, so nobody is related to anybody in two ways but by blood and by marriage to
the same couple. A marriage ends by death; the survivor may marry a second time, and nobody does a third.
"""

from collections.abc import Sequence

from synthrl.seeding import Stream

from .kinship import FACTS

MOST_CHILDREN = 5  # of a couple
BRANCHING = 0.7  # how often somebody gets a sibling before the family grows on
FRESH = 0.5  # how often a step to somebody leads to a newcomer, though there is someone to go to
LOOSE = {"u": "up", "d": "dc", "s": "sht", "m": "mf"}  # what a careless reader may take a letter for
Couple = tuple[int, int, list[int]]  # husband, wife, children


class Family:
    """People by number; sex 0 is a man, 1 a woman."""

    def __init__(self, random: Stream) -> None:
        self.random = random
        self.sex: list[int] = []
        self.birth: list[int] = []  # the couple of whom somebody was born; -1: the parents are not told of
        self.weds: list[list[int]] = []  # the couples that somebody formed, in order
        self.couples: list[Couple] = []
        self.near: dict[str, list[list[int]]] = {}  # letter → for everybody, whom it leads to; once all are there
        self.person(random.below(2))

    # growth

    def person(self, sex: int, birth: int = -1) -> int:
        self.sex.append(sex)
        self.birth.append(birth)
        self.weds.append([])
        return len(self.sex) - 1

    def child(self, couple: int) -> int:
        child = self.person(self.random.below(2), couple)
        self.couples[couple][2].append(child)
        return child

    def wed(self, one: int, earlier: bool = False) -> int:
        """A new couple of `one` and a newcomer; `earlier`: before the one there is."""
        other, couple = self.person(1 - self.sex[one]), len(self.couples)
        self.couples.append((other, one, []) if self.sex[one] else (one, other, []))
        self.weds[one].insert(0 if earlier else len(self.weds[one]), couple)
        self.weds[other].append(couple)
        return couple

    def partner(self, couple: int, one: int) -> int:
        husband, wife, _ = self.couples[couple]
        return wife if one == husband else husband

    def dead(self, one: int) -> bool:
        """Whether somebody's survivor has married again."""
        weds = self.weds[one]
        return bool(weds) and self.weds[self.partner(weds[-1], one)][-1] != weds[-1]

    def step(self, letter: str, one: int) -> int:
        """From `one` to somebody whom `letter` leads to, a newcomer if need be; -1 if there can be nobody."""
        fresh, random = self.random.chance(FRESH), self.random
        if letter in "ushpt" and self.birth[one] < 0:
            self.birth[one] = self.wed(self.person(random.below(2)))
            self.couples[self.birth[one]][2].append(one)
        if letter == "u":
            return self.couples[self.birth[one]][:2][random.below(2)]
        if letter == "s":
            children = self.couples[self.birth[one]][2]
            others = [child for child in children if child != one]
            fresh = not others or (fresh and len(children) < MOST_CHILDREN)
            return self.child(self.birth[one]) if fresh else random.choice(others)
        if letter == "d":
            couple = random.choice(self.weds[one]) if self.weds[one] else self.wed(one)
            children = self.couples[couple][2]
            fresh = not children or (fresh and len(children) < MOST_CHILDREN)
            return self.child(couple) if fresh else random.choice(children)
        if letter == "m":
            if not self.weds[one]:
                self.wed(one)
            return -1 if self.dead(one) else self.partner(self.weds[one][-1], one)
        return self._patched(letter, one)

    def _patched(self, letter: str, one: int) -> int:
        """Half and step relations: these need a second marriage."""
        if letter == "c":
            other = self.step("m", one)
            return -1 if other < 0 else self._child_before(other, self.weds[one][-1])
        couple = self.birth[one]
        parent = self.couples[couple][:2][self.random.below(2)]
        weds = self.weds[parent]
        if len(weds) == 1:
            if self.dead(parent):
                return -1
            self.wed(parent, earlier=letter == "h" and self.random.chance(0.3))
        other = weds[0] if weds[1] == couple else weds[1]
        if letter == "h":
            children = self.couples[other][2]
            return self.random.choice(children) if children else self.child(other)
        if other != weds[1]:
            return -1
        step_parent = self.partner(other, parent)
        return step_parent if letter == "p" else self._child_before(step_parent, other)

    def _child_before(self, one: int, couple: int) -> int:
        """A child of somebody's marriage before `couple`."""
        weds = self.weds[one]
        if len(weds) == 1:
            self.wed(one, earlier=True)
        elif weds[1] != couple:
            return -1
        children = self.couples[weds[0]][2]
        return self.random.choice(children) if children else self.child(weds[0])

    def plant(self, word: str) -> None:
        """See to it that `word` leads from somebody to somebody."""
        one = self.random.below(len(self.sex))
        for letter in word:
            one = self.step(letter, one)
            if one < 0:
                return

    # look-ups, once it has grown

    def settle(self) -> None:
        everyone = range(len(self.sex))
        near: dict[str, list[list[int]]] = {letter: [[] for _ in everyone] for letter in [*FACTS, "f"]}
        up, down, siblings, halves, steps = (near[letter] for letter in "udshp")
        for one in everyone:
            weds = self.weds[one]
            for couple in weds:
                down[one] += self.couples[couple][2]
                other = self.partner(couple, one)
                lasted = weds[-1] == couple == self.weds[other][-1]
                near["m" if lasted else "f"][one].append(other)
            couple = self.birth[one]
            if couple >= 0:
                husband, wife, children = self.couples[couple]
                up[one] += (husband, wife)
                siblings[one] += [child for child in children if child != one]
        for one in everyone:
            for parent in up[one]:
                weds = self.weds[parent]
                if len(weds) == 2:
                    other = weds[0] if weds[1] == self.birth[one] else weds[1]
                    halves[one] += self.couples[other][2]
                    if other == weds[1]:
                        self._in_step(near, one, other, parent)
        self.near = near

    def _in_step(self, near: dict[str, list[list[int]]], one: int, couple: int, parent: int) -> None:
        """`parent` formed `couple` after `one` was born of another."""
        other = self.partner(couple, parent)
        near["p"][one].append(other)
        near["c"][other].append(one)
        if self.weds[other][0] != couple:
            near["t"][one] += self.couples[self.weds[other][0]][2]

    def reach(self, word: str, one: int) -> list[int]:
        """Whom `word` leads to."""
        found, near = [one], self.near
        for letter in word:
            found = [there for here in found for there in near[letter][here]]
        return found

    def reach_loosely(self, word: str, one: int) -> list[int]:
        """Whom a careless reader may think that `word` leads to."""
        found, near = [one], self.near
        for letter in word:
            found = [there for here in found for kind in LOOSE.get(letter, letter) for there in near[kind][here]]
        return found

    def path(self, word: str, one: int, last: int) -> list[int]:
        """The people on the way from `one` to `last`; empty if `word` leads elsewhere."""
        if not word:
            return [one] if one == last else []
        for there in self.near[word[0]][one]:
            if rest := self.path(word[1:], there, last):
                return [one, *rest]
        return []

    def shut(self, word: str, one: int) -> bool:
        """Whether `word` comes upon somebody whose parents it needs and nobody tells."""
        here = [one]
        for letter in word:
            if letter in "upt" and any(self.birth[person] < 0 for person in here):
                return True
            here = [there for person in here for there in self.near[letter][person]]
        return False


def grow(random: Stream, size: int, words: Sequence[str]) -> Family:
    """A family of about `size` people in which `words`, as many as there is room for, lead somewhere."""
    family = Family(random)
    turn = 0
    while len(family.sex) < size:
        before = len(family.sex)
        if turn and random.chance(BRANCHING):
            family.plant("s")
        family.plant(words[turn % len(words)])
        turn += 1
        if len(family.sex) == before:
            family.plant("d")
    return family
