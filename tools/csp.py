"""Prints a content-security-policy line that a built site works under: python tools/csp.py FOLDER.

Scripts and styles come from the site itself; those that stand in its pages are named by their digests, so that one that
a page comes to hold in another way does not run. Put the line into the `Content-Security-Policy` header of the server.
It is another one after each build whose pages have other scripts or styles.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path


class _Inline(HTMLParser):
    """Collects what the browser would run or apply of a page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {"script": set(), "style": set(), "attribute": set()}
        self._open = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the style of an element, and note that a script or style begins."""
        given = dict(attrs)
        if given.get("style"):
            self.found["attribute"].add(given["style"] or "")
        # A script of another type is data, which nothing runs.
        is_run = tag == "script" and "src" not in given and given.get("type") in {None, "text/javascript", "module"}
        self._open, self._text = tag if is_run or tag == "style" else "", ""

    def handle_data(self, data: str) -> None:
        """Take a piece of the script or style."""
        self._text += data if self._open else ""

    def handle_endtag(self, tag: str) -> None:
        """Take it as a whole."""
        if tag == self._open:
            self.found[tag].add(self._text)
            self._open = ""


def policy(pages: Iterable[str]) -> str:
    """Return the line for the pages of a site.

    Parameters:
        pages: Their HTML.
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
