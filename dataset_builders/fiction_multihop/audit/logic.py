"""Facts and a question's tree → clingo → the answers in every version of the text."""

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import clingo

from .grammar import RANGES
from .questions import Tree
from .text import Place, Text

RULES = Path(__file__).with_name("rules.lp").read_text(encoding="utf-8")
TYPES = {relation: header.split(" → ")[1] for relation, header in RANGES.items()}
Values = frozenset[str]
NOTHING: Values = frozenset()


class Solved(NamedTuple):
    answers: dict[str, Values]  # by version: "all", "0" the supporting sentences alone, "3" all but the third of them
    known: dict[Tree, Values]  # by node, in all of the text


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sentences(text: Text, tree: Tree, supporting: list[Place]) -> list[str]:
    """The facts of those relations that the question speaks of; no rule could use another."""
    asked = set(re.findall(r"\w+", repr(tree)))
    lines = [f"supporting(0..{len(supporting)})."]
    if "gender" in asked:
        lines += [f"gender({_quote(name)},{gender})." for name, gender in text.genders.items()]
    number = {place: i for i, place in enumerate(supporting, 1)}
    for place, fact in text.facts.items():
        if fact.relation.removeprefix("exactly ") not in asked:
            continue
        i, subject, object_ = number.get(place, 0), _quote(fact.subject), _quote(fact.object)
        if fact.relation.startswith("exactly "):
            lines.append(f"exactly({fact.relation[8:]},{subject},{fact.object},{i}).")
        elif fact.end:
            lines.append(f"held({fact.relation},{subject},{object_},{fact.start},{fact.end},{i}).")
        else:
            lines.append(f"fact({fact.relation},{subject},{object_},{i}).")
            if TYPES[fact.relation] in ("year", "number"):
                lines.append(f"amount({object_},{fact.object.replace(',', '')}).")
    return lines


def _node(tree: Tree, nodes: dict[Tree, int], lines: list[str]) -> int:
    """The number of a tree's root; what lies below is numbered and written to `lines` first."""
    if tree in nodes:
        return nodes[tree]
    head, *parts = tree
    arguments = [
        _node(part, nodes, lines) if isinstance(part, tuple) else _quote(part) if head == "name" else part
        for part in parts
    ]
    if head == "others":
        arguments.append(_node(("forward", *parts), nodes, lines))
    nodes[tree] = len(nodes) + 1
    lines.append(f"{head}({','.join(map(str, [nodes[tree], *arguments]))}).")
    return nodes[tree]


def _question(tree: Tree, nodes: dict[Tree, int]) -> list[str]:
    lines: list[str] = []
    match tree:
        case ("least" | "most" as how, relation, group):
            lines.append(f"{how}. measure({relation},{_node(group, nodes, lines)}).")
        case ("above", relation, group, value):
            lines.append(f"above({value.replace(',', '')}). measure({relation},{_node(group, nodes, lines)}).")
        case ("is", value, inner):
            lines.append(f"is({_quote(value)},{_node(inner, nodes, lines)}).")
        case _:
            lines.append(f"root({_node(tree, nodes, lines)}).")
    return lines


def solve(text: Text, tree: Tree, supporting: list[Place]) -> Solved:
    nodes: dict[Tree, int] = {}
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join([RULES, *_sentences(text, tree, supporting), *_question(tree, nodes)]))
    control.ground([("base", [])])
    found: dict[str, dict[str, set[str]]] = {"answer": defaultdict(set), "known": defaultdict(set)}
    with control.solve(yield_=True) as models:
        for model in models:
            for symbol in model.symbols(shown=True):
                where, value = symbol.arguments
                what = value.string if value.type is clingo.SymbolType.String else str(value)
                found[symbol.name][str(where)].add(what)
    answers = {version: frozenset(values) for version, values in found["answer"].items()}
    return Solved(answers, {tree: frozenset(found["known"][str(n)]) for tree, n in nodes.items()})
