"""Completion to answer to score: parity with the official scorers, small tables with reasons, properties, complexity."""

import json
import re
import string
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthrl.answers import CONVENTIONS, extract_answer, normalize, score, score_row, score_set
from synthrl.answers.choices import abstains, chosen, score_choice, score_label
from synthrl.answers.numbers import parse, score_number

GOLDEN = Path(__file__).parents[2] / "shared" / "golden"
OFFICIAL = [name for name in CONVENTIONS if name != "synthrl"]
SAME = settings(derandomize=True, deadline=None, max_examples=300)


def golden(name):
    path = GOLDEN / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    with path.open(encoding="utf-8") as file:  # line by line: predictions hold characters that splitlines parts at
        return [json.loads(line) for line in file]


# what the official scripts said


@pytest.mark.parametrize("name", OFFICIAL)
def test_golden_scores(name):
    rows = golden(name)
    assert len(rows) > 400
    for row in rows:
        found = score(row["prediction"], row["golds"], name)
        said = {"em": found.exact_match, "f1": found.f1, "precision": found.precision, "recall": found.recall}
        wanted = {figure: row[figure] for figure in said if figure in row}
        assert {figure: said[figure] for figure in wanted} == pytest.approx(wanted, abs=1e-9), row


def test_golden_differences_between_scorers():
    for row in golden("cross_scorer_differences"):
        for scorer, wanted in row["scores"].items():
            found = score(row["prediction"], row["golds"], {"2wiki_v1.1": "2wikimultihopqa"}.get(scorer, scorer))
            assert {"em": found.exact_match, "f1": found.f1} == pytest.approx(wanted, abs=1e-9), (scorer, row)


@pytest.mark.parametrize("name", OFFICIAL)
def test_a_row_is_scored_as_the_benchmark_does(name):
    """All the way from the completion, for what an answer tag leaves as it is."""
    for row in golden(name):
        said, golds = row["prediction"], row["golds"]
        if not said.strip() or extract_answer(f"<answer>{said}</answer>") != said:
            continue
        found = score_row(f"<answer>{said}</answer>", {"id": "", "answers": [golds], "scorer": f"f1:{name}"})
        assert (found.exact_match, found.f1) == pytest.approx((row["em"], row["f1"]), abs=1e-9), row


# what they would say of other texts: the published rules once more, written as they are published


