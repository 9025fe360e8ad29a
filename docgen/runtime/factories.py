"""Classes that are created by calls: `namedtuple`, `NamedTuple`, `TypedDict` and `Enum` with names of members."""

from __future__ import annotations

import ast

from docgen.findings import writable

_FACTORIES: dict[str, tuple[str, str]] = {
    "collections.namedtuple": ("typing", "NamedTuple"),
    "typing.NamedTuple": ("typing", "NamedTuple"),
    "typing.TypedDict": ("typing", "TypedDict"),
    "typing_extensions.TypedDict": ("typing", "TypedDict"),
    **{f"enum.{name}": ("enum", name) for name in ("Enum", "Flag", "IntEnum", "IntFlag", "StrEnum")},
}
"""Callable that creates a class -> module and name of the base in the equivalent class statement."""


UNTYPED = ast.Constant(value=None)
"""Placeholder for the type of a field without one."""


def _annotations(fields: list[tuple[str, ast.expr]], defaults: list[ast.expr]) -> list[ast.stmt]:
    without = [None] * (len(fields) - len(defaults))
    return [
        ast.AnnAssign(target=ast.Name(id=name, ctx=ast.Store()), annotation=kind, value=value, simple=1)
        for (name, kind), value in zip(fields, [*without, *defaults], strict=False)
    ]


def _defaults(call: ast.Call) -> list[ast.expr]:
    """Return the defaults of the last fields in `namedtuple(..., defaults=[...])`."""
    given = next((word.value for word in call.keywords if word.arg == "defaults"), None)
    return given.elts if isinstance(given, ast.List | ast.Tuple) else []


def _members(fields: list[tuple[str, ast.expr]]) -> list[ast.stmt]:
    """Return the members of an enumeration, numbered from one."""
    return [
        ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=ast.Constant(value=number))
        for number, (name, _) in enumerate(fields, start=1)
    ]


def _fields_of(args: list[ast.expr], keywords: list[ast.keyword]) -> list[tuple[str, ast.expr]] | None:
    """Return names and types of the fields that a call of a class factory lists; None if they are computed."""
    untyped = UNTYPED
    if not args:
        return [(word.arg, word.value) for word in keywords if word.arg]
    fields = args[0]
    if isinstance(fields, ast.Constant) and isinstance(fields.value, str):
        return [(name, untyped) for name in fields.value.replace(",", " ").split()]
    if isinstance(fields, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in fields.keys]
        return [(str(key), value) for key, value in zip(keys, fields.values, strict=True) if key is not None]
    if not isinstance(fields, ast.List | ast.Tuple):
        return None
    pairs: list[tuple[str, ast.expr]] = []
    for field in fields.elts:
        if isinstance(field, ast.Constant):
            pairs.append((str(field.value), untyped))
        elif isinstance(field, ast.Tuple) and len(field.elts) > 1 and isinstance(field.elts[0], ast.Constant):
            pairs.append((str(field.elts[0].value), field.elts[1]))
        else:
            return None
    return pairs


def class_statement(factory: str, call: ast.Call) -> tuple[ast.ClassDef, str] | None:
    """Return the class statement that is equivalent to a call, and the module of its base; None if there is none.

    Parameters:
        factory: Dotted path of the called function.
        call: The call.
    """
    base = _FACTORIES.get(factory)
    if base is None or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    fields = [(writable(name), kind) for name, kind in _fields_of(call.args[1:], call.keywords) or ()]
    if not fields:
        return None
    body = _members(fields) if base[0] == "enum" else _annotations(fields, _defaults(call))
    parent = ast.Attribute(value=ast.Name(id=base[0], ctx=ast.Load()), attr=base[1], ctx=ast.Load())
    name = writable(str(call.args[0].value))
    definition = ast.ClassDef(name=name, bases=[parent], keywords=[], body=body, decorator_list=[])
    if hasattr(ast, "TypeAlias"):
        setattr(definition, "type_params", [])  # noqa: B010 - a field that the node has from Python 3.12 on only
    return ast.fix_missing_locations(ast.copy_location(definition, call)), base[0]
