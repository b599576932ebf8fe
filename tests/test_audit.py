"""The audit accepts what is right and says what is wrong with the rest: hand-made rows, mutants of them, real rows."""

import copy
import functools
import itertools
import json
import os

import jinja2
import pytest
import yaml

from synthrl import prompt
from synthrl.row import COLUMNS, UNANSWERABLE

pytest.importorskip("clingo")

from synthrl.app import cli, verify, workers
from synthrl.app.across import Across
from synthrl.dataset_builders.fiction_multihop import relations
from synthrl.dataset_builders.fiction_multihop.audit import check as audit
from synthrl.dataset_builders.fiction_multihop.audit import grammar, questions
from synthrl.dataset_builders.fiction_multihop.audit.check import check
from synthrl.dataset_builders.fiction_multihop.builder import BUILDER

TEXT = {
    "Ada Brel": ["Ada Brel is a mason.", "She is a daughter of Mira Brel, her mother.", "The city in which she lives is Old Velmo.",
                 "Ada Brel's employer is Drovik & Maneth Foundry.", "She was born in the year 1950."],
    "Ivo Brel": ["Ivo Brel works as a baker.", "He is the son of a mother named Mira Brel.", "He was born in the year 1948.",
                 "His home is in Old Velmo."],
    "Mira Brel": ["By trade, Mira Brel is an engraver.", "Her birthplace is Zarno.", "She is the mother of exactly two people."],
    "Old Velmo": ["Old Velmo is an old city.", "It counts 48,210 inhabitants.", "Its mayor is Ivo Brel."],
    "Zarno": ["The name Zarno belongs to a city.", "Zarno has a population of 9,800.", "It stands on the river Lomar."],
    "Drovik & Maneth Foundry": ["Drovik & Maneth Foundry is a company.", "It was directed by Mira Brel from 1950 to 1960.",
                                "From 1960 to 1971, the director of Drovik & Maneth Foundry was Ivo Brel."],
    "The Silent Orchard of Drovel": ["The Silent Orchard of Drovel is a book.", "It came from the pen of Ada Brel."],
}  # fmt: skip

# kind: (question, answers, hops, supporting sentences, steps as (question, answer, title)); one of each
GOOD = {
    "chain": ("What is the population of the city of residence of Ada Brel?", ["48,210"], 2, [("Ada Brel", 2), ("Old Velmo", 1)],
              [("In which city does Ada Brel live?", "Old Velmo", "Ada Brel"), ("What is the population of Old Velmo?", "48,210", "Old Velmo")]),
    "chain, all": ("Name every person whose mother is Mira Brel.", ["Ada Brel", "Ivo Brel"], 1,
                   [("Ada Brel", 1), ("Ivo Brel", 1), ("Mira Brel", 2)],
                   [("Who is the mother of Ada Brel?", "Mira Brel", "Ada Brel"), ("Who is the mother of Ivo Brel?", "Mira Brel", "Ivo Brel"),
                    ("Count every person whose mother is Mira Brel.", "two", "Mira Brel")]),
    "chain, derived": ("Consider the author of The Silent Orchard of Drovel. Who is the brother of that person?", ["Ivo Brel"], 3,
                       [("The Silent Orchard of Drovel", 1), ("Ada Brel", 1), ("Ivo Brel", 1)],
                       [("Who wrote The Silent Orchard of Drovel?", "Ada Brel", "The Silent Orchard of Drovel"),
                        ("Who is the mother of Ada Brel?", "Mira Brel", "Ada Brel"), ("Who is the mother of Ivo Brel?", "Mira Brel", "Ivo Brel")]),
    "chain, backward": ("Name the book that was written by Ada Brel.", ["The Silent Orchard of Drovel"], 1, [("The Silent Orchard of Drovel", 1)],
                        [("Name the book that was written by Ada Brel.", "The Silent Orchard of Drovel", "The Silent Orchard of Drovel")]),
    "comparison": ("Which city has the larger population, Zarno or Old Velmo?", ["Old Velmo"], 1, [("Zarno", 1), ("Old Velmo", 1)],
                   [("What is the population of Zarno?", "9,800", "Zarno"), ("What is the population of Old Velmo?", "48,210", "Old Velmo")]),
    "intersection": ("Name the person whose mother is Mira Brel and who works for Drovik & Maneth Foundry.", ["Ada Brel"], 1,
                     [("Ada Brel", 1), ("Ada Brel", 3)],
                     [("Who is the mother of Ada Brel?", "Mira Brel", "Ada Brel"),
                      ("Name the person who works for Drovik & Maneth Foundry.", "Ada Brel", "Ada Brel")]),
    "count": ("Consider every person whose mother is Mira Brel. How many of them were born after 1949?", ["1"], 2,
              [("Ada Brel", 1), ("Ivo Brel", 1), ("Mira Brel", 2), ("Ada Brel", 4), ("Ivo Brel", 2)],
              [("Who is the mother of Ada Brel?", "Mira Brel", "Ada Brel"), ("Who is the mother of Ivo Brel?", "Mira Brel", "Ivo Brel"),
               ("Count every person whose mother is Mira Brel.", "two", "Mira Brel"),
               ("In which year was Ada Brel born?", "1950", "Ada Brel"), ("In which year was Ivo Brel born?", "1948", "Ivo Brel")]),
    "yesno": ("Is Zarno the birthplace of the mother of Ada Brel?", ["yes"], 2, [("Ada Brel", 1), ("Mira Brel", 1)],
              [("Who is the mother of Ada Brel?", "Mira Brel", "Ada Brel"), ("In which city was Mira Brel born?", "Zarno", "Mira Brel")]),
    "temporal": ("In 1965, who was the director of the employer of Ada Brel?", ["Ivo Brel"], 2,
                 [("Ada Brel", 3), ("Drovik & Maneth Foundry", 2)],
                 [("Which company does Ada Brel work for?", "Drovik & Maneth Foundry", "Ada Brel"),
                  ("In 1965, who was the director of Drovik & Maneth Foundry?", "Ivo Brel", "Drovik & Maneth Foundry")]),
}  # fmt: skip
GOOD["superlative"] = (
    GOOD["count"][0].replace("How many of them were born after 1949", "Which of them was born earliest"), ["Ivo Brel"], *GOOD["count"][2:],
)  # fmt: skip


