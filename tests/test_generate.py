"""`synthrl generate`: the same files whoever makes them, however often it is stopped."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import datasets
import filelock
import pyarrow.parquet as pq
import pytest

from synthrl import blocks
from synthrl.app import cli, hub, scale
from synthrl.app.commands import generate as command
from synthrl.app.scale import manifest, progress
from synthrl.app.scale import plan as plans
from synthrl.app.scale.folder import Folder
from synthrl.app.scale.parquet import canonical

pytest.importorskip("datatrove", reason="needs the scale extra")

WHAT = ["fiction_kinship", "hops=2", "--rows", "1700", "--file-size", "300KB"]
FILES = 4  # of 500 rows, and one of 200


def made(*words: str) -> list[str]:
    return ["generate", *WHAT, "--workers", "1", *words]


def contents(folder: Path) -> dict[str, bytes]:
    """What the folder holds, and nothing of how it came to be."""
    hidden = ("lock", "logs")
    found = [path for path in folder.rglob("*") if path.is_file() and not set(hidden) & set(path.parts)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken") / "rows"
    assert cli.main(made("--output", str(folder))) == 0
    return folder


@pytest.fixture
def copy(unbroken, tmp_path) -> Path:
    """Of a whole folder, to be damaged."""
    for path, text in contents(unbroken).items():
        (tmp_path / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / path).write_bytes(text)
    return tmp_path / "copy"


def data(folder: Path, number: int) -> Path:
    return folder / f"data/train-{number:05}-of-{FILES:05}.parquet"


def marker(folder: Path, number: int) -> Path:
    return folder / manifest.marker(number)


def refused(capsys, *words: str) -> str:
    """The one line of an error."""
    assert cli.main(["generate", *words]) == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def test_the_folder_loads_and_has_the_rows_of_load_dataset(unbroken, tmp_path):
    loaded = datasets.load_dataset(str(unbroken), cache_dir=str(tmp_path))
    builder = hub.open_reader("fiction_kinship", hops=2, train=1700)
    assert list(loaded) == ["train"]
    assert loaded["train"].features == builder.features
    assert list(loaded["train"]) == list(builder.rows("train", 0, 1700))


def test_the_folder_loads_without_synthrl(unbroken, tmp_path):
    code = f"""if True:
        import sys
        from datasets import load_dataset
        rows = load_dataset({str(unbroken)!r}, split="train", cache_dir={str(tmp_path)!r})
        assert not any(name.partition(".")[0] == "synthrl" for name in sys.modules)
        print(rows.num_rows)"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "1700\n"


def test_the_manifest_says_what_is_there(unbroken):
    told = json.loads((unbroken / "manifest.json").read_text())
    assert [each["rows"] for each in told["files"]] == [500, 500, 500, 200]
    assert [each["path"] for each in told["files"]] == [data(Path(), n).as_posix() for n in range(FILES)]
    assert [each["bytes"] for each in told["files"]] == [data(unbroken, n).stat().st_size for n in range(FILES)]
    expected = {"dataset": "fiction_kinship", "configuration": "hops_2", "split": "train", "seed": 0, "rows": 1700}
    assert expected.items() <= told.items()
    assert told["source"] == hub.builder_class("fiction_kinship").source
    assert set(told["versions"]) == {"synthrl", "pyarrow", "fiction_kinship"}


def test_the_command_in_the_manifest_makes_the_same_files(unbroken, tmp_path):
    told = json.loads((unbroken / "manifest.json").read_text())["command"].split()
    assert cli.main([*told[1:], "--workers", "1", "--output", str(tmp_path / "again")]) == 0
    assert contents(tmp_path / "again") == contents(unbroken)


@pytest.mark.parametrize("workers", ["2", pytest.param("3", marks=pytest.mark.slow)])
def test_the_number_of_workers_changes_no_byte(workers, unbroken, tmp_path):
    assert cli.main(["generate", *WHAT, "--workers", workers, "--output", str(tmp_path / "rows")]) == 0
    assert contents(tmp_path / "rows") == contents(unbroken)


def test_a_content_hash_is_of_rows_in_their_order(unbroken):
    told = json.loads((unbroken / "manifest.json").read_text())["files"]
    rows = pq.read_table(data(unbroken, 3)).to_pylist()
    assert content(rows) == told[3]["content"]
    assert content(rows[::-1]) != told[3]["content"]


