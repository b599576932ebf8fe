"""clingo: a program and facts in, what it shows out."""

from collections.abc import Iterable
from pathlib import Path

import clingo

FOLDER = Path(__file__).parent


def control(
    name: str, facts: Iterable[str], options: Iterable[str] = (), parts: Iterable[str] = ("base",)
) -> clingo.Control:
    """The program `name`.lp with `facts`, ready to be solved."""
    program = clingo.Control(["--warn=none", *options])
    program.load(str(FOLDER / f"{name}.lp"))
    program.add("base", [], "\n".join(facts))
    program.ground([(part, []) for part in parts])
    return program


def fewest(statements: int, ruled_out: Iterable[frozenset[int]]) -> list[int]:
    """As few statements as rule out everything wrong, where of each wrong possibility is known which of them do."""
    facts = [f"statement(0..{statements - 1})."]
    for number, those in enumerate(set(ruled_out)):
        facts += [f"wrong({number}).", *[f"rules_out({s},{number})." for s in those]]
    picked: list[int] = []
    program = control("cover", facts)  # must outlive its models
    with program.solve(yield_=True) as models:
        for model in models:  # the last is the best
            picked = [symbol.arguments[0].number for symbol in model.symbols(shown=True)]
    return picked
