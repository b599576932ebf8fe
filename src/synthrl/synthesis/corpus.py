"""Passages to write from: a collection cut into passages, and a BM25 index of them on disk.

    open_corpus("contracts.jsonl", cache)                     # .jsonl, .json, .parquet, or a folder of them
    open_corpus("contracts.jsonl#clause", cache)              # the column that holds the text, where it goes by another name
    open_corpus("org/name:config/split", cache)               # `datasets`: "org/name" is its only configuration, split train;
                                                              # "org/name:/test" its only one, split test
    open_corpus("synthrl/fiction_multihop corpus seed=3 train=80", cache)   # a corpus world of ours: its train split

An index is built once, into a folder named by what decides it: of a file, its name, size and time of change (a look at
tens of gigabytes at each start would cost more than building again after a `touch`); of a dataset, the fingerprint that
`datasets` gives; of a world, its knobs and source. `Corpus.revision` says what the passages are, by their content.

Everything is read through memory maps, so an open corpus takes little memory, however many passages it has.
"""

import bisect
import json
import re
import shutil
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import filelock
import numpy as np
import pyarrow as pa
from tqdm import tqdm

from synthrl.answers import SCORING_VERSION
from synthrl.answers.words import fold
from synthrl.knobs import shown

from .passages import Passage, Source, distinct, passages_of, source

try:
    import bm25s
    from bm25s.stopwords import STOPWORDS_EN
except ImportError:
    raise ImportError("looking passages up needs bm25s: pip install 'synthrl[synthesis]'") from None

VERSION = 1  # of passages and index: another is built anew
BATCH = 1000  # passages that are written together, and found by dividing
SCHEMA = pa.schema([("id", pa.string()), ("title", pa.string()), ("text", pa.large_string())])

