"""The modules and files that every kind of build visits; each question about them is a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from docgen.build.inputs import Inputs
from docgen.errors import SymbolError
from docgen.findings import shortened
from docgen.incremental.units import Units
from docgen.runtime.budget import written
from docgen.runtime.world import World


class Named(Protocol):
    """A unit that may hold names."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names; empty for a unit that holds anything else."""


P = TypeVar("P", bound=Named)


class Walk(Generic[P]):
    """Goes through the modules and files of the packages.

    Parameters:
        inputs: What is read.
        world: Where modules are read.
        units: What the build finds out.
        named: Makes a unit that holds nothing but names.
    """

    def __init__(self, inputs: Inputs, world: World, units: Units[P], named: Callable[[tuple[str, ...]], P]) -> None:
        self.inputs = inputs
        self.world = world
        self.units = units
        self.named = named

    def modules(self, below: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
        """Return the wanted packages and modules, each before those below it, which are in alphabetical order.

        Parameters:
            below: Returns the full names of the public modules right below a package.

        Raises:
            SymbolError: `only` names packages that do not exist.
        """
        names = [name for package in self.inputs.packages for name in self._from(package, below)]
        if absent := sorted(set(self.inputs.only) - set(names)):
            raise SymbolError(
                f"packages = {absent}: the sources of {self.inputs.distribution} have no such public package. "
                f"They have {', '.join(names)}."
            )
        return tuple(name for name in names if not self.inputs.only or name in self.inputs.only)

    def _from(self, name: str, below: Callable[[str], tuple[str, ...]]) -> Iterator[str]:
        yield name
        for each in self.units.get(f"below {name}", lambda: self.named(below(name))).names:
            yield from self._from(each, below)

    def read_the_rest(self, packages: Sequence[str], check: Callable[[str], None] | None = None) -> tuple[Path, ...]:
        """Read every file that no name has led to, so that each is either read or a finding; return all files.

        Then check what the modules that were read import from each other.

        Parameters:
            packages: Whose files are read.
            check: Adds further findings on a module.
        """
        library, root = self.world.store, self.inputs.root
        files = tuple(path for package in packages for path in library.files(package, root))
        # Before the files, because reading them binds no names.
        modules = self.units.modules()
        for module in modules:
            self._bound_names(module)  # a unit that is not requested in a build is not stored for the next one
        for module in modules:
            self.units.get(f"imports {module}", partial(self._check_imports, module, check))
        for path in files:
            self.units.get(f"file {path.relative_to(root)}", partial(self._read_file, path))
        return files

    def _check_imports(self, module: str, check: Callable[[str], None] | None) -> P:
        self.world.check_imports(module, self.inputs.packages, self._bound_names)
        if check is not None:
            check(module)
        return self.named(())

    def _bound_names(self, module: str) -> tuple[str, ...]:
        return self.units.get(f"bound {module}", lambda: self.named(self.world.bound_names(module))).names

    def _read_file(self, path: Path) -> P:
        self.world.store.read_file(path, self.inputs.root)
        return self.named(())


def note_name_makers(world: World, module: str) -> None:
    """Add a finding for each place of a module where code binds names that no reader can know."""
    scope = world.scope(module)
    if scope is None:
        return
    for class_name, node in scope.name_makers:
        named = f"{module}.{class_name}" if class_name else module
        text = f"{named} is given names while code runs: {shortened(written(node))}"
        hint = "Names that the source does not spell out are missing from the reference."
        world.note("DG109", node, scope, text, hint)
