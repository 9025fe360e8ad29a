"""The configuration of one reference: everything that neither the sources nor the format determine.

A TOML file per reference (`examples/`); any key of it can be overridden on the command line (`--set key=value`). A
format may have additional keys of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from docgen.errors import SettingError
from docgen.settings import nearest, parse_toml, read_toml, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ReferenceConfig:
    """One reference."""

    dialect: str = ""
    """Name of the format, or the folder of a dialect."""
    title: str = ""
    """Heading of the landing page; if empty, the name of the distribution."""
    version: str = ""
    """Version that the pages show; if empty, that of the sources."""
    include: str = ""
    """File with the Markdown to include in the landing page."""
    packages: tuple[str, ...] = ()
    """Dotted names of the packages and modules to document; if empty, every public one."""
    dependencies: tuple[str, ...] = ()
    """Releases (`NAME==VERSION`) whose sources are read in addition to the package's own. They are never installed.

    `{version}` is replaced by the version of the documented release.
    """
    python: str = ""
    """Version of Python whose standard library and `repr` are used, such as `3.12`; if empty, that of the format."""
    stdlib: str = ""
    """Folder of the standard library's sources of that version; if empty, docgen searches this machine."""
    docstrings: str = "auto"
    """Style of the docstrings: `google`, `numpy`, `sphinx`, `epytext`, `plain`, or `auto` for that of most of them."""
    callables: tuple[str, ...] = ()
    """Dotted paths of objects that are documented as functions with the same signature."""
    effects: dict[str, str] = field(default_factory=dict)
    """Decorator path -> effect, in addition to those that come with docgen."""
    links: dict[str, str] = field(default_factory=dict)
    """Package -> URL that `[text][package.Name]` in an inherited docstring links to.

    `{path}` is replaced by the dotted path.
    """
    lock: str = ""
    """Lock file to compare the archives with, relative to the folder of the configuration file; empty for none."""
    overrides: dict[str, str] = field(default_factory=dict)
    """Place of a value -> the value, for values that cannot be determined statically (see `overrides`)."""
    since: tuple[dict[str, Any], ...] = ()
    """Changes of the configuration: tables of `version` and the keys that differ from that release on, oldest first."""


KEYS = tuple(each.name for each in fields(ReferenceConfig))
"""The keys that every reference has."""


@dataclass(frozen=True, kw_only=True)
class Configured:
    """A configuration, and the keys in it that belong to its format."""

    config: ReferenceConfig
    own: dict[str, Any]
    """Key -> value of the keys that `ReferenceConfig` does not have; `format_settings` checks them."""
    where: str
    """Their origin for messages: the file, or `--set`."""
    later: tuple[dict[str, Any], ...] = ()
    """The same for each table `[[since]]`, applied or not, because a wrong key is wrong for every release."""


def load_config(
    path: Path | None, changes: Iterable[str] = (), version: str = "", keys: Mapping[str, Any] = MappingProxyType({})
) -> Configured:
    """Return the configuration of a reference.

    Parameters:
        path: The TOML file; None for the defaults.
        changes: `key=value` from the command line. A value is TOML, or else a plain string.
        version: Version of the documented release: tables `since` a later release are ignored. If empty, all tables
            apply.
        keys: Keys of the project file, laid over those of the configuration file.

    Raises:
        SettingError: The file cannot be read, or a value has the wrong type.
    """
    table = _as_of(version, read_toml(path), str(path)) if path else {}
    if path and isinstance(table.get("lock"), str) and table["lock"]:
        table["lock"] = str(path.parent / table["lock"])
    table |= keys
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise SettingError(f"--set {change}: expected KEY=VALUE. Known keys are {', '.join(KEYS)}.")
        name, _, inner = key.strip().partition(".")
        if inner:
            if not isinstance(table.get(name, {}), dict):
                raise SettingError(f"--set {change}: {name} is {table[name]!r}, not a table. Leave out one of the two.")
            table[name] = {**table.get(name, {}), inner.strip('"'): value}
        else:
            table[name] = _toml_value(value)
    generic = {key: value for key, value in table.items() if key in KEYS}
    where = str(path or ("[[tool.docgen.reference]]" if keys else "--set"))
    return Configured(
        config=settings(generic, ReferenceConfig, where),
        own=_own(table),
        where=where,
        later=tuple(_own(entry, "version") for entry in table.get("since", ())),
    )


def _own(table: dict[str, Any], *left_out: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in (*KEYS, *left_out)}


def format_settings(configured: Configured, into: type[T]) -> T:
    """Return the keys of a configuration that belong to its format.

    Parameters:
        configured: The result of `load_config`.
        into: Dataclass of the keys that the format has.

    Raises:
        SettingError: A key is neither one of every reference nor one of the format, or a value has the wrong type.
    """
    own = [each.name for each in fields(into)]  # type: ignore[arg-type] # typeshed's DataclassInstance has no public name
    for table in (configured.own, *configured.later):
        for key in table:
            if key not in own:
                known = sorted((*KEYS, *own))
                near = nearest(key, known)
                raise SettingError(f"{configured.where}: unknown key {key}. {near}Known keys are {', '.join(known)}.")
        settings(table, into, configured.where)
    return settings(configured.own, into, configured.where)


def _as_of(version: str, table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a configuration with its `since` tables applied, up to a given release."""
    laid = dict(table)
    for entry in settings({"since": table.get("since", [])}, ReferenceConfig, where).since:
        since = entry.get("version")
        if not isinstance(since, str):
            raise SettingError(f"{where}: a table [[since]] without version. Name the first release that it is for.")
        generic = {key: value for key, value in entry.items() if key in KEYS and key != "version"}
        settings(generic, ReferenceConfig, f"{where}, [[since]] {since}")
        if not version or _is_at_least(version, since):
            laid |= {key: value for key, value in entry.items() if key != "version"}
    return laid


def _is_at_least(version: str, since: str) -> bool:
    from docgen.sources.releases import release_order  # noqa: PLC0415 - slow to import, and seldom needed

    return release_order(version) >= release_order(since)


def _toml_value(value: str) -> object:
    try:
        return parse_toml(f"value = {value}")["value"]
    except ValueError:
        return value
