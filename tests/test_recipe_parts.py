"""What a recipe is told: fields, parts of data, rewards by name, and in which order rows come."""

import itertools
from dataclasses import fields as fields_of
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="the recipes need `pip install 'synthrl[train]'`")

import yaml
from accelerate.commands.config.config_args import load_config_from_file
from trl import GRPOConfig, ModelConfig, SFTConfig

from synthrl.prompt import with_prompt
from synthrl.recipes import data, grpo, reward, sft, tiny_model, watch
from synthrl.recipes.curriculum import Order, Rounds
from synthrl.recipes.fields import SHIPPED, DataFields, parse, read_part

GRPO = (grpo.Fields, GRPOConfig, ModelConfig)
SFT = (sft.Fields, SFTConfig, ModelConfig)
HERE = ["--use_cpu", "true", "--bf16", "false"]  # this machine need not have a GPU


def names(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.stem}" for path in (SHIPPED / folder).glob("*.yaml"))


# config files


@pytest.mark.parametrize("method", ["methods/composition", "methods/task_definition"])
@pytest.mark.parametrize("control", [None, "methods/random_reward", "methods/format_reward"])
def test_every_model_goes_with_every_data_set(method, control):
    for model, rows in itertools.product(names("models"), names("data")):
        files = [method, *([control] if control else []), model, rows]
        fields, args, said = parse(GRPO, ["--config", *files, *HERE])
        assert said.model_name_or_path and fields.data, files
        assert args.num_generations == 16 and args.learning_rate == 1e-6, files
        assert args.generation_batch_size % args.num_generations == 0, files


def test_every_model_goes_with_supervised_training():
    for model, rows in itertools.product(names("models"), names("data")):
        fields, args, _ = parse(SFT, ["--config", "methods/solutions", model, rows, *HERE])
        assert args.max_length == 8192 and fields.data


@pytest.mark.parametrize("study", ["demo", "open_book"])
@pytest.mark.parametrize("recipe, types", [("sft", SFT), ("grpo", GRPO), ("model", (tiny_model.Fields,))])
def test_the_small_studies(study, recipe, types):
    fields, *_ = parse(types, ["--config", f"{study}/world", f"{study}/{recipe}"])
    assert fields.data and all("kinds=chain" in part for part in fields.data), "what all parts share is in each"


def test_the_papers_settings():
    """Figures of the two papers, so that a change of ours does not slip in."""
    _, first, _ = parse(GRPO, ["--config", "methods/composition", "models/qwen3_0.6b", "data/multihop", *HERE])
    said = (first.num_train_epochs, first.beta, first.temperature, first.scale_rewards, first.loss_type)
    assert said == (1, 0.0, 1.0, "group", "bnpo")
    assert first.max_completion_length == 4096
    fields, second, _ = parse(GRPO, ["--config", "methods/task_definition", "models/qwen3_0.6b", *HERE])
    assert (fields.rows, second.num_train_epochs, second.temperature) == (500, 5, 1.2)


def test_trl_still_knows_these_values():
    """They are only looked at when training begins, so here its source is asked."""
    import trl.trainer.grpo_trainer as source

    text = Path(source.__file__).read_text(encoding="utf-8")
    assert '"bnpo"' in text and '"group"' in text and '"colocate"' in text


def test_data_and_rewards_of_every_config_are_there():
    from synthrl import real
    from synthrl.app import hub

    for path in SHIPPED.rglob("*.yaml"):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        for text in [*said.get("data", []), *said.get("held_out", []), *said.get("final", [])]:
            part = read_part(text)
            if part.name in hub.names():
                config, knobs = hub.read_knobs(part.name, part.words)
                assert hub.open_reader(part.name, config, **knobs).sizes(), (path, text)
            else:
                assert part.name in real.BENCHMARKS, (path, text)
        if "rewards" in said:
            assert reward.named(said["rewards"]), path


@pytest.mark.parametrize("path", sorted((SHIPPED.parent / "accelerate").glob("*.yaml")), ids=lambda path: path.stem)
def test_accelerate_reads_its_configs(path):
    config = load_config_from_file(str(path))
    assert config.num_processes >= 1
    known = {f.name for f in fields_of(type(config))} | {"deepspeed_config", "fsdp_config"}
    assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= known
    assert path.read_text(encoding="utf-8").startswith("# "), "its launch line"


# fields


