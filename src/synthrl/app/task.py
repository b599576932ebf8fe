"""`synthrl task`: a file to begin with, its faults, its rows; be its rows made by templates or by a teacher."""

from pathlib import Path

from synthrl import taskfile
from synthrl.app.show import show
from synthrl.dataset_builders.templated_task import lint, scaffold
from synthrl.dataset_builders.templated_task.file import TASKS, unproven


def run(action: str, name: str, generator: str | None = None) -> int:
    """Exit status: 0 unless faults were found."""
    if action == "new":
        return new(name, generator or taskfile.TEMPLATE)
    if generator:
        raise ValueError(f"--generator: got {generator} with {action}, expected none: the file says it")
    path = found(name)
    by_teacher = made_by(path) == taskfile.TEACHER
    if action == "check":
        return check_definition(name, path) if by_teacher else check_templates(name, path)
    if by_teacher:
        from synthrl.synthesis import definition

        rows = definition.preview(definition.read(path))
    else:
        rows = scaffold.preview(path)
    for row in rows:
        show(row)
        print()
    if not rows:
        print(f"{name}: it has no demonstrations to show")
    return 0


def new(name: str, generator: str) -> int:
    path = Path(as_path(name))
    if generator == taskfile.TEACHER:
        from synthrl.synthesis import definition

        text = definition.new(path.stem)
    else:
        text = scaffold.new(path.stem)
    with path.open("x", encoding="utf-8") as file:  # never over a file that is there
        file.write(text)
    print(f"wrote {path}: edit it, then `synthrl task check {path}`")
    return 0


def as_path(name: str) -> str:
    path = str(Path(name).expanduser())
    return path if Path(path).suffix else f"{path}.yaml"


def found(name: str) -> str:
    """The path of a file that is there, or else of the task of that name that ships, if there is one."""
    path = as_path(name)
    if Path(path).is_file() or path == name:
        return path
    if name in TASKS:
        return str(TASKS[name])
    from synthrl.synthesis import definition

    return str(definition.SHIPPED.get(name, path))


def made_by(path: str) -> str:
    try:
        return taskfile.generator(taskfile.loaded(taskfile.read(path).decode("utf-8", "replace")))
    except ValueError:
        return taskfile.TEMPLATE  # whose reader says what is wrong


def check_templates(name: str, path: str) -> int:
    faults = lint.lint(path)
    print("\n".join(faults or [f"{name}: {'; '.join(filter(None, ['no fault found', unproven(path)]))}"]))
    return 1 if faults else 0


def check_definition(name: str, path: str) -> int:
    from synthrl.synthesis import definition

    faults = definition.faults(path)
    hints = [] if faults else definition.hints(definition.read(path))
    print("\n".join(faults or [f"{name}: no fault found", *(f"  {hint}" for hint in hints)]))
    return 1 if faults else 0
