"""What calling a class takes: its own `__init__`, or the one that a dataclass, a model or a base class brings."""

from __future__ import annotations

import ast
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.runtime import effects
from docgen.runtime.fields import annotation_head, maker_call
from docgen.runtime.models import Constructor, Models
from docgen.runtime.scopes import Assignment, Binding
from docgen.runtime.signatures import FACTORY, KEYWORD_ONLY, Parameter, Signature, Signatures
from docgen.runtime.values import Class, External, Function, Instance, Native, Value, Wrapped

if TYPE_CHECKING:
    from docgen.runtime.world import World

DATACLASS_DECORATORS = frozenset({"dataclasses.dataclass"})
FIELD_MAKERS = frozenset({"dataclasses.field"})
ANY_KIND = "positional or keyword"


@dataclass(frozen=True, kw_only=True)
class _Field:
    parameter: Parameter
    is_argument: bool = True


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
        self._dataclasses: dict[Class, dict[str, bool] | None] = {}

    def of(self, owner: Class) -> Constructor | None:
        """Return the constructor of a class, None if it has none but that of `object` or of a class written in C."""
        for each in self.world.classes.mro(owner):
            if isinstance(each, Native):
                if each.value is typing.Protocol:
                    return Constructor(signature=_ANY_ARGUMENTS)
                continue
            if not isinstance(each, Class):
                continue
            if self.models.is_model(each):
                return self.models.constructor(owner)
            found = self._own(each)
            if found is not None:
                return found
        return None

    def is_dataclass(self, owner: Class) -> bool:
        """Say whether a class itself, not a base of it, is a dataclass."""
        return self._options(owner) is not None

    def _own(self, each: Class) -> Constructor | None:
        """Return the constructor that one class of the order brings."""
        value = self.world.classes.own(each, "__init__")
        while isinstance(value, Wrapped):
            value = value.inner
        if isinstance(value, Function):
            return Constructor(signature=self.signatures.of(value), function=value, definer=each)
        options = self._options(each)
        if options is not None and options["init"]:
            parameters = [field.parameter for field in self._fields(each).values() if field.is_argument]
            ordered = sorted(parameters, key=lambda parameter: parameter.kind == KEYWORD_ONLY)
            return Constructor(signature=Signature(parameters=tuple(ordered)), definer=each)
        return None

    # -- dataclasses

    def _options(self, owner: Class) -> dict[str, bool] | None:
        """Return the options that a class is made a dataclass with, None if it is none."""
        if owner not in self._dataclasses:
            self._dataclasses[owner] = None
            for callee, decorator in self.world.classes.decorator_calls(owner):
                if self._makes_dataclass(callee):
                    given = decorator.keywords if isinstance(decorator, ast.Call) else []
                    options = {"init": True, "kw_only": False}
                    options |= {
                        word.arg: word.value.value is True
                        for word in given
                        if word.arg in options and isinstance(word.value, ast.Constant)
                    }
                    self._dataclasses[owner] = options
        return self._dataclasses[owner]

    def _makes_dataclass(self, decorator: Value) -> bool:
        return effects.path_of(decorator) in DATACLASS_DECORATORS

    def _fields(self, owner: Class) -> dict[str, _Field]:
        """Return the fields of a dataclass in order: those of its bases keep their places."""
        fields: dict[str, _Field] = {}
        for each in reversed(self.world.classes.mro(owner)):
            if isinstance(each, Class) and (each is owner or self.is_dataclass(each)):
                fields |= self._own_fields(each)
        return fields

    def _own_fields(self, owner: Class) -> dict[str, _Field]:
        options = self._options(owner) or {}
        is_keyword_only = options.get("kw_only", False)
        fields: dict[str, _Field] = {}
        for name, binding in owner.scope.annotated.items():
            kind = annotation_head(binding.annotation)
            if kind == "KW_ONLY":
                is_keyword_only = True
            elif kind != "ClassVar" and binding.annotation is not None:
                fields[name] = self._field(owner, name, binding.annotation, is_keyword_only=is_keyword_only)
        return fields

    def _field(self, owner: Class, name: str, annotation: ast.expr, *, is_keyword_only: bool) -> _Field:
        found = self.world.classes.find(owner, name)
        default, is_argument = None, True
        if found is not None:
            binding = found[1]
            value = self.world.value(binding)
            if isinstance(value, Instance | External) or isinstance(binding.how, Assignment):
                call = maker_call(binding, self.world, FIELD_MAKERS)
                if call is None:
                    default = self._default(binding, value)
                else:
                    words = {word.arg: word.value for word in call.keywords}
                    is_argument = not _is_false(words.get("init"))
                    is_keyword_only = _is_true(words["kw_only"]) if "kw_only" in words else is_keyword_only
                    if "default" in words:
                        default = self.signatures.default(words["default"], binding.scope)
                    elif "default_factory" in words:
                        default = FACTORY if found[0] is owner else None
            else:
                default = self._default(binding, value)
        parameter = Parameter(
            name=name,
            kind=KEYWORD_ONLY if is_keyword_only else ANY_KIND,
            annotation=self.signatures.annotation(annotation, owner.scope),
            default=default,
        )
        return _Field(parameter=parameter, is_argument=is_argument)

    def _default(self, binding: Binding, value: Value) -> str:
        return self.signatures.value_text(value, binding.node, binding.scope)


_ANY_ARGUMENTS = Signature(
    parameters=(
        Parameter(name="self", kind=ANY_KIND),
        Parameter(name="args", kind="variadic positional"),
        Parameter(name="kwargs", kind="variadic keyword"),
    )
)
"""The constructor that `typing.Protocol` gives its subclasses."""


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


