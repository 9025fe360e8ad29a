"""The HTML matrix in a browser: no external resources, any width; without scripts, only the text filter is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.engine.reports import formats
from conformance.engine.reports.pages import to_html
from tests.browsing import FLAGS, SCHEMES, WIDTHS, browsing, chromium, served, violations
from tests.conformance.engine.test_reports import MIXED

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_the_matrix_can_be_read_and_filtered(width: int, scheme: str, tmp_path: Path) -> None:
    """With scripts off, it fits the width, requests nothing, and hides rows whose box is unchecked."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = tmp_path / "matrix.html"
    path.write_text(formats.FORMATS["html"](MIXED), encoding="utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=False
        )
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        rows = page.locator("tbody tr[data-level]:visible")
        everything = rows.count()
        page.locator("#group-AAA").uncheck()
        without_group = rows.count()
        page.locator("details summary", has_text="deviates").first.click()
        message = page.locator("details[open] pre").first.inner_text()
        message_box = page.locator("details[open] pre").first.bounding_box()
        headers = page.get_by_role("columnheader", name="Statement").count(), page.get_by_role("rowheader").count()
        caption_box = page.locator("#matrix caption").bounding_box()
        page_width = page.locator("html").bounding_box()
        browser.close()

    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert (everything, without_group) == (8, 3)
    assert "second line" in message
    assert message_box is not None
    # The results can be read without scrolling sideways, and the page still has a table.
    assert message_box["x"] + message_box["width"] <= width
    assert caption_box is not None
    assert caption_box["width"] > 3 * caption_box["height"]
    assert headers[0] == 1
    assert headers[1] >= without_group
    assert page_width is not None
    assert page_width["width"] <= width


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_matrix_is_accessible(width: int, scheme: str, tmp_path: Path) -> None:
    """axe-core finds nothing serious, with everything folded and with a message open."""
    (tmp_path / "matrix.html").write_text(to_html(MIXED, back="./"), encoding="utf-8")
    with served(tmp_path) as address, browsing(address, width=width, scheme=scheme) as page:
        page.goto(f"{address}/matrix.html")
        assert not violations(page)
        page.locator("details summary", has_text="deviates").first.click()
        assert not violations(page)


def test_the_matrix_is_filtered_by_text_and_leads_back(tmp_path: Path) -> None:
    """Every word counts, in any part of a row; the number of remaining rules is shown."""
    (tmp_path / "index.html").write_text("<title>Start</title><link rel=icon href=data:,>", encoding="utf-8")
    (tmp_path / "matrix.html").write_text(to_html(MIXED, back="./"), encoding="utf-8")
    with served(tmp_path) as address, browsing(address) as page:
        page.goto(f"{address}/matrix.html")
        rows = page.locator("tbody tr[data-level]:visible")
        everything = rows.count()
        page.get_by_label("Text").fill("bbb-01 DEVIATES")
        found = [rows.nth(number).get_attribute("id") for number in range(rows.count())]
        output = page.get_by_role("status").inner_text()
        page.get_by_label("Text").fill("")
        again = rows.count()
        page.get_by_text("Back to the site").click()
        title = page.title()

    assert found == ["BBB-01"]
    assert output == f"1 of {everything} rules"
    assert again == everything
    assert title == "Start"
