"""`evaluate.load("synthrl/…")`: how `evaluate` comes to know our metrics, and where their folders are."""

import functools
import inspect
import sys
import warnings
from pathlib import Path
from typing import Any


def _folders() -> dict[str, Path]:
    import synthrl.metrics as metrics

    folders = [folder for root in metrics.__path__ for folder in Path(root).iterdir()]
    return {folder.name: folder for folder in sorted(folders) if (folder / f"{folder.name}.py").is_file()}


def names() -> list[str]:
    return list(_folders())


def metric_path(name: str) -> str:
    """The folder of a metric, for `evaluate.load`, which needs to know nothing of us then."""
    if name not in names():
        from synthrl.knobs import refuse

        refuse("metric", name, names())
    return str(_folders()[name])


def ours(path: str) -> str | None:
    """The name of our metric that `path` asks for, if it does. A path that exists wins over a name."""
    name = path.removeprefix("synthrl/")
    return name if name != path and name in names() and not Path(path).exists() else None


def patch() -> None:
    """Let the place of `evaluate` that looks a name up ask us first."""
    loading = sys.modules["evaluate.loading"]
    try:
        stock = loading.evaluation_module_factory
        if hasattr(stock, "stock"):
            return  # patched before
        known = (
            list(inspect.signature(stock).parameters)[:3] == ["path", "module_type", "revision"]
            and "evaluation_module_factory" in loading.load.__code__.co_names
        )
    except AttributeError:
        known = False
    if not known:
        message = "this release of `evaluate` looks names up in another way: use evaluate.load(path) with a path from"
        warnings.warn(f"{message} synthrl.app.metrics.metric_path(name)", stacklevel=2)
        return

    @functools.wraps(stock)
    def evaluation_module_factory(path: str, *args: Any, **kwargs: Any) -> Any:
        hub_only = len(args) > 1 or kwargs.get("revision") is not None
        name = None if hub_only else ours(str(path))
        return stock(path if name is None else metric_path(name), *args, **kwargs)

    evaluation_module_factory.stock = stock  # type: ignore[attr-defined]
    loading.evaluation_module_factory = evaluation_module_factory  # type: ignore[attr-defined]
