"""Metrics: one folder each, loadable with `evaluate.load`, all of them thin over `synthrl.rewards` and `synthrl.answers`."""
