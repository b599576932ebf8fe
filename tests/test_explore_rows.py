"""Rows in `synthrl explore`: which one, as HTML, and what every judge says of an answer to it."""

import re

import pytest
from explore_folders import shown

from synthrl.app import hub
from synthrl.app.explore import choose, html, reading, verdicts, worlds
from synthrl.app.explore.choose import Asked

HOSTILE = '<script>alert(1)</script> & "quotes" \u202eright to left\u202c \x00 \u05e9\u05dc\u05d5\u05dd'


@pytest.mark.parametrize("name", hub.names())
def test_every_dataset_shows_its_first_rows(name):
    for number in (0, 1, 7, 8):
        found = shown(name, number=number)
        page = reading.row_html(found.row, found.world.steps if found.world else None)
        assert html.escape(found.row["question"]) in page
        assert (found.world is not None) == (name in worlds.DRAWN)
        assert "✓ Right" in verdicts.table(found.row["solution"], found.row)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked("fiction_multihop", None, "4", "chain", 3, "context_chars=8000", "test", 501), 1),  # round and round
        (Asked("fiction_kinship", "hops_3", "", "name", 0, "", "validation", 5), 5),
        (Asked("fiction_arithmetic", None, "3-5", "", 0, "direction=reverse", "train", 2), 2),
        (Asked("templated_task", "easy", "", "", 0, "task=unit_prices", "train", 0), 0),
    ],
)
def test_what_is_to_be_copied_names_the_same_row(asked, expected):
    found = choose.shown(asked)
    assert found.number == expected
    seen = {}

    def load_dataset(name, config=None, split=None, **knobs):
        builder = hub.open_reader(name, config, **knobs)
        seen["rows"] = [next(iter(builder.rows(split, found.number, found.number + 1)))]
        return dict(zip([found.number], seen["rows"], strict=True))

    assert eval(found.load, {"load_dataset": load_dataset}) == found.row
    words = found.show.split()
    assert words[:3] == ["synthrl", "show", asked.name] and words[-4:] == [
        "--split",
        asked.split,
        "--index",
        str(expected),
    ]
    config, given = hub.read_knobs(asked.name, words[3:-4])
    again = hub.open_reader(asked.name, config, **given)
    assert next(iter(again.rows(asked.split, expected, expected + 1))) == found.row


@pytest.mark.parametrize("step", [-1, 1, None])
def test_steps_go_round(step):
    found = choose.shown(Asked("fiction_logic", split="validation", number=499), step=step)
    assert found.number == {-1: 498, 1: 0}.get(step, found.number) and 0 <= found.number < 500


def test_an_id_gives_its_row_again():
    found = shown("fiction_multihop", depth="3", more="worlds=2 people=64 train=40", number=5)
    again = choose.by_id(found.row["id"])
    assert again.row == found.row and again.world.steps == found.world.steps
    assert choose.by_id("hotpot-5a8b") is None
    assert choose.by_id("templated_task-1.0.0/default-task=.%2Fx.yaml/train/0") is None  # a file is not opened by an id
    with pytest.raises(ValueError, match="made by version 0.0.1"):
        choose.by_id(found.row["id"].replace(found.row["id"].split("/")[0], "fiction_multihop-0.0.1"))


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (Asked("fiction_multihop", depth="99"), "hops: got 99"),
        (Asked("fiction_multihop", more="hopps=2"), "did you mean 'hops'"),
        (Asked("fiction_multihop", more="'open"), "more knobs"),
        (Asked("fiction_multihop", number=-1), "row: got -1"),
        (Asked("fiction_multihop", number=1.5), "row: got 1.5"),
        (Asked("fiction_multihop", number=float("inf")), "row: got inf"),
        (Asked("fiction_multihop", split="nowhere"), "split: got 'nowhere'"),
        (Asked("no_such"), "dataset: got 'no_such'"),
    ],
)
def test_wrong_fields_are_one_line(asked, line):
    with pytest.raises(ValueError, match=re.escape(line)) as raised:
        choose.shown(asked)
    assert "\n" not in str(raised.value)


def test_a_space_opens_no_file():
    with pytest.raises(ValueError, match="files are read only where"):
        choose.shown(Asked("templated_task", more="task=/etc/passwd"), own_files=False)
    with pytest.raises(ValueError, match="files are read only where"):
        choose.shown(Asked("templated_task", more="task=mine.YAML"), own_files=False)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        *[("fiction_multihop", f"hops=3 kinds={kind}") for kind in choose.kinds("fiction_multihop")],
        ("fiction_multihop", "hops=3 unanswerable=1.0"),
        *[("fiction_kinship", f"hops=2-4 kinds={kind}") for kind in choose.kinds("fiction_kinship")],
        *[("fiction_arithmetic", f"operations=6 direction={way}") for way in ("forward", "reverse")],
        ("fiction_arithmetic", "operations=3-4 context_chars=3000 answers=fractions"),
    ],
)
def test_each_supporting_sentence_has_the_numbers_of_its_steps(name, more):
    for number in range(6):
        found = shown(name, more=more, number=number)
        row, hops = found.row, found.world.steps
        facts = list(zip(row["supporting_facts"]["title"], row["supporting_facts"]["sent_id"], strict=True))
        assert len(hops) == len(facts)
        told = [step for steps in hops for step in steps]
        assert all(1 <= step <= len(row["steps"]) for step in told)
        if row["answerable"] and name != "fiction_arithmetic":  # where what is stated serves an operation besides
            assert sorted(told) == list(range(1, len(row["steps"]) + 1))
        if name != "fiction_arithmetic":
            for (title, _), steps in zip(facts, hops, strict=True):
                assert {row["steps"][step - 1]["title"] for step in steps} <= {title}
        page = reading.row_html(row, hops)
        assert page.count("<mark") == len(set(facts))


