"""Is a row right? Everything is judged from its text and question, read and solved anew."""

import re
from collections.abc import Iterator
from typing import Any

from synthrl import prompt

from .logic import ALONE, Solved, solve
from .terms import terms
from .text import Fact, Place, Question, Text, question, read

Row = dict[str, Any]
NEEDS_TEXT = TITLES_ARE_NAMES = True
MOST = 5  # people that a question may ask for
_LESS = {"unclebymarriage": "siblinginlaw", "halfuncle": "half"}  # what an uncle is to one's parent


def check(row: Row) -> list[str]:
    """What is wrong with the row: nothing, for a good one."""
    faults = [*_form(row), *_prompt(row)]
    readings = question(row["question"])
    if len(readings) != 1:
        return [*faults, f"question has {len(readings)} readings: {row['question']!r}"]
    (asked,) = readings
    text = read(row["context"])
    faults += text.defects
    supporting = _supporting(row)
    if untold := [place for place in supporting if place not in text.facts]:
        return [*faults, f"supporting facts that state nothing: {untold}"]
    if unknown := {asked.of, asked.who or asked.of} - set(text.women):
        return [*faults, f"the text does not speak of {sorted(unknown)}"]
    if len(set(supporting)) < len(supporting):
        faults.append("a supporting fact is listed twice")
    solved, alone = solve(text, asked, supporting), read(row["context"], supporting)
    if unclear := [place for place in supporting if alone.facts.get(place) != text.facts[place]]:
        faults.append(f"supporting facts that, read alone, do not say of whom they speak: {unclear}")
    judge = _relation if asked.who else _names
    faults += judge(row, asked, text, solved, solve(alone, asked), supporting)
    return [*faults, *_steps(row, text, supporting)]


def _supporting(row: Row) -> list[Place]:
    facts = row["supporting_facts"]
    return list(zip(facts["title"], facts["sent_id"], strict=True))


def _form(row: Row) -> Iterator[str]:
    canonical = [names[0] for names in row["answers"]]
    if not 1 <= len(canonical) <= MOST or len(set(canonical)) < len(canonical):
        yield f"answers must be 1 to {MOST} different ones, got {canonical}"
    if row["answer"] != ", ".join(canonical):
        yield f"answer {row['answer']!r} is not the canonical answers {canonical}"
    if not row["answerable"] or row["choices"] or row["level"]:
        yield "every question can be answered, offers no choices and has no level"


def _prompt(row: Row) -> Iterator[str]:
    if not prompt.asks_only(row):
        yield "the prompt is not the text and the question alone"


def _relation(
    row: Row, asked: Question, text: Text, solved: Solved, alone: Solved, supporting: list[Place]
) -> Iterator[str]:
    if (row["kind"], row["scorer"]) != ("relation", "label"):
        yield f"kind and scorer are {row['kind']} and {row['scorer']}, the question asks for a relation"
    found = solved.related["all"]
    if len(found) != 1:
        yield f"the text relates them in {len(found)} ways: {sorted(found)}"
        return
    (key,) = found
    wanted = terms(key, text.women[asked.who], _side(key, solved))
    if row["answers"] != [wanted]:
        yield f"the text gives {wanted}, the gold answers are {row['answers']}"
    if alone.related["all"] != found:
        yield "the supporting facts alone do not give the relation"
    for i, place in enumerate(supporting, 1):
        if key in solved.related[str(i)]:
            yield f"the relation stands without supporting fact {place}"
    # Every proof holds all sentences without which the relation falls, so none is shorter than these.
    if row["hops"] != (hops := len(_of_kin(text, supporting))):
        yield f"hops is {row['hops']}, the shortest proof has {hops} facts"


def _of_kin(text: Text, supporting: list[Place]) -> list[int]:
    """Numbers of the facts that are hops: who "he" is is none, nor how many there are."""
    return [i for i, place in enumerate(supporting, 1) if text.facts[place].kind in ("parents", "wed")]


def _side(key: str, solved: Solved) -> str:
    """Through which parent one is related upwards."""
    less = _LESS.get(key, "")
    if match := re.fullmatch(r"(up|blood)\((\d)(,\d)?\)", key):
        less = f"{match[1]}({int(match[2]) - 1}{match[3] or ''})"
    sides = [side for side in ("paternal", "maternal") if less in solved.related[side]]
    return sides[0] if len(sides) == 1 else ""


