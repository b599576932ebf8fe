"""`synthrl calibrate`: voted labels held to the truth. A teacher and a student on loopback, who answer by script."""

import json
import math
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="models need `pip install 'synthrl[synthesis]'`")
pytest.importorskip("bm25s", reason="a synthesis needs `pip install 'synthrl[synthesis]'`")

import datasets

from synthrl.app import cli, hub
from synthrl.seeding import digest
from synthrl.selection import wilson
from synthrl.synthesis import Cache, calibration, pictures, settings
from synthrl.synthesis.calibration import Case
from synthrl.synthesis.draft import Rate
from synthrl.synthesis.reply import Reply
from synthrl.synthesis.votes import Votes

SUMS = ["fiction_arithmetic", "operations=2-3", "train=400"]  # answers are numbers: any other is wrong


def rows_of(name, *knobs, most=400):
    config, given = hub.read_knobs(name, list(knobs))
    return list(hub.open_reader(name, config, **given).rows("train", 0, most))


ROWS = rows_of(*SUMS)


def tagged(answer):
    return f"I take it for that. <answer>{answer}</answer>"


def wrong(row):
    return "987651"  # none of their answers


class Script:
    """Each row's answers, a list of them for each model, of which the nth to be asked for is the nth."""

    def __init__(self, rows, teacher, student=lambda place, row: [row["answer"]]):
        self.places = {json.dumps(row["prompt"]): place for place, row in enumerate(rows)}
        self.rows, self.says = rows, {"teacher": teacher, "student": student}
        self.seen = Counter()
        self.lock = threading.Lock()

    def __call__(self, number, body):
        place = self.places[json.dumps(body["messages"])]
        with self.lock:
            nth = self.seen[key := (body["model"], place)]
            self.seen[key] += 1
        answers = self.says[body["model"]](place, self.rows[place])
        said = answers[nth % len(answers)]
        return tagged(said) if isinstance(said, str) else said


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variable in ("OPENAI_API_KEY", "STUDENT_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf")
    monkeypatch.setattr(pictures, "can_draw", lambda: False)  # half a second each


def words(server, *more, data=SUMS, rows=12, votes=4, samples=None, output="out", cache="cache"):
    models = ["--teacher", "teacher", "--teacher-url", server.url]
    if samples:
        models += ["--student", "student", "--student-url", server.url, "--samples", str(samples)]
    size = ["--rows", str(rows), "--votes", str(votes)]
    return ["calibrate", *data, *size, *models, "--output", output, "--cache", cache, *more]


def run(server, *more, status=0, **given):
    assert cli.main(words(server, *more, **given)) == status


def table(output="out"):
    return list(datasets.load_dataset(f"{output}/rows", split="train"))


def figures(output="out"):
    return json.loads(Path(output, "calibration.json").read_text())


