"""Names that the `__getattr__` of a module provides: the strings in its comparisons, and in tables of the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from docgen.runtime.values import Collection, Constant, Scope, Value
from docgen.runtime.world import World
from docgen.sources.trees import blocks, is_name


def asked_names(scope: Scope, world: World) -> tuple[tuple[str, ...], bool]:
    """Return the names that the `__getattr__` of a module may provide, and whether it refuses all others.

    Parameters:
        scope: Scope of the module.
        world: The world that evaluates tables.
    """
    maker = scope.names.get("__getattr__")
    asker = scope.source.facts.body(maker.node).asker if maker else None
    if asker is None:
        return (), False
    tables = {name: _strings_in(name, scope, world) for name in asker.names | asker.tables}
    asked = {each for table in tables.values() for each in table or ()} | asker.asked
    refused = {each for name in asker.refused_tables for each in tables[name] or ()} | asker.refused
    is_closed = asker.refuses_others and all(tables[name] is not None for name in asker.tables - asker.refused_tables)
    return tuple(sorted(asked - refused)), is_closed


def _strings_in(name: str, scope: Scope, world: World) -> tuple[str, ...] | None:
    """Return the strings in a table of a module, or the keys of a dictionary; None if they are unknown."""
    if name == "__all__":
        return world.listed(scope)
    if name not in scope.names:
        return None
    added = (world.evaluate(each, scope) for each in _additions(name, scope.source.tree.body))
    found = [_strings_of(each) for each in (world.value(scope.names[name]), *added)]
    return None if None in found else tuple(each for strings in found for each in strings or ())


def _strings_of(value: Value) -> tuple[str, ...] | None:
    """Return the strings in a container, or the keys of a dictionary; None if they are unknown."""
    if not isinstance(value, Collection):
        return None
    parts = value.items[::2] if value.kind == "dict" else value.items
    strings = tuple(each.value for each in parts if isinstance(each, Constant) and isinstance(each.value, str))
    return strings if len(strings) == len(parts) else None


def _additions(name: str, body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """Yield the items that statements of a module add to one of its tables: `table[key] = ...`, `table.update(...)`."""
    for node in body:
        if isinstance(node, ast.Assign):
            targets = (each for each in node.targets if isinstance(each, ast.Subscript) and is_name(each.value, name))
            yield from (ast.copy_location(ast.Tuple(elts=[each.slice], ctx=ast.Load()), node) for each in targets)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute) and call.func.attr == "update" and is_name(call.func.value, name):
                yield from call.args
        elif isinstance(node, ast.If | ast.Try):
            for block in blocks(node):
                yield from _additions(name, block)
