"""References to symbols in hand-written pages."""

from __future__ import annotations

import pytest

from docgen.plugin.prose import References

SYMBOLS = {
    "acme": "reference/acme/index.md#acme",
    "acme.Thing": "reference/acme/thing.md#acme.Thing",
    "acme.Thing.grow": "reference/acme/thing.md#acme.Thing.grow",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a thing][acme.Thing]", "[a thing](../reference/acme/thing.md#acme.Thing)"),
        ("[`grow`][acme.Thing.grow].", "[`grow`](../reference/acme/thing.md#acme.Thing.grow)."),
        ("[`acme.Thing`][]", "[`acme.Thing`](../reference/acme/thing.md#acme.Thing)"),
        ("[all of it][acme]", "[all of it](../reference/acme/index.md#acme)"),
        ("`[a][acme.Thing]`", "`[a][acme.Thing]`"),
        ("``[`a`][acme.Thing]``", "``[`a`][acme.Thing]``"),
        ("```\n[a][acme.Thing]\n```\n", "```\n[a][acme.Thing]\n```\n"),
        ("~~~ py\n[a][acme.Thing]", "~~~ py\n[a][acme.Thing]"),
        (r"\[a][acme.Thing]", r"\[a][acme.Thing]"),
        ("![a][acme.Thing]", "![a][acme.Thing]"),
        ("[a][acme.Thing]\n\n[acme.Thing]: https://x.org", "[a][acme.Thing]\n\n[acme.Thing]: https://x.org"),
        ("[a][other.Thing] x[0][1] [b][]", "[a][other.Thing] x[0][1] [b][]"),
    ],
)
def test_references_become_links_where_they_are_text(text: str, expected: str) -> None:
    """Code, images, names that the page defines itself, and other names are not changed."""
    warnings: list[str] = []

    assert References(SYMBOLS).resolve(text, "guide/start.md", warnings.append) == expected
    assert warnings == []


def test_a_name_that_begins_like_a_symbol_and_is_none_is_named() -> None:
    """The message has the nearest symbol, and the page stays readable."""
    warnings: list[str] = []

    text = References(SYMBOLS).resolve("[x][acme.Thin]", "index.md", warnings.append)

    assert text == "[x][acme.Thin]"
    assert warnings == ["index.md: [x][acme.Thin] names no symbol. Did you mean acme.Thing?"]


def test_it_is_known_whether_what_pages_use_has_moved() -> None:
    """Only symbols that a page names count, including missing ones."""
    references = References(SYMBOLS)
    references.resolve("[x][acme.Thing] [y][acme.new]", "index.md", lambda _: None)

    assert not references.moved({**SYMBOLS, "acme.other": "reference/acme/other.md#acme.other"})
    assert references.moved({**SYMBOLS, "acme.Thing": "reference/acme/index.md#acme.Thing"})
    assert references.moved({**SYMBOLS, "acme.new": "reference/acme/index.md#acme.new"})
