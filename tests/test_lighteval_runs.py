"""Runs of `synthrl eval`, without a network: a model of a few layers in process, and a server on loopback."""

import csv
import importlib.resources
import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("lighteval", reason="an environment with `pip install 'synthrl[eval]'` runs these")

import datasets
import loopback_hub
import restarts
from benchmark_rows import INVENTED
from evaluated import PAGES, TASKS, docs_of, mirrored, offline
from filelock import FileLock
from lighteval.tasks.registry import Registry

from synthrl import prompt, real
from synthrl.app import cli, evaluate, hub
from synthrl.lighteval_tasks import all as every


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    offline(tmp_path, monkeypatch)


@pytest.fixture
def folder_of(tmp_path, monkeypatch):
    return partial(mirrored, tmp_path, monkeypatch)


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
    with (home / "report" / "table.csv").open() as file:
        lines = list(csv.DictReader(file))
    parsed = [line for line in lines if line["task"].endswith("multihop_hops_2") and line["figure"] == "parsed"]
    total = finished["synthrl_fiction_multihop_hops_2"]["parsed"]
    assert sum(int(line["rows"]) * float(line["value"]) for line in parsed if line["by"] == "kind") == total * 8


def train_on(model: Path) -> None:
    """Other weights at the same path, under the same names."""
    import torch
    from transformers import Qwen3ForCausalLM

    trained = Qwen3ForCausalLM.from_pretrained(model)
    torch.nn.init.normal_(trained.lm_head.weight)
    trained.save_pretrained(model)


def said_by(home: Path, task: str = "synthrl_fiction_logic_knights_2") -> list:
    (details,) = home.rglob(f"details_{task}*.parquet")
    return [row["model_response"]["text"] for row in datasets.Dataset.from_parquet(str(details))]


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
    train_on(model)
    _, _, trained = run_eval(*words)
    (new,) = set(trained) - {home}
    assert len(trained[new]["finished"]) == 1 and trained[home] == again[home]
    assert said_by(new) != said_by(home)  # and nothing of an older reply


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


def killed_when(holds, *words) -> None:
    """`synthrl eval`, in a process that is killed outright as soon as that holds."""
    process = restarts.start(["eval", *map(str, words)])
    restarts.until(lambda: holds() or process.poll() is not None)
    assert process.poll() is None, process.communicate()[1][-2000:]
    restarts.kill(process)


@pytest.mark.slow
def test_a_suite_that_was_killed_goes_on(run_eval, toy, tmp_path):
    def finished() -> list[dict]:
        return [json.loads(path.read_text())["finished"] for path in (tmp_path / "evals").rglob("eval.json")]

    words = (toy, "--suite", "smoke")
    killed_when(lambda: any(finished()), *words)
    (before,) = finished()
    assert 1 <= len(before) < 5
    status, said, homes = run_eval(*words)
    ((home, told),) = homes.items()
    assert status == 0 and list(told["finished"]) == every.suite("smoke"), said
    assert {name: told["finished"][name] for name in before} == before
    kept = [json.loads(path.read_text())["results"] for path in home.rglob("results_*.json")]
    assert all(sum(f"{name}|0" in one for one in kept) == 1 for name in before)  # none of them ran again


@pytest.mark.slow
def test_a_task_that_was_killed_at_an_endpoint_pays_for_no_reply_twice(run_eval, server, say, tmp_path):
    server.script = lambda number, body: say("<answer>Ada</answer>", after=0.05 * number)
    words = ("toy", "--base-url", server.url, "--task", "synthrl_fiction_logic_knights_2", "--max-samples", "40")
    killed_when(lambda: sum(server.told.values()) >= 8, *words)
    (replies,) = (tmp_path / "evals").rglob("replies.sqlite")
    paid, asked = restarts.stored(str(replies)), len(server.bodies)
    server.script = lambda number, body: "<answer>Ada</answer>"
    status, said, homes = run_eval(*words)
    (told,) = homes.values()
    assert status == 0 and told["finished"]["synthrl_fiction_logic_knights_2"]["rows"] == 40, said
    assert 1 <= paid < 40 and len(server.bodies) - asked == 40 - paid


