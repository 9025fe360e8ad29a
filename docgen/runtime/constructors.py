"""What calling a class takes: its own `__init__`, or the one that a dataclass, a model or a base class brings."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

from docgen.runtime.fields import Fields
from docgen.runtime.models import Constructor, Models
from docgen.runtime.signatures import KEYWORD_ONLY, Parameter, Signature, Signatures
from docgen.runtime.values import Class, Function, Native, Wrapped

if TYPE_CHECKING:
    from docgen.runtime.world import World

ANY_KIND = "positional or keyword"

_ANY_ARGUMENTS = Signature(
    parameters=(
        Parameter(name="self", kind=ANY_KIND),
        Parameter(name="args", kind="variadic positional"),
        Parameter(name="kwargs", kind="variadic keyword"),
    )
)
"""The constructor that `typing.Protocol` gives its subclasses."""


class Constructors:
    """Finds the constructors of classes.

    Parameters:
        world: Where names are looked up.
        signatures: How signatures are read.
    """

    def __init__(self, world: World, signatures: Signatures) -> None:
        self.world = world
        self.signatures = signatures
        self.models = Models(world, signatures)
        self.fields = Fields(world, signatures)

    def of(self, owner: Class) -> Constructor | None:
        """Return the constructor of a class, None if it has none but that of `object` or of a class written in C."""
        for each in self.world.classes.mro(owner):
            if isinstance(each, Native) and each.value is typing.Protocol:
                return Constructor(signature=_ANY_ARGUMENTS)
            if not isinstance(each, Class):
                continue
            found = self.models.constructor(owner) if self.models.is_model(each) else self._own(each)
            if found is not None:
                return found
        return None

    def _own(self, each: Class) -> Constructor | None:
        """Return the constructor that one class of the order brings."""
        value = self.world.classes.own(each, "__init__")
        while isinstance(value, Wrapped):
            value = value.inner
        if isinstance(value, Function):
            return Constructor(signature=self.signatures.of(value), function=value, definer=each)
        if not self.fields.makes(each, "init"):
            return None
        parameters = [field.parameter for field in self.fields.of(each) if field.is_argument]
        ordered = sorted(parameters, key=lambda parameter: parameter.kind == KEYWORD_ONLY)
        return Constructor(signature=Signature(parameters=tuple(ordered)), definer=each)
