"""Comparing pages: with the committed ones, and with published ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.command.check import corpus_table, differences

PAGE = "---\ntitle: acme\n---\n# acme\n\n## Signature\n\n    def make(a)\n\n| a | b |\nText with &lt;.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with two published pages."""
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (
            "&lt;",
            "&gt;",
            "entities: line 11, below '## Signature': 'Text with &lt;.' published, 'Text with &gt;.' ours",
        ),
        ("def make(a)", "def make(b)", "signature: line 8, below '## Signature'"),
        ("| a | b |", "| a | c |", "table row: line 10"),
        ("Text", "Words", "text: line 11"),
        ("title: acme\n", "", "text: line 2, below 'front matter'"),
        ("Text with &lt;.\n", "", "line missing or extra: line 11"),
    ],
)
def test_the_first_difference_of_a_page_has_a_kind(old: str, new: str, cause: str, corpus: Path) -> None:
    """And the part of the page that contains it."""
    table = corpus_table({"one.md": PAGE, "two.md": PAGE.replace(old, new)}, corpus)

    assert not table.is_exact
    assert table.text.startswith("1 of 2 exact, 1 near, 0 missing, 0 extra\n")
    assert f"  near     two.md: {cause}" in table.text
    assert table.text.endswith(f"     1 x {cause.partition(':')[0]}")


def test_pages_that_one_side_lacks_are_named(corpus: Path) -> None:
    """Only if all pages are equal, and there are no others, is the reference exact."""
    assert corpus_table({"one.md": PAGE, "two.md": PAGE}, corpus).is_exact
    table = corpus_table({"one.md": PAGE, "three.md": PAGE}, corpus)

    assert not table.is_exact
    assert table.text.splitlines() == [
        "1 of 2 exact, 0 near, 1 missing, 1 extra",
        "  missing  two.md",
        "  extra    three.md",
    ]


def test_a_page_that_is_no_longer_made_is_a_difference(corpus: Path) -> None:
    """Unless only one symbol is compared."""
    files = {"one.md": PAGE.replace("Text", "Words")}

    (changed,) = differences(files, corpus, is_whole=False)
    assert "-Text with &lt;.\n+Words with &lt;.\n" in changed
    assert [diff.partition("\n")[0] for diff in differences(files, corpus, is_whole=True)] == [
        "--- committed/one.md",
        "--- committed/two.md",
    ]
