"""One budget for two models: the same caps and the same purse, at another model's prices."""

from .budget import Budget, Cost


class AtPrices(Budget):
    def __init__(self, purse: Budget, prices: tuple[float, float]) -> None:
        self.purse, self.caps, self.prices = purse, purse.caps, prices

    @property
    def spent(self) -> Cost:  # type: ignore[override]
        return self.purse.spent

    async def reserve(self, worst: Cost) -> None:
        await self.purse.reserve(worst)

    def settle(self, worst: Cost, spent: Cost) -> None:
        self.purse.settle(worst, spent)
