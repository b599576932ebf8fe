"""The relations of the fictional world: one table, one line of meaning and a few of wording each.

Every relation maps a subject to *one* object ("X's mother is Y"); reading it backwards may give several
subjects (`many`: at most `GROUP` of them). The sentence that states a fact stands in its subject's paragraph and
nowhere else, so a fact is stated once or not at all, and taking its sentence away takes the fact away.

Wording is Jinja, compiled once (see `wording.py`). In it stand `s` (the subject: its name or a pronoun), `s_` (the
same, possessive), `o` (the object), `x` (whatever a question speaks of), `child`, `his`, `he` (by the subject's
gender), `n` (a number in words), `year`, `start`, `end`. Of all that is worded more than once the last is kept for
the split `heldout_phrasing`: of the `says`, and of the pairs that questions are made of.
"""

from typing import NamedTuple

Pair = tuple[str, str]  # a wording of all splits but one, and that of `heldout_phrasing`

GROUP = 5  # no question asks for more answers than this, so no group is larger

# type → (how one asks for it, its noun, introductory sentences: the last one is held out)
TYPES = {
    "person": ("Who", "person", ("{{s}} is a {{trade}}.", "{{s}} works as a {{trade}}.", "{{s}} is known as a {{trade}}.", "By trade, {{s}} is a {{trade}}.")),
    "city": ("Which city", "city", ("{{s}} is a city.", "{{s}} is a city of some size.", "{{s}} is an old city.", "The name {{s}} belongs to a city.")),
    "region": ("Which region", "region", ("{{s}} is a region.", "{{s}} is a hilly region.", "{{s}} is a region of farms and woods.", "The name {{s}} belongs to a region.")),
    "country": ("Which country", "country", ("{{s}} is a country.", "{{s}} is a small country.", "{{s}} is a country by the sea.", "The name {{s}} belongs to a country.")),
    "company": ("Which company", "company", ("{{s}} is a company.", "{{s}} is a private company.", "{{s}} is a well-known company.", "The name {{s}} belongs to a company.")),
    "school": ("Which school", "school", ("{{s}} is a school.", "{{s}} is a boarding school.", "{{s}} is a respected school.", "The name {{s}} belongs to a school.")),
    "club": ("Which club", "club", ("{{s}} is a club.", "{{s}} is a private club.", "{{s}} is a lively club.", "The name {{s}} belongs to a club.")),
    "book": ("Which book", "book", ("{{s}} is a book.", "{{s}} is a much-read book.", "{{s}} is a book in three parts.", "The title {{s}} belongs to a book.")),
    "festival": ("Which festival", "festival", ("{{s}} is a festival.", "{{s}} is a festival of music and craft.", "{{s}} is a popular festival.", "The name {{s}} belongs to a festival.")),
    "river": ("Which river", "river", ()),
    "language": ("Which language", "language", ()),
    "currency": ("Which currency", "currency", ()),
    "year": ("In which year", "year", ()),
    "number": ("What number", "number", ()),
}  # fmt: skip


class Relation(NamedTuple):
    name: str
    domain: str
    range: str
    many: bool  # may several subjects have the same object?
    says: tuple[str, ...]  # sentences that state it
    ask: Pair  # the question for the object
    noun: Pair  # the object as a noun phrase: "the mother of {{x}}"; ends in {{x}}, for it is nested
    that: Pair | None = None  # the subject by its object: "the person *whose mother is {{x}}*"
    exact: str = ""  # in the object's paragraph: how many subjects there are in all
    least: Pair | None = None  # years and numbers: "Who *was born earliest*?" …
    most: Pair | None = None
    above: Pair | None = None  # … and "How many of them *were born after {{x}}*?"
    term: bool = False  # held for a span of years, by one after the other


