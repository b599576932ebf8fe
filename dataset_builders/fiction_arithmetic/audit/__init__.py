"""Reads rows back and solves them anew, sharing no code with the generator."""
