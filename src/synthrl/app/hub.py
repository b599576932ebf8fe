"""`load_dataset("synthrl/…")`: how `datasets` comes to know our names, and the same by its public interface."""

import functools
import importlib
import inspect
import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any


def names() -> list[str]:
    import synthrl.dataset_builders as dataset_builders

    return sorted(path.parent.name for root in dataset_builders.__path__ for path in Path(root).glob("*/builder.py"))


def builder_class(name: str) -> Any:
    if name not in names():
        from synthrl.knobs import refuse

        refuse("dataset", name, names())
    return importlib.import_module(f"synthrl.dataset_builders.{name}.builder").BUILDER


def ours(path: str) -> str | None:
    """The name of our dataset that `path` asks for, if it does. A directory that exists wins over a name."""
    folder = Path(path)
    if not folder.is_dir():
        name = path.removeprefix("synthrl/")
        return name if name != path and name in names() else None
    name = folder.resolve().name
    if name not in names() or not (folder / "builder.py").is_file():
        return None
    # Only what is installed runs: a directory, from wherever, is compared with it and never imported.
    from synthrl.blocks import fingerprint

    builder = builder_class(name)
    if not folder.samefile(builder.folder) and fingerprint(folder) != builder.source:
        raise ValueError(
            f"{path} differs from the installed {builder.folder}: install that copy (pip install -e), "
            f"or load the installed one as 'synthrl/{name}'"
        )
    return name


def patch() -> None:
    """Let the two places of `datasets` that look a name up ask us first."""
    load, looks = sys.modules["datasets.load"], sys.modules["datasets.inspect"]
    try:
        stock = load.dataset_module_factory
        if hasattr(stock, "stock"):
            return  # patched before
        known = (
            looks.dataset_module_factory is stock
            and {"path", "revision", "data_files", "data_dir"} <= set(inspect.signature(stock).parameters)
            and {"module_path", "hash", "builder_kwargs"} <= set(inspect.signature(load.DatasetModule).parameters)
            and "dataset_module_factory" in load.load_dataset_builder.__code__.co_names
        )
    except AttributeError:
        known = False
    if not known:
        message = "this release of `datasets` looks names up in another way: use synthrl.load_dataset(...) instead of"
        warnings.warn(f"{message} datasets.load_dataset('synthrl/...')", stacklevel=2)
        return

    @functools.wraps(stock)
    def dataset_module_factory(path: str, *args: Any, **kwargs: Any) -> Any:
        hub_only = args or any(kwargs.get(key) is not None for key in ("revision", "data_files", "data_dir"))
        name = None if hub_only else ours(str(path))
        if name is None:
            return stock(path, *args, **kwargs)
        builder = builder_class(name)
        return load.DatasetModule(
            builder.__module__, builder.source, {"repo_id": f"synthrl/{name}", "dataset_name": name}
        )

    dataset_module_factory.stock = stock  # type: ignore[attr-defined]
    load.dataset_module_factory = looks.dataset_module_factory = dataset_module_factory  # type: ignore[attr-defined]


def open_builder(name: str, config: str | None = None, cache_dir: str | None = None, /, **knobs: Any) -> Any:
    from synthrl.knobs import refuse

    builder = builder_class(ours(name) or name)
    allowed = builder.named()[builder.DEFAULT_CONFIG_NAME]
    for knob in knobs:
        if knob not in allowed:  # `datasets` would take some for its own: hash, features
            refuse("knob", knob, allowed)
    return builder(config_name=config, cache_dir=cache_dir, **knobs)


def read_knobs(name: str, words: list[str]) -> tuple[str | None, dict[str, Any]]:
    """["hops_4", "train=20"] → "hops_4", {"train": 20}: each value in the type that the knob has by default."""
    from synthrl.knobs import parse, refuse

    builder = builder_class(name)
    defaults = builder.named()[builder.DEFAULT_CONFIG_NAME]
    config, given = None, {}
    for word in words:
        knob, equals, text = word.partition("=")
        if equals and "-" not in knob:  # with "-" it is a configuration's full name: hops_4-train=20
            if knob not in defaults:
                refuse("knob", knob, defaults)
            given[knob] = parse(text, defaults[knob])
        elif config is None:
            config = word
        else:
            raise ValueError(f"{word}: got a second configuration after {config!r}, expected KNOB=VALUE")
    return config, given


def open_reader(name: str, config: str | None = None, /, **knobs: Any) -> Any:
    """A builder of which only rows are asked: it writes nothing, but `datasets` wants to have a cache for it."""
    with tempfile.TemporaryDirectory() as cache:
        return open_builder(name, config, cache, **knobs)


def check_split(builder: Any, split: Any) -> None:
    """A split's name is known before its rows are made, so a misspelled one need not cost a build."""
    from synthrl.knobs import refuse

    splits = [name for name, size in builder.sizes().items() if size]
    for part in split.split("+") if isinstance(split, str) else ():
        name = re.sub(r"\[.*", "", part).strip()
        if name not in [*splits, "all"]:
            refuse("split", name, splits)


def load_dataset(
    name: str,
    config: str | None = None,
    split: Any = None,
    /,
    streaming: bool = False,
    num_proc: int | None = None,
    cache_dir: str | None = None,
    **knobs: Any,
) -> Any:
    builder = open_reader(name, config, **knobs) if streaming else open_builder(name, config, cache_dir, **knobs)
    check_split(builder, split)
    if streaming:
        if num_proc is not None:
            raise ValueError(f"num_proc: got {num_proc!r} with streaming=True, where a DataLoader's workers do that")
        return builder.as_streaming_dataset(split=split)
    builder.download_and_prepare(num_proc=num_proc)
    return builder.as_dataset(split=split)
