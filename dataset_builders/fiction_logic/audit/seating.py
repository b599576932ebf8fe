"""Round tables: the text read, and what its clues mean.

Left and right become clockwise here, each by what the first line says of where one looks from.
"""

import re
from collections.abc import Iterator
from typing import Any

from . import placing
from .placing import Clue, Way
from .reading import LIST, NAME, NUMBERS, Unreadable, listed, match

Row = placing.Row
X, Y, Z = rf"(?P<x>{NAME})", rf"(?P<y>{NAME})", rf"(?P<z>{NAME})"
PLACE, COUNT = r"(?:[A-Z][a-z]+ )?[A-Z][a-z]+", "(?P<n>[a-z]+)"
# The first line, and which way it goes round: what it calls clockwise, and what anticlockwise.
CIRCLES = (
    (rf"In the inn of {PLACE}, {COUNT} people sit evenly spaced at a round table, and all face the middle: the person on your left is the next one clockwise, as seen from above\. They are, in no particular order, (?P<l>{LIST})\.",
     "left", "right"),
    (rf"A road makes a circle round the lake of {PLACE}, and {COUNT} villages lie along it at equal distances; clockwise is meant as on a map\. They are, in no particular order, (?P<l>{LIST})\.",
     "clockwise", "anticlockwise"),
    (rf"In the park of {PLACE}, {COUNT} statues stand in a circle at equal distances\. A visitor who stands in the middle and turns to the right, that is clockwise, sees them one after the other\. They are, in no particular order, (?P<l>{LIST})\.",
     "right", "left"),
    (rf"Round a camp fire near {PLACE} there is a ring of {COUNT} travellers, each looking into the fire and as far from one neighbour as from the other; to a bird overhead, whoever is at somebody's left hand comes next clockwise\. Their names, listed by no rule, are (?P<l>{LIST})\.",
     "left", "right"),
    (rf"The town wall of {PLACE} is a perfect circle, with {COUNT} gates spread evenly over it\. Their names, listed by no rule, are (?P<l>{LIST})\.",
     "clockwise", "anticlockwise"),
)  # fmt: skip
# y is so many steps from x, in the direction `way`.
STEPS = (
    (1, rf"{Y} sits immediately to the (?P<way>left|right) of {X}"),
    (2, rf"{Y} sits two places to the (?P<way>left|right) of {X}, with one person between them"),
    (1, rf"{Y} is the next village (?P<way>clockwise|anticlockwise) after {X}"),
    (2, rf"{Y} is the second village (?P<way>clockwise|anticlockwise) after {X}"),
    (1, rf"Seen from the middle, {Y} stands immediately to the (?P<way>left|right) of {X}"),
    (2, rf"Seen from the middle, {Y} is the second statue to the (?P<way>left|right) of {X}"),
    (1, rf"The first at the (?P<way>left|right) hand of {X} is {Y}"),
    (2, rf"With one traveller skipped, the next at the (?P<way>left|right) hand of {X} is {Y}"),
    (1, rf"(?P<way>Clockwise|Anticlockwise) from {X}, the first gate that one comes to is {Y}"),
    (2, rf"(?P<way>Clockwise|Anticlockwise) from {X}, the second gate that one comes to is {Y}"),
)
FORMS = (
    ("next", rf"{X} and {Y} (?:sit next to each other|are neighbours on the road|stand side by side in the circle)"),
    ("next", rf"Nobody separates {X} from {Y} on one side of the ring|One can follow the wall from (?P<x2>{NAME}) to (?P<y2>{NAME}) without passing another gate"),
    ("apart", rf"{X} and {Y} (?:do not sit next to each other|are not neighbours on the road|do not stand side by side in the circle)"),
    ("apart", rf"On either side of the ring somebody separates {X} from {Y}|Nobody can follow the wall from (?P<x2>{NAME}) to (?P<y2>{NAME}) without passing another gate"),
    ("opposite", rf"{X} and {Y} (?:sit exactly opposite each other|are as far apart as two points of the wall can be)"),
    ("opposite", rf"{X} lies exactly opposite {Y}, across the lake|(?P<x2>{NAME}) looks straight across the fire at (?P<y2>{NAME})"),
    ("opposite", rf"A visitor in the middle who faces {X} has {Y} straight behind"),
    ("between", rf"{X} sits directly between {Y} and {Z}|The two neighbours of (?P<x2>{NAME}) on the road are (?P<y2>{NAME}) and (?P<z2>{NAME})"),
    ("between", rf"{X} has {Y} on one side and {Z} on the other, both right beside it"),
    ("between", rf"{X} has {Y} at one hand and {Z} at the other, with nobody in between"),
    ("between", rf"From {X} the nearest gate on one side is {Y} and the nearest on the other side {Z}"),
    ("order", rf"Going clockwise round the table from {X}, you come to {Y} before {Z}|Whoever sets out clockwise from (?P<x2>{NAME}) reaches (?P<y2>{NAME}) before (?P<z2>{NAME})"),
    ("order", rf"A visitor in the middle who faces {X} and turns to the right sees {Y} before {Z}"),
    ("order", rf"A bottle that {X} passes on clockwise gets to {Y} earlier than to {Z}|A guard who starts at (?P<x2>{NAME}) and walks clockwise is at (?P<y2>{NAME}) sooner than at (?P<z2>{NAME})"),
)  # fmt: skip
ASKED_STEPS = (
    (1, rf"Who sits immediately to the (?P<way>left|right) of {X}\?"),
    (2, rf"Who sits two places to the (?P<way>left|right) of {X}\?"),
    (1, rf"Which is the next village (?P<way>clockwise|anticlockwise) after {X}\?"),
    (2, rf"Which is the second village (?P<way>clockwise|anticlockwise) after {X}\?"),
    (1, rf"Seen from the middle, which statue stands immediately to the (?P<way>left|right) of {X}\?"),
    (2, rf"Seen from the middle, which is the second statue to the (?P<way>left|right) of {X}\?"),
    (1, rf"Who is the first at the (?P<way>left|right) hand of {X}\?"),
    (2, rf"With one traveller skipped, who is the next at the (?P<way>left|right) hand of {X}\?"),
    (1, rf"Which is the first gate that one comes to, (?P<way>clockwise|anticlockwise) from {X}\?"),
    (2, rf"Which is the second gate that one comes to, (?P<way>clockwise|anticlockwise) from {X}\?"),
)
OPPOSITE = (
    rf"Who sits exactly opposite {X}\?|Which village lies exactly opposite (?P<x2>{NAME})\?"
    rf"|Which statue is straight behind a visitor in the middle who faces (?P<x3>{NAME})\?"
    rf"|At whom does (?P<x4>{NAME}) look straight across the fire\?"
    rf"|Which gate is as far from (?P<x5>{NAME}) as any point of the wall can be\?"
)
BETWEEN = (
    rf"Going clockwise round the table from {X} to {Y}, how many people do you pass on the way\? Give the number, without the two themselves\."
    rf"|Whoever travels clockwise from (?P<x2>{NAME}) to (?P<y2>{NAME}) passes through how many villages on the way\? Give the number, without these two\."
    rf"|A visitor in the middle who faces (?P<x3>{NAME}) turns to the right until (?P<y3>{NAME}) is straight ahead\. How many other statues come by on the way\?"
    rf"|A bottle that (?P<x4>{NAME}) passes on clockwise goes through the hands of how many travellers until (?P<y4>{NAME}) gets it\? Count neither of these two\."
    rf"|A guard starts at (?P<x5>{NAME}) and walks clockwise as far as (?P<y5>{NAME})\. How many gates lie in between on this walk\?"
)


