"""Smaller pages with the same words and the same links."""

from __future__ import annotations

import html
import re

import pytest

pytest.importorskip("mkdocs", reason="needs the extra `site`")

import markdown  # type: ignore[import-untyped] # it has no stubs
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section, get_navigation
from mkdocs.structure.pages import Page

from docgen.formats.base.code import Token, block
from docgen.plugin.nav import names_of_folders, with_names
from docgen.plugin.slim import MANY, near, slim_content, slim_page

MODULES = {"reference/acme/index.md": "acme", "reference/acme/http_v2/index.md": "acme.HTTP_v2"}


def navigation(*classes: str) -> Navigation:
    """Return mkdocs's navigation of a reference with two modules, and some classes in the first."""
    config = MkDocsConfig()
    config.load_dict({"site_name": "s", "docs_dir": ".", "site_dir": "../out"})
    config.validate()
    paths = ["index.md", "reference/index.md", *MODULES, *(f"reference/acme/{name}.md" for name in classes)]
    return get_navigation(Files([File(path, ".", "../out", use_directory_urls=True) for path in paths]), config)


def shape(items: list[Section | Page]) -> list[object]:
    """Return titles, with a list for a section; for pages without a title, their paths."""
    return [
        [item.title, *shape(item.children)] if isinstance(item, Section) else item.title or item.file.src_uri  # type: ignore[arg-type] # mkdocs says less
        for item in items
    ]


def test_modules_have_their_names() -> None:
    """They have the names of modules, not of files; a module without pages below it is not a folder."""
    found = navigation("pump")

    items = with_names(found.items, {"reference": "API reference", **names_of_folders(MODULES)})

    below = ["acme", "reference/acme/index.md", "reference/acme/pump.md", "HTTP_v2"]
    assert shape(items) == ["index.md", ["API reference", "reference/index.md", below]]  # type: ignore[arg-type] # mkdocs says less


@pytest.mark.parametrize(("count", "shown"), [(MANY - 2, MANY), (MANY, 3)], ids=["few", "many"])
def test_a_page_beside_very_many_lists_itself_alone(count: int, shown: int) -> None:
    """The first page of the module lists all of them, and so does every page among few."""
    found = navigation(*(f"c{number:03}" for number in range(count)))
    pages = {page.file.src_uri: page for page in found.pages}

    def listed(path: str) -> int:
        pages[path].active = True
        (section,) = [each for each in near(found.items, pages[path]) if isinstance(each, Section)]
        pages[path].active = False
        acme = next(each for each in section.children if isinstance(each, Section))
        return len(acme.children)

    assert listed("reference/acme/c001.md") == shown
    assert listed("reference/acme/index.md") == count + 2


def test_content_in_less_says_the_same() -> None:
    """Signatures keep their words, lines and links; comments are removed."""
    tokens = [Token("def "), Token("f", "name"), Token("(\n    "), Token("a", "parameter"), Token(",\n    b,\n)\n\nx")]
    before = markdown.markdown(block(tokens, lambda *_: "", lambda name: f'<a href="#{name}">'))

    after = slim_content(before)

    def lines(page: str) -> list[str]:
        ends = re.sub(
            r"<br>\n?|(?<=[^>\n])(?=<span class=\"docgen-line)|(?<=</span>)(?=<span class=\"docgen|\))", "\n", page
        )
        return html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", ends, flags=re.DOTALL)).replace("\xa0", " ").split("\n")

    assert [line for line in lines(after) if line] == ["def f(", "    a,", "    b,", ")", "x"]
    assert "<!--" not in after
    assert 'href="#a"' in after


def test_a_navigation_in_less_says_the_same() -> None:
    """Only blanks are removed, and only inside it."""
    article = '<div class="md-content"> <pre> a  b </pre> </div>'
    page = f'<div class="md-sidebar x"> <nav>\n  <a href="y">\n  a  b\n </a>\n</nav> </div>{article}'

    assert slim_page(page) == f'<div class="md-sidebar x"><nav><a href="y">a b</a></nav></div>{article}'
