"""A teacher's task file, and what is written for it: read, judged, made a row."""

import importlib.util
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("httpx", reason="synthesis needs `pip install 'synthrl[synthesis]'`")

from synthrl import load_dataset, prompt, real, taskfile
from synthrl.answers import normalize, score_row
from synthrl.answers.choices import chosen
from synthrl.dataset_builders.templated_task import scaffold
from synthrl.row import validate
from synthrl.synthesis import definition
from synthrl.synthesis.definition import Candidate, Definition, fault, row

MIRROR = Path(__file__).resolve().parents[2] / "shared" / "hub_mirror"
EXAMPLE = definition.new("my_task")
NO_MATH = importlib.util.find_spec("math_verify") is None
SHIPPED = [
    pytest.param(name, marks=pytest.mark.skipif(name == "math" and NO_MATH, reason="needs `synthrl[math]`"))
    for name in definition.SHIPPED
]
OTHER = {"number": "7777777", "math": "7777777", "choice": "E", "label": "perhaps"}


@pytest.fixture
def file(tmp_path):
    def write(text, name="my_task.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def task(scorer, kind="text", labels=(), choices=0):
    return Definition("toy", "own", "d", "i", "o", kind, scorer, labels, choices, (), (), (), "0123")


# those that ship


def test_there_are_eight():
    assert set(definition.SHIPPED) == {
        "gsm8k",
        "math",
        "gpqa",
        "medqa",
        "logiqa",
        "mednli",
        "consumer_contracts",
        "cfa",
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_right(name):
    found = definition.read(name)
    assert found.name == name and definition.faults(name) == []
    assert 3 <= len(found.demonstrations) <= 5 and all(each.solution for each in found.demonstrations)
    assert [hint.partition(":")[0] for hint in definition.hints(found)] == ["corpus"]
    for each, made in zip(found.demonstrations, definition.preview(found), strict=True):
        assert fault(found, each) == ""
        validate(made)
        assert prompt.asks_only(made) and made["kind"] == name
        assert score_row(made["solution"], made, strict=True).exact_match == 1
        others = [label for label in found.labels if label != made["answer"]]
        others += [letter for letter in "ABCDEFGHIJ"[: found.choices] if letter != made["answer"]]
        for other in [*others, OTHER[found.scorer]]:
            assert score_row(prompt.tagged(other), made).exact_match == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_answers_of_demonstrations_vary(name):
    answers = [made["answer"] for made in definition.preview(definition.read(name))]
    assert len(set(answers)) >= min(3, len(definition.read(name).labels) or 3)


@pytest.fixture(scope="module")
def real_rows(tmp_path_factory):
    if not MIRROR.is_dir():
        pytest.skip(f"no real rows at {MIRROR}")
    cache = str(tmp_path_factory.mktemp("cache"))
    return {
        name: real.load(name, repo=str(MIRROR / each.repo), cache_dir=cache) for name, each in real.BENCHMARKS.items()
    }


@pytest.fixture(scope="module")
def real_runs(real_rows):
    rows = [each for of_one in real_rows.values() for each in of_one]
    return set().union(
        *(runs(text) for each in rows for text in (each["question"], each["solution"], *each["choices"]))
    )


def runs(text, length=8):
    said = normalize(text).split()
    return {tuple(said[i : i + length]) for i in range(len(said) - length + 1)}


@pytest.mark.parametrize("name", SHIPPED)
def test_no_demonstration_is_taken_from_a_benchmark(name, real_runs):
    """No eight words in a row, which leaves the forms of questions."""
    for each in definition.read(name).demonstrations:
        for text in (each.question, each.solution, *each.choices):
            assert not runs(text) & real_runs


@pytest.mark.parametrize("name", ["gsm8k", "medqa", "math"])
def test_rows_are_judged_as_those_of_the_benchmark(name, real_rows):
    found = definition.read(name)
    (benchmark,) = found.benchmark
    assert {(each["scorer"], len(each["choices"])) for each in real_rows[benchmark]} == {(found.scorer, found.choices)}


# files


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("generator: teacher", "generator: template", "generator: got template, expected teacher: load_dataset("),
        ("generator: teacher", "", "generator: got template"),  # which is the default
        ("generator: teacher", "generator: [teacher]", "generator: got a list, expected template or teacher"),
        ("name: my_task", "name: my task", "name: got 'my task', expected letters"),
        ("name: my_task", "name: 7", "name: got 7, expected text"),
        ("name: my_task", "", "it has no name"),
        ("subject: own", "subject: ''", "subject: got '', expected text"),
        ("subject: own", "subject: own\nsubject: own", "subject stands twice at line 8"),
        ("subject: own", "subjekt: own", "it has no subject"),
        ("subject: own", "subject: own\nvariables: {a: 1-2}", "got 'variables', expected only name, subject"),
        ("subject: own", f"subject: {'own ' * 30}", "subject: got 119 characters, expected at most 100"),
        ("output_format: yes or no.", f"output_format: {'yes ' * 600}", "expected at most 2,000"),
        ("output_format: yes or no.", "output_format: yes", "output_format: got True, expected text (numbers, yes and no"),
        ("answer_type: text", "answer_type: string", "answer_type: got 'string', expected one of integer, number, text"),
        ("answer_type: text", "answer_type: integer", "answer_type: got integer, expected text with scorer label"),
        ("scorer: label", "scorer: labels", "scorer: got 'labels', expected one of choice, f1:"),
        ("scorer: label", "scorer: [label]", "scorer: got a list, expected text"),
        ("scorer: label", "scorer: number", "answer_type: got text, expected integer or number with scorer number"),
        ("scorer: label", "scorer: set", "labels: got a list, expected a list with scorer label, else none"),
        ("scorer: label", "scorer: choice", "choices: got None, expected how many a question has, from 2 to 10"),
        ("scorer: label", "scorer: label\nchoices: 4", "choices: got 4, expected none"),
        ('["yes", "no"]', "[yes, no]", "labels: 1: got True, expected text (numbers, yes and no in quotes)"),
        ('["yes", "no"]', '["yes"]', "labels: got 'yes' alone"),
        ('["yes", "no"]', '"yes"', "labels: got 'yes', expected a list"),
        ('["yes", "no"]', '["yes", "no", "Yes"]', "labels: got 'Yes' twice"),
        ('["yes", "no"]', '["yes", "no", "true"]', "labels: got 'true', which to the judge is 'yes'"),
        ('["yes", "no"]', '["yes", "no", "?!"]', "labels: got '?!', which the judge does not read"),
        ('["yes", "no"]', '["yes", "no", "**no**"]', "labels: got '**no**', which the judge does not read"),
        ('["yes", "no"]', '["yes", "perhaps"]', "demonstrations: 2: answer: got 'no', expected one of yes, perhaps"),
        ("demonstrations:", "demonstrations: none\nothers:", "demonstrations: got 'none', expected a list"),
        ("demonstrations:", "demonstrations:\n  - a question", "demonstrations: 1: got 'a question', expected question"),
        ("demonstrations:", "demonstrations:\n  - question: Is it?", "demonstrations: 1: it has no answer"),
        ('    answer: "yes"', "    answer: yes", "demonstrations: 1: answer: got True, expected text"),
        ('    answer: "yes"', '    answer: "yes"\n    why: x', "demonstrations: 1: got 'why', expected only question, answer"),
        ('    answer: "yes"', '    answer: "yes"\n    choices: 3', "demonstrations: 1: choices: got 3, expected a list"),
        ('    answer: "yes"', '    answer: "yes"\n    choices: [a, b]', "demonstrations: 1: choices: got 2, expected none"),
        ('    answer: "yes"', '    answer: "yes"\n    choices: [3]', "demonstrations: 1: choices: 1: got 3, expected text"),
        ("So it may go", "<answer>yes</answer> So it may", "demonstrations: 1: solution: got an answer tag in it"),
        ("At 3 kg", "<think> At 3 kg", "demonstrations: 1: answer: 'yes' earns nothing, not even in its own solution"),
        ("# corpus: [./passages.jsonl]", "corpus: ./passages.jsonl", "corpus: got './passages.jsonl', expected a list"),
        ("# corpus: [./passages.jsonl]", "corpus: [a.jsonl, A.jsonl]", "corpus: got 'A.jsonl' twice"),
        ("# benchmark: [org/name]", "benchmark: [my data]", "benchmark: got 'my data', expected a name of synthrl.real"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_in_one_line(file, old, new, says):
    assert EXAMPLE.count(old) >= 1
    path = file(EXAMPLE.replace(old, new, 1))
    with pytest.raises(ValueError) as caught:
        definition.read(path)
    said = str(caught.value)
    assert said.startswith(f"task: {path}: ") and "\n" not in said
    assert says in " ".join(definition.faults(path)) and said == definition.faults(path)[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected a file of 1 to 200,000 bytes"),
        ("#" * 200_001, "expected a file of 1 to 200,000 bytes"),
        ("- a", "got list, expected a mapping"),
        ("a: [", "it is not YAML: while parsing"),
        (b"a: \xff", "utf-8"),
        ("[" * 100_000, "more than 50 lists or mappings within each other"),  # of which YAML's reader would die
        ("? [a]\n: 1", "unhashable"),
        ("a: !!bool maybe", "it is not YAML"),
        ("a: !!timestamp soon", "it is not YAML"),
        ("a: 2024-13-45", "month must be in"),
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: *b", "undefined alias"),
        ("a: &a {b: 1}\nc: {<<: *a}", "<< is not read: write the keys out at line 2"),
        (
            "a: 0x" + "f" * 5_000,
            "a number of 5,002 characters, expected at most 100 at line 1",
        ),  # read, it is not shown
        ("a: " + "9" * 5_000, "a number of 5,000 characters, expected at most 100"),
        ("a: " + "1:" * 5_000 + "1", "a number of 10,001 characters, expected at most 100"),
    ],
)
def test_what_is_no_task_at_all(file, text, says):
    with pytest.raises(ValueError) as caught:
        definition.read(file(text))
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["generator", "name", "scorer", "choices", "corpus", "benchmark", "demonstrations"])
def test_aliases_of_aliases_do_not_fill_the_memory(file, key):
    bomb = "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 45))
    text = re.sub(rf"^{key}:(.|\n  )*$", "", EXAMPLE, flags=re.MULTILINE) + f"\na0: &a0 x\n{bomb}{key}: *a44\n"
    assert all(len(what) < 1_000 for what in definition.faults(file(text)))
    assert f"{key}: got a list" in " ".join(definition.faults(file(text))) or key in (
        "corpus",
        "benchmark",
        "demonstrations",
    )


def test_merged_mappings_do_not_fill_the_memory(file):
    bomb = "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 20)}]}}\n" for i in range(1, 9))
    with pytest.raises(ValueError, match="<< is not read"):
        definition.read(file(f"a0: &a0 {{x: 1}}\n{bomb}"))


