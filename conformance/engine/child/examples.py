"""Where hypothesis keeps the examples on which a property failed, so that the next run tries them first."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    GitHubArtifactDatabase,
    MultiplexedDatabase,
    ReadOnlyDatabase,
)

GITHUB, REDIS = "github:", "redis://"


def database_of(places: Sequence[str]) -> ExampleDatabase | None:
    """Return one database that reads from all places and writes to the writable ones; None if there is no place.

    Parameters:
        places: Each is a folder, `redis://HOST:PORT` or `github:OWNER/REPO`, already validated.
    """
    if not places:
        return None
    return MultiplexedDatabase(*map(_database_at, places))


def _database_at(place: str) -> ExampleDatabase:
    if place.startswith(GITHUB):
        owner, _, repository = place.removeprefix(GITHUB).partition("/")
        return ReadOnlyDatabase(GitHubArtifactDatabase(owner, repository))
    if place.startswith(REDIS):
        # Only here: few runs need the package.
        from hypothesis.extra.redis import RedisExampleDatabase  # noqa: PLC0415
        from redis import Redis  # noqa: PLC0415

        return RedisExampleDatabase(Redis.from_url(place))
    return DirectoryBasedExampleDatabase(place)
