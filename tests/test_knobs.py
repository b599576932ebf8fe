"""Knobs: one spelling, and what does not fit is refused in a line."""

import pytest

from synthrl import knobs


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("4", 2, 4),
        ("2-6", 2, "2-6"),  # a range; the builder judges it
        ("0.5", 0.0, 0.5),
        ("1", 0.0, 1.0),
        ("true", False, True),
        ("maybe", False, "maybe"),
        ("chain,comparison", (), ("chain", "comparison")),
        ("chain", [], ["chain"]),
        ("4", "2-6", 4),  # nor is one number
        ("open", "closed", "open"),
        ("4", "closed", "4"),
        ("7", None, 7),
    ],
)
def test_a_value_has_the_type_of_its_default(text, default, value):
    assert knobs.same(knobs.parse(text, default), value)


@pytest.mark.parametrize(
    ("config", "given", "settled"),
    [
        ("default", {"hops": 4}, ("hops_4", {})),
        ("default", {"hops": 4, "train": 7}, ("hops_4", {"train": 7})),
        ("default", {"hops": 2}, ("default", {})),
        ("default", {"kinds": "chain"}, ("default", {"kinds": ("chain",)})),  # so is one name
        ("hops_4-train=7", {}, ("hops_4", {"train": 7})),
        ("hops_4-kinds=chain%2Ccomparison", {"train": 7}, ("hops_4", {"kinds": ("chain", "comparison"), "train": 7})),
        ("default", {"kinds": ["chain"]}, ("default", {"kinds": ("chain",)})),  # a list is as good as a tuple
        ("default", {"train": None}, ("default", {})),
        ("default", {"hops": True}, ("default", {"hops": True})),  # not 1: the builder refuses it
    ],
)
def test_a_configuration_has_one_name(config, given, settled):
    configs = {"default": {"hops": 2, "kinds": (), "train": 9}, "hops_4": {"hops": 4, "kinds": (), "train": 9}}
    assert knobs.settle(config, given, configs) == settled
    name = knobs.spell_name(*settled)
    assert name == "default-hops=True" or knobs.settle(name, {}, configs) == settled


@pytest.mark.parametrize(
    ("config", "given", "said"),
    [
        ("hops_4", {"hops": 2}, "the configuration 'hops_4' says 4"),
        ("hops_4-train=7", {"train": 8}, "says 7"),
        ("hops_12", {}, "did you mean hops=12"),
        (4, {}, "config: got 4"),
        (["x"], {}, "config: got ['x']"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(config, given, said):
    configs = {"default": {"hops": 2, "train": 9}, "hops_4": {"hops": 4, "train": 9}}
    with pytest.raises(ValueError) as error:
        knobs.settle(config, given, configs)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1-4,6", ("1", "2", "3", "4", "6")),
        ("chain,count", ("chain", "count")),
        ("0,0.3", ("0", "0.3")),
        ("./my-task.yaml", ("./my-task.yaml",)),
    ],
)
def test_ranges_and_lists_are_many_values(text, found):
    assert knobs.values("hops", text, 9) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4-1", "hops: got '4-1', expected a range of at most 9 numbers, the smaller first"),
        ("1-10", "hops: got '1-10', expected a range of at most 9"),
        ("1-4,2", "hops: got '1-4,2', expected values with commas between (1-4,6), each once"),
        ("1,", "hops: got '1,', expected values with commas between"),
        ("", "hops: got '', expected values with commas between"),
    ],
)
def test_values_that_are_none_are_refused(text, said):
    with pytest.raises(ValueError) as error:
        knobs.values("hops", text, 9)
    assert str(error.value).startswith(said)
