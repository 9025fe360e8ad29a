"""Admonitions as quotes with a mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.formats.flyte.admonitions import as_quotes

MARKS = {"note": "NOTE", "tip": "TIP", "warning": "WARNING", "deprecated": "WARNING"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No marker.\n!!!", "No marker.\n!!!"),
        ('!!! warning "Beta"\nAll of it\ncounts.\n\nAfter.', "> [!WARNING] Beta\n> All of it\n> counts.\n\n\nAfter."),
        ("!!! note\n\n    One.\n\n        Two.\n\nAfter.", "> [!NOTE]\n> One.\n>\n>     Two.\n\nAfter."),
        ('!!! deprecated "Use this."\n\n    Or that.', "> [!WARNING] Deprecated\n> Use this.\n>\n> Or that.\n"),
        ('!!! example "A case"\n\n    ```\n    x\n    ```', "**Example — A case**\n\n```\nx\n```\n"),
        ('!!! other "A title"\n    Body.', "**A title**\n\nBody.\n"),
        ("!!! other\n    Body.", "Body.\n"),
        ("!!! tip", "> [!TIP]\n"),
    ],
)
def test_an_admonition_is_a_quote_with_a_mark(text: str, shown: str) -> None:
    """Its body is an indented block or a paragraph; kinds without a mark keep their title in bold."""
    assert as_quotes(text, MARKS) == shown


@given(text=st.text(alphabet='!note" \n', max_size=40))
def test_no_word_is_lost(text: str) -> None:
    """In any text, everything but markers is preserved; a text without markers is not changed."""
    shown = as_quotes(text, MARKS)

    if "!!!" not in text:
        assert shown == text
    assert "!!! note" not in shown
