"""`synthrl report`: its numbers, what is one line and what a control, and what it says of runs that lack something."""

import json
from pathlib import Path

import numpy
import pandas
import pytest

from synthrl.answers import SCORING_VERSION
from synthrl.app import cli
from synthrl.app.figures.intervals import bootstrap, wilson
from synthrl.app.figures.shapes import Figure, Line, Point, stretches
from synthrl.app.figures.words import alt
from synthrl.app.report import change, curves, runs
from synthrl.app.report.numbers import by_row, share

SET = "fiction_multihop/test"
DATA = ["fiction_multihop hops=2-3 kinds=chain"]


def look(
    right: dict[int, float], rows: int = 20, set_: str = SET, tokens: int = 100, shift: int = 0
) -> pandas.DataFrame:
    """Hops → the share answered right, the first rows of each; of `hops - 1` intermediate answers, the first is named."""
    return pandas.DataFrame(
        {
            "id": f"{set_}/{hops}/{i}",
            "set": set_,
            "hops": hops,
            "kind": "chain" if i % 2 else "comparison",
            "exact_match": float((i + shift) % rows < share * rows),
            "parsed": True,
            "reached": [place == 0 for place in range(hops - 1)],
            "mode": mode,
            "sample": 0,
            "tokens": tokens,
            "truncated": i % 4 == 0,
        }
        for mode in ("greedy", "sampled")
        for hops, share in right.items()
        for i in range(rows)
    )


def make(
    folder: Path, watch=None, final=None, log=None, finished: int | None = 20, scoring=SCORING_VERSION, **settings
):
    """A run's folder, as the recipes leave it."""
    folder.mkdir(parents=True)
    told = {
        "recipe": "grpo",
        "command": f"recipes/grpo.py --output_dir {folder.name}",
        "settings": {"data": DATA, "output_dir": str(folder), "max_steps": 20, **settings},
        "rows": 200,
        "hops": [2, 3],
        "kinds": ["chain"],
        "versions": {"synthrl": "0.1.0", "scoring": scoring},
        **({"finished": finished} if finished else {}),
    }
    (folder / "run.json").write_text(json.dumps(told))
    if log is None:
        log = [{"step": step, "reward": step / 20, "completions/mean_length": 90.0 + step} for step in range(1, 21)]
    (folder / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in log))
    watch = {0: look({2: 0.2}), 10: look({2: 0.4}), 20: look({2: 0.6})} if watch is None else watch
    final = {0: look({2: 0.2, 4: 0.1}), 20: look({2: 0.8, 4: 0.3})} if final is None else final
    for name, tables in (("watch", watch), ("final", final)):
        for step, table in tables.items():
            (folder / name).mkdir(exist_ok=True)
            table.to_parquet(folder / name / f"step_{step:06}.parquet")
    return folder


def arms_of(*folders: Path) -> list[runs.Arm]:
    return runs.arms(runs.read_all([str(folder) for folder in folders]))


def gains_of(*folders: Path, mode: str = "greedy") -> dict[tuple[str, str], change.Gain]:
    return {(gain.run, gain.hops): gain for gain in change.gains(arms_of(*folders)) if gain.mode == mode}


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "rows", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # Newcombe 1998 and R's prop.test(correct=FALSE)
        (10, 10, 0.7225, 1.0),
        (15, 148, 0.0624, 0.1605),  # Newcombe's own example, 81/263 after it
        (81, 263, 0.2553, 0.3662),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_wilson(right, rows, low, high):
    assert wilson(right / rows, rows) == pytest.approx((low, high), abs=6e-5)


def test_bootstrap_is_near_the_normal_interval_and_always_the_same():
    gains = numpy.array([[1.0] * 60 + [0.0] * 120 + [-1.0] * 20])
    low, high = bootstrap(gains, "a")
    half = 1.96 * gains.std() / 200**0.5
    assert (low, high) == pytest.approx((0.2 - half, 0.2 + half), abs=0.012)
    assert bootstrap(gains, "a") == (low, high)


def test_bootstrap_knows_that_seeds_differ():
    """Two seeds that disagree make the mean less sure than the same rows asked twice."""
    alike = numpy.array([[1.0, 0.0] * 50] * 2)
    apart = numpy.array([[1.0] * 100, [0.0] * 100])
    assert numpy.subtract(*bootstrap(apart, "a")[::-1]) > 3 * numpy.subtract(*bootstrap(alike, "a")[::-1])


