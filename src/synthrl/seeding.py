"""Streams of random bits from hashed keys.

A stream is named by what it decides ("the phrasing of world 7"), never by a running number: two streams with
different names have nothing in common, and drawing more from one changes no other. Only `Random.random()` and hashes
are promised to stay the same across Python releases, so everything here is built on those two.
"""

from collections.abc import MutableSequence, Sequence
from hashlib import blake2b
from math import floor
from random import Random
from typing import TypeVar

T = TypeVar("T")


def digest(*key: object) -> int:
    """64 bits that depend on every part of `key`, and on the type of each ("1" is not 1)."""
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest(), "big")


class Stream:
    """Random draws from the stream that `key` names. (Of what is not negative, `floor` is `int`, and faster.)"""

    __slots__ = ("random",)

    def __init__(self, *key: object) -> None:
        self.random = Random(digest(*key)).random

    def below(self, n: int) -> int:
        return floor(self.random() * n)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + floor(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def choice(self, items: Sequence[T]) -> T:
        return items[floor(self.random() * len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        random = self.random
        for i in range(len(items) - 1, 0, -1):
            j = floor(random() * (i + 1))
            items[i], items[j] = items[j], items[i]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """`k` of `items` (all of them if there are fewer), in random order."""
        pool = list(items)
        n = len(pool)
        k = min(k, n)
        random = self.random
        for i in range(k):
            j = i + floor(random() * (n - i))
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:k]


class Scramble:
    """A bijection of the numbers below 2**bits, other for every key: distinct in, distinct out."""

    __slots__ = ("_add", "_half", "_mask", "_one", "_two")

    def __init__(self, bits: int, *key: object) -> None:
        self._mask = (1 << bits) - 1
        self._half = (bits + 1) // 2
        self._one = digest(bits, "one", *key) | 1
        self._two = digest(bits, "two", *key) | 1
        self._add = digest(bits, "add", *key)

    def __call__(self, number: int) -> int:
        # Odd factors and a shifted xor can each be undone, so no two numbers meet.
        number = (number * self._one + self._add) & self._mask
        number ^= number >> self._half
        number = (number * self._two) & self._mask
        return number ^ (number >> self._half)
