"""fiction_multihop: questions of a chosen depth about worlds that do not exist.

load_dataset("synthrl/fiction_multihop", hops=4)
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets
from datasets import Features, Value

from synthrl import knobs, row
from synthrl.blocks import RowBuilder

from .relations import RELATIONS
from .rows import ROWS_PER_WORLD, SPLITS, WorldRows, room
from .solve import KINDS, LEAST_HOPS
from .world import documents

VERSION = "1.1.0"  # goes up whenever a golden row changes
MOST_HOPS, FEWEST_PEOPLE, MOST_PEOPLE, MOST_CHARS = 16, 24, 4096, 128_000
DOCUMENT = Features({"id": Value("string"), "title": Value("string"), "text": Value("string"), "meta": Value("string")})


@dataclass
class FictionMultihopConfig(datasets.BuilderConfig):
    hops: int | str = "2-4"  # look-ups in the longest chain of them: 4, or a range "2-6"
    kinds: tuple[str, ...] = KINDS
    context: str = "open"  # "closed": the question alone; "corpus": one document a row, no questions
    context_chars: int = 4_000
    unanswerable: float = 0.0  # share of rows whose text lacks one hop
    worlds: int = 0  # so many worlds, shared by the splits; 0: a fresh one every few rows
    people: int = 32  # size of a world
    relations: tuple[str, ...] = ()  # a named few; none named: all
    seed: int = 0
    train: int = 10_000
    validation: int = 500
    test: int = 500
    heldout_phrasing: int = 500

    def depths(self) -> tuple[int, int]:
        """The least and the most hops."""
        low, _, high = str(self.hops).partition("-")
        return int(low), int(high or low)

    def question_key(self) -> tuple[object, ...]:
        """The knobs that decide what is asked, those at their default left out: a new knob changes no old row."""
        default = FictionMultihopConfig()
        names = ("hops", "kinds", "unanswerable", "worlds")
        key = tuple((name, getattr(self, name)) for name in names if getattr(self, name) != getattr(default, name))
        return (self.depths(), *[pair for pair in key if pair[0] != "hops"])


def _config(name: str, **given: Any) -> FictionMultihopConfig:
    return FictionMultihopConfig(name=name, version=datasets.Version(VERSION), **given)


class FictionMultihop(RowBuilder):
    """Multi-hop questions over invented worlds, whose answers are computed and can be proven from the text."""

    BUILDER_CONFIG_CLASS = FictionMultihopConfig
    BUILDER_CONFIGS: ClassVar = [
        _config("default"),
        *[_config(f"hops_{n}", hops=n) for n in range(1, 11)],
        _config("corpus", context="corpus"),
    ]

    @property
    def features(self) -> Features:
        return DOCUMENT if self.config.context == "corpus" else row.FEATURES

    def check(self) -> None:
        config = self.config
        knobs.check_range("hops", config.hops, 1, MOST_HOPS)
        for knob, allowed in (("kinds", KINDS), ("relations", [r.name for r in RELATIONS])):
            given = getattr(config, knob)
            names = isinstance(given, list | tuple) and all(isinstance(name, str) for name in given)
            knobs.require(names and len(set(given)) == len(given), knob, given, "a list of names, each once")
            for name in given:
                if name not in allowed:
                    knobs.refuse(knob, name, allowed)
        knobs.require(bool(config.kinds), "kinds", config.kinds, "at least one kind")
        if not isinstance(config.context, str) or config.context not in ("open", "closed", "corpus"):
            knobs.refuse("context", config.context, ("open", "closed", "corpus"))
        for knob, low, high in (
            ("worlds", 0, 1_000_000),
            ("people", FEWEST_PEOPLE, MOST_PEOPLE),
            ("seed", 0, 2**63 - 1),
            ("context_chars", 1_000, MOST_CHARS),
        ):
            value = getattr(config, knob)
            knobs.require(
                type(value) is int and low <= value <= high, knob, value, f"a whole number from {low} to {high}"
            )
        share = config.unanswerable
        knobs.require(type(share) in (int, float) and 0 <= share <= 1, "unanswerable", share, "a share from 0 to 1")
        knobs.require(
            not (share and config.context == "closed"),
            "unanswerable",
            share,
            '0 with context="closed": there is no text to lack a hop',
        )
        self._check_together()

    def _check_together(self) -> None:
        """What knobs allow each other."""
        config = self.config
        low, high = config.depths()
        shallow = [kind for kind in config.kinds if LEAST_HOPS.get(kind, 1) > low]
        knobs.require(
            len(shallow) < len(config.kinds),
            "kinds",
            config.kinds,
            f"a kind that can be asked at hops={low}: {shallow} need more",
        )
        least = 600 + 300 * high
        if config.context == "open":
            knobs.require(
                config.context_chars >= least,
                "context_chars",
                config.context_chars,
                f"at least {least} for hops={config.hops!r}",
            )
        if config.context == "corpus":
            return
        sizes = self._asked()
        if config.worlds and high == 1:
            for split in SPLITS[1:]:
                knobs.require(
                    not sizes[split],
                    split,
                    sizes[split],
                    "0 with worlds and hops=1: one-hop rows of train already ask every fact",
                )
        if not config.worlds:
            most = room(config.people) * ROWS_PER_WORLD
            for split, size in sizes.items():
                knobs.require(
                    type(size) is not int or size <= most,
                    split,
                    size,
                    f"at most {most} rows, so that no name is borne twice",
                )

    def _asked(self) -> dict[str, int]:
        """The sizes asked for; where one-hop rows cover a shared world, splits left at their default are empty."""
        config = self.config
        sizes = {split: getattr(config, split) for split in SPLITS}
        if config.worlds and config.context != "corpus" and config.depths()[1] == 1:
            default = FictionMultihopConfig()
            sizes.update({split: 0 for split in SPLITS[1:] if sizes[split] == getattr(default, split)})
        return sizes

    def sizes(self) -> dict[str, int]:
        config, asked = self.config, self._asked()
        if config.context != "corpus":
            return asked
        each = documents(config.people)
        if config.worlds:
            return {"train": config.worlds * each}
        return {
            split: -(-size // ROWS_PER_WORLD) * each if type(size) is int else size for split, size in asked.items()
        }

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        config = self.config
        if config.context == "corpus":
            yield from self._documents(split, start, stop)
            return
        prefix = self.id_prefix(split)
        for i in range(start, stop):
            world, slot = (i % config.worlds, i // config.worlds) if config.worlds else divmod(i, ROWS_PER_WORLD)
            yield self._planned(split, world, slot).row(slot, f"{prefix}/{i}")

    def foresee(self) -> None:
        """Plan all that is asked of one of the shared worlds: the others hold about as much."""
        config = self.config
        if not config.worlds or config.context == "corpus":
            return
        for split, size in self.sizes().items():
            if size:
                self._planned(split, 0, (size - 1) // config.worlds)

    def _planned(self, split: str, index: int, slot: int) -> WorldRows:
        """A world in which row `slot` has found its question."""
        world = self._world(split, index)
        try:
            world.plan(slot)
        except ValueError as error:
            raise ValueError(f"{split}: got {self.sizes()[split]}, but {error}") from None
        return world

    def __getstate__(self) -> dict[str, Any]:
        """What a worker is sent: not the worlds, which it makes anew."""
        return {key: value for key, value in self.__dict__.items() if key != "_kept"}

    def _world(self, split: str, index: int) -> WorldRows:
        """The rows of a world; shared ones are kept, of the others the last, since its neighbours come next."""
        key = (split, index)
        kept: dict[tuple[str, int], WorldRows] = self.__dict__.setdefault("_kept", {})
        if key not in kept:
            if not self.config.worlds or len(kept) >= 64:
                kept.clear()
            number = index if self.config.worlds else index * len(SPLITS) + SPLITS.index(split)
            kept[key] = WorldRows(self.config, split, number)
        return kept[key]

    def _documents(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        prefix, each = self.id_prefix(split), documents(self.config.people)
        for i in range(start, stop):
            index, place = divmod(i, each)
            scribe = self._world(split, index).scribe
            world = scribe.world
            entity = world.readable[place]
            meta = json.dumps({"world": world.number, "seed": self.config.seed, "type": world.types[entity]})
            yield {
                "id": f"{prefix}/{i}",
                "title": world.names[entity],
                "text": " ".join(scribe.document(entity)),
                "meta": meta,
            }


BUILDER = FictionMultihop
