"""Tasks for lighteval: what they ask, how they judge, and runs of lighteval itself, without a network."""

# ruff: noqa: E402  (it starts offline only by our launcher)

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("lighteval", reason="an environment with `pip install 'synthrl[eval]'` runs these")

import datasets
from test_real import INVENTED, KNOWN

from synthrl import prompt, real
from synthrl.app import by_group, cli, evaluate
from synthrl.app import lighteval as launcher

app = launcher.app()

from lighteval.models.model_output import ModelResponse
from lighteval.tasks.lighteval_task import LightevalTask
from lighteval.tasks.prompt_manager import PromptManager
from lighteval.tasks.registry import Registry

from synthrl.lighteval_tasks import all as every
from synthrl.lighteval_tasks import recorded, scores, shared

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
MIRROR, GOLDEN = SHARED / "hub_mirror", SHARED / "golden" / "files"
PAGES = sorted(
    path
    for path in (ROOT / "lighteval_tasks").glob("*.py")
    if "TASKS_TABLE = " in path.read_text() and path.stem != "all"
)
TASKS = {task.name: task for task in every.TASKS_TABLE}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def one_of(table, name):
    return next(task for task in table if task.name == name)


def docs_of(task) -> list:
    return LightevalTask(task).eval_docs()


def judged(said, row, more=(), **response) -> dict:
    doc = shared.ask(row, "task")
    doc.generation_size = 8
    return scores.Judge(more).compute(doc, ModelResponse(text=[said], **response))


# the pages


def test_names_are_told_apart_and_none_is_left_out():
    names = [task.name for task in every.TASKS_TABLE]
    assert len(names) == len(set(names)) and all(name.startswith("synthrl_") and ":" not in name for name in names)
    in_pages = {task.name for path in PAGES for task in Registry.create_custom_tasks_module(path).TASKS_TABLE}
    assert in_pages == set(names)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_loads_by_path_and_says_what_it_is(path):
    page = Registry.create_custom_tasks_module(str(path))
    told = dict(part.split(":\n", 1) for part in page.__doc__.strip().split("\n\n"))
    assert set(told) == {"name", "dataset", "abstract", "languages", "tags", "paper"}
    used = [real.place(each) for name, each in real.UNVERIFIED.items()]
    unverified = any(task.hf_repo in used for task in page.TASKS_TABLE)
    assert ("*Unverified*" in told["abstract"]) == unverified
    assert all(told["dataset"] in (task.hf_repo, Path(task.hf_repo).name) for task in page.TASKS_TABLE)


def test_lighteval_finds_all_by_module_and_beside_its_own():
    registry = Registry(tasks=",".join(TASKS), custom_tasks="synthrl.lighteval_tasks.all")
    assert set(registry.task_to_configs) == set(TASKS)


@pytest.mark.parametrize(
    ("name", "has", "lacks", "reason"),
    [
        ("multihop", {"synthrl_hotpotqa_500", "synthrl_bamboogle"}, {"synthrl_hotpotqa"}, "500 where there are more"),
        ("multihop", set(), {"synthrl_hotpotqa_facts_500"}, "facts are asked for by name"),
        ("definition", {"synthrl_gsm8k_500", "synthrl_math_500"}, {"synthrl_math_500_500"}, "MATH-500 is 500"),
        (
            "synthetic",
            {"synthrl_fiction_multihop_hops_10", "synthrl_fiction_kinship_hops_4_phrasing"},
            set(),
            "by depth",
        ),
        ("smoke", {"synthrl_fiction_logic_knights_2"}, {"synthrl_gsm8k_500"}, "nothing to download"),
    ],
)
def test_suites(name, has, lacks, reason):
    found = every.suite(name)
    assert has <= set(found) <= set(TASKS) and not lacks & set(found), reason
    for options in ({"full": True}, {"worked": True}, {"sampled": True}, {"full": True, "worked": True}):
        assert len(set(every.suite(name, **options))) == len(found) and set(every.suite(name, **options)) <= set(TASKS)


def test_an_unknown_suite_is_one_line():
    with pytest.raises(
        ValueError, match="^--suite: got 'multi' .*, expected one of multihop, definition, synthetic, smoke$"
    ):
        every.suite("multi")


def test_the_key_of_a_task_is_the_same_in_every_process():
    """lighteval's cache goes by it: with an address in it nothing would ever be found again."""
    assert not any(" at 0x" in str(task) for task in every.TASKS_TABLE)


