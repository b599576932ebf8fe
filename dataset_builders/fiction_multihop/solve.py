"""Queries and their solver: a question's gold is what `solve` finds in the world, all of it, with the facts it took."""

from typing import NamedTuple

from .relations import Derived, Step
from .world import World

# A fact names the sentence that states it: (relation, subject, which) where `which` counts a subject's terms, or
# (relation, object, EXACT) for the sentence that says how many subjects an object has.
Fact = tuple[str, int, int]
EXACT = -1

Hop = Step | Derived
Way = tuple[int, ...]  # the entities met, one for each look-up


class Path(NamedTuple):
    """From a named entity, hop by hop."""

    anchor: int
    hops: tuple[Hop, ...]


class Query(NamedTuple):
    kind: str
    paths: tuple[Path, ...]
    relation: str = ""  # whose values are compared or counted, or whose term is asked for
    value: int = 0  # 0 least, 1 most; a threshold; what is asked to be confirmed; a year


class Trail(NamedTuple):
    """One way a path can be gone: the entities met, the anchor first, and a fact for every hop."""

    nodes: tuple[int, ...]
    facts: tuple[Fact, ...]

    @property
    def end(self) -> int:
        return self.nodes[-1]


class Solution(NamedTuple):
    answers: tuple[int, ...]  # entities or numbers; yes and no are 1 and 0
    trails: tuple[Trail, ...]  # those that lead to an answer or are compared
    facts: tuple[Fact, ...]  # every fact the answer rests on
    hops: int  # look-ups in the longest chain of them


def look_ups(hop: Hop) -> tuple[Step, ...]:
    """The base relations that `hop` reads one after the other."""
    return hop.path if isinstance(hop, Derived) else (hop,)


def ways(world: World, entity: int, hop: Hop) -> list[Way]:
    """Where `hop` leads from `entity`. A derived one stays away from where it has been and obeys its rule."""
    if not isinstance(hop, Derived):
        return [(node,) for node in world.step(entity, hop)]
    if any(_along(world, entity, steps) for steps in hop.unless):
        return []
    found = _along(world, entity, hop.path)
    if hop.gender:
        found = [way for way in found if (way[-1] in world.women) == (hop.gender == "f")]
    return found


def _along(world: World, entity: int, steps: tuple[Step, ...]) -> list[Way]:
    found: list[Way] = [(entity,)]
    for step in steps:
        found = [(*way, node) for way in found for node in world.step(way[-1], step) if node not in way]
    return [way[1:] for way in found]


def follow(world: World, path: Path) -> list[Trail]:
    found: list[Way] = [(path.anchor,)]
    for hop in path.hops:
        found = [(*way, *more) for way in found for more in ways(world, way[-1], hop)]
    steps = [step for hop in path.hops for step in look_ups(hop)]
    return [Trail(way, _facts(way, steps)) for way in found]


def _facts(way: Way, steps: list[Step]) -> tuple[Fact, ...]:
    """What is looked up on a way that reads `steps`: a relation read backwards stands with the one it leads to."""
    pairs = zip(steps, way, way[1:], strict=False)
    return tuple([(name, here if forwards else there, 0) for (name, forwards), here, there in pairs])


def group_fact(trails: list[Trail]) -> Fact:
    """The sentence that says how many there are of those that the last, backward step of `trails` found."""
    return (trails[0].facts[-1][0], trails[0].nodes[-2], EXACT)


def solve(world: World, query: Query) -> Solution:
    """All right answers, and what they rest on."""
    trails = [follow(world, path) for path in query.paths]
    longest = max(len(trail.facts) for found in trails for trail in found) if any(trails) else 0
    answers, used, more = _JUDGES[query.kind](world, query, trails)
    facts = tuple(dict.fromkeys([fact for trail in used for fact in trail.facts] + more))
    extra = query.kind in ("comparison", "count", "superlative", "temporal")  # the look-up of what is compared
    return Solution(tuple(answers), tuple(used), facts, longest + extra)


Found = list[list[Trail]]
Judged = tuple[list[int], list[Trail], list[Fact]]


def _chain(world: World, query: Query, found: Found) -> Judged:
    (trails,) = found
    last = query.paths[0].hops[-1]
    listed = len(trails) > 1 and not isinstance(last, Derived)
    return sorted({t.end for t in trails}), trails, [group_fact(trails)] if listed else []


def _compare(world: World, query: Query, trails: list[Trail], group: bool) -> Judged:
    values = world.facts[query.relation]
    if any(t.end not in values for t in trails) or not trails:
        return [], trails, []
    pick = (max if query.value else min)(values[t.end] for t in trails)
    facts = [(query.relation, t.end, 0) for t in trails]
    return [t.end for t in trails if values[t.end] == pick], trails, [*facts, group_fact(trails)] if group else facts


def _comparison(world: World, query: Query, found: Found) -> Judged:
    return _compare(world, query, [trail for trails in found for trail in trails], group=False)


def _superlative(world: World, query: Query, found: Found) -> Judged:
    return _compare(world, query, found[0], group=True)


def _count(world: World, query: Query, found: Found) -> Judged:
    (trails,), values = found, world.facts[query.relation]
    facts: list[Fact] = [(query.relation, t.end, 0) for t in trails]
    return [sum(values[t.end] > query.value for t in trails)], trails, [*facts, group_fact(trails)]


def _intersection(world: World, query: Query, found: Found) -> Judged:
    ends = {t.end for t in found[0]} & {t.end for t in found[1]}
    return sorted(ends), [t for trails in found for t in trails if t.end in ends], []


def _yesno(world: World, query: Query, found: Found) -> Judged:
    return [int(query.value in {t.end for t in found[0]})], found[0], []


def _temporal(world: World, query: Query, found: Found) -> Judged:
    (trails,) = found
    terms = [(t, i, term) for t in trails for i, term in enumerate(world.terms[query.relation][t.end])]
    held = [(t, i, who) for t, i, (who, start, end) in terms if start < query.value < end]
    return [who for _, _, who in held], trails, [(query.relation, t.end, i) for t, i, _ in held]


_JUDGES = {
    "chain": _chain,
    "comparison": _comparison,
    "intersection": _intersection,
    "count": _count,
    "superlative": _superlative,
    "yesno": _yesno,
    "temporal": _temporal,
}
KINDS = tuple(_JUDGES)
LEAST_HOPS = {"count": 2, "superlative": 2}
