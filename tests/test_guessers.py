"""What each shortcut says to a small hand-made row, and why."""

import pytest

from synthrl.app.guess import table, verdict
from synthrl.guessers import GUESSERS, Reading, chance, guesses, score

TEXT = {
    "Brelvo Karsind": ["Brelvo Karsind is a weaver.", "Her mother is Tora Karsind.", "She lives in Drovamere."],
    "Tora Karsind": [
        "Tora Karsind is a mason.",
        "Tora Karsind is the mother of exactly two.",
        "She lives in Malvuton.",
    ],
    "Drovamere": ["Drovamere is a city of some size.", "It was founded in 1754.", "Its mayor is Vazgo Lathrock."],
    "Malvuton": ["The name Malvuton belongs to a city.", "It was founded in 1650."],
    "The Silent Orchard of Gopex": ["The Silent Orchard of Gopex is a book.", "It was written by Tora Karsind."],
    "Prisko Karsind": ["Prisko Karsind is a hatter.", "His mother is Tora Karsind.", "He has a house in Drovamere."],
}


def row(question, answers=("Malvuton",), kind="chain", hops=2, facts=(), **context):
    text = context or TEXT
    return {
        "id": "fiction/1",
        "question": question,
        "context": {"title": list(text), "sentences": list(text.values())},
        "answers": [[answer] for answer in answers],
        "scorer": {"yesno": "label", "count": "number"}.get(kind, "set"),
        "kind": kind,
        "hops": hops,
        "supporting_facts": {"title": [title for title, _ in facts], "sent_id": [i for _, i in facts]},
    }


HOME = "In which city does the mother of Brelvo Karsind live?"
BORN = "Was Drovamere or Malvuton founded earlier?"
WHICH = "Which was founded earlier, Drovamere or Malvuton?"
MAYOR = "Who is the mayor of the city of residence of Brelvo Karsind or Prisko Karsind?"
LATER = "Consider every city that Tora knows. How many of them were founded after 1700?"
EVERY = "Name every person whose mother is Tora Karsind."


def test_names_are_titles_capitalised_spans_and_numbers():
    text = ["From 1754 to 12,300, Ada Lok ran The Blue Fox of Gex.", "His Ox & Elk Mill's in Upper Om."]
    reading = Reading(row(HOME, A=text))
    names = ["1754", "12,300", "Ada Lok", "The Blue Fox of Gex", "Ox & Elk Mill", "Upper Om"]
    assert [mention.name for mention in reading.mentions] == names  # no "From", no "His"


def test_names_of_the_text_are_found_whole():
    assert "The Silent Orchard of Gopex" in Reading(row(HOME)).counts
    assert Reading(row("Is Drovamere the home of Tora Karsind?")).asked == ["Drovamere", "Tora Karsind"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who wrote The Silent Orchard of Gopex?", "person"),
        ("To whom is The Silent Orchard of Gopex dedicated?", "person"),
        (HOME, "city"),
        ("Name the book that was written by Tora Karsind.", "book"),
        ("In which year was the city founded in which Tora Karsind lives?", "year"),  # the first such word counts
        ("What is the population of the city of residence of Tora Karsind?", "number"),
        ("Consider every person whose mother is Tora Karsind. How many of them live in Drovamere?", "number"),
        ("Is Drovamere the home of Tora Karsind?", ""),
    ],
)
def test_wanted_type(question, wanted):
    assert Reading(row(question)).wanted == wanted


def test_types_come_from_the_introduction():
    types = Reading(row(HOME)).types
    assert types["Brelvo Karsind"] == types["Tora Karsind"] == "person"
    assert types["Drovamere"] == types["Malvuton"] == "city"
    assert types["The Silent Orchard of Gopex"] == "book"
    assert types["Vazgo Lathrock"] == "person"  # by its looks: no paragraph is about him
    assert types["1754"] == "year"


