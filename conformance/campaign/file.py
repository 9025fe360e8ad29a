"""The file of a campaign: what to judge, with which Pythons, budgets and seeds, and how long it may take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from conformance.errors import UsageError
from docgen.files import read_file
from docgen.settings import nearest, parse_toml


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Releases of one or of several distributions; in `targets`, a string means `releases` alone."""

    releases: str
    """A name or a pattern of names, and which versions: `sdk>=2.0`, `sdk-plugin-*`. A known implementation without
    releases, or an adapter, `MODULE:ATTRIBUTE`, is judged as it is installed here."""
    class_: str = msgspec.field(default="", name="class")
    """Dotted path of the class to judge instead of the adapter's, for instance a plugin's."""
    beside: str = ""
    """A release to install beside each of them, whose adapter is used. In `sdk=={version}`, `{version}` is the version
    that is judged."""
    each: Literal["release", "minor"] = "release"
    """`minor`: only the newest release of each minor version."""
    pre: bool = False
    """Whether pre-releases are judged too."""


class Campaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file. Only `targets` is required."""

    targets: tuple[str | Entry, ...]
    contract: str = ""
    """Name or folder. Default: the one in `[tool.conformance]`."""
    names: tuple[str, ...] = ()
    """Distributions that patterns are matched with, besides those installed here and those known to the contract."""
    profiles: tuple[str, ...] = ()
    """Default: the default profile of the contract."""
    pythons: tuple[str, ...] = ()
    """Minor versions or paths of the interpreters to judge releases with. Default: the one that runs the command."""
    examples: str | int = "default"
    """smoke, default, deep, or a number of examples per property."""
    seeds: tuple[int, ...] = (0,)
    """A rule has to hold with each of them."""
    rules: tuple[str, ...] = ()
    """Ids and groups. Default: all rules of the profiles."""
    limit_seconds: Annotated[float, msgspec.Meta(gt=0, le=1e6)] = 10.0
    """How long a rule may take at the default budget."""
    memory_mib: Annotated[int, msgspec.Meta(ge=1)] = 2048
    sandbox: bool = False
    """Whether implementations run in a sandbox of the system, without network and with read-only files."""
    limit_minutes: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """How long the whole campaign may take: after that, no rule is started. 0: no limit."""
    bisect_from: int = 10
    """A list with at least this many releases is bisected: a release is judged only if the verdicts of the judged
    releases around it differ. A shorter list is judged release by release."""


def read_campaign(path: Path) -> Campaign:
    """Return the campaign in a file.

    Raises:
        UsageError: It cannot be read, or has an unknown key or a wrong value; the message names the nearest known key.
    """
    try:
        raw = parse_toml(read_file(path).decode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{path}: this is not TOML: {error}.") from error
    _check_keys(path, "", raw, Campaign)
    for place, entry in enumerate(raw.get("targets", ()) if isinstance(raw.get("targets"), list) else ()):
        if isinstance(entry, dict):
            _check_keys(path, f" of targets[{place}]", entry, Entry)
    try:
        found = msgspec.convert(raw, Campaign)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {error}.") from error
    if not found.targets or not found.seeds:
        raise UsageError(f"{path}: expected at least one entry in targets, and one in seeds.")
    return found


def _check_keys(path: Path, where: str, table: dict[str, object], kind: type[msgspec.Struct]) -> None:
    """Check the keys of a table.

    Raises:
        UsageError: One is unknown.
    """
    known = kind.__struct_encode_fields__
    problems = [f"{key} is not a key{where}. {nearest(key, known)}" for key in table if key not in known]
    if problems:
        raise UsageError(f"{path}: {''.join(problems)}The keys{where} are {', '.join(known)}.")