def reference_words(text, name):
    text = text.lower()
    if name == "triviaqa":
        text = "".join(" " if mark in string.punctuation + "‘’´`_" else mark for mark in text)
    else:
        text = "".join(mark for mark in text if mark not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def reference_f1(said, wanted, name):
    if name in ("hotpotqa", "2wikimultihopqa") and said != wanted and {said, wanted} & {"yes", "no", "noanswer"}:
        return 0.0, 0.0, 0.0
    said, wanted = said.split(), wanted.split()
    if name in ("musique", "squad_v2.0") and not (said and wanted):
        return (float(said == wanted),) * 3
    same = (Counter(said) & Counter(wanted)).total()
    if not same:
        return 0.0, 0.0, 0.0
    precision, recall = same / len(said), same / len(wanted)
    return 2 * precision * recall / (precision + recall), precision, recall


def reference(prediction, golds, name):
    """(exact match, F1): each the best over the golds."""
    said, wanted = reference_words(prediction, name), [reference_words(gold, name) for gold in golds]
    if name == "squad_v2.0":
        wanted = [gold for gold in wanted if gold] or [""]
    return float(said in wanted), max(reference_f1(said, gold, name)[0] for gold in wanted)


# Words and marks that the scripts treat in ways of their own, thrown together so that predictions and golds share some.
ODD = ["a", "an", "the", "A", "The", "THE", "yes", "no", "noanswer", "Yes", "Ada", "ada", "Brel", "the\u0301", "a\u0300n",
       "\u00e9", "e\u0301", "\u0130", "\u0131", "\u00df", "\u1e9e", "\u03a3", "\u0391\u03a3", "\u01c5", "\ufb01", "\uff21", "\u00aa", "\U0001d41a",
       "\u212a", "\u00bd", "\u00b2", "\u0663", "\ufdfa", "_", "a_b", "_the_", "-", "'", "\u2019", "\u2018", "\u00b4", "`", "\u201c", "\u2013", "\u20ac",
       "$", "^", "~", "|", "<", ".", ",", "\u3002", "\uff0c", " ", "  ", "\t", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85",
       "\xa0", "\u1680", "\u2003", "\u2028", "\u3000", "\u180e", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200f", "\x00", "\x7f", "\ud800",
       "\U0001f600", "\ufe0f", "\u0915\u093f", "\u4e2d", "\u0e32"]  # fmt: skip
odd_texts = st.lists(st.sampled_from(ODD) | st.text(max_size=3), max_size=8).map("".join)


@pytest.mark.parametrize("name", OFFICIAL)
def test_odd_texts_score_by_the_published_rules(name):
    @SAME
    @given(odd_texts, st.lists(odd_texts, min_size=1, max_size=3))
    def check(prediction, golds):
        found = score(prediction, golds, name)
        assert (found.exact_match, found.f1) == pytest.approx(reference(prediction, golds, name), abs=1e-12)
        if len(golds) == 1 and name != "squad_v2.0":
            words = reference_words(prediction, name), reference_words(golds[0], name)
            both = reference_f1(*words, name)
            assert (found.f1, found.precision, found.recall) == pytest.approx(both, abs=1e-12)

    check()


@pytest.mark.parametrize("name", OFFICIAL)
def test_plain_english_scores_by_the_published_rules(name):
    """Its own way through the code: ASCII alone, where words are told apart by spaces."""

    @SAME
    @given(*[st.lists(st.sampled_from("a an the The Ada ada's _the_ yes no . A-a , - x1".split())).map(" ".join)] * 2)
    def check(prediction, gold):
        found = score(prediction, [gold], name)
        assert (found.exact_match, found.f1) == pytest.approx(reference(prediction, [gold], name), abs=1e-12)

    check()


@pytest.mark.parametrize(
    ("name", "prediction", "golds", "em", "f1", "reason"),
    [
        ("hotpotqa", "no", ["no"], 1, 1, "yes and no count when they are all"),
        ("hotpotqa", "no comment", ["no"], 0, 0, "… and nothing when they are not"),
        ("2wikimultihopqa", "noanswer given", ["noanswer"], 0, 0, "so does noanswer"),
        ("squad_v1.1", "no comment", ["no"], 0, 2 / 3, "SQuAD knows no such rule"),
        ("musique", "no comment", ["no"], 0, 2 / 3, "nor does MuSiQue"),
        ("hotpotqa", "the", ["a"], 1, 0, "nothing is left: equal, and no word in common"),
        ("musique", "the", ["a"], 1, 1, "MuSiQue and SQuAD 2.0 count that as 1"),
        ("squad_v2.0", "", [], 1, 1, "no gold: no answer is right"),
        ("squad_v2.0", "", [""], 1, 1, "the same, spelled out"),
        ("squad_v2.0", "Ada", [""], 0, 0, "an answer where there is none"),
        ("squad_v2.0", "", ["Ada", "the"], 0, 0, "a gold of which nothing is left does not count beside others"),
        ("triviaqa", "snake_case", ["snake case"], 1, 1, "TriviaQA puts a space for an underscore"),
        ("hotpotqa", "snake_case", ["snake case"], 0, 0, "the others drop it"),
        ("triviaqa", "Ada’s", ["Ada s"], 1, 1, "and for a curly apostrophe"),
        ("hotpotqa", "Ada’s", ["Ada s"], 0, 0, "the others let it stand: it is not ASCII"),
        ("squad_v1.1", "“the” end", ["“ ” end"], 1, 1, "an article beside a mark that stands is an article"),
        ("squad_v1.1", "the\u0301 end", ["\u0301 end"], 1, 1, "even beside a combining accent"),
        ("squad_v1.1", "Ada\x1fBrel", ["Ada Brel"], 1, 1, "a unit separator is white space to Python"),
        ("squad_v1.1", "Ada\u200bBrel", ["Ada Brel"], 0, 0, "a zero-width space is not"),
        ("hotpotqa", "Ada Brel", ["Bo", "Brel", "Ada Brel"], 1, 1, "the best of several golds"),
    ],
)  # fmt: skip
def test_official_rule(name, prediction, golds, em, f1, reason):
    found = score(prediction, golds, name)
    assert (found.exact_match, found.f1) == pytest.approx((em, f1)), reason


def test_precision_and_recall_of_several_golds():
    """HotpotQA: of the gold that gives F1. 2WikiMultihopQA: the best of any."""
    long, short = "Ada Brel of Old Velmo", "Ada"
    assert score("Ada Brel", [long, short], "hotpotqa")[1:4] == pytest.approx((2 / 3, 0.5, 1))
    assert score("Ada Brel", [long, short], "2wikimultihopqa")[1:4] == pytest.approx((2 / 3, 1, 1))


# our own convention

SPELLINGS = [
    ("ADA brel", "Ada Brel", "case"),
    ("STRASSE", "Straße", "case, where it takes two letters"),
    ("Lunden", "Lundén", "accents"),
    ("Lunde\u0301n", "Lundén", "an accent apart from its letter"),
    ("Lunden Istanbul", "Lundén İstanbul", "a capital with a dot"),
    ("가", "\u1100\u1161", "Korean, letter by letter"),
    ("O’Brien", "O'Brien", "curly or straight"),
    ("OBrien", "O'Brien", "an apostrophe may be left out"),
    ("Jean-Luc", "Jean Luc", "a hyphen parts words"),
    ("1990–1995", "1990-1995", "a dash is a hyphen"),
    ("Ox & Elk", "Ox and Elk", "and"),
    ("The Blue Fox", "blue fox", "articles"),
    ("“Ada Brel”.", "Ada Brel", "quotes and a full stop"),
    ("U.S.", "US", "initials"),
    ("1,000", "1000", "thousands"),
    ("$72", "72", "currency"),
    ("ﬁlm", "film", "ligatures"),
    ("Ａｄａ", "Ada", "width"),
    ("\u200fAda\u200b \xa0Brel\x00", "Ada Brel", "what cannot be seen"),
    ("✔️ Ada ❤️", "Ada", "what is only decoration"),
]
DIFFERENT = [
    ("3.5", "35", "a decimal point"),
    ("-5", "5", "a sign"),
    ("C#", "C", "a sharp"),
    ("50%", "50", "percent"),
    ("x²", "x", "a power"),
    ("A", "", "an article may be all there is"),
    ("The", "A", "… and is itself then"),
    ("1990s", "1990", "a decade is no year"),
    ("Ada Brel", "AdaBrel", "a space parts names"),
    ("中", "国", "letters of any script"),
]


@pytest.mark.parametrize(("one", "other", "reason"), SPELLINGS)
def test_spellings_of_the_same(one, other, reason):
    assert normalize(one) == normalize(other), reason


@pytest.mark.parametrize(("one", "other", "reason"), DIFFERENT)
def test_spellings_of_different_things(one, other, reason):
    assert normalize(one) != normalize(other), reason


@pytest.mark.parametrize(
    ("prediction", "gold", "ours", "hotpotqa", "reason"),
    [
        ("O’Brien", "O'Brien", 1, 0, "a curly apostrophe stands, theirs being an ASCII list"),
        ("Lunden", "Lundén", 1, 0, "accents count there"),
        ("Jean Luc", "Jean-Luc", 1, 0, "a hyphen joins there, and parts here"),
        ("Ox & Elk", "Ox and Elk", 1, 0.8, "& is a word here"),
        ("Ada\u200b", "Ada", 1, 0, "a zero-width space is part of a word there"),
        ("35", "3.5", 0, 1, "a decimal point is punctuation there"),
        ("5", "-5", 0, 1, "and so is a sign"),
        ("C", "C#", 0, 1, "and a sharp"),
        ("The", "The", 1, 0, "nothing is left there, and no words are shared"),
        ("noanswer at all", "noanswer", 0.5, 0, "a word like others here"),
        ("yes and no", "yes", 0, 0, "yes is all or nothing in both"),
        ("Ada Brel", "Ada Lok", 0.5, 0.5, "a word in common"),
    ],
)
def test_where_our_convention_differs(prediction, gold, ours, hotpotqa, reason):
    found = score(prediction, [gold]).f1, score(prediction, [gold], "hotpotqa").f1
    assert found == pytest.approx((ours, hotpotqa)), reason


@pytest.mark.parametrize(
    ("golds", "convention", "error", "names"),
    [
        (["Ada"], "hotpot", ValueError, "hotpotqa"),
        ("Ada", "synthrl", TypeError, r"\['Ada'\]"),
        ([], "hotpotqa", ValueError, "golds"),
    ],
)
def test_score_refuses(golds, convention, error, names):
    with pytest.raises(error, match=names):
        score("Ada", golds, convention)


# from completion to answer


@pytest.mark.parametrize(
    ("completion", "lenient", "strict", "reason"),
    [
        ("<answer>Ada</answer>", "Ada", "Ada", "as asked"),
        ("Bo? No. <answer> Ada\n</answer> Done.", "Ada", "Ada", "something may follow"),
        ("<answer>Bo</answer> wait <answer>Ada</answer>", "Ada", "Ada", "the last counts"),
        ("<answer><answer>Ada</answer></answer>", "Ada", "Ada", "nested"),
        ("<answer>Ada</answer></answer>", "Ada", "Ada", "closed twice"),
        ("<answer>Bo <answer>Ada</answer>", "Ada", "Ada", "begun anew"),
        ("<answer>Bo</answer> <answer>Ada", "Bo", "Bo", "a whole pair before half of one"),
        ("<answer></answer>", None, None, "nothing in it"),
        ("The answer is Bo. <answer> </answer>", None, None, "an empty tag is what it says last"),
        ("<answer>**Ada**</answer>", "Ada", "**Ada**", "bold"),
        ("<answer>The answer is Ada</answer>", "Ada", "The answer is Ada", "announced again"),
        ("<answer>\\boxed{\\frac{1}{2}}</answer>", "\\frac{1}{2}", "\\boxed{\\frac{1}{2}}", "boxed as well"),
        ("Thinking. <answer>Ada", "Ada", None, "stopped, or cut off, before it closed"),
        ("Ada</answer>", "Ada", None, "the prompt opened the tag"),
        ("So \\boxed{1} or rather \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}", None, "the last box, braces and all"),
        ("2 + 2 = 4\n#### 4", "4", None, "GSM8K's own mark"),
        ("So the answer is Ada. She lives in Velmo.", "Ada", None, "announced, up to the end of the sentence"),
        ("So the answer is Dr. Ada J. R. Brel!", "Dr. Ada J. R. Brel!", None, "titles and initials end no sentence"),
        ("**Answer:** J. R. Brel", "J. R. Brel", None, "initials end no sentence"),
        ("The final answer is:\nAda", "Ada", None, "on the next line"),
        ("### Answer\nAda", "Ada", None, "below a heading"),
        ("**Answers:**\n- Ada\n- Bo\n\nThat is all.", "- Ada\n- Bo", None, "a list below a heading"),
        ("The correct option is C.", "C", None, "an option"),
        ("I thought of Bo. Ada is the correct answer.", "Ada", None, "announced afterwards"),
        ("The final answer is $6$. I hope it is correct.", "6", None, "a phrase that models were taught"),
        ("The final answer is 6. I hope it is correct.", "6", None, "a number is no initial"),
        ("<Answer>Ada</Answer>", "Ada", None, "a capital"),
        ("<answer>Ada<|im_end|>", "Ada", None, "a mark of the template"),
        ("Ada", "Ada", None, "nothing else"),
        ("I looked at it.\nIt may be Ada.", None, None, "two lines announce nothing"),
        ("Ada " * 60, None, None, "too long to be an answer and nothing else"),
        ("<think>x</think><answer>Ada</answer>", "Ada", "Ada", "after thinking"),
        ("<think><answer>Ada</answer></think>", None, None, "within thinking"),
        ("<think><answer>Ada</answer>", None, None, "thinking that never ends"),
        ("<answer>Bo</answer></think>Ada", "Ada", None, "the thinking may have begun in the prompt"),
        ("<answer>Ada</answer><think>Bo", "Ada", "Ada", "thinking begun again does not take it back"),
        ("", None, None, "nothing"),
        ([{"role": "assistant", "content": "<answer>Ada</answer>"}], "Ada", "Ada", "chat messages"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "<answer>Ada</answer>"}]}], "Ada", "Ada", "parts"),
        ([{"role": "assistant", "content": "<answer>Ada</answer>"}, {"role": "tool", "content": "<answer>Bo</answer>"}],
         "Ada", "Ada", "a tool's words are not its own"),
        ([{"role": "assistant", "tool_calls": []}], None, None, "a call to a tool, without content"),
        ([], None, None, "no message"),
        (None, None, None, "nothing at all"),
    ],
)  # fmt: skip
def test_extract_answer(completion, lenient, strict, reason):
    assert extract_answer(completion) == lenient, reason
    assert extract_answer(completion, strict=True) == strict, reason


