"""What a row tells besides its proof, so that the proof is the only way: look-alikes for every hop and every answer."""

from collections.abc import Iterator

from synthrl.seeding import Stream

from .relations import BY_NAME
from .solve import EXACT, Fact, Query, Solution
from .world import World


def decoys(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """Facts of other entities that answer to the same words."""
    return [*_look_alikes(world, solution.facts, random), *_RED_HERRINGS[query.kind](world, query, solution, random)]


def _look_alikes(world: World, facts: tuple[Fact, ...], random: Stream) -> Iterator[Fact]:
    """For every hop the same relation about another, one whose name is easily confused if there is one."""
    used = {subject for _, subject, _ in facts}
    for name, subject, which in facts:
        if which == EXACT:
            continue
        known = world.terms[name] if BY_NAME[name].term else world.facts[name]
        others = known.keys() - used
        alike = others & world.namesakes(subject) if random.chance(0.5) else set()
        if others:
            other = random.choice(sorted(alike or others))
            used.add(other)
            yield name, other, which


def _same_relation(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """The last relation of a chain, about others who have other objects: each answer has rivals, each list another."""
    trail = solution.trails[0]
    name, subject, _ = trail.facts[-1]
    facts = world.facts[name]
    told: list[Fact] = []
    if len(solution.answers) > 1:
        for other in random.sample(_alike(world, name, trail.nodes[-2]), 2):
            told += [(name, other, EXACT), *[(name, member, 0) for member in world.back[name][other]]]
    rivals: dict[int, int] = {}
    for s in random.sample(list(facts), len(facts)):
        if facts[s] != facts[subject]:
            rivals.setdefault(facts[s], s)
    return told + [(name, s, 0) for s in list(rivals.values())[:8]]


def _alike(world: World, name: str, asked: int) -> list[int]:
    """Those but `asked` to whom several stand in relation `name`."""
    return [o for o, members in world.back[name].items() if o != asked and len(members) > 1]


def _same_value(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """What a yes/no question offers is told of two, or of one if it is nobody else's, be it right or wrong."""
    name = query.relation
    truth = solution.trails[0].facts[-1]
    holders = [s for s, o in world.facts[name].items() if o == query.value and s != truth[1]]
    return [(name, s, 0) for s in random.sample(holders, 1 if solution.answers[0] else 2)]


def _same_year(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """Others who held something in that year, and those who held the very thing before and after."""
    held = others_in_office(world, query, solution)
    (subject,) = {trail.end for trail in solution.trails}
    spans = [(query.relation, subject, i) for i in range(len(world.terms[query.relation][subject]))]
    return [*random.sample(held, 7), *spans]


def others_in_office(world: World, query: Query, solution: Solution) -> list[Fact]:
    """A term that includes the year asked about, for each person but the answer who held whatever office then."""
    held = {
        who: (name, s, i)
        for name, terms in world.terms.items()
        for s, spans in terms.items()
        for i, (who, start, end) in enumerate(spans)
        if start < query.value < end and who not in solution.answers
    }
    return list(held.values())


def beyond(world: World, query: Query, solution: Solution) -> list[int]:
    """Those outside the group who would count, or would win, if they were in it."""
    values, group = world.facts[query.relation], {trail.end for trail in solution.trails}
    if query.kind == "count":
        return [s for s, value in values.items() if value > query.value and s not in group]
    best, sign = values[solution.answers[0]], 1 if query.value else -1
    return [s for s, value in values.items() if sign * value > sign * best and s not in group]


def _same_group(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """A whole group like the one that is counted or compared, with its values; and four of those beyond."""
    name = solution.trails[0].facts[-1][0]
    asked = solution.trails[0].nodes[-2]
    values, holder = world.facts[query.relation], world.facts[name]
    told: list[Fact] = []
    for i, s in enumerate(random.sample(beyond(world, query, solution), 4)):
        told.append((query.relation, s, 0))
        if s in holder:
            told += [(name, s, 0), (name, holder[s], EXACT)][: 2 if i < 3 else 1]
    for other in random.sample(_alike(world, name, asked), 1):
        members = world.back[name][other]
        told += [(name, other, EXACT), *[(name, m, 0) for m in members]]
        told += [(query.relation, m, 0) for m in members if m in values]
    return told


def _both_groups(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    """All those of whom one of the two conditions holds, and how they stand to the other; and some of whom none holds."""
    first, second = (trail.facts[-1][0] for trail in solution.trails[:2])
    holders = [trail.nodes[-2] for trail in solution.trails[:2]]
    near = {m for name, o in zip((first, second), holders, strict=True) for m in world.back[name][o]}
    far = [s for s in world.facts[first] if s in world.facts[second] and s not in near]
    rivals = sorted(near) + random.sample(far, max(0, 7 - len(near)))
    return [(name, m, 0) for m in rivals for name in (first, second) if m in world.facts[name]]


def _none(world: World, query: Query, solution: Solution, random: Stream) -> list[Fact]:
    return []


_RED_HERRINGS = {
    "chain": _same_relation,
    "comparison": _none,
    "intersection": _both_groups,
    "count": _same_group,
    "superlative": _same_group,
    "yesno": _same_value,
    "temporal": _same_year,
}
