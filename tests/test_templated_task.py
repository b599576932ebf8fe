"""templated_task: files of one's own, what is refused of them, and what the tasks that ship have in common."""

import json
import pickle
import time
from collections import Counter
from fractions import Fraction

import pytest

from synthrl.dataset_builders.templated_task import arithmetic, domains, lint, scaffold, worker
from synthrl.dataset_builders.templated_task.audit import arithmetic as other
from synthrl.dataset_builders.templated_task.audit.check import check
from synthrl.dataset_builders.templated_task.builder import BUILDER, SUBJECTS, TASKS
from synthrl.dataset_builders.templated_task.task import Task, _scrambled

NAMELESS = """\
name: gcd
subject: own
description: The greatest common divisor.
input_format: Two numbers.
output_format: A whole number.
answer_type: integer
scorer: number
variables: {side: 2-9, a: 2-30, b: 2-30}
levels: {easy: {a: 2-9}, medium: {a: 10-19}, hard: {a: 20-49}}
derived: {x: side * a, y: side * b}
constraints: ["gcd(a, b) == 1"]
templates:
  - What is the greatest common divisor of {{ x }} and {{ y }}?
  - Find the largest number that divides both {{ x }} and {{ y }}.
  - Which is the greatest number by which {{ x }} and {{ y }} can both be divided?
answer: gcd(x, y)
solution:
  - {ask: What is it?, work: "{{ x }} = {{ side }} × {{ a }} and {{ y }} = {{ side }} × {{ b }}.", answer: "{{ side }}"}
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes `my_task.yaml` and opens it."""
    monkeypatch.chdir(tmp_path)

    def write(text=None, **knobs):
        (tmp_path / "my_task.yaml").write_text(text or scaffold.new("my_task"))
        return BUILDER(cache_dir=str(tmp_path / "cache"), task="./my_task.yaml", **knobs)

    return write


# numbers


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (arithmetic.divide(6, 3), 2),
        (arithmetic.divide(1, 3), Fraction(1, 3)),
        (arithmetic.power(2, -2), Fraction(1, 4)),
        (arithmetic.rounded(Fraction(5, 2)), 3),  # halves away from zero, unlike Python
        (arithmetic.rounded(Fraction(-5, 2)), -3),
        (arithmetic.rounded(Fraction(1005, 1000), 2), Fraction(101, 100)),
        (arithmetic.fixed(Fraction(31, 10)), "3.10"),
        (arithmetic.fixed(12345, 0), "12,345"),
        (arithmetic.fixed(Fraction(-1, 2), 1), "-0.5"),
        (arithmetic.decimal(Fraction(5, 4)), "1.25"),
        (arithmetic.money(1200), "$1,200"),
        (arithmetic.money(Fraction(5, 2)), "$2.50"),
        (arithmetic.percent(Fraction(1, 8)), "12.5%"),
        (arithmetic.radical(12), r"2\sqrt{3}"),
        (arithmetic.radical(49), "7"),
        (arithmetic.radical(7), r"\sqrt{7}"),
        (arithmetic.listed(["a", "b", "c"]), "a, b and c"),
        (arithmetic.ordinal(12), "12th"),
        (arithmetic.plural(1, "day"), "1 day"),
        (arithmetic.running([1, 2, 3]), [1, 3, 6]),
    ],
)
def test_arithmetic(said, value):
    assert said == value and type(said) is type(value)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (arithmetic.number, [0.5]),
        (arithmetic.divide, [1.0, 2]),
        (arithmetic.decimal, [Fraction(1, 3)]),
        (arithmetic.money, [Fraction(1, 3)]),
        (arithmetic.power, [10, 10**9]),
    ],
)
def test_what_is_not_exact_is_refused(function, arguments):
    with pytest.raises((TypeError, ValueError)):
        function(*arguments)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("It is 3 × (4 + 1) = 15.", 0),
        ("It is $1,200 ÷ 3 = $400 a day.", 0),
        ("It is 10 ÷ 3 ≈ 3.33.", 0),
        ("It is 2^5 = 32, and 796 − 849 = -53.", 0),
        ("It is 3 × 4 = 13.", 1),
        ("It is 10 ÷ 3 ≈ 3.34.", 1),
        ("It is 1/2 = 0.4, or 1 + 1 = 3.", 2),
    ],
)
def test_equations_are_read_and_judged(text, wrong):
    assert len(list(other.wrong_equations(text))) == wrong


