"""How often the student solves each draft."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import rates
from .asked import row_of
from .draft import Draft, Rate

if TYPE_CHECKING:
    from .steps import Synthesis


async def measured(of: "Synthesis", step: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Each that is in, with its pass rate; where it is asked for, also with one answer at temperature 0."""
    how = of.settings
    found = await _rates(of, step, drafts, how.student_sampling(), how.student_samples)
    sure: dict[str, Rate] = {}
    if how.greedy and how.adapt and all(draft.parent == "" for draft in drafts):  # what was rewritten is so once
        sampling = {"temperature": 0.0, "max_tokens": how.student_tokens}
        sure = await _rates(of, f"{step}, greedily", drafts, sampling, 1)
    return [
        replace(draft, rate=found[draft.id], greedy=sure.get(draft.id)) if draft.is_in else draft for draft in drafts
    ]


async def _rates(
    of: "Synthesis", step: str, drafts: Sequence[Draft], sampling: dict[str, Any], samples: int
) -> dict[str, Rate]:
    rows = [row_of(of.definition, draft.candidate, draft.id, {}) for draft in drafts if draft.is_in and draft.candidate]
    student = of.student
    answers = await student.answers(step, [one["prompt"] for one in rows], sampling, samples)
    found: dict[str, Rate] = {}
    for one, answer in zip(rows, answers, strict=True):
        got = rates.measured(one, one["prompt"], answer.replies, student.name, student.revision, sampling)
        found[one["id"]] = Rate(got["k"], got["n"], round((got["parse_rate"] or 0) * got["n"]), got["revision"])
    return found
