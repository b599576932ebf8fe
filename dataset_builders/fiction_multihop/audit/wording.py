"""The English that the audit understands: every wording, beside the fact that it states.

Written from the documentation alone, and read by `grammar.py`. An indented line holds wordings of the relation above
it, told apart by their form: statements end in a full stop, questions in a question mark, nouns begin with "the",
clauses with "who", "whose", "that" or "where". Slots: S the subject, O the object, C son or daughter, P his or her,
N how many, A and B the years from which and to which, T a trade; in questions X who or what is spoken of, Y the
year."""

INTRODUCTIONS = """
person
    S is a T. | S works as a T. | S is known as a T. | By trade, S is a T.
city
    S is a city. | S is a city of some size. | S is an old city. | The name S belongs to a city.
region
    S is a region. | S is a hilly region. | S is a region of farms and woods. | The name S belongs to a region.
country
    S is a country. | S is a small country. | S is a country by the sea. | The name S belongs to a country.
company
    S is a company. | S is a private company. | S is a well-known company. | The name S belongs to a company.
school
    S is a school. | S is a boarding school. | S is a respected school. | The name S belongs to a school.
club
    S is a club. | S is a private club. | S is a lively club. | The name S belongs to a club.
book
    S is a book. | S is a much-read book. | S is a book in three parts. | The title S belongs to a book.
festival
    S is a festival. | S is a festival of music and craft. | S is a popular festival. | The name S belongs to a festival.
"""

