"""Ask a model: stored replies first, then within the budget, so many at once, and again where that may help.

What the server refuses (`Refused`) is asked once, whatever the number of samples, gets a reply that says why, and ends
nothing. It is not stored: a server that was started again may take more. But where the first few that are asked are all
refused, and none was ever answered, it is not them that is wrong (a model's name, a parameter): that ends it.

So does a server whose first replies are all malformed: a web page answers, or another protocol. They are not kept.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from tqdm import tqdm

from .budget import Budget, Cost
from .cache import Cache, key_of
from .endpoint import Again, Messages, Refused
from .reply import MALFORMED, REFUSED, Reply

TRIES = 8
FIRST_TRIES = 3  # before there was any reply: a wrong address is to be told soon
FIRST_REFUSALS = 3  # different requests
FIRST_MALFORMED = 8  # also different: of one there may be something that a server cannot put into a reply
LONGEST_PAUSE = 60.0  # seconds, unless the server asks for more
LONGEST_WAIT = 3600.0  # that a server may ask for
LOOK_AGAIN = 0.2  # seconds until looking whether another process has its reply


class Engine(Protocol):
    """What can be asked: `Endpoint` or `Local`."""

    where: str  # for one line of an error

    async def send(self, messages: Messages, sampling: dict[str, Any]) -> Reply: ...


class Request(NamedTuple):
    messages: Messages
    sampling: dict[str, Any]
    sample: int = 0  # which of several replies to the same


class Asker:
    """`model`: by what name replies are cached; `pause`: seconds before the second try, doubled for each after it."""

    def __init__(
        self,
        engine: Engine,
        model: str,
        cache: Cache,
        budget: Budget | None = None,
        at_once: int = 16,
        pause: float = 1.0,
        told: Callable[[Reply], object] = lambda reply: None,
    ) -> None:
        self.engine, self.model, self.cache, self.budget = engine, model, cache, budget or Budget()
        self.at_once, self.pause, self.told = at_once, pause, told
        self.in_flight = self.cut_off = 0  # cut_off: sent, and given up before the reply came
        self.refused: dict[str, Reply] = {}  # by key
        self.answered = False  # whether such a request has had a reply, now or in an earlier run
        self._slots = asyncio.Semaphore(at_once)
        self._quiet_until = 0.0
        self._heard = self._told_to_wait = False
        self.usable = False  # whether a reply to such a request, now or in an earlier run, was not malformed
        self._malformed: list[tuple[str, int]] = []  # those before, by key and sample
        self._jitter = random.SystemRandom().random  # processes that were refused together must not return together

    def key(self, request: Request) -> str:
        return key_of(self.model, request.messages, request.sampling)

    async def ask(self, request: Request) -> Reply:
        key = self.key(request)
        async with self._slots:
            while (found := self.cache.claim(key, request.sample)) is False:
                await asyncio.sleep(LOOK_AGAIN)
            if isinstance(found, Reply):
                reply, self.answered = found, True
                self.usable |= reply.status != MALFORMED
            else:
                reply = await self._claimed(key, request)
        self.told(reply)
        return reply

    def recall(self, key: str) -> set[int]:
        """The samples that are stored; what they tell of the server is known from then on."""
        stored = self.cache.stored(key)
        self.answered |= bool(stored)
        if stored and not self.usable:
            self.usable = any(reply.status != MALFORMED for reply in self.cache.replies(key, max(stored) + 1))
        return stored

    async def all(self, requests: Iterable[Request]) -> None:
        """Until each reply is in the cache: requests are taken as they can be sent, and no reply is held."""
        feed = iter(requests)

        async def work() -> None:
            for request in feed:
                await self.ask(request)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self.at_once):
                    workers.create_task(work())
        except BaseExceptionGroup as errors:  # the first is why the others were stopped
            raise errors.exceptions[0] from None
        if self.refused and not self.answered:
            raise Refused(next(iter(self.refused.values())).text)

    async def _claimed(self, key: str, request: Request) -> Reply:
        try:
            reply = self.refused.get(key) or await self._try_until_told(key, request)
        except BaseException:
            self.cache.release(key, request.sample)
            raise
        if reply.status == REFUSED:
            self.cache.release(key, request.sample)
        else:
            self.cache.store(key, request.sample, reply)
            self._look_at(reply, key, request.sample)
        return reply

    def _look_at(self, reply: Reply, key: str, sample: int) -> None:
        self.usable |= reply.status != MALFORMED
        if self.usable:
            self._malformed.clear()
            return
        self._malformed.append((key, sample))
        if len({key for key, _ in self._malformed}) < FIRST_MALFORMED:
            return
        for place in self._malformed:
            self.cache.forget(*place)
        raise ValueError(
            f"{self.engine.where}: got {FIRST_MALFORMED} replies that are no chat completions, to the first different "
            "requests, expected a server of OpenAI's protocol: is this its address?"
        )

    async def _try_until_told(self, key: str, request: Request) -> Reply:
        tried = 0
        while True:
            try:
                return await self._try(request)
            except Refused as error:
                self.refused[key] = Reply(REFUSED, str(error))
                if len(self.refused) >= FIRST_REFUSALS and not self.answered:
                    raise
                return self.refused[key]
            except Again as error:
                tried += 1
                if tried >= (TRIES if self._heard else FIRST_TRIES):
                    raise ConnectionError(f"{self.model}: gave up after {tried} tries: {error}") from None
                if (error.wait or 0) > LONGEST_WAIT:
                    raise ConnectionError(f"{self.model}: asked to wait {error.wait:,.0f} seconds: {error}") from None
                pause = min(self.pause * 2 ** (tried - 1), LONGEST_PAUSE) * (0.5 + self._jitter())
                if error.wait is not None:
                    self._keep_quiet(error.wait, str(error))
            await asyncio.sleep(pause)

    def _keep_quiet(self, wait: float, why: str) -> None:
        """It is busy for all of us. A wait that one may take for the end of all is told, once."""
        self._quiet_until = max(self._quiet_until, _now() + wait)
        if wait > LONGEST_PAUSE and not self._told_to_wait:
            self._told_to_wait = True
            asks = f"{self.model}: {self.engine.where} asks to wait {wait:,.0f} seconds"
            tqdm.write(f"synthrl: {asks}: {why}", file=sys.stderr)

    async def _try(self, request: Request) -> Reply:
        while (quiet := self._quiet_until - _now()) > 0:
            await asyncio.sleep(quiet)
        worst = self.budget.worst(request.messages, request.sampling)
        await self.budget.reserve(worst)
        spent = Cost(requests=1)
        self.in_flight += 1
        try:
            reply = await self.engine.send(request.messages, request.sampling)
            spent = self._spent(reply, worst, request)
            self._heard = self.answered = True
            return reply
        except Again as error:
            spent = worst if error.paid else spent
            raise
        except asyncio.CancelledError:
            self.cut_off += 1
            spent = worst
            raise
        finally:
            self.in_flight -= 1
            self.budget.settle(worst, spent)

    def _spent(self, reply: Reply, worst: Cost, request: Request) -> Cost:
        """By what the server says; where it says nothing, the worst."""
        if reply.tokens_in is None or reply.tokens_out is None:
            return worst
        return self.budget.cost(reply.tokens_in, reply.tokens_out)


def _now() -> float:
    return asyncio.get_running_loop().time()
