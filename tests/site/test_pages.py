"""The site as a reader meets it: in a browser, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import SCHEMES, WIDTHS, browsing, build_site, search, served, violations

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
    """The start page names the product and shows both commands; no other machine is contacted."""
    page.goto(address)

    text = page.text_content("article") or ""  # tabs that are not open included

    assert "Assay" in page.title()
    assert "docgen build" in text
    assert "conformance run" in text


def test_search_finds_a_method(page: Page, address: str) -> None:
    """A search for `override` lists the reference page of the template, at the method's own heading."""
    page.goto(address)

    links = search(page, "override")

    assert any("#override" in link and "reference_impl" in link for link in links), links


@pytest.mark.parametrize("rule", ["OVR-15a", "CON-11"])
def test_search_for_a_rule_lands_on_it(page: Page, address: str, rule: str) -> None:
    """Each rule has a heading of its own; the first result of a search leads there."""
    page.goto(address)

    links = search(page, rule)

    assert next(link for link in links if "#" in link).startswith(f"{address}/rules/"), links[:5]
    assert f"#{rule.lower()}" in next(link for link in links if "#" in link), links[:5]


def test_a_name_leads_to_what_it_stands_for(page: Page, address: str) -> None:
    """A rule and a code that a page names are links to their places."""
    for path, name, home in (
        ("/guide/tutorial/", "OVR-15a", "/rules/#ovr-15a"),
        ("/understand/static/", "DG107", "/findings/#dg107"),
    ):
        page.goto(address + path)
        page.locator(f"a:has-text('{name}')").first.click()
        page.wait_for_url(f"{address}{home}")
        assert page.locator(f"[id='{home.partition('#')[2]}']").count() == 1


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_start_page_and_search_are_accessible(address: str, width: int, scheme: str) -> None:
    """axe-core finds nothing serious on the start page, on a how-to, and in the results of a search."""
    with browsing(address, width=width, scheme=scheme) as page:
        for path in ("/guide/document-your-package/", "/"):
            page.goto(address + path)
            assert not violations(page)
        search(page, "docgen build")
        page.wait_for_timeout(500)  # the list slides in
        assert not violations(page)


def test_tables_of_verdicts_fit_a_desktop(page: Page, address: str) -> None:
    """They can be read without scrolling sideways."""
    if not (ROOT / "site" / "verdicts" / "index.md").is_file():
        pytest.skip("`make site` has not judged anything here yet")
    page.goto(f"{address}/verdicts/")

    wide = page.evaluate(
        "[...document.querySelectorAll('.md-typeset__scrollwrap')].map(e => e.scrollWidth - e.clientWidth)"
    )

    assert wide
    assert max(wide) <= 0


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_pages_fit_their_width(page: Page, address: str, width: int) -> None:
    """No page is wider than the screen: long signatures and tables scroll inside their own box."""
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", "/understand/architecture/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
