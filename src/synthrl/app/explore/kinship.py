"""The family of a fiction_kinship row as a tree: people, couples, and which of them the proof comes by."""

import json
from typing import Any

from synthrl.app.explore.graph import Edge, Graph, Node, World
from synthrl.dataset_builders.fiction_kinship.family import Family
from synthrl.dataset_builders.fiction_kinship.plan import Named, Related
from synthrl.dataset_builders.fiction_kinship.prove import Proof
from synthrl.dataset_builders.fiction_kinship.rows import FamilyRows, rows_per_family

_ABOUT = (
    "The family of this row. A small circle is a couple: its two people stand above it, its children below. What the proof rests "
    "on is coloured and numbered as its sentences are; grey are others of the family."
)


def seen(builder: Any, split: str, index: int, row: dict[str, Any]) -> World:
    config = builder.config
    rows = FamilyRows(config, split, json.loads(row["meta"])["family"])
    slot = index % rows_per_family(config.depths()[1])
    plan = rows.plans[slot]
    proof = _proof(rows, plan)
    steps = _steps(proof)
    edges = _edges(rows.family, proof)
    needed = {key for edge in edges if edge.step for key in (edge.source, edge.target)}
    needed |= {f"p{one}" for kind, one in steps if kind != "wed"}
    roles = dict.fromkeys(needed, "proof") | _asked(plan)
    generation = _generations(rows.family)
    nodes = [
        Node(f"p{one}", name, 2 * generation[one], "", roles.get(f"p{one}", "")) for one, name in enumerate(rows.names)
    ]
    nodes += [
        Node(f"c{number}", "", 2 * generation[couple[0]] + 1, "", roles.get(f"c{number}", ""))
        for number, couple in enumerate(rows.family.couples)
    ]
    return World(Graph(nodes, edges, _ABOUT), list(rows.support(slot, proof).values()))


def _proof(rows: FamilyRows, plan: Related | Named) -> Proof:
    proof = Proof(rows.family, rows.names)
    if isinstance(plan, Related):
        proof.follow(plan.word, list(plan.path))
        return proof
    here = plan.start
    for asked, met in zip(plan.nouns, plan.met, strict=True):
        proof.survey(asked, here)
        here = met[0]
    return proof


def _steps(proof: Proof) -> dict[tuple[str, int], list[int]]:
    """For each told fact, the steps that rest on it."""
    found: dict[tuple[str, int], list[int]] = {}
    for number, (fact, _) in enumerate(proof.steps, start=1):
        found.setdefault(fact, []).append(number)
    return found


def _asked(plan: Related | Named) -> dict[str, str]:
    if isinstance(plan, Related):
        return {f"p{plan.who}": "start", f"p{plan.of}": "start"}
    return {f"p{plan.start}": "start"} | {f"p{one}": "answer" for one in plan.met[-1]}


def _edges(family: Family, proof: Proof) -> list[Edge]:
    """Each of a couple to it, and the couple to each of its children."""
    numbers = {key: number for number, key in enumerate(proof.steps, start=1)}
    first = {fact: steps[0] for fact, steps in _steps(proof).items()}
    found = []
    for couple, (husband, wife, children) in enumerate(family.couples):
        born = [("parents", child) for child in children if ("parents", child) in first]
        for one, aspect in ((husband, "father"), (wife, "mother")):
            known = [numbers.get((fact, aspect), first[fact]) for fact in born]
            known += [first["wed", couple]] if ("wed", couple) in first else []
            found.append(Edge(f"p{one}", f"c{couple}", "", min(known, default=0)))
        found += [Edge(f"c{couple}", f"p{child}", "", first.get(("parents", child), 0)) for child in children]
    return found


def _generations(family: Family) -> list[int]:
    """How far below the eldest each stands; a couple stands side by side."""
    found = {0: 0}
    queue = [0]
    for one in queue:
        near = [(family.partner(couple, one), 0) for couple in family.weds[one]]
        near += [(child, 1) for couple in family.weds[one] for child in family.couples[couple][2]]
        if family.birth[one] >= 0:
            near += [(parent, -1) for parent in family.couples[family.birth[one]][:2]]
        for other, down in near:
            if other not in found:
                found[other] = found[one] + down
                queue.append(other)
    eldest = min(found.values())
    return [found[one] - eldest for one in range(len(family.sex))]
