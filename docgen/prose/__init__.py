"""Docstrings in, sections out; markup in, Markdown out."""
