"""Whether a sample is to be rewritten, and whether the rewrite is harder, or easier, than what it was made from.

Rewrites are asked for in words and believed in numbers: "harder" holds only if the student solves the new question less
often than chance explains. Before and after are k of n right; Fisher's exact test, one-sided, says how likely a
difference as large as this one, that way, is if the two are alike. It must be below 1 - confidence.

>>> f"{chance(Rate(64, 64, 64), Rate(59, 64, 64), harder=True):.3f}"
'0.029'
>>> moved(Rate(64, 64, 64), Rate(59, 64, 64), harder=True), moved(Rate(64, 64, 64), Rate(60, 64, 64), harder=True)
(True, False)
"""

import math

from .draft import Rate


def chance(before: Rate, after: Rate, harder: bool) -> float:
    """How likely so few (harder) or so many (easier) of all right answers are among those after, if nothing changed."""
    right, whole = before.k + after.k, before.n + after.n
    ways = math.comb(whole, right)
    low, high = max(0, right - before.n), min(right, after.n)
    those = range(low, after.k + 1) if harder else range(after.k, high + 1)
    return sum(math.comb(after.n, k) * math.comb(before.n, right - k) for k in those) / ways


def moved(before: Rate, after: Rate, harder: bool, confidence: float = 0.95) -> bool:
    return chance(before, after, harder) < 1 - confidence


def wanted(rate: Rate, solved: float, unsolved: float) -> bool | None:
    """True: harder; False: easier; None where it stays as it is, or nothing is known."""
    share = rate.share
    if share is None or unsolved < share < solved:
        return None
    return share >= solved
