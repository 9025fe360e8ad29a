"""The content-security-policy line that `tools/csp.py` prints: our site works under it, and nothing else runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.engine.reports import formats
from tests.browsing import FLAGS, chromium, served
from tests.conformance.engine.test_reports import MIXED

ROOT = Path(__file__).parents[2]
PAGES = (
    "index.html",
    "guide/reference/index.html",
    "understand/architecture/index.html",
    "reference/reference_impl/index.html",
    "reference/reference_impl/reference_impl/extend/tasktemplate/index.html",
    "verdicts/matrix.html",
)
PLANTED = "<script>window.planted = 1</script><img src=x onerror='window.planted = 2'>"


def policy_of(site: Path) -> str:
    """Return what the tool prints for a folder."""
    command = [sys.executable, str(ROOT / "tools" / "csp.py"), str(site)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_scripts_and_styles_of_pages_are_named(tmp_path: Path) -> None:
    """It lists those that run or apply, once each, but no data and no files."""
    (tmp_path / "a.html").write_text(
        "<script>1 < 2 && '</b>'</script><script src=a.js></script><script type='application/json'>{}</script>"
        "<style>a{}</style><p style='color:red'>x</p>"
    )
    (tmp_path / "b.html").write_text("<script>1 < 2 && '</b>'</script>")

    line = policy_of(tmp_path)

    assert line.count("sha256-") == 3
    assert "script-src 'self' 'sha256-EcdpBW757Asf0PYZSDQOc7jxVD46kYeTfzUbeao8GLg='; style-src" in line


@pytest.mark.browser
@pytest.mark.thorough
def test_our_site_works_under_its_policy(tmp_path: Path) -> None:
    """Nothing on its pages is blocked, its search works, and a planted script does not run."""
    sync_api = pytest.importorskip("playwright.sync_api")
    site = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (site / "verdicts").mkdir(exist_ok=True)
    (site / "verdicts" / "matrix.html").write_text(formats.FORMATS["html"](MIXED), encoding="utf-8")
    policy = policy_of(site)
    (site / "planted.html").write_text(PLANTED)
    refused: list[str] = []

    with served(site, policy) as address, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
        for each in PAGES:
            assert page.goto(f"{address}/{each}").status == 200, each
        page.goto(f"{address}/index.html")
        page.locator("[data-md-component=search-query]").first.fill("override")
        page.locator(".md-search-result__link").first.wait_for(state="attached")
        before = list(refused)
        page.goto(f"{address}/planted.html")
        planted = page.evaluate("window.planted")
        browser.close()

    assert before == []
    assert planted is None
    assert len(refused) > 0
