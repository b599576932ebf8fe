"""From a task definition to drafts that are chosen: eight steps, one after the other, over what models reply.

No step draws anything at random, reads another's file or asks what time it is: from the same replies comes the same. So
to start again after whatever stopped it is to run it again; replies that are stored are not asked for twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from typing import Any

from synthrl.seeding import Stream
from synthrl.selection import Selection

from . import checks, difficulty, said, teacher
from .ballot import voted
from .choose import choose
from .definition import Candidate, Definition
from .draft import EASIER, HARDER, Draft, words_of
from .measure import measured
from .model import Model
from .overlap import Known
from .passages import Passage
from .said import Unusable
from .settings import Settings

TRIES = 3  # at what the whole hangs on
Search = Callable[[Sequence[str], int], list[list[Passage]]]
Records = list[dict[str, Any]]


@dataclass
class Synthesis:
    """What it is made from. `program`: what works an answer out, where there is one; its answer beats all votes."""

    definition: Definition
    settings: Settings
    teacher: Model
    student: Model
    known: Known
    search: Search | None = None  # none: no passages
    program: Callable[[Candidate], str | None] | None = None


@dataclass
class State:
    """What the steps so far have come to."""

    keywords: list[str] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    pattern: str = ""
    drafts: list[Draft] = field(default_factory=list)
    picked: Selection = field(default_factory=lambda: Selection([], {}))
    control: Selection = field(default_factory=lambda: Selection([], {}))

    @property
    def kept(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.is_in]


async def keywords(of: Synthesis, state: State) -> Records:
    how = of.settings
    if how.keywords and (of.search or how.topics):
        chat = teacher.keywords(of.definition, how.keywords)
        found = await _first(of, "keywords", chat, lambda reply: said.keywords_in(reply, how.keywords))
        state.keywords = found or [of.definition.subject]
    return [{"keyword": word} for word in state.keywords]


async def passages(of: Synthesis, state: State) -> Records:
    """As many as samples are wanted, in turn from each keyword's, the best first, and none twice."""
    how = of.settings
    if of.search and state.keywords:
        ranks = zip_longest(*of.search(state.keywords, how.samples))
        found = {passage.id: passage for passage in chain.from_iterable(ranks) if passage}
        state.passages = list(found.values())[: how.samples]
    return [passage._asdict() for passage in state.passages]


async def pattern(of: Synthesis, state: State) -> Records:
    shown = of.definition.demonstrations
    if shown:
        shown = tuple(Stream("synthesis", "pattern", of.definition.digest).sample(shown, 5))
        chat = teacher.pattern(of.definition, shown)
        state.pattern = (await _first(of, "pattern", chat, said.text_in) or "")[:4000]
    return [{"pattern": state.pattern}] if state.pattern else []


async def generate(of: Synthesis, state: State) -> Records:
    how, task = of.settings, of.definition
    made_of = [_passage(state, number) for number in range(how.samples)]
    chats = []
    for number, passage in enumerate(made_of):
        stream = Stream("synthesis", "demonstrations", task.digest, number)
        shown = stream.sample(task.demonstrations, how.demonstrations)
        topic = state.keywords[number % len(state.keywords)] if how.topics and state.keywords else ""
        text = passage.text[: how.passage_length] if passage else ""
        chats.append(teacher.sample(task, state.pattern, shown, text, topic))
    answers = await of.teacher.answers("generate", chats, how.teacher_sampling())
    seen: dict[str, str] = {}
    for number, (passage, answer) in enumerate(zip(made_of, answers, strict=True)):
        draft = Draft(number, answer.key, answer.first, passage=passage.id if passage else "")
        draft = checks.read(draft, answer.replies[0], task, seen)
        state.drafts.append(checks.clean(draft, of.known, passage, how))
    return [_record(draft) for draft in state.drafts]


