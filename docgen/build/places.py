"""Where definitions are written, and which symbol a written name refers to."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import partial

from docgen.model import Location
from docgen.runtime import effects
from docgen.runtime.budget import written
from docgen.runtime.values import (
    Binding,
    Class,
    External,
    Form,
    FormKind,
    Function,
    Import,
    Module,
    Native,
    Scope,
    TypeParameter,
)
from docgen.runtime.world import World
from docgen.sources.facts import lines_of
from docgen.sources.store import Source
from docgen.sources.trees import expression, last_name
from docgen.trace import Memo


class Places:
    """Finds the location of a definition, and the symbol that a name refers to.

    Parameters:
        world: Where names are looked up.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._files: dict[Source, str] = {}
        self._origins: Memo[Binding, Binding] = Memo(world.trace)

    def location(self, node: ast.AST, home: Scope) -> Location | None:
        """Return the location of a node, decorators included, as `inspect.getsourcelines` counts; None for none."""
        if not hasattr(node, "lineno"):
            return None
        first, last = lines_of(node)
        return Location(file=self.file(home), line=first, end_line=last)

    def file(self, home: Scope) -> str:
        """Return the file of a scope in the form that locations use."""
        source = home.source
        if source not in self._files:
            self._files[source] = self.world.store.display(source.path)
        return self._files[source]

    def links(self, node: ast.expr, home: Scope) -> tuple[tuple[str, str], ...]:
        """Return the names in an expression with their targets, (name as written, dotted path), each name once.

        Builtins and unresolved names are left out.
        """
        found: dict[str, str] = {}
        for each in _names_in(node):
            text = written(each)
            if text not in found and "." in (path := self.path_of(each, home)):
                found[text] = path
        return tuple(found.items())

    def path_of(self, node: ast.expr, home: Scope) -> str:
        """Return the dotted path of the symbol that a dotted name refers to; empty if there is none."""
        value = self.world.evaluator.evaluate(node, home)
        if isinstance(value, Class | Function | External | Native):
            return _exported(effects.path_of(value) or "")
        if isinstance(value, Module):
            return value.name
        if isinstance(value, Form) and value.kind is FormKind.SPECIAL:
            return value.name
        if isinstance(value, TypeParameter) and value.owner:
            return ""
        binding = self.binding(node, home)
        return "" if binding is None else bound_path(self.origin(binding))

    def origin(self, binding: Binding) -> Binding:
        """Return the original binding of a name, through all imports; the binding itself if it is not an import."""
        row = {binding: None}  # an ordered set
        last = binding
        while last not in self._origins and (further := self._imported(last)) is not None:
            if further in row:  # a cycle has no origin, so the binding at which it is entered counts as one
                return further
            row[further] = None
            last = further
        for each in reversed(row):  # each but the last uses the answer of the one before, because a chain may be long
            binding = self._origins.get(each, partial(self._origin_by_one, each))
        return binding

    def _origin_by_one(self, binding: Binding) -> Binding:
        """Return the origin of a name; that of the name which it imports has been computed before."""
        further = self._imported(binding)
        return binding if further is None else self._origins.get(further, lambda: further)

    def _imported(self, binding: Binding) -> Binding | None:
        """Return the binding that an import refers to; None if it is not an import, or imports a module."""
        if not isinstance(binding.how, Import) or binding.how.attribute is None:
            return None
        scope = self.world.scope(binding.how.module)
        if scope is None:
            return None
        return scope.names.get(binding.how.attribute) or scope.guarded.get(binding.how.attribute)

    def binding(self, node: ast.expr, home: Scope) -> Binding | None:
        """Return the binding that a dotted name refers to, None if there is no readable one."""
        if isinstance(node, ast.Attribute):
            owner = self.world.evaluator.evaluate(node.value, home)
            scope = self.world.scope(owner.name) if isinstance(owner, Module) else None
            return scope.names.get(node.attr) if scope else None
        here: Scope | None = home
        name = node.id if isinstance(node, ast.Name) else ""
        while here is not None:
            found = here.names.get(name) or here.guarded.get(name)
            if found is not None:
                return found
            here = here.parent
        return None


def _exported(path: str) -> str:
    """Return the path under which a package of the standard library exports a name of its private module.

    Python 3.13 has `pathlib.Path` in `pathlib._local`, other versions have it in `pathlib`.
    """
    module, _, name = path.rpartition(".")
    package, _, part = module.rpartition(".")
    if not part.startswith("_") or package.partition(".")[0] not in sys.stdlib_module_names:
        return path
    exported = getattr(sys.modules.get(package), name, None)
    return f"{package}.{name}" if getattr(exported, "__module__", None) == module else path


def bound_path(binding: Binding) -> str:
    """Return the dotted path of the symbol that a binding defines; for an import, that of its origin."""
    how = binding.how
    if isinstance(how, Import):
        return how.module if how.attribute is None else f"{how.module}.{how.attribute}"
    inside = f".{binding.scope.qualname}" if binding.scope.qualname else ""
    return f"{binding.scope.module_name}{inside}.{binding.name}"


def _names_in(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the dotted names in an expression, in source order, including those in strings."""
    pending: list[ast.expr | None] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Name) or (isinstance(each, ast.Attribute) and _is_dotted(each)):
            yield each
        elif isinstance(each, ast.Constant):
            pending.append(expression(each.value) if isinstance(each.value, str) else None)
        elif isinstance(each, ast.Subscript) and last_name(each.value) == "Literal":
            pending.append(each.value)
        elif each is not None:
            pending += reversed([child for child in ast.iter_child_nodes(each) if isinstance(child, ast.expr)])


def _is_dotted(node: ast.Attribute) -> bool:
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return isinstance(inner, ast.Name)
