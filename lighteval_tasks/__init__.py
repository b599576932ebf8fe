"""lighteval tasks: one page each, sharing the prompt and the scorer with training."""
