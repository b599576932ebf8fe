"""Orderings: the clues as facts, the one arrangement, the fewest clues that settle the question, and the ways listed."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import clingo

from .reading import LIST, NAME, NUMBERS, Unreadable, listed, match
from .solving import control, fewest

Row = dict[str, Any]
Clue = tuple[Any, ...]
X, Y = rf"(?P<x>{NAME})", rf"(?P<y>{NAME})"
FORWARD = "to the left of|to the west of|ahead of|below|nearer to the lighthouse than|straight before|earlier than"
BACKWARD = "to the right of|to the east of|behind|above|farther from the lighthouse than|straight after|later than"
WAY = f"(?P<way>{FORWARD}|{BACKWARD})"
AT_ONCE = (
    "(?:(?:sits|stands|lives|finished) (?:immediately|directly)|is the next village|is one berth|is the one who comes)"
)
SOMEWHERE = "(?:(?:sits|stands|lives|lies|finished) somewhere|is|will be served)"
COUNT = "(?P<k>one|two|three|four|five|six)"
FORMS = (
    ("immediate", rf"{X} {AT_ONCE} {WAY} {Y}"),
    ("before", rf"{X} {SOMEWHERE} {WAY} {Y}"),
    ("next", rf"{X} and {Y} (?:sit next to each other|stand side by side, without a book between them"
             r"|finished one right after the other, in one order or the other|are neighbours on the road|live on neighbouring floors)"),
    ("next", rf"Nobody stands between {X} and {Y}|The berths of (?P<x2>{NAME}) and (?P<y2>{NAME}) adjoin"),
    ("apart", rf"{X} and {Y} (?:do not sit next to each other|did not finish one right after the other"
              r"|are not neighbours on the road|do not live on neighbouring floors)"),
    ("apart", rf"(?:At least one book|Somebody) stands between {X} and {Y}|The berths of (?P<x2>{NAME}) and (?P<y2>{NAME}) do not adjoin"),
    ("between", rf"Exactly {COUNT} (?:person|people|runners?|books?|villages?) (?:sits?|stands?|lives?|lies?|finished) between {X} and {Y}"),
    ("between", rf"There (?:is|are) {COUNT} (?:person, no more|people, no more and no fewer|ships, all told), between {X} and {Y}"),
    ("between", rf"There is a single ship between {X} and {Y}"),
    ("end", rf"{X} (?:(?:sits|stands) at one of the two ends of the (?:row|shelf)|finished either first or last"
            r"|is either the first or the last of the villages|lives either on the lowest or on the highest floor"
            r"|is at the very front or at the very back|has the first berth or the last)"),
    ("inner", rf"{X} (?:does not (?:sit|stand) at either end of the (?:row|shelf)|finished neither first nor last"
              r"|is neither the first nor the last of the villages|lives neither on the lowest nor on the highest floor"
              r"|is not at the very front, nor at the very back|has a berth other than the first and the last)"),
)  # fmt: skip
AT = r"(?:Who sits in seat|Who finished in place|Which book stands in place|Which one is village number|Who lives on floor|Who has position|Which ship has berth number) (?P<k>\d+)(?: in the queue)?\?"
WHERE = (
    rf"In which (?:seat|place) (?:does|did) {X} (?:sit|stand|finish)\? Give its number\.|On which floor does (?P<x2>{NAME}) live\? Give its number\."
    rf"|Which number does (?P<x3>{NAME}) have\?|What is the number of the (?:position that (?P<x4>{NAME}) has in the queue|berth of (?P<x5>{NAME}))\?"
)
BESIDE = rf"(?:Who|Which book|Which ship|Which) (?:(?:sits|stands|lives|finished) (?:immediately|directly)|is the next village|is one berth|comes) {WAY} {X}\?"
INTROS = (
    rf"In the theatre of PLACE, N people sit in a row of N seats, numbered from left to right\. They are, in no particular order, ({LIST})\.",
    rf"In the great race of PLACE there were N runners, and no two of them finished together\. They were, in no particular order, ({LIST})\.",
    rf"In the library of PLACE, N books stand side by side on a shelf, in places numbered from left to right\. They are, in no particular order, ({LIST})\.",
    rf"The road to PLACE runs from west to east through N villages, numbered in that direction\. They are, in no particular order, ({LIST})\.",
    rf"In PLACE, N people live in a house of N floors, one on each floor, and floor 1 is the lowest\. They are, in no particular order, ({LIST})\.",
    rf"At a counter in PLACE there is a queue of N, and position 1 is the front\. Those who wait, listed by no rule, are ({LIST})\.",
    rf"Along the quay of PLACE lie N ships, at berths counted upwards from the lighthouse\. Their names, listed by no rule, are ({LIST})\.",
)


class Puzzle(NamedTuple):
    names: list[str]
    texts: list[str]  # the clues as they stand, and as facts
    clues: list[Clue]
    asked: tuple[str, int]


def read(question: str) -> Puzzle:
    intro, *told, asked = question.split("\n")
    names: list[str] = []
    for pattern in INTROS:
        form = (
            pattern.replace("PLACE", r"(?:[A-Z][a-z]+ )?[A-Z][a-z]+")
            .replace("N ", r"([a-z]+) ")
            .replace("of N,", "of ([a-z]+),")
        )
        if m := re.fullmatch(form, intro):
            *numbers, those = m.groups()
            names = listed(those)
            if {NUMBERS[number] for number in numbers} != {len(names)}:
                raise Unreadable(f"{len(names)} names in {intro!r}")
    if not names or len(set(names)) < len(names):
        raise Unreadable(f"cannot read {intro!r}")
    texts = []
    for number, line in enumerate(told, 1):
        texts.append(match(rf"{number}\. (.+\.)", line)[1])
    return Puzzle(names, texts, [_clue(text[:-1], names) for text in texts], _asked(asked, names))


def _clue(text: str, names: list[str]) -> Clue:
    found = [(form, m.groupdict()) for form, pattern in FORMS if (m := re.fullmatch(pattern, text))]
    if len(found) != 1:
        raise Unreadable(f"{len(found)} readings of {text!r}")
    form, parts = found[0]
    x, y = (parts.get(key) or parts.get(f"{key}2") for key in "xy")
    if re.fullmatch(BACKWARD, parts.get("way") or ""):
        x, y = y, x
    items = [names.index(name) for name in (x, y) if name]
    return (form, *items, NUMBERS[parts.get("k") or "one"]) if form == "between" else (form, *items)


def _asked(text: str, names: list[str]) -> tuple[str, int]:
    if m := re.fullmatch(AT, text):
        return "at", int(m["k"])
    if m := re.fullmatch(WHERE, text):
        return "where", names.index(next(name for name in m.groups() if name))
    m = match(BESIDE, text)
    return "after" if re.fullmatch(BACKWARD, m["way"]) else "before", names.index(m["x"])


class _Solver:
    def __init__(self, puzzle: Puzzle) -> None:
        self.size, self.clues = len(puzzle.names), puzzle.clues
        what, x = puzzle.asked
        self.facts = [
            f"#const n={self.size}.",
            f"item(0..{self.size - 1}).",
            f"clue(0..{len(self.clues) - 1}).",
            f"asked_{what}({x}).",
        ]
        self.facts += [
            f"{form}({','.join(map(str, [number, *parts]))})." for number, (form, *parts) in enumerate(self.clues)
        ]
        self.control = control("ordering", self.facts)

    def arrangements(
        self, used: set[int], otherwise: bool = False, most: int = 2
    ) -> list[tuple[dict[int, int], set[int]]]:
        """Item → place in up to `most` arrangements in which the `used` clues hold, with all clues that hold there."""
        assume = [(clingo.Function("use", [clingo.Number(c)]), c in used) for c in range(len(self.clues))]
        assume.append((clingo.Function("otherwise"), otherwise))
        configuration: Any = self.control.configuration
        configuration.solve.models = most
        found = []
        with self.control.solve(assumptions=assume, yield_=True) as models:
            for model in models:
                shown = model.symbols(shown=True)
                places = dict(tuple(a.number for a in s.arguments) for s in shown if s.name == "at")
                found.append((places, {s.arguments[0].number for s in shown if s.name == "holds"}))
        return found

    def answered(self, answer: int) -> None:
        """From now on there is an answer, and `otherwise` looks for another."""
        self.control = control("ordering", [*self.facts, f"answer({answer})."])

    def fewest(self) -> int:
        """How many clues settle the answer: those that rule out every arrangement with another one, found one by one."""
        everything, ruled_out = set(range(len(self.clues))), []
        picked: list[int] = []
        while other := self.arrangements(set(picked), otherwise=True, most=1):
            ruled_out.append(frozenset(everything - other[0][1]))
            picked = fewest(len(self.clues), ruled_out)
        return len(picked)


def faults(row: Row) -> Iterator[str]:
    puzzle = read(row["question"])
    solver = _Solver(puzzle)
    everything = set(range(len(puzzle.clues)))
    solutions = solver.arrangements(everything)
    if len(solutions) != 1:
        yield f"{len(solutions)} arrangements or more"
        return
    for clue in everything:
        if len(solver.arrangements(everything - {clue})) < 2:
            yield f"clue {clue + 1} is superfluous"
    places = solutions[0][0]
    (what, x), item_at = puzzle.asked, {place: item for item, place in places.items()}
    number = (
        places[x] if what == "where" else item_at[x if what == "at" else places[x] + (1 if what == "after" else -1)]
    )
    gold = str(number) if what == "where" else puzzle.names[number]
    if row["answers"] != [[gold]] or row["scorer"] != ("number" if what == "where" else "set") or not row["answerable"]:
        yield f"answers are {row['answers']}, judged by {row['scorer']}, the clues give {gold}"
    solver.answered(number)
    if row["hops"] != (hops := solver.fewest()):
        yield f"hops is {row['hops']}, {hops} clues settle it"
    yield from _proof(row, puzzle, gold, number)


def _proof(row: Row, puzzle: Puzzle, gold: str, number: int) -> Iterator[str]:
    """Each line must list all ways to place those spoken of so far, and no other; the last ones must give the answer."""
    lines, names, used = row["solution"].split("\n")[:-1], puzzle.names, []
    ways: set[tuple[str, ...]] = set()
    told = []
    while lines and (m := re.fullmatch(r"Clue (\d+) leaves (one way|\d+ ways): (.+)\.", lines[0])):
        used.append(int(m[1]) - 1)
        listing = [tuple(way[1:-1].split(", ")) for way in m[3].split("; ")]
        ways = set(listing)
        if len(ways) < len(listing) or m[2] != ("one way" if len(ways) == 1 else f"{len(ways)} ways"):
            yield f"miscounted: {lines[0]!r}"
        if ways != _ways(puzzle, used):
            yield f"not all the ways, or more: {lines[0]!r}"
        told.append((puzzle.texts[used[-1]], str(len(ways))))
        lines.pop(0)
    spoken = {item for clue in used for item in puzzle.clues[clue][1:3]}
    left = [name for item, name in enumerate(names) if item not in spoken]
    wanted = [f"{left[0]} has the place left over."] if len(left) == 1 else []
    wanted += ["All of these ways give the same answer."] if len(ways) > 1 else []
    if lines != [*wanted, f"So the answer is {gold}."]:
        yield f"the proof ends in {lines}"
    if len(left) == 1:
        ways = {tuple(left[0] if name == "–" else name for name in way) for way in ways}
    if {_answer(puzzle, way) for way in ways} - {gold}:
        yield "the ways left over give different answers"
    if len(used) != row["hops"] or len(set(used)) < len(used):
        yield f"the proof uses {len(used)} clues, hops is {row['hops']}"
    if [(step["question"], step["answer"]) for step in row["steps"]] != told:
        yield "the steps are not the clues that the proof uses"


def _ways(puzzle: Puzzle, used: list[int]) -> set[tuple[str, ...]]:
    """All ways to place the items of the `used` clues so that these hold: item by item, every place is tried."""
    size, clues = len(puzzle.names), [puzzle.clues[clue] for clue in used]
    ways: list[dict[int, int]] = [{}]
    for item in dict.fromkeys(item for clue in clues for item in clue[1:3]):
        ways = [{**at, item: place} for at in ways for place in range(1, size + 1) if place not in at.values()]
        ways = [at for at in ways if all(_holds(clue, at, size) for clue in clues if at.keys() >= set(clue[1:3]))]
    names = [{place: puzzle.names[item] for item, place in at.items()} for at in ways]
    return {tuple(name.get(place, "–") for place in range(1, size + 1)) for name in names}


def _holds(clue: Clue, at: dict[int, int], size: int) -> bool:
    form, x = clue[0], at[clue[1]]
    y = at.get(clue[2], 0) if len(clue) > 2 else 0
    return {
        "immediate": y - x == 1,
        "before": x < y,
        "next": abs(x - y) == 1,
        "apart": abs(x - y) > 1,
        "between": abs(x - y) - 1 == clue[-1],
        "end": x in (1, size),
        "inner": 1 < x < size,
    }[form]


def _answer(puzzle: Puzzle, way: tuple[str, ...]) -> str | None:
    """What `way` answers; None where the question cannot be asked of it."""
    what, x = puzzle.asked
    if what == "at":
        return way[x - 1]
    place = way.index(puzzle.names[x])
    if what == "where":
        return str(place + 1)
    place += 1 if what == "after" else -1
    return way[place] if 0 <= place < len(way) else None
