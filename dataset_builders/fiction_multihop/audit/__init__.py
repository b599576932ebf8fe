"""The second opinion: reads a row's English, draws its own conclusions in clingo, and says where the row is wrong.

It shares no code with what makes the rows: it knows the documented wording (`wording.py`) and the columns. Sentences
become facts (`grammar.py`, `text.py`), the question a tree (`questions.py`), both a logic program (`logic.py`,
`rules.lp`) that is solved for all of the text and for all of it without each supporting sentence (`check.py`).
"""
