"""One report of a run: every metric by hops and kind, with intervals, and what a gain over an earlier run is made of."""

from collections import Counter, defaultdict
from math import fsum, sqrt
from statistics import fmean

from synthrl import rewards
from synthrl.answers import SCORING_VERSION, score_row
from synthrl.metrics import base

REWARDS = ("answer_f1", "answer_set", "math_answer", "choice", "supporting_facts", "hop_recall")
GAINS = {  # of a row, before and now → what that is called
    ("unparsed", "right"): "parses_now",
    ("wrong", "right"): "right_now",
    ("right", "wrong"): "wrong_now",
    ("right", "unparsed"): "parses_no_more",
}
Z = 1.959964  # of 95%


class MultihopReport(base.Metric):
    """A report of a run over our rows: the share of answers that parse, and every metric that has rows of its own, over
    all rows, by `hops` and by `kind`, each with its 95% interval.

    With an earlier run beside it, a gain is told apart into answers that parse now and answers that are right now.
    """

    def _compute(self, predictions, references, baseline=None, strict=False):
        """
        Args:
            predictions: completions, each a text or chat messages.
            references: whole rows.
            baseline: completions of an earlier run over the same rows.
            strict: count only an answer in answer tags.
        Returns:
            all, by_hops, by_kind: for each group of rows its count, and for each metric mean, low, high and count;
                with a baseline also gain: before, change (with low and high) and the shares that it is made of.
            table: the same as Markdown, to print; scoring_version: of the judge.
        """
        rows = base.rows(references)
        scores = _scores(base.completions(predictions), rows, strict)
        changes = None
        if baseline is not None:
            if len(baseline) != len(rows):
                raise ValueError(
                    f"baseline: got {len(baseline)} completions, expected one for each of {len(rows)} rows"
                )
            changes = list(zip(_states(_judged(baseline, rows, strict)), _states(scores), strict=True))
        report = {"scoring_version": SCORING_VERSION, "all": _figures(range(len(rows)), scores, changes)}
        for column in ("hops", "kind"):
            members = defaultdict(list)
            for i, row in enumerate(rows):
                members[row[column]].append(i)
            report[f"by_{column}"] = {of: _figures(members[of], scores, changes) for of in sorted(members)}
        return report | {"table": table(report)}


def _judged(predictions, rows, strict):
    """For each row whether its answer parses and is right; None if the row has no scorer."""
    judged = [
        score_row(said, row, strict) if row["scorer"] else None
        for said, row in zip(base.completions(predictions), rows, strict=True)
    ]
    return {
        "parsed": [score and float(score.parsed) for score in judged],
        "exact_match": [score and score.exact_match for score in judged],
    }


def _scores(predictions, rows, strict):
    columns = base.columns(rows)
    missing = [name for name in ("hops", "kind", "scorer") if None in columns.get(name, [None])]
    if missing:
        raise ValueError(f"references: a report needs whole rows, but these lack {', '.join(missing)}")
    scores = _judged(predictions, rows, strict)
    return scores | {name: getattr(rewards, name)(predictions, strict=strict, **columns) for name in REWARDS}


def _states(scores):
    pairs = zip(scores["parsed"], scores["exact_match"], strict=True)
    return [
        None if right is None else "right" if right else "wrong" if parsed else "unparsed" for parsed, right in pairs
    ]


def _figures(members, scores, changes):
    figures: dict = {"count": len(members)}
    for name, of_all in scores.items():
        own = [of_all[i] for i in members if of_all[i] is not None]
        if own:
            low, high = interval(own)
            figures[name] = {"mean": fmean(own), "low": low, "high": high, "count": len(own)}
    judged = [changes[i] for i in members if None not in changes[i]] if changes else []
    return figures | {"gain": _gain(judged)} if judged else figures


def interval(scores):
    """Wilson's 95% interval. For scores between 0 and 1, with their own variance in place of that of a share."""
    n, mean = len(scores), fmean(scores)
    of_share, own = mean * (1 - mean), fsum([(score - mean) ** 2 for score in scores]) / n
    size = (
        n * of_share / own if len(set(scores)) > 1 else n
    )  # scores that do not vary do not tell how much others would
    middle, half = mean + Z**2 / (2 * size), Z * sqrt(of_share / size + (Z / (2 * size)) ** 2)
    return max(0.0, (middle - half) / (1 + Z**2 / size)), min(1.0, (middle + half) / (1 + Z**2 / size))


def _gain(changes):
    """What became of right answers, and of those that are: shares of all rows. Interval: Agresti and Min's, of pairs."""
    n, counts = len(changes), Counter(changes)
    won = sum([count for (before, now), count in counts.items() if now == "right" != before])
    lost = sum([count for (before, now), count in counts.items() if before == "right" != now])
    middle = (won - lost) / (n + 2)
    half = Z * sqrt((won + lost + 1) / (n + 2) - middle**2) / sqrt(n + 2)
    gain = {"before": sum([before == "right" for before, _ in changes]) / n, "change": (won - lost) / n}
    gain |= {"low": max(-1.0, middle - half), "high": min(1.0, middle + half)}
    return gain | {name: counts[pair] / n for pair, name in GAINS.items()}


def table(report):
    """The report as a Markdown table, a group of rows a line."""
    groups = {"all": report["all"]}
    groups |= {f"hops {hops}": figures for hops, figures in report["by_hops"].items()}
    groups |= {f"kind {kind}": figures for kind, figures in report["by_kind"].items()}
    names = [name for name in report["all"] if name not in ("count", "gain")]
    gains = ["before", "change", *GAINS.values()] if "gain" in report["all"] else []
    lines = [["rows", "count", *names, *gains], ["---"] + ["---:"] * (1 + len(names) + len(gains))]
    for label, figures in groups.items():
        cells = [_cell(figures.get(name), "mean") for name in names]
        cells += [_cell(figures.get("gain"), name) for name in gains]
        lines.append([label, str(figures["count"]), *cells])
    return "\n".join(["| " + " | ".join(line) + " |" for line in lines])


def _cell(figures, name):
    if figures is None:
        return ""
    share = f"{figures[name]:+.3f}" if name == "change" else f"{figures[name]:.3f}"
    return f"{share} ({figures['low']:.3f} to {figures['high']:.3f})" if name in ("mean", "change") else share