LONG = " ".join(f"word{i}" for i in range(20_000))
ODD = {
    "no aliases": {"answer_aliases": []},
    "unanswerable": {"answerable": False},
    "no paragraphs": {
        "paragraphs": [],
        "question_decomposition": [{"id": 7, "question": "?", "answer": "Velmo", "paragraph_support_idx": None}],
    },
    "long": {"paragraphs": [*INVENTED["musique"]["paragraphs"], {"idx": 4, "title": "Long", "paragraph_text": LONG}]},
    "Unicode": {"question": "Wo wohnt Åse? 🏠\u200f", "answer": "Ýlmo 北京"},
}


@pytest.fixture
def odd(folder_of, monkeypatch):
    rows = [{**INVENTED["musique"], "id": f"2hop__{name}", **changes} for name, changes in ODD.items()]
    table = folder_of("musique_full", rows)
    monkeypatch.setattr(every, "TASKS_TABLE", table)
    return ("--task", "synthrl_musique_full")


@pytest.mark.slow
def test_odd_rows_are_asked_and_counted(run_eval, server, say, odd):
    """What the server refuses, as it does what is too long for it, is wrong, and counts."""

    def script(number: int, body: dict):
        text = body["messages"][-1]["content"]
        if len(text) > 100_000:
            return say({"error": "too long"}, status=400)
        return f"<answer>{'Ýlmo 北京' if 'Åse' in text else 'Velmo'}</answer>"

    server.script = script
    status, said, homes = run_eval("toy", "--base-url", server.url, *odd)
    (told,) = homes.values()
    found = told["finished"]["synthrl_musique_full"]
    assert status == 0 and (found["rows"], found["exact_match"], found["parsed"]) == (5, 0.6, 0.8), said
    assert found["answerable_f1_rows"] == 4


@pytest.mark.slow
def test_odd_rows_are_asked_and_counted_in_process(run_eval, toy, odd):
    """The long one leaves no room in the model's context: it counts as cut off."""
    status, said, homes = run_eval(toy, *odd, "--generation-size", "8", "--batch-size", "1")
    ((home, told),) = homes.items()
    found = told["finished"]["synthrl_musique_full"]
    assert status == 0 and found["rows"] == 5 and found["truncated"] >= 0.2, said
    assert len(said_by(home, "synthrl_musique_full")) == 5


def test_other_names_of_answers_are_another_evaluation(run_eval, folder_of, server, monkeypatch, tmp_path):
    """Their file may be named from this folder, though lighteval runs in another."""
    ids = {"answer_id": "Q7", "evidences_id": []}
    monkeypatch.setattr(every, "TASKS_TABLE", folder_of("2wikimultihopqa", [{**INVENTED["2wikimultihopqa"], **ids}]))
    server.script = lambda number, body: "<answer>Velmer</answer>"
    found = {}
    for demonym in (None, "Velmian", "Velmer"):
        if demonym:
            line = {"Q_id": "Q7", "aliases": [], "demonyms": [demonym]}
            Path("id_aliases.json").write_text(json.dumps(line))
            monkeypatch.setenv(real.ALIASES, "id_aliases.json")
        _, said, homes = run_eval("toy", "--base-url", server.url, "--task", "synthrl_2wikimultihopqa")
        (new,) = set(homes) - set(found)
        found[new] = homes[new]["finished"]["synthrl_2wikimultihopqa"]["exact_match"]
    assert list(found.values()) == [0, 0, 1], said


@pytest.mark.parametrize("changed", ["a dataset", "the demo's world"])
def test_other_rows_of_ours_are_another_evaluation(monkeypatch, tmp_path, changed):
    before = evaluate._sources()
    assert evaluate._sources() == before
    if changed == "a dataset":
        monkeypatch.setattr(hub.builder_class("fiction_logic"), "source", "edited")
    else:
        (tmp_path / "configs" / "demo").mkdir(parents=True)
        (tmp_path / "configs" / "demo" / "world.yaml").write_text("common: people=100\n")
        monkeypatch.setattr(importlib.resources, "files", lambda package: tmp_path)
    assert evaluate._sources() != before


class Gated(loopback_hub.Handler):
    """A Hub that has the dataset, and hands out none of its files."""

    def do_GET(self) -> None:
        if self.path.startswith("/datasets/Idavidrein/gpqa/resolve/"):
            self.reply({"error": "restricted"}, 403, X_Error_Code="GatedRepo", X_Error_Message="It is restricted.")
        else:
            self.missing()

    do_HEAD = do_GET


