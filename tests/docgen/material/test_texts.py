"""No text of a docstring breaks its page, runs code, or has a dead link."""

from __future__ import annotations

import re
from html import unescape

import markdown  # type: ignore[import-untyped] # it has no stubs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.formats.base import cells
from docgen.formats.base.blocks import label_of, tidy, with_joined_lines, with_levels
from docgen.formats.base.inline import canonical, read, shown
from tests.docgen.material.models import TEXTS, TYPES, VALUES

EXTENSIONS = ["toc", "tables", "fenced_code"]
"""What mkdocs switches on for every project."""
PUBLIC = {"shop.A": "a.md#shop.A", "shop.load": "index.md#shop.load"}


def resolve(name: str) -> str | None:
    """Return the public path of a name of the shop, or an address outside."""
    if name == "elsewhere.B":
        return "https://else.example/#B"
    path = f"shop{name}" if name.startswith(".") else name
    return path if path in PUBLIC else None


def printed(text: str) -> str:
    """Return a text as printed on a page."""
    return shown(canonical(tidy(text), resolve), lambda path: PUBLIC.get(path, ""))


def html_of(text: str) -> str:
    """Return the HTML that mkdocs makes of Markdown."""
    return str(markdown.markdown(text, extensions=EXTENSIONS))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("See [A][shop.A].", "See [A](a.md#shop.A)."),
        ("See [`A`][shop.A].", "See [`A`](a.md#shop.A)."),
        ("See [`load`][load] and [`gone`][gone].", "See [`load`](index.md#shop.load) and `gone`."),
        ("See `load`.", "See `load`."),  # a parameter or a value more often than a symbol
        ("The cell `<![x|y`.", "The cell <code>&#60;&#33;\\[x&#124;y</code>."),  # mkdocs stops at such a declaration
        ("See [shop.A][].", "See [shop.A](a.md#shop.A)."),
        ("See `shop.load()`.", "See [`shop.load()`](index.md#shop.load)."),
        ("See ``shop.load``.", "See `shop.load`."),  # two ticks: written as code on purpose
        ("See [B][elsewhere.B].", "See [B](https://else.example/#B)."),
        ("See [it][shop.gone].", "See it (`shop.gone`)."),
        ("In a code block:\n\n```\n[A][shop.A] `shop.A`\n```", "In a code block:\n\n```\n[A][shop.A] `shop.A`\n```"),
        ("[guide](../guide.md)", "guide (`../guide.md`)"),
        ("[out](https://a.example/b_(c))", "[out](https://a.example/b_(c))"),
        ("[A text][1].\n\n[1]: https://a.example", "[A text](https://a.example)."),
        ("[1] alone.\n\n[1]: https://a.example", "[1](https://a.example) alone."),
        ("<b> and <https://a.example>", "&lt;b> and <https://a.example>"),
        ("`<b>` is code", "`<b>` is code"),
        ("{{ x }} and {% raw %}", "&#123;&#123; x }} and &#123;% raw %}"),
        ("*a*{: .b onclick=c() }", "*a*&#123;: .b onclick=c() }"),
        ("`{{ x }}` is code", "`{{ x }}` is code"),
        ("/// html | script\nx\n///", "&#47;// html | script\nx\n&#47;//"),
        ("- /// html | script", "- &#47;// html | script"),
        ('```html" onclick="x\ny\n```', "```html\ny\n```"),
        ('```{ .python onclick="x" }\ny\n```', "```python\ny\n```"),
        ('```python title="a b"\ny\n```', '```python title="a b"\ny\n```'),
        ("#include is no heading", "\\#include is no heading"),
        ("Title\n=====\n\nText", "# Title\n\nText"),
        ("### Deep\n\n##### Deeper", "# Deep\n\n## Deeper"),
        ("```python\nnever closed", "```python\nnever closed\n```"),
        ('!!! tip "Read"\n    this', "> **Read**\n>\n> this"),
        ("**Returns:** no section", "__Returns:__ no section"),
    ],
)
def test_texts_are_printed(written: str, expected: str) -> None:
    """References become links, broken ones become words, and the meaning does not change."""
    assert printed(written) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x]( JavaScript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](data:text/html,<script>)",
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[x][y]\n\n[y]:\njavascript:alert(1)",
        "[x][y]\n\n- [y]: javascript:alert(1)",
        "[x][y]\n\n> [y]: javascript:alert(1) (a (b))",
        "<script>alert(1)</script>",
        "\\<script>alert(1)</script>",
        "- a\n\n    <script>alert(1)</script>",
        "`a\n<script>alert(1)</script>` b",
        "<div onclick='alert(1)'>\n\n</div>",
        "![a](x onerror=alert(1))",
        "</p><img src=x onerror=alert(1)>",
    ],
)
def test_no_text_runs_code(text: str) -> None:
    """For any docstring, its page has no element and no address that a browser would run."""
    html = html_of(printed(text))

    assert not re.search(r"<(?:script|img|div)|(?:href|src)=\"\s*(?:javascript|data)", html, re.IGNORECASE), html