def words(**values):
    his, he, child = ("her", "she", "daughter")
    return {
        "s": "Ada Brel",
        "s_": "Ada Brel's",
        "his": his,
        "he": he,
        "child": child,
        "x": "Zarno",
        "year": 1955,
        **values,
    }


def say(template: str, **values) -> str:
    return jinja2.Template(template, undefined=jinja2.StrictUndefined).render(words(**values))


def line(step: dict) -> str:
    """What a solution says of a step."""
    match questions.question(step["question"])[0]:
        case ("total", *_):
            return f"There are exactly {step['answer']} people in all."
        case ("backward", relation, (_, name)):
            said = f"the {relations.BY_NAME[relation].domain} {say(relations.BY_NAME[relation].that[0], x=name)}"
        case (_, relation, (_, name), *year):
            said = say(relations.BY_NAME[relation].noun[0], x=name, year=(year or [0])[0])
    return f"{said[0].upper()}{said[1:]} is {step['answer']}."


def solution(row: dict) -> str:
    told = row["steps"] if row["answerable"] else row["steps"][:-1]
    end = f"So the answer is {row['answer']}."
    if not row["answerable"]:
        end = f'The text has no answer to "{row["steps"][-1]["question"]}" So the question cannot be answered.'
    return "\n".join([*map(line, told), end, prompt.tagged(row["answer"])])


def make(name: str, text: dict = TEXT, **changed) -> dict:
    question, answers, hops, support, steps = GOOD[name]
    row = {
        "id": f"fiction_multihop-0/test/train/{list(GOOD).index(name)}",
        "question": question,
        "context": {"title": list(text), "sentences": copy.deepcopy(list(text.values()))},
        "choices": [],
        "answers": [[answer] for answer in answers],
        "scorer": "label" if answers == ["yes"] else "number" if answers[0][0].isdigit() else "set",
        "hops": hops,
        "kind": name.split(",")[0],
        "level": "",
        "answerable": True,
        "steps": [dict(zip(("question", "answer", "title"), step, strict=True)) for step in steps],
        "supporting_facts": {"title": [title for title, _ in support], "sent_id": [i for _, i in support]},
        "meta": json.dumps({"worlds": None}),
        **changed,
    }
    row.setdefault("answer", ", ".join(aliases[0] for aliases in row["answers"]))
    row.setdefault("solution", solution(row))
    row.setdefault("prompt", prompt.messages(row))
    return {column: row[column] for column in COLUMNS}


