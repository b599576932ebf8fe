"""fiction_logic: what its puzzles promise, and that its audit says what is wrong with those that break it."""

import copy
import json
import math
import re
from collections import Counter
from functools import cache

import pytest

from synthrl import fiction
from synthrl.app import hub
from synthrl.prompt import messages
from synthrl.seeding import Stream

pytest.importorskip("clingo")

from synthrl.dataset_builders.fiction_logic import knights, ordering, rules, seating, settle
from synthrl.dataset_builders.fiction_logic.audit import knights as audited_knights
from synthrl.dataset_builders.fiction_logic.audit.check import check
from synthrl.dataset_builders.fiction_logic.names import SPLITS
from synthrl.dataset_builders.fiction_logic.placing import Clue
from synthrl.dataset_builders.fiction_logic.rows import KINDS


@cache
def rows(kind, split="train", stop=40, **knobs):
    return list(hub.open_reader("fiction_logic", kinds=(kind,), **knobs).rows(split, 0, stop))


@pytest.mark.parametrize("people", [3, 6, 10])
def test_every_claim_is_true_where_its_words_say(people):
    """Integers of possibilities against the roles one by one."""

    def true(claim, roles):
        form, *parts = claim
        match form:
            case "is":
                return roles[parts[0]] == parts[1]
            case "same" | "differ":
                return (roles[parts[0]] == roles[parts[1]]) == (form == "same")
            case "exactly":
                return sum(roles[person] == parts[2] for person in parts[1]) == parts[0]
        a, b = (true(part, roles) for part in parts)
        return {"and": a and b, "or": a or b, "if": not a or b, "iff": a == b, "notboth": not (a and b)}[form]

    random = Stream("test", people)
    for pool in knights.space(people).pools:
        for said in random.sample(pool, 4):
            roles = random.below(1 << people)
            expected = true(said.claim, [roles >> person & 1 for person in range(people)])
            assert bool(said.true >> roles & 1) == expected, said.claim


def test_the_fewest_are_as_few_as_can_be():
    assert settle.fewest(0b1111, [0b0111, 0b0011, 0b0101], 0b1110) == [1, 2]
    assert settle.fewest(0b1111, [0b0111, 0b1001, 0b0001], 0b1110) == [2]
    with pytest.raises(ValueError, match="wrong"):
        settle.fewest(0b11, [0b11], 0b10)


def test_arrangements_are_counted_in_full():
    row = ordering.board(4)
    assert ordering.board(5).everything.bit_length() == 120
    assert row.allowed(Clue("immediate", (0, 1))).bit_count() == 6
    assert row.allowed(Clue("between", (0, 1), 2)).bit_count() == 4
    assert row.allowed(Clue("end", (2,))).bit_count() + row.allowed(Clue("inner", (2,))).bit_count() == 24


@pytest.mark.parametrize(
    ("clue", "ways"),
    [
        (Clue("clockwise", (0, 1), 1), 24),
        (Clue("clockwise", (1, 2), 1), 24),  # wherever the table is turned to
        (Clue("next", (1, 2)), 48),
        (Clue("apart", (1, 2)), 72),
        (Clue("opposite", (1, 2)), 24),
        (Clue("between", (1, 2, 3)), 12),
        (Clue("order", (1, 2, 3)), 60),
    ],
    ids=lambda value: value.form if isinstance(value, Clue) else "",
)
def test_turning_the_table_makes_no_other_arrangement(clue, ways):
    table = seating.board(6)
    assert table.everything.bit_length() == 120
    assert table.allowed(clue).bit_count() == ways


def test_who_faces_the_middle_has_the_next_one_clockwise_on_the_left():
    """Seats on a circle seen from above, the first in the north, the next one clockwise: so north, then towards east."""
    for seat in range(6):
        (x, y), (to_x, to_y) = (
            (math.sin(turn), math.cos(turn)) for turn in (seat * math.pi / 3, (seat + 1) * math.pi / 3)
        )
        ahead, aside = (-x, -y), (to_x - x, to_y - y)
        assert ahead[0] * aside[1] - ahead[1] * aside[0] > 0  # counter-clockwise from where one looks: to the left


def test_what_one_of_two_says_tells_nothing_of_what_is_asked():
    """Each statement alone goes with either answer as often, up to chance; and nothing but both settles it."""
    found = {}
    for i in range(6000):
        puzzle = knights.puzzle(Stream("pair", i), 2)
        one, other = puzzle.roles
        answer = one == other if puzzle.asked == knights.ALIKE else bool(puzzle.roles[puzzle.asked])
        for speaker, said in enumerate(puzzle.said):
            found.setdefault((puzzle.asked, speaker, said.claim), []).append(answer)
    assert len(found) == 28 + 8 + 8
    assert all(abs(sum(answers) / len(answers) - 0.5) < 2 / len(answers) ** 0.5 for answers in found.values())


def test_qualities_are_enough_for_the_deepest_rules():
    for i in range(200):
        puzzle = rules.puzzle(Stream("deep", i), rules.MOST_DEPTH)
        assert len(puzzle.applied) == rules.MOST_DEPTH


