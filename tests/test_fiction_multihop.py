"""fiction_multihop: what its rows promise, apart from being right (see test_audit.py)."""

import json
import re

import pytest

from synthrl import fiction
from synthrl.dataset_builders.fiction_multihop import ask
from synthrl.dataset_builders.fiction_multihop import builder as module
from synthrl.dataset_builders.fiction_multihop.audit import grammar, questions
from synthrl.dataset_builders.fiction_multihop.relations import BY_NAME, DERIVED, GROUP, RELATIONS
from synthrl.dataset_builders.fiction_multihop.rows import SPLITS
from synthrl.dataset_builders.fiction_multihop.solve import KINDS
from synthrl.dataset_builders.fiction_multihop.wording import QUESTIONS
from synthrl.dataset_builders.fiction_multihop.world import World


@pytest.fixture
def make(tmp_path):
    return lambda **knobs: module.BUILDER(cache_dir=str(tmp_path), **knobs)


def rows(builder, split="train", start=0, stop=24):
    return list(builder.rows(split, start, stop))


def test_named_and_given_hops_are_the_same_rows(make):
    assert rows(make(hops=4)) == rows(make(config_name="hops_4"))


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
    assert all("{{x}}" in wording for relation in RELATIONS for wording in relation.ask + relation.noun)
    assert all(step[0] in BY_NAME for rule in DERIVED for step in rule.path)
    for number in range(30):
        world = World(5, number, 32)
        for name, back in world.back.items():
            assert max(map(len, back.values()), default=0) <= GROUP, name


# What `heldout_phrasing` asks is asked in words of its own.


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The questions of two splits, all kinds, without their names, years and numbers."""
    cache = str(tmp_path_factory.mktemp("asked"))
    builder = module.BUILDER(cache_dir=cache, hops="1-6", context="closed", heldout_phrasing=3_000)
    found = {split: rows(builder, split, 0, 3_000) for split in ("train", "heldout_phrasing")}
    assert all({row["kind"] for row in split} == set(KINDS) for split in found.values())
    names = re.compile(rf"(?<!^)(?<!\. ){grammar.NAME}|\d[\d,]*")
    return [{names.sub("_", row["question"]) for row in split} for split in found.values()]


def test_no_frame_of_a_question_stands_in_train_and_in_heldout_phrasing(asked):
    train, heldout = asked
    assert min(len(train), len(heldout)) > 2_000  # there was something to compare
    assert train.isdisjoint(heldout)


def pairs():
    """Every pair of wordings: train's, and the one kept for `heldout_phrasing`."""
    for relation in RELATIONS:
        fields = relation.ask, relation.noun, relation.that, relation.least, relation.most, relation.above
        yield from filter(None, fields)
    yield from (rule.noun for rule in DERIVED)


def test_no_wording_of_a_question_stands_in_the_other_split(asked):
    """Not even inside a longer question. Compared is the longest part of a wording that holds no slot."""
    train, heldout = map("\n".join, asked)
    for pair in pairs():
        usual, kept = (max(re.split(r"{{\w+}}", wording), key=len) for wording in pair)
        assert usual not in heldout and kept not in train, pair


def test_every_wording_of_a_question_has_another_that_is_held_out():
    usual, kept = (set(wordings) for wordings in zip(*pairs(), strict=True))
    assert usual.isdisjoint(kept)
    assert all(made.noun[1].endswith(("{{x}}", "{{x}} in {{year}}")) for made in (*RELATIONS, *DERIVED))
    usual, kept = map(vars, QUESTIONS)
    assert usual.keys() == kept.keys()
    frames = [field for field, wording in usual.items() if isinstance(wording, str)]
    assert "lead" in frames and all(usual[frame] != kept[frame] for frame in frames)
    assert all(usual[table].keys() == kept[table].keys() for table in usual if table not in frames)


def test_a_held_out_question_asks_what_it_would_ask_in_train(make):
    """As the audit reads them, which knows nothing of the plan; and its answers are the plan's."""
    builder = make(hops="1-10", context="closed")
    for i, row in enumerate(rows(builder, "heldout_phrasing", 0, 400)):
        world = builder._world("heldout_phrasing", i // 8)
        plan, question, _ = world.plan(i % 8)
        usual = ask.question(QUESTIONS[False], world.world, plan.query)
        assert question == row["question"] != usual
        (tree,) = questions.question(question)
        assert [tree] == questions.question(usual), question
        assert row["answers"] == [[answer] for answer in ask.answers(world.world, plan)]


RULES = {rule.name for rule in DERIVED}
