"""Which rows to train on, told by how often a model solves them: k of n samples right, a row's pass rate.

GRPO learns from the differences within a group of G answers to one question. A group that is all right or all wrong has
none, and a model that solves a row at rate p gives a mixed one with probability 1 - p^G - (1-p)^G:

>>> {p: round(mixed(p, group=8), 2) for p in (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)}
{0.01: 0.08, 0.05: 0.34, 0.2: 0.83, 0.5: 0.99, 0.8: 0.83, 0.95: 0.34, 0.99: 0.08}

Hence the band: from 0.2 to 0.8 at least 83% of groups of 8 teach, whatever p is; at 0.05 or 0.95 two in three do not.

A *rule* is a plain function of (k, n): it says how good a row is, or in words why it is dropped.

    seldom_solved  the lowest pass rate first, never solved last (arXiv 2505.17063)
    band           the pass rate lies from `low` to `high`; within, all are alike
    spread         p(1-p), the variance of the reward: the most telling first
    target         nearest to a wanted pass rate, by a Gaussian
    surest         the share of mixed groups that is certain, not merely likely: a lower confidence bound
    voted          the same times the margin of the votes, where the label itself is a vote

`select` ranks all rows by a rule, `search` takes candidates as they come until enough have passed, and `control` draws
the same number at random, without which no selection is shown to help. Knobs of a rule are set by `partial`:

>>> from functools import partial
>>> ids, k, n = ["a", "b", "c", "d", "e"], [0, 1, 4, 6, 8], [8, 8, 8, 8, 8]
>>> select(ids, k, n, partial(band, low=0.1))
Selection(kept=[3, 2, 1], dropped={0: 'never solved', 4: 'always solved'})
>>> select(ids, k, n, spread, take=2)
Selection(kept=[2, 3], dropped={0: 'never solved', 1: 'rank 3 of 3, 2 taken', 4: 'always solved'})
>>> control(ids, 2, seed=0).kept
[0, 4]

Columns are lists or those of a dataset; `rows.select(picked.kept)` is the training set, best row first. Ties, and they
are many among rates of a few samples, go by a hash of the row's id: rows in another order give the same selection.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from numbers import Real
from statistics import NormalDist
from typing import Any, NamedTuple

from synthrl.knobs import require
from synthrl.seeding import digest

Verdict = float | str  # how good a row is (more is better), or why it is dropped
Rule = Callable[..., Verdict]  # of k and n, where n > 0, and of the margin where there is one


class Selection(NamedTuple):
    """Every row's index is in one of the two."""

    kept: list[int]  # best first
    dropped: dict[int, str]  # why


class Search(NamedTuple):
    rows: list[Any]  # those that passed, as they came
    selection: Selection  # the indices count the candidates
    short: str  # why there are fewer than wanted; empty if there are not


# Pass rates ----------------------------------------------------------------------------------------------------------


def mixed(p: float, group: int = 8) -> float:
    """The expected share of groups with right and wrong answers, at pass rate `p`; in the rest nothing differs."""
    return 1 - p**group - (1 - p) ** group


