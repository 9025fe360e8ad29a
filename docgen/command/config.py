"""The configuration of one published reference: everything that neither the sources nor the dialect can say.

A TOML file per reference (`examples/`); any key of it can be overridden on the command line (`--set key=value`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import SettingError
from docgen.findings import Finding
from docgen.formats.flyte.build import Inputs
from docgen.settings import nearest, read_toml, settings
from docgen.sources.interpreters import own_python, standard_library
from docgen.sources.lock import check_lock
from docgen.sources.targets import Sources, dependency_roots, find_sources

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class ReferenceConfig:
    """One published reference."""

    dialect: str = ""
    """Name of the dialect, or its folder."""
    title: str = ""
    version: str = ""
    """As the pages show it; empty: the version of the sources."""
    variants: str = ""
    weight: int = 4
    include: str = ""
    """File with the Markdown that the landing page carries."""
    source_base: str = ""
    html_base: str = ""
    packages: tuple[str, ...] = ()
    """Dotted names of the packages and modules to document; empty: every public one."""
    dependencies: tuple[str, ...] = ()
    """Releases (`NAME==VERSION`) whose sources are read beside the package's own. Never installed.

    `{version}` stands for the version of the documented release.
    """
    stdlib: str = ""
    """Folder of the standard library's sources of the Python version that the dialect names; empty.

    Looked for on this machine.
    """
    callables: tuple[str, ...] = ()
    """Dotted paths of objects that are documented as the function they are called like."""
    effects: dict[str, str] = field(default_factory=dict)
    """Decorator path -> effect, beside those that come with docgen."""
    links: dict[str, str] = field(default_factory=dict)
    """Package -> address that `[text][package.Name]` in an inherited docstring leads to.

    `{path}` stands for the dotted path.
    """
    lock: str = ""
    """Lock file that what was read is compared with; in a configuration file relative to its folder. Empty: none."""
    overrides: dict[str, str] = field(default_factory=dict)
    """Place of one value -> the value, for what no static reader can know (see `overrides`)."""
    since: tuple[dict[str, Any], ...] = ()
    """What changed with a release: tables of `version` and the keys that are different from it on, oldest first."""


def load_config(path: Path | None, changes: Iterable[str] = (), version: str = "") -> ReferenceConfig:
    """Return the configuration of a reference.

    Parameters:
        path: The TOML file; None: everything as by default.
        changes: `key=value` from the command line. A value is TOML, or text as it stands.
        version: Of the release that is documented: what the file says `since` a later one does not count. Empty: all
            of it counts.

    Raises:
        SettingError: The file cannot be read, a key is unknown, or a value has the wrong type.
    """
    table = _as_of(version, read_toml(path), str(path)) if path else {}
    if path and isinstance(table.get("lock"), str) and table["lock"]:
        table["lock"] = str(path.parent / table["lock"])
    known = [each.name for each in fields(ReferenceConfig)]
    for change in changes:
        key, equals, value = change.partition("=")
        name, _, inner = key.strip().partition(".")
        if not equals or name not in known:
            raise SettingError(
                f"--set {change}: not of the form key=value. {nearest(name, known)}Known keys are {', '.join(known)}."
            )
        if inner:
            table[name] = {**table.get(name, {}), inner.strip('"'): value}
        else:
            table[name] = _toml_value(value)
    return settings(table, ReferenceConfig, str(path or "--set"))


def _as_of(version: str, table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a configuration with what it says `since` a release laid over it, up to one release."""
    laid = dict(table)
    for entry in settings({"since": table.get("since", [])}, ReferenceConfig, where).since:
        since = entry.get("version")
        if not isinstance(since, str):
            raise SettingError(f"{where}: a table [[since]] without version. Say from which release on its keys count.")
        changed = {key: value for key, value in entry.items() if key != "version"}
        settings(changed, ReferenceConfig, f"{where}, [[since]] {since}")
        if not version or _is_at_least(version, since):
            laid |= changed
    return laid


def prepare(
    target: str, config: ReferenceConfig, python: str
) -> tuple[Inputs, tuple[Sources, ...], tuple[Finding, ...]]:
    """Return what `build` reads for a target, every release it comes from (the documented one first).

    And what was noticed.

    Parameters:
        target: As `find_sources` takes it.
        config: Of the reference.
        python: Version of Python that the dialect names.

    Raises:
        TargetError, DownloadError, UnsafeArchiveError: As `sources` raises them.
        LockError: As `lock` raises it.
    """
    sources = find_sources(target, python=python)
    pins = tuple(pin.replace("{version}", sources.version) for pin in config.dependencies)
    roots, releases = dependency_roots(pins, python=python)
    library = standard_library(python, config.stdlib)
    read = (sources, *releases)
    # A pin that follows the documented release is as free as that.
    fixed = (pin for pin in config.dependencies if pin in pins)
    findings = _noticed(read)
    findings += check_lock(Path(config.lock), read, fixed) if config.lock else ()
    if library is None:
        library = standard_library(own_python())
        findings += (
            Finding(
                path="configuration",
                code="DG301",
                text=f"the standard library of Python {python} was not found; this interpreter's own is read instead",
                hint="Name its folder: --set stdlib=/path/to/lib/python" + python,
            ),
        )
    inputs = Inputs(
        distribution=sources.distribution,
        version=config.version or sources.version,
        root=sources.root,
        packages=sources.packages,
        search=(*roots, *([library] if library else [])),
        effects=tuple(config.effects.items()),
        only=config.packages,
        callables=config.callables,
        links=tuple(config.links.items()),
        overrides=tuple(config.overrides.items()),
    )
    return inputs, read, findings


def _noticed(releases: Iterable[Sources]) -> tuple[Finding, ...]:
    """Return what was noticed when archives were unpacked."""
    hint = "What is left out or renamed cannot be documented under its name."
    return tuple(
        Finding(path=each.archive or each.distribution, code="DG304", text=note, hint=hint)
        for each in releases
        for note in each.notes
    )


def _is_at_least(version: str, since: str) -> bool:
    from docgen.sources.releases import release_order  # noqa: PLC0415 - slow to import, and seldom needed

    return release_order(version) >= release_order(since)


def _toml_value(value: str) -> object:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
