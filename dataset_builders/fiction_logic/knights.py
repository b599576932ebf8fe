"""Knights and knaves: who always tells the truth, and who never does?

An assignment of roles is a number, bit p of which says whether person p is a knight; a set of assignments is an integer
with a bit for each. So what a claim rules out, what several rule out together and what a proof knows by now are each
one operation on integers, and every puzzle is searched through exhaustively.
"""

from collections.abc import Sequence
from functools import cache
from itertools import combinations, permutations
from typing import Any, NamedTuple

from synthrl.seeding import Stream

from .settle import fewest

KNAVE, KNIGHT = 0, 1
ALL, ALIKE = -1, -2  # what may be asked besides the role of a person: of all of them, and whether two are alike
Claim = tuple[Any, ...]  # ("is", p, role), ("same", p, q), ("if", claim, claim) and so on; see `_claims`
_WEIGHTS = {
    "is": 2,
    "same": 1,
    "differ": 1,
    "and": 1,
    "or": 1,
    "if": 2,
    "iff": 1,
    "notboth": 1,
    "exactly": 2,
    "then": 1,
}


class Line(NamedTuple):
    """One line of a proof: what `speaker` said settles the roles of some, given what is known by then."""

    speaker: int
    reason: str  # "speaker" is known, "found" is the speaker's own role, "either" way
    found: tuple[tuple[int, int], ...]  # persons and their roles
    known: int  # the role of the speaker, where that is the reason or what was found


class Refuted(NamedTuple):
    """A supposition, what follows from it, and whose words it makes impossible: so the contrary holds."""

    person: int
    supposed: int
    lines: list[Line]
    speaker: int
    known: int  # the speaker's role by then, or -1


class Said(NamedTuple):
    """A claim, the assignments that make it true, and the set of those it speaks of."""

    claim: Claim
    true: int
    about: int


class Puzzle(NamedTuple):
    roles: tuple[int, ...]
    said: list[Said]
    asked: int  # a person, ALL or ALIKE
    needed: list[int]  # whose statements settle the question, as few as can be
    proof: list[Line | Refuted]


class Space(NamedTuple):
    """All assignments of roles to so many people."""

    everything: int
    where: tuple[tuple[int, int], ...]  # where a person is a knave, and where a knight
    pools: tuple[list[Said], ...]  # everything that somebody may say, by form, some forms more than once


@cache
def space(people: int) -> Space:
    everything = (1 << (1 << people)) - 1
    where = []
    for person in range(people):
        knight = sum(1 << roles for roles in range(1 << people) if roles >> person & 1)
        where.append((everything ^ knight, knight))
    forms = _claims(people)
    pools = {
        form: [Said(claim, _true(claim, where, everything), sum(1 << p for p in _about(claim))) for claim in claims]
        for form, claims in forms.items()
    }
    weighted = [pool for form, pool in pools.items() if pool for _ in range(_WEIGHTS[form])]
    return Space(everything, tuple(where), tuple(weighted))


def _claims(people: int) -> dict[str, list[Claim]]:
    """Everything that somebody may say, by form."""
    everyone, roles = range(people), (KNAVE, KNIGHT)
    literals = [("is", person, role) for person in everyone for role in roles]
    two = [(a, b) for a, b in permutations(literals, 2) if a[1] != b[1]]
    pairs, threes = list(combinations(everyone, 2)), list(combinations(everyone, 3))
    joined: dict[str, list[Claim]] = {
        form: [(form, a, b) for a, b in two] for form in ("and", "or", "if", "iff", "notboth")
    }
    alike: dict[str, list[Claim]] = {form: [(form, p, q) for p, q in pairs] for form in ("same", "differ")}
    exactly = [("exactly", k, three, role) for three in threes for k in (1, 2) for role in roles]
    then = [("if", a, claim) for a in literals for claim in alike["same"] + alike["differ"] if a[1] not in claim[1:]]
    return {"is": literals, **alike, **joined, "exactly": exactly, "then": then}


def _about(claim: Claim) -> set[int]:
    match claim:
        case ("is", person, _):
            return {person}
        case ("same" | "differ", p, q) | ("one" | "even", p, q, _):
            return {p, q}
        case ("exactly", _, three, _):
            return set(three)
    return _about(claim[1]) | _about(claim[2])