def test_a_pipe_is_no_task(tmp_path):
    """It would be waited for, without end."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(ValueError, match="cannot be read: it is no regular file"):
            taskfile.read(str(path))


def test_names_and_paths(file, tmp_path):
    with pytest.raises(ValueError, match="did you mean 'gsm8k'"):
        definition.read("gsm8")
    with pytest.raises(ValueError, match="cannot be read"):
        definition.read(str(tmp_path / "none.yaml"))
    one, two = definition.read(file(EXAMPLE)), definition.read(file(EXAMPLE + "\n# more"))
    assert one.digest != two.digest and one == type(one)(**{**vars(two), "digest": one.digest})
    assert hash(one) and one.demonstrations[0].answer == "yes"


def test_templates_and_teachers_files_are_told_apart(file):
    path = file(EXAMPLE)
    with pytest.raises(ValueError, match="got teacher, expected template: `synthrl synthesize` makes rows of it"):
        load_dataset("synthrl/templated_task", None, "train", streaming=True, task=path)
    for text in (scaffold.new("my_task"), "generator: template\n" + scaffold.new("my_task")):
        path = file(text)
        with pytest.raises(ValueError, match=r"expected teacher: load_dataset\(\"synthrl/templated_task"):
            definition.read(path)
        rows = load_dataset("synthrl/templated_task", None, "train", streaming=True, task=path, level="easy")
        assert next(iter(rows))["kind"] == "my_task"
    assert taskfile.generator({}) == "template"


def test_demonstrations_name_choices_by_their_texts():
    found = definition.read("medqa")
    assert all(each.answer in each.choices for each in found.demonstrations)
    assert [made["answer"] for made in definition.preview(found)] == ["B", "A", "D", "C", "B"]


def test_what_would_help_is_said(file):
    bare = definition.read(
        file(EXAMPLE.partition("\ndemonstrations:")[0] + "\nbenchmark: [gsm9k, org/name:config/test]")
    )
    assert definition.hints(bare)[:2] == [
        "demonstrations: none: a teacher does better with three to five",
        "corpus: none: a teacher without passages repeats itself sooner",
    ]
    (unknown,) = definition.hints(bare)[2:]
    assert unknown.startswith("benchmark: gsm9k is none of hotpotqa, ")
    same = definition.read(file(EXAMPLE.replace('answer: "no"', 'answer: "yes"')))
    assert "demonstrations: the answer is always yes: a teacher will take that for a rule" in definition.hints(same)
    three = definition.read(file(EXAMPLE.replace('labels: ["yes", "no"]', 'labels: ["yes", "no", "maybe"]')))
    assert "demonstrations: no answer is maybe" in definition.hints(three)
    assert "benchmark: none: nothing is known that rows must not overlap with" in definition.hints(three)


def test_one_question_is_one_demonstration(file):
    first = EXAMPLE[EXAMPLE.index("  - question") : EXAMPLE.index("    answer:")]
    text = EXAMPLE.replace(
        "demonstrations:\n", f'demonstrations:\n{first.upper().replace("QUESTION", "question")}    answer: "no"\n'
    )
    assert definition.faults(file(text)) == [f"task: {file(text)}: demonstrations: 2: its question is that of 1"]
    many = "".join(f'  - {{question: "{i}?", answer: "no"}}\n' for i in range(18))
    assert "demonstrations: got 21, expected at most 20" in definition.faults(
        file(EXAMPLE.replace("demonstrations:\n", f"demonstrations:\n{many}"))
    )[0]  # fmt: skip


# candidates

WHOLE, NUMBER, LATEX = task("number", "integer"), task("number", "number"), task("math")
LABEL, CHOICE = task("label", labels=("yes", "no")), task("choice", choices=3)
NAMES, TEXT, WORDS = task("set", "names"), task("set"), task("f1:squad_v1.1")
needs_math = pytest.mark.skipif(NO_MATH, reason="needs `synthrl[math]`")
CHOICES = ("a liver", "a femur", "a spleen")


def asked(answer, choices=(), question="How?", solution=""):
    return Candidate(question, answer, choices, solution)


@pytest.mark.parametrize(
    ("of", "candidate", "answers"),
    [
        (WHOLE, asked("12"), [["12"]]),
        (WHOLE, asked(" $1,200 "), [["1200"]]),
        (WHOLE, asked("-3.0"), [["-3"]]),
        (WHOLE, asked("12 apples"), [["12"]]),  # as the judge reads it
        (NUMBER, asked("7/2"), [["7/2"]]),
        (NUMBER, asked("12.5%"), [["12.5%"]]),
        (LABEL, asked("Yes."), [["yes"]]),
        (LABEL, asked("No, for it is glass"), [["no"]]),
        (CHOICE, asked("a femur", CHOICES), [["B", "a femur"]]),
        (CHOICE, asked("B", CHOICES), [["B", "a femur"]]),
        (CHOICE, asked("(c) a spleen", CHOICES), [["C", "a spleen"]]),
        (CHOICE, asked(">5", ("<5", ">5", "5")), [["B", ">5"]]),
        (NAMES, asked("Ada Lok, Bo"), [["Ada Lok"], ["Bo"]]),
        (TEXT, asked("salt and pepper"), [["salt and pepper"]]),
        (WORDS, asked("the old town"), [["the old town"]]),
        pytest.param(LATEX, asked(r"$\frac{1}{2}$"), [[r"\frac{1}{2}"]], marks=needs_math),
        pytest.param(LATEX, asked(r"\left\{1,2\right\}"), [[r"\left\{1,2\right\}"]], marks=needs_math),
        pytest.param(LATEX, asked(r"\boxed{(-2,3]}"), [["(-2,3]"]], marks=needs_math),
        pytest.param(task("math", "integer"), asked("1{,}200"), [["1200"]], marks=needs_math),
    ],
)
def test_an_answer_is_put_as_rows_have_it(of, candidate, answers):
    assert fault(of, candidate) == ""
    made = row(of, candidate, "one", {"made": "harder"})
    validate(made)
    assert made["answers"] == answers and made["choices"] == list(candidate.choices)
    assert made["prompt"] == prompt.messages(made) and prompt.asks_only(made)
    assert made["solution"] == f"So the answer is <answer>{made['answer']}</answer>"
    assert score_row(made["solution"], made, strict=True).exact_match == 1
    assert (made["id"], made["kind"], made["hops"], made["level"], made["steps"]) == ("one", "toy", 1, "", [])
    assert json.loads(made["meta"]) == {"task": "toy", "subject": "own", "definition": "0123", "made": "harder"}


@pytest.mark.parametrize(
    ("of", "candidate", "says"),
    [
        (WHOLE, asked("3.5"), "answer: got '3.5', expected a whole number"),
        (WHOLE, asked("3 or 4"), "answer: got '3 or 4', expected one number"),
        (WHOLE, asked("many"), "answer: got 'many', expected one number"),
        (WHOLE, asked("12", ("12", "13")), "choices: got 2, expected none"),
        (WHOLE, asked(""), "answer: got '', expected text"),
        (WHOLE, asked("12", question=" "), "question: got ' ', expected text"),
        (WHOLE, asked(12), "answer: got int, expected text"),
        (WHOLE, asked("12", solution=None), "solution: got NoneType, expected text"),
        (WHOLE, asked("12", choices="abc"), "choices: got str, expected a list of texts"),
        (WHOLE, asked("12", choices=(1,)), "choices: 1: got int, expected text"),
        (WHOLE, asked("12", question="x" * 20_001), "question: got 20,001 characters, expected at most 20,000"),
        (WHOLE, asked("1" * 1_001), "answer: got 1,001 characters, expected at most 1,000"),
        (WHOLE, asked("12", question="\ud83d?"), "question: got '\\ud83d' in it"),  # which no file takes
        (WHOLE, asked("12", solution="\x0crac{1}{2}"), "solution: got '\\x0c' in it"),  # a backslash too few in JSON
        (WHOLE, asked("12", solution="So <ANSWER>12</ANSWER>."), "solution: got an answer tag in it"),
        (WHOLE, asked("12", solution="<think>Hm"), "answer: '12' earns nothing, not even in its own solution"),
        (LABEL, asked("maybe"), "answer: got 'maybe', expected one of yes, no"),
        (LABEL, asked("yes and no"), "answer: got 'yes and no', expected one of yes, no"),
        (CHOICE, asked("a femur", CHOICES[:2]), "choices: got 2, expected 3"),
        (CHOICE, asked("a heart", CHOICES), "answer: got 'a heart', expected one of the 3 choices"),
        (CHOICE, asked("D", CHOICES), "answer: got 'D', expected one of the 3 choices"),
        (CHOICE, asked("B", ("x", "x", "y")), "choices: got 'x', which is not told from the others"),
        (CHOICE, asked("B", ("B", "A", "AB")), "choices: got 'B', which is not told from the others, or from a letter"),
        (
            CHOICE,
            asked("B", ("A. red", "B. blue", "C. green")),
            "choices: got 'A. red', expected it without its letter",
        ),
        (NAMES, asked("Ada,, Bo"), "answer: got 'Ada,, Bo', expected different names"),
        (NAMES, asked("Ada, ada"), "answer: got 'Ada, ada', expected different names"),
        (TEXT, asked("?!"), "answers: "),
        (LATEX, asked(r"\frac{1}{2"), "expected LaTeX whose braces close"),
        (LATEX, asked(r"\frac}{1"), "expected LaTeX whose braces close"),
    ],
)
def test_why_a_candidate_can_be_no_row(of, candidate, says):
    assert says in fault(of, candidate) and "\n" not in fault(of, candidate)


PIECES = st.sampled_from(
    ["1", "12", "3/4", "-", ",", ".", "%", "$", "A", "B", "C", "yes", "no", "true", "Ada", "Bo", " ", "and", "or", "the",
     "<answer>", "</answer>", "<think>", "</think>", "\\boxed{", "}", "####", "answer is", "unknown", "\n", ":", "**", "not", "="]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=5).map(" ".join) | st.lists(PIECES, max_size=4).map("".join) | st.text(max_size=8)


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from([WHOLE, NUMBER, LABEL, CHOICE, NAMES, TEXT, WORDS]),
    TEXTS,
    TEXTS,
    st.lists(TEXTS, min_size=3, max_size=3, unique=True),
    TEXTS,
)
def test_what_passes_earns_everything(of, question, answer, choices, solution):
    """Whatever a teacher says: it has a fault, or it is a row whose own solution is right."""
    candidate = Candidate(question, answer, tuple(choices) if of.choices else (), solution)
    if fault(of, candidate):
        return
    made = row(of, candidate, "one", {})
    validate(made)
    json.dumps(made).encode()
    assert prompt.asks_only(made)
    assert score_row(made["solution"], made).exact_match == 1
    assert score_row(prompt.tagged(made["answer"]), made, strict=True).exact_match == 1
    if of.choices:
        assert chosen(made["answer"], made["choices"]) == "ABC".index(made["answer"])
