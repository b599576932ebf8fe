"""Query → English: the question, the steps of its proof, and the worked solution."""

from typing import NamedTuple

from synthrl import prompt
from synthrl.row import UNANSWERABLE

from .plan import Plan
from .relations import BY_NAME, TYPES, Derived
from .solve import EXACT, Fact, Hop, Path, Query, follow, look_ups
from .wording import FACT, IN_ALL, RESULT, UNSAID, Questions, counted
from .world import World

LONG = 6  # a path of more hops is told in two sentences
_COMPARATIVES = {
    **{"earliest": "earlier", "latest": "later", "smallest": "smaller", "largest": "larger"},
    **{"the fewest": "fewer", "the most": "more"},
}


class Step(NamedTuple):
    question: str
    answer: str
    title: str  # the paragraph that answers it
    line: str  # the same as a statement, for the worked solution


def show(world: World, value: int, type_: str) -> str:
    """An entity's name, a year as it is, a number with its commas."""
    if type_ == "year":
        return str(value)
    return f"{value:,}" if type_ == "number" else world.names[value]


def question(w: Questions, world: World, query: Query) -> str:
    return _FORMS[query.kind](w, world, query)


def _phrase(w: Questions, world: World, hop: Hop, x: str) -> str:
    if isinstance(hop, Derived):
        return w.rule[hop] % {"x": x}
    name, forwards = hop
    if forwards:
        return w.noun[name] % {"x": x}
    return w.the % {"noun": BY_NAME[name].domain, "that": w.that[name] % {"x": x}}


def _range(hop: Hop) -> str:
    """The type that a hop leads to."""
    name, forwards = look_ups(hop)[-1]
    return BY_NAME[name].range if forwards else BY_NAME[name].domain


def _where(w: Questions, world: World, path: Path, drop: int = 0, lead: bool = True) -> tuple[str, str]:
    """An introductory sentence (where the path is long) and a noun phrase for its end, the last `drop` hops left off."""
    hops = path.hops[: len(path.hops) - drop]
    x, intro = world.names[path.anchor], ""
    for i, hop in enumerate(hops):
        if lead and len(hops) >= LONG and i == len(hops) // 2:
            intro, x = w.lead % {"x": x}, w.same % {"noun": TYPES[_range(hops[i - 1])][1]}
        x = _phrase(w, world, hop, x)
    return intro, x


def _chain(w: Questions, world: World, query: Query) -> str:
    (path,) = query.paths
    last = path.hops[-1]
    if isinstance(last, Derived):
        intro, x = _where(w, world, path)
        return intro + w.what % {"which": TYPES[_range(last)][0], "x": x}
    intro, x = _where(w, world, path, drop=1)
    name, forwards = last
    if forwards:
        return intro + w.ask[name] % {"x": x}
    form = w.every if len(follow(world, path)) > 1 else w.one
    return intro + form % {"noun": BY_NAME[name].domain, "that": w.that[name] % {"x": x}}


def _comparison(w: Questions, world: World, query: Query) -> str:
    more = (w.most if query.value else w.least)[query.relation]
    for word, comparative in _COMPARATIVES.items():
        more = more.replace(word, comparative)
    x, y = (_where(w, world, path, lead=False)[1] for path in query.paths)
    return w.comparison % {"which": TYPES[BY_NAME[query.relation].domain][0], "more": more, "x": x, "y": y}


def _group(w: Questions, world: World, query: Query) -> tuple[str, dict[str, str]]:
    (path,) = query.paths
    intro, x = _where(w, world, path, drop=1)
    name = path.hops[-1][0]
    return intro, {"noun": BY_NAME[name].domain, "that": w.that[name] % {"x": x}}


def _count(w: Questions, world: World, query: Query) -> str:
    intro, group = _group(w, world, query)
    value = show(world, query.value, BY_NAME[query.relation].range)
    return intro + w.count % {**group, "above": w.above[query.relation] % {"x": value}}


def _superlative(w: Questions, world: World, query: Query) -> str:
    intro, group = _group(w, world, query)
    return intro + w.superlative % {**group, "most": (w.most if query.value else w.least)[query.relation]}


def _intersection(w: Questions, world: World, query: Query) -> str:
    first, second = query.paths
    intro, x = _where(w, world, first, drop=1)
    name, also = first.hops[-1][0], second.hops[-1][0]
    that = w.that[also] % {"x": _where(w, world, second, drop=1)[1]}
    return intro + w.intersection % {"noun": BY_NAME[name].domain, "that": that, "also": w.that[name] % {"x": x}}