def _names(
    row: Row, asked: Question, text: Text, solved: Solved, alone: Solved, supporting: list[Place]
) -> Iterator[str]:
    if (row["kind"], row["scorer"]) != ("name", "set"):
        yield f"kind and scorer are {row['kind']} and {row['scorer']}, the question asks for names"
    last, gold = len(asked.nouns), {names[0] for names in row["answers"]}
    for place, noun in enumerate(asked.nouns[:-1], 1):
        if len(found := solved.found["all", place]) != 1:
            yield f"the {noun} in the question is not one: {sorted(found)}"
    if any(len(names) > 1 for names in row["answers"]):
        yield "a person has one name"
    for given, what in ((solved, "the text gives"), (alone, "the supporting facts alone give")):
        if given.found["all", last] != gold:
            yield f"{what} {sorted(given.found['all', last])}, the gold answer is {sorted(gold)}"
        if given.open:
            yield f"{what} these, and leaves open whether there are others"
    kin = _of_kin(text, supporting)
    needed = {name: [i for i in kin if name not in solved.found[str(i), last]] for name in gold}
    farthest = max(gold, key=lambda name: (len(needed[name]), name))
    if row["hops"] != len(needed[farthest]):
        yield f"hops is {row['hops']}, without {len(needed[farthest])} facts nobody knows of {farthest}"
    if farthest not in solve(text, asked, supporting, needed[farthest]).found[str(ALONE), last]:
        yield f"it takes more than {len(needed[farthest])} facts to know of {farthest}"


# steps and solution

_X = r"[A-Z][a-z]+ [A-Z][a-z]+"
_STEPS = [  # a question, and the same as a statement of its answer
    (rf"Who is (?P<x>{_X})'s (?P<n>(?:first |second )?(?:father|mother|husband|wife))\?", "{x}'s {n} is {a}."),
    (rf"Who is (?P<w>a|another) child of (?P<x>{_X})(?P<y> and {_X})?\?", "{W} child of {x}{y} is {a}."),
    (rf"Did (?P<x>{_X}) have brothers or sisters\?", "{x} had {a} brothers or sisters."),
    (rf"How many children did (?P<x>{_X}) have\?", "{x} had {a} in all."),
    (rf"How often did (?P<x>{_X}) marry\?", "{x} married {a}."),
]
_COUNT = (
    "no children",
    "one child",
    *(f"{n} children" for n in "two three four five six seven eight nine ten".split()),
)


def _steps(row: Row, text: Text, supporting: list[Place]) -> Iterator[str]:
    """Each rests on a supporting fact of its paragraph (and on where that says who "he" is); the solution says the same, and
    concludes."""
    told = row["steps"]
    if isinstance(told, dict):
        told = [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]
    *lines, tag = row["solution"].split("\n")
    if tag != prompt.tagged(row["answer"]) or prompt.TAG in "".join(lines):
        yield f"the solution ends in {tag!r}, the gold answer is {row['answer']!r}"
    says, rested = [], set()
    for step in told:
        line, place = _step(step, text, supporting)
        if place is None:
            yield f"no supporting fact answers {step['question']!r} by {step['answer']!r}"
        says.append(line)
        rested.add(place)
    rested |= {text.naming[place] for place in rested if place in text.naming}
    if rested != set(supporting):
        yield "the steps do not rest on the supporting facts, all of them"
    if [line for line in lines if not line.startswith("So ")] != says:
        yield "the solution does not say what the steps find"
    if not all(names[0] in lines[-1] for names in row["answers"]):
        yield f"the solution concludes {lines[-1]!r}, the gold answer is {row['answer']!r}"


def _step(step: dict[str, str], text: Text, supporting: list[Place]) -> tuple[str, Place | None]:
    """What the solution must say, and the fact that it rests on."""
    for wording, statement in _STEPS:
        if match := re.fullmatch(wording, step["question"]):
            said = {**match.groupdict(default=""), "a": step["answer"]}
            line = statement.format(**said, W=said.get("w", "").capitalize())
            for stiff, plain in (
                (" married never.", " never married."),
                (" had no children in all.", " had no children."),
            ):
                line = line.replace(stiff, plain)
            places = [p for p in supporting if p[0] == step["title"] and _tells(text.facts[p], step["question"], said)]
            return line, places[0] if places else None
    return "", None


def _tells(fact: Fact, asked: str, said: dict[str, str]) -> bool:
    x, answer = said["x"], said["a"]
    if fact.kind == "counts":
        if "children" in asked:
            return fact.of == x and _COUNT[fact.said[1]] == answer
        return asked.startswith("How often") and fact.of == x and ("never", "once", "twice")[fact.said[0]] == answer
    if fact.kind == "alone":
        return asked.startswith("Did") and fact.of == x and answer == "no"
    if fact.kind == "wed":
        return {fact.of, fact.said[0]} == {x, answer} and said.get("n", "").split(" ")[-1] in ("husband", "wife")
    father, mother = fact.said
    if said.get("w"):
        return fact.of == answer and (
            said["y"] == "" and x in fact.said or (x, said["y"]) == (father, f" and {mother}")
        )
    return fact.of == x and answer == {"father": father, "mother": mother}.get(said.get("n", ""))