# what is asked


def write(home: Path, benchmark: real.Benchmark, rows: list[dict]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = [benchmark.evaluation, *([benchmark.training] if benchmark.training else [])]
    files = ", ".join(f"{{split: {split}, path: rows.jsonl}}" for split in dict.fromkeys(splits))
    config = benchmark.config or "default"
    (home / "README.md").write_text(f"---\nconfigs:\n- config_name: {config}\n  data_files: [{files}]\n---\n")


@pytest.fixture
def folder_of(tmp_path, monkeypatch):
    """A mirror with invented rows of one benchmark, and its tasks anew."""

    def make(name: str, rows: list[dict] | None = None) -> list:
        benchmark = KNOWN[name]
        write(tmp_path / "mirror" / benchmark.repo, benchmark, [INVENTED[name]] if rows is None else rows)
        monkeypatch.setenv("SYNTHRL_HUB_MIRROR", str(tmp_path / "mirror"))
        table = [
            task
            for path in PAGES
            if f'"{name}"' in path.read_text()
            for task in Registry.create_custom_tasks_module(path).TASKS_TABLE
            if task.hf_repo.startswith(str(tmp_path)) and task.hf_subset == benchmark.config
        ]
        assert table
        return table

    return make


@pytest.mark.parametrize("name", KNOWN)
def test_a_row_is_asked_by_our_prompt_and_its_gold_is_right(folder_of, name):
    row = KNOWN[name].mapper(dict(INVENTED[name]))
    if row["scorer"] == "math":
        pytest.importorskip("math_verify")
    for task in folder_of(name):
        (doc,) = docs_of(task)
        closed = {**row, "context": None}
        asked = prompt.messages(closed if "_closed" in task.name else row, system=None)[-1]["content"]
        assert asked in doc.query and doc.instruction == f"{prompt.SYSTEM}\n\n"
        assert doc.query.startswith(asked) == ("_worked" not in task.name)
        (metric,) = task.metrics
        said = [row["solution"]] * (8 if "_sampled" in task.name else 1)
        figures = metric.sample_level_fn.compute(doc, ModelResponse(text=said))
        assert set(figures) == set(metric.metric_name)
        assert figures.get("exact_match", figures.get("mean@8")) == 1
        totals = [metric.corpus_level_fn[figure]([value, value]) for figure, value in figures.items()]
        assert totals[0]["rows"] == 2


def test_paragraphs_keep_their_titles(folder_of):
    table = folder_of("hotpotqa")
    assert "Ivo Brel\nIvo Brel is a baker." in docs_of(one_of(table, "synthrl_hotpotqa"))[0].query
    assert "baker" not in docs_of(one_of(table, "synthrl_hotpotqa_closed"))[0].query
    assert "<facts>" in docs_of(one_of(table, "synthrl_hotpotqa_facts"))[0].query


def test_the_system_prompt_is_told_once(folder_of, monkeypatch):
    monkeypatch.setenv("SYNTHRL_SYSTEM_ROLE", "1")
    (doc,) = docs_of(one_of(folder_of("gsm8k"), "synthrl_gsm8k"))
    assert doc.instruction is None and prompt.SYSTEM not in doc.query


def test_the_chat_is_the_one_that_is_trained_on(folder_of, monkeypatch):
    monkeypatch.setenv("SYNTHRL_SYSTEM_ROLE", "1")
    (doc,) = docs_of(one_of(folder_of("hotpotqa"), "synthrl_hotpotqa"))
    manager = PromptManager(use_chat_template=True, system_prompt=prompt.SYSTEM)
    assert manager.prepare_prompt_api(doc) == ROW["prompt"]


def test_worked_examples_are_our_own_and_end_in_the_tag(folder_of):
    (doc,) = docs_of(one_of(folder_of("medqa"), "synthrl_medqa_worked"))
    *examples, asked = doc.query.split("\n\n---\n\n")
    assert len(examples) == 2 and all(example.endswith(f"</{prompt.TAG}>") for example in examples)
    assert INVENTED["medqa"]["question"] in asked and not any(INVENTED["medqa"]["question"] in one for one in examples)


def test_examples_are_never_taken_from_what_is_evaluated(folder_of):
    task = one_of(folder_of("bamboogle"), "synthrl_bamboogle")
    task.num_fewshots = 1
    with pytest.raises(ValueError, match="from the rows that are evaluated: ask for |0"):
        LightevalTask(task).get_docs()
    trained = one_of(folder_of("gsm8k"), "synthrl_gsm8k")
    assert trained.few_shots_split == "train"


def test_the_subset_is_500_and_the_same_in_any_order(folder_of):
    rows = [{**INVENTED["bamboogle"], "Question": f"Question {i}?"} for i in range(520)]
    frames = [{**INVENTED["frames"], "Prompt": row["Question"]} for row in rows]
    task = one_of(folder_of("frames", frames), "synthrl_frames_500")
    found = {doc.specific["id"] for doc in docs_of(task)}
    ids = [real.from_frames(row)["id"] for row in frames]
    assert len(found) == 500 and found == shared.first(reversed(ids), 500)
    assert len(shared.first(ids[:-1], 500) - found) <= 1  # one row less changes one at most


MAPPED = [name for name, each in real.BENCHMARKS.items() if (MIRROR / each.repo).is_dir()]


@pytest.mark.parametrize("name", MAPPED or ["none"])
def test_real_rows_load_and_make_docs(name, monkeypatch):
    if not MAPPED:
        pytest.skip(f"no real rows at {MIRROR}")
    monkeypatch.setenv("SYNTHRL_HUB_MIRROR", str(MIRROR))
    benchmark = real.BENCHMARKS[name]
    table = [
        task
        for path in PAGES
        if f'"{name}"' in path.read_text()
        for task in Registry.create_custom_tasks_module(path).TASKS_TABLE
    ]
    assert table and {task.hf_repo for task in table} == {str(MIRROR / benchmark.repo)}
    count = len(datasets.load_dataset(str(MIRROR / benchmark.repo), benchmark.config, split=benchmark.evaluation))
    whole = docs_of(table[0])
    assert len(whole) == len({doc.specific["id"] for doc in whole}) == count
    assert len(docs_of(one_of(table, f"{table[0].name}_sampled"))) == count  # of no more than 500 all are taken


# how it is judged

ROW = real.from_hotpotqa(INVENTED["hotpotqa"])


@pytest.mark.parametrize(
    ("said", "expected", "reason"),
    [
        ("<answer>Velmo</answer>", {"exact_match": 1, "exact_match_strict": 1, "parsed": 1}, "as it is asked for"),
        (
            "The answer is Velmo.",
            {"exact_match": 1, "exact_match_strict": 0, "parsed_strict": 0},
            "found, though not in tags",
        ),
        ("<think>Velmo</think>", {"exact_match": 0, "parsed": 0}, "thinking is no answer"),
        ("<think>It is <answer>Velmo</answer>", {"exact_match": 0, "parsed": 0}, "nor is thinking that never ends"),
        ("", {"exact_match": 0, "parsed": 0, "f1": 0}, "silence is scored"),
        ("<answer>Vélmo \u200f Velmo</answer>", {"exact_match": 0, "parsed": 1}, "Unicode is scored"),
        ("x" * 200_000, {"exact_match": 0}, "so is what is endless"),
    ],
)
def test_a_completion_is_scored(said, expected, reason):
    found = judged(said, ROW)
    assert {name: found[name] for name in expected} == expected, reason


@pytest.mark.parametrize(
    ("changes", "said", "right", "reason"),
    [
        ({"answer_aliases": []}, "<answer>Velmo</answer>", 1, "no aliases"),
        ({"answerable": False}, "<answer>unanswerable</answer>", 1, "unanswerable"),
        ({"answerable": False}, "<answer>Velmo</answer>", 0, "unanswerable, and answered"),
        ({"question": "Wo wohnt Åse? 🏠"}, "<answer>Velmo</answer>", 1, "Unicode"),
    ],
)
def test_odd_rows_are_scored(changes, said, right, reason):
    found = judged(said, real.from_musique({**INVENTED["musique"], **changes}), ("support", "hops"))
    assert found["exact_match"] == right, reason


def test_long_rows_and_rows_without_text_are_scored():
    long = {**INVENTED["hotpotqa"], "context": {"title": ["Velmo"], "sentences": [["Velmo is a city."] * 20_000]}}
    bare = {**INVENTED["hotpotqa"], "context": {"title": [], "sentences": []}}
    for source in (long, bare):
        assert judged("<answer>Velmo</answer>", real.from_hotpotqa(source), ("support",))["exact_match"] == 1


def test_hops_have_figures_by_position():
    row = real.from_musique(INVENTED["musique"])
    found = judged("Her brother is Ivo Brel. <answer>Velmo</answer>", row, ("hops",))
    assert (found["hop_1"], found["hop_2"]) == (1, None)
    assert judged("<answer>Velmo</answer>", row, ("hops",))["hop_1"] == 0


@pytest.mark.parametrize(
    ("said", "tokens", "expected", "reason"),
    [
        ("abc", [1, 2, 9], 0, "shorter than it may be"),
        ("abcdefgh", [1, 2, 3, 4, 5, 6, 7, 8], 1, "as long as may be, and no end in sight"),
        ("abcde", [1, 2, 3, 4, 5, 9, 9, 9], 0, "ended, and padded to the longest of its batch"),
        ("abcdddd", [1, 2, 3, 4, 4, 4, 4, 4], 0, "a run in its tokens that is not in its text is padding"),
        ("abcddddd", [1, 2, 3, 4, 4, 4, 4, 4], 1, "it repeats itself until it is cut off"),
        ("is <answer>x</answer>", [1, 2, 3, 4, 5, 6, 7, 8], 0, "just in time"),
        ("a", [1], 1, "a prompt that fills the context leaves one token"),
        ("", [9], 0, "ended at once"),
        ("abc", [], None, "the engine does not tell"),
    ],
)
def test_cut_off(said, tokens, expected, reason):
    assert scores.truncated(said, tokens, 8) == expected, reason


@pytest.mark.parametrize(
    ("said", "expected", "reason"),
    [
        ("<facts>Velmo | 0\nAda Brel|1</facts>", [("Velmo", 0), ("Ada Brel", 1)], "a line each"),
        ("<facts>A|B | 3</facts>", [("A|B", 3)], "a title may have a bar"),
        (
            "<facts>Velmo</facts> <facts>Velmo | two\n\nIvo | 2</facts>",
            [("Ivo", 2)],
            "the last list, and what can be read",
        ),
        ("Velmo | 0", [], "no list"),
    ],
)
def test_facts_are_read(said, expected, reason):
    assert scores.facts_in(said) == expected, reason


def test_means_have_errors_and_say_of_how_many():
    assert scores.Mean("x", count=True)([1.0, 0.0, 1.0, 0.0]) == {
        "x": 0.5,
        "x_stderr": pytest.approx(0.288675),
        "rows": 4,
    }
    assert scores.Mean("x")([1.0, None, 0.0]) == {"x": 0.5, "x_stderr": 0.5, "x_rows": 2}
    assert scores.Mean("x")([None]) == {} and scores.Mean("x")([1.0]) == {"x": 1.0}


def test_figures_by_group():
    def detail(hops, kind, right, recall=None):
        return {
            "doc": {"specific": {"hops": hops, "kind": kind, "level": ""}},
            "metric": {"right": right, "recall": recall},
        }

    found = list(by_group.groups([detail(2, "a", 1.0), detail(2, "b", 0.0, 0.5), detail(3, "b", 1.0)]))
    assert found == [
        ("hops", "2", "right", 2, 0.5, 0.5),
        ("hops", "2", "recall", 1, 0.5, ""),
        ("hops", "3", "right", 1, 1.0, ""),
        ("kind", "a", "right", 1, 1.0, ""),
        ("kind", "b", "right", 2, 0.5, 0.5),
        ("kind", "b", "recall", 1, 0.5, ""),
    ]  # and nothing by level, which is the same for all


def test_balanced_accuracy_weighs_classes_alike():
    """Who always says yes gets half, however many a yes is right for."""
    rows = [real.from_consumer_contracts({**INVENTED["consumer_contracts"], "answer": a}) for a in ["Yes"] * 9 + ["No"]]
    found = [judged("<answer>yes</answer>", row, ("by_class",)) for row in rows]
    total = scores.BalancedAccuracy("balanced_accuracy")([figures["balanced_accuracy"] for figures in found])
    assert total["balanced_accuracy"] == 0.5
    assert scores.Mean("exact_match")([figures["exact_match"] for figures in found])["exact_match"] == 0.9


def test_samples_are_told_by_mean_and_by_pass():
    doc = shared.ask(ROW, "task")
    found = scores.Sampled(8).compute(doc, ModelResponse(text=["<answer>Velmo</answer>"] * 2 + ["No."] * 6))
    assert found["mean@8"] == found["pass@1"] == 0.25 and found["pass@8"] == 1
    assert found["pass@2"] == pytest.approx(1 - (6 * 5) / (8 * 7))
    few = scores.Sampled(8).compute(doc, ModelResponse(text=["Velmo"] * 2))
    assert few["pass@2"] == 1 and few["pass@4"] is None  # of two samples nothing is known of four


# lighteval itself


def golden(name):
    path = GOLDEN / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file] if path.suffix == ".jsonl" else json.load(file)


