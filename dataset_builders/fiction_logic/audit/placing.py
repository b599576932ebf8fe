"""What a row of places and a round table share: one arrangement, the fewest clues that settle the question, and a proof."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import clingo

from .solving import control, fewest

Row = dict[str, Any]
Way = tuple[str, ...]  # who is in each place, a dash where that is open
Clue = tuple[str, tuple[int, ...], int]  # a form, the items spoken of, and a number where there is one
OPEN = "–"


class Puzzle:
    """A puzzle as it was read. What its clues mean and what it asks, a kind of puzzle says."""

    program: ClassVar[str]
    legend: ClassVar[str]  # how a proof says in which order its ways are told; an "x" in it comes first in each

    def __init__(self, names: list[str], texts: list[str], clues: list[Clue], asked: tuple[Any, ...]) -> None:
        self.names, self.texts, self.clues, self.asked = names, texts, clues, asked
        self.size = len(names)

    def turns(self) -> int:
        """How many arrangements are one and the same."""
        return 1

    def number(self) -> bool:
        """Whether a number is asked for."""
        raise NotImplementedError

    def holds(self, clue: Clue, at: dict[int, int]) -> bool:
        raise NotImplementedError

    def answer(self, way: Way) -> str | None:
        """What `way` answers; None where the question cannot be asked of it."""
        raise NotImplementedError


class _Solver:
    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        what, *about = puzzle.asked
        self.facts = [
            f"#const n={puzzle.size}.",
            f"item(0..{puzzle.size - 1}).",
            f"clue(0..{len(puzzle.clues) - 1}).",
            f"asked_{what}({','.join(map(str, about))}).",
        ]
        for number, (form, items, k) in enumerate(puzzle.clues):
            self.facts.append(f"{form}({','.join(map(str, [number, *items, *([k] if k else [])]))}).")
        self.control = control(puzzle.program, self.facts)

    def arrangements(self, used: set[int], otherwise: bool = False, most: int = 1) -> list[tuple[Way, set[int]]]:
        """Up to `most` arrangements in which the `used` clues hold, each with all clues that hold there."""
        assume = [(clingo.Function("use", [clingo.Number(c)]), c in used) for c in range(len(self.puzzle.clues))]
        assume.append((clingo.Function("otherwise"), otherwise))
        configuration: Any = self.control.configuration
        configuration.solve.models = most
        found = []
        with self.control.solve(assumptions=assume, yield_=True) as models:
            for model in models:
                shown = model.symbols(shown=True)
                places = sorted((s.arguments[1].number, s.arguments[0].number) for s in shown if s.name == "at")
                way = tuple(self.puzzle.names[item] for _, item in places)
                found.append((way, {s.arguments[0].number for s in shown if s.name == "holds"}))
        return found

    def answered(self, answer: int) -> None:
        """From now on there is an answer, and `otherwise` looks for another."""
        self.control = control(self.puzzle.program, [*self.facts, f"answer({answer})."])

    def fewest(self) -> int:
        """How many clues settle the answer: those that rule out every arrangement with another one, found one by one."""
        everything, ruled_out = set(range(len(self.puzzle.clues))), []
        picked: list[int] = []
        while other := self.arrangements(set(picked), otherwise=True):
            ruled_out.append(frozenset(everything - other[0][1]))
            picked = fewest(len(everything), ruled_out)
        return len(picked)


def faults(row: Row, puzzle: Puzzle) -> Iterator[str]:
    solver, turns = _Solver(puzzle), puzzle.turns()
    everything = set(range(len(puzzle.clues)))
    solutions = solver.arrangements(everything, most=turns + 1)
    if len(solutions) != turns:
        yield f"{len(solutions)} arrangements or more, where {turns} are one"
        return
    for clue in everything:
        if len(solver.arrangements(everything - {clue}, most=turns + 1)) <= turns:
            yield f"clue {clue + 1} is superfluous"
    answers = {puzzle.answer(way) for way, _ in solutions}
    gold = answers.pop()
    if answers or gold is None:
        yield f"one arrangement, and {len(answers) + 1} answers to {puzzle.asked}"
        return
    scorer = "number" if puzzle.number() else "set"
    if row["answers"] != [[gold]] or row["scorer"] != scorer or not row["answerable"]:
        yield f"answers are {row['answers']}, judged by {row['scorer']}, the clues give {gold}"
    solver.answered(int(gold) if puzzle.number() else puzzle.names.index(gold))
    if row["hops"] != (hops := solver.fewest()):
        yield f"hops is {row['hops']}, {hops} clues settle it"
    yield from _proof(row, puzzle, gold)


def _proof(row: Row, puzzle: Puzzle, gold: str) -> Iterator[str]:
    """Each line must list all ways to place those spoken of so far, and no other; the last ones must give the answer."""
    legend, *lines = row["solution"].split("\n")[:-1]
    used: list[int] = []
    ways: set[Way] = set()
    told = []
    m = re.fullmatch(puzzle.legend, legend)
    first = (m.groupdict().get("x") or "") if m else None
    if first is None:
        yield f"the proof begins with {legend!r}"
    line = r"With clue (\d+)( as well)? (there is one way|there are \d+ ways): (.+)\."
    while lines and (m := re.fullmatch(line, lines[0])):
        used.append(int(m[1]) - 1)
        listing = [tuple(way[1:-1].split(", ")) for way in m[4].split("; ")]
        ways = set(listing)
        many = "there is one way" if len(ways) == 1 else f"there are {len(ways)} ways"
        if len(ways) < len(listing) or m[3] != many or bool(m[2]) != (len(used) > 1):
            yield f"miscounted: {lines[0]!r}"
        if ways != _ways(puzzle, used, first):
            yield f"not all the ways, or more: {lines[0]!r}"
        told.append((puzzle.texts[used[-1]], str(len(ways))))
        lines.pop(0)
    spoken = {item for clue in used for item in puzzle.clues[clue][1]}
    left = [name for item, name in enumerate(puzzle.names) if item not in spoken]
    wanted = [f"{left[0]} has the place left over."] if len(left) == 1 else []
    wanted += ["All of these ways give the same answer."] if len(ways) > 1 else []
    if lines != [*wanted, f"So the answer is {gold}."]:
        yield f"the proof ends in {lines}"
    if len(left) == 1:
        ways = {tuple(left[0] if name == OPEN else name for name in way) for way in ways}
    if {puzzle.answer(way) for way in ways} - {gold}:
        yield "the ways left over give different answers"
    if len(used) != row["hops"] or len(set(used)) < len(used):
        yield f"the proof uses {len(used)} clues, hops is {row['hops']}"
    if [(step["question"], step["answer"]) for step in row["steps"]] != told:
        yield "the steps are not the clues that the proof uses"


def _ways(puzzle: Puzzle, used: list[int], first: str | None) -> set[Way]:
    """All ways to place the items of the `used` clues so that these hold: item by item, every place is tried.

    Where arrangements can be turned, each is told with `first` in front.
    """
    size, clues = puzzle.size, [puzzle.clues[clue] for clue in used]
    ways: list[dict[int, int]] = [{}]
    for item in dict.fromkeys(item for clue in clues for item in clue[1]):
        ways = [{**at, item: place} for at in ways for place in range(1, size + 1) if place not in at.values()]
        ways = [at for at in ways if all(puzzle.holds(clue, at) for clue in clues if at.keys() >= set(clue[1]))]
    found = set()
    for at in ways:
        name = {place: puzzle.names[item] for item, place in at.items()}
        way = [name.get(place, OPEN) for place in range(1, size + 1)]
        start = way.index(first) if first and first in way else 0
        found.add(tuple(way[start:] + way[:start]))
    return found
