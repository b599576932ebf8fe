"""The folder that `synthrl publish` and its kin write: whose it is, what is left in it, and what happens where it is full."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_generate_stops import small_disk

from synthrl.app import cli
from synthrl.app.own_folder import LOCK, alone
from synthrl.app.publish import manifest, plan

pytest.importorskip("matplotlib", reason="publish needs `pip install 'synthrl[report]'`")

pytestmark = pytest.mark.usefixtures("elsewhere")
TINY = ["validation=3", "test=2", "heldout_phrasing=1", "--audit", "0"]
PUBLISH = ["publish", "fiction_logic", "rules_2", "--rows", "6", *TINY, "--output"]
METRIC = ["publish-metric", "choice", "--output"]
EXPORT = ["export", "fiction_logic", "train=5", "--format", "prime-rl", "--output"]


# whose it is


@pytest.mark.parametrize("command", [PUBLISH, METRIC])
def test_a_tree_that_is_whole_has_nothing_hidden_in_it_and_is_ours(command):
    for _ in range(2):
        assert cli.main([*command, "out/choice"]) == 0
        assert not list(Path("out").rglob(".*"))


def test_a_tree_that_is_not_whole_is_ours_by_its_lock(monkeypatch, capsys):
    def cut_off(*args):
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "write", cut_off)
        assert cli.main([*PUBLISH, "tree"]) == 2
    assert Path("tree", LOCK).exists() and Path("tree/README.md").exists()
    assert cli.main([*PUBLISH, "tree"]) == 0
    assert "4 of 4 files were there and are whole" in capsys.readouterr().err


def enter(folder, seconds, seen):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with alone(folder, "mark"):
                inside = os.open(folder / "inside", os.O_CREAT | os.O_EXCL)  # fails where there is another
                os.close(inside)
                (folder / "mark").touch()
                (folder / "inside").unlink()
                seen.value += 1
        except ValueError:
            pass


def test_two_processes_are_never_in_one_folder_though_the_lock_goes(tmp_path):
    processes = multiprocessing.get_context("fork")
    seen = [processes.Value("q", 0) for _ in range(3)]
    running = [processes.Process(target=enter, args=(tmp_path / "tree", 2, each)) for each in seen]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0, 0, 0] and sum(each.value for each in seen) > 20


@pytest.mark.parametrize(
    "why", ["a file", "below a file", "a link to a file", "a link to nothing", "a link to itself", "too long"]
)
@pytest.mark.parametrize(
    "command", [PUBLISH, METRIC, EXPORT, ["generate", "fiction_logic", "--rows", "20", "--output"]]
)
def test_what_can_be_no_folder_is_one_line(command, why, refusal):
    Path("file").write_text("mine")
    Path("at").mkdir()
    path = Path("at/choice")
    if why == "a file":
        path.write_text("mine")
    elif why == "below a file":
        path = Path("file/choice")
    elif why == "too long":
        path = Path("a" * 300, "choice")
    else:
        path.symlink_to({"a link to a file": "../file", "a link to nothing": "no", "a link to itself": "choice"}[why])
    refusal([*command, str(path)])
    assert Path("file").read_text() == "mine" and [one.name for one in Path("at").iterdir()] in (["choice"], [])


@pytest.mark.parametrize("command", [PUBLISH, METRIC, EXPORT])
def test_a_link_to_a_folder_is_that_folder(command, refusal, capsys):
    Path("there").mkdir()
    Path("choice").symlink_to("there")
    assert cli.main([*command, "choice"]) == 0
    assert Path("choice").is_symlink() and Path("there/README.md").is_file()
    Path("there/README.md").rename("there/notes.md")
    capsys.readouterr()
    if command != EXPORT:  # which writes over its own files alone
        assert "notes.md, which was not written by this command" in refusal([*command, "choice"])


# what is left of what was there


def test_what_goes_is_told(monkeypatch, capsys):
    monkeypatch.setattr(plan, "SHARD", 20)
    words = ["publish", "fiction_logic", "depth=1-2", *TINY, "--output", "tree"]
    assert cli.main([*words, "--rows", "50"]) == 0
    capsys.readouterr()
    assert cli.main(["publish", "fiction_logic", "depth=2", *TINY, "--output", "tree", "--rows", "20"]) == 0
    said = capsys.readouterr().err
    assert (
        "removed 9 files of what was published here before: depth_1/heldout_phrasing" in said
    )  # 6, and 3 of the other
    assert sorted(path.name for path in Path("tree").iterdir() if path.is_dir()) == ["depth_2", "pictures"]
    assert cli.main(["publish", "fiction_logic", "depth=2", *TINY, "--output", "tree", "--rows", "21"]) == 0
    assert "removed 1 files" in capsys.readouterr().err


def test_a_file_of_somebody_is_seen_before_anything_goes(refusal, capsys):
    assert cli.main([*PUBLISH, "tree"]) == 0
    Path("tree/rules_2/notes.txt").write_text("mine")
    before = sorted(Path("tree").rglob("*"))
    capsys.readouterr()
    refusal(["publish", "fiction_logic", "rules_3", "--rows", "6", *TINY, "--output", "tree"])
    assert [path for path in sorted(Path("tree").rglob("*")) if path.name != LOCK] == before


# where it is full


FULL = {
    "publish": ["publish", "fiction_multihop", "hops=1-2", "--rows", "300", *TINY],
    "publish by two": ["publish", "fiction_multihop", "hops=1-2", "--rows", "300", *TINY, "--num-proc", "2"],
    "publish-metric": ["publish-metric", "choice"],
    **{name: ["export", "fiction_multihop", "train=100", "--format", name] for name in ("verl", "openrlhf", "jsonl")},
}


@pytest.mark.parametrize("what", FULL)
def test_a_disk_that_fills_up_is_one_line_and_the_same_command_goes_on(what, tmp_path):
    """In a process of its own: Arrow, where chunks are cut by content, would end it."""
    command = [sys.executable, "-m", "synthrl.app.cli", *FULL[what], "--output"]
    with small_disk(tmp_path / "disk") as disk:
        free = os.statvfs(disk)
        (disk / "of_others").write_bytes(bytes(free.f_bavail * free.f_frsize - (4096 if "metric" in what else 98_304)))
        done = subprocess.run([*command, str(disk / "choice")], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "the disk is full: make room, then run the same command again" in done.stderr
        assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
        assert not list(disk.rglob("*.part")) and not (disk / "choice" / manifest.NAME).exists()
        (disk / "of_others").unlink()
        done = subprocess.run([*command, str(disk / "choice")], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert not list(disk.rglob("*.part")) and (disk / "choice/README.md").is_file()


def test_a_place_that_is_read_only_is_one_line(tmp_path, refusal):
    with small_disk(tmp_path / "disk") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for command in (PUBLISH, METRIC, EXPORT):
            assert "Read-only file system" in refusal([*command, str(disk / "choice")])


# a worker that is killed


def test_a_worker_that_is_killed_is_said_and_nothing_hangs(tmp_path):
    words = ["publish", "fiction_multihop", "hops=1-6", "--rows", "3000", *TINY, "--num-proc", "2", "--output", "tree"]
    process = subprocess.Popen([sys.executable, "-m", "synthrl.app.cli", *words], stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not list(Path("tree").glob("*/.*.part")):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    workers = [line.split() for line in listed.splitlines() if "spawn_main" in line]
    os.kill(next(int(pid) for pid, parent, *_ in workers if parent == str(process.pid)), signal.SIGKILL)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 2 and said.startswith("synthrl: a worker process was killed"), said
    assert said.count("\n") == 1 and not list(Path("tree").rglob("*.part"))


# names


@pytest.mark.parametrize(
    "name", ["", "a", "a/b/c", "/b", "a/", "a/b c", "a/ü", "../b", "a/..", "a/b\nc", "a--b/c", "a/b.git", f"a/{'b' * 97}", "a/-b"]
)  # fmt: skip
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_what_is_no_name_of_a_repository_is_one_line(name, more, refusal):
    assert refusal([*PUBLISH, "tree", "--repo-id", name, *more]).startswith("synthrl: --repo-id: ")
    assert not Path("tree").exists()


@pytest.mark.parametrize(
    "word", ["hops=2\n3", "ho ps=2", "=", "=2", "hops=", "hops==2", "\0=1", "hops=\ud800", "ünï=1", "%s=1", "{x}=1", "kinds=../x"]
)  # fmt: skip
@pytest.mark.parametrize("command", ["publish", "export", "generate"])
def test_what_is_no_knob_is_one_line(word, command, refusal):
    more = {"publish": ["--rows", "5"], "export": ["--format", "verl"], "generate": ["--rows", "5"]}[command]
    refusal([command, "fiction_multihop", word, *more, "--output", "out"])
    assert not Path("out").exists()
