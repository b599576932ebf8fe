"""One fictional world: who exists, and what is true of them. A pure function of (seed, number, people, relations)."""

from collections.abc import Sequence
from functools import lru_cache
from math import floor

from synthrl import fiction
from synthrl.seeding import Stream

from .relations import BY_NAME, DERIVED, GROUP, RELATIONS, TYPES, Derived, Step

WORLD_VERSION = 1
Term = tuple[int, int, int]  # who held it, from when, until when

# How many there are of each type for so many people: enough to go round, few enough to be met again.
_SIZES = {
    "city": 3,
    "region": 5,
    "country": 8,
    "company": 2,
    "school": 5,
    "club": 5,
    "book": 2,
    "festival": 6,
    "river": 6,
}
READABLE = {type_ for type_, (_, _, intros) in TYPES.items() if intros}  # types that have a paragraph
_OF_AGE, _CANDIDATES = 25, 10  # nobody takes an office younger, and few take one
_AGE_GROUP = 8  # so many of neighbouring birth years are friends among themselves
_GROUPED = ("company", "school", "club", "book", "festival")  # of these there are few: an author has written several
_BLOCK_PEOPLE = 32  # a block of the name space serves so many people

_YEARS = {
    "city_founded": (1105, 1795),
    "school_founded": (1796, 1885),
    "club_founded": (1886, 1949),
    "first_held": (1901, 1989),
}
_NUMBERS = {"population": (2_100, 98_900), "staff": (21, 989), "area": (310, 9_890)}


