"""What is wrong with a task's file, or likely to be: `synthrl task check my_task.yaml`."""

import itertools
import json
import re
from collections import Counter
from typing import Any

import jinja2
from jinja2 import meta, nodes

from synthrl.answers import score_row

from .audit.check import check, shape
from .domains import UNIQUE, Named
from .file import read
from .rows import Rows
from .task import LEVELS, Task
from .worker import Worker

ROWS = 120  # of each level that are looked at
FEWEST = 500  # different draws of a level, below which rows repeat themselves
_LUCK = 5  # rows that may agree by chance
_COUNTED = re.compile(r"\}\}\s+(\w\w+[^\Wsui]s)\b")  # plurals that come after a number, and these verbs
_VERBS = set("times costs does equals gives goes has holds leaves makes says stands was weighs".split())
MOST_COMMON = 0.35  # share of one answer that is suspicious where it is not one of a few


def lint(path: str) -> list[str]:
    """Every fault of the file, one line each; empty for a good one."""
    try:
        return Worker(read(path), path, "lint").ask("faults")
    except ValueError as error:
        return [str(error)]


def _names(task: Task, text: str, expression: bool = False) -> set[str]:
    parsed = task.env.parse(f"{{{{ ({text}) }}}}" if expression else text)
    shadowing = task.env.globals.keys() & {*task.said["variables"], *task.derived}  # a name may be that of a function
    return meta.find_undeclared_variables(parsed) | {node.name for node in parsed.find_all(nodes.Name)} & shadowing


def blocking(task: Task) -> list[str]:
    """Faults with which no row could be made, or one would stand twice."""
    task.syntax()
    known = {*task.said["variables"], *task.derived}
    found = shape(task.said["check"]) if "check" in task.said else []
    seen = set(task.said["variables"])
    for key, text in task.expressions():
        allowed = {"value"} if key == "show" else seen if key.startswith("derived") else known
        hint = ": only value is, an answer or a choice" if key == "show" else ""
        found += [f"{key}: {name!r} is not defined{hint}" for name in sorted(_names(task, text, True) - allowed)]
        seen.add(key.removeprefix("derived: "))
    for key, text in task.texts():
        unknown = sorted(_names(task, text) - known)
        found += [f"{key}: {name!r} is not defined: under `derived` anything can be named" for name in unknown]
    if found:
        return found
    unique = {name for name, d in task.domains[LEVELS[0]].items() if isinstance(d, Named) and d.kind in UNIQUE}
    for number, text in enumerate(task.templates, start=1):
        if task.unique and not _reach(task, _names(task, text)) & unique:
            found.append(
                f"templates: {number} names none of {', '.join(sorted(unique))}, so that questions would repeat"
            )
    if not task.unique and not _apart(task):
        found.append(f"levels: a question may stand in two of them; name a {', '.join(UNIQUE[:-1])} or {UNIQUE[-1]}, "
                     "or give one variable ranges that do not overlap")  # fmt: skip
    return found


def _reach(task: Task, names: set[str]) -> set[str]:
    """`names`, and all that they are derived from."""
    reached = set(names)
    for name, text in reversed(task.derived.items()):
        if name in reached:
            reached |= _names(task, text, True)
    return reached


def _apart(task: Task) -> bool:
    """Whether some variable never has the same value on two levels."""
    for name in task.said["variables"]:
        values = [set(map(str, getattr(task.domains[level][name], "values", ["same"]))) for level in LEVELS]
        if all(one.isdisjoint(two) for one, two in itertools.combinations(values, 2)):
            return True
    return False


def faults(task: Task) -> list[str]:
    """All that can be found by reading the file and some rows of each level."""
    if found := blocking(task):
        return found
    found = _unused(task)
    for level in LEVELS:
        if task.space(level) < FEWEST:
            found.append(f"levels: {level} has only {task.space(level)} draws of its variables, fewer than {FEWEST}")
        try:
            made = Rows([task], level, 0)
            number = min(ROWS, made.capacity()[0])
            rows = [made.row(split, i, f"templated_task-0/{level}/{split}")
                    for split in ("train", "heldout_phrasing") for i in range(number)]  # fmt: skip
        except (ValueError, jinja2.TemplateError) as error:
            found.append(" ".join(str(error).removeprefix(f"task: {task.where}: ").split()))
            continue
        found += _seen(task, level, rows)
    return list(dict.fromkeys(found))


