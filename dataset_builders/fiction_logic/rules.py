"""Rules to be chained: is it true, false or unknown that somebody is kind?

Two branches of rules are grown, one whose conclusion is what is asked about and one that concludes the opposite. If
the statement is true the second is broken, if it is false the first, and if it is unknown both: a fact at the bottom is
left out, or its opposite is stated. What is not derived is open, not false.

Every quality stands in the condition of one branch only, with one sign, and is concluded by one rule (the asked one by
two), so wherever a rule does not apply, qualities that are open can be chosen such that its condition fails. So what
chaining cannot derive is open in classical logic too, contraposition and all; and every proof there is, is the shortest.
"""

from typing import NamedTuple

from synthrl.seeding import Stream

LABELS = ("true", "false", "unknown")
MOST_DEPTH = 8
QUALITIES = tuple(  # no two of them mean the same or the opposite
    "ambitious artistic athletic bearded bilingual brave busy careful charming cheerful clever curious diligent eager "
    "elegant famous fashionable freckled frugal funny generous grateful helpful homesick hungry kind left-handed loyal "
    "lucky married modest musical near-sighted observant patient playful polite practical punctual red-haired religious "
    "rich romantic sleepy slender sociable strict stubborn sunburnt superstitious talkative tall tattooed thirsty "
    "thoughtful tidy trustworthy vegetarian well-read witty young".split()
)


class Literal(NamedTuple):
    quality: int
    holds: bool

    def opposite(self) -> "Literal":
        return Literal(self.quality, not self.holds)


class Rule(NamedTuple):
    body: tuple[Literal, ...]
    head: Literal


class Branch(NamedTuple):
    """Rules in an order in which they can be applied, and the facts that they start from."""

    rules: list[Rule]
    facts: list[Literal]


class Puzzle(NamedTuple):
    asked: Literal
    label: str
    facts: list[tuple[int, Literal]]  # of person 0, who is asked about, and of others
    rules: list[Rule]
    applied: list[Rule]  # the proof; where there is none, all that can be applied to person 0
    blocked: list[tuple[Rule, Literal]]  # rules that would settle an unknown one, with what each of them lacks
    known: frozenset[Literal]  # of person 0


class _Grower:
    """Draws qualities that are new each time, and grows branches of rules from them."""

    def __init__(self, random: Stream) -> None:
        self.random = random
        self.fresh = list(range(len(QUALITIES)))
        random.shuffle(self.fresh)

    def literal(self) -> Literal:
        return Literal(self.fresh.pop(), self.random.chance(0.7))

    def branch(self, head: Literal, steps: int) -> Branch:
        """A proof of `head` in so many steps."""
        random, rules, facts = self.random, [], []
        body: list[Literal] = []
        left = steps - 1
        while left:
            share = random.between(1, left - 1) if left > 1 and not body and random.chance(0.25) else left
            literal = self.literal()
            below = self.branch(literal, share)
            rules += below.rules
            facts += below.facts
            body.append(literal)
            left -= share
        for _ in range((1 if not body else 0) + (len(body) < 2 and random.chance(0.5))):
            fact = self.literal()
            facts.append(fact)
            body.append(fact)
        random.shuffle(body)
        rules.append(Rule(tuple(body), head))
        return Branch(rules, facts)


def derive(facts: set[Literal], rules: list[Rule]) -> tuple[set[Literal], list[Rule]]:
    """All that follows, and the rules in the order in which they were applied."""
    known, applied, waiting = set(facts), [], True
    while waiting:
        waiting = False
        for rule in rules:
            if rule.head not in known and known.issuperset(rule.body):
                known.add(rule.head)
                applied.append(rule)
                waiting = True
    return known, applied


def puzzle(random: Stream, depth: int) -> Puzzle:
    """A statement whose shortest proof or disproof takes `depth` steps; or to which so many lead, and none settles it."""
    label = random.choice(LABELS)
    while True:
        grower = _Grower(random)
        asked = grower.literal()
        # One branch is as deep as asked, the other about as deep: neither depth nor size tells which one holds.
        depths = [depth, max(1, depth + random.between(-1, 1))]
        if label == "false" or (label == "unknown" and random.chance(0.5)):
            depths.reverse()
        pro, contra = grower.branch(asked, depths[0]), grower.branch(asked.opposite(), depths[1])
        facts = [*_broken(random, pro, label == "true"), *_broken(random, contra, label == "false")]
        rules = pro.rules + contra.rules
        known, applied = derive(set(facts), rules)
        if (label != "unknown" or len(applied) == depth) and _padded(
            random, grower, depth, rules, facts, label != "unknown"
        ):
            break
    if label != "unknown":
        applied = (pro if label == "true" else contra).rules
    told = [(0, fact) for fact in facts] + _others(random, rules, [*pro.facts, *contra.facts], asked)
    random.shuffle(told)
    random.shuffle(rules)
    blocked = [
        (rule, next(literal for literal in rule.body if literal not in known))
        for rule in (pro.rules[-1], contra.rules[-1])
        if label == "unknown"
    ]
    return Puzzle(asked, label, told, rules, applied, blocked, frozenset(known | set(facts)))


def _broken(random: Stream, branch: Branch, whole: bool) -> list[Literal]:
    """The facts of a branch; of one that is not to stay whole, one is turned round or left out."""
    facts = list(branch.facts)
    if not whole:
        fact = facts.pop(random.below(len(facts)))
        if random.chance(0.5):
            facts.append(fact.opposite())
    return facts


def _padded(
    random: Stream, grower: _Grower, depth: int, rules: list[Rule], facts: list[Literal], settled: bool
) -> bool:
    """Fill up with rules and facts that lead nowhere, to numbers that do not tell the label; False if there are more."""
    more_rules = 2 * depth + random.between(2, 4) - len(rules)
    more_facts = 2 * depth + random.between(2, 4) - len(facts)
    if more_rules < 0 or more_facts < 1:
        return False
    turned = settled and random.chance(0.5)  # as many conditions meet their opposite, whatever the label
    for number in range(more_rules):
        body = [grower.literal()]  # not known, so the rule does not apply
        if random.chance(0.5):
            body.append(random.choice(facts))
        if number == 0 and turned:
            facts.append(body[0].opposite())
            more_facts -= 1
        random.shuffle(body)
        rules.append(Rule(tuple(body), grower.literal()))
    facts += [grower.literal() for _ in range(more_facts)]
    return True


def _others(random: Stream, rules: list[Rule], needed: list[Literal], asked: Literal) -> list[tuple[int, Literal]]:
    """What is known of two others: some of what would be needed, which proves nothing of person 0."""
    told: list[tuple[int, Literal]] = []
    for person in (1, 2):
        while True:
            facts = [
                fact if random.chance(0.7) else fact.opposite() for fact in random.sample(needed, random.between(1, 3))
            ]
            if not {asked, asked.opposite()} <= derive(set(facts), rules)[0]:
                break
        told += [(person, fact) for fact in facts]
    return told
