"""fiction_arithmetic: what is particular to its rows; what every dataset promises is tested for all of them."""

import copy
import json
import re
from collections import Counter
from fractions import Fraction

import pytest

from synthrl import prompt
from synthrl.dataset_builders.fiction_arithmetic import builder as module
from synthrl.dataset_builders.fiction_arithmetic.audit import grammar, logic
from synthrl.dataset_builders.fiction_arithmetic.audit.check import check
from synthrl.dataset_builders.fiction_arithmetic.equations import Quantity, equation, solve
from synthrl.dataset_builders.fiction_arithmetic.settings import SETTINGS
from synthrl.dataset_builders.fiction_arithmetic.wording import FRAMES


@pytest.fixture
def make(tmp_path):
    return lambda **knobs: module.BUILDER(cache_dir=str(tmp_path), **knobs)


def rows(builder, stop, split="train"):
    return list(builder.rows(split, 0, stop))


def sentences(row):
    return [sentence for paragraph in row["context"]["sentences"] for sentence in paragraph]


@pytest.mark.parametrize("operations", [2, 5, 13, 30])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_as_many_operations_as_asked(make, operations, direction):
    for row in rows(make(operations=operations, direction=direction), 12):
        assert (row["hops"], len(row["steps"]), row["kind"]) == (operations, operations, direction)
        assert check(row) == []


def test_every_setting_and_relation_comes_up(make):
    metas = [json.loads(row["meta"]) for row in rows(make(operations="6-10"), 300)]
    assert {meta["setting"] for meta in metas} == {setting.place for setting in SETTINGS}
    assert {relation for meta in metas for relation in meta["relations"]} == FRAMES.keys() - {"value"}
    assert len(SETTINGS) >= 10


def test_the_words_of_a_setting_are_what_the_sentences_need():
    for setting in SETTINGS:
        verbs = (setting.stock, setting.gone, setting.left)
        assert len(set(verbs)) == 3 and all(verb.isalpha() and verb[-1] == "s" for verb in verbs), setting.place
        assert len(set(setting.goods)) == len(set(setting.bulk)) == 8, setting.place
        assert not re.search(r" (?:and|as|than|that) ", " ".join((*setting.goods, *setting.bulk, setting.collective)))


def test_a_wording_is_kept_for_the_heldout_split(make):
    slots = dict.fromkeys(("A", "B", "B0", "B1"), "the number of .+") | {"k": r"[\w ,]+"}
    kept = [re.sub(r"\{(\w+)\}", lambda m: slots.get(m[1], ".+"), frames[3]) for frames in FRAMES.values()]
    pattern = re.compile("|".join(kept), re.IGNORECASE)
    assert all(pattern.fullmatch(s) for row in rows(make(), 100, "heldout_phrasing") for s in sentences(row))
    assert not any(pattern.fullmatch(s) for row in rows(make(), 100) for s in sentences(row))
    assert all(len(set(frames)) == 4 for frames in FRAMES.values())


@pytest.mark.parametrize(("knobs", "most"), [({}, 10_000), ({"largest": 100}, 100), ({"answers": "fractions"}, 10_000)])
def test_numbers_stay_in_their_range(make, knobs, most):
    for row in rows(make(**knobs), 60):
        stated = [grammar.number(n) for s in sentences(row) for n in re.findall(r"\d[\d,]*(?:/\d+)?", s)]
        assert all(0 < value <= most for value in [*stated, grammar.number(row["answer"])])
        assert knobs.get("answers") or all(value.denominator == 1 for value in stated)


def test_fractions_are_asked_for(make):
    answers = [grammar.number(row["answer"]) for row in rows(make(answers="fractions"), 200)]
    assert sum(answer.denominator > 1 for answer in answers) > 80


@pytest.mark.parametrize("share", [0, 0.3, 0.8])
def test_distractors_come_in_the_chosen_share(make, share):
    found = rows(make(operations=10, distractors=share), 60)
    told = sum(len(sentences(row)) for row in found)
    needed = sum(len(row["supporting_facts"]["title"]) for row in found)
    assert abs(1 - needed / told - share) < 0.02


