"""What pages need of a text: its first sentence, its headings below those of the page, its references as links."""

from __future__ import annotations

import pytest

from docgen.prose.headings import headings, nest_headings
from docgen.prose.references import link_references
from docgen.prose.summary import summary


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Pump water. More.", "Pump water."),
        (
            "Raised when a task uses what some\nother task is using. More.",
            "Raised when a task uses what some other task is using.",
        ),
        ("Return a django.forms.Field instance. More", "Return a django.forms.Field instance."),
        ("Wrap httpx. Then go.", "Wrap httpx."),
        ("Pump, e.g. water, i.e. H2O of v1.2. More.", "Pump, e.g. water, i.e. H2O of v1.2."),
        ("Use `a.b. C` or ``x. Y``. More.", "Use `a.b. C` or ``x. Y``."),
        ("See [a. B](https://a.example/x.Y). More.", "See [a. B](https://a.example/x.Y)."),
        ("Wait ... then go. More.", "Wait ... then go."),
        ("This has one field:\n\n- a", "This has one field."),
        ("This has one field:\n- a", "This has one field."),
        ("No stop", "No stop."),
        ('He said "go." Then went.', 'He said "go."'),
        ("Is it? Yes.", "Is it?"),
        ("Smith et al. Found it. More.", "Smith et al. Found it."),
        ("# Title\n\nText here. More.", "Text here."),
        ("Title\n=====\n\nText here. More.", "Text here."),
        ("!!! note\n    Not this.\n\nThis. More.", "This."),
        ("```\ncode.\n```\n\nText. More.", "Text."),
        ("- First item. More.", "First item."),
        ("水を汲む。速い。", "水を汲む。"),
        ("", ""),
        ("```\ncode\n```", ""),
    ],
)
def test_summary_is_the_whole_first_sentence(text: str, sentence: str) -> None:
    """A summary ends where the first sentence does, wherever its lines end and whatever its names hold."""
    assert summary(text) == sentence


def test_headings_go_below_that_of_their_symbol() -> None:
    """The shallowest heading gets the level asked for, the others keep their distance; code is left alone."""
    text = "# A\n\n```\n# code\n```\n\n## B\n\nC\n---\n\ntext\n"

    assert headings(text) == ((1, "A"), (2, "B"), (2, "C"))
    assert nest_headings(text, 4) == "#### A\n\n```\n# code\n```\n\n##### B\n\n##### C\n\ntext\n"
    assert nest_headings("# A\n\n## B", 6) == "###### A\n\n###### B"
    assert nest_headings("#!shebang\n#1", 3) == "#!shebang\n#1"


def test_references_become_links() -> None:
    """A reference and a name in code link to the page of their object; an unknown one shows its title."""
    addresses = {"water.Pump": "/pump/", "Pump": "/pump/"}
    code = "``Pump``\n\n```\n`Pump`\n```"
    text = f"[`Pump`][water.Pump], [the pump][Pump], `Pump`, `Pump()`, [`Well`][water.Well], `x`, {code}"

    assert link_references(text, addresses.get) == (
        f"[`Pump`](/pump/), [the pump](/pump/), [`Pump`](/pump/), [`Pump()`](/pump/), `Well`, `x`, {code}"
    )
    assert link_references("[`a`](b), [1][2] and x[0][1]", addresses.get) == "[`a`](b), [1][2] and x[0][1]"
