"""Questions → trees, by recursive descent; every reading is returned, a good question has one.

A tree is a tuple whose head says how its values are found:

    ("name", x)  ("forward", R, t)  ("backward", R, t)  ("term", R, t, year)      look-ups
    ("others", R, t)  ("gender", g, t)  ("union", a, b)                            what kinship is made of
    ("every", R, t)  ("either", a, b)                                              groups, known to be complete
    ("both", a, b)  ("least", R, g)  ("most", R, g)  ("above", R, g, n)  ("is", x, t)   what is asked of them
    ("total", R, t)                                                               how large a group is
"""

import re
from collections.abc import Callable, Iterator

from . import wording
from .grammar import KINDS, NAME, PLURALS, blocks

Tree = tuple
Wording = tuple[re.Pattern[str], Callable[..., Tree]]
_VALUE = rf"{NAME}|\d{{4}}|\d{{1,3}}(?:,\d{{3}})*|[a-z][\w-]*"


def _lookup(relation: str) -> Callable[..., Tree]:
    return lambda np, year=None: ("term", relation, np, int(year)) if year else ("forward", relation, np)


def _path(*relations: str) -> Callable[..., Tree]:
    def tree(np: Tree) -> Tree:
        for relation in relations:
            np = ("forward", relation, np)
        return np

    return tree


def _sibling(np: Tree) -> Tree:
    return ("union", ("others", "mother", np), ("others", "father", np))


def _in_law(gender: str) -> Callable[[Tree], Tree]:
    """A spouse's sister, or a sibling's wife."""
    return lambda np: (
        "gender",
        gender,
        ("union", _sibling(("forward", "spouse", np)), ("forward", "spouse", _sibling(np))),
    )


KIN: dict[str, Callable[[Tree], Tree]] = {
    "the maternal grandmother of X | the grandmother on the maternal side of X": _path("mother", "mother"),
    "the paternal grandmother of X | the grandmother on the paternal side of X": _path("father", "mother"),
    "the maternal grandfather of X | the grandfather on the maternal side of X": _path("mother", "father"),
    "the paternal grandfather of X | the grandfather on the paternal side of X": _path("father", "father"),
    "the mother-in-law of X | the woman who gave birth to the husband or wife of X": _path("spouse", "mother"),
    "the father-in-law of X | the man who fathered the husband or wife of X": _path("spouse", "father"),
    "the birth country of X | the native country of X": _path("birthplace", "region", "country"),
    "the country of residence of X | the country that is home to X": _path("home", "region", "country"),
    "the region of residence of X | the region that is home to X": _path("home", "region"),
    "the sister of X | the female sibling of X": lambda np: ("gender", "f", _sibling(np)),
    "the brother of X | the male sibling of X": lambda np: ("gender", "m", _sibling(np)),
    "the sister-in-law of X | the sister by marriage of X": _in_law("f"),
    "the brother-in-law of X | the brother by marriage of X": _in_law("m"),
    "the colleague of X | the co-worker of X": lambda np: ("others", "employer", np),
    "the schoolmate of X | the person educated at the same school as X": lambda np: ("others", "school", np),
    "the compatriot of X | the fellow citizen of X": lambda np: ("others", "citizenship", np),
    "the fellow club member of X | the person in the same club as X": lambda np: ("others", "club", np),
}


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.escape(template).replace("X", "(?P<x>.+)").replace("Y", r"(?P<y>\d{4})"))


def _tables() -> dict[str, list[Wording]]:
    tables: dict[str, list[Wording]] = {"?": [], "noun": [], "that": [], "measure": []}
    for templates, tree in KIN.items():
        tables["noun"] += [(_pattern(template), tree) for template in templates.split(" | ")]
    for header, lines in blocks(wording.RELATIONS):
        relation, domain, _ = re.split(": | → ", header)
        for line in (line for line in lines if not line.endswith(".")):
            how, _, rest = line.partition(" ")
            if how in ("least", "most", "above"):
                tables["measure"].append(
                    (_pattern(f"{PLURALS.get(domain, domain + 's')} {rest}"), _measure(how, relation))
                )
            elif line.endswith("?") or how == "the":
                tables["?" if line.endswith("?") else "noun"].append((_pattern(line), _lookup(relation)))
            else:
                tables["that"].append((_pattern(f"{domain} {line}"), lambda np, r=relation: ("backward", r, np)))
    return tables


def _measure(how: str, relation: str) -> Callable[..., Tree]:
    return lambda group, value=None: (how, relation, group) if value is None else (how, relation, group, value)


TABLES = _tables()
_LED = [said % kind for said in ("that %s", "the %s in question") for kind in KINDS]
_OF_THEM = "How many of them|Which of them|Of these, how many|Of these, which one"
_COMPARATIVES = {
    **{"earlier": "earliest", "later": "latest", "smaller": "smallest", "larger": "largest"},
    **{"fewer": "the fewest", "more": "the most"},
}


