"""Every metric: loads, runs its card, is its reward, says what is wrong; and the figures of the official scripts."""

import ast
import doctest
import itertools
import json
import os
import re
import subprocess
import sys
import types
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from statistics import fmean

import evaluate
import evaluate.loading
import pytest
import yaml
from datasets import Dataset

import synthrl
from synthrl import rewards
from synthrl.answers import CONVENTIONS, SCORING_VERSION, score, support
from synthrl.app import metrics
from synthrl.metrics import base
from synthrl.row import COLUMNS

assert synthrl  # imported for what it tells `evaluate`

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT.parent / "shared" / "golden"
NAMES = metrics.names()
REWARDS = ["answer_f1", "exact_match", "answer_set", "math_answer", "choice", "supporting_facts", "hop_recall"]


@pytest.fixture(scope="module", autouse=True)
def modules_of_our_own(tmp_path_factory):
    """`evaluate` copies scripts before it runs them: not into the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate.config, "HF_MODULES_CACHE", str(tmp_path_factory.mktemp("modules")))
        patch.setattr(evaluate.config, "HF_METRICS_CACHE", str(tmp_path_factory.mktemp("metrics")))
        yield


def load(name):
    return evaluate.load(f"synthrl/{name}")


def row(answers, scorer, **columns):
    """A whole row about two hops, from Ada by Birch Mill to Cy Dorn."""
    return {
        "id": "1",
        "prompt": [{"role": "user", "content": "…"}],
        "question": "Who founded the employer of Ada?",
        "context": {"title": ["Ada", "Birch Mill", "Eve", "Gus"], "sentences": [["…"], ["…"], ["…"], ["…"]]},
        "choices": ["Cy Dorn", "Eve"],
        "answers": answers,
        "answer": ", ".join(names[0] for names in answers),
        "scorer": scorer,
        "hops": 2,
        "kind": "chain",
        "level": "",
        "answerable": True,
        "steps": [
            {"question": "Who employs Ada?", "answer": "Birch Mill", "title": "Ada"},
            {"question": "Who founded it?", "answer": "Cy Dorn", "title": "Birch Mill"},
        ],
        "supporting_facts": {"title": ["Ada", "Birch Mill"], "sent_id": [0, 0]},
        "solution": "",
        "meta": "{}",
    } | columns


SCORERS = dict.fromkeys(REWARDS, "set") | {"answer_f1": "f1:hotpotqa", "math_answer": "number", "choice": "choice"}
OUTPUTS = [
    "Ada works for Birch Mill. <answer>Cy Dorn</answer>",
    [{"role": "assistant", "content": "It is Eve Cy Dorn"}],
]


def sample(name):
    """Two predictions and two references of the metric's own."""
    if name == "math_answer":
        return ["#### 7", "<answer>8</answer>"], [row([["7"]], "number")] * 2
    rows = [row([[answer]], SCORERS.get(name, "set")) for answer in ("Cy Dorn", "Eve")]
    return ([[said, "Eve"] for said in OUTPUTS] if name == "pass_at_k" else OUTPUTS), rows


# every folder


def test_every_metric_is_here():
    assert sorted([*REWARDS, "pass_at_k", "multihop_report"]) == NAMES
    assert sorted(path.name for path in (ROOT / "metrics").iterdir() if (path / "README.md").exists()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_folder_is_a_space(name):
    folder = Path(metrics.metric_path(name))
    front, card = re.fullmatch(
        r"---\n(.*?)\n---\n\n(.*)", (folder / "README.md").read_text(encoding="utf-8"), re.S
    ).groups()
    front = yaml.safe_load(front)
    assert front["sdk"] == "gradio" and front["app_file"] == "app.py" and front["description"]
    assert {"evaluate", "metric"} <= set(front["tags"])
    assert card.startswith(f"# {name}\n")
    headings = re.findall(r"^## (.*)", card, re.M)
    assert [*headings[:3], headings[-1]] == ["How to use", "Inputs", "Output values", "Limits"]
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):  # as `evaluate` reads them: one a line, and none relative
                assert node.lineno == node.end_lineno and not getattr(node, "level", 0)
                assert isinstance(node, ast.ImportFrom) or len(node.names) == 1
    assert f'"{name}"' in (folder / "app.py").read_text()
    for line in (folder / "requirements.txt").read_text().splitlines():
        assert re.fullmatch(r"synthrl(\[math\])?", line)


