"""Training recipes: one readable file each, with their configs beside them."""
