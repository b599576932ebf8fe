"""`synthrl publish`: which configurations, which rows, what the card says of them, and what is there after a kill."""

import importlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import Dataset
from huggingface_hub import DatasetCard

from synthrl.app import cli, hub
from synthrl.app.publish import card, manifest, plan, statistics

pytest.importorskip("matplotlib", reason="publish needs `pip install 'synthrl[report]'`")

pytestmark = pytest.mark.usefixtures("elsewhere")
TINY = ["validation=3", "test=2", "heldout_phrasing=1"]
SMALL = ["--rows", "6", *TINY, "--audit", "0"]
LOADED = """if True:
    import hashlib, json, sys
    from datasets import get_dataset_config_names, get_dataset_default_config_name, load_dataset
    folder, told = sys.argv[1], {}
    for config in get_dataset_config_names(folder):
        for split, rows in load_dataset(folder, config).items():
            streamed = load_dataset(folder, config, split=split, streaming=True)
            assert list(rows) == list(streamed) and rows.features == streamed.features
            text = json.dumps([rows.features.to_dict(), rows.to_list()], sort_keys=True)
            told[f"{config}/{split}"] = hashlib.sha256(text.encode()).hexdigest()
    assert not any(name.partition(".")[0] == "synthrl" for name in sys.modules)
    print(json.dumps([get_dataset_default_config_name(folder), told]))"""


def stock(folder, cache):
    """What stock `datasets` makes of the folder, where synthrl is not imported: the default, and a digest of each split."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(cache)}
    code = [sys.executable, "-c", LOADED, str(folder)]
    return json.loads(subprocess.run(code, env=env, capture_output=True, text=True, check=True).stdout)


def local(dataset, parts):
    """The same of what the builders make."""
    import hashlib

    told = {}
    for part in parts:
        builder = hub.open_reader(dataset, part.config, **part.knobs)
        for split, size in builder.sizes().items():
            rows = Dataset.from_list(list(builder.rows(split, 0, size)), features=builder.features)
            text = json.dumps([rows.features.to_dict(), rows.to_list()], sort_keys=True)
            told[f"{part.name}/{split}"] = hashlib.sha256(text.encode()).hexdigest()
    return told


def front_of(folder):
    return yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Two depths of one dataset, audited."""
    folder = tmp_path_factory.mktemp("published") / "tree"
    words = ["publish", "fiction_multihop", "hops=1-2", "--rows", "30", *TINY, "--audit", "2", "--output", str(folder)]
    assert cli.main(words) == 0
    return folder


# which configurations


