"""Rewards: called as TRL calls them, right for each kind of row, silent on others', and not to be had for listing."""

import functools
import inspect
import pickle
import statistics
import time
from types import SimpleNamespace

import numpy
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthrl import rewards
from synthrl.answers import score_row
from synthrl.prompt import tagged

TOLD = {
    "Ada Brel": ["Ada Brel is a mason.", "Her mother is Mira Brel."],
    "Mira Brel": ["Mira Brel lives in Velmo.", "Her friend is Bo Dun."],
    "Velmo": ["Velmo is a city.", "It stands on the Lomar."],
    "Zarno": ["Zarno is a city.", "It stands on the Tor."],
    "Bo Dun": ["Bo Dun lives in Zarno."],
    "Ivo Lok": ["Ivo Lok lives in Velmo."],
}
ROW = {
    "id": "made/1",
    "question": "On which river stands the home city of the mother of Ada Brel?",
    "context": {"title": list(TOLD), "sentences": list(TOLD.values())},
    "choices": [],
    "answers": [["Lomar", "River Lomar"]],
    "scorer": "set",
    "answerable": True,
    "steps": [
        {"question": "Who is the mother of Ada Brel?", "answer": "Mira Brel", "title": "Ada Brel"},
        {"question": "In which city does Mira Brel live?", "answer": "Velmo", "title": "Mira Brel"},
        {"question": "On which river does Velmo stand?", "answer": "Lomar", "title": "Velmo"},
    ],
    "supporting_facts": {"title": ["Ada Brel", "Mira Brel", "Velmo"], "sent_id": [1, 0, 1]},
}
ROWS = {
    "set": ROW,
    "set of two": {**ROW, "answers": [["Lomar"], ["Tor"]]},
    "number": {**ROW, "scorer": "number", "answers": [["12"]]},
    "label": {**ROW, "scorer": "label", "answers": [["yes"]]},
    "choice": {**ROW, "scorer": "choice", "answers": [["B", "Lomar"]], "choices": ["Tor", "Lomar"]},
    "words": {**ROW, "scorer": "f1:hotpotqa", "answers": [["the river Lomar"]]},
    "unanswerable": {**ROW, "scorer": "label", "answers": [["unanswerable"]], "answerable": False},
}
FOREIGN = dict.fromkeys(ROW)  # a row of another part of a mixed dataset: every column of ours is None
EVERY = [
    rewards.answer_reward, rewards.exact_match, rewards.answer_f1, rewards.answer_set, rewards.math_answer, rewards.choice,
    rewards.supporting_facts, rewards.hop_recall, rewards.format_ok, rewards.length_penalty, rewards.random_reward,
]  # fmt: skip


