"""Pieces of Markdown: entities, cells, summaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.markdown import Where, cell, escape_entities, squeeze, summary, uncell, unescape_entities

PIECES = st.sampled_from(
    ["<a>", "&lt;", "`x < y`", "```\n<b>\n```\n", "> quote", "\n", " ", "|", r"\|", "word", ">", "`"]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
WHERE = st.sampled_from(["outside fences", "outside code", "never"])


@pytest.mark.parametrize(
    ("text", "where", "shown"),
    [
        ("a < b", "outside code", "a &lt; b"),
        ("`a < b`", "outside code", "`a < b`"),
        ("`a < b`", "outside fences", "`a &lt; b`"),
        ("```\na < b\n```\nc < d", "outside fences", "```\na < b\n```\nc &lt; d"),
        ("```\na < b", "outside fences", "```\na < b"),
        ("> a > b", "outside fences", "> a &gt; b"),
        ("x\n> a", "outside code", "x\n> a"),
        ("a < b", "never", "a < b"),
    ],
)
def test_entities_stand_where_the_dialect_has_them(text: str, where: Where, shown: str) -> None:
    """Never in fences, in inline code by dialect, and not for the mark of a quoted line."""
    assert escape_entities(text, where) == shown


@given(text=TEXTS, where=WHERE)
def test_what_a_page_shows_is_read_and_shown_again(text: str, where: Where) -> None:
    """Escaped, read and escaped again, a text is what it was: the page is a fixed point."""
    shown = escape_entities(text, where)

    assert escape_entities(unescape_entities(shown, where), where) == shown


@given(text=TEXTS, escapes_code=st.booleans())
def test_a_cell_is_one_line_without_open_bars(text: str, escapes_code: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever the text, the row of a table stays one row."""
    shown = cell(text, escapes_code=escapes_code)

    assert "\n" not in shown
    if escapes_code:
        assert "|" not in shown.replace(r"\|", "")


@given(text=st.text(alphabet="ab |`<.\n", max_size=12))
def test_a_cell_is_read_back(text: str) -> None:
    """A cell gives its text back, on one line."""
    assert uncell(cell(text)) == text.replace("\n", " ").strip()


@pytest.mark.parametrize(
    ("text", "ignores_code", "shown"),
    [
        ("One sentence. And another.", False, "One sentence."),
        ("Returns `flyte.ctx` now. Yes.", False, "Returns `flyte."),
        ("Returns `flyte.ctx` now. Yes.", True, "Returns `flyte.ctx` now."),
        ("No stop\nsecond line", True, "No stop."),
        ("\n\n> quoted\n!!! note\nText. More", True, "Text."),
        ("", True, ""),
        ("> only quoted", True, ""),
        (".hidden", True, ""),
    ],
)
def test_a_summary_is_the_first_sentence_of_the_first_line(text: str, ignores_code: bool, shown: str) -> None:  # noqa: FBT001 - a table
    """Cut at the first full stop, then at the end of the line; a full stop at its end."""
    assert summary(text, ignores_code=ignores_code) == shown


def test_runs_of_blank_lines_become_one() -> None:
    """One blank line stays, two and more become one."""
    assert squeeze("a\n\nb\n\n\n\nc\n") == "a\n\nb\n\nc\n"
