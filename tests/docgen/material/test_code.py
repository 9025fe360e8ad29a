"""Code on a page: with any extensions of Markdown, a reader sees the code itself, and it can be read back."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docgen.formats.base import cells
from docgen.formats.base.code import Token, block, coloured, read_block, with_fences, without_markup
from docgen.formats.base.signatures import signature_tokens
from docgen.model import Annotation, Parameter, Signature, Value
from tests.docgen.material.models import TYPES, VALUES, signatures

markdown = pytest.importorskip("markdown", reason="needs the extra `mkdocs`")
PLAIN = ["tables", "toc", "fenced_code"]
"""What mkdocs switches on by itself."""
EVERYTHING = [
    *PLAIN, "attr_list", "smarty", "footnotes", "abbr", "def_list", "md_in_html", "pymdownx.betterem", "pymdownx.caret",
    "pymdownx.tilde", "pymdownx.mark", "pymdownx.keys", "pymdownx.smartsymbols", "pymdownx.magiclink",
    "pymdownx.inlinehilite", "pymdownx.superfences", "pymdownx.highlight", "pymdownx.arithmatex", "pymdownx.emoji",
    "pymdownx.critic", "pymdownx.tasklist",
]  # fmt: skip
CODE = (
    TYPES
    | VALUES
    | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
).map(lambda text: " ".join(text.split()))


class _Seen(HTMLParser):
    """Collects the text of a page, and the names of its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as it is called
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(text: str, extensions: list[str]) -> _Seen:
    """Return what a reader sees of a page."""
    page = _Seen()
    page.feed(markdown.markdown(text, extensions=extensions))
    page.text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    return page


def nowhere(*_: object) -> str:
    """Return no address."""
    return ""


@pytest.mark.parametrize("extensions", [PLAIN, EVERYTHING], ids=["plain", "every extension"])
@given(code=CODE.filter(bool))
@example(code="'<script>alert(1)</script>'")
@example(code="{.evil onclick='x'}")
@example(code="{'a': 1}")
@example(code="https://a.example/b_c_d")
@example(code="a -- b ... (c) ==x== ~~y~~ ++ctrl++ :smile: H~2~O x^2^ --> != 1/2")
@example(code="[x](javascript:alert(1))")
@example(code="$x_1$ \\( y \\)")
def test_code_is_shown_as_it_is(extensions: list[str], code: str) -> None:
    """No part of a type or a default becomes markup: no curled quotes, links or attributes."""
    page = seen(block([Token("def "), Token(code, "value")], nowhere, nowhere), extensions)

    assert page.text.strip() == f"def {code}"
    assert set(page.elements) <= {"p", "code", "span"}


@given(code=CODE.filter(bool))
def test_code_in_a_table_keeps_its_cell(code: str) -> None:
    """A cell is one cell, with unchanged code."""
    table = cells.table(("A", "B"), [(cells.linked_code(code, lambda name: f"x.md#{name}"), "`end`")])

    page = seen(table, PLAIN)

    assert page.elements.count("td") == 2
    assert "".join(page.text.split()) == "".join(f"AB{code}end".split())


@given(code=CODE.filter(bool))
def test_code_reads_back(code: str) -> None:
    """Colours, links and escapes are removed, and the code is left."""
    assert without_markup(coloured(code, lambda name: f"a/{name}.md#{name}(x)")) == code
    assert cells.read_code(cells.linked_code(code, lambda name: f"a/{name}.md")) == code


@given(signature=signatures())
def test_a_signature_reads_back(signature: Signature) -> None:
    """With the comment above it, and as a fence for programs."""
    tokens = signature_tokens("async def run", signature)
    text = block(tokens, lambda _annotation, name: f"x.md#{name}", lambda name: f'<a class="n" href="#f({name})">')
    plain = "".join(token.text for token in tokens)

    found = read_block(["Above.", "", *text.split("\n"), "", "Below."])

    assert found is not None
    assert (found[0], found[2]) == (2, plain)
    assert with_fences(f"A.\n\n{text}\n\nB.") == f"A.\n\n```python\n{plain}\n```\n\nB."


def test_a_signature_has_links_and_colours() -> None:
    """Types are linked, parameters are linked to their rows; keywords, names and strings have classes of Pygments."""
    card = Annotation(written="Card | None", links=(("Card", "card.md#shop.Card"),))
    parameter = Parameter(name="card", annotation=card, default=Value(text="'-'"))

    text = block(
        signature_tokens("def pay", Signature(parameters=(parameter,))),
        lambda annotation, name: dict(annotation.links).get(name, "") if annotation else "",
        lambda name: f'<a class="n" href="#pay({name})">',
    )

    assert text.endswith(
        '<span class="k">def</span> <span class="nf">pay</span>(<a class="n" href="#pay(card)">card</a>: '
        '*[Card](card.md#shop.Card)* | None = <span class="s">&#39;-&#39;</span>)</code>'
    )
