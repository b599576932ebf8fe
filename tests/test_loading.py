"""Stock `datasets` loads our names, in every way it loads any, offline and from any directory."""

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import datasets
import numpy as np
import pytest
from datasets.distributed import split_dataset_by_node

import synthrl
from synthrl import blocks, prompt
from synthrl.app import hub

pytestmark = pytest.mark.usefixtures("elsewhere")

NAME = "synthrl/fiction_multihop"
BLOCK = 50
SIZES = {"train": 101, "validation": 12, "test": 11, "heldout_phrasing": 1}  # train: three blocks, the last one short
TINY = {"train": 6, "validation": 3, "test": 2, "heldout_phrasing": 1}
BUILDER = hub.builder_class("fiction_multihop")


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    """A row is the same in any block, so small ones will do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def rows(cache):
    return datasets.load_dataset(NAME, hops=4, **SIZES, cache_dir=cache)


def python(code: str, *, path: Path | None = None, check: bool = True, **env: str) -> subprocess.CompletedProcess:
    """Run `code` in a process of its own, offline; what it prints is the result."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", **env} | ({"PYTHONPATH": str(path)} if path else {})
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert run.returncode == 0 or not check, run.stderr
    return run


def a_copy(folder: Path) -> Path:
    """The package as it installs, to be edited: a folder for PYTHONPATH."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(blocks.__file__).parent, folder / "synthrl", ignore=ignore)
    shutil.copytree(BUILDER.folder.parent, folder / "synthrl" / "dataset_builders", ignore=ignore, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("why", "load"),
    [
        ("a named configuration is the knob", lambda **kw: datasets.load_dataset(NAME, "hops_4", **kw)),
        ("its folder, absolute", lambda **kw: datasets.load_dataset(str(BUILDER.folder), hops=4, **kw)),
        ("its folder, relative", lambda **kw: datasets.load_dataset(os.path.relpath(BUILDER.folder), hops=4, **kw)),
        ("by public interface only", lambda **kw: synthrl.load_dataset(NAME, hops=4, **kw)),
        ("without the namespace", lambda **kw: synthrl.load_dataset("fiction_multihop", "hops_4", **kw)),
        ("a knob given as it is by default", lambda **kw: synthrl.load_dataset(NAME, "hops_4", hops=4, **kw)),
    ],
)
def test_every_way_of_asking_gives_the_same_rows_from_one_cache(why, load, cache, rows):
    again = load(**SIZES, cache_dir=cache)
    assert {split: list(again[split]) for split in again} == {split: list(rows[split]) for split in rows}, why
    assert again["train"].cache_files == rows["train"].cache_files, why


def test_workers_make_the_same_rows(tmp_path, rows):
    parallel = datasets.load_dataset(NAME, hops=4, **SIZES, num_proc=2, cache_dir=str(tmp_path))
    assert len(parallel["train"].cache_files) == 2
    assert list(parallel["train"]) == list(rows["train"])


@pytest.mark.parametrize("split", ["train[:100]", "train[45:55]", "train[99%:]+test", "all"])
def test_slices(split, cache, rows):
    part = synthrl.load_dataset(NAME, hops=4, **SIZES, split=split, cache_dir=cache)
    stock = datasets.load_dataset(NAME, hops=4, **SIZES, split=split, cache_dir=cache)
    every = {row["id"]: row for name in rows for row in rows[name]}
    assert list(part) == list(stock) == [every[row["id"]] for row in part]


def test_a_smaller_dataset_is_the_beginning_of_a_larger_one(cache, rows):
    few = datasets.load_dataset(NAME, hops=4, **{**SIZES, "train": 7}, cache_dir=cache)
    assert list(few["train"]) == list(rows["train"].select(range(7)))


def test_rows_are_one_by_one_what_they_are_together(cache, rows):
    builder = BUILDER(hops=4, **SIZES, cache_dir=cache)
    for index in (0, 1, 49, 50, 100):
        (row,) = builder.rows("train", index, index + 1)
        assert row == rows["train"][index]


def test_inspection(cache):
    names = datasets.get_dataset_config_names(NAME)
    assert {"default", "hops_1", "hops_4", "corpus"} <= set(names)
    assert set(TINY) <= set(datasets.get_dataset_split_names(NAME, "hops_4"))
    assert datasets.get_dataset_default_config_name(NAME) == "default"
    builder = datasets.load_dataset_builder(NAME, cache_dir=cache)
    assert builder.info.features == blocks.row.FEATURES
    assert builder.source in builder.info.description


def test_no_argument_means_the_default(cache):
    assert datasets.load_dataset_builder(NAME, cache_dir=cache).config.name == "default"
    assert datasets.load_dataset(NAME, **TINY, cache_dir=cache)["train"].num_rows == TINY["train"]


def test_context_has_the_shape_of_hotpotqa(rows):
    """A struct of lists, where a list of structs would come back under the same name."""
    assert set(rows["train"][0]["context"]) == {"title", "sentences"}
    assert isinstance(rows["train"][0]["context"]["title"], list)


def test_save_to_disk(tmp_path, rows):
    rows.save_to_disk(tmp_path / "saved")
    assert list(datasets.load_from_disk(tmp_path / "saved")["train"]) == list(rows["train"])


def stream(cache):
    return datasets.load_dataset(NAME, hops=4, **SIZES, split="train", streaming=True, cache_dir=cache)


def test_streams(cache, rows):
    assert list(stream(cache)) == list(rows["train"])
    own = synthrl.load_dataset(NAME, hops=4, **SIZES, split="train", streaming=True, cache_dir=cache)
    assert list(own) == list(rows["train"])
    shuffled = stream(cache).shuffle(seed=1, buffer_size=50)
    assert sorted(row["id"] for row in shuffled) == sorted(rows["train"]["id"])


@pytest.mark.parametrize(("nodes", "why"), [(3, "as many as blocks"), (2, "blocks do not divide")])
@pytest.mark.parametrize("streaming", [True, False])
def test_nodes_share_the_rows(nodes, why, streaming, cache, rows):
    whole = stream(cache) if streaming else rows["train"]
    parts = [split_dataset_by_node(whole, rank, nodes) for rank in range(nodes)]
    assert sorted(row["id"] for part in parts for row in part) == sorted(rows["train"]["id"]), why


@pytest.mark.parametrize(
    ("seen", "where"),
    [(1, "inside the first block"), (49, "before its end"), (50, "at it"), (51, "past it"), (100, "at the last row")],
)
def test_a_stream_resumes_at_the_next_row(seen, where, cache, rows):
    first = stream(cache)
    rest = iter(first)
    for _ in range(seen):
        next(rest)
    second = stream(cache)
    second.load_state_dict(first.state_dict())
    assert [row["id"] for row in second] == rows["train"]["id"][seen:], where


@pytest.mark.parametrize("empty", ["train", "test"])
def test_a_split_without_rows_is_left_out(empty, cache):
    loaded = datasets.load_dataset(NAME, **{**TINY, empty: 0}, cache_dir=cache)
    assert sorted(loaded) == sorted(set(TINY) - {empty})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"config": "hops_44"}, ["config", "hops_44", "did you mean hops=44", "corpus"]),
        ({"hpos": 4}, ["hpos", "did you mean 'hops'", "train"]),
        ({"hops": 99}, ["hops", "99"]),
        ({"hops": "4"}, ["hops", "'4'", "hops=4"]),
        ({"config": "hops_4", "hops": 3}, ["hops", "3", "'hops_4' says 4"]),
        ({"config": 4}, ["config", "4"]),
        ({"config": ["x"]}, ["config", "x"]),
        ({"kinds": [["chain"]]}, ["kinds", "a list of names"]),
        ({"relations": [["chain"]]}, ["relations", "a list of names"]),
        ({"unanswerable": 10**400}, ["unanswerable", "a share"]),
        ({"context": np.array(["open", "closed"])}, ["context", "corpus"]),
        ({"writer_batch_size": 1}, ["knob", "writer_batch_size"]),
        ({"config_id": "../../precious"}, ["knob", "config_id"]),
        ({"worlds": 1, "train": 10**12}, ["train", "at most"]),
        ({"hops": True}, ["hops", "True"]),
        ({"train": -1}, ["train", "-1", "0 or more"]),
        ({"train": 2.5}, ["train", "2.5"]),
        ({"split": "tarin"}, ["split", "tarin", "did you mean 'train'"]),
        ({"split": "train+tset[:3]"}, ["split", "tset", "validation"]),
        ({"streaming": True, "num_proc": 2}, ["num_proc", "2"]),
    ],
)
def test_bad_input_is_refused_in_one_line_and_leaves_nothing(options, words, tmp_path):
    ways = [lambda: synthrl.load_dataset(NAME, **{**TINY, **options}, cache_dir=str(tmp_path))]
    if not {"split", "streaming"} & set(options):
        stock = {"name" if key == "config" else key: value for key, value in options.items()}
        ways.append(lambda: datasets.load_dataset(NAME, **{**TINY, **stock}, cache_dir=str(tmp_path)))
    for way in ways:
        with pytest.raises(ValueError) as error:
            way()
        assert "\n" not in str(error.value)
        assert not [word for word in words if word not in str(error.value)], str(error.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_dir()]


@pytest.mark.parametrize("word", ["hash", "features", "token", "base_path", "config_name", "repo_id"])
def test_what_is_no_knob_is_refused(word, tmp_path):
    with pytest.raises(ValueError, match=f"knob: got '{word}'"):
        synthrl.load_dataset(NAME, **{**TINY, word: "x"}, cache_dir=str(tmp_path))


@pytest.mark.parametrize("num_proc", [None, 2])
def test_a_shared_world_that_holds_too_little_is_said_before_anything_is_built(num_proc, tmp_path, monkeypatch):
    def build(*args):
        raise AssertionError("nothing was to be built")

    monkeypatch.setattr(BUILDER, "rows", build)
    with pytest.raises(ValueError, match=r"^train: got 10000, but world 0 holds about \d+ questions of hops=1"):
        datasets.load_dataset(NAME, hops=1, context="closed", worlds=1, num_proc=num_proc, cache_dir=str(tmp_path))


@pytest.mark.parametrize("error", [ValueError("no such row"), OSError(28, "No space left on device")])
@pytest.mark.parametrize("num_proc", [None, 2])
def test_what_fails_while_rows_are_made_is_what_comes_out(num_proc, error, tmp_path, monkeypatch):
    def fail(*args):
        raise error

    monkeypatch.setattr(BUILDER, "rows", fail)
    with pytest.raises(type(error)) as came:
        datasets.load_dataset(NAME, hops=4, **SIZES, num_proc=num_proc, cache_dir=str(tmp_path))
    assert str(came.value) == str(error)


def test_one_name_is_a_list_of_one(cache):
    one, listed = (BUILDER(kinds=kinds, cache_dir=cache) for kinds in ("chain", ["chain"]))
    assert one.cache_dir == listed.cache_dir


@pytest.mark.parametrize("plain", [False, True])
def test_another_prompt_for_every_type_of_dataset(plain, cache, rows):
    options = {"hops": 4, **SIZES, "cache_dir": cache, "streaming": True}
    types = [
        rows,
        rows["test"],
        datasets.load_dataset(NAME, **options),
        datasets.load_dataset(NAME, split="test", **options),
    ]
    wanted = prompt.messages(rows["test"][0], "Be brief.")
    for dataset in types:
        changed = prompt.with_prompt(dataset, "Be brief.", plain)
        assert type(changed) is type(dataset)
        split = changed["test"] if isinstance(changed, dict) else changed
        assert list(split.features) == split.column_names == rows["test"].column_names
        first = next(iter(split))
        assert first["prompt"] == (prompt.as_text(wanted) if plain else wanted)
        back = prompt.with_prompt(changed)
        assert next(iter(back["test"] if isinstance(back, dict) else back)) == rows["test"][0]


def test_a_stream_makes_no_more_rows_than_it_needs(cache, monkeypatch):
    made, whole = [], BUILDER.rows
    monkeypatch.setattr(blocks, "TABLE", 10)
    monkeypatch.setattr(BUILDER, "rows", lambda self, split, *at: (made.append(at), whole(self, split, *at))[1])
    next(iter(stream(cache)))
    assert made == [(0, 10)]


@pytest.mark.parametrize(
    ("path", "options"),
    [(NAME, {"revision": "main"}), (NAME, {"data_files": "x.csv"}), (f"hf://datasets/{NAME}", {})],
)
def test_what_asks_for_the_hub_reaches_it(path, options, tmp_path, monkeypatch):
    class Reached(Exception):
        def __init__(self, *args, **kwargs):
            super().__init__()

    def api(*args, **kwargs):
        raise Reached

    monkeypatch.setattr(datasets.load, "HfApi", api)
    with pytest.raises(Reached):
        datasets.load_dataset(path, cache_dir=str(tmp_path / "cache"), **options)


def test_a_directory_that_exists_wins(tmp_path):
    folder = tmp_path / NAME
    folder.mkdir(parents=True)
    (folder / "train.csv").write_text("a\n1\n")
    assert list(datasets.load_dataset(NAME, split="train", cache_dir=str(tmp_path / "cache"))) == [{"a": 1}]


def test_another_copy_of_a_dataset_loads_only_if_it_is_the_same(tmp_path):
    copy = a_copy(tmp_path) / "synthrl/dataset_builders/fiction_multihop"
    assert datasets.load_dataset(str(copy), **TINY, split="test", cache_dir=str(tmp_path / "cache")).num_rows == 2
    (copy / "builder.py").write_text("raise SystemExit('a directory is never run')")
    with pytest.raises(ValueError, match="differs from the installed"):
        datasets.load_dataset(str(copy), cache_dir=str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("dataset_builders/fiction_multihop/builder.py", True),
        ("dataset_builders/fiction_multihop/templates/deep/new.jinja", True),
        *[(f"{module}.py", True) for module in blocks.SPINE],
        ("dataset_builders/fiction_multihop/README.md", False),
        ("app/cli.py", False),
    ],
)
def test_the_fingerprint_covers_what_decides_the_rows(file, matters, tmp_path, monkeypatch):
    copy = a_copy(tmp_path) / "synthrl"
    monkeypatch.setattr(blocks, "__file__", str(copy / "blocks.py"))
    folder = copy / "dataset_builders/fiction_multihop"
    before = blocks.fingerprint(folder)
    (copy / file).parent.mkdir(parents=True, exist_ok=True)
    with open(copy / file, "a") as edited:
        edited.write("\n")
    assert (blocks.fingerprint(folder) != before) == matters


def test_edited_source_never_serves_old_rows(tmp_path):
    code = f"import synthrl; print(synthrl.load_dataset({NAME!r}, split='test', **{TINY})[0]['question'])"
    copy, env = a_copy(tmp_path), {"HF_DATASETS_CACHE": str(tmp_path / "cache")}
    before = python(code, path=copy, **env).stdout
    with open(copy / "synthrl/dataset_builders/fiction_multihop/builder.py", "a") as source:
        source.write("\n\nold = BUILDER.rows\n")
        source.write("BUILDER.rows = lambda *a: ({**row, 'question': 'edited'} for row in old(*a))\n")
    assert before != python(code, path=copy, **env).stdout == "edited\n"


def test_a_killed_build_leaves_nothing_that_is_taken_for_whole(tmp_path):
    code = f"""if True:
        import os, signal, synthrl
        from synthrl import blocks, prompt
        from synthrl.app import hub
        blocks.BLOCK = {BLOCK}
        builder = hub.builder_class("fiction_multihop")
        whole = builder._generate_tables
        def killed(self, split, blocks):
            tables = whole(self, split, blocks)
            yield next(tables)
            os.kill(os.getpid(), signal.SIGKILL)
        builder._generate_tables = killed
        synthrl.load_dataset({NAME!r}, hops=4, **{SIZES}, cache_dir={str(tmp_path)!r})"""
    assert python(code, check=False).returncode == -9
    (left_over,) = tmp_path.glob("*/*/*/*.incomplete")
    (left_over / "fiction_multihop-train-00007-00000-of-NNNNN.arrow").write_text("of a worker that is no more")
    loaded = datasets.load_dataset(NAME, hops=4, **SIZES, cache_dir=str(tmp_path))
    assert loaded.num_rows == SIZES
    (folder,) = tmp_path.glob("*/*/*/*/")
    assert sorted(path.name for path in folder.iterdir()) == [
        "dataset_info.json",
        *[f"fiction_multihop-{split}.arrow" for split in sorted(SIZES)],
    ]


def test_two_processes_that_build_the_same_both_succeed(tmp_path):
    code = f"import synthrl; print(synthrl.load_dataset({NAME!r}, hops=3, **{SIZES})['train'][:]['id'][-1])"
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(tmp_path)}
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env) for _ in range(2)]
    first, second = [process.communicate()[0] for process in both]
    assert first == second != b""
    assert [process.returncode for process in both] == [0, 0]


@pytest.mark.parametrize("order", ["datasets, synthrl", "synthrl, datasets", "datasets.load, synthrl"])
def test_the_order_of_imports_does_not_matter(order):
    code = f"import {order}; print(datasets.load.dataset_module_factory is datasets.inspect.dataset_module_factory, "
    assert python(code + "hasattr(datasets.load.dataset_module_factory, 'stock'))").stdout == "True True\n"


def test_importing_synthrl_imports_neither_datasets_nor_torch():
    code = "import synthrl, sys; print(sorted({'datasets', 'torch', 'pyarrow', 'faker'} & set(sys.modules)))"
    assert python(code).stdout == "[]\n"


@pytest.mark.parametrize(
    ("why", "load"),
    [
        ("the function is gone", types.SimpleNamespace()),
        ("it takes other arguments", types.SimpleNamespace(dataset_module_factory=lambda name: None)),
    ],
)
def test_a_datasets_that_moved_its_names_is_said_once_and_left_alone(why, load, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets.load", load)
    before = dict(vars(load))
    with pytest.warns(UserWarning, match=r"synthrl\.load_dataset") as warned:
        hub.patch()
    assert (len(warned), vars(load)) == (1, before), why


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows[1:], "train[0:50]: its rows() made 49 rows, expected 50"),
        (lambda rows: [*rows, rows[0]], "made 51 rows, expected 50"),
        (lambda rows: [{**rows[0], "colour": 3}, *rows[1:]], "train[0:50]: a row and the features differ in colour"),
        (lambda rows: [{k: v for k, v in row.items() if k != "meta"} for row in rows], "differ in meta"),
    ],
)  # fmt: skip
def test_a_dataset_that_makes_other_rows_than_it_said_is_told_what_is_wrong(spoil, said, monkeypatch):
    builder = hub.open_reader("fiction_multihop")
    made = list(builder.rows("train", 0, 50))
    monkeypatch.setattr(builder, "rows", lambda *span: iter(spoil(made)))
    with pytest.raises(RuntimeError) as error:
        builder.whole_rows("train", 0, 50)
    assert said in str(error.value)