@pytest.mark.parametrize(
    ("dataset", "words", "names"),
    [
        ("fiction_multihop", ["hops=1-3"], "hops_1 hops_2 hops_3"),
        ("fiction_multihop", ["hops=2,4,8-9"], "hops_2 hops_4 hops_8 hops_9"),
        ("fiction_multihop", ["hops=4", "kinds=chain"], "hops_4"),  # not its own configuration, but as deep
        (
            "fiction_multihop",
            ["hops=11-12", "context_chars=8000"],
            "hops_11 hops_12",
        ),  # which the dataset has no name for
        ("fiction_multihop", ["default", "hops=2-6"], "default"),  # of a named one a range is a range
        ("fiction_multihop", ["hops_4-kinds=chain%2Ccount"], "hops_4-kinds_chain_count"),  # no % in a path
        ("fiction_multihop", [], "default " + " ".join(f"hops_{n}" for n in range(1, 11)) + " corpus"),
        ("fiction_multihop", ["worlds=2"], "default " + " ".join(f"hops_{n}" for n in range(2, 11)) + " corpus"),
        ("fiction_arithmetic", ["operations=6-8"], "operations_6 operations_7 operations_8"),
        ("fiction_logic", ["kinds=knights", "people=3-4"], "knights_3 knights_4"),
        ("fiction_logic", ["depth=2-3"], "depth_2 depth_3"),  # all kinds
        ("fiction_logic", ["kinds=seating"], "default seating_4 seating_5 seating_6 seating_7 seating_8"),
        ("templated_task", ["task=dose"], "default easy medium hard"),  # no subject is another task
    ],
)
def test_a_depth_is_a_configuration_for_each_number(dataset, words, names):
    if "worlds=2" in words:
        words = [*words, "heldout_phrasing=7"]  # with shared worlds and one hop there can be none
    assert [part.name for part in plan.parts(dataset, words, 20)] == names.split()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["fiction_multihop", "hops=8-1"], "hops: got '8-1'"),
        (["fiction_multihop", "hops=1-8,2"], "each once"),
        (["fiction_multihop", "hops=few"], "hops: got 'few'"),
        (["fiction_multihop", "hops=16-17", "context_chars=8000"], "hops: got 17"),
        (["fiction_multihop", "hops=1-2", "kinds=superlative"], "can be asked at hops=1"),
        (["fiction_logic", "people=3-4", "items=3-4"], "one knob"),
        (["fiction_multihop", "hops=1", "train=5", "--rows", "6"], "--rows: got 6"),
        (["fiction_multihop", "hop=1"], "did you mean 'hops'"),
        (["fiction_multihap"], "did you mean 'fiction_multihop'"),
        (["fiction_multihop", "hops=1", "--rows", "5"], "--repo-id: got none"),
        (["fiction_multihop", "hops=1", "--rows", "5", "--repo-id", "composition"], "you/name"),
    ],
)
def test_what_cannot_be_published_is_said_in_a_line(words, says, capsys, tmp_path):
    if "--repo-id" not in says and "--repo-id" not in words:
        words = [*words, "--output", str(tmp_path / "tree")]
    assert cli.main(["publish", *words]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1 and not (tmp_path / "tree").exists()


def test_a_dry_run_lists_all_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(plan, "SHARD", 40)
    words = ["publish", "fiction_multihop", "hops=1-2", "--rows", "100", "--repo-id", "you/composition", "--dry-run"]
    assert cli.main([*words, "--output", str(tmp_path / "tree")]) == 0
    said = capsys.readouterr().out
    assert "3,200 rows, to you/composition" in said and not list(tmp_path.iterdir())
    assert re.search(r"hops_2 +train +100 rows +3 files, the first hops_2/train-00000-of-00003\.parquet", said)


# which rows


@pytest.mark.parametrize("dataset", hub.names())
def test_every_dataset_loads_without_synthrl_and_is_the_same(dataset, tmp_path):
    """Of each the first configuration, and the last, which may be a corpus."""
    builder = hub.builder_class(dataset)
    names = list(builder.named())
    for config in (names[0], names[-1]):
        assert cli.main(["publish", dataset, config, *SMALL, "--output", str(tmp_path / "tree")]) == 0
        parts = plan.parts(dataset, [config, *TINY], 6)
        assert stock(tmp_path / "tree", tmp_path / "cache") == [config, local(dataset, parts)]


@pytest.mark.slow
@pytest.mark.parametrize("dataset", hub.names())
def test_every_configuration_of_every_dataset(dataset, tmp_path):
    pytest.importorskip("clingo")
    words = ["publish", dataset, "--rows", "6", *TINY, "--audit", "1", "--num-proc", "2"]
    code = [sys.executable, "-m", "synthrl.app.cli", *words, "--output", str(tmp_path / "tree")]
    subprocess.run(code, check=True)
    parts = plan.parts(dataset, TINY, 6)
    assert [part.name for part in parts] == list(hub.builder_class(dataset).named())
    assert stock(tmp_path / "tree", tmp_path / "cache") == [parts[0].name, local(dataset, parts)]


def test_files_have_a_fixed_number_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "SHARD", 40)
    assert (
        cli.main(["publish", "fiction_logic", "rules_2", "--rows", "100", *TINY, "--audit", "0", "--output", "tree"])
        == 0
    )
    told = {path.name: pq.read_metadata(path).num_rows for path in Path("tree/rules_2").glob("train-*")}
    assert told == {f"train-{n:05}-of-00003.parquet": rows for n, rows in enumerate((40, 40, 20))}
    parts = plan.parts("fiction_logic", ["rules_2", *TINY], 100)
    assert stock("tree", tmp_path / "cache") == ["rules_2", local("fiction_logic", parts)]


def test_trees_of_one_name_are_not_taken_for_each_other(tmp_path):
    """By `datasets`, whose cache knows a folder by its name and by its card."""
    told = []
    for seed in ("0", "1"):
        folder = tmp_path / seed / "tree"
        assert cli.main(["publish", "fiction_logic", "rules_2", *SMALL, f"seed={seed}", "--output", str(folder)]) == 0
        page = folder / "README.md"
        page.write_text(re.sub(r"(num_bytes|_size): \d+", r"\1: 1", page.read_text()))  # as large as each other
        told.append(stock(folder, tmp_path / "cache"))
    assert told[0] != told[1]


