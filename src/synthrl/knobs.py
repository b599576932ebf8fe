"""Knobs: how they are spelled, read, and refused.

One spelling for the command line, the name of a configuration and the folder in the cache: `hops_4-train=200`.
"""

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote_plus, unquote_plus

LONGEST = 150  # characters of a folder's name: file systems allow 255, and `datasets` adds to it


def shown(value: object) -> str:
    """What was given, for one line of an error."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:100]}..."


def refuse(what: str, got: object, allowed: Iterable[str], hint: str = "") -> NoReturn:
    """One line: which argument, what was given, what is allowed."""
    allowed = list(allowed)
    near = [] if hint else difflib.get_close_matches(str(got), allowed, n=1)
    hint = repr(near[0]) if near else hint
    meant = f" (did you mean {hint}?)" if hint else ""
    raise ValueError(f"{what}: got {shown(got)}{meant}, expected one of {', '.join(allowed)}")


def require(holds: bool, knob: str, got: object, allowed: str) -> None:
    if not holds:
        raise ValueError(f"{knob}: got {shown(got)}, expected {allowed}")


def path(what: str, given: str | Path) -> Path:
    """A path as it was given, with the home that a `~` in it stands for."""
    try:
        return Path(given).expanduser()
    except RuntimeError:  # there is no such user, or nobody's home
        raise ValueError(f"{what}: got {shown(str(given))}, expected a path: there is no such home") from None


def check_range(knob: str, given: object, least: int, most: int) -> None:
    """One number, or two as text, the smaller first."""
    allowed = f'a whole number from {least} to {most} (4), or a range as text ("2-6")'
    if isinstance(given, str) and given.isdecimal():
        allowed = f"a number, not text ({knob}={given}): {allowed}"
    if isinstance(given, str):
        low, dash, high = given.partition("-")
        fits = bool(dash) and low.isdecimal() and high.isdecimal() and least <= int(low) < int(high) <= most
        require(fits and given == f"{int(low)}-{int(high)}", knob, given, allowed)
    else:
        require(type(given) is int and least <= given <= most, knob, given, allowed)


def values(knob: str, text: str, most: int) -> tuple[str, ...]:
    """ "1-4,6" → 1, 2, 3, 4, 6: what a command is to do each of."""
    found: list[str] = []
    for part in text.split(","):
        ends = re.fullmatch(r"(\d{1,9})-(\d{1,9})", part)
        low, high = map(int, ends.groups()) if ends else (0, 0)
        require(low <= high < low + most, knob, part, f"a range of at most {most} numbers, the smaller first")
        found += map(str, range(low, high + 1)) if ends else [part]
    require(all(found) and len(set(found)) == len(found), knob, text, "values with commas between (1-4,6), each once")
    return tuple(found)


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


def folder_name(name: str) -> str:
    """What `spell_name` gave, short enough for a folder: a long one ends in a digest, which cannot be read back."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 17]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def read_name(name: str, defaults: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The reverse of `spell_name`."""
    config, _, rest = name.partition("-")
    pairs = [pair.partition("=") for pair in rest.split(",")] if rest else []
    if not all(equals and knob in defaults for knob, equals, _ in pairs):
        return name, {}
    return config, {knob: parse(unquote_plus(text), defaults[knob]) for knob, _, text in pairs}


def same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b  # True is not 1


def fit(value: Any, default: object) -> Any:
    """`value` in the type of `default`, where both say the same."""
    if isinstance(default, float) and type(value) is int and abs(value) < 2**53:
        return float(value)
    if isinstance(default, list | tuple) and isinstance(value, list | tuple | str):
        return parse(value, default) if isinstance(value, str) else type(default)(value)
    return value


def settle(config: str, knobs: Mapping[str, Any], configs: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict]:
    """The shortest way to say the same: `default` with hops=4 is `hops_4`, so both share one cache and one id.

    `configs`: the knobs of each named configuration, the default one first.
    """
    base = next(iter(configs.values()), {})
    named: dict[str, Any] = {}
    if isinstance(config, str) and config not in configs:
        config, named = read_name(config, base)
    if not isinstance(config, str) or config not in configs:
        knob, _, text = str(config).rpartition("_")
        refuse("config", config, configs, hint=f"{knob}={text}" if knob in base and text else "")
    wanted = {**configs[config], **named}
    said = {knob: value for knob, value in wanted.items() if knob in named or not same(value, base[knob])}
    for knob, value in knobs.items():
        if knob not in wanted:
            refuse("knob", knob, wanted)
        value = fit(value, base[knob])
        if value is None:
            continue
        if knob in said and not same(value, said[knob]):
            raise ValueError(f"{knob}: got {shown(value)}, but the configuration {config!r} says {said[knob]!r}")
        wanted[knob] = value

    def difference(name: str) -> dict[str, Any]:
        return {knob: value for knob, value in wanted.items() if not same(value, configs[name][knob])}

    nearest = min([config, *configs], key=lambda name: len(difference(name)))
    return nearest, difference(nearest)