@pytest.mark.parametrize(
    ("guesser", "question", "guess", "reason"),
    [
        ("first name", HOME, "Brelvo Karsind", "the text opens with it"),
        ("last name", HOME, "Drovamere", "the text ends with it"),
        ("first candidate", HOME, "Drovamere", "the first city"),
        ("last candidate", EVERY, "Prisko Karsind", "Tora Karsind comes later, but is in the question"),
        ("most frequent", HOME, "Tora Karsind", "5 mentions"),
        ("most frequent, not asked", EVERY, "Drovamere", "4 mentions, when Tora Karsind is asked about"),
        ("most frequent candidate", HOME, "Drovamere", "the city with most mentions"),
        ("rarest candidate", HOME, "Malvuton", "the city with fewest mentions"),
        ("best sentence", MAYOR, "Vazgo Lathrock", "mayor is the rarest word, and he stands there"),
        ("candidate with a paragraph", MAYOR, "Tora Karsind", "the one person not asked about who has one"),
        ("candidate without a paragraph", MAYOR, "Vazgo Lathrock", "the one person who has none"),
        ("best paragraph", HOME, "Brelvo Karsind", "it has the name, and the rare word mother"),
        ("best paragraph, not asked", HOME, "Prisko Karsind", "next after Brelvo's: it has the rare word mother"),
        ("best paragraph's last name", HOME, "Drovamere", "where Brelvo, not her mother, lives"),
        ("everyone", HOME, ["Drovamere", "Malvuton"], "all the cities"),
        ("one hop", HOME, ["Tora Karsind", "Drovamere"], "what Brelvo's paragraph names"),
        ("one hop, candidates", HOME, ["Drovamere"], "… of these the cities"),
        ("one hop back", EVERY, ["Brelvo Karsind", "Prisko Karsind"], "people whose text names Tora"),
        ("one hop back, how many", EVERY, "2", "two of them"),
        ("extreme", "Which city was founded earliest?", "Malvuton", "1650 is the smallest number, there"),
        ("extreme", "Which city was founded latest?", "Drovamere", "1754 is the largest"),
        ("above the number", LATER, "1", "Drovamere alone has a year after 1700"),
        ("common number", HOME, "2", "exactly two; years do not count"),
        ("first option", WHICH, "Drovamere", "A of A or B"),
        ("second option", WHICH, "Malvuton", "B of A or B"),
        ("first option", HOME, "", "no options in the question"),
        ("more frequent option", BORN, "Drovamere", "4 mentions to 2"),
        ("yes if together", "Is Drovamere the home of Prisko Karsind?", "yes", "one paragraph has both"),
        ("yes if together", "Is Malvuton the home of Prisko Karsind?", "no", "no paragraph has both"),
        ("yes if popular", "Is Drovamere the home of Prisko Karsind?", "yes", "mentioned more than the other city"),
        ("yes if popular", "Is Malvuton the home of Prisko Karsind?", "no", "mentioned less"),
        ("always unanswerable", HOME, "unanswerable", "a constant"),
    ],
)
def test_guess(guesser, question, guess, reason):
    assert GUESSERS[guesser](Reading(row(question))) == guess, reason


def test_years_give_the_holder_away():
    terms = [
        "Gopex Mills is a company.",
        "It was directed by Ada Lok from 1950 to 1958.",
        "From 1958 to 1964, Bo Dun led it.",
    ]
    asked = row("Who was the director of the employer of Tora Karsind in 1961?", A=terms)
    assert GUESSERS["in the span of years"](Reading(asked)) == "Bo Dun"


def test_counting_sentence_gives_the_group_away():
    """The paragraphs that name her who is the mother of exactly two: the book is none of them, being no person."""
    born = {name: [*text, f"{name} was born in {1900 + i}."] for i, (name, text) in enumerate(TEXT.items())}
    asked = row("Consider every person whose mother is the spouse of Ada Lok. Which of them was born latest?", **born)
    assert GUESSERS["the counted"](Reading(asked)) == ["Brelvo Karsind", "Prisko Karsind"]
    assert GUESSERS["extreme of the counted"](Reading(asked)) == "Prisko Karsind"


def test_random_candidate_hangs_on_the_id_alone():
    said = {id_: GUESSERS["random candidate"](Reading({**row(HOME), "id": id_})) for id_ in map(str, range(40))}
    assert set(said.values()) == {"Drovamere", "Malvuton"}
    assert said["7"] == GUESSERS["random candidate"](Reading({**row(HOME), "id": "7"}))


def test_gold_is_not_read():
    """Every guesser answers without seeing answers, kind or supporting facts."""
    blind = {key: value for key, value in row(HOME).items() if key in ("id", "question", "context")}
    assert guesses(blind) == guesses(row(HOME))


def test_no_guesser_needs_a_text():
    assert set(guesses({"id": "", "question": "Who?", "context": {"title": [], "sentences": []}})) == set(GUESSERS)


def test_a_guess_earns_what_a_reward_would_pay():
    two = row(HOME, ["Drovamere", "Malvuton"])
    assert score("the drovamere.", row(HOME, ["Drovamere"])) == 1
    assert score(["Malvuton", "Drovamere"], two) == 1
    assert score([f"P{n}" for n in range(19)] + ["Drovamere"], row(HOME, ["Drovamere"])) < 0.01


def test_chance():
    assert chance(row("Is Drovamere the home of Prisko Karsind?", ["yes"], "yesno")) == 1 / 2
    assert chance(row(WHICH, ["Malvuton"], "comparison")) == 1 / 2
    assert chance(row(HOME)) == 1 / 2  # two cities in the text
    mother = ("Tora Karsind", 1)  # of exactly two
    assert chance(row(EVERY, ["1"], "count", facts=[mother])) == 1 / 3  # none, one or both
    assert chance(row(EVERY, ["Prisko Karsind"], "superlative", facts=[mother])) == 1 / 2


def test_table_and_verdict():
    shortcut = [row(HOME, ["Drovamere"])] * 3  # the only city in the paragraph of the name asked about
    one_hop = [row("In which city does Brelvo Karsind live?", ["Drovamere"], hops=1)] * 2
    failed = verdict(shortcut + one_hop)
    assert any("'one hop, candidates' earns 1.000, more than 0.250" in line for line in failed)
    assert all(line.startswith("chain, 2+ hops, 3 rows") for line in failed)  # one hop is not judged
    assert verdict(one_hop) == []
    lines = table(shortcut + one_hop).splitlines()
    assert lines[0] == "| guesser | chain, 1 | chain, 2+ |"
    assert "| rows | 2 | 3 |" in lines
    assert "| chance | 0.500 | 0.500 |" in lines
    assert "| one hop, candidates | 1.000 | 1.000 |" in lines
