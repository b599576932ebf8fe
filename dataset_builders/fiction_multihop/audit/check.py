"""Is a row right? Everything is judged from its text and question, read and solved anew."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from itertools import combinations
from typing import Any

from . import questions
from .grammar import COUNTS, Fact
from .logic import NOTHING, Solved, Values, solve
from .questions import Tree
from .text import Place, Text, read

Row = dict[str, Any]
Known = dict[Tree, Values]
MOST = 5  # answers that a question may ask for


def check(row: Row) -> list[str]:
    """What is wrong with the row: nothing, for a good one."""
    readings = questions.question(row["question"])
    faults = [*_answers(row), *_prompt(row)]
    if len(readings) != 1:
        return [*faults, f"question has {len(readings)} readings: {row['question']!r}"]
    (tree,) = readings
    faults += _form(row, tree)
    if not row["context"]["title"]:
        return faults
    text = read(row["context"])
    supporting = _supporting(row)
    missing = [
        f"supporting fact {place} is no sentence that states a fact" for place in supporting if place not in text.facts
    ]
    if missing or len(set(supporting)) < len(supporting):
        return [*faults, *text.defects, *(missing or ["a supporting fact is listed twice"])]
    solved = solve(text, tree, supporting)
    faults += text.defects
    sizes = {(fact.relation, fact.subject): fact.object for fact in text.facts.values()}
    faults += _definite(tree, solved.known, sizes)
    faults += _proof(row, tree, solved, supporting) if row["answerable"] else _undetermined(solved)
    return [*faults, *_steps(row, text, supporting)]


def _supporting(row: Row) -> list[Place]:
    facts = row["supporting_facts"]
    return list(zip(facts["title"], facts["sent_id"], strict=True))


def _answers(row: Row) -> Iterator[str]:
    canonical = [aliases[0] for aliases in row["answers"]]
    if not 1 <= len(canonical) <= MOST or len(set(canonical)) < len(canonical):
        yield f"answers must be 1 to {MOST} different ones, got {canonical}"
    if row["answer"] != ", ".join(canonical):
        yield f"answer {row['answer']!r} is not the canonical answers {canonical}"
    if (canonical == ["unanswerable"]) == row["answerable"]:
        yield f"answerable is {row['answerable']}, but the gold answer is {row['answer']!r}"
    tagged = re.findall(r"<answer>(.*?)</answer>", row["solution"])
    if tagged[-1:] != [row["answer"]] or not row["solution"].endswith("</answer>"):
        yield f"the solution ends in {tagged[-1:]}, the gold answer is {row['answer']!r}"


def _prompt(row: Row) -> Iterator[str]:
    said = row["prompt"] if isinstance(row["prompt"], str) else "\n".join(turn["content"] for turn in row["prompt"])
    paragraphs = zip(row["context"]["title"], row["context"]["sentences"], strict=True)
    for part in (row["question"], *(f"{title}\n{' '.join(sentences)}" for title, sentences in paragraphs)):
        if part not in said:
            yield f"the prompt lacks {part[:60]!r}"


def _form(row: Row, tree: Tree) -> Iterator[str]:
    """Hops, kind and scorer, as the question alone shows them."""
    if questions.hops(tree) != row["hops"]:
        yield f"hops is {row['hops']}, the question takes {questions.hops(tree)}"
    head = "either" if tree[0] in ("least", "most") and tree[2][0] == "either" else tree[0]
    kinds = {"either": "comparison", "least": "superlative", "most": "superlative", "above": "count"}
    kind = {**kinds, "is": "yesno", "both": "intersection", "term": "temporal"}.get(head, "chain")
    if row["kind"] != kind:
        yield f"kind is {row['kind']}, the question is a {kind}"
    number = re.fullmatch(r"[\d,]+", row["answer"])
    scorer = "number" if number else "label" if head == "is" or not row["answerable"] else "set"
    if row["scorer"] != scorer:
        yield f"scorer is {row['scorer']}, the answer {row['answer']!r} is for {scorer}"


def _definite(tree: Tree, known: Known, sizes: dict[tuple[str, str], str], definite: bool = True) -> Iterator[str]:
    """ "The book that …" must be one book in the text, and the text may not speak of more."""
    head, *parts = tree
    if definite and head not in ("every", "either") and len(known.get(tree, NOTHING)) > 1:
        yield f"{tree} is not one: {sorted(known[tree])}"
    if definite and head == "backward":
        for holder in known[parts[1]]:
            if (size := sizes.get((f"exactly {parts[0]}", holder), "1")) != "1":
                yield f"{tree} is not one: the text says that {holder} has {size}"
    below = head not in ("gender", "union", "both") and (definite or head != "forward")
    for part in parts:
        if isinstance(part, tuple):
            yield from _definite(part, known, sizes, below)


def _proof(row: Row, tree: Tree, solved: Solved, supporting: list[Place]) -> Iterator[str]:
    found, gold = solved.answers.get("all", NOTHING), {aliases[0] for aliases in row["answers"]}
    if found != gold:
        yield f"the text gives {sorted(found)}, the gold answer is {sorted(gold)}"
        return
    if solved.answers.get("0") != found:
        yield "the supporting facts alone do not give the answer"
    for i, (title, sentence) in enumerate(supporting, 1):
        if solved.answers.get(str(i)) == found:
            yield f"the answer stands without supporting fact {title}[{sentence}]"
    # Every proof holds all sentences without which the answer falls, so none is shorter than these.
    if len(supporting) < row["hops"]:
        yield f"{row['hops']} hops, but a proof of {len(supporting)} facts"
    if any(a & b for path in _paths(tree, solved.known) for a, b in combinations(path, 2)):
        yield "the proof meets an entity twice"


def _paths(tree: Tree, known: Known) -> list[list[Values]]:
    """What the look-ups find one after the other, along every way from a name to the root."""
    head, *parts = tree
    below = [path for part in parts if isinstance(part, tuple) for path in _paths(part, known)]
    here = known.get(tree, NOTHING)
    if head in ("gender", "both"):  # fewer of what was found before
        return [[*path[:-1], here] for path in below]
    if head == "others":
        return [[*path, known.get(("forward", *parts), NOTHING), here] for path in below]
    if head in ("name", "forward", "backward", "term", "every"):
        return [[*path, here] for path in below or [[]]]
    return [path for path in below if path[-1]]


def _undetermined(solved: Solved) -> Iterator[str]:
    if found := solved.answers.get("all"):
        yield f"the row is called unanswerable, the text gives {sorted(found)}"


def _steps(row: Row, text: Text, supporting: list[Place]) -> Iterator[str]:
    """Every step but the one that an unanswerable row ends on rests on a sentence of its title; all proof is told."""
    steps = row["steps"]
    if isinstance(steps, dict):
        steps = [dict(zip(steps, values, strict=True)) for values in zip(*steps.values(), strict=True)]
    if not row["answerable"] and (not steps or steps.pop()["answer"] != "unanswerable"):
        yield "the last step of an unanswerable row must be the one without an answer"
    told = set()
    for step in steps:
        readings = questions.question(step["question"])
        places = [
            p for p, fact in text.facts.items() if p[0] == step["title"] and _tells(fact, readings, step["answer"])
        ]
        told |= set(places)
        if not places:
            yield f"no sentence about {step['title']} answers {step['question']!r} by {step['answer']!r}"
    if row["answerable"] and (told != set(supporting) or len(steps) != len(supporting)):
        yield f"{len(steps)} steps rest on {len(told)} sentences, but the supporting facts are {len(supporting)}"


def _tells(fact: Fact, readings: list[Tree], answer: str) -> bool:
    match readings:
        case [("forward", fact.relation, ("name", fact.subject))]:
            return fact.object == answer
        case [("term", fact.relation, ("name", fact.subject), year)]:
            return fact.start <= year < fact.end and fact.object == answer
        case [("backward", fact.relation, ("name", fact.object))]:
            return fact.subject == answer
        case [("total", relation, ("name", fact.subject))]:
            return fact.relation == f"exactly {relation}" and COUNTS.get(answer) == int(fact.object)
    return False


class Across:
    """What only many rows together can show."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.questions: Counter[tuple[str, str]] = Counter()
        self.contexts: set[bytes] = set()
        self.names: dict[str, set[str]] = {}

    def add(self, row: Row) -> None:
        split = row["id"].split("/")[-2]
        self.ids[row["id"]] += 1
        self.questions[split, row["question"]] += 1
        if row["context"]["title"]:
            titles = "\n".join(row["context"]["title"])
            self.contexts.add(blake2b(titles.encode(), digest_size=16).digest())
        if json.loads(row["meta"]).get("worlds") is None:
            self.names.setdefault(split, set()).update(row["context"]["title"])

    def faults(self) -> list[str]:
        found = [f"{n} rows have the id {id_}" for id_, n in self.ids.items() if n > 1]
        found += [f"{n} rows of {split} ask {question!r}" for (split, question), n in self.questions.items() if n > 1]
        for one, two in combinations(self.names, 2):
            if shared := self.names[one] & self.names[two]:
                found.append(f"{one} and {two} share {len(shared)} names, {min(shared)} among them")
        return found
