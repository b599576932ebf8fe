"""The world of a fiction_multihop row: who and what its text tells of, the proof's path and its look-alikes."""

import json
from typing import Any

from synthrl.app.explore.graph import Edge, Graph, Node, World
from synthrl.dataset_builders.fiction_multihop import world as worlds
from synthrl.dataset_builders.fiction_multihop.ask import show
from synthrl.dataset_builders.fiction_multihop.decoys import decoys
from synthrl.dataset_builders.fiction_multihop.plan import Plan
from synthrl.dataset_builders.fiction_multihop.relations import BY_NAME
from synthrl.dataset_builders.fiction_multihop.rows import ROWS_PER_WORLD, WorldRows
from synthrl.dataset_builders.fiction_multihop.solve import EXACT, Fact, Trail

_ABOUT = {
    "proof": "The proof's path is coloured and numbered as its sentences are; grey is what else is told so that "
    "nothing but the proof tells the answer. An arrow goes from whom a sentence is about to what it says.",
    "gap": " The dashed link is true, and the text leaves it out: that is why there is no answer.",
    "closed": " This row has no text: its facts are to be known.",
}


def seen(builder: Any, split: str, index: int, row: dict[str, Any]) -> World:
    config = builder.config
    rows = WorldRows(config, split, json.loads(row["meta"])["world"])
    plan, _, random = rows.plan(index // config.worlds if config.worlds else index % ROWS_PER_WORLD)
    proof = list(plan.solution.facts)
    told = decoys(rows.world, plan.query, plan.solution, random) if config.context == "open" else []
    others = [fact for fact in dict.fromkeys(told) if fact not in proof]
    about = _ABOUT["proof"] + _ABOUT["gap"] * bool(plan.missing) + _ABOUT["closed"] * (config.context == "closed")
    edges = [_edge(rows.world, plan, fact, step) for step, fact in enumerate(proof, start=1)]
    edges += [_edge(rows.world, plan, fact, 0) for fact in others]
    roles = _roles(rows.world, plan)
    nodes = [_node(rows.world, key, layer, roles) for key, layer in _layers(rows.world, plan, others).items()]
    known = [step for step, fact in enumerate(proof, start=1) if fact != plan.missing]
    steps = [[step] if step <= len(row["steps"]) else [] for step in known]  # behind a gap no step is taken
    return World(Graph(nodes, edges, about), steps if config.context == "open" else [])


def _object(world: worlds.World, fact: Fact) -> str:
    """The key of what a fact says: an entity's number, or a value, of which each subject has one of its own."""
    name, subject, which = fact
    relation = BY_NAME[name]
    if which == EXACT:
        return f"=count={name}={subject}"
    if relation.term:
        return str(world.terms[name][subject][which][0])
    value = world.facts[name][subject]
    return f"={relation.range}={value}={subject}" if relation.range in ("year", "number") else str(value)


def _edge(world: worlds.World, plan: Plan, fact: Fact, step: int) -> Edge:
    name, subject, which = fact
    text = name.replace("_", " ")
    if which == EXACT:
        text = f"{text}: how many"
    elif BY_NAME[name].term:
        _, start, end = world.terms[name][subject][which]
        text += f", {start}–{end}"
    return Edge(str(subject), _object(world, fact), text, step, fact == plan.missing)


def _way(world: worlds.World, trail: Trail) -> list[str]:
    """The keys of whom or what a trail comes by. A hop read backwards leads to whom its fact is about."""
    steps = zip(trail.nodes, trail.nodes[1:], trail.facts, strict=False)
    return [
        str(trail.nodes[0]),
        *[_object(world, fact) if fact[1] == here else str(there) for here, there, fact in steps],
    ]


def _layers(world: worlds.World, plan: Plan, others: list[Fact]) -> dict[str, int]:
    """How far down each is drawn: as many hops as the proof takes to it, and a look-alike beside its like."""
    found: dict[str, int] = {}
    for trail in plan.solution.trails:
        for depth, key in enumerate(_way(world, trail)):
            found.setdefault(key, depth)
    like: dict[str, tuple[int, int]] = {}  # relation → where the proof has its subject, and its object
    for fact in (*plan.solution.facts, *others):
        subject, object_ = str(fact[1]), _object(world, fact)
        above, below = like.get(fact[0], (0, 1)) if fact[2] != EXACT else (0, 1)
        if subject not in found:
            found[subject] = max(0, found[object_] + above - below) if object_ in found else above
        found.setdefault(object_, max(0, found[subject] + below - above))
        if fact[2] != EXACT:
            like.setdefault(fact[0], (found[subject], found[object_]))
    return found


def _roles(world: worlds.World, plan: Plan) -> dict[str, str]:
    query, solution = plan.query, plan.solution
    found = {key: "proof" for fact in solution.facts for key in (str(fact[1]), _object(world, fact))}
    if query.kind == "chain":
        found.update({_way(world, trail)[-1]: "answer" for trail in solution.trails})
    elif query.kind not in ("count", "yesno"):  # whose answers are a number, and yes or no
        found.update({str(entity): "answer" for entity in solution.answers})
    return found | {str(path.anchor): "start" for path in query.paths}


def _node(world: worlds.World, key: str, layer: int, roles: dict[str, str]) -> Node:
    role = roles.get(key, "")
    if not key.startswith("="):
        entity = int(key)
        return Node(key, world.names[entity], layer, world.types[entity], role)
    kind, value, subject = key[1:].split("=")
    if kind == "count":
        return Node(key, f"{len(world.back[value][int(subject)])} in all", layer, "", role)
    return Node(key, show(world, int(value), kind), layer, kind, role)
