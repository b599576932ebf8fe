"""fiction_logic: logic puzzles with one solution, which is found by exhaustive search and can be followed step by step.

load_dataset("synthrl/fiction_logic", kinds=["knights"], people=5)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets

from synthrl import knobs
from synthrl.blocks import RowBuilder

from .names import SPLITS
from .rows import KINDS, SIZE, row

VERSION = "1.1.0"  # goes up whenever a golden row changes
RANGES = {"people": (2, 10), "items": (3, 8), "seats": (4, 8), "depth": (1, 8)}


@dataclass
class FictionLogicConfig(datasets.BuilderConfig):
    kinds: tuple[str, ...] = KINDS
    people: int | str = "3-6"  # knights and knaves: how many people, 4 or a range "3-8"
    items: int | str = "3-6"  # ordering: how many are put in order
    seats: int | str = "4-6"  # seating: how many sit round the table
    depth: int | str = "1-4"  # rules: steps of the shortest proof
    seed: int = 0
    train: int = 10_000
    validation: int = 500
    test: int = 500
    heldout_phrasing: int = 500

    def sizes(self, kind: str) -> tuple[int, int]:
        """The least and the most of what makes a puzzle of `kind` large."""
        low, _, high = str(getattr(self, SIZE[kind])).partition("-")
        return int(low), int(high or low)

    def size_key(self, kind: str) -> tuple[object, ...]:
        """What the rows of `kind` depend on besides seed, split and index; nothing where the knob is at its default."""
        sizes = self.sizes(kind)
        return () if sizes == FictionLogicConfig().sizes(kind) else sizes


def _config(name: str, **given: Any) -> FictionLogicConfig:
    return FictionLogicConfig(name=name, version=datasets.Version(VERSION), **given)


class FictionLogic(RowBuilder):
    """Logic puzzles with invented names: knights and knaves, orderings, round tables, rules to be chained."""

    BUILDER_CONFIG_CLASS = FictionLogicConfig
    BUILDER_CONFIGS: ClassVar = [
        _config("default"),
        *[_config(kind, kinds=(kind,)) for kind in KINDS],
        *[_config(f"knights_{n}", kinds=("knights",), people=n) for n in range(2, 11)],
        *[_config(f"ordering_{n}", kinds=("ordering",), items=n) for n in range(3, 9)],
        *[_config(f"seating_{n}", kinds=("seating",), seats=n) for n in range(4, 9)],
        *[_config(f"rules_{n}", kinds=("rules",), depth=n) for n in range(1, 9)],
    ]

    def check(self) -> None:
        config = self.config
        kinds = config.kinds
        listed = isinstance(kinds, list | tuple) and all(isinstance(kind, str) for kind in kinds)
        knobs.require(
            bool(listed and kinds) and len(set(kinds)) == len(kinds), "kinds", kinds, "a list of names, each once"
        )
        for kind in kinds:
            if kind not in KINDS:
                knobs.refuse("kinds", kind, KINDS)
        for knob, (low, high) in RANGES.items():
            knobs.check_range(knob, getattr(config, knob), low, high)
        seed, most = config.seed, 2**63 - 1
        knobs.require(type(seed) is int and 0 <= seed <= most, "seed", seed, f"a whole number from 0 to {most}")

    def sizes(self) -> dict[str, int]:
        return {split: getattr(self.config, split) for split in SPLITS}

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        prefix = self.id_prefix(split)
        for i in range(start, stop):
            yield row(self.config, split, i, f"{prefix}/{i}")


BUILDER = FictionLogic