def wilson(k: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a rate; of none asked nothing is known. (Where rows' own means are counted, k is a sum.)"""
    require(0 <= k <= n, "k", k, f"a number from 0 to n={n}")
    if n == 0:
        return 0.0, 1.0
    p, z = k / n, NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


@lru_cache(maxsize=1 << 16)
def rate_at_least(k: int, n: int, confidence: float = 0.95) -> float:
    """The lowest pass rate that makes k or more of n right no rarer than 1 - confidence (Clopper and Pearson).

    Exact for every rate, as Wilson's is not near 0 and 1, where selection decides.
    """
    if k == 0:
        return 0.0
    ways = [(j, math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1)) for j in range(k, n + 1)]
    low, high = 0.0, 1.0
    for _ in range(45):
        p = (low + high) / 2
        tail = math.fsum(math.exp(way + j * math.log(p) + (n - j) * math.log1p(-p)) for j, way in ways)
        low, high = (p, high) if tail < 1 - confidence else (low, p)
    return low


def mixed_at_least(k: int, n: int, group: int = 8, confidence: float = 0.95) -> float:
    """The lower confidence bound of `mixed`, for each row by itself: its smaller value at the ends of p's interval.

    Each end may err with the whole of 1 - confidence, not half of it: for the bound to be too high the interval has to
    miss the true rate towards the middle, and a rate has the middle on one side only.
    """
    require(0.5 < confidence < 1, "confidence", confidence, "more than 0.5 and less than 1")
    require(group >= 2, "group", group, "2 answers or more")
    return min(mixed(rate_at_least(k, n, confidence), group), mixed(1 - rate_at_least(n - k, n, confidence), group))


# Rules ---------------------------------------------------------------------------------------------------------------


def _extreme(k: int, n: int) -> str:
    return {0: "never solved", n: "always solved"}.get(k, "")


def seldom_solved(k: int, n: int) -> Verdict:
    """The paper's rule. It drops none: where little is solved, what was never solved fills up."""
    return 1 - k / n if k else -1.0


def band(k: int, n: int, low: float = 0.2, high: float = 0.8) -> Verdict:
    require(0 <= low <= high <= 1, "band", f"{low:g}-{high:g}", "two rates from 0 to 1, the lower first")
    return 0.0 if low <= k / n <= high else _extreme(k, n) or f"outside {low:g}-{high:g}"


def spread(k: int, n: int) -> Verdict:
    """p(1-p), the measured rate taken at its word: where rows differ in n, or n is small, see `surest`."""
    return _extreme(k, n) or k * (n - k) / n**2


def target(k: int, n: int, mean: float = 0.5, width: float = 0.15) -> Verdict:
    """The nearer to `mean` the better, and none beyond 3 widths; of two as near, the one measured by more samples.

    The Gaussian's expected height at the true rate: the standard error, at most 1/(2√n), widens and lowers it. So where
    all rows have the same n, the width decides which are dropped and not which come first.
    """
    require(width > 0, "width", width, "more than 0")
    off, reach = k / n - mean, math.hypot(width, 0.5 / math.sqrt(n))
    if abs(off) > 3 * width:
        return _extreme(k, n) or f"outside {mean:g} ± {3 * width:g}"
    return width / reach * math.exp(-((off / reach) ** 2) / 2)


def surest(k: int, n: int, group: int = 8, confidence: float = 0.95, least: float = 0.0) -> Verdict:
    """`mixed_at_least`, or dropped where that is below `least`. With group=2 it is a bound of 2p(1-p)."""
    bound = mixed_at_least(k, n, group, confidence)
    return _extreme(k, n) or (bound if bound >= least else f"mixed in {bound:.3g} of groups, {least:g} wanted")


def voted(k: int, n: int, margin: float, group: int = 8, confidence: float = 0.95, least: float = 0.0) -> Verdict:
    """The margin (share of the votes for the label, less that of the runner-up) times `surest`.

    Few right answers speak for a hard row and for a wrong label alike; the margin tells them apart. It is no
    probability: where it has been compared with the truth, give the share of right labels at each margin instead.
    """
    if not margin:
        return "votes tied"
    bound = margin * mixed_at_least(k, n, group, confidence)
    return _extreme(k, n) or (bound if bound >= least else f"margin × bound {bound:.3g}, {least:g} wanted")


# Selections ----------------------------------------------------------------------------------------------------------


def select(
    ids: Iterable[Any],
    k: Iterable[int],
    n: Iterable[int],
    rule: Rule,
    take: int | None = None,
    margins: Iterable[float] | None = None,
) -> Selection:
    """The best `take` rows by `rule`: all that pass where it is None, and where they are fewer."""
    require(take is None or (isinstance(take, int) and take > 0), "take", take, "a whole number from 1, or None")
    require(callable(rule), "rule", rule, "a function, such as synthrl.selection.band")
    require(rule is not voted or margins is not None, "margins", margins, "those of the votes, which this rule goes by")
    names = _names(ids)
    columns = {"k": list(k), "n": list(n)} | ({} if margins is None else {"margins": list(margins)})
    for what, column in columns.items():
        require(len(column) == len(names), what, f"{len(column)} values", f"one for each of the {len(names)} ids")
    figures = zip(*columns.values(), strict=True)
    verdicts = [_judge(rule, f"row {name}", *each) for name, each in zip(names, figures, strict=True)]
    dropped = {row: verdict for row, verdict in enumerate(verdicts) if isinstance(verdict, str)}
    # Rounded, so that rates as far from the middle on either side are a tie, and not decided by the last bit.
    score = {row: -round(verdict, 9) for row, verdict in enumerate(verdicts) if not isinstance(verdict, str)}
    passed = sorted(score, key=lambda row: (score[row], digest("tie", names[row])))
    kept = passed[:take]
    late = enumerate(passed[len(kept) :], len(kept) + 1)
    dropped |= {row: f"rank {rank} of {len(passed)}, {take} taken" for rank, row in late}
    return Selection(kept, dict(sorted(dropped.items())))


def search(candidates: Iterable[tuple], rule: Rule, take: int, budget: int) -> Search:
    """The first `take` rows that pass, of at most `budget` candidates: (row, k, n), or (row, k, n, margin).

    No candidate is drawn that is not needed, so they may be made, and paid for, on demand. If they end too soon the
    result is short and says so, for what passed was paid for too. They are taken as they come: an order that depends
    on nothing but the rows is the caller's care.
    """
    require(isinstance(take, int) and take > 0, "take", take, "a whole number from 1")
    require(budget >= take, "budget", budget, f"candidates enough for take={take}")
    rows: list[Any] = []
    selection = Selection([], {})
    for number, (row, *figures) in enumerate(islice(candidates, budget)):
        verdict = _judge(rule, f"candidate {number}", *figures)
        if isinstance(verdict, str):
            selection.dropped[number] = verdict
            continue
        selection.kept.append(number)
        rows.append(row)
        if len(rows) == take:
            return Search(rows, selection, "")
    seen = len(selection.kept) + len(selection.dropped)
    end = f"the budget of {budget} candidates is" if seen == budget else f"all {seen} candidates are"
    return Search(rows, selection, f"{end} used up: {len(rows)} of {take} rows passed")


def control(ids: Iterable[Any], n: int, seed: int, apart_from: Iterable[int] = ()) -> Selection:
    """`n` rows at random, for comparison with as many selected ones.

    Drawn from all rows alike, the selected ones among them: that is what training without a selection would see.
    `apart_from=picked.kept` draws from the rest, which is poorer than the whole by what was picked.
    """
    names, apart = _names(ids), set(apart_from)
    _require_rows("apart_from", apart, names)
    pool = [row for row in range(len(names)) if row not in apart]
    require(0 <= n <= len(pool), "n", n, f"at most the {len(pool)} rows there are to draw from")
    return _without(names, _shuffled(pool, names, seed)[:n], apart)


def matched_control(
    ids: Iterable[Any], selected: Iterable[int], alike: Iterable[Hashable], seed: int, overlap: bool = True
) -> Selection:
    """Rows at random, of each sort as many as were selected; `alike` has the sort of each row, say (hops, kind)."""
    names, sorts, taken = _names(ids), list(alike), set(selected)
    _require_rows("selected", taken, names)
    require(len(sorts) == len(names), "alike", f"{len(sorts)} values", f"one for each of the {len(names)} ids")
    apart = set() if overlap else taken
    pools: dict[Hashable, list[int]] = {sort: [] for sort in sorts}
    for row, sort in enumerate(sorts):
        if row not in apart:
            pools[sort].append(row)
    drawn: list[int] = []
    for sort, wanted in Counter(sorts[row] for row in taken).items():
        there = len(pools[sort])
        require(wanted <= there, f"selected of {sort}", wanted, f"at most the {there} others of the sort")
        drawn += _shuffled(pools[sort], names, seed)[:wanted]
    return _without(names, _shuffled(drawn, names, seed), apart)


def _shuffled(rows: Sequence[int], names: Sequence[str], seed: int) -> list[int]:
    """Each row's place hangs on its own name, not on where it stood."""
    return sorted(rows, key=lambda row: digest("control", seed, names[row]))


def _without(names: Sequence[str], kept: list[int], apart: set[int]) -> Selection:
    others = set(range(len(names))).difference(kept)
    return Selection(kept, {row: "selected" if row in apart else "not drawn" for row in sorted(others)})


# What is given -------------------------------------------------------------------------------------------------------


def _names(ids: Iterable[Any]) -> list[str]:
    names = [str(each) for each in ids]
    twice = [name for name, count in Counter(names).items() if count > 1]
    require(not twice, "ids", twice[:1], "each once, since they break ties")
    return names


def _require_rows(what: str, rows: set[int], names: Sequence[str]) -> None:
    unknown = rows.difference(range(len(names)))
    require(not unknown, what, sorted(unknown)[:1], f"indices of the {len(names)} rows")


def _judge(rule: Rule, where: str, k: Any, n: Any, *margin: Any) -> Verdict:
    """What `rule` says of one row, whose figures are checked first."""
    for what, count, most in (("n", n, math.inf), ("k", k, n)):
        whole = isinstance(count, Real) and float(count).is_integer() and 0 <= float(count) <= most
        require(whole, f"{where}: {what}", count, "a whole number from 0" + (f" to n={n}" if what == "k" else ""))
    for share in margin:
        require(isinstance(share, Real) and 0 <= float(share) <= 1, f"{where}: margin", share, "a number from 0 to 1")
    verdict = rule(int(k), int(n), *margin) if n else "never asked"
    good = isinstance(verdict, str) or math.isfinite(verdict)
    require(good, f"{where}: rule", verdict, "a finite number, or why it is dropped")
    return verdict