@pytest.mark.parametrize("name", NAMES)
def test_card_runs(name):
    if name == "math_answer":
        pytest.importorskip("math_verify")
    failed, tried = doctest.testfile(str(Path(metrics.metric_path(name)) / "README.md"), module_relative=False)
    assert tried >= 4 and not failed


def test_docstrings_run():
    failed, tried = doctest.testmod(support)
    assert tried and not failed


@pytest.mark.parametrize("name", NAMES)
def test_by_name_and_by_path_it_is_the_same(name):
    predictions, rows = sample(name)
    by_name, by_path = load(name), evaluate.load(metrics.metric_path(name))
    assert by_name.name == by_path.name == name  # evaluate names it after its class, and its cache after that
    assert by_name.description and by_name.inputs_description in by_name.compute.__doc__
    found = by_name.compute(predictions=predictions, references=rows)
    assert found == by_path.compute(predictions=predictions, references=rows)


@pytest.mark.parametrize("name", REWARDS)
def test_it_is_the_reward(name):
    predictions, rows = sample(name)
    foreign = row([["x"], ["y"]], "", steps=[], supporting_facts={"title": [], "sent_id": []})
    predictions, rows = [*predictions, "x"], [*rows, foreign]
    columns = {column: [row[column] for row in rows] for column in COLUMNS}
    expected = getattr(rewards, name)(predictions, **columns)
    assert expected[2] is None and None not in expected[:2] and len(set(expected)) > 1
    found = load(name).compute(predictions=predictions, references=rows, per_row=True)
    assert (found["scores"], found["count"]) == (expected, 2)
    assert found[name] == fmean(expected[:2])
    with pytest.raises(ValueError, match=f"{name}: none of the 1 rows"):
        load(name).compute(predictions=["x"], references=[foreign])


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_fit_is_said(name):
    predictions, rows = sample(name)
    metric = load(name)
    for given, message in [
        (([], []), "predictions: got none"),
        ((predictions, rows[:1]), r"predictions \(2\) and references \(1\)"),
        (("Ada", rows[:1]), "lists, with one item a row"),
        (([None, None], rows), "predictions: got None, expected"),
        ((predictions, [rows[0], 7]), "references: got 7, expected rows"),
    ]:
        with pytest.raises(ValueError, match=message):
            metric.compute(predictions=given[0], references=given[1])
    assert metric.compute(predictions=predictions, references=rows)  # and is as new


@pytest.mark.parametrize("name", NAMES)
def test_batches_and_datasets(name):
    predictions, rows = sample(name)
    metric = load(name)
    expected = metric.compute(predictions=predictions, references=rows)
    metric.add(prediction=predictions[0], reference=rows[0])
    metric.add_batch(predictions=predictions[1:], references=rows[1:])
    assert metric.compute() == expected
    assert metric.compute(predictions=predictions, references=Dataset.from_list(rows)) == expected
    metric.keep_in_memory = False  # as it is for several processes that compute together
    assert metric.compute(predictions=predictions, references=rows) == expected


def test_combined():
    rows = [row([["Cy Dorn", "Cy"]], "set"), row([["Eve"]], "set")]
    names = ["exact_match", "answer_f1", "answer_set", "supporting_facts", "hop_recall"]
    found = evaluate.combine([f"synthrl/{name}" for name in names]).compute(predictions=OUTPUTS, references=rows)
    for name in names:
        assert found[name] == load(name).compute(predictions=OUTPUTS, references=rows)[name]
        assert found[f"{name}_count"] == 2


FOUR = """if True:
    import sys, synthrl, evaluate
    sys.stdin.read(1)
    for name in ("exact_match", "answer_set"):
        metric = evaluate.load(f"synthrl/{name}")
        for _ in range(20):
            found = metric.compute(predictions=["Ada"], references=[{"answers": [["Ada"]], "scorer": "set"}])
    print(found)"""