@pytest.mark.parametrize("knobs", [{"distractors": 0.6}, {"distractors": 0}, {"context_chars": 8_000}], ids=str)
def test_what_is_told_beside_it_does_not_change_the_question(make, knobs):
    for one, other in zip(rows(make(), 8), rows(make(**knobs), 8), strict=True):
        assert {k: one[k] for k in ("question", "answer", "steps", "solution")} == {
            k: other[k] for k in ("question", "answer", "steps", "solution")
        }


@pytest.mark.parametrize("chars", [4_000, 32_000, 128_000])
def test_contexts_come_near_their_target(make, chars):
    for row in rows(make(operations=4, context_chars=chars), 3):
        assert chars <= len(prompt.user("", prompt.passage(row["context"]["title"], list(map(" ".join, row["context"]["sentences"]))))) < chars + 1_500  # fmt: skip


def test_reading_in_order_is_not_computing_in_order(make):
    in_order = 0
    for row in rows(make(operations=6), 100):
        facts, order = row["supporting_facts"], row["context"]["title"]
        places = list(zip(map(order.index, facts["title"]), facts["sent_id"], strict=True))
        equations = places[-len(json.loads(row["meta"])["relations"]) :]
        in_order += equations == sorted(equations)
    assert in_order < 10


def test_quantities_are_used_more_than_once(make):
    """The equations make a graph and not only a tree."""
    shared = 0
    for row in rows(make(operations=10, direction="forward"), 40):
        told = Counter(number for line in row["solution"].split("\n") if " = " in line for number in re.findall(r"\d[\d,]*", line.split(" = ")[0]))  # fmt: skip
        shared += any(n > 1 for n in told.values())
    assert shared > 10


A, B, C = (Quantity(0, i, "stock") for i in range(3))
VALUES = {A: 12, B: 4, C: 3}
SOLVED = [
    (equation("times", (A, B), 3), "3 * 4", "12 / 3", "a is three times b"),
    (equation("part", (B, A), 3), "3 * 4", "12 / 3", "b is a third of a"),
    (equation("more", (A, B), 8), "4 + 8", "12 - 8", "a is 8 more than b"),
    (equation("less", (B, A), 8), "4 + 8", "12 - 8", "b is 8 less than a"),
    (equation("boxes", (A, B, C)), "3 * 4", "12 / 3", "b boxes of c"),
]


@pytest.mark.parametrize(("made", "a", "b", "reason"), SOLVED, ids=[case[-1] for case in SOLVED])
def test_an_equation_is_solved_for_any_member(made, a, b, reason):
    for target, wanted in ((A, a), (B, b)):
        (step,) = solve(made, target, VALUES)
        assert (f"{step.left} {step.sign} {step.right}", step.result) == (wanted, VALUES[target]), reason


def test_several_members_take_several_operations():
    values = {A: 5, B: 4, C: 6}
    mean = equation("mean", (A, B, C))
    assert [step.result for step in solve(mean, A, values)] == [10, 5]
    assert [step.result for step in solve(mean, C, values)] == [10, 6]
    assert mean.cost == 2 and equation("total", (A, B, C)).cost == 1


# the audit: what it must read, and what it must find


OWN, HERS = "Ada Lok's bakery", "Bo Dun's bakery"
READ = [
    ("This bakery bakes 1,200 rye loaves.", {(OWN, "bakes", "rye loaves"): 1}, 1200),
    ("The number of trays that Bo Dun's bakery fills with rye loaves is 7/2.", {(HERS, "fills", "trays with rye loaves"): 1}, Fraction(7, 2)),
    ("This bakery bakes twice as many rye loaves as Bo Dun's bakery.", {(OWN, "bakes", "rye loaves"): 1, (HERS, "bakes", "rye loaves"): -2}, 0),
    ("This bakery sells 5 fewer rye loaves than it bakes plum cakes.", {(OWN, "sells", "rye loaves"): 1, (OWN, "bakes", "plum cakes"): -1}, -5),
    ("A third of the number of rye loaves that this bakery bakes makes the number of plum cakes that Bo Dun's bakery bakes each day.", {(HERS, "bakes", "plum cakes each day"): 1, (OWN, "bakes", "rye loaves"): Fraction(-1, 3)}, 0),
    ("This bakery bakes rye loaves and plum cakes, and no other baked goods.", {(OWN, "bakes", "baked goods in all"): 1, (OWN, "bakes", "rye loaves"): -1, (OWN, "bakes", "plum cakes"): -1}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "weights", "constant"), READ, ids=[case[0][:40] for case in READ])
