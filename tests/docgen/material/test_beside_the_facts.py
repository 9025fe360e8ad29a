"""Additions of pages to the model: the inheritance of a class, the history of symbols, their source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docgen.errors import SettingError
from docgen.formats.base.check import broken_links
from docgen.formats.material.parse import parse_pages
from docgen.formats.material.render import Settings, pages
from docgen.formats.material.visible import visible
from docgen.model import (
    Alias,
    Annotation,
    Attribute,
    Class,
    Docstring,
    Function,
    Location,
    Module,
    Parameter,
    Receiver,
    Reference,
    Signature,
    Type,
    TypeKind,
)
from docgen.prose.sections import Section, SectionKind

SOURCE = 'import os\n\n\nclass Cart:\n    def pay(self, card):\n        return "```"\n'


def derived(name: str, *bases: str) -> Class:
    """Return a class of `shop` that derives from others by the paths of their definitions."""
    written = tuple(
        Annotation(written=base.rpartition(".")[2], type=Type(kind=TypeKind.NAME, name=base)) for base in bases
    )
    return Class(name=name, path=f"shop.{name}", bases=written, mro=bases)


def texts(reference: Reference, settings: Settings | None = None) -> dict[str, str]:
    """Return the pages of a reference: path -> text."""
    return {page.path: page.text for page in pages(reference, settings)[0]}


def shop(*classes: Class, bases: tuple[Class, ...] = ()) -> Reference:
    """Return a reference of one package with a page for each class."""
    module = Module(name="shop", is_package=True, classes=classes)
    return Reference(distribution="shop", version="2.0", modules=(module,), bases=bases)


PAY = Function(
    name="pay",
    path="shop.Cart.pay",
    location=Location(file="shop.py", line=5, end_line=6),
    receiver=Receiver.INSTANCE,
    signature=Signature(parameters=(Parameter(name="card"),)),
    docstring=Docstring(raw="", sections=(Section(kind=SectionKind.TEXT, text="Pay."),)),
)
CART = Class(name="Cart", path="shop.Cart", methods=(PAY,), attributes=(Attribute(name="owner"),))


def test_a_picture_shows_ancestors_and_subclasses() -> None:
    """As SVG with a title, a text alternative and links that the build checks; there is none for direct bases only."""
    middle = derived("Middle", "shop.Top", "other.Mixin")
    reference = shop(derived("Top"), middle, derived("Low", "shop.Middle"), derived("Side", "other.Mixin"))

    found = texts(reference)

    page = found["shop/middle.md"]
    assert '<title id="shop.Middle:title">Inheritance of Middle</title>' in page
    assert "Middle derives from Top, Mixin. Low derives from Middle.</desc>" in page
    assert 'aria-labelledby="shop.Middle:title shop.Middle:text"' in page
    assert re.search(r"<text [^<]*>\[Top\]\(top\.md#shop\.Top\)</text>", page)
    assert re.search(r"<text [^<]*>Mixin</text>", page)
    assert not list(broken_links(found))
    assert "<svg" in found["shop/low.md"]
    assert "<svg" not in found["shop/side.md"]


def test_a_picture_ends_where_classes_derive_from_each_other() -> None:
    """A hierarchy that no interpreter accepts still has a page."""
    assert "<svg" in texts(shop(derived("A", "shop.B"), derived("B", "shop.A")))["shop/a.md"]


def test_the_history_says_when_symbols_were_added_and_changed(tmp_path: Path) -> None:
    """On a line of a function, with links to its parameters, and in the row of an attribute; reading skips it."""
    lives = {
        "shop.Cart.pay": {
            "added": "1.1",
            "parameters": {"card": {"added": "1.2"}, "cash": {"removed": "2.0"}},
            "changes": [
                {"version": "1.2", "code": "DG601", "level": "minor", "text": "`card` added, optional"},
                {"version": "1.3", "code": "DG643", "level": "major", "text": "the result: `int` -> `<b>`"},
            ],
        },
        "shop.Cart.owner": {"added": "1.4"},
    }
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"distribution": "shop", "versions": ["1.0", "2.0"], "symbols": lives}))
    settings = Settings(history=str(file), layout="class")

    found = texts(shop(CART), settings)

    page = found["shop/cart.md"]
    assert (
        'History: added in 1.1, <a href="#shop.Cart.pay(card)">`card`</a> added in 1.2, `cash` removed in 2.0, '
        "changed in 1.3 (the result: `int` -> `<b>`).\n"
    ) in page
    assert "`owner`</a> | *Added in 1.4* |" in page
    assert parse_pages(found) == visible(shop(CART), settings)


def test_a_history_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """The message says how to recreate it."""
    with pytest.raises(SettingError, match="docgen history NAME --from OLD --to NEW --format json"):
        pages(shop(CART), Settings(history=str(tmp_path / "none.json")))


def test_the_source_is_folded_below_a_function(tmp_path: Path) -> None:
    """As written, except for its margin and fences; reading the page skips it."""
    (tmp_path / "shop.py").write_text(SOURCE)
    settings = Settings(sources=str(tmp_path), layout="class")

    found = texts(shop(CART), settings)

    code = '````python\ndef pay(self, card):\n    return "```"\n````'
    assert f'<details class="docgen-source">\n<summary>Source code</summary>\n\n{code}\n' in found["shop/cart.md"]
    assert parse_pages(found) == visible(shop(CART), settings)


def test_a_search_finds_symbols_and_not_their_other_names() -> None:
    """The rows of re-exports are excluded from the search of Material; they keep their anchors."""
    there = Module(name="shop.api", aliases=(Alias(name="Cart", target="shop.Cart", kind="class"),))
    reference = Reference(distribution="shop", version="", modules=(*shop(CART).modules, there))

    page = texts(reference)["shop/api/index.md"]

    assert '<a id="shop.api.Cart" href="#shop.api.Cart" data-search-exclude>`Cart`</a>' in page
    assert "<span data-search-exclude>[`shop.Cart`](../cart.md#shop.Cart)</span>" in page