def files(output="out"):
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(Path(output).rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


# what is found is what is so


def chance_of_right(place):
    return (0.35, 0.5, 0.65, 0.8, 0.9)[place % 5]


def luck(place, nth):
    return digest("toss", place, nth) / 2**64


def expected(rows, spoken):
    """Margin → labels and wrong ones to be expected, by enumerating how many of so many votes are right."""
    found = defaultdict(lambda: [0.0, 0.0])
    for place in range(rows):
        p = chance_of_right(place)
        for right in range(spoken + 1):
            weight = math.comb(spoken, right) * p**right * (1 - p) ** (spoken - right)
            entry = found[round(abs(2 * right - spoken) / spoken, 9)]
            entry[0] += weight
            entry[1] += weight * (2 * right < spoken)
    return found


def test_the_error_at_each_margin_is_that_which_was_built_in(server):
    """The teacher is right by a coin of each row's own, and else wrong in one way."""
    rows, spoken = 200, 7
    coins = {place: [luck(place, nth) < chance_of_right(place) for nth in range(spoken)] for place in range(rows)}
    server.script = Script(ROWS, lambda place, row: [row["answer"] if coin else wrong(row) for coin in coins[place]])
    run(server, rows=rows, votes=spoken - 1)
    built_in, told = expected(rows, spoken), {round(each["margin"], 9): each for each in figures()["margins"]}
    assert set(told) == set(built_in) == {round(margin / 7, 9) for margin in (1, 3, 5, 7)}
    for margin, (labels, false) in built_in.items():
        low, high = wilson(told[margin]["wrong"], told[margin]["labels"])
        assert low <= false / labels <= high, margin
        assert abs(told[margin]["labels"] - labels) < 3 * math.sqrt(labels)
    assert [told[margin]["share"] for margin in sorted(told)] == sorted(
        (m["share"] for m in told.values()), reverse=True
    )
    # and exactly that which the coins say
    for place, row in enumerate(table()):
        right = sum(coins[place])
        assert row["wrong"] == (right < 4) and row["margin"] == abs(2 * right - spoken) / spoken
        said = [row["truth"] if coin else wrong(row) for coin in coins[place]]
        assert json.loads(row["histogram"]) == Counter(said)


def test_a_teacher_that_is_always_wrong_the_same_way_is_shown_as_such(server, capsys):
    server.script = Script(ROWS, lambda place, row: [wrong(row)])
    run(server, rows=70, votes=2)
    out = capsys.readouterr().out
    assert "70 rows, 70 labelled, of which 70 (100.0%, 94.8-100.0%) are wrong; 0 abstained" in out
    assert (
        "There is no margin from which on at most 5.0% of labels are wrong at 95% confidence: from 1 on, 70 of 70"
        in out
    )
    (agree,) = figures()["by_margin"]
    assert (agree["margin"], agree["labels"], agree["wrong"]) == ("all agree", 70, 70)
    assert all(row["wrong"] and row["margin"] == 1.0 and row["label"] != row["truth"] for row in table())


def test_where_all_is_right_the_smallest_margin_is_told(server, capsys):
    """Three of four votes for the truth on every third row: margin 0.5 will do."""
    server.script = Script(
        ROWS, lambda place, row: [row["answer"]] * 3 + [wrong(row) if place % 3 == 0 else row["answer"]]
    )
    run(server, rows=90, votes=3)
    assert (
        "From a margin of 0.5 on, at most 5.0% of labels are wrong at 95% confidence: 0 of 90"
        in capsys.readouterr().out
    )
    run(server, "--at-most", "0.03", rows=90, votes=3)  # needs 99 labels
    assert "90 labels, too few to tell even if none were wrong" in capsys.readouterr().out
    assert len(server.bodies) == 360


# votes


def test_ties_and_too_little_agreement_are_abstentions(server):
    says = [["1", "1", "2", "2"], ["1", "2", "3", "4", "5"], ["1", "2", "3", "4"], ["7", "7", "2", "3"]]
    server.script = Script(ROWS, lambda place, row: [f"98765{said}" for said in says[place]])
    run(server, "--concurrency", "1", rows=4, votes=3, samples=2)
    first, second, third, fourth = table()
    assert first["label"] is None and first["wrong"] is None and first["margin"] == 0.0
    assert first["why"].startswith("tie: 2 of 4 votes each") and second["why"].startswith("tie: 1 of 4")
    assert third["label"] is None and fourth["label"] == "987657" and fourth["margin"] == 0.25
    assert figures()["abstained"] == {"tie": 3} and figures()["all"]["labels"] == 1
    asked = {json.dumps(body["messages"]) for body in server.bodies if body["model"] == "student"}
    assert asked == {json.dumps(ROWS[3]["prompt"])}  # a synthesis asks a student nothing that has no label
    asked = len(server.bodies)
    run(server, "--setting", "agreement=0.6", "--concurrency", "1", rows=4, votes=3, samples=2)
    assert figures()["abstained"] == {"tie": 3, "too little agreement": 1} and len(server.bodies) == asked


def test_the_faithful_preset_takes_a_tie(server):
    server.script = Script(ROWS, lambda place, row: [wrong(row), row["answer"]])
    run(server, "--preset", "faithful", "--concurrency", "1", rows=2, votes=1)
    for row in table():  # the first answer votes last
        assert (row["label"], row["margin"], row["wrong"], row["first_right"]) == (row["truth"], 0.0, False, False)


def test_what_is_no_vote_is_counted_and_ends_nothing(server, say):
    says = [
        [say(b"null")] * 3,  # malformed, each of them
        [say(""), say(""), None],  # nothing said
        [say({"error": "too long"}, status=400)],
        [say(b"null"), None, None],
        [None],
    ]
    server.script = Script(
        ROWS, lambda place, row: [tell if tell else row["answer"] for tell in says[place if place < 4 else 4]]
    )
    run(server, "--concurrency", "1", rows=8, votes=2)
    found = table()
    assert [row["why"].partition(":")[0] for row in found[:5]] == [
        "too few votes", "too little agreement", "too few votes", "", ""
    ]  # fmt: skip
    assert found[3]["margin"] == 1.0 and json.loads(found[3]["histogram"]) == {ROWS[3]["answer"]: 2}
    told = figures()
    assert told["used"]["teacher"]["votes"]["statuses"] == {"empty": 2, "malformed": 4, "ok": 15, "refused": 3}
    assert told["abstained"] == {"too few votes": 2, "too little agreement": 1}
    assert "not whole: 2 empty, 4 malformed, 3 refused" in Path("out/README.md").read_text()


def texts(*said):
    return [Reply("ok", tagged(one)) for one in said]


@pytest.mark.parametrize(
    ("scorer", "choices", "said", "label", "margin"),
    [
        ("number", [], ["1200", "$1,200", "1200.0", "7"], "$1,200", 0.5),  # the first that re-answers names it
        ("number", [], ["many", "7", "7", "lots"], "7", 0.5),  # no number is no label, but asked it was
        ("set", [], ["Bo and Ada", "Ada, Bo", "Ada", "Bo, Ada"], "Ada, Bo", 0.5),
        ("label", [], ["No.", "no", "false", "yes"], "no", 0.5),
        ("choice", ["red tape", "blue ink"], ["B", "blue ink", "(B)", "A"], "blue ink", 0.5),
        ("f1:synthrl", [], ["the Lok", "Lok.", "lok", "Loks"], "Lok.", 0.5),
        ("number", [], ["unanswerable", "it is not stated", "unknown", "4"], "it is not stated", 0.5),
        ("set", [], ["unanswerable", "unknown", "unanswerable", "Ada"], "unknown", 0.5),
    ],
)
def test_answers_are_one_by_the_judge_of_the_row(scorer, choices, said, label, margin):
    row = {"id": "1", "scorer": scorer, "choices": choices}  # nothing of the truth is needed
    got = calibration.voted(row, texts(*said), settings.read(["votes=3"]))
    assert (got.label, got.margin) == (label, margin)


@pytest.mark.parametrize("name", hub.names())
def test_the_truth_is_in_no_vote(name):
    """Whatever the row says is true, the votes are the same; and the truth of each of our rows can be one."""
    how = settings.read(["votes=4"])
    for row in rows_of(name, most=60):
        replies = texts(row["answer"], row["answer"], row["answer"], "unanswerable", "3")
        hidden = {"answers": [["x"]], "answer": "x", "answerable": True, "solution": "", "steps": [], "kind": "x"}
        got = calibration.voted(row, replies, how)
        assert got == calibration.voted({**row, **hidden, "meta": "{}", "hops": 1}, replies, how)
        case = calibration.judged(row, replies, how, None)
        assert case.wrong is False and case.first_right and got.label, row["id"]


def test_models_are_sent_the_prompt_and_nothing_of_the_truth(server):
    data = ["fiction_multihop", "hops=2", "context=closed", "kinds=chain,superlative"]
    rows = rows_of(*data, most=30)
    server.script = Script(rows, lambda place, row: [row["answer"]])
    run(server, data=data, rows=30, votes=2, samples=2)
    assert {json.dumps(body["messages"]) for body in server.bodies} == {json.dumps(row["prompt"]) for row in rows}
    told = 0
    for body in server.bodies:
        row = rows[server.script.places[json.dumps(body["messages"])]]
        assert row["answer"] not in json.dumps(body, ensure_ascii=False)
        told += 1
    assert told == 30 * 5 and figures()["all"] == {
        "labels": 30, "wrong": 0, "abstained": 0, "share": 0.0, "low": 0.0, "high": wilson(0, 30)[1]
    }  # fmt: skip


# the student, and what selection would see


def misled(place, row):
    """A teacher that is wrong on rows 0, 1 and 2, and agrees with itself less on every other row."""
    answer = wrong(row) if place < 3 else row["answer"]
    return [answer] * 4 + [answer if place % 2 == 0 else "0"]


def halves(place, row):
    """A student that is right half of the time; on row 0 it errs as the teacher does, on 1 and 2 it is always right."""
    if place == 0:
        return [wrong(row)]
    return [row["answer"]] if place < 3 else [row["answer"], "0"]


def test_the_student_is_measured_by_the_label_and_by_the_truth(server):
    server.script = Script(ROWS, misled, halves)
    run(server, samples=8)
    rows = table()
    assert [(row["k"], row["k_true"], row["n"]) for row in rows] == [(8, 0, 8), (0, 8, 8), (0, 8, 8)] + [(4, 4, 8)] * 9
    assert [row["margin"] for row in rows] == [1.0, 0.6] * 6
    told = figures()
    assert [(each["solved"], each["labels"], each["wrong"]) for each in told["by_rate"]] == [
        ("never", 2, 2), ("to 60%", 9, 0), ("always", 1, 1)
    ]  # fmt: skip
    assert [(each["margin"], each["solved"], each["labels"], each["wrong"]) for each in told["by_both"]] == [
        ("to 0.6", "never", 1, 1),
        ("to 0.6", "to 60%", 5, 0),
        ("all agree", "never", 1, 1),
        ("all agree", "to 60%", 4, 0),
        ("all agree", "always", 1, 1),
    ]
    card = Path("out/README.md").read_text()
    assert "| where the label is right | 50.0% | 50.0% |" in card
    assert "| where the label is wrong | 33.3% | 66.7% |" in card


def test_what_each_rule_would_pick_is_counted_beside_as_many_at_random(server):
    server.script = Script(ROWS, misled, halves)
    run(server, "--take", "4", samples=8)
    told = {each["rule"]: each for each in figures()["rules"]}
    assert {rule: (each["selected"]["labels"], each["selected"]["wrong"]) for rule, each in told.items() if rule != "random"} == {
        "voted": (4, 0), "surest": (4, 0), "spread": (4, 0), "band": (4, 0), "target": (4, 0),
        "seldom_solved": (4, 0),  # never solved comes last
        "hardest": (4, 2), "easiest": (4, 1),
    }  # fmt: skip
    assert {each["control"]["labels"] for each in told.values()} == {4}
    assert len({each["control"]["wrong"] for each in told.values()}) == 1  # the same draw
    voted = {row["id"]: row["margin"] for row in table() if "voted" in row["picked_by"]}
    assert set(voted.values()) == {1.0} and len(voted) == 4
    run(server, samples=8)  # half of the labelled; seldom solved fills up with what is never solved
    told = {each["rule"]: each["selected"] for each in figures()["rules"]}
    assert (told["seldom_solved"]["labels"], told["seldom_solved"]["wrong"]) == (6, 0)
    assert (told["hardest"]["labels"], told["hardest"]["wrong"]) == (6, 2)


def test_without_a_student_votes_alone_are_told_and_one_may_come_later(server):
    server.script = Script(ROWS, misled, halves)
    run(server)
    assert "What a rule would pick" not in Path("out/README.md").read_text() and figures()["rules"] == []
    assert table()[0]["n"] is None and len(server.bodies) == 60
    run(server, samples=2)
    assert table()[0]["n"] == 2 and len(server.bodies) == 60 + 24


# which margin will do


def cases(*groups):
    """(margin, right, wrong) → cases"""
    return [
        Case(f"{margin} {number}", "x", 1, None, Votes({}, "1", 1.0, margin), number >= right, True)
        for margin, right, false in groups
        for number in range(right + false)
    ]


@pytest.mark.parametrize(
    ("groups", "margin", "labels"),
    [
        ([(1.0, 59, 0)], 1.0, 59),  # 0.95 ** 59 < 0.05
        ([(1.0, 58, 0)], None, 58),
        ([(1.0, 30, 0), (0.9, 30, 0)], 0.9, 60),  # looked at first where there are enough
        ([(1.0, 100, 0), (0.5, 10, 0), (0.1, 0, 30)], 0.5, 110),
        ([(1.0, 92, 1)], 1.0, 93),  # 93: the fewest with one wrong
        ([(1.0, 91, 1)], None, 92),
        ([(1.0, 91, 1), (0.5, 500, 0)], None, 92),  # no luck further down once one fails
        ([(1.0, 10, 2), (0.5, 500, 0)], 0.5, 512),  # those are too few to look at
        ([(1.0, 0, 100)], None, 100),
        ([], None, 0),
    ],
)
def test_the_smallest_margin_that_will_do(groups, margin, labels):
    found = calibration.threshold(cases(*groups), at_most=0.05)
    assert (found.margin, found.labels) == (margin, labels) and bool(found.why) == (margin is None)
    assert (found.most <= 0.05) == (margin is not None)


def test_the_margin_that_is_found_holds_as_often_as_it_says():
    """Where 5% are wrong at every margin, not fewer, one is found in 5% of calibrations, although six are looked at.

    The least of all that pass would be found in 10%.
    """
    found, trials = 0, 600
    for trial in range(trials):
        made = [
            Case(
                "x", "x", 1, None, Votes({}, "1", 1.0, (place % 6 + 1) / 6), luck(("trial", trial), place) < 0.05, True
            )
            for place in range(360)
        ]
        found += calibration.threshold(made, at_most=0.05).margin is not None
    assert 0.01 < found / trials < 0.065


def test_bands_are_those_of_a_synthesis():
    from synthrl.synthesis import funnel
    from synthrl.synthesis.draft import Draft

    for value in (0.0, 0.1, 0.2, 0.2001, 0.5, 0.6, 0.8, 0.81, 0.999, 1.0):
        case = cases((value, 1, 0))[0]._replace(rate=Rate(round(1000 * value), 1000, 0))
        draft = Draft(0, "", 0, votes=case.votes, rate=case.rate)
        assert funnel.by_margin([draft]).index(1) == calibration.margin_band(case)
        if case.rate.share == value:
            assert funnel.by_rate([draft]).index(1) == calibration.rate_band(case)


# what guessing gets


@pytest.mark.parametrize(
    ("data", "kind", "guess"),
    [
        (["fiction_multihop", "hops=2", "kinds=yesno"], "yesno", 0.5),
        (["fiction_logic", "kinds=rules"], "rules", 1 / 3),
        (["fiction_multihop", "hops=2", "context=closed", "kinds=chain"], "chain", None),  # among whom is not said
        (["fiction_arithmetic"], "reverse", 0.0),
    ],
)
def test_the_share_that_guessing_gets_is_told(server, data, kind, guess):
    server.script = Script(rows_of(*data, most=4), lambda place, row: [row["answer"]])
    run(server, data=data, rows=4, votes=1)
    assert {row["guess"] for row in table() if row["kind"] == kind} == {guess}
    (line,) = [line for line in Path("out/README.md").read_text().splitlines() if line.startswith(f"| {kind} |")][:1]
    assert line.endswith("| - |" if guess is None else f"| {guess:.1%} |")


def test_rows_that_were_saved_are_held_to_their_truth_too(server):
    rows = [
        {**row, "choices": ["red", "blue", row["answer"]], "answers": [["C", row["answer"]]], "answer": "C",
         "scorer": "choice"} for row in ROWS[:6]
    ]  # fmt: skip
    rows[5]["choices"][0] = "A. red"  # as no row of a synthesis may have it: no vote for it can be read
    from synthrl.row import FEATURES

    datasets.Dataset.from_list(rows, features=FEATURES).save_to_disk("mine")
    server.script = Script(rows, lambda place, row: ["C", "(C)"])
    run(server, data=["mine"], votes=1)
    assert [(row["label"], row["wrong"], row["guess"]) for row in table()] == [
        (row["choices"][2], False, 1 / 3) for row in rows[:5]
    ]
    assert figures()["left_out"] == 1 and "cannot be read: 1 rows" in Path("out/README.md").read_text()


# what is left


def test_the_card_says_what_was_done_and_what_it_is_for(server, monkeypatch):
    pytest.importorskip("matplotlib", reason="pictures need `pip install 'synthrl[report]'`")
    monkeypatch.setattr(pictures, "can_draw", lambda: True)
    server.script = Script(ROWS, misled, halves)
    run(server, samples=2)
    card = Path("out/README.md").read_text()
    for said in ("`teacher`", "](wrong.png)", "95% interval", "## What these figures are for", '"scoring"', "toy@fp1"):
        assert said.strip("`") in card, said
    assert (
        "synthrl calibrate fiction_arithmetic operations=2-3 train=400 --rows 12 --teacher teacher --student student "
        "--votes 4 --samples 2 --preset default --at-most 0.05" in card
    )
    assert server.url not in card and "cache" not in figures()["command"]
    before = files()
    assert before["wrong.png"].startswith(b"\x89PNG")
    run(server, samples=2)
    assert files() == before


def test_a_folder_has_one_calibration_which_may_grow(server, capsys):
    server.script = Script(ROWS, misled, halves)
    run(server, rows=6, samples=2)
    for given in ({"votes": 3}, {"data": ["fiction_arithmetic"]}, {"samples": 3}):
        run(server, status=2, **{"rows": 6, "samples": 2, **given})
        err = capsys.readouterr().err
        assert "out holds a calibration with" in err and err.count("\n") == 1
    assert len(server.bodies) == 6 * 7
    run(server, rows=8, samples=2)
    assert len(server.bodies) == 8 * 7 and len(table()) == 8


# stopped, and started again


def steady(place, row):
    """The same whenever it is asked: what was in flight when killed is asked for again."""
    return [wrong(row) if place % 4 == 0 else row["answer"]]


def test_over_budget_it_stops_in_one_line_and_goes_on(server, capsys):
    server.script = Script(ROWS, steady, steady)
    run(server, samples=4, output="whole", cache="other")
    asked = len(server.bodies)
    capsys.readouterr()
    run(server, "--budget", "requests=70", samples=4, status=1)
    assert capsys.readouterr().err.splitlines() == [
        "synthrl: stopped; what was replied is kept: the same command goes on from there",
        "synthrl: budget: 70 of 70 requests are used, and the next request may take 1",
    ]
    assert len(server.bodies) == asked + 70 and not Path("out/README.md").exists()
    run(server, samples=4)
    assert len(server.bodies) == 2 * asked and files() == files("whole")


def test_killed_it_ends_with_the_same_bytes_and_asks_nothing_twice(server, say):
    server.script = Script(ROWS, steady, steady)
    run(server, samples=3, output="whole", cache="other")
    whole, quick = len(server.bodies), server.script
    for moment in (20, 45):  # among the votes, and among the student's answers
        server.script = lambda number, body: say(quick(number, body), after=0.01)
        enough = len(server.bodies) + moment
        command = [sys.executable, "-m", "synthrl.app.cli", *words(server, "--concurrency", "4", samples=3)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 60
        while len(server.bodies) < enough and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.005)
        process.kill()
        process.communicate()
    server.script = quick
    with Cache("cache") as cache:
        there = cache._db.execute("SELECT count(*) FROM replies WHERE reply IS NOT NULL").fetchone()[0]
    asked = len(server.bodies)
    assert 60 <= there < whole
    run(server, samples=3)
    assert there + len(server.bodies) - asked == whole and files() == files("whole")


def test_the_order_of_replies_changes_nothing(server, say):
    server.script = quick = Script(ROWS, steady, steady)
    run(server, "--concurrency", "1", rows=6, samples=2, output="one", cache="one.sqlite")
    server.script = lambda number, body: say(quick(number, body), after=(7 * number % 5) / 200)
    run(server, "--concurrency", "16", rows=6, samples=2, output="many", cache="many.sqlite")
    assert files("one") == files("many")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["calibrate", "fiction_arithmetic"], ["--teacher: got None", "a model's name"]),
        (["calibrate", "fiction_arithmetik", "--teacher", "m"], ["did you mean 'fiction_arithmetic'"]),
        (["calibrate", "fiction_arithmetic", "hops=3", "--teacher", "m"], ["knob: got 'hops'"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--at-most", "1"], ["--at-most: got 1.0"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--setting", "take=3"], ["--setting: got 'take'"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--setting", "agreement=2"], ["agreement: got 2"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--preset", "fiathful"], ["did you mean 'faithful'"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--votes", "0"], ["--votes: got '0'"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--split", "tset"], ["did you mean 'test'"]),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--budget", "dollars=1"], ["--prices"]),
        (
            ["calibrate", "fiction_arithmetic", "--teacher", "m", "--student", "m", "--setting", "student_temperature=0.7",
             "--setting", "student_tokens=4000"],
            ["--student: got the teacher, sampled alike (m)"],
        ),
        (["calibrate", "fiction_arithmetic", "--teacher", "m", "--teacher-url", "x", "--cache", "c"], ["base_url"]),
    ],
)  # fmt: skip
def test_an_error_is_one_line_and_status_2(given, said, capsys):
    try:
        status = cli.main(given)
    except SystemExit as left:  # as argparse does
        status = left.code
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert not [word for word in said if word not in err], err
