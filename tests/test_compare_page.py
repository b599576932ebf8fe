"""What a report of evaluations says: first what else differs, then the figures, then examples."""

import re
from dataclasses import replace

import pytest
from compared import HOTPOT, built, make, pair_of, row, rows

from synthrl.app import compare
from synthrl.app.compare import examples, markdown, page, read
from synthrl.app.compare.figures import Drawn
from synthrl.app.compare.notes import notes
from synthrl.app.compare.table import Entry


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scoring_version": "0.9"}, "JUDGED BY DIFFERENT SCORING VERSIONS"),
        ({"temperature": 0.8}, "different temperatures: 0.8 and 0.0"),
        ({"system_prompt": None}, "different system prompts"),
        ({"max_samples": 8}, "different numbers of rows"),
        ({"weights": "sha256:base"}, "the very weights of base"),
    ],
)
def test_what_differs_between_two_evaluations_is_said(tmp_path, settings, said):
    base, mine = pair_of(tmp_path, {HOTPOT: rows([1])}, {HOTPOT: rows([1])}, **settings)
    (note,) = notes(base, [mine])
    assert said in note


def test_where_nothing_differs_nothing_is_said(tmp_path):
    base, mine = pair_of(tmp_path, {HOTPOT: rows([1])}, {HOTPOT: rows([1])})
    assert notes(base, [mine]) == []


def test_tasks_and_rows_that_cannot_be_compared_are_named(tmp_path):
    other = [row("elsewhere", 1)]
    differs = [row("hotpotqa-0", 1, answer="Oslo")]
    base, mine = pair_of(
        tmp_path,
        {HOTPOT: rows([1]), "synthrl_gsm8k": rows([1]), "synthrl_frames": rows([1])},
        {HOTPOT: other, "synthrl_medqa": rows([1]), "synthrl_frames": differs},
    )
    said = "\n".join(notes(base, [mine]))
    assert "1 tasks of mine are not in base, so nothing is compared: synthrl_medqa" in said
    assert "1 tasks of base are not in mine, so nothing is compared: synthrl_gsm8k" in said
    assert f"{HOTPOT}: mine and base share no row (1 and 1)" in said
    assert "synthrl_frames: 1 rows have another right answer in mine" in said
    compare.write([base, mine], tmp_path / "out")


@pytest.mark.parametrize(
    ("figure", "low", "high", "expected", "reason"),
    [
        ("exact_match", 0.1, 0.2, "better", "more right answers"),
        ("exact_match", -0.2, -0.1, "worse", "fewer"),
        ("truncated", 0.1, 0.2, "worse", "more that are cut off"),
        ("truncated", -0.2, -0.1, "better", "fewer"),
        ("truncated", -0.1, 0.1, "", "it may be chance"),
        ("exact_match", 0.0, 0.2, "", "so it may where zero is just within"),
        ("exact_match", None, None, "", "all rows changed alike"),
    ],
)
def test_a_gain_is_for_the_better_or_the_worse(figure, low, high, expected, reason):
    entry = Entry("mine", "base", "x", 1, "", "", figure, 9, gain=0.1, gain_low=low, gain_high=high)
    assert page.verdict(entry) == expected, reason


def test_of_what_is_truncated_less_is_better(tmp_path):
    before = rows([0, 1] * 10)
    for one in before:
        one["metric"]["truncated"] = 1 - one["metric"]["exact_match"]
    compare.write(pair_of(tmp_path, {HOTPOT: before}, {HOTPOT: rows([0, 1] * 10)}), tmp_path / "out")
    html, text = ((tmp_path / "out" / name).read_text() for name in ("index.html", "report.md"))
    assert "Truncated (less is better)</summary>" in html and "Truncated (less is better)</summary>" in text
    ((verdict, cells),) = re.findall('<tr class="(better|worse)">(.*)</tr>', html)  # of all other figures none changed
    assert verdict == "better" and "-50.0 [" in cells


def test_columns_differ_whatever_a_model_is_called(tmp_path):
    """Labels are the heads of columns, among words that any model may be called."""
    some = [row("a", 0, hops=2, hop_1=0.0), row("b", 1, hops=3, hop_1=1.0)]
    for name in ("one", "two"):
        make(tmp_path / name, {HOTPOT: some})
    for labels in (
        ("model", "gain"),
        ("rows", "then"),
        ("left out", "task"),
        ("hops", "wrong now"),
        ("trained", "gold"),
    ):
        given = [f"{label}={tmp_path / name}" for label, name in zip(labels, ("one", "two"), strict=True)]
        base, mine = read.read_all(given)
        drawn = Drawn(built(base, mine), base, [mine])
        heads = [table.header for section in page.sections(drawn, []) for table in section.tables]
        assert len(heads) > 9 and all(len(set(head)) == len(head) for head in heads), labels


