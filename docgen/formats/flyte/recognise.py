"""Measures how much of a page is in a dialect: the lines that are the same after parsing and rendering."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from docgen.formats.flyte.dialect import Dialect
from docgen.formats.flyte.page_model import Class
from docgen.formats.flyte.parse import parse_page
from docgen.formats.flyte.render import Renderer
from docgen.formats.seam import LINE


def likeness(text: str, dialect: Dialect, path: str) -> int:
    """Return how many lines of a page are the same after parsing and rendering, minus those that are not.

    If this is equal for several dialects, the last digits decide: a dialect whose site shows the page's variants comes
    first, then one that others inherit from.

    Raises:
        PageError: It is not a reference page in this dialect.
    """
    page = parse_page(text, dialect, path)
    variants = page.front.get("variants", "")
    site = replace(dialect.site, variants=variants)
    renderer = Renderer(dialect, site, page.front.get("version", ""))
    value = page.value
    shown = renderer.class_page(value) if isinstance(value, Class) else renderer.package(value)[0]
    was, now = Counter(text.split("\n")), Counter(shown.text.split("\n"))
    lines = (was & now).total() - (was - now).total() - (now - was).total()
    return lines * LINE + (variants == dialect.site.variants) * LINE // 2 - len(dialect.folders)