def test_four_processes_at_once_and_nothing_from_the_net(tmp_path):
    """From an empty cache, into which all of them copy the script."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    start = [sys.executable, "-c", FOUR]
    processes = [subprocess.Popen(start, env=env, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        out, err = process.communicate(timeout=100)
        assert out == "{'answer_set': 1.0, 'count': 1}\n", err
    assert not list(tmp_path.rglob("*.arrow*"))


# how `evaluate` knows us


def test_import_costs_no_evaluate_and_the_order_does_not_matter(tmp_path):
    code = """if True:
        import sys, {first}
        print("evaluate" in sys.modules)
        import {then}
        metric = evaluate.load("synthrl/exact_match")
        print(metric.compute(predictions=["Ada"], references=["Ada"]))"""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    for first, then in [("synthrl", "evaluate"), ("evaluate", "synthrl")]:
        command = [sys.executable, "-c", code.format(first=first, then=then)]
        run = subprocess.run(command, env=env, capture_output=True, text=True)
        expected = f"{first == 'evaluate'}\n{{'exact_match': 1.0, 'count': 1}}\n"
        assert run.stdout == expected, run.stderr


def test_a_local_path_and_a_revision_win(tmp_path, monkeypatch):
    asked = []

    def stock(path, module_type=None, revision=None):
        asked.append(path)

    monkeypatch.setattr(evaluate.loading, "evaluation_module_factory", stock)
    metrics.patch()
    ask = evaluate.loading.evaluation_module_factory
    monkeypatch.chdir(tmp_path)
    ask("synthrl/choice")
    ask("synthrl/choice", revision="main")
    ask("synthrl/choice", "metric", "main")
    ask("synthrl/another")
    Path("synthrl/choice").mkdir(parents=True)
    ask("synthrl/choice")
    assert asked == [metrics.metric_path("choice"), *["synthrl/choice"] * 2, "synthrl/another", "synthrl/choice"]


def test_another_release_of_evaluate_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "evaluate.loading", types.ModuleType("evaluate.loading"))
    with pytest.warns(UserWarning, match=r"metric_path\(name\)"):
        metrics.patch()


def test_unknown_metric():
    with pytest.raises(ValueError, match="metric: got 'answerf1'.*answer_f1"):
        metrics.metric_path("answerf1")


# plain golds and options


@pytest.mark.parametrize(
    "name, said, gold, options, expected",
    [
        ("answer_f1", "<answer>Ada B.</answer>", "Ada", {}, 2 / 3),
        ("answer_f1", "<answer>Ada B.</answer>", ["Bo", "Ada B"], {"convention": "squad_v1.1"}, 1),
        ("answer_f1", "7", ["7"], {"extract": False}, 1),  # a text stays a text
        ("answer_f1", "1.0", "1.0", {"convention": "triviaqa", "extract": False}, 1),
        ("answer_f1", "", [], {"convention": "squad_v2.0", "extract": False}, 1),
        ("answer_f1", "The answer is Ada.", "Ada", {"strict": True}, 0),
        ("answer_f1", "The answer is Ada.", "Ada", {"extract": False}, 0.5),
        ("exact_match", '"Ada"', "Ada", {}, 1),
        ("exact_match", "null", "null", {}, 1),
        ("exact_match", "<answer>yes</answer>", "yes", {"convention": "hotpotqa"}, 1),
        ("answer_set", "Ada, Bo", [["Bo"], ["Ada", "A"]], {"extract": False}, 1),
        ("answer_set", "Ada, Bo", [["Bo"]], {}, 0.5),
        ("math_answer", "<answer>7</answer>", "7", {}, 1),
        ("math_answer", "7.0", ["8", "7"], {"extract": False}, 1),
        ("choice", "(B)", "Rome", {"choices": [["Oslo", "Rome"]]}, 1),
        ("choice", "Oslo", "B", {"choices": [["Oslo", "Rome"]], "extract": False}, 0),
    ],
)
def test_plain_golds(name, said, gold, options, expected):
    if name == "math_answer":
        pytest.importorskip("math_verify")
    found = load(name).compute(predictions=[said], references=[gold], **options)
    assert found == {name: pytest.approx(expected), "count": 1}


@pytest.mark.parametrize(
    "name, gold, options, message",
    [
        ("answer_f1", "Ada", {"convention": "hotpot"}, "convention: got 'hotpot'.*hotpotqa"),
        ("answer_f1", row([["Ada"]], "set"), {"convention": "hotpotqa"}, "rows name theirs"),
        ("answer_f1", [["Ada"]], {}, "expected a row, a text, or a list of texts"),
        ("answer_f1", "Ada", {"strict": True, "extract": False}, "strict says how answers are extracted"),
        ("exact_match", None, {}, "references: got None"),
        ("answer_set", ["Ada"], {}, "each name as a list of its aliases"),
        ("choice", "A", {"choices": []}, "choices: got 0, expected one list for each of 1"),
        ("choice", row([["A"]], "choice"), {"choices": [["x"]]}, "given twice"),
        ("choice", "C", {"choices": [["x", "y"]]}, "'C'.* is not one of the choices"),
        ("supporting_facts", row([["A"]], "set"), {"convention": "hotpotqa"}, "no predicted facts"),
        ("hop_recall", "Ada", {}, "expected rows$"),
        ("exact_match", row([["Ada"]], "words"), {}, "row '1': scorer: got 'words'"),
        ("multihop_report", {"answers": [["A"]], "scorer": "set"}, {}, "whole rows, but these lack hops, kind"),
        ("multihop_report", row([["A"]], "set"), {"baseline": []}, "baseline: got 0 completions"),
    ],
)
def test_what_cannot_be_judged_is_said(name, gold, options, message):
    with pytest.raises(ValueError, match=message):
        load(name).compute(predictions=["Ada"], references=[gold], **options)


def test_rows_that_lack_a_column_that_others_have():
    """As in a mixed dataset, where they have None. The unanswerable stay unanswerable."""
    rows = [{"answers": [["unknown"]], "scorer": "set", "answerable": False}, {"answers": [["Ada"]], "scorer": "set"}]
    found = load("exact_match").compute(predictions=["not stated", "Ada"], references=rows)
    assert found == {"exact_match": 1.0, "count": 2}
    rows.append({"question": "Who?", "context": {"title": [], "sentences": []}})
    found = load("exact_match").compute(predictions=["not stated", "Ada", "Bo"], references=rows, per_row=True)
    assert found["scores"] == [1, 1, None]


def test_rows_are_judged_alike_extracted_or_not():
    rows = [row([["Cy Dorn"]], "set"), row([["Cy"], ["Eve"]], "set"), row([["unknown"]], "set", answerable=False)]
    said = ["Cy", "Cy, Gus", "not stated"]
    tagged = [f"<answer>{answer}</answer>" for answer in said]
    for name in ("answer_f1", "exact_match", "answer_set"):
        bare = load(name).compute(predictions=said, references=rows, extract=False, per_row=True)
        assert bare == load(name).compute(predictions=tagged, references=rows, strict=True, per_row=True)


# the figures of official scripts


def golden(path):
    file = GOLDEN / path
    if not file.exists():
        pytest.skip(f"{file} is not here: it holds scores of the official scripts")
    with file.open(encoding="utf-8") as lines:
        return json.load(lines) if path.endswith(".json") else [json.loads(line) for line in lines]


def pairs(facts):
    return {"title": [title for title, _ in facts], "sent_id": [number for _, number in facts]}


@pytest.mark.parametrize("convention", [name for name in CONVENTIONS if name != "synthrl"])
def test_answers_as_official_scripts_score_them(convention):
    table = golden(f"{convention}.jsonl")
    given = {"predictions": [pair["prediction"] for pair in table], "references": [pair["golds"] for pair in table]}
    for name, figure in [("answer_f1", "f1"), ("exact_match", "em")]:
        found = load(name).compute(**given, convention=convention, extract=False, per_row=True)
        assert found["scores"] == [pair[figure] for pair in table]


def test_support_as_official_scripts_score_it():
    for pair in golden("support_facts.jsonl"):
        said, gold = (
            [tuple(fact) if isinstance(fact, list) else fact for fact in pair[side]] for side in ("pred", "gold")
        )
        score = support.score_facts(said, gold, pair["dataset"])
        assert (score.exact_match, score.f1) == (pair["sp_em"], pair["sp_f1"])
        assert score.precision == pair.get("sp_precision", score.precision)
        assert score.recall == pair.get("sp_recall", score.recall)


def test_no_facts_at_all():
    """Either script calls it right, but only MuSiQue's says so of F1."""
    assert support.score_facts([], [])[:2] == (1, 0)
    assert support.score_facts([], [], "musique")[:2] == (1, 1)
    assert support.score_facts(["x"], [], "musique")[:4] == (0, 0, 0, 0)
    assert support.score_facts([("Ada", 0), ("ada", 0)], [("ADA", 0)], "2wikimultihopqa").precision == 1