def content(rows) -> str:
    return hashlib.sha256(b"".join(map(canonical, rows))).hexdigest()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("why", "number", "damage"),
    [
        ("a torn file", 1, lambda folder: truncate(data(folder, 1))),
        ("a file that is gone", 1, lambda folder: data(folder, 1).unlink()),
        ("a marker that is gone", 2, lambda folder: marker(folder, 2).unlink()),
        ("half a marker", 2, lambda folder: truncate(marker(folder, 2))),
        ("a marker that is no object", 2, lambda folder: marker(folder, 2).write_text("[1]")),
        ("another file's marker", 0, lambda folder: marker(folder, 0).write_bytes(marker(folder, 1).read_bytes())),
        (
            "a marker of another plan",
            3,
            lambda folder: marker(folder, 3).write_text(
                json.dumps(json.loads(marker(folder, 3).read_text()) | {"plan": "0" * 16})
            ),
        ),
    ],
)
def test_what_is_not_whole_is_made_again_and_nothing_else(why, number, damage, copy, unbroken):
    damage(copy)
    others = {data(copy, n): data(copy, n).stat().st_mtime_ns for n in range(FILES) if n != number}
    assert cli.main(made("--output", str(copy))) == 0
    assert contents(copy) == contents(unbroken), why
    assert {path: path.stat().st_mtime_ns for path in others} == others, why


def test_what_a_killed_process_was_writing_is_swept(copy, unbroken):
    (copy / "data/.train-00001-of-00004.parquet.999999.part").write_text("half a file")
    marker(copy, 1).unlink()
    assert cli.main(made("--output", str(copy))) == 0
    assert contents(copy) == contents(unbroken)


def test_a_folder_that_is_whole_is_left_alone(copy):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*.*") if path.is_file()}
    assert cli.main(made("--output", str(copy))) == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["fiction_kinship", "hops=3", "--rows", "1700", "--file-size", "300KB"], ["config", "hops_2", "hops_3"]),
        (["fiction_kinship", "hops=2", "seed=1", "--rows", "1700", "--file-size", "300KB"], ["knobs", "seed"]),
        (["fiction_kinship", "hops=2", "--rows", "1701", "--file-size", "300KB"], ["rows", "1700", "1701"]),
        (["fiction_kinship", "hops=2", "--rows", "1700", "--file-size", "301KB"], ["file size", "301000"]),
        ([*WHAT, "--split", "test"], ["split", "'test'"]),
        (["fiction_logic", "--rows", "1700", "--file-size", "300KB"], ["dataset", "fiction_logic"]),
    ],
)
def test_another_plan_for_the_same_folder_is_refused(words, named, copy, unbroken, capsys):
    said = refused(capsys, *words, "--output", str(copy))
    assert "another plan" in said
    assert not [word for word in named if word not in said], said
    assert contents(copy) == contents(unbroken)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"source": "0" * 16}, "the code of fiction_kinship has changed since"),
        ({"versions": {"pyarrow": "1"}}, "versions"),
        ({"rows": None, "other": 1}, "cannot be read"),
    ],
)
def test_a_plan_of_other_code_is_refused(change, named, copy, capsys):
    told = json.loads((copy / "plan.json").read_text())
    (copy / "plan.json").write_text(json.dumps(told | change))
    assert named in refused(capsys, *WHAT, "--output", str(copy))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"rows_per_file": 0}, "cannot be read"),  # files are counted by it
        ({"rows_per_seed": -1}, "cannot be read"),
        ({"bytes_per_row": {}}, "cannot be read"),
        ({"rows_per_seed": 130}, "rows per seed"),  # its rows would be other ones
    ],
)
def test_a_plan_that_was_edited_is_refused(change, named, copy, capsys):
    told = json.loads((copy / "plan.json").read_text())
    (copy / "plan.json").write_text(json.dumps(told | change))
    assert named in refused(capsys, *WHAT, "--output", str(copy))


@pytest.mark.parametrize("change", [{"path": "x"}, {"path": [1]}, {"content": None}, {"sha256": {}}])
def test_a_marker_that_was_edited_counts_for_none(change, copy, unbroken):
    told = json.loads(marker(copy, 1).read_text())
    marker(copy, 1).write_text(json.dumps(told | change))
    assert cli.main(made("--output", str(copy))) == 0
    assert contents(copy) == contents(unbroken)


def test_what_would_be_loaded_with_the_rows_is_refused(copy, capsys):
    """As rows twice: files of another size of file, or a copy of one."""
    data(copy, 0).rename(copy / "data/train-00000-of-00009.parquet")
    assert "data/train-00000-of-00009.parquet, which is no file of its plan" in refused(
        capsys, *WHAT, "--output", str(copy)
    )