# the card


def test_the_card_opens_with_what_the_hub_reads(tree):
    front = front_of(tree)
    assert DatasetCard.load(tree / "README.md").data.license == "apache-2.0"
    assert [(one["config_name"], one.get("default")) for one in front["configs"]] == [
        ("hops_1", True),
        ("hops_2", None),
    ]
    assert {"synthrl", "multi-hop"} <= set(front["tags"]) and front["size_categories"] == ["n<1K"]
    for info in front["dataset_info"]:
        paths = list((tree / info["config_name"]).iterdir())
        assert info["download_size"] == sum(path.stat().st_size for path in paths)
        assert {s["name"]: s["num_examples"] for s in info["splits"]} == {
            "train": 30, "validation": 3, "test": 2, "heldout_phrasing": 1,
        }  # fmt: skip
        assert info["dataset_size"] == sum(split["num_bytes"] for split in info["splits"])


def test_the_card_tells_of_the_rows_as_they_are(tree):
    page = (tree / "README.md").read_text()
    rows = pq.read_table(tree / "hops_2/train-00000-of-00001.parquet").to_pylist()
    words = [len(" ".join(turn["content"] for turn in row["prompt"]).split()) for row in rows]
    solved = [len(row["solution"].split()) for row in rows]
    lengths = [int(numpy.quantile(of, q, method="inverted_cdf")) for of in (words, solved) for q in (0.5, 0.95)]
    kinds, scorers = len({row["kind"] for row in rows}), ", ".join(sorted({row["scorer"] for row in rows}))
    line = f"| `hops_2` | train | 30 | {kinds} | 2 | {scorers} | {' | '.join(map(str, lengths))} |"
    assert line in page
    assert rows[0]["question"] in page and f"Answer: {rows[0]['answer']}" in page
    assert "**16 rows, with 0 failures**" not in page and "**14 rows, with 0 failures**" in page  # 2 each, and the one
    assert re.search(r"\| `hops_1` \| 30 \| 0\.\d+ \| 0\.\d+ \| \w.* \| 0\.\d+ \|", page)
    for said in (
        "2603.02091",
        "2505.17063",
        "@software{synthrl",
        "## Licence",
        hub.builder_class("fiction_multihop").source,
    ):
        assert said in page, said
    assert "path/of/this/folder" in page and "None" not in page and "{{" not in page.replace("{{The", "")


def test_no_quotation_in_the_card_ends_in_an_empty_line(tree):
    page = (tree / "README.md").read_text()
    assert "> **Question** " in page and not re.search(r"^>\n(?!>)", page, re.M)