def test_extract_answer_with_another_tag():
    assert extract_answer("<answer>Bo</answer><final>Ada</final>", tag="final") == "Ada"


# sets of names

CITIES = [["Velmo", "Old Velmo"], ["Zarno"], ["Salt, Pepper & Co"]]


@pytest.mark.parametrize(
    ("prediction", "answers", "f1", "reason"),
    [
        ("Zarno, Velmo", CITIES[:2], 1, "any order"),
        ("Old Velmo and Zarno", CITIES[:2], 1, "aliases"),
        ("- **Velmo**\n- Zarno\n", CITIES[:2], 1, "bullets"),
        ("1. Velmo\n2. Zarno", CITIES[:2], 1, "numbers"),
        ('["Velmo", "Zarno"]', CITIES[:2], 1, "a list in code"),
        ("Velmo、Zarno", CITIES[:2], 1, "commas of other scripts"),
        ("Velmo (on the Lomar) and Zarno.", CITIES[:2], 1, "an aside"),
        ("They are Velmo and Zarno", CITIES[:2], 1, "a lead-in"),
        ("Velmo as well as Zarno", CITIES[:2], 1, "another and"),
        ("(a) Velmo (b) Zarno", CITIES[:2], 1, "letters for bullets"),
        ("It's Zarno", CITIES[1:2], 1, "said so"),
        ("Zarno is the city", CITIES[1:2], 1, "said of it"),
        ("only Zarno", CITIES[1:2], 1, "no other"),
        ("\\text{Velmo}, \\text{Zarno}", CITIES[:2], 1, "LaTeX"),
        ("Zarno (a city), Salt, Pepper & Co (a firm)", CITIES[1:], 1, "an aside to a name of several parts"),
        ("Velmo, Old Velmo, Zarno, Zarno", CITIES[:2], 1, "said twice"),
        ("Salt, Pepper and Co; Zarno", CITIES[1:], 1, "a name with a comma and an &"),
        ("Velmo", CITIES[:2], 2 / 3, "one of two"),
        ("Velmo, Gex", CITIES[:1], 1 / 2, "one right of two named"),
        ("Velmo or Gex or Tor", CITIES[:1], 1 / 4, "one right of three named: less than a guess"),
        ("Velmo (or Gex)", CITIES[:1], 1 / 2, "no hiding in an aside"),
        ("Velmo, Zarno, Gex", CITIES[:2], 2 / 3, "two right and one wrong"),
        ("Gex", CITIES[:2], 0, "wrong"),
        ("Upper Velmo", CITIES[:1], 0, "another city"),
        ("Velmo Zarno", CITIES[:2], 0, "names run together are one"),
        ("Not Velmo", CITIES[:1], 0, "denied"),
        ("Salt", CITIES[2:], 0, "part of a name"),
        ("", CITIES, 0, "nothing"),
        ("Velmo, " * 5_000, CITIES[:1], 0, "longer than any list"),
    ],
)
def test_score_set(prediction, answers, f1, reason):
    found = score_set(prediction, answers)
    assert found.f1 == pytest.approx(f1), reason
    assert found.exact_match == (f1 == 1)


