"""Scopes inside others, for loops and type parameters; and the modules that imports name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from docgen.runtime.values import Assignment, Binding, Collection, Place, Scope, TypeParameter, Value
from docgen.sources.store import Source


def nested(scope: Scope, target: ast.expr, value: Value) -> Scope:
    """Return a scope inside another one in which the names of a loop are bound to one value."""
    inner = Scope(source=scope.source, meter=scope.meter, parent=scope, qualname=scope.qualname)
    pairs: list[tuple[ast.expr, Value]] = [(target, value)]
    while pairs:
        part, bound = pairs.pop()
        if isinstance(part, ast.Name):
            how = Assignment(expression=None)
            # In the outer scope, because a binding that refers to the scope that contains it would never be freed.
            inner.names[part.id] = Binding(name=part.id, how=how, scope=scope, node=ast.Pass(), value=bound)
        elif isinstance(part, ast.Tuple | ast.List) and isinstance(bound, Collection):
            taken = ((each, bound.taken(place)) for each, place in unpacked(part))
            pairs += ((each, found) for each, found in taken if found is not None)
    return inner


def unpacked(target: ast.Tuple | ast.List) -> Iterator[tuple[ast.expr, Place]]:
    """Yield the targets in order, each with the position of its item; after a star, positions count from the end.

    Source: the language reference, "Assignment statements".
    """
    place, count = 0, len(target.elts)
    for index, each in enumerate(target.elts):
        if isinstance(each, ast.Starred):
            place = index + 1 - count
            yield each.value, slice(index, place or None)
        else:
            yield each, place
            place += 1


def with_type_parameters(node: ast.AST, home: Scope, qualname: str) -> Scope:
    """Return the scope that a definition sees: the one that contains it, or that of its type parameters.

    Parameters:
        node: `def`, `class` or `type`, with type parameters in brackets (PEP 695).
        home: The scope that contains it.
        qualname: Qualified name of the definition, which distinguishes type parameters of the same name.
    """
    given: list[ast.AST] = getattr(node, "type_params", [])
    if not given:
        return home
    inner = Scope(source=home.source, meter=home.meter, parent=home, qualname=home.qualname, is_type_parameters=True)
    for each in given:
        name = str(getattr(each, "name", ""))
        value = TypeParameter(kind=type(each).__name__, name=name, module=home.module_name, mark="", owner=qualname)
        how = Assignment(expression=None)
        inner.names[name] = Binding(name=name, how=how, scope=inner, node=ast.Pass(), value=value)
    return inner


def absolute(node: ast.ImportFrom, source: Source) -> str:
    """Return the absolute name of the module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    parts = source.name.split(".")
    kept = parts[: len(parts) - node.level + source.is_package]
    return ".".join([*kept, node.module] if node.module else kept)
