"""Prints a content-security-policy line for a built site: python tools/csp.py FOLDER.

Scripts and styles come from the site itself. The line names inline ones by their digests, so that a script that gets
into a page in another way does not run. Put the line into the `Content-Security-Policy` header of the server. It
changes with each build whose pages have other scripts or styles.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path


class _Inline(HTMLParser):
    """Collects the inline scripts and styles of a page, which the browser would run or apply."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {"script": set(), "style": set(), "attribute": set()}
        self._open = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the style of an element, and record that a script or style begins."""
        given = dict(attrs)
        if given.get("style"):
            self.found["attribute"].add(given["style"] or "")
        # A script of another type is data, which is not run.
        is_run = tag == "script" and "src" not in given and given.get("type") in {None, "text/javascript", "module"}
        self._open, self._text = tag if is_run or tag == "style" else "", ""

    def handle_data(self, data: str) -> None:
        """Add a piece of the script or style."""
        self._text += data if self._open else ""

    def handle_endtag(self, tag: str) -> None:
        """Collect the whole script or style."""
        if tag == self._open:
            self.found[tag].add(self._text)
            self._open = ""


def policy(pages: Iterable[str]) -> str:
    """Return the line for the pages of a site.

    Parameters:
        pages: The HTML of the pages.
    """
    reader = _Inline()
    for page in pages:
        reader.feed(page)
        reader.close()
        reader.reset()
    scripts, styles, attributes = (" ".join(sorted(map(_digest, each))) for each in reader.found.values())
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {scripts}".strip(),
            f"style-src 'self' 'unsafe-hashes' {styles} {attributes}".strip(),
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


if __name__ == "__main__":
    print(policy(path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[1]).rglob("*.html"))))