# fmt: off
RELATIONS: tuple[Relation, ...] = (
    # people
    Relation("mother", "person", "person", True,
        ("{{s}} is a {{child}} of {{o}}, {{his}} mother.", "{{s}} is {{child}} to {{o}}, who is {{his}} mother.",
         "{{s}} grew up as a {{child}} of {{his}} mother, {{o}}.", "{{s}} is the {{child}} of a mother named {{o}}."),
        ("Who is the mother of {{x}}?", "Which woman gave birth to {{x}}?"), ("the mother of {{x}}", "the woman who gave birth to {{x}}"),
        ("whose mother is {{x}}", "who was born to {{x}}"), "{{s}} is the mother of exactly {{n}}."),
    Relation("father", "person", "person", True,
        ("{{s}} is a {{child}} of {{o}}, {{his}} father.", "{{s}} is {{child}} to {{o}}, who is {{his}} father.",
         "{{s}} grew up as a {{child}} of {{his}} father, {{o}}.", "{{s}} is the {{child}} of a father named {{o}}."),
        ("Who is the father of {{x}}?", "Which man fathered {{x}}?"), ("the father of {{x}}", "the man who fathered {{x}}"),
        ("whose father is {{x}}", "who was fathered by {{x}}"), "{{s}} is the father of exactly {{n}}."),
    Relation("birth_year", "person", "year", True,
        ("{{s}} was born in the year {{o}}.", "{{s_}} year of birth is {{o}}.", "{{s}} came into the world in {{o}}.", "The year in which {{s}} was born is {{o}}."),
        ("In which year was {{x}} born?", "What is the year of birth of {{x}}?"), ("the birth year of {{x}}", "the year of birth of {{x}}"),
        least=("was born earliest", "has the earliest year of birth"), most=("was born latest", "has the latest year of birth"), above=("were born after {{x}}", "have a year of birth later than {{x}}")),
    Relation("birthplace", "person", "city", True,
        ("{{s}} was born in the city of {{o}}.", "{{s_}} birthplace is {{o}}.", "{{s}} first saw the light of day in {{o}}.", "The city in which {{s}} was born is {{o}}."),
        ("In which city was {{x}} born?", "Which city is the place of birth of {{x}}?"), ("the birthplace of {{x}}", "the place of birth of {{x}}"),
        ("who was born in {{x}}", "whose place of birth is {{x}}"), "{{s}} is the birthplace of exactly {{n}}."),
    Relation("home", "person", "city", True,
        ("{{s}} lives in {{o}}.", "{{s}} has a house in {{o}}.", "{{s_}} home is in {{o}}.", "The city in which {{s}} lives is {{o}}."),
        ("In which city does {{x}} live?", "Which city is home to {{x}}?"), ("the city of residence of {{x}}", "the city that is home to {{x}}"),
        ("who lives in {{x}}", "whose home is in {{x}}"), "{{s}} is the home of exactly {{n}}."),
    Relation("spouse", "person", "person", False,
        ("{{s}} is married to {{o}}.", "{{s_}} spouse is {{o}}.", "{{s}} shares {{his}} life with {{his}} spouse, {{o}}.", "The person to whom {{s}} is married is {{o}}."),
        ("Who is the spouse of {{x}}?", "Who is married to {{x}}?"), ("the spouse of {{x}}", "the person married to {{x}}"),
        ("whose spouse is {{x}}", "who is married to {{x}}")),
    Relation("employer", "person", "company", True,
        ("{{s}} works for {{o}}.", "{{s_}} employer is {{o}}.", "{{s}} earns {{his}} living at {{o}}.", "The company for which {{s}} works is {{o}}."),
        ("Which company does {{x}} work for?", "Which company employs {{x}}?"), ("the employer of {{x}}", "the company that employs {{x}}"),
        ("who works for {{x}}", "who is employed by {{x}}"), "{{s}} employs exactly {{n}}."),
    Relation("school", "person", "school", True,
        ("{{s}} went to school at {{o}}.", "{{s}} was educated at {{o}}.", "{{s}} spent {{his}} school days at {{o}}.", "The school that {{s}} attended is {{o}}."),
        ("Which school did {{x}} attend?", "Which school educated {{x}}?"), ("the school attended by {{x}}", "the school that educated {{x}}"),
        ("who attended {{x}}", "who was educated at {{x}}"), "{{s}} was attended by exactly {{n}}."),
    Relation("mentor", "person", "person", True,
        ("{{s}} learned {{his}} craft from {{o}}.", "{{s_}} mentor is {{o}}.", "{{s}} was an apprentice of {{o}}.", "The mentor under whom {{s}} trained is {{o}}."),
        ("Who is the mentor of {{x}}?", "Who trained {{x}}?"), ("the mentor of {{x}}", "the person who trained {{x}}"),
        ("whose mentor is {{x}}", "who was trained by {{x}}"), "{{s}} is the mentor of exactly {{n}}."),
    Relation("club", "person", "club", True,
        ("{{s}} is a member of {{o}}.", "{{s}} belongs to {{o}}.", "{{s}} spends {{his}} evenings at {{his}} club, {{o}}.", "The club that {{s}} belongs to is {{o}}."),
        ("Which club is {{x}} a member of?", "Which club's members include {{x}}?"), ("the club of {{x}}", "the club whose members include {{x}}"),
        ("who is a member of {{x}}", "who belongs to {{x}}"), "{{s}} has exactly {{n}} on its list of members."),
    Relation("friend", "person", "person", False,
        ("{{s_}} closest friend is {{o}}.", "{{s}} has one close friend, {{o}}.", "{{s}} is closest in friendship to {{o}}.", "The closest friend that {{s}} has is {{o}}."),
        ("Who is the closest friend of {{x}}?", "Who is the best friend of {{x}}?"), ("the closest friend of {{x}}", "the best friend of {{x}}"),
        ("whose closest friend is {{x}}", "whose best friend is {{x}}")),
    Relation("citizenship", "person", "country", True,
        ("{{s}} is a citizen of {{o}}.", "{{s}} carries a passport of {{o}}.", "{{s}} holds the citizenship of {{o}}.", "The country of which {{s}} is a citizen is {{o}}."),
        ("Of which country is {{x}} a citizen?", "Which country's citizens include {{x}}?"), ("the country of citizenship of {{x}}", "the country whose citizens include {{x}}"),
        ("who is a citizen of {{x}}", "who holds the citizenship of {{x}}"), "{{s}} issued a passport to exactly {{n}}."),
    # places
    Relation("region", "city", "region", True,
        ("{{s}} lies in the region of {{o}}.", "{{s}} is part of the region of {{o}}.", "{{s}} stands in the region called {{o}}.", "The region around {{s}} is {{o}}."),
        ("In which region does {{x}} lie?", "Which region contains {{x}}?"), ("the region of {{x}}", "the region that contains {{x}}"),
        ("that lies in {{x}}", "that is located in {{x}}"), "{{s}} contains exactly {{n}}."),
    Relation("mayor", "city", "person", False,
        ("{{s_}} mayor is {{o}}.", "{{s}} has {{o}} as its mayor.", "{{s}} is governed by its mayor, {{o}}.", "The mayor in office in {{s}} is {{o}}."),
        ("Who is the mayor of {{x}}?", "Who serves as mayor of {{x}}?"), ("the mayor of {{x}}", "the person who serves as mayor of {{x}}"),
        ("whose mayor is {{x}}", "where the mayor is {{x}}")),
    Relation("city_founded", "city", "year", True,
        ("{{s}} was founded in {{o}}.", "{{s}} received its charter in {{o}}.", "{{s}} dates from the year {{o}}.", "The year in which {{s}} was founded is {{o}}."),
        ("In which year was {{x}} founded?", "Which year saw the founding of {{x}}?"), ("the founding year of {{x}}", "the year that saw the founding of {{x}}"),
        least=("was founded earliest", "was established earliest"), most=("was founded latest", "was established latest"), above=("were founded after {{x}}", "were established after {{x}}")),
    Relation("population", "city", "number", True,
        ("{{s}} has a population of {{o}}.", "{{s_}} inhabitants number {{o}}.", "{{s}} counts {{o}} inhabitants.", "The number of people in {{s}} is {{o}}."),
        ("What is the population of {{x}}?", "How many inhabitants are there in {{x}}?"), ("the population of {{x}}", "the number of inhabitants of {{x}}"),
        least=("has the smallest population", "has the fewest inhabitants"), most=("has the largest population", "has the most inhabitants"), above=("have a population above {{x}}", "have more than {{x}} inhabitants")),
    Relation("river", "city", "river", True,
        ("{{s}} stands on the river {{o}}.", "{{s}} was built along the river {{o}}.", "{{s}} draws its water from the river {{o}}.", "The river that runs through {{s}} is {{o}}."),
        ("On which river does {{x}} stand?", "Which river flows through {{x}}?"), ("the river of {{x}}", "the river that flows through {{x}}")),
    Relation("twin", "city", "city", False,
        ("{{s}} is twinned with {{o}}.", "{{s_}} twin city is {{o}}.", "{{s}} keeps a twin city, {{o}}.", "The twin city chosen by {{s}} is {{o}}."),
        ("Which city is twinned with {{x}}?", "Which city is the twin of {{x}}?"), ("the twin city of {{x}}", "the city that is the twin of {{x}}"),
        ("whose twin city is {{x}}", "whose twin is {{x}}")),
    Relation("hall_architect", "city", "person", True,
        ("{{s_}} town hall was designed by {{o}}.", "{{s}} has a town hall drawn by {{o}}.", "{{s}} owes its town hall to the architect {{o}}.", "The architect of the town hall of {{s}} is {{o}}."),
        ("Who designed the town hall of {{x}}?", "Who is the designer of the town hall of {{x}}?"), ("the architect of the town hall of {{x}}", "the designer of the town hall of {{x}}"),
        ("whose town hall was designed by {{x}}", "whose town hall is the work of {{x}}"), "{{s}} designed the town hall of exactly {{n}}."),
    Relation("country", "region", "country", True,
        ("{{s}} belongs to the country of {{o}}.", "{{s}} is a region of {{o}}.", "{{s}} lies within the borders of {{o}}.", "The country that includes {{s}} is {{o}}."),
        ("To which country does {{x}} belong?", "Which country includes {{x}}?"), ("the country of {{x}}", "the country that includes {{x}}"),
        ("that belongs to {{x}}", "that is part of {{x}}"), "{{s}} is divided into exactly {{n}}."),
    Relation("governor", "region", "person", False,
        ("{{s_}} governor is {{o}}.", "{{s}} is administered by its governor, {{o}}.", "{{s}} has {{o}} as its governor.", "The governor in office in {{s}} is {{o}}."),
        ("Who is the governor of {{x}}?", "Who serves as governor of {{x}}?"), ("the governor of {{x}}", "the person who serves as governor of {{x}}"),
        ("whose governor is {{x}}", "where the governor is {{x}}")),
    Relation("seat", "region", "city", False,
        ("{{s_}} seat of government is {{o}}.", "{{s}} is administered from {{o}}.", "{{s}} has its regional capital in {{o}}.", "The regional capital of {{s}} is {{o}}."),
        ("Which city is the regional capital of {{x}}?", "Which city is the seat of government of {{x}}?"), ("the regional capital of {{x}}", "the seat of government of {{x}}"),
        ("whose regional capital is {{x}}", "whose seat of government is {{x}}")),
    Relation("area", "region", "number", True,
        ("{{s}} covers {{o}} square miles.", "{{s}} has an area of {{o}} square miles.", "{{s}} extends over {{o}} square miles.", "The area in square miles of {{s}} is {{o}}."),
        ("What is the area of {{x}} in square miles?", "What is the size in square miles of {{x}}?"), ("the area in square miles of {{x}}", "the size in square miles of {{x}}"),
        least=("has the smallest area", "covers the fewest square miles"), most=("has the largest area", "covers the most square miles"), above=("have an area above {{x}} square miles", "cover more than {{x}} square miles")),
    Relation("capital", "country", "city", False,
        ("{{s_}} national capital is {{o}}.", "{{s}} is ruled from its capital, {{o}}.", "{{s}} has its capital in {{o}}.", "The capital of the country {{s}} is {{o}}."),
        ("Which city is the national capital of {{x}}?", "What is the capital city of {{x}}?"), ("the national capital of {{x}}", "the capital city of {{x}}"),
        ("whose national capital is {{x}}", "whose capital city is {{x}}")),
    Relation("anthem", "country", "person", False,
        ("{{s_}} anthem was composed by {{o}}.", "{{s}} sings an anthem written by {{o}}.", "{{s}} owes its anthem to {{o}}.", "The composer of the anthem of {{s}} is {{o}}."),
        ("Who composed the anthem of {{x}}?", "Whose work is the anthem of {{x}}?"), ("the composer of the anthem of {{x}}", "the person who wrote the anthem of {{x}}"),
        ("whose anthem was composed by {{x}}", "whose anthem was written by {{x}}")),
    Relation("currency", "country", "currency", False,
        ("{{s_}} currency is the {{o}}.", "{{s}} pays its way in a currency called the {{o}}.", "{{s}} mints a coin called the {{o}}.", "The currency used in {{s}} is the {{o}}."),
        ("What is the currency of {{x}}?", "Which currency is used in {{x}}?"), ("the currency of {{x}}", "the currency used in {{x}}")),
    Relation("language", "country", "language", False,
        ("{{s_}} official language is {{o}}.", "{{s}} keeps its records in the language called {{o}}.", "{{s}} recognises one language, {{o}}.", "The language spoken in {{s}} is {{o}}."),
        ("What is the official language of {{x}}?", "Which language has official status in {{x}}?"), ("the official language of {{x}}", "the language with official status in {{x}}")),
    Relation("ruler", "country", "person", False,
        ("{{s}} was ruled by {{o}} from {{start}} to {{end}}.", "{{s}} had {{o}} as its head of state from {{start}} to {{end}}.",
         "{{s_}} head of state from {{start}} to {{end}} was {{o}}.", "From {{start}} to {{end}}, the head of state of {{s}} was {{o}}."),
        ("In {{year}}, who was the head of state of {{x}}?", "During {{year}}, which person ruled {{x}}?"), ("the head of state of {{x}} in {{year}}", "the person who ruled {{x}} in {{year}}"), term=True),
    # companies, schools, clubs
    Relation("founder", "company", "person", True,
        ("{{s}} was founded by {{o}}.", "{{s_}} founder is {{o}}.", "{{s}} was set up by {{o}}.", "The founder to whom {{s}} owes its start is {{o}}."),
        ("Who founded {{x}}?", "Who established {{x}}?"), ("the founder of {{x}}", "the person who established {{x}}"),
        ("that was founded by {{x}}", "that was established by {{x}}"), "{{s}} is the founder of exactly {{n}}."),
    Relation("headquarters", "company", "city", True,
        ("{{s}} has its head office in {{o}}.", "{{s}} is based in {{o}}.", "{{s_}} headquarters are in {{o}}.", "The city that houses the head office of {{s}} is {{o}}."),
        ("In which city is {{x}} based?", "Which city houses the head office of {{x}}?"), ("the headquarters city of {{x}}", "the city that houses the head office of {{x}}"),
        ("that is based in {{x}}", "whose head office is in {{x}}"), "{{s}} houses the head office of exactly {{n}}."),
    Relation("company_founded", "company", "year", True,
        ("{{s}} opened for business in {{o}}.", "{{s}} has been in business since {{o}}.", "{{s}} began trading in {{o}}.", "The year in which {{s}} began trading is {{o}}."),
        ("In which year did {{x}} begin trading?", "Which year saw the start of trading at {{x}}?"), ("the first trading year of {{x}}", "the year that saw the start of trading at {{x}}"),
        least=("began trading earliest", "went into business earliest"), most=("began trading latest", "went into business latest"), above=("began trading after {{x}}", "went into business after {{x}}")),
    Relation("staff", "company", "number", True,
        ("{{s}} has a staff of {{o}}.", "{{s}} keeps {{o}} people on its payroll.", "{{s_}} payroll lists {{o}} people.", "The size of the staff of {{s}} is {{o}}."),
        ("How large is the staff of {{x}}?", "How many people are on the payroll of {{x}}?"), ("the staff size of {{x}}", "the number of people on the payroll of {{x}}"),
        least=("has the smallest staff", "has the fewest people on its payroll"), most=("has the largest staff", "has the most people on its payroll"), above=("have a staff above {{x}}", "have more than {{x}} people on their payroll")),
    Relation("parent_company", "company", "company", True,
        ("{{s}} is owned by {{o}}.", "{{s_}} parent company is {{o}}.", "{{s}} is a subsidiary of {{o}}.", "The parent company that owns {{s}} is {{o}}."),
        ("Which company owns {{x}}?", "Which company is the owner of {{x}}?"), ("the parent company of {{x}}", "the company that owns {{x}}"),
        ("that is owned by {{x}}", "that is a subsidiary of {{x}}"), "{{s}} owns exactly {{n}}."),
    Relation("supplier", "company", "company", False,
        ("{{s_}} main supplier is {{o}}.", "{{s}} buys most of its materials from {{o}}.", "{{s}} is supplied mainly by {{o}}.", "The main supplier on which {{s}} relies is {{o}}."),
        ("Which company is the main supplier of {{x}}?", "Which company is the chief supplier to {{x}}?"), ("the main supplier of {{x}}", "the chief supplier to {{x}}"),
        ("whose main supplier is {{x}}", "whose chief supplier is {{x}}")),
    Relation("director", "company", "person", False,
        ("{{s}} was directed by {{o}} from {{start}} to {{end}}.", "{{s}} had {{o}} as its director from {{start}} to {{end}}.",
         "{{s_}} director from {{start}} to {{end}} was {{o}}.", "From {{start}} to {{end}}, the director of {{s}} was {{o}}."),
        ("In {{year}}, who was the director of {{x}}?", "During {{year}}, which person directed {{x}}?"), ("the director of {{x}} in {{year}}", "the person who directed {{x}} in {{year}}"), term=True),
    Relation("school_city", "school", "city", True,
        ("{{s}} stands in {{o}}.", "{{s}} has its grounds in {{o}}.", "{{s}} teaches its pupils in {{o}}.", "The city where {{s}} has its grounds is {{o}}."),
        ("In which city does {{x}} stand?", "Which city contains the grounds of {{x}}?"), ("the city of {{x}}", "the city that contains the grounds of {{x}}"),
        ("that stands in {{x}}", "whose grounds are in {{x}}"), "{{s}} has within its walls exactly {{n}}."),
    Relation("benefactor", "school", "person", False,
        ("{{s_}} benefactor is {{o}}.", "{{s}} lives on the gifts of {{o}}.", "{{s}} is kept open by its benefactor, {{o}}.", "The benefactor who pays for {{s}} is {{o}}."),
        ("Who is the benefactor of {{x}}?", "Whose gifts support {{x}}?"), ("the benefactor of {{x}}", "the person whose gifts support {{x}}"),
        ("whose benefactor is {{x}}", "that is supported by the gifts of {{x}}")),
    Relation("head_teacher", "school", "person", False,
        ("{{s_}} head teacher is {{o}}.", "{{s}} is led by its head teacher, {{o}}.", "{{s}} has {{o}} as its head teacher.", "The head teacher in charge of {{s}} is {{o}}."),
        ("Who is the head teacher of {{x}}?", "Who is the principal of {{x}}?"), ("the head teacher of {{x}}", "the principal of {{x}}"),
        ("whose head teacher is {{x}}", "whose principal is {{x}}")),
    Relation("school_founded", "school", "year", True,
        ("{{s}} took in its first pupils in {{o}}.", "{{s}} has taught since {{o}}.", "{{s}} held its first lesson in {{o}}.", "The year in which {{s}} held its first lesson is {{o}}."),
        ("In which year did {{x}} hold its first lesson?", "Which year saw the first lesson at {{x}}?"), ("the first teaching year of {{x}}", "the year that saw the first lesson at {{x}}"),
        least=("held its first lesson earliest", "started teaching earliest"), most=("held its first lesson latest", "started teaching latest"), above=("held their first lesson after {{x}}", "started teaching after {{x}}")),
    Relation("club_city", "club", "city", True,
        ("{{s}} meets in {{o}}.", "{{s}} has its rooms in {{o}}.", "{{s}} gathers every week in {{o}}.", "The city where {{s}} meets is {{o}}."),
        ("In which city does {{x}} meet?", "Which city hosts the meetings of {{x}}?"), ("the meeting city of {{x}}", "the city that hosts the meetings of {{x}}"),
        ("that meets in {{x}}", "whose meetings take place in {{x}}"), "{{s}} is the meeting place of exactly {{n}}."),
    Relation("president", "club", "person", False,
        ("{{s_}} president is {{o}}.", "{{s}} is chaired by its president, {{o}}.", "{{s}} elected {{o}} as its president.", "The president who chairs {{s}} is {{o}}."),
        ("Who is the president of {{x}}?", "Who chairs {{x}}?"), ("the president of {{x}}", "the person who chairs {{x}}"),
        ("whose president is {{x}}", "that is chaired by {{x}}")),
    Relation("club_founded", "club", "year", True,
        ("{{s}} was formed in {{o}}.", "{{s}} held its first meeting in {{o}}.", "{{s}} has met since {{o}}.", "The year in which {{s}} was formed is {{o}}."),
        ("In which year was {{x}} formed?", "Which year saw the formation of {{x}}?"), ("the year of formation of {{x}}", "the year that saw the formation of {{x}}"),
        least=("was formed earliest", "came into being earliest"), most=("was formed latest", "came into being latest"), above=("were formed after {{x}}", "came into being after {{x}}")),
    # books and festivals
    Relation("author", "book", "person", True,
        ("{{s}} was written by {{o}}.", "{{s_}} author is {{o}}.", "{{s}} came from the pen of {{o}}.", "The author who wrote {{s}} is {{o}}."),
        ("Who wrote {{x}}?", "Who is the writer of {{x}}?"), ("the author of {{x}}", "the writer of {{x}}"),
        ("that was written by {{x}}", "whose author is {{x}}"), "{{s}} is the author of exactly {{n}}."),
    Relation("publisher", "book", "company", True,
        ("{{s}} was published by {{o}}.", "{{s_}} publisher is {{o}}.", "{{s}} was brought out by {{o}}.", "The company that published {{s}} is {{o}}."),
        ("Which company published {{x}}?", "Which company brought out {{x}}?"), ("the publisher of {{x}}", "the company that brought out {{x}}"),
        ("that was published by {{x}}", "that was brought out by {{x}}"), "{{s}} is the publisher of exactly {{n}}."),
    Relation("published", "book", "year", True,
        ("{{s}} appeared in {{o}}.", "{{s}} was first printed in {{o}}.", "{{s}} reached its readers in {{o}}.", "The year in which {{s}} appeared is {{o}}."),
        ("In which year did {{x}} appear?", "Which year saw the publication of {{x}}?"), ("the year of publication of {{x}}", "the year that saw the publication of {{x}}"),
        least=("appeared earliest", "came out earliest"), most=("appeared latest", "came out latest"), above=("appeared after {{x}}", "came out after {{x}}")),
    Relation("setting", "book", "city", True,
        ("{{s}} is set in {{o}}.", "{{s_}} story takes place in {{o}}.", "{{s}} follows its characters through {{o}}.", "The city in which {{s}} is set is {{o}}."),
        ("In which city is {{x}} set?", "Which city provides the setting for {{x}}?"), ("the setting of {{x}}", "the city that provides the setting for {{x}}"),
        ("that is set in {{x}}", "whose story takes place in {{x}}"), "{{s}} is the setting of exactly {{n}}."),
    Relation("dedicatee", "book", "person", True,
        ("{{s}} is dedicated to {{o}}.", "{{s}} opens with a dedication to {{o}}.", "{{s}} bears on its first page the name of {{o}}, to whom it is dedicated.", "The person to whom {{s}} is dedicated is {{o}}."),
        ("To whom is {{x}} dedicated?", "Who is named in the dedication of {{x}}?"), ("the dedicatee of {{x}}", "the person named in the dedication of {{x}}"),
        ("that is dedicated to {{x}}", "whose dedication names {{x}}"), "{{s}} is the dedicatee of exactly {{n}}."),
    Relation("translator", "book", "person", True,
        ("{{s}} was translated by {{o}}.", "{{s_}} translator is {{o}}.", "{{s}} was put into other languages by {{o}}.", "The translator who worked on {{s}} is {{o}}."),
        ("Who translated {{x}}?", "Who served as translator of {{x}}?"), ("the translator of {{x}}", "the person who translated {{x}}"),
        ("that was translated by {{x}}", "whose translator is {{x}}"), "{{s}} is the translator of exactly {{n}}."),
    Relation("host_city", "festival", "city", True,
        ("{{s}} is held in {{o}}.", "{{s}} takes place in {{o}}.", "{{s}} fills the streets of {{o}}.", "The city that hosts {{s}} is {{o}}."),
        ("In which city is {{x}} held?", "Which city hosts {{x}}?"), ("the host city of {{x}}", "the city that hosts {{x}}"),
        ("that is held in {{x}}", "that takes place in {{x}}"), "{{s}} hosts exactly {{n}}."),
    Relation("first_held", "festival", "year", True,
        ("{{s}} was first held in {{o}}.", "{{s}} has been celebrated since {{o}}.", "{{s}} drew its first visitors in {{o}}.", "The year in which {{s}} was first held is {{o}}."),
        ("In which year was {{x}} first held?", "Which year saw the debut of {{x}}?"), ("the first year of {{x}}", "the year that saw the debut of {{x}}"),
        least=("was first held earliest", "made its debut earliest"), most=("was first held latest", "made its debut latest"), above=("were first held after {{x}}", "made their debut after {{x}}")),
    Relation("winner", "festival", "person", True,
        ("{{s_}} prize was won by {{o}}.", "{{s}} awarded its prize to {{o}}.", "{{s}} ended with a prize for {{o}}.", "The winner of the prize of {{s}} is {{o}}."),
        ("Who won the prize of {{x}}?", "Who was awarded the prize of {{x}}?"), ("the prize winner of {{x}}", "the person who was awarded the prize of {{x}}"),
        ("whose prize was won by {{x}}", "whose prize went to {{x}}"), "{{s}} won the prize of exactly {{n}}."),
    Relation("sponsor", "festival", "company", True,
        ("{{s}} is sponsored by {{o}}.", "{{s_}} sponsor is {{o}}.", "{{s}} is paid for by {{o}}.", "The company that sponsors {{s}} is {{o}}."),
        ("Which company sponsors {{x}}?", "Which company funds {{x}}?"), ("the sponsor of {{x}}", "the company that funds {{x}}"),
        ("that is sponsored by {{x}}", "that is funded by {{x}}"), "{{s}} is the sponsor of exactly {{n}}."),
    Relation("opener", "festival", "person", False,
        ("{{s}} was opened by {{o}}.", "{{s}} began with a speech by {{o}}.", "{{s}} heard its opening address from {{o}}.", "The guest who opened {{s}} is {{o}}."),
        ("Who opened {{x}}?", "Who gave the opening address at {{x}}?"), ("the opening speaker of {{x}}", "the person who gave the opening address at {{x}}"),
        ("that was opened by {{x}}", "whose opening address was given by {{x}}")),
)
# fmt: on