@given(text=TEXTS | st.text(max_size=60))
def test_making_a_text_canonical_twice_changes_nothing(text: str) -> None:
    """`canonical` and `tidy` are idempotent together."""
    once = canonical(tidy(text), resolve)

    assert canonical(tidy(once), resolve) == once


@given(text=TEXTS | st.text(max_size=60), level=st.integers(1, 3))
def test_reading_a_text_gives_what_was_printed(text: str, level: int) -> None:
    """The canonical text is returned, for any level of its headings on the page."""
    once = canonical(tidy(text), resolve)

    page = with_levels(shown(once, lambda path: PUBLIC.get(path, "")), level)

    assert with_levels(read(page), 1) == once


@given(text=TEXTS | st.text(max_size=60))
def test_a_text_stays_in_its_place(text: str) -> None:
    """A text does not absorb what follows it: fences are closed, and no line looks like a label or an anchor."""
    page = printed(text)

    html = html_of(f"{page}\n\nAfter the text.")

    assert "<p>After the text.</p>" in html or re.search(r"<li>\s*<p>|After the text\.", html)
    assert "After the text" not in "".join(re.findall(r"<code.*?</code>", html, re.DOTALL))
    assert not any(label_of(line) for line in _outside_fences(page))


def _outside_fences(text: str) -> list[str]:
    return re.sub(r"^ *(```+|~~~+).*?^ *\1 *$", "", text, flags=re.DOTALL | re.MULTILINE).split("\n")


@given(text=TEXTS | st.text(max_size=60), code=TYPES | VALUES | st.text(max_size=20))
def test_tables_keep_their_columns(text: str, code: str) -> None:
    """Two columns stay two, for any cells, both for Markdown's own table and for a plain split."""
    line = " ".join(code.split()).replace("\x00", "")
    description = cells.text_cell(with_joined_lines(printed(text)).split("\n\n")[0].replace("\n", " "))

    table = cells.table(("Name", "Description"), [(cells.code_cell(line) or "`x`", description or "-")])

    assert [len(cells.cells(row)) for row in table.split("\n")] == [2, 2, 2]


@given(code=TYPES | VALUES | st.text(max_size=20))
def test_code_in_a_cell_can_be_read(code: str) -> None:
    """Code is read back from a cell unchanged, including bars and backticks."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", "", code).split())

    assert cells.read_code(cells.code_cell(line)) == line


@pytest.mark.parametrize("code", ["a|b", "a | b", "`", "``a``", "'|'", "x | `y`", "\\d+|x", "*a* | _b_", "<b>|&amp;"])
def test_code_in_a_cell_is_shown_as_it_is(code: str) -> None:
    """A reader sees the code itself, character by character."""
    table = cells.table(("Code", "Text"), [(cells.code_cell(code), "x")])

    html = html_of(table)

    shown_cell = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)[0]
    assert unescape(re.sub(r"</?code>", "", shown_cell)) == code
