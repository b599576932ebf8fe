"""A proof, told fact by told fact: the steps of a row, its supporting facts and its solution."""

from .family import Family
from .kinship import Asked
from .text import MARRIED, NONE, Fact, children

Step = tuple[Fact, str, str, str]  # what it rests on; a question, its answer, and both as a statement
_PARENT, _SPOUSE = ("father", "mother"), ("husband", "wife")


def used(family: Family, word: str, path: list[int]) -> list[Fact]:
    """The told facts that `path` is made of."""
    facts: list[Fact] = []
    for letter, one, there in zip(word, path, path[1:], strict=False):
        facts += [("parents", child) for child in _born(letter, one, there)]
        if letter in "mpct":
            facts.append(("wed", _wedding(family, letter, one, there)[0]))
    return facts


def _born(letter: str, one: int, there: int) -> tuple[int, ...]:
    """Those whose parents must be known for this letter."""
    return {"u": (one,), "d": (there,), "m": (), "p": (one,), "c": (there,)}.get(letter, (one, there))


def _wedding(family: Family, letter: str, one: int, there: int) -> tuple[int, int, int]:
    """The couple that a step goes through, and its two people, that of `one`'s side first."""
    if letter == "m":
        return family.weds[one][-1], one, there
    if letter == "c":
        couple, other, parent = _wedding(family, "p", there, one)
        return couple, parent, other
    for parent in family.near["u"][one]:
        couple = family.weds[parent][-1]
        other = family.partner(couple, parent)
        if couple != family.birth[one] and there in (other, *family.near["d"][other]):
            return couple, parent, other
    raise ValueError(f"no marriage leads from {one} to {there} by {letter}")


class Proof:
    """Steps in the order in which they are taken, each once."""

    def __init__(self, family: Family, names: list[str]) -> None:
        self.family, self.names = family, names
        self.steps: dict[tuple[Fact, str], Step] = {}
        self.lines: list[str] = []

    def _add(self, fact: Fact, question: str, answer: str, line: str, aspect: str = "") -> None:
        if (fact, aspect) not in self.steps:
            self.steps[fact, aspect] = fact, question, answer, line
            self.lines.append(line)

    # single facts

    def parent(self, one: int, parent: int) -> None:
        x, y, noun = self.names[one], self.names[parent], _PARENT[self.family.sex[parent]]
        self._add(("parents", one), f"Who is {x}'s {noun}?", y, f"{x}'s {noun} is {y}.", noun)

    def parents(self, one: int) -> str:
        """Both, and how they are called together."""
        father, mother = self.family.near["u"][one]
        self.parent(one, father)
        self.parent(one, mother)
        return f"{self.names[father]} and {self.names[mother]}"

    def child(self, one: int, of: str, which: str = "a") -> None:
        fact, x = ("parents", one), self.names[one]
        if not any((fact, known) in self.steps for known in (*_PARENT, "")):
            self._add(fact, f"Who is {which} child of {of}?", x, f"{which.capitalize()} child of {of} is {x}.")

    def spouse(self, one: int, couple: int) -> None:
        family = self.family
        other = family.partner(couple, one)
        noun = _SPOUSE[family.sex[other]]
        if len(family.weds[one]) == 2:
            noun = f"{('first', 'second')[family.weds[one].index(couple)]} {noun}"
        x, z = self.names[one], self.names[other]
        self._add(("wed", couple), f"Who is {x}'s {noun}?", z, f"{x}'s {noun} is {z}.")

    def alone(self, one: int) -> None:
        x = self.names[one]
        self._add(("alone", one), f"Did {x} have brothers or sisters?", "no", f"{x} had no brothers or sisters.")

    def children(self, one: int) -> None:
        x, said = self.names[one], children(len(self.family.near["d"][one]))
        line = f"{x} had {said} in all." if said != NONE else f"{x} had {said}."
        self._add(("counts", one), f"How many children did {x} have?", said, line, "children")

    def marriages(self, one: int) -> None:
        x, said = self.names[one], MARRIED[len(self.family.weds[one])]
        line = f"{x} married {said}." if said != "never" else f"{x} never married."
        self._add(("counts", one), f"How often did {x} marry?", said, line, "marriages")

    # one path

    def follow(self, word: str, path: list[int]) -> None:
        """That `path` holds."""
        for letter, one, there in zip(word, path, path[1:], strict=False):
            if letter == "u":
                self.parent(one, there)
            elif letter == "d":
                self.child(there, self.names[one])
            elif letter == "m":
                self.spouse(one, self.family.weds[one][-1])
            elif letter == "s":
                self.child(there, self.parents(one), "another")
            elif letter == "h":
                self.parents(one)
                self.parents(there)  # which are not the same
            else:
                self._in_step(letter, one, there)

    def _in_step(self, letter: str, one: int, there: int) -> None:
        couple, near, _ = _wedding(self.family, letter, one, there)
        if letter == "c":
            self.spouse(one, couple)
        else:
            self.parents(one)  # of whom the other is no step-parent
            self.spouse(near, couple)
        if letter != "p":
            self.parents(there)

    # all whom a noun means

    def survey(self, asked: Asked, start: int) -> None:
        """That nobody else is meant: everyone that the noun's words come by, and how many there are."""
        for word in asked.words:
            here = [start]
            for place, letter in enumerate(word):
                sex = asked.sex if place == len(word) - 1 else asked.side
                for one in here:
                    self._open(letter, one, sex)
                here = [there for one in here for there in self.family.near[letter][one]]
                if letter == "u" and sex is not None:
                    here = [one for one in here if self.family.sex[one] == sex]

    def _open(self, letter: str, one: int, sex: int | None) -> None:
        family = self.family
        if letter == "u" and sex is not None:
            self.parent(one, family.near["u"][one][sex])
        elif letter == "u":
            self.parents(one)
        elif letter == "d":
            self._children(one)
        elif letter == "m":
            self._marriages(one)
        elif letter in "sh" and family.birth[one] < 0:
            self.alone(one)
        elif letter == "s":
            both, (father, _) = self.parents(one), family.near["u"][one]
            self.children(father)
            for child in family.near["s"][one]:
                self.child(child, both, "another")
            self._children(father)
        elif letter == "h":
            self.parents(one)
            for parent in family.near["u"][one]:
                self._children(parent)
            for there in family.near["h"][one]:
                self.parents(there)
        elif letter == "p":
            self.parents(one)
            for parent in family.near["u"][one]:
                self._marriages(parent)
        elif letter == "c":
            self._marriages(one)
            for couple in family.weds[one]:
                self._children(family.partner(couple, one))
            for there in family.near["c"][one]:
                self.parents(there)

    def _children(self, one: int) -> None:
        self.children(one)
        for child in self.family.near["d"][one]:
            self.child(child, self.names[one])

    def _marriages(self, one: int) -> None:
        family = self.family
        self.marriages(one)
        for couple in family.weds[one]:
            self.spouse(one, couple)
            other = family.partner(couple, one)
            if family.weds[other][-1] != couple:  # who outlived `one` and married again is no husband or wife any more
                self.spouse(other, family.weds[other][-1])