def test_an_interval_of_what_is_all_the_same_is_none():
    assert bootstrap(numpy.zeros((1, 20)), "a") == (None, None)


def test_asking_a_row_often_makes_it_no_surer():
    once = look({2: 0.5}).query("mode == 'greedy'")
    often = pandas.concat([once.assign(sample=i) for i in range(8)])
    assert share(often) == share(once)
    assert share(once).rows == 20


def test_stretches():
    assert stretches([4, 2, 3, 6]) == [(2, 4), (6, 6)]
    assert change.span([4, 2, 3, 6]) == "2–4, 6"


def test_gains_by_depth(tmp_path):
    found = gains_of(make(tmp_path / "mine"))
    assert [hops for _, hops in found] == ["2, 4", "2", "4"]
    every = found["mine", "2, 4"]
    assert (every.rows, every.before.y, every.after.y, every.gain) == (40, 0.15, 0.55, pytest.approx(0.4))
    assert every.before.low < 0.15 < every.before.high
    assert 0.2 < every.low < 0.4 < every.high < 0.6
    assert found["mine", "2"].gain == pytest.approx(0.6)
    assert found["mine", "4"].gain == pytest.approx(0.2)


def test_only_rows_that_both_looks_saw_are_compared(tmp_path):
    after = look({2: 1.0})
    found = gains_of(make(tmp_path / "mine", final={0: look({2: 0.5}), 20: after[after["id"].str.endswith("9")]}))
    gain = found["mine", "2"]
    assert (gain.rows, gain.before.y, gain.after.y, gain.gain) == (2, 0.5, 1, 0.5)  # 9, and 19 that was wrong before


def test_where_both_looks_saw_no_row_alike_there_is_no_gain(tmp_path):
    final = {0: look({2: 0.5}), 20: look({2: 1.0}, set_=f"{SET}/more").assign(set=SET)}
    gain = gains_of(make(tmp_path / "mine", final=final))["mine", "2"]
    assert (gain.before.y, gain.after.y, gain.gain) == (0.5, 1, None)


def test_after_is_the_last_look(tmp_path):
    final = {0: look({2: 0.0}), 10: look({2: 0.5}), 20: look({2: 1.0})}
    assert gains_of(make(tmp_path / "mine", final=final))["mine", "2"].gain == 1


def test_another_family_was_not_trained(tmp_path):
    tables = {step: look({2: 0.5, 4: 0.5}, set_="fiction_logic/test") for step in (0, 20)}
    (arm,) = arms_of(make(tmp_path / "mine", final=tables))
    assert change.trained(arm, SET) == [2, 3]
    assert change.trained(arm, "fiction_logic/test") == []
    assert [gain.hops for gain in change.gains([arm])] == ["2, 4"] * 2
    assert "No rows of this family" in next(change.figures([arm])).caption


def test_of_a_folder_of_rows_the_family_is_not_known(tmp_path):
    (arm,) = arms_of(make(tmp_path / "mine", data=["./my_rows"]))
    assert change.trained(arm, SET) == [2, 3]


def test_intermediate_answers_by_position(tmp_path):
    (arm,) = arms_of(make(tmp_path / "mine", watch={0: look({2: 0.0, 4: 0.0}), 20: look({2: 0.0, 4: 0.0})}))
    named = {p: [point.y for point in curves.watched(arm, "greedy", curves.reached(p))] for p in (1, 2, 3, 4)}
    assert named == {1: [1, 1], 2: [0, 0], 3: [0, 0], 4: []}
    assert [curves.watched(arm, "greedy", curves.reached(p))[0].rows for p in (1, 3)] == [40, 20]


def test_what_a_proof_lists_after_its_last_hop_is_no_position():
    table = look({2: 0.0}).assign(reached=[[True, False, False, False]] * 40)  # a set of answers, each a step
    assert len(curves.reached(1)(table)) == 20
    assert curves.reached(2)(table).empty


def test_many_steps_are_drawn_as_means(tmp_path):
    log = [{"step": step, "reward": float(step % 2)} for step in range(1, 201)] + [{"step": 200, "loss": 1.0}]
    (arm,) = arms_of(make(tmp_path / "mine", log=log))
    points = curves.means(curves.logged(arm, "reward"), 3)
    assert (len(points), points[0].x, points[0].y) == (67, 2, pytest.approx(2 / 3))
    assert sum(point.y for point in points) / len(points) == pytest.approx(0.5, abs=0.01)


