"""What a draft must pass before a model is asked about it, and a rewrite after: counted and dropped, never fatal."""

from dataclasses import replace

from .definition import Definition, fault
from .difficulty import moved as has_moved
from .draft import HARDER, Draft, id_of, words_of
from .overlap import Known, Text
from .passages import Passage
from .reply import Reply
from .said import Unusable, candidate_in
from .settings import Settings

RUN = "13-gram"  # as `Known.find` calls it


def read(draft: Draft, reply: Reply, definition: Definition, seen: dict[str, str]) -> Draft:
    """The draft with what the reply says, if it is a sample of this task and none that is in `seen` already."""
    draft = replace(draft, served=reply.model)
    try:
        candidate = candidate_in(reply)
        if wrong := fault(definition, candidate):
            raise Unusable(f"invalid: {wrong}")
        words = words_of(candidate)
        if words in seen:
            raise Unusable(f"duplicate: the question of {seen[words]}")
    except Unusable as error:
        return replace(draft.drop("valid", str(error)), said=reply.text[:300])
    seen[words] = id_of(definition, candidate)
    return replace(draft, id=seen[words], candidate=candidate)


def clean(draft: Draft, known: Known, passage: Passage | None, settings: Settings) -> Draft:
    """Dropped where it has what is known from elsewhere, or is its passage over again."""
    if not draft.is_in or draft.candidate is None:
        return draft
    if match := known.find("\n".join([draft.candidate.question, *draft.candidate.choices])):
        return draft.drop("clean", f"{match.where}: {match.rule}: {match.shared}"[:300])
    return _own(draft, draft.candidate.question, passage, settings.copied) if passage else draft


def _own(draft: Draft, question: str, passage: Passage, most: int) -> Draft:
    """Some words in a row are what a question about a text is made of; many of them, or no others, are the text."""
    match = Known([Text("its passage", passage.text, passage.id)]).find(question)
    if match is None or not most:
        return draft
    if match.rule == RUN and not (run := copied(question, passage.text, most)):
        return replace(draft, quoted=match.shared)
    what = f"{most} words copied: {run}" if match.rule == RUN else match.rule
    return draft.drop("clean", f"{match.where}: {what}"[:300])


def copied(text: str, passage: str, words: int) -> str:
    """The first run of so many words that both have; empty where there is none."""
    said, there = text.casefold().split(), passage.casefold().split()
    runs = {tuple(there[i : i + words]) for i in range(len(there) - words + 1)}
    found = (said[i : i + words] for i in range(len(said) - words + 1) if tuple(said[i : i + words]) in runs)
    return " ".join(next(found, []))


def moved(draft: Draft, confidence: float) -> Draft:
    """A rewrite is in only if the student's pass rate moved the way it was meant to."""
    before, after, harder = draft.before, draft.rate, draft.made == HARDER
    if not draft.is_in:
        return draft
    if not (before and after and before.n and after.n):
        return draft.drop("moved", "the student was never measured")
    if has_moved(before, after, harder, confidence):
        return draft
    return draft.drop(
        "moved", f"meant to be {draft.made}: {before.k} of {before.n} right before, {after.k} of {after.n} after"
    )