class Puzzle(placing.Puzzle):
    program = "seating"
    legend = rf"In each list, clockwise from {X}, a dash is a place still open\."

    def turns(self) -> int:
        return self.size

    def number(self) -> bool:
        return bool(self.asked[0] == "count")

    def holds(self, clue: Clue, at: dict[int, int]) -> bool:
        """By walking round: whom one meets after so many steps from the first of those spoken of."""
        form, (one, *others), steps = clue
        met = [(at[other] - at[one]) % self.size for other in others]
        beside = [far in (1, self.size - 1) for far in met]
        return {
            "clockwise": met[0] == steps,
            "next": beside[0],
            "apart": not beside[0],
            "opposite": 2 * met[0] == self.size,
            "between": all(beside),
            "order": met == sorted(met),
        }[form]

    def answer(self, way: Way) -> str | None:
        what, x, *more = self.asked
        start = way.index(self.names[x])
        if what == "count":
            return str((way.index(self.names[more[0]]) - start) % self.size - 1)
        steps = self.size // 2 if what == "opposite" else more[0]
        return way[(start + steps) % self.size]


def read(question: str) -> Puzzle:
    intro, *told, asked = question.split("\n")
    found = [(m, ways) for pattern, *ways in CIRCLES if (m := re.fullmatch(pattern, intro))]
    if len(found) != 1:
        raise Unreadable(f"{len(found)} readings of {intro!r}")
    ((circle, (forward, _)),) = found
    names = listed(circle["l"])
    if len(set(names)) != NUMBERS[circle["n"]]:
        raise Unreadable(f"{len(set(names))} names in {intro!r}")
    texts = [match(rf"{number}\. (.+\.)", line)[1] for number, line in enumerate(told, 1)]
    clues = [_clue(text[:-1], names, forward) for text in texts]
    return Puzzle(names, texts, clues, _asked(asked, names, forward))


def _people(m: re.Match[str], names: list[str]) -> tuple[int, ...]:
    """Those whom the text speaks of, as x, y and z."""
    said = m.groupdict()
    return tuple(names.index(name) for key in "xyz" for suffix in ["", *"2345"] if (name := said.get(f"{key}{suffix}")))


def _clue(text: str, names: list[str], forward: str) -> Clue:
    found: list[Clue] = [(form, _people(m, names), 0) for form, pattern in FORMS if (m := re.fullmatch(pattern, text))]
    for steps, pattern in STEPS:
        if m := re.fullmatch(pattern, text):
            one, other = _people(m, names)
            found.append(("clockwise", (one, other) if m["way"].lower() == forward else (other, one), steps))
    if len(found) != 1 or len(set(found[0][1])) < len(found[0][1]):
        raise Unreadable(f"{len(found)} readings of {text!r}")
    return found[0]


def _asked(text: str, names: list[str], forward: str) -> tuple[Any, ...]:
    for steps, pattern in ASKED_STEPS:
        if m := re.fullmatch(pattern, text):
            (one,) = _people(m, names)
            return "steps", one, steps if m["way"].lower() == forward else -steps
    if m := re.fullmatch(OPPOSITE, text):
        if len(names) % 2:
            raise Unreadable(f"nobody is opposite: {text!r}")
        return "opposite", *_people(m, names)
    return "count", *_people(match(BETWEEN, text), names)


def faults(row: Row) -> Iterator[str]:
    yield from placing.faults(row, read(row["question"]))
