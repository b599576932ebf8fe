"""What settles a question: statements or clues as sets of what they allow, each an integer with a bit for a possibility."""

from collections.abc import Sequence
from functools import cache


@cache
def _subsets(count: int) -> tuple[int, ...]:
    """All sets of so many but the empty one, small ones first."""
    return tuple(sorted(range(1, 1 << count), key=lambda subset: (subset.bit_count(), subset)))


def fewest(everything: int, allowed: Sequence[int], wrong: int) -> list[int]:
    """Which of those that each allow something rule out all that is `wrong`: as few as can be, the first of several."""
    left = {0: everything}
    for subset in _subsets(len(allowed)):
        rest = subset & (subset - 1)
        left[subset] = left[rest] & allowed[(subset ^ rest).bit_length() - 1]
        if not left[subset] & wrong:
            return [i for i in range(len(allowed)) if subset >> i & 1]
    raise ValueError("all together allow something wrong")
