"""Makes the HTML of pages smaller, and long signatures wrap well, without changing their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

MANY = 40
"""If a module has more pages than this, only the page of the module lists all of them in the navigation."""
_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_SIGNATURE = re.compile(r'(<code class="highlight" style="display:block;[^"]*">)(.*?)(</code>)', re.DOTALL)
_LINE_END = re.compile(r"<br ?/?>\n")
_INDENT = re.compile(r"(?:&nbsp;|\N{NO-BREAK SPACE})+")
_NAVIGATION = re.compile(r'<div class="md-sidebar .*?(?=<div class="md-content")', re.DOTALL)
_BLANKS = re.compile(r"\s+")
_AROUND_TAGS = re.compile(r" ?([<>]) ?")


def slim_content(html: str) -> str:
    """Return the content of a page without comments, and with each parameter of a signature in a separate element.

    The style of the element indents the continuation of a line that does not fit, which leading spaces cannot do.
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
    """Return a page without the whitespace in its navigation, which takes more than half of the size."""
    return _NAVIGATION.sub(lambda found: _AROUND_TAGS.sub(r"\1", _BLANKS.sub(" ", found[0])), html, count=1)


def near(items: Sequence[StructureItem], page: Page) -> list[StructureItem]:
    """Return the navigation for one page: if a module has very many pages, the others are left out.

    Parameters:
        items: The whole navigation; the function does not change it.
        page: The page that is rendered, which is active.
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
