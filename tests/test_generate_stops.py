"""`synthrl generate`, stopped: by a kill at any moment, by Ctrl-C, by a full disk. What comes after goes on from there."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_generate import contents

from synthrl.app import cli
from synthrl.app.scale import manifest, scratch
from synthrl.app.scale.folder import Folder
from synthrl.seeding import Stream

pytest.importorskip("datatrove", reason="needs the scale extra")

WHAT = ["generate", "fiction_kinship", "hops=2", "--file-size", "300KB"]  # files of 500 rows


def started(folder: Path, rows: int, workers: int = 2) -> subprocess.Popen[str]:
    """In a group of its own, as a terminal starts it."""
    how = ["--rows", str(rows), "--workers", str(workers), "--output", str(folder)]
    # A shell starts what it puts into the background deaf to Ctrl-C, and so would we be.
    heard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    heard += "from synthrl.app import cli; sys.exit(cli.main())"
    command = [sys.executable, "-c", heard, *WHAT, *how]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True, env=env)


def marked(folder: Path) -> int:
    return len(list((folder / manifest.MARKERS).glob("0*.json")))


def until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def group(process: subprocess.Popen[str]) -> list[str]:
    """What runs of it."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()]
    return [args for pgid, stat, args in lines if int(pgid) == process.pid and not stat.startswith("Z")]


def killed(folder: Path, rows: int, kills: int, within: float) -> Iterator[int]:
    """Start it so often, and kill all of it each time at some moment; how many files there are then."""
    for kill in range(kills):
        before, process = marked(folder), started(folder, rows)
        if kill % 3 != 2:  # else at any moment from the start on
            until(lambda: marked(folder) > before, process)  # noqa: B023
        time.sleep(Stream("kills", kill).random() * within)
        assert process.poll() is None, "it ended before it was killed: give it more rows"
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        yield marked(folder)


@pytest.mark.parametrize(
    ("rows", "kills", "within"),
    [(8_000, 2, 0.2), pytest.param(60_000, 10, 0.7, marks=pytest.mark.slow)],
)
def test_killed_at_any_moments_it_ends_with_what_an_unbroken_run_makes(rows, kills, within, tmp_path):
    there = list(killed(tmp_path / "killed", rows, kills, within))
    assert there == sorted(there)  # nothing that was whole is lost
    assert 0 < there[-1] < rows // 500
    for folder in ("killed", "unbroken"):
        process = started(tmp_path / folder, rows)
        assert process.communicate() and process.returncode == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "unbroken")


@pytest.mark.parametrize("workers", [1, 2])
def test_control_c_ends_it_at_once_and_says_where(workers, tmp_path):
    process = started(tmp_path, 200_000, workers)
    until(lambda: marked(tmp_path) > 0, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert out == "" and re.fullmatch(
        r"stopped with [\d,]+ of 200,000 rows; the same command goes on from there\n", err
    ), err
    assert process.returncode == 130
    assert not list(tmp_path.rglob("*.part"))
    assert group(process) == []


def test_workers_end_with_the_process_that_started_them(tmp_path):
    process = started(tmp_path, 200_000)
    until(lambda: marked(tmp_path) > 0, process)
    process.kill()
    end = time.monotonic() + 20
    while group(process) and time.monotonic() < end:
        time.sleep(0.1)
    assert group(process) == []
    process.communicate()


def test_a_kill_leaves_nothing_outside_of_the_folder(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    process = started(tmp_path / "rows", 200_000)
    until(lambda: marked(tmp_path / "rows") > 0, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    assert not [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]


def test_what_a_killed_process_was_to_send_goes_with_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = {f"{scratch.PREFIX}{ended.pid}-x": False, f"{scratch.PREFIX}mine": True, f"{scratch.PREFIX}mine-x": True}
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").write_text("half a file")
    with scratch.folder() as at_work:
        Folder("s3://bucket/rows").sweep()
        assert {name: (tmp_path / name).exists() for name in names} == names
        assert at_work.parent == tmp_path and at_work.exists()
    assert not at_work.exists()


def test_a_worker_that_is_killed_is_said_and_nothing_hangs(tmp_path):
    process = started(tmp_path, 200_000)
    until(lambda: marked(tmp_path) > 0, process)
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,pgid=,args="], capture_output=True, text=True
    ).stdout.splitlines()
    workers = [line.split()[0] for line in listed if line.split()[1] == str(process.pid) and "spawn_main" in line]
    os.kill(int(workers[0]), signal.SIGKILL)
    told = process.communicate(timeout=20)[1]
    assert process.returncode == 2
    assert told.startswith("synthrl: a worker process was killed, perhaps for want of memory")
    assert told.count("\n") == 1


@contextlib.contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    at.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(at)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_disk_that_fills_up_is_one_line_and_what_is_there_stays(workers, tmp_path, capsys, monkeypatch):
    whole = manifest.write_plan

    def then_fill(*args):
        whole(*args)
        used = os.statvfs(tmp_path / "disk")
        (tmp_path / "disk/of_others").write_bytes(bytes(used.f_bavail * used.f_frsize - 800_000))

    words = [*WHAT, "--rows", "2000", "--workers", workers]
    with small_disk(tmp_path / "disk") as disk:
        monkeypatch.setattr(manifest, "write_plan", then_fill)
        monkeypatch.setattr("synthrl.app.scale._check_room", lambda *args: None)  # it had been free before
        assert cli.main([*words, "--output", str(disk / "rows")]) == 2
        said = capsys.readouterr().err.strip()
        assert "the disk is full: make room, then run the same command again" in said
        assert "\n" not in said
        assert 0 < marked(disk / "rows") < 4
        (disk / "of_others").unlink()
        assert cli.main([*words, "--output", str(disk / "rows")]) == 0
        assert cli.main([*words, "--output", str(tmp_path / "rows")]) == 0
        assert contents(disk / "rows") == contents(tmp_path / "rows")


def test_a_disk_that_is_bound_to_fill_up_is_told_of_before_the_first_row(tmp_path, capsys):
    with small_disk(tmp_path / "disk") as disk:
        assert cli.main([*WHAT, "--rows", "1e6", "--output", str(disk / "rows")]) == 2
        said = capsys.readouterr().err
        assert "are needed, and" in said and "are free" in said
        assert not contents(disk / "rows")


def test_workers_of_verify_end_with_the_process_that_started_them():
    pytest.importorskip("clingo")
    words = ["verify", "fiction_kinship", "train=1000000", "--num-proc", "2"]
    process = subprocess.Popen([sys.executable, "-m", "synthrl.app.cli", *words], start_new_session=True)
    until(lambda: sum("spawn_main" in args for args in group(process)) == 2, process)
    process.kill()
    process.wait()
    end = time.monotonic() + 20
    while group(process) and time.monotonic() < end:
        time.sleep(0.1)
    assert group(process) == []