def test_both_ways_to_round_agree():
    for top in range(-40, 41):
        for places in (0, 1, 2):
            assert arithmetic.rounded(Fraction(top, 16), places) == other.nearest(Fraction(top, 16), places)


# draws


@pytest.mark.parametrize(
    ("said", "size"),
    [("2-9", 8), ("10-90 by 20", 5), (["a", "b"], 2), ("3 of 2-4", 27), ("3 different of 2-4", 6), ("5 person", 1)],
)
def test_each_draw_of_a_variable_has_a_number(said, size):
    domain = domains.read("x", said)
    assert domain.size == size
    if not isinstance(domain, domains.Named):
        assert len({str(domain.at(n)) for n in range(size)}) == size


def test_numbers_are_scrambled_one_to_one():
    assert sorted(_scrambled(1000, (1, "x"), n) for n in range(1000)) == list(range(1000))


# tasks that ship


@pytest.mark.parametrize("name", TASKS)
def test_a_shipped_task_has_no_fault_and_a_check(name, monkeypatch):
    monkeypatch.setattr(lint, "ROWS", 6)
    task = Task(TASKS[name].read_text(encoding="utf-8"), name)
    assert (task.name, task.subject) == (name, TASKS[name].parent.name)
    assert {"read", "answer"} <= set(task.said["check"])
    assert lint.faults(task) == []


def test_names_of_tasks_and_subjects_are_different():
    assert not set(TASKS) & set(SUBJECTS) and len(TASKS) >= 20


def test_tasks_and_levels_take_turns(tmp_path):
    rows = list(BUILDER(cache_dir=str(tmp_path)).rows("train", 0, 6 * len(TASKS)))
    assert set(Counter((row["kind"], row["level"]) for row in rows).values()) == {2}


def test_what_is_right_stands_anywhere(tmp_path):
    """Of three numbers the right one is the least, the middle and the greatest equally often."""
    rows = list(BUILDER(cache_dir=str(tmp_path), task="finance").rows("train", 0, 900))
    ranks = Counter(
        sorted(row["choices"], key=lambda c: float(c.strip("$%").replace(",", ""))).index(row["answer"]) for row in rows
    )
    assert set(ranks) == {0, 1, 2} and min(ranks.values()) > 250


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"answer": "1", "answers": [["1"]], "solution": "It is 1.\nSo the answer is <answer>1</answer>"},
            "answered anew",
        ),
        ({"hops": 9}, "hops is 9"),
        ({"choices": ["1", "2"]}, "choices"),
        ({"solution": "So it is."}, "does not end"),
    ],
)
def test_a_wrong_row_is_found(tmp_path, change, says):
    (row,) = BUILDER(cache_dir=str(tmp_path), task="tickets").rows("train", 5, 6)
    assert check(row) == []
    assert says in " ".join(check({**row, **change}))


def test_a_wrong_working_is_found(tmp_path):
    (row,) = BUILDER(cache_dir=str(tmp_path), task="tickets").rows("train", 5, 6)
    assert "does not hold" in " ".join(check({**row, "solution": row["solution"].replace(" = ", " = 1", 1)}))


# files of one's own


def test_the_example_is_a_good_task(own):
    builder = own()
    assert lint.lint("./my_task.yaml") == []
    rows = list(builder.rows("train", 0, 120))
    assert {row["level"] for row in rows} == {"easy", "medium", "hard"}
    assert json.loads(rows[0]["meta"])["task"] == "./my_task.yaml"
    assert list(builder.rows("train", 77, 79)) == rows[77:79]
    assert [row["kind"] for row in scaffold.preview("./my_task.yaml")] == ["my_task"] * 9


def test_an_edited_file_is_another_dataset(own):
    one = own()
    two = own(scaffold.new("my_task").replace("price: 5-40", "price: 5-41"))
    assert one.config_id != two.config_id and one.cache_dir != two.cache_dir
    assert one._file in pickle.dumps(
        one
    )  # a worker of `datasets` reads what was read here, not what stands there by then
    with pytest.raises(ValueError, match="digest"):
        BUILDER(config_name=one.config_id, cache_dir="cache")


def test_built_and_streamed_are_the_same(own):
    builder = own(train=60, validation=0, test=0, heldout_phrasing=4)
    builder.download_and_prepare()
    streamed = builder.as_streaming_dataset(split="train")
    assert list(builder.as_dataset(split="train")) == list(streamed)


