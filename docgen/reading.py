"""What a target names, ready to be built: its sources, those of its dependencies, all checked by the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from docgen.build.inputs import Inputs
from docgen.config import ReferenceConfig
from docgen.findings import Finding
from docgen.sources.interpreters import own_python, standard_library
from docgen.sources.lock import check_lock, lock_text
from docgen.sources.targets import Sources, dependency_roots, find_sources


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a build reads, and where it comes from."""

    inputs: Inputs
    releases: tuple[Sources, ...]
    """The documented one first, then its dependencies."""
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """`NAME==VERSION` of everything that has a digest."""
        return tuple(f"{each.distribution}=={each.version}" for each in self.releases if each.digest)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Packages and modules beside the documented ones: tests, examples, private ones."""
        return self.releases[0].left_out

    @property
    def lock(self) -> str:
        """Text of the lock of everything that is read."""
        return lock_text(self.releases)


def prepare(
    target: str, config: ReferenceConfig, python: str, effects: Mapping[str, str] = MappingProxyType({})
) -> Prepared:
    """Return what `build` reads for a target.

    Parameters:
        target: As `find_sources` takes it.
        config: Of the reference.
        python: Version of Python that counts where the configuration names none.
        effects: Of decorators, those of the format; the configuration's go before them.

    Raises:
        TargetError, DownloadError, UnsafeArchiveError: As `sources` raises them.
        LockError: As `lock` raises it.
    """
    python = config.python or python
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
        effects=tuple({**effects, **config.effects}.items()),
        only=config.packages,
        callables=config.callables,
        links=tuple(config.links.items()),
        overrides=tuple(config.overrides.items()),
    )
    return Prepared(inputs=inputs, releases=read, findings=findings)


def _noticed(releases: Iterable[Sources]) -> tuple[Finding, ...]:
    """Return what was noticed when archives were unpacked."""
    hint = "What is left out or renamed cannot be documented under its name."
    return tuple(
        Finding(path=each.archive or each.distribution, code="DG304", text=note, hint=hint)
        for each in releases
        for note in each.notes
    )
