"""Decides which symbols are private by convention, and thus not compared unless requested."""

from __future__ import annotations

from fnmatch import fnmatchcase

from docgen.errors import SettingError
from docgen.model import Class, Module, Reference
from docgen.settings import nearest
from docgen.sources.layout import TESTS
from docgen.symbols import Index

_NOT_OFFERED = TESTS | {"benchmarks", "extern", "externals", "third_party", "vendor", "vendored"}
"""Modules of a package that are not part of its API."""
_COPIED = frozenset({"six"})
"""Modules that a package only has as copies of other distributions."""
_BUILD = "setup"
_PERHAPS_TESTS = frozenset({"test", "testing"})
"""Packages with the tests of a distribution, or with helpers for the tests of others, as their modules show."""


class Visible:
    """Decides whether a path is compared.

    Parameters:
        indexes: Both sides; a name is public if one of them lists it in `__all__` or names it publicly.
        private: Private symbols are compared too.
        only: Public paths, with `*` and `?`; these and the symbols below them are compared, or all if empty.
        documented: Private symbols that are compared because documentation tells users to import them.
    """

    def __init__(
        self,
        *indexes: Index,
        private: bool = False,
        only: tuple[str, ...] = (),
        documented: frozenset[str] = frozenset(),
    ) -> None:
        self.private = private
        self.documented = documented
        self.only = only
        self._marked = {
            f"{module.name}.{name}"
            for index in indexes
            for module in index.reference.modules
            for name in (module.listed if isinstance(module.listed, tuple) else ())
        }
        self._marked |= {
            path
            for index in indexes
            for path, symbol in index.public.items()
            if isinstance(symbol, Class) and symbol.is_marked_public
        }
        self._private = {package for index in indexes for module in index.modules if (package := _tests_of(module))}
        self._private |= {name for index in indexes for name, module in index.modules.items() if _is_of_build(module)}

    def __call__(self, path: str) -> bool:
        """Return True if a symbol is compared, given its public path."""
        return self.is_wanted(path) and (self.private or self.is_public(path))

    def is_wanted(self, path: str) -> bool:
        """Return True if a path is one of the requested ones, or below one."""
        return not self.only or any(fnmatchcase(path, each) or fnmatchcase(path, f"{each}.*") for each in self.only)

    def is_public(self, path: str) -> bool:
        """Return True if a path is public by convention, or documentation uses it."""
        if any(path == each or path.startswith(f"{each}.") for each in self.documented):
            return True
        names = path.split(".")
        for end in range(2, len(names) + 1):
            name = names[end - 1]
            part = ".".join(names[:end])
            is_inside = end < len(names) and (name in _NOT_OFFERED or part in self._private)
            is_private = (
                is_private_name(name) or is_inside or name in _COPIED or (part in self._private and name == _BUILD)
            )
            if is_private and part not in self._marked:
                return False
        return True


def _is_of_build(module: Module) -> bool:
    """Return True if a module `setup` only says how a package is built. Source: `numpy.distutils`, `configuration`."""
    is_setup = module.name.endswith(f".{_BUILD}")
    return is_setup and [each.name for each in module.functions] == ["configuration"] and not module.classes


def _tests_of(module: str) -> str:
    """Return the test package that a module belongs to by its name; empty if there is none.

    >>> _tests_of("acme.test.test_client"), _tests_of("acme.test.client")
    ('acme.test', '')
    """
    *above, name = module.split(".")
    is_test = name.startswith("test_") or name.endswith("_test")
    place = next((place for place, each in enumerate(above) if each in _PERHAPS_TESTS and is_test), 0)
    return ".".join(above[: place + 1]) if place else ""


def check_only(only: tuple[str, ...], *references: Reference) -> None:
    """Refuse a pattern that matches no symbol of either side; a symbol of one side alone is removed or added.

    Raises:
        SettingError: A pattern matches nothing.
    """
    indexes = [Index(each) for each in references] if only else []
    paths = {path for index in indexes for known in (index.modules, index.public, index.aliases) for path in known}
    members = (
        f"{path}.{name}"
        for index in indexes
        for path, symbol in index.public.items()
        if isinstance(symbol, Class)
        for name in index.held(symbol)
    )
    paths.update(members)
    for pattern in only:
        if not any(fnmatchcase(path, pattern) for path in paths):
            message = f"--only {pattern}: no symbol of either side has this path. {nearest(pattern, sorted(paths))}"
            raise SettingError(message.rstrip())


def is_private_name(name: str) -> bool:
    """Return True if a name is private by its spelling; special methods (`__len__`) are not."""
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))