async def votes(of: Synthesis, state: State) -> Records:
    if of.settings.votes or of.program:
        state.drafts = await voted(of, "votes", state.drafts)
    return [_record(draft) for draft in state.drafts]


async def measure(of: Synthesis, state: State) -> Records:
    state.drafts = await measured(of, "measure", state.drafts)
    return [_record(draft) for draft in state.drafts]


async def adapt(of: Synthesis, state: State) -> Records:
    """One rewrite of each draft that is solved or unsolved, which comes beside it if it holds."""
    how, task = of.settings, of.definition
    parents: list[tuple[Draft, bool]] = []
    for draft in state.kept if how.adapt else []:
        rate = draft.greedy if how.greedy else draft.rate
        harder = difficulty.wanted(rate, how.solved, how.unsolved) if rate else None
        if harder is not None:
            parents.append((draft, harder))
    chats = [teacher.rewrite(task, draft.candidate, harder) for draft, harder in parents if draft.candidate]
    answers = await of.teacher.answers("adapt", chats, how.teacher_sampling())
    known = {passage.id: passage for passage in state.passages}
    seen = {words_of(draft.candidate): draft.id for draft in state.drafts if draft.candidate and draft.id}
    made: list[Draft] = []
    for (parent, harder), answer in zip(parents, answers, strict=True):
        draft = Draft(parent.number, answer.key, answer.first, made=HARDER if harder else EASIER, parent=parent.id)
        draft = replace(draft, passage=parent.passage, before=parent.rate)
        draft = checks.read(draft, answer.replies[0], task, seen)
        made.append(checks.clean(draft, of.known, known.get(parent.passage), how))
    if how.votes or of.program:
        made = await voted(of, "votes on rewrites", made)
    made = await measured(of, "measure rewrites", made)
    if not how.faithful:
        made = [checks.moved(draft, how.confidence) for draft in made]
    state.drafts += made
    return [_record(draft) for draft in made]


async def select(of: Synthesis, state: State) -> Records:
    """Of all that are in. What is not chosen is dropped with the reason, but may stand in the control."""
    how, pool = of.settings, state.kept
    ids = [draft.id for draft in pool]
    rates = [(draft.rate.k, draft.rate.n) if draft.rate else (0, 0) for draft in pool]
    margins = [draft.margin for draft in pool]
    k, n = [k for k, _ in rates], [n for _, n in rates]
    state.picked, state.control = choose(ids, k, n, margins, how.rule, how.take, how.seed)
    places = {draft.id: place for place, draft in enumerate(pool)}
    state.drafts = [
        draft.drop("selected", why)
        if draft.is_in and (why := state.picked.dropped.get(places[draft.id], ""))
        else draft
        for draft in state.drafts
    ]
    named = (("selected", state.picked.kept), ("control", state.control.kept))
    return [{"set": name, "rank": rank, "id": ids[row]} for name, rows in named for rank, row in enumerate(rows)]


Step = Callable[[Synthesis, State], Awaitable[Records]]
STEPS: dict[str, Step] = {
    step.__name__: step for step in (keywords, passages, pattern, generate, votes, measure, adapt, select)
}


def _passage(state: State, number: int) -> Passage | None:
    """One for each sample; where there are fewer, from the first on again."""
    return state.passages[number % len(state.passages)] if state.passages else None


async def _first(of: Synthesis, step: str, chat: teacher.Messages, read: Callable[[Any], Any]) -> Any:
    """What the first reply says that can be read, of a few."""
    for tries in range(1, TRIES + 1):
        of.teacher.used.pop(step, None)  # what was replied before is counted again
        *_, answer = await of.teacher.answers(step, [chat] * tries, of.settings.teacher_sampling())
        try:
            return read(answer.replies[0])
        except Unusable:
            continue
    return None


def _record(draft: Draft) -> dict[str, Any]:
    """A line for people to read."""
    said = draft.candidate._asdict() if draft.candidate else {}
    return {"id": draft.id, **said, **draft.provenance()}
