"""What every scorer and every dataset must do: the same completions for each, with the score that they must get."""

import importlib.util
import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthrl.answers import score_row
from synthrl.answers.numbers import parse
from synthrl.answers.reasoning import score_hops
from synthrl.app import hub
from synthrl.guessers import Reading
from synthrl.prompt import messages, tagged
from synthrl.row import SCORERS, UNANSWERABLE, validate

TOLD = {
    "Ada Brel": ["Ada Brel is a mason.", "Her mother is Mira Brel.", "She has two friends, Ivo Lok and Bo Dun."],
    "Mira Brel": ["Mira Brel lives in Old Velmo.", "She has 12 books, 5 of them unread.", "Is she a baker? No."],
    "Ivo Lok": ["Ivo Lok lives in Zarno."],
    "Bo Dun": ["Bo Dun lives in Zarno."],
}


def made(name, scorer, answers, wrong, choices=(), answerable=True):
    """A row by hand, and an answer to it that is wrong, but of the type that is asked for."""
    answer = ", ".join(aliases[0] for aliases in answers)
    row = {
        "id": f"made/{name}",
        "prompt": [],
        "question": "What is asked here of Ada Brel?",
        "context": {"title": list(TOLD), "sentences": list(TOLD.values())},
        "choices": list(choices),
        "answers": answers,
        "answer": answer,
        "scorer": scorer,
        "hops": 2,
        "kind": "chain",
        "level": "",
        "answerable": answerable,
        "steps": [{"question": "Who is the mother of Ada Brel?", "answer": "Mira Brel", "title": "Ada Brel"}],
        "supporting_facts": {"title": ["Ada Brel"], "sent_id": [1]},
        "solution": f"The mother of Ada Brel is Mira Brel.\n{tagged(answer)}",
        "meta": "{}",
    }
    row["prompt"] = messages(row)
    validate(row)
    return row, wrong


MADE = {
    "set of one": made("one", "set", [["Mira Brel", "Mira B."]], "Ivo Lok"),
    "set of two": made("two", "set", [["Ivo Lok"], ["Bo Dun", "B. Dun"]], "Mira Brel"),
    "set, & in a name": made("and", "set", [["Brandrex & Degnaz Foundry"]], "Brandrex & Velm Foundry"),
    "set, accents": made("accents", "set", [["Renée Müller"]], "Mira Brel"),
    "number": made("number", "number", [["12"]], "7"),
    "large number": made("large", "number", [["48,210", "48210"]], "9,800"),
    "choice": made("choice", "choice", [["B", "Chest X-ray"]], "A", ["X-ray", "Chest X-ray", "MRI", "ECG"]),
    "label": made("label", "label", [["no"]], "yes"),
    "unanswerable": made("lacks", "label", [UNANSWERABLE], "Mira Brel", answerable=False),
    "unanswerable, by words": made("lacks words", "f1:musique", [UNANSWERABLE], "Mira Brel", answerable=False),
    **{rule: made(rule, rule, [["Mira Brel", "Mira Lok"]], "Tor Gex") for rule in sorted(SCORERS) if rule[:3] == "f1:"},
    **{f"{rule}, yes": made(rule, rule, [["yes"]], "no") for rule in ("f1:hotpotqa", "f1:synthrl")},
}
if importlib.util.find_spec("math_verify") and importlib.util.find_spec("synthrl.answers.mathematics"):
    MADE["math"] = made("math", "math", [["\\frac{1}{2}"]], "\\frac{1}{3}")
    MADE["math, a slash"] = made("slash", "math", [["1/2"]], "2/1")


ABSTAIN = {False: MADE["unanswerable"][0], True: MADE["unanswerable, by words"][0]}


def wrong_answer(row):
    """To a row of a dataset: another of its type."""
    if row["scorer"] == "number":
        return str(parse(row["answer"]).value + 1)
    if row["scorer"] == "label" and row["answerable"]:
        return {"yes": "no", "no": "yes", "true": "false", "false": "true"}.get(row["answer"], "nobody at all")
    named = {alias for aliases in row["answers"] for alias in aliases}
    if row["scorer"] == "choice":
        return next(choice for choice in row["choices"] if choice not in named)
    return next((title for title in row["context"]["title"] if title not in named), "Nobody Atall")


