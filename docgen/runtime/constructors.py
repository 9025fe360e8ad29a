"""Finds constructors: the `__init__` of a class, or the one that a dataclass, a model or a base class provides."""

from __future__ import annotations

import inspect
import typing
from dataclasses import replace

import msgspec

from docgen.model import ParameterKind
from docgen.runtime.classes import Bindings, Classes
from docgen.runtime.fields import Fields
from docgen.runtime.models import Constructor, Models
from docgen.runtime.signatures import FormalParameter, Signature, Signatures
from docgen.runtime.values import Class, Function, Native, Wrapped

_ANY_ARGUMENTS = Signature(
    parameters=(
        FormalParameter(name="self"),
        FormalParameter(name="args", kind=ParameterKind.VAR_POSITIONAL),
        FormalParameter(name="kwargs", kind=ParameterKind.VAR_KEYWORD),
    )
)
"""The constructor that `typing.Protocol` gives its subclasses."""


class Constructors:
    """Finds the constructors of classes.

    Parameters:
        names: Looks up values.
        classes: Answers questions about classes.
        signatures: Reads signatures.
        models: Finds the effects of metaclasses of models.
        fields: Reads fields.
        python: Version of CPython whose behaviour is modelled, (major, minor).
    """

    def __init__(  # noqa: PLR0913 - each part it works with, and nothing that finds the others
        self,
        *,
        names: Bindings,
        classes: Classes,
        signatures: Signatures,
        models: Models,
        fields: Fields,
        python: tuple[int, int],
    ) -> None:
        self.names = names
        self.classes = classes
        self.signatures = signatures
        self.models = models
        self.fields = fields
        self.python = python

    def of(self, owner: Class) -> Constructor | None:
        """Return the constructor of a class, None if it has only that of `object` or of a class written in C."""
        for each in self.classes.mro(owner):
            if isinstance(each, Native) and each.value is typing.Protocol:
                return Constructor(signature=_ANY_ARGUMENTS)
            if not isinstance(each, Class):
                continue
            found = self.models.constructor(owner) if self.models.is_model(each) else self._own(each)
            if found is not None:
                return found
        return None

    def called(self, owner: Class) -> Constructor | None:
        """Return the signature of a call of a class by the rules of `inspect.signature`; None if there is none.

        The receiver is left out. Source: `inspect._signature_from_callable`, CPython 3.11 to 3.13.
        """
        given = self._of_metaclass(owner)
        if given is not None:
            return given
        for each in self.classes.mro(owner):
            if isinstance(each, Native):
                if each.value is not object:
                    return _of_native(each)
            elif isinstance(each, Class):
                found = self._model(owner) if self.models.is_model(each) else self._new(each) or self._own(each)
                if found is not None:
                    return replace(found, signature=_without_receiver(found.signature, found.function))
        return None

    def _model(self, owner: Class) -> Constructor | None:
        """Return the constructor of a model; for the root of all models, it is the one that the root itself defines."""
        return self._own(owner) if self.models.is_root(owner) else self.models.constructor(owner)

    def _of_metaclass(self, owner: Class) -> Constructor | None:
        """Return the `__call__` of a metaclass that defines one; enumerations have a signature of their own."""
        classes = self.classes
        metaclass = classes.metaclass(owner)
        if not isinstance(metaclass, Class):
            return None
        if classes.is_enum(owner) and self.python >= ENUMS_TELL:
            has_members = any(
                isinstance(each, Class)
                and any(classes.is_enum_member(b, self.names.value(b)) for b in each.scope.names.values())
                for each in classes.mro(owner)
                if classes.is_enum(each)
            )
            return Constructor(signature=_ENUM_WITH_MEMBERS if has_members else _ENUM_WITHOUT_MEMBERS)
        found = classes.find(metaclass, "__call__")
        function = self.names.value(found[1]) if found else None
        if found is None or not isinstance(function, Function):
            return None
        signature = self.signatures.of(function)
        return Constructor(signature=_without_receiver(signature, function))

    def _new(self, each: Class) -> Constructor | None:
        """Return the signature of the `__new__` of one class in the order: its own, or that of a named tuple."""
        value = self.classes.own(each, "__new__")
        while isinstance(value, Wrapped):
            value = value.inner
        if isinstance(value, Function):
            return Constructor(signature=self.signatures.of(value), function=value, definer=each, name="__new__")
        if self.fields.is_own_named_tuple(each):
            return Constructor(signature=self._of_fields(each), definer=each)
        if self.fields.is_typed_dict(each):
            return Constructor(signature=self.fields.keys(each), definer=each)
        return None

    def _own(self, each: Class) -> Constructor | None:
        """Return the constructor that one class in the order provides."""
        value = self.classes.own(each, "__init__")
        while isinstance(value, Wrapped):
            value = value.inner
        if isinstance(value, Function):
            return Constructor(signature=self.signatures.of(value), function=value, definer=each)
        return Constructor(signature=self._of_fields(each), definer=each) if self.fields.makes(each, "init") else None

    def _of_fields(self, each: Class) -> Signature:
        parameters = [field.parameter for field in self.fields.of(each) if field.is_argument]
        ordered = sorted(parameters, key=lambda parameter: parameter.kind == ParameterKind.KEYWORD_ONLY)
        return Signature(parameters=tuple(ordered))


ENUMS_TELL = (3, 12)
"""The first version of Python in which enumerations have a signature of their own (`EnumType.__signature__`)."""

_ENUM_WITH_MEMBERS = Signature(parameters=(FormalParameter(name="values", kind=ParameterKind.VAR_POSITIONAL),))
_ENUM_WITHOUT_MEMBERS = Signature(
    parameters=(
        FormalParameter(name="new_class_name", kind=ParameterKind.POSITIONAL_ONLY),
        FormalParameter(name="names"),
        *(
            FormalParameter(name=name, kind=ParameterKind.KEYWORD_ONLY, default="None")
            for name in ("module", "qualname", "type")
        ),
        FormalParameter(name="start", kind=ParameterKind.KEYWORD_ONLY, default="1"),
        FormalParameter(name="boundary", kind=ParameterKind.KEYWORD_ONLY, default="None"),
    )
)


def _without_receiver(signature: Signature, function: Function | None) -> Signature:
    """Return the signature of a bound method, without its first parameter unless that is variadic."""
    first = signature.parameters[0] if signature.parameters else None
    if (
        function is None
        or first is None
        or first.kind not in {ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.POSITIONAL_ONLY}
    ):
        return signature
    return msgspec.structs.replace(signature, parameters=signature.parameters[1:])


def _of_native(owner: Native) -> Constructor | None:
    """Return the signature that a class written in C declares, None if it declares none."""
    if owner.value is typing.Protocol:
        return Constructor(signature=Signature(parameters=_ANY_ARGUMENTS.parameters[1:]))
    try:
        found = inspect.signature(typing.cast("type", owner.value))
    except Exception:  # noqa: BLE001 - defaults are names of the module, which may not have them: `curses.ACS_VLINE`
        return None
    parameters = tuple(
        FormalParameter(
            name=each.name,
            kind=ParameterKind(each.kind.description),
            default=None if each.default is each.empty else repr(each.default),
        )
        for each in found.parameters.values()
    )
    return Constructor(signature=Signature(parameters=parameters))
