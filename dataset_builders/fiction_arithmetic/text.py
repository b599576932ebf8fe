"""The sentences of one world, in one of their wordings each, its paragraphs, and its questions."""

from collections.abc import Mapping, Sequence

from synthrl import fiction
from synthrl.seeding import Stream

from .equations import Equation, Quantity, Value
from .settings import Setting, Words, words
from .wording import FRAMES, NUMBERS, PARTS, QUESTIONS, TIMES, listed

Fact = Equation | Quantity  # a quantity is told with its value
BLOCKS_PER_ROW, NAMES = 8, 8 * 128  # of the space of names


def spelled(value: Value) -> str:
    if type(value) is int:
        return f"{value:,}"
    return f"{value.numerator:,}" if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


class Scribe:
    """Tells of the places of one row."""

    def __init__(self, setting: Setting, bulk: bool, mint: fiction.Mint, row: int, heldout: bool) -> None:
        self.setting, self.mint, self.heldout = setting, mint, heldout
        self.bare = setting.bulk if bulk else setting.goods
        self.goods = [f"{setting.unit} of {item}" for item in self.bare] if bulk else self.bare
        self.first = row * BLOCKS_PER_ROW
        self.here = f"this {setting.place}"
        self._places: dict[int, str] = {}
        self._titles: dict[int, str] = {}
        self._words: dict[Quantity, Words] = {}
        self._numbers: dict[Quantity, str] = {}
        self._numbers_at_home: dict[Quantity, str] = {}

    def owner(self, place: int) -> str:
        """Whose the place is: no two people of a split bear the same name."""
        block, number = divmod(place, 128)
        return self.mint.person(self.first + block, number % 8, number // 8)

    def place(self, place: int, home: int = -1) -> str:
        """ "Ada Lok's bakery", "this bakery" in the paragraph of `home`."""
        if place == home:
            return self.here
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = f"{self.owner(place)}'s {self.setting.place}"
        return found

    def title(self, place: int) -> str:
        found = self._titles.get(place)
        if found is None:
            owner, _, kind = self.place(place).rpartition("'s ")
            found = self._titles[place] = f"{kind.capitalize()} of {owner}"
        return found

    def words(self, quantity: Quantity) -> Words:
        found = self._words.get(quantity)
        if found is None:
            _, item, aspect = quantity
            found = self._words[quantity] = words(self.setting, aspect, self.goods[item], self.bare[item])
        return found

    def number(self, quantity: Quantity, home: int = -1) -> str:
        """ "the number of rye loaves that Ada Lok's bakery puts on each tray" """
        kept = self._numbers_at_home if quantity.place == home else self._numbers
        found = kept.get(quantity)
        if found is None:
            verb, object_, tail = self.words(quantity)
            found = kept[quantity] = f"the number of {object_} that {self.place(quantity.place, home)} {verb}{tail}"
        return found

    def question(self, quantity: Quantity, wording: int = 0) -> str:
        if wording:
            return QUESTIONS[wording].format(A=self.number(quantity))
        verb, object_, tail = self.words(quantity)
        return QUESTIONS[0].format(O=object_, S=self.place(quantity.place), v=verb[:-1], T=tail)

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
        if "{S}" in frame:
            verb, object_, tail = self.words(about)
            slots["S"], slots["X"] = self.place(about.place, home), object_ + tail
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
        told, said = self.words(about), [self.words(other) for other in others]
        if all(words == told for words in said):
            return listed([self.place(other.place) for other in others])
        if len(others) > 1:
            return listed([self.number(other, home) for other in others])
        (other,), ((verb, object_, tail),) = others, said
        place = "it" if other.place == about.place else self.place(other.place, home)
        if tail and told.tail and (verb, object_) == (told.verb, told.object):
            return f"{place} {verb}{tail}"
        return f"{place} {verb} {object_}{tail}"

    def paragraphs(
        self, facts: Sequence[Fact], values: Mapping[Quantity, Value], random: Stream
    ) -> tuple[list[int], list[list[str]], dict[Fact, tuple[int, int]]]:
        """The places in random order, what is told of each in random order, and where each fact stands."""
        told: dict[int, list[Fact]] = {}
        for fact in facts:
            place = fact.place if isinstance(fact, Quantity) else fact.told[0].place
            told.setdefault(place, []).append(fact)
        places = list(told)
        random.shuffle(places)
        sentences: list[list[str]] = []
        where: dict[Fact, tuple[int, int]] = {}
        for place in places:
            random.shuffle(told[place])
            paragraph = []
            for number, fact in enumerate(told[place]):
                dice = random.below(20)
                wording = 3 if self.heldout else _WORDINGS[dice % 4]
                paragraph.append(self.sentence(fact, values, wording, place if number and dice > 3 else -1))
                where[fact] = (place, number)
            sentences.append(paragraph)
        return places, sentences, where


_WORDINGS = (0, 0, 1, 2)  # the first reads best
_OF_ONE_PLACE = frozenset({"rest", "boxes", "sales", "days", "total"})