def totals(folder, convention, golds):
    """What the three metrics say of a prediction file; a question without a prediction has an empty one."""
    gold, said = golden(f"files/{folder}/gold.json"), golden(f"files/{folder}/pred.json")
    answers = [said["answer"].get(question["_id"], "") for question in gold]
    given = {"predictions": answers, "references": golds(gold), "convention": convention, "extract": False}
    facts = [
        {**pairs(said["sp"].get(question["_id"], [])), "answer": answer}
        for question, answer in zip(gold, answers, strict=True)
    ]
    wanted = [
        {**pairs(question["supporting_facts"]), "answers": golds}
        for question, golds in zip(gold, given["references"], strict=True)
    ]
    found = load("supporting_facts").compute(predictions=facts, references=wanted, convention=convention)
    found |= {"f1": load("answer_f1").compute(**given)["answer_f1"]}
    found |= {"em": load("exact_match").compute(**given)["exact_match"]}
    return {name.replace("precision", "prec"): value for name, value in found.items() if name != "count"}


def test_totals_of_hotpotqa():
    found = totals("hotpotqa", "hotpotqa", lambda gold: [[question["answer"]] for question in gold])
    expected = golden("files/hotpotqa/expected.json")
    assert found == {name: pytest.approx(expected[name], abs=1e-12) for name in found}


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_totals_of_2wikimultihopqa(version):
    def golds(gold):
        if version == "1.0":
            return [[question["answer"]] for question in gold]
        aliases = {
            entry["Q_id"]: entry["aliases"] for entry in golden("files/2wikimultihopqa/id_aliases.constructed.jsonl")
        }
        return [[question["answer"], *aliases.get(question["answer_id"], [])] for question in gold]

    found = totals("2wikimultihopqa", "2wikimultihopqa", golds)
    expected = golden(f"files/2wikimultihopqa/expected_v{version}.json")
    found = {
        name: round(100 * value, 2) for name, value in found.items() if "joint" not in name
    }  # evidence is part of it
    assert found == {name: expected[name] for name in found}