def _read(table: str, text: str) -> Iterator[tuple[Callable[..., Tree], tuple[str, ...]]]:
    matches = ((tree, pattern.fullmatch(text)) for pattern, tree in TABLES[table])
    return ((tree, tuple(match[group] for group in sorted(match.groupdict()))) for tree, match in matches if match)


def phrase(text: str, lead: Tree | None) -> list[Tree]:
    """The readings of a noun phrase; "that person" and "the person in question" are what the sentence before spoke of."""
    if re.fullmatch(NAME, text):
        return [("name", text)]
    if lead and text in _LED:
        return [lead]
    found = [tree(np, *year) for tree, (inner, *year) in _read("noun", text) for np in phrase(inner, lead)]
    match = re.match("the (?:one )?", text)
    return found + (those(text[match.end() :], lead) if match else [])


def those(text: str, lead: Tree | None) -> list[Tree]:
    """The readings of "book that was written by …"."""
    return [tree(np) for tree, (inner,) in _read("that", text) for np in phrase(inner, lead)]


def _pairs(text: str, word: str) -> Iterator[tuple[str, str]]:
    return ((text[: cut.start()], text[cut.end() :]) for cut in re.finditer(word, text))


def _group(text: str, lead: Tree | None) -> list[Tree]:
    return [("every", relation, np) for _, relation, np in those(text, lead)]


def _measured(kind: str, how: str, groups: list[Tree]) -> list[Tree]:
    found = _read("measure", f"{PLURALS.get(kind, kind + 's')} {how}")
    return [tree(group, *value) for tree, value in found for group in groups]


def _comparisons(text: str, lead: Tree | None) -> list[Tree]:
    if match := re.fullmatch(r"Compare (.+)\. Which of the two (.+)\?", text):
        kinds, more, pairs = KINDS, match[2], _pairs(match[1], " with ")
    elif match := re.fullmatch(r"(?:Who|Which (\w+)) (.+), (.+)\?", text):
        kinds, more, pairs = [match[1] or "person"], match[2], _pairs(match[3], " or ")
    else:
        return []
    how = re.sub("|".join(_COMPARATIVES), lambda word: _COMPARATIVES[word[0]], more)
    groups = [("either", a, b) for x, y in pairs for a in phrase(x, lead) for b in phrase(y, lead)]
    return [tree for kind in kinds for tree in _measured(kind, how, groups)]


def _both(left: list[Tree], right: list[Tree]) -> list[Tree]:
    return [("both", a, b) for a in left for b in right]


def _intersections(text: str, lead: Tree | None) -> list[Tree]:
    kind = text.split(" ")[0]
    pairs = ((those(x, lead), those(f"{kind} {y}", lead)) for x, y in _pairs(text, r" and (?=who|that)"))
    return [tree for left, right in pairs for tree in _both(left, right)]


def question(text: str, lead: Tree | None = None) -> list[Tree]:
    """The readings of a whole question."""
    if match := re.fullmatch(r"Look at every ((\w+) .+?)\. Of these, identify the one (.+)\.", text):
        return _both(those(f"{match[2]} {match[3]}", lead), those(match[1], lead))
    if match := re.fullmatch(rf"(?:Consider|Look at) every ((\w+) .+?)\. (?:{_OF_THEM}) (.+)\?", text):
        return _measured(match[2], match[3], _group(match[1], lead))
    if match := re.fullmatch(r"(?:Consider|Start with) (.+?)\. (.+)", text):
        return [tree for np in phrase(match[1], lead) for tree in question(match[2], np)]
    if match := re.fullmatch(r"(?:Count|Tally) every (.+)\.", text):
        return [("total", *rest) for _, *rest in those(match[1], lead)]
    if match := re.fullmatch(r"(?:Name every|List each) (.+)\.", text):
        return _group(match[1], lead)
    if match := re.fullmatch(r"(?:Name|Identify) the (.+)\.", text):
        return those(match[1], lead) + _intersections(match[1], lead)
    if match := re.fullmatch(rf"Is (it true that )?({_VALUE})(?(1) is) (the .+)\?", text):
        return [("is", match[2], np) for np in phrase(match[3], lead)]
    found = [tree(np, *year) for tree, (inner, *year) in _read("?", text) for np in phrase(inner, lead)]
    if match := re.fullmatch(r"(?:(?:Who|Which \w+) is|Give the name of) (the .+)[?.]", text):
        found += [np for np in phrase(match[1], lead) if np not in found]
    return found + _comparisons(text, lead)


def hops(tree: Tree) -> int:
    """The longest chain of look-ups in which each needs the answer of the one before."""
    head, *parts = tree
    below = max((hops(part) for part in parts if isinstance(part, tuple)), default=0)
    return below + {
        "forward": 1,
        "backward": 1,
        "term": 1,
        "every": 1,
        "others": 2,
        "least": 1,
        "most": 1,
        "above": 1,
    }.get(head, 0)
