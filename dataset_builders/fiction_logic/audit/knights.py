"""Knights and knaves: the statements as trees, all ways to give out the roles, and a proof checked line by line."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .reading import LIST, NAME, NUMBERS, Unreadable, listed, match
from .solving import control, fewest

Row = dict[str, Any]
Tree = tuple[Any, ...]
ALL, ALIKE = -1, -2
WAYS = r"(?:on the island|at the market|in the village|in the harbour|in the guild|at the court|in the theatre|in the monastery) of (?:[A-Z][a-z]+ )?[A-Z][a-z]+"
INTROS = (
    rf"Everybody {WAYS} is either a (?P<T>[a-z-]+), who always tells the truth, or a (?P<F>[a-z-]+), who always lies\. "
    rf"You meet (?P<those>{LIST}) there\.",
    rf"There live (?P<T>[a-z-]+)s and (?P<F>[a-z-]+)s {WAYS}\. Whatever a (?P=T) says is true, and whatever a (?P=F) says is false\. "
    rf"You talk to (?P<those>{LIST})\.",
    rf"People {WAYS} come in two sorts: a (?P<T>[a-z-]+) never says anything false, and a (?P<F>[a-z-]+) never says anything true\. "
    rf"Among them are (?P<those>{LIST})\.",
)
SAYS = rf'(?:This is what )?({NAME}) (?:says|tells you|claims): "(.+)\."'
# What joins two claims: what stands before, between and after them; "swapped" says the second one first.
JOINS = (
    ("and", "", " and ", "", False),
    ("and", "", ", and ", "", False),
    ("and", "two things are true: ", ", and ", "", False),
    ("or", "", " or ", ", or both", False),
    ("or", "either ", ", or ", ", or both", False),
    ("or", "at least one of two things is true: ", ", or ", "", False),
    ("if", "if ", ", then ", "", False),
    ("if", "", " if ", "", True),
    ("if", "", " only if ", "", False),
    ("iff", "", " if and only if ", "", False),
    ("iff", "", " exactly when ", "", False),
    ("iff", "", " just in case ", "", False),
    ("notboth", "it is not true both that ", " and that ", "", False),
    ("notboth", "it cannot be both that ", " and that ", "", False),
    ("notboth", "at most one of two things is true: ", ", or ", "", False),
)


class Puzzle(NamedTuple):
    names: list[str]
    roles: tuple[str, str]  # of who lies, and of who tells the truth
    claims: list[Tree]
    asked: int  # a person, ALL or ALIKE


class World(NamedTuple):
    """One way to give out the roles, and whose statements are impossible in it."""

    roles: tuple[int, ...]
    impossible: frozenset[int]


def read(question: str) -> Puzzle:
    intro, *said, asked = question.split("\n")
    found = next((m for m in (re.fullmatch(pattern, intro) for pattern in INTROS) if m), None)
    if not found:
        raise Unreadable(f"cannot read {intro!r}")
    names, roles = listed(found["those"]), (found["F"], found["T"])
    if len(set(names)) < len(names) or len(said) != len(names):
        raise Unreadable(f"{len(names)} names, {len(said)} statements")
    claims: list[Tree] = []
    for speaker, line in enumerate(said):
        who, words = match(SAYS, line).groups()
        if who != names[speaker]:
            raise Unreadable(f"{who} speaks out of turn")
        trees = {
            tree for text in (words, words[0].lower() + words[1:]) for tree in _readings(text, names, roles, speaker)
        }
        if len(trees) != 1:
            raise Unreadable(f"{len(trees)} readings of {words!r}")
        claims += trees
    return Puzzle(names, roles, claims, _asked(asked, names, roles))


def _asked(text: str, names: list[str], roles: tuple[str, str]) -> int:
    knave, knight = roles
    if re.fullmatch(
        rf"Name every {knight} among them\.|Which of them are {knight}s\? Name them all\.|List all of them who are {knight}s\.",
        text,
    ):
        return ALL
    alike = rf"Are ({NAME}) and ({NAME}) (?:of the same kind|alike)\? Answer yes or no\."
    both = rf"Is it true that ({NAME}) and ({NAME}) are both {knight}s or both {knave}s\? Reply with yes or no\."
    if m := re.fullmatch(alike, text) or re.fullmatch(both, text):
        if list(m.groups()) != names:
            raise Unreadable(f"not the two of them: {text!r}")
        return ALIKE
    either = rf"(?:a {knight} or a {knave}|a {knave} or a {knight})"
    being = rf"(?:being a {knight} or being a {knave}|being a {knave} or being a {knight})"
    found = match(rf"(?:Is|What is|Which is true of) ({NAME})(?: {either}|, {either}|: {being})\?", text)
    return names.index(found[1])


def _readings(text: str, names: list[str], roles: tuple[str, str], speaker: int) -> list[Tree]:
    """All trees that `text` can be."""
    found = list(_atoms(text, names, roles, speaker))
    for form, before, between, after, swapped in JOINS:
        if not (text.startswith(before) and text.endswith(after)):
            continue
        inner = text[len(before) : len(text) - len(after)]
        for place in (m.start() for m in re.finditer(re.escape(between), inner)):
            parts = inner[:place], inner[place + len(between) :]
            one, other = (_readings(part, names, roles, speaker) for part in (reversed(parts) if swapped else parts))
            found += [(form, a, b) for a in one for b in other]
    return found


def _atoms(text: str, names: list[str], roles: tuple[str, str], speaker: int) -> Iterator[Tree]:
    knave, knight = roles
    who, role = rf"({NAME}|I|me)", rf"({knave}|{knight})"

    def person(name: str) -> int:
        return speaker if name in ("I", "me") else names.index(name)

    if m := re.fullmatch(rf"{who} (is|am) (?:a {role}|one of the {role}s)", text):
        if (m[1] == "I") != (m[2] == "am"):
            raise Unreadable(f"bad English in {text!r}")
        yield ("is", person(m[1]), roles.index(m[3] or m[4]))
    if m := re.fullmatch(rf"{who} and {who} are (?:of the same kind|alike|both {knight}s or both {knave}s)", text):
        yield ("same", person(m[1]), person(m[2]))
    if m := re.fullmatch(rf"{who} and {who} are (?:of different kinds|not alike)", text):
        yield ("differ", person(m[1]), person(m[2]))
    if m := re.fullmatch(rf"one of {who} and {who} is a {knight} and the other a {knave}", text):
        yield ("differ", person(m[1]), person(m[2]))
    if len(names) == 2:
        yield from _of_two(text, role)
    for form in (
        rf"exactly (?P<k>one|two) of (?P<l>{LIST}) (?:is a|are) {role}s?",
        rf"of (?P<l>{LIST}), just (?P<k>one|two) (?:is a|are) {role}s?",
        rf"there (?:is|are) (?P<k>one|two) {role}s?, no more and no fewer, among (?P<l>{LIST})",
    ):
        if m := re.fullmatch(form, text):
            those = tuple(sorted(map(person, listed(m["l"]))))
            yield ("exactly", NUMBERS[m["k"]], those, roles.index(next(r for r in m.groups() if r in roles)))


def _of_two(text: str, role: str) -> Iterator[Tree]:
    """What two people say of "us": one of two is such, so they differ; both or neither, so they are the same."""
    for form, pattern in (
        ("differ", rf"(?:exactly one of us|of the two of us, just one) is a {role}"),
        ("differ", rf"there is one {role}, no more and no fewer, among the two of us"),
        ("same", rf"either both of us are {role}s or neither of us is"),
        ("same", rf"of the two of us, both are {role}s or neither is"),
        ("same", rf"there are either two {role}s among the two of us or none"),
    ):
        if re.fullmatch(pattern, text):
            yield (form, 0, 1)


def worlds(puzzle: Puzzle) -> list[World]:
    """All ways to give out the roles, by clingo."""
    facts = [f"person(0..{len(puzzle.names) - 1})."]
    count = 0

    def node(tree: Tree) -> int:
        nonlocal count
        count += 1
        number, (form, *parts) = count, tree
        if form == "exactly":
            k, those, role = parts
            facts.extend([f"exactly({number},{k},{role}).", *[f"among({number},{p})." for p in those]])
        else:
            arguments = [node(part) if isinstance(part, tuple) else part for part in parts]
            facts.append(f"{form}({number},{arguments[0]},{arguments[1]}).")
        return number

    facts += [f"says({speaker},{node(claim)})." for speaker, claim in enumerate(puzzle.claims)]
    found = []
    program = control("knights", facts, ["0"])
    with program.solve(yield_=True) as models:
        for model in models:
            shown = model.symbols(shown=True)
            roles = dict(tuple(a.number for a in s.arguments) for s in shown if s.name == "role")
            impossible = frozenset(s.arguments[0].number for s in shown if s.name == "impossible")
            found.append(World(tuple(roles[p] for p in sorted(roles)), impossible))
    return found


def faults(row: Row) -> Iterator[str]:
    puzzle = read(row["question"])
    all_ = worlds(puzzle)
    possible = [world for world in all_ if not world.impossible]
    if len(possible) != 1:
        yield f"{len(possible)} solutions"
        return
    (solution,) = possible
    gold = _answers(puzzle, solution)
    if (row["answers"], row["scorer"]) != (gold, "set" if puzzle.asked == ALL else "label") or not row["answerable"]:
        yield f"answers are {row['answers']}, judged by {row['scorer']}, the puzzle gives {gold}"
    wrong = [world for world in all_ if _answers(puzzle, world) != gold]
    hops = len(fewest(len(puzzle.names), [world.impossible for world in wrong]))
    if row["hops"] != hops:
        yield f"hops is {row['hops']}, {hops} statements settle it"
    yield from _Proof(puzzle, all_).faults(row, solution)


def _answers(puzzle: Puzzle, world: World) -> list[list[str]]:
    """What is right in `world`."""
    names, roles, asked = puzzle.names, puzzle.roles, puzzle.asked
    if asked == ALL:
        return [[name] for name, role in zip(names, world.roles, strict=True) if role]
    if asked == ALIKE:
        return [["yes" if len(set(world.roles)) == 1 else "no"]]
    return [[roles[world.roles[asked]]]]


class _Proof:
    """What is known after each line, and which lines do not follow."""

    def __init__(self, puzzle: Puzzle, worlds: list[World]) -> None:
        self.puzzle, self.worlds = puzzle, worlds
        self.known: dict[int, int] = {}
        self.settled: list[tuple[int, int]] = []
        self.used: set[int] = set()

    def faults(self, row: Row, solution: World) -> Iterator[str]:
        lines, (knave, knight) = row["solution"].split("\n")[:-1], self.puzzle.roles
        if self.puzzle.asked < 0 and (last := lines.pop()) != self._conclusion(solution):
            yield f"the last line is {last!r}"
        for line in lines:
            yield from self._paragraph(line) if line.startswith("Suppose") else self._step(line, self.known, None)
        wanted = range(len(self.puzzle.names)) if self.puzzle.asked < 0 else [self.puzzle.asked]
        if not set(self.known).issuperset(wanted):
            yield "the proof ends before the question is settled"
        if len(self.used) != row["hops"]:
            yield f"the proof uses {len(self.used)} statements, hops is {row['hops']}"
        names, roles = self.puzzle.names, self.puzzle.roles
        steps = [(f"Is {names[p]} a {knight} or a {knave}?", roles[role]) for p, role in self.settled]
        if [(step["question"], step["answer"]) for step in row["steps"]] != steps:
            yield "the steps are not what the proof settles"

    def _conclusion(self, solution: World) -> str:
        names, roles = self.puzzle.names, self.puzzle.roles
        if self.puzzle.asked == ALIKE:
            (x, y), (one, other) = names, [roles[role] for role in solution.roles]
            if one == other:
                return f"{x} and {y} are both {one}s, so the answer is yes."
            return f"{x} is a {one} and {y} is a {other}, so the answer is no."
        knights = [name for name, role in zip(names, solution.roles, strict=True) if role]
        if len(knights) == 1:
            return f"So the only {roles[1]} among them is {knights[0]}."
        return f"So the {roles[1]}s among them are {', '.join(knights[:-1])} and {knights[-1]}."

    def _paragraph(self, line: str) -> Iterator[str]:
        sentences = re.split(r"(?<=\.) ", line)
        m = match(rf"Suppose that ({NAME}) is a ([a-z-]+)\.", sentences[0])
        person, role = self._literal(m[1], m[2])
        known = {**self.known, person: role}
        for sentence in sentences[1:-2]:
            yield from self._step(sentence, known, person)
        speaker, stated, would = self._contradiction(sentences[-2])
        self.used.add(speaker)
        if self._left(known, speaker):
            yield f"no contradiction: {sentences[-2]!r}"
        if known.get(speaker, -1) != stated or (stated >= 0 and would != ("false", "true")[1 - stated]):
            yield f"not known by then: {sentences[-2]!r}"
        m = match(rf"({NAME}) is therefore a ([a-z-]+)\.", sentences[-1])
        if self._literal(m[1], m[2]) != (person, 1 - role):
            yield f"does not follow: {sentences[-1]!r}"
        self.known[person] = 1 - role
        self.settled.append((person, 1 - role))

    def _contradiction(self, sentence: str) -> tuple[int, int, str]:
        knave, knight = self.puzzle.roles
        neither = rf"That cannot be, since neither a {knight} nor a {knave} could then say what ({NAME}) says\."
        if m := re.fullmatch(neither, sentence):
            return self.puzzle.names.index(m[1]), -1, ""
        m = match(rf"That cannot be, since ({NAME}) is a ([a-z-]+), and what \1 says would be (true|false)\.", sentence)
        return *self._literal(m[1], m[2]), m[3]

    def _step(self, sentence: str, known: dict[int, int], supposed: int | None) -> Iterator[str]:
        knave, knight = self.puzzle.roles
        roles = rf"{knave}|{knight}"
        if m := re.fullmatch(rf"({NAME}) is a ({roles}), so what \1 says is (true|false): (.+)\.", sentence):
            speaker, role = self._literal(m[1], m[2])
            good = known.get(speaker) == role and m[3] == ("false", "true")[role]
            found = m[4]
        elif m := re.fullmatch(rf"Then what ({NAME}) says is (true|false): (.+)\.", sentence):
            speaker = self.puzzle.names.index(m[1])
            good = speaker == supposed and m[2] == ("false", "true")[known[speaker]]
            found = m[3]
        elif m := re.fullmatch(rf"({NAME}), whether a {knight} or a {knave}, can only say this if (.+)\.", sentence):
            speaker, found = self.puzzle.names.index(m[1]), m[2]
            good = speaker not in known
        else:
            m = match(
                rf"({NAME}) cannot be a ({roles}), since what \1 says would then be (true|false): (\1 is a (?:{roles}))\.",
                sentence,
            )
            speaker, role = self._literal(m[1], m[2])
            good = speaker not in known and m[3] == ("true", "false")[role]
            found = m[4]
        yield from [] if good else [f"not known by then: {sentence!r}"]
        self.used.add(speaker)
        left = self._left(known, speaker)
        for literal in found.split(" and ") if " and " in found else [found]:
            for part in literal.split(", "):
                person, role = self._literal(*match(rf"({NAME}) is a ({roles})", part).groups())
                if person in known or any(world.roles[person] != role for world in left):
                    yield f"does not follow: {sentence!r}"
                known[person] = role
                if known is self.known:
                    self.settled.append((person, role))

    def _literal(self, name: str, role: str) -> tuple[int, int]:
        return self.puzzle.names.index(name), self.puzzle.roles.index(role)

    def _left(self, known: dict[int, int], speaker: int) -> list[World]:
        """The worlds that fit what is known and in which `speaker` can say what he says."""
        return [
            world
            for world in self.worlds
            if speaker not in world.impossible and all(world.roles[p] == role for p, role in known.items())
        ]
