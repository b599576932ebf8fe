"""Facts → sentences → paragraphs → a context: what is told of a world, and which part of it a row shows."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from synthrl.seeding import Stream, digest

from . import wording as w
from .ask import show
from .plan import READABLE
from .relations import BY_NAME, RELATIONS
from .solve import EXACT, Fact
from .world import World

_PLACE = {relation.name: i for i, relation in enumerate(RELATIONS)}


def place(fact: Fact) -> tuple[bool, int, int]:
    """Where in a paragraph a fact is told: relations as in the table, then how many there are of what."""
    return fact[2] == EXACT, _PLACE[fact[0]], fact[2]


class Scribe:
    """Writes down a world. A sentence is a function of the world and its fact, so every row words a fact alike."""

    def __init__(self, world: World, heldout: bool = False) -> None:
        self.world = world
        self.heldout = heldout  # use the phrasings kept for that split
        self._salt = digest("phrasing", *world.key)
        self._sentences: dict[Fact, str] = {}
        self._tellable: dict[int, list[Fact]] = {}

    def sentence(self, fact: Fact) -> str:
        told = self._sentences.get(fact)
        if told is None:
            told = self._sentences[fact] = self._tell(*fact)
        return told

    def _tell(self, name: str, subject: int, which: int) -> str:
        world, title = self.world, self.world.names[subject]
        if which == EXACT:
            n = w.counted(len(world.back[name][subject]), BY_NAME[name].domain)
            return w.EXACTLY[name] % {"s": title, "n": n}
        bits = (
            self._salt ^ subject * 0x9E3779B97F4A7C15 ^ (_PLACE[name] * 3 + which) * 0xC2B2AE3D27D4EB4F
        ) * 0xD6E8FEB86659FD93 >> 17
        says = w.SAYS[name]
        wording = says[-1] if self.heldout else says[bits % (len(says) - 1)]
        woman, person = subject in world.women, world.types[subject] == "person"
        he, his = (("she", "her") if woman else ("he", "his")) if person else ("it", "its")
        fill = {"s": title, "s_": f"{title}'s", "his": his, "he": he, "child": "daughter" if woman else "son"}
        if bits >> 8 & 1 and wording.startswith("%(s"):
            fill["s"], fill["s_"] = he.capitalize(), his.capitalize()
        if BY_NAME[name].term:
            who, start, end = world.terms[name][subject][which]
            return wording % {**fill, "o": world.names[who], "start": start, "end": end}
        return wording % {**fill, "o": show(world, world.facts[name][subject], BY_NAME[name].range)}

    def intro(self, entity: int) -> str:
        world = self.world
        says = w.INTROS[world.types[entity]]
        wording = says[-1] if self.heldout else says[(self._salt ^ entity * 0x9E3779B1) % (len(says) - 1)]
        return wording % {"s": world.names[entity], "trade": world.trades[(self._salt + entity) % len(world.trades)]}

    def tellable(self, entity: int) -> list[Fact]:
        """All that a paragraph on `entity` can say."""
        facts = self._tellable.get(entity)
        if facts is None:
            world = self.world
            facts = [(name, entity, 0) for name in world.forward(entity)]
            facts += [(name, entity, EXACT) for name in w.EXACTLY if entity in world.back.get(name, ())]
            facts += [
                (name, entity, i)
                for name, terms in world.terms.items()
                if entity in terms
                for i in range(len(terms[entity]))
            ]
            self._tellable[entity] = facts
        return facts

    def document(self, entity: int) -> list[str]:
        """The whole paragraph: what a corpus holds."""
        return [self.intro(entity), *map(self.sentence, sorted(self.tellable(entity), key=place))]


class Context(NamedTuple):
    titles: list[str]
    sentences: list[list[str]]
    where: dict[Fact, tuple[str, int]]  # title and place of each fact that was asked for


class Page:
    """A context in the making: which facts of which entities it tells, and how long it is by now."""

    def __init__(self, scribe: Scribe, missing: Fact | None) -> None:
        self.scribe, self.missing = scribe, missing
        self.told: dict[int, list[Fact]] = {}
        self.chars = 0

    def tell(self, fact: Fact) -> None:
        entity = fact[1]
        facts = self.told.get(entity)
        if facts is None:
            facts = self.told[entity] = []
            self.chars += len(self.scribe.world.names[entity]) + 3 + len(self.scribe.intro(entity))
        if fact != self.missing and fact not in facts:
            facts.append(fact)
            self.chars += len(self.scribe.sentence(fact)) + 1

    def enrich(self, entity: int, sentences: int, random: Stream) -> None:
        """At least so many facts on `entity`, where it has them."""
        told = self.told.get(entity, [])
        if len(told) < sentences:
            for fact in random.sample(self.scribe.tellable(entity), sentences):
                if len(self.told.get(entity, ())) >= sentences:
                    break
                self.tell(fact)

    def paragraph(self, entity: int) -> tuple[str, list[Fact], list[str]]:
        facts = sorted(self.told[entity], key=place)
        title = self.scribe.world.names[entity]
        return title, facts, [self.scribe.intro(entity), *map(self.scribe.sentence, facts)]


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
        page.tell(fact)
    _fill(page, chars, random)
    pages = [page]
    if page.chars < chars - 300:  # this world has told all it has
        for other in elsewhere():
            more = Page(other, None)
            _fill(more, chars - sum(p.chars for p in pages), random)
            pages.append(more)
            if sum(p.chars for p in pages) >= chars - 200:
                break
    wanted = set(facts)
    paragraphs = [(p is page, *p.paragraph(entity)) for p in pages for entity in p.told]
    random.shuffle(paragraphs)
    where = {
        fact: (title, i + 1)
        for ours, title, told, _ in paragraphs
        if ours
        for i, fact in enumerate(told)
        if fact in wanted
    }
    return Context([title for _, title, _, _ in paragraphs], [text for *_, text in paragraphs], where)


def _fill(page: Page, chars: int, random: Stream) -> None:
    """Make paragraphs of several sentences, then add others, up to `chars` characters."""
    world = page.scribe.world
    first = list(page.told)
    random.shuffle(first)  # where room is short, the proof's paragraphs must not be the long ones
    for entity in first:
        if page.chars > chars - 160:
            return
        page.enrich(entity, 3 + random.below(3), random)
    rest = [e for e in range(len(world.names)) if world.types[e] in READABLE and e not in page.told]
    random.shuffle(rest)
    for entity in rest:
        if page.chars > chars - 300:
            break
        page.enrich(entity, 3 + random.below(4), random)
    for entity in list(page.told):
        for fact in page.scribe.tellable(entity):
            if page.chars > chars - 120:
                return
            page.tell(fact)
