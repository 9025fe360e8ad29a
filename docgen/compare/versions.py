"""Which version number a set of differences calls for. Source: Semantic Versioning 2.0.0, sections 4 and 6 to 8."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from docgen.compare.catalogue import Level


def next_version(version: str, levels: Iterable[Level]) -> str:
    """Return the lowest version that may follow a given one, empty if that has no numbers.

    Below 1.0, breaking changes raise the middle number, and all others the last one.

    >>> next_version("2.3.1", [Level.MINOR]), next_version("0.3.1", [Level.MAJOR]), next_version("0.3.1", [Level.MINOR])
    ('2.4.0', '0.4.0', '0.3.2')
    """
    try:
        release = (*Version(version).release, 0, 0)[:3]
    except InvalidVersion:
        return ""
    gravest = min(levels, key=lambda level: level.rank, default=Level.PATCH)
    major, minor, patch = release
    if gravest is Level.MAJOR:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if gravest is Level.MINOR and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