BY_NAME = {relation.name: relation for relation in RELATIONS}

Step = tuple[str, bool]  # a relation's name, and whether it is read forwards


class Derived(NamedTuple):
    """A relation that a rule makes of base ones; it counts as many hops as its path has steps."""

    name: str
    path: tuple[Step, ...]
    gender: str  # of the one it leads to: "f", "m" or "" (either)
    noun: Pair
    unless: tuple[
        tuple[Step, ...], ...
    ] = ()  # not used where one of these paths leads somewhere, else the word is wider


def _parents(noun: str, parent: str) -> list[Derived]:
    gender, who = ("f", "woman who gave birth to") if parent == "mother" else ("m", "man who fathered")
    maternal = f"the maternal {noun} of {{{{x}}}}", f"the {noun} on the maternal side of {{{{x}}}}"
    paternal = f"the paternal {noun} of {{{{x}}}}", f"the {noun} on the paternal side of {{{{x}}}}"
    in_law = f"the {parent}-in-law of {{{{x}}}}", f"the {who} the husband or wife of {{{{x}}}}"
    return [
        Derived(noun, (("mother", True), (parent, True)), gender, maternal),
        Derived(noun, (("father", True), (parent, True)), gender, paternal),
        Derived(f"{parent}-in-law", (("spouse", True), (parent, True)), gender, in_law),
    ]


