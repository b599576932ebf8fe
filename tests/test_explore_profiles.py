"""Profiles' folders in `synthrl explore`: sorted, counted, and refused in one line."""

import json

import pandas
import pytest
from explore_folders import SPOILT, put, write_profile

from synthrl.app.explore import profiles


def test_a_profile_is_sorted_counted_and_read(tmp_path):
    folder = profiles.open_profile(str(write_profile(tmp_path / "toy")))
    found = profiles.table(folder)
    rates = [found.iloc[place]["pass_rate"] for place in profiles.chosen(found, "all", "all", profiles.ORDERS[0])]
    assert rates == sorted(rates) and len(rates) == 24
    assert {found.iloc[p]["hops"] for p in profiles.chosen(found, "3", "all", profiles.ORDERS[1])} == {3}
    row = profiles.full_row(found.iloc[17])
    assert row["id"] == found.iloc[17]["id"]
    right = [good for _, _, good in profiles.judged(row)]
    assert sum(right) == row["k"] and len(right) == 4
    page = profiles.summary(folder)
    assert "toy on fiction_multihop" in page and page.count("<svg") == 1 + len(found.groupby(["kind", "hops"]))


def test_rates_are_counted_where_they_belong():
    assert profiles.counts([0, 0.05, 0.1, 0.5, 0.999, 1, 1, float("nan")]) == [1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2]


def test_folders_that_are_no_profile_are_one_line(tmp_path):
    write_profile(tmp_path / "profiles" / "toy")
    (tmp_path / "other" / "data").mkdir(parents=True)
    pandas.DataFrame({"id": ["1"]}).to_parquet(tmp_path / "other" / "data" / "train.parquet")
    for folder, line in (
        (tmp_path / "none", "no such folder"),
        (tmp_path / "profiles", "it holds profiles: toy"),
        (tmp_path / "other", "it is no profile"),
    ):
        with pytest.raises(ValueError, match=line) as raised:
            profiles.open_profile(str(folder))
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("column", "odd", "said"),
    [
        ("hops", "<img src=x onerror=alert(1)>", "hops are no whole numbers"),
        ("steps", None, "not as `synthrl profile` writes it"),
        ("context", 7, "not as `synthrl profile` writes it"),
        ("id", None, "not as `synthrl profile` writes it"),
        ("pass_rate", None, ""),
        ("pass_rate", "a", ""),
        ("pass_rate", -7, ""),
    ],
)
def test_a_profile_of_others_is_read_or_refused(tmp_path, column, odd, said):
    pytest.importorskip("gradio", reason="needs the extra explore")
    from synthrl.app.explore import profile_tab

    folder = write_profile(tmp_path / "toy")
    (path,) = (folder / "data").glob("*.parquet")
    found = pandas.read_parquet(path)
    found[column] = [odd] * len(found)
    found.to_parquet(path)

    def look():
        profile_tab._opened(str(folder))
        return profile_tab._detail("0", str(folder))

    if said:
        with pytest.raises(ValueError, match=said):
            look()
    else:
        assert "sx-question" in look()[0]


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
def test_what_is_no_table_is_one_line(tmp_path, spoil):
    folder = write_profile(tmp_path / "toy")
    (path,) = (folder / "data").glob("*.parquet")
    spoil(path)
    with pytest.raises((ValueError, OSError), match=path.name) as raised:
        profiles.full_row(profiles.table(profiles.open_profile(str(folder))).iloc[0])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("column", ["id", "kind", "question", "k", "n", "pass_rate", "parse_rate"])
@pytest.mark.parametrize("odd", [["a"], {"a": 1}, 2**63 - 1, float("inf"), b"\xff", "dictionary"], ids=repr)
def test_a_column_of_another_type_is_read_as_it_can_be(tmp_path, column, odd):
    folder = write_profile(tmp_path / "toy", count=3)
    (path,) = (folder / "data").glob("*.parquet")
    put(path, column, odd)
    found = profiles.table(profiles.open_profile(str(folder)))
    assert "<svg" in profiles.summary(str(folder))
    for place in profiles.chosen(found, "all", "all", profiles.ORDERS[0]):
        assert profiles.label(found.iloc[place])


def test_what_nests_without_end_is_one_line(tmp_path):
    folder = write_profile(tmp_path / "toy", count=3)
    (folder / "profile.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="profile.json: maximum recursion depth"):
        profiles.summary(str(folder))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("fiction_multihop-hops=2-3", ("toy on fiction_multihop", "hops=2-3")),
        (
            "fiction_multihop-kinds=chain%2Ccount,peo~0123456789abcdef",
            ("toy on fiction_multihop", "kinds=chain,count,peo…"),
        ),
        ("my-rows", ("toy on my-rows", "")),
    ],
)
def test_a_heading_is_short_and_its_knobs_stand_below(tmp_path, data, expected):
    (tmp_path / "profile.json").write_text(json.dumps({"data": data, "model": "toy"}))
    assert profiles.about(str(tmp_path)) == expected
