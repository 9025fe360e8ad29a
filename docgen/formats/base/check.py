"""Checks that the links of pages have targets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from functools import cache, lru_cache

from docgen.findings import Finding
from docgen.formats.base.blocks import chunks
from docgen.formats.base.cells import ANCHOR
from docgen.formats.base.inline import is_outside

_CODE_OR_LINK = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)(?P<behind>\]\()?|(?P<close>\]\()")
_ADDRESS = re.compile(r"(?P<address>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)")
_MAYBE_LINK = re.compile(rf"\]\((?={_ADDRESS.pattern}\))")


def broken_links(pages: Mapping[str, str], passed_over: Container[str] = ()) -> Iterator[Finding]:
    """Yield a finding for each link of a page to a page or an anchor that does not exist.

    Parameters:
        pages: Path -> text of every page of a reference.
        passed_over: Paths of pages whose links are known to have targets.
    """

    @cache
    def anchors(page: str) -> frozenset[str]:
        return frozenset(found["id"] for found in ANCHOR.finditer(pages[page]))

    def leads_nowhere(path: str, address: str) -> bool:
        page, _, anchor = address.partition("#")
        there = _seen_from(posixpath.dirname(path), page) if page else path
        return there not in pages or (bool(anchor) and anchor not in anchors(there))

    for path, text in pages.items():
        if path in passed_over:
            continue
        # One pass finds everything that may be a link, including code. Which are links matters only if one fails.
        maybe = {each for each in _MAYBE_LINK.findall(text) if not is_outside(each)}
        if not any(leads_nowhere(path, each) for each in maybe):
            continue
        for line, address in _links(text):
            if leads_nowhere(path, address):
                yield Finding(
                    path=path,
                    line=line,
                    code="DG504",
                    text=f"the link to {address} has no target",
                    hint="Correct the reference in the docstring, or report this if there is none.",
                )


@lru_cache(maxsize=8192)
def _seen_from(folder: str, page: str) -> str:
    return posixpath.normpath(posixpath.join(folder, page))


def _links(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, address) for the links of a page within its site."""
    number = 1
    for is_code, chunk in chunks(text):
        for line in chunk.split("\n"):
            if not is_code and "](" in line:
                yield from ((number, address) for address in _of_line(line) if not is_outside(address))
            number += 1


def _of_line(line: str) -> Iterator[str]:
    for found in _CODE_OR_LINK.finditer(line):
        if found["close"] or found["behind"]:
            address = _ADDRESS.match(line, found.end())
            if address and address["address"] and line[address.end() : address.end() + 1] == ")":
                yield address["address"]
