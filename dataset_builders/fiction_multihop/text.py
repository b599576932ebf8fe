"""Facts → sentences → paragraphs → a context: what is told of a world, and which part of it a row shows."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from synthrl.seeding import Stream, digest

from . import wording as w
from .ask import show
from .relations import BY_NAME, RELATIONS
from .solve import EXACT, Fact
from .world import TERMS, World

_PLACE = {relation.name: 3 * i for i, relation in enumerate(RELATIONS)}  # three terms are told of an office
_LAST = 3 * len(RELATIONS)


# Its place in the paragraph (relations as in the table, then how many there are of what), and its text.
Sentence = tuple[int, str]


class Sentences(dict[Fact, Sentence]):
    """Facts in words, each worded when it is first told. It depends on world and fact alone, so all rows agree."""

    def __init__(self, world: World, heldout: bool) -> None:
        self.world = world
        self.heldout = heldout  # use the phrasings kept for that split
        self.salt = digest("phrasing", *world.key)

    def __missing__(self, fact: Fact) -> Sentence:
        name, subject, which = fact
        told = self[fact] = self._count(name, subject) if which == EXACT else self._tell(name, subject, which)
        return told

    def _count(self, name: str, entity: int) -> Sentence:
        n = w.counted(len(self.world.back[name][entity]), BY_NAME[name].domain)
        return _LAST + _PLACE[name], w.EXACTLY[name] % {"s": self.world.names[entity], "n": n}

    def _tell(self, name: str, subject: int, which: int) -> Sentence:
        world, relation, place = self.world, BY_NAME[name], _PLACE[name] + which
        bits = (self.salt ^ subject * 0x9E3779B97F4A7C15 ^ place * 0xC2B2AE3D27D4EB4F) * 0xD6E8FEB86659FD93 >> 17
        says = w.SPOKEN[world.genders[subject]][name]
        wording = says[-1 if self.heldout else bits % (len(says) - 1)][bits >> 8 & 1]
        if relation.term:
            who, start, end = world.terms[name][subject][which]
            return place, wording % {"s": world.names[subject], "o": world.names[who], "start": start, "end": end}
        value = show(world, world.facts[name][subject], relation.range)
        return place, wording % {"s": world.names[subject], "o": value}


class Scribe:
    """Writes down a world."""

    def __init__(self, world: World, heldout: bool = False) -> None:
        self.world = world
        self.sentences = Sentences(world, heldout)
        self._intros: dict[int, str] = {}
        self._facts: dict[int, list[Fact]] = {}

    def facts(self, entity: int) -> list[Fact]:
        """All that a paragraph on `entity` can say."""
        facts = self._facts.get(entity)
        if facts is None:
            world = self.world
            facts = self._facts[entity] = [(name, entity, 0) for name in world.forward(entity)]
            facts += [(name, entity, EXACT) for name in world.groups[entity]]
            for name in TERMS[world.types[entity]]:
                facts += [(name, entity, i) for i in range(len(world.terms.get(name, {}).get(entity, ())))]
        return facts

    def intro(self, entity: int) -> str:
        told = self._intros.get(entity)
        if told is None:
            world, salt = self.world, self.sentences.salt
            says = w.INTROS[world.types[entity]]
            wording = says[-1 if self.sentences.heldout else (salt ^ entity * 0x9E3779B1) % (len(says) - 1)]
            trade = world.trades[(salt + entity) % len(world.trades)]
            told = self._intros[entity] = wording % {"s": world.names[entity], "trade": trade}
        return told

    def document(self, entity: int) -> list[str]:
        """The whole paragraph: what a corpus holds."""
        return [self.intro(entity), *[text for _, text in sorted(self.sentences[fact] for fact in self.facts(entity))]]


class Context(NamedTuple):
    titles: list[str]
    sentences: list[list[str]]
    support: list[tuple[str, int]]  # title and place of each fact that was asked for


class Page:
    """A context in the making: which facts of which entities it tells, and how long it is by now."""

    def __init__(self, scribe: Scribe, missing: Fact | None) -> None:
        self.scribe, self.missing = scribe, missing
        self.told: dict[int, dict[Fact, Sentence]] = {}
        self.chars = 0

    def tell(self, entity: int, facts: Iterable[Fact], most: int = sys.maxsize) -> None:
        """Tell these `facts` on `entity`, until there are `most` in all."""
        told, sentences = self.told.get(entity), self.scribe.sentences
        if told is None:
            told = self.told[entity] = {}
            self.chars += len(self.scribe.world.names[entity]) + 3 + len(self.scribe.intro(entity))
        for fact in facts:
            if len(told) >= most:
                break
            if fact not in told and fact != self.missing:
                told[fact] = sentence = sentences[fact]
                self.chars += len(sentence[1]) + 1

    def enrich(self, entity: int, sentences: int, random: Stream) -> None:
        """At least so many facts on `entity`, where it has them."""
        if len(self.told.get(entity, ())) < sentences and (facts := self.scribe.facts(entity)):
            self.tell(entity, random.sample(facts, sentences), sentences)

    def paragraph(self, entity: int) -> list[str]:
        return [self.scribe.intro(entity), *[text for _, text in sorted(self.told[entity].values())]]

    def where(self, fact: Fact) -> tuple[str, int]:
        """The title of its paragraph, and the number of its sentence there: the introduction is number 0."""
        told = self.told[fact[1]]
        return self.scribe.world.names[fact[1]], 1 + sorted(told.values()).index(told[fact])


def compose(
    scribe: Scribe,
    facts: Sequence[Fact],
    also: Sequence[Fact],
    missing: Fact | None,
    chars: int,
    random: Stream,
    elsewhere: Callable[[], Iterator[Scribe]],
) -> Context:
    """About `chars` characters that tell `facts` (but for the one `missing`) and `also`, and fill up with others."""
    page = Page(scribe, missing)
    for fact in (*facts, *also):
        page.tell(fact[1], (fact,))
    _fill(page, chars, random)
    pages = [page]
    if page.chars < chars - 300:  # this world has told all it has
        for other in elsewhere():
            more = Page(other, None)
            _fill(more, chars - sum(p.chars for p in pages), random)
            pages.append(more)
            if sum(p.chars for p in pages) >= chars - 200:
                break
    paragraphs = [(p, entity) for p in pages for entity in p.told]
    random.shuffle(paragraphs)
    titles = [p.scribe.world.names[entity] for p, entity in paragraphs]
    sentences = [p.paragraph(entity) for p, entity in paragraphs]
    return Context(titles, sentences, [page.where(fact) for fact in facts if fact != missing])


def _fill(page: Page, chars: int, random: Stream) -> None:
    """Make paragraphs of several sentences, then add others, up to `chars` characters."""
    first = list(page.told)
    random.shuffle(first)  # where room is short, the proof's paragraphs must not be the long ones
    for entity in first:
        if page.chars > chars - 160:
            return
        page.enrich(entity, 3 + random.below(3), random)
    rest = [entity for entity in page.scribe.world.readable if entity not in page.told]
    random.shuffle(rest)
    for entity in rest:
        if page.chars > chars - 300:
            break
        page.enrich(entity, 3 + random.below(4), random)
    for entity in list(page.told):
        for fact in page.scribe.facts(entity):
            if page.chars > chars - 120:
                return
            page.tell(entity, (fact,))
