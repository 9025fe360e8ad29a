"""Classes written in C, as the running interpreter shows them."""

from __future__ import annotations

import inspect
from functools import cache

from docgen.model import (
    UNKNOWN,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Parameter,
    ParameterKind,
    Property,
    Receiver,
    Signature,
    Value,
)
from docgen.runtime import spell
from docgen.runtime.values import Native


@cache
def native_class(owner: type) -> Class:
    """Return a class written in C: its members by name, with signatures where it declares them."""
    path = spell.class_path(Native(value=owner))
    methods: list[Function] = []
    properties: list[Property] = []
    attributes: list[Attribute] = []
    for name, member in vars(owner).items():
        if name in {"__init__", "__new__", "__doc__", "__module__", "__dict__", "__weakref__"} or (
            name.startswith("_") and not name.endswith("__")
        ):
            continue
        doc = getattr(member, "__doc__", None)
        docstring = Docstring(raw=doc) if isinstance(doc, str) else None
        member_path = f"{path}.{name}"
        if callable(member) or isinstance(member, classmethod | staticmethod):
            methods.append(_method(name, member_path, member, docstring))
        elif inspect.isdatadescriptor(member):
            properties.append(Property(name=name, path=member_path, has_setter=UNKNOWN, docstring=docstring))
        elif not name.startswith("__"):
            attributes.append(Attribute(name=name, path=member_path, value=Value(text=repr(member))))
    is_error = issubclass(owner, BaseException)
    return Class(
        name=owner.__name__,
        path=path,
        kind=ClassKind.EXCEPTION if is_error else ClassKind.CLASS,
        mro=tuple(spell.class_path(Native(value=each)) for each in owner.__mro__[1:] if each is not object),
        constructor=UNKNOWN,
        docstring=Docstring(raw=owner.__doc__) if isinstance(owner.__doc__, str) else None,
        attributes=tuple(attributes),
        properties=tuple(properties),
        methods=tuple(methods),
    )


def _method(name: str, path: str, member: object, docstring: Docstring | None) -> Function:
    receiver = Receiver.INSTANCE
    if isinstance(member, staticmethod):
        receiver = Receiver.NONE
    elif isinstance(member, classmethod) or type(member).__name__ == "classmethod_descriptor":
        receiver = Receiver.CLASS
    inner = getattr(member, "__func__", member)
    parameters = _parameters(inner, drops_first=receiver is not Receiver.NONE)
    return Function(
        name=name,
        path=path,
        signature=Signature(parameters=UNKNOWN if parameters is None else parameters),
        receiver=receiver,
        is_signature_known=parameters is not None,
        docstring=docstring,
    )


def _parameters(member: object, *, drops_first: bool) -> tuple[Parameter, ...] | None:
    """Return the parameters that a function written in C declares, None if it declares no signature."""
    try:
        found = list(inspect.signature(member).parameters.values())  # type: ignore[arg-type] # refused by an error
    except (TypeError, ValueError):
        return None
    if drops_first and found and found[0].name in {"self", "cls", "type"}:
        found = found[1:]
    return tuple(
        Parameter(
            name=each.name,
            kind=ParameterKind(each.kind.description),
            default=None if each.default is each.empty else Value(text=repr(each.default)),
        )
        for each in found
    )