@pytest.mark.parametrize("folder", ["musique_ans", "musique_full"])
def test_totals_of_musique(folder):
    gold, said = golden(f"files/{folder}/gold.jsonl"), golden(f"files/{folder}/pred.jsonl")
    given = {
        "predictions": [one["predicted_answer"] for one in said],
        "references": [[question["answer"], *question["answer_aliases"]] for question in gold],
    }
    options = {"convention": "musique", "per_row": True}
    scores = {
        name: load(metric).compute(**given, **options, extract=False)["scores"]
        for name, metric in [("answer_f1", "answer_f1"), ("answer_em", "exact_match")]
    }
    wanted = [[p["idx"] for p in question["paragraphs"] if p["is_supporting"]] for question in gold]
    facts = [
        [pairs([(str(number), 0) for number in numbers]) for numbers in side]
        for side in ([one["predicted_support_idxs"] for one in said], wanted)
    ]
    figures = load("supporting_facts").compute(predictions=facts[0], references=facts[1], **options)["scores"]
    scores["support_f1"] = [figure["sp_f1"] for figure in figures]

    own = [i for i, question in enumerate(gold) if question["answerable"]]
    found = {name: round(fmean([values[i] for i in own]), 3) for name, values in scores.items()}
    if folder == "musique_full":  # both of a pair of twins must be told apart, the answerable one from the other
        told = defaultdict(lambda: True)
        for question, one in zip(gold, said, strict=True):
            told[question["id"]] &= one["predicted_answerable"] == question["answerable"]
        for name in ("answer", "support"):
            groups = [scores[f"{name}_f1"][i] * told[gold[i]["id"]] for i in own]
            found[f"group_{name}_sufficiency_f1"] = round(fmean(groups), 3)
    assert found == golden(f"files/{folder}/expected.json")