def built():
    """The first rows of every dataset, of its configs, and of those with questions that have no answer."""
    for name in hub.names():
        builder = hub.builder_class(name)
        variants = [(f"{name}, {config}", config, {}) for config in builder.named()]
        if "unanswerable" in builder.named()["default"]:
            variants.append((f"{name}, unanswerable", None, {"hops": "1-4", "unanswerable": 0.3}))
        for title, config, knobs in variants:
            yield title, name, config, knobs


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return str(tmp_path_factory.mktemp("cache"))


def first_rows(name, config, knobs, cache):
    builder = hub.open_builder(name, config, cache, **knobs)
    rows = list(builder.rows("train", 0, 8 if config not in (None, "default") else 40))
    return [row for row in rows if "scorer" in row]  # a corpus asks nothing


# right answers, however they are dressed

INVISIBLE = "f1:", "math"  # the benchmarks' own rules see what cannot be seen
DRESS = {
    "tag": ("{}", "as asked"),
    "space": ("  {} ", "white space about it"),
    "lines": ("\n{}\n", "a line of its own"),
    "full stop": ("{}.", "a sentence"),
    "bold": ("**{}**", "Markdown"),
    "backticks": ("`{}`", "Markdown"),
    "boxed": ("\\boxed{{{}}}", "as mathematicians do"),
    "announced": ("The answer is {}", "said again inside the tag"),
    "answer:": ("Answer: {}", "said again in brief"),
    "right to left": ("\u200f{}\u200e", "marks of direction"),
    "zero width": ("\u200b{}\ufeff", "what cannot be seen"),
    "null": ("{}\x00", "a control character"),
}


def right(row):
    """Completions that must earn 1, and why."""
    answer = row["answer"]
    yield row["solution"], "its own solution"
    for name, (dress, reason) in DRESS.items():
        if name in ("right to left", "zero width", "null") and row["scorer"].startswith(INVISIBLE):
            continue
        yield tagged(dress.format(answer)), reason
    first, *others = (
        [*zip(*row["answers"], strict=True)] if len(row["answers"]) == 1 else [[a[0] for a in row["answers"]]]
    )
    for alias in others:
        yield tagged(alias[0]), "an alias"
    if not row["scorer"].startswith(INVISIBLE):
        yield tagged(unicodedata.normalize("NFD", answer)), "accents apart from their letters"
        yield tagged(answer.upper()), "capitals"
    if row["scorer"] == "set":
        yield tagged("\n".join(f"- {name}" for name in reversed(first))), "a list, in another order"
        yield tagged(" and ".join(first)), "joined by and"
    wrong = "Nobody Atall"
    yield f"{tagged(wrong)} No: {tagged(answer)}", "of two the last"
    yield f"<answer>{tagged(answer)}</answer>", "nested"
    yield f"<think>{tagged(wrong)}</think>{tagged(answer)}", "after thinking"
    yield f"I think so.\n<answer>{answer}", "cut off, or stopped, before the tag closed"
    yield f"I think so.\nThe answer is {answer}.", "announced without a tag"
    yield answer, "nothing else"
    yield f"```\n{tagged(answer)}\n```", "in a code block"
    yield "Step by step. " * 70_000 + tagged(answer), "after a megabyte of reasoning"
    yield [{"role": "assistant", "content": tagged(answer)}], "chat messages"


