"""Reads types from the text of annotations, for pages, which do not show which module a name comes from."""

from __future__ import annotations

import ast
import typing
from functools import lru_cache

from docgen.compare.standard import one_spelling
from docgen.model import Type, TypeKind

_NONE = Type(kind=TypeKind.NAME, name="None")
_DEEPEST = 50


@lru_cache(maxsize=8192)
def type_of_text(text: str) -> Type | None:
    """Return the type in a string, with classes by their last names; None if it is not an annotation.

    >>> type_of_text("Optional[a.B]") == type_of_text("B | None")
    True
    """
    try:
        return _type(ast.parse(text.strip(), mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _type(node: ast.expr, depth: int) -> Type:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(node, ast.Constant):
        return _constant(node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(node.id if isinstance(node, ast.Name) else node.attr)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return Type(kind=TypeKind.UNION, args=(_type(node.left, depth + 1), _type(node.right, depth + 1)))
    if isinstance(node, ast.List):
        return Type(kind=TypeKind.PARAMETERS, args=tuple(_type(each, depth + 1) for each in node.elts))
    if isinstance(node, ast.Subscript):
        return _subscript(node, depth)
    raise ValueError("no annotation")


def _constant(node: ast.Constant, depth: int) -> Type:
    if node.value is None:
        return _NONE
    if node.value is Ellipsis:
        return Type(kind=TypeKind.ELLIPSIS)
    if isinstance(node.value, str):
        return _type(ast.parse(node.value.strip(), mode="eval").body, depth + 1)
    raise ValueError("no annotation")


def _named(name: str) -> Type:
    return Type(kind=TypeKind.NAME, name=one_spelling(f"typing.{name}") if hasattr(typing, name) else name)


def _subscript(node: ast.Subscript, depth: int) -> Type:
    name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        choices = tuple(Type(kind=TypeKind.VALUE, name=ast.unparse(each)) for each in elements)
        return Type(kind=TypeKind.LITERAL, args=choices)
    args = tuple(_type(each, depth + 1) for each in elements)
    if name == "Annotated":
        return args[0]
    if name in ("Optional", "Union"):
        return Type(kind=TypeKind.UNION, args=(*args, _NONE) if name == "Optional" else args)
    if name == "Callable":
        return Type(kind=TypeKind.CALLABLE, args=args)
    return Type(kind=TypeKind.NAME, name=_named(name).name, args=args)
