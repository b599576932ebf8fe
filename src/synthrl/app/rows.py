"""Rows as the command line names them: a dataset of ours with its knobs, a benchmark, or a folder."""

import difflib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import datasets

from synthrl import knobs, real
from synthrl.app import hub
from synthrl.row import COLUMNS, FEATURES

Row = dict[str, Any]


class Source(NamedTuple):
    name: str
    split: str
    size: int
    rows: Callable[[], Iterator[Row]]  # from the first on, each time


def source(name: str, words: list[str], split: str | None, most: int) -> Source:
    """Rows of a dataset of ours, of a benchmark, or of a folder: the first so many of a split."""
    ours = hub.ours(name) or (name.removeprefix("synthrl/") if name.removeprefix("synthrl/") in hub.names() else None)
    if ours:
        return _made(ours, words, split or "train", most)
    if name in real.BENCHMARKS:
        repo = [word.removeprefix("repo=") for word in words]  # the one word that a benchmark knows
        knobs.require(len(repo) < 2 and repo != words or not words, name, " ".join(words), "at most repo=FOLDER")
        split = split or real.BENCHMARKS[name].training or real.BENCHMARKS[name].evaluation
        return _loaded(name, split, real.load(name, split, *repo), most)
    config = configuration(name, words)
    if Path(name).is_dir():
        split = split or "train"
        return _loaded(Path(name).resolve().name, split, saved(name, split, config), most)
    knobs.refuse("dataset", name, [*hub.names(), *real.BENCHMARKS, "a folder of rows"])


def configuration(target: str, words: list[str]) -> str | None:
    """The one that is named of what is no dataset of ours: its rows are made, and no knob can change them."""
    for word in words:
        knob, equals, _ = word.partition("=")
        if equals and "-" not in knob:  # else it is a configuration's full name: hops_4-train=20
            raise ValueError(f"{word}: knobs go with the name of a dataset, and {target!r} is none{meant(target)}")
    knobs.require(len(words) < 2, "config", " ".join(words), "the name of one configuration")
    return words[0] if words else None


def meant(target: str) -> str:
    """The dataset of ours that is spelled most like it."""
    near = difflib.get_close_matches(target, hub.names(), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _made(name: str, words: list[str], split: str, most: int) -> Source:
    config, given = hub.read_knobs(name, words)
    builder = hub.open_reader(name, config, **given)
    if "question" not in builder.features:
        raise ValueError(f"{builder.config_id}: its rows ask no question: there is nothing to solve")
    sizes = {split: size for split, size in builder.sizes().items() if size}
    if split not in sizes:
        knobs.refuse("split", split, sizes)
    size = min(most, sizes[split])
    return Source(f"{name}-{builder.config_id}", split, size, lambda: iter(builder.rows(split, 0, size)))


def saved(folder: str, split: str, config: str | None = None) -> datasets.Dataset:
    """Rows in a folder: saved by `save_to_disk`, or Parquet or JSON. Of several configurations one must be named."""
    name, cut, _ = split.partition("[")
    if (Path(folder) / "dataset_dict.json").is_file():
        splits = datasets.load_from_disk(folder)
        found = splits[name] if name in splits else knobs.refuse("split", name, splits)
    elif (Path(folder) / "state.json").is_file():
        found = datasets.load_from_disk(folder)
    else:
        found, cut = datasets.load_dataset(folder, _chosen(folder, config), split=split), ""
        config = None
    knobs.require(config is None, "config", config, f"none, as {folder} has no configurations")
    knobs.require(not cut, "split", split, "the name of a split: a saved set is not cut, save a smaller one")
    if missing := [column for column in COLUMNS if column not in found.column_names]:
        raise ValueError(f"{folder}: it has no {', '.join(missing)}: it holds no rows of ours")
    knobs.require(len(found) > 0, "rows", folder, "at least one row in it")
    found = found.select_columns(list(COLUMNS))
    plain = found.features["prompt"] == datasets.Value("string")  # as `with_prompt` leaves it for base models
    like = {**FEATURES, "prompt": datasets.Value("string")} if plain else FEATURES
    return found.cast(datasets.Features(like))  # JSON, for one, knows lists and no more


def _chosen(folder: str, config: str | None) -> str:
    known = datasets.get_dataset_config_names(folder)
    if config is None and len(known) > 1:
        raise ValueError(f"config: got none, expected one of {', '.join(known)}, as {folder} holds several")
    if config not in (None, *known):
        knobs.refuse("config", config, known)
    return config or known[0]


def _loaded(name: str, split: str, found: Any, most: int) -> Source:
    found = found.select(range(min(most, len(found))))
    return Source(name, re.sub(r"\W+", "_", split).strip("_"), len(found), lambda: iter(found))
