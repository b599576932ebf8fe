"""Knobs: how they are spelled, read, and refused.

One spelling for the command line, the name of a configuration and the folder in the cache: `hops_4-train=200`.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote_plus, unquote_plus


def refuse(what: str, got: object, allowed: Iterable[str]) -> NoReturn:
    """One line: which argument, what was given, what is allowed."""
    allowed = list(allowed)
    near = difflib.get_close_matches(str(got), allowed, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise ValueError(f"{what}: got {got!r}{hint}, expected one of {', '.join(allowed)}")


def parse(text: str, default: object) -> Any:
    """`text` as the type of `default`; what does not read as that stays text ("2-6"), for the builder to judge."""
    if isinstance(default, list | tuple):
        return type(default)(part for part in text.split(",") if part)
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(default, str) and not re.fullmatch(r"\d+-\d+", default):  # where a range stands, a number may
        return text
    for number in (float,) if isinstance(default, float) else (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return text


def spell(knobs: Mapping[str, Any]) -> dict[str, str]:
    """The knobs as text that `parse` reads back."""
    return {k: ",".join(map(str, v)) if isinstance(v, list | tuple) else str(v) for k, v in knobs.items()}


def spell_name(config: str, knobs: Mapping[str, Any]) -> str:
    pairs = ",".join(f"{knob}={quote_plus(text)}" for knob, text in sorted(spell(knobs).items()))
    return f"{config}-{pairs}" if pairs else config


def read_name(name: str, defaults: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The reverse of `spell_name`."""
    config, _, rest = name.partition("-")
    pairs = [pair.partition("=") for pair in rest.split(",")] if rest else []
    if not all(equals and knob in defaults for knob, equals, _ in pairs):
        return name, {}
    return config, {knob: parse(unquote_plus(text), defaults[knob]) for knob, _, text in pairs}


def same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b  # True is not 1


def settle(config: str, knobs: Mapping[str, Any], configs: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict]:
    """The shortest way to say the same: `default` with hops=4 is `hops_4`, so both share one cache and one id.

    `configs`: the knobs of each named configuration.
    """
    named: dict[str, Any] = {}
    if config not in configs:
        config, named = read_name(config, next(iter(configs.values()), {}))
    if config not in configs:
        refuse("config", config, configs)
    wanted = dict(configs[config])
    for knob, value in {**named, **knobs}.items():
        if knob not in wanted:
            refuse("knob", knob, wanted)
        if isinstance(wanted[knob], float) and type(value) is int:
            value = float(value)
        elif isinstance(wanted[knob], list | tuple) and isinstance(value, list | tuple):
            value = type(wanted[knob])(value)
        if value is not None:
            wanted[knob] = value

    def difference(name: str) -> dict[str, Any]:
        return {knob: value for knob, value in wanted.items() if not same(value, configs[name][knob])}

    nearest = min([config, *configs], key=lambda name: len(difference(name)))
    return nearest, difference(nearest)
