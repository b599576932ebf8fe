"""Knights and knaves in English: what is said, what is asked, and the proof."""

from collections.abc import Sequence
from typing import NamedTuple

from synthrl.seeding import Stream

from .knights import ALIKE, ALL, Claim, Line, Puzzle, Refuted
from .telling import Told, listed, sentence


class Voice(NamedTuple):
    """One way of wording everything; %(T)s and %(F)s are the names of the two roles."""

    places: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    intro: str
    says: str
    is_: str
    same: str
    differ: str
    and_: str
    or_: str
    if_: str
    iff: str
    notboth: str
    exactly_one: str
    exactly_two: str
    one: str  # of two
    even: str
    who: str
    which: tuple[str, str]
    alike: str

    def claim(self, claim: Claim, names: Sequence[str], roles: tuple[str, str]) -> str:
        """`claim` in words, where `names` has "I" for the one who speaks."""
        knave, knight = roles
        match claim:
            case ("is", person, role):
                name = names[person]
                return self.is_ % {"x": name, "is": "am" if name == "I" else "is", "role": roles[role]}
            case ("same" | "differ" as form, p, q):
                x, y = _speaker_last([names[p], names[q]])
                objective = "me" if y == "I" else y
                form = self.same if form == "same" else self.differ
                return form % {"x": x, "y": y, "me": objective, "T": knight, "F": knave}
            case ("one" | "even" as form, _, _, role):
                return (self.one if form == "one" else self.even) % {"role": roles[role]}
            case ("exactly", k, three, role):
                those = _speaker_last([names[person] for person in three])
                if those[2] == "I":
                    those[2] = "me"
                return (self.exactly_one if k == 1 else self.exactly_two) % {
                    "those": listed(those),
                    "role": roles[role],
                }
        form, one, other = claim
        p, q = self.claim(one, names, roles), self.claim(other, names, roles)
        return _JOINS[form](self) % {"p": p, "q": q}


_JOINS = {
    "and": lambda voice: voice.and_,
    "or": lambda voice: voice.or_,
    "if": lambda voice: voice.if_,
    "iff": lambda voice: voice.iff,
    "notboth": lambda voice: voice.notboth,
}


def _speaker_last(names: list[str]) -> list[str]:
    return [name for name in names if name != "I"] + ["I"] * names.count("I")


_PLACES = ("on the island of", "at the market of", "in the village of", "in the harbour of", "in the guild of")
_ROLES = (("knave", "knight"), ("liar", "truth-teller"), ("rogue", "saint"), ("trickster", "sage"))
VOICES = (
    Voice(
        _PLACES,
        _ROLES,
        "Everybody %(where)s is either a %(T)s, who always tells the truth, or a %(F)s, who always lies. "
        "You meet %(those)s there.",
        '%s says: "%s."',
        "%(x)s %(is)s a %(role)s",
        "%(x)s and %(y)s are of the same kind",
        "%(x)s and %(y)s are of different kinds",
        "%(p)s and %(q)s",
        "%(p)s or %(q)s, or both",
        "if %(p)s, then %(q)s",
        "%(p)s if and only if %(q)s",
        "it is not true both that %(p)s and that %(q)s",
        "exactly one of %(those)s is a %(role)s",
        "exactly two of %(those)s are %(role)ss",
        "exactly one of us is a %(role)s",
        "either both of us are %(role)ss or neither of us is",
        "Name every %(T)s among them.",
        ("Is %(x)s a %(T)s or a %(F)s?", "Is %(x)s a %(F)s or a %(T)s?"),
        "Are %(x)s and %(y)s of the same kind? Answer yes or no.",
    ),
    Voice(
        _PLACES,
        _ROLES,
        "There live %(T)ss and %(F)ss %(where)s. Whatever a %(T)s says is true, and whatever a %(F)s says is false. "
        "You talk to %(those)s.",
        '%s tells you: "%s."',
        "%(x)s %(is)s a %(role)s",
        "%(x)s and %(y)s are alike",
        "%(x)s and %(y)s are not alike",
        "%(p)s, and %(q)s",
        "either %(p)s, or %(q)s, or both",
        "%(q)s if %(p)s",
        "%(p)s exactly when %(q)s",
        "it cannot be both that %(p)s and that %(q)s",
        "of %(those)s, just one is a %(role)s",
        "of %(those)s, just two are %(role)ss",
        "of the two of us, just one is a %(role)s",
        "of the two of us, both are %(role)ss or neither is",
        "Which of them are %(T)ss? Name them all.",
        ("What is %(x)s, a %(T)s or a %(F)s?", "What is %(x)s, a %(F)s or a %(T)s?"),
        "Are %(x)s and %(y)s alike? Answer yes or no.",
    ),
)
HELDOUT = Voice(
    ("at the court of", "in the theatre of", "in the monastery of"),
    (("jester", "herald"), ("conjurer", "chronicler")),
    "People %(where)s come in two sorts: a %(T)s never says anything false, and a %(F)s never says anything true. "
    "Among them are %(those)s.",
    'This is what %s claims: "%s."',
    "%(x)s %(is)s one of the %(role)ss",
    "%(x)s and %(y)s are both %(T)ss or both %(F)ss",
    "one of %(x)s and %(me)s is a %(T)s and the other a %(F)s",
    "two things are true: %(p)s, and %(q)s",
    "at least one of two things is true: %(p)s, or %(q)s",
    "%(p)s only if %(q)s",
    "%(p)s just in case %(q)s",
    "at most one of two things is true: %(p)s, or %(q)s",
    "there is one %(role)s, no more and no fewer, among %(those)s",
    "there are two %(role)ss, no more and no fewer, among %(those)s",
    "there is one %(role)s, no more and no fewer, among the two of us",
    "there are either two %(role)ss among the two of us or none",
    "List all of them who are %(T)ss.",
    (
        "Which is true of %(x)s: being a %(T)s or being a %(F)s?",
        "Which is true of %(x)s: being a %(F)s or being a %(T)s?",
    ),
    "Is it true that %(x)s and %(y)s are both %(T)ss or both %(F)ss? Reply with yes or no.",
)


