"""A training run's folder: what was answered at each look, line by line, and the same row before and after."""

import functools
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas

from synthrl import knobs
from synthrl.answers.extract import text_of
from synthrl.app.explore import tables
from synthrl.app.explore.html import depth, ending

PAGE = 15  # lines
LOOKS = {"watch": "held-out rows", "final": "test rows", "completions": "training"}
RIGHT = (
    "all",
    "right",
    "partly right",
    "wrong",
    "no answer",
    "came right",
    "went wrong",
)  # the last since the first step
ORDERS = ("as they come", "highest reward first", "lowest reward first")
# Whoever wrote a look: what is missing is an empty text, or nothing earned.
_COLUMNS: dict[str, tuple[Callable[[Any], Any], type]] = {
    **dict.fromkeys(("id", "kind", "question", "answer", "completion", "mode"), (tables.text, object)),
    **dict.fromkeys(("exact_match", "f1"), (tables.figure, float)),
    **dict.fromkeys(("hops", "sample"), (tables.whole, int)),
    "parsed": (lambda value: value in (True,), bool),
}
_FILE = re.compile(r"(?:step|completions)_(\d{1,15})\.parquet")


class Filter(NamedTuple):
    look: str = "watch"
    step: int = 0
    mode: str = "all"
    hops: str = "all"
    kind: str = "all"
    right: str = "all"
    words: str = ""
    order: str = ORDERS[0]


class Opened(NamedTuple):
    folder: str
    about: list[str]  # what a reader must know, one line each
    steps: dict[str, list[int]]  # of each look that there is


def open_run(given: str) -> Opened:
    from synthrl.app.report import runs

    folder = knobs.path("run", given.strip())
    for look in LOOKS:
        if (folder / look).is_dir():
            os.listdir(folder / look)  # says so where it may not be looked into, as glob does not
    for path in folder.glob("*/*.parquet"):
        if not path.is_file():
            raise ValueError(f"{path}: cannot be read: it is no file")
    with tables.in_one_line(folder):
        run = runs.read_all([str(folder)])[0]
    about = [f"{run.label}: {run.told['recipe']}, {run.status}", *runs.notes([run])]
    found = {look: there for look in LOOKS if (there := steps(str(run.folder), look))}
    if not found:
        raise ValueError(f"{folder}: a run that has looked at no rows yet: no watch/, final/ or completions/ in it")
    return Opened(str(run.folder), about, found)


def steps(folder: str, look: str) -> list[int]:
    return sorted(_files(Path(folder) / look)) if look in LOOKS else []


def _files(folder: Path) -> dict[int, Path]:
    found = {}
    for path in folder.glob("*.parquet"):
        if match := _FILE.fullmatch(path.name):
            found[int(match[1])] = path
    return found


def table(folder: str, look: str, step: int) -> pandas.DataFrame:
    """What was answered then; a table that is shared and not to be written to."""
    path = _files(Path(folder) / look).get(int(step)) if look in LOOKS else None
    if path is None:
        raise ValueError(f"{folder}: there is no look {look!r} at step {step}")
    stamp = path.stat()
    return _read(str(path), look == "completions", (stamp.st_mtime_ns, stamp.st_size))


@functools.lru_cache(maxsize=4)  # a look may hold a hundred megabytes of completions
def _read(path: str, trained: bool, stamp: object) -> pandas.DataFrame:
    if trained:
        return _of_training(path)
    found = tables.read(path, list(_COLUMNS), "our recipes did not write it")
    return pandas.DataFrame(
        {
            name: pandas.Series([read(value) for value in found[name]], dtype=kind)
            for name, (read, kind) in _COLUMNS.items()
        }
    )


def _of_training(path: str) -> pandas.DataFrame:
    """TRL's own table, in the columns of a look: its reward is the sum of what was paid."""
    found = tables.read(path)
    if missing := [column for column in ("prompt", "completion") if column not in found]:
        raise ValueError(f"{path}: it has no {', '.join(missing)}: TRL did not write it")
    paid = [said for name, said in found.items() if name not in ("step", "advantage")]  # of which texts count nothing
    reward = pandas.Series([sum(map(tables.figure, line)) for line in zip(*paid, strict=True)], dtype=float)
    return pandas.DataFrame(
        {
            "id": "",
            "hops": 0,
            "kind": "",
            "question": [_last(said) for said in found["prompt"]],
            "answer": "",
            "completion": [_last(said) for said in found["completion"]],
            "exact_match": (reward >= 1).astype(float),
            "f1": reward,
            "parsed": True,
            "mode": "sampled",
            "sample": range(len(reward)),
        }
    )