# Chinese and Japanese have no spaces: each of their characters counts as a word, with the marks that kana may bear.
_SCRIPT = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED = re.compile(f"[{_SCRIPT}][\u3099\u309a]?|[^{_SCRIPT}]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_STOP = frozenset(STOPWORDS_EN)


class Corpus:
    """Passages by number, and by what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self.revision: str = about["revision"]
        self.duplicates: int = about["duplicates"]  # dropped
        self.empty: int = about["empty"]  # rows without text
        self._size: int = about["passages"]
        self._passages = pa.ipc.open_file(pa.memory_map(str(folder / "passages.arrow")))
        self._words = pa.ipc.open_file(pa.memory_map(str(folder / "words.arrow"))).get_batch(0)
        self._index = bm25s.BM25.load(folder / "bm25", mmap=True, load_vocab=False, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: int) -> Passage:
        if not 0 <= number < self._size:
            raise IndexError(number)
        batch = self._passages.get_batch(number // BATCH)
        return Passage(*(column[number % BATCH].as_py() for column in batch.columns))

    def search(self, queries: Sequence[str], each: int, once: bool = False) -> list[list[Passage]]:
        """The best passages for each query, those with none of its words left out; where two are as good, the earlier one.

        `once`: what one query has found, no later one finds again.
        """
        found: list[list[Passage]] = []
        given: list[int] = []
        for query in queries:
            best = self._best(query, each, given if once else [])
            given += best
            found.append([self[number] for number in best])
        return found

    def _best(self, query: str, each: int, without: list[int]) -> list[int]:
        numbers = sorted(number for word in terms(query) if (number := self._number(word)) is not None)
        if not numbers or each < 1:
            return []
        scores = self._index.get_scores_from_ids(numbers)
        scores[without] = 0
        (found,) = np.nonzero(scores)
        if len(found) > each:  # all that are as good as the last one, then the first of them
            found = found[scores[found] >= np.partition(scores[found], -each)[-each]]
        return [int(number) for number in found[np.argsort(-scores[found], kind="stable")][:each]]

    def _number(self, word: str) -> int | None:
        words, numbers = self._words.columns
        place = bisect.bisect_left(words, word, key=lambda word: word.as_py())
        return numbers[place].as_py() if place < len(words) and words[place].as_py() == word else None


def words(text: str) -> list[str]:
    """As answers are compared: no case, accents or punctuation."""
    found = fold(text)
    return found if text.isascii() else [part for word in found for part in _UNSPACED.findall(word)]


def terms(text: str) -> list[str]:
    """What is indexed and searched. No stemmer: queries are keywords, and it would be another dependency, per language."""
    return [word for word in words(_POSSESSIVE.sub("", text)) if word not in _STOP]


def open_corpus(name: str, cache: str | Path) -> Corpus:
    """The index in `cache`, built first if it is not there. A second process waits for the first to have built it."""
    found = source(name)
    folder = Path(cache).expanduser().absolute() / _digest(found.key)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _build(name, found, folder)
    return Corpus(folder)


def _build(name: str, found: Source, folder: Path) -> None:
    """Under another name until it is whole. The lock is held: what is there by that name, a killed process left."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        _write(name, found, part)
        if source(name).key != found.key:
            raise ValueError(f"corpus: got {shown(name)}, which changed while it was read")
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(name: str, found: Source, folder: Path) -> None:
    counts: Counter[str] = Counter()
    revision = blake2b(digest_size=8)
    with (
        pa.OSFile(str(folder / "passages.arrow"), "wb") as file,
        pa.ipc.new_file(file, SCHEMA) as table,
        (folder / "postings").open("w+b") as spill,
    ):
        postings = _Postings(spill)
        told = iter(tqdm(distinct(passages_of(found, counts), counts), desc=name, unit=" passages", disable=None))
        while batch := list(islice(told, BATCH)):
            revision.update(repr(batch).encode())
            postings.add([terms(f"{passage.title} {passage.text}") for passage in batch])
            table.write_batch(pa.record_batch([pa.array(column) for column in zip(*batch, strict=True)], SCHEMA))
        if not postings.vocabulary:
            raise ValueError(f"corpus: got {shown(name)}, expected at least one passage with a word in it")
        postings.save(folder / "bm25")
    (folder / "postings").unlink()
    _write_words(postings.vocabulary, folder / "words.arrow")
    about = {
        "name": name,
        "passages": len(postings.lengths),
        "duplicates": counts["duplicates"],
        "empty": counts["empty"],
        "revision": revision.hexdigest(),
    }
    (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


class _Postings:
    """Which passage has which word how often, on its way to an index of bm25s.

    bm25s builds one in memory, of 6 kB and more for each passage. Here batches go to a file as they come, and from there
    to their places in files: the words are what memory has to hold.
    """

    def __init__(self, spill: BinaryIO) -> None:
        self.vocabulary: dict[str, int] = {}
        self.lengths = array("i")  # of passages, in words
        self._spill, self._sizes = spill, list[int]()

    def add(self, batch: list[list[str]]) -> None:
        number = self.vocabulary
        words = np.array([number.setdefault(word, len(number)) for said in batch for word in said], np.int64)
        passages = np.arange(len(self.lengths), len(self.lengths) + len(batch))
        keys, often = np.unique(words << 32 | np.repeat(passages, list(map(len, batch))), return_counts=True)
        np.stack([keys >> 32, keys & 0xFFFFFFFF, often]).astype(np.int32).tofile(self._spill)
        self._sizes.append(len(keys))
        self.lengths.extend(map(len, batch))

    def _batches(self) -> Iterator[Any]:
        """Of each batch words, passages and how often, in the order of words."""
        self._spill.seek(0)
        for size in self._sizes:
            yield np.fromfile(self._spill, np.int32, 3 * size).reshape(3, size)

    def save(self, folder: Path) -> None:
        """What `bm25s.BM25().index()` comes to."""
        index = bm25s.BM25()
        having = np.zeros(len(self.vocabulary), np.int64)  # how many passages have a word
        for words, _, _ in self._batches():
            np.add.at(having, words, 1)
        lengths = np.array(self.lengths)
        rarity = np.log(1 + (len(lengths) - having + 0.5) / (having + 0.5))
        slowness = index.k1 * (1 - index.b + index.b * lengths / lengths.mean())  # with which a word's weight grows
        ends = np.append(0, np.cumsum(having))
        folder.mkdir()
        data = np.memmap(folder / "data", np.float32, "w+", shape=(ends[-1],))
        indices = np.memmap(folder / "indices", np.int32, "w+", shape=(ends[-1],))
        next_place = ends[:-1].copy()
        for words, passages, often in self._batches():
            _, first, count = np.unique(words, return_index=True, return_counts=True)
            places = next_place[words] + np.arange(len(words)) - np.repeat(first, count)
            data[places] = rarity[words] * often / (often + slowness[passages])
            indices[places] = passages
            next_place[words[first]] += count
        index.scores = {"data": data, "indices": indices, "indptr": ends, "num_docs": len(lengths)}
        index.nonoccurrence_array, index.vocab_dict = None, {}  # words are looked up in words.arrow
        index.save(folder, show_progress=False)
        for name in ("data", "indices"):
            (folder / name).unlink()


def _write_words(vocabulary: dict[str, int], path: Path) -> None:
    """Sorted, for a search by halves."""
    ordered = sorted(vocabulary)
    numbers = pa.array([vocabulary[word] for word in ordered], pa.int32())
    batch = pa.record_batch({"word": pa.array(ordered, pa.large_string()), "number": numbers})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as table:
        table.write_batch(batch)


def _digest(key: tuple[object, ...]) -> str:
    made = (VERSION, SCORING_VERSION, bm25s.__version__, *key)  # scoring: it says what a word is
    return blake2b(repr(made).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