# What is a line, and what a control ----------------------------------------------------------------------------------


def test_seeds_are_one_line_with_a_band(tmp_path):
    one = make(tmp_path / "mine-seed1", seed=1, watch={0: look({2: 0.2}), 20: look({2: 0.4})})
    log = [{"step": 19, "reward": 0.95}, {"step": 20, "reward": 2.0}]
    two = make(
        tmp_path / "mine-seed2", seed=2, watch={0: look({2: 0.2}), 10: look({2: 0.2}), 20: look({2: 0.8})}, log=log
    )
    (arm,) = arms_of(one, two)
    assert arm.label == "mine (2 seeds)"
    first, last = curves.watched(arm, "greedy", by_row)
    assert (first.x, first.y, first.rows, first.low, first.high) == (0, 0.2, 20, *wilson(0.2, 20))
    assert (last.x, last.y) == (20, pytest.approx(0.6))
    assert (last.low, last.high) == (
        pytest.approx(wilson(0.6, 20)[0]),
        0.8,
    )  # the better seed did better than rows explain
    points = curves.means(curves.logged(arm, "reward"), 1)
    assert [(p.y, p.low, p.high) for p in points[-2:]] == [(0.95, 0.95, 0.95), (1.5, 1.0, 2.0)]


def test_gains_of_seeds_are_of_rows_and_seeds(tmp_path):
    one = make(tmp_path / "1", seed=1, final={0: look({2: 0.2}), 20: look({2: 0.4})})
    two = make(tmp_path / "2", seed=2, final={0: look({2: 0.2}), 20: look({2: 0.8})})
    (gain,) = gains_of(one, two).values()
    assert (gain.run, gain.rows, gain.gain) == ("1 to 2 (2 seeds)", 20, pytest.approx(0.4))
    assert gain.low < 0.2 + 1e-9  # as low as the lesser seed


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"seed": 1, "learning_rate": 1e-5}, "other settings"),
        ({"seed": 0}, "the same seed"),
        ({"seed": 1, "scoring": "0.9"}, "another judge"),
        ({"seed": 1, "finished": None}, "not finished"),
    ],
)
def test_what_is_not_a_seed_of_the_same(tmp_path, other, why):
    assert len(arms_of(make(tmp_path / "a", seed=0), make(tmp_path / "b", **other))) == 2, why


@pytest.mark.parametrize(
    ("rewards", "control"),
    [
        (["random_reward"], True),
        (["random_reward probability=0.3", "format_ok weight=0.1"], True),
        (["synthrl.rewards.format_ok"], True),
        (["random_reward", "answer_reward weight=0"], True),
        (["answer_reward", "format_ok weight=0.1"], False),
        (["my.module.reward"], False),
    ],
)
def test_controls(tmp_path, rewards, control):
    (arm,) = arms_of(make(tmp_path / "a", rewards=rewards))
    assert arm.control == control


def test_rewards_unsaid_are_those_of_answers(tmp_path):
    (arm,) = arms_of(make(tmp_path / "a"))
    assert not arm.control
    assert arm.first.rewards == ["answer_reward"]


def test_controls_stand_in_the_figures_of_the_others(tmp_path):
    lines = arms_of(make(tmp_path / "mine"), make(tmp_path / "luck", rewards=["random_reward"]))
    figures = [figure for figure in change.figures(lines) if figure.mode == "greedy"]
    assert [(figure.x, figure.run) for figure in figures] == [("hops", "mine"), ("kind", "mine")]
    assert [(line.label, line.role) for line in figures[0].lines] == [
        ("before", "before"),
        ("after", "arm"),
        ("luck", "control"),
    ]
    assert figures[0].trained == [2, 3]
    assert [point.x for point in figures[1].lines[0].points] == ["chain", "comparison *"]  # not trained on


def test_labels_tell_folders_apart(tmp_path):
    paths = ["x/mine", "y/mine", "z"]
    labels = [arm.label for arm in arms_of(*(make(tmp_path / path, rows=i) for i, path in enumerate(paths)))]
    assert labels == paths


def test_a_folder_named_twice_is_one_run(tmp_path):
    folder = make(tmp_path / "mine")
    assert len(arms_of(folder, folder / ".." / "mine")) == 1