def test_one_name_that_two_bear_counts_once():
    assert score_set("Brel", [["Ada Brel", "Brel"], ["Bo Brel", "Brel"]]).recall == 0.5


# numbers


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("12", 12, "digits"), ("1,234.50", 1234.5, "thousands"), ("$72.00", 72, "money"), ("72 dollars.", 72, "a unit"),
        ("3/4", 0.75, "a fraction"), ("1 1/2", 1.5, "a mixed one"), ("3½", 3.5, "in one character"), (".5", 0.5, "no zero"),
        ("\\frac{3}{4}", 0.75, "LaTeX"), ("1{,}000", 1000, "LaTeX's comma"), ("5\\text{ km}", 5, "LaTeX's words"),
        ("twelve", 12, "a word"), ("Two hundred and five", 205, "words"), ("twenty-one", 21, "hyphened"), ("none", 0, "none"),
        ("1.5 million", 1.5e6, "a scale"), ("1e3", 1000, "a power"), ("two and a half", 2.5, "a half"),
        ("-5", -5, "a sign"), ("−5", -5, "a true minus"), ("–5", -5, "a dash for it"), ("minus five", -5, "a word for it"),
        ("2 + 3 = 5", 5, "worked out"), ("seven (7)", 7, "said twice"), ("1st", 1, "an ordinal"), ("٥", 5, "other digits"),
        ("3 or 4", None, "two are no answer"), ("x = 3 or x = 4", None, "nor are two equations"), ("5-6", None, "nor a range"),
        ("1 200", 1200, "thousands apart"), ("1.2 × 10^3", 1200, "a power of ten"), ("10²", 100, "raised"), ("48k", 48000, "a k"),
        ("four dozen", 48, "dozens"), ("one half", 0.5, "parts in words"), ("half a cup", 0.5, "half of one"), ("\\frac12", 0.5, "short"),
        ("48 (24 times 2)", 48, "with its working"), ("48 (or 24)", None, "with another"), ("8 quarters", 8, "coins are a unit"),
        ("12 km²", 12, "a unit that is raised"), ("3, not counting Ada", 3, "something else denied"),
        ("3 people, no one else", 3, "no one is no number"), ("not 48", None, "denied"), ("less than 48", None, "a bound"), ("√48", None, "a root"), ("no one", None, "nobody"),
        ("1/0", None, "no number"), ("many", None, "no number either"), ("", None, "nothing"), ("5 " * 101, None, "too long"),
        ("5 thou\u017fand", 5, "an old s is no thousand"), ("\ud800", None, "half a character"),
    ],
)  # fmt: skip
def test_parse(text, value, reason):
    found = parse(text)
    assert (found and float(found.value)) == value, reason


