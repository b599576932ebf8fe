"""Replies to a row → how often the model solves it.

`n` counts what the model said, and `k` what of it is right. Nothing at all, or more than is read, is an answer that
is wrong: left out, a model that goes silent where it does not know would look as if it knew. What is malformed, or refused
by the server before the model saw it (a prompt that is too long), counts nowhere but in `statuses`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from datasets import Features, List, Value

from synthrl.answers import SCORING_VERSION, score_row
from synthrl.knobs import refuse
from synthrl.row import COLUMNS, FEATURES, SCORERS
from synthrl.selection import wilson

from .cache import canonical
from .reply import OK, SAID, USABLE, Reply

Row = dict[str, Any]
_STRING, _INT, _FLOAT = Value("string"), Value("int32"), Value("float64")
RATES = Features(
    {
        **FEATURES,  # the row as it was asked
        "k": _INT,
        "n": _INT,
        "pass_rate": _FLOAT,  # k / n; none where n is 0
        "pass_low": _FLOAT,  # Wilson's interval, 95%
        "pass_high": _FLOAT,
        "parse_rate": _FLOAT,  # in how much of n there was an answer
        "mean_length": _FLOAT,
        "length_unit": _STRING,  # tokens where the server says them, else characters
        "model": _STRING,
        "revision": _STRING,  # what the server says that it is; of a folder, what is in it
        "sampling": _STRING,  # JSON
        "prompt_hash": _STRING,
        "judged_by": _STRING,  # the scorer: the row's own, unless it was asked for another
        "scoring_version": _STRING,
        "statuses": List(_STRING),  # of each reply
        "completions": List(_STRING),  # empty where there is none to judge
    }
)


def check(rows: Iterable[Row], scorer: str | None) -> None:
    """That each can be judged, which is to be known before replies are paid for."""
    if scorer is not None and scorer not in SCORERS:
        refuse("--scorer", scorer, sorted(SCORERS))
    for row in rows:
        score_row("", {**row, "scorer": scorer or row["scorer"]})


def measured(
    row: Row,
    asked: list[dict[str, str]],
    replies: Sequence[Reply],
    model: str,
    revision: str | None,
    sampling: dict[str, Any],
    scorer: str | None = None,
) -> Row:
    """The row, asked in these words, with all columns of RATES."""
    lengths = [reply.tokens_out for reply in replies if reply.status in USABLE]
    told = [length for length in lengths if length is not None]
    in_tokens = len(told) == len(lengths)
    if not in_tokens:
        told = [len(reply.text) for reply in replies if reply.status in USABLE]
    served = sorted({reply.model for reply in replies if reply.model})
    found = {
        **{column: row[column] for column in COLUMNS},
        "prompt": asked,
        "mean_length": sum(told) / len(told) if told else None,
        "length_unit": "tokens" if in_tokens else "characters",
        "model": model,
        "revision": ", ".join(served) if revision is None else revision,
        "sampling": json.dumps(sampling, sort_keys=True),
        "prompt_hash": hashlib.sha256(canonical(asked).encode()).hexdigest()[:16],
        "statuses": [reply.status for reply in replies],
        "completions": [reply.text if reply.status in USABLE else "" for reply in replies],
    }
    return judged(found, scorer)


def judged(found: Row, scorer: str | None = None) -> Row:
    """With what follows from the completions, by another scorer than the row's own if one is named."""
    by = scorer or found["scorer"]
    replies = list(zip(found["statuses"], found["completions"], strict=True))
    scores = [score_row(text, {**found, "scorer": by}) for status, text in replies if status in USABLE]
    n = sum(status in SAID for status, _ in replies)
    k = sum(score.exact_match == 1 for score in scores)
    low, high = wilson(k, n)
    return {
        **found,
        "k": k,
        "n": n,
        "pass_rate": k / n if n else None,
        "pass_low": low,
        "pass_high": high,
        "parse_rate": sum(score.parsed for score in scores) / n if n else None,
        "judged_by": by,
        "scoring_version": SCORING_VERSION,
    }


class Summary:
    """Pass rates by kind and hops, row by row: no row is kept."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
        self.unusable: dict[str, int] = defaultdict(int)
        self.rows = 0

    def add(self, found: Row) -> None:
        self.rows += 1
        for status in found["statuses"]:
            self.unusable[status] += status != OK
        if found["n"]:
            self._groups[found["kind"], found["hops"]].append((found["pass_rate"], found["parse_rate"]))

    def lines(self) -> list[str]:
        groups = [(kind, str(hops), self._groups[kind, hops]) for kind, hops in sorted(self._groups)]
        everything = [rates for _, _, of_group in groups for rates in of_group]
        wide = max([len("kind"), *(len(kind) for kind, _, _ in groups)])
        head = f"{'kind':{wide}} {'hops':>4} {'rows':>6} {'pass':>7} {'95% interval':>16} {'never':>7} {'always':>7} {'parsed':>7}"
        said = [head, *(f"{kind:{wide}} {hops:>4} {_figures(rates)}" for kind, hops, rates in groups)]
        if len(groups) > 1:
            said.append(f"{'all':{wide}} {'':>4} {_figures(everything)}")
        if odd := {status: count for status, count in sorted(self.unusable.items()) if count}:
            said.append("replies not whole: " + ", ".join(f"{count:,} {status}" for status, count in odd.items()))
        return said


def _figures(rates: list[tuple[float, float]]) -> str:
    """The interval is of the rows: asking one more often makes it no surer."""
    n = len(rates)
    solved = sum(rate for rate, _ in rates)
    low, high = wilson(solved, n)
    never, always = (sum(rate == edge for rate, _ in rates) / n for edge in (0, 1))
    parsed = sum(parse for _, parse in rates) / n
    return f"{n:>6} {solved / n:>7.1%} {f'{low:.1%}-{high:.1%}':>16} {never:>7.1%} {always:>7.1%} {parsed:>7.1%}"
