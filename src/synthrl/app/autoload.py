"""`load_dataset("synthrl/…")` with no import at all: opt-in, by two small files in site-packages.

A `.pth` line runs at every start of Python. Ours puts one finder in place, which imports synthrl when, and only when,
`datasets` is imported; if synthrl is gone by then, nothing happens.
"""

import os
import sysconfig
from pathlib import Path

from synthrl.app import watch

SOURCE = Path(watch.__file__).read_text(encoding="utf-8")
LINE = "import _synthrl_autoload; _synthrl_autoload.watch()\n"


def files(site: Path | None = None) -> tuple[Path, Path]:
    site = site or Path(sysconfig.get_path("purelib"))
    return site / "_synthrl_autoload.py", site / "_synthrl_autoload.pth"


def refuse(site: Path, error: OSError) -> ValueError:
    return ValueError(f"cannot change {site} ({error.strerror}): use a virtual environment, or ask who may write there")


def put(path: Path, text: str) -> None:
    """Whole or not at all: every start of Python reads it."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def enable(site: Path | None = None) -> str:
    module, line = files(site)
    try:
        put(module, SOURCE)
        put(line, LINE)  # last: it must not run without the other
    except OSError as error:
        raise refuse(module.parent, error) from None
    return status(site)


def disable(site: Path | None = None) -> str:
    module, line = files(site)
    compiled = module.parent.glob(f"__pycache__/{module.stem}.*.pyc")
    try:
        for path in (line, module, *compiled):  # first the one that runs the other
            path.unlink(missing_ok=True)
    except OSError as error:
        raise refuse(module.parent, error) from None
    return status(site)


def status(site: Path | None = None) -> str:
    module, line = files(site)
    if not line.exists():
        return f"autoload is disabled (no {line})"
    if not module.exists() or module.read_text(encoding="utf-8") != SOURCE:
        return f"autoload is enabled by {line}, from another version: run `synthrl autoload enable` again"
    return f"autoload is enabled by {line}"
