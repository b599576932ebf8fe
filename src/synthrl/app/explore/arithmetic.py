"""The quantities of a fiction_arithmetic row, and which is found by which."""

from typing import Any

from synthrl import fiction
from synthrl.app.explore.graph import Edge, Graph, Node, World
from synthrl.dataset_builders.fiction_arithmetic.equations import Equation, Quantity, solve
from synthrl.dataset_builders.fiction_arithmetic.rows import SPLITS, Row
from synthrl.dataset_builders.fiction_arithmetic.text import spelled

_ABOUT = (
    "What is told stands above what is found by it, and arrows lead to what they serve to find: a sign says how. The "
    "proof is coloured and numbered by its operations; grey is told as well and not needed."
)


def seen(builder: Any, split: str, index: int, row: dict[str, Any]) -> World:
    config = builder.config
    made = _row(config, split, index)
    beside = [fact for fact in _beside(made) if isinstance(fact, Equation)]
    made.scribe.name(len(made.world.free))
    plan = made.plan
    ends = _ends(made)
    edges = [edge for (found, target), end in zip(plan.proof, ends, strict=True) for edge in _edges(found, target, end)]
    edges += [edge for found in beside for edge in _edges(found, found.told[0], 0)]
    roles = {_key(q): "proof" for found, _ in plan.proof for q in found.members} | {_key(plan.asked): "answer"}
    roles |= {_key(q): "start" for q in plan.given}
    layers = _layers(made, beside)
    nodes = [_node(made, quantity, layer, roles.get(_key(quantity), "")) for quantity, layer in layers.items()]
    return World(Graph(nodes, edges, _ABOUT), _steps(made, ends))


def _row(config: Any, split: str, index: int) -> Row:
    mint = fiction.Mint.of(config.seed, SPLITS.index(split))
    return Row(config, mint, (config.seed, split, *config.question_key()), index)


def _beside(made: Row) -> list[Any]:
    """What is told and not needed: drawn as the row draws it when it is written."""
    made.world.random = made._stream("text")
    return list(made._beside(len(made.plan.given) + len(made.plan.proof)))


def _ends(made: Row) -> list[int]:
    """The number of the operation that each equation of the proof ends with."""
    found, step = [], 0
    for equation, target in made.plan.proof:
        step += len(solve(equation, target, made.world.values))
        found.append(step)
    return found


def _steps(made: Row, ends: list[int]) -> list[list[int]]:
    """Of what is stated the operation that first needs it, of each equation its operations."""
    begins = [1, *[end + 1 for end in ends[:-1]]]
    told: dict[Quantity, int] = {}
    for (equation, _), begin in zip(made.plan.proof, begins, strict=True):
        for member in equation.members:
            told.setdefault(member, begin)
    equations = [list(range(begin, end + 1)) for begin, end in zip(begins, ends, strict=True)]
    return [*[[told[quantity]] for quantity in made.plan.given], *equations]


def _key(quantity: Quantity) -> str:
    return f"{quantity.place}.{quantity.item}.{quantity.aspect}"


def _edges(equation: Equation, target: Quantity, step: int) -> list[Edge]:
    whole, *parts = equation.members
    others = [member for member in equation.members if member != target]
    forwards = target == whole
    k = spelled(equation.k)
    if equation.form in ("scale", "shift"):
        sign = {"scale": "×÷", "shift": "+−"}[equation.form][not forwards]
        return [Edge(_key(others[0]), _key(target), f"{sign} {k}", step)]
    signs = {"sum": "+−", "mean": "+−", "product": "×÷"}[equation.form]
    last = f", ÷ {len(parts)}" if equation.form == "mean" and forwards else ""
    first = f"× {len(parts)}" if equation.form == "mean" else ""
    return [
        Edge(_key(other), _key(target), first if other == whole else signs[not forwards] + last, step)
        for other in others
    ]


def _layers(made: Row, beside: list[Equation]) -> dict[Quantity, int]:
    """What is found stands one below all that it is found by, what is stated right above the first that needs it."""
    given, found = set(made.plan.given), dict.fromkeys(made.plan.given, 0)
    for equation, target in made.plan.proof:
        others = [member for member in equation.members if member != target]
        found[target] = 1 + max(found[other] for other in others)
    for quantity in given:
        uses = [found[target] for equation, target in made.plan.proof if quantity in equation.members]
        found[quantity] = max(0, min(uses, default=1) - 1)
    for equation in beside:
        new, *others = equation.told
        below = 1 + max([found.setdefault(other, 0) for other in others], default=0)
        found.setdefault(new, below)
    return found


def _node(made: Row, quantity: Quantity, layer: int, role: str) -> Node:
    text = made.scribe.number(quantity).removeprefix("the number of ")
    note = f"{'told: ' if role == 'start' else '= '}{spelled(made.world.values[quantity])}"
    return Node(_key(quantity), text, layer, note, role)
