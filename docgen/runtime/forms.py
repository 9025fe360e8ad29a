"""Type expressions: the results of subscripting and `|` for types, as in CPython 3.11 to 3.13.

Two families behave differently and print differently: classes and the generic aliases of the interpreter
(`list[int]`, `int | None`), and the
forms of `typing` (`typing.List[int]`, `typing.Optional[int]`). `spell` prints them.
"""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

from docgen.runtime.values import (
    NONE,
    Class,
    Collection,
    Constant,
    External,
    Form,
    FormKind,
    Instance,
    Native,
    TypeParameter,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TYPING_MODULES = frozenset({"typing", "typing_extensions"})
"""The modules whose members are special forms, whatever their sources say."""

_TYPING_KINDS = frozenset(
    {FormKind.SPECIAL, FormKind.TYPING, FormKind.UNION, FormKind.LITERAL, FormKind.ANNOTATED, FormKind.UNPACKED}
)


_FORMS_IN_EVERY_VERSION = frozenset({"Annotated", "Any"})
"""Forms that are classes in some versions of the interpreter, with the same behaviour."""


def typing_member(name: str) -> Value | None:
    """Return the value of `typing.name`, a class, a function, or a special form; None if there is no such member."""
    found = getattr(typing, name, None)
    if name == "TYPE_CHECKING":
        return Constant(value=False)
    if name in _FORMS_IN_EVERY_VERSION or (
        found is not None and not isinstance(found, type) and not _is_function(found)
    ):
        return Form(kind=FormKind.SPECIAL, name=f"typing.{name}")
    return None if found is None else Native(value=found)


def subscript(origin: Value, args: tuple[Value, ...], is_typing_generic: Callable[[Value], bool]) -> Value:
    """Return `origin[args]`.

    Parameters:
        origin: The value before the brackets.
        args: The values in the brackets.
        is_typing_generic: Whether a class was made generic by `typing.Generic`.
    """
    if isinstance(origin, Form):
        return _subscript_form(origin, args)
    if is_typing_generic(origin):
        return Form(kind=FormKind.TYPING, origin=origin, args=tuple(_forward(arg) for arg in args))
    return Form(kind=FormKind.BUILTIN, origin=origin, args=args)


def _subscript_form(origin: Form, args: tuple[Value, ...]) -> Value:  # noqa: PLR0911 - one line per form
    name = origin.name.rpartition(".")[2]
    if origin.kind is not FormKind.SPECIAL:
        return substitute(origin, args)
    if name == "Optional":
        return union((*args, NONE))
    if name == "Union":
        return union(args)
    if name == "Literal":
        return Form(kind=FormKind.LITERAL, args=_unique(_literals(args)))
    if name == "Annotated" and args:
        return _annotated(args)
    if name == "Unpack":
        return Form(kind=FormKind.UNPACKED, args=args)
    return Form(kind=FormKind.TYPING, origin=origin, args=tuple(_forward(arg) for arg in args))


def union(members: Iterable[Value]) -> Value:
    """Return `typing.Union[members]`: nested unions flattened, repeated members dropped, a single one bare."""
    flat = _unique(_flattened(_forward(member) for member in members))
    return flat[0] if len(flat) == 1 else Form(kind=FormKind.UNION, args=flat)


def either(left: Value, right: Value) -> Value | None:
    """Return `left | right` for two types, None if one of them is not a type (then it is another operation).

    For classes it is a `types.UnionType`; as soon as a form of typing is involved, it is a `typing.Union`.
    """
    if not (is_type(left) and is_type(right)) or left == right == NONE:
        return None
    if _is_typing(left) or _is_typing(right):
        return union((left, right))
    flat = _unique(_flattened((left, right)))
    return flat[0] if len(flat) == 1 else Form(kind=FormKind.UNION_TYPE, args=flat)


def is_type(value: Value) -> bool:
    """Return True if a value can be a member of a union."""
    if isinstance(value, Native):
        return isinstance(value.value, type)
    return isinstance(value, Class | External | Form | TypeParameter) or value == NONE


def substitute(form: Form, args: tuple[Value, ...]) -> Value:
    """Return a generic alias with its type parameters replaced, in the order of their first use."""
    order = list(dict.fromkeys(parameters_of(form)))
    return _replaced(form, dict(zip(order, args, strict=False)))


def parameters_of(value: Value) -> Iterable[TypeParameter]:
    """Yield the type parameters in a type expression, with repetitions."""
    if isinstance(value, TypeParameter):
        if value.kind not in {"NewType", "TypeAliasType"}:
            yield value
    elif isinstance(value, Form):
        for arg in value.args:
            yield from parameters_of(arg)
    elif isinstance(value, Collection):
        for item in value.items:
            yield from parameters_of(item)


def _replaced(value: Value, by: dict[TypeParameter, Value]) -> Value:
    if isinstance(value, TypeParameter):
        return by.get(value, value)
    if isinstance(value, Collection):
        return Collection(kind=value.kind, items=tuple(_replaced(item, by) for item in value.items))
    if not isinstance(value, Form):
        return value
    args = tuple(_replaced(arg, by) for arg in value.args)
    if value.kind is FormKind.UNION:
        return union(args)
    return Form(kind=value.kind, origin=value.origin, name=value.name, args=args)


def _annotated(args: tuple[Value, ...]) -> Form:
    """Return `Annotated[...]`; nested ones are merged."""
    first = _forward(args[0])
    if isinstance(first, Form) and first.kind is FormKind.ANNOTATED:
        return Form(kind=FormKind.ANNOTATED, args=(*first.args, *args[1:]))
    return Form(kind=FormKind.ANNOTATED, args=(first, *args[1:]))


def _literals(args: Iterable[Value]) -> Iterable[Value]:
    for arg in args:
        if isinstance(arg, Form) and arg.kind is FormKind.LITERAL:
            yield from _literals(arg.args)
        else:
            yield arg


def _flattened(members: Iterable[Value]) -> Iterable[Value]:
    for member in members:
        if isinstance(member, Form) and member.kind in {FormKind.UNION, FormKind.UNION_TYPE}:
            yield from _flattened(member.args)
        else:
            yield member


def _unique(members: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(members))


def _forward(value: Value) -> Value:
    """Return the result of typing for a string in brackets: a forward reference."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return Instance(of=Native(value=typing.ForwardRef), args=(value,))
    if isinstance(value, Collection):
        return Collection(kind=value.kind, items=tuple(_forward(item) for item in value.items))
    return value


def _is_typing(value: Value) -> bool:
    """Return True if `|` with a value gives a `typing.Union`; `Any` is a class since Python 3.11."""
    is_form = isinstance(value, Form) and value.kind in _TYPING_KINDS and value.name != "typing.Any"
    return is_form or (isinstance(value, TypeParameter) and value.kind != "TypeAliasType")


def _is_function(found: object) -> bool:
    return callable(found) and type(found).__name__ in {"function", "builtin_function_or_method"}
