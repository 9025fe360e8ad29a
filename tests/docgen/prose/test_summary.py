"""The first sentence of a text."""

from __future__ import annotations

import pytest

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
    """A summary ends where the first sentence does, independently of line breaks and of dots in names."""
    assert summary(text) == sentence
