"""Which names of a module are public, which symbol each of them is, and under which one path a symbol is described."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import msgspec

from docgen.build.places import Places, bound_path
from docgen.runtime import describe, values
from docgen.runtime.effects import path_of
from docgen.runtime.values import Assignment, Binding, Class, Definition, External, Import, Module, Native, Scope
from docgen.runtime.world import World
from docgen.trace import Memo

_MOST_IMPORTS = 16
"""Longest chain of imports of one name that is followed."""
_OF_LANGUAGE = frozenset({"__all__", "__dir__", "__doc__", "__getattr__", "__path__"})
"""Names that mean something to Python: no user of a module asks for them."""


class Name(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public name of a module."""

    name: str
    rank: int
    """How a module offers it: `DECLARED`, `DEFINED` or `IMPORTED`; the path with the lowest value is described."""
    path: str
    """Dotted path of the definition of the symbol."""
    kind: str = ""
    """The kind of symbol, as in `model.Alias`."""
    is_own: bool = True
    """The symbol belongs to the documented packages."""
    line: int = 0
    end_line: int = 0
    """The scope that binds the name."""
    is_for_checkers: bool = False
    """It is bound for type checkers only."""
    is_starred: bool = False
    """It comes from a wildcard import."""


DECLARED = 0
"""In `__all__`, or imported as itself (`import x as x`)."""
DEFINED = 1
"""Defined here, in a module without `__all__`."""
IMPORTED = 2
"""Imported, in a package or a module of imports, neither with `__all__`."""