def test_a_plan_that_another_process_wrote_in_the_meantime_counts(tmp_path, unbroken, capsys, monkeypatch):
    stock = scale._executors

    def meanwhile():
        (tmp_path / "plan.json").write_bytes((unbroken / "plan.json").read_bytes())
        return stock()

    monkeypatch.setattr(scale, "_executors", meanwhile)
    words = ["fiction_kinship", "hops=3", "--rows", "600", "--workers", "1", "--output", str(tmp_path)]
    assert "another plan" in refused(capsys, *words)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".generate"] == ["plan.json"]


def test_no_name_is_no_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "--output: got ''" in refused(capsys, *WHAT, "--output", "")
    assert not list(tmp_path.iterdir())


def test_the_line_that_loads_it_holds_for_any_folder(tmp_path):
    import ast

    for name in ("a b", 'a"b', "a\nb", "a\\b", "日本"):
        assert ast.literal_eval(Folder(str(tmp_path / name)).to_load) == str(tmp_path / name)


def test_a_folder_with_other_things_in_it_is_refused(tmp_path, capsys):
    (tmp_path / "README.md").write_text("mine")
    assert "README.md and no plan" in refused(capsys, *WHAT, "--output", str(tmp_path))
    assert contents(tmp_path) == {"README.md": b"mine"}


def test_a_second_process_says_that_there_is_a_first(tmp_path, capsys):
    (tmp_path / ".generate").mkdir()
    with filelock.FileLock(tmp_path / ".generate/lock"):
        assert "another synthrl generate is at work" in refused(capsys, *WHAT, "--output", str(tmp_path))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["fiction_kinship", "train=5", "--rows", "5"], ["train", "--rows"]),
        (["fiction_kinship", "hpos=5", "--rows", "5"], ["hpos", "hops"]),
        (["fiction_kinship", "--rows", "5", "--split", "tarin"], ["split", "'tarin'", "train"]),
        (["templated_task", "--rows", "1e9"], ["at most 448140", "no more different rows"]),
        (
            ["fiction_multihop", "hops=1", "context=closed", "worlds=1", "--rows", "1e6"],
            ["1000000", "world 0 holds"],
        ),
        (["fiction_kinship", "--rows", "5", "--config", "x.yaml"], ["--config", "slurm and ray"]),
        (["fiction_kinship", "--rows", "5", "--executor", "slurm", "--config", "no.yaml"], ["no.yaml"]),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(words, named, tmp_path, capsys):
    said = refused(capsys, *words, "--output", str(tmp_path / "rows"))
    assert not [word for word in named if word not in said], said
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize("url", ["memory://rows", "http://127.0.0.1:9/rows", "simplecache::memory://rows", "data://x"])
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_store_that_keeps_nothing_is_refused(url, more, capsys):
    said = refused(capsys, *WHAT, *more, "--output", url)
    assert url in said and "expected a folder, or a store that keeps what is written" in said


@pytest.mark.parametrize("url", ["hf://you/name", "hf://datasets/name", "hf://datasets/you/name@main"])
def test_what_is_no_dataset_of_the_hub_is_refused(url, capsys):
    assert "hf://datasets/OWNER/NAME" in refused(capsys, *WHAT, "--output", url)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ("partition: cpu", ["time"]),
        ("partition: cpu\ntime: 1\npatrition: x", ["patrition", "'partition'"]),
        ("- partition", ["--config", "settings"]),
        ("partition: [", ["no YAML"]),
        ("partition: cpu\ntime: 1\ntasks: 7", ["tasks"]),
    ],
)
def test_settings_of_a_cluster_are_checked(settings, named, tmp_path, capsys):
    (tmp_path / "cluster.yaml").write_text(settings)
    way = ["--executor", "slurm", "--config", str(tmp_path / "cluster.yaml"), "--output", str(tmp_path / "rows")]
    said = refused(capsys, *WHAT, *way)
    assert not [word for word in named if word not in said], said


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e9", 10**9), ("1_000_000", 10**6), ("5M", 5 * 10**6), ("2.5k", 2500), ("7", 7), ("1e14", 10**14)],
)
def test_amounts(text, number):
    assert command.amount(text) == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1e-3", "many", "", "1e99", "M", "1e15", "1__0_", "١٢"])
