"""A row: which kind of puzzle, how large, and everything that the columns hold."""

import json
from typing import TYPE_CHECKING, Any

from synthrl import prompt
from synthrl.seeding import Stream

from . import knights, knights_text, ordering, ordering_text, rules, rules_text, seating, seating_text
from .names import names, place
from .telling import Told

if TYPE_CHECKING:
    from .builder import FictionLogicConfig

SIZE = {
    "knights": "people",
    "ordering": "items",
    "seating": "seats",
    "rules": "depth",
}  # kind → the knob that says how large
KINDS = tuple(SIZE)


def row(config: "FictionLogicConfig", split: str, i: int, id_: str) -> dict[str, Any]:
    kinds = config.kinds
    kind = kinds[0] if len(kinds) == 1 else Stream("fiction_logic kind", config.seed, split, i).choice(kinds)
    told = _told(config, split, i, kind)
    answer = ", ".join([aliases[0] for aliases in told.answers])
    return {
        "id": id_,
        "prompt": prompt.chat(prompt.user(told.question)),
        "question": told.question,
        "context": {"title": [], "sentences": []},
        "choices": [],
        "answers": told.answers,
        "answer": answer,
        "scorer": told.scorer,
        "hops": told.hops,
        "kind": kind,
        "level": "",
        "answerable": told.answerable,
        "steps": [{"question": question, "answer": found, "title": ""} for question, found in told.steps],
        "supporting_facts": {"title": [], "sent_id": []},
        "solution": "\n".join([*told.lines, prompt.tagged(answer)]),
        "meta": json.dumps({"seed": config.seed, **told.about}),
    }


def _told(config: "FictionLogicConfig", split: str, i: int, kind: str) -> Told:
    seed, heldout = config.seed, split == "heldout_phrasing"
    random = Stream("fiction_logic", seed, split, i, kind, *config.size_key(kind))
    size = random.between(*config.sizes(kind))
    where = place(seed, split, random)
    if kind == "knights":
        met = names(seed, split, i, "given", size, random)
        return knights_text.tell(random, knights.puzzle(random, size), met, where, heldout)
    if kind == "ordering":
        setting = ordering_text.setting(random, heldout)
        items = names(seed, split, i, setting.names, size, random)
        return ordering_text.tell(random, ordering.puzzle(random, size), setting, items, where)
    if kind == "seating":
        circle = seating_text.setting(random, heldout)
        those = names(seed, split, i, circle.names, size, random)
        return seating_text.tell(random, seating.puzzle(random, size), circle, those, where)
    people = names(seed, split, i, "given", 3, random)
    return rules_text.tell(random, rules.puzzle(random, size), people, where, heldout)