@pytest.mark.parametrize(
    ("prediction", "gold", "right", "reason"),
    [
        ("12.0", "12", 1, "as a number"),
        ("12%", "12", 1, "asked in percent"),
        ("12%", "0.12", 1, "or as a share"),
        ("0.12", "12%", 1, "either way round"),
        ("700%", "7", 0, "nobody means 7 by that"),
        ("12", "0.12", 0, "without the mark it is another number"),
        ("11.999", "12", 0, "near is not equal"),
        ("12 of 13", "12", 0, "two numbers"),
    ],
)
def test_score_number(prediction, gold, right, reason):
    assert score_number(prediction, [gold]).f1 == right, reason


# closed sets


@pytest.mark.parametrize(
    ("prediction", "gold", "right", "reason"),
    [
        ("Yes.", "yes", 1, "a full stop"), ("true", "yes", 1, "true is yes"), ("No, he does not.", "no", 1, "the first word"),
        ("It is false", "no", 1, "what it says it is"), ("Brel is a mason", "mason", 1, "the same of another label"),
        ("She is uncertain", "uncertain", 1, "another label"), ("Yes or no", "yes", 0, "both"), ("yes, no", "no", 0, "both"),
        ("Yes, because no other city fits", "yes", 1, "with a reason"), ("yes, but no", "yes", 0, "taken back"), ("maybe", "yes", 0, "neither"), ("", "no", 0, "nothing"),
    ],
)  # fmt: skip
def test_score_label(prediction, gold, right, reason):
    assert score_label(prediction, [gold]).f1 == right, reason