def _true(claim: Claim, where: Sequence[tuple[int, int]], everything: int) -> int:
    """The assignments under which `claim` is true."""
    match claim:
        case ("is", person, role):
            return where[person][role]
        case ("same", p, q) | ("even", p, q, _):
            return everything ^ where[p][KNIGHT] ^ where[q][KNIGHT]
        case ("differ", p, q) | ("one", p, q, _):
            return where[p][KNIGHT] ^ where[q][KNIGHT]
        case ("exactly", k, (p, q, r), role):
            a, b, c = where[p][role], where[q][role], where[r][role]
            odd, all_ = a ^ b ^ c, a & b & c
            return odd ^ all_ if k == 1 else (a & b | a & c | b & c) ^ all_
    form, one, other = claim
    a, b = _true(one, where, everything), _true(other, where, everything)
    return {"and": a & b, "or": a | b, "if": everything ^ a | b, "iff": everything ^ a ^ b, "notboth": everything ^ (a & b)}[form]  # fmt: skip


def puzzle(random: Stream, people: int) -> Puzzle:
    """Statements that leave one assignment, and a question whose proof needs no supposition within a supposition.

    Roles and question are drawn once, and statements until they fit: no answer is more likely than another.
    """
    every = space(people)
    if people == 2:
        return _pair(random, every)
    if random.chance(0.5):
        asked, roles = ALL, 1 + random.below((1 << people) - 2)  # somebody is a knight, and somebody a knave
        wrong = every.everything ^ 1 << roles
    else:
        asked, roles = random.below(people), random.below(1 << people)
        wrong = every.where[asked][1 - (roles >> asked & 1)]
    while True:
        said, allowed = _statements(random, people, every, roles)
        if len(said) < people:
            continue
        needed = fewest(every.everything, allowed, wrong)
        if len(needed) < 2:  # no puzzle
            continue
        proof = _Prover(every, said, allowed, needed, roles).prove(asked)
        if proof:
            return Puzzle(tuple([roles >> person & 1 for person in range(people)]), said, asked, needed, proof)


# How one of two may say that they differ, and that they are alike: by comparing roles, in one word, by counting.
_COMPARED: tuple[list[Claim], ...] = tuple(
    [("iff", ("is", p, role), ("is", 1 - p, other)) for p in (0, 1) for role, other in roles]
    for roles in (((KNAVE, KNIGHT), (KNIGHT, KNAVE)), ((KNAVE, KNAVE), (KNIGHT, KNIGHT)))
)
_IN_A_WORD: tuple[list[Claim], ...] = [("differ", 0, 1)], [("same", 0, 1)]
_COUNTED: tuple[list[Claim], ...] = tuple([(form, 0, 1, role) for role in (KNAVE, KNIGHT)] for form in ("one", "even"))


def _pair(random: Stream, every: Space) -> Puzzle:
    """Two people: asked is what one of them is, or whether they are alike. Each statement alone tells nothing of that.

    What one says of their being alike settles the other's role, and what one says of the other's role settles whether
    they are alike. So there are three things of which any two settle the third, and one alone leaves it as it was.
    No feature that both statements have may tell by its number, such as words for a role: so their forms are not the same.
    """
    roles, forms = random.below(4), [_COMPARED, random.choice((_IN_A_WORD, _COUNTED))]
    asked = random.below(2) if random.chance(0.5) else ALIKE
    random.shuffle(forms)
    claims = [random.choice(form[roles >> (1 - speaker) & 1]) for speaker, form in enumerate(forms)]
    if asked != ALIKE:
        claims[asked] = random.choice(random.choice((_IN_A_WORD, _COUNTED))[roles >> (1 - asked) & 1])
        claims[1 - asked] = ("is", asked, KNIGHT if roles in (0b00, 0b11) else KNAVE)
    said = [
        Said(claim, _true(claim, every.where, every.everything), sum(1 << p for p in _about(claim))) for claim in claims
    ]
    allowed = [every.everything ^ claim.true ^ every.where[speaker][KNIGHT] for speaker, claim in enumerate(said)]
    proof = _Prover(every, said, allowed, [0, 1], roles).prove(asked)
    return Puzzle((roles & 1, roles >> 1), said, asked, [0, 1], proof)