@pytest.mark.parametrize("name", GOOD)
def test_right_rows_pass(name):
    assert check(make(name)) == []


HELDOUT = {  # the questions of GOOD in the words that `heldout_phrasing` keeps for itself
    "chain": "How many inhabitants are there in the city that is home to Ada Brel?",
    "chain, all": "List each person who was born to Mira Brel.",
    "chain, derived": "Start with the writer of The Silent Orchard of Drovel. Give the name of the male sibling of the person in question.",
    "chain, backward": "Identify the book whose author is Ada Brel.",
    "comparison": "Compare Zarno with Old Velmo. Which of the two has more inhabitants?",
    "intersection": "Look at every person who is employed by Drovik & Maneth Foundry. Of these, identify the one who was born to Mira Brel.",
    "count": "Look at every person who was born to Mira Brel. Of these, how many have a year of birth later than 1949?",
    "superlative": "Look at every person who was born to Mira Brel. Of these, which one has the earliest year of birth?",
    "yesno": "Is it true that Zarno is the place of birth of the woman who gave birth to Ada Brel?",
    "temporal": "During 1965, which person directed the company that employs Ada Brel?",
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_question_in_the_words_of_heldout_phrasing_means_the_same(name):
    assert questions.question(HELDOUT[name]) == questions.question(GOOD[name][0])
    assert check(make(name, question=HELDOUT[name])) == []
    assert check(make(name, question=HELDOUT[name], answers=[["Ludo Brel"]])) != []


INSTEAD = {
    "Ada Brel": "She belongs to Krovel Walking Club.", "Ivo Brel": "He belongs to Krovel Walking Club.", "Mira Brel": "Mira Brel's home is in Zarno.",
    "Old Velmo": "It is twinned with Zarno.", "The Silent Orchard of Drovel": "It is set in Zarno.", "Drovik & Maneth Foundry": "It is based in Zarno.",
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_no_supporting_sentence_may_go(name):
    """Without it nothing follows; called unanswerable, the same text is right."""
    title, place = GOOD[name][3][-1]
    text = {**TEXT, title: [*TEXT[title][:place], INSTEAD[title], *TEXT[title][place + 1 :]]}
    assert any("the text gives []" in fault for fault in check(make(name, text)))
    unanswerable = make(name, text, answers=[UNANSWERABLE], answerable=False, scorer="label")
    support = unanswerable["supporting_facts"]
    support["title"].pop(), support["sent_id"].pop()
    unanswerable["steps"][-1]["answer"] = "unanswerable"
    if name == "chain, derived":  # who has no mother in the text is not led to: it is she whose children are asked for
        unanswerable["steps"][-1]["question"] = "Name every person whose mother is Mira Brel."
    unanswerable["solution"] = solution(unanswerable)
    assert check(unanswerable) == []


TWINS = {**TEXT, "Zarno": ["Zarno is a city.", "It counts 48,210 inhabitants."]}
BY_FATHER = {**TEXT, "Ada Brel": [*TEXT["Ada Brel"], "Her father is Odo Brel."]}
TWO_WAYS = {name: [*TEXT[name], f"{name} is a {child} of Odo Brel, {his} father."] if name in ("Ada Brel", "Ivo Brel") else TEXT[name]
            for name, child, his in zip(TEXT, ["daughter", "son", *"....."], ["her", "his", *"....."], strict=True)}  # fmt: skip
HIM = {**TEXT, "Ada Brel": [*TEXT["Ada Brel"], "He belongs to Krovel Walking Club."]}
TWICE = {**TEXT, "Zarno": [*TEXT["Zarno"], "It stands on the river Tulva."]}
MISCOUNT = {**TEXT, "Mira Brel": [*TEXT["Mira Brel"][:2], "She is the mother of exactly one person."]}
RIVAL = {
    **TEXT,
    "Odo Brel": [
        "Odo Brel is a baker.",
        "His employer is Drovik & Maneth Foundry.",
        "He is the son of a mother named Mira Brel.",
    ],
}
CLUB = {**TEXT, "Old Velmo": [*TEXT["Old Velmo"], "It has exactly two people on its list of members."]}

MUTANTS = [  # the row, what is changed, what the audit must say
    ("chain", {"answers": [["9,800"]]}, "the text gives ['48,210']"),
    ("chain", {"hops": 3}, "hops is 3, the question takes 2"),
    ("chain", {"kind": "temporal"}, "the question is a chain"),
    ("chain", {"scorer": "set"}, "is for number"),
    ("chain", {"question": "How many souls does Zarno hold?"}, "question has 0 readings"),
    ("chain", {"prompt": [{"role": "user", "content": "Well?"}]}, "the prompt is not the text and the question alone"),
    ("chain", {"solution": "<answer>9,800</answer>"}, "the solution ends in"),
    ("chain", {"answer": "48210"}, "is not the canonical answers"),
    ("chain", {"answerable": False}, "answerable is False"),
    ("chain", {"answers": [["unanswerable"]], "answerable": False, "scorer": "label"}, "called unanswerable, the text gives"),
    ("chain", {"supporting_facts": {"title": ["Ada Brel", "Zarno"], "sent_id": [2, 1]}}, "alone do not give the answer"),
    ("chain", {"supporting_facts": {"title": ["Ada Brel", "Old Velmo"], "sent_id": [2, 9]}}, "is no sentence"),
    ("chain", {"supporting_facts": {"title": ["Old Velmo"], "sent_id": [1]}}, "2 hops, but a proof of 1 facts"),
    ("chain", {"supporting_facts": {"title": ["Ada Brel", "Old Velmo", "Zarno"], "sent_id": [2, 1, 1]}}, "stands without supporting fact Zarno[1]"),
    ("chain", {"steps": []}, "0 steps were answered, the supporting facts are 2"),
    ("chain", {"text": {**TEXT, "Zarno": [*TEXT["Zarno"], "It is nice there."]}}, "sentence has 0 readings"),
    ("chain", {"text": {**TEXT, "Zarno": ["Zarno is a nice place."]}}, "sentence has 0 readings"),
    ("chain", {"text": HIM}, "disagree about gender"),
    ("chain", {"text": TWICE}, "stated twice: river of Zarno"),
    ("chain", {"text": CLUB}, "not a club"),
    ("chain, all", {"answers": [["Ada Brel"]]}, "the text gives ['Ada Brel', 'Ivo Brel']"),
    ("chain, all", {"text": MISCOUNT}, "text names 2, but says exactly mother 1"),
    ("chain, all", {"text": RIVAL}, "text names 3, but says exactly mother 2"),
    ("chain, derived", {"text": TWO_WAYS}, "stands without supporting fact Ada Brel[1]"),
    ("chain, derived", {"text": RIVAL}, "is not one: ['Ivo Brel', 'Odo Brel']"),
    ("chain, backward", {"text": {**TEXT, "Ada Brel": [*TEXT["Ada Brel"], "She is the author of exactly three books."]}}, "that Ada Brel has 3"),
    ("comparison", {"text": TWINS}, "the text gives ['Old Velmo', 'Zarno']"),
    ("comparison", {"answers": [["Zarno"]]}, "the text gives ['Old Velmo']"),
    ("intersection", {"text": RIVAL}, "is not one: ['Ada Brel', 'Odo Brel']"),
    ("yesno", {"answers": [["no"]]}, "the text gives ['yes']"),
    ("temporal", {"answers": [["Mira Brel"]]}, "the text gives ['Ivo Brel']"),
    ("temporal", {"question": "In 1971, who was the director of the employer of Ada Brel?"}, "the text gives []"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changed", "message"), MUTANTS, ids=[message for *_, message in MUTANTS])
def test_mutants_are_rejected(name, changed, message):
    faults = check(make(name, **copy.deepcopy(changed)))
    assert any(message in fault for fault in faults), faults


def test_a_proof_may_not_come_back():
    """The mayor of the city where he lives is he himself: a guess that needs no look-up is right."""
    row = make(
        "chain", question="Who is the mayor of the city of residence of Ivo Brel?", answers=[["Ivo Brel"]], scorer="set"
    )
    row["supporting_facts"] = {"title": ["Ivo Brel", "Old Velmo"], "sent_id": [3, 2]}
    assert "the proof meets an entity twice" in check(row)


def test_steps_as_columns_are_read_too():
    row = make("chain")
    row["steps"] = {key: [step[key] for step in row["steps"]] for key in ("question", "answer", "title")}
    assert check(row) == []


def test_rows_without_a_text_are_not_proven_but_must_be_without_it_everywhere():
    row = make("chain", text={}, supporting_facts={"title": [], "sent_id": []})
    assert check(row) == []
    assert check({**row, "hops": 5}) == ["hops is 5, the question takes 2"]
    assert "the prompt is not the text and the question alone" in check({**row, "prompt": make("chain")["prompt"]})
    (fault,) = check({**row, "supporting_facts": {"title": ["Zarno"], "sent_id": [1]}})
    assert "without a text" in fault
    across = Across(audit)
    across.add(row)
    across.add(make("chain"))
    assert across.unproven == 1


CHAIN = make("chain")
SAID, GAP = CHAIN["prompt"], make("chain", answers=[UNANSWERABLE], answerable=False, scorer="label")
FORGED = [  # what is forged on an otherwise right row, what the audit must say
    ({"answers": [["48,210", "9,800"]]}, "no other name"),
    ({**GAP, "answers": [["unanswerable", "48,210"]]}, "no other name"),
    ({"prompt": [SAID[0], {**SAID[1], "content": SAID[1]["content"] + "\n\nHint: the answer is 48,210"}]}, "the prompt is not"),
    ({"prompt": [SAID[0], {**SAID[1], "content": "Gold\nIt is 48,210.\n\n" + SAID[1]["content"]}]}, "the prompt is not"),
    ({"prompt": [{**SAID[0], "role": "user"}, {**SAID[1], "role": "system"}]}, "the prompt is not"),
    ({"prompt": [*SAID, {"role": "assistant", "content": "48,210"}]}, "the prompt is not"),
    ({"prompt": prompt.as_text(SAID) + " 48,210"}, "the prompt is not"),
    ({"choices": ["48,210"]}, "the question offers none"),
    ({"solution": "<answer>9,800</answer>\n" + CHAIN["solution"]}, "lines before its tag"),
    ({"solution": CHAIN["solution"].replace("Old Velmo is 48,210", "Old Velmo is 9,800")}, "the solution says"),
    ({"solution": CHAIN["solution"].replace("So the answer is 48,210.", "So the answer is 9,800.")}, "concludes"),
    ({"steps": CHAIN["steps"][::-1]}, "does not answer"),
    ({"steps": CHAIN["steps"][::-1], "supporting_facts": {"title": ["Old Velmo", "Ada Brel"], "sent_id": [1, 2]}}, "before anything has led"),
    ({**GAP, "steps": [CHAIN["steps"][0], {**CHAIN["steps"][1], "answer": "unanswerable"}]}, "and the text gives ['48,210']"),
]  # fmt: skip


@pytest.mark.parametrize(("forged", "message"), FORGED, ids=[message for _, message in FORGED])
def test_forged_rows_are_rejected(forged, message):
    row = {**CHAIN, **forged}
    before = copy.deepcopy(row)
    faults = check(row)
    assert any(message in fault for fault in faults), faults
    assert row == before  # to check is not to change


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("system", [prompt.SYSTEM, "Be brief.", None])
def test_an_own_prompt_is_fine(system, plain):
    asked = prompt.messages(CHAIN, system)
    assert check({**CHAIN, "prompt": prompt.as_text(asked) if plain else asked}) == []


def test_a_system_prompt_that_changes_may_tell_the_answer():
    across = Across(audit)
    for name in ("chain", "yesno"):
        row = make(name)
        across.add({**row, "prompt": prompt.messages(row, f"Hint: {row['answer']}")})
    assert "rows of train have 2 system prompts" in across.faults()


def test_rows_are_compared_with_each_other():
    across = Across(audit)
    for i, split in enumerate(("train", "train", "test")):
        across.add(make("chain", id=f"fiction_multihop-0/test/{split}/{i // 2}"))
    said = "; ".join(across.faults())
    assert (
        "2 rows have the id" in said
        and "1 questions of train stand there twice" in said
        and "train and test share 7 names" in said
    )


# The grammar covers the table, and means the same by every wording.


@pytest.mark.parametrize("relation", relations.RELATIONS, ids=lambda relation: relation.name)
def test_every_statement_of_the_table_is_understood(relation):
    value = {"year": "1950", "number": "12,500"}.get(relation.range, "Mira Brel")
    for template in relation.says:
        (fact,) = grammar.facts("Ada Brel", say(template, o=value, start=1950, end=1960))
        assert (fact.relation, fact.object, fact.domain) == (relation.name, value, relation.domain)
    if relation.exact:
        for n, group in (
            (1, f"one {relation.domain}"),
            (4, f"four {grammar.PLURALS.get(relation.domain, relation.domain + 's')}"),
        ):
            (fact,) = grammar.facts("Ada Brel", say(relation.exact, n=group))
            assert (fact.relation, fact.object, fact.domain) == (f"exactly {relation.name}", str(n), relation.range)


@pytest.mark.parametrize("heldout", [False, True])
@pytest.mark.parametrize("relation", relations.RELATIONS, ids=lambda relation: relation.name)
def test_every_question_of_the_table_is_understood(relation, heldout):
    wanted = (
        ("term", relation.name, ("name", "Zarno"), 1955)
        if relation.term
        else ("forward", relation.name, ("name", "Zarno"))
    )
    assert questions.question(say(relation.ask[heldout])) == [wanted]
    assert questions.phrase(say(relation.noun[heldout]), None) == [wanted]
    if relation.that:
        assert questions.question(f"Name the {relation.domain} {say(relation.that[heldout])}.") == [
            ("backward", relation.name, ("name", "Zarno"))
        ]
    for how, asked in (("least", relation.least), ("most", relation.most), ("above", relation.above)):
        which = "How many" if how == "above" else "Which"
        (tree,) = (
            questions.question(
                f"Consider every {_group_of(relation.domain)}. {which} of them {say(asked[heldout], x='1950')}?"
            )
            if asked
            else [None]
        )
        assert tree is None or tree[:2] == (how, relation.name)


def _group_of(domain: str) -> str:
    relation = next(r for r in relations.RELATIONS if r.domain == domain and r.exact)
    return f"{domain} {say(relation.that[0])}"


def test_every_introduction_and_derived_noun_is_understood():
    for type_, (_, _, introductions) in relations.TYPES.items():
        for template in introductions:
            (fact,) = grammar.facts("Ada Brel", say(template, trade="baker"))
            assert (fact.relation, fact.object) == ("is a", type_)
    for rule in relations.DERIVED:
        ((tree,), (again,)) = (questions.phrase(say(noun), None) for noun in rule.noun)
        assert tree == again and questions.hops(tree) == len(rule.path)


# Generated rows.

KNOBS = [
    {},
    {"hops": "1-10"},
    {"unanswerable": 0.5},
    {"worlds": 4, "people": 64},
    {"context": "closed"},
    {"context_chars": 16_000},
]


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_generated_rows_are_right(knobs, tmp_path):
    builder = BUILDER(**knobs, cache_dir=str(tmp_path))
    across = Across(audit)
    for row in itertools.chain(builder.rows("train", 0, 60), builder.rows("heldout_phrasing", 0, 30)):
        assert check(row) == [], row["id"]
        across.add(row)
    assert across.faults() == []


def test_command(tmp_path, capsys):
    rows = [make(name) for name in GOOD]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert verify.run(str(file)) == 0
    assert "10 rows, 1 different contexts, 0 failures" in capsys.readouterr().out
    assert verify.run(str(file), split="train", rows=3, num_proc=2) == 0
    capsys.readouterr()
    assert verify.run(str(file), rows=0) == 1
    file.write_text(json.dumps({**rows[0], "hops": 3}) + "\n")
    assert verify.run(str(file)) == 1
    assert "hops is 3, the question takes 2" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no_such_thing"):
        verify.run("no_such_thing")


@pytest.fixture
def rows_of(tmp_path):
    """A folder of rows in configurations, as `synthrl publish` lays them out."""

    def write(*configs: str):
        told = [{"config_name": name, "data_files": f"{name}/train.jsonl"} for name in configs]
        for i, name in enumerate(configs):
            (tmp_path / name).mkdir()
            (tmp_path / name / "train.jsonl").write_text(json.dumps(make(list(GOOD)[i])) + "\n")
        (tmp_path / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': told})}---\n")
        return str(tmp_path)

    return write


def test_of_a_folder_one_configuration_is_chosen(rows_of, capsys):
    folder = rows_of("hops_2", "hops_1")
    for words, rows in (([], 2), (["hops_2"], 1), (["hops_1"], 1)):
        assert cli.main(["verify", folder, *words]) == 0
        assert f"{rows} rows, 1 different contexts, 0 failures" in capsys.readouterr().out
    assert cli.main(["verify", folder, "hops_1", "--split", "train"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hops_3"], "config: got 'hops_3' (did you mean 'hops_2'?), expected one of hops_2, hops_1"),
        (["hops_2", "hops_1"], "config: got 'hops_2 hops_1', expected the name of one configuration"),
        (["hops=2"], "hops=2: knobs go with the name of a dataset"),
    ],
)
def test_a_configuration_that_a_folder_has_not_is_refused(rows_of, refusal, words, said):
    assert said in refusal(["verify", rows_of("hops_2", "hops_1"), *words])


def test_a_generated_folder_is_of_one_configuration(tmp_path, refusal, capsys):
    pytest.importorskip("datatrove", reason="needs datatrove: the scale or dev extra")
    folder = str(tmp_path / "rows")
    assert cli.main(["generate", "fiction_multihop", "hops=3", "--rows", "20", "--output", folder]) == 0
    assert cli.main(["verify", folder, "hops_3", "--rows", "5"]) == 0
    assert "5 rows, 5 different contexts, 0 failures" in capsys.readouterr().out
    assert "config: got 'hops_2' (did you mean 'hops_3'?), expected one of hops_3" in refusal(
        ["verify", folder, "hops_2"]
    )


def test_a_file_has_no_configurations(tmp_path, refusal):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(make("chain")) + "\n")
    assert f"config: got 'hops_2', expected none, as {file} has no configurations" in refusal(
        ["verify", str(file), "hops_2"]
    )


BROKEN = [  # one bad row among good ones: what is changed, what is said of it
    ({"context": {"title": ["Zarno"], "sentences": []}}, "titles without sentences"),
    ({"meta": "{"}, "JSONDecodeError"),
    ({"meta": "[]"}, "meta is no JSON object"),
    ({"id": "hotpot-1/all/train/7"}, "its id is none of fiction_multihop"),
    ({"id": "fiction_multihop-0"}, "its id is none of fiction_multihop"),
    ({"steps": None}, "it has no steps"),
    ({"hops": "two"}, "two"),
    ({"answers": []}, "answers must hold"),
]


@pytest.mark.parametrize("num_proc", [1, 2])
def test_a_malformed_row_is_a_fault_and_ends_nothing(num_proc, monkeypatch, capsys):
    good = [make(name) for name in GOOD]
    bad = [
        {**make("chain", id=f"fiction_multihop-0/test/train/{i}"), **changed}
        for i, (changed, _) in enumerate(BROKEN, 90)
    ]
    monkeypatch.setattr(verify, "_load", lambda *_: {"rows": [*good[:5], *bad, *good[5:]]})
    assert verify.run("rows", num_proc=num_proc) == 1
    out, err = capsys.readouterr()
    said = [line for line in err.splitlines() if line.startswith("  ")]
    assert f"18 rows, 1 different contexts, {len(bad)} failures, {len(bad)} rows malformed" in out
    for row, (_, message), line in zip(bad, BROKEN, said, strict=True):
        assert line.startswith(f"  {row['id']}: ") and message in line


@pytest.mark.parametrize("content", ["", "{}\n", "not json\n", '{"id": 3, "question": ["?"]}\n'])
def test_a_file_without_rows_is_refused_in_one_line(content, tmp_path, capsys):
    (tmp_path / "rows.jsonl").write_text(content)
    assert cli.main(["verify", str(tmp_path / "rows.jsonl")]) in (1, 2)
    out, err = capsys.readouterr()
    assert len([line for line in (out + err).splitlines() if "\r" not in line]) == 1, out + err


def test_a_killed_worker_is_said(monkeypatch, capsys):
    monkeypatch.setattr(workers, "_begin", functools.partial(os._exit, 9))  # to be called with one word too many
    monkeypatch.setattr(verify, "_load", lambda *_: {"rows": [make("chain")]})
    assert cli.main(["verify", "rows", "--num-proc", "2"]) == 2
    assert "a worker process was killed" in capsys.readouterr().err


def test_closed_rows_are_said_not_to_be_proven(capsys):
    assert cli.main(["verify", "fiction_multihop", "context=closed", "train=3", "--split", "train"]) == 0
    assert "3 rows not proven: they have no text" in capsys.readouterr().out
