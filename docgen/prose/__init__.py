"""Reads docstrings into sections, and converts markup to Markdown.

Takes docstrings of any package, in the styles of Google, NumPy, Sphinx and epytext or in none. Other packages decide
which docstring a symbol has, and where its sections are shown. `sections` has the values, `read` reads them and
converts markup to Markdown, `style` finds the style of a package, `summary` the first sentence of a string, and `words`
checks that nothing is lost.
"""