def call(reward, rows, completions, **extra):
    """As TRL does: columns as lists, and more than any reward needs."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    extra = {"trainer_state": SimpleNamespace(global_step=7), "log_extra": None, "log_metric": None, **extra}
    ids = [[1, 2, 3]] * len(completions)
    prompts = [[{"role": "user", "content": "?"}]] * len(completions)
    return reward(prompts=prompts, completions=completions, completion_ids=ids, **columns, **extra)


def one(reward, completion, row=ROW, **options):
    return call(functools.partial(reward, **options), [row], [completion])[0]


# the convention


@pytest.mark.parametrize("reward", EVERY, ids=lambda reward: reward.__name__)
def test_called_as_trl_does(reward):
    texts = [tagged("Lomar"), "", "no tag"]
    plain = call(reward, [ROW] * 3, texts)
    chat = call(reward, [ROW] * 3, [[{"role": "assistant", "content": text}] for text in texts])
    assert plain == chat
    assert isinstance(plain, list) and len(plain) == 3
    assert all(value is None or type(value) is float for value in plain)


@pytest.mark.parametrize("reward", EVERY, ids=lambda reward: reward.__name__)
def test_sent_to_other_processes(reward):
    assert pickle.loads(pickle.dumps(reward)) is reward
    options = [p.name for p in inspect.signature(reward).parameters.values() if p.kind is p.KEYWORD_ONLY]
    partial = functools.partial(
        reward, **{name: inspect.signature(reward).parameters[name].default for name in options}
    )
    sent = pickle.loads(pickle.dumps(partial))
    assert call(sent, [ROW], [tagged("Lomar")]) == call(reward, [ROW], [tagged("Lomar")])


@pytest.mark.parametrize(
    ("reward", "column"),
    [
        (rewards.answer_reward, "scorer"), (rewards.exact_match, "answers"), (rewards.answer_f1, "answers"), (rewards.answer_set, "scorer"),
        (rewards.math_answer, "answers"), (rewards.choice, "choices"), (rewards.supporting_facts, "supporting_facts"),
        (rewards.hop_recall, "steps"),
    ],
)  # fmt: skip
def test_a_missing_column_is_named(reward, column):
    row = {name: value for name, value in ROW.items() if name != column}
    with pytest.raises(TypeError, match=f"lacks {column}"):
        call(reward, [row], [tagged("Lomar")])


@pytest.mark.parametrize("reward", EVERY[:8], ids=lambda reward: reward.__name__)
def test_columns_of_another_length(reward):
    with pytest.raises(ValueError, match="got 1 completions, but 2 of"):
        call(reward, [ROW, ROW], [tagged("Lomar")])


@pytest.mark.parametrize("reward", EVERY[:8], ids=lambda reward: reward.__name__)
def test_rows_of_others_get_none(reward):
    mixed = [FOREIGN, ROWS["number"], ROWS["choice"], ROWS["set"], FOREIGN]
    found = call(reward, mixed, [tagged("Lomar")] * 5)
    assert found[0] is None and found[4] is None
    assert any(value is not None for value in found)


OWN = {
    "answer_reward": set(ROWS),
    "exact_match": set(ROWS),
    "answer_f1": {"set", "words"},
    "answer_set": {"set", "set of two"},
    "math_answer": {"number"},
    "choice": {"choice"},
}


@pytest.mark.parametrize("name", OWN)
def test_whose_rows(name):
    found = call(getattr(rewards, name), list(ROWS.values()), [tagged("Lomar")] * len(ROWS))
    assert {row for row, value in zip(ROWS, found, strict=True) if value is not None} == OWN[name]


@pytest.mark.parametrize("reward", [rewards.answer_reward, rewards.exact_match], ids=lambda reward: reward.__name__)
def test_bad_gold_raises_and_names_the_row(reward):
    bad = {**ROW, "scorer": "number", "answers": [["many"]]}
    with pytest.raises(ValueError, match="made/1.*no number"):
        call(reward, [ROW, bad], [tagged("Lomar"), ""])


# the answer

CASES = [
    ("set", tagged("Lomar"), 1, "right"),
    ("set", "Mira Brel lives there. The answer is River Lomar.", 1, "without a tag, by an alias"),
    ("set", tagged("Lomar, Tor"), 1 / 2, "one of two"),
    ("set", tagged("Tor"), 0, "wrong"),
    ("set of two", tagged("Tor and Lomar"), 1, "both"),
    ("set of two", tagged("Tor"), 2 / 3, "half of it"),
    ("number", tagged("twelve"), 1, "in words"),
    ("number", tagged("12 or 13"), 0, "two numbers"),
    ("label", tagged("Yes."), 1, "a label"),
    ("choice", tagged("B"), 1, "a letter"),
    ("choice", tagged("Tor"), 0, "the other"),
    ("words", tagged("Lomar river"), 1, "words in any order"),
    ("words", tagged("Lomar"), 2 / 3, "half of the words"),
    ("unanswerable", tagged("unanswerable"), 1, "so it is"),
    ("unanswerable", tagged("Lomar"), 0, "so it is not"),
    ("set", "", 0, "nothing"),
]


@pytest.mark.parametrize(("name", "completion", "worth", "reason"), CASES)
def test_answer_reward_is_what_score_row_says(name, completion, worth, reason):
    row = ROWS[name]
    found = score_row(completion, row)
    assert one(rewards.answer_reward, completion, row) == found.f1 == pytest.approx(worth), reason
    assert one(rewards.exact_match, completion, row) == found.exact_match
    for narrow in (rewards.answer_set, rewards.math_answer, rewards.choice):
        assert one(narrow, completion, row) in (None, found.f1)


def test_strict_wants_the_tag():
    assert one(rewards.answer_reward, "The answer is Lomar.") == 1
    for reward in (rewards.answer_reward, rewards.exact_match, rewards.answer_f1, rewards.answer_set):
        assert one(reward, "The answer is Lomar.", strict=True) == 0
        assert one(reward, tagged("Lomar"), strict=True) == 1


def test_answer_f1_counts_words():
    assert one(rewards.answer_f1, tagged("Upper Lomar")) == pytest.approx(2 / 3)
    assert one(rewards.answer_set, tagged("Upper Lomar")) == 0


def test_metrics_are_logged():
    logged = {}
    said = [tagged("Lomar"), tagged("Tor"), "Let me think.\nIt is long.", tagged("Lomar"), "whatever"]
    call(rewards.answer_reward, [ROW] * 4 + [FOREIGN], said, log_metric=logged.__setitem__)
    assert logged == {"answer/parsed": 3 / 4, "answer/exact_match": 2 / 4}  # of our own rows
    call(rewards.answer_reward, [FOREIGN], [""], log_metric=lambda *what: pytest.fail("nothing was judged"))


# the way to it


@pytest.mark.parametrize(
    ("completion", "low", "high", "reason"),
    [
        ("The mother of Ada Brel is Mira Brel. She lives in Velmo. <answer>Lomar</answer>", 1, 1, "in order"),
        ("<think>Mira Brel, then Velmo.</think><answer>Lomar</answer>", 1, 1, "in the thinking"),
        ("MIRA BREL's city is **Velmo**.", 1, 1, "no answer is needed, nor case"),
        ("Velmo, since she is Mira Brel. <answer>Lomar</answer>", 0.5, 0.5, "the wrong way round, one is in order"),
        ("Mira Brel is the mother. <answer>Lomar</answer>", 0.5, 0.5, "half of the way"),
        ("Is it Ivo Lok? No, Mira Brel, and so Velmo. <answer>Lomar</answer>", 0.1, 0.9, "one beside the way costs something"),
        ("<answer>Lomar</answer>", 0, 0, "no way"),
        ("<answer>Mira Brel, Velmo</answer>", 0, 0, "only in the answer"),
        ("Mira Brelson lives in Velmoton. <answer>Lomar</answer>", 0, 0, "other names that begin alike"),
        ("Ada Brel, Ada Brel. <answer>Lomar</answer>", 0, 0, "what the question says already"),
        (", ".join(TOLD), 0, 0, "everyone"),
        (", ".join(reversed(TOLD)), 0, 0, "everyone, the other way round"),
        ("\n".join([f"{title}: {' '.join(text)}" for title, text in TOLD.items()]) + tagged("Lomar"), 0, 0, "the text repeated"),
    ],
)  # fmt: skip
def test_hop_recall(completion, low, high, reason):
    assert low <= one(rewards.hop_recall, completion) <= high, reason


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.permutations(list(TOLD)), st.integers(1, 3))
def test_listing_is_worth_nothing_in_any_order(titles, times):
    listing = ", ".join(titles * times)
    assert one(rewards.hop_recall, listing) == one(rewards.supporting_facts, listing) == 0


CLOSED = {**ROW, "context": {"title": [], "sentences": []}}


def test_where_nothing_tells_what_is_a_name_there_is_no_hop_recall():
    assert one(rewards.hop_recall, "Mira Brel lives in Velmo.", CLOSED) is None
    only = {**ROW, "context": {"title": list(TOLD)[:3], "sentences": list(TOLD.values())[:3]}}
    assert one(rewards.hop_recall, "Mira Brel lives in Velmo.", only) is None  # all that there are belong to the proof


def test_unanswerable_rows_want_no_more_than_can_be_come_by():
    gap = {**ROWS["unanswerable"], "steps": [*ROW["steps"][:2], {**ROW["steps"][2], "answer": "unanswerable"}]}
    assert one(rewards.supporting_facts, "Mira Brel lives in Velmo, and no more is said.", gap) == 1


@pytest.mark.parametrize(
    "completion",
    [None, b"Lomar", 3, {"role": "assistant"}, ["Lomar"], [None], [{"content": 3}], [[{"content": "Lomar"}]]],
)
def test_what_is_no_completion_says_nothing(completion):
    assert one(rewards.answer_reward, completion) == 0


def test_columns_of_other_libraries():
    table = pandas.DataFrame({"answers": [[["Ada"]], [["Bo"]], [["Cy"]]], "scorer": "set"}).sample(
        frac=1, random_state=3
    )
    said = [tagged(answers[0][0]) for answers in table["answers"]]
    assert rewards.answer_reward(said, answers=table["answers"], scorer=table["scorer"]) == [1, 1, 1]  # by place
    golds = numpy.empty((1, 1), dtype=object)
    golds[0, 0] = "B"
    choices = numpy.array(["Oslo", "Rome"])
    assert rewards.choice([tagged("Rome")], answers=[golds], scorer=["choice"], choices=[choices]) == [1]


def test_rows_without_a_way_get_none():
    nothing = {**ROW, "steps": [], "supporting_facts": {"title": [], "sent_id": []}}
    one_step = {**ROW, "steps": ROW["steps"][2:], "question": "On which river does Velmo stand?"}
    assert one(rewards.hop_recall, "Mira Brel", nothing) is None
    assert one(rewards.hop_recall, "Velmo", one_step) is None  # nothing lies between
    assert one(rewards.supporting_facts, "Mira Brel", nothing) is None


@pytest.mark.parametrize(
    ("completion", "low", "high", "reason"),
    [
        ("See Ada Brel, Mira Brel and Velmo. <answer>Lomar</answer>", 1, 1, "all three and no other"),
        ("Ada Brel's text, Mira Brel’s and Velmo's.", 1, 1, "possessives"),
        ("See “ada brel”, MIRA BREL, velmo.", 1, 1, "case and quotes aside"),
        ("See Ada Brel and Mira Brel.", 0.1, 0.7, "two of three"),
        ("See Ada Brel, Mira Brel, Velmo and Bo Dun.", 0.3, 0.7, "one too many"),
        ("See Zarno.", 0, 0, "another"),
        ("See Velmoton.", 0, 0, "not a whole name"),
        ("", 0, 0, "nothing"),
        (", ".join(TOLD), 0, 0, "everyone"),
    ],
)
def test_supporting_facts(completion, low, high, reason):
    assert low <= one(rewards.supporting_facts, completion) <= high, reason


@pytest.mark.parametrize("reward", [rewards.hop_recall, rewards.supporting_facts], ids=lambda reward: reward.__name__)
def test_a_title_of_nothing_but_marks(reward):
    """!!! is a band with a page of its own."""
    context = {"title": [*TOLD, "!!!"], "sentences": [*TOLD.values(), ["!!! is a band."]]}
    facts = {"title": ["Mira Brel", "!!!"], "sent_id": [0, 0]}
    row = {**ROW, "context": context, "supporting_facts": facts}
    assert one(reward, "Ada Brel, Mira Brel, Velmo", row) > 0


@pytest.mark.parametrize("text", ["A'" * 250_000, "Aa of " * 90_000, "a\u0327\u0300" * 150_000, "Mira " * 100_000])
@pytest.mark.parametrize("row", [ROW, CLOSED], ids=["open", "closed"])
def test_half_a_megabyte_takes_no_time(text, row):
    start = time.process_time()
    assert one(rewards.hop_recall, text, row) in (0, None)
    assert one(rewards.supporting_facts, text) == 0
    assert time.process_time() - start < 2.5


# its form


@pytest.mark.parametrize(
    ("completion", "worth", "reason"),
    [
        ("I think so. <answer>Lomar</answer>", 1, "one tag, at the end"),
        ("<answer>\nLomar\n</answer>\n", 1, "white space"),
        ("<think>So.</think>\n<answer>Lomar</answer>", 1, "after thinking"),
        ("So.</think><answer>Lomar</answer>", 1, "thinking that began in the prompt"),
        ("<think>It is <answer>Tor</answer>?</think><answer>Lomar</answer>", 1, "what is thought has no form"),
        ("", 0, "nothing"),
        ("Lomar", 0, "no tag"),
        ("<answer>Lomar", 0, "not closed"),
        ("Lomar</answer>", 0, "not opened"),
        ("<answer></answer>", 0, "nothing in it"),
        ("<answer> \n</answer>", 0, "white space in it"),
        ("<answer>Lomar</answer> I think.", 0, "more after it"),
        ("<answer>Tor</answer> <answer>Lomar</answer>", 0, "two"),
        ("<answer><answer>Lomar</answer></answer>", 0, "nested"),
        ("</answer><answer>Lomar</answer>", 0, "closed before"),
        ("<think>So. <answer>Lomar</answer>", 0, "thinking that does not end"),
        ("<think>So.</think><think>Or?</think><answer>Lomar</answer>", 0, "thinking twice"),
        ("<answer>Lomar</answer><think>Or?</think>", 0, "thinking after it"),
    ],
)
def test_format_ok(completion, worth, reason):
    assert one(rewards.format_ok, completion) == worth, reason


@pytest.mark.parametrize(
    ("length", "worth", "reason"),
    [
        (0, 0, "nothing"),
        (10, 0, "free"),
        (11, -0.1, "one over"),
        (15, -0.5, "half way"),
        (20, -1, "at the limit"),
        (99, -1, "never more than that"),
    ],
)
def test_length_penalty(length, worth, reason):
    assert one(rewards.length_penalty, "x" * length, free=10, limit=20) == pytest.approx(worth), reason


@pytest.mark.parametrize(("free", "limit"), [(20, 10), (10, 10), (-1, 10)])
def test_length_penalty_refuses(free, limit):
    with pytest.raises(ValueError, match=f"free={free}, limit={limit}"):
        one(rewards.length_penalty, "x", free=free, limit=limit)


# the control


def draws(step=0, text="x", n=64, **options):
    return rewards.random_reward(completions=[text] * n, trainer_state=SimpleNamespace(global_step=step), **options)


def test_random_reward_can_be_repeated(monkeypatch):
    assert draws() == draws() == draws(text=tagged("Lomar"))  # whatever is said
    monkeypatch.setenv("RANK", "0")
    found = [draws(), draws(step=1), draws(seed=1)]
    monkeypatch.setenv("RANK", "1")
    found.append(draws())
    assert len({tuple(one) for one in found}) == 4  # step, seed and process each have draws of their own


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 1.0])
def test_random_reward_has_its_mean(probability):
    found = draws(n=10_000, probability=probability)
    assert set(found) <= {0.0, 1.0}
    assert statistics.mean(found) == pytest.approx(probability, abs=0.02)


def test_random_reward_without_a_trainer():
    assert {value for _ in range(20) for value in rewards.random_reward(completions=["x"] * 10)} == {0.0, 1.0}
