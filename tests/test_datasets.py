"""What every dataset promises. `datasets/<name>.yaml` has the configurations, bad knobs and samples of each.

Text changed? Then VERSION goes up, and `python tests/test_datasets.py [name]` writes the new golden rows.
"""

import hashlib
import importlib
import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import yaml
from datasets import interleave_datasets

import synthrl
from synthrl.answers import score_row
from synthrl.app import gallery, guess, hub
from synthrl.app.across import Across
from synthrl.row import COLUMNS, validate

FOLDER = Path(__file__).parent / "datasets"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
ASKS = {name: yaml.safe_load((FOLDER / f"{name}.yaml").read_text()) for name in NAMES}
EXAMPLES = 64  # rows of each configuration that are looked at


def table(key):
    """(dataset, what its file has under `key`), one by one."""
    return [(name, entry) for name in NAMES for entry in ASKS[name][key]]


def configs():
    """(dataset, knobs) of each configuration whose rows ask something."""
    return [
        pytest.param(name, knobs, id=f"{name}, {label}")
        for name in NAMES
        for label, knobs in ASKS[name]["configs"].items()
        if knobs.get("context") != "corpus"
    ]


def open_dataset(name, **knobs):
    return hub.open_reader(name, **knobs)


def rows(builder, split="train", start=0, stop=EXAMPLES):
    return list(builder.rows(split, start, min(stop, builder.sizes()[split])))


def splits(builder):
    return [split for split, size in builder.sizes().items() if size]


def version(name):
    return importlib.import_module(f"synthrl.dataset_builders.{name}.builder").VERSION


def golden(name):
    return FOLDER / f"{name}.golden.json"


def digests(name):
    found = {}
    for label, knobs in ASKS[name]["configs"].items():
        builder = open_dataset(name, **knobs)
        texts = {split: json.dumps(rows(builder, split, 0, 16)) for split in builder.sizes()}
        found[label] = {split: hashlib.sha256(text.encode()).hexdigest()[:16] for split, text in texts.items()}
    return {"version": version(name), "configs": found}


def test_every_dataset_is_asked():
    assert hub.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_golden_rows(name):
    assert digests(name) == json.loads(golden(name).read_text())


@pytest.mark.parametrize(("name", "knobs"), configs())
def test_rows_are_whole_and_right(name, knobs):
    """They keep the contract, their own solution is right, and another route comes to the same answer."""
    pytest.importorskip("clingo")
    audit = importlib.import_module(f"synthrl.dataset_builders.{name}.audit.check")
    builder, across = open_dataset(name, **knobs), Across(audit)
    for split in splits(builder):
        for row in rows(builder, split, 0, EXAMPLES if split == "train" else 16):
            validate(row)
            assert score_row(row["solution"], row).exact_match == 1, row["id"]
            assert audit.check(row) == [], row["id"]
            across.add(row)
    assert across.faults() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_row_does_not_depend_on_its_slice_or_on_sizes(name):
    whole = rows(open_dataset(name), stop=40)
    builder = open_dataset(name, train=50, test=7)
    assert [row for i in (37, 5, 11, 0) for row in builder.rows("train", i, i + 1)] == [
        whole[i] for i in (37, 5, 11, 0)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_does_not_depend_on_the_process(name):
    code = f"import json; from synthrl.app import hub; print(json.dumps(list(hub.open_reader({name!r}).rows('test', 3, 9))))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "77")
    }
    assert len(texts) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_question_stands_twice_in_a_set(name):
    builder = open_dataset(name)
    asked = [
        (row["question"], json.dumps([row["context"], row["choices"]]))
        for split in splits(builder)
        for row in rows(builder, split, 0, 600 if split == "train" else 60)
    ]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("name", NAMES)
def test_seeds_share_nothing(name):
    one, other = ({row["prompt"][-1]["content"] for row in rows(open_dataset(name, seed=s), stop=500)} for s in (0, 1))
    assert one.isdisjoint(other)


@pytest.mark.parametrize(
    ("name", "case"), table("bad"), ids=lambda value: value if isinstance(value, str) else value["because"]
)
def test_bad_knobs_get_one_clear_line(name, case):
    with pytest.raises(ValueError) as caught:
        open_dataset(name, **case["knobs"])
    assert case["says"] in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_card(name):
    text = (hub.builder_class(name).folder / "README.md").read_text()
    _, front, card = text.split("---\n", 2)
    assert {"license", "language", "pretty_name", "task_categories", "tags"} <= set(yaml.safe_load(front))
    for heading in ("## A row", "## Knobs", "## How gold is made, and checked", "## What guessing earns", "## Limits"):
        assert heading in card, heading
    knobs = {knob for of_config in hub.builder_class(name).named().values() for knob in of_config}
    assert [knob for knob in sorted(knobs) if f"`{knob}`" not in card] == []


def test_the_gallery_is_current():
    """`make gallery`"""
    assert gallery.page() == (Path(__file__).parents[1] / "GALLERY.md").read_text()


@pytest.mark.parametrize("streaming", [False, True])
def test_families_mix(tmp_path, streaming):
    """Every dataset has the same columns, so that stock `datasets` interleaves them, by weight if one likes."""
    sizes = {"train": 20, "validation": 1, "test": 1, "heldout_phrasing": 1}
    parts = [
        synthrl.load_dataset(
            name, split="train", streaming=streaming, cache_dir=None if streaming else str(tmp_path), **sizes
        )
        for name in NAMES
    ]
    weights = [1 / len(parts)] * len(parts)
    mixed = interleave_datasets(parts, probabilities=weights, seed=0, stopping_strategy="all_exhausted")
    found = list(mixed)
    assert {row["id"].split("-")[0] for row in found} == set(NAMES)
    assert all(tuple(row) == COLUMNS for row in found)


# the promises of the cards, on thousands of rows


@pytest.mark.slow
@pytest.mark.parametrize(("name", "knobs"), table("guessed"), ids=str)
def test_no_shortcut_pays(name, knobs):
    """The sample is large enough for a miss of 0.02 to be one."""
    found = open_dataset(name, **knobs).rows("train", 0, 5_000)
    assert guess.verdict(found, guess.guessers_of(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_rows_are_right(name):
    """By a route to the answer that shares nothing with the generator."""
    work = [
        (name, case["knobs"], start, min(start + 250, case["rows"]))
        for case in ASKS[name]["audited"]
        for start in range(0, case["rows"], 250)
    ]
    assert sum(stop - start for *_, start, stop in work) >= 20_000
    with ProcessPoolExecutor(2) as pool:
        assert list(itertools.chain.from_iterable(pool.map(faults, work))) == []


def faults(work):
    name, knobs, start, stop = work
    check = importlib.import_module(f"synthrl.dataset_builders.{name}.audit.check").check
    builder = open_dataset(name, **{**knobs, "train": stop})
    return [f"{row['id']}: {fault}" for row in builder.rows("train", start, stop) for fault in check(row)]


if __name__ == "__main__":
    for dataset in sys.argv[1:] or NAMES:
        golden(dataset).write_text(json.dumps(digests(dataset), indent=1) + "\n")
