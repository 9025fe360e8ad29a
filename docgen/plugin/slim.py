"""Pages of a site made smaller, and their signatures fit for narrow screens, without another word on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

MANY = 40
"""Pages of one module from which on each lists itself alone beside the content; the page of the module lists all."""
_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_SIGNATURE = re.compile(r'(<code class="highlight" style="display:block;[^"]*">)(.*?)(</code>)', re.DOTALL)
_LINE_END = re.compile(r"<br ?/?>\n")
_INDENT = re.compile(r"(?:&nbsp;|\N{NO-BREAK SPACE})+")
_NAVIGATION = re.compile(r'<div class="md-sidebar .*?(?=<div class="md-content")', re.DOTALL)
_BLANKS = re.compile(r"\s+")
_AROUND_TAGS = re.compile(r" ?([<>]) ?")


def slim_content(html: str) -> str:
    """Return the content of a page of a reference without comments, each parameter of a signature in a box of its own.

    The box has a line that does not fit continue further to the right, which blanks before it cannot do.
    """
    return _SIGNATURE.sub(lambda found: f"{found[1]}{_boxes(found[2])}{found[3]}", _COMMENT.sub("", html))


def _boxes(code: str) -> str:
    shown, is_inline = "", False
    for line in _LINE_END.split(code):
        indent = _INDENT.match(line)
        if indent:
            depth = indent[0].replace("&nbsp;", " ")
            shown += f'<span class="docgen-line">{" " * len(depth)}{line[indent.end() :]}</span>'
        else:
            shown += f"<br>\n{line}" if is_inline else line
        is_inline = indent is None
    return shown


def slim_page(html: str) -> str:
    """Return a page without the blanks in its navigation, which are more than half of it."""
    return _NAVIGATION.sub(lambda found: _AROUND_TAGS.sub(r"\1", _BLANKS.sub(" ", found[0])), html, count=1)


def near(items: Sequence[StructureItem], page: Page) -> list[StructureItem]:
    """Return a navigation as a page shows it: of very many pages beside it, none but the first ones of modules.

    Parameters:
        items: Of the navigation; they are not changed.
        page: That is shown, and therefore active.
    """
    shown: list[StructureItem] = []
    for item in items:
        if isinstance(item, Section) and item.active:
            part = copy(item)
            part.children = near(item.children, page)
            if len(part.children) > MANY and part.children[0] is not page and page in part.children:
                part.children = [each for each in part.children if each is page or not _is_symbol(each)]
            shown.append(part)
        else:
            shown.append(item)
    return shown


def _is_symbol(item: StructureItem) -> bool:
    return isinstance(item, Page) and not item.is_index