def size(type_: str, people: int) -> int:
    """How many of `type_` a world of `people` has."""
    if type_ == "person":
        return people
    return max(6, -(-people // _SIZES[type_]))


def documents(people: int) -> int:
    """How many entities of a world have a paragraph."""
    return sum(size(type_, people) for type_ in READABLE)


@lru_cache(maxsize=16)
def _mint(seed: int, shelf: int) -> fiction.Mint:
    return fiction.Mint.of(seed, shelf)


def blocks(people: int) -> int:
    return -(-people // _BLOCK_PEOPLE)


def capacity(people: int) -> int:
    """How many worlds of one seed have names of their own on each shelf."""
    return fiction.BLOCKS // blocks(people)


class World:
    """Entities are numbers; `facts[relation][subject]` is an entity, a number, or a list of terms."""

    def __init__(self, seed: int, number: int, people: int, relations: tuple[str, ...] = ()) -> None:
        self.key = ("fiction_multihop", WORLD_VERSION, seed, people, relations, number)
        self.seed, self.number = seed, number
        self.names: list[str] = []
        self.types: list[str] = []
        self.of_type: dict[str, range] = {}
        self.women: set[int] = set()
        self.trades: list[str] = []
        self.facts: dict[str, dict[int, int]] = {}
        self.terms: dict[str, dict[int, list[Term]]] = {}
        self._bearers: dict[str, list[int]] = {}  # of each word of a name; empty until it is needed
        self._random = Stream("world", *self.key)
        self._populate(people)
        self._relate(relations)
        self.back = self._read_backwards()
        self.groups = self._list_groups()
        self.genders = [
            "f" if e in self.women else "m" if type_ == "person" else "" for e, type_ in enumerate(self.types)
        ]
        self.readable = [entity for entity, type_ in enumerate(self.types) if type_ in READABLE]

    # who exists

    def _populate(self, people: int) -> None:
        mint = _mint(self.seed, self.number % fiction.SHELVES)
        first_block = self.number // fiction.SHELVES * blocks(people)
        family_facts = self._families(people)
        self._mother, self._father, self._spouse, surnames = family_facts
        self._add("person", [mint.person(first_block + f // 8, f % 8, m) for f, m in surnames])
        for type_ in ("city", "region", "country", "river"):
            self._add(type_, self._places(mint, type_, size(type_, people)))
        number = 0
        for type_ in ("company", "school", "club", "festival"):
            count = size(type_, people)
            firms = [
                mint.firm(
                    type_,
                    first_block + (number + i) // fiction.FIRMS,
                    (number + i) % fiction.FIRMS,
                    self._random.below(8),
                )
                for i in range(count)
            ]
            number += count + count % 2  # pairs that share a token are of one type
            self._add(type_, firms)
        books = size("book", people)
        self._add("book", [mint.title(first_block + i // fiction.TITLES, i % fiction.TITLES) for i in range(books)])
        coins = [self._random.below(1 << 16) for _ in range(2 * size("country", people))]
        words = list(dict.fromkeys(mint.token("thing", coin) for coin in coins))
        self._add("language", words[::2])
        self._add("currency", words[1::2])

    def _add(self, type_: str, names: list[str]) -> None:
        self.of_type[type_] = range(len(self.names), len(self.names) + len(names))
        self.names += names
        self.types += [type_] * len(names)

    def _places(self, mint: fiction.Mint, type_: str, count: int) -> list[str]:
        """Place names new to this world; some cities are told apart only by "East" and "West"."""
        taken = set(self.names)
        names: list[str] = []
        while len(names) < count:
            number = self._random.below(1 << 16)
            if type_ == "city" and count - len(names) >= 2 and self._random.chance(0.3):
                side = self._random.below(4) * 2
                new = [mint.place(number, side), mint.place(number, side + 1)]
            else:
                new = [mint.place(number)]
            if taken.isdisjoint(new):
                taken.update(new)
                names += new
        return names

    def _families(self, people: int) -> tuple[dict[int, int], dict[int, int], dict[int, int], list[tuple[int, int]]]:
        """Generations of couples and children. One parent of every child is on record, the same for all siblings."""
        random, born = self._random, list[int]()
        self._born = born
        mother: dict[int, int] = {}
        father: dict[int, int] = {}
        spouse: dict[int, int] = {}
        surnames: list[tuple[int, int]] = []
        members: list[int] = []

        def person(woman: bool, year: int, family: int | None = None) -> int:
            if family is None or members[family] == fiction.MEMBERS:
                if len(members) < fiction.FAMILIES * blocks(people):
                    members.append(0)
                family = members.index(min(members))  # a new one, while there are any
            surnames.append((family, members[family]))
            members[family] += 1
            born.append(year)
            if woman:
                self.women.add(len(born) - 1)
            return len(born) - 1

        def founders() -> tuple[int, int]:
            year = random.between(1895, 1912)
            couple = person(True, year), person(False, year - random.between(0, 6))
            spouse.update([couple if random.chance(0.5) else couple[::-1]])
            return couple

        couples = [founders() for _ in range(max(2, people // 14))]
        single: list[int] = []  # grown up and not married yet
        while len(born) < people:
            if not couples:
                couples = self._couples(single, spouse, mother, father)
            if not couples and people - len(born) == 1:
                person(random.chance(0.5), random.between(1895, 1912))
                break
            couples = couples or [founders()]
            wife, husband = couples.pop()
            year = born[wife] + random.between(20, 24)
            record, parent = (mother, wife) if random.chance(0.5) else (father, husband)
            for _ in range(min(random.between(2, 4), people - len(born))):
                child = person(random.chance(0.5), year, surnames[husband][0])
                record[child] = parent
                year += random.between(1, 4)
                if year < 1985:
                    single.append(child)
        return mother, father, spouse, surnames

    def _couples(
        self, single: list[int], spouse: dict[int, int], mother: dict[int, int], father: dict[int, int]
    ) -> list[tuple[int, int]]:
        """Marry those of an age who are no siblings; whoever finds nobody stays in `single`."""
        self._random.shuffle(single)
        couples = []
        for wife in [p for p in single if p in self.women]:
            for husband in [p for p in single if p not in self.women]:
                siblings = mother.get(wife, -1) == mother.get(husband, -2) or father.get(wife, -1) == father.get(
                    husband, -2
                )
                if not siblings and abs(self._born[wife] - self._born[husband]) < 12:
                    single.remove(wife)
                    single.remove(husband)
                    couples.append((wife, husband))
                    # The marriage is told of one of the two, so that one sentence says it.
                    spouse.update([(wife, husband) if self._random.chance(0.5) else (husband, wife)])
                    break
        return couples

    # what is true of them

    def _relate(self, chosen: tuple[str, ...]) -> None:
        known = {
            "mother": self._mother,
            "father": self._father,
            "spouse": self._spouse,
            "birth_year": dict(enumerate(self._born)),
        }
        self.trades = self._random.sample(fiction.TRADES, 8)
        by_age = sorted(self.of_type["person"], key=lambda p: (self._born[p], p))
        self._elder_half = by_age[: len(by_age) // 2]
        for relation in RELATIONS:
            subjects = self.of_type[relation.domain]
            if relation.name in known:
                facts = known[relation.name]
            elif relation.term:
                founded = self.facts["company_founded"] if relation.name == "director" else {}
                self.terms[relation.name] = {s: self._spans(founded.get(s, 0)) for s in subjects}
                continue
            elif relation.name == "citizenship":  # told of as many as make groups of about four
                countries = self.of_type["country"]
                facts = self._many(sorted(self._random.sample(subjects, 4 * len(countries))), countries)
            elif relation.name in ("seat", "capital"):
                facts = self._chief_cities(relation.name, subjects)
            elif relation.range in ("year", "number"):
                facts = self._values(relation.name, subjects)
            elif relation.name == "mentor":
                facts = self._elders(by_age, reach=8)
            elif relation.name == "friend":
                facts = self._of_an_age(by_age)
            elif relation.name == "founder":
                facts = self._many(subjects, self._few(self._elder_half, len(subjects)))
            elif relation.name == "parent_company":
                facts = self._elders(subjects)
            elif relation.many:
                objects: Sequence[int] = self.of_type[relation.range]
                if relation.domain in _GROUPED:
                    objects = self._few(objects, len(subjects))
                facts = self._many(subjects, objects)
            else:
                facts = self._one_to_one(relation.name, subjects, self.of_type[relation.range])
            self.facts[relation.name] = facts
        if chosen:
            self.facts = {name: facts for name, facts in self.facts.items() if name in chosen}
            self.terms = {name: terms for name, terms in self.terms.items() if name in chosen}

    def _many(self, subjects: Sequence[int], objects: Sequence[int]) -> dict[int, int]:
        """An object for each subject, none of them more than GROUP times."""
        random, load, facts = self._random.random, [0] * len(objects), {}
        count = len(objects)
        for s in subjects:
            o = floor(random() * count)
            while load[o] == GROUP:
                o = (o + 1) % count
            load[o] += 1
            facts[s] = objects[o]
        return facts

    def _few(self, objects: Sequence[int], subjects: int) -> list[int]:
        """So many of `objects` that about three of so many `subjects` go to each, and groups can be asked about."""
        return self._random.sample(objects, max(2, -(-subjects // 3)))

    def _elders(self, subjects: Sequence[int], reach: int = 0) -> dict[int, int]:
        """For each but the first, one that stands before it: mentors are older, and no firm owns its owner.

        With `reach` one of so many just before it: a mentor is a generation older at most."""
        load, facts = [0] * len(subjects), {}
        for place in range(1, len(subjects)):
            first = max(0, place - reach) if reach else 0
            o = self._random.between(first, place - 1)
            while load[o] == GROUP:
                o = first + (o + 1 - first) % (place - first)
            load[o] += 1
            facts[subjects[place]] = subjects[o]
        return facts

    def _chief_cities(self, name: str, subjects: range) -> dict[int, int]:
        """A capital lies in what it is the capital of."""
        region = self.facts["region"]
        if name == "capital":
            country = self.facts["country"]
            holds = {c: [city for city, r in region.items() if country[r] == c] for c in subjects}
        else:
            holds = {r: [city for city, at in region.items() if at == r] for r in subjects}
        return {s: self._random.choice(cities) for s, cities in holds.items() if cities}

    def _one_to_one(self, name: str, subjects: range, objects: range) -> dict[int, int]:
        pool = self._random.sample(objects, len(objects))
        if name == "twin":  # told of one of the two
            return dict(zip(pool[::2], pool[1::2], strict=False))
        return {s: o for s, o in zip(subjects, pool, strict=False) if s != o}

    def _of_an_age(self, by_age: list[int]) -> dict[int, int]:
        """To each person another of about the same age, and to none two."""
        facts = {}
        for start in range(0, len(by_age), _AGE_GROUP):
            peers = self._random.sample(by_age[start : start + _AGE_GROUP], _AGE_GROUP)
            facts.update({peer: peers[i - 1] for i, peer in enumerate(peers) if len(peers) > 1})
        return facts

    def _values(self, name: str, subjects: range) -> dict[int, int]:
        random = self._random
        if name in _YEARS or name in _NUMBERS:
            low, high = _YEARS.get(name) or _NUMBERS[name]
            return {s: random.between(low, high) for s in subjects}
        # A firm is as old as its founder allows, a book as its author.
        person_of = self.facts["founder" if name == "company_founded" else "author"]
        return {s: min(self._born[person_of[s]] + random.between(22, 39), 2021) for s in subjects}

    def _spans(self, founded: int) -> list[Term]:
        """Three that follow each other, all in one era, so that many hold something in the same year."""
        year = max(founded, self._random.between(1960, 1966))
        terms = []
        for holder in self._random.sample(self._of_age(year), 3):
            start, year = year, year + self._random.between(6, 11)
            terms.append((holder, start, year))
        return terms

    def _of_age(self, year: int) -> list[int]:
        """Those who may take an office in `year`: grown up, and the youngest of these."""
        return [p for p in self._elder_half if self._born[p] <= year - _OF_AGE][-_CANDIDATES:]

    def _read_backwards(self) -> dict[str, dict[int, list[int]]]:
        back: dict[str, dict[int, list[int]]] = {}
        for name, facts in self.facts.items():
            if BY_NAME[name].that:
                subjects: dict[int, list[int]] = {}
                for s, o in facts.items():
                    subjects.setdefault(o, []).append(s)
                back[name] = subjects
        return back

    def _list_groups(self) -> list[dict[str, list[int]]]:
        """For each entity the groups that have it in common, by relation: its paragraph says how large each is."""
        groups: list[dict[str, list[int]]] = [{} for _ in self.names]
        for name, by_object in self.back.items():
            if BY_NAME[name].exact:
                for entity, subjects in by_object.items():
                    groups[entity][name] = subjects
        return groups

    # reading it

    def forward(self, entity: int) -> list[str]:
        """The relations that have an object for `entity`."""
        return [name for name in FORWARD[self.types[entity]] if entity in self.facts.get(name, ())]

    def namesakes(self, entity: int) -> set[int]:
        """Those whose name has a word of the name of `entity`."""
        if not self._bearers:
            for bearer, name in enumerate(self.names):
                for word in name.split():
                    self._bearers.setdefault(word, []).append(bearer)
        return {bearer for word in self.names[entity].split() for bearer in self._bearers[word]}

    def step(self, entity: int, step: Step) -> list[int]:
        name, forwards = step
        if forwards:
            facts = self.facts.get(name)
            return [facts[entity]] if facts and entity in facts else []
        return self.back.get(name, {}).get(entity, [])


FORWARD = {type_: [r.name for r in RELATIONS if r.domain == type_ and not r.term] for type_ in TYPES}
BACKWARD = {type_: [r.name for r in RELATIONS if r.range == type_ and r.that and not r.term] for type_ in TYPES}
TERMS = {type_: [r.name for r in RELATIONS if r.domain == type_ and r.term] for type_ in TYPES}


def _domain(derived: Derived) -> str:
    return BY_NAME[derived.path[0][0]].domain


RULES = {type_: [d for d in DERIVED if _domain(d) == type_] for type_ in TYPES}
