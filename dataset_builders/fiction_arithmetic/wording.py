"""What can be said of quantities, four ways each: the last only in the split `heldout_phrasing`.

Of the quantity that is told about: S its place, V its verb (v without the s), X object and tail, A "the number of …",
in a sentence without S. B: the others by their numbers; C: by their clauses; k, n: what stands beside them.
"""

from collections.abc import Sequence

FRAMES: dict[str, tuple[str, str, str, str]] = {
    "value": (
        "{S} {V} {k} {X}.",
        "{A} is {k}.",
        "The ledger says that {S} {V} {k} {X}.",
        "By the latest count, {S} {V} {k} {X}.",
    ),
    "times": (
        "{S} {V} {k} as many {X} as {C}.",
        "{A} is {k} {B}.",
        "Multiply {B} by {n}, and you have {A}.",
        "{k} {B} makes {A}.",
    ),
    "part": (
        "{S} {V} {k} as many {X} as {C}.",
        "{A} is {k} of {B}.",
        "Divide {B} by {n}, and you have {A}.",
        "{k} of {B} makes {A}.",
    ),
    "more": (
        "{S} {V} {k} more {X} than {C}.",
        "{A} is {k} more than {B}.",
        "Add {k} to {B}, and you have {A}.",
        "{A} exceeds {B} by {k}.",
    ),
    "less": (
        "{S} {V} {k} fewer {X} than {C}.",
        "{A} is {k} less than {B}.",
        "Subtract {k} from {B}, and you have {A}.",
        "{A} falls short of {B} by {k}.",
    ),
    "sum": (
        "{S} {V} as many {X} as {C} together.",
        "{A} is the sum of {B}.",
        "Add up {B}, and you have {A}.",
        "Together, {B} make {A}.",
    ),
    "mean": (
        "{S} {V} as many {X} as the average of {B}.",
        "{A} is the average of {B}.",
        "Take the average of {B}, and you have {A}.",
        "The mean of {B} equals {A}.",
    ),
    "difference": (
        "{S} {V} as many {X} as {B0} minus {B1}.",
        "{A} is {B0} minus {B1}.",
        "Subtract {B1} from {B0}, and you have {A}.",
        "{B0} exceeds {B1} by {A}.",
    ),
    # Of one place and its goods: x (y without what it is measured in), which it has (V), sells (W) or keeps (U).
    "rest": (
        "Of the {x} that {S} {V}, it {W} some and {U} the rest.",
        "{S} {U} just those of the {x} that it {V} and does not {w}.",
        "All the {x} that {S} {V} it either {W} or {U}.",
        "What {S} {V} of {x}, it {W} or else it {U}.",
    ),
    "boxes": (
        "All the {x} that {S} {V} are {into} the {boxes} that it fills with them, equally many {into} each {box}.",
        "{S} fills {boxes} with all the {x} that it {V}, and puts equally many {into} each {box}.",
        "With all the {x} that it {V}, {S} fills {boxes}, and equally many go {into} each {box}.",
        "{S} spreads all the {x} that it {V} evenly over the {boxes} that it fills, the same number {into} each {box}.",
    ),
    "sales": (
        "All the {coin} that {S} earns from {y} are those that it charges for each of the {x} that it {W}.",
        "For each of the {x} that it {W}, {S} earns the {coin} that it charges, and it earns no more from {y}.",
        "{S} earns {coin} from {y} in one way: by charging for each of the {x} that it {W}.",
        "From {y}, {S} earns what it charges in {coin} for each of the {x} that it {W}, and nothing else.",
    ),
    "days": (
        "All the {x} that {S} {V} are those that it {V} each day, on the days that it spends on them.",
        "{S} {V} equally many {x} each day that it spends on them, and none on other days.",
        "{S} {V} {x} at an even pace: the same number each day that it spends on them, and none on other days.",
        "Every day that it spends on them, {S} {V} equally many {x}, and otherwise none.",
    ),
    "total": (
        "{S} {V} {L}, and no other {collective}.",
        "Apart from {L}, {S} {V} no {collective}.",
        "The only {collective} that {S} {V} are {L}.",
        "{S} {V} no {collective} other than {L}.",
    ),
}
QUESTIONS = (
    "How many {O} does {S} {v}{T}?",
    "What is {A}?",
    "Can you work out {A}?",
    "Find {A}.",
)
TIMES = (
    "",
    "",
    "twice",
    "three times",
    "four times",
    "five times",
    "six times",
    "seven times",
    "eight times",
    "nine times",
)
PARTS = ("", "", "half", "a third", "a quarter", "a fifth", "a sixth", "a seventh", "an eighth", "a ninth")
NUMBERS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c" """
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