def replayed(task, said: dict[str, str], tmp_path, monkeypatch) -> dict[str, float]:
    """What lighteval's custom-model entry makes of completions, of all rows."""
    file = tmp_path / "said.jsonl"
    file.write_text("".join(json.dumps({"id": i, "completion": text}) + "\n" for i, text in said.items()))
    monkeypatch.setenv(recorded.VARIABLE, str(file))
    monkeypatch.chdir(tmp_path)
    page = ROOT / "lighteval_tasks" / f"{task[0]}.py"
    flags = ["--custom-tasks", str(page), "--output-dir", str(tmp_path / "out"), "--save-details"]
    app(["custom", "recorded", recorded.__file__, f"{task[1]}|0", *flags], standalone_mode=False)
    (results,) = (tmp_path / "out").rglob("results_*.json")
    (details,) = (tmp_path / "out").rglob("details_*.parquet")
    found = json.loads(results.read_text())["results"][f"{task[1]}|0"]
    told = datasets.Dataset.from_parquet(str(details))
    assert len(told) == found["rows"] and {"id", "hops", "kind", "level"} <= set(told[0]["doc"]["specific"])
    return found


def completion(answer: str, facts) -> str:
    return (
        "<facts>" + "\n".join(f"{title} | {number}" for title, number in facts) + f"</facts>\n<answer>{answer}</answer>"
    )


