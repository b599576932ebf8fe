"""The command line: what it prints, and how it refuses."""

import importlib
import os
import shlex
import subprocess
import sys

import datasets
import pytest

from synthrl.app import cli, commands, hub, prepare

TINY = ["train=6", "validation=3", "test=2", "heldout_phrasing=1"]
WITHOUT_SYNTHRL = """if True:
    import sys
    from datasets import load_dataset
    rows = {line}
    assert not any(name.partition(".")[0] == "synthrl" for name in sys.modules)
    print(rows["train"].num_rows, rows["train"][0]["id"])"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "72")


def run(capsys, *words: str) -> str:
    assert cli.main(list(words)) == 0
    return capsys.readouterr().out


def stock(line: str, cache: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": cache}
    code = WITHOUT_SYNTHRL.format(line=line)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)


@pytest.mark.parametrize("name", commands.NAMES)
def test_the_help_of_a_command_opens_with_an_example_that_is_understood(name, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    usage, example, about, *_ = capsys.readouterr().out.split("\n\n")
    assert stop.value.code == 0 and about.strip()
    top, words = cli.parser(), shlex.split(example.strip())
    assert words[:2] == ["synthrl", name] and " ".join(usage.split()).startswith(f"usage: synthrl {name}")
    asked, rest = top.parse_known_args(words[1:])
    assert asked.command == name and not any(word.startswith("-") for word in rest)


def test_help_and_list(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert end.value.code == 0
    assert all(command in text for command in ["list", "show", "prepare", "verify", "guess", "autoload", "hops=2-6"])
    assert "hops_4" in run(capsys, "list")


def test_show_reads_well_at_any_width(capsys, monkeypatch):
    row = next(iter(hub.open_builder("fiction_multihop", hops=4).rows("test", 1, 2)))
    text = run(capsys, "show", "fiction_multihop", "hops=4", "--split", "test", "--index", "1")
    assert row["id"] in text and row["answers"][0][0] in text
    assert all(title in text for title in row["context"]["title"])
    for part in [row["question"], *[step["question"] for step in row["steps"]]]:
        assert " ".join(part.split()) in " ".join(text.split())
    assert max(map(len, text.splitlines()[1:])) <= 72  # the id stays whole, for copying


def test_show_a_row_of_a_folder(capsys, tmp_path, refusal):
    ours = hub.load_dataset("fiction_kinship", None, "test", test=4)
    ours.save_to_disk(str(tmp_path / "mine"))
    capsys.readouterr()
    told = run(capsys, "show", str(tmp_path / "mine"), "--index", "2")
    assert told == run(capsys, "show", "fiction_kinship", "--split", "test", "--index", "2")
    assert "--index: got 4, expected 0 to 3" in refusal(["show", str(tmp_path / "mine"), "--index", "4"])


def test_show_a_document_of_the_corpus(capsys):
    assert run(capsys, "show", "fiction_multihop", "corpus")


@pytest.mark.parametrize(("tty", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)])
def test_colour_only_where_it_is_wanted(tty, no_color, coloured, capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty, raising=False)
    assert ("\033[" in run(capsys, "show", "fiction_multihop")) == coloured


@pytest.mark.parametrize("words", [["hops=4", *TINY], ["hops_4", "kinds=chain", *TINY, "--num-proc", "1"]])
def test_what_is_prepared_loads_without_synthrl(words, capsys, tmp_path, monkeypatch):
    cache = str(tmp_path / "cache")
    text = run(capsys, "prepare", "fiction_multihop", *words, "--cache-dir", cache)
    (line,) = [line.strip() for line in text.splitlines() if line.strip().startswith("load_dataset(")]
    name, config = "fiction_multihop", line.split('"')[3]
    first = next(iter(hub.open_builder(name, config, cache).rows("train", 0, 1)))["id"]  # the same name, with synthrl
    loaded = stock(line, cache)
    assert loaded.stdout == f"6 {first}\n", loaded.stderr

    assert "fresh" in run(capsys, "prepare", "--cache-dir", cache)
    monkeypatch.setattr(hub.builder_class(name), "source", "0" * 16)
    text = run(capsys, "prepare", "--cache-dir", cache)
    assert "stale" in text and "synthrl prepare fiction_multihop hops_4" in text


def test_stock_loads_what_was_prepared_last_even_after_an_undone_edit_and_a_killed_build(capsys, tmp_path):
    words = ["prepare", "fiction_multihop", "hops=4", *TINY, "--cache-dir", str(tmp_path)]
    run(capsys, *words)
    (whole,) = [filled.folder for filled in prepare.filled("fiction_multihop", str(tmp_path))]
    edited, killed = whole.with_name("edited"), whole.with_name("killed.incomplete")
    edited.mkdir()
    killed.mkdir()
    run(capsys, *words)
    assert not killed.exists()
    assert whole.stat().st_mtime > edited.stat().st_mtime  # stock `datasets` takes the newest


def damage(folder, how: str) -> None:
    (arrow,) = folder.glob("*-train.arrow")
    if how == "truncated":
        arrow.write_bytes(arrow.read_bytes()[: arrow.stat().st_size // 2])
    elif how == "deleted":
        arrow.unlink()
    else:
        (folder / "dataset_info.json").write_text(how)


@pytest.mark.parametrize("how", ["truncated", "deleted", "{", "[]", '{"description": "", "splits": {"train": {}}}'])
def test_a_damaged_cache_is_named_and_built_anew(how, capsys, tmp_path):
    name, words = "fiction_multihop", ["hops=4", *TINY, "--cache-dir", "here"]
    run(capsys, "prepare", name, *words)
    (whole,) = prepare.filled(name, str(tmp_path / "here"))
    damage(whole.folder, how)
    if how not in ("truncated", "deleted"):
        text = run(capsys, "prepare", "--cache-dir", "here")
        assert f"damaged: cannot read {whole.folder}" in text and f"rm -r {whole.folder}" in text
    text = run(capsys, "prepare", name, *words)
    (line,) = [line.strip() for line in text.splitlines() if line.strip().startswith("load_dataset(")]
    assert f"cache_dir='{tmp_path / 'here'}'" in line  # absolute: it is to be loaded from anywhere
    assert datasets.load_dataset(str(whole.folder), data_files="*-train.arrow", split="train").num_rows == 6
    assert next(prepare.filled(name, "here")) == whole


def test_a_killed_worker_is_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(hub.builder_class("fiction_multihop"), "rows", lambda *_: os._exit(9))
    words = ["hops=4", "train=1001", "--num-proc", "2", "--cache-dir", str(tmp_path)]
    assert cli.main(["prepare", "fiction_multihop", *words]) == 2
    assert "synthrl: a worker process was killed" in capsys.readouterr().err.splitlines()[-1]


def test_a_long_name_is_cut_for_the_folder_and_spelled_out_where_it_is_read(capsys, tmp_path, monkeypatch):
    name, cache = "fiction_multihop", str(tmp_path / "cache")
    builder = hub.builder_class(name)
    relations = [r.name for r in importlib.import_module(builder.__module__).RELATIONS][:40]
    text = run(capsys, "prepare", name, f"relations={','.join(relations)}", *TINY, "--cache-dir", cache)
    short, long = [line.strip() for line in text.splitlines() if line.strip().startswith("load_dataset(")]
    assert stock(short, cache).returncode == 0
    assert hub.open_builder(name, long.split('"')[3], cache).cache_dir in text
    monkeypatch.setattr(builder, "source", "0" * 16)
    assert ",".join(relations) in run(capsys, "prepare", "--cache-dir", cache)


@pytest.mark.parametrize("words", [["show"], ["verify", "--rows", "2"]])
def test_what_writes_nothing_needs_no_cache(words, capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder can be made below")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "file" / "cache")
    assert run(capsys, words[0], "synthrl/fiction_multihop", *words[1:])


def test_a_small_sample_is_not_judged(capsys):
    assert "not judged, with fewer than 300 rows: chain, 2+ hops" in run(
        capsys, "guess", "fiction_multihop", "kinds=chain", "--rows", "37"
    )


def test_output_is_ascii():
    command = [sys.executable, "-m", "synthrl.app.cli", "verify", "fiction_multihop", "--rows", "9"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, b"36 rows" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frob"], ["command: got 'frob', expected one of list, show, prepare"]),
        (["evla"], ["command: got 'evla', did you mean 'eval'?"]),
        (["REPORT", "runs/mine"], ["did you mean 'report'?"]),
        (["publish_metric"], ["did you mean 'publish-metric'?"]),
        ([""], ["command: got '', expected one of list"]),
        ([], ["COMMAND"]),
        (["show"], ["NAME"]),
        (["show", "fiction_multihpo"], ["dataset", "did you mean 'fiction_multihop'"]),
        (["show", "fiction_multihop", "hpos=4"], ["hpos", "did you mean 'hops'"]),
        (["show", "fiction_multihop", "hops=many"], ["hops", "many"]),
        (["show", "fiction_multihop", "train=-1"], ["train", "-1"]),
        (["show", "fiction_multihop", "hops_44"], ["config", "hops_44"]),
        (["show", "fiction_multihop", "hops_4", "hops_3"], ["hops_3", "second"]),
        (["show", "fiction_multihop", "--split", "tarin"], ["split", "tarin", "validation"]),
        (["show", "fiction_multihop", "--split", "all"], ["split", "all", "validation"]),
        (["show", "fiction_multihop", "--split", "train+test"], ["split", "train+test", "validation"]),
        (["show", "fiction_multihop", "--split", "train[:3]"], ["split", "train[:3]", "validation"]),
        *[
            (["show", "fiction_multihop", f"{word}=x"], ["knob", word])
            for word in ("hash", "name", "config", "cache_dir")
        ],
        (["prepare", "fiction_multihop", "hops_1", "hash=../../../../precious"], ["knob", "hash"]),
        (["prepare", "fiction_multihop", "--num-proc", "0"], ["--num-proc", "1 or more"]),
        (["verify", "fiction_multihop", "--num-proc", "0"], ["--num-proc", "1 or more"]),
        (["verify", "fiction_multihap"], ["fiction_multihap: got neither", "did you mean 'fiction_multihop'"]),
        (["verify", "fiction_multihap", "hops=2"], ["hops=2", "did you mean 'fiction_multihop'"]),
        (["verify", "my_rows"], ["my_rows: got neither", "fiction_logic, fiction_multihop"]),
        (["guess", "nope"], ["dataset", "nope"]),
        (["guess", "fiction_multihop", "hops=99"], ["hops", "99"]),
        (["guess", "fiction_multihop", "hop=2"], ["hop", "did you mean 'hops'"]),
        (["guess", "fiction_multihop", "corpus"], ["no question"]),
        (["guess", "fiction_multihop", "--rows", "0"], ["--rows", "1 or more"]),
        (["show", "fiction_multihop", "train=5", "--index", "5"], ["--index", "5", "0 to 4"]),
        (["show", "fiction_multihop", "--index", "-1"], ["--index"]),
        (["show", "fiction_multihop", "--wat"], ["--wat"]),
        (["prepare", "fiction_multihop", "train=x"], ["train", "x"]),
    ],
)
def test_an_error_is_one_line_and_status_2(words, said, capsys):
    try:
        status = cli.main(words)
    except SystemExit as end:
        status = end.code
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert not [word for word in said if word not in err], err


def test_knobs_may_follow_options(capsys):
    assert "0 to 4" not in run(capsys, "show", "fiction_multihop", "--index", "5", "train=9")


def test_control_c(monkeypatch):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr("synthrl.app.commands.list.run", interrupted)
    assert cli.main(["list"]) == 130


def test_a_closed_pipe_is_quiet():
    command = [sys.executable, "-m", "synthrl.app.cli", "list"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["synthrl", "exp"], ["explore", "export"]),
        (["synthrl", "prepare", "--n"], ["--num-proc"]),
        (["synthrl", "show", "fiction_m"], ["fiction_multihop"]),
        (["synthrl", "export", "--format", "ver"], ["verl"]),
    ],
)
def test_a_shell_completes(capsys, tmp_path, words, found):
    script = tmp_path / "synthrl"
    script.write_text(run(capsys, "completion", "bash"))
    asked = f"source {script}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _shtab_synthrl synthrl {words[-1]!r}"
    done = subprocess.run(
        ["bash", "-c", f'{asked}; printf "%s\\n" "${{COMPREPLY[@]}}"'], capture_output=True, text=True, check=True
    )
    assert sorted(word.strip() for word in done.stdout.splitlines()) == found


def test_completions_are_for_three_shells(capsys):
    assert "#compdef synthrl" in run(capsys, "completion", "zsh")
    assert "complete synthrl" in run(capsys, "completion", "tcsh")