def test_examples_are_told_by_who_said_them(tmp_path):
    """Be the base called `trained`, or `gold`."""
    found = pair_of(tmp_path, {HOTPOT: rows([0])}, {HOTPOT: rows([1])})
    compare.write(
        [replace(one, label=label) for one, label in zip(found, ("trained", "gold"), strict=True)], tmp_path / "out"
    )
    html, text = ((tmp_path / "out" / name).read_text() for name in ("index.html", "report.md"))
    assert re.findall(r"^\*\*([a-z ]+)\*\*$", text.split("1 wins")[1], re.M) == [
        "question",
        "gold",
        "trained said",
        "gold said",
    ]
    assert "<b>trained said</b>" in html and "<b>gold said</b>" in html


def test_examples_are_chosen_by_rule(tmp_path):
    before = [
        row("deep", 0, hops=4),
        row("shallow", 0, hops=2),
        row("unparsed", 0, 0, hops=9),
        row("lost", 1),
        row("same", 1),
    ]
    after = [
        row("deep", 1, hops=4),
        row("shallow", 1, hops=2),
        row("unparsed", 1, hops=9),
        row("lost", 0),
        row("same", 1),
    ]
    one, two = (
        {HOTPOT: before, "synthrl_frames": [row("f", 0, hops=1)]},
        {HOTPOT: after, "synthrl_frames": [row("f", 1, hops=1)]},
    )
    wins, losses = examples.chosen(*pair_of(tmp_path, one, two))
    assert [each.id for each in wins] == ["deep", "f", "shallow", "unparsed"]  # tasks take turns; no answer stands last
    assert [(each.id, each.gold, each.question) for each in losses] == [("lost", "Velmo", "Where is lost?")]


def test_of_as_many_hops_the_shortest_come_first_and_no_more_than_ten(tmp_path):
    before = [row(str(i), 0, said="x" * (40 - i)) for i in range(15)]
    after = [row(str(i), 1) for i in range(15)]
    wins, _ = examples.chosen(*pair_of(tmp_path, {HOTPOT: before}, {HOTPOT: after}))
    assert [each.id for each in wins] == [str(i) for i in range(14, 4, -1)]


@pytest.mark.parametrize(
    ("said", "shown", "reason"),
    [
        ("x" * 100_000, "98,800 characters are left out", "too long"),
        ("a\u202eb\x1b[31m\x00", "a\\u{202e}b\\u{1b}[31m\\u{0}", "what turns a line around or steers a terminal"),
        ("שלום\n\tعالم 🏠", "שלום\n\tعالم 🏠", "letters of any script stay"),
    ],
)
def test_a_completion_is_shown_as_it_can_be(said, shown, reason):
    assert shown in examples.cut(said), reason


HOSTILE = "</pre><script>alert(1)</script>\n````\n# no heading\n[x](javascript:y) | a\n</details>"


def test_what_a_model_says_is_neither_html_nor_markdown(tmp_path):
    base, mine = pair_of(
        tmp_path,
        {HOTPOT: [row("a|<b>", 0, said=HOSTILE, question=HOSTILE)]},
        {HOTPOT: [row("a|<b>", 1, question=HOSTILE)]},
    )
    compare.write([base, mine], tmp_path / "out")
    page, text = ((tmp_path / "out" / name).read_text() for name in ("index.html", "report.md"))
    assert "<script" not in page and page.count("&lt;script&gt;") >= 2
    assert f"`````text\n{HOSTILE}\n`````" in text
    outside = text.replace(f"`````text\n{HOSTILE}\n`````", "")
    assert "<script" not in outside and "[x](" not in outside


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a|b <c> *d* `e`", "a\\|b \\<c\\> \\*d\\* \\`e\\`"),
        ("[x](http://y)", "[x\\](http://y)"),
        ("+8.9 [6.1, 11.5]", "+8.9 [6.1, 11.5]"),
        ("synthrl_hotpotqa_500 _x_", "synthrl_hotpotqa_500 \\_x\\_"),
        ("a\n# b", "a \\# b"),
    ],
)
def test_words_of_others_in_markdown(text, plain):
    assert markdown.plain(text) == plain