CHOICES = ["X-ray", "Chest X-ray", "E. coli", "< 5 mm", "> 5 mm"]


@pytest.mark.parametrize(
    ("prediction", "index", "reason"),
    [
        ("B", 1, "a letter"), ("(b)", 1, "in brackets"), ("**B**", 1, "bold"), ("Option B", 1, "named so"),
        ("B. Chest X-ray", 1, "with its text"), ("B, because it shows", 1, "with a reason"), ("B) as C) is not one", None, "two letters"),
        ("chest x-ray", 1, "its text"), ("A chest X-ray", 1, "an article is no letter"), ("X-ray", 0, "not part of another"),
        ("I would take a chest X-ray.", 1, "its text in a sentence"),
        ("E. coli", 2, "a text that begins as a letter would"), ("C. E. coli", 2, "… behind its own letter"), ("E", 4, "and the letter"),
        ("> 5 mm", 4, "told apart by a sign alone"), ("E) > 5 mm", 4, "with its letter"),
        ("It's B", 1, "said so"), ("A. Chest X-ray", None, "the letter of one, the text of another"),
        ("not B", None, "denied"), ("B is wrong", None, "denied"), ("A or Chest X-ray", None, "a letter and another's text"), ("A or B", None, "two"), ("B/C", None, "two"), ("B: E. coli", None, "letter and text disagree"),
        ("X-ray, or E. coli", None, "two texts"), ("F", None, "no such letter"), ("", None, "nothing"), ("ECG", None, "none of them"),
    ],
)  # fmt: skip
def test_chosen(prediction, index, reason):
    assert chosen(prediction, CHOICES) == index, reason