def _yesno(w: Questions, world: World, query: Query) -> str:
    intro, x = _where(w, world, query.paths[0])
    return intro + w.yesno % {"value": show(world, query.value, BY_NAME[query.relation].range), "x": x}


def _temporal(w: Questions, world: World, query: Query) -> str:
    intro, x = _where(w, world, query.paths[0])
    return intro + w.ask[query.relation] % {"x": x, "year": query.value}


_FORMS = {
    "chain": _chain,
    "comparison": _comparison,
    "intersection": _intersection,
    "count": _count,
    "superlative": _superlative,
    "yesno": _yesno,
    "temporal": _temporal,
}


def step(w: Questions, world: World, fact: Fact, plan: Plan, backward: frozenset[Fact]) -> Step:
    """The one look-up that `fact` answers."""
    name, subject, which = fact
    relation, title = BY_NAME[name], world.names[subject]
    if which == EXACT:
        n = counted(len(world.back[name][subject]), relation.domain)
        that = w.that[name] % {"x": title}
        return Step(w.how_many % {"noun": relation.domain, "that": that}, n.split()[0], title, IN_ALL % {"n": n})
    if relation.term:
        who, year = world.names[world.terms[name][subject][which][0]], plan.query.value
        x = w.noun[name] % {"x": title, "year": year}
        return Step(w.ask[name] % {"x": title, "year": year}, who, title, FACT % {"x": _capital(x), "value": who})
    value = show(world, world.facts[name][subject], relation.range)
    if fact in backward:  # read from the object to its only subject
        that = w.that[name] % {"x": value}
        x = w.the % {"noun": relation.domain, "that": that}
        return Step(
            w.one % {"noun": relation.domain, "that": that}, title, title, FACT % {"x": _capital(x), "value": title}
        )
    x = w.noun[name] % {"x": title}
    return Step(w.ask[name] % {"x": title}, value, title, FACT % {"x": _capital(x), "value": value})


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def steps(w: Questions, world: World, plan: Plan) -> list[Step]:
    """One for every fact of the proof, in order, up to the one that is missing."""
    hops = [
        (fact, node) for trail in plan.solution.trails for fact, node in zip(trail.facts, trail.nodes, strict=False)
    ]
    # A fact whose subject is not where the hop starts is read backwards; told so if no other has the same object.
    backward = frozenset(fact for fact, node in hops if fact[1] != node and len(world.back[fact[0]][node]) == 1)
    told: list[Step] = []
    for fact in plan.solution.facts:
        if fact == plan.missing:
            asked = _gap(w, world, plan, fact) or step(w, world, fact, plan, frozenset())
            return [*told, asked._replace(answer=UNANSWERABLE[0])]
        told.append(step(w, world, fact, plan, backward))
    return told


def _gap(w: Questions, world: World, plan: Plan, fact: Fact) -> Step | None:
    """The look-up that fails for want of a fact read backwards: nobody in the text is known to be the one."""
    name, subject, _ = fact
    for trail in plan.solution.trails:
        for used, node in zip(trail.facts, trail.nodes, strict=False):
            if used == fact and node != subject:
                form = w.every if len(world.back[name][node]) > 1 else w.one
                that = w.that[name] % {"x": world.names[node]}
                return Step(form % {"noun": BY_NAME[name].domain, "that": that}, "", "", "")
    return None


def answers(world: World, plan: Plan) -> list[str]:
    kind, found = plan.query.kind, plan.solution.answers
    if kind == "yesno":
        return ["yes" if found[0] else "no"]
    if kind == "count":
        return [str(found[0])]
    type_ = "person"
    if kind == "chain":
        type_ = _range(plan.query.paths[0].hops[-1])
    return [show(world, value, type_) for value in found]


def solution(told: list[Step], plan: Plan, answer: str) -> str:
    """The proof as a reader would write it down, then the answer in its tag."""
    if plan.missing is not None:
        lines = [step.line for step in told[:-1]] + [UNSAID % {"x": told[-1].question}]
    else:
        lines = [step.line for step in told] + [RESULT % {"value": answer}]
    return "\n".join([*lines, prompt.tagged(answer)])