def _statements(random: Stream, people: int, every: Space, roles: int) -> tuple[list[Said], list[int]]:
    """What each says, and the assignments that it allows; cut short if no such statements are found soon.

    Each rules something out that those before it did not, unless they leave one assignment already. Its form is drawn
    before anything else, so that it does not tell a knight from a knave.
    """
    everything, where, pools = every
    choice, one, alive = random.choice, 1 << roles, everything
    said, allowed = [], []
    for speaker in range(people):
        role, knight, pool = roles >> speaker & 1, where[speaker][KNIGHT], choice(pools)
        for _ in range(16):
            claim = choice(pool)
            if claim.true >> roles & 1 != role:
                continue
            fits = everything ^ claim.true ^ knight
            left = alive & fits
            if (left != alive or alive == one) and (left == one or speaker < people - 1):
                said.append(claim)
                allowed.append(fits)
                alive = left
                break
        else:
            break
    return said, allowed


class _Prover:
    """Proves by what the `needed` say, one after the other, and by suppositions that this refutes.

    All that is known at a time is which role some people have, so a set of assignments `state` stands for it.
    """

    def __init__(self, every: Space, said: list[Said], allowed: list[int], needed: list[int], roles: int) -> None:
        self.where, self.everything, self.roles = every.where, every.everything, roles
        self.allowed, self.needed = allowed, needed
        self.about = [claim.about | 1 << speaker for speaker, claim in enumerate(said)]

    def prove(self, asked: int) -> list[Line | Refuted]:
        """The proof, or nothing if it would take a supposition within a supposition."""
        everyone = (1 << len(self.about)) - 1
        goal = everyone if asked < 0 else 1 << asked
        proof: list[Line | Refuted] = []
        state, known = self.everything, 0
        while True:
            state, known, lines, _ = self._follow(state, known)
            proof += lines
            if known & goal == goal:
                return self._pruned(proof, goal)[0]
            refuted = self._refute(state, known, everyone & ~known)
            if not refuted:
                return []
            proof.append(refuted)
            state &= self.where[refuted.person][1 - refuted.supposed]
            known |= 1 << refuted.person

    def _refute(self, state: int, known: int, unknown: int) -> Refuted | None:
        """The supposition that is refuted in the fewest lines."""
        best = None
        for person in range(unknown.bit_length()):
            if unknown >> person & 1:
                wrong = 1 - (self.roles >> person & 1)
                then, _, lines, speaker = self._follow(state & self.where[person][wrong], known | 1 << person)
                if speaker >= 0 and (best is None or len(lines) < len(best.lines)):
                    best = Refuted(person, wrong, lines, speaker, self._role(then, speaker))
                    if not lines:
                        break
        return best

    def _role(self, state: int, person: int) -> int:
        """The role that `person` has in `state`, -1 if it is open."""
        knave, knight = self.where[person]
        return -1 if state & knave and state & knight else KNIGHT if state & knight else KNAVE

    def _follow(self, state: int, known: int) -> tuple[int, int, list[Line], int]:
        """All that follows, statement by statement, and the speaker whose words become impossible, or -1."""
        lines: list[Line] = []
        waiting = True
        while waiting:
            waiting = False
            for speaker in self.needed:
                left = state & self.allowed[speaker]
                if left == state:
                    continue
                if not left:
                    return state, known, lines, speaker
                line = self._line(state, left, known, speaker)
                if line:
                    lines.append(line)
                    waiting = True
                    for person, role in line.found:
                        state &= self.where[person][role]
                        known |= 1 << person
        return state, known, lines, -1

    def _line(self, state: int, left: int, known: int, speaker: int) -> Line | None:
        found = []
        unknown = self.about[speaker] & ~known
        if unknown >> speaker & 1:
            role = self._role(left, speaker)
            if role >= 0:
                return Line(speaker, "found", ((speaker, role),), role)
        for person in range(unknown.bit_length()):
            if unknown >> person & 1:
                role = self._role(left, person)
                if role >= 0:
                    found.append((person, role))
        if not found:
            return None
        role = -1 if unknown >> speaker & 1 else self._role(state, speaker)
        return Line(speaker, "speaker" if role >= 0 else "either", tuple(found), role)

    def _pruned(self, proof: list[Any], goal: int) -> tuple[list[Any], int]:
        """The lines that lead to the roles of `goal`, and whose roles they rest on."""
        kept: list[Any] = []
        for line in reversed(proof):
            if isinstance(line, Refuted):
                if goal >> line.person & 1:
                    lines, rests = self._pruned(line.lines, self.about[line.speaker])
                    kept.append(line._replace(lines=lines))
                    goal |= rests
            else:
                found = tuple([(person, role) for person, role in line.found if goal >> person & 1])
                if found:
                    kept.append(line._replace(found=found))
                    goal |= self.about[line.speaker]
        return kept[::-1], goal
