"""Reads a target: its sources and those of its dependencies, checked against the lock file, and their model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import msgspec

from docgen.build.build import Part, build
from docgen.build.inputs import Inputs
from docgen.config import ReferenceConfig
from docgen.errors import EmptyReferenceError, SettingError
from docgen.findings import Finding, shown
from docgen.incremental.units import Units
from docgen.model import Module, Reference
from docgen.overrides import override
from docgen.sources.interpreters import own_python, standard_library
from docgen.sources.lock import check_lock, lock_text
from docgen.sources.targets import Sources, dependency_roots, find_sources


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The inputs of a build, and their origin."""

    inputs: Inputs
    releases: tuple[Sources, ...]
    """The documented distribution first, then its dependencies."""
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """`NAME==VERSION` of everything that has a digest."""
        return tuple(f"{each.distribution}=={each.version}" for each in self.releases if each.digest)

    @property
    def watched(self) -> tuple[Path, ...]:
        """Paths that determine which files are read, besides the files themselves."""
        return self.releases[0].watched

    @property
    def left_out(self) -> tuple[str, ...]:
        """Packages and modules beside the documented ones: tests, examples, private ones."""
        return self.releases[0].left_out

    @property
    def lock(self) -> str:
        """Text of a lock file of everything that is read."""
        return lock_text(self.releases)


_VERSION = re.compile(r"\d{1,3}\.\d{1,3}(\.\d{1,3})?")


def prepare(
    target: str, config: ReferenceConfig, python: str, effects: Mapping[str, str] = MappingProxyType({})
) -> Prepared:
    """Return the inputs of `build` for a target.

    Parameters:
        target: As in `find_sources`.
        config: The configuration of the reference.
        python: Version of Python to use if the configuration names none.
        effects: Effects of decorators from the format; those of the configuration take precedence.

    Raises:
        TargetError, DownloadError, UnsafeArchiveError: As in `sources`.
        LockError: As in `lock`.
    """
    python = config.python or python
    if not _VERSION.fullmatch(python):
        raise SettingError(f"python = {shown(python)!r}: expected a version of Python, such as 3.12.")
    sources = find_sources(target, python=python)
    pins = tuple(pin.replace("{version}", sources.version) for pin in config.dependencies)
    roots, releases = dependency_roots(pins, python=python)
    library = standard_library(python, config.stdlib)
    read = (sources, *releases)
    # A pin that depends on the version of the documented release is no more fixed than that.
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
        private=tuple(name for name in sources.left_out if name.startswith("_")),
        search=(*roots, *([library] if library else [])),
        effects=tuple({**effects, **config.effects}.items()),
        only=config.packages,
        callables=config.callables,
        links=tuple(config.links.items()),
        overrides=tuple(config.overrides.items()),
    )
    return Prepared(inputs=inputs, releases=read, findings=findings)


@dataclass(frozen=True, kw_only=True)
class Read:
    """A model, and the findings of making it."""

    reference: Reference
    findings: tuple[Finding, ...]
    files: tuple[Path, ...]
    """Every file of the documented packages, their folders, and other paths that determine which files are read."""
    prepared: Prepared
    units: Units[Part] | None
    """The units that the next build can reuse."""


def read_model(
    target: str,
    config: ReferenceConfig,
    python: str,
    effects: Mapping[str, str] = MappingProxyType({}),
    last: bytes | None = None,
) -> Read:
    """Return the model of a target.

    Parameters:
        target, config, python, effects: As in `prepare`.
        last: `Units.dump()` of the last build of the same target.

    Raises:
        DocgenError: Its sources cannot be found or read, or have no public symbol; or an override does not apply.
    """
    prepared = prepare(target, config, python, effects)
    built = build(prepared.inputs, python=config.python or python, last=last)
    findings = (*prepared.findings, *built.findings)
    if not any(_has_content(module) for module in built.reference.modules):
        raise EmptyReferenceError(target, prepared.inputs.packages, len(built.files), findings)
    reference, overridden = override(built.reference, config.overrides)
    made = (("target", target), *reference.source, *(("dependency", name) for name in prepared.names[1:]))
    return Read(
        reference=msgspec.structs.replace(reference, source=made),
        findings=(*findings, *overridden),
        files=(*sorted({file.parent for file in built.files}), *built.files, *prepared.watched),
        prepared=prepared,
        units=built.units,
    )


def _has_content(module: Module) -> bool:
    return bool(module.docstring or module.classes or module.functions or module.variables or module.aliases)


def _noticed(releases: Iterable[Sources]) -> tuple[Finding, ...]:
    """Return the findings of unpacking archives."""
    hint = "Members that are left out or renamed cannot be documented under their names."
    return tuple(
        Finding(path=each.archive or each.distribution, code="DG304", text=note, hint=hint)
        for each in releases
        for note in each.notes
    )
