"""The file of a task: of one that ships found by its name, of an own one by its path."""

import functools
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

TASKS = {path.stem: path for path in sorted((Path(__file__).parent / "tasks").glob("*/*.yaml"))}
LARGEST = 200_000  # bytes of a task's file


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def is_own(task: str) -> bool:
    """Whether `task` is a path, and no name of ours."""
    return task.endswith((".yaml", ".yml"))


def read(path: str) -> bytes:
    """An own file as it is now. What cannot be one is refused in one line."""
    try:
        with Path(path).expanduser().open("rb") as file:
            text = file.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:  # there may be no home
        raise ValueError(f"task: got {path!r}, which cannot be read: {getattr(error, 'strerror', error)}") from None
    if not text or len(text) > LARGEST:
        raise ValueError(f"task: got {path!r}, expected a file of 1 to {LARGEST:,} bytes")
    return text


@functools.lru_cache(maxsize=128)
def loaded(text: str) -> dict[str, Any]:
    """What a file says: a mapping in which no key stands twice."""
    try:
        said = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
    if not isinstance(said, dict):
        raise ValueError(f"got {type(said).__name__}, expected a mapping: name: …, variables: …")
    return said


def of(task: str) -> dict[str, Any]:
    """What the file of `task` says now; nothing of a name that we do not know."""
    if is_own(task):
        return loaded(read(task).decode("utf-8", "replace"))
    return loaded(TASKS[task].read_text(encoding="utf-8")) if task in TASKS else {}


def unproven(task: str) -> str:
    """Why no answer of `task` can be proven; empty where it can."""
    return "" if "check" in of(task) else "without `check` the answers are not proven"
