"""Round tables in English: settings, clues, questions, and the proof."""

from collections.abc import Sequence
from typing import NamedTuple

from synthrl.seeding import Stream

from .placing import Clue
from .seating import Puzzle
from .telling import NUMBERS, Told, listed, proven, sentence


class Setting(NamedTuple):
    """A circle and what stands there. Clockwise, %(b)s comes after %(a)s, and %(c)s after both."""

    names: str  # the kind of invented name
    intro: str
    clockwise: tuple[str, str]
    second: tuple[str, str]
    next: str
    apart: str
    opposite: str
    between: str
    order: str
    steps: dict[int, str]  # the question for one who is so many places away, clockwise; 0: opposite
    how_many: str

    def clue(self, clue: Clue, names: Sequence[str], random: Stream) -> str:
        words = dict(zip("abc", [names[item] for item in clue.items], strict=False))
        match clue.form:
            case "clockwise" | "second":
                said = random.choice(self.clockwise if clue.form == "clockwise" else self.second)
            case form:
                said = {
                    "next": self.next,
                    "apart": self.apart,
                    "opposite": self.opposite,
                    "between": self.between,
                    "order": self.order,
                }[form]
        return sentence(said % words) + "."


SETTINGS = (
    Setting(
        "given",
        "In the inn of %(place)s, %(n)s people sit evenly spaced at a round table, and all face the middle: the person on your left is the next one clockwise, as seen from above. They are, in no particular order, %(those)s.",
        ("%(b)s sits immediately to the left of %(a)s", "%(a)s sits immediately to the right of %(b)s"),
        (
            "%(b)s sits two places to the left of %(a)s, with one person between them",
            "%(a)s sits two places to the right of %(b)s, with one person between them",
        ),
        "%(a)s and %(b)s sit next to each other",
        "%(a)s and %(b)s do not sit next to each other",
        "%(a)s and %(b)s sit exactly opposite each other",
        "%(a)s sits directly between %(b)s and %(c)s",
        "going clockwise round the table from %(a)s, you come to %(b)s before %(c)s",
        {
            1: "Who sits immediately to the left of %(x)s?",
            -1: "Who sits immediately to the right of %(x)s?",
            2: "Who sits two places to the left of %(x)s?",
            -2: "Who sits two places to the right of %(x)s?",
            0: "Who sits exactly opposite %(x)s?",
        },
        "Going clockwise round the table from %(x)s to %(y)s, how many people do you pass on the way? Give the number, without the two themselves.",
    ),
    Setting(
        "place",
        "A road makes a circle round the lake of %(place)s, and %(n)s villages lie along it at equal distances; clockwise is meant as on a map. They are, in no particular order, %(those)s.",
        ("%(b)s is the next village clockwise after %(a)s", "%(a)s is the next village anticlockwise after %(b)s"),
        ("%(b)s is the second village clockwise after %(a)s", "%(a)s is the second village anticlockwise after %(b)s"),
        "%(a)s and %(b)s are neighbours on the road",
        "%(a)s and %(b)s are not neighbours on the road",
        "%(a)s lies exactly opposite %(b)s, across the lake",
        "the two neighbours of %(a)s on the road are %(b)s and %(c)s",
        "whoever sets out clockwise from %(a)s reaches %(b)s before %(c)s",
        {
            1: "Which is the next village clockwise after %(x)s?",
            -1: "Which is the next village anticlockwise after %(x)s?",
            2: "Which is the second village clockwise after %(x)s?",
            -2: "Which is the second village anticlockwise after %(x)s?",
            0: "Which village lies exactly opposite %(x)s?",
        },
        "Whoever travels clockwise from %(x)s to %(y)s passes through how many villages on the way? Give the number, without these two.",
    ),
    Setting(
        "thing",
        "In the park of %(place)s, %(n)s statues stand in a circle at equal distances. A visitor who stands in the middle and turns to the right, that is clockwise, sees them one after the other. They are, in no particular order, %(those)s.",
        (
            "seen from the middle, %(b)s stands immediately to the right of %(a)s",
            "seen from the middle, %(a)s stands immediately to the left of %(b)s",
        ),
        (
            "seen from the middle, %(b)s is the second statue to the right of %(a)s",
            "seen from the middle, %(a)s is the second statue to the left of %(b)s",
        ),
        "%(a)s and %(b)s stand side by side in the circle",
        "%(a)s and %(b)s do not stand side by side in the circle",
        "a visitor in the middle who faces %(a)s has %(b)s straight behind",
        "%(a)s has %(b)s on one side and %(c)s on the other, both right beside it",
        "a visitor in the middle who faces %(a)s and turns to the right sees %(b)s before %(c)s",
        {
            1: "Seen from the middle, which statue stands immediately to the right of %(x)s?",
            -1: "Seen from the middle, which statue stands immediately to the left of %(x)s?",
            2: "Seen from the middle, which is the second statue to the right of %(x)s?",
            -2: "Seen from the middle, which is the second statue to the left of %(x)s?",
            0: "Which statue is straight behind a visitor in the middle who faces %(x)s?",
        },
        "A visitor in the middle who faces %(x)s turns to the right until %(y)s is straight ahead. How many other statues come by on the way?",
    ),
)
HELDOUT = (
    Setting(
        "given",
        "Round a camp fire near %(place)s there is a ring of %(n)s travellers, each looking into the fire and as far from one neighbour as from the other; to a bird overhead, whoever is at somebody's left hand comes next clockwise. Their names, listed by no rule, are %(those)s.",
        ("the first at the left hand of %(a)s is %(b)s", "the first at the right hand of %(b)s is %(a)s"),
        (
            "with one traveller skipped, the next at the left hand of %(a)s is %(b)s",
            "with one traveller skipped, the next at the right hand of %(b)s is %(a)s",
        ),
        "nobody separates %(a)s from %(b)s on one side of the ring",
        "on either side of the ring somebody separates %(a)s from %(b)s",
        "%(a)s looks straight across the fire at %(b)s",
        "%(a)s has %(b)s at one hand and %(c)s at the other, with nobody in between",
        "a bottle that %(a)s passes on clockwise gets to %(b)s earlier than to %(c)s",
        {
            1: "Who is the first at the left hand of %(x)s?",
            -1: "Who is the first at the right hand of %(x)s?",
            2: "With one traveller skipped, who is the next at the left hand of %(x)s?",
            -2: "With one traveller skipped, who is the next at the right hand of %(x)s?",
            0: "At whom does %(x)s look straight across the fire?",
        },
        "A bottle that %(x)s passes on clockwise goes through the hands of how many travellers until %(y)s gets it? Count neither of these two.",
    ),
    Setting(
        "thing",
        "The town wall of %(place)s is a perfect circle, with %(n)s gates spread evenly over it. Their names, listed by no rule, are %(those)s.",
        (
            "clockwise from %(a)s, the first gate that one comes to is %(b)s",
            "anticlockwise from %(b)s, the first gate that one comes to is %(a)s",
        ),
        (
            "clockwise from %(a)s, the second gate that one comes to is %(b)s",
            "anticlockwise from %(b)s, the second gate that one comes to is %(a)s",
        ),
        "one can follow the wall from %(a)s to %(b)s without passing another gate",
        "nobody can follow the wall from %(a)s to %(b)s without passing another gate",
        "%(a)s and %(b)s are as far apart as two points of the wall can be",
        "from %(a)s the nearest gate on one side is %(b)s and the nearest on the other side %(c)s",
        "a guard who starts at %(a)s and walks clockwise is at %(b)s sooner than at %(c)s",
        {
            1: "Which is the first gate that one comes to, clockwise from %(x)s?",
            -1: "Which is the first gate that one comes to, anticlockwise from %(x)s?",
            2: "Which is the second gate that one comes to, clockwise from %(x)s?",
            -2: "Which is the second gate that one comes to, anticlockwise from %(x)s?",
            0: "Which gate is as far from %(x)s as any point of the wall can be?",
        },
        "A guard starts at %(x)s and walks clockwise as far as %(y)s. How many gates lie in between on this walk?",
    ),
)


