"""Logic puzzles with invented names: knights and knaves, orderings, rules to be chained."""
