"""What shortcuts earn on a dataset, and whether that is too much.

    synthrl guess fiction_multihop hops=2-6 --rows 4000

At two hops and more no guesser may pass the chance of the question's kind by more than 0.05, nor earn more than a
quarter where the answer is open. One-hop questions are there to be read off: they are shown and not judged. The command
judges no kind of which it has seen fewer than `LEAST` rows, where luck looks like skill.
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean
from typing import Any, NamedTuple

from synthrl.app.hub import open_reader
from synthrl.guessers import chance, guesses, score

CLOSED = ("yesno", "comparison", "count")  # kinds whose few possible answers stand in the question or are known
ABOVE_CHANCE, OPEN = 0.05, 0.25
LEAST = 300


class Earned(NamedTuple):
    """What the guessers earn on the rows of one kind, on average."""

    rows: int
    chance: float
    scores: dict[str, float]

    @property
    def best(self) -> str:
        return max(self.scores, key=self.scores.__getitem__)


def measure(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Earned]:
    """(kind, "1" or "2+" hops) → what the guessers earn there."""
    chances, scores = defaultdict(list), defaultdict(list)
    for row in rows:
        group = row["kind"], "1" if row["hops"] < 2 else "2+"
        chances[group].append(chance(row))
        scores[group].append({name: score(guess, row) for name, guess in guesses(row).items()})
    return {
        group: Earned(len(all_), fmean(chances[group]), {name: fmean(each[name] for each in all_) for name in all_[0]})
        for group, all_ in sorted(scores.items(), key=lambda item: item[0][::-1])
    }


def limit(kind: str, name: str, earned: Earned) -> float:
    """What guesser `name` may earn. Half-right lists beat chance by their nature: naming everyone just must not pay."""
    above = OPEN if name == "everyone" else earned.chance + ABOVE_CHANCE
    return above if kind in CLOSED else min(above, OPEN)


def verdict(rows: Iterable[dict[str, Any]]) -> list[str]:
    """One line for every guesser that earns too much; none means that `rows` have no shortcut we know of."""
    return failures(measure(rows))


def failures(measured: dict[tuple[str, str], Earned]) -> list[str]:
    return [
        f"{kind}, {hops} hops, {earned.rows} rows: '{name}' earns {mean:.3f}, more than {limit(kind, name, earned):.3f}"
        for (kind, hops), earned in measured.items()
        if hops != "1"
        for name, mean in sorted(earned.scores.items(), key=lambda item: -item[1])
        if mean > limit(kind, name, earned)
    ]


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Markdown: a column for each kind, a line for each guesser, the best of them on top."""
    return render(measure(rows))


def render(measured: dict[tuple[str, str], Earned]) -> str:
    columns = list(measured.values())
    names = columns[0].scores if columns else ()
    lines = [
        ["guesser", *(f"{kind}, {hops}" for kind, hops in measured)],
        ["---"] + ["--:"] * len(columns),
        ["rows", *(str(earned.rows) for earned in columns)],
        ["chance", *(f"{earned.chance:.3f}" for earned in columns)],
        ["**best**", *(f"**{earned.scores[earned.best]:.3f}**" for earned in columns)],
        *([name, *(f"{earned.scores[name]:.3f}" for earned in columns)] for name in names),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def run(name: str, config: str | None, knobs: dict[str, Any], rows: int) -> int:
    """Exit status: 0 if no guesser earned too much where there were rows enough to judge."""
    builder = open_reader(name, config, **{**knobs, "train": rows})
    if "question" not in builder.features:
        raise ValueError(f"{builder.config_id}: its rows ask no question: there is nothing to guess")
    measured = measure(builder.rows("train", 0, rows))
    judged = {group: earned for group, earned in measured.items() if earned.rows >= LEAST}
    few = [f"{kind}, {hops} hops" for kind, hops in measured if (kind, hops) not in judged and hops != "1"]
    print(render(measured), *failures(judged), sep="\n")
    if few:
        print(f"not judged, with fewer than {LEAST} rows: {'; '.join(few)}. Raise --rows.")
    return 1 if failures(judged) else 0
