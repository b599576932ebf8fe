"""fiction_kinship: how people of invented families are related, and who somebody's relatives are.

load_dataset("synthrl/fiction_kinship", hops=3)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets

from synthrl import knobs
from synthrl.blocks import RowBuilder

from .kinship import MOST_HOPS
from .plan import KINDS
from .rows import ROOM, SPLITS, FamilyRows, rows_per_family

VERSION = "1.2.0"  # goes up whenever a golden row changes
LEAST_FAMILY = {1: 8, 2: 8, 3: 10, 4: 12, 5: 16, 6: 20, 7: 24, 8: 28}  # by the most hops
USUAL_FAMILY, MOST_FAMILY, MOST_CHARS = 14, 60, 32_000


@dataclass
class FictionKinshipConfig(datasets.BuilderConfig):
    hops: int | str = "2-4"  # told facts in the shortest proof: 3, or a range "2-4"
    kinds: tuple[str, ...] = KINDS
    family: int = 0  # people told of in the family asked about; 0: 14, and more where the depth needs them
    context_chars: int = 3_000  # other families fill the text up to so many characters
    seed: int = 0
    train: int = 10_000
    validation: int = 500
    test: int = 500
    heldout_phrasing: int = 500

    def depths(self) -> tuple[int, int]:
        """The least and the most hops."""
        low, _, high = str(self.hops).partition("-")
        return int(low), int(high or low)

    def size(self) -> int:
        return self.family or max(USUAL_FAMILY, LEAST_FAMILY[self.depths()[1]])

    def question_key(self) -> tuple[object, ...]:
        """The knobs that decide what is asked, those at their default left out: a new knob changes no old row."""
        key: list[object] = [self.depths()]
        if tuple(self.kinds) != KINDS:
            key.append(("kinds", tuple(self.kinds)))
        if self.family:
            key.append(("family", self.family))
        return tuple(key)


def _config(name: str, **given: Any) -> FictionKinshipConfig:
    return FictionKinshipConfig(name=name, version=datasets.Version(VERSION), **given)


class FictionKinship(RowBuilder):
    """Kinship in invented families, told in sentences: every answer is computed and can be proven from the text."""

    BUILDER_CONFIG_CLASS = FictionKinshipConfig
    BUILDER_CONFIGS: ClassVar = [_config("default"), *[_config(f"hops_{n}", hops=n) for n in range(1, MOST_HOPS + 1)]]

    def check(self) -> None:
        config = self.config
        knobs.check_range("hops", config.hops, 1, MOST_HOPS)
        names = isinstance(config.kinds, list | tuple) and all(isinstance(name, str) for name in config.kinds)
        knobs.require(
            names and 0 < len(set(config.kinds)) == len(config.kinds),
            "kinds",
            config.kinds,
            "at least one kind, each once",
        )
        for name in config.kinds:
            if name not in KINDS:
                knobs.refuse("kinds", name, KINDS)
        for knob, low, high in (
            ("family", 0, MOST_FAMILY),
            ("context_chars", 0, MOST_CHARS),
            ("seed", 0, 2**63 - 1),
        ):
            value = getattr(config, knob)
            knobs.require(
                type(value) is int and low <= value <= high, knob, value, f"a whole number from {low} to {high}"
            )
        least = LEAST_FAMILY[config.depths()[1]]
        knobs.require(
            not config.family or config.family >= least,
            "family",
            config.family,
            f"0, or at least {least} people for hops={config.hops!r}",
        )
        for split in SPLITS:
            size = getattr(config, split)
            most = ROOM * rows_per_family(config.depths()[1])
            knobs.require(
                type(size) is not int or size <= most,
                split,
                size,
                f"at most {most} rows, so that no name is borne twice",
            )

    def sizes(self) -> dict[str, int]:
        return {split: getattr(self.config, split) for split in SPLITS}

    def rows(self, split: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        prefix, each = self.id_prefix(split), rows_per_family(self.config.depths()[1])
        for i in range(start, stop):
            number, slot = divmod(i, each)
            yield self._family(split, number).row(slot, f"{prefix}/{i}")

    def _family(self, split: str, number: int) -> FamilyRows:
        """The last one is kept, since its neighbours come next."""
        kept: tuple[object, FamilyRows] | None = self.__dict__.get("_kept")
        if kept is None or kept[0] != (split, number):
            kept = self.__dict__["_kept"] = ((split, number), FamilyRows(self.config, split, number))
        return kept[1]

    def __getstate__(self) -> dict[str, Any]:
        """What a worker is sent: not the family, which it makes anew."""
        return {key: value for key, value in self.__dict__.items() if key != "_kept"}


BUILDER = FictionKinship
