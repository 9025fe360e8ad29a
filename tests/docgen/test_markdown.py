"""Pieces of Markdown: entities, cells, summaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.formats.markdown import (
    Summaries,
    Where,
    cell,
    escape_entities,
    first_sentence,
    squeeze,
    summary,
    uncell,
    unescape_entities,
)

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
    """Escaping, reading and escaping a text gives the same page."""
    shown = escape_entities(text, where)

    assert escape_entities(unescape_entities(shown, where), where) == shown


@given(text=TEXTS, escapes_code=st.booleans())
def test_a_cell_is_one_line_without_open_bars(text: str, escapes_code: bool) -> None:  # noqa: FBT001 - drawn
    """With any text, the row of a table is one row."""
    shown = cell(text, escapes_code=escapes_code)

    assert "\n" not in shown
    if escapes_code:
        assert "|" not in shown.replace(r"\|", "")


@given(text=st.text(alphabet="ab |`<.\n", max_size=12))
def test_a_cell_is_read_back(text: str) -> None:
    """Reading a cell returns its text, on one line."""
    assert uncell(cell(text)) == text.replace("\n", " ").strip()


@pytest.mark.parametrize(
    ("text", "how", "shown"),
    [
        ("One sentence. And another.", "first stop", "One sentence."),
        ("Returns `flyte.ctx` now. Yes.", "first stop", "Returns `flyte."),
        ("Returns `flyte.ctx` now. Yes.", "first stop outside code", "Returns `flyte.ctx` now."),
        ("Writes ``a.json`` now. Yes.", "first stop outside code", "Writes ``a.json`` now."),
        ("A lone ` mark. Yes.", "first stop outside code", "A lone ` mark."),
        ("No stop\nsecond line", "first stop outside code", "No stop."),
        ("\n\n> quoted\n!!! note\nText. More", "first stop outside code", "Text."),
        ("", "first stop outside code", ""),
        ("> only quoted", "first stop outside code", ""),
        (".hidden", "first stop outside code", ""),
    ],
)
def test_a_summary_is_the_first_line_up_to_its_first_stop(text: str, how: Summaries, shown: str) -> None:
    """Cut at the first full stop, then at the end of the line, with a full stop at its end."""
    assert summary(text, how) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One sentence. And another.", "One sentence."),
        ("Goes on\nin the next line. And more.", "Goes on in the next line."),
        ("Really? Yes.", "Really?"),
        ("Says (as told.) Then more.", "Says (as told.)"),
        # A stop inside a name, a number, code, or after an abbreviation ends nothing.
        ("Wraps pkg.mod.Name for 2.0 users. More.", "Wraps pkg.mod.Name for 2.0 users."),
        ("Reads `a. B` and ``c. D``. More.", "Reads `a. B` and ``c. D``."),
        ("Some keys, e.g. Name or (i.e. All) of them. More.", "Some keys, e.g. Name or (i.e. All) of them."),
        ("Some keys, etc. Name them.", "Some keys, etc."),  # no abbreviation here: the dialect lists them
        ("Ends. `code` opens the next.", "Ends."),
        ("Ends ... and goes on. More.", "Ends ... and goes on."),
        # Text before the prose is skipped; a list is not prose.
        ("# Title\nFirst. Second.", "First."),
        ("Title\n=====\n\nFirst. Second.", "First."),
        ("> [!NOTE]\n> quoted\n\n!!! note\nFirst. Second.", "First."),
        ("```python\nx = 1.\n```\nFirst. Second.", "First."),
        ("```python\nnever closed", ""),
        ("- one\n- two", ""),
        ("Options\n- one. Two", "Options."),
        # Without any end of a sentence: up to the next statement, and never a text of unlimited length.
        ("Builds the image\nof the task", "Builds the image of the task."),
        ("Builds the image\nReplaces the old one", "Builds the image."),
        ("In this form:\nNAME==VERSION", "In this form: NAME==VERSION."),
        ("Two steps:\n\n1. first", "Two steps."),
        ("word " * 60, ""),
        ("Short\n" + "Word " * 60, "Short."),
        ("", ""),
        ("# Title", ""),
    ],
)
def test_a_first_sentence_is_whole(text: str, shown: str) -> None:
    """With any line breaks, up to the stop after which a new sentence can begin."""
    assert first_sentence(text, {"e.g", "i.e"}) == shown
    assert summary(text, "first sentence", {"e.g", "i.e"}) == shown


@given(text=st.text(alphabet="aB.`#>-=:! \n", max_size=30))
def test_a_first_sentence_is_one_line(text: str) -> None:
    """For any text, it is one line of the text without blanks around it."""
    sentence = first_sentence(text)

    assert sentence == " ".join(sentence.split())
    assert "".join(sentence.removesuffix(".").split()) in "".join(text.split())


def test_runs_of_blank_lines_become_one() -> None:
    """One blank line stays, two and more become one."""
    assert squeeze("a\n\nb\n\n\n\nc\n") == "a\n\nb\n\nc\n"
