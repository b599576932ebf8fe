"""A task: one YAML file, read, judged and compiled.

All expressions of a task are compiled into one Jinja template that works them out in order, and all that is said into a
second one. No expression is ever Python's.
"""

import functools
import itertools
import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import shake_128
from typing import Any, NamedTuple

import jinja2
from jinja2 import meta, nodes

from synthrl.seeding import Scramble, Stream
from synthrl.taskfile import SAID_BY_BOTH, TEMPLATE, TYPES, loaded, require_generator

from . import blame
from .arithmetic import exact
from .blame import ERRORS, Fault
from .domains import UNIQUE, Domain, Named, lucky, most_names, read
from .sandbox import environment

LEVELS = ("easy", "medium", "hard")
SCORERS = ("set", "number", "math", "choice", "label")
REQUIRED = [*SAID_BY_BOTH, *"variables levels templates answer solution".split()]
OPTIONAL = "generator derived constraints distractors choices options labels show check".split()
_STEP = ("ask", "work", "answer")
LONGEST = 20_000  # characters of anything that is rendered
_TRIES = 5_000  # draws until one fits, where names tell rows apart
_BEYOND_CHANCE = 1 << 100  # draws, of which no two rows will ever get the same
_FEW = 50_000  # draws that can all be tried
_SAMPLES = 12  # of wrong numbers, before other ones are drawn
_CUT = "\x1f"  # between the parts of what is rendered
_SPLITS = 4
_TOLD = 300  # draws that are looked at to tell why none fits


class Drawn(NamedTuple):
    """The values of one row, as they are before anything is said."""

    values: dict[str, Any]
    answer: Any
    choices: list[Any]


class Told(NamedTuple):
    question: str
    steps: list[tuple[str, str, str]]  # question, working, answer


