"""What the tests of docgen share: properties are judged by what they find, not by how fast a busy machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("docgen", deadline=None)
settings.load_profile("docgen")