def test_a_task_without_names_never_repeats_itself(own):
    builder = own(NAMELESS, train=120, validation=12, test=12, heldout_phrasing=12)
    rows = [row for split, size in builder.sizes().items() for row in builder.rows(split, 0, size)]
    pairs = {tuple(sorted(word.strip("?.") for word in row["question"].split() if word[0].isdigit())) for row in rows}
    assert len(pairs) > 0.9 * len(rows)  # 6 and 9 may be asked as 9 and 6
    assert len({row["question"] for row in rows}) == len(rows)
    with pytest.raises(ValueError, match=r"train: got 5000, expected at most \d+: gcd has no more"):
        own(NAMELESS, train=5000)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("answer: had - spent", "answer: had - spend", "answer: 'spend' is not defined"),
        ("answer: had - spent", "answer: had - * spent", "answer: unexpected"),
        ("answer: had - spent", "answer: had - spent * 0.5", "expected integer"),
        ("answer: had - spent", "answer: had / 7", "expected integer"),
        ("answer: had - spent", "answer: had.__class__", "expected integer"),
        ("answer: had - spent", "answer: 'had) %}x{% set z = (spent'", "is no expression"),
        ("  - price != extra", "  - price > 1000", "no draw for row 0 fits"),
        ("  - price != extra", "  - price / 0", "ZeroDivisionError"),
        ("buyer: person", "buyer: 65 person", "at most 64"),
        ("buyer: person", "buyer: person\n  books: 16 work", "at most 16"),
        ("price: 5-40", "price: 9-5", "variables: price: got '9-5'"),
        ("hard: {price", "harder: {price", "levels: got easy, medium, harder"),
        ("scorer: number", "scorer: numbers", "scorer: got 'numbers'"),
        ("scorer: number", "scorer: [number", "parsing"),
        ("scorer: number", "scorer: choice", "distractors or options"),
        ("derived:", "wanted: 1\nderived:", "got wanted"),
        ("  extra: 3-30", "  yes: 3-30", "variables: got True"),
        ("{{ buyer }} has $", "{% include 'x' %}{{ buyer }} has $", "stands alone"),
        ("How many dollars are left?", "{{ 'x' * 10000000000 }}", "memory"),
        ("How many dollars are left?", "{{ '%09999999d' % 1 }}", "20,000 characters"),
        ("  - >-\n    How much does", "  - Nothing?\n  - >-\n    How much does", "3 names none of buyer"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_in_one_line(own, old, new, says):
    text = scaffold.new("my_task")
    assert old in text
    with pytest.raises(ValueError) as caught:
        own(text.replace(old, new, 1)).foresee()
    said = str(caught.value)
    assert said.startswith("task: ./my_task.yaml: ") and says in said and "\n" not in said


def test_what_does_not_end_is_ended(own, monkeypatch):
    monkeypatch.setattr(worker, "SECONDS", 2)
    endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    start = time.monotonic()
    with pytest.raises(ValueError, match="took more than 2 seconds"):
        own(scaffold.new("my_task").replace("How many dollars are left?", endless + "How many are left?")).foresee()
    assert time.monotonic() - start < 15


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  left: 1-50", "  left: 1-50\n  more: 2-5", "more is never used"),
        ("answer: had - spent", "answer: had - spent - left", "the answer is '0'"),
        ("How many dollars are left?", "How many dollars are left (${{ left }})?", "stands in templates: 1"),
        ('answer: "${{ left }}"', 'answer: "some"', "does not end in the answer"),
        ("{{ count }} {{ thing }}s and one", "some {{ thing }}s and one", "templates: 2 drops count"),
        ("  price: 5-40\n  count: 2-6\n  extra: 3-30\n  left: 1-50", "  price: [5, 6]\n  count: 2-3\n  extra: 3-4\n  left: 1-5", "fewer than 500"),
        ("n + extra + count * price", "n + extra + count * price + 1", "answered anew"),
    ],
)  # fmt: skip
def test_lint_finds(monkeypatch, old, new, says):
    monkeypatch.setattr(lint, "ROWS", 20)
    text = scaffold.new("my_task")
    assert old in text
    assert says in " ".join(lint.faults(Task(text.replace(old, new, 1), "my_task")))


def test_a_file_that_is_none():
    with pytest.raises(ValueError, match="cannot be read"):
        worker.read("./nowhere.yaml")
    assert "cannot be read" in lint.lint("./nowhere.yaml")[0]
