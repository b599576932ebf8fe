"""Rules in English: facts, rules, the question, and the proof."""

from collections.abc import Sequence
from typing import NamedTuple

from synthrl.row import UNANSWERABLE
from synthrl.seeding import Stream

from .rules import QUALITIES, Literal, Puzzle, Rule
from .telling import Told, listed


class Voice(NamedTuple):
    """One way of wording everything."""

    intros: tuple[str, ...]
    fact: str
    rules: tuple[str, ...]
    ask: tuple[str, ...]


TOLD = Voice(
    (
        "This is what is known of %(those)s, three people from %(place)s.",
        "In %(place)s live %(those)s, and these things are known.",
        "A visitor to %(place)s has met %(those)s and has learnt the following.",
    ),
    "%s is %s.",
    (
        "Everyone who is %(body)s is %(head)s.",
        "If someone is %(body)s, then they are %(head)s.",
        "People who are %(body)s are %(head)s.",
    ),
    (
        "Is it true, false or unknown that %s? What neither follows nor is ruled out is unknown.",
        "Does it follow that %s? Answer true if it does, false if the opposite follows, and unknown if neither does.",
    ),
)
HELDOUT = Voice(
    ("Three residents of %(place)s are called %(those)s. Take these statements as given.",),
    "It is certain that %s is %s.",
    ("A person who is %(body)s %(always)s.", "All who are %(body)s are also %(head)s."),
    ("Judge the claim that %s: true, false, or unknown where the statements leave it open.",),
)


def _said(literal: Literal) -> str:
    return QUALITIES[literal.quality] if literal.holds else f"not {QUALITIES[literal.quality]}"


def _body(literals: Sequence[Literal]) -> str:
    """What is not so comes last: "not young and kind" could be read in two ways."""
    return " and ".join([_said(literal) for literal in sorted(literals, key=lambda literal: not literal.holds)])


def _rule(form: str, rule: Rule) -> str:
    head = rule.head
    always = f"is {'always' if head.holds else 'never'} {QUALITIES[head.quality]}"
    return form % {"body": _body(rule.body), "head": _said(head), "always": always}


def tell(random: Stream, puzzle: Puzzle, names: list[str], place: str, heldout: bool) -> Told:
    voice, first = HELDOUT if heldout else TOLD, random.below(3)
    people = names[first:] + names[:first]
    name = people[0]
    sentences = [voice.fact % (people[person], _said(fact)) for person, fact in puzzle.facts]
    sentences += [_rule(random.choice(voice.rules), rule) for rule in puzzle.rules]
    random.shuffle(sentences)
    claim = f"{name} is {_said(puzzle.asked)}"
    question = [
        random.choice(voice.intros) % {"those": listed(names), "place": place},
        " ".join(sentences),
        random.choice(voice.ask) % claim,
    ]
    lines = [f"{name} is {_body(rule.body)}, so {name} is {_said(rule.head)}." for rule in puzzle.applied]
    lines += [_lacking(rule, lack, name, puzzle) for rule, lack in puzzle.blocked]
    lines.append(f"It is therefore {puzzle.label} {'whether' if puzzle.blocked else 'that'} {claim}.")
    return Told(
        question="\n".join(question),
        answers=[
            [puzzle.label, *[alias for alias in UNANSWERABLE if alias != puzzle.label]]
            if puzzle.blocked
            else [puzzle.label]
        ],
        scorer="label",
        hops=len(puzzle.applied),
        steps=[
            (f"What follows from {name} being {_body(rule.body)}?", f"{name} is {_said(rule.head)}")
            for rule in puzzle.applied
        ],
        lines=lines,
        about={"rules": len(puzzle.rules), "facts": len(puzzle.facts)},
        answerable=not puzzle.blocked,
    )


def _lacking(rule: Rule, lack: Literal, name: str, puzzle: Puzzle) -> str:
    """Why a rule that would settle it does not apply."""
    known = lack.opposite() in puzzle.known
    but = f"{name} is {_said(lack.opposite())}" if known else f"it is not known that {name} is {_said(lack)}"
    return f"Everyone who is {_body(rule.body)} is {_said(rule.head)}, but {but}."
