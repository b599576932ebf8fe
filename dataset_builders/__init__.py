"""Dataset builders: one folder each, with the builder, its templates and its dataset card."""
