"""What the reasoning before an answer shows: which paragraphs it names, and which hops of the proof it reaches.

Both are told by the titles of the row's paragraphs. Whoever names all of them earns nothing by that.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from synthrl.prompt import TAG

from .extract import Completion, text_of
from .words import normalize

_POSSESSIVE = re.compile(r"(?<=\w\w)['’]s\b")  # "Ada's mother" speaks of Ada, "King's Cross" of no king


def mentions(text: str, names: Collection[str]) -> Iterator[str]:
    """The `names` (normalised) in `text`, whole and from left to right; the longest where several start."""
    lengths: dict[str, list[int]] = {}  # by the first word, how many words such names have
    for name in names:
        words = name.split()
        known = lengths.setdefault(words[0], [])
        if len(words) not in known:
            known.append(len(words))
    for known in lengths.values():
        known.sort(reverse=True)
    told, bare = normalize(text).split(), normalize(_POSSESSIVE.sub("", text)).split()
    if len(told) != len(bare):
        bare = told
    place = 0
    while place < len(told):
        for length in lengths.get(told[place], lengths.get(bare[place], ())):
            end = place + length
            found = [
                name
                for last in (told, bare)
                if (name := " ".join([*told[place : end - 1], *last[end - 1 : end]])) in names
            ]
            if found and end <= len(told):
                yield found[0]
                place = end
                break
        else:
            place += 1


def _column(row: Mapping[str, Any], name: str) -> Iterable[Any]:
    value = row.get(name)
    return () if value is None else value


def _titles(row: Mapping[str, Any]) -> set[str]:
    return set(map(normalize, row["context"]["title"])) - {""}  # of "!!!", the band, nothing is left


def _answers(row: Mapping[str, Any]) -> set[str]:
    return {normalize(alias) for aliases in _column(row, "answers") for alias in aliases}


def _beyond_listing(value: float, of_listing: float) -> float | None:
    """`value` on a scale on which naming every title is worth 0; None where every title is one to be named."""
    return max(0.0, (value - of_listing) / (1 - of_listing)) if of_listing < 1 else None


def score_support(completion: Completion, row: Mapping[str, Any]) -> float | None:
    """F1 of the paragraphs that `completion` names and those that support the answer, beyond what naming all of them
    would earn. None if the row has none that its question does not name already."""
    titles, steps = _titles(row), list(_column(row, "steps"))
    wanted = set(map(normalize, row["supporting_facts"]["title"])) - {""}
    if row.get("answerable") is False and steps:  # what stands behind the gap cannot be come by
        wanted = {normalize(step["title"]) for step in steps[:-1]} & titles
    asked = set(mentions(row.get("question") or "", titles))
    # Who says what a step or the question is answered by does not cite the paragraph of that name.
    said = _answers(row) | {normalize(step["answer"]) for step in steps}
    wanted, titles = wanted - asked, titles - asked - (said - wanted)
    if not wanted:
        return None

    def f1(named: Collection[str]) -> float:
        return 2 * len(wanted & set(named)) / (len(wanted) + len(named))

    named = set(mentions(text_of(completion), _titles(row)))
    return _beyond_listing(f1(named & titles), f1(titles))


def hops(row: Mapping[str, Any]) -> list[str]:
    """Whom a proof comes by on its way, in order: new in each step, with a paragraph of their own, and neither in the
    question nor the answer."""
    titles = _titles(row)
    known = set(mentions(row["question"], titles)) | _answers(row)
    found: list[str] = []
    for step in _column(row, "steps"):
        names = list(mentions(step["answer"], titles))
        if set(names) & {*found, *known}:  # it was asked from the other side, and found its paragraph
            names = list(mentions(step["title"], titles))
        if len(names) == 1 and names[0] not in {*found, *known}:
            found += names
    return found


def reached(completion: Completion, row: Mapping[str, Any]) -> list[bool]:
    """For each of `hops(row)`: does the reasoning come by it, in order? As many as can be."""
    wanted = hops(row)
    place = {name: i for i, name in enumerate(wanted)}
    on_the_way = _ascending([place[name] for name in mentions(_reasoning(completion), wanted)]) if wanted else set()
    return [i in on_the_way for i in range(len(wanted))]


def score_hops(completion: Completion, row: Mapping[str, Any]) -> float | None:
    """The share of `hops(row)` reached, less if the reasoning names many that are not of the proof.

    None if there are no hops, or no others to be mistaken for them.
    """
    flags = reached(completion, row)
    if not flags:
        return None
    titles = _titles(row)
    told = " ; ".join([f"{step['answer']} ; {step['title']}" for step in _column(row, "steps")])
    proof = set(mentions(told, titles)) | _answers(row)
    proof |= set(map(normalize, (row.get("supporting_facts") or {"title": ()})["title"]))
    others = titles - proof - set(mentions(row["question"], titles))
    named = set(mentions(_reasoning(completion), titles))
    ours = titles & proof
    near = _beyond_listing(_share(named & ours, named & others), _share(ours, others))
    return near if near is None else sum(flags) / len(flags) * near


def _share(ours: Collection[str], others: Collection[str]) -> float:
    """Of the names come by, those of the proof; another counts twice."""
    return len(ours) / (len(ours) + 2 * len(others)) if ours else 0.0


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
