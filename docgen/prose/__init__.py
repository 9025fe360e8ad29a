"""Docstrings in, sections out; markup in, Markdown out.

Takes docstrings of any package, in the styles of Google, NumPy, Sphinx and epytext or in none. Which docstring a
symbol has, and where its sections stand on a page, is decided elsewhere. `sections` has the values, `read` reads them
and turns markup into Markdown, `style` finds the style of a package, `summary` the first sentence of a string, and
`words` has the law that nothing is lost.
"""
