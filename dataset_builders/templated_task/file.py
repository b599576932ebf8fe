"""The file of a task: of one that ships found by its name, of an own one by its path."""

from pathlib import Path
from typing import Any

from synthrl.taskfile import is_own, loaded, read

TASKS = {path.stem: path for path in sorted((Path(__file__).parent / "tasks").glob("*/*.yaml"))}


def of(task: str) -> dict[str, Any]:
    """What the file of `task` says now; nothing of a name that we do not know."""
    if is_own(task):
        return loaded(read(task).decode("utf-8", "replace"))
    return loaded(TASKS[task].read_text(encoding="utf-8")) if task in TASKS else {}


def unproven(task: str) -> str:
    """Why no answer of `task` can be proven; empty where it can."""
    return "" if "check" in of(task) else "without `check` the answers are not proven"
