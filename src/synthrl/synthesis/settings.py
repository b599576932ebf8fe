"""What a synthesis is asked to do: every number that the paper has, and what we add to it, as words name=value.

A preset is a set of settings, and words change it further: `--preset faithful samples=100`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from synthrl.knobs import parse, refuse, require, same

from .choose import RULES


@dataclass(frozen=True)
class Settings:
    samples: int = 500  # that the teacher is asked for
    demonstrations: int = 3  # of the task's own, shown with each request for a sample
    keywords: int = 10  # that passages are looked up by; 0: nothing is looked up
    passages: bool = True  # a sample is made from a passage, where the task names a corpus
    passage_length: int = 2048  # characters of a passage that are shown
    topics: bool = True  # where there is no passage, a keyword says what a sample is about
    copied: int = 40  # words in a row that a question may not have from its passage; 0: any number
    teacher_temperature: float = 0.7
    teacher_tokens: int = 4000  # at most, of a reply
    votes: int = 16  # re-answers by the teacher, beside its first answer; 0: that is believed
    agreement: float = 0.5  # the share of the votes that a label needs
    student_samples: int = 64
    student_temperature: float = 1.0
    student_top_p: float = 1.0
    student_tokens: int = 1024
    adapt: bool = True  # what is solved is rewritten harder, and what is not easier
    greedy: bool = False  # solved or not is told by one answer at temperature 0, not by the pass rate
    solved: float = 0.8  # from this pass rate on
    unsolved: float = 0.2  # up to this one
    confidence: float = 0.95  # that a rewrite is harder, or easier, for the student
    faithful: bool = False  # every rewrite is accepted, and a tie goes to the answer met first
    rule: str = "voted"  # of synthrl.selection, or hardest, easiest, random
    take: int = 500  # rows in the selection, and in its control
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            self._check(field.name, getattr(self, field.name), field.default)
        require(self.unsolved < self.solved, "unsolved", self.unsolved, f"less than solved={self.solved:g}")
        require(0.5 < self.confidence < 1, "confidence", self.confidence, "more than 0.5 and less than 1")
        require(self.student_top_p > 0, "student_top_p", self.student_top_p, "more than 0")
        if self.rule not in RULES:
            refuse("rule", self.rule, RULES)

    def _check(self, name: str, value: Any, default: Any) -> None:
        if isinstance(default, bool):
            require(isinstance(value, bool), name, value, "true or false")
        elif isinstance(default, int):
            least = int(name in POSITIVE)
            good = type(value) is int and least <= value and (value <= MOST or name == "seed")
            require(good, name, value, f"a whole number, {least} or more" + f" and at most {MOST:,}" * (name != "seed"))
        elif isinstance(default, float):
            most = 2.0 if name.endswith("temperature") else 1.0
            good = type(value) in (int, float) and 0 <= value <= most
            require(good, name, value, f"a number from 0 to {most:g}")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def teacher_sampling(self) -> dict[str, Any]:
        return {"temperature": self.teacher_temperature, "max_tokens": self.teacher_tokens}

    def student_sampling(self) -> dict[str, Any]:
        how = {"temperature": self.student_temperature, "max_tokens": self.student_tokens}
        return how if self.student_top_p == 1 else {**how, "top_p": self.student_top_p}


MOST = 1_000_000  # of anything that is counted: more is a slip of the finger, and would fill the memory
POSITIVE = ("samples", "passage_length", "teacher_tokens", "student_samples", "student_tokens", "take")
END = ("samples", "rule", "take")  # what may change in a folder: more samples, or another choice among the same rows

PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    # The paper's numbers. Where its text and its code differ, synthesis/README.md says which these are.
    "faithful": {
        "faithful": True,
        "topics": False,
        "copied": 0,
        "agreement": 0.0,
        "greedy": True,
        "student_temperature": 1.2,
        "student_top_p": 0.95,
        "student_tokens": 1500,
        "rule": "seldom_solved",
    },
    # The paper's baselines: the same with something left out, or chosen otherwise.
    "self_instruct": {"passages": False, "adapt": False, "rule": "random"},
    "no_adaptation": {"adapt": False},
    "hardest": {"rule": "hardest"},
    "easiest": {"rule": "easiest"},
    "random": {"rule": "random"},
}


def read(words: Iterable[str], preset: str = "default") -> Settings:
    """ "samples=100" → what a preset says, but for that."""
    if preset not in PRESETS:
        refuse("--preset", preset, PRESETS)
    base = Settings(**PRESETS[preset])
    given: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if name not in base.as_dict():
            refuse("setting", name, base.as_dict())
        require(bool(equals), "setting", word, f"{name}=VALUE")
        value = parse(text, getattr(base, name))
        if name in given and not same(given[name], value):
            raise ValueError(f"{name}: got {given[name]} and {value}, expected one of them")
        given[name] = value
    return replace(base, **given)
