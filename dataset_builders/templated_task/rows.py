"""Rows of some tasks: which task, level and phrasing row i has, and the row itself."""

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from synthrl import prompt
from synthrl.seeding import Stream

from . import blame
from .blame import Fault
from .domains import Names
from .task import LEVELS, LONGEST, Drawn, Task, Told

SPLITS = ("train", "validation", "test", "heldout_phrasing")
EXPECTED = {
    "integer": "integer, a whole number",
    "number": "number, whole or a fraction",
    "text": "text",
    "names": "names, a list of one text or more",
}


class Rows:
    """The rows of `tasks`, which take turns, as the levels do."""

    def __init__(self, tasks: Sequence[Task], level: str, seed: int) -> None:
        self.tasks, self.seed = tasks, seed
        self.levels = LEVELS if level == "all" else (level,)
        self._names: dict[str, Names] = {}

    def capacity(self) -> tuple[int, str]:
        """How many rows a split can have, and the task that has no more."""
        least = min((task.capacity(level), task.name) for task in self.tasks for level in self.levels)
        return min(1 << 25, least[0] * len(self.tasks) * len(self.levels)), least[1]

    def row(self, split: str, i: int, prefix: str) -> dict[str, Any]:
        round_, turn = divmod(i, len(self.tasks))
        index, _ = divmod(round_, len(self.levels))
        task, level = self.tasks[turn], self.levels[(round_ + turn) % len(self.levels)]
        key = (self.seed, task.name, level, split, i)
        random = Stream("templated_task", *key)
        held = len(task.templates) - 1
        template = held if split == "heldout_phrasing" else random.below(held)
        try:
            drawn = self._drawn(task, level, split, i, index, key, random)
            told = task.tell(drawn.values, template)
            return self._dressed(task, level, template, drawn, told, f"{prefix}/{i}")
        except Fault as fault:
            raise task.fail(f"level {level}, row {i} of {split}: {fault}") from None

    def _drawn(
        self, task: Task, level: str, split: str, i: int, index: int, key: tuple[object, ...], random: Stream
    ) -> Drawn:
        shelf = SPLITS.index(split)
        if split not in self._names:
            self._names[split] = Names(self.seed, shelf)
        names = self._names[split].of(task.named_at(level), i)
        luck = random.random()

        def draws() -> Iterator[dict[str, Any]]:
            return ({**task.points(level, n), **names} for n in task.numbers(level, key, shelf, index))

        for variables in draws():
            if drawn := task.draw(variables, random, luck):
                return drawn
        raise Fault(f"no draw fits: {task.refusals(draws(), luck)}")

    def _dressed(self, task: Task, level: str, template: int, drawn: Drawn, told: Told, id_: str) -> dict[str, Any]:
        answers = [task.shown(value) for value in _answers(task, drawn)]
        choices = [task.shown(value) for value in drawn.choices]
        answer = ", ".join(answers)
        lines = [work for _, work, _ in told.steps]
        if max(len(told.question), *map(len, lines)) > LONGEST:
            raise Fault(f"a text of more than {LONGEST:,} characters")
        return {
            "id": id_,
            "prompt": prompt.chat(prompt.user(told.question, "", choices)),
            "question": told.question,
            "context": {"title": [], "sentences": []},
            "choices": choices,
            "answers": [[answer] for answer in answers],
            "answer": answer,
            "scorer": task.scorer,
            "hops": len(told.steps),
            "kind": task.name,
            "level": level,
            "answerable": True,
            "steps": [{"question": ask, "answer": found, "title": ""} for ask, _, found in told.steps],
            "supporting_facts": {"title": [], "sent_id": []},
            "solution": "\n".join([*lines, f"So the answer is {prompt.tagged(answer)}"]),
            "meta": json.dumps({"task": task.where, "subject": task.subject, "template": template, "seed": self.seed}),
        }


def _answers(task: Task, drawn: Drawn) -> list[Any]:
    """The answers to be named, each of the type that the task says."""
    answer = drawn.answer
    fits = {
        "integer": type(answer) is int,
        "number": type(answer) in (int, Fraction),
        "text": isinstance(answer, str),
        "names": isinstance(answer, list) and bool(answer) and all(isinstance(name, str) for name in answer),
    }
    if not fits[task.type]:
        text = str(task.said["answer"])
        came = blame.drawn(task, f"{{{{ ({text}) }}}}", drawn.values)
        raise Fault(f"answer: got {blame.shown(answer)}, expected {EXPECTED[task.type]}{came}")
    return answer if isinstance(answer, list) else [answer]
