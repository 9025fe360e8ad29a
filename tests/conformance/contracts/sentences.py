"""A published page, cut into the sentences that rules can cite.

A rule cites a sentence of the page by its heading and by the digest of its text, never by the text itself: when the
vendor rewrites the sentence, the digest no longer matches, and the rule has to be reviewed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = "```"
_HEADING = re.compile(r"#{1,6} (?!TODO)(?P<title>.*)")
_CELL_WALL = re.compile(r"(?<!\\)\|")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence, table description or code block of a page."""

    heading: str
    """Title of the section it is in, as printed; empty before the first one."""
    text: str
    """The sentence, with each run of white space replaced by one space."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, 64 hexadecimal digits: rules cite it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def sentences_of(page: str) -> tuple[Sentence, ...]:
    """Return everything on a page that may specify behaviour of an implementation.

    Parameters:
        page: A page of the reference, as Markdown.

    Returns:
        In page order: the sentences of the prose, the sentences in the last column of each table row (not of the row
        that names the columns), and each code block as a whole. Empty for an empty page.
    """
    return tuple(
        Sentence(heading=heading, text=text)
        for heading, block, is_code in _blocks(page)
        for text in ([block] if is_code else _SENTENCE_END.split(block))
        if text
    )


def _blocks(page: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (heading, text with single spaces, is code) for each paragraph, description cell and code block."""
    heading = ""
    lines: list[str] = []
    in_code = False
    # The blank line at the end closes the last paragraph.
    for line in [*page.splitlines(), ""]:
        title = None if in_code else _HEADING.fullmatch(line)
        closes = line.startswith(_FENCE) if in_code else not line.strip() or line.startswith(("|", _FENCE)) or title
        if not closes:
            lines.append(line)
            continue
        yield heading, " ".join(" ".join(lines).split()), in_code
        lines = []
        in_code = not in_code and line.startswith(_FENCE)
        heading = title["title"] if title else heading
        if line.startswith("|"):
            yield heading, _description_of(line), False


def _description_of(row: str) -> str:
    """Return the last cell of a table row; empty for the row of dashes and for the one that names the columns."""
    cell = _CELL_WALL.split(row)[-2].strip()
    return "" if cell == "Description" or not cell.strip("-: ") else cell
