"""What shortcuts earn on a dataset, and whether that is too much.

    synthrl guess fiction_multihop hops=2-6 --rows 4000

No guesser may pass the chance of the question's kind by more than 0.05, nor earn more than a quarter where the answer
is open. A dataset brings its guessers in `audit/guess.py`, else those of `synthrl.guessers` are asked, which know
multi-hop questions: there, one hop is to be read off, and is shown and not judged. The command judges no kind of which it
has seen fewer than `LEAST` rows, where luck looks like skill.
"""

import importlib
from collections import defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from statistics import fmean
from typing import Any, NamedTuple

from synthrl import guessers as of_multihop
from synthrl.app.hub import open_reader

ABOVE_CHANCE, MOST_OPEN = 0.05, 0.25
LEAST = 300


class Earned(NamedTuple):
    """What the guessers earn on the rows of one kind, on average."""

    rows: int
    chance: float
    scores: dict[str, float]

    @property
    def best(self) -> str:
        return max(self.scores, key=self.scores.__getitem__)


def guessers_of(name: str) -> Any:
    """What offers `guesses(row)` and `chance(row)`, and may say which kinds are `OPEN` and whether one hop may be `READ_OFF`."""
    own = f"synthrl.dataset_builders.{name}.audit.guess"
    return importlib.import_module(own) if find_spec(own) else of_multihop


def measure(rows: Iterable[dict[str, Any]], guessers: Any = of_multihop) -> dict[tuple[str, str], Earned]:
    """(kind, "1" or "2+" hops) → what the guessers earn there."""
    chances, scores = defaultdict(list), defaultdict(list)
    for row in rows:
        group = row["kind"], "1" if row["hops"] < 2 else "2+"
        chances[group].append(guessers.chance(row))
        said = guessers.guesses(row)
        scores[group].append({name: of_multihop.score(guess, row) for name, guess in said.items()})
    return {
        group: Earned(len(all_), fmean(chances[group]), {name: fmean(each[name] for each in all_) for name in all_[0]})
        for group, all_ in sorted(scores.items(), key=lambda item: item[0][::-1])
    }


def limit(kind: str, name: str, earned: Earned, guessers: Any) -> float:
    """What guesser `name` may earn. Half-right lists beat chance by their nature: naming everyone just must not pay."""
    above = MOST_OPEN if name == "everyone" else earned.chance + ABOVE_CHANCE
    return min(above, MOST_OPEN) if kind in getattr(guessers, "OPEN", ()) else above


def verdict(rows: Iterable[dict[str, Any]], guessers: Any = of_multihop) -> list[str]:
    """One line for every guesser that earns too much; none means that `rows` have no shortcut we know of."""
    return failures(measure(rows, guessers), guessers)


def failures(measured: dict[tuple[str, str], Earned], guessers: Any) -> list[str]:
    return [
        f"{kind}, {hops} hops, {earned.rows} rows: '{name}' earns {mean:.3f}, more than {most:.3f}"
        for (kind, hops), earned in measured.items()
        if hops != "1" or not getattr(guessers, "READ_OFF", False)
        for name, mean in sorted(earned.scores.items(), key=lambda item: -item[1])
        if mean > (most := limit(kind, name, earned, guessers))
    ]


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Markdown: a column for each kind, a line for each guesser, the best of them on top."""
    return render(measure(rows))


def render(measured: dict[tuple[str, str], Earned]) -> str:
    columns = list(measured.values())
    names = dict.fromkeys(name for earned in columns for name in earned.scores)  # not every guess is one in every kind
    lines = [
        ["guesser", *(f"{kind}, {hops}" for kind, hops in measured)],
        ["---"] + ["--:"] * len(columns),
        ["rows", *(str(earned.rows) for earned in columns)],
        ["chance", *(f"{earned.chance:.3f}" for earned in columns)],
        ["**best**", *(f"**{earned.scores[earned.best]:.3f}**" for earned in columns)],
        *([name, *(f"{e.scores[name]:.3f}" if name in e.scores else "-" for e in columns)] for name in names),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def run(name: str, config: str | None, knobs: dict[str, Any], rows: int) -> int:
    """Exit status: 0 if no guesser earned too much where there were rows enough to judge."""
    builder = open_reader(name, config, **{**knobs, "train": rows})
    if "question" not in builder.features:
        raise ValueError(f"{builder.config_id}: its rows ask no question: there is nothing to guess")
    guessers = guessers_of(builder.folder.name)
    measured = measure(builder.rows("train", 0, rows), guessers)
    judged = {group: earned for group, earned in measured.items() if earned.rows >= LEAST}
    few = [f"{kind}, {hops} hops" for kind, hops in measured if (kind, hops) not in judged and hops != "1"]
    failed = failures(judged, guessers)
    print(render(measured), *failed, sep="\n")
    if few:
        print(f"not judged, with fewer than {LEAST} rows: {'; '.join(few)}. Raise --rows.")
    return 1 if failed else 0
