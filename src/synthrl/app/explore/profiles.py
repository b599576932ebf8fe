"""A profile's folder: how often a model solved each row, by hops and kind, and what it said."""

import functools
import json
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pandas
import pyarrow.parquet as pq

from synthrl import knobs
from synthrl.answers import score_row
from synthrl.app import hub
from synthrl.app.explore import tables
from synthrl.app.explore.html import depth, ending, said

_LIGHT = ["id", "kind", "hops", "question", "k", "n", "pass_rate", "parse_rate"]
ORDERS = ("lowest pass rate first", "highest pass rate first", "as they come")
BINS = 12  # never, ten steps between, always


def open_profile(given: str) -> str:
    """The folder, if there is a profile in it."""
    folder = knobs.path("profile", given.strip())
    if not folder.is_dir():
        raise ValueError(f"{folder}: there is no such folder")
    for each in (folder, folder / "data"):
        if each.is_dir():
            os.listdir(each)  # says so where it may not be looked into, as glob does not
    if not _files(folder):
        inside = sorted(str(path.parent.relative_to(folder)) for path in folder.glob("*/profile.json"))
        hint = f"; it holds profiles: {', '.join(inside[:5])}" if inside else ""
        raise ValueError(f"{folder}: no profile, as there is no data/*.parquet in it{hint}")
    table(str(folder))
    return str(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("data/*.parquet") if not path.name.startswith("."))


def about(folder: str) -> tuple[str, str]:
    """By whom and on what; and with which knobs, of which a long name has only the first."""
    path = Path(folder) / "profile.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    known = told if isinstance(told, dict) else {}
    data = str(known.get("data", "these rows"))
    name, _, rest = data.partition("-")
    name, rest = (name, rest) if name in hub.names() else (data, "")
    return f"{known.get('model', 'a model')} on {name}", re.sub("~[0-9a-f]{16}$", "…", unquote_plus(rest))


def table(folder: str) -> pandas.DataFrame:
    """One line a row, with its file and its place there. Shared, and not to be written to."""
    files = _files(Path(folder))
    stamps = tuple([(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files])
    return _read(stamps)


@functools.lru_cache(maxsize=8)
def _read(stamps: Sequence[tuple[str, int, int]]) -> pandas.DataFrame:
    parts = []
    for path, *_ in stamps:
        said = tables.read(path, _LIGHT, "it is no profile")
        if not all(type(hops) is int and tables.whole(hops) == hops for hops in said["hops"]):
            raise ValueError(f"{path}: its hops are no whole numbers: it is no profile")
        texts = {name: [tables.text(value) for value in said[name]] for name in ("id", "kind", "question", "k", "n")}
        rates = pandas.Series([tables.figure(rate, math.nan) for rate in said["pass_rate"]], dtype=float).clip(0, 1)
        hops = pandas.Series(said["hops"], dtype=int)
        parts.append(pandas.DataFrame(texts).assign(hops=hops, pass_rate=rates, file=path, place=range(len(hops))))
    return pandas.concat(parts, ignore_index=True)


def chosen(found: pandas.DataFrame, hops: str, kind: str, order: str) -> list[int]:
    keep = pandas.Series(True, index=found.index)
    for column, wanted in (("hops", hops), ("kind", kind)):
        if wanted not in ("all", None):
            keep &= found[column].astype(str) == wanted
    part = found[keep]
    if order in ORDERS[:2]:
        part = part.sort_values("pass_rate", ascending=order == ORDERS[0], kind="stable", na_position="last")
    return part.index.tolist()


def label(line: pandas.Series) -> str:
    rate = "no reply" if pandas.isna(line["pass_rate"]) else f"{line['k']}/{line['n']} = {line['pass_rate']:.0%}"
    return f"{rate} · {depth(line['hops'])} {line['kind']} · {ending(line['question'])}"


def full_row(line: pandas.Series) -> dict[str, Any]:
    """All columns of one row, its completions among them."""
    place = int(line["place"])
    with tables.in_one_line(line["file"]), pq.ParquetFile(line["file"]) as file:
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if place < size:
                row: dict[str, Any] = file.read_row_group(group).slice(place, 1).to_pylist()[0]
                return row
            place -= size
    raise ValueError(f"{line['file']}: it has changed: open it again")


def judged(row: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Of each completion its text, what became of it, and whether it is right."""
    found = []
    if len(row["statuses"]) != len(row["completions"]):
        raise ValueError(
            f"{row['id']}: its completions are not as many as what is said of them: it is no profile's row"
        )
    for status, text in zip(row["statuses"], row["completions"], strict=True):
        score = score_row(text, {**row, "scorer": row["judged_by"]})
        verdict = f"earns {score.f1:.2f}" if score.parsed else "no answer found"
        found.append((text, verdict if status == "ok" else f"{verdict} ({status})", score.exact_match == 1))
    return found


def counts(rates: Sequence[float]) -> list[int]:
    """How many are never right, right in each tenth of the time, and always right."""
    found = [0] * BINS
    for rate in rates:
        if rate == rate:  # a row without replies has none
            found[0 if rate == 0 else BINS - 1 if rate == 1 else min(10, 1 + int(rate * 10))] += 1
    return found


def histogram(rates: Sequence[float], height: int = 110, labels: bool = True) -> str:
    found = counts(rates)
    most, wide = max([*found, 1]), 26
    bars = []
    for i, count in enumerate(found):
        tall = height * count / most
        names = ["never", *[f"{10 * (j - 1)}–{10 * j}%" for j in range(1, 11)], "always"]
        bars.append(
            f'<rect class="sx-bar" x="{8 + i * wide}" y="{20 + height - tall:.1f}" width="{wide - 4}" '
            f'height="{tall:.1f}">'
            f"<title>{names[i]}: {count}</title></rect>"
        )
        if labels and count:
            bars.append(f'<text class="sx-note" x="{8 + i * wide + 11}" y="{15 + height - tall:.1f}">{count}</text>')
    axis = f'<path class="sx-axis" d="M6 {20 + height}H{8 + BINS * wide}"/>'
    marks = [(0, "never"), (5.5, "half"), (11, "always")] if labels else []
    texts = "".join([f'<text class="sx-note" x="{8 + at * wide + 11}" y="{36 + height}">{t}</text>' for at, t in marks])
    size = f"{34 + BINS * wide} {(44 if labels else 24) + height}"
    spoken = f"{found[0]} never right, {sum(found[1:-1])} sometimes, {found[-1]} always"
    return f'<svg viewBox="0 0 {size}" role="img" aria-label="{spoken}">{"".join(bars)}{axis}{texts}</svg>'


def summary(folder: str) -> str:
    """The whole profile: one histogram, and a small one for each kind and depth."""
    found = table(folder)
    heading, given = about(folder)
    small = []
    for (kind, hops), part in found.groupby(["kind", "hops"]):
        rate = part["pass_rate"].mean()
        right = "no reply" if pandas.isna(rate) else f"{rate:.0%} right"
        small.append(
            f"<li><strong>{said(kind)}</strong> {depth(hops)}<br>"
            f"{len(part):,} row{'' if len(part) == 1 else 's'}, {right}"
            f"{histogram(part['pass_rate'].tolist(), 36, labels=False)}</li>"
        )
    return (
        f'<div class="sx"><h2>{said(heading)}</h2><p class="sx-soft">{len(found):,} rows by how often they are '
        f'answered right{f"<br><code>{said(given)}</code>" * bool(given)}</p><div class="sx-hist">{histogram(found["pass_rate"].tolist())}</div>'
        f'<ul class="sx-multiples">{"".join(small)}</ul></div>'
    )
