"""fiction_arithmetic: quantities of places that do not exist, and one that follows from others.

load_dataset("synthrl/fiction_arithmetic", operations=4)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets

from synthrl import fiction, knobs
from synthrl.blocks import RowBuilder

from .rows import SPLITS, Row
from .text import BLOCKS_PER_ROW

VERSION = "1.0.0"  # goes up whenever a golden row changes
FEWEST, MOST = 2, 30  # operations
ROOM = fiction.BLOCKS // BLOCKS_PER_ROW  # rows of a split, so that no name is borne twice


@dataclass
class FictionArithmeticConfig(datasets.BuilderConfig):
    operations: int | str = "2-6"  # arithmetic operations that the answer takes: 4, or a range "2-6"
    direction: str = "both"  # "forward"; "reverse": a result is stated, and what it was made of is asked
    distractors: float = 0.3  # share of sentences that the answer does not need
    context_chars: int = 0  # filled with other places to about so many; 0: as long as it takes
    answers: str = "integers"  # "fractions": of kilograms, litres, metres
    largest: int = 10_000  # no stated or derived quantity is larger
    seed: int = 0
    train: int = 10_000
    validation: int = 500
    test: int = 500
    heldout_phrasing: int = 500

    def span(self) -> tuple[int, int]:
        """The fewest and the most operations."""
        low, _, high = str(self.operations).partition("-")
        return int(low), int(high or low)

    def question_key(self) -> tuple[object, ...]:
        """The knobs that decide what is asked, those at their default left out: a new knob changes no old row."""
        named = ("direction", "answers", "largest")
        default = type(self)  # whose attributes are the defaults
        changed = [(name, getattr(self, name)) for name in named if getattr(self, name) != getattr(default, name)]
        return (self.span(), *changed)


def _config(name: str, **given: Any) -> FictionArithmeticConfig:
    return FictionArithmeticConfig(name=name, version=datasets.Version(VERSION), **given)


class FictionArithmetic(RowBuilder):
    """Word problems of a chosen number of operations over invented places, whose answers are computed and proven."""

    BUILDER_CONFIG_CLASS = FictionArithmeticConfig
    BUILDER_CONFIGS: ClassVar = [
        _config("default"),
        *[_config(f"operations_{n}", operations=n) for n in (2, 3, 4, 5, 6, 8, 10, 15, 20, 30)],
    ]

    def check(self) -> None:
        config = self.config
        knobs.check_range("operations", config.operations, FEWEST, MOST)
        for knob, allowed in (("direction", ("forward", "reverse", "both")), ("answers", ("integers", "fractions"))):
            if not isinstance(getattr(config, knob), str) or getattr(config, knob) not in allowed:
                knobs.refuse(knob, getattr(config, knob), allowed)
        share = config.distractors
        knobs.require(type(share) in (int, float) and 0 <= share <= 0.8, "distractors", share, "a share from 0 to 0.8")
        for knob, low, high in (("largest", 100, 1_000_000), ("seed", 0, 2**63 - 1)):
            value = getattr(config, knob)
            knobs.require(
                type(value) is int and low <= value <= high, knob, value, f"a whole number from {low} to {high}"
            )
        chars = config.context_chars
        fits = type(chars) is int and (chars == 0 or 1_000 <= chars <= 128_000)
        knobs.require(fits, "context_chars", chars, "0, or a whole number from 1000 to 128000")
        for split, size in self.sizes().items():
            knobs.require(
                type(size) is not int or size <= ROOM,
                split,
                size,
                f"at most {ROOM} rows, so that no name is borne twice",
            )

    def sizes(self) -> dict[str, int]:
        return {split: getattr(self.config, split) for split in SPLITS}

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        mint = fiction.Mint.of(self.config.seed, SPLITS.index(split))
        prefix, key = self.id_prefix(split), (self.config.seed, split, *self.config.question_key())
        for i in range(start, stop):
            yield Row(self.config, mint, key, i).row(f"{prefix}/{i}")


BUILDER = FictionArithmetic
