"""The site as a reader meets it: in a browser, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import browsing, build_site, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a freshly built site, served on this machine alone."""
    folder = tmp_path_factory.mktemp("site")
    build_site(ROOT, folder)
    with served(folder) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """A page of headless Chromium that fails the test on a console error or a request off the machine."""
    with browsing(address) as page:
        yield page


def test_start_page_says_what_assay_is(page: Page, address: str) -> None:
    """The start page names the product and shows both commands; nothing is asked of another machine."""
    page.goto(address)

    text = page.text_content("article") or ""  # tabs that are not open included

    assert "Assay" in page.title()
    assert "docgen build" in text
    assert "conformance run" in text


def test_search_finds_a_method(page: Page, address: str) -> None:
    """A search for `override` lists the reference page of the template, at the method's own heading."""
    page.goto(address)
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('input.md-search__input')")
    page.keyboard.type("override")
    page.wait_for_selector(".md-search-result__item a")

    links = page.eval_on_selector_all(".md-search-result__item a", "all => all.map(one => one.href)")

    assert any("#override" in link and "reference_impl" in link for link in links), links


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_pages_fit_their_width(page: Page, address: str, width: int) -> None:
    """No page is wider than the screen: long signatures and tables scroll inside their own box."""
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", "/understand/architecture/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
