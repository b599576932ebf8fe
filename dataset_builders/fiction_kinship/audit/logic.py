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
    """By version: "all" the text, "3" without the third supporting sentence and what it names, "1000" those of `only` alone."""

    related: dict[str, set[str]]  # → keys; by "paternal" and "maternal", what the one is to the other's parent
    found: dict[tuple[str, int], set[str]]  # with the place of a noun → names
    open: bool  # whether somebody untold of could be meant as well


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
            other, late, others_late, _ = said
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


def solve(text: Text, asked: Question, supporting: Sequence[Place] = (), only: Collection[int] = ()) -> Solved:
    """`only`: numbers of supporting sentences that one more version reads, and no others."""
    said = [name for fact in text.facts.values() for name in (fact.of, *fact.said) if isinstance(name, str)]
    names = sorted({*said, asked.of, asked.who} - {""})
    number = {name: i for i, name in enumerate(names)}
    lines = [*_facts(text, supporting, number), *_question(asked, number)]
    lines += [f"{'woman' if woman else 'man'}({number[name]})." for name, woman in text.women.items()]
    lines += [f"supporting({i})." for i in range(len(supporting) + 1)]
    at = {place: i for i, place in enumerate(supporting, 1)}
    lines += [f"names({at[text.naming[place]]},{i})." for place, i in at.items() if text.naming.get(place) in at]
    lines += [f"only({ALONE},{i})." for i in only]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join([RULES, *lines]))
    control.ground([("base", [])])
    related: dict[str, set[str]] = defaultdict(set)
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    leaves_open = False
    with control.solve(yield_=True) as models:
        for model in models:
            for symbol in model.symbols(shown=True):
                version, *rest = symbol.arguments
                if symbol.name == "what":
                    related[str(version)].add(str(rest[0]))
                elif symbol.name == "found":
                    found[str(version), rest[0].number].add(names[rest[1].number])
                else:
                    leaves_open = True
    return Solved(related, found, leaves_open)
