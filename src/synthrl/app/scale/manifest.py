"""What a folder holds: a plan, a marker for each file that is whole, and in the end a manifest of them all.

A file counts as there when its marker is of this plan and its size is the marker's. All else is made again, and comes out
the same.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import get_origin, get_type_hints

from synthrl.app.scale.folder import Folder
from synthrl.app.scale.parquet import Made, Told, make
from synthrl.app.scale.plan import Plan

PLAN, MANIFEST, CARD, MARKERS = "plan.json", "manifest.json", "README.md", ".generate/files"

README = """---
license: apache-2.0
configs:
- config_name: default
  data_files:
  - split: {split}
    path: data/*.parquet
---

# {dataset} {spelled}: {rows:,} rows

Made by synthrl {synthrl} in {files:,} files, and made again to the byte by

    {command} --output DIR

`manifest.json` has the hashes of all files; `synthrl verify DIR` checks them, and the rows against the text they ask about.
"""


def read_plan(folder: Folder) -> Plan | None:
    text = folder.read(PLAN)
    if text is None:
        return None
    try:
        plan = Plan(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        plan = None
    if plan is None or not sound(plan):
        raise ValueError(f"{folder.url}: its {PLAN} cannot be read: expected what synthrl generate wrote")
    return plan


def sound(told: Plan | Made) -> bool:
    """Whether all that a file said is of its type, and numbers are of something."""
    of = get_type_hints(type(told)).values()
    typed = all(type(value) is (get_origin(hint) or hint) for value, hint in zip(told, of, strict=True))
    return typed and all(value > 0 for value in told if isinstance(value, int | float))


def check_no_others(plan: Plan, folder: Folder) -> None:
    """Whatever lies among the files is loaded with them."""
    others = folder.sizes("data").keys() - {plan.path(number) for number in range(plan.files)}
    if others := {path for path in others if not PurePosixPath(path).name.startswith(".")}:
        raise ValueError(f"--output: {folder.url} holds {min(others)}, which is no file of its plan: move it elsewhere")


def write_plan(plan: Plan, folder: Folder) -> None:
    folder.write(PLAN, json.dumps(plan._asdict(), indent=1) + "\n")


def identity(plan: Plan) -> str:
    return hashlib.sha256(json.dumps(plan._asdict(), sort_keys=True).encode()).hexdigest()[:16]


def marker(number: int) -> str:
    return f"{MARKERS}/{number:05}.json"


def add(plan: Plan, folder: Folder, number: int, told: Told) -> Made:
    """Make a file, put it in its place, and mark it."""
    made: list[Made] = []

    def fill(path: Path) -> str:
        made.append(make(plan, number, path, told))
        return json.dumps({"plan": identity(plan), **made[0]._asdict()}) + "\n"

    folder.add(plan.path(number), marker(number), fill)
    return made[0]


def whole(plan: Plan, folder: Folder, numbers: Iterable[int] | None = None) -> dict[int, Made]:
    """Files that are there, of those asked for."""
    here = folder.sizes("data")
    if numbers is None:
        marked = folder.sizes(MARKERS)
        numbers = [number for number in range(plan.files) if marker(number) in marked]
    numbers = [number for number in numbers if plan.path(number) in here]
    found, this = {}, identity(plan)
    for number, text in zip(numbers, folder.read_all(map(marker, numbers)), strict=True):
        try:
            said = json.loads(text or b"null")
            made = Made(*[said[name] for name in Made._fields]) if said["plan"] == this else None
        except (ValueError, TypeError, LookupError, RecursionError):
            continue  # no marker, or not all of it
        start, stop = plan.span(number)
        if made and sound(made) and made[:3] == (plan.path(number), stop - start, here[plan.path(number)]):
            found[number] = made
    return found


def marked(plan: Plan, folder: Folder) -> int:
    """Rows that are there, by the number of markers alone: for watching."""
    return min(plan.rows, len(folder.sizes(MARKERS)) * plan.rows_per_file)


def finish(plan: Plan, folder: Folder) -> list[Made]:
    """Write the card and, last of all, the manifest. Nothing in it tells when, where or by how many it was made."""
    found = whole(plan, folder)
    if missing := [number for number in range(plan.files) if number not in found]:
        raise ChildProcessError(
            f"{folder.url}: {len(missing):,} of {plan.files:,} files were not made, the first of them {plan.path(missing[0])}: "
            f"run the same command again"
        )
    made = [found[number] for number in range(plan.files)]
    told = {
        "dataset": plan.dataset,
        "configuration": plan.spelled,
        "split": plan.split,
        "seed": plan.seed,
        "rows": sum(each.rows for each in made),
        "bytes": sum(each.bytes for each in made),
        "source": plan.source,
        "versions": plan.versions,
        "command": plan.command,
        "plan": identity(plan),
        "content": hashlib.sha256("".join(each.content for each in made).encode()).hexdigest(),
        "files": [each._asdict() for each in made],
    }
    about = {"dataset": plan.dataset, "spelled": plan.spelled, "split": plan.split, "command": plan.command}
    card = README.format(rows=plan.rows, files=plan.files, synthrl=plan.versions["synthrl"], **about)
    for path, text in ((CARD, card), (MANIFEST, json.dumps(told, indent=1) + "\n")):
        if folder.read(path) != text.encode():
            folder.write(path, text)
    return made
