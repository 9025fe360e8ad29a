"""Prints static types and values as CPython prints the real ones.

`annotation_text` is the `str()` of an evaluated annotation, `value_text` the `repr()` of a default.
Sources: `typing._type_repr`,
`types.GenericAlias`, `types.UnionType` and the reprs of dataclasses and enumerations, CPython 3.11 to 3.13 (they
agree in everything that is printed here).
"""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

from docgen.findings import writable
from docgen.runtime.values import (
    NONE,
    Class,
    Collection,
    Constant,
    EnumMember,
    External,
    Form,
    FormKind,
    Function,
    Instance,
    Module,
    Native,
    Opaque,
    TypeParameter,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CALLABLE_ABC = "collections.abc.Callable"
"""The class whose aliases show their parameters in a list of their own."""


def annotation_text(value: Value) -> str:
    """Return `str(annotation)`, with a class as its bare path."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return writable(value.value)
    if isinstance(value, Class | External) or (isinstance(value, Native) and isinstance(value.value, type)):
        return class_path(value)
    if isinstance(value, Instance) and not value.is_complete:
        return class_path(value.of)  # its repr is the address of an object of that class
    return form_text(value)


def class_path(value: Value) -> str:
    """Return the dotted path of a class as in its repr: builtins bare."""
    if isinstance(value, Native):
        module = getattr(value.value, "__module__", "builtins")
        qualname = getattr(value.value, "__qualname__", repr(value.value))
        return qualname if module in {"builtins", None} else f"{module}.{qualname}"
    return value.path if isinstance(value, Class | External | Function) else form_text(value)


def inner_text(value: Value) -> str:
    """Return the text of a type inside the brackets of another one."""
    if value == NONE:
        return "None"
    if isinstance(value, Class | External) or (isinstance(value, Native) and isinstance(value.value, type)):
        return class_path(value)
    if isinstance(value, Function):
        return value.name
    if isinstance(value, Native) and callable(value.value):
        return str(getattr(value.value, "__name__", repr(value.value)))
    return form_text(value)


def form_text(value: Value) -> str:
    """Return `repr()` of a type expression."""
    if isinstance(value, Form):
        return _PRINTERS[value.kind](value)
    if isinstance(value, TypeParameter):
        return _type_parameter_text(value)
    if isinstance(value, Constant) and value.value is Ellipsis:
        return "..."
    if isinstance(value, Collection) and value.kind in {"list", "tuple"}:
        return f"[{', '.join(inner_text(item) for item in value.items)}]"
    if isinstance(value, Instance) and value.of == Native(value=typing.ForwardRef):
        return f"ForwardRef({value_text(value.args[0])})"
    return value_text(value)


def _bracketed(origin: str, args: tuple[Value, ...], text: Callable[[Value], str]) -> str:
    inside = ", ".join(text(arg) for arg in args)
    return f"{origin}[{inside or '()'}]"


def _typing_arg(value: Value) -> str:
    """Return an argument of a typing form, in which None is replaced by its type."""
    return "NoneType" if value == NONE else inner_text(value)


def _typing_text(form: Form) -> str:
    origin = form.origin.name if isinstance(form.origin, Form) else class_path(form.origin or NONE)
    if origin == "typing.Callable" and len(form.args) == 2:  # noqa: PLR2004 - parameters and the return type
        return f"{origin}[{_callable_parameters(form.args[0])}, {_callable_result(form.args[1])}]"
    return _bracketed(origin, form.args, _none_as_value)


def _none_as_value(value: Value) -> str:
    return "NoneType" if value == NONE else inner_text(value)


def _callable_parameters(value: Value) -> str:
    if isinstance(value, Collection):
        return f"[{', '.join(_typing_arg(item) for item in value.items)}]"
    return inner_text(value)


def _callable_result(value: Value) -> str:
    return _typing_arg(value)


def _builtin_text(form: Form) -> str:
    origin = class_path(form.origin or NONE)
    return _bracketed(origin, form.args, inner_text)


def _union_text(form: Form) -> str:
    without_none = tuple(arg for arg in form.args if arg != NONE)
    if len(form.args) == 2 and len(without_none) == 1:  # noqa: PLR2004 - `Optional` is the union of one type and None
        return f"typing.Optional[{_typing_arg(without_none[0])}]"
    return _bracketed("typing.Union", form.args, _typing_arg)


def _union_type_text(form: Form) -> str:
    return " | ".join(inner_text(arg) for arg in form.args)


def _annotated_text(form: Form) -> str:
    first, *metadata = form.args
    return f"typing.Annotated[{', '.join([_typing_arg(first), *(value_text(each) for each in metadata)])}]"


_PRINTERS: dict[FormKind, Callable[[Form], str]] = {
    FormKind.SPECIAL: lambda form: form.name,
    FormKind.TYPING: _typing_text,
    FormKind.BUILTIN: _builtin_text,
    FormKind.UNION: _union_text,
    FormKind.UNION_TYPE: _union_type_text,
    FormKind.LITERAL: lambda form: _bracketed("typing.Literal", form.args, value_text),
    FormKind.ANNOTATED: _annotated_text,
    FormKind.INIT_VAR: lambda form: _bracketed("dataclasses.InitVar", form.args, inner_text),
    FormKind.UNPACKED: lambda form: _bracketed("typing.Unpack", form.args, inner_text),
}


def _type_parameter_text(value: TypeParameter) -> str:
    if value.kind == "NewType":
        return f"{value.module}.{value.name}"
    if value.kind == "ParamSpecArgs":
        return f"{value.name}.args"
    if value.kind == "ParamSpecKwargs":
        return f"{value.name}.kwargs"
    return value.name if value.kind == "TypeVarTuple" else f"{value.mark}{value.name}"


def value_text(value: Value) -> str:  # noqa: PLR0911 - one line per kind of value
    """Return `repr()` of a value, with names in place of reprs that contain an address."""
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, Collection):
        return _collection_text(value)
    if isinstance(value, EnumMember):
        return f"<{value.of.name}.{value.name}: {value_text(value.value)}>"
    if isinstance(value, Instance):
        return _instance_text(value)
    if isinstance(value, Form | TypeParameter):
        return form_text(value)
    if isinstance(value, Function):
        return value.name
    if isinstance(value, Wrapped):
        return value_text(value.inner)
    if isinstance(value, Native) and not isinstance(value.value, type):
        return str(getattr(value.value, "__name__", repr(value.value)))
    if isinstance(value, Class | Native | External):
        return class_path(value)
    return value.name if isinstance(value, Module) else _opaque_text(value)


def _opaque_text(value: Opaque) -> str:
    return value.text


def _collection_text(value: Collection) -> str:
    texts = [value_text(item) for item in value.items]
    if value.kind == "dict":
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(texts[::2], texts[1::2], strict=True)) + "}"
    inside = ", ".join(texts)
    if value.kind == "tuple":
        return f"({inside},)" if len(texts) == 1 else f"({inside})"
    if value.kind == "list":
        return f"[{inside}]"
    shown = f"{{{inside}}}" if texts else ""
    return f"frozenset({shown})" if value.kind == "frozenset" else shown or "set()"


def _instance_text(value: Instance) -> str:
    """Return a call as the usual repr writes it: the class's own name and its arguments."""
    name = class_path(value.of).rpartition(".")[2]
    inside = [value_text(arg) for arg in value.args] + [f"{key}={value_text(arg)}" for key, arg in value.keywords]
    return f"{name}({', '.join(inside)})"
