"""The Jinja environment in which a task's expressions and templates run: no attribute of Python, no float, no chance."""

from fractions import Fraction
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .arithmetic import FILTERS, FUNCTIONS, divide, power

_RANDOM_OR_UNSAFE = ("random", "float", "pprint", "xmlattr", "tojson", "urlize")


class Exact(ImmutableSandboxedEnvironment):
    """Division and powers are exact."""

    intercepted_binops = frozenset({"/", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        return divide(left, right) if operator == "/" else power(left, right)


def _told(value: Any) -> Any:
    """How a value stands in a text."""
    if isinstance(value, float | bool | list | dict) or value is None:
        raise TypeError(f"{value!r} cannot stand in a text: say how (|listed, 'yes' if … else 'no', number('0.5'))")
    return str(value) if isinstance(value, Fraction) else value


def environment() -> Exact:
    env = Exact(undefined=StrictUndefined, finalize=_told, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    for name in _RANDOM_OR_UNSAFE:
        env.filters.pop(name)
    del env.globals["lipsum"]
    env.globals.update(FUNCTIONS)
    env.filters.update(FILTERS)
    return env
