"""Drafts put to the vote: the teacher answers each question anew, as a student would be asked it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .asked import row_of
from .definition import Candidate, Definition, fault
from .draft import Draft
from .model import Answer
from .votes import Gold, answer_in, count, labels, spoke, worked

if TYPE_CHECKING:
    from .steps import Synthesis


async def voted(of: "Synthesis", step: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Each that is in, with its votes and the label they agree on, or dropped since they do not."""
    asked = [draft for draft in drafts if draft.is_in and draft.candidate]
    chats = [row_of(of.definition, draft.candidate, draft.id, {})["prompt"] for draft in asked if draft.candidate]
    how = of.settings
    answers = await of.teacher.answers(step, chats, how.teacher_sampling(), how.votes)
    found = {draft.id: _settled(of, draft, answer) for draft, answer in zip(asked, answers, strict=True)}
    return [found.get(draft.id, draft) if draft.is_in else draft for draft in drafts]


def _settled(of: "Synthesis", draft: Draft, answer: Answer) -> Draft:
    task, candidate, how = of.definition, draft.candidate, of.settings
    assert candidate is not None
    spoken = [reply for reply in answer.replies if spoke(reply)]
    proven = of.program(candidate) if of.program else None
    # The teacher's first answer votes last: of two labels with as many votes it is not the one met first.
    answers = [*map(answer_in, spoken), candidate.answer]
    *said, name = labels([*answers, proven], _gold(task, draft, candidate), task.labels or candidate.choices)
    votes = count(said, how.agreement, how.faithful, len(answer.replies) + 1)
    draft = replace(draft, votes=votes, votes_from=answer.key)
    label, whose = (votes.label, "votes") if proven is None else (proven, "program")
    if proven is None:
        name = votes.label
    if name is None or label is None:
        return draft.drop("agreed", votes.why if proven is None else "the program's answer is none of this task")
    if name == said[-1]:  # the first answer holds, and so does its solution
        return draft if proven is None else replace(draft, label=whose)
    ways = [worked(reply) for reply, one in zip(spoken, said, strict=False) if one == name]
    return replace(draft, candidate=_changed(task, candidate, label, ways), label=whose, first=candidate.answer)


def _gold(task: Definition, draft: Draft, candidate: Candidate) -> Gold:
    def gold(said: str) -> dict[str, Any] | None:
        one = candidate._replace(answer=said)
        return None if fault(task, one) else row_of(task, one, draft.id, {})

    return gold


def _changed(task: Definition, candidate: Candidate, label: str, ways: Sequence[str]) -> Candidate:
    """The candidate with this label, and the first way to it that can stand in a row."""
    found = (candidate._replace(answer=label, solution=way) for way in ways)
    return next((one for one in found if not fault(task, one)), candidate._replace(answer=label, solution=""))
