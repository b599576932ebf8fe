"""`synthrl task`: a file to begin with, its faults, its rows."""

from pathlib import Path

import pytest

from synthrl.app import cli


def test_new_check_preview(tmp_path, capsys):
    file = str(tmp_path / "my_task.yaml")
    assert cli.main(["task", "new", str(tmp_path / "my_task")]) == 0  # .yaml may be left out
    assert cli.main(["task", "check", file]) == 0
    assert cli.main(["task", "preview", file]) == 0
    assert "Answer" in capsys.readouterr().out
    assert cli.main(["task", "new", file]) == 2  # it is there, and stays
    assert "my_task.yaml" in capsys.readouterr().err


def test_faults_are_told(tmp_path, capsys):
    file = tmp_path / "my_task.yaml"
    cli.main(["task", "new", str(file)])
    file.write_text(file.read_text().replace("{{ buyer }} has", "{{ nobody }} has", 1))
    assert cli.main(["task", "check", str(file)]) == 1
    assert "nobody" in capsys.readouterr().out
    assert cli.main(["task", "check", str(tmp_path / "none.yaml")]) in (1, 2)


def without_check(file):
    cli.main(["task", "new", str(file)])
    file.write_text(file.read_text().partition("check:\n  read:")[0])


def test_solutions_are_shown(tmp_path, capsys):
    file = str(tmp_path / "my_task.yaml")
    cli.main(["task", "new", file])
    assert cli.main(["task", "preview", file]) == 0
    assert cli.main(["show", "templated_task", f"task={file}"]) == 0
    assert capsys.readouterr().out.count("So the answer is <answer>") == 10


def test_what_is_not_proven_is_said(tmp_path, capsys):
    file = tmp_path / "my_task.yaml"
    without_check(file)
    assert cli.main(["task", "check", str(file)]) == 0
    assert "no fault found; without `check` the answers are not proven" in capsys.readouterr().out


def test_an_own_task_is_verified_and_guessed(tmp_path, capsys):
    file = tmp_path / "my_task.yaml"
    cli.main(["task", "new", str(file)])
    assert cli.main(["verify", "templated_task", f"task={file}", "--rows", "20"]) == 0
    assert cli.main(["guess", "templated_task", f"task={file}", "--rows", "50"]) in (0, 1)
    assert "80 rows" in capsys.readouterr().out
    without_check(tmp_path / "other.yaml")
    assert cli.main(["verify", "templated_task", f"task={tmp_path / 'other.yaml'}", "--rows", "20"]) == 2
    assert capsys.readouterr().err.splitlines()[-1:] == [
        f"synthrl: {tmp_path / 'other.yaml'}: without `check` the answers are not proven"
    ]


def test_a_teachers_file(tmp_path, capsys):
    pytest.importorskip("httpx", reason="synthesis needs `pip install 'synthrl[synthesis]'`")
    file = str(tmp_path / "own.yaml")
    assert cli.main(["task", "new", file, "--generator", "teacher"]) == 0
    assert "name: own\n" in Path(file).read_text()
    assert cli.main(["task", "check", file]) == 0
    said = capsys.readouterr().out.splitlines()[1:]
    assert [line.partition(":")[0].strip() for line in said] == [file, "corpus", "benchmark"]
    assert cli.main(["task", "preview", file]) == 0
    out = capsys.readouterr().out
    assert out.count("So the answer is <answer>") == 3 and "own/demonstrations/2" in out
    Path(file).write_text(Path(file).read_text().replace("scorer: label", "scorer: number"))
    assert cli.main(["task", "check", file]) == 1
    out = capsys.readouterr().out
    assert "answer_type: got text" in out and "labels: got a list" in out  # not only the first
    assert cli.main(["task", "preview", file]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_teachers_file_without_demonstrations(tmp_path, capsys):
    pytest.importorskip("httpx", reason="synthesis needs `pip install 'synthrl[synthesis]'`")
    file = tmp_path / "own.yaml"
    cli.main(["task", "new", str(file), "--generator", "teacher"])
    file.write_text(file.read_text().partition("\ndemonstrations:")[0])
    assert cli.main(["task", "check", str(file)]) == 0
    assert "demonstrations: none" in capsys.readouterr().out
    assert cli.main(["task", "preview", str(file)]) == 0
    assert "it has no demonstrations to show" in capsys.readouterr().out


def test_tasks_that_ship_are_known_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["task", "preview", "savings_race"]) == 0
    assert "savings_race" in capsys.readouterr().out
    pytest.importorskip("httpx", reason="synthesis needs `pip install 'synthrl[synthesis]'`")
    assert cli.main(["task", "check", "gsm8k"]) == 0
    assert "gsm8k: no fault found" in capsys.readouterr().out
    (tmp_path / "gsm8k.yaml").write_text("name: mine")  # a file that is there comes first
    assert cli.main(["task", "check", "gsm8k"]) == 1
    assert "gsm8k.yaml: it has no subject" in capsys.readouterr().out
    assert cli.main(["task", "check", "gsm9k"]) == 1
    assert "got 'gsm9k.yaml', which cannot be read" in capsys.readouterr().out


def test_what_a_file_is_of_is_said_by_itself(tmp_path, capsys):
    file = tmp_path / "own.yaml"
    cli.main(["task", "new", str(file)])
    assert cli.main(["task", "check", str(file), "--generator", "teacher"]) == 2
    file.write_text("generator: teachers\n" + file.read_text())
    assert cli.main(["task", "check", str(file)]) == 1
    assert "generator: got 'teachers', expected template or teacher" in capsys.readouterr().out
