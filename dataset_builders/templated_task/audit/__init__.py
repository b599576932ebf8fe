"""The second opinion: reads a row's question anew and works the answer out in another way.

It shares no code with what makes the rows. Each task's file has a `check`: regular expressions that find the numbers in
the question, whatever its phrasing, and a template that gets from them to the answer by another route than the task's own:
backwards, or by trying all that it could be.
"""
