"""Orderings: the text read, and what its clues mean."""

import re
from collections.abc import Iterator

from . import placing
from .placing import Clue, Way
from .reading import LIST, NAME, NUMBERS, Unreadable, listed, match

Row = placing.Row
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
AT = r"(?:Who sits in seat|Who finished in place|Which book stands in place|Which village is number|Who lives on floor|Who has position|Which ship has berth number) (?P<k>\d+)(?: in the queue)?\?"
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


class Puzzle(placing.Puzzle):
    program = "ordering"
    legend = "In each list, from the first place to the last, a dash is a place still open\\."

    def number(self) -> bool:
        return bool(self.asked[0] == "where")

    def holds(self, clue: Clue, at: dict[int, int]) -> bool:
        form, items, between = clue
        x, y = at[items[0]], at[items[-1]]
        return {
            "immediate": y - x == 1,
            "before": x < y,
            "next": abs(x - y) == 1,
            "apart": abs(x - y) > 1,
            "between": abs(x - y) - 1 == between,
            "end": x in (1, self.size),
            "inner": 1 < x < self.size,
        }[form]

    def answer(self, way: Way) -> str | None:
        what, x = self.asked
        if what == "at":
            return way[x - 1]
        place = way.index(self.names[x])
        if what == "where":
            return str(place + 1)
        place += 1 if what == "after" else -1
        return way[place] if 0 <= place < len(way) else None


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
    return form, tuple(items), NUMBERS[parts.get("k") or "one"] if form == "between" else 0


def _asked(text: str, names: list[str]) -> tuple[str, int]:
    if m := re.fullmatch(AT, text):
        return "at", int(m["k"])
    if m := re.fullmatch(WHERE, text):
        return "where", names.index(next(name for name in m.groups() if name))
    m = match(BESIDE, text)
    return "after" if re.fullmatch(BACKWARD, m["way"]) else "before", names.index(m["x"])


def faults(row: Row) -> Iterator[str]:
    yield from placing.faults(row, read(row["question"]))