@pytest.mark.parametrize(
    ("kind", "knobs", "answers"),
    [
        ("knights", {"people": 3}, {"first", "second"}),
        ("knights", {"people": 5}, {"first", "second"}),
        ("rules", {"depth": 1}, {"true", "false", "unknown"}),
        ("rules", {"depth": 5}, {"true", "false", "unknown"}),
    ],
)
def test_labels_are_balanced(kind, knobs, answers):
    found = [row for row in rows(kind, stop=1500, **knobs) if row["scorer"] == "label"]
    liars = {"knave", "liar", "rogue", "trickster"}
    counts = Counter(
        row["answer"] if kind == "rules" else ("second" if row["answer"] in liars else "first") for row in found
    )
    assert counts.keys() == answers
    assert all(abs(n / len(found) - 1 / len(answers)) < 0.06 for n in counts.values())


def test_depth_is_what_was_asked():
    for depth in (1, 4, 8):
        assert {row["hops"] for row in rows("rules", depth=depth)} == {depth}


def test_splits_share_no_name():
    endings = [ending for shelves in fiction.ENDINGS.values() for shelf in shelves for ending in shelf]
    token = re.compile(rf"(?:{'|'.join(fiction.HEADS)})(?:{'|'.join(fiction.MIDDLES)})(?:{'|'.join(endings)})\b")
    told = {split: " ".join(row["question"] for kind in KINDS for row in rows(kind, split)) for split in SPLITS}  # fmt: skip
    tokens = {split: set(token.findall(text)) for split, text in told.items()}
    assert min(map(len, tokens.values())) > 100  # there was something to compare
    for one in SPLITS:
        assert all(tokens[one].isdisjoint(tokens[other]) for other in SPLITS if other != one)


@pytest.mark.parametrize("kind", KINDS)
def test_heldout_phrasing_words_every_line_in_another_way(kind):
    """Names, numbers and words for roles and qualities aside, no line is one of train's."""

    def shapes(split):
        found = set()
        for row in rows(kind, split, 150):
            for sentence in re.split(r"\n|(?<=\.) ", row["question"]):
                sentence = re.sub(r"^\d+\. |\b(?:[A-Z][a-z]{5,}|not|[a-z-]+(?=[.]))", "", sentence)
                found.add(sentence)
        return {shape for shape in found if re.search("[a-z]", shape)}

    assert shapes("train").isdisjoint(shapes("heldout_phrasing"))


# the audit finds what is wrong


def mutant(row, **changes):
    changed = {**copy.deepcopy(row), **changes}
    changed["prompt"] = messages(changed)
    return changed


@pytest.mark.parametrize("kind", KINDS)
def test_another_answer_is_found(kind):
    for row in rows(kind, stop=12):
        if kind in ("ordering", "seating"):
            other = "9" if row["scorer"] == "number" else "Nobodel"
        else:
            other = {"true": "false", "false": "true"}.get(row["answer"], "true" if kind == "rules" else "Nobodel")
        solution = row["solution"].replace(f"<answer>{row['answer']}<", f"<answer>{other}<")
        assert check(mutant(row, answers=[[other]], answer=other, solution=solution))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: {"hops": row["hops"] + 1},
        lambda row: {"hops": row["hops"] - 1},
        lambda row: {"steps": row["steps"][1:]},
        lambda row: {"solution": row["solution"].partition("\n")[2]},
        lambda row: {"meta": json.dumps({})},
        lambda row: {"question": row["question"].replace(".", ",", 1)},
        lambda row: {"level": "hard"},
    ],
    ids=["more hops", "fewer hops", "a step gone", "a line gone", "no seed", "another text", "a level"],
)
def test_a_spoilt_row_is_found(kind, spoil):
    for row in rows(kind, stop=6):
        assert check(row) == []
        assert check(mutant(row, **spoil(row)))


@pytest.mark.parametrize("kind", ["ordering", "seating"])
def test_a_line_gone_from_the_clues_leaves_several_arrangements(kind):
    for row in rows(kind, stop=10):
        intro, *clues, asked = row["question"].split("\n")
        fewer = [f"{i}.{clue.partition('.')[2]}" for i, clue in enumerate(clues[1:], 1)]
        assert any("arrangements" in fault for fault in check(mutant(row, question="\n".join([intro, *fewer, asked]))))


@pytest.mark.parametrize(
    ("text", "trees"),
    [
        ("Ada is a knave", {("is", 0, 0)}),
        ("if Ada is a knave, then Bo and I are alike", {("if", ("is", 0, 0), ("same", 1, 2))}),
        ("Ada is a knave if Bo is a knight", {("if", ("is", 1, 1), ("is", 0, 0))}),
        ("Ada is a knave only if Bo is a knight", {("if", ("is", 0, 0), ("is", 1, 1))}),
        ("I am a knave if and only if Bo is a knight", {("iff", ("is", 2, 0), ("is", 1, 1))}),
        ("exactly two of Ada, Bo and me are knaves", {("exactly", 2, (0, 1, 2), 0)}),
        ("Ada is a fool", set()),
    ],
)
def test_claims_are_read_in_one_way(text, trees):
    assert set(audited_knights._readings(text, ["Ada", "Bo", "Cy"], ("knave", "knight"), 2)) == trees