def no_answer(row):
    """Completions that must earn nothing, and why."""
    answer, told = row["answer"], " ".join(itertools.chain(*row["context"]["sentences"]))
    yield "", "nothing"
    yield " \n\t\xa0", "white space"
    yield tagged(""), "an empty tag"
    yield tagged(" \u200b\x00"), "a tag with nothing to be seen in it"
    yield tagged("\ud800"), "half a character"
    yield tagged("..."), "punctuation"
    if told:
        yield "It says:\n" + told, "the whole text pasted"
    yield "\n\n".join(turn["content"] for turn in row["prompt"]), "the prompt repeated"
    yield f"<think>It is {tagged(answer)}</think>", "in the thinking only"
    yield f"<think>It is {tagged(answer)}", "in thinking that does not end"
    yield f"{tagged(answer)} or rather {tagged('Nobody Atall')}", "taken back"
    yield f"{tagged(answer)} {tagged('')}", "taken back for nothing"
    yield "I'm sorry, but I can't help with that.", "a refusal"
    yield f"```\nx = {answer!r}\nprint(x)\n```", "a program"
    yield f"It may be\n{answer}\nor somebody else.", "said on the way, and not as an answer"
    yield "x" * 1_000_000, "a megabyte of one letter"
    yield tagged("x y " * 250_000), "the same as an answer"
    yield [], "no message"
    yield [{"role": "user", "content": tagged(answer)}], "said by another"


def check(row, wrong):
    for completion, reason in right(row):
        assert score_row(completion, row).f1 == 1, (reason, completion[:300], row["answers"])
    for completion, reason in no_answer(row):
        assert score_row(completion, row).f1 == 0, (reason, completion[-300:], row["answers"])
    assert score_row(tagged(wrong), row)[:4] == (0, 0, 0, 0), "wrong, of the right type"
    for said in ("unanswerable", "No answer.", "The text does not say.", "unknown"):
        assert score_row(tagged(said), row).f1 == float(not row["answerable"]), said
    hedges(row, wrong)
    strictly(row)


def hedges(row, wrong):
    """Saying several things does not earn more than choosing one of them does on average."""
    answer, by_words = row["answer"], row["scorer"].startswith("f1:")
    names = len(row["answers"])
    for said in (f"{wrong} or {answer}", f"{answer} or {wrong}", f"{answer}, {wrong}", f"{answer} (or {wrong})"):
        if row["scorer"] == "set":
            others = 1 + wrong.count("&")  # one wrong name with an & cannot be told from two
            assert score_row(tagged(said), row).f1 == pytest.approx(2 * names / (2 * names + others * (others + 1))), (
                said
            )
        elif row["answerable"]:
            assert score_row(tagged(said), row).f1 <= (0.9 if by_words else 0), said  # words in common pay, by design
    # What passes for abstaining where nothing can be answered earns nothing where something can.
    for said in ("unanswerable, or {}", "unknown {}", "No answer; {}", "{}, or unanswerable"):
        abstained = score_row(tagged(said.format(wrong)), ABSTAIN[by_words]).f1
        answered = score_row(tagged(said.format(answer)), row).f1 if row["answerable"] else 0
        assert abstained + answered <= 1, said
    if row["context"]["title"]:
        told = " ".join(itertools.chain(*row["context"]["sentences"]))
        for said in (", ".join(Reading(row).counts), told):
            most = 0.3 if row["scorer"] == "set" or by_words else 0
            assert score_row(tagged(said), row).f1 <= most, "everyone in the text, or all of it"


def strictly(row):
    """A trainer may insist on the tag."""
    assert score_row(row["solution"], row, strict=True).f1 == 1
    for completion in (row["answer"], f"<answer>{row['answer']}", f"The answer is {row['answer']}."):
        assert score_row(completion, row, strict=True)[:5] == (0, 0, 0, 0, False), completion


@pytest.mark.parametrize("name", MADE)
def test_every_scorer(name):
    check(*MADE[name])


def test_every_scorer_is_there():
    assert {row["scorer"] for row, _ in MADE.values()} >= SCORERS - {"math"}


@pytest.mark.parametrize(("name", "config", "knobs"), [case[1:] for case in built()], ids=[case[0] for case in built()])
def test_every_dataset(name, config, knobs, cache):
    seen = set()
    for row in first_rows(name, config, knobs, cache):
        sort = row["scorer"], row["kind"], row["answerable"], len(row["answers"])
        assert score_row(row["solution"], row).exact_match == 1, row["id"]
        assert score_hops(row["solution"], row) in (None, 1), row["id"]  # None: it takes one step
        if sort not in seen:  # once for each sort of row
            check(row, wrong_answer(row))
        seen.add(sort)


