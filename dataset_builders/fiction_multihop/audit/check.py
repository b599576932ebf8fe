"""Is a row right? Everything is judged from its text and question, read and solved anew.

A row without a text (`context="closed"`) has no proof: only what its question, steps and solution say of each other is
judged, and `synthrl verify` counts it.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from synthrl import prompt
from synthrl.row import UNANSWERABLE

from . import questions
from .grammar import COUNTS, PLURALS, RANGES, Fact
from .logic import NOTHING, Solved, Values, solve
from .questions import Tree
from .text import Place, Text, read

Row = dict[str, Any]
Known = dict[Tree, Values]
NEEDS_TEXT = TITLES_ARE_NAMES = True  # see synthrl.app.across
MOST = 5  # answers that a question may ask for
RESULT, UNSAID = "So the answer is {}.", 'The text has no answer to "{}" So the question cannot be answered.'


def check(row: Row) -> list[str]:
    """What is wrong with the row: nothing, for a good one."""
    readings = questions.question(row["question"])
    faults = [*_answers(row), *_prompt(row), *_solution(row)]
    if len(readings) != 1:
        return [*faults, f"question has {len(readings)} readings: {row['question']!r}"]
    (tree,) = readings
    faults += _form(row, tree)
    supporting = _supporting(row)
    if not row["context"]["title"]:
        return [*faults, *(f"supporting fact {place} without a text" for place in supporting)]
    text = read(row["context"])
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
    return [*faults, *_steps(row, tree, text, supporting)]


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
    wanted = [[answer] for answer in canonical] if row["answerable"] else [UNANSWERABLE]
    if row["answers"] != wanted:
        yield f"answers are {row['answers']}, with no other name for any they are {wanted}"


def _prompt(row: Row) -> Iterator[str]:
    if not prompt.asks_only(row):
        yield "the prompt is not the text and the question alone"


def _told(row: Row) -> list[dict[str, str]]:
    """The steps that were answered: of an unanswerable row all but the last."""
    return _all_steps(row)[: None if row["answerable"] else -1]


def _all_steps(row: Row) -> list[dict[str, str]]:
    steps = row["steps"]
    if isinstance(steps, dict):
        return [dict(zip(steps, values, strict=True)) for values in zip(*steps.values(), strict=True)]
    return steps


def _solution(row: Row) -> Iterator[str]:
    """A line for every step, one that concludes, and the answer in the only tag."""
    *lines, last = row["solution"].split("\n")
    if last != f"<answer>{row['answer']}</answer>":
        yield f"the solution ends in {last!r}, the gold answer is {row['answer']!r}"
    closing = RESULT.format(row["answer"])
    if not row["answerable"]:
        closing = UNSAID.format(_all_steps(row)[-1]["question"]) if row["steps"] else ""
    told = _told(row)
    if len(lines) != len(told) + 1 or lines[-1] != closing:
        yield f"the solution has {len(lines)} lines before its tag and concludes {lines[-1:]}, the steps are {len(told)}"
    for line, step in zip(lines, told, strict=False):
        if not _says(line, step):
            yield f"the solution says {line!r}, the step {step['question']!r} finds {step['answer']!r}"


def _says(line: str, step: dict[str, str]) -> bool:
    """Whether a line of the solution states what the step asked and found."""
    match questions.question(step["question"]):
        case [("total", relation, _)]:
            kind = RANGES[relation].split(" → ")[0]
            group = kind if step["answer"] == "one" else PLURALS.get(kind, f"{kind}s")
            return line == f"There are exactly {step['answer']} {group} in all."
        case [tree]:
            asked = line.removesuffix(f" is {step['answer']}.")
            return asked != line and questions.phrase(asked[:1].lower() + asked[1:], None) == [tree]
    return False


def _form(row: Row, tree: Tree) -> Iterator[str]:
    """Hops, kind and scorer, as the question alone shows them."""
    if questions.hops(tree) != row["hops"]:
        yield f"hops is {row['hops']}, the question takes {questions.hops(tree)}"
    head = "either" if tree[0] in ("least", "most") and tree[2][0] == "either" else tree[0]
    kinds = {"either": "comparison", "least": "superlative", "most": "superlative", "above": "count"}
    kind = {**kinds, "is": "yesno", "both": "intersection", "term": "temporal"}.get(head, "chain")
    if row["kind"] != kind:
        yield f"kind is {row['kind']}, the question is a {kind}"
    if row["choices"]:
        yield f"choices are {row['choices']}, the question offers none"
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


def _steps(row: Row, tree: Tree, text: Text, supporting: list[Place]) -> Iterator[str]:
    """Each rests on its supporting sentence, in their order, and speaks of what is known by then."""
    told, known = _told(row), set(_names(tree))
    if len(told) != len(supporting) if row["answerable"] else len(told) > len(supporting):
        yield f"{len(told)} steps were answered, the supporting facts are {len(supporting)}"
    for step, place in zip(told, supporting, strict=False):
        fact = text.facts[place]
        if step["title"] != place[0] or not _tells(fact, questions.question(step["question"]), step["answer"]):
            yield f"supporting fact {place} does not answer {step['question']!r} by {step['answer']!r}"
        if known.isdisjoint((fact.subject, fact.object)):
            yield f"the step {step['question']!r} comes before anything has led to it"
        known |= {fact.subject, fact.object}
    if not row["answerable"]:
        yield from _gap(_all_steps(row)[-1:], text, known)


def _gap(last: list[dict[str, str]], text: Text, known: set[str]) -> Iterator[str]:
    """The step that an unanswerable row ends on must be open."""
    if not last or last[0]["answer"] != UNANSWERABLE[0]:
        yield "the last step of an unanswerable row must be the one without an answer"
        return
    readings = questions.question(last[0]["question"])
    if len(readings) != 1 or known.isdisjoint(_names(readings[0])):
        yield f"the last step asks {last[0]['question']!r}, to which nothing has led"
    elif found := solve(text, readings[0], []).answers.get("all"):
        yield f"the last step asks {last[0]['question']!r}, and the text gives {sorted(found)}"


def _names(tree: Tree) -> Iterator[str]:
    """Whom a question names."""
    if tree[0] == "name":
        yield tree[1]
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from _names(part)


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