def test_the_page_says_steps_by_number_and_not_by_hue_alone():
    found = shown("fiction_multihop", depth="4", kind="chain")
    page = reading.row_html(found.row, found.world.steps)
    marks = re.findall(
        r'<mark class="sx-c(\d)"><b class="sx-n sx-c\d"><span class="sx-hide">step </span>(\d)</b>', page
    )
    assert sorted(marks) == [(str(n), str(n)) for n in range(1, len(found.row["steps"]) + 1)]
    assert "<details" in page.partition(html.escape(found.row["answer"]))[0]  # the answer stands behind a toggle


@pytest.mark.parametrize("kind", ["ordering", "seating"])
def test_what_a_clue_leaves_has_its_unit(kind):
    row = shown("fiction_logic", kind=kind).row
    page = reading.row_html(row)
    for step in row["steps"]:
        unit = "way fits" if step["answer"] == "1" else "ways fit"
        assert f">{step['answer']} {unit} so far<" in page
    assert "so far" not in reading.row_html(shown("templated_task").row)


def test_what_is_code_in_a_line_is_set_as_code():
    assert "<code>synthrl profile</code>" in html.error("not as `synthrl profile` writes it")
    assert html.noted("`<b>`").count("<code>&lt;b&gt;</code>") == 1


def test_rows_without_a_world_are_numbered_where_the_row_alone_tells():
    row = shown("fiction_multihop", depth="3", kind="chain").row
    assert reading.aligned(row) == [[1], [2], [3]]
    arithmetic = shown("fiction_arithmetic", depth="5").row
    assert not any(reading.aligned(arithmetic))
    assert "needed" in reading.row_html(arithmetic)


def test_what_is_hostile_is_escaped_cut_and_kept_in_its_place():
    row = shown("fiction_logic").row | {
        "question": HOSTILE,
        "id": HOSTILE,
        "choices": [HOSTILE],
        "answers": [[HOSTILE]],
    }
    page = reading.row_html(row | {"steps": [{"question": HOSTILE, "answer": HOSTILE, "title": HOSTILE}]})
    page += html.error(HOSTILE) + reading.completion_html("x", HOSTILE, HOSTILE, False) + verdicts.table(HOSTILE, row)
    assert "<script" not in page and "\u202e" not in page and "\x00" not in page
    assert "&lt;script&gt;" in page and 'dir="auto"' in page
    long = html.said("a" * 100_000)
    assert len(long) < 7_000 and "94,000 characters left out" in long
    assert len(verdicts.table("b" * 250_000, row)) < 60_000


@pytest.fixture(scope="module")
def chain():
    return shown("fiction_multihop", depth="3", kind="chain").row


def judged(text, row):
    return {verdict.judge: verdict for verdict in verdicts.verdicts(text, row)}


@pytest.mark.parametrize(
    ("make", "figures"),
    [
        (
            lambda row: row["solution"],
            {"set: exact match": "1.00", "set, strictly: F1": "1.00", "format_ok": "1.00", "hop_recall": "1.00"},
        ),
        (lambda row: row["answer"], {"set: exact match": "1.00", "set, strictly: F1": "0.00", "format_ok": "0.00"}),
        (
            lambda row: f"I guess so. <answer>{row['context']['title'][0]}</answer>",
            {"set: exact match": "0.00", "format_ok": "1.00"},
        ),
        (lambda row: "word " * 100, {"answer taken out": "none", "set: F1": "0.00"}),
    ],
    ids=["the solution", "the answer bare", "another name", "no answer"],
)
def test_each_judge_says_what_training_would(make, figures, chain):
    found = judged(make(chain), chain)
    assert {judge: found[judge].figure for judge in figures} == figures
    assert all(verdict.why.endswith(".") and "\n" not in verdict.why for verdict in found.values())


def test_rules_that_cannot_judge_a_row_say_why(chain):
    assert "no number" in judged("7", chain)["number"].why
    several = {**chain, "answers": [["Ada"], ["Bo"]], "answer": "Ada, Bo"}
    assert "one answer" in judged("Ada", several)["f1:hotpotqa"].why
    assert judged("Ada", several)["set: recall"].figure == "0.50"
