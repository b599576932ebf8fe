"""`synthrl task`: a file to begin with, its faults, its rows."""

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
