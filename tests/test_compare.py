"""`synthrl report --base --trained`: what the command leaves in a folder, what it refuses, and what is published of it."""

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import loopback_hub
import pytest
from compared import CLOSED, DEEP, HOTPOT, make, own_rows, rows

from synthrl.app import cli, compare
from synthrl.app.publish import evaluation, manifest


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {HOTPOT: rows([0, 0, 1, 0] * 5, [1, 0, 1, 1] * 5, hop_1=0.0), CLOSED: rows([0] * 20)}
    after = {HOTPOT: rows([1, 1, 1, 0] * 5, hop_1=1.0), CLOSED: rows([0, 1] * 10)}
    for i, name in enumerate(("base", "mine", "other")):
        tasks = before if i == 0 else after
        tasks = {
            **tasks,
            **{task: own_rows(h, [i / 2] * 6, hop_1=1.0, hop_2=0.0) for task, h in zip(DEEP, (2, 3), strict=True)},
        }
        make(tmp_path / "evals" / name, tasks)
    return tmp_path / "evals"


def failed(capsys, *words: str) -> str:
    assert cli.main(["report", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_the_report(two, capsys):
    pytest.importorskip("matplotlib", reason="needs matplotlib: the report or dev extra")
    assert (
        cli.main(["report", "--base", "evals/base", "--trained", "evals/mine", "--trained", "seed 2=evals/other"]) == 0
    )
    said = capsys.readouterr().out
    assert "mine, mean of all tasks (3 tasks, 32 rows): exact match" in said
    folder = two / "report"
    told = json.loads((folder / "figures.json").read_text())
    assert {figure["section"] for figure in told["figures"]} == {
        "Scores",
        "What the gain is made of",
        "Trained on and tested on",
        "By hops, kind and level",
        "Intermediate answers",
        "With and without the text",
    }
    assert sorted(path.name for path in folder.glob("*.png")) == sorted(figure["file"] for figure in told["figures"])
    page, text = (folder / "index.html").read_text(), (folder / "report.md").read_text()
    assert page.count("<img") == text.count("![") == len(told["figures"])
    assert "http" not in page and str(two.parent) not in page + text
    with (folder / "table.csv").open() as file:
        lines = {(e["model"], e["against"], e["task"], e["by"], e["figure"]): e for e in csv.DictReader(file)}
    gain = lines["mine", "base", "hotpotqa_500", "", "exact_match"]
    ends = [f"{100 * float(gain[name]):.1f}" for name in ("gain_low", "gain_high")]
    assert f"| hotpotqa_500 | 20 | 25.0 | 75.0 | +{100 * float(gain['gain']):.1f} [{', '.join(ends)}] |" in text
    drawn = next(
        figure for figure in told["figures"] if figure["title"] == "Gain in right answers" and not figure["run"]
    )
    point = next(p for p in drawn["lines"][0]["points"] if p["x"] == "hotpotqa_500")
    assert [point["y"], point["low"], point["high"]] == [float(gain[n]) for n in ("gain", "gain_low", "gain_high")]


def test_one_model(two, capsys):
    assert cli.main(["report", "--base", "evals/base", "--output", "out"]) == 0
    text = Path("out/report.md").read_text()
    assert "| hotpotqa_500 | 20 | 25.0 [11.2, 46.9] |" in text and "gain" not in text.split("## Scores")[1].lower()


def test_again_in_the_same_folder(two, monkeypatch):
    monkeypatch.setattr("synthrl.app.figures.draw.draw", lambda figure, file, ends: file.touch())
    words = ["report", "--base", "evals/base", "--output", "out"]
    assert cli.main([*words, "--trained", "evals/mine"]) == 0
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    Path("out/my.png").touch()
    assert cli.main([*words, "--trained", "evals/mine"]) == 0
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == {**before, "my.png": b""}
    assert cli.main(words) == 0
    assert Path("out/my.png").is_file() and len(list(Path("out").glob("*.png"))) < len(before) - 4


def test_without_matplotlib_the_numbers_are_told(two, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "synthrl.app.figures.draw", raising=False)
    monkeypatch.delattr("synthrl.app.figures.draw", raising=False)
    assert cli.main(["report", "--base", "evals/base", "--trained", "evals/mine"]) == 0
    assert "no pictures: they need matplotlib: pip install 'synthrl[report]'" in capsys.readouterr().out
    text = (two / "report/report.md").read_text()
    assert "![" not in text and "| hotpotqa_500 | 20 | 25.0 | 75.0 |" in text


@pytest.mark.parametrize(("output", "said"), [("{file}", "is no folder"), ("~nobody-of-that-name/x", "no such home")])
def test_an_output_that_cannot_be_is_known_at_once(tmp_path, refusal, output, said):
    base = make(tmp_path / "base", {HOTPOT: rows([1, 0])})
    assert said in refusal(["report", "--base", str(base), "--output", output.format(file=base / "eval.json")])


def test_refusals(two, capsys):
    assert "got nothing, expected RUN" in failed(capsys)
    assert "got --trained without --base" in failed(capsys, "--trained", "evals/mine")
    assert "got runs and evaluations" in failed(capsys, "runs/mine", "--base", "evals/base")
    assert failed(capsys, "--base", "nothing").endswith("nothing: no evaluation, as there is no such folder")
    assert "evals: got 3 evaluations, expected one" in failed(capsys, "--base", "evals")
    shutil.rmtree(two / "mine/details")
    assert "lighteval writes them with --save-details" in failed(capsys, "--base", "evals/mine")
    (two / "base/eval.json").write_text("[]")
    assert "eval.json: not what `synthrl eval` writes" in failed(capsys, "--base", "evals/base")


def test_an_evaluation_is_published_without_what_is_private(tmp_path, monkeypatch):
    home = make(tmp_path / "mine", {HOTPOT: rows([1, 0, 1])})
    (home / "results").mkdir()
    (home / "results" / "results_1.json").write_text("{}")
    (home / "replies.sqlite").write_text("of a server")
    (home / "models").mkdir()
    (home / "models" / "m").symlink_to(tmp_path)
    compare.run([str(home)], str(home / "report"))
    tree = evaluation.write(home, "mine")
    told = manifest.of(tree)
    assert told["evaluation"] == "mine" and manifest.whole(tree, told)
    assert {path.partition("/")[0] for path in told["files"]} == {"README.md", "report", "results", "details"}
    card = (tree / "README.md").read_text()
    pictures = re.findall(r"\]\(([^)]+\.png)\)", card)
    assert pictures and all((tree / picture).is_file() for picture in pictures)
    texts = [path.read_text() for path in tree.rglob("*") if path.suffix in (".md", ".json", ".csv", ".html")]
    assert not any(str(tmp_path) in text for text in texts)
    with loopback_hub.running() as there:
        for name, value in there.environment(loopback_hub.WRITER).items():
            monkeypatch.setenv(name, value)
        command = "from pathlib import Path; from synthrl.app.publish import evaluation; import sys;"
        command += "sys.exit(evaluation.push(Path(sys.argv[1]), 'me/evals', 'mine', private=True))"
        done = subprocess.run([sys.executable, "-c", command, str(home)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        assert there.repos["datasets/me/evals"].keys() >= {"README.md", "report/table.csv", manifest.NAME}
        assert there.private == {"datasets/me/evals"}
