"""Editing with `mkdocs serve`: a browser shows a page, and a docstring changes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.browsing import FLAGS, chromium

pytest.importorskip("mkdocs", reason="needs the extra `site`")

MOST_SECONDS = 2.5
"""From an edit to the browser, where the machine has nothing else to do."""
SLOWER = 2
"""So many times slower a machine may be that runs other tests meanwhile."""

pytestmark = pytest.mark.browser


def project(home: Path, classes: int) -> None:
    """Write a package with a number of classes, and a site with a page for each."""
    (home / "acme").mkdir()
    texts = (f'class Thing{number}:\n    """Thing number {number}."""\n' for number in range(classes))
    (home / "acme" / "__init__.py").write_text('"""Things."""\n\n\n' + "\n\n".join(texts))
    (home / "docs").mkdir()
    (home / "docs" / "index.md").write_text("# Start\n")
    (home / "pyproject.toml").write_text(
        '[[tool.docgen.reference]]\ntarget = "acme"\nout = "docs/reference"\nlayout = "class"\n'
    )
    (home / "mkdocs.yml").write_text(
        "site_name: Acme\ntheme: {name: material, font: false}\nplugins: [search, docgen]\n"
    )


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve a site; the context value is its address, once its pages are there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    with (home / "serve.log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, env=environment)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (URLError, OSError):
                assert server.poll() is None, (home / "serve.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize("classes", [8, 228])
def test_the_browser_shows_an_edit_within_seconds(
    classes: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """At 10 and at 230 pages, without user action; a syntax error keeps the shown page."""
    playwright = pytest.importorskip("playwright.sync_api")
    project(tmp_path, classes)
    source = tmp_path / "acme" / "__init__.py"
    text = source.read_text()
    with served(tmp_path) as address, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(f"{address}reference/acme/thing5/")
        page.wait_for_selector("text=Thing number 5.")
        time.sleep(1)  # the page asks the server for changes from now on

        started = time.perf_counter()
        source.write_text(text.replace("Thing number 5.", "An edited thing."))
        page.wait_for_selector("text=An edited thing.", timeout=60_000)
        seconds = time.perf_counter() - started

        source.write_text(text + "\n\ndef (:\n")
        time.sleep(3)
        page.reload()
        assert page.is_visible("text=An edited thing.")
        browser.close()
    record_property("seconds", round(seconds, 2))
    assert seconds < MOST_SECONDS * SLOWER
    assert "last good pages" in (tmp_path / "serve.log").read_text()
