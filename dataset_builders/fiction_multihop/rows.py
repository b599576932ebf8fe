"""Rows of one world: plans without repetition, each dressed as a row."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from synthrl import fiction, prompt
from synthrl.row import UNANSWERABLE
from synthrl.seeding import Stream

from . import ask, text
from .decoys import decoys
from .plan import NAMED, Plan, plan
from .relations import Derived
from .solve import LEAST_HOPS, Hop, Path, Query, solve
from .wording import QUESTIONS
from .world import World, capacity

if TYPE_CHECKING:
    from .builder import FictionMultihopConfig

SPLITS = ("train", "validation", "test", "heldout_phrasing")
ROWS_PER_WORLD = 8
_COMPANIONS = 16  # worlds set apart for each world of ours, to fill long contexts with


def room(people: int) -> int:
    """How many worlds a split can have, so that all names in it are different."""
    return capacity(people) // (1 + _COMPANIONS)


class WorldRows:
    """What one split asks about one world. Row `slot` depends on the slots before it, which it must not repeat."""

    def __init__(self, config: "FictionMultihopConfig", split: str, number: int) -> None:
        self.config, self.split = config, split
        self._key, self._depths = config.question_key(), config.depths()
        self.world = World(config.seed, number, config.people, config.relations)
        heldout = split == "heldout_phrasing"
        self.questions = QUESTIONS[heldout]
        self.scribe = text.Scribe(self.world, heldout)
        self._plans: list[tuple[Plan, str]] = []
        self._seen: set[str] = set()
        self._others: list[text.Scribe] = []
        self._anchors = self._choose_anchors()
        self._facts = self._all_facts() if config.worlds else []

    def _choose_anchors(self) -> list[int]:
        """Who may be asked about: with shared worlds every split has people of its own."""
        world = self.world
        if not self.config.worlds:
            return [e for type_ in NAMED for e in world.of_type[type_]]
        people = list(world.of_type["person"])
        Stream("splits", *world.key).shuffle(people)
        tenth = len(people) // 10 or 1
        parts = {
            "validation": people[:tenth],
            "test": people[tenth : 2 * tenth],
            "heldout_phrasing": people[2 * tenth : 3 * tenth],
        }
        return sorted(parts.get(self.split, people[3 * tenth :]))

    def _all_facts(self) -> list[tuple[int, str]]:
        """Every fact of a shared world, in an order of its own: one-hop rows of train go through all of them."""
        world = self.world
        facts = [(entity, name) for entity in world.readable for name in world.forward(entity)]
        Stream("facts", *world.key).shuffle(facts)
        return facts

    def plan(self, slot: int) -> tuple[Plan, str, Stream]:
        """The plan of `slot`, its question, and its stream."""
        while len(self._plans) <= slot:
            self._plans.append(self._new(len(self._plans)))
        found, question = self._plans[slot]
        return found, question, self._stream("context", slot)

    def _stream(self, what: str, slot: int) -> Stream:
        return Stream(what, *self.world.key, self.split, *self._key, slot)

    def _new(self, slot: int) -> tuple[Plan, str]:
        config, random = self.config, self._stream("plan", slot)
        low, high = self._depths
        if config.worlds and self.split != "train":
            low = max(2, low)  # train's one-hop rows ask every fact of a shared world
        hops = random.between(low, high)
        kinds = [kind for kind in config.kinds if LEAST_HOPS.get(kind, 1) <= hops]
        for _ in range(20):
            kind = random.choice(kinds)
            if config.worlds and hops == 1 and kind == "chain":
                found = self._next_fact()
            else:
                found = plan(self.world, random, self._anchors, kind, hops, config.unanswerable)
            if found is not None:
                question = ask.question(self.questions, self.world, found.query)
                key = self._same(found, question)
                if self._seen.isdisjoint(key):
                    self._seen.update(key)
                    return found, question
        raise ValueError(
            f"world {self.world.number} holds about {len(self._seen)} questions of hops={config.hops!r} for {self.split}, "
            f"and more were asked for: ask for fewer rows, or raise people (now {config.people}) or worlds (now {config.worlds})"
        )

    def _same(self, found: Plan, question: str) -> list[str]:
        """The questions that this one would repeat: itself, and "A or B" said as "B or A"."""
        query = found.query
        if query.kind != "comparison":
            return [question]
        return [question, ask.question(self.questions, self.world, query._replace(paths=query.paths[::-1]))]

    def _next_fact(self) -> Plan | None:
        if not self._facts:
            return None
        entity, name = self._facts.pop()
        query = Query("chain", (Path(entity, ((name, True),)),))
        return Plan(query, solve(self.world, query), None)

    def _elsewhere(self) -> Iterator[text.Scribe]:
        """Other worlds, to fill a long context with: their names are none of ours."""
        world, shelves = self.world, fiction.SHELVES
        taken = set(world.names)
        block = world.number // shelves
        for i in range(_COMPANIONS):
            if i == len(self._others):
                number = (room(self.config.people) + block * _COMPANIONS + i) % capacity(self.config.people)
                other = World(
                    world.seed, number * shelves + world.number % shelves, self.config.people, self.config.relations
                )
                self._others.append(text.Scribe(other, self.scribe.sentences.heldout))
            names = self._others[i].world.names
            if taken.isdisjoint(names):
                taken.update(names)
                yield self._others[i]

    def row(self, slot: int, id_: str) -> dict[str, Any]:
        config, world = self.config, self.world
        found, question, random = self.plan(slot)
        answers = ask.answers(world, found)
        aliases = [UNANSWERABLE] if found.missing else [[answer] for answer in answers]
        answer = UNANSWERABLE[0] if found.missing else ", ".join(answers)
        told = ask.steps(self.questions, world, found)
        titles: list[str] = []
        sentences: list[list[str]] = []
        support: list[tuple[str, int]] = []
        if config.context == "open":
            facts, also = found.solution.facts, decoys(world, found.query, found.solution, random)
            context = text.compose(
                self.scribe, facts, also, found.missing, config.context_chars, random, self._elsewhere
            )
            titles, sentences, support = context
        passage = prompt.passage(titles, [" ".join(paragraph) for paragraph in sentences])
        query = found.query
        return {
            "id": id_,
            "prompt": prompt.chat(prompt.user(question, passage)),
            "question": question,
            "context": {"title": titles, "sentences": sentences},
            "choices": [],
            "answers": aliases,
            "answer": answer,
            "scorer": "label" if found.missing or query.kind == "yesno" else _scorer(answers),
            "hops": found.solution.hops,
            "kind": query.kind,
            "level": "",
            "answerable": found.missing is None,
            "steps": [{"question": s.question, "answer": s.answer, "title": s.title} for s in told],
            "supporting_facts": {"title": [title for title, _ in support], "sent_id": [i for _, i in support]},
            "solution": ask.solution(told, found, answer),
            "meta": json.dumps(
                {"world": world.number, "seed": config.seed, "worlds": config.worlds or None, "path": _spell(query)}
            ),
        }


def _scorer(answers: Sequence[str]) -> str:
    return "number" if answers[0].replace(",", "").isdigit() else "set"


def _spell(query: Query) -> list[str]:
    """The relations of each path, for analyses: "mother", and "^mother" where it is read backwards."""
    paths = [".".join(map(_spell_hop, path.hops)) for path in query.paths]
    return [*paths, query.relation] if query.relation else paths


def _spell_hop(hop: Hop) -> str:
    if isinstance(hop, Derived):
        return hop.name
    name, forwards = hop
    return name if forwards else f"^{name}"
