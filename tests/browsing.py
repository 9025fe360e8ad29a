"""A browser for tests of pages: serves a folder of HTML on this machine, and runs axe-core on pages.

    with served(folder) as address, browsing(address, width=390, scheme="dark") as page:
        page.goto(f"{address}/reference/")
        assert not violations(page)

Tests that use it are marked `browser`. `violations` skips the test, with the reason, where axe-core is absent.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SECONDS = 120
"""How long a page may take on a machine that does much else; on an idle one it takes less than one."""
WIDTHS = {"phone": 390, "desktop": 1280}
SCHEMES = ("light", "dark")
GRAVE = ("serious", "critical")
"""Impacts of violations that no page of ours may have."""
_SCHEMES_OF_MATERIAL = {"light": "default", "dark": "slate"}
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(each => ({
    rule: each.id, impact: each.impact, help: each.help,
    nodes: each.nodes.map(node => node.target.join(" ") + "  " + node.html.slice(0, 160)),
}))"""


@cache
def chromium() -> str | None:
    """Return the path of a Chromium-like browser, None if there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@cache
def axe_core() -> Path | None:
    """Return the script of axe-core from a PyPI package that contains it, or from npm; None if it is not installed."""
    spec = importlib.util.find_spec("axe_playwright_python")
    folders = [Path(each) for each in (spec.submodule_search_locations or ())] if spec else []
    here = Path(__file__).resolve()
    places = [*folders, *(above / "node_modules" / "axe-core" for above in here.parents)]
    return next((each / "axe.min.js" for each in places if (each / "axe.min.js").is_file()), None)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def __init__(self, *given: Any, policy: str, **words: Any) -> None:  # noqa: ANN401 - those of the base
        self._policy = policy
        super().__init__(*given, **words)

    def end_headers(self) -> None:
        """Add the policy."""
        if self._policy:
            self.send_header("Content-Security-Policy", self._policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing, because the output of a test should be its failures."""


@contextmanager
def served(folder: Path, policy: str = "") -> Iterator[str]:
    """Serve a folder on this machine only; the context value is the address, without a slash at the end.

    Parameters:
        folder: What is served.
        policy: Of the security of its content; empty: none.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder), policy=policy))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build_site(project: Path, folder: Path) -> None:
    """Build the site of a project with mkdocs; a warning, such as a broken link, fails the test.

    Parameters:
        project: Folder of `mkdocs.yml`.
        folder: Where the site goes.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    answer = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


@contextmanager
def browsing(address: str, *, width: int = WIDTHS["desktop"], scheme: str = "light") -> Iterator[Page]:
    """Open a page of headless Chromium, and fail on a console error or a request to another address.

    Parameters:
        address: Of the site; nothing else may be asked for.
        width: Of the window, in CSS pixels.
        scheme: The scheme of colours that the reader prefers, `light` or `dark`; pages of Material show it too.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        # Material without a palette of its own shows the light one whatever the reader prefers.
        colours = f"document.body?.setAttribute('data-md-color-scheme', '{_SCHEMES_OF_MATERIAL[scheme]}')"
        context.add_init_script(f"document.addEventListener('DOMContentLoaded', () => {{ {colours} }})")
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(address) else errors.append(request.url))
        yield page
        browser.close()
    assert not errors


_STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}"""
"""Ends all transitions, because half-way through one the colours are those of neither end."""


def search(page: Page, text: str) -> list[str]:
    """Return the addresses that a page of Material lists for a text, in order.

    It looks after each key. So the text comes in at once, and a key that writes nothing starts the only search.
    """
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('input.md-search__input')")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift")
    page.wait_for_selector(".md-search-result__item a")
    links: list[str] = page.eval_on_selector_all(".md-search-result__item a", "all => all.map(one => one.href)")
    return links


def violations(page: Page, impacts: tuple[str, ...] = GRAVE) -> list[str]:
    """Return the violations that axe-core finds on a page, one line per element; skip the test without axe-core.

    Parameters:
        page: As the reader sees it now.
        impacts: Those that count.
    """
    script = axe_core()
    if script is None:
        pytest.skip("no axe-core: neither axe-playwright-python nor node_modules/axe-core is installed")
    page.evaluate(_STILL)
    # Evaluated, not added as an element: a site may forbid scripts that are written into its pages.
    page.evaluate(script.read_text(encoding="utf-8"))
    found: list[dict[str, object]] = page.evaluate(_RUN)
    return [
        f"{each['rule']} ({each['impact']}): {node}"
        for each in found
        if each["impact"] in impacts
        for node in each["nodes"]  # type: ignore[attr-defined] # a list, as `_RUN` makes it
    ]
