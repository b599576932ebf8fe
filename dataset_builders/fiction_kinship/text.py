"""A family in words, person by person or household by household. The last wording in a table is kept for `heldout_phrasing`."""

from synthrl import fiction
from synthrl.seeding import Stream

from .family import Family

Fact = tuple[str, int]  # "parents" or "alone" of a person, "counts" of a person, "wed" of a couple
Place = tuple[str, int]  # a title or, before there are paragraphs, a person; and the number of a sentence

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NONE = "no children"
MARRIED = ("never", "once", "twice")
_WEDDINGS = ("never married", "married once", "married twice")
_HE = (
    {"He": "He", "he": "he", "His": "His", "his": "his", "wife": "wife", "husband": "husband"},
    {"He": "She", "he": "she", "His": "Her", "his": "her", "wife": "husband", "husband": "wife"},
)


def _by_sex(*wordings: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The wordings for a man and for a woman; what is left to fill in stands as %s or %(…)s."""

    def spoken(words: dict[str, str]) -> tuple[str, ...]:
        found = []
        for wording in wordings:
            for word, said in words.items():
                wording = wording.replace(f"<{word}>", said)
            found.append(wording)
        return tuple(found)

    return spoken(_HE[0]), spoken(_HE[1])


_COUNTS = (
    "%(x)s, %(a)s, %(wed)s and had %(n)s.",
    "%(x)s worked as %(a)s, %(wed)s and had %(n)s.",
    "%(x)s was %(a)s, %(wed)s and had %(n)s.",
    "%(A)s by trade, %(x)s %(wed)s and had %(n)s.",
)
_PARENTS = _by_sex(
    "<His> father was %(f)s and <his> mother was %(m)s.",
    "<He> was born to %(m)s, <his> mother, and %(f)s, <his> father.",
    "<He> had %(f)s for a father and %(m)s for a mother.",
    "%(m)s was <his> mother, and %(f)s was <his> father.",
)
_ALONE = _by_sex(
    "<He> was an only child.",
    "<He> grew up without brothers or sisters.",
    "<He> had no brothers or sisters.",
    "<He> was the only child of <his> parents.",
)
_WED = _by_sex(
    "<His> <wife> was %(z)s.",
    "<He> was the <husband> of %(z)s.",
    "The name of <his> <wife> was %(z)s.",
    "As <his> <wife> <he> chose %(z)s.",
)
_FIRST = _by_sex(
    "<His> first <wife> was %(z)s.",
    "<He> was first the <husband> of %(z)s.",
    "The name of <his> first <wife> was %(z)s.",
    "As <his> first <wife> <he> chose %(z)s.",
)
_AGAIN = _by_sex(
    "<His> second <wife>, after the death of %(q)s, was %(z)s.",
    "After the death of %(q)s, <he> became the <husband> of %(z)s.",
    "When %(q)s had died, <he> took a second <wife>, %(z)s.",
    "As <his> second <wife>, once %(q)s was dead, <he> chose %(z)s.",
)
_HOUSEHOLD = ("The household of %s", "At home with %s")
_WIDOWED = (", the widow of ", ", the widower of ")


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


_TRADES = [_an(trade) for trade in fiction.TRADES]


def children(n: int) -> str:
    return NONE if not n else "one child" if n == 1 else f"{_NUMBERS[n]} children"


class Told:
    """The sentences on each of a family, and where each fact stands among them."""

    def __init__(self, family: Family, names: list[str], random: Stream, heldout: bool) -> None:
        self.family, self.names = family, names
        self.random, self.heldout = random, heldout
        self.paragraphs: list[list[str]] = []
        self.places: dict[Fact, Place] = {}
        for one, name in enumerate(names):
            self.paragraphs.append([self._counts(one, name), self._origin(one)])
            self.places["counts", one] = name, 0
            self.places["parents" if family.birth[one] >= 0 else "alone", one] = name, 1
        tellers = [couple[:2][random.below(2)] for couple in family.couples]
        # In the order in which the teller married.
        for number, teller in sorted(enumerate(tellers), key=lambda told: family.weds[told[1]].index(told[0])):
            self.places["wed", number] = names[teller], len(self.paragraphs[teller])
            self.paragraphs[teller].append(self._wed(number, teller))

    def _one_of(self, wordings: tuple[str, ...]) -> str:
        return wordings[-1] if self.heldout else wordings[self.random.below(len(wordings) - 1)]

    def _counts(self, one: int, name: str) -> str:
        family = self.family
        weds = family.weds[one]
        n = sum([len(family.couples[couple][2]) for couple in weds])
        had = f"exactly {children(n)}" if n else "no children"
        trade = _TRADES[self.random.below(len(_TRADES))]
        return self._one_of(_COUNTS) % {
            "x": name,
            "a": trade,
            "A": trade.capitalize(),
            "wed": _WEDDINGS[len(weds)],
            "n": had,
        }

    def _origin(self, one: int) -> str:
        family, names = self.family, self.names
        couple, sex = family.birth[one], family.sex[one]
        if couple < 0:
            return self._one_of(_ALONE[sex])
        husband, wife, _ = family.couples[couple]
        return self._one_of(_PARENTS[sex]) % {"f": names[husband], "m": names[wife]}

    def _wed(self, couple: int, teller: int) -> str:
        family, names = self.family, self.names
        other, sex = family.partner(couple, teller), family.sex[teller]
        spouse = names[other]
        before = family.weds[other][0]
        if before != couple:
            spouse += _WIDOWED[sex] + names[family.partner(before, other)]
        first, *second = family.weds[teller]
        if couple in second:
            return self._one_of(_AGAIN[sex]) % {"q": names[family.partner(first, teller)], "z": spouse}
        return self._one_of((_FIRST if second else _WED)[sex]) % {"z": spouse}


Group = tuple[str, list[str]]  # a title, and those who are told of below it


def households(family: Family, names: list[str], heldout: bool) -> list[Group]:
    """Each couple with those of their children who never married; who married twice lives with the second."""
    homes: dict[int, list[int]] = {}
    for one, weds in enumerate(family.weds):
        homes.setdefault(weds[-1] if weds else family.birth[one], []).append(one)
    alone = [[one] for one in homes.pop(-1, [])]
    couples = [
        [one for one in (*family.couples[couple][:2], *family.couples[couple][2]) if one in people]
        for couple, people in homes.items()
    ]
    # Only one of them stands in the title: who is married to whom, a sentence says.
    return [(_HOUSEHOLD[heldout] % names[people[0]], [names[one] for one in people]) for people in alone + couples]


class Telling:
    """All sentences in paragraphs of one kind, and where those on each person begin."""

    def __init__(self, groups: list[Group], told: dict[str, list[str]]) -> None:
        self.titles = [title for title, _ in groups]
        self.paragraphs: list[list[str]] = []
        self.begin: dict[str, Place] = {}
        for title, people in groups:
            paragraph: list[str] = []
            for name in people:
                self.begin[name] = title, len(paragraph)
                paragraph += told[name]
            self.paragraphs.append(paragraph)
        self.texts = [" ".join(paragraph) for paragraph in self.paragraphs]

    def place(self, told: Place) -> Place:
        """The paragraph in which a person's sentence stands, and its number there."""
        name, number = told
        title, start = self.begin[name]
        return title, start + number

    def naming(self, told: Place) -> Place:
        """The sentence that says of whom a person's sentence speaks: itself, below a title that is the name."""
        name, number = told
        return self.place((name, number if self.begin[name][0] == name else 0))
