"""Hooks of mkdocs: link the rules and codes that a page names to their explanations, and add schemas to the site.

A code span that is the id of a rule (`OVR-15a`) or a code (`DG203`) becomes a link. Pages of references are left alone:
they are written by docgen, and may be about another package.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from docgen.compare.catalogue import catalogue
from docgen.dump import json_schema
from docgen.findings import CODES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
_PIECE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,}).*?^[ \t]*(?P=mark)[ \t]*$|^#.*?$|\[[^\[\]]*\]\([^()]*\)|<span id=.*?</span>"
    r"|(?<!`)`(?P<name>[A-Z]{2,4}-?\d+[a-z]?)`(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""A block of code, a heading, a link, an anchor, or the code span of a name."""


@cache
def homes() -> dict[str, str]:
    """Return name -> page and anchor, relative to the documentation folder."""
    return {
        **{rule: f"rules.md#{rule.lower()}" for rule in find_contract(NAME).rules},
        **{code: f"findings.md#{code.lower()}" for code in CODES},
        **{code: f"differences.md#{code.lower()}" for code in catalogue()},
    }


def linked(markdown: str, page: str) -> str:
    """Return the text of a page with its names as links.

    Parameters:
        markdown: Text of the page.
        page: Its path, relative to the documentation folder.
    """

    def replaced(found: re.Match[str]) -> str:
        home = homes().get(found["name"] or "")
        if home is None:
            return found[0]
        place, _, anchor = home.partition("#")
        address = "" if place == page else posixpath.relpath(place, posixpath.dirname(page) or ".")
        return f"[{found[0]}]({address}#{anchor})"

    return _PIECE.sub(replaced, markdown)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs calls it by keywords
    """Link the names of rules and codes."""
    path = page.file.src_uri
    return markdown if path.startswith("reference/") else linked(markdown, path)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the schemas."""
    schemas = {
        "model.schema.json": json_schema(),
        "report.schema.json": (ROOT / "conformance/engine/reports/report.schema.json").read_text(encoding="utf-8"),
    }
    for name, text in schemas.items():
        files.append(File.generated(config, f"schemas/{name}", content=text))
    return files
