"""Limits the size of pages to a multiple of the size of the sources, for any sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from docgen.findings import Finding
from docgen.formats.seam import Made, Page
from docgen.prose.lines import Lines

PER_BYTE, ALWAYS = 32, 100_000
"""Size limit of a page in bytes: per byte of the sources of the package, and in addition."""
SUFFIXES = frozenset({".py", ".pyi"})
_NOTE = "The rest of this page is left out: it is too large for its sources.\n"


def limited(made: Made) -> Made:
    """Return a reference with its pages cut to the size that their sources allow, and a finding for each cut page.

    Evaluation has its own limits, so only sources written for that purpose exceed this one: hundreds of names of two
    characters in a module whose dotted path has thousands.
    """
    if not any(len(page.text) * 4 > ALWAYS for page in made.pages):  # a character has at most four bytes
        return made
    most = PER_BYTE * sum(map(_size, made.inputs)) + ALWAYS
    large = {page.path: size for page in made.pages if (size := _bytes(page.text)) > most}
    if not large:
        return made
    pages = tuple(
        Page(path=page.path, text=_cut(page.text, most)) if page.path in large else page for page in made.pages
    )
    return replace(made, pages=pages, findings=(*made.findings, *_findings(large, most)))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.suffix in SUFFIXES else 0
    except OSError:  # removed since it was read
        return 0


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))


def _cut(text: str, most: int) -> str:
    """Return a page up to the last heading before the limit, so that no markup is left open."""
    lines = Lines.of(text.splitlines())
    room = most - _bytes(_NOTE)
    end, size = 0, 0
    for number, line in enumerate(lines.text):
        if line.startswith("#") and not lines.opaque[number]:
            end = number
        size += _bytes(line) + 1
        if size > room:
            break
    return "".join(f"{line}\n" for line in lines.text[:end]) + _NOTE


def _findings(large: dict[str, int], most: int) -> Iterator[Finding]:
    for path, size in large.items():
        yield Finding(
            path=path,
            code="DG508",
            text=f"the page would have {size:,} bytes; at most {most:,} are allowed for sources of this size",
            hint="It is cut before the first heading beyond the limit.",
        )
