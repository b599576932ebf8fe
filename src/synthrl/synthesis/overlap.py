"""Decontamination: does a text say what is known already, of a benchmark or of the passages it was written from?

Three rules, the first that holds is told:

13-gram         13 words in a row are the same. Shorter runs are idiom; a question that is copied into another text has
                nearly always one of 13, and the papers since GPT-3 cut there. What 10 rows and more share ("which
                of the following is the most likely cause of this patient's symptoms") is a form, and no evidence.
whole text      A known text of 8 to 12 words stands in the text, or one of any length is all of it. Fewer words are
                said by chance.
near duplicate  Of the words and the pairs of neighbours of both texts, 70% are in both, numbers being all alike: the
                same problem with other numbers is caught. At 70% a change of one word in a question of 14 nearly always
                is; at 80% one in three is not. Different questions of one benchmark share 30%, those of a narrow form 60%.
                In a text of fewer than 13 words one word is what is asked: there all but numbers must be in both.

A word is what it is when answers are compared: case, accents, punctuation and width do not count.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import datasets
import numpy as np

from synthrl import real
from synthrl.seeding import digest

from .corpus import words
from .passages import one_line, open_dataset

RUN = 13  # words
LEAST = 8  # words that a text has at least, to be looked for in another
COMMON = 10  # rows with the same run of words
NEAR = 0.7

Numbers = np.ndarray[Any, np.dtype[np.uint64]]


class Text(NamedTuple):
    where: str  # "gsm8k/test": what a report counts by
    text: str
    id: str = ""  # of its row; the texts of one row have the same


class Match(NamedTuple):
    where: str
    rule: str
    shared: str  # the words; of a near duplicate, the id of the other


class Line(NamedTuple):
    """Of a report."""

    where: str
    rule: str
    times: int
    examples: tuple[tuple[str, str], ...]  # the first few: id of what was found, and what it shares


class _Index(NamedTuple):
    """Which texts have what, sorted by what."""

    keys: Numbers
    owners: np.ndarray[Any, np.dtype[np.int32]]


class Known:
    """Texts to compare with. Of texts that are the same, the first counts."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._texts: list[Text] = []
        self._words: list[str] = []
        self._whole: dict[str, int] = {}
        rows: dict[tuple[str, str], int] = {}
        row_of: list[int] = []
        runs: dict[int, list[Numbers]] = defaultdict(list)  # by length
        parts: list[Numbers] = []
        for text in texts:
            said = words(text.text)
            whole = " ".join(said)
            if not said or whole in self._whole:
                continue
            number = self._whole[whole] = len(self._texts)
            self._texts.append(text._replace(text="", id=text.id or str(number)))
            self._words.append(whole)
            row_of.append(rows.setdefault((text.where, self._texts[-1].id), len(rows)))
            for length in range(LEAST, RUN + 1):
                fits = len(said) == length or len(said) > length == RUN
                runs[length].append(_runs(_hashed(said), length) if fits else _NONE)
            parts.append(_parts(said))
        self._runs = {length: _index(of_texts, np.array(row_of)) for length, of_texts in runs.items()}
        self._parts = _index(parts)
        self._sizes = np.array([len(of_text) for of_text in parts])

    def __len__(self) -> int:
        return len(self._texts)

    def find(self, text: str) -> Match | None:
        said = words(text)
        found = self._run(said)
        if found is None and (number := self._whole.get(" ".join(said))) is not None:
            found = Match(self._texts[number].where, "whole text", " ".join(said))
        return found or self._near(said)

    def _run(self, said: list[str]) -> Match | None:
        """The longest length first, and of that what comes first."""
        hashed = _hashed(said)
        for length in sorted(self._runs, reverse=True):
            index, mine = self._runs[length], _runs(hashed, length)
            places = np.searchsorted(index.keys, mine)
            for start in np.flatnonzero(places < len(index.keys)):
                place = places[start]
                if index.keys[place] == mine[start]:
                    run, owner = " ".join(said[start : start + length]), index.owners[place]
                    if f" {run} " in f" {self._words[owner]} ":  # and not only a hash in common
                        rule = f"{RUN}-gram" if length == RUN else "whole text"
                        return Match(self._texts[owner].where, rule, run)
        return None

    def _near(self, said: list[str]) -> Match | None:
        mine = _parts(said)
        first, last = (np.searchsorted(self._parts.keys, mine, side) for side in ("left", "right"))
        owners = [self._parts.owners[a:b] for a, b in zip(first, last, strict=True) if a < b]
        if not owners:
            return None
        shared = np.bincount(np.concatenate(owners), minlength=len(self._texts))
        share = shared / (self._sizes + len(mine) - shared)
        best = int(share.argmax())
        if share[best] < (NEAR if len(said) >= RUN else 1):
            return None
        return Match(self._texts[best].where, "near duplicate", self._texts[best].id)