def test_later_files_and_the_command_line_win(tmp_path):
    (tmp_path / "a.yaml").write_text("learning_rate: 1.0e-6\nrows: 5\nseed: 3\n")
    (tmp_path / "b.yaml").write_text("rows: 7\nenv: {SYNTHRL_TEST: 1}\n")
    files = [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]
    fields, args, _ = parse(GRPO, ["--config", *files, "--seed", "4", *HERE])
    assert (fields.rows, args.learning_rate, args.seed) == (7, 1e-6, 4)
    again, _, _ = parse(GRPO, ["--config", files[0], "--config", files[1], *HERE])
    assert again.rows == 7


@pytest.mark.parametrize(
    "argv, says",
    [
        (["--lerning_rate", "1"], "--lerning_rate is no field (did you mean learning_rate?)"),
        (["--config", "models/qwen3_0.6"], "did you mean models/qwen3_0.6b?"),
        (["--num_generations", "x"], "num_generations"),
        (["--order", "backwards"], "order"),
        (["--num_generations", "3"], "divisible"),
    ],
)
def test_a_mistake_is_one_line(argv, says):
    with pytest.raises(ValueError) as error:
        parse(GRPO, [*argv, *HERE])
    assert says in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text, says",
    [
        ("lerning_rate: 1", "lerning_rate is no field (did you mean learning_rate?)"),
        ("- a\n- b", "expected fields with values"),
        ("a: [", "a.yaml"),
        ("env: 3", "env: got 3"),
    ],
)
def test_a_mistake_in_a_file_names_the_file(tmp_path, text, says):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError, match="a.yaml") as error:
        parse(GRPO, ["--config", str(tmp_path / "a.yaml"), *HERE])
    assert says in str(error.value)


@pytest.mark.parametrize(
    "text, says",
    [
        ("keep: bset", "keep: got 'bset' (did you mean 'best'?)"),
        ("order: adaptve", "order: got 'adaptve' (did you mean 'adaptive'?)"),
        ("rows: true", "rows: got True, expected int or nothing"),
        ("data: fiction_logic", "data: got 'fiction_logic', expected a list of texts"),
        ("data: [1]", "data: got [1], expected a list of texts"),
        ("watch_steps: 0", "watch_steps: got 0, expected 1 or more"),
        ("plain_prompt: maybe", "plain_prompt"),
    ],
)
def test_a_value_of_the_wrong_type_in_a_file(tmp_path, text, says):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError) as error:
        parse(GRPO, ["--config", str(tmp_path / "a.yaml"), *HERE])
    assert says in str(error.value)


# data


def test_a_part_is_read():
    part = read_part("fiction_multihop hops=2 weight=2.5 'split=train[:10]' kinds=chain")
    assert part == ("fiction_multihop", ["hops=2", "kinds=chain"], 2.5, "train[:10]")


def test_parts_share_what_is_common():
    fields = DataFields(
        data=["fiction_logic people=3 train=9", "gsm8k"], final=["fiction_logic"], common="train=5 seed=2"
    )
    assert fields.data == ["fiction_logic seed=2 people=3 train=9", "gsm8k train=5 seed=2"]
    assert fields.final == ["fiction_logic train=5 seed=2"] and fields.held_out == []


SMALL = "train=60 validation=10 test=10 heldout_phrasing=0"


def test_parts_are_mixed_by_weight_and_no_row_comes_twice():
    rows = data.load([f"fiction_logic {SMALL} weight=3", f"fiction_kinship {SMALL}"], "train", 0)
    assert len(set(rows["id"])) == len(rows)
    share = sum(id_.startswith("fiction_logic") for id_ in rows["id"]) / len(rows)
    assert 0.6 < share < 0.9


def test_saved_rows_are_rows(tmp_path):
    rows = data.load([f"fiction_logic {SMALL}"], "train", 0)
    rows.save_to_disk(str(tmp_path / "saved"))
    (tmp_path / "parquet").mkdir()
    rows.to_parquet(str(tmp_path / "parquet" / "train.parquet"))
    for folder in ("saved", "parquet"):
        assert data.load([str(tmp_path / folder)], "train", 0)["id"][:] == rows["id"][:]
    (tmp_path / "a folder").mkdir()
    rows.to_json(str(tmp_path / "a folder" / "train.jsonl"))
    fields = DataFields(data=[f"'{tmp_path / 'a folder'}'", f"fiction_kinship {SMALL}"], common="split=train")
    assert len(data.load(fields.data, "train", 0)) > 60, "JSON has the types of rows, and a path may have a space in it"
    rows.remove_columns("scorer").save_to_disk(str(tmp_path / "bad"))
    with pytest.raises(ValueError, match="has no scorer"):
        data.load([str(tmp_path / "bad")], "train", 0)