def test_gold_of_a_choice_may_look_like_a_letter():
    assert score_choice("C", ["C", "E. coli"], CHOICES).f1 == 1
    assert score_choice("B", ["B", "A"], ["B", "A", "AB", "0"]).f1 == 1  # blood groups: a letter is a letter first
    with pytest.raises(ValueError, match="not one of the choices"):
        score_choice("C", ["C", "X-ray"], CHOICES)


@pytest.mark.parametrize(
    "text",
    ["Unanswerable.", "unknown", "Not stated", "Cannot be determined", "It can't be determined from the text.", "No answer",
     "The question is unanswerable because the text does not name her mother.", "The text doesn't say.", "I don't know",
     "Based on the given text, it is not possible to determine.", "It's unanswerable", "It's not stated.", "Unable to determine",
     "The head teacher is not stated", "The text gives no answer", "There is not enough information"],
)  # fmt: skip
def test_abstaining(text):
    assert abstains(text)


@pytest.mark.parametrize(
    "text",
    ["", "Ada", "Ada, or unknown", "no", "none", "It is not unknown: Ada", "Knowing that, Ada", "unknowns", "the text",
     "unanswerable " + "or Ada " * 99],
)  # fmt: skip
def test_not_abstaining(text):
    assert not abstains(text)


# what holds for any text

names = st.sampled_from(
    [f"{first} {last}" for first in ("Ada", "Bo", "Ivo", "Mira") for last in ("Brel", "Lok", "Dun")]
)
people = st.lists(names, min_size=1, max_size=6, unique=True)
pieces = st.sampled_from(["<answer>", "</answer>", "<think>", "</think>", "\\boxed{", "}", "#### 7", "The answer is ", "**", "`",
                          "<ans", "wer>", "\n", ". ", "Ada"])  # fmt: skip
completions = st.lists(pieces | st.text(max_size=4), max_size=12).map("".join)


@SAME
@given(completions)
def test_an_answer_holds_no_tags(text):
    for strict in (False, True):
        answer = extract_answer(text, strict)
        assert answer is None or (answer == answer.strip() != "" and not re.search("</?answer>", answer))


@SAME
@given(odd_texts, odd_texts, st.sampled_from(list(CONVENTIONS)))
def test_swapping_prediction_and_gold_swaps_precision_and_recall(one, other, convention):
    there, back = score(one, [other], convention), score(other, [one], convention)
    assert (there.precision, there.recall) == (back.recall, back.precision)
    assert there.f1 == pytest.approx(back.f1) and there.exact_match == back.exact_match


@SAME
@given(odd_texts, st.lists(odd_texts, min_size=1, max_size=3), odd_texts, st.sampled_from(list(CONVENTIONS)))
def test_another_alias_never_lowers_a_score(prediction, golds, alias, convention):
    golds = [*golds, "Ada"]  # SQuAD 2.0: a first gold turns a question without answer into one that has one
    assert score(prediction, [*golds, alias], convention).f1 >= score(prediction, golds, convention).f1


@SAME
@given(people, people, st.integers(0, 5), names)
def test_another_alias_never_lowers_a_set_score(said, answers, which, alias):
    before = [[name] for name in answers]
    after = [[*aliases, alias] if i == which else aliases for i, aliases in enumerate(before)]
    assert score_set(", ".join(said), after).f1 >= score_set(", ".join(said), before).f1


