"""Rows about one family: its questions found without repetition, each dressed as a row."""

import json
from typing import TYPE_CHECKING, Any

from synthrl import fiction, prompt
from synthrl.seeding import Stream

from . import questions
from .family import Family, grow
from .kinship import HOPS, aliases, facts, plural
from .plan import Named, Planner, Related, family_for, targets
from .prove import Proof
from .text import Place, Telling, Told, households

if TYPE_CHECKING:
    from .builder import FictionKinshipConfig

SPLITS = ("train", "validation", "test", "heldout_phrasing")
ROWS_PER_FAMILY = 8
_ATTEMPTS, _MORE = 24, 2  # families grown until one has all its questions, and by how many people each is larger
_BLOCKS = 4  # of names for a family and those told of beside it
MOST_PEOPLE = _BLOCKS * fiction.FAMILIES * fiction.MEMBERS
ROOM = fiction.BLOCKS // _BLOCKS  # families in a split, so that no name is borne twice


def rows_per_family(most_hops: int) -> int:
    return ROWS_PER_FAMILY if most_hops <= 4 else ROWS_PER_FAMILY // 2


def _planned(config: "FictionKinshipConfig", random: Stream) -> tuple[Family, list[Related | Named]]:
    """A family with as many questions as it has rows."""
    depths, size = config.depths(), config.size()
    wanted = targets(random, depths, config.kinds, rows_per_family(depths[1]))
    for attempt in range(_ATTEMPTS):
        family = family_for(wanted, size + attempt * _MORE, random)
        planner = Planner(family, random)
        plans = [planner.find(target, depths, config.kinds) for target in wanted]
        if None not in plans:
            return family, [plan for plan in plans if plan]
    raise RuntimeError(f"no family of {size} people and a few more holds the questions of hops={config.hops!r}")


def _length(told: dict[str, list[str]]) -> int:
    return sum([len(name) + 3 for name in told]) + sum([len(s) + 1 for said in told.values() for s in said])


def _hops(plan: Related | Named) -> int:
    return HOPS[plan.word] if isinstance(plan, Related) else sum([facts(asked.words[0]) for asked in plan.nouns])


