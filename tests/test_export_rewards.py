"""The hooks that `synthrl export` writes rows for: each pays what `synthrl.rewards` pays, whatever is said."""

import asyncio
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from exports import FORMATS, PAYS, chat_of, made, records, run
from hypothesis import given, settings
from hypothesis import strategies as st

from synthrl import rewards
from synthrl.app import hub
from synthrl.hooks import truth
from synthrl.hooks.openrlhf import completion, reward_func
from synthrl.hooks.verl import compute_score
from synthrl.prompt import tagged
from synthrl.row import COLUMNS


def pays(row, said, **options):
    return rewards.answer_reward([said], **{column: [row[column]] for column in COLUMNS}, **options)[0]


# every dataset, in every format


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", hub.names())
def test_right_is_worth_one_and_wrong_nothing_as_everywhere(name, format, tmp_path):
    if name == "templated_task":
        pytest.importorskip("math_verify", reason="some of its tasks are mathematics")
    assert run(tmp_path, "train=12", format=format, name=name) == 0
    exported, originals = records(tmp_path, format), made(name, 12)
    assert len(exported) == 12
    for record, row in zip(exported, originals, strict=True):
        assert chat_of(record) == row["prompt"]
        said = {
            row["solution"]: 1,
            tagged("Zzyzx Qqfoo, 123456.789"): 0,
            "": 0,
            row["solution"].partition("<")[0]: None,
        }
        said |= {tagged(row["answers"][0][0]): None, f"The answer is {row['answer']}.": None}
        for text, worth in said.items():
            figure = PAYS[format](record, text)
            assert figure == pytest.approx(pays(row, text)), (row["id"], text)
            assert worth is None or figure == worth, (row["id"], text)


SETS = [row for row in made("fiction_kinship", 60) if len(row["answers"]) > 1]


def test_part_of_a_set_is_worth_a_part():
    row = SETS[0]
    said = tagged(row["answers"][0][0])
    worth = pays(row, said)
    assert 0 < worth < 1
    assert compute_score("synthrl/x", said, truth.pack(row)) == worth
    assert reward_func(["asked" + said], ["asked"], [truth.pack(row)])["rewards"].item() == pytest.approx(worth)


MIXED = [*made("fiction_multihop", 4), *SETS[:2], *made("fiction_logic", 3), *made("fiction_arithmetic", 3)]
HOSTILE = [
    "", " ", "\0", "\ud800", "<answer>", "</answer>", "<answer></answer>", "<think>", "</think>" * 999, "\\boxed{" * 999, "{" * 9999,
    "<answer>" * 9999, "9" * 9999, "-1e999999999", "nan", "inf", "10^{10^{10^{10}}}", "<|im_end|>" * 99, "None", "a," * 9999, "[[", '{"answers": []}',
]  # fmt: skip


@pytest.mark.parametrize(
    "said", [None, 3, float("nan"), b"<answer>Ada</answer>", [], ["Ada"], [None], {"content": "Ada"}]
)
def test_a_completion_that_is_no_text_is_worth_nothing(said):
    for row in MIXED:
        assert compute_score("synthrl/x", said, truth.pack(row)) == pays(row, said) == 0


@pytest.mark.parametrize(
    "piece",
    ["a", "word ", " ", "\n", "9", "<answer>", "<", "\\boxed{", "<think>", "- a\n", "answer is ", "*", "$", ". "],
)
def test_a_completion_of_a_megabyte_is_judged_at_once(piece):
    said, began = piece * (1_000_000 // len(piece)), time.perf_counter()
    for row in MIXED[::4]:
        assert compute_score("synthrl/x", said, truth.pack(row)) == 0
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("said", [*HOSTILE, *map(tagged, HOSTILE)], ids=lambda said: repr(said)[:30])
def test_a_hostile_completion_is_worth_nothing(said):
    for row in MIXED:
        assert compute_score("synthrl/x", said, truth.pack(row)) == pays(row, said) == 0
        assert reward_func(["asked" + said], ["asked"], [truth.pack(row)])["rewards"].tolist() == [0]


PIECES = [tagged(row["answer"]) for row in MIXED] + [row["solution"] for row in MIXED] + HOSTILE


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.sampled_from(MIXED),
    st.lists(st.one_of(st.text(max_size=40), st.sampled_from(PIECES)), max_size=4),
    st.booleans(),
)
def test_whatever_is_said_the_hooks_pay_what_the_reward_pays(row, parts, strict):
    said, label = "".join(parts), truth.pack(row)
    worth = pays(row, said, strict=strict)
    assert compute_score("synthrl/x", said, label, {}, strict=strict, reward_router_address=None) == worth
    assert 0 <= worth <= 1
    found = truth.judge(said, label, strict)
    columns = {column: [row[column]] for column in COLUMNS}
    assert found.exact_match == rewards.exact_match([said], strict=strict, **columns)[0]
    assert [found.format_ok] == rewards.format_ok([said])


