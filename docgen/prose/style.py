"""Detects the style that the docstrings of a package are written in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Style(StrEnum):
    """How sections are written in a docstring."""

    GOOGLE = "google"
    NUMPY = "numpy"
    SPHINX = "sphinx"
    EPYTEXT = "epytext"
    PLAIN = "plain"


_SIGNS = (
    (
        Style.NUMPY,
        re.compile(
            r"\n[ \t]*(?:(?:Other )?Parameters|Returns|Yields|Raises|Attributes|Examples|Notes|See Also|References):?"
            r"[ \t]*"
            r"\r?\n[ \t]*[-=]{3,}[ \t]*(?=\r?\n|\Z)",
            re.IGNORECASE,
        ),
    ),
    (
        Style.GOOGLE,
        re.compile(
            r"\n[ \t]*(?:(?:Args|Arguments|Parameters|Returns|Return|Yields|Raises|Attributes|Examples?|Keyword Args):"
            r"|\*\*(?:Args|Arguments|Parameters):?\*\*:?)[ \t]*(?=\r?\n)"
        ),
    ),
    (
        Style.SPHINX,
        re.compile(
            r"\n[ \t]*:(?:param|parameter|arg|type|returns?|rtype|raises?|ivar|cvar|var|keyword|kwarg|yields?)\b"
            r"[^\n:]*:"
        ),
    ),
    (
        Style.EPYTEXT,
        re.compile(r"\n[ \t]*@(?:param|type|returns?|rtype|raises?|ivar|cvar|keyword)\b[^\n:]*:"),
    ),
)
"""Signs that only docstrings of a style have. If two styles have equally many docstrings, the first of them wins."""


def detect_style(raws: Iterable[str]) -> Style:
    """Return the style that most docstrings with sections are written in; `PLAIN` if none has a section.

    A docstring that shows signs of two styles counts for both.
    """
    return most_voted(count_styles(raws))


def count_styles(raws: Iterable[str]) -> Counter[Style]:
    """Return how many docstrings show signs of each style."""
    votes: Counter[Style] = Counter()
    for raw in raws:
        if "\n" in raw or ":" in raw:
            text = f"\n{raw}"
            votes.update(style for style, sign in _SIGNS if sign.search(text))
    return votes


def most_voted(votes: Counter[Style]) -> Style:
    """Return the style that most docstrings show signs of; `PLAIN` if none shows any."""
    return max((style for style, _ in _SIGNS if votes[style]), key=lambda style: votes[style], default=Style.PLAIN)
