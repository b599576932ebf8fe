"""fiction_multihop: what its rows promise, apart from being right (see test_audit.py)."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from synthrl import fiction
from synthrl.dataset_builders.fiction_multihop import builder as module
from synthrl.dataset_builders.fiction_multihop.relations import BY_NAME, DERIVED, GROUP, RELATIONS
from synthrl.dataset_builders.fiction_multihop.rows import SPLITS
from synthrl.dataset_builders.fiction_multihop.solve import KINDS
from synthrl.dataset_builders.fiction_multihop.world import World
from synthrl.row import validate

GOLDEN = Path(__file__).parent / "golden_rows.json"
CONFIGS = {
    "default": {},
    **{f"hops_{n}": {"hops": n} for n in range(1, 11)},
    "closed, shared world": {"hops": "1-3", "context": "closed", "worlds": 1, "people": 120},
    "unanswerable": {"hops": 3, "unanswerable": 0.5},
    "long": {"hops": 2, "context_chars": 64_000},
    "few relations": {
        "hops": 2,
        "relations": ("mother", "father", "birthplace", "mayor", "employer"),
        "kinds": ("chain",),
    },
    "corpus": {"context": "corpus"},
}


@pytest.fixture
def make(tmp_path):
    return lambda **knobs: module.BUILDER(cache_dir=str(tmp_path), **knobs)


def rows(builder, split="train", start=0, stop=24):
    return list(builder.rows(split, start, stop))


def digests(builder) -> dict[str, str]:
    sizes = builder.sizes()
    return {
        split: hashlib.sha256(json.dumps(rows(builder, split, 0, min(16, sizes[split]))).encode()).hexdigest()[:16]
        for split in sizes
    }


def test_golden_rows(make):
    """Text changed? Then VERSION goes up, and `python tests/test_fiction_multihop.py` writes the new digests."""
    golden = json.loads(GOLDEN.read_text())
    assert golden["version"] == module.VERSION
    assert {name: digests(make(**knobs)) for name, knobs in CONFIGS.items()} == golden["configs"]


@pytest.mark.parametrize("knobs", [k for k in CONFIGS.values() if k.get("context") != "corpus"], ids=str)
def test_rows_keep_the_contract(make, knobs):
    found = rows(make(**knobs), stop=64)
    for row in found:
        validate(row)
    assert len({row["id"] for row in found}) == len(found)


def test_a_row_does_not_depend_on_its_slice(make):
    whole = rows(make(hops=3), stop=40)
    builder = make(hops=3)
    assert [row for i in (37, 5, 11, 0) for row in builder.rows("train", i, i + 1)] == [
        whole[i] for i in (37, 5, 11, 0)
    ]


def test_a_row_does_not_depend_on_the_process():
    code = (
        "import json, tempfile; from synthrl.dataset_builders.fiction_multihop.builder import BUILDER;"
        "print(json.dumps(list(BUILDER(hops=3, cache_dir=tempfile.mkdtemp()).rows('test', 3, 9))))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(texts) == 1


def test_named_and_given_hops_are_the_same_rows(make):
    assert rows(make(hops=4)) == rows(make(config_name="hops_4"))


def test_sizes_do_not_change_rows(make):
    assert rows(make(hops=2, train=100, test=7)) == rows(make(hops=2))


@pytest.mark.parametrize("chars", [1_300, 2_000, 16_000, 128_000])
def test_a_longer_context_does_not_change_the_question(make, chars):
    one, other = rows(make(hops=2), stop=8), rows(make(hops=2, context_chars=chars), stop=8)
    for a, b in zip(one, other, strict=True):
        assert {k: a[k] for k in ("question", "answers", "steps", "solution")} == {
            k: b[k] for k in ("question", "answers", "steps", "solution")
        }


@pytest.mark.parametrize("chars", [4_000, 16_000, 64_000, 128_000])
def test_contexts_come_near_their_target(make, chars):
    for row in rows(make(hops=2, context_chars=chars), stop=8):
        told = row["context"]
        length = sum(map(len, told["title"])) + sum(len(s) + 1 for paragraph in told["sentences"] for s in paragraph)
        assert 0.9 * chars < length < 1.05 * chars + 400
        assert len(set(told["title"])) == len(told["title"])


@pytest.mark.parametrize(
    "knobs", [{}, {"hops": 1}, {"worlds": 1, "people": 200, "hops": "1-3", "context": "closed"}], ids=str
)
def test_no_question_stands_twice(make, knobs):
    builder = (
        make(**knobs, train=800, validation=40, test=40, heldout_phrasing=40)
        if knobs.get("hops") != 1
        else make(**knobs)
    )
    asked = [row["question"] for split in SPLITS for row in rows(builder, split, 0, 800 if split == "train" else 40)]
    assert len(set(asked)) == len(asked)


def test_seeds_share_no_question(make):
    one, other = ({row["question"] for row in rows(make(hops=1, seed=seed), stop=1_000)} for seed in (0, 1))
    assert one.isdisjoint(other)


def test_splits_share_no_name(make):
    endings = [ending for shelves in fiction.ENDINGS.values() for shelf in shelves for ending in shelf]
    token = re.compile(rf"(?:{'|'.join(fiction.HEADS)})(?:{'|'.join(fiction.MIDDLES)})(?:{'|'.join(endings)})\b")
    builder = make(hops=2)
    tokens = {split: {w for row in rows(builder, split, 0, 48) for w in token.findall(str(row))} for split in SPLITS}
    assert min(map(len, tokens.values())) > 100  # there was something to compare
    for i, one in enumerate(SPLITS):
        for other in SPLITS[i + 1 :]:
            assert tokens[one].isdisjoint(tokens[other])


def test_shared_worlds_ask_each_split_about_people_of_its_own(make):
    builder = make(worlds=1, people=200, hops=2, kinds=("chain",), context="closed", train=300, validation=30, test=30)
    worlds = {json.loads(row["meta"])["world"] for split in SPLITS[:3] for row in rows(builder, split, 0, 30)}
    assert worlds == {0}
    names = World(0, 0, 200).names[:200]
    asked = {
        split: {n for row in rows(builder, split, 0, 30) for n in names if n in row["question"]} for split in SPLITS[:3]
    }
    assert all(asked.values())
    assert asked["train"].isdisjoint(asked["test"]) and asked["train"].isdisjoint(asked["validation"])


def test_one_hop_rows_of_a_shared_world_cover_every_fact(make):
    builder = make(worlds=1, people=40, hops=1, kinds=("chain",), context="closed")
    world = World(0, 0, 40)
    facts = sum(len(found) for found in world.facts.values())
    assert len({row["question"] for row in rows(builder, stop=facts)}) == facts
    with pytest.raises(ValueError, match=r"holds about \d+ questions"):
        rows(builder, stop=facts + 1)


def test_corpus_tells_of_the_same_worlds(make):
    texts = {row["title"]: row["text"] for row in rows(make(config_name="corpus"), stop=150)}
    for row in rows(make(hops=4), stop=8):
        for title, sentences in zip(row["context"]["title"], row["context"]["sentences"], strict=True):
            assert all(sentence in texts[title] for sentence in sentences)


def test_every_kind_at_every_depth(make):
    for hops in range(1, 11):
        kinds = {row["kind"] for row in rows(make(hops=hops), stop=80)}
        assert kinds == set(KINDS) - ({"count", "superlative"} if hops == 1 else set())


@pytest.mark.parametrize("relations", [("mother", "birthplace", "employer"), ("mentor", "birth_year", "home")], ids=str)
def test_a_few_relations_are_enough_for_the_kinds_they_allow(make, relations):
    for row in rows(make(hops="1-2", relations=relations), stop=40):
        assert {part for path in json.loads(row["meta"])["path"] for part in path.replace("^", "").split(".")} <= set(
            relations
        ) | RULES | {""}


def test_kinds_are_balanced_where_an_answer_could_be_guessed(make):
    found = rows(make(hops=2, kinds=("yesno",)), stop=800)
    share = sum(row["answer"] == "yes" for row in found) / len(found)
    assert 0.44 < share < 0.56


def test_unanswerable_rows_come_in_the_chosen_share(make):
    found = rows(make(hops=3, unanswerable=0.3), stop=800)
    share = sum(not row["answerable"] for row in found) / len(found)
    assert 0.25 < share < 0.35
    assert all(row["answer"] == "unanswerable" for row in found if not row["answerable"])


def test_the_table_has_what_it_promises():
    base = [relation for relation in RELATIONS if len(relation.says) >= 4]  # three for all, one held out
    assert len(base) == len(RELATIONS) >= 30
    assert all("{{x}}" in relation.ask and "{{x}}" in relation.noun for relation in RELATIONS)
    assert all(step[0] in BY_NAME for rule in DERIVED for step in rule.path)
    for number in range(30):
        world = World(5, number, 32)
        for name, back in world.back.items():
            assert max(map(len, back.values()), default=0) <= GROUP, name


RULES = {rule.name for rule in DERIVED}
BAD = [
    ({"hops": 0}, "hops: got 0", "below the least"),
    ({"hops": 17}, "hops: got 17", "beyond the most"),
    ({"hops": "4"}, "hops: got '4'", "text that is no range would share the cache of 4"),
    ({"hops": "6-2"}, "hops: got '6-2'", "backwards"),
    ({"hops": "02-6"}, "hops: got '02-6'", "another spelling of the same"),
    ({"hops": True}, "hops: got True", "True is not 1"),
    ({"hops": 2.0}, "hops: got 2.0", "2.0 is not 2"),
    ({"kinds": ("chian",)}, "did you mean 'chain'", "misspelt"),
    ({"kinds": ()}, "at least one kind", "nothing to ask"),
    ({"kinds": ("count",), "hops": 1}, "count", "a count takes two hops"),
    ({"relations": ("motherr",)}, "did you mean 'mother'", "misspelt"),
    ({"context": "opne"}, "did you mean 'open'", "misspelt"),
    ({"context_chars": 1_500, "hops": 10}, "context_chars: got 1500", "too small for the chain"),
    ({"context_chars": 200_000}, "context_chars: got 200000", "too long"),
    ({"unanswerable": 1.5}, "unanswerable: got 1.5", "no share"),
    ({"unanswerable": 0.5, "context": "closed"}, "unanswerable: got 0.5", "no text to lack a hop"),
    ({"people": 3}, "people: got 3", "too small a world"),
    ({"worlds": -1}, "worlds: got -1", "negative"),
    ({"seed": -1}, "seed: got -1", "negative"),
    ({"seed": "0"}, "seed: got '0'", "text"),
    ({"train": -5}, "train: got -5", "negative size"),
    ({"train": 10**12}, "train: got 1000000000000", "more than there are names for"),
    ({"hops": 1, "worlds": 1, "test": 10}, "test: got 10", "train's one-hop rows ask everything"),
    ({"hop": 4}, "did you mean 'hops'", "no such knob"),
]


@pytest.mark.parametrize(("knobs", "message", "reason"), BAD, ids=[reason for *_, reason in BAD])
def test_bad_knobs_get_one_clear_line(make, tmp_path, knobs, message, reason):
    with pytest.raises(ValueError) as caught:
        make(**knobs)
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("*.arrow"))


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as cache:
        found = {name: digests(module.BUILDER(cache_dir=cache, **knobs)) for name, knobs in CONFIGS.items()}
    GOLDEN.write_text(json.dumps({"version": module.VERSION, "configs": found}, indent=1) + "\n")
