"""Which dialect a page is written in: the one in which it comes back from reading and rendering most like itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from docgen.errors import PageError
from docgen.formats.flyte.dialect import Dialect, dialect_names, load_dialect
from docgen.formats.flyte.page_model import Class
from docgen.formats.flyte.parse import parse_page
from docgen.formats.flyte.render import Renderer


def recognise(text: str, path: str) -> Dialect:
    """Return the dialect of a page among those that come with docgen.

    Of several in which it comes back alike: one whose site shows the page's variants, then the one they inherit from.

    Raises:
        PageError: It is no reference page in any of them; the message is that of the dialect that got furthest.
    """
    errors: list[PageError] = []
    likeness: dict[str, tuple[int, bool]] = {}
    for name in dialect_names():
        dialect = load_dialect(name)
        try:
            likeness[name] = _likeness(text, dialect, path)
        except PageError as error:
            errors.append(error)
    if not likeness:
        raise max(errors, key=lambda error: error.line)
    return max(map(load_dialect, likeness), key=lambda each: (*likeness[each.name], -len(each.folders)))


def _likeness(text: str, dialect: Dialect, path: str) -> tuple[int, bool]:
    """Return how many lines come back, less those that do not, and whether the variants are those of the dialect."""
    page = parse_page(text, dialect, path)
    variants = page.front.get("variants", "")
    site = replace(dialect.site, variants=variants)
    renderer = Renderer(dialect, site, page.front.get("version", ""))
    value = page.value
    shown = renderer.class_page(value) if isinstance(value, Class) else renderer.package(value)[0]
    was, now = Counter(text.split("\n")), Counter(shown.text.split("\n"))
    return (was & now).total() - (was - now).total() - (now - was).total(), variants == dialect.site.variants