class FamilyRows:
    """What one split asks about one family. Its rows are planned together, and told the same text."""

    def __init__(self, config: "FictionKinshipConfig", split: str, number: int) -> None:
        self.heldout = split == "heldout_phrasing"
        self.number, self.seed = number, config.seed
        asked = (config.seed, split, number, *config.question_key())
        random = Stream("fiction_kinship", "family", *asked)
        self.family, self.plans = _planned(config, random)
        self._mint = fiction.Mint.of(config.seed, SPLITS.index(split))
        self._names_key = random.below(128), 2 * random.below(64) + 1
        self.names = self._names(0, len(self.family.sex))
        self.told = Told(self.family, self.names, random, self.heldout)
        self.wordings = [self._question(plan, random) for plan in self.plans]
        self.sentences = dict(zip(self.names, self.told.paragraphs, strict=True))
        self.homes = households(self.family, self.names, self.heldout)
        self._fill(config.context_chars, Stream("fiction_kinship", "others", *asked))
        by_person = Telling([(name, [name]) for name in self.sentences], self.sentences)
        self.manners = {"person": by_person, "household": Telling(self.homes, self.sentences)}
        order = Stream("fiction_kinship", "order", *asked)
        # All of them before the first order, which depends on the length of the text. Of a household nobody is an answer
        # two hops away, or hardly anybody: it would tell too much.
        manners = [order.choice(tuple(self.manners)) if _hops(plan) > 2 else "person" for plan in self.plans]
        self.tellings = [(kind, self._order(kind, order)) for kind in manners]

    def _order(self, kind: str, random: Stream) -> list[int]:
        places = range(len(self.manners[kind].titles))
        return random.sample(places, len(places))

    def _names(self, start: int, n: int) -> list[str]:
        """Surnames do not follow families: they would give half of the answers away."""
        add, factor = self._names_key
        found = []
        for person in range(start, start + n):
            block, place = divmod(person, 128)
            place = (place * factor + add) & 127
            found.append(self._mint.person(self.number * _BLOCKS + block, place & 7, place >> 3))
        return found

    def _fill(self, chars: int, random: Stream) -> None:
        """Other families, until the text is about as long as it should be."""
        told = self.sentences
        length = _length(told)
        words = ["us", "dm", "sd", "uu", "h", "ms", "p"]
        while length < chars - 300 and len(told) < MOST_PEOPLE - 40:
            room = (chars - length) // 190
            random.shuffle(words)
            other = grow(random, max(1, min(room - 2, 4 + random.below(8))), words)
            names = self._names(len(told), len(other.sex))
            more = dict(zip(names, Told(other, names, random, self.heldout).paragraphs, strict=True))
            told |= more
            self.homes += households(other, names, self.heldout)
            length += _length(more)

    def _question(self, plan: Related | Named, random: Stream) -> str:
        names = self.names
        if isinstance(plan, Related):
            return questions.related(names[plan.who], names[plan.of], random, self.heldout)
        return questions.named(plan.nouns, names[plan.start], random, self.heldout)

    def row(self, slot: int, id_: str) -> dict[str, Any]:
        plan, question = self.plans[slot], self.wordings[slot]
        kind, order = self.tellings[slot]
        telling = self.manners[kind]
        proof = Proof(self.family, self.names)
        related = isinstance(plan, Related)
        answers, path = self._related(plan, proof) if isinstance(plan, Related) else self._named(plan, proof)
        answer = ", ".join([names[0] for names in answers])
        about = {"family": self.number, "people": len(self.names), "seed": self.seed}
        support = list(self.support(slot, proof))
        titles, texts = [telling.titles[i] for i in order], [telling.texts[i] for i in order]
        return {
            "id": id_,
            "prompt": prompt.chat(prompt.user(question, prompt.passage(titles, texts))),
            "question": question,
            "context": {"title": titles, "sentences": [telling.paragraphs[i] for i in order]},
            "choices": [],
            "answers": answers,
            "answer": answer,
            "scorer": "label" if related else "set",
            "hops": _hops(plan),
            "kind": "relation" if related else "name",
            "level": "",
            "answerable": True,
            "steps": [
                {"question": asked, "answer": found, "title": telling.place(self.told.places[fact])[0]}
                for fact, asked, found, _ in proof.steps.values()
            ],
            "supporting_facts": {"title": [title for title, _ in support], "sent_id": [i for _, i in support]},
            "solution": "\n".join([*proof.lines, prompt.tagged(answer)]),
            "meta": json.dumps(about | {"path": path, "told": kind}),
        }

    def support(self, slot: int, proof: Proof) -> dict[Place, list[int]]:
        """The sentences that the proof rests on, each with the numbers of the steps that say the same: none, where it says
        only who "she" is in another."""
        telling = self.manners[self.tellings[slot][0]]
        found: dict[Place, list[int]] = {}
        for number, (fact, *_) in enumerate(proof.steps.values(), start=1):
            told = self.told.places[fact]
            found.setdefault(telling.naming(told), [])
            found.setdefault(telling.place(told), []).append(number)
        return found

    def _related(self, plan: Related, proof: Proof) -> tuple[list[list[str]], list[str]]:
        proof.follow(plan.word, list(plan.path))
        sex = self.family.sex
        terms = aliases(plan.word, sex[plan.who], sex[plan.path[1]])
        proof.lines.append(f"So {self.names[plan.who]} is {self.names[plan.of]}'s {terms[0]}.")
        return [terms], [plan.word]

    def _named(self, plan: Named, proof: Proof) -> tuple[list[list[str]], list[str]]:
        here, names = plan.start, self.names
        for asked, met in zip(plan.nouns, plan.met, strict=True):
            proof.survey(asked, here)
            found = [names[one] for one in met]
            more = f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else found[0]
            line = f"{names[here]}'s {asked.noun} is {more}."
            if len(found) > 1:
                line = f"{names[here]}'s {plural(asked.noun)} are {more}."
            if line not in proof.lines:  # as it is where one fact says it
                proof.lines.append(f"So {line}")
            here = met[0]
        return [[name] for name in found], [asked.noun for asked in plan.nouns]