# The command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawing(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="needs matplotlib: the report or dev extra")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def undrawn(drawing, monkeypatch):
    """Where it is not about the pictures: they take a while."""
    monkeypatch.setattr("synthrl.app.figures.draw.draw", lambda figure, file, ends: file.touch())


def failed(capsys, *words: str) -> str:
    assert cli.main(["report", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_the_report(tmp_path, drawing, capsys):
    make(tmp_path / "runs/mine-1", seed=1)
    make(tmp_path / "runs/mine-2", seed=2)
    make(tmp_path / "runs/luck", rewards=["random_reward"])
    assert cli.main(["report", "runs/mine-1", "runs/mine-2", "runs/luck"]) == 0
    said = capsys.readouterr().out
    assert f"| {SET} | mine (2 seeds) | greedy | 2, 4 | 40 | 15.0 [" in said
    assert "luck (control)" in said

    folder = tmp_path / "runs/report"
    told = json.loads((folder / "figures.json").read_text())
    assert {figure["section"] for figure in told["figures"]} == {
        "Learning",
        "By depth",
        "By kind",
        "Intermediate answers",
        "Completions",
    }
    assert sorted(path.name for path in folder.glob("*.png")) == sorted(figure["file"] for figure in told["figures"])
    for figure in told["figures"]:
        assert is_drawn(folder / figure["file"]), figure["file"]
    html = (folder / "index.html").read_text()
    assert html.count("<img") == len(told["figures"]) == html.count('alt="')
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "recipes/grpo.py --output_dir mine-2" in html
    assert str(tmp_path) not in html


def is_drawn(file: Path) -> bool:
    """Of a figure's size, and with more than a few colours."""
    from PIL import Image

    image = Image.open(file)
    return image.width > 800 and image.height > 300 and image.getcolors(50) is None


def test_the_same_runs_make_the_same_files(tmp_path, drawing):
    make(tmp_path / "mine", watch={}, log=[])
    for out in ("a", "b"):
        assert cli.main(["report", "mine", "--output", out]) == 0
    a, b = ({path.name: path.read_bytes() for path in (tmp_path / out).iterdir()} for out in "ab")
    assert a == b


def test_again_in_the_same_folder(tmp_path, undrawn, capsys):
    """Figures of the last time go, other files stay, and the report itself is no run."""
    make(tmp_path / "runs/mine")
    make(tmp_path / "runs/other", learning_rate=1e-5)
    assert cli.main(["report", "runs/mine", "runs/other"]) == 0
    (tmp_path / "runs/report/my.png").touch()
    before = len(list((tmp_path / "runs/report").glob("*.png")))
    assert cli.main(["report", "runs/mine", "runs/report", "--output", "runs/report"]) == 0
    assert 2 < len(list((tmp_path / "runs/report").glob("*.png"))) < before
    assert (tmp_path / "runs/report/my.png").is_file()
    assert failed(capsys, "runs/report").endswith("a report and no run")


def test_a_run_that_was_cut_short(tmp_path, undrawn, capsys):
    folder = make(tmp_path / "mine", final={0: look({2: 0.2})}, finished=None)
    with (folder / "log.jsonl").open("a") as log:
        log.write('{"step": 21, "rew')
    assert cli.main(["report", "mine"]) == 0
    said = capsys.readouterr().out
    assert "note: mine is not finished: seen up to step 20 of 20" in said
    assert "| 20.0 [8.1, 41.6] | – | – |" in said
    assert "(not finished)" in (folder / "report/index.html").read_text()


def test_notes(tmp_path, undrawn, capsys):
    make(tmp_path / "a", scoring="0.9", final={}, watch={})
    make(tmp_path / "b", keep="best")
    assert cli.main(["report", "a", "b"]) == 0
    said = capsys.readouterr().out
    assert f"a was judged by scoring version 0.9, and this is {SCORING_VERSION}" in said
    assert "different scoring versions" in said
    assert "a looked at no test rows" in said
    assert "b kept its best checkpoint" in said


def test_a_run_without_rewards(tmp_path, undrawn, capsys):
    folder = make(tmp_path / "sft", log=[{"step": 1, "loss": 1.0}])
    told = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**told, "recipe": "sft"}))
    assert cli.main(["report", "sft"]) == 0
    assert "none: supervised" in (folder / "report/index.html").read_text()


def test_names_are_escaped(tmp_path, drawing):
    folder = make(tmp_path / "a<b>$x_1$", watch={}, log=[])
    assert cli.main(["report", "a<b>$x_1$"]) == 0
    assert "<b>" not in (folder / "report/index.html").read_text()


