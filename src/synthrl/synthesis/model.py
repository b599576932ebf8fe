"""A model that is asked many things: each list of chats answered in its order, whatever came back first."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from .ask import Asker, Request
from .reply import Reply

Messages = list[dict[str, str]]


class Bar(Protocol):
    def stored(self, count: int) -> None: ...
    def told(self, reply: Reply) -> None: ...
    def close(self) -> None: ...


class Answer(NamedTuple):
    """What was replied to one chat, and where it is stored."""

    key: str
    first: int  # the number of the first of these replies, among all to the same
    replies: list[Reply]


@dataclass
class Used:
    """What the replies took that a step used, whenever they were paid for. A broken run ends with the same."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    untold: int = 0  # replies of which the server says no tokens
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, reply: Reply) -> None:
        self.requests += 1
        self.statuses[reply.status] += 1
        if reply.tokens_in is None or reply.tokens_out is None:
            self.untold += 1
        self.tokens_in += reply.tokens_in or 0
        self.tokens_out += reply.tokens_out or 0


class Model:
    """`name`: what it is called in results; `revision`: of a folder, what is in it; `bar`: of a step and its size."""

    def __init__(self, name: str, revision: str | None, asker: Asker, bar: Callable[[str, int], Bar]) -> None:
        self.name, self.revision, self.asker, self.bar = name, revision, asker, bar
        self.used: dict[str, Used] = {}
        self.served: set[str] = set()

    async def answers(
        self, step: str, chats: Sequence[Messages], sampling: dict[str, Any], each: int = 1
    ) -> Iterator[Answer]:
        """`each` replies to each chat. Chats in the same words get replies of their own, in the order of the list."""
        seen: Counter[str] = Counter()
        places: list[tuple[str, int, Messages]] = []
        for messages in chats:
            key = self.asker.key(Request(messages, sampling))
            places.append((key, seen[key], messages))
            seen[key] += each
        bar = self.bar(step, len(places) * each)
        self.asker.told = bar.told
        try:
            await self.asker.all(self._missing(places, seen, sampling, each, bar))
        finally:
            bar.close()
        return self._read(step, places, seen, each)

    def _missing(
        self,
        places: Sequence[tuple[str, int, Messages]],
        wanted: Counter[str],
        sampling: dict[str, Any],
        each: int,
        bar: Bar,
    ) -> Iterator[Request]:
        stored: dict[str, set[int]] = {}
        for key, first, messages in places:
            if key not in stored:
                stored[key] = self.asker.recall(key)
            there = stored[key].intersection(range(first, first + each))
            if first + each == wanted[key]:  # the last chat in these words
                del stored[key]
            bar.stored(len(there))
            yield from (Request(messages, sampling, n) for n in range(first, first + each) if n not in there)

    def _read(
        self, step: str, places: Sequence[tuple[str, int, Messages]], wanted: Counter[str], each: int
    ) -> Iterator[Answer]:
        used = self.used.setdefault(step, Used())
        whole: dict[str, list[Reply]] = {}
        for key, first, _ in places:
            if key not in whole:
                whole[key] = self.asker.cache.replies(key, wanted[key])
            replies = whole[key][first : first + each]
            if key in self.asker.refused:
                replies += [self.asker.refused[key]] * (each - len(replies))
            if first + each == wanted[key]:
                del whole[key]
            for reply in replies:
                used.add(reply)
                if reply.model:
                    self.served.add(reply.model)
            yield Answer(key, first, replies)
