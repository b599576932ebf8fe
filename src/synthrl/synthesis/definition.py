"""A task that a teacher is asked to write rows of: its file, with `generator: teacher`, read and judged.

    definition.read("gsm8k")           # one that ships: SHIPPED has all names
    definition.read("./my_task.yaml")  # an own one, as `synthrl task new my_task --generator teacher` writes it

What is written then is a `Candidate`, of which `fault` and `row` make a row or say why not.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthrl import real, taskfile
from synthrl.knobs import refuse

from .candidate import Candidate, fault, row
from .definition_checks import check
from .passages import KINDS

__all__ = ["SHIPPED", "Candidate", "Definition", "Demonstration", "fault", "faults", "hints", "new", "preview", "read",
           "row"]  # fmt: skip

HERE = Path(__file__).parent
SHIPPED = {path.stem: path for path in sorted((HERE / "tasks").glob("*.yaml"))}

Demonstration = Candidate  # by who wrote the task


@dataclass(frozen=True)
class Definition:
    name: str
    subject: str
    description: str
    input_format: str
    output_format: str
    answer_type: str  # integer | number | text | names
    scorer: str  # as rows have it
    labels: tuple[str, ...]  # scorer label: all answers that there are
    choices: int  # scorer choice: how many a question has; else 0
    demonstrations: tuple[Demonstration, ...]
    corpus: tuple[str, ...]  # names or paths of collections of passages
    benchmark: tuple[str, ...]  # what the task stands for: names in synthrl.real.BENCHMARKS, or on the Hub
    digest: str  # of the file


def read(path_or_name: str) -> Definition:
    """The task, if its file has no fault; else the first one."""
    found, wrong = _judged(path_or_name)
    if found is None or wrong:
        raise ValueError(f"task: {path_or_name}: {wrong[0]}")
    return found


def faults(path_or_name: str) -> list[str]:
    """Every fault of the file, one line each; empty for a good one."""
    return [f"task: {path_or_name}: {what}" for what in _judged(path_or_name)[1]]


def hints(task: Definition) -> list[str]:
    """What is no fault, and would make it more useful."""
    found, shown = [], [made["answer"] for made in preview(task)]
    if len(shown) < 3:
        found.append(f"demonstrations: {len(shown) or 'none'}: a teacher does better with three to five")
    elif task.scorer in ("choice", "label") and len(set(shown)) == 1:
        found.append(f"demonstrations: the answer is always {shown[0]}: a teacher will take that for a rule")
    elif missing := [label for label in task.labels if label not in shown]:
        found.append(f"demonstrations: no answer is {' or '.join(missing)}")
    if not all(each.solution for each in task.demonstrations):
        found.append("demonstrations: some have no solution: it shows how much is to be worked out")
    for name in task.corpus:
        path, _, _ = name.partition("#")
        if path.endswith(KINDS) and not Path(path).expanduser().is_file():
            found.append(f"corpus: {name} is not there, seen from here")
    if not task.corpus:
        found.append("corpus: none: a teacher without passages repeats itself sooner")
    if not task.benchmark:
        found.append("benchmark: none: nothing is known that rows must not overlap with")
    for name in task.benchmark:
        if name not in real.BENCHMARKS and "/" not in name:
            found.append(f"benchmark: {name} is none of {', '.join(real.BENCHMARKS)}: is it a name on the Hub?")
    return found


def preview(task: Definition) -> list[dict[str, Any]]:
    """The demonstrations as rows."""
    return [row(task, each, f"{task.name}/demonstrations/{i}", {}) for i, each in enumerate(task.demonstrations)]


def new(name: str) -> str:
    """The text of a task that works, with a comment on everything."""
    if not name.isidentifier():
        raise ValueError(f"name: got {name!r}, expected letters, digits and underscores")
    return (HERE / "example.yaml").read_text(encoding="utf-8").replace("my_task", name)


# Reading


def _judged(path_or_name: str) -> tuple[Definition | None, list[str]]:
    """The task if its file says all of one, and what is wrong with it."""
    own = taskfile.is_own(path_or_name)
    if not own and path_or_name not in SHIPPED:
        refuse("task", path_or_name, [*SHIPPED, "./<your own>.yaml"])
    text = taskfile.read(path_or_name if own else str(SHIPPED[path_or_name]))
    try:
        said = taskfile.loaded(text.decode())
        taskfile.require_generator(said, taskfile.TEACHER)
    except ValueError as error:  # that it is not UTF-8, too
        return None, [" ".join(str(error).split())]
    if wrong := check(said):
        return None, wrong
    task = _definition(said, hashlib.sha256(text).hexdigest()[:16])
    wrong = list(_faults_of_demonstrations(task))
    return task if wrong else _by_text(task), wrong


def _definition(said: dict[str, Any], digest: str) -> Definition:
    texts: dict[str, Any] = {key: said[key].strip() for key in taskfile.SAID_BY_BOTH}
    lists: dict[str, Any] = {key: tuple(said.get(key) or ()) for key in ("labels", "corpus", "benchmark")}
    return Definition(
        **texts,
        **lists,
        choices=said.get("choices") or 0,
        demonstrations=tuple(
            Demonstration(
                each["question"].strip(),
                each["answer"].strip(),
                tuple(choice.strip() for choice in each.get("choices") or ()),
                (each.get("solution") or "").strip(),
            )
            for each in said.get("demonstrations") or ()
        ),
        digest=digest,
    )


def _by_text(task: Definition) -> Definition:
    """Demonstrations name the right choice by its text, however the file does."""
    if not task.choices:
        return task
    texts = [made["answers"][0][-1] for made in preview(task)]
    named = [each._replace(answer=text) for each, text in zip(task.demonstrations, texts, strict=True)]
    return replace(task, demonstrations=tuple(named))


def _faults_of_demonstrations(task: Definition) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, each in enumerate(task.demonstrations, start=1):
        first = seen.setdefault(" ".join(each.question.casefold().split()), number)
        if what := fault(task, each):
            yield f"demonstrations: {number}: {what}"
        elif first != number:
            yield f"demonstrations: {number}: its question is that of {first}"