def _last(said: Any) -> str:
    if isinstance(said, str):
        return said
    turns = said if isinstance(said, list) else []
    return text_of([{"content": turn.get("content")} for turn in turns if isinstance(turn, dict)])


def choices(found: pandas.DataFrame, column: str) -> list[str]:
    return ["all", *[str(value) for value in sorted(found[column].unique()) if str(value)]]


def chosen(folder: str, by: Filter) -> list[int]:
    """The places of the lines that pass."""
    found = table(folder, by.look, by.step)
    keep = pandas.Series(True, index=found.index)
    for column in ("mode", "hops", "kind"):
        if (wanted := getattr(by, column)) not in ("all", None):
            keep &= found[column].astype(str) == wanted
    keep &= {
        "right": found["exact_match"] == 1,
        "partly right": (found["exact_match"] < 1) & (found["f1"] > 0),
        "wrong": found["parsed"] & (found["f1"] <= 0),
        "no answer": ~found["parsed"].astype(bool),
    }.get(by.right, True)
    if by.right in RIGHT[5:]:
        turned = _turned(found, table(folder, by.look, steps(folder, by.look)[0]), by.right == RIGHT[5])
        keep &= pandas.Series(turned, index=found.index)
    if words := (by.words or "").strip().casefold():
        text = found["id"] + "\n" + found["question"] + "\n" + found["answer"] + "\n" + found["completion"]
        keep &= text.str.casefold().str.contains(words, regex=False)
    places = [place for place, kept in enumerate(keep) if kept]
    if by.order in ORDERS[1:]:
        reward = found["f1"].tolist()
        places.sort(key=lambda place: reward[place], reverse=by.order == ORDERS[1])
    return places


def _turned(found: pandas.DataFrame, first: pandas.DataFrame, right: bool) -> list[bool]:
    """Of which lines the same row was told otherwise at first: wrong, where it is `right` now, or right."""
    keys = [list(zip(each["id"], each["mode"], each["sample"], strict=True)) for each in (found, first)]
    before = dict(zip(keys[1], first["exact_match"] == 1, strict=True))
    now = (found["exact_match"] == 1).tolist()
    return [
        key[0] != "" and is_right == right != before.get(key, right) for key, is_right in zip(keys[0], now, strict=True)
    ]


def page(places: Sequence[int], number: int) -> tuple[int, int, list[int]]:
    """The page's number within bounds, how many there are, and its places."""
    pages = max(1, -(-len(places) // PAGE))
    number = min(max(int(number), 1), pages)
    return number, pages, list(places[(number - 1) * PAGE : number * PAGE])


def label(line: pandas.Series) -> str:
    """A line of the list."""
    mark = "✓" if line["exact_match"] == 1 else "✗"
    about = f"{depth(line['hops'])} {line['kind']} {line['mode']}" if line["kind"] else line["mode"]
    return f"{mark} {line['f1']:.2f} · {about} · {ending(line['question'])}"


class Seen(NamedTuple):
    step: int
    completion: str
    right: bool
    f1: float
    parsed: bool


def over_steps(folder: str, look: str, step: int, line: pandas.Series) -> list[Seen]:
    """What was said to the same row at the first look, at this one, and at the last."""
    if not line["id"]:
        return [_seen(step, line)]
    known = steps(folder, look)
    found = []
    for each in sorted({known[0], int(step), known[-1]}):
        there = table(folder, look, each)
        same = there[
            (there["id"] == line["id"]) & (there["mode"] == line["mode"]) & (there["sample"] == line["sample"])
        ]
        if len(same):
            found.append(_seen(each, same.iloc[0]))
    return found


def _seen(step: int, line: pandas.Series) -> Seen:
    return Seen(step, str(line["completion"]), bool(line["exact_match"] == 1), float(line["f1"]), bool(line["parsed"]))
