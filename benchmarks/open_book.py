"""Does a small model from scratch learn to read? Facts in the passage only, worlds never seen twice. As far as time goes.

    python benchmarks/open_book.py                                     # an hour on one core; writes open_book.md
    python benchmarks/open_book.py --sft_steps 20000 --grpo_steps 2000 --options use_cpu=false bf16=true   # on a GPU

A model of `recipes/configs/open_book` is trained on worked solutions of one hop and two, then by GRPO on both. It
is looked at on worlds of the other splits. To compare with: what the best guesser that reads no question earns there.
"""

import argparse
import datetime
import os
import subprocess
import sys
from pathlib import Path

import pandas
from learning import machine

from synthrl.app import guess
from synthrl.app.rows import source
from synthrl.recipes.demo import CALM
from synthrl.recipes.fields import read_configs

ROOT = Path(__file__).resolve().parent.parent


def run(recipe: str, folder: Path, *options: str) -> None:
    command = [sys.executable, str(ROOT / "recipes" / f"{recipe}.py"), "--config", "open_book/world", *options]
    subprocess.run([*command, "--output_dir", str(folder)], check=True, env={**os.environ, **CALM})


def right(folder: Path, part: str) -> pandas.DataFrame:
    """Right answers, greedy: a line for each look, a column for each depth."""
    looks = [
        pandas.read_parquet(path).assign(step=int(path.stem.removeprefix("step_")))
        for path in sorted((folder / part).glob("step_*.parquet"))
    ]
    table = pandas.concat(looks)
    table = table[table["mode"] == "greedy"]
    return table.pivot_table(index="step", columns="hops", values="exact_match", aggfunc="mean")


def guessed(hops: int) -> float:
    """The best of the guessers: values of the right type, the first, the last, the most often told …"""
    (world, _), words = read_configs(["open_book/world"])["common"], [f"hops={hops}", "train=400"]
    shared = [word for word in world.split() if not word.startswith("train=")]
    rows = source("fiction_multihop", [*words, *shared], "train", 400).rows()
    (earned,) = guess.measure(rows).values()
    return earned.scores[earned.best]


def markdown(table: pandas.DataFrame) -> str:
    lines = ["| step | " + " | ".join(f"{hops} hops" if hops > 1 else "1 hop" for hops in table.columns) + " |"]
    lines += ["|--:|" + "--:|" * len(table.columns)]
    lines += [f"| {step} | {' | '.join(f'{share:.0%}' for share in row)} |" for step, row in table.iterrows()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("runs/open_book"))
    parser.add_argument("--sft_steps", type=int, default=1500)
    parser.add_argument("--grpo_steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--options", nargs="*", default=[], help="of both recipes: use_cpu=false")
    asked = parser.parse_args()
    folder, seed = asked.folder, ["--seed", str(asked.seed)]
    also = [word for pair in asked.options for word in (f"--{pair.partition('=')[0]}", pair.partition("=")[2])]
    run("tiny_model", folder / "model", "open_book/model", *seed)
    told = {"sft": asked.sft_steps, "grpo": asked.grpo_steps}
    for recipe, start in (("sft", "model"), ("grpo", "sft")):
        words = ["--model_name_or_path", str(folder / start), "--max_steps", str(told[recipe]), *seed, *also]
        run(recipe, folder / recipe, f"open_book/{recipe}", *words)
    page = Path(__file__).with_suffix(".md")
    said = page.read_text(encoding="utf-8") if page.exists() else ""
    said = said.partition("<!-- said -->")[2].partition("<!-- /said -->")[0]
    chance = ", ".join(f"{hops}: {guessed(hops):.0%}" for hops in (1, 2))
    page.write_text(
        f"""# Learning to read: an open book, one seed

`python benchmarks/open_book.py --sft_steps {asked.sft_steps} --grpo_steps {asked.grpo_steps} --seed {asked.seed}`

{datetime.date.today()}; {machine()}.

<!-- said -->{said}<!-- /said -->

The best guesser earns, by hops, {chance}.

## Supervised, on worlds of the validation split, greedy

{markdown(right(folder / "sft", "watch"))}

## GRPO after it, on worlds of the test split, before and after, greedy

{markdown(right(folder / "grpo", "final"))}
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