OFFICIAL = {
    "em": "exact_match_strict", "f1": "f1_strict", "prec": "precision_strict", "recall": "recall_strict",
    "sp_em": "sp_exact_match", "sp_f1": "sp_f1", "sp_prec": "sp_precision", "sp_recall": "sp_recall",
    "joint_em": "joint_exact_match", "joint_f1": "joint_f1", "joint_prec": "joint_precision", "joint_recall": "joint_recall",
}  # fmt: skip


def as_source(name: str, question: dict) -> dict:
    """A row of the Hub's columns around gold: paragraphs with as many sentences as gold speaks of."""
    facts = question["supporting_facts"]
    context = {title: ["…"] * (1 + max(n for t, n in facts if t == title)) for title in dict(facts)}
    return {
        **INVENTED[name],
        "id": question["_id"],
        "answer": question["answer"],
        "context": {"title": list(context), "sentences": list(context.values())},
        "supporting_facts": {"title": [title for title, _ in facts], "sent_id": [number for _, number in facts]},
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "page", "task", "expected"),
    [
        ("hotpotqa", "hotpotqa", "synthrl_hotpotqa_facts", "expected.json"),
        ("2wikimultihopqa", "wikimultihopqa", "synthrl_2wikimultihopqa_facts", "expected_v1.0.json"),
    ],
)
def test_official_totals_with_facts(folder_of, tmp_path, monkeypatch, name, page, task, expected):
    gold, said = golden(f"{name}/gold.json"), golden(f"{name}/pred.json")
    wanted = golden(f"{name}/{expected}")
    folder_of(name, [as_source(name, question) for question in gold])
    ids = {*said["answer"], *said["sp"]}
    texts = {i: completion(said["answer"].get(i, ""), said["sp"].get(i, [])) for i in ids}
    found = replayed((page, task), texts, tmp_path, monkeypatch)
    for official, ours in OFFICIAL.items():
        if name == "2wikimultihopqa":
            if "joint" not in official:  # evidence is part of its joint figures
                assert round(100 * found[ours], 2) == wanted[official], official
        else:
            assert found[ours] == pytest.approx(wanted[official], abs=1e-12), official