def test_strict_wants_the_tag():
    label, said = truth.pack(MIXED[0]), f"The answer is {MIXED[0]['answer']}."
    assert compute_score("x", said, label) == 1 and compute_score("x", said, label, strict=True) == 0
    assert reward_func([said], [""], [label])["rewards"].item() == 1
    assert reward_func([said], [""], [label], strict=True)["rewards"].item() == 0


@pytest.mark.parametrize(
    "bad", ["", "Ada", "[1]", "{}", '{"answers": [["a"]], "scorer": "set"}', None, 3, b"\xff", ["{}"], "[" * 100_000]
)
def test_a_ground_truth_of_others_raises_in_one_line(bad):
    with pytest.raises(ValueError, match="ground truth: got .*, expected the JSON that `synthrl export` writes"):
        compute_score("openai/gsm8k", "<answer>Ada</answer>", bad)


# mathematics, judged in a process of its own, from wherever a trainer calls

MATH = truth.pack({"id": "m", "answers": [["\\frac{1}{2}"]], "scorer": "math", "choices": [], "answerable": True})
TRIED = [("0.5", 1), ("\\frac{2}{4}", 1), ("2", 0), ("{", 0)] * 4


def mathematics(tried):
    said, worth = tried
    return compute_score("x", tagged(said), MATH) == worth


async def mathematics_at_once():
    return await asyncio.gather(*(asyncio.to_thread(mathematics, tried) for tried in TRIED))


def test_mathematics_in_threads_tasks_and_forks():
    pytest.importorskip("math_verify", reason="needs the math extra")
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(mathematics, TRIED))
    assert all(asyncio.run(mathematics_at_once()))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert all(pool.map(mathematics, TRIED[:4]))


# what OpenRLHF hands over

ASKED = "<|im_start|>user\n" + "Who is it? " * 30 + "<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize(
    ("query", "said", "reason"),
    [
        (ASKED + "Ada", "Ada", "the prompt, then the completion"),
        (ASKED + "Ada<|im_end|>", "Ada", "without the token that ends it"),
        (ASKED + "Ada</s></s>", "Ada", "nor with two"),
        (ASKED + "Ada\n<|eot_id|>\n", "Ada", "nor with white space about it"),
        (ASKED + "Ada<｜end▁of▁sentence｜>", "Ada", "nor with DeepSeek's"),
        (ASKED + "<answer>Ada</answer>", "<answer>Ada</answer>", "our own tag is no such token"),
        (ASKED + "a <|x|> b", "a <|x|> b", "within a completion all stands"),
        (ASKED[120:] + "Ada", "Ada", "the start of a long prompt was cut off"),
        (
            ASKED[120:] + "Ada" + ASKED + "Bo",
            "Ada" + ASKED + "Bo",
            "a model that repeats the prompt gains nothing by it",
        ),
        (ASKED, "", "nothing was said"),
    ],
)
def test_the_completion_in_a_query(query, said, reason):
    assert completion(query, ASKED) == said, reason


@pytest.mark.parametrize(
    ("piece", "last", "stays"),
    [
        (" ", "", True),
        ("\n", "x", True),
        ("\n", "</s>", False),
        ("<|im_end|>", "", False),
        ("<|im_end|>", "x", True),
        ("</s> ", "", False),
        ("<pad>\n", "x", True),
        ("<|", "", True),
        ("<｜", "</s>x", True),
    ],
)
def test_pages_of_one_thing_are_looked_at_but_once(piece, last, stays):
    said, began = piece * 100_000 + last, time.perf_counter()
    assert completion(ASKED + said, ASKED) == (said if stays else "")
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(("query", "asked"), [(None, ASKED), (b"Ada", ASKED), (["Ada"], ASKED), ("Ada", None)])
def test_what_is_no_query_raises_in_one_line(query, asked):
    with pytest.raises(ValueError, match="^(query|prompt): got .*, expected text$"):
        completion(query, asked)


def test_a_query_without_its_prompt_raises():
    with pytest.raises(ValueError, match="query: got 'Ada'..., expected the prompt, which ends"):
        completion("Ada", ASKED)


def test_the_prompt_of_openrlhf_earns_nothing():
    row = MIXED[0]
    asked = f"For example: {tagged(row['answer'])}\nQuestion: {row['question']}\nAnswer:"
    assert reward_func([asked], [asked], [truth.pack(row)])["rewards"].tolist() == [0]


def test_a_hook_costs_its_worker_no_heavy_import():

    code = "import sys, synthrl.hooks.verl, synthrl.hooks.openrlhf; print(sorted({'torch', 'datasets', 'pyarrow', 'evaluate', 'faker'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
