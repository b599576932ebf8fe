"""Rules: read as logic, once classically and once as steps that follow from each other."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import clingo

from synthrl.row import UNANSWERABLE

from .reading import LIST, NAME, Unreadable, listed, match
from .solving import control

Row = dict[str, Any]
Literal = tuple[str, int]
QUALITY = r"[a-z]+(?:-[a-z]+)?"
LITERAL = rf"(?:not )?{QUALITY}"
BODY = rf"(?P<body>{LITERAL}(?: and {LITERAL})?)"
HEAD = rf"(?P<head>{LITERAL})"
PLACE = r"(?:[A-Z][a-z]+ )?[A-Z][a-z]+"
INTROS = (
    rf"This is what is known of ({LIST}), three people from {PLACE}\.",
    rf"In {PLACE} live ({LIST}), and these things are known\.",
    rf"A visitor to {PLACE} has met ({LIST}) and has learnt the following\.",
    rf"Three residents of {PLACE} are called ({LIST})\. Take these statements as given\.",
)
FACT = rf"(?:It is certain that )?({NAME}) is ({LITERAL})\."
RULES = (
    rf"Everyone who is {BODY} is {HEAD}\.",
    rf"If someone is {BODY}, then they are {HEAD}\.",
    rf"People who are {BODY} are {HEAD}\.",
    rf"A person who is {BODY} is (?P<always>always|never) (?P<head>{QUALITY})\.",
    rf"All who are {BODY} are also {HEAD}\.",
)
ASKED = (
    rf"Is it true, false or unknown that ({NAME}) is ({LITERAL})\? What neither follows nor is ruled out is unknown\.",
    rf"Does it follow that ({NAME}) is ({LITERAL})\? Answer true if it does, false if the opposite follows, and unknown if neither does\.",
    rf"Judge the claim that ({NAME}) is ({LITERAL}): true, false, or unknown where the statements leave it open\.",
)


class Rule(NamedTuple):
    body: frozenset[Literal]
    head: Literal


class Puzzle(NamedTuple):
    names: list[str]  # the one asked about first
    facts: list[tuple[int, Literal]]
    rules: list[Rule]
    asked: Literal


def _literal(text: str) -> Literal:
    return text.removeprefix("not "), int(not text.startswith("not "))


def _body(text: str) -> frozenset[Literal]:
    if re.match("not .* and (?!not )", text):
        raise Unreadable(f"two readings of {text!r}")
    return frozenset(map(_literal, text.split(" and ")))


def _first(patterns: tuple[str, ...], text: str) -> re.Match[str]:
    found = [m for m in (re.fullmatch(pattern, text) for pattern in patterns) if m]
    if len(found) != 1:
        raise Unreadable(f"{len(found)} readings of {text!r}")
    return found[0]


def read(question: str) -> Puzzle:
    intro, text, asked = question.split("\n")
    names = listed(_first(INTROS, intro)[1])
    who, claim = _first(ASKED, asked).groups()
    names.remove(who)
    names.insert(0, who)
    facts, rules = [], []
    for sentence in re.split(r"(?<=\.) ", text):
        if m := re.fullmatch(FACT, sentence):
            facts.append((names.index(m[1]), _literal(m[2])))
        else:
            parts = _first(RULES, sentence).groupdict()
            head = _literal(parts["head"])
            rules.append(Rule(_body(parts["body"]), (head[0], 0) if parts.get("always") == "never" else head))
    return Puzzle(names, facts, rules, _literal(claim))


def _facts(puzzle: Puzzle) -> list[str]:
    lines = [f'fact({person},"{q}",{s}).' for person, (q, s) in puzzle.facts]
    for number, rule in enumerate(puzzle.rules):
        lines += [
            f'head({number},"{rule.head[0]}",{rule.head[1]}).',
            *[f'body({number},"{q}",{s}).' for q, s in rule.body],
        ]
    return lines


def classical(puzzle: Puzzle) -> str:
    """What follows in classical logic, from what is possible: somebody who is, somebody who is not."""
    quality, sign = puzzle.asked
    program = control("rules", [*_facts(puzzle), f'quality("{quality}").'], parts=("base", "classical"))

    def possible(value: int) -> bool:
        has = clingo.Function("has", [clingo.Number(0), clingo.String(quality), clingo.Number(value)])
        return bool(program.solve(assumptions=[(has, True)]).satisfiable)

    return {(True, True): "unknown", (True, False): "true", (False, True): "false"}.get(
        (possible(sign), possible(1 - sign)), "contradictory"
    )


def shortest(puzzle: Puzzle, goal: Literal) -> int:
    """The fewest rules that derive `goal`; -1 if none do."""
    program = control("rules", [*_facts(puzzle), f'goal("{goal[0]}",{goal[1]}).'], parts=("base", "shortest"))
    cost = -1
    with program.solve(yield_=True) as models:
        for model in models:
            cost = model.cost[0]
    return cost


def closure(puzzle: Puzzle) -> set[Literal]:
    """All that rules add to what is said of the one asked about."""
    program = control("rules", _facts(puzzle), parts=("base", "closure"))
    with program.solve(yield_=True) as models:
        shown = next(iter(models)).symbols(shown=True)
    return {(s.arguments[0].string, s.arguments[1].number) for s in shown if s.name == "new"}


def faults(row: Row) -> Iterator[str]:
    puzzle = read(row["question"])
    label, (quality, sign) = classical(puzzle), puzzle.asked
    gold = [label]
    if label == "unknown":
        gold += [alias for alias in UNANSWERABLE if alias != label]
    if row["answers"] != [gold] or row["scorer"] != "label" or row["answerable"] == (label == "unknown"):
        yield f"answers are {row['answers']}, the rules give {label}"
        return
    new = closure(puzzle)
    hops = len(new) if label == "unknown" else shortest(puzzle, (quality, sign if label == "true" else 1 - sign))
    if row["hops"] != hops:
        yield f"hops is {row['hops']}, it takes {hops}"
    yield from _proof(row, puzzle, label, new)


def _proof(row: Row, puzzle: Puzzle, label: str, new: set[Literal]) -> Iterator[str]:
    lines, name = row["solution"].split("\n")[:-1], puzzle.names[0]
    known = {fact for person, fact in puzzle.facts if person == 0}
    steps = []
    while lines and (m := re.fullmatch(rf"{name} is {BODY}, so {name} is {HEAD}\.", lines[0])):
        rule = Rule(_body(m["body"]), _literal(m["head"]))
        if rule not in puzzle.rules or not known.issuperset(rule.body) or rule.head in known:
            yield f"does not follow: {lines[0]!r}"
        known.add(rule.head)
        steps.append((f"What follows from {name} being {m['body']}?", f"{name} is {m['head']}"))
        lines.pop(0)
    if len(steps) != row["hops"]:
        yield f"the proof has {len(steps)} steps, hops is {row['hops']}"
    if [(step["question"], step["answer"]) for step in row["steps"]] != steps:
        yield "the steps are not those of the proof"
    quality, sign = puzzle.asked
    said = f"{name} is {'' if sign else 'not '}{quality}"
    if label == "unknown":
        if not known.issuperset(new):
            yield "not all that follows was derived"
        yield from _open(lines[:-1], puzzle, known)
        lines = lines[-1:]
    elif (quality, sign if label == "true" else 1 - sign) not in known:
        yield "the proof ends before the question is settled"
    if lines != [f"It is therefore {label} {'whether' if label == 'unknown' else 'that'} {said}."]:
        yield f"the proof ends in {lines}"


def _open(lines: list[str], puzzle: Puzzle, known: set[Literal]) -> Iterator[str]:
    """Every rule that would settle it must be told, with something in its condition that is not known."""
    name, told = puzzle.names[0], []
    for line in lines:
        m = match(
            rf"Everyone who is {BODY} is {HEAD}, but (?P<not>it is not known that )?{name} is (?P<lack>{LITERAL})\.",
            line,
        )
        rule, (quality, sign) = Rule(_body(m["body"]), _literal(m["head"])), _literal(m["lack"])
        told.append(rule)
        lacks = (quality, sign) if m["not"] else (quality, 1 - sign)
        if lacks not in rule.body or lacks in known or ((quality, 1 - sign) if m["not"] else lacks) in known:
            yield f"not so: {line!r}"
        if not m["not"] and (quality, sign) not in known:
            yield f"not known: {line!r}"
    if Counter(told) != Counter(rule for rule in puzzle.rules if rule.head[0] == puzzle.asked[0]):
        yield "not all rules were told that would settle it"
