"""The second opinion: reads a row's English (`text.py`), draws its own conclusions in clingo (`logic.py`, `rules.lp`) by its
own definitions of kinship (`terms.py`), and says where the row is wrong (`check.py`). It shares no code with what makes
the rows.
"""
