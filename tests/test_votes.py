"""Votes: which answers are one, what label they come to, and when to none."""

import doctest

import pytest

from synthrl.synthesis import difficulty, votes
from synthrl.synthesis.draft import Rate
from synthrl.synthesis.reply import Reply


def gold(scorer, choices=()):
    def row(answer):
        if answer == "no gold":
            return None
        return {"answers": [[answer]], "answer": answer, "scorer": scorer, "choices": list(choices), "answerable": True}

    return row


@pytest.mark.parametrize(
    ("scorer", "answers", "named"),
    [
        ("number", ["0.5", "1/2", "0.50", "2"], ["0.5", "0.5", "0.5", "2"]),
        ("number", ["1,200", "$1200", "1200.0", "12"], ["1,200", "1,200", "1,200", "12"]),
        ("f1:synthrl", ["the Lok", "Lok.", "LOK", "Loks"], ["the Lok", "the Lok", "the Lok", "Loks"]),
        ("number", [None, "3", None], [None, "3", None]),  # who says nothing names nothing
        ("number", ["no gold", "3", "no gold"], [None, "3", None]),  # nor who says what cannot be right
    ],
)
def test_answers_are_one_if_the_judge_takes_them_for_the_same(scorer, answers, named):
    assert votes.labels(answers, gold(scorer)) == named


def test_of_a_closed_set_each_is_called_by_its_own_name():
    choices = ("red tape", "blue ink")
    said = ["B", "blue ink", "(b) blue ink", "A", "C", "green"]
    named = ["blue ink"] * 3 + ["red tape", None, None]
    assert votes.labels(said, gold("choice", choices), choices) == named
    labels = ("yes", "no")
    assert votes.labels(["Yes.", "no", "NO", "maybe"], gold("label"), labels) == ["yes", "no", "no", None]


A, B, C = "a", "b", "c"


@pytest.mark.parametrize(
    ("found", "agreement", "asked", "label", "share", "margin", "why"),
    [
        ([A, A, A, B], 0.5, 4, A, 0.75, 0.5, ""),
        ([A, A, B, C], 0.5, 4, A, 0.5, 0.25, ""),  # half is enough where half is asked for
        ([A, A, B, C], 0.6, 4, None, 0.5, 0.25, "too little agreement: 2 of 4 votes, 60% wanted"),
        ([B, A, A, B], 0.0, 4, None, 0.5, 0.0, "tie: 2 of 4 votes each for 'b' and 'a'"),
        ([A, A, None, None, None], 0.5, 5, None, 0.4, 0.4, "too little agreement: 2 of 5 votes, 50% wanted"),
        ([None, None], 0.0, 2, None, 0.0, 0.0, "no answer in any of 2 votes"),
        ([A, A], 0.5, 5, None, 0.0, 0.0, "too few votes: 2 of 5 could be read"),
        ([A], 0.5, 1, A, 1.0, 1.0, ""),
    ],
)
def test_the_label_and_why_there_is_none(found, agreement, asked, label, share, margin, why):
    got = votes.count(found, agreement, asked=asked)
    assert (got.label, got.share, got.margin, got.why) == (label, share, margin, why)


def test_a_tie_may_go_to_the_answer_met_first():
    got = votes.count([B, A, A, B], 0.0, first_of_tied=True, asked=4)
    assert (got.label, got.margin, got.histogram) == (B, 0.0, {B: 2, A: 2})


@pytest.mark.parametrize(
    ("reply", "answer", "worked", "spoke"),
    [
        (Reply("ok", "1 + 1.\n<answer>2</answer>"), "2", "1 + 1.", True),
        (Reply("ok", "<think>Is it <answer>3</answer>?</think>No. <answer>2</answer>"), "2", "No.", True),
        (Reply("cut", "One. And\none"), None, "One. And\none", True),
        (Reply("empty"), None, "", True),
        (Reply("huge"), None, "", True),
        (Reply("malformed"), None, "", False),  # the server's doing: no vote at all
        (Reply("refused", "too long"), None, "too long", False),
    ],
)
def test_what_a_reply_votes_for(reply, answer, worked, spoke):
    assert (votes.answer_in(reply), votes.worked(reply), votes.spoke(reply)) == (answer, worked, spoke)


# whether a rewrite moved


@pytest.mark.parametrize(
    ("before", "after", "harder", "chance"),
    [
        ((4, 4), (0, 4), True, 1 / 70),
        ((4, 4), (1, 4), True, 5 / 70),  # 1/70 + 4/70
        ((0, 4), (4, 4), False, 1 / 70),
        ((2, 4), (2, 4), True, 53 / 70),  # (1 + 16 + 36) / 70
        ((8, 8), (8, 8), True, 1.0),  # nothing differs
        ((0, 8), (8, 8), True, 1.0),  # the wrong way
        ((0, 1), (1, 1), False, 0.5),  # of one answer each nothing can be told
    ],
)
def test_how_likely_a_difference_is_by_chance(before, after, harder, chance):
    rates = [Rate(k, n, n) for k, n in (before, after)]
    assert difficulty.chance(*rates, harder) == pytest.approx(chance)


def test_what_is_to_be_rewritten():
    wanted = [difficulty.wanted(Rate(k, 10, 10), 0.8, 0.2) for k in (0, 2, 3, 7, 8, 10)]
    assert wanted == [False, False, None, None, True, True]
    assert difficulty.wanted(Rate(0, 0, 0), 0.8, 0.2) is None


def test_the_examples_hold():
    assert doctest.testmod(difficulty) == (0, 2)