def test_all_that_the_card_points_to_is_there(tree):
    page = (tree / "README.md").read_text()
    found = re.findall(r"\]\((?!https?:|#)([^)]+)\)", page)
    assert set(found) == {"pictures/hops.png", "pictures/kinds.png", "pictures/lengths.png"}
    for path in found:
        assert (tree / path).read_bytes().startswith(b"\x89PNG") and (tree / path).stat().st_size > 5_000
    anchors = {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", page, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_the_cards_command_makes_the_same_tree(tree, tmp_path):
    command = re.search(r"^synthrl publish .*$", (tree / "README.md").read_text(), re.M)[0]
    assert cli.main([*shlex.split(command)[1:], "--output", str(tmp_path / "again"), "--num-proc", "1", "--yes"]) == 0
    assert (tmp_path / "again" / manifest.NAME).read_bytes() == (tree / manifest.NAME).read_bytes()


def test_the_manifest_is_of_every_file(tree):
    told = manifest.of(tree)
    assert sorted(told["files"]) == [path for path in manifest.visible(tree) if path != manifest.NAME]
    assert manifest.whole(tree, told) and told["rows"] == 72 and told["dataset"] == "fiction_multihop"
    assert told["configs"]["hops_2"] == {
        "knobs": {"hops": "2", "train": "30", "validation": "3", "test": "2", "heldout_phrasing": "1"},
        "splits": {"train": 30, "validation": 3, "test": 2, "heldout_phrasing": 1},
    }


def test_lengths_in_tokens(toy, tmp_path):
    words = ["publish", "fiction_logic", "rules_2", *SMALL, "--tokenizer", str(toy), "--output", str(tmp_path / "tree")]
    assert cli.main(words) == 0
    page = (tmp_path / "tree" / "README.md").read_text()
    row = pq.read_table(tmp_path / "tree/rules_2/heldout_phrasing-00000-of-00001.parquet").to_pylist()[0]
    from transformers import AutoTokenizer

    tokens = len(AutoTokenizer.from_pretrained(toy)(row["solution"], add_special_tokens=False).input_ids)
    assert f"| {tokens:,} | {tokens:,} |\n" in page and "Lengths are tokens" in page and f"--tokenizer {toy}" in page


def test_a_tokenizer_that_is_none_costs_no_rows(tmp_path, capsys):
    words = ["publish", "fiction_logic", "rules_2", *SMALL, "--tokenizer", str(tmp_path / "none")]
    assert cli.main([*words, "--output", str(tmp_path / "tree")]) == 2
    assert "--tokenizer: got" in capsys.readouterr().err and not list((tmp_path / "tree").glob("*/*"))


@pytest.mark.parametrize(
    ("text", "deeper"),
    [
        ("## A\nsee [b](#b)", "### A\nsee [b](#b)"),  # a place on the same page
        ("[c](tasks/c.yaml) [d](https://d)", "c [d](https://d)"),  # what is not published
        ("```sh\n# a remark\n```\n# A", "```sh\n# a remark\n```\n## A"),  # in code it is no heading
    ],
)
def test_the_datasets_own_card_fits_in(text, deeper):
    assert card._deeper(text) == deeper


@pytest.mark.parametrize(
    ("rows", "said"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (10_000, "10K<n<100K"), (10**9, "1B<n<10B"), (10**13, "n>1T")],
)
def test_sizes_as_the_hub_writes_them(rows, said):
    assert card.size_category(rows) == said


@pytest.mark.parametrize("values", [[7], [1, 2], [3, 1, 2, 2, 9], list(range(101))])
@pytest.mark.parametrize("share", [0, 0.05, 0.25, 0.5, 0.95, 1])
def test_quantiles_of_counts_are_those_of_the_values(values, share):
    assert statistics.quantile(Counter(values), share) == numpy.quantile(values, share, method="inverted_cdf")


# what stops it


def test_rows_that_the_audit_finds_wrong_are_not_published(tmp_path, monkeypatch, capsys):
    pytest.importorskip("clingo")
    check = importlib.import_module("synthrl.dataset_builders.fiction_logic.audit.check")
    monkeypatch.setattr(check, "check", lambda row: ["it is wrong"])
    words = ["publish", "fiction_logic", "rules_2", "--rows", "6", *TINY, "--output", str(tmp_path / "tree")]
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert "it is wrong" in said and "rules_2: rows that the audit finds wrong" in said
    assert not {"README.md", manifest.NAME} & {path.name for path in (tmp_path / "tree").iterdir()}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("mine")
    assert cli.main(["publish", "fiction_logic", "rules_2", *SMALL, "--output", str(tmp_path)]) == 2
    assert "--output: got" in capsys.readouterr().err and [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_of_somebody_in_a_tree_of_ours_is_neither_removed_nor_sent(tree, tmp_path, capsys):
    import shutil

    folder = Path(shutil.copytree(tree, tmp_path / "tree"))
    (folder / "hops_1/notes.txt").write_text("mine")
    assert cli.main(["publish", "fiction_multihop", "hops_1", *SMALL, "--output", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "hops_1/notes.txt, which was not written by this command" in said and said.count("\n") == 1
    assert (folder / "hops_1/notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"files": {"a": []}}', '{"files": {"a": {"sha256": 1, "bytes": 2}}}', "[]"]
)
def test_a_manifest_that_is_none(text):
    assert manifest.read(text) is None


def test_two_runs_do_not_share_a_folder(tmp_path, capsys):
    from filelock import FileLock

    with FileLock(tmp_path / ".synthrl.lock"):
        assert cli.main(["publish", "fiction_logic", "rules_2", *SMALL, "--output", str(tmp_path)]) == 2
    assert "is being written by another run" in capsys.readouterr().err


@pytest.mark.parametrize(("missing", "extra"), [("matplotlib", "report"), ("clingo", "audit")])
def test_without_what_it_needs_the_extra_is_named(missing, extra, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [name for name in sys.modules if name.startswith("synthrl.dataset_builders.fiction_logic.audit")]:
        monkeypatch.delitem(sys.modules, name)  # which have imported it
    assert (
        cli.main(["publish", "fiction_logic", "rules_2", *SMALL, "--audit", "5", "--output", str(tmp_path / "tree")])
        == 2
    )
    assert f"pip install 'synthrl[{extra}]'" in capsys.readouterr().err
    assert not list((tmp_path / "tree").glob("*/*"))  # it costs no rows


# again


def hashes(folder):
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}


def test_again_nothing_is_made_and_more_is_added(tmp_path, capsys):
    folder = tmp_path / "tree"
    assert cli.main(["publish", "fiction_logic", "depth=1-2", *SMALL, "--output", str(folder)]) == 0
    told, made = (folder / manifest.NAME).read_bytes(), hashes(folder)
    assert cli.main(["publish", "fiction_logic", "depth=1-2", *SMALL, "--output", str(folder)]) == 0
    assert (folder / manifest.NAME).read_bytes() == told and hashes(folder) == made
    capsys.readouterr()
    assert cli.main(["publish", "fiction_logic", "depth=2-3", *SMALL, "--output", str(folder)]) == 0
    assert "4 of 8 files were there and are whole" in capsys.readouterr().err
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"depth_2", "depth_3", "pictures"}
    kept = hashes(folder).items() & made.items()
    assert {path.split("/")[0] for path, _ in kept} == {"depth_2"} and len(kept) == 4
    assert cli.main(["publish", "fiction_logic", "depth=2-3", *SMALL, "seed=1", "--output", str(folder)]) == 0
    assert not hashes(folder).items() & kept  # other rows


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign"])
def test_a_damaged_file_is_made_anew(tree, tmp_path, damage, capsys):
    import shutil

    folder = Path(shutil.copytree(tree, tmp_path / "tree"))
    path = folder / "hops_1/train-00000-of-00001.parquet"
    text = bytearray(path.read_bytes())
    if damage == "flipped":
        text[len(text) // 2] ^= 1
    path.write_bytes(b"mine" if damage == "foreign" else text[:-9] if damage == "cut" else text)
    command = re.search(r"^synthrl publish .*$", (tree / "README.md").read_text(), re.M)[0]
    assert cli.main([*shlex.split(command)[1:], "--output", str(folder)]) == 0
    assert "7 of 8 files were there and are whole" in capsys.readouterr().err
    assert (folder / manifest.NAME).read_bytes() == (tree / manifest.NAME).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_it_goes_on_and_ends_as_if_nothing_had_been(tmp_path, how):
    words = ["publish", "fiction_multihop", "hops=1-6", "--rows", "300", *TINY, "--audit", "0", "--num-proc", "2"]
    code = [sys.executable, "-m", "synthrl.app.cli", *words, "--output"]
    process = subprocess.Popen([*code, "cut"], stderr=subprocess.PIPE, start_new_session=True)
    while len(list(Path("cut").glob("*/*.parquet"))) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(how)  # the parent alone
    said = process.communicate()[1].decode()
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL), said
    assert "Traceback" not in said
    for _ in range(100):  # its workers end by themselves
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("a worker stayed")
    left = hashes(Path("cut"))
    assert 0 < len(left) < 24 and not Path("cut", "README.md").exists()
    Path("cut/hops_6").mkdir(exist_ok=True)
    Path("cut/hops_6/.train-00000-of-00001.parquet.123.part").write_bytes(b"half")
    assert cli.main([*words[:-2], "--output", "cut"]) == 0
    assert left.items() <= hashes(Path("cut")).items()
    assert not list(Path("cut").glob("*/.*")) and manifest.whole(Path("cut"), manifest.of(Path("cut")))
    assert cli.main([*words[:-2], "--output", "whole"]) == 0
    assert Path("whole", manifest.NAME).read_bytes() == Path("cut", manifest.NAME).read_bytes()


def test_verify_reads_every_configuration_of_a_tree(tmp_path, capsys):
    """Not the first alone, which is all that `load_dataset` opens unasked."""
    pytest.importorskip("clingo")
    words = ["publish", "fiction_logic", "kinds=rules", "depth=1-2", "--rows", "6", *TINY, "--audit", "0"]
    assert cli.main([*words, "--output", str(tmp_path / "tree")]) == 0
    capsys.readouterr()
    assert cli.main(["verify", str(tmp_path / "tree")]) == 0
    sizes = sum(
        split.stop - split.start
        for split in plan.shards("fiction_logic", plan.parts("fiction_logic", words[2:4] + TINY, 6))
    )
    assert f"{sizes} rows" in capsys.readouterr().out
    assert cli.main(["verify", str(tmp_path / "tree"), "--split", "train"]) == 0
    assert "12 rows" in capsys.readouterr().out