def test_what_is_no_amount(text):
    with pytest.raises(command.argparse.ArgumentTypeError, match="expected a whole number"):
        command.amount(text)


@pytest.mark.parametrize(
    ("text", "number"), [("256MB", 256 * 10**6), ("1GB", 10**9), ("900", 900), ("64M", 64 * 10**6), ("500B", 500)]
)
def test_sizes(text, number):
    assert command.size(text) == number


def plan(name: str, rows: int, **knobs: object) -> plans.Plan:
    return plans.asked(name, None, knobs, "train", rows, 256_000_000)._replace(rows_per_file=100_000)


@pytest.mark.parametrize("name", ["fiction_multihop", "fiction_arithmetic", "fiction_kinship", "fiction_logic"])
def test_a_billion_rows_are_of_as_many_seeds_as_it_takes(name):
    """And each of them is a row that `load_dataset` gives by that seed."""
    billion = plan(name, 10**9)
    assert billion.files == 10_000
    assert billion.span(9_999) == (999_900_000, 10**9)
    assert list(billion.parts(0, 500)) == [(0, 0, 500)]
    (part,) = billion.parts(10**9 - 3, 10**9)
    (rows,) = billion.tables(10**9 - 3, 10**9)
    builder = hub.open_reader(name, seed=part.seed, train=part.stop)
    assert rows == list(builder.rows("train", part.start, part.stop))
    assert len({seed for seed, *_ in billion.parts(0, 10**9)}) == -(-(10**9) // billion.rows_per_seed)


def test_rows_go_on_with_the_next_seed_in_the_middle_of_a_table(monkeypatch):
    short = plan("fiction_kinship", 1000)._replace(rows_per_seed=130)
    rows = [row for table in short.tables(100, 300) for row in table]
    assert [row["id"].rpartition("/")[2] for row in rows] == list(map(str, [*range(100, 130), *range(130), *range(40)]))
    assert len({row["id"] for row in rows}) == 200
    assert max(len(table) for table in short.tables(100, 300)) <= blocks.TABLE


def test_the_rows_of_a_file_follow_from_their_size_alone(unbroken):
    found = manifest.read_plan(Folder(str(unbroken)))
    again, _ = plans.measured(found._replace(rows=10**9, rows_per_file=0, bytes_per_row=0.0))
    assert again.rows_per_file == found.rows_per_file == 500
    assert again.bytes_per_row == found.bytes_per_row
    wider, _ = plans.measured(found._replace(rows=10**9, file_size=2_000_000))
    assert wider.rows_per_file % blocks.BLOCK == 0
    assert wider.rows_per_file > 500


def test_a_dry_run_tells_and_leaves_nothing(tmp_path, capsys):
    words = ["fiction_multihop", "--rows", "1e9", "--output", str(tmp_path / "rows"), "--dry-run", "--workers", "4"]
    assert cli.main(["generate", *words]) == 0
    told = capsys.readouterr().out
    for words in ("1,000,000,000 rows in", "of 64 seeds", "TB", " hours, ", " in 4", "are free"):
        assert words in told, told
    assert not (tmp_path / "rows").exists()


def test_a_dry_run_of_little_is_told_in_seconds(tmp_path, capsys):
    assert cli.main(["generate", *WHAT, "--dry-run", "--workers", "2", "--output", str(tmp_path / "rows")]) == 0
    told = capsys.readouterr().out
    assert re.search(r"in one process here: [\d.]+ s, [\d.]+ s in 2\n", told) and " 0.0 " not in told


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (2.34, "2.3 s"),
        (12.3, "12 s"),
        (89, "89 s"),
        (95, "2 min"),
        (5_000, "83 min"),
        (5_400, "1.5 hours"),
    ],
)
def test_durations_are_told_in_a_unit_that_fits(seconds, said):
    assert progress.duration(seconds) == said


def test_where_nobody_watches_there_are_lines(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.05)
    assert cli.main(made("--output", str(tmp_path / "rows"))) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(
        "of 1,700 rows, about" in line and "of 4 files" in line and re.search(r"rows/s, [\d.]+ s left$", line)
        for line in lines
    )


def test_rows_that_are_no_questions(tmp_path, capsys):
    words = [
        "generate",
        "fiction_multihop",
        "corpus",
        "--rows",
        "40",
        "--workers",
        "1",
        "--output",
        str(tmp_path / "r"),
    ]
    assert cli.main(words) == 0
    assert datasets.load_dataset(str(tmp_path / "r"), split="train", cache_dir=str(tmp_path / "c")).num_rows == 40
    assert cli.main(["verify", str(tmp_path / "r")]) == 0
    assert "1 of 1 files are as the manifest says" in capsys.readouterr().out


