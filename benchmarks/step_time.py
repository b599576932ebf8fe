"""Where the time of a GRPO step goes, on this machine.

    python benchmarks/step_time.py --steps 20 --config demo/world demo/grpo --model_name_or_path runs/demo/start

Whatever follows --steps is for the recipe, which trains in a folder that is thrown away. A GPU is waited for before each
clock is read.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import torch

from synthrl.recipes import grpo

PARTS = {  # of TRL's trainer; what one of them does inside another is counted once, for the inner one
    "generation": "_generate",
    "rewards": "_calculate_rewards",
    "log-probabilities and loss": "_compute_loss",
}


def clock() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def timed(name: str, method: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        before, inside = clock(), sum(spent.values())
        try:
            return method(*args, **kwargs)
        finally:
            spent[name] += clock() - before - (sum(spent.values()) - inside)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20)
    own, rest = parser.parse_known_args()
    spent: dict[str, float] = defaultdict(float)
    for name, method in PARTS.items():
        setattr(grpo.Trainer, method, timed(name, getattr(grpo.Trainer, method), spent))
    grpo.Trainer.training_step = timed("the rest: backward pass, gathering", grpo.Trainer.training_step, spent)
    with tempfile.TemporaryDirectory() as folder:
        fields = ["--max_steps", own.steps, "--save_strategy", "no", "--watch_rows", 1, "--watch_steps", 10**6]
        grpo.main([*rest, *map(str, fields), "--output_dir", folder, "--disable_tqdm", "true"])
    total = sum(spent.values())
    print("\n| part of a step | share | s/step |\n|---|--:|--:|")
    for name, seconds in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"| {name} | {seconds / total:.1%} | {seconds / own.steps:.4f} |")
    if torch.cuda.is_available():
        print(f"\npeak GPU memory: {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB", file=sys.stdout)


if __name__ == "__main__":
    main()
