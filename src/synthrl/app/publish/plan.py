"""What is published: configurations, their splits, and the files that hold their rows."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from synthrl import knobs
from synthrl.app import hub

SHARD = 10_000  # rows of a file, the last of a split but for what is left
MOST = 200  # configurations


class Part(NamedTuple):
    """A configuration as it is published, and how the dataset knows it."""

    name: str
    config: str | None
    knobs: dict[str, Any]


class Shard(NamedTuple):
    """Rows `start` to `stop` of a split, in one file."""

    part: Part
    split: str
    start: int
    stop: int
    path: str  # in the tree


def parts(dataset: str, words: Sequence[str], rows: int | None) -> list[Part]:
    """One for each value of a depth that is given; without any, the dataset's own that go with what is given."""
    config, given = hub.read_knobs(dataset, list(words))
    if rows is not None:
        said = given.setdefault("train", rows)
        knobs.require(said == rows, "--rows", rows, f"the number that train={said} says")
    builder = hub.builder_class(dataset)
    named = builder.named()
    depths = [knob for knob in given if _is_depth(named[builder.DEFAULT_CONFIG_NAME][knob])]
    if config is not None:
        found = [Part(_folder(config), config, given)]
    elif depths:
        knobs.require(len(depths) == 1, "depth", " and ".join(depths), "one knob, whose values are configurations each")
        sizes = hub.open_reader(dataset).sizes()
        same = {knob: value for knob, value in given.items() if knob not in sizes}
        found = [
            Part(_name(depths[0], value, same, named), None, {**given, depths[0]: value})
            for value in _numbers(depths[0], str(given[depths[0]]))
        ]
    else:
        return _own(dataset, given, named)
    for part in found:
        hub.open_reader(dataset, part.config, **part.knobs)  # refuses what cannot be
    return found


def shards(dataset: str, some: Sequence[Part]) -> Iterator[Shard]:
    for part in some:
        for split, size in hub.open_reader(dataset, part.config, **part.knobs).sizes().items():
            of = -(-size // SHARD)
            for number in range(of):
                path = f"{part.name}/{split}-{number:05}-of-{of:05}.parquet"
                yield Shard(part, split, number * SHARD, min(size, (number + 1) * SHARD), path)


def _numbers(knob: str, text: str) -> list[int]:
    found = knobs.values(knob, text, MOST)
    plain = all(value.isdecimal() and value == str(int(value)) for value in found)
    knobs.require(plain, knob, text, "numbers and ranges with commas between: 1-8, or 2,4,8-10")
    return [int(value) for value in found]


def _is_depth(default: object) -> bool:
    return isinstance(default, str) and bool(re.fullmatch(r"\d+-\d+", default))


def _name(knob: str, value: int, given: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]]) -> str:
    """What the dataset calls it, if it has a name for just that."""
    config, more = knobs.settle("default", {**given, knob: value}, named)
    return f"{knob}_{value}" if more else config


def _folder(config: str) -> str:
    """The name of a configuration without what `datasets`, the Hub or a file system would stumble over."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", unquote_plus(knobs.folder_name(config)))


def _own(dataset: str, given: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]]) -> list[Part]:
    found: dict[str, Part] = {}  # what a configuration comes to → the first that does
    refused: dict[str, ValueError] = {}
    for config in named:
        try:
            builder = hub.open_reader(dataset, config, **given)
        except ValueError as error:
            refused[config] = error
        else:
            found.setdefault(builder.spelled, Part(config, config, dict(given)))
    if not found:
        raise next(iter(refused.values()))
    if refused:
        print(f"left out, as they do not go with these knobs: {', '.join(refused)}", file=sys.stderr)
    return list(found.values())
