"""A teacher's task file, and what is written for it: read, judged, made a row."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("httpx", reason="synthesis needs `pip install 'synthrl[synthesis]'`")

from synthrl import load_dataset, prompt, real, taskfile
from synthrl.answers import normalize, score_row
from synthrl.answers.choices import chosen
from synthrl.row import validate
from synthrl.synthesis import definition
from synthrl.synthesis.definition import Candidate, fault, row

MIRROR = Path(__file__).resolve().parents[2] / "shared" / "hub_mirror"
EXAMPLE = definition.new("my_task")
NO_MATH = importlib.util.find_spec("math_verify") is None
SHIPPED = [
    pytest.param(name, marks=pytest.mark.skipif(name == "math" and NO_MATH, reason="needs `synthrl[math]`"))
    for name in definition.SHIPPED
]
OTHER = {"number": "7777777", "math": "7777777", "choice": "E", "label": "perhaps"}


@pytest.fixture
def file(tmp_path):
    def write(text, name="my_task.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def task(**said):
    """A task without demonstrations, of which only what is said here matters."""
    base = definition.Definition("toy", "own", "d", "i", "o", "text", "set", (), 0, (), (), (), "0123")
    return definition.dataclass_replace(base, **said) if False else base.__class__(**{**vars(base), **said})


# those that ship


def test_there_are_eight():
    assert set(definition.SHIPPED) == {"gsm8k", "math", "gpqa", "medqa", "logiqa", "mednli", "consumer_contracts", "cfa"}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_right(name):
    found = definition.read(name)
    assert found.name == name and definition.faults(name) == []
    assert 3 <= len(found.demonstrations) <= 5 and all(each.solution for each in found.demonstrations)
    assert [hint.partition(":")[0] for hint in definition.hints(found)] == ["corpus"]
    for each, made in zip(found.demonstrations, definition.preview(found), strict=True):
        assert fault(found, each) == ""
        validate(made)
        assert prompt.asks_only(made) and made["kind"] == name
        assert score_row(made["solution"], made, strict=True).exact_match == 1
        others = [label for label in found.labels if label != made["answer"]]
        others += [letter for letter in "ABCDEFGHIJ"[: found.choices] if letter != made["answer"]]
        for other in [*others, OTHER[found.scorer]]:
            assert score_row(prompt.tagged(other), made).exact_match == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_answers_of_demonstrations_vary(name):
    answers = [made["answer"] for made in definition.preview(definition.read(name))]
    assert len(set(answers)) >= min(3, len(definition.read(name).labels) or 3)


def test_scorers_are_those_of_the_real_benchmarks():
    for name in ("gsm8k", "medqa"):
        found = definition.read(name)
        (benchmark,) = found.benchmark
        if not (MIRROR / real.BENCHMARKS[benchmark].repo).is_dir():
            pytest.skip("needs the mirror of the Hub, which is not public")
        rows = real.load(benchmark, repo=str(MIRROR / real.BENCHMARKS[benchmark].repo))
        assert {(each["scorer"], len(each["choices"])) for each in rows} == {(found.scorer, found.choices)}


@pytest.mark.parametrize("name", SHIPPED)
def test_no_demonstration_is_taken_from_a_benchmark(name):
    """No eight words in a row: idioms are shorter."""
    if not MIRROR.is_dir():
        pytest.skip("needs the mirror of the Hub, which is not public")
    known = mirrored()
    for each in definition.read(name).demonstrations:
        for text in (each.question, each.solution, *each.choices):
            assert not runs(text) & known


def runs(text, length=8):
    said = normalize(text).split()
    return {tuple(said[i : i + length]) for i in range(len(said) - length + 1)}


def mirrored(cache=[]):  # noqa: B006
    if not cache:
        loaded = [
            real.load(name, repo=str(MIRROR / each.repo), **({"split": "test"} if name == "morehopqa" else {}))
            for name, each in real.BENCHMARKS.items()
            if (MIRROR / each.repo).is_dir()
        ]
        texts = [text for rows in loaded for each in rows for text in (each["question"], each["solution"], *each["choices"])]
        assert len(texts) > 500
        cache.append(set().union(*map(runs, texts)))
    return cache[0]
