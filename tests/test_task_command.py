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
    file.write_text(file.read_text().replace("{{", "{{ nobody }}{{", 1))
    assert cli.main(["task", "check", str(file)]) == 1
    assert "nobody" in capsys.readouterr().out
    assert cli.main(["task", "check", str(tmp_path / "none.yaml")]) in (1, 2)