class Names:
    """Finds public names.

    Parameters:
        world: Where names are looked up.
        packages: The documented packages, and the private ones of the same distribution.
        shows_private: Every name that a module defines counts as public, whatever its spelling and `__all__`.
    """

    def __init__(self, world: World, packages: Iterable[str], *, shows_private: bool = False) -> None:
        self.world = world
        self.shows_private = shows_private
        self.packages = tuple(packages)
        self.places = Places(world)
        self._definitions: Memo[Binding, Binding] = Memo(world.trace)

    def of(self, module: str) -> tuple[Name, ...]:
        """Return the public names of a module, in the order of `__all__`, or else in source order."""
        scope = self.world.scope(module)
        if scope is None:
            return ()
        listed = self.world.listed(scope)
        offered = self._offered(scope) if listed is None else ((name, DECLARED) for name in listed)
        if self.shows_private:
            known = dict(offered)
            own = (name for name, each in scope.names.items() if isinstance(each.how, Definition | Assignment))
            offered = iter({**{name: DEFINED for name in own if name[:2] != "__"}, **known}.items())
        found = (self._name(module, scope, name, rank) for name, rank in offered)
        return tuple(each for each in found if each is not None)

    def bound(self, scope: Scope) -> Iterator[str]:
        """Yield the names that a module defines or imports from the documented packages, without private ones."""
        for name, binding in scope.names.items():
            how = binding.how
            is_reported = _is_of_module(name) or not name.startswith("_")
            if is_reported and (not isinstance(how, Import) or self.is_own(how.module)):
                yield name

    def binding(self, scope: Scope, name: str) -> Binding | None:
        """Return the binding of a name of a module: at run time, or for type checkers.

        If there is neither, it is the annotation of a name without a value.
        """
        for names in (scope.names, scope.guarded, scope.annotated):
            if name in names:
                return self._readable(names[name])
        return None

    def _readable(self, binding: Binding) -> Binding:
        """Return the module's own definition of a name whose import cannot be read: a pure-Python fallback."""
        how, before = binding.how, binding.previous
        if isinstance(how, Import) and before is not None and isinstance(before.how, Definition):
            return binding if self.world.is_readable(how.module) else before
        return binding

    def _offered(self, scope: Scope) -> Iterator[tuple[str, int]]:
        """Yield the public names of a module without `__all__`, each with how the module offers it."""
        is_facade = self._is_facade(scope)
        bound = {**scope.annotated, **scope.names}
        for name, last in sorted(bound.items(), key=lambda pair: getattr(pair[1].node, "lineno", 0)):
            if name.startswith("_"):
                continue
            binding = self._readable(last)
            how = binding.how
            if not isinstance(how, Import):
                yield name, DEFINED
            elif how.is_reexport:
                yield name, DECLARED
            elif _is_star(binding):
                yield from [(name, IMPORTED)] if self._is_of_own(how) and not self._is_foreign(how) else []
            elif (is_facade or scope.renames_members) and self._is_of_own(how):
                yield name, IMPORTED

    def _is_of_own(self, how: Import) -> bool:
        return how.attribute is not None and self.is_own(how.module)

    def _is_foreign(self, how: Import) -> bool:
        """Return True if a module that is imported whole has a name for its own use, from another distribution."""
        for _ in range(_MOST_IMPORTS):
            scope = self.world.scope(how.module)
            binding = scope.names.get(how.attribute or "") if scope else None
            if scope is None or binding is None or not isinstance(binding.how, Import):
                return False
            if not self._is_of_own(binding.how):
                return not binding.how.is_reexport and self.world.listed(scope) is None
            how = binding.how
        return False

    def _is_facade(self, scope: Scope) -> bool:
        """Return True if the names that a module imports from its own package are re-exports, because it is a package.

        The same holds for a module that defines nothing itself. In a stub, only `import x as x` re-exports. Source: PEP
        484.
        """
        if scope.source.path.suffix == ".pyi":
            return False
        return scope.source.is_package or not any(isinstance(each.how, Definition) for each in scope.names.values())

    def _name(self, module: str, scope: Scope, name: str, rank: int) -> Name | None:
        value, binding = self.world.member(module, name), self.binding(scope, name)
        if value is None and (binding is None or name not in scope.annotated):
            if rank is DECLARED:
                node = scope.names["__all__"].node if "__all__" in scope.names else scope.source.tree
                self.world.note(
                    "DG103", node, scope, f"__all__ lists {name}, which is not defined", "The name is left out."
                )
            return None
        if isinstance(value, values.Opaque) and binding is not None:
            value = self._submodule(binding) or value
        if isinstance(value, Module) and (value.name == f"{module}.{name}" or rank is not DECLARED):
            return None
        node = binding.node if binding else scope.source.tree
        if isinstance(value, External) and self.is_own(value.path):
            message = f"{name} is public, but its kind is unknown: it is {describe.description(value)}"
            self.world.note("DG106", node, scope, message, "Only its name is listed.")
        path = self._path(module, name, value, binding)
        return Name(
            name=name,
            rank=rank,
            path=path,
            kind="variable" if value is None else kind_of(value),
            is_own=self.is_own(path),
            is_for_checkers=name in scope.guarded and name not in scope.names,
            is_starred=binding is not None and binding.wildcards > 0,
            line=getattr(node, "lineno", 0),
            end_line=getattr(node, "end_lineno", 0) or 0,
        )

    def _submodule(self, binding: Binding) -> Module | None:
        """Return the module that defines a name which packages import from each other."""
        pending: list[Binding | None] = [binding]
        seen: set[int] = set()
        while pending:
            each = pending.pop()
            how = None if each is None or id(each) in seen else each.how
            if each is None or not isinstance(how, Import) or how.attribute is None:
                continue
            seen.add(id(each))
            if self.world.store.exists(f"{how.module}.{how.attribute}"):
                return Module(name=f"{how.module}.{how.attribute}")
            scope = self.world.scope(how.module)
            pending += [each.previous, scope.names.get(how.attribute) if scope else None]
        return None

    def _path(self, module: str, name: str, value: values.Value | None, binding: Binding | None) -> str:
        if isinstance(value, Module):
            return value.name
        if isinstance(value, External):
            return value.path
        if isinstance(value, Native) and (known := path_of(value)):
            return known
        if binding is None:
            return f"{module}.{name}"
        if isinstance(value, Class):
            return value.path
        return bound_path(binding if value is None else self.definition(binding, value))

    def definition(self, binding: Binding, value: values.Value) -> Binding:
        """Return the binding that defines a symbol, following imports and `old = new` for named objects."""
        if not isinstance(value, values.Function | values.Wrapped | values.Class | Native):
            return self.places.origin(binding)
        row = {binding: None}  # a set in order
        last = binding
        while last not in self._definitions and (further := self._further(last)) is not last:
            if further in row:  # a circle defines nothing; its entry represents it
                return further
            row[further] = None
            last = further
        for each in reversed(row):  # each uses the result of the previous one, because a row may be long
            binding = self._definitions.get(each, partial(self._definition_by_one, each))
        return binding

    def _definition_by_one(self, binding: Binding) -> Binding:
        """Return the definition of a symbol; that of the name that it is bound to is already known."""
        further = self._further(binding)
        return binding if further is binding else self._definitions.get(further, lambda: further)

    def _further(self, binding: Binding) -> Binding:
        """Return the source of a binding, through imports and one `old = new`; itself if it defines the symbol."""
        origin = self.places.origin(binding)
        expression = origin.how.expression if isinstance(origin.how, Assignment) else None
        if isinstance(expression, ast.Name | ast.Attribute):
            return self.places.binding(expression, origin.scope) or origin
        return origin

    def is_own(self, path: str) -> bool:
        """Return True if a dotted path is in the documented packages."""
        return any(f"{path}.".startswith(f"{package}.") for package in self.packages)


