"""A contract from the view of the engine: a folder of data and properties, found by name or by path.

| in the folder | contains |
|-|-|
| `contract.toml` | the profiles, the model and the other keys of `ContractFile`; may be empty |
| `catalogue/*.toml` | the rules, one table each |
| `suite/test_*.py` | the properties, each tied to its rule by `@rule("ID")` |
| `adapters/known.toml` | implementations that `conformance run` knows by name; optional |
| `reproducers/*.toml` | one script per rule that shows a deviation; optional |
| `strength.toml` | how many wrong implementations the suite catches; optional |
| `binding.py` | how properties are given an implementation, see `conformance.engine.child.binding`; optional |

The command reads these files and never imports the folder. The child process imports it, as a package of the folder's
name, or as `conformance.contracts.NAME` if it is one of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from conformance.engine.reports.model import Measure
from conformance.engine.rules import FIRST_RELEASE, Level, Profile, Rule, load_catalogue
from conformance.errors import CatalogueError, UsageError
from docgen.files import read_file
from docgen.settings import nearest, parse_toml

Value = TypeVar("Value")

BUILT_IN = Path(__file__).parent.parent / "contracts"
"""The folder of the contracts that are found by name."""


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An implementation that keeps the contract: if a property fails on it too, the suite is at fault."""

    adapter: str
    """`module:attribute`, imported in the child process."""
    packages: tuple[str, ...] = ()
    """Packages that its adapter imports; the child process can import them from where the command is installed."""


class ProfileEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile as `contract.toml` declares it."""

    judges: tuple[Level, ...]
    decides: tuple[Level, ...]


class ContractFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`contract.toml`. Every key has a default."""

    profiles: Mapping[str, ProfileEntry] = {}
    """Default: one profile, `default`, that judges every rule and in which all levels but OBS decide."""
    default_profile: str = ""
    """Default: the first one."""
    page: str = ""
    """The published page that rules quote unless they name another."""
    first_release: str = FIRST_RELEASE
    """The release that a rule is part of since, unless it names another."""
    model: Model | None = None
    adapter_for_plugins: str = ""
    """The known implementation whose adapter runs a release that is not known by name."""


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A requirement that some releases need and do not declare."""

    releases: str
    """The releases, as a version specifier: `>=2.1.0,<2.1.3`."""
    requirement: str
    reason: str
    extra: str = ""
    """Only if the release is requested with this extra; empty for always."""


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An implementation that `conformance run` knows by name."""

    adapter: str
    pins: tuple[Pin, ...] = ()


class StrengthFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`strength.toml`: how many wrong implementations the suite caught when it was last graded."""

    measure: tuple[Measure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A contract, read from its folder without importing it."""

    name: str
    """Its name for `--contract` and in reports, which is the name of its folder."""
    folder: Path
    package: str
    """The name by which the child process imports the folder."""
    suite: str
    """The package whose modules `test_*` contain the properties."""
    profiles: Mapping[str, Profile]
    default_profile: str
    page: str = ""
    first_release: str = FIRST_RELEASE
    model: Model | None = None
    adapter_for_plugins: str = ""

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, in the order of files and of entries within a file.

        Raises:
            CatalogueError: An entry of the catalogue is wrong.
        """
        return load_catalogue(
            self.folder / "catalogue",
            profiles=self.profiles.values(),
            page=self.page,
            first_release=self.first_release,
        )

    @cached_property
    def known(self) -> Mapping[str, Known]:
        """The implementations that are known by name.

        Raises:
            CatalogueError: The file that lists them is wrong.
        """
        path = self.folder / "adapters" / "known.toml"
        return _decoded(path, dict[str, Known]) if path.is_file() else {}

    @cached_property
    def strength(self) -> tuple[Measure, ...]:
        """How many wrong implementations the suite catches, the most independent figure first.

        Raises:
            CatalogueError: The file with the figures is wrong.
        """
        path = self.folder / "strength.toml"
        return _decoded(path, StrengthFile).measure if path.is_file() else ()

    def __getstate__(self) -> dict[str, object]:
        """Return the fields to pickle: without what was read, and without the folder of a built-in contract."""
        state = {name: vars(self)[name] for name in self.__dataclass_fields__}
        return {**state, "folder": None} if self.is_built_in else state

    def __setstate__(self, state: dict[str, object]) -> None:
        """Restore the fields. The folder of a built-in contract is that of this installation."""
        vars(self).update(state if state["folder"] is not None else {**state, "folder": BUILT_IN / str(state["name"])})

    @property
    def is_built_in(self) -> bool:
        """Whether the folder is part of this package."""
        return self.folder.parent == BUILT_IN

    def profile(self, name: str | None) -> Profile:
        """Return a profile by name, the default one for None.

        Raises:
            UsageError: There is no such profile.
        """
        found = self.profiles.get(self.default_profile if name is None else name)
        if found is None:
            raise UsageError(
                f"--profile {name}: {self.name} has no such profile. {nearest(str(name), self.profiles)}"
                f"It has {', '.join(self.profiles)}."
            )
        return found


def find_contract(name: str) -> Contract:
    """Return a contract by the name of a built-in one, or by the path of its folder.

    Parameters:
        name: Name or path. If empty, the built-in contract, if there is only one.

    Raises:
        UsageError: There is neither.
        CatalogueError: Its `contract.toml` is wrong.
    """
    names = [path.parent.name for path in sorted(BUILT_IN.glob("*/contract.toml"))]
    if not name:
        if len(names) != 1:
            raise UsageError(f"no contract is named. Name one of {', '.join(names)}, or your own: --contract FOLDER.")
        (name,) = names
    built_in = BUILT_IN / name
    if (built_in / "contract.toml").is_file() and built_in.parent == BUILT_IN:
        return _read(built_in, f"conformance.contracts.{name}")
    folder = Path(name).resolve()
    if not (folder / "contract.toml").is_file():
        raise UsageError(
            f"--contract {name}: this is neither a contract known by name ({', '.join(names)}) nor a folder with a "
            f"contract.toml. {nearest(name, names)}`conformance new-contract NAME` writes one.".rstrip()
        )
    return contract_in(folder)


def contract_in(folder: Path) -> Contract:
    """Return the contract in a folder.

    Raises:
        UsageError: The child process cannot import the folder under its name.
        CatalogueError: Its `contract.toml` is wrong.
    """
    if folder.parent == BUILT_IN:
        return _read(folder, f"conformance.contracts.{folder.name}")
    if not folder.name.isidentifier() or folder.name in {*sys.stdlib_module_names, "conformance", "hypothesis"}:
        raise UsageError(
            f"{folder}: a contract is imported under the name of its folder, and {folder.name!r} cannot be that name. "
            "Rename the folder to an identifier that is not the name of another package."
        )
    return _read(folder, folder.name)


def _read(folder: Path, package: str) -> Contract:
    """Return the contract in a folder that is imported as `package`.

    Raises:
        CatalogueError: Its `contract.toml` is wrong.
    """
    path = folder / "contract.toml"
    file = _decoded(path, ContractFile)
    profiles = {
        name: Profile(name=name, levels=frozenset(entry.judges), deciding=frozenset(entry.decides))
        for name, entry in file.profiles.items()
    } or {
        "default": Profile(name="default", levels=frozenset(Level), deciding=frozenset(Level) - {Level.OBS}),
    }
    default_profile = file.default_profile or next(iter(profiles))
    if default_profile not in profiles:
        raise CatalogueError(f"{path}: default_profile={default_profile!r}: there is no [profiles.{default_profile}].")
    return Contract(
        name=folder.name,
        folder=folder,
        package=package,
        suite=f"{package}.suite",
        profiles=profiles,
        default_profile=default_profile,
        page=file.page,
        first_release=file.first_release,
        model=file.model,
        adapter_for_plugins=file.adapter_for_plugins,
    )


def _decoded(path: Path, kind: type[Value]) -> Value:
    """Return a TOML file of a contract as a value.

    Raises:
        CatalogueError: It cannot be read, or is not such a value.
    """
    try:
        return msgspec.convert(parse_toml(read_file(path).decode()), kind)
    except (OSError, ValueError) as error:  # a wrong value is a ValueError, too
        raise CatalogueError(f"{path}: {error}.") from error