@pytest.mark.slow
def test_official_totals_of_musique(folder_of, tmp_path, monkeypatch):
    gold, said = golden("musique_ans/gold.jsonl"), golden("musique_ans/pred.jsonl")
    wanted = golden("musique_ans/expected.json")
    rows = []
    for question in gold:
        told = [{"idx": p["idx"], "title": f"T{p['idx']}", "paragraph_text": "…"} for p in question["paragraphs"]]
        needed = [p["idx"] for p in question["paragraphs"] if p["is_supporting"]]
        hops = [{"question": "?", "answer": "…", "paragraph_support_idx": idx} for idx in needed]
        own = {name: question[name] for name in ("id", "answer", "answer_aliases", "answerable")}
        rows.append({**INVENTED["musique"], **own, "paragraphs": told, "question_decomposition": hops})
    folder_of("musique", rows)
    texts = {
        one["id"]: completion(one["predicted_answer"], [(f"T{idx}", 0) for idx in one["predicted_support_idxs"]])
        for one in said
    }
    found = replayed(("musique", "synthrl_musique_facts"), texts, tmp_path, monkeypatch)
    assert round(found["f1_strict"], 3) == wanted["answer_f1"]
    assert round(found["exact_match_strict"], 3) == wanted["answer_em"]
    assert round(found["sp_f1"], 3) == wanted["support_f1"]


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """A model of a few layers, and a tokenizer of bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    letters = ["<|end|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    words = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(letters)}, merges=[]))
    words.pre_tokenizer, words.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}<|end|>{% endfor %}assistant: "
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "head_dim": 16,
    }
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(letters), num_key_value_heads=1, max_position_embeddings=2048, eos_token_id=0, **sizes
    )
    folder = tmp_path_factory.mktemp("models") / "toy"
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def run_eval(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIGHTEVAL_DISABLE_TQDM", "1")

    def run(*words) -> tuple[int, str, dict[Path, dict]]:
        status = cli.main(["eval", *map(str, words)])
        said = capsys.readouterr()
        homes = {path.parent: json.loads(path.read_text()) for path in (tmp_path / "evals").rglob("eval.json")}
        return status, said.out + said.err, homes

    return run


@pytest.mark.slow
def test_the_smoke_suite(toy, tmp_path):
    """As a user starts it: a process of its own, no network."""
    before = sorted(path.name for path in toy.iterdir())
    command = [sys.executable, "-m", "synthrl.app.cli", "eval", str(toy), "--suite", "smoke", "--output", "out"]
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "HF_DATASETS_CACHE": str(tmp_path / "c"),
    }
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    (home,) = (tmp_path / "out").iterdir()
    finished = json.loads((home / "eval.json").read_text())["finished"]
    assert list(finished) == every.suite("smoke") and all(found["rows"] == 8 for found in finished.values())
    assert sorted(path.name for path in toy.iterdir()) == before  # nothing was put into the model's own folder
    details = [datasets.Dataset.from_parquet(str(path)) for path in home.rglob("details_*.parquet")]
    assert len(details) == 5 and all(len(row["model_response"]["output_tokens"][0]) <= 32 for row in details[0])
    assert "synthrl_fiction_multihop_hops_2" in done.stdout.split("exact match")[1]
    with (home / "groups.csv").open() as file:
        lines = list(csv.DictReader(file))
    parsed = [line for line in lines if line["task"].endswith("multihop_hops_2") and line["figure"] == "parsed"]
    total = finished["synthrl_fiction_multihop_hops_2"]["parsed"]
    assert sum(int(line["rows"]) * float(line["mean"]) for line in parsed if line["by"] == "kind") == total * 8


@pytest.mark.slow
def test_what_is_finished_is_not_done_again_and_other_weights_are_another_model(run_eval, toy, tmp_path):
    model = tmp_path / "mine"
    shutil.copytree(toy, model)
    words = (model, "--task", "synthrl_fiction_logic_knights_2", "--max-samples", "2", "--generation-size", "8")
    _, _, first = run_eval(*words)
    _, _, again = run_eval(*words, "--task", "synthrl_templated_task_easy")
    (home,) = first
    assert list(again) == [home] and len(again[home]["finished"]) == 2
    assert len(list(home.rglob("results_*.json"))) == 2  # the first task ran once
    (model / "generation_config.json").write_text('{"eos_token_id": 0, "temperature": 0.5}')
    _, _, trained = run_eval(*words)
    assert len(trained) == 2 and {len(told["finished"]) for told in trained.values()} == {1, 2}


@pytest.mark.slow
def test_samples_and_flags_of_lighteval(run_eval, toy):
    words = ("--sampled", "--generation-size", "8", "--batch-size", "2", "--", "--max-samples", "2")
    status, said, homes = run_eval(toy, "--task", "synthrl_fiction_logic_knights_2_sampled", *words)
    (told,) = homes.values()
    (found,) = told["finished"].values()
    assert status == 0 and found["rows"] == 2 and {"mean@8", "pass@1", "pass@8", "mean@8_stderr"} <= set(found), said
    assert told["settings"]["temperature"] == 0.8
    (details,) = next(iter(homes)).rglob("details_*.parquet")
    said = datasets.Dataset.from_parquet(str(details))[0]["model_response"]["text"]
    assert len(said) == 8 and len(set(said)) > 1  # lighteval by itself would be greedy


@pytest.mark.slow
def test_through_an_endpoint_and_killed_half_way(run_eval, server, say):
    """Each reply is kept as it comes: what a run that was stopped has paid for, the next one has."""
    gold = {}
    for doc in docs_of(TASKS["synthrl_fiction_logic_knights_2"]):
        gold[doc.query] = doc.choices[0]
    server.script = lambda number, body: say(status=401) if number >= 4 else gold[body["messages"][-1]["content"]]
    words = ("toy", "--base-url", server.url, "--task", "synthrl_fiction_logic_knights_2", "--max-samples", "6")
    status, said, _ = run_eval(*words)
    assert status == 1 and "status 401" in said
    answered = sum(server.told.values())
    server.script = lambda number, body: gold[body["messages"][-1]["content"]]
    status, said, homes = run_eval(*words)
    ((home, told),) = homes.items()
    assert status == 0 and told["finished"]["synthrl_fiction_logic_knights_2"]["exact_match"] == 1, said
    assert answered <= len(server.bodies) and server.bodies[-1]["messages"][0] == {
        "role": "system",
        "content": prompt.SYSTEM,
    }
    assert len(server.told) == 6 and max(server.told.values()) <= 2
    assert (home / "replies.sqlite").is_file()


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (None, "it is not on the Hub|load it once with a network"),
        ([{**INVENTED["medqa"], "answer_idx": None}], "medqa row .* column 'answer_idx' is missing"),
        ([], "its split has no rows"),
    ],
    ids=["a missing benchmark", "a renamed column", "an empty split"],
)
def test_what_cannot_be_loaded_is_one_line_and_the_rest_goes_on(
    run_eval, folder_of, server, monkeypatch, tmp_path, broken, line
):
    if broken is not None:
        folder_of("medqa", broken)
    words = ("toy", "--base-url", server.url, "--max-samples", "1")
    names = ("--task", "synthrl_medqa", "--task", "synthrl_fiction_logic_knights_2")
    table = [task for path in PAGES for task in Registry.create_custom_tasks_module(path).TASKS_TABLE]
    monkeypatch.setattr(every, "TASKS_TABLE", table)
    status, said, homes = run_eval(*words, *names)
    (told,) = homes.values()
    assert status == 1 and list(told["finished"]) == ["synthrl_fiction_logic_knights_2"], said
    (failed,) = [one for one in said.splitlines() if one.startswith("synthrl_medqa: ")]
    assert re.search(line, failed)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            FileNotFoundError("Dataset 'x/y' is a gated dataset on the Hub."),
            "accept its terms on the Hub, then `hf auth login`",
        ),
        (
            ConnectionError("Couldn't reach 'x/y' on the Hub"),
            "load it once with a network, or put it into the folder that",
        ),
        (ConnectionError("toy: gave up after 3 tries: no connection"), "gave up after 3 tries: no connection"),
        (KeyError("test"), "it has no split 'test'"),
        (ValueError("Task x has no documents to evaluate skipping."), "its split has no rows"),
        (ValueError("gsm8k row 'x':\ncolumn 'answer' is missing"), "gsm8k row 'x': column 'answer' is missing"),
        (ValueError("row 'x-4013': bad gold"), "row 'x-4013': bad gold"),
        (AssertionError(), "AssertionError"),
    ],
)
def test_why_a_task_failed_is_one_line(error, line):
    said = evaluate.explained(error)
    assert line in said and "\n" not in said


def test_an_unknown_flag_and_nothing_to_do_are_one_line(run_eval, server):
    words = ("toy", "--base-url", server.url)
    assert run_eval(*words)[:2] == (2, "synthrl: nothing to do: name a --suite, or a --task\n")
    status, said, _ = run_eval(*words, "--task", "synthrl_fiction_logic_knights_2", "--", "--no-such-flag")
    assert status == 2 and said.splitlines()[-1].startswith("synthrl: lighteval: No such option: --no-such-flag")