def _siblings(parent: str) -> list[Derived]:
    there, back = (parent, True), (parent, False)
    # A sister-in-law is a spouse's sister or a sibling's wife: the word is used where nobody is the second.
    by_sibling = tuple(
        ((p, True), (p, False), ("spouse", told)) for p in ("mother", "father") for told in (True, False)
    )
    in_law = ("spouse", True), there, back
    sister, brother = (
        (f"the {noun}-in-law of {{{{x}}}}", f"the {noun} by marriage of {{{{x}}}}") for noun in ("sister", "brother")
    )
    return [
        Derived("sister", (there, back), "f", ("the sister of {{x}}", "the female sibling of {{x}}")),
        Derived("brother", (there, back), "m", ("the brother of {{x}}", "the male sibling of {{x}}")),
        Derived("sister-in-law", in_law, "f", sister, by_sibling),
        Derived("brother-in-law", in_law, "m", brother, by_sibling),
    ]


# fmt: off
DERIVED: tuple[Derived, ...] = (
    *_parents("grandmother", "mother"), *_parents("grandfather", "father"),
    *_siblings("mother"), *_siblings("father"),
    Derived("colleague", (("employer", True), ("employer", False)), "", ("the colleague of {{x}}", "the co-worker of {{x}}")),
    Derived("schoolmate", (("school", True), ("school", False)), "", ("the schoolmate of {{x}}", "the person educated at the same school as {{x}}")),
    Derived("fellow member", (("club", True), ("club", False)), "", ("the fellow club member of {{x}}", "the person in the same club as {{x}}")),
    Derived("compatriot", (("citizenship", True), ("citizenship", False)), "", ("the compatriot of {{x}}", "the fellow citizen of {{x}}")),
    Derived("birth country", (("birthplace", True), ("region", True), ("country", True)), "", ("the birth country of {{x}}", "the native country of {{x}}")),
    Derived("country of residence", (("home", True), ("region", True), ("country", True)), "", ("the country of residence of {{x}}", "the country that is home to {{x}}")),
    Derived("region of residence", (("home", True), ("region", True)), "", ("the region of residence of {{x}}", "the region that is home to {{x}}")),
)
# fmt: on
