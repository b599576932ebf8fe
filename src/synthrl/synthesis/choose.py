"""Which drafts are trained on: the rules of `synthrl.selection`, and those that the paper compares itself with.

The rule that is used unless another is named is `voted`: margin of the votes × the share of mixed groups that is
certain. The paper's own takes first what is seldomest solved, and with it every wrong label, which is seldom "solved".
"""

from collections.abc import Sequence

from synthrl import selection
from synthrl.selection import Rule, Selection, Verdict


def hardest(k: int, n: int) -> Verdict:
    return 1 - k / n


def easiest(k: int, n: int) -> Verdict:
    return k / n


RULES: dict[str, Rule | None] = {
    "voted": selection.voted,
    "surest": selection.surest,
    "spread": selection.spread,
    "band": selection.band,
    "target": selection.target,
    "seldom_solved": selection.seldom_solved,
    "hardest": hardest,
    "easiest": easiest,
    "random": None,
}


def choose(
    ids: Sequence[str], k: Sequence[int], n: Sequence[int], margins: Sequence[float], rule: str, take: int, seed: int
) -> tuple[Selection, Selection]:
    """Those selected, and as many at random."""
    if rule == "random":  # two draws that have nothing to do with each other
        picked = selection.control(ids, min(take, len(ids)), selection.digest("selected", seed))
    else:
        picked = selection.select(ids, k, n, RULES[rule] or hardest, take, margins if rule == "voted" else None)
    return picked, selection.control(ids, len(picked.kept), seed)