@pytest.mark.parametrize(
    "text, says",
    [
        ("fiction_multihops", "did you mean 'fiction_multihop'"),
        ("fiction_multihop hop=2", "did you mean 'hops'"),
        ("fiction_multihop split=trian", "did you mean 'train'"),
        ("hotpotqa hops=2", "expected repo or split or weight"),
        ("fiction_logic weight=x", "expected a number"),
        ("fiction_logic weight=0", "expected more than 0"),
        ("fiction_logic weight=nan", "a number that is finite"),
        ("", "got an empty text"),
    ],
)
def test_a_part_that_is_not_there(text, says):
    with pytest.raises(ValueError) as error:
        data.load([text], "train", 0)
    assert says in str(error.value)


class Words:
    """A tokenizer of which only the lengths matter."""

    def __call__(self, text):
        return {"input_ids": text.split()}

    def apply_chat_template(self, chat, **how):
        return {"input_ids": [word for turn in chat for word in turn["content"].split()]}


def test_long_prompts_are_left_out():
    rows = data.load([f"fiction_logic {SMALL}"], "train", 0)
    lengths = [data.prompt_tokens(row, Words(), None) for row in rows]
    most = sorted(lengths)[len(lengths) // 2]
    kept = data.within_budget(rows, Words(), DataFields(max_prompt_tokens=most))
    assert len(kept) == sum(length <= most for length in lengths)
    with pytest.raises(ValueError, match="max_prompt_tokens: got 3"):
        data.within_budget(rows, Words(), DataFields(max_prompt_tokens=3))


def test_a_prompt_of_ones_own():
    rows = data.load([f"fiction_logic {SMALL}"], "train", 0)
    asked = data.asked(rows, DataFields(system_prompt="Box it: \\boxed{…}."))
    assert asked[0]["prompt"][0] == {"role": "system", "content": "Box it: \\boxed{…}."}
    assert data.asked(rows, DataFields(system_prompt=""))[0]["prompt"][0]["role"] == "user"
    assert isinstance(data.asked(rows, DataFields(plain_prompt=True))[0]["prompt"], str)


def test_the_test_split_is_not_watched():
    for split in ("test", "test[:5]", "all", "validation+test", "'validation + test[:9]'"):
        text = f"fiction_logic split={split}"
        with pytest.raises(ValueError, match="checkpoints are chosen by it"):
            watch.held_out([text], DataFields(), Words())


# rewards


def test_rewards_have_weights_and_options():
    functions, weights = reward.named(["answer_reward strict=true", "length_penalty free=5 limit=9 weight=0.5"])
    assert weights == [1.0, 0.5]
    assert functions[1](completions=["x" * 9]) == [-1.0]
    assert [f.__name__ for f in functions] == ["answer_reward", "length_penalty"]
    own, _ = reward.named(["synthrl.rewards.format_ok"])
    assert own[0](completions=["<answer>a</answer>"]) == [1.0]


@pytest.mark.parametrize(
    "text, says",
    [
        ("answer_rewards", "did you mean 'answer_reward'"),
        ("no.such.module", "no.such.module"),
        ("synthrl.rewards.nothing", "nothing"),
        ("length_penalty fre=5", "did you mean 'free='"),
        ("length_penalty free=x", "expected int"),
        ("answer_reward strict=yes", "expected bool"),
    ],
)
def test_a_reward_that_is_not_there(text, says):
    with pytest.raises(ValueError) as error:
        reward.named([text])
    assert says in str(error.value)


def test_a_reward_that_fits_no_row_is_found_before_training():
    rows = data.load([f"fiction_kinship kinds=name {SMALL}"], "train", 0)
    with pytest.raises(ValueError, match="math_answer fits none of the rows, whose scorers are"):
        reward.check(reward.named(["answer_reward", "math_answer"])[0], rows)
    mixed = data.load([f"fiction_kinship kinds=name {SMALL}", f"fiction_arithmetic {SMALL}"], "train", 0)
    with pytest.raises(ValueError, match="none judges row fiction_kinship"):
        reward.check(reward.named(["math_answer"])[0], mixed)
    reward.check(reward.named(["answer_reward", "math_answer", "format_ok"])[0], mixed)


def test_a_reward_of_ones_own_is_tried_on_what_it_will_be_given(tmp_path, monkeypatch):
    (tmp_path / "own_rewards.py").write_text(
        "def short(completions, answer, **columns):\n"
        "    return [float(len(said[0]['content']) > len(gold)) for said, gold in zip(completions, answer)]\n"
        "def broken(completions, **columns):\n"
        "    return [len(said['content']) for said in completions]\n"
    )
    monkeypatch.chdir(tmp_path)
    rows = data.load([f"fiction_kinship kinds=name {SMALL}"], "train", 0)
    reward.check(reward.named(["own_rewards.short"])[0], rows)
    with pytest.raises(ValueError, match="rewards: broken: TypeError: "):
        reward.check(reward.named(["own_rewards.broken"])[0], rows)
    plain = with_prompt(rows, plain=True)
    with pytest.raises(ValueError, match="rewards: short: TypeError: "):  # to plain prompts there are plain completions
        reward.check(reward.named(["own_rewards.short"])[0], plain)


# order

DEPTHS = [1 + i % 4 for i in range(80)]
STRATA = [f"chain {depth}" for depth in DEPTHS]


def rounds(order: Order, n: int) -> list[list[int]]:
    return [order.round(k) for k in range(n)]


@pytest.mark.parametrize("how", ["random", "ascending"])
def test_an_epoch_has_each_row_once(how):
    order = Order(how, DEPTHS, STRATA, 8, 0)
    for epoch in (0, 1):
        seen = [row for k in range(epoch * 10, epoch * 10 + 10) for row in order.round(k)]
        assert sorted(seen) == list(range(80))
        if how == "ascending":
            assert [DEPTHS[row] for row in seen] == sorted(DEPTHS)
    assert order.round(0) != order.round(10)
    assert order.round(0) != Order(how, DEPTHS, STRATA, 8, 1).round(0)


def spread_at_3(order: Order, k: int) -> list[float]:
    return [0.5 if DEPTHS[row] == 3 else 0.0 for row in order.round(k)]


def test_adaptive_goes_where_rewards_differ():
    order = Order("adaptive", DEPTHS, STRATA, 8, 0)
    for k in range(40):
        order.observe(k, spread_at_3(order, k))
    late = [DEPTHS[row] for k in range(30, 40) for row in order.round(k)]
    assert late.count(3) > len(late) / 2
    assert set(late) == {1, 2, 3, 4}, "none is forgotten"
    assert order.shares(0) == [0.25] * 4, "at first all alike"


def test_adaptive_goes_on_as_it_would_have():
    whole = Order("adaptive", DEPTHS, STRATA, 8, 0)
    for k in range(20):
        whole.observe(k, spread_at_3(whole, k))
    resumed = Order("adaptive", DEPTHS, STRATA, 8, 0)
    resumed.observed = [dict(seen) for seen in whole.observed[:11]]
    assert rounds(resumed, 12) == rounds(whole, 12)
    for k in range(11, 20):
        resumed.observe(k, spread_at_3(resumed, k))
    assert rounds(resumed, 20) == rounds(whole, 20)


def test_a_round_does_not_wait_for_what_is_not_known_yet():
    """The trainer draws round k while it works on k - 1: the rewards of k - 1 must not matter for k."""
    order, other = (Order("adaptive", DEPTHS, STRATA, 8, 0) for _ in range(2))
    for k in range(10):
        order.observe(k, spread_at_3(order, k))
        other.observe(k, spread_at_3(other, k) if k < 9 else [0.9] * 8)
    assert order.round(10) == other.round(10)
    assert order.shares(11) != other.shares(11)


def test_rounds_are_what_trl_draws():
    """At random or not, the shape is that of TRL's own sampler: groups together, each round as often as it is used."""
    from trl.trainer.utils import RepeatSampler

    ours = Rounds(Order("random", DEPTHS, STRATA, 8, 0), completions=4, uses=2)
    theirs = RepeatSampler(DEPTHS, mini_repeat_count=4, batch_size=8, repeat_count=2, seed=0)
    assert len(ours) == len(theirs) == len(list(ours))
    drawn = list(ours)
    assert drawn[: 8 * 4] == drawn[8 * 4 : 2 * 8 * 4]
    assert all(len(set(drawn[i : i + 4])) == 1 for i in range(0, len(drawn), 4))