@pytest.mark.slow
def test_a_gated_benchmark_says_what_to_do(tmp_path):
    with loopback_hub.running() as hub:
        hub.RequestHandlerClass = Gated
        command = [sys.executable, "-m", "synthrl.app.cli", "eval", "toy", "--base-url", "http://127.0.0.1:9/v1"]
        environment = {**os.environ, **hub.environment(), "HF_HOME": str(tmp_path / "home")}
        environment["HF_DATASETS_CACHE"] = str(tmp_path / "cache")
        command += ["--task", "synthrl_gpqa_diamond"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("synthrl_gpqa_diamond: ")]
    assert done.returncode == 1 and "gated" in line
    assert line.endswith("accept its terms on the Hub, then `hf auth login`")


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


KNIGHTS = ("--task", "synthrl_fiction_logic_knights_2")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no/such/model", *KNIGHTS), "model: got 'no/such/model', expected a folder that is there"),
        (("{toy}/config.json", *KNIGHTS), "expected a folder that is there, or a name on the Hub"),
        (("{toy}/..", *KNIGHTS), "there is no config.json in .*, so it is none; it holds models: toy"),
        (("bare", *KNIGHTS), "there is no tokenizer in bare: save it there"),
        (("{toy}", *KNIGHTS, "--model-arg", "nonsense"), "--model-arg: got 'nonsense', expected NAME=VALUE"),
        (("{toy}", "--task", "synthrl_hotpot"), "--task: got 'synthrl_hotpot', expected .*: synthrl_hotpotqa"),
        (("{toy}", "--task", "synthrl_a,synthrl_b"), "expected one name"),
        (("{toy}", *KNIGHTS, "--output", "{toy}/config.json"), "no folder can be made: Not a directory"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(run_eval, toy, tmp_path, words, said):
    (tmp_path / "bare").mkdir()
    shutil.copy(toy / "config.json", tmp_path / "bare")
    status, line, homes = run_eval(*[str(word).replace("{toy}", str(toy)) for word in words])
    assert status == 2 and line.count("\n") == 1 and re.search(said, line) and not homes


def test_a_mirror_that_is_no_folder(run_eval, toy, monkeypatch):
    monkeypatch.setenv(real.MIRROR, "nowhere")
    status, line, _ = run_eval(toy, *KNIGHTS)
    assert (status, line) == (2, f"synthrl: {real.MIRROR}: got 'nowhere', expected a folder that is there\n")


def test_two_at_once_do_not_take_each_others_results(run_eval, server, monkeypatch):
    words = ("toy", "--base-url", server.url, *KNIGHTS, "--max-samples", "1")
    server.script = lambda number, body: "<answer>Ada</answer>"
    status, said, homes = run_eval(*words)
    (home,) = homes
    assert status == 0, said
    with FileLock(home / ".lock"):
        status, said, _ = run_eval(*words)
    assert status == 2 and f"{home}: another synthrl eval is at work there" in said
    assert run_eval(*words)[0] == 0


def test_damaged_weights_and_a_damaged_eval_json_are_one_line(run_eval, toy, tmp_path):
    model = tmp_path / "mine"
    shutil.copytree(toy, model)
    weights = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    status, said, homes = run_eval(model, *KNIGHTS, "--max-samples", "1")
    assert status == 1 and "synthrl_fiction_logic_knights_2: the model's weights cannot be read" in said
    (home,) = homes
    (home / "eval.json").write_text("{")
    assert cli.main(["eval", str(model), *KNIGHTS, "--max-samples", "1"]) == 2


def test_what_ends_without_results_was_interrupted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "eval.json").write_text('{"finished": {}}')
    with pytest.raises(KeyboardInterrupt):
        evaluate._each(["a"], lambda name: 130)


@pytest.mark.parametrize("error", [IndexError("index -1"), TypeError("unhashable"), ZeroDivisionError("division")])
def test_an_odd_failure_is_of_its_task_alone(tmp_path, monkeypatch, error):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "eval.json").write_text('{"finished": {}}')

    def fail(name: str) -> None:
        raise error

    assert evaluate._each(["a", "b"], fail) == dict.fromkeys("ab", f"{type(error).__name__}: {error}")


def test_an_unknown_flag_and_nothing_to_do_are_one_line(run_eval, server):
    words = ("toy", "--base-url", server.url)
    assert run_eval(*words)[:2] == (2, "synthrl: nothing to do: name a --suite, or a --task\n")
    status, said, _ = run_eval(*words, "--task", "synthrl_fiction_logic_knights_2", "--", "--no-such-flag")
    assert status == 2 and said.splitlines()[-1].startswith("synthrl: lighteval: No such option: --no-such-flag")