RELATIONS = """
mother: person → person
    S is a C of O, P mother. | S is C to O, who is P mother. | S grew up as a C of P mother, O.
    S is the C of a mother named O. | S is the mother of exactly N.
    Who is the mother of X? | the mother of X | whose mother is X
    Which woman gave birth to X? | the woman who gave birth to X | who was born to X
father: person → person
    S is a C of O, P father. | S is C to O, who is P father. | S grew up as a C of P father, O.
    S is the C of a father named O. | S is the father of exactly N.
    Who is the father of X? | the father of X | whose father is X
    Which man fathered X? | the man who fathered X | who was fathered by X
birth_year: person → year
    S was born in the year O. | S's year of birth is O. | S came into the world in O.
    The year in which S was born is O.
    In which year was X born? | the birth year of X
    least was born earliest | most was born latest | above were born after X
    What is the year of birth of X? | the year of birth of X
    least has the earliest year of birth | most has the latest year of birth | above have a year of birth later than X
birthplace: person → city
    S was born in the city of O. | S's birthplace is O. | S first saw the light of day in O.
    The city in which S was born is O. | S is the birthplace of exactly N.
    In which city was X born? | the birthplace of X | who was born in X
    Which city is the place of birth of X? | the place of birth of X | whose place of birth is X
home: person → city
    S lives in O. | S has a house in O. | S's home is in O. | The city in which S lives is O.
    S is the home of exactly N.
    In which city does X live? | the city of residence of X | who lives in X
    Which city is home to X? | the city that is home to X | whose home is in X
spouse: person → person
    S is married to O. | S's spouse is O. | S shares P life with P spouse, O. | The person to whom S is married is O.
    Who is the spouse of X? | the spouse of X | whose spouse is X
    Who is married to X? | the person married to X | who is married to X
employer: person → company
    S works for O. | S's employer is O. | S earns P living at O. | The company for which S works is O.
    S employs exactly N.
    Which company does X work for? | the employer of X | who works for X
    Which company employs X? | the company that employs X | who is employed by X
school: person → school
    S went to school at O. | S was educated at O. | S spent P school days at O. | The school that S attended is O.
    S was attended by exactly N.
    Which school did X attend? | the school attended by X | who attended X
    Which school educated X? | the school that educated X | who was educated at X
mentor: person → person
    S learned P craft from O. | S's mentor is O. | S was an apprentice of O. | The mentor under whom S trained is O.
    S is the mentor of exactly N.
    Who is the mentor of X? | the mentor of X | whose mentor is X
    Who trained X? | the person who trained X | who was trained by X
club: person → club
    S is a member of O. | S belongs to O. | S spends P evenings at P club, O. | The club that S belongs to is O.
    S has exactly N on its list of members.
    Which club is X a member of? | the club of X | who is a member of X
    Which club's members include X? | the club whose members include X | who belongs to X
friend: person → person
    S's closest friend is O. | S has one close friend, O. | S is closest in friendship to O.
    The closest friend that S has is O.
    Who is the closest friend of X? | the closest friend of X | whose closest friend is X
    Who is the best friend of X? | the best friend of X | whose best friend is X
citizenship: person → country
    S is a citizen of O. | S carries a passport of O. | S holds the citizenship of O.
    The country of which S is a citizen is O.
    S issued a passport to exactly N.
    Of which country is X a citizen? | the country of citizenship of X | who is a citizen of X
    Which country's citizens include X? | the country whose citizens include X | who holds the citizenship of X
region: city → region
    S lies in the region of O. | S is part of the region of O. | S stands in the region called O.
    The region around S is O. | S contains exactly N.
    In which region does X lie? | the region of X | that lies in X
    Which region contains X? | the region that contains X | that is located in X
mayor: city → person
    S's mayor is O. | S has O as its mayor. | S is governed by its mayor, O. | The mayor in office in S is O.
    Who is the mayor of X? | the mayor of X | whose mayor is X
    Who serves as mayor of X? | the person who serves as mayor of X | where the mayor is X
city_founded: city → year
    S was founded in O. | S received its charter in O. | S dates from the year O.
    The year in which S was founded is O.
    In which year was X founded? | the founding year of X
    least was founded earliest | most was founded latest | above were founded after X
    Which year saw the founding of X? | the year that saw the founding of X
    least was established earliest | most was established latest | above were established after X
population: city → number
    S has a population of O. | S's inhabitants number O. | S counts O inhabitants. | The number of people in S is O.
    What is the population of X? | the population of X
    least has the smallest population | most has the largest population | above have a population above X
    How many inhabitants are there in X? | the number of inhabitants of X
    least has the fewest inhabitants | most has the most inhabitants | above have more than X inhabitants
river: city → river
    S stands on the river O. | S was built along the river O. | S draws its water from the river O.
    The river that runs through S is O.
    On which river does X stand? | the river of X
    Which river flows through X? | the river that flows through X
twin: city → city
    S is twinned with O. | S's twin city is O. | S keeps a twin city, O. | The twin city chosen by S is O.
    Which city is twinned with X? | the twin city of X | whose twin city is X
    Which city is the twin of X? | the city that is the twin of X | whose twin is X
hall_architect: city → person
    S's town hall was designed by O. | S has a town hall drawn by O. | S owes its town hall to the architect O.
    The architect of the town hall of S is O. | S designed the town hall of exactly N.
    Who designed the town hall of X? | the architect of the town hall of X | whose town hall was designed by X
    Who is the designer of the town hall of X? | the designer of the town hall of X | whose town hall is the work of X
country: region → country
    S belongs to the country of O. | S is a region of O. | S lies within the borders of O.
    The country that includes S is O. | S is divided into exactly N.
    To which country does X belong? | the country of X | that belongs to X
    Which country includes X? | the country that includes X | that is part of X
governor: region → person
    S's governor is O. | S is administered by its governor, O. | S has O as its governor.
    The governor in office in S is O.
    Who is the governor of X? | the governor of X | whose governor is X
    Who serves as governor of X? | the person who serves as governor of X | where the governor is X
seat: region → city
    S's seat of government is O. | S is administered from O. | S has its regional capital in O.
    The regional capital of S is O.
    Which city is the regional capital of X? | the regional capital of X | whose regional capital is X
    Which city is the seat of government of X? | the seat of government of X | whose seat of government is X
area: region → number
    S covers O square miles. | S has an area of O square miles. | S extends over O square miles.
    The area in square miles of S is O.
    What is the area of X in square miles? | the area in square miles of X
    least has the smallest area | most has the largest area | above have an area above X square miles
    What is the size in square miles of X? | the size in square miles of X
    least covers the fewest square miles | most covers the most square miles | above cover more than X square miles
capital: country → city
    S's national capital is O. | S is ruled from its capital, O. | S has its capital in O.
    The capital of the country S is O.
    Which city is the national capital of X? | the national capital of X | whose national capital is X
    What is the capital city of X? | the capital city of X | whose capital city is X
anthem: country → person
    S's anthem was composed by O. | S sings an anthem written by O. | S owes its anthem to O.
    The composer of the anthem of S is O.
    Who composed the anthem of X? | the composer of the anthem of X | whose anthem was composed by X
    Whose work is the anthem of X? | the person who wrote the anthem of X | whose anthem was written by X
currency: country → currency
    S's currency is the O. | S pays its way in a currency called the O. | S mints a coin called the O.
    The currency used in S is the O.
    What is the currency of X? | the currency of X
    Which currency is used in X? | the currency used in X
language: country → language
    S's official language is O. | S keeps its records in the language called O. | S recognises one language, O.
    The language spoken in S is O.
    What is the official language of X? | the official language of X
    Which language has official status in X? | the language with official status in X
ruler: country → person
    S was ruled by O from A to B. | S had O as its head of state from A to B. | S's head of state from A to B was O.
    From A to B, the head of state of S was O.
    In Y, who was the head of state of X? | the head of state of X in Y
    During Y, which person ruled X? | the person who ruled X in Y
founder: company → person
    S was founded by O. | S's founder is O. | S was set up by O. | The founder to whom S owes its start is O.
    S is the founder of exactly N.
    Who founded X? | the founder of X | that was founded by X
    Who established X? | the person who established X | that was established by X
headquarters: company → city
    S has its head office in O. | S is based in O. | S's headquarters are in O.
    The city that houses the head office of S is O. | S houses the head office of exactly N.
    In which city is X based? | the headquarters city of X | that is based in X
    Which city houses the head office of X? | the city that houses the head office of X | whose head office is in X
company_founded: company → year
    S opened for business in O. | S has been in business since O. | S began trading in O.
    The year in which S began trading is O.
    In which year did X begin trading? | the first trading year of X
    least began trading earliest | most began trading latest | above began trading after X
    Which year saw the start of trading at X? | the year that saw the start of trading at X
    least went into business earliest | most went into business latest | above went into business after X
staff: company → number
    S has a staff of O. | S keeps O people on its payroll. | S's payroll lists O people.
    The size of the staff of S is O.
    How large is the staff of X? | the staff size of X
    least has the smallest staff | most has the largest staff | above have a staff above X
    How many people are on the payroll of X? | the number of people on the payroll of X
    least has the fewest people on its payroll | most has the most people on its payroll
    above have more than X people on their payroll
parent_company: company → company
    S is owned by O. | S's parent company is O. | S is a subsidiary of O. | The parent company that owns S is O.
    S owns exactly N.
    Which company owns X? | the parent company of X | that is owned by X
    Which company is the owner of X? | the company that owns X | that is a subsidiary of X
supplier: company → company
    S's main supplier is O. | S buys most of its materials from O. | S is supplied mainly by O.
    The main supplier on which S relies is O.
    Which company is the main supplier of X? | the main supplier of X | whose main supplier is X
    Which company is the chief supplier to X? | the chief supplier to X | whose chief supplier is X
director: company → person
    S was directed by O from A to B. | S had O as its director from A to B. | S's director from A to B was O.
    From A to B, the director of S was O.
    In Y, who was the director of X? | the director of X in Y
    During Y, which person directed X? | the person who directed X in Y
school_city: school → city
    S stands in O. | S has its grounds in O. | S teaches its pupils in O. | The city where S has its grounds is O.
    S has within its walls exactly N.
    In which city does X stand? | the city of X | that stands in X
    Which city contains the grounds of X? | the city that contains the grounds of X | whose grounds are in X
benefactor: school → person
    S's benefactor is O. | S lives on the gifts of O. | S is kept open by its benefactor, O.
    The benefactor who pays for S is O.
    Who is the benefactor of X? | the benefactor of X | whose benefactor is X
    Whose gifts support X? | the person whose gifts support X | that is supported by the gifts of X
head_teacher: school → person
    S's head teacher is O. | S is led by its head teacher, O. | S has O as its head teacher.
    The head teacher in charge of S is O.
    Who is the head teacher of X? | the head teacher of X | whose head teacher is X
    Who is the principal of X? | the principal of X | whose principal is X
school_founded: school → year
    S took in its first pupils in O. | S has taught since O. | S held its first lesson in O.
    The year in which S held its first lesson is O.
    In which year did X hold its first lesson? | the first teaching year of X
    least held its first lesson earliest | most held its first lesson latest | above held their first lesson after X
    Which year saw the first lesson at X? | the year that saw the first lesson at X
    least started teaching earliest | most started teaching latest | above started teaching after X
club_city: club → city
    S meets in O. | S has its rooms in O. | S gathers every week in O. | The city where S meets is O.
    S is the meeting place of exactly N.
    In which city does X meet? | the meeting city of X | that meets in X
    Which city hosts the meetings of X? | the city that hosts the meetings of X | whose meetings take place in X
president: club → person
    S's president is O. | S is chaired by its president, O. | S elected O as its president.
    The president who chairs S is O.
    Who is the president of X? | the president of X | whose president is X
    Who chairs X? | the person who chairs X | that is chaired by X
club_founded: club → year
    S was formed in O. | S held its first meeting in O. | S has met since O. | The year in which S was formed is O.
    In which year was X formed? | the year of formation of X
    least was formed earliest | most was formed latest | above were formed after X
    Which year saw the formation of X? | the year that saw the formation of X
    least came into being earliest | most came into being latest | above came into being after X
author: book → person
    S was written by O. | S's author is O. | S came from the pen of O. | The author who wrote S is O.
    S is the author of exactly N.
    Who wrote X? | the author of X | that was written by X
    Who is the writer of X? | the writer of X | whose author is X
publisher: book → company
    S was published by O. | S's publisher is O. | S was brought out by O. | The company that published S is O.
    S is the publisher of exactly N.
    Which company published X? | the publisher of X | that was published by X
    Which company brought out X? | the company that brought out X | that was brought out by X
published: book → year
    S appeared in O. | S was first printed in O. | S reached its readers in O. | The year in which S appeared is O.
    In which year did X appear? | the year of publication of X
    least appeared earliest | most appeared latest | above appeared after X
    Which year saw the publication of X? | the year that saw the publication of X
    least came out earliest | most came out latest | above came out after X
setting: book → city
    S is set in O. | S's story takes place in O. | S follows its characters through O.
    The city in which S is set is O. | S is the setting of exactly N.
    In which city is X set? | the setting of X | that is set in X
    Which city provides the setting for X? | the city that provides the setting for X | whose story takes place in X
dedicatee: book → person
    S is dedicated to O. | S opens with a dedication to O.
    S bears on its first page the name of O, to whom it is dedicated. | The person to whom S is dedicated is O.
    S is the dedicatee of exactly N.
    To whom is X dedicated? | the dedicatee of X | that is dedicated to X
    Who is named in the dedication of X? | the person named in the dedication of X | whose dedication names X
translator: book → person
    S was translated by O. | S's translator is O. | S was put into other languages by O.
    The translator who worked on S is O. | S is the translator of exactly N.
    Who translated X? | the translator of X | that was translated by X
    Who served as translator of X? | the person who translated X | whose translator is X
host_city: festival → city
    S is held in O. | S takes place in O. | S fills the streets of O. | The city that hosts S is O.
    S hosts exactly N.
    In which city is X held? | the host city of X | that is held in X
    Which city hosts X? | the city that hosts X | that takes place in X
first_held: festival → year
    S was first held in O. | S has been celebrated since O. | S drew its first visitors in O.
    The year in which S was first held is O.
    In which year was X first held? | the first year of X
    least was first held earliest | most was first held latest | above were first held after X
    Which year saw the debut of X? | the year that saw the debut of X
    least made its debut earliest | most made its debut latest | above made their debut after X
winner: festival → person
    S's prize was won by O. | S awarded its prize to O. | S ended with a prize for O.
    The winner of the prize of S is O. | S won the prize of exactly N.
    Who won the prize of X? | the prize winner of X | whose prize was won by X
    Who was awarded the prize of X? | the person who was awarded the prize of X | whose prize went to X
sponsor: festival → company
    S is sponsored by O. | S's sponsor is O. | S is paid for by O. | The company that sponsors S is O.
    S is the sponsor of exactly N.
    Which company sponsors X? | the sponsor of X | that is sponsored by X
    Which company funds X? | the company that funds X | that is funded by X
opener: festival → person
    S was opened by O. | S began with a speech by O. | S heard its opening address from O.
    The guest who opened S is O.
    Who opened X? | the opening speaker of X | that was opened by X
    Who gave the opening address at X? | the person who gave the opening address at X
    whose opening address was given by X
"""
