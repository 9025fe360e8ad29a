"""The API model: what is known of a package's API, as frozen plain values."""

from __future__ import annotations

from enum import StrEnum


class ParameterKind(StrEnum):
    """How a parameter takes its argument; the words are those of `inspect`, and griffe's."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional or keyword"
    VAR_POSITIONAL = "variadic positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "variadic keyword"
