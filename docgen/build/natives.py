"""Classes written in C: as the running interpreter shows them, corrected by a record of other versions of Python.

Pages must not depend on the Python that docgen runs on. So the differences between versions in classes of the standard
library are recorded in `natives.zlib`, which `tools/native_members.py` writes.
"""

from __future__ import annotations

import ast
import inspect
import re
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec

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

RECORD = Path(__file__).with_name("natives.zlib")
_LEFT_OUT = frozenset({"__init__", "__new__", "__doc__", "__module__", "__dict__", "__weakref__"})
_RECEIVERS = {"method": Receiver.INSTANCE, "class method": Receiver.CLASS, "static method": Receiver.NONE}
_NOT_PYTHON = re.compile(r"=<[^<>]*>")
"""A default that has no spelling in Python."""


class NativeMember(msgspec.Struct, frozen=True, array_like=True):
    """A member of a class written in C."""

    kind: Literal["method", "class method", "static method", "property", "value"]
    text: str | None = None
    """Its signature, as `inspect` prints it; None: it declares none. Of a value its repr."""
    doc: str | None = None


class Record(msgspec.Struct, frozen=True):
    """What differs between versions of Python."""

    versions: tuple[str, ...]
    """`3.11`, in order."""
    members: tuple[NativeMember, ...]
    """Each once."""
    classes: dict[str, dict[str, tuple[int | None, ...]]]
    """Class -> member -> its place in `members` for each version; None: that version does not have it."""


@cache
def record() -> Record:
    """Return the record that comes with docgen."""
    return msgspec.json.decode(zlib.decompress(RECORD.read_bytes()), type=Record)


@lru_cache(maxsize=1024)
def members_of(owner: type, python: str) -> Mapping[str, NativeMember]:
    """Return the members of a class itself in a version of Python, in alphabetical order.

    Parameters:
        owner: A class written in C.
        python: `3.12`. Of a version that is not recorded, the running one is taken.
    """
    found = live_members(owner)
    known = record()
    if python in known.versions:
        number = known.versions.index(python)
        for name, places in known.classes.get(f"{owner.__module__}.{owner.__qualname__}", {}).items():
            place = places[number]
            if place is None:
                found.pop(name, None)
            else:
                found[name] = known.members[place]
    return dict(sorted(found.items()))


def live_members(owner: type) -> dict[str, NativeMember]:
    """Return the members of a class itself in the running interpreter, its docstring among them."""
    found = {name: _member(value) for name, value in vars(owner).items() if _is_listed(name)}
    doc = owner.__doc__ if isinstance(owner.__doc__, str) else None
    return found | {"__doc__": NativeMember("value", None, doc)}


def _is_listed(name: str) -> bool:
    return name not in _LEFT_OUT and (not name.startswith("_") or name.endswith("__"))


def _member(value: object) -> NativeMember:
    doc = getattr(value, "__doc__", None)
    doc = doc if isinstance(doc, str) else None
    if callable(value) or isinstance(value, classmethod | staticmethod):
        is_class_method = isinstance(value, classmethod) or type(value).__name__ == "classmethod_descriptor"
        kind: Literal["method", "class method", "static method"] = (
            "static method" if isinstance(value, staticmethod) else "class method" if is_class_method else "method"
        )
        return NativeMember(kind, _signature(getattr(value, "__func__", value)), doc)
    if inspect.isdatadescriptor(value):
        return NativeMember("property", None, doc)
    return NativeMember("value", repr(value), doc)


def _signature(value: object) -> str | None:
    try:
        return str(inspect.signature(value))  # type: ignore[arg-type] # refused by an error
    except Exception:  # noqa: BLE001 - defaults are names of the module, which may not have them: `curses.ACS_VLINE`
        return None


def native_class(owner: type, python: str) -> Class:
    """Return a class written in C: its members by name, with signatures where it declares them.

    Parameters:
        owner: The class.
        python: Version of Python that counts: `3.12`.
    """
    path = spell.class_path(Native(value=owner))
    methods: list[Function] = []
    properties: list[Property] = []
    attributes: list[Attribute] = []
    members = members_of(owner, python)
    for name, member in members.items():
        docstring = _docstring(member)
        if member.kind == "property":
            made = Property(name=name, path=f"{path}.{name}", has_setter=UNKNOWN, docstring=docstring)
            properties.append(made)
        elif member.kind != "value":
            methods.append(_method(name, f"{path}.{name}", member, docstring))
        elif not name.startswith("__"):
            attributes.append(Attribute(name=name, path=f"{path}.{name}", value=Value(text=member.text or "")))
    is_error = issubclass(owner, BaseException)
    return Class(
        name=owner.__name__,
        path=path,
        kind=ClassKind.EXCEPTION if is_error else ClassKind.CLASS,
        mro=tuple(spell.class_path(Native(value=each)) for each in owner.__mro__[1:] if each is not object),
        constructor=UNKNOWN,
        docstring=_docstring(members["__doc__"]),
        attributes=tuple(attributes),
        properties=tuple(properties),
        methods=tuple(methods),
    )


def _docstring(member: NativeMember) -> Docstring | None:
    return None if member.doc is None else Docstring(raw=member.doc)


def native_docstring(owner: Native, name: str, python: str) -> str | None:
    """Return the docstring of a member of a class written in C, its own or the inherited one."""
    order = owner.value.__mro__ if isinstance(owner.value, type) else ()
    found = next((known[name] for each in order if name in (known := members_of(each, python))), None)
    return found.doc if found else None


def _method(name: str, path: str, member: NativeMember, docstring: Docstring | None) -> Function:
    receiver = _RECEIVERS[member.kind]
    parameters = None if member.text is None else parameters_in(member.text)
    if parameters and receiver is not Receiver.NONE and parameters[0].name in {"self", "cls", "type"}:
        parameters = parameters[1:]
    return Function(
        name=name,
        path=path,
        signature=Signature(parameters=UNKNOWN if parameters is None else parameters),
        receiver=receiver,
        is_signature_known=parameters is not None,
        docstring=docstring,
    )


@lru_cache(maxsize=4096)
def parameters_in(signature: str) -> tuple[Parameter, ...] | None:
    """Return the parameters of a signature as `inspect` prints it; None if it cannot be read.

    >>> [each.name for each in parameters_in("(self, /, sep=None)")]
    ['self', 'sep']
    """
    try:
        taken = ast.parse(f"def f{_NOT_PYTHON.sub('=...', signature)}: ...").body[0].args  # type: ignore[attr-defined] # a function
    except SyntaxError:
        return None
    positional = [*taken.posonlyargs, *taken.args]
    defaults = [None] * (len(positional) - len(taken.defaults)) + taken.defaults
    kinds = [ParameterKind.POSITIONAL_ONLY] * len(taken.posonlyargs) + [ParameterKind.POSITIONAL_OR_KEYWORD] * len(
        taken.args
    )
    found = list(zip(positional, kinds, defaults, strict=True))
    found += [(taken.vararg, ParameterKind.VAR_POSITIONAL, None)] if taken.vararg else []
    found += zip(taken.kwonlyargs, [ParameterKind.KEYWORD_ONLY] * len(taken.kwonlyargs), taken.kw_defaults, strict=True)
    found += [(taken.kwarg, ParameterKind.VAR_KEYWORD, None)] if taken.kwarg else []
    return tuple(
        Parameter(name=each.arg, kind=kind, default=None if default is None else Value(text=ast.unparse(default)))
        for each, kind, default in found
    )