def report(found: Iterable[tuple[str, Match]], examples: int = 3) -> list[Line]:
    """(id, match) of each text with a match → how many, by where and rule. It holds no more of a benchmark than what
    is shared."""
    lines: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for identity, match in found:
        lines[match.where, match.rule].append((identity, match.shared))
    return [Line(*key, len(those), tuple(those[:examples])) for key, those in sorted(lines.items())]


_NONE: Numbers = np.empty(0, np.uint64)
_FACTOR = np.uint64(digest("a run of words") | 1)


@functools.lru_cache(1 << 18)
def _hash(word: str) -> int:
    return digest(word)


def _hashed(said: Sequence[str]) -> Numbers:
    return np.array([_hash(word) for word in said], np.uint64)


def _runs(hashed: Numbers, length: int) -> Numbers:
    """A hash of each run of so many words."""
    count = len(hashed) - length + 1
    if count < 1:
        return _NONE
    total = np.zeros(count, np.uint64)
    for start in range(length):
        total = total * _FACTOR + hashed[start : start + count]
    return total


def _parts(said: Sequence[str]) -> Numbers:
    """What near duplicates are told by: the words, and the pairs of neighbours. None of a text with too few words."""
    if len(said) < LEAST:
        return _NONE
    masked = _hashed([re.sub(r"−?\d[\d.]*", "0", word) for word in said])
    return np.unique(np.concatenate([masked, _runs(masked, 2)]))


def _index(of_texts: list[Numbers], row_of: np.ndarray[Any, Any] | None = None) -> _Index:
    """With `row_of`: each key once, for the first text that has it, and none that stands in many rows."""
    keys = np.concatenate([_NONE, *of_texts])
    owners = np.repeat(np.arange(len(of_texts), dtype=np.int32), [len(of_text) for of_text in of_texts])
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    if row_of is not None and len(keys):
        rows = row_of[owners]  # in order within a key only if a row's texts come together, as they do
        first = np.append(True, keys[1:] != keys[:-1])
        other = first | np.append(True, rows[1:] != rows[:-1])
        often = np.add.reduceat(other, np.flatnonzero(first))
        keys, owners = keys[first][often < COMMON], owners[first][often < COMMON]
    return _Index(keys, owners)


# the texts of benchmarks


def benchmarks(
    names: Iterable[str],
    folders: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    context: bool = False,
) -> tuple[list[Text], dict[str, str]]:
    """The texts of benchmarks' evaluation splits, and why any are missing.

    A name is one of synthrl.real, or a dataset as `open_corpus` takes it. `folders`: where one lies that is not to come
    from the Hub. One that cannot be loaded raises, unless `without` names it: then it is told.
    """
    texts: list[Text] = []
    missing: dict[str, str] = {}
    for name in names:
        try:
            texts += benchmark(name, (folders or {}).get(name), context)
        except ValueError as error:
            if name not in without:
                raise
            missing[name] = str(error)
    return texts, missing


def benchmark(name: str, folder: str | None = None, context: bool = False) -> list[Text]:
    """Of each row the question, alone and with its choices; with `context` its paragraphs too."""
    ours = {each.repo: ours for ours, each in real.BENCHMARKS.items()} | {ours: ours for ours in real.BENCHMARKS}
    if name not in ours:
        return _unmapped(name, folder)
    name = ours[name]
    try:
        rows = real.load(name, repo=folder)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise ValueError(f"benchmark {name}: it cannot be loaded: {one_line(error)}") from None
    where = f"{name}/{real.BENCHMARKS[name].evaluation}"
    return [Text(where, text, row["id"]) for row in rows for text in _said(row, context)]


def _said(row: Mapping[str, Any], context: bool) -> Iterator[str]:
    yield row["question"]
    if row["choices"]:
        yield "\n".join([row["question"], *row["choices"]])
    if context:
        yield from (" ".join(sentences) for sentences in row["context"]["sentences"])


def _unmapped(name: str, folder: str | None) -> list[Text]:
    """A dataset whose columns nobody told us: whatever text there is in its rows."""
    repo, colon, more = name.partition(":")
    split, rows = open_dataset(f"{folder or repo}{colon}{more}", _evaluation)
    where = f"{repo}/{split}"
    return [Text(where, text, str(number)) for number, row in enumerate(rows) for text in _leaves(row)]


def _evaluation(repo: str, config: str | None) -> str:
    splits = datasets.get_dataset_split_names(repo, config)
    return next((split for split in ("test", "validation", "dev") if split in splits), splits[0])


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _leaves(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _leaves(part))
