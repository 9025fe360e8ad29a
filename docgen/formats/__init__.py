"""Formats: how docstrings are read, how pages are printed, how pages are parsed; one folder for each family."""
