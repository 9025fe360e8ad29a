"""The HTML matrix in a browser: no script, nothing from elsewhere, any width, filters that work by style alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.engine.reports import formats
from tests.browsing import FLAGS, chromium
from tests.conformance.engine.test_reports import MIXED

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_the_matrix_can_be_read_and_filtered(width: int, scheme: str, tmp_path: Path) -> None:
    """It fits the width, asks for nothing, and hides what a box is unchecked for, with scripts switched off."""
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
    # Nobody has to scroll sideways to read what was found, and it is still a table.
    assert message_box["x"] + message_box["width"] <= width
    assert caption_box is not None
    assert caption_box["width"] > 3 * caption_box["height"]
    assert headers[0] == 1
    assert headers[1] >= without_group
    assert page_width is not None
    assert page_width["width"] <= width
