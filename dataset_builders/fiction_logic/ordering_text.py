"""Orderings in English: settings, clues, questions, and the proof."""

from collections.abc import Sequence
from typing import NamedTuple

from synthrl.seeding import Stream

from .ordering import Puzzle
from .placing import Clue
from .telling import NUMBERS, Told, listed, proven, sentence


class Setting(NamedTuple):
    """A row of places and what stands there. %(a)s comes before %(b)s, where they have an order."""

    names: str  # the kind of invented name
    intro: str
    immediate: tuple[str, str]
    before: tuple[str, str]
    next: str
    apart: str
    one_between: str
    between: str
    end: str
    inner: str
    at: str
    where: str
    after_: str
    before_: str

    def clue(self, clue: Clue, names: Sequence[str], random: Stream) -> str:
        form, items, number = clue
        words = {"k": NUMBERS[number], **dict(zip("ab", [names[item] for item in items], strict=False))}
        match form:
            case "immediate" | "before":
                said = random.choice(self.immediate if form == "immediate" else self.before)
            case "between":
                said = self.one_between if number == 1 else self.between
            case _:
                said = {"next": self.next, "apart": self.apart, "end": self.end, "inner": self.inner}[form]
        return sentence(said % words) + "."


SETTINGS = (
    Setting(
        "given",
        "In the theatre of %(place)s, %(n)s people sit in a row of %(n)s seats, numbered from left to right. They are, in no particular order, %(those)s.",
        ("%(a)s sits immediately to the left of %(b)s", "%(b)s sits immediately to the right of %(a)s"),
        ("%(a)s sits somewhere to the left of %(b)s", "%(b)s sits somewhere to the right of %(a)s"),
        "%(a)s and %(b)s sit next to each other",
        "%(a)s and %(b)s do not sit next to each other",
        "exactly one person sits between %(a)s and %(b)s",
        "exactly %(k)s people sit between %(a)s and %(b)s",
        "%(a)s sits at one of the two ends of the row",
        "%(a)s does not sit at either end of the row",
        "Who sits in seat %(x)s?",
        "In which seat does %(x)s sit? Give its number.",
        "Who sits immediately to the right of %(x)s?",
        "Who sits immediately to the left of %(x)s?",
    ),
    Setting(
        "given",
        "In the great race of %(place)s there were %(n)s runners, and no two of them finished together. They were, in no particular order, %(those)s.",
        ("%(a)s finished immediately ahead of %(b)s", "%(b)s finished immediately behind %(a)s"),
        ("%(a)s finished somewhere ahead of %(b)s", "%(b)s finished somewhere behind %(a)s"),
        "%(a)s and %(b)s finished one right after the other, in one order or the other",
        "%(a)s and %(b)s did not finish one right after the other",
        "exactly one runner finished between %(a)s and %(b)s",
        "exactly %(k)s runners finished between %(a)s and %(b)s",
        "%(a)s finished either first or last",
        "%(a)s finished neither first nor last",
        "Who finished in place %(x)s?",
        "In which place did %(x)s finish? Give its number.",
        "Who finished immediately behind %(x)s?",
        "Who finished immediately ahead of %(x)s?",
    ),
    Setting(
        "thing",
        "In the library of %(place)s, %(n)s books stand side by side on a shelf, in places numbered from left to right. "
        "They are, in no particular order, %(those)s.",
        ("%(a)s stands directly to the left of %(b)s", "%(b)s stands directly to the right of %(a)s"),
        ("%(a)s stands somewhere to the left of %(b)s", "%(b)s stands somewhere to the right of %(a)s"),
        "%(a)s and %(b)s stand side by side, without a book between them",
        "at least one book stands between %(a)s and %(b)s",
        "exactly one book stands between %(a)s and %(b)s",
        "exactly %(k)s books stand between %(a)s and %(b)s",
        "%(a)s stands at one of the two ends of the shelf",
        "%(a)s does not stand at either end of the shelf",
        "Which book stands in place %(x)s?",
        "In which place does %(x)s stand? Give its number.",
        "Which book stands directly to the right of %(x)s?",
        "Which book stands directly to the left of %(x)s?",
    ),
    Setting(
        "place",
        "The road to %(place)s runs from west to east through %(n)s villages, numbered in that direction. They are, in no particular order, %(those)s.",
        ("%(a)s is the next village to the west of %(b)s", "%(b)s is the next village to the east of %(a)s"),
        ("%(a)s lies somewhere to the west of %(b)s", "%(b)s lies somewhere to the east of %(a)s"),
        "%(a)s and %(b)s are neighbours on the road",
        "%(a)s and %(b)s are not neighbours on the road",
        "exactly one village lies between %(a)s and %(b)s",
        "exactly %(k)s villages lie between %(a)s and %(b)s",
        "%(a)s is either the first or the last of the villages",
        "%(a)s is neither the first nor the last of the villages",
        "Which village is number %(x)s?",
        "Which number does %(x)s have?",
        "Which is the next village to the east of %(x)s?",
        "Which is the next village to the west of %(x)s?",
    ),
    Setting(
        "given",
        "In %(place)s, %(n)s people live in a house of %(n)s floors, one on each floor, and floor 1 is the lowest. They are, in no particular order, %(those)s.",
        ("%(a)s lives immediately below %(b)s", "%(b)s lives immediately above %(a)s"),
        ("%(a)s lives somewhere below %(b)s", "%(b)s lives somewhere above %(a)s"),
        "%(a)s and %(b)s live on neighbouring floors",
        "%(a)s and %(b)s do not live on neighbouring floors",
        "exactly one person lives between %(a)s and %(b)s",
        "exactly %(k)s people live between %(a)s and %(b)s",
        "%(a)s lives either on the lowest or on the highest floor",
        "%(a)s lives neither on the lowest nor on the highest floor",
        "Who lives on floor %(x)s?",
        "On which floor does %(x)s live? Give its number.",
        "Who lives immediately above %(x)s?",
        "Who lives immediately below %(x)s?",
    ),
)
HELDOUT = (
    Setting(
        "given",
        "At a counter in %(place)s there is a queue of %(n)s, and position 1 is the front. Those who wait, listed by no rule, are %(those)s.",
        ("%(b)s is the one who comes straight after %(a)s", "%(a)s is the one who comes straight before %(b)s"),
        ("%(a)s will be served earlier than %(b)s", "%(b)s will be served later than %(a)s"),
        "nobody stands between %(a)s and %(b)s",
        "somebody stands between %(a)s and %(b)s",
        "there is one person, no more, between %(a)s and %(b)s",
        "there are %(k)s people, no more and no fewer, between %(a)s and %(b)s",
        "%(a)s is at the very front or at the very back",
        "%(a)s is not at the very front, nor at the very back",
        "Who has position %(x)s in the queue?",
        "What is the number of the position that %(x)s has in the queue?",
        "Who comes straight after %(x)s?",
        "Who comes straight before %(x)s?",
    ),
    Setting(
        "thing",
        "Along the quay of %(place)s lie %(n)s ships, at berths counted upwards from the lighthouse. Their names, listed by no rule, are %(those)s.",
        ("%(a)s is one berth nearer to the lighthouse than %(b)s", "%(b)s is one berth farther from the lighthouse than %(a)s"),
        ("%(a)s is nearer to the lighthouse than %(b)s", "%(b)s is farther from the lighthouse than %(a)s"),
        "the berths of %(a)s and %(b)s adjoin",
        "the berths of %(a)s and %(b)s do not adjoin",
        "there is a single ship between %(a)s and %(b)s",
        "there are %(k)s ships, all told, between %(a)s and %(b)s",
        "%(a)s has the first berth or the last",
        "%(a)s has a berth other than the first and the last",
        "Which ship has berth number %(x)s?",
        "What is the number of the berth of %(x)s?",
        "Which ship is one berth farther from the lighthouse than %(x)s?",
        "Which ship is one berth nearer to the lighthouse than %(x)s?",
    ),
)  # fmt: skip


def setting(random: Stream, heldout: bool) -> Setting:
    return random.choice(HELDOUT if heldout else SETTINGS)


def tell(random: Stream, puzzle: Puzzle, where: Setting, names: list[str], place: str) -> Told:
    what, x = puzzle.asked
    ask = {"at": where.at, "where": where.where, "after": where.after_, "before": where.before_}[what]
    answer = str(puzzle.answer + 1) if what == "where" else names[puzzle.answer]
    clues = [where.clue(clue, names, random) for clue in puzzle.clues]
    question = [
        where.intro % {"place": place, "n": NUMBERS[len(names)], "those": listed(names)},
        *[f"{i}. {clue}" for i, clue in enumerate(clues, 1)],
        ask % {"x": str(x + 1) if what == "at" else names[x]},
    ]
    return Told(
        question="\n".join(question),
        answers=[[answer]],
        scorer="number" if what == "where" else "set",
        hops=len(puzzle.proof),
        steps=[(clues[i], f"{len(ways)}") for i, ways in puzzle.proof],
        lines=["In each list, from the first place to the last, a dash is a place still open."]
        + proven(puzzle.proof, names, answer),
        about={"items": len(names), "clues": len(clues), "asked": what},
    )
