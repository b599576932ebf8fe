"""What the reasoning before an answer shows: which paragraphs it names, and which hops of the proof it reaches.

Whoever names every title earns nothing by that.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from synthrl.prompt import TAG

from .extract import Completion, text_of
from .words import normalize

_POSSESSIVE = re.compile(r"(?<=\w\w)['’]s\b")  # "Ada's mother" speaks of Ada, "King's Cross" of no king
# What looks like a name, where there is no text whose titles tell.
_NAME = re.compile(r"(?<![\w'’-])[A-Z][\w'’-]*(?: (?:of |& )?[A-Z][\w'’-]*)+")


def mentions(text: str, names: Collection[str]) -> Iterator[str]:
    """The `names` (normalised) in `text`, whole and from left to right; the longest where several start."""
    by_word: dict[str, list[list[str]]] = {}
    for name in sorted(names, key=len, reverse=True):
        words = name.split()
        by_word.setdefault(words[0], []).append(words)
    plain = _POSSESSIVE.sub("", text)
    told = bare = normalize(text).split()
    if plain != text:
        bare = normalize(plain).split()
        bare = bare if len(bare) == len(told) else told  # "a's" is no article, "a" is one
    place = 0
    while place < len(told):
        owner = by_word.get(bare[place], []) if bare[place] != told[place] else []
        for words in by_word.get(told[place], []) + owner:
            end = place + len(words)
            if told[place:end] == words or [*told[place : end - 1], *bare[end - 1 : end]] == words:
                yield " ".join(words)
                place = end
                break
        else:
            place += 1


def _titles(row: Mapping[str, Any]) -> set[str]:
    return set(map(normalize, row["context"]["title"])) - {""}  # of "!!!", the band, nothing is left


def _beyond_listing(value: float, of_listing: float) -> float:
    """`value` on a scale on which naming every title is worth 0."""
    return max(0.0, (value - of_listing) / (1 - of_listing)) if of_listing < 1 else value


def score_support(completion: Completion, row: Mapping[str, Any]) -> float | None:
    """F1 of the paragraphs that `completion` names and those that support the answer, beyond what naming all of them
    would earn. None if the row has no such paragraphs."""
    wanted = set(map(normalize, row["supporting_facts"]["title"])) - {""}
    if not wanted:
        return None
    # Who says what a step or the question is answered by does not cite the paragraph of that name.
    answers = {normalize(alias) for aliases in row.get("answers") or () for alias in aliases}
    answers |= {normalize(step["answer"]) for step in row.get("steps") or ()}
    titles = _titles(row) - (answers - wanted)

    def f1(named: Collection[str]) -> float:
        return 2 * len(wanted & set(named)) / (len(wanted) + len(named))

    named = set(mentions(text_of(completion), _titles(row)))
    return _beyond_listing(f1(named & titles), f1(titles))


def hops(row: Mapping[str, Any]) -> list[str]:
    """What a proof comes by on its way, in order: new in each step, neither in the question nor the answer."""
    known = set(mentions(row["question"], {n for step in row["steps"] for n in _said(step)}))
    known |= {normalize(alias) for aliases in row["answers"] for alias in aliases}
    found: list[str] = []
    for step in row["steps"]:
        new = [name for name in _said(step) if name not in known]
        found += new[:1]
        known.update(new[:1])
    return found


def _said(step: Mapping[str, str]) -> list[str]:
    """What a step answers; if that is known already, it was asked from the other side and found its paragraph."""
    return [name for name in (normalize(step["answer"]), normalize(step["title"])) if name]


def reached(completion: Completion, row: Mapping[str, Any]) -> list[bool]:
    """For each of `hops(row)`: does the reasoning come by it, in order? As many as can be."""
    wanted = hops(row)
    place = {name: i for i, name in enumerate(wanted)}
    found = [place[name] for name in mentions(_reasoning(completion), wanted)] if wanted else []
    on_the_way = _ascending(found)
    return [i in on_the_way for i in range(len(wanted))]


def score_hops(completion: Completion, row: Mapping[str, Any]) -> float | None:
    """The share of `hops(row)` reached, less if the reasoning names much that is not of the proof; None if no hops.

    Naming every title is worth nothing, in whatever order.
    """
    flags = reached(completion, row)
    if not flags:
        return None
    proof = {name for step in row["steps"] for name in _said(step)}
    text, titles = _reasoning(completion), _titles(row)
    asked = set(mentions(row["question"], titles))
    if titles:
        named = set(mentions(text, titles | proof))
        listing = len(proof) / (len(proof) + 2 * len(titles - proof - asked))
    else:
        named, listing = _guessed_names(text, proof, row["question"]), 0.0
    ours, others = len(named & proof), len(named - proof - asked)
    share = ours / (ours + 2 * others) if ours else 0.0
    return sum(flags) / len(flags) * _beyond_listing(share, listing)


def _guessed_names(text: str, proof: Collection[str], question: str) -> set[str]:
    """Where no titles tell what is a name: those of the proof, and whatever else looks like one."""
    known = f" {normalize(question)} {normalize(_POSSESSIVE.sub('', question))} "
    looks = {normalize(name) for name in _NAME.findall(_POSSESSIVE.sub("", text))}
    # A name in capitals may have the first word of its sentence before it.
    new = {name for name in looks if not any(f" {n} " in known for n in (name, name.partition(" ")[2]))}
    others = {name for name in new if not any(f" {p} " in f" {name} " for p in proof)}
    return others | set(mentions(text, proof))


def _reasoning(completion: Completion) -> str:
    """All that comes before the final answer, thinking included."""
    text = text_of(completion)
    before, tag, _ = text.rpartition(f"<{TAG}>")
    return before if tag else text


def _ascending(numbers: Sequence[int]) -> set[int]:
    """The members of a longest strictly ascending subsequence."""
    tails: list[int] = []  # of each length, the smallest last number, and where it stands
    where: list[int] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        length = bisect_left(tails, number)
        before.append(where[length - 1] if length else -1)
        tails[length : length + 1] = [number]
        where[length : length + 1] = [i]
    members = set()
    i = where[-1] if where else -1
    while i >= 0:
        members.add(numbers[i])
        i = before[i]
    return members