class Task:
    """A task's file, compiled. What is wrong with it is one ValueError."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.said = self._mapping(text)
        self.name, self.subject, self.scorer = (str(self.said[key]) for key in ("name", "subject", "scorer"))
        self.type = self.said["answer_type"]
        self.labels: list[str] = self._list("labels")
        self.options: list[str] = self._list("options")
        self.distractors: list[str] = self._list("distractors")
        self.templates: list[str] = self._list("templates")
        self.constraints: list[str] = self._list("constraints")
        self.derived: dict[str, str] = {name: str(text) for name, text in (self.said.get("derived") or {}).items()}
        self._check()
        self.domains = {level: self._domains(level) for level in LEVELS}
        self.unique = all(any(d.kind in UNIQUE for _, d in self.named_at(level)) for level in LEVELS)
        self.env = environment()

    # reading

    def fail(self, what: str) -> ValueError:
        return ValueError(f"task: {self.where}: {' '.join(what.split())}")

    def _mapping(self, text: str) -> dict[str, Any]:
        try:
            said = loaded(text)
            require_generator(said, TEMPLATE)
        except ValueError as error:
            raise self.fail(str(error)) from None
        if missing := [key for key in REQUIRED if not said.get(key)]:
            raise self.fail(f"it has no {', '.join(missing)}")
        if unknown := sorted(set(map(str, said)) - {*REQUIRED, *OPTIONAL}):
            raise self.fail(f"got {', '.join(unknown)}, expected only {', '.join([*REQUIRED, *OPTIONAL])}")
        return said

    def _list(self, key: str) -> list[str]:
        found = self.said.get(key) or []
        if not isinstance(found, list) or any(isinstance(item, dict | list | bool) for item in found):
            raise self.fail(f"{key}: got {found!r}, expected a list of texts (yes and no in quotes)")
        return [str(item) for item in found]

    def _check(self) -> None:
        said = self.said
        for key, got, allowed in (("scorer", self.scorer, SCORERS), ("answer_type", self.type, TYPES)):
            if got not in allowed:
                raise self.fail(f"{key}: got {got!r}, expected one of {', '.join(allowed)}")
        if len(self.templates) < 3:
            raise self.fail(f"templates: got {len(self.templates)}, expected three or more: the last is held out")
        if not isinstance(said["variables"], dict) or not isinstance(said["levels"], dict):
            raise self.fail("variables and levels: expected a mapping each")
        for name in [*said["variables"], *self.derived]:
            if not isinstance(name, str) or not name.isidentifier() or name.endswith("_"):
                raise self.fail(
                    f"variables: got {name!r}, expected names of letters (yes, no, true and false in quotes are no names)"
                )
        if set(said["levels"]) != set(LEVELS):
            raise self.fail(f"levels: got {', '.join(map(str, said['levels']))}, expected {', '.join(LEVELS)}")
        given = [key for key, items in (("distractors", self.distractors), ("options", self.options)) if items]
        if len(given) != (self.scorer == "choice"):
            raise self.fail(f"distractors or options: got {given}, expected one of both for scorer choice, else none")
        if bool(self.labels) != (self.scorer == "label"):
            raise self.fail(f"labels: got {self.labels}, expected a list for scorer label, else none")
        if 1 in (len(self.labels), len(self.options)):
            raise self.fail(f"labels or options: got only {[*self.labels, *self.options]}, expected two or more")
        self.choices = said.get("choices", 4) if self.distractors else len(self.options)
        if type(self.choices) is not int or (self.distractors and not 1 < self.choices <= len(self.distractors) + 1):
            raise self.fail(f"choices: got {self.choices!r}, with {len(self.distractors)} distractors")
        for step in said["solution"]:
            if not isinstance(step, dict) or not set(_STEP) <= set(step) <= {*_STEP, "when"}:
                raise self.fail(f"solution: got {step!r}, expected ask, work and answer (and when, if not always)")

    def _domains(self, level: str) -> dict[str, Domain]:
        variables, changed = self.said["variables"], self.said["levels"][level] or {}
        if unknown := [name for name in changed if name not in variables]:
            raise self.fail(f"levels: {level}: {', '.join(unknown)} is no variable")
        try:
            found = {name: read(name, changed.get(name, said)) for name, said in variables.items()}
        except ValueError as error:
            raise self.fail(str(error)) from None
        named = [domain for domain in found.values() if isinstance(domain, Named)]
        wanted = sum(domain.many or 1 for domain in named)
        if named and wanted > (most := most_names([domain.kind for domain in named])):
            raise self.fail(f"variables: got {wanted} names at level {level}, expected at most {most}")
        return found

    # compiling

    def expressions(self) -> list[tuple[str, str]]:
        """Every expression, with the key it stands under."""
        return [
            *((f"derived: {name}", text) for name, text in self.derived.items()),
            *((f"constraints: {number}", text) for number, text in enumerate(self.constraints, start=1)),
            ("answer", str(self.said["answer"])),
            *(("distractors", text) for text in self.distractors),
            *(("options", text) for text in self.options),
            *(("show", str(self.said["show"])) for _ in ("show",) if "show" in self.said),
            *((f"solution: step {n}: when", str(step["when"])) for n, step in self.steps() if "when" in step),
        ]

    def texts(self) -> list[tuple[str, str]]:
        """Every template, with the key it stands under."""
        return [
            *((f"templates: {number}", text) for number, text in enumerate(self.templates, start=1)),
            *((f"solution: step {n}: {key}", str(step[key])) for n, step in self.steps() for key in _STEP),
        ]

    def steps(self) -> Iterator[tuple[int, dict[str, Any]]]:
        return enumerate(self.said["solution"], start=1)

    def syntax(self) -> None:
        """Raise if a piece does not parse by itself: joined, one could end what another began."""
        for key, text in [*((k, f"{{% set x = ({t}\n) %}}") for k, t in self.expressions()), *self.texts()]:
            try:
                parsed = self.env.parse(text)
                meta.find_undeclared_variables(parsed)  # knows the names of filters as well
            except jinja2.TemplateSyntaxError as error:
                hint = (
                    ": an expression has no loop, see pick, over and zip" if "got 'for'" in str(error.message) else ""
                )
                raise self.fail(f"{key}: {error.message} in {text!r}{hint}") from None
            if text.startswith("{% set x = (") and len(parsed.body) != 1:
                raise self.fail(f"{key}: {text!r} is no expression")
            if any(parsed.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))):
                raise self.fail(f"{key}: a template stands alone")
            for node in parsed.find_all((nodes.Const, nodes.Getattr)):
                if isinstance(node, nodes.Const) and isinstance(node.value, float):
                    raise self.fail(f"{key}: {node.value} is a float and not exact: write number('{node.value}')")
                if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                    raise self.fail(f"{key}: {node.attr} is a private attribute, which no task may use")

    @functools.cached_property
    def _program(self) -> jinja2.Template:
        """Works out the derived values, then whether they fit, and then what is asked for."""
        fits = " and ".join(f"({text})" for text in self.constraints) or "true"
        lines = [f"{{% set {name} = ({text}) %}}" for name, text in self.derived.items()]
        others = [*self.distractors, *self.options]
        lines += [
            f"{{% set fits_ = ({fits}) %}}{{% if fits_ %}}",
            f"{{% set answer_ = ({self.said['answer']}) %}}{{% set others_ = [{', '.join(f'({o})' for o in others)}] %}}",
            "{% endif %}",
        ]
        return self._compiled("derived, constraints, answer or distractors", "".join(lines))

    @functools.cached_property
    def _text(self) -> jinja2.Template:
        parts = [f"{{% if template_ == {n} %}}{text}\n{{% endif %}}" for n, text in enumerate(self.templates)]
        for step in self.said["solution"]:
            told = _CUT + _CUT.join(str(step[key]) for key in _STEP)
            parts.append(f"{{% if ({step['when']}) %}}{told}{{% endif %}}" if "when" in step else told)
        return self._compiled("templates or solution", "".join(parts))

    @functools.cached_property
    def _show(self) -> Callable[..., Any] | None:
        return self.env.compile_expression(str(self.said["show"])) if "show" in self.said else None

    def _compiled(self, what: str, source: str) -> jinja2.Template:
        try:
            template = self.env.from_string(source)
        except (jinja2.TemplateError, RecursionError) as error:
            raise self.fail(f"{what}: {error}") from None
        template.globals = dict(template.globals)  # Jinja's chain of maps is slow to copy, and each row copies it
        return template

    # drawing

    @functools.cached_property
    def _sizes(self) -> dict[str, list[tuple[str, Domain, int]]]:
        return {
            level: [(name, d, d.size) for name, d in of_level.items() if not isinstance(d, Named)]
            for level, of_level in self.domains.items()
        }

    @functools.cache  # noqa: B019
    def named_at(self, level: str) -> list[tuple[str, Named]]:
        return [(name, domain) for name, domain in self.domains[level].items() if isinstance(domain, Named)]

    def space(self, level: str) -> int:
        """How many draws of the variables there are, names apart."""
        return math.prod(size for _, _, size in self._sizes[level])

    @functools.cache  # noqa: B019
    def pool(self, level: str) -> Sequence[int]:
        """The draws that may become rows: those that fit, where they are few enough to try all."""
        space = self.space(level)
        if self.unique or space > _FEW:
            return range(space)
        names = self._stand_ins(level)
        return [n for n in range(space) if self._worked_out({**names, **self.points(level, n)})]

    def points(self, level: str, number: int) -> dict[str, Any]:
        """The variables, names apart, of draw `number`."""
        found = {}
        for name, domain, size in self._sizes[level]:
            number, index = divmod(number, size)
            found[name] = domain.at(index)  # type: ignore[union-attr]
        return found

    @functools.cache  # noqa: B019
    def tries(self, level: str) -> int:
        """How many draws belong to one row: so many that one fits as good as surely."""
        if self.unique or self.space(level) > _BEYOND_CHANCE:
            return _TRIES
        names, pool = self._stand_ins(level), self.pool(level)
        rows = 300 * max(1, len(self.labels) or self.choices) if pool else 0
        fit = sum(self._fits({**names, **self.points(level, pool[_drawn(len(pool), n)])}, n) for n in range(rows))
        if not fit:
            every = ({**names, **self.points(level, n)} for n in range(self.space(level)))
            raise Fault(f"no draw fits: {self.refusals(every, Stream('fit', 0).random())}")
        if fit < rows:
            return math.ceil(40 / -math.log1p(-0.8 * fit / rows))
        # Of a small space all draws were tried for the constraints; of a large one a rare refusal was perhaps not met.
        return 1 if self.space(level) <= _FEW else 9

    def _fits(self, variables: dict[str, Any], number: int) -> bool:
        random = Stream("fit", number)
        return self.draw(variables, random, random.random()) is not None

    def _stand_ins(self, level: str) -> dict[str, Any]:
        return {name: "Nemo" if d.many is None else ["Nemo"] * d.many for name, d in self.named_at(level)}

    def capacity(self, level: str) -> int:
        """Rows of this level that each of the splits can have, so that none asks what another asks."""
        try:
            return 1 << 25 if self.unique else len(self.pool(level)) // (_SPLITS * self.tries(level))
        except Fault as fault:
            raise self.fail(f"level {level}: {fault}") from None

    def numbers(self, level: str, key: tuple[object, ...], split: int, index: int) -> Any:
        """The draws that belong to row `index` of this level: no other row's, where no name tells rows apart."""
        space = self.space(level)
        if self.unique or space > _BEYOND_CHANCE:
            return (_drawn(space, *key, n) for n in range(_TRIES))
        pool, tries = self.pool(level), self.tries(level)
        start = (index * _SPLITS + split) * tries
        return (pool[_scrambled(len(pool), key[:3], n)] for n in range(start, start + tries))

    def draw(self, variables: dict[str, Any], random: Stream, luck: float) -> Drawn | None:
        """What `variables` come to; None where that does not fit.

        `luck` is the row's own and says which of the labels or options is to be right: each is equally often.
        """
        values = self._worked_out(variables)
        if not values:
            return None
        values["answer_"] = exact(values["answer_"])  # 1/2 + 1/2 is whole
        try:
            return self._right(values, random, luck)
        except TypeError as error:  # what cannot be compared
            raise Fault(f"answer, distractors or options: {blame.said(error)}") from None

    def _right(self, values: dict[str, Any], random: Stream, luck: float) -> Drawn | None:
        """With its choices, if what is right is what it is to be now."""
        answer, others = values["answer_"], values["others_"]
        if self.labels:
            return Drawn(values, answer, []) if answer == lucky(self.labels, luck) else None
        if self.options:
            if answer != lucky(others, luck) or len(set(others)) < len(others):
                return None
            random.shuffle(others)
            return Drawn(values, answer, others)
        if not self.distractors:
            return Drawn(values, answer, [])
        choices = self._choices(answer, others, random, luck)
        return Drawn(values, answer, choices) if choices else None

    def _worked_out(self, variables: dict[str, Any]) -> dict[str, Any] | None:
        """All values of a draw; None where a constraint does not hold."""
        template = self._program
        context = template.new_context(variables)
        try:
            deque(template.root_render_func(context), 0)
        except ERRORS as error:
            raise blame.of_values(self, variables, error) from None
        return {**variables, **context.vars} if context.vars["fits_"] else None

    def _choices(self, answer: Any, others: list[Any], random: Stream, luck: float) -> list[Any]:
        """The answer among wrong ones. Of numbers it is the least, the greatest and all between equally often.

        Wrong numbers gather around the right one, and that would give it away: which of the gaps between the choices is
        the smallest is drawn as well.
        """
        others = [other for other in dict.fromkeys(others) if other != answer]
        wanted = self.choices - 1
        if isinstance(answer, str):
            found = [answer, *random.sample(others, wanted)]
        else:
            less, more, below, gap = self.sides(answer, others, luck)
            if len(less) < below or len(more) < wanted - below:
                return []
            for _ in range(_SAMPLES):
                found = [answer, *random.sample(less, below), *random.sample(more, wanted - below)]
                if _closest_gap(found) == gap:
                    break
            else:
                return []
        if len(found) <= wanted or len(set(map(self.shown, found))) <= wanted:
            return []
        random.shuffle(found)
        return found

    def sides(self, answer: Any, others: list[Any], luck: float) -> tuple[list[Any], list[Any], int, int]:
        """The wrong numbers below and above the answer, how many of the lower ones are wanted, and the smallest gap."""
        if answer > 0:
            others = [other for other in others if other > 0]  # nobody would take another one for it
        below, gap = lucky(list(itertools.product(range(self.choices), range(self.choices - 1))), luck)
        return [other for other in others if other < answer], [other for other in others if other > answer], below, gap

    def refusals(self, draws: Iterable[dict[str, Any]], luck: float) -> str:
        """Why draws do not fit, and how often it is that: the slow way, for a message."""
        whys = Counter(blame.refusal(self, variables, luck) for variables in itertools.islice(draws, _TOLD))
        return "; ".join(f"{why} ({times} of {whys.total()} draws)" for why, times in whys.most_common(3))

    # saying

    def shown(self, value: Any) -> str:
        """An answer or choice as it is written."""
        try:
            text = self._show(value=value) if self._show else value
            return str(self.env.finalize(text))  # type: ignore[misc]
        except ERRORS as error:
            raise Fault(f"{'show' if self._show else 'answer'}: of {value!r}: {blame.said(error)}") from None

    def tell(self, values: dict[str, Any], template: int) -> Told:
        text = self._text
        context = text.new_context({**values, "template_": template})
        try:
            question, *rest = "".join(text.root_render_func(context)).split(_CUT)
        except ERRORS as error:
            raise blame.of_texts(self, values, template, error) from None
        parts = [part.strip() for part in rest]
        return Told(question.strip(), list(zip(parts[::3], parts[1::3], parts[2::3], strict=True)))


def _closest_gap(numbers: list[Any]) -> int:
    """Which two neighbours are closest, by their ratio where they have one: 0 for the two least."""
    ranked = sorted(numbers)
    gaps = [high / low if ranked[0] > 0 else high - low for low, high in itertools.pairwise(ranked)]
    return gaps.index(min(gaps))


def _drawn(space: int, *key: object) -> int:
    """A number below `space`, however large that is."""
    return int.from_bytes(shake_128(repr(key).encode()).digest(space.bit_length() // 8 + 9), "big") % space


@functools.cache
def _scramble(space: int, key: tuple[object, ...]) -> Scramble:
    return Scramble(max(2, (space - 1).bit_length()), "templated_task", *key)


def _scrambled(space: int, key: tuple[object, ...], number: int) -> int:
    """A bijection of the numbers below `space`: what falls outside is scrambled on until it falls inside."""
    scramble = _scramble(space, key)
    number = scramble(number)
    while number >= space:
        number = scramble(number)
    return number
