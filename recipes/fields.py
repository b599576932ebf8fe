"""The fields that the recipes add to TRL's, and how config files and the command line fill them.

Config files compose: `--config models/qwen3_0.6b data/multihop mine.yaml`. What a later file says wins over an earlier
one, and the command line over all. A file is looked for where it is said to be, then among those that ship.
"""

import difflib
import math
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import yaml
from trl import TrlParser

from synthrl.knobs import refuse, require

_LEAST = {"rows": 1, "watch_steps": 1, "watch_rows": 1, "watch_tokens": 1, "max_prompt_tokens": 1}  # else 0
SHIPPED = Path(__file__).parent / "configs"


def said(text: str, default: Any = None, **more: Any) -> Any:
    factory = {"default_factory": lambda: list(default)} if isinstance(default, list) else {"default": default}
    return field(**factory, metadata={"help": text, **more})


@dataclass
class DataFields:
    """What to train on, and how it is asked."""

    data: list[str] = said(
        "Parts of the training data, each 'NAME knob=value … [split=train] [weight=1]': a dataset of ours, a benchmark "
        "of synthrl.real, or a folder of rows. Several are interleaved by their weights.",
        [],
    )
    common: str | None = said("Words that all parts of data, held_out and final share, unless they say otherwise.")
    rows: int | None = said("Train on so many rows.")
    held_out: list[str] = said("Rows to watch during training, said like `data`; split=validation by default.", [])
    final: list[str] = said(
        "Rows to judge the model on before the first step and after the last; split=test by default.", []
    )
    system_prompt: str | None = said("An own system prompt; an empty one for none.")
    plain_prompt: bool = said("Ask in plain text: for base models without a chat template.", False)
    thinking: bool | None = said("Turn the thinking of a chat template that has such a switch on or off.")
    max_prompt_tokens: int | None = said("Leave out rows whose prompt is longer than this in the model's own tokens.")

    def __post_init__(self) -> None:
        require_types(self)
        for name in ("data", "held_out", "final") if self.common else ():
            setattr(self, name, [_with_common(text, str(self.common)) for text in getattr(self, name)])
        self.common = None  # said once, and once only


@dataclass
class WatchFields:
    """How to look at `held_out` while training."""

    watch_steps: int = said("Look every so many steps, and before the first and after the last.", 50)
    watch_rows: int = said("Look at so many of the held-out rows, spread evenly over depths and kinds.", 200)
    watch_samples: int = said("Sampled completions of each row, beside the greedy one.", 1)
    watch_tokens: int | None = said("Longest completion when looking; as in training by default.")
    keep: str = said(
        "Which weights are saved at the end: the last, or the best on held-out rows.", "last", choices=["last", "best"]
    )


def require_types(fields_: Any) -> None:
    """A file of YAML may hold anything; the command line is read as the types say already."""
    hints = get_type_hints(type(fields_))
    for f in fields(fields_):
        value, hint = getattr(fields_, f.name), hints[f.name]
        allowed = get_args(hint) if get_origin(hint) is UnionType else (hint,)
        fits = [list[str]] == [*allowed] and isinstance(value, list) and all(isinstance(each, str) for each in value)
        names = " or ".join("nothing" if kind is NoneType else getattr(kind, "__name__", "list") for kind in allowed)
        require(fits or type(value) in allowed, f.name, value, "a list of texts" if list[str] in allowed else names)
        if f.metadata.get("choices") and value not in f.metadata["choices"]:
            refuse(f.name, value, f.metadata["choices"])
        least = _LEAST.get(f.name, 0)
        require(type(value) is not int or value >= least, f.name, value, f"{least} or more")


class Part(NamedTuple):
    """'fiction_multihop hops=2-4 weight=2', read."""

    name: str
    words: list[str]
    weight: float
    split: str | None


def read_part(text: str) -> Part:
    """`weight=` and `split=` are taken out; the other words belong to what is named."""
    words = shlex.split(text)
    if not words:
        raise ValueError("data and rewards: got an empty text, expected NAME knob=value …")
    own = dict(word.split("=", 1) for word in words[1:] if word.startswith(("weight=", "split=")))
    try:
        weight = float(own.get("weight", 1))
    except ValueError:
        raise ValueError(f"weight: got {own['weight']!r} in {text!r}, expected a number") from None
    require(math.isfinite(weight), "weight", own.get("weight"), "a number that is finite")
    return Part(
        words[0], [w for w in words[1:] if w.partition("=")[0] not in ("weight", "split")], weight, own.get("split")
    )


def _with_common(text: str, common: str) -> str:
    name, *own = shlex.split(text) or [""]
    names = {word.partition("=")[0] for word in own}
    return shlex.join([name, *(w for w in shlex.split(common) if w.partition("=")[0] not in names), *own])


def find_config(name: str) -> Path:
    for path in (Path(name), SHIPPED / name, SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return path
    shipped = sorted(str(path.relative_to(SHIPPED).with_suffix("")) for path in SHIPPED.rglob("*.yaml"))
    near = difflib.get_close_matches(name, shipped, n=1)
    hint = f" (did you mean {near[0]}?)" if near else f", and those that ship are {', '.join(shipped)}"
    raise ValueError(f"--config: got {name!r}, which is no file{hint}")


def read_configs(names: Sequence[str]) -> dict[str, tuple[Any, Path]]:
    """Each field with its value and the file that said so."""
    found: dict[str, tuple[Any, Path]] = {}
    for path in map(find_config, names):
        try:
            said = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
        if not isinstance(said, dict):
            raise ValueError(f"{path}: got {type(said).__name__}, expected fields with values")
        found.update({key: (value, path) for key, value in said.items()})
    return found


NO_GPU = "use_cpu: there is no GPU here; say use_cpu: true and bf16: false to train on the CPU"


class Parser(TrlParser):
    def error(self, message: str) -> Any:
        raise ValueError(message.removeprefix("argument "))


def parse(types: Sequence[type], argv: Sequence[str] | None = None) -> tuple[Any, ...]:
    """An instance of each of `types`. Whatever is wrong is a ValueError of one line."""
    names, rest = _configs_of(list(sys.argv[1:] if argv is None else argv))
    config = read_configs(names)
    known = [f.name for kind in types for f in fields(kind)]
    env, path = config.pop("env", ({}, None))
    if not isinstance(env, dict):
        raise ValueError(f"{path}: env: got {env!r}, expected names with values")
    for key, (_, path) in config.items():
        _require_known(str(key), known, f"{path}: ")
    for word in rest:
        if word.startswith("--") and not word.startswith("--no_"):
            _require_known(word[2:].partition("=")[0].replace("-", "_"), [*known, "help"], "--")
    os.environ.update({key: str(value) for key, value in env.items()})
    parser = Parser(types, allow_abbrev=False)
    parser.set_defaults_with_config(**{key: value for key, (value, _) in config.items()})
    try:
        return parser.parse_args_into_dataclasses(args=rest)
    except ValueError as error:
        raise (ValueError(NO_GPU) if "support bf16" in str(error) else error) from None


def _configs_of(argv: list[str]) -> tuple[list[str], list[str]]:
    """The files after each --config, and the rest."""
    names: list[str] = []
    rest: list[str] = []
    taking = False
    for word in argv:
        if word == "--config" or word.startswith("--config="):
            taking = True
            names += [word.partition("=")[2]] if "=" in word else []
        elif taking and not word.startswith("--"):
            names.append(word)
        else:
            taking = False
            rest.append(word)
    return names, rest


def _require_known(name: str, known: Sequence[str], where: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise ValueError(f"{where}{name} is no field{f' (did you mean {near[0]}?)' if near else ''}")