def test_without_datatrove_the_extra_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "datatrove.executor.local", None)
    monkeypatch.delitem(sys.modules, "synthrl.app.scale.executors", raising=False)
    monkeypatch.delattr(scale, "executors", raising=False)
    assert "pip install 'synthrl[scale]'" in refused(capsys, *WHAT, "--output", str(tmp_path / "rows"))
    assert not os.path.exists(tmp_path / "rows")


def test_verify_reads_such_a_folder(unbroken, capsys):
    assert cli.main(["verify", str(unbroken), "--rows", "120"]) == 0
    told = capsys.readouterr().out
    assert "4 of 4 files are as the manifest says" in told
    assert "120 rows, " in told


def other_rows(folder: Path) -> None:
    """Another file of as many rows in its place, and the manifest agrees."""
    data(folder, 1).write_bytes(data(folder, 0).read_bytes())
    told = json.loads((folder / "manifest.json").read_text())
    told["files"][1] = told["files"][0] | {"path": told["files"][1]["path"]}
    (folder / "manifest.json").write_text(json.dumps(told))


def flip(path: Path) -> None:
    """One bit in the middle: its size stays."""
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)


@pytest.mark.parametrize(
    ("why", "damage", "named"),
    [
        ("a bit is another", lambda folder: flip(data(folder, 1)), "train-00001-of-00004.parquet: has another SHA-256"),
        ("torn", lambda folder: truncate(data(folder, 1)), "bytes, and the manifest says"),
        ("gone", lambda folder: data(folder, 1).unlink(), "is missing"),
        ("one too many", lambda folder: data(folder, 7).write_bytes(b""), "is not in the manifest"),
        ("a file twice", other_rows, "where row 500 belongs"),
    ],
)
def test_verify_finds_what_is_wrong_with_files(why, damage, named, copy, capsys):
    damage(copy)
    assert cli.main(["verify", str(copy), "--rows", "100"]) == 1
    assert named in capsys.readouterr().err, why


def test_verify_finds_a_wrong_row_in_a_file_that_is_as_the_manifest_says(tmp_path, capsys):
    assert cli.main(["generate", "fiction_kinship", "--rows", "20", "--workers", "1", "--output", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("data/*")
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[7]["answer"] = "Nobody"
    pq.write_table(table.from_pylist(rows, table.schema), path)
    told, written = json.loads((tmp_path / "manifest.json").read_text()), path.read_bytes()
    told["files"][0] |= {"bytes": len(written), "sha256": hashlib.sha256(written).hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    assert cli.main(["verify", str(tmp_path)]) == 1
    assert "/train/7: " in capsys.readouterr().err


@pytest.mark.parametrize(("file", "named"), [("manifest.json", "is not whole"), ("plan.json", None)])
def test_verify_says_that_a_folder_is_not_whole(file, named, copy, capsys):
    (copy / file).unlink()
    status = cli.main(["verify", str(copy), "--rows", "5"])
    said = capsys.readouterr()
    assert status == (2 if named else 0)
    assert not named or named in said.err


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("plan.json", {"rows": 10**15, "rows_per_file": 1}, "not of the same rows"),
        ("plan.json", {"rows_per_file": 0}, "plan.json cannot be read"),
        ("manifest.json", {"files": []}, "manifest.json cannot be read"),
        ("manifest.json", {"files": [{**dict.fromkeys(manifest.Made._fields, "x"), "bytes": None}]}, "cannot be read"),
    ],
)
def test_verify_refuses_what_was_edited(file, change, named, copy, refusal):
    told = json.loads((copy / file).read_text())
    (copy / file).write_text(json.dumps(told | change))
    assert named in refusal(["verify", str(copy)])


def test_verify_counts_no_files_that_a_plan_only_claims(copy, capsys):
    told = json.loads((copy / "plan.json").read_text()) | {"rows": 10**15, "rows_per_file": 1}
    (copy / "plan.json").write_text(json.dumps(told))
    plan = manifest.read_plan(Folder(str(copy)))
    said = json.loads((copy / "manifest.json").read_text()) | {"plan": manifest.identity(plan)}
    (copy / "manifest.json").write_text(json.dumps(said))
    assert cli.main(["verify", str(copy)]) == 1
    assert "does not list the files of the plan" in capsys.readouterr().err
