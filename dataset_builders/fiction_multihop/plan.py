"""What to ask: a random query of a wanted kind and depth whose answer is fit to be asked for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from synthrl.seeding import Stream

from .decoys import beyond, others_in_office
from .relations import BY_NAME, GROUP, RELATIONS, TYPES, Derived, Step
from .solve import EXACT, Fact, Hop, Path, Query, Solution, look_ups, solve, ways
from .world import BACKWARD, FORWARD, READABLE, RULES, TERMS, World

TRIES = 400  # random queries tried before a world counts as exhausted
RIVALS = 4  # at least so many others must look like the answer where the question gives a value or a year away
NAMED = ("person", "company", "school", "club", "book", "festival")  # types whose names no other world uses
VALUED = {type_: [r.name for r in RELATIONS if r.domain == type_ and r.least] for type_ in TYPES}
_STEPS: dict[str, list[Step]] = {  # by which a walk can go on from an entity of that type
    type_: [
        *[(name, True) for name in FORWARD[type_] if BY_NAME[name].range in READABLE],
        *[(name, False) for name in BACKWARD[type_]],
    ]
    for type_ in TYPES
}

Found = tuple[Hop, Sequence[int]]  # a hop, and whom one meets by it
Fit = Callable[[int], bool]  # is an entity one to end at?


class Plan(NamedTuple):
    query: Query
    solution: Solution
    missing: Fact | None  # the fact left out of the text of an unanswerable row


class Walker:
    """Random self-avoiding walks through a world, each hop of which leads to one entity only."""

    def __init__(self, world: World, random: Stream) -> None:
        self.world, self.random = world, random

    def walk(self, anchor: int, hops: int, fit: Fit = lambda end: True) -> tuple[list[Hop], list[int]] | None:
        """`hops` look-ups onwards from `anchor`, to an entity that is `fit`, and all entities on the way."""
        taken: list[Hop] = []
        nodes = [anchor]
        while left := hops + 1 - len(nodes):  # each look-up leads to one more
            found = self._leap(nodes, left, fit) or self._step(nodes, left, fit)
            if found is None:
                return None  # this attempt got stuck
            taken.append(found[0])
            nodes += found[1]
        return (taken, nodes) if hops or fit(anchor) else None

    def _leap(self, nodes: list[int], left: int, fit: Fit) -> Found | None:
        """Now and then a derived relation."""
        found = self.derived(nodes[-1], left) if left > 1 and self.random.chance(0.3) else None
        if found is None or not set(nodes).isdisjoint(found[1]) or (len(found[1]) == left and not fit(found[1][-1])):
            return None
        return found

    def derived(self, entity: int, left: int) -> Found | None:
        """A derived relation of at most `left` look-ups that `entity` has to one other only, and where they lead."""
        rules = RULES[self.world.types[entity]]
        if not rules:
            return None
        rule = self.random.choice(rules)
        found = ways(self.world, entity, rule) if len(rule.path) <= left else []
        return (rule, found[0]) if len(found) == 1 else None

    def _step(self, nodes: list[int], left: int, fit: Fit) -> Found | None:
        """A single hop to exactly one other with a paragraph, where we have not been."""
        world, entity = self.world, nodes[-1]
        steps = list(_STEPS[world.types[entity]])
        self.random.shuffle(steps)
        for step in steps:
            found = world.step(entity, step)
            if len(found) == 1 and found[0] not in nodes and (left > 1 or fit(found[0])):
                return step, found
        return None


def draft(kind: str, world: World, random: Stream, anchor: int, others: Sequence[int], hops: int) -> Query | None:
    """A random query of `kind`, or None if this attempt came to nothing."""
    return _DRAFTS[kind](Walker(world, random), anchor, others, hops)


def _chain(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    world, random = walker.world, walker.random
    if hops > 1 and random.chance(0.15):  # end in a derived relation
        short = walker.walk(start, hops - 2)
        last = walker.derived(short[1][-1], 2) if short else None
        return Query("chain", (Path(start, (*short[0], last[0])),)) if short and last and len(last[1]) == 2 else None
    gone = walker.walk(start, hops - 1)
    if gone is None:
        return None
    taken, nodes = gone
    type_ = world.types[nodes[-1]]
    lists = [name for name in BACKWARD[type_] if len(world.step(nodes[-1], (name, False))) > 1]
    if random.chance(0.35) and BACKWARD[type_]:  # read backwards, to a list where there is one
        step = random.choice(lists or BACKWARD[type_]), False
    else:
        step = random.choice(FORWARD[type_]), True
    return Query("chain", (Path(start, (*taken, step)),))


def _comparison(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    world, random = walker.world, walker.random

    def measures(end: int) -> list[str]:
        return [name for name in VALUED[world.types[end]] if name in world.facts]

    one = walker.walk(start, hops - 1, lambda end: bool(measures(end)))
    if one is None:
        return None
    type_ = world.types[one[1][-1]]
    anchor = random.choice(others)
    two = walker.walk(anchor, hops - 1, lambda end: world.types[end] == type_)
    if two is None or set(one[1]) & set(two[1]):
        return None
    paths = Path(start, tuple(one[0])), Path(anchor, tuple(two[0]))
    return Query("comparison", paths, random.choice(measures(one[1][-1])), random.below(2))


def _group(walker: Walker, start: int, hops: int, least: int) -> tuple[Path, list[int], list[int]] | None:
    """A path that ends by reading a relation backwards, to `least` entities or more."""
    world, random = walker.world, walker.random
    people = random.chance(0.4)  # else something else: most relations are about people, and would be most of the rows

    def groups(end: int) -> list[str]:
        return [
            name
            for name, members in world.groups[end].items()
            if len(members) >= least and (BY_NAME[name].domain == "person") == people
        ]

    gone = walker.walk(start, hops - 1, lambda end: bool(groups(end)))
    if gone is None:
        return None
    taken, nodes = gone
    step = random.choice(groups(nodes[-1])), False
    members = world.step(nodes[-1], step)
    if set(members) & set(nodes):
        return None
    return Path(start, (*taken, step)), nodes, members


def _intersection(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    world, random = walker.world, walker.random
    group = _group(walker, start, hops, 2)
    if group is None:
        return None
    path, nodes, members = group
    target = random.choice(members)
    name = random.choice(FORWARD[world.types[target]])
    holder = world.facts.get(name, {}).get(target)
    if holder is None or not BY_NAME[name].exact or holder in nodes or len(world.back[name][holder]) < 2:
        return None
    if hops == 1:
        return Query("intersection", (path, Path(holder, ((name, False),))))
    # The second condition is not named outright either, or it alone would point at the few who meet it.
    ways = [(r, s) for r in BACKWARD[world.types[holder]] for s in world.step(holder, (r, False)) if r != name]
    ways = [(r, s) for r, s in ways if s not in nodes and s not in members and world.types[s] in NAMED]
    if not ways:
        return None
    relation, subject = random.choice(ways)
    return Query("intersection", (path, Path(subject, ((relation, True), (name, False)))))


def _valued_group(walker: Walker, start: int, hops: int, least: int) -> tuple[Path, str, list[int]] | None:
    """A group of `least` or more with their values, all different, in ascending order."""
    group = _group(walker, start, hops, least)
    if group is None:
        return None
    path, _, members = group
    relations = [n for n in VALUED[walker.world.types[members[0]]] if n in walker.world.facts]
    if not relations:
        return None
    relation = walker.random.choice(relations)
    values = sorted({walker.world.facts[relation].get(m, 0) for m in members})
    return (path, relation, values) if len(values) == len(members) and values[0] else None


def _superlative(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    group = _valued_group(walker, start, hops - 1, 4)  # of three, a third would be guessed right
    return group and Query("superlative", (group[0],), group[1], walker.random.below(2))


def _count(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    group = _valued_group(walker, start, hops - 1, 3)
    if group is None:
        return None
    path, relation, values = group
    margin = max(2, (values[-1] - values[0]) // 8)
    if sum(value > values[-1] + margin for value in walker.world.facts[relation].values()) < RIVALS:
        return None  # here, and not for some thresholds only: each number of those above must be as likely
    values = [values[0] - margin, *values, values[-1] + margin]
    below = walker.random.below(len(values) - 1)
    low, high = values[below], values[below + 1]
    return Query("count", (path,), relation, low + (high - low) // 2 if high - low > 1 else low)


def _yesno(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    world, random = walker.world, walker.random
    gone = walker.walk(start, hops - 1)
    if gone is None:
        return None
    taken, nodes = gone
    if taken and not look_ups(taken[-1])[-1][1]:
        return None  # told in the paragraph that tells the last hop too: two names in one place would mean yes
    name = random.choice(FORWARD[world.types[nodes[-1]]])
    facts = world.facts.get(name, {})
    if nodes[-1] not in facts:
        return None
    value = facts[nodes[-1]]
    if random.chance(0.5):
        value = random.choice([o for o in facts.values() if o != value] or [value])
    if value in nodes:
        return None
    return Query("yesno", (Path(start, (*taken, (name, True))),), name, value)


def _temporal(walker: Walker, start: int, others: Sequence[int], hops: int) -> Query | None:
    world, random = walker.world, walker.random
    gone = walker.walk(start, hops - 1, lambda end: bool(TERMS[world.types[end]]))
    if gone is None:
        return None
    taken, nodes = gone
    name = random.choice(TERMS[world.types[nodes[-1]]])
    if name not in world.terms:
        return None
    who, begin, end = random.choice(world.terms[name][nodes[-1]])
    query = Query("temporal", (Path(start, tuple(taken)),), name, random.between(begin + 1, end - 1))
    return None if who in nodes else query


_DRAFTS = {
    "chain": _chain,
    "comparison": _comparison,
    "intersection": _intersection,
    "count": _count,
    "superlative": _superlative,
    "yesno": _yesno,
    "temporal": _temporal,
}


def fit(world: World, query: Query, solution: Solution, hops: int) -> bool:
    """May this be asked? One to five answers, all of them new, at the wanted depth, and not next door to the start."""
    answers = solution.answers
    listed = query.kind == "chain" and not isinstance(query.paths[0].hops[-1], Derived)
    if not 1 <= len(answers) <= (GROUP if listed else 1) or solution.hops != hops:
        return False
    if any(len(set(trail.nodes)) < len(trail.nodes) for trail in solution.trails):
        return False
    if query.kind in ("count", "superlative") and len(beyond(world, query, solution)) < RIVALS:
        return False
    if query.kind == "temporal" and len(others_in_office(world, query, solution)) < RIVALS:
        return False
    if hops > 1 and query.kind in ("chain", "intersection", "superlative", "temporal"):
        anchor = query.paths[0].anchor
        return not any(world.facts[name][anchor] in answers for name in world.forward(anchor))
    return True


def plan(
    world: World, random: Stream, anchors: Sequence[int], kind: str, hops: int, unanswerable: float
) -> Plan | None:
    """One question of `kind` about one of `anchors`; None if this world seems to hold none."""
    lacks = random.chance(unanswerable)
    for _ in range(TRIES):
        query = draft(kind, world, random, random.choice(anchors), anchors, hops)
        if query is None:
            continue
        solution = solve(world, query)
        if fit(world, query, solution, hops):
            missing = random.choice([fact for fact in solution.facts if fact[2] != EXACT]) if lacks else None
            return Plan(query, solution, missing)
    return None