def _unused(task: Task) -> list[str]:
    """Variables that nothing uses, and those that some paraphrase leaves unsaid and another says."""
    used = set().union(*(_names(task, text, True) for key, text in task.expressions() if key != "show"))
    used |= set().union(*(_names(task, text) for _, text in task.texts()))
    found = [
        f"variables: {name} is never used" for name in [*task.said["variables"], *task.derived] if name not in used
    ]
    said = [_names(task, text) for text in task.templates]
    for number, names in enumerate(said, start=1):
        found += [
            f"templates: {number} drops {name}, which another phrasing says" for name in _dropped(task, names, said)
        ]
    asked = _reach(
        task, set().union(*(_names(task, text, True) for key, text in task.expressions() if key == "answer"))
    )
    unsaid = asked & set(task.said["variables"]) - _reach(task, set().union(*said))
    return [*found, *(f"templates: none says {name}, which the answer depends on" for name in sorted(unsaid))]


def _dropped(task: Task, names: set[str], said: list[set[str]]) -> list[str]:
    """What other phrasings say and the one with `names` does not, nor anything derived that only it says instead."""
    covered = names | _reach(task, names - names.intersection(*said))
    variables = set(task.said["variables"])
    return [
        name for name in sorted(set().union(*said) - covered)
        if name in variables or not _reach(task, {name}) & variables <= covered
    ]  # fmt: skip


def _seen(task: Task, level: str, rows: list[dict[str, Any]]) -> list[str]:
    """What is odd about the rows of one level."""
    found = []
    questions = Counter(row["question"] for row in rows)
    if len(questions) < len(rows):
        found.append(f"{level}: {len(rows) - len(questions)} of {len(rows)} questions stand twice")
    answers = Counter(row["answer"] for row in rows)
    (common, times), *_ = answers.most_common(1)
    if len(answers) == 1 or (not task.labels and not task.options and times > max(_LUCK, MOST_COMMON * len(rows))):
        found.append(f"{level}: the answer is {common!r} in {times} of {len(rows)} rows")
    if task.scorer in ("number", "math"):
        found += _leaks(level, rows)
    for row in rows:
        if faults := _of_row(task, row):
            split, number = row["id"].split("/")[-2:]
            return [
                *found,
                *(f"{level}, row {number} of {split}: {fault}" for fault in faults),
            ]  # the next says the same
    return found


def _of_row(task: Task, row: dict[str, Any]) -> list[str]:
    found = [*check(row, task.said.get("check") or {}), *_singular(task, row)]
    if score_row(row["solution"], row).exact_match != 1:
        found.append("its own solution does not earn the reward")
    return found


def _singular(task: Task, row: dict[str, Any]) -> list[str]:
    """Where "{{ n }} years" came to "1 years"."""
    template = json.loads(row["meta"])["template"]
    texts = [(f"templates: {template + 1}", task.templates[template], row["question"])]
    texts += [(f"solution: step {n}", str(step["work"]), row["solution"]) for n, step in task.steps()]
    found: dict[str, str] = {}
    for key, text, said in texts:
        for word in set(_COUNTED.findall(text)) - _VERBS:
            if re.search(rf"(?<![\w.,/$])1 {word}\b", said):
                found.setdefault(word, f"{key}: '1 {word}' stands in {said!r}: write {{{{ n|plural('one', 'many') }}}}")
    return list(found.values())


def _leaks(level: str, rows: list[dict[str, Any]]) -> list[str]:
    """Phrasings in which the answer mostly stands."""
    leaking: dict[int, list[bool]] = {}
    for row in rows:
        said = re.findall(r"\d+(?:\.\d+)?", _plain(row["question"]))
        leaking.setdefault(json.loads(row["meta"])["template"] + 1, []).append(_plain(row["answer"]) in said)
    return [
        f"{level}: the answer stands in templates: {number}"
        for number, leaks in sorted(leaking.items())
        if sum(leaks) > max(_LUCK, len(leaks) / 2)
    ]


def _plain(text: str) -> str:
    return text.replace(",", "").replace("$", "").lower()
