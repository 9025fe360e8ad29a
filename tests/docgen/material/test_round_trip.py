"""Pages and model agree: reading pages returns the visible part of any model."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from docgen.formats.material.parse import parse_pages
from docgen.formats.material.render import Settings, pages
from docgen.formats.material.visible import visible
from docgen.model import Reference
from tests.docgen.material.models import references

SETTINGS = st.builds(
    Settings,
    source=st.sampled_from(["", "https://code.example/{path}#L{line}"]),
    layout=st.sampled_from(["auto", "class", "module"]),
)


# Not shrunk: a reference is large, and making one smaller takes minutes.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(reference=references(), decided=SETTINGS)
def test_reading_pages_gives_what_they_show(reference: Reference, decided: Settings) -> None:
    """`parse(render(model)) == visible(model)`."""
    printed, _ = pages(reference, decided)

    read = parse_pages({page.path: page.text for page in printed})

    assert read == visible(reference, decided)
