"""In which order a trainer sees its rows: at random, from shallow to deep, or where rewards differ most.

A *round* is the rows for which completions are generated at once. Round k is a pure function of the seed, of k, and of
what was observed in rounds up to k - 2 (the trainer draws one round ahead of the one that it works on). So every
process draws the same rounds, and a run that goes on from a checkpoint draws those that it would have drawn.
"""

import functools
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Sampler
from trl import GRPOTrainer

from synthrl.seeding import Stream

ORDERS = ("random", "ascending", "adaptive")
_LAG = 2
_MEMORY = 0.95  # of what a stratum's groups told, how much counts after one more
_SHARE = 0.3  # of the rows, drawn from all strata alike: what nobody looks at cannot be seen to change


class Order:
    """The rows of each round. `strata` names each row's family and depth, `depths` its hops."""

    def __init__(self, how: str, depths: Sequence[int], strata: Sequence[str], per_round: int, seed: int) -> None:
        self.how, self.depths, self.per_round, self.seed = how, depths, per_round, seed
        self.rounds = len(strata) // per_round  # in an epoch
        self.observed: list[dict[str, list[float]]] = []  # of each round, stratum → spread of each group
        self._strata = strata
        self._members: dict[str, list[int]] = defaultdict(list)
        for row, stratum in enumerate(strata):
            self._members[stratum].append(row)
        self._drawn: list[list[int]] = []  # adaptive: the rounds so far
        self._taken: dict[str, int] = defaultdict(int)

    def round(self, k: int) -> list[int]:
        if self.how == "adaptive":
            while len(self._drawn) <= k:
                self._drawn.append(self._adaptive(len(self._drawn)))
            return self._drawn[k]
        epoch, place = divmod(k, self.rounds)
        rows = self._epoch(epoch)
        return rows[place * self.per_round : (place + 1) * self.per_round]

    @functools.lru_cache(maxsize=1)  # noqa: B019
    def _epoch(self, epoch: int) -> list[int]:
        rows = list(range(len(self._strata)))
        Stream("order", self.seed, "epoch", epoch).shuffle(rows)
        return sorted(rows, key=self.depths.__getitem__) if self.how == "ascending" else rows

    @functools.lru_cache(maxsize=256)  # noqa: B019
    def _turn(self, stratum: str, turn: int) -> list[int]:
        rows = list(self._members[stratum])
        Stream("order", self.seed, stratum, turn).shuffle(rows)
        return rows

    def _adaptive(self, k: int) -> list[int]:
        names, shares = list(self._members), self.shares(k)
        random = Stream("order", self.seed, "round", k)
        return [self._next(_by_share(names, shares, random.random())) for _ in range(self.per_round)]

    def shares(self, k: int) -> list[float]:
        """Of round k, the share of each stratum: as its groups' rewards were spread of late, all alike at first."""
        sums: dict[str, float] = defaultdict(lambda: 0.5)
        counts: dict[str, float] = defaultdict(lambda: 1.0)
        for seen in self.observed[: max(0, k - _LAG + 1)]:
            for name, spreads in seen.items():
                for spread in spreads:
                    sums[name] = sums[name] * _MEMORY + spread
                    counts[name] = counts[name] * _MEMORY + 1
        means = [sums[name] / counts[name] for name in self._members]
        total = sum(means) or 1.0
        return [_SHARE / len(means) + (1 - _SHARE) * mean / total for mean in means]

    def _next(self, stratum: str) -> int:
        """Its rows one after the other, shuffled anew when all were seen."""
        members = self._members[stratum]
        turn, place = divmod(self._taken[stratum], len(members))
        self._taken[stratum] += 1
        return self._turn(stratum, turn)[place]

    def observe(self, k: int, spreads: Sequence[float]) -> None:
        """How far apart the rewards of each group of round k were."""
        seen: dict[str, list[float]] = defaultdict(list)
        for row, spread in zip(self.round(k), spreads, strict=True):
            seen[self._strata[row]].append(spread)
        del self.observed[k:]  # a round that is generated again, after a restart
        self.observed.append(dict(seen))


def _by_share(names: Sequence[str], shares: Sequence[float], luck: float) -> str:
    luck *= sum(shares)
    for name, share in zip(names, shares, strict=True):
        luck -= share
        if luck < 0:
            return name
    return names[-1]


class Rounds(Sampler[int]):
    """An order as TRL's trainer wants it: each row once for each of its completions, each round once for each use."""

    def __init__(self, order: Order, completions: int, uses: int) -> None:
        self.order, self.completions, self.uses, self.epoch = order, completions, uses, 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        for k in range(self.epoch * self.order.rounds, (self.epoch + 1) * self.order.rounds):
            for _ in range(self.uses):
                for row in self.order.round(k):
                    yield from [row] * self.completions

    def __len__(self) -> int:
        return self.order.rounds * self.order.per_round * self.completions * self.uses


def require_fitting(how: str, args: Any) -> None:
    """A run goes on exactly only from where a round ended: its completions are in no checkpoint."""
    uses, per_step = args.steps_per_generation * args.num_iterations, args.gradient_accumulation_steps
    if how == "adaptive" and uses % per_step:
        raise ValueError(
            f"order: adaptive needs steps_per_generation × num_iterations ({uses}) to be a multiple of "
            f"gradient_accumulation_steps ({per_step})"
        )
    if how == "adaptive" and args.dataloader_num_workers:
        raise ValueError(f"dataloader_num_workers: got {args.dataloader_num_workers}, expected 0 with order: adaptive")
    steps = math.lcm(uses, per_step) // per_step
    if args.save_strategy == "steps" and args.save_steps % steps:
        raise ValueError(f"save_steps: got {args.save_steps:g}, expected a multiple of {steps}, the steps of a round")


class OrderedGRPOTrainer(GRPOTrainer):
    """GRPOTrainer whose rows come in an order of ours."""

    def __init__(self, *args: Any, how: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows, per_round = self.train_dataset, self.args.generation_batch_size // self.num_generations
        depths, kinds = rows["hops"][:], rows["kind"][:]
        strata = [f"{kind} {depth}" for kind, depth in zip(kinds, depths, strict=True)]
        self.order = Order(how, depths, strata, per_round, self.args.seed)

    def train(self, resume_from_checkpoint: Any = None, **kwargs: Any) -> Any:
        if resume_from_checkpoint and (file := Path(resume_from_checkpoint) / "order.json").is_file():
            self.order.observed = json.loads(file.read_text(encoding="utf-8"))
        return super().train(resume_from_checkpoint, **kwargs)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        if self.is_world_process_zero():
            file = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}" / "order.json"
            file.write_text(json.dumps(self.order.observed), encoding="utf-8")

    def _get_train_sampler(self, dataset: Any = None) -> Sampler[int]:
        return Rounds(self.order, self.num_generations, self.num_iterations * self.args.steps_per_generation)

    def _calculate_rewards(self, inputs: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
        rewards = super()._calculate_rewards(inputs, *args, **kwargs)  # of all processes, in the order drawn
        if self.model.training:
            total = (rewards * self.reward_weights.to(rewards.device)).nansum(dim=1)
            spreads = total.view(-1, self.num_generations).std(dim=1)
            uses = self.args.steps_per_generation * self.num_iterations
            k = self.state.global_step * self.args.gradient_accumulation_steps // uses
            self.order.observe(k, spreads.tolist())
            self._metrics["train"]["order/mean_hops"].append(self._mean_depth(k))
        return rewards

    def _mean_depth(self, k: int) -> float:
        return sum(self.order.depths[row] for row in self.order.round(k)) / self.order.per_round
