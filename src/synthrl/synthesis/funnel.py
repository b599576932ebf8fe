"""What became of all drafts, counted: how many reached each stage, what stopped the others, how they are spread."""

from collections import Counter
from collections.abc import Iterable, Sequence

from .draft import GENERATED, STAGES, Draft

RATES = ("never", "to 20%", "to 40%", "to 60%", "to 80%", "over 80%", "always")
MARGINS = ("tied", "to 0.2", "to 0.4", "to 0.6", "to 0.8", "over 0.8", "all agree")


def stages(drafts: Iterable[Draft]) -> dict[str, dict[str, int]]:
    """Generated ones and rewrites: how many were asked for, and how many reached each stage."""
    found = {kind: {"asked": 0, **dict.fromkeys(STAGES, 0)} for kind in ("generated", "rewritten")}
    for draft in drafts:
        counts = found["generated" if draft.made == GENERATED else "rewritten"]
        counts["asked"] += 1
        for stage in STAGES:
            counts[stage] += draft.reached(stage)
    return found


def reasons(drafts: Iterable[Draft]) -> dict[str, dict[str, int]]:
    """Of each stage, what kept drafts from it: the words before the first colon, the most frequent first."""
    found: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
    for draft in drafts:
        if draft.dropped:
            found[draft.dropped][_short(draft)] += 1
    return {
        stage: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))) for stage, counts in found.items()
    }


def _short(draft: Draft) -> str:
    """Without what differs from one draft to the next."""
    if draft.dropped == "moved":
        return f"not {draft.made}"
    if draft.dropped == "selected" and draft.why.startswith("rank "):
        return "enough others came before"
    words = draft.why.split(": ")
    return ": ".join(words[:2]) if draft.dropped == "clean" else words[0]


def by_rate(drafts: Iterable[Draft]) -> list[int]:
    """How many drafts stand in each of RATES."""
    return _spread((draft.rate.share for draft in drafts if draft.rate and draft.rate.share is not None), len(RATES))


def by_margin(drafts: Iterable[Draft]) -> list[int]:
    return _spread((draft.votes.margin for draft in drafts if draft.votes), len(MARGINS))


def _spread(values: Iterable[float], bins: int) -> list[int]:
    counts = [0] * bins
    for value in values:
        counts[bin_of(value, bins)] += 1
    return counts


def bin_of(value: float, bins: int) -> int:
    """The two ends by themselves, and what lies between in equal parts."""
    return 0 if value <= 0 else bins - 1 if value >= 1 else 1 + int(value * (bins - 2) * (1 - 1e-12))


def mean_rate(drafts: Sequence[Draft]) -> float | None:
    shares = [draft.rate.share for draft in drafts if draft.rate and draft.rate.share is not None]
    return sum(shares) / len(shares) if shares else None


def parsed(drafts: Iterable[Draft]) -> float | None:
    """In what share of the student's answers there was one to judge."""
    rates = [draft.rate for draft in drafts if draft.rate]
    total = sum(rate.n for rate in rates)
    return sum(rate.parsed for rate in rates) / total if total else None


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Markdown, numbers on the right."""
    body = list(rows)
    texts = [any(str(row[i])[:1].isalpha() for row in body) for i in range(len(head))]
    lines = [head, ["---" if text else "---:" for text in texts], *[[*map(_told, row)] for row in body]]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _told(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|").replace("\n", " ")


def plain(text: str) -> str:
    """What models and files say, so that it stays within its place on a page."""
    return (
        " ".join(text.split()).replace("`", "'").replace("<", "‹").replace(">", "›").replace("[", "(").replace("]", ")")
    )
