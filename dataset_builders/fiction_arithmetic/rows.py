"""Rows: a plan, what is told beside it, the text of both, and the proof."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from synthrl import fiction, prompt
from synthrl.seeding import Stream

from .equations import Quantity, Step, solve
from .plan import plan
from .settings import SETTINGS
from .text import NAMES, Fact, Scribe, spelled
from .world import World, aside

if TYPE_CHECKING:
    from .builder import FictionArithmeticConfig

SPLITS = ("train", "validation", "test", "heldout_phrasing")
_SIGNS = {"+": "+", "-": "-", "*": "×", "/": "÷"}
_NEAR = 12  # quantities of other places, the last ones told, that a new one may be compared with


class Row:
    """Row `index` of the split that `key` names.

    What is asked, how it is told, and what fills the text are drawn from streams of their own.
    """

    def __init__(
        self, config: "FictionArithmeticConfig", mint: fiction.Mint, key: tuple[object, ...], index: int
    ) -> None:
        self.config, self._key = config, (*key, index)
        random = self._stream("plan")
        setting, fractions = random.choice(SETTINGS), config.answers == "fractions"
        bulk = fractions or random.chance(0.2)
        self.operations = random.between(*config.span())
        self.reverse = config.direction == "reverse" or (config.direction == "both" and random.chance(0.5))
        for sharing in (True, False):
            self.world = World(setting, random, config.largest, fractions, totals=not bulk)
            found = plan(self.world, self.operations, self.reverse, sharing)
            if found:
                break
        assert found
        self.plan, heldout = found, "heldout_phrasing" in key
        self.wording = 3 if heldout else random.below(3)
        self.scribe = Scribe(setting, bulk, mint, index, heldout)

    def _stream(self, what: str) -> Stream:
        return Stream("fiction_arithmetic", what, *self._key)

    def _beside(self, needed: int) -> Iterator[Fact]:
        """What is told and not needed: new quantities, stated or made of those that there are."""
        world, share = self.world, self.config.distractors
        places = len(world.free)
        about = list(world.values)
        for _ in range(max(1, round(needed * share / (1 - share))) if share else 0):
            base = world.random.choice(about)
            new = world.like(base, places)
            yield aside(world, about, base, new) or new
            about.append(new)

    def _fill(self, length: int) -> Iterator[tuple[str, list[str]]]:
        """Paragraphs about further places, until the text is as long as it is meant to be."""
        world, scribe = self.world, self.scribe
        world.random = self._stream("filler")
        told: list[Quantity] = []
        while length < self.config.context_chars and len(world.free) < NAMES:
            place = world.place()
            facts: list[Fact] = []
            for _ in range(world.random.between(3, 6)):
                new, near = Quantity(place, world.item(place), world.goods("all")), told[-_NEAR:]
                if near:
                    facts.append(aside(world, near, world.random.choice(near), new) or new)
                else:
                    world.state(new)
                    facts.append(new)
                told.append(new)
            scribe.name(place + 1)
            _, (sentences,), _ = scribe.paragraphs(facts, world.values, world.random)
            title = scribe.titles[place]
            length += len(title) + sum(map(len, sentences)) + len(sentences) + 2
            yield title, sentences

    def _context(self) -> tuple[list[str], list[list[str]], list[tuple[str, int]]]:
        """Titles, sentences, and where that stands which the answer needs."""
        scribe, values = self.scribe, self.world.values
        needed: list[Fact] = [*self.plan.given, *[equation for equation, _ in self.plan.proof]]
        random = self.world.random = self._stream("text")
        facts = [*needed, *self._beside(len(needed))]
        scribe.name(len(self.world.free))
        places, sentences, where = scribe.paragraphs(facts, values, random)
        told = [(scribe.titles[place], paragraph) for place, paragraph in zip(places, sentences, strict=True)]
        if self.config.context_chars:
            length = sum([len(title) + 2 + sum(map(len, said)) + len(said) for title, said in told])
            told += self._fill(length)
            random.shuffle(told)
        support = [(scribe.titles[place], number) for place, number in where[: len(needed)]]
        return [title for title, _ in told], [paragraph for _, paragraph in told], support

    def _proof(self) -> Iterator[tuple[dict[str, str], str]]:
        """The operations one by one, as steps and as lines of the solution; what is stated is cited where it is first used."""
        scribe, values = self.scribe, self.world.values
        uncited = set(self.plan.given)
        for equation, target in self.plan.proof:
            title, before = scribe.titles[equation.told[0].place], ""
            for member in equation.members:
                if member in uncited:
                    uncited.remove(member)
                    before += f"T{scribe.number(member)[1:]} is {spelled(values[member])}.\n"
            *partial, last = solve(equation, target, values)
            for operation in partial:
                said, answer = _said(operation)
                step = {"question": f"What is {said}?", "answer": answer, "title": title}
                yield step, f"{before}{title}: {said} = {answer}."
                before = ""
            said, answer = _said(last)
            step = {"question": scribe.question(target), "answer": answer, "title": title}
            yield step, f"{before}{title}: {said} = {answer}, {scribe.number(target)}."

    def row(self, id_: str) -> dict[str, Any]:
        titles, sentences, support = self._context()
        question = self.scribe.question(self.plan.asked, self.wording)
        steps, lines = zip(*self._proof(), strict=True)
        answer = steps[-1]["answer"]
        passage = prompt.passage(titles, [" ".join(paragraph) for paragraph in sentences])
        meta = {
            "setting": self.scribe.setting.place,
            "seed": self.config.seed,
            "relations": [equation.relation for equation, _ in self.plan.proof],
        }
        return {
            "id": id_,
            "prompt": prompt.chat(prompt.user(question, passage)),
            "question": question,
            "context": {"title": titles, "sentences": sentences},
            "choices": [],
            "answers": [[answer]],
            "answer": answer,
            "scorer": "number",
            "hops": len(steps),
            "kind": "reverse" if self.reverse else "forward",
            "level": "",
            "answerable": True,
            "steps": list(steps),
            "supporting_facts": {"title": [title for title, _ in support], "sent_id": [i for _, i in support]},
            "solution": "\n".join([*lines, prompt.tagged(answer)]),
            "meta": json.dumps(meta),
        }


def _said(step: Step) -> tuple[str, str]:
    """The operation, and its result; brackets where a fraction stands behind a ÷."""
    left, sign, right, result = step
    divisor = f"({spelled(right)})" if sign == "/" and right.denominator > 1 else spelled(right)
    return f"{spelled(left)} {_SIGNS[sign]} {divisor}", spelled(result)
