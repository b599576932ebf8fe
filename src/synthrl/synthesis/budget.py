"""A cap on what is asked: requests, tokens, dollars.

Before a request is sent, the most that it can cost is set aside; afterwards what it did cost is. Where that much is not
left but other requests are under way, it waits for them, which mostly cost less. So a cap is never passed (unless
a server gives more tokens than it was asked for), and is not left unused for fear of the worst.
"""

import asyncio
import math
from typing import Any, NamedTuple

from synthrl.knobs import refuse, require


class Cost(NamedTuple):
    requests: float = 0
    tokens: float = 0
    dollars: float = 0

    def plus(self, other: "Cost", sign: int = 1) -> "Cost":
        return Cost(*(mine + sign * theirs for mine, theirs in zip(self, other, strict=True)))


class OverBudget(ValueError):
    """The next request may cost more than is left."""


def read_caps(text: str | None) -> dict[str, float]:
    """ "dollars=5,requests=1000" """
    caps: dict[str, float] = {}
    for part in filter(None, (text or "").split(",")):
        name, _, value = part.partition("=")
        if name not in Cost._fields:
            refuse("--budget", name, Cost._fields)
        caps[name] = _amount("--budget", part, value)
    return caps


def read_prices(text: str | None) -> tuple[float, float]:
    """ "0.15,0.60": dollars per million tokens in and out"""
    if text is None:
        return 0.0, 0.0
    parts = text.split(",")
    require(len(parts) == 2, "--prices", text, "dollars per million tokens in and out: 0.15,0.60")
    return _amount("--prices", text, parts[0]), _amount("--prices", text, parts[1])


def _amount(option: str, said: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    require(0 <= value < math.inf, option, said, "a number, 0 or more")
    return value


class Budget:
    def __init__(self, caps: dict[str, float] | None = None, prices: tuple[float, float] = (0.0, 0.0)) -> None:
        self.caps, self.prices = caps or {}, prices
        require("dollars" not in self.caps or any(prices), "budget", "a cap in dollars", "--prices with it")
        self.spent = self._held = Cost()
        self._settled = asyncio.Event()

    def cost(self, tokens_in: int, tokens_out: int) -> Cost:
        dollars = (tokens_in * self.prices[0] + tokens_out * self.prices[1]) / 1e6
        return Cost(1, tokens_in + tokens_out, dollars)

    def worst(self, messages: list[dict[str, str]], sampling: dict[str, Any]) -> Cost:
        """No token is shorter than a byte; a chat template adds a few to each message."""
        most = sampling.get("max_tokens")
        if most is None and not self.caps.keys() <= {"requests"}:
            raise ValueError(f"max_tokens: got none, expected a number with a cap in {' and '.join(self.caps)}")
        read = sum(len(str(text).encode("utf-8", "replace")) + 16 for turn in messages for text in turn.values())
        return self.cost(read, most or 0)

    async def reserve(self, worst: Cost) -> None:
        while over := self._over(worst):
            if not self._held.requests:
                used, cap, next_ = (getattr(each, over) for each in (self.spent, Cost(**self.caps), worst))
                raise OverBudget(
                    f"budget: {_said(used)} of {_said(cap)} {over} are used, and the next request may take {_said(next_)}"
                )
            await self._settled.wait()
        self._held = self._held.plus(worst)

    def settle(self, worst: Cost, spent: Cost) -> None:
        """What was set aside is free again, but for what it did cost."""
        self._held = self._held.plus(worst, -1)
        self.spent = self.spent.plus(spent)
        self._settled.set()
        self._settled = asyncio.Event()

    def _over(self, worst: Cost) -> str | None:
        total = self.spent.plus(self._held).plus(worst)
        # A billionth more is what adding and taking away leaves of itself.
        return next((name for name, cap in self.caps.items() if getattr(total, name) > cap * (1 + 1e-9)), None)


def _said(amount: float) -> str:
    return f"{amount:.4g}" if amount < 1000 and amount != int(amount) else f"{amount:,.0f}"
