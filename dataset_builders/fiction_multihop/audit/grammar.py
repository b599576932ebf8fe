"""Sentences → facts. Reads one sentence at a time, in every way that `wording.py` allows."""

import re
from typing import NamedTuple

from . import wording

NAME = r"[A-Z][\w-]*(?: (?:&|of|[A-Z][\w-]*))*"
COUNTS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
PLURALS = {"person": "people", "city": "cities", "country": "countries", "company": "companies"}
KINDS = wording.INTRODUCTIONS.split("\n")[1::2][:-1] + ["river", "language", "currency"]
_VALUES = {"year": r"\d{4}", "number": r"\d{1,3}(?:,\d{3})*", "currency": r"[\w-]+(?: [A-Z][\w-]*)*"}
_TRADE = rf"(?:(?<=a )(?![aeiou])|(?<=an ))(?!(?:{'|'.join(KINDS)})\b)[a-z-]+"
_GENDERS = {"he": "m", "his": "m", "son": "m", "she": "f", "her": "f", "daughter": "f", "it": "n", "its": "n"}


class Fact(NamedTuple):
    """`relation` of `subject` is `object`; "is a" gives its type, "exactly R" how many it is the R of."""

    relation: str
    subject: str
    object: str
    genders: frozenset[str]  # what pronouns and "son" or "daughter" say of the subject
    domain: str  # the type that the subject must have
    start: int = 0
    end: int = 0


class _Form(NamedTuple):
    relation: str
    domain: str
    regex: re.Pattern[str]


def _compile(template: str, domain: str, value: str) -> re.Pattern[str]:
    slots = {
        "S": rf"(?P<s>he|she|it|{NAME})",
        "O": rf"(?P<o>{_VALUES.get(value, NAME)})",
        "P": r"(?:his|her|its)",
        "C": r"(?:son|daughter)",
        "A": r"(?P<a>\d{4})",
        "B": r"(?P<b>\d{4})",
        "T": rf"(?P<t>{_TRADE})",
        "N": rf"(?P<n>one(?= {domain}\b)|(?!one\b)\w+(?= {PLURALS.get(domain, domain + 's')}\b)) \w+",
    }
    # At the head of a sentence, the subject is put in by `_head`.
    head = re.match(r"S('s)?(?= )", template)
    body = template[head.end() :] if head else template
    regex = re.sub(r"\b[A-Z]\b", lambda slot: slots[slot[0]], body.replace("a T", "an? T").replace(".", r"\."))
    return re.compile((head[0] if head else "") + regex)


def _key(text: str) -> str:
    """What sentences of one form have in common: their first two words, or one before a slot or a number."""
    first, second = (text.split(" ", 2) + [""])[:2]
    return first if re.fullmatch(r"[A-Z]|\d+", second) else f"{first} {second}"


def _forms() -> dict[str, list[_Form]]:
    forms: dict[str, list[_Form]] = {}

    def add(relation: str, template: str, domain: str, value: str = "") -> None:
        forms.setdefault(_key(template), []).append(_Form(relation, domain, _compile(template, domain, value)))

    for kind, templates in blocks(wording.INTRODUCTIONS):
        for template in templates:
            add("is a", template, kind)
    for header, templates in blocks(wording.RELATIONS):
        relation, domain, value = re.split(": | → ", header)
        for template in templates:
            if re.search(r" exactly N\b.*\.$", template):
                add(f"exactly {relation}", template, domain)
            elif template.endswith("."):
                add(relation, template, domain, value)
    return forms


def blocks(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in filter(None, text.split("\n")):
        if line.startswith(" "):
            found[-1][1].extend(line.strip().split(" | "))
        else:
            found.append((line, []))
    return found


FORMS = _forms()
RANGES = dict(header.split(": ") for header, _ in blocks(wording.RELATIONS))


def _head(title: str, sentence: str) -> str:
    """The sentence, with S where its head speaks of the title."""
    for subject, short in ((title + "'s ", "S's "), (title + "' ", "S's "), (title + " ", "S ")):
        if sentence.startswith(subject):
            return short + sentence[len(subject) :]
    return re.sub(r"^(He|She|It) ", "S ", re.sub(r"^(His|Her|Its) ", "S's ", sentence))


def _genders(domain: str, sentence: str) -> frozenset[str]:
    words = re.findall(r"\b(?:he|his|son|she|her|daughter|it|its)\b", sentence[0].lower() + sentence[1:])
    if domain == "person":
        return frozenset(_GENDERS[word] for word in words)
    return frozenset(_GENDERS[word] for word in words if word in ("he", "his", "she", "her", "it"))


def facts(title: str, sentence: str) -> list[Fact]:
    """Every fact that the sentence may state in the paragraph of `title`; a good one has exactly one."""
    text = _head(title, sentence)
    found = []
    for form in FORMS.get(_key(text), []):
        match = form.regex.fullmatch(text)
        groups = match.groupdict() if match else None
        if groups is None or groups.get("s", title) not in (title, "he", "she", "it"):
            continue
        value = groups.get("o") or form.domain
        if "n" in groups:
            value = str(COUNTS.get(groups["n"], 0))
        subject_is = form.domain if form.relation[:8] != "exactly " else RANGES[form.relation[8:]].split(" → ")[1]
        genders = _genders(subject_is, sentence)
        found.append(
            Fact(form.relation, title, value, genders, subject_is, int(groups.get("a") or 0), int(groups.get("b") or 0))
        )
    return found
