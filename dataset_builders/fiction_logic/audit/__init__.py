"""The audit of fiction_logic: reads a puzzle's English, solves it with clingo, and judges the whole row by that."""