def kind_of(value: values.Value) -> str:
    """Return the kind of symbol that a value is, in the words of `model.Alias`; empty if it is unknown."""
    if isinstance(value, Class) or (isinstance(value, Native) and isinstance(value.value, type)):
        return "class"
    if isinstance(value, Module):
        return "module"
    if isinstance(value, External | values.Opaque):
        return ""
    while isinstance(value, values.Wrapped):
        value = value.inner
    is_function = isinstance(value, values.Function) or (isinstance(value, Native) and callable(value.value))
    return "function" if is_function else "variable"


def canonical(names: Mapping[str, Iterable[Name]]) -> dict[str, tuple[str, str]]:
    """Return the module and name under which each symbol of the documented packages is described, by its path.

    This is the shortest path that declares it (`__all__`), else its definition, else the shortest import of it.
    Of several packages that declare it, the one that defines it comes first.

    Parameters:
        names: The public names of each module.
    """
    best: dict[str, tuple[tuple[int, bool, int, bool, str, str], tuple[str, str]]] = {}
    for module, found in names.items():
        for each in found:
            if not each.is_own or each.kind == "module":
                continue
            is_other_package = module.partition(".")[0] != each.path.partition(".")[0]
            is_other_name = each.name != each.path.rpartition(".")[2]
            rank = (each.rank, is_other_package, module.count("."), is_other_name, module, each.name)
            if each.path not in best or rank < best[each.path][0]:
                best[each.path] = (rank, (module, each.name))
    return {path: place for path, (_, place) in best.items()}


MOST_STARRED, STARRED_PER_NAME = 5_000, 8
"""Limit on the names listed because of wildcard imports: for any package, and in addition for each other name."""


def overstarred(names: Mapping[str, Iterable[Name]]) -> Iterator[str]:
    """Yield the modules at which the number of names from wildcard imports, added up so far, exceeds the limit.

    Modules that import all names from each other would list all of them again and again.

    Parameters:
        names: The public names of each module.
    """
    starred = {module: sum(each.is_starred for each in found) for module, found in names.items()}
    room = MOST_STARRED + STARRED_PER_NAME * sum(not each.is_starred for found in names.values() for each in found)
    for module, count in starred.items():
        if count > room:
            yield module
        else:
            room -= count


def _is_of_module(name: str) -> bool:
    """Return whether a name says something of its module, as `__version__` does."""
    return name.startswith("__") and name.endswith("__") and name not in _OF_LANGUAGE


def _is_star(binding: Binding) -> bool:
    node = binding.node
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
