"""The sentences of one world, in one of their wordings each, its paragraphs, and its questions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from synthrl import fiction
from synthrl.seeding import Stream

from .equations import Equation, Quantity, Value
from .settings import Setting, vocabulary
from .wording import FRAMES, NUMBERS, PARTS, QUESTIONS, TIMES, listed

Fact = Equation | Quantity  # a quantity is told with its value
BLOCKS_PER_ROW, NAMES = 8, 8 * 128  # of the space of names


@lru_cache(1 << 14)  # a row says the same values again and again
def spelled(value: Value) -> str:
    if type(value) is int:
        return f"{value:,}"
    return f"{value.numerator:,}" if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


class Scribe:
    """Tells of the places of one row."""

    def __init__(self, setting: Setting, bulk: bool, mint: fiction.Mint, row: int, heldout: bool) -> None:
        self.setting, self.mint, self.heldout = setting, mint, heldout
        self.goods, self.bare, self.words = vocabulary(setting, bulk)
        self.first = row * BLOCKS_PER_ROW
        self.here = f"this {setting.place}"
        self.places: list[str] = []  # "Ada Lok's bakery"
        self.titles: list[str] = []  # "Bakery of Ada Lok"

    def name(self, places: int) -> None:
        """Name the places, so many in all: no two owners of a split bear the same name."""
        kind = self.setting.place
        for place in range(len(self.places), places):
            block, number = divmod(place, 128)
            owner = self.mint.person(self.first + block, number % 8, number // 8)
            self.places.append(f"{owner}'s {kind}")
            self.titles.append(f"{kind.capitalize()} of {owner}")

    def number(self, quantity: Quantity, home: int = -1) -> str:
        """ "the number of rye loaves that Ada Lok's bakery puts on each tray", "this bakery" if that is at `home`."""
        place, item, aspect = quantity
        verb, object_, tail = self.words[aspect][item]
        return f"the number of {object_} that {self.here if place == home else self.places[place]} {verb}{tail}"

    def question(self, quantity: Quantity, wording: int = 0) -> str:
        if wording:
            return QUESTIONS[wording].format(A=self.number(quantity))
        place, item, aspect = quantity
        verb, object_, tail = self.words[aspect][item]
        return QUESTIONS[0].format(O=object_, S=self.places[place], v=verb[:-1], T=tail)

    def sentence(self, fact: Fact, values: Mapping[Quantity, Value], wording: int, home: int) -> str:
        """`home`: the place that may be called "this", -1 for none."""
        if isinstance(fact, Quantity):
            frame = FRAMES["value"][wording]
            slots = {"k": spelled(values[fact])}
            about = fact
        else:
            frame = FRAMES[fact.relation][wording]
            about = fact.told[0]
            slots = self._own(fact) if fact.relation in _OF_ONE_PLACE else self._compared(fact, frame, home)
        if "{A}" in frame:
            slots["A"] = self.number(about, home)
        else:
            place, item, aspect = about
            verb, object_, tail = self.words[aspect][item]
            slots["S"], slots["X"] = self.here if place == home else self.places[place], object_ + tail
            slots.setdefault("V", verb)
        said = frame.format_map(slots)
        return said[0].upper() + said[1:]

    def _own(self, equation: Equation) -> dict[str, str]:
        """What a sentence about one place and its goods speaks of."""
        s, (about, *others) = self.setting, equation.told
        slots = {"V": s.stock, "W": s.gone, "w": s.gone[:-1], "U": s.left, "into": s.into}
        slots |= {"box": s.box, "boxes": s.boxes, "coin": s.coin, "collective": s.collective}
        if about.aspect == "all":
            slots["L"] = listed([self.goods[other.item] for other in others])
        else:
            slots["x"], slots["y"] = self.goods[about.item], self.bare[about.item]
        return slots

    def _compared(self, equation: Equation, frame: str, home: int) -> dict[str, str]:
        """What a sentence that compares quantities says of the others."""
        relation, (about, *others), k = equation.relation, equation.told, equation.k
        slots: dict[str, str] = {}
        if "{C}" in frame:
            slots["C"] = self._clauses(about, others, home)
        else:
            numbers = [self.number(other, home) for other in others]
            slots["B"], slots["B0"], slots["B1"] = listed(numbers), numbers[0], numbers[-1]
        if relation in ("times", "part"):
            slots["k"], slots["n"] = (TIMES if relation == "times" else PARTS)[int(k)], NUMBERS[int(k)]
        else:
            slots["k"] = spelled(k)
        return slots

    def _clauses(self, about: Quantity, others: Sequence[Quantity], home: int) -> str:
        """ "Bo Dun's bakery", where it does the same, else "Bo Dun's bakery sells seed rolls"."""
        told, *said = [self.words[aspect][item] for _, item, aspect in (about, *others)]
        if said.count(told) == len(said):
            return listed([self.places[other.place] for other in others])
        if len(others) > 1:
            return listed([self.number(other, home) for other in others])
        (other,), ((verb, object_, tail),) = others, said
        place = "it" if other.place == about.place else self.here if other.place == home else self.places[other.place]
        if tail and told.tail and (verb, object_) == (told.verb, told.object):
            return f"{place} {verb}{tail}"
        return f"{place} {verb} {object_}{tail}"

    def paragraphs(
        self, facts: Sequence[Fact], values: Mapping[Quantity, Value], random: Stream
    ) -> tuple[list[int], list[list[str]], list[tuple[int, int]]]:
        """The places in random order, what is told of each in random order, and where each fact stands."""
        told: dict[int, list[int]] = {}
        for number, fact in enumerate(facts):
            place = fact.place if isinstance(fact, Quantity) else fact.told[0].place
            told.setdefault(place, []).append(number)
        places = list(told)
        random.shuffle(places)
        sentences: list[list[str]] = []
        where = [(-1, -1)] * len(facts)
        for place in places:
            random.shuffle(told[place])
            paragraph = []
            for at, number in enumerate(told[place]):
                dice = random.below(20)
                wording = 3 if self.heldout else _WORDINGS[dice % 4]
                home = place if at and dice > 3 else -1
                paragraph.append(self.sentence(facts[number], values, wording, home))
                where[number] = place, at
            sentences.append(paragraph)
        return places, sentences, where


_WORDINGS = (0, 0, 1, 2)  # the first reads best
_OF_ONE_PLACE = frozenset({"rest", "boxes", "sales", "days", "total"})