def test_totals_of_squad():
    articles = golden("files/squad_v1.1/gold.json")["data"]
    questions = [qa for article in articles for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
    golds = [[answer["text"] for answer in qa["answers"]] for qa in questions]
    for system, expected in golden("files/squad_v1.1/expected.json").items():
        said = golden(f"files/squad_v1.1/pred.{system}.json")
        given = {"predictions": [said.get(qa["id"], "") for qa in questions], "references": golds}
        options = {"convention": "squad_v1.1", "extract": False}
        found = {name: load(name).compute(**given, **options)[name] for name in ("answer_f1", "exact_match")}
        assert 100 * found["answer_f1"] == pytest.approx(expected["f1"], abs=1e-10)
        assert 100 * found["exact_match"] == pytest.approx(expected["exact_match"], abs=1e-10)


def test_joint_figures_take_rows_of_the_hub_and_ours():
    said = {"title": ["Ada"], "sent_id": [0], "answer": "Rome"}
    facts = {"title": ["Ada"], "sent_id": [0]}
    for reference in [
        {**facts, "answers": ["Rome"]},
        {"supporting_facts": facts, "answer": "Rome", "question": "…"},
        row([["Rome", "Roma"]], "f1:hotpotqa", supporting_facts=facts),
    ]:
        found = load("supporting_facts").compute(predictions=[said], references=[reference])
        assert found["joint_em"] == found["joint_f1"] == 1
    found = load("supporting_facts").compute(predictions=[facts], references=[facts], per_row=True)
    assert found["scores"] == [{"sp_em": 1, "sp_f1": 1, "sp_precision": 1, "sp_recall": 1}]
    for wrong, message in [(facts, "no 'answers'"), ({"title": ["Ada"], "answers": ["Rome"]}, "supporting facts: got")]:
        with pytest.raises(ValueError, match=message):
            load("supporting_facts").compute(predictions=[said], references=[wrong])


# what only some say


def test_hops_by_position_and_depth():
    rows = [row([["Cy Dorn"]], "set"), row([["Cy Dorn"]], "set", hops=3)]
    found = load("hop_recall").compute(predictions=["Birch Mill, so <answer>Cy Dorn</answer>", "No."], references=rows)
    assert found == {"hop_recall": 0.5, "count": 2, "by_position": {1: 0.5}, "by_depth": {2: 1, 3: 0}}
    shorter = [{name: row[name] for name in ("question", "context", "steps", "answers")} for row in rows]
    assert "by_depth" not in load("hop_recall").compute(predictions=["Birch Mill", "No."], references=shorter)


@pytest.mark.parametrize("n, c", [(1, 0), (1, 1), (5, 0), (5, 2), (6, 3), (6, 6)])
def test_pass_at_k_is_the_share_of_subsets(n, c):
    flags = [1] * c + [0] * (n - c)
    found = load("pass_at_k").compute(predictions=[flags], k=list(range(1, n + 1)))
    for k in range(1, n + 1):
        drawn = list(itertools.combinations(flags, k))
        assert found[f"pass@{k}"] == float(Fraction(sum(map(any, drawn)), len(drawn)))


def test_pass_at_k():
    metric = load("pass_at_k")
    assert metric.compute(predictions=[[True, False, False, False], [0, 1.0, 0, 1, 1]]) == {
        "pass@1": fmean([1 / 4, 3 / 5]),
        "pass@2": fmean([1 / 2, 9 / 10]),
        "pass@4": 1.0,
        "count": 2,
    }
    many = metric.compute(predictions=[[1] + [0] * 99_999], k=[1, 50_000])
    assert many == {"pass@1": 1e-5, "pass@50000": 0.5, "count": 1}
    rows = [row([["Cy"]], "set"), row([["x"]], "")]
    found = metric.compute(predictions=[["Cy", "Eve"], ["x", "x"]], references=rows, k=2, per_row=True)
    assert found == {"pass@2": 1.0, "count": 1, "scores": [{"pass@2": 1.0}, None]}


@pytest.mark.parametrize(
    "predictions, k, message",
    [
        ([[1, 0], [1, 0, 0]], 3, "k: got 3, expected 1 to 2, the fewest"),
        ([[1, 0]], 0, "k: got 0"),
        ([["Ada", "Bo"]], 1, "without references they are lists of scores"),
        ([[1], []], 1, r"predictions: got \[\]"),
        ([1, 0], 1, "predictions: got 1"),
    ],
)
def test_pass_at_k_says_what_is_wrong(predictions, k, message):
    with pytest.raises(ValueError, match=message):
        load("pass_at_k").compute(predictions=predictions, k=k)


RIGHT, WRONG, UNPARSED = "By Birch Mill: <answer>Cy Dorn</answer>", "<answer>Eve</answer>", "<think>Ada works for"


def test_report_tells_gains_apart():
    rows = [row([["Cy Dorn"]], "set", hops=2, kind="chain") for _ in range(6)]
    rows += [row([["Cy Dorn"]], "set", hops=3, kind="count") for _ in range(4)]
    before = [UNPARSED, WRONG, RIGHT, RIGHT, UNPARSED, WRONG] + [UNPARSED, UNPARSED, RIGHT, RIGHT]
    after = [RIGHT, RIGHT, RIGHT, WRONG, WRONG, UNPARSED] + [RIGHT, RIGHT, UNPARSED, RIGHT]
    report = load("multihop_report").compute(predictions=after, references=rows, baseline=before)
    gain = {"parses_now": 0.3, "right_now": 0.1, "wrong_now": 0.1, "parses_no_more": 0.1, "before": 0.4}
    found = report["all"]["gain"]
    assert {name: found[name] for name in gain} == gain
    assert found["low"] < 0 < found["change"] == 0.2 < found["high"]
    assert report["by_hops"][3]["gain"]["parses_now"] == report["by_kind"]["count"]["gain"]["parses_now"] == 0.5
    assert report["by_hops"][2]["count"] == 6 and report["by_hops"][2]["parsed"]["mean"] == 5 / 6
    assert report["scoring_version"] == SCORING_VERSION
    for name in ("exact_match", "answer_set", "answer_f1", "supporting_facts", "hop_recall"):
        of_all = load(name).compute(predictions=after, references=rows)
        assert report["all"][name]["mean"] == of_all[name]
    assert "choice" not in report["all"]
    json.dumps(report)


def test_report_as_a_table():
    rows = [row([["Cy Dorn"]], "set"), row([["A"]], "choice", kind="pick"), row([["x"]], "", kind="other")]
    report = load("multihop_report").compute(predictions=[RIGHT, WRONG, "x"], references=rows)
    head, rule, whole, hops, chain, other, pick = report["table"].splitlines()
    assert head.startswith("| rows | count | parsed | exact_match | ") and "gain" not in report["all"]
    assert rule.count("---:") == head.count("|") - 2
    assert whole.startswith("| all | 3 | 1.000 (0.342 to 1.000) | 0.500 (0.095 to 0.905) |")
    assert hops == whole.replace("all", "hops 2")
    assert [line.split(" | ")[0] for line in (chain, other, pick)] == ["| kind chain", "| kind other", "| kind pick"]
    assert len({line.count("|") for line in (head, rule, whole, hops, chain, other, pick)}) == 1


def test_interval():
    """Wilson's for shares (8 of 10: known figures); narrower where scores vary less, never outside of 0 and 1."""
    module = sys.modules[type(load("multihop_report")).__module__]
    assert module.interval([1.0] * 8 + [0.0] * 2) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert module.interval([0.0] * 5) == pytest.approx((0, 0.4345), abs=1e-4)
    low, high = module.interval([0.1] * 10)  # never wrong, and never certain
    assert low < 0.05 and high > 0.2
    low, high = module.interval([0.4, 0.6] * 10)
    assert 0.44 < low < 0.5 < high < 0.56


def test_scripts_hold_one_metric_for_evaluate_to_find():
    for name in NAMES:
        module = sys.modules[type(load(name)).__module__]
        found = [
            thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, evaluate.Metric)
        ]
        assert len(found) == 1 and issubclass(found[0], base.Metric)


def test_the_card_tells_how_the_conventions_differ():
    card = (ROOT / "metrics" / "answer_f1" / "README.md").read_text()
    lines = card.split("## How the conventions differ")[1].splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    conventions = table[0][2:]
    assert conventions == list(CONVENTIONS)
    for prediction, gold, *cells in table[1:]:
        for convention, cell in zip(conventions, cells, strict=True):
            found = score(prediction, [gold], convention)
            exact = "" if found.f1 == found.exact_match else f" ({found.exact_match:.0f})"
            assert cell == f"{found.f1:.2f}{exact}", (prediction, convention)