def test_datasets_have_every_sort_of_row(cache):
    for _, name, config, knobs in built():
        if config is None:
            rows = first_rows(name, config, knobs, cache)
            assert {row["answerable"] for row in rows} == {True, False}


# gold that cannot be judged by


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"answers": []}, r"got \[\]"),
        ({"answers": [[]]}, "golds|none can be said|no list"),
        ({"answers": [["a"], ["b"]], "scorer": "label"}, "one answer"),
        ({"answers": ["12"], "scorer": "number"}, "list of aliases"),
        ({"answers": None}, "NoneType"),
        ({"answers": [["many"]], "scorer": "number"}, "no number"),
        ({"answers": [["3 or 4"]], "scorer": "number"}, "no number"),
        ({"answers": [["..."]], "scorer": "set"}, "no list of names"),
        ({"answers": [[""]], "scorer": "label"}, "no label"),
        ({"answers": [["Z"]], "scorer": "choice"}, "not one of the choices"),
        ({"answers": [["A", "MRI"]], "scorer": "choice"}, "not one of the choices"),
        ({"scorer": "f1:hotpot"}, "hotpotqa"),
        ({"scorer": "exact"}, "'exact'"),
        ({"scorer": None}, "scorer"),
        ({"scorer": ...}, "scorer"),
        ({"answers": ...}, "answers"),
        ({"choices": ..., "scorer": "choice", "answers": [["A"]]}, "choices"),
    ],
    ids=str,
)
@pytest.mark.parametrize("completion", ["", tagged("12"), tagged("unanswerable")], ids=["empty", "12", "abstains"])
def test_bad_gold_raises_and_names_the_row(change, says, completion):
    """Whatever the completion: a run must not find out by chance. `...` stands for a column that is not there."""
    row = {**MADE["choice"][0], "scorer": "f1:synthrl", **change}
    with pytest.raises(ValueError, match="made/choice") as caught:
        score_row(completion, {name: value for name, value in row.items() if value is not ...})
    assert caught.match(says)


@pytest.mark.parametrize(
    ("scorer", "aliases", "choices"),
    [
        ("set", ["Unknown Pleasures"], []),
        ("label", ["unknown"], []),
        ("choice", ["B", "Cannot be determined"], ["Velmo", "Cannot be determined"]),
    ],
)
def test_gold_may_sound_like_abstaining(scorer, aliases, choices):
    row, _ = made("odd", scorer, [aliases], "", choices)
    assert [score_row(tagged(alias), row).f1 for alias in aliases] == [1] * len(aliases)
    assert score_row(tagged("Nobody Atall"), row).f1 == 0


def test_a_row_without_answerable_has_an_answer():
    """In a mixed dataset a part that lacks the column has None there."""
    row = MADE["number"][0]
    assert score_row(tagged("12"), {**row, "answerable": None}).f1 == 1
    assert score_row(tagged("12"), {k: v for k, v in row.items() if k != "answerable"}).f1 == 1


# whatever is said


odd = st.sampled_from(["<answer>", "</answer>", "<think>", "</think>", "\\boxed{", "}", "#### ", "answer is ", "(", "A", ") ", ", ", " or ",
                       "12", "1/0", "½", "e99", " thou\u017fand", " b\u0131llion", "\ud800", "\x00", "\u202e", "\n", "yes", "no", "unknown", "**",
                       "%", "=", "-", "Mira Brel"]) | st.text(max_size=5) | st.characters(categories=["Cs", "Mn", "Nd", "No", "Nl", "Sm"])  # fmt: skip


@pytest.mark.parametrize("name", [name for name in MADE if name != "math"])  # which asks another process
def test_any_text_gets_a_score(name):
    row, _ = MADE[name]

    @settings(derandomize=True, deadline=None, max_examples=100)
    @given(st.lists(odd, max_size=10).map("".join))
    def holds(text):
        for completion in (text, tagged(text), [{"role": "assistant", "content": text}]):
            found = score_row(completion, row)
            assert all(0 <= figure <= 1 for figure in found[:4])
            assert found.exact_match in (0, 1) and type(found.parsed) is bool

    holds()
