"""Facts and a question → clingo → what is found in every version of the text."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import clingo

from .terms import NOUNS
from .text import Place, Question, Text

RULES = Path(__file__).with_name("rules.lp").read_text(encoding="utf-8")
ALONE = 1_000  # the version that reads only the sentences named in `only`


class Solved(NamedTuple):
    """By version: "all", "0" the supporting sentences alone, "3" all but the third of them, "1000" those of `only`."""

    related: dict[str, set[str]]  # → keys; by "paternal" and "maternal", what the one is to the other's parent
    found: dict[tuple[str, int], set[str]]  # with the place of a noun → names
    open: set[str]  # versions in which somebody untold of could be meant as well


def _facts(text: Text, supporting: Sequence[Place], number: dict[str, int]) -> list[str]:
    lines = []
    for place, (kind, of, said) in text.facts.items():
        i = supporting.index(place) + 1 if place in supporting else 0
        x = number[of]
        if kind == "counts":
            lines.append(f"counted({x},{said[0]},{said[1]},{i}).")
        elif kind == "parents":
            lines.append(f"born({x},{number[said[0]]},{number[said[1]]},{i}).")
        elif kind == "alone":
            lines.append(f"alone({x},{i}).")
        else:
            other, late, others_late = said
            z = number[other]
            lines.append(f"wed({x},{z},{i}).")
            lines += [f"second({x},{z},{i}). dead({number[late]})."] if late else []
            lines += [f"second({z},{x},{i}). dead({number[others_late]})."] if others_late else []
    return lines


def _question(asked: Question, number: dict[str, int]) -> list[str]:
    x = number[asked.of]
    if asked.who:
        return [f"start({x}). asks({x},{number[asked.who]})."]
    lines = [f"start({x})."]
    for place, noun in enumerate(asked.nouns, 1):
        key, sex, side = NOUNS[noun]
        lines.append(f"asked({place},{key},{sex or 'any'},{side or 'any'}).")
    return lines


def solve(text: Text, asked: Question, supporting: Sequence[Place], only: Collection[int] = ()) -> Solved:
    """`only`: numbers of supporting sentences that one more version reads, and no others."""
    names = sorted(text.women)
    number = {name: i for i, name in enumerate(names)}
    lines = [*_facts(text, supporting, number), *_question(asked, number)]
    lines += [f"{'woman' if woman else 'man'}({number[name]})." for name, woman in text.women.items()]
    lines += [f"supporting({i})." for i in range(len(supporting) + 1)]
    lines += [f"only({ALONE},{i})." for i in only]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join([RULES, *lines]))
    control.ground([("base", [])])
    solved = Solved(defaultdict(set), defaultdict(set), set())
    with control.solve(yield_=True) as models:
        for model in models:
            for symbol in model.symbols(shown=True):
                version, *rest = symbol.arguments
                if symbol.name == "what":
                    solved.related[str(version)].add(str(rest[0]))
                elif symbol.name == "found":
                    solved.found[str(version), rest[0].number].add(names[rest[1].number])
                elif symbol.name == "open":
                    solved.open.add(str(version))
    return solved
