"""Where passages come from: files, datasets and worlds of ours, cut to a length that can be shown."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

from synthrl.knobs import shown

Row = dict[str, Any]

WORDS = 200  # of a passage, about
BATCH = 1000  # rows that are read together
LONGEST = 80  # characters of a word: what is longer (base64) may be cut anywhere
TEXT = ("text", "passage", "content", "contents", "body", "sentences")  # the first of these that is there
OTHERS = ("title", "id", "_id")  # read beside it
KINDS = (".jsonl", ".json", ".parquet")

_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n\s*\n")
_BLANK = b" \t\r\n\xef\xbb\xbf"  # the last three: what some editors put before UTF-8


class Passage(NamedTuple):
    id: str  # the document's own, or where it stands; its parts are "id#1", "id#2"
    title: str
    text: str


class Source(NamedTuple):
    key: tuple[object, ...]  # whatever decides the passages
    rows: Callable[[], Iterator[tuple[str, str, Row]]]  # each with where it stands, and the column that holds its text


# rows to passages


def distinct(passages: Iterable[Passage], counts: Counter[str]) -> Iterator[Passage]:
    """Each text once, whatever its case and white space."""
    seen: set[bytes] = set()
    for passage in passages:
        digest = blake2b(" ".join(passage.text.casefold().split()).encode(), digest_size=8).digest()
        if digest in seen:
            counts["duplicates"] += 1
        else:
            seen.add(digest)
            yield passage


def passages_of(found: Source, counts: Counter[str]) -> Iterator[Passage]:
    """Rows to passages. `title` and `id` (or `_id`) are used where a row has them."""
    for where, column, row in found.rows():
        text = _text(where, row, column)
        counts["empty"] += not text
        title, own = row.get("title"), row.get("id", row.get("_id"))
        title = _whole(title).strip() if isinstance(title, str) else ""
        identity = where if own in (None, "") else _whole(str(own))
        parts = cut(text)
        for number, part in enumerate(parts, 1):
            yield Passage(identity if len(parts) == 1 else f"{identity}#{number}", title, part)


def text_column(where: str, columns: Iterable[str], asked: str = "") -> str:
    there = [str(column) for column in columns]
    for column in (asked,) if asked else TEXT:
        if column in there:
            return column
    expected = repr(asked) if asked else f"one of {', '.join(TEXT)}, or another named as NAME#COLUMN"
    raise ValueError(f"{where}: got columns {', '.join(there) or 'none'}, expected {expected}")


def _text(where: str, row: Row, column: str) -> str:
    text = row.get(column)
    if isinstance(text, list) and all(isinstance(part, str) for part in text):
        text = " ".join(part.strip() for part in text)
    if text is not None and not isinstance(text, str):
        raise ValueError(f"{where}: column {column!r}: got {shown(text)}, expected text")
    return _whole(text or "").strip()


def _whole(text: str) -> str:
    """Without half characters ("\\ud83d" alone), which no file takes."""
    return text.encode("utf-8", "replace").decode()


def cut(text: str) -> list[str]:
    """Passages of about WORDS words, as alike in length as the ends of sentences allow; what is short stays whole."""
    parts = round(_size(text) / WORDS)
    if parts < 2:
        return [text] if text else []
    units = [(unit, _size(unit)) for unit in _units(text)]
    total, so_far = sum(size for _, size in units), 0
    passages: list[str] = []
    waiting: list[str] = []
    for unit, size in units:
        waiting.append(unit)
        so_far += size
        if so_far * parts >= total * (len(passages) + 1):
            passages.append("".join(waiting).strip())
            waiting = []
    return passages


def _size(text: str) -> int:
    """In words, which are taken to have 8 characters at most: so it holds for text without spaces too."""
    return max(len(text.split()), len(text) // 8, 1)


def _units(text: str) -> Iterator[str]:
    """What is not to be cut: sentences, and the words of those that are too long."""
    start = 0
    for end in [*(found.end() for found in _SENTENCE.finditer(text)), len(text)]:
        sentence, start = text[start:end], end
        if _size(sentence) > WORDS:
            yield from re.findall(rf"\s*\S{{1,{LONGEST}}}\s*", sentence)
        elif sentence:
            yield sentence


# where rows come from


def source(name: str) -> Source:
    try:
        path, _, column = (name, "", "") if Path(name).expanduser().exists() else name.partition("#")
        found = Path(path).expanduser()
    except RuntimeError:  # of "~nobody"
        raise ValueError(f"corpus: got {shown(name)}, whose ~ is nobody's home") from None
    if path and found.exists():
        return _from_files(found, column)
    first, *knobs = path.split() or [""]
    if first.startswith("synthrl/"):
        return _from_world(path, first.removeprefix("synthrl/"), knobs)
    if found.suffix in KINDS or "/" not in path:
        expected = "a file, a folder, a dataset org/name:config/split, or a corpus world synthrl/NAME corpus"
        raise ValueError(f"corpus: got {shown(name)}, which is not there, expected {expected}")
    return _from_dataset(path, column)


def _from_files(path: Path, column: str) -> Source:
    if path.is_file() and path.suffix not in KINDS:
        raise ValueError(f"corpus: got {shown(str(path))}, expected a file that ends in {', '.join(KINDS)}")
    root = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in KINDS and p.is_file())
    files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(root).parts)]
    # Beside tables of rows, a file of JSON says something about them.
    files = [file for file in files if file.suffix != ".json"] or files
    if not files:
        raise ValueError(f"corpus: got {shown(str(path))}, a folder without a file that ends in {', '.join(KINDS)}")
    stamps = [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    key = ("files", *((str(file.resolve()), *stamp) for file, stamp in zip(files, stamps, strict=True)), column)

    def rows() -> Iterator[tuple[str, str, Row]]:
        for file in files:
            chosen = ""  # by the first row: a file has its columns, another may have others
            for number, row in _read_parquet(file, column) if file.suffix == ".parquet" else _read_json(file):
                chosen = chosen or text_column(str(file), row, column)
                yield f"{file.relative_to(root).as_posix()}:{number}", chosen, row

    return Source(key, rows)


def _read_json(path: Path) -> Iterator[tuple[int, Row]]:
    """One object a line; or, in a .json file that begins with [, a list of them, which is read as a whole."""
    with path.open("rb") as file:
        if path.suffix == ".json" and file.peek(1).lstrip(_BLANK)[:1] == b"[":
            for number, row in enumerate(_parsed(path, 1, file.read()), 1):
                yield number, _object(f"{path}, row {number}", row)
            return
        for number, line in enumerate(file, 1):
            if line.strip(_BLANK):
                yield number, _object(f"{path}, line {number}", _parsed(path, number, line))


def _parsed(path: Path, number: int, said: bytes) -> Any:
    try:
        return json.loads(said.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"{path}, line {number}: got bytes that are no text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}, line {number}: got {shown(said[:60])}, expected JSON: {error}") from None


def _object(where: str, row: Any) -> Row:
    if not isinstance(row, dict):
        raise ValueError(f"{where}: got {shown(row)}, expected an object with columns")
    return row


def _read_parquet(path: Path, column: str) -> Iterator[tuple[int, Row]]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = (text_column(str(path), names, column), *OTHERS)
            batches = file.iter_batches(BATCH, columns=[name for name in names if name in wanted])
            yield from enumerate((row for batch in batches for row in batch.to_pylist()), 1)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path}: got no whole Parquet file: {one_line(error)}") from None


def open_dataset(name: str, split: Callable[[str, str | None], str]) -> tuple[str, datasets.Dataset]:
    """`org/name:config/split` → the split's name and its rows. `split`: which one, where none is said."""
    repo, _, more = name.partition(":")
    config, _, said = more.partition("/")
    try:
        said = said or split(repo, config or None)
        return said, datasets.load_dataset(repo, config or None, split=said)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise ValueError(f"{name}: it cannot be loaded: {one_line(error)}") from None


def _from_dataset(name: str, column: str) -> Source:
    split, found = open_dataset(name, lambda repo, config: "train")
    chosen = text_column(name, found.column_names, column)
    found = found.select_columns([each for each in found.column_names if each in (chosen, *OTHERS)])
    key = ("dataset", name, chosen, found._fingerprint)
    return Source(key, lambda: ((f"{split}:{number}", chosen, row) for number, row in enumerate(found, 1)))


def _from_world(said: str, name: str, words_said: list[str]) -> Source:
    from synthrl.app import hub  # which knows the builders, as nothing here does; for these names only

    config, given = hub.read_knobs(name, words_said)
    builder = hub.open_reader(name, config, **given)
    if "text" not in builder.features:
        raise ValueError(
            f"corpus: got {shown(said)}, whose rows are questions, expected its corpus: synthrl/{name} corpus"
        )
    size = builder.sizes()["train"]
    key = ("world", name, builder.spelled, builder.source)
    return Source(key, lambda: ((row["id"], "text", row) for row in builder.rows("train", 0, size)))


def one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}..."
