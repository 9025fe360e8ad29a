"""Finds the differences of two references, by the kind of symbol and by what users can notice."""
