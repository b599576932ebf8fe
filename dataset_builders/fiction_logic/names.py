"""Invented names of one row, none of which another split knows, and two of which tell the row from all others."""

from functools import lru_cache

from synthrl.fiction import SHELVES, Mint
from synthrl.seeding import Scramble, Stream

SPLITS = ("train", "validation", "test", "heldout_phrasing")
assert len(SPLITS) <= SHELVES


@lru_cache(maxsize=16)
def _source(seed: int, split: str) -> tuple[Mint, Scramble]:
    return Mint.of(seed, SPLITS.index(split)), Scramble(31, "fiction_logic", seed, split)


def place(seed: int, split: str, random: Stream) -> str:
    mint, _ = _source(seed, split)
    return mint.place(random.below(1 << 16), random.below(16) - 8)  # every other one is an "Upper" or the like


def names(seed: int, split: str, i: int, kind: str, count: int, random: Stream) -> list[str]:
    """`count` names for row `i`, each with a beginning of its own. No other row has the same first two in that order."""
    mint, pairs = _source(seed, split)
    pair = pairs(i)
    first = pair >> 15
    # The 15 bits tell which of the numbers beyond the 1024 that begin as the first does.
    numbers = [first, (first + 1024 + (pair & 0x7FFF)) & 0xFFFF]
    heads = {number >> 10 for number in numbers}
    while len(numbers) < count:
        number = random.below(1 << 16)
        if number >> 10 not in heads:
            heads.add(number >> 10)
            numbers.append(number)
    return [mint.token(kind, number) for number in numbers[:count]]
