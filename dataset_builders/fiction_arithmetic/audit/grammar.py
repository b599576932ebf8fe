"""Sentences and questions → equations. A grammar of its own: it knows no setting's words, only how sentences are built.

A quantity is known by (place, verb, what): ("Ada Lok's bakery", "puts", "rye loaves on each tray").
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

Key = tuple[str, str, str]


class Reading(NamedTuple):
    """What a sentence says: the sum of `weights` times quantities is `constant`, or `product`[0] = [1] × [2]."""

    cost: int  # operations that it takes to find one of its quantities by the others
    subject: Key | None  # the one that the sentence tells of; None where it links all alike
    weights: dict[Key, Fraction]
    constant: Fraction = Fraction(0)
    product: tuple[Key, Key, Key] | None = None
    constants: tuple[Fraction, ...] = ()  # the numbers that a proof may take from it

    @property
    def keys(self) -> tuple[Key, ...]:
        return self.product or tuple(self.weights)


_PLACE = r"[A-Z][a-z]+ [A-Z][a-z]+'s [a-z]+"
_NUMBER = r"\d[\d,]*(?:/\d+)?"
_NOUN = re.compile(rf"[Tt]he number of ((?:(?! that ).)+) that ({_PLACE}) ([a-z]+)((?: .+)?)")
_ONE = r"([Tt]he number of (?:(?!the number of |, and you have).)+)"  # one quantity
_MANY = r"(the number of .+)"
_TIMES = {"twice": 2} | {f"{word} times": n for n, word in enumerate("three four five six seven eight nine".split(), 3)}
_PARTS = {
    f"a {word}" if n != 8 else "an eighth": n
    for n, word in enumerate("third quarter fifth sixth seventh eighth ninth".split(), 3)
} | {"half": 2}
_WORDS = {word: n for n, word in enumerate("two three four five six seven eight nine".split(), 2)}
_K_TIMES, _K_PARTS, _K_WORDS = ("|".join(table) for table in (_TIMES, _PARTS, _WORDS))


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def noun(text: str) -> Key | None:
    """ "the number of rye loaves that Ada Lok's bakery puts on each tray" """
    match = _NOUN.fullmatch(text)
    return (match[2], match[3], match[1] + match[4]) if match else None


def nouns(text: str) -> list[Key | None]:
    return [noun(part) for part in re.split(r"(?:, | and )(?=the number of )", text)]


def _clauses(text: str, subject: Key) -> list[Key | None]:
    """What stands behind "as many … as": places that do the same, clauses, or numbers."""
    if text.startswith("the number of "):
        return nouns(text)
    parts = re.split(r", | and ", text)
    if all(re.fullmatch(_PLACE, part) for part in parts):
        return [(part, *subject[1:]) for part in parts]
    match = re.fullmatch(rf"({_PLACE}|it) ([a-z]+) (.+)", text)
    if not match:
        return [None]
    place, verb, what = match.groups()
    if re.match(r"(?:from|with|for|on) ", what):  # "earns as many pence from rye loaves as it earns from seed rolls"
        what = f"{subject[2].partition(' ')[0]} {what}"
    return [(subject[0] if place == "it" else place, verb, what)]


def _linear(
    subject: Key | None, others: list[Key | None], by: list[Fraction], constant: Fraction, cost: int, *told: Fraction
) -> Iterator[Reading]:
    """subject = the sum of `by` times the others, plus `constant`."""
    if subject is None or None in others or len({subject, *others}) <= len(others):
        return
    weights = {subject: Fraction(1)} | {key: -weight for key, weight in zip(others, by, strict=True) if key}
    yield Reading(cost, subject, weights, constant, constants=told)


def _value(subject: Key | None, n: Fraction) -> Iterator[Reading]:
    yield from _linear(subject, [], [], n, 0)


def _scaled(subject: Key | None, others: list[Key | None], by: Fraction) -> Iterator[Reading]:
    if len(others) == 1:
        yield from _linear(subject, others, [by], Fraction(0), 1, max(by, 1 / by))


def _shifted(subject: Key | None, others: list[Key | None], by: Fraction) -> Iterator[Reading]:
    if len(others) == 1:
        yield from _linear(subject, others, [Fraction(1)], by, 1, abs(by))


def _sum(subject: Key | None, others: list[Key | None]) -> Iterator[Reading]:
    n = len(others)
    if n > 1:
        yield from _linear(subject, others, [Fraction(1)] * n, Fraction(0), n - 1)


def _mean(subject: Key | None, others: list[Key | None]) -> Iterator[Reading]:
    n = len(others)
    if n > 1:
        yield from _linear(subject, others, [Fraction(1, n)] * n, Fraction(0), n, Fraction(n))


def _minus(subject: Key | None, whole: Key | None, part: Key | None) -> Iterator[Reading]:
    yield from _linear(subject, [whole, part], [Fraction(1), Fraction(-1)], Fraction(0), 1)


def _rest(x: str, place: str, stock: str, gone: str, left: str) -> Iterator[Reading]:
    for reading in _sum((place, stock, x), [(place, gone, x), (place, left, x)]):
        yield reading._replace(subject=None)


def _product(whole: Key, one: Key, other: Key) -> Iterator[Reading]:
    yield Reading(1, None, {}, product=(whole, one, other))


_MEASURED = re.compile(r"(kilogram|litre|metre|tonne)s of (.+)")


def _bare(x: str) -> str:
    """ "kilograms of rye bread" are earned from, packed and worked on as "rye bread"."""
    match = _MEASURED.fullmatch(x)
    return match[2] if match else x


def _each(x: str) -> str:
    match = _MEASURED.fullmatch(x)
    return f"each {match[1]} of {match[2]}" if match else f"each of its {x}"


def _boxes(x: str, place: str, stock: str, boxes: str, into: str, box: str) -> Iterator[Reading]:
    yield from _product(
        (place, stock, x), (place, "fills", f"{boxes} with {_bare(x)}"), (place, "puts", f"{x} {into} each {box}")
    )


def _sales(x: str, y: str, place: str, gone: str, coin: str) -> Iterator[Reading]:
    if _bare(x) != y:
        return
    takings, price = (place, "earns", f"{coin} from {y}"), (place, "charges", f"{coin} for {_each(x)}")
    yield from _product(takings, price, (place, gone, x))


def _days(x: str, place: str, stock: str) -> Iterator[Reading]:
    yield from _product((place, stock, x), (place, stock, f"{x} each day"), (place, "spends", f"days on {_bare(x)}"))


def _total(place: str, stock: str, items: str, all_: str) -> Iterator[Reading]:
    yield from _sum((place, stock, f"{all_} in all"), [(place, stock, item) for item in re.split(r", | and ", items)])


_S, _V, _X = f"({_PLACE})", "([a-z]+)", r"((?:(?! as | than | that |\.).)+)"
_N = f"({_NUMBER})"
Rule = tuple[str, Callable[..., Iterator[Reading]]]
RULES: list[Rule] = [
    (rf"(?:By the latest count, |The ledger says that )?{_S} {_V} {_N} {_X}\.", lambda s, v, n, x: _value((s, v, x), number(n)) if " more " not in x and " fewer " not in x else iter(())),
    (rf"{_ONE} is {_N}\.", lambda a, n: _value(noun(a), number(n))),
    (rf"{_S} {_V} ({_K_TIMES}) as many {_X} as (.+)\.", lambda s, v, k, x, c: _scaled((s, v, x), _clauses(c, (s, v, x)), Fraction(_TIMES[k]))),
    (rf"{_ONE} is ({_K_TIMES}) {_ONE}\.", lambda a, k, b: _scaled(noun(a), [noun(b)], Fraction(_TIMES[k]))),
    (rf"Multiply {_ONE} by ({_K_WORDS}), and you have {_ONE}\.", lambda b, k, a: _scaled(noun(a), [noun(b)], Fraction(_WORDS[k]))),
    (rf"({_K_TIMES}) {_ONE} makes {_ONE}\.", lambda k, b, a: _scaled(noun(a), [noun(b)], Fraction(_TIMES[k]))),
    (rf"{_S} {_V} ({_K_PARTS}) as many {_X} as (.+)\.", lambda s, v, k, x, c: _scaled((s, v, x), _clauses(c, (s, v, x)), Fraction(1, _PARTS[k]))),
    (rf"{_ONE} is ({_K_PARTS}) of {_ONE}\.", lambda a, k, b: _scaled(noun(a), [noun(b)], Fraction(1, _PARTS[k]))),
    (rf"Divide {_ONE} by ({_K_WORDS}), and you have {_ONE}\.", lambda b, k, a: _scaled(noun(a), [noun(b)], Fraction(1, _WORDS[k]))),
    (rf"({_K_PARTS}) of {_ONE} makes {_ONE}\.", lambda k, b, a: _scaled(noun(a), [noun(b)], Fraction(1, _PARTS[k]))),
    (rf"{_S} {_V} {_N} more {_X} than (.+)\.", lambda s, v, n, x, c: _shifted((s, v, x), _clauses(c, (s, v, x)), number(n))),
    (rf"{_ONE} is {_N} more than {_ONE}\.", lambda a, n, b: _shifted(noun(a), [noun(b)], number(n))),
    (rf"Add {_N} to {_ONE}, and you have {_ONE}\.", lambda n, b, a: _shifted(noun(a), [noun(b)], number(n))),
    (rf"{_ONE} exceeds {_ONE} by {_N}\.", lambda a, b, n: _shifted(noun(a), [noun(b)], number(n))),
    (rf"{_S} {_V} {_N} fewer {_X} than (.+)\.", lambda s, v, n, x, c: _shifted((s, v, x), _clauses(c, (s, v, x)), -number(n))),
    (rf"{_ONE} is {_N} less than {_ONE}\.", lambda a, n, b: _shifted(noun(a), [noun(b)], -number(n))),
    (rf"Subtract {_N} from {_ONE}, and you have {_ONE}\.", lambda n, b, a: _shifted(noun(a), [noun(b)], -number(n))),
    (rf"{_ONE} falls short of {_ONE} by {_N}\.", lambda a, b, n: _shifted(noun(a), [noun(b)], -number(n))),
    (rf"{_S} {_V} as many {_X} as (.+) together\.", lambda s, v, x, c: _sum((s, v, x), _clauses(c, (s, v, x)))),
    (rf"{_ONE} is the sum of {_MANY}\.", lambda a, b: _sum(noun(a), nouns(b))),
    (rf"Add up {_MANY}, and you have {_ONE}\.", lambda b, a: _sum(noun(a), nouns(b))),
    (rf"Together, {_MANY} make {_ONE}\.", lambda b, a: _sum(noun(a), nouns(b))),
    (rf"{_S} {_V} as many {_X} as the average of {_MANY}\.", lambda s, v, x, b: _mean((s, v, x), nouns(b))),
    (rf"{_ONE} is the average of {_MANY}\.", lambda a, b: _mean(noun(a), nouns(b))),
    (rf"Take the average of {_MANY}, and you have {_ONE}\.", lambda b, a: _mean(noun(a), nouns(b))),
    (rf"The mean of {_MANY} equals {_ONE}\.", lambda b, a: _mean(noun(a), nouns(b))),
    (rf"{_S} {_V} as many {_X} as {_ONE} minus {_ONE}\.", lambda s, v, x, b, c: _minus((s, v, x), noun(b), noun(c))),
    (rf"{_ONE} is {_ONE} minus {_ONE}\.", lambda a, b, c: _minus(noun(a), noun(b), noun(c))),
    (rf"Subtract {_ONE} from {_ONE}, and you have {_ONE}\.", lambda c, b, a: _minus(noun(a), noun(b), noun(c))),
    (rf"{_ONE} exceeds {_ONE} by {_ONE}\.", lambda b, c, a: _minus(noun(a), noun(b), noun(c))),
    (rf"Of the {_X} that {_S} {_V}, it {_V} some and {_V} the rest\.", _rest),
    (rf"{_S} {_V} just those of the {_X} that it {_V} and does not {_V}\.", lambda s, u, x, v, w: _rest(x, s, v, w + "s", u)),
    (rf"All the {_X} that {_S} {_V} it either {_V} or {_V}\.", _rest),
    (rf"What {_S} {_V} of {_X}, it {_V} or else it {_V}\.", lambda s, v, x, w, u: _rest(x, s, v, w, u)),
    (rf"All the {_X} that {_S} {_V} are (in|on) the {_V} that it fills with them, equally many (in|on) each {_V}\.", lambda x, s, v, _, bs, into, b: _boxes(x, s, v, bs, into, b)),
    (rf"{_S} fills {_V} with all the {_X} that it {_V}, and puts equally many (in|on) each {_V}\.", lambda s, bs, x, v, into, b: _boxes(x, s, v, bs, into, b)),
    (rf"With all the {_X} that it {_V}, {_S} fills {_V}, and equally many go (in|on) each {_V}\.", lambda x, v, s, bs, into, b: _boxes(x, s, v, bs, into, b)),
    (rf"{_S} spreads all the {_X} that it {_V} evenly over the {_V} that it fills, the same number (in|on) each {_V}\.", lambda s, x, v, bs, into, b: _boxes(x, s, v, bs, into, b)),
    (rf"All the {_V} that {_S} earns from {_X} are those that it charges for each of the {_X} that it {_V}\.", lambda coin, s, y, x, w: _sales(x, y, s, w, coin)),
    (rf"For each of the {_X} that it {_V}, {_S} earns the {_V} that it charges, and it earns no more from {_X}\.", lambda x, w, s, coin, y: _sales(x, y, s, w, coin)),
    (rf"{_S} earns {_V} from {_X} in one way: by charging for each of the {_X} that it {_V}\.", lambda s, coin, y, x, w: _sales(x, y, s, w, coin)),
    (rf"From {_X}, {_S} earns what it charges in {_V} for each of the {_X} that it {_V}, and nothing else\.", lambda y, s, coin, x, w: _sales(x, y, s, w, coin)),
    (rf"All the {_X} that {_S} {_V} are those that it {_V} each day, on the days that it spends on them\.", lambda x, s, v, w: _days(x, s, v) if v == w else iter(())),
    (rf"{_S} {_V} equally many {_X} each day that it spends on them, and none on other days\.", lambda s, v, x: _days(x, s, v)),
    (rf"{_S} {_V} {_X} at an even pace: the same number each day that it spends on them, and none on other days\.", lambda s, v, x: _days(x, s, v)),
    (rf"Every day that it spends on them, {_S} {_V} equally many {_X}, and otherwise none\.", lambda s, v, x: _days(x, s, v)),
    (rf"{_S} {_V} ([^.]+), and no other {_X}\.", _total),
    (rf"Apart from ([^.]+), {_S} {_V} no {_X}\.", lambda items, s, v, all_: _total(s, v, items, all_)),
    (rf"The only {_X} that {_S} {_V} are ([^.]+)\.", lambda all_, s, v, items: _total(s, v, items, all_)),
    (rf"{_S} {_V} no {_X} other than ([^.]+)\.", lambda s, v, all_, items: _total(s, v, items, all_)),
]  # fmt: skip
_COMPILED = [(re.compile(pattern), rule) for pattern, rule in RULES]
_LOWER = re.compile(rf"(?:{_K_TIMES}|{_K_PARTS})\b", re.IGNORECASE)


def read(title: str, sentence: str) -> list[Reading]:
    """All that the sentence can mean in the paragraph of `title`."""
    kind, _, owner = title.partition(" of ")
    told = re.sub(rf"\b[Tt]his {kind.lower()}\b", f"{owner}'s {kind.lower()}", sentence)
    if _LOWER.match(told):
        told = told[0].lower() + told[1:]
    matches = [(rule, match) for pattern, rule in _COMPILED if (match := pattern.fullmatch(told))]
    return [reading for rule, match in matches for reading in rule(*match.groups())]


_QUESTIONS = (
    rf"How many (.+) does ({_PLACE}) ([a-z]+)((?: .+)?)\?",
    r"What is (the number of .+)\?",
    r"Can you work out (the number of .+)\?",
    r"Find (the number of .+)\.",
)


def asked(question: str) -> Key | None:
    if match := re.fullmatch(_QUESTIONS[0], question):
        return match[2], match[3] + "s", match[1] + match[4]
    matches = (re.fullmatch(pattern, question) for pattern in _QUESTIONS[1:])
    return next((noun(match[1]) for match in matches if match), None)
