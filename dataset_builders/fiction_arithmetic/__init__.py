"""Quantities of invented places, linked by sums, products and comparisons."""