@SAME
@given(people, people, st.randoms(use_true_random=False))
def test_names_in_any_order(said, answers, random):
    shuffled = random.sample(said, len(said))
    golds = [[name] for name in answers]
    assert score_set(", ".join(said), golds)[:4] == score_set("; ".join(shuffled), golds[::-1])[:4]


@SAME
@given(people, people)
def test_a_wrong_name_more_or_a_right_one_less_never_helps(said, answers):
    golds = [[name] for name in answers]
    earned = score_set(", ".join(said), golds).f1
    assert score_set(", ".join([*said, "Tora Mollin"]), golds).f1 <= earned
    for name in {*said} & {*answers}:
        assert score_set(", ".join([n for n in said if n != name]), golds).f1 < earned


@SAME
@given(people, st.integers(0, 5))
def test_hedging_earns_no_more_than_guessing(said, which):
    k, earned = len(said), score_set(" or ".join(said), [[said[which % len(said)]]]).f1
    assert earned == pytest.approx(2 / (2 + k * (k - 1)))
    assert earned <= 1 / k


@SAME
@given(odd_texts, odd_texts, people)
def test_figures_are_shares(prediction, gold, answers):
    found = [score(prediction, [gold], convention) for convention in CONVENTIONS]
    found.append(score_set(prediction, [[name] for name in answers]))
    for one in found:
        assert all(0 <= figure <= 1 for figure in one[:4])
        assert one.exact_match in (0, 1)


@SAME
@given(odd_texts)
def test_normalising_twice_is_normalising_once(text):
    assert normalize(normalize(text)) == normalize(text)


# hostile texts

MEGABYTE = 1_000_000
SHAPES = {
    "open tags": "<answer>", "closing tags": "</answer>", "nested tags": "<answer><answer></answer>", "thinking": "<think></think><think>",
    "boxes": "\\boxed{", "braces": "{}", "announcements": "the answer is: ", "white space": " \t", "lines": "\n", "stars": "**",
    "commas": "Ada,and\n- ", "names": "Aa of ", "apostrophes": "A'", "digits": "1,000", "accents": "a\u0327\u0300", "marks": "\u05b0\u0591",
    "brackets": "(", "abstaining": "it is ", "ligatures": "ﬃ", "nothing": "\x00", "half characters": "\ud800",
}  # fmt: skip
PERSON = {"id": "1", "answers": [["Ada Brel"], ["Bo"]], "scorer": "set", "choices": ["X-ray", "Chest X-ray"]}
RULES = {"number": "5", "label": "yes", "choice": "A", "f1:synthrl": "Ada Brel", "f1:hotpotqa": "Ada Brel"}
READERS = {
    "extract_answer": extract_answer,
    "score": lambda text: score(text, ["Ada Brel"]),
    "score, official": lambda text: score(text, ["Ada Brel"], "squad_v1.1"),
    "score_set": lambda text: score_set(text, PERSON["answers"]),
    "score_row": lambda text: score_row(text, PERSON),
    **{f"score_row, {rule}": lambda text, rule=rule: score_row(
        f"<answer>{text}</answer>", {**PERSON, "scorer": rule, "answers": [[RULES[rule]]]}) for rule in RULES},
    "score_row, unanswerable": lambda text: score_row(
        f"<answer>{text}</answer>", {**PERSON, "answers": [["unanswerable"]], "answerable": False}),
}  # fmt: skip


def seconds(read, text):
    start = time.process_time()
    read(text)
    return time.process_time() - start


@pytest.mark.parametrize("shape", SHAPES)
def test_a_megabyte_takes_no_time(shape):
    whole = (SHAPES[shape] * MEGABYTE)[:MEGABYTE]
    for name, read in READERS.items():
        slow = seconds(read, whole)
        assert slow < 2.5, name
        if slow > 0.15:  # below, nothing but noise grows
            quarter = max(seconds(read, whole[: MEGABYTE // 4]) for _ in range(2))
            assert slow < 6 * quarter, name


@pytest.mark.parametrize("shape", SHAPES)
def test_the_longest_list_that_is_read_takes_no_time(shape):
    assert seconds(READERS["score_set"], (SHAPES[shape] * 10_000)[:10_000]) < 0.25