def tell(random: Stream, puzzle: Puzzle, names: list[str], place: str, heldout: bool) -> Told:
    voice = HELDOUT if heldout else random.choice(VOICES)
    roles = knave, knight = random.choice(voice.roles)
    those = listed(names)
    where = f"{random.choice(voice.places)} {place}"
    told = [voice.intro % {"where": where, "T": knight, "F": knave, "those": those}]
    for speaker, said in enumerate(puzzle.said):
        name = names[speaker]
        names[speaker] = "I"
        told.append(voice.says % (name, sentence(voice.claim(said.claim, names, roles))))
        names[speaker] = name
    question, answers, concluded = _asked(random, puzzle, voice, names, roles)
    lines, settled = _proof(puzzle, names, roles)
    steps = [(f"Is {names[person]} a {knight} or a {knave}?", roles[role]) for person, role in settled]
    asked = {ALL: "all", ALIKE: "alike"}.get(puzzle.asked, "one")
    about = {"people": len(names), "knights": sum(puzzle.roles), "asked": asked}
    return Told(
        question="\n".join([*told, question]),
        answers=answers,
        scorer="set" if puzzle.asked == ALL else "label",
        hops=len(puzzle.needed),
        steps=steps,
        lines=lines + concluded,
        about=about,
    )


def _asked(
    random: Stream, puzzle: Puzzle, voice: Voice, names: list[str], roles: tuple[str, str]
) -> tuple[str, list[list[str]], list[str]]:
    """The question, its answers, and what is to be said when the roles are known."""
    knave, knight = roles
    words = {"T": knight, "F": knave}
    if puzzle.asked == ALL:
        truthful = [name for name, role in zip(names, puzzle.roles, strict=True) if role]
        only = f"So the only {knight} among them is {truthful[0]}."
        line = f"So the {knight}s among them are {listed(truthful)}." if len(truthful) > 1 else only
        return voice.who % words, [[name] for name in truthful], [line]
    if puzzle.asked == ALIKE:
        x, y = names
        one, other = puzzle.roles
        both = f"{x} and {y} are both {roles[one]}s, so the answer is yes."
        line = both if one == other else f"{x} is a {roles[one]} and {y} is a {roles[other]}, so the answer is no."
        return voice.alike % {"x": x, "y": y, **words}, [["yes" if one == other else "no"]], [line]
    question = random.choice(voice.which) % {"x": names[puzzle.asked], **words}
    return question, [[roles[puzzle.roles[puzzle.asked]]]], []


def _proof(puzzle: Puzzle, names: list[str], roles: tuple[str, str]) -> tuple[list[str], list[tuple[int, int]]]:
    """A line for everything that is settled, one by one, and a list of what is."""
    lines, settled = [], []
    for step in puzzle.proof:
        if isinstance(step, Refuted):
            person, role = step.person, 1 - step.supposed
            told = [f"Suppose that {names[person]} is a {roles[step.supposed]}."]
            told += [_line(line, names, roles, person) for line in step.lines]
            told += [_impossible(step, names, roles), f"{names[person]} is therefore a {roles[role]}."]
            lines.append(" ".join(told))
            settled.append((person, role))
        else:
            lines.append(_line(step, names, roles))
            settled += step.found
    return lines, settled


def _line(line: Line, names: list[str], roles: tuple[str, str], supposed: int = -1) -> str:
    speaker = names[line.speaker]
    if line.reason == "found":
        other, would = roles[1 - line.known], "true" if line.known else "false"
        return f"{speaker} cannot be a {other}, since what {speaker} says would then be {would}: {speaker} is a {roles[line.known]}."
    found = listed([f"{names[person]} is a {roles[role]}" for person, role in line.found])
    if line.reason == "speaker":
        since = "Then" if line.speaker == supposed else f"{speaker} is a {roles[line.known]}, so"
        return f"{since} what {speaker} says is {'true' if line.known else 'false'}: {found}."
    return f"{speaker}, whether a {roles[1]} or a {roles[0]}, can only say this if {found}."


def _impossible(step: Refuted, names: list[str], roles: tuple[str, str]) -> str:
    speaker = names[step.speaker]
    if step.known < 0:
        return f"That cannot be, since neither a {roles[1]} nor a {roles[0]} could then say what {speaker} says."
    would = "false" if step.known else "true"
    return f"That cannot be, since {speaker} is a {roles[step.known]}, and what {speaker} says would be {would}."
