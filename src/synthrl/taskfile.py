"""The file of a task, as it is read: YAML, one mapping, small, no key twice.

`generator` tells what the file describes: rows by templates (`template`, the dataset `templated_task`), or what a teacher
is asked to write rows of (`teacher`, `synthrl synthesize`). What both sorts say, they say under the same keys.
"""

import functools
import stat
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from synthrl.knobs import shown

LARGEST = 200_000  # bytes of a task's file
DEEPEST = 50  # lists and mappings within each other; at some thousands YAML's reader ends the process
LONGEST_NUMBER = 100  # characters: of some thousands Python reads and shows none
_MERGE, _INTEGER = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:int"
TEMPLATE, TEACHER = "template", "teacher"
SAID_BY_BOTH = tuple("name subject description input_format output_format answer_type scorer".split())
TYPES = ("integer", "number", "text", "names")  # of an answer
_ROWS_OF = {
    TEMPLATE: 'load_dataset("synthrl/templated_task", task="….yaml") makes rows of it',
    TEACHER: "`synthrl synthesize` makes rows of it",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.tag == _MERGE:  # merged in each other, a few lines are more than fits the memory
                    told = "<< is not read: write the keys out"
                    raise yaml.MarkedYAMLError(problem=told, problem_mark=key.start_mark)
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
                seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        if len(node.value) > LONGEST_NUMBER:
            told = f"a number of {len(node.value):,} characters, expected at most {LONGEST_NUMBER}"
            raise yaml.MarkedYAMLError(problem=told, problem_mark=node.start_mark)
        found: int = self.construct_yaml_int(node)
        return found


_Loader.add_constructor(_INTEGER, _Loader.construct_integer)


def is_own(task: str) -> bool:
    """Whether `task` is a path, and no name of ours."""
    return task.endswith((".yaml", ".yml"))


def read(path: str) -> bytes:
    """An own file as it is now. What cannot be one is refused in one line."""
    try:
        file = Path(path).expanduser()
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe may have no end, or no beginning
            raise ValueError("it is no regular file")
        with file.open("rb") as opened:
            text = opened.read(LARGEST + 1)
    except (OSError, RuntimeError, ValueError) as error:  # there may be no home, or a NUL in the path
        raise ValueError(f"task: got {path!r}, which cannot be read: {getattr(error, 'strerror', error)}") from None
    if not text or len(text) > LARGEST:
        raise ValueError(f"task: got {path!r}, expected a file of 1 to {LARGEST:,} bytes")
    return text


@functools.lru_cache(maxsize=128)
def loaded(text: str) -> dict[str, Any]:
    """What a file says: a mapping in which no key stands twice."""
    try:
        _check_depth(text)
        said = yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The last four are PyYAML's own, of "!!bool maybe", of a date that there is not, and the like.
        what = str(error).replace('in "<unicode string>",', "at") or type(error).__name__
        raise ValueError(f"it is not YAML: {what}") from None
    if not isinstance(said, dict):
        raise ValueError(f"got {type(said).__name__}, expected a mapping: name: …, subject: …")
    return said


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} lists or mappings within each other")


def told(value: object) -> str:
    """A value, for one line of an error. Of lists and mappings only that: by YAML's aliases they may have no end."""
    return f"a {type(value).__name__}" if isinstance(value, list | dict) else shown(value)


def generator(said: dict[str, Any]) -> str:
    """What makes rows of the file; templates where it does not say."""
    found = said.get("generator", TEMPLATE)
    if found not in (TEMPLATE, TEACHER):
        raise ValueError(f"generator: got {told(found)}, expected {TEMPLATE} or {TEACHER}")
    return str(found)


def require_generator(said: dict[str, Any], wanted: str) -> None:
    if (found := generator(said)) != wanted:
        raise ValueError(f"generator: got {found}, expected {wanted}: {_ROWS_OF[found]}")