def test_the_audit_reads_sentences(sentence, weights, constant):
    (reading,) = grammar.read("Bakery of Ada Lok", sentence)
    assert (reading.weights, reading.constant) == (weights, constant)


@pytest.mark.parametrize(
    "sentence", ["This bakery bakes rye loaves.", "This bakery bakes more rye loaves than 5.", "It rains."]
)
def test_the_audit_does_not_read_what_it_does_not_know(sentence):
    assert grammar.read("Bakery of Ada Lok", sentence) == []


def test_what_cancels_is_not_needed():
    """d = c - b where c = a + b: the answer is a, whatever b is."""
    a, b, c, d = ((OWN, "bakes", name) for name in "abcd")
    one = Fraction(1)
    told = [
        grammar.Reading(0, a, {a: one}, Fraction(5)),
        grammar.Reading(0, b, {b: one}, Fraction(7)),
        grammar.Reading(1, c, {c: one, a: -one, b: -one}),
        grammar.Reading(1, d, {d: one, c: -one, b: one}),
    ]
    values, order = logic.solve(told)
    assert values[d] == 5 and set(logic.sensitivities(told, values, order, d)) == {0, 2, 3}


def _other_answer(row):
    row["answer"] = str(int(row["answer"].replace(",", "")) + 1)
    row["answers"] = [[row["answer"]]]


def _first_support(row):
    return row["supporting_facts"]["title"][0], row["supporting_facts"]["sent_id"][0]


def _other_number(row):
    title, i = _first_support(row)
    told = row["context"]["sentences"][row["context"]["title"].index(title)]
    told[i] = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), told[i])


def _without_a_fact(row):
    title, i = _first_support(row)
    row["context"]["sentences"][row["context"]["title"].index(title)][i] = "This is all."


def _one_fact_fewer(row):
    for column in row["supporting_facts"].values():
        column.pop()


def _one_fact_more(row):
    facts = row["supporting_facts"]
    needed = set(zip(facts["title"], facts["sent_id"], strict=True))
    for title, told in zip(row["context"]["title"], row["context"]["sentences"], strict=True):
        for i in range(len(told)):
            if (title, i) not in needed:
                facts["title"].append(title)
                facts["sent_id"].append(i)
                return


def _wrong_step(row):
    row["steps"][0]["answer"] += "0"


def _wrong_line(row):
    row["solution"] = re.sub(r"= (\d)", r"= 9\1", row["solution"], count=1)


BROKEN = {
    "another answer": _other_answer,
    "another number": _other_number,
    "a fact is gone": _without_a_fact,
    "a supporting fact is not listed": _one_fact_fewer,
    "a needless one is": _one_fact_more,
    "a step is wrong": _wrong_step,
    "a line of the solution is wrong": _wrong_line,
    "too few hops": lambda row: row.update(hops=row["hops"] - 1),
    "the other direction": lambda row: row.update(kind={"forward": "reverse", "reverse": "forward"}[row["kind"]]),
    "a step is gone": lambda row: row["steps"].pop(0),
    "the prompt tells more": lambda row: row["prompt"][-1].update(content="So 5. " + row["prompt"][-1]["content"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_audit_finds_what_is_broken(make, name):
    found = 0
    for row in rows(make(operations=4), 20):
        broken = copy.deepcopy(row)
        BROKEN[name](broken)
        if name != "the prompt tells more":
            broken["prompt"] = prompt.messages(broken)
        found += bool(check(broken))
    # Where only links of one place are asked of, both directions read alike.
    assert found == 20 or (name == "the other direction" and found >= 12)