def test_refusals(tmp_path, undrawn, capsys):
    folder = make(tmp_path / "runs/mine")
    assert failed(capsys, "nothing").endswith("nothing: no run, as there is no run.json in it")
    assert failed(capsys, "runs").endswith("it holds runs: mine")
    make(tmp_path / "empty", log=[], watch={}, final={}, finished=None)
    assert failed(capsys, "empty").endswith("empty: nothing was logged or looked at yet")
    (folder / "watch/step_000010.parquet").write_bytes(b"PAR1")
    assert "step_000010.parquet: cannot be read" in failed(capsys, "runs/mine")
    (folder / "log.jsonl").write_text('{"step": 1\n{"step": 2}\n')
    assert "log.jsonl, line 1: " in failed(capsys, "runs/mine")
    (folder / "log.jsonl").write_text('{"loss": 1}\n')
    assert "log.jsonl, line 1: it says no step" in failed(capsys, "runs/mine")
    (folder / "run.json").write_text("[]")
    assert "not of our recipes" in failed(capsys, "runs/mine")
    for torn in ("{", "[" * 100_000):  # half of one, and one that nests deeper than any reader goes
        (folder / "run.json").write_text(torn)
        assert "run.json: " in failed(capsys, "runs/mine")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ({"hops": None}, "hops are compared with those of the rows"),
        ({"hops": [2, "3"]}, "and are numbers, all of them"),
        ({"kinds": 7}, "kinds are joined"),
        ({"rows": "many"}, "rows are printed with commas"),
        ({"versions": ["1.0"]}, "versions have names"),
        ({"settings": {"data": ["fiction_multihop", None]}}, "data is split into words"),
        ({"settings": {"rewards": {"answer_reward": 1}}}, "rewards are a list"),
        ({"settings": {"seed": [1]}}, "seeds are told apart"),
    ],
)
def test_a_damaged_description_is_refused_in_one_line(tmp_path, undrawn, capsys, damage, why):
    folder = make(tmp_path / "mine")
    told = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**told, **damage}))
    field = [*damage, *damage.get("settings", {})][-1]
    assert f"run.json: {field}: got " in failed(capsys, "mine"), why


def test_without_matplotlib(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    monkeypatch.delitem(__import__("sys").modules, "synthrl.app.figures.draw", raising=False)
    monkeypatch.delattr("synthrl.app.figures.draw", raising=False)
    assert failed(capsys, str(make(tmp_path / "mine"))).endswith("pip install 'synthrl[report]'")


def test_alternative_texts_say_the_numbers(tmp_path):
    lines = arms_of(make(tmp_path / "mine"), make(tmp_path / "luck", rewards=["random_reward"]))
    texts = [alt(figure) for figure in [*curves.figures(lines), *change.figures(lines)] if figure.lines]
    assert (
        "Learning. Right answers to held-out rows, greedy. "
        "mine: from 20.0% at step 0 to 60.0% at step 20; luck (control): from 20.0% at step 0 to 60.0% at step 20."
    ) in texts
    assert (
        f"By depth. {SET}, mine, greedy. before: 20.0% at hops 2, 10.0% at hops 4; "
        "after: 80.0% at hops 2, 30.0% at hops 4; luck (control): 80.0% at hops 2, 30.0% at hops 4."
    ) in texts


@pytest.mark.parametrize(
    ("values", "unit", "shape", "said", "reason"),
    [
        ((0, 0, 0), "points", "stack", "+0.0 for all", "a part that nothing is of"),
        (
            (0.25, 0, -0.0004),
            "points",
            "stack",
            "+25.0 for a, +0.0 for the rest",
            "what is as good as nothing is nothing",
        ),
        ((0.25, 0, 0.5), "points", "rows", "+25.0 for a, +0.0 for b, +50.0 for c", "one alone keeps its name"),
        ((0, 0.25, 0), "%", "curves", "25.0% at hops 2, 0.0% for the rest", "curves too"),
    ],
)
def test_alternative_texts_are_no_walls_of_zeros(values, unit, shape, said, reason):
    places = (1, 2, 3) if shape == "curves" else "abc"
    line = Line("mine", "arm", 0, [Point(x, y) for x, y in zip(places, values, strict=True)])
    assert alt(Figure("Gains", "Gain", [line], "hops", unit, shape)) == f"Gains. Gain. mine: {said}.", reason