def setting(random: Stream, heldout: bool) -> Setting:
    return random.choice(HELDOUT if heldout else SETTINGS)


def tell(random: Stream, puzzle: Puzzle, where: Setting, names: list[str], place: str) -> Told:
    one, steps, other = puzzle.asked
    counted, size = other >= 0, len(names)
    ask = where.how_many if counted else where.steps[0 if 2 * steps == size else steps]
    answer = str(puzzle.answer) if counted else names[puzzle.answer]
    clues = [where.clue(clue, names, random) for clue in puzzle.clues]
    question = [
        where.intro % {"place": place, "n": NUMBERS[size], "those": listed(names)},
        *[f"{i}. {clue}" for i, clue in enumerate(clues, 1)],
        ask % {"x": names[one], "y": names[other]},
    ]
    first = names[puzzle.proof[0][1][0].index(0)]
    return Told(
        question="\n".join(question),
        answers=[[answer]],
        scorer="number" if counted else "set",
        hops=len(puzzle.proof),
        steps=[(clues[i], f"{len(ways)}") for i, ways in puzzle.proof],
        lines=[f"In each list, clockwise from {first}, a dash is a place still open."]
        + proven(puzzle.proof, names, answer),
        about={"seats": size, "clues": len(clues), "asked": "count" if counted else steps},
    )
