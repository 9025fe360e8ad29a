"""Models: classes whose metaclass makes the constructor from the annotated fields, as in pydantic."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.model import ParameterKind
from docgen.runtime import spell
from docgen.runtime.classes import Bindings, Classes
from docgen.runtime.fields import annotation_head, maker_call
from docgen.runtime.signatures import FormalParameter, Signature, Signatures, Written
from docgen.runtime.values import Assignment, Binding, Class, Constant, External, Function, Value, Wrapped

if TYPE_CHECKING:
    from docgen.runtime.values import Scope

METACLASSES = frozenset({"pydantic._internal._model_construction.ModelMetaclass"})
"""Metaclasses of models. Source: pydantic's sources."""

FIELD_MAKERS = frozenset({"pydantic.fields.Field"})

AFTER_INIT = "model_post_init"
"""The method that the metaclass adds to a model with private attributes."""
AFTER_INIT_PATH = ("pydantic._internal._model_construction", "init_private_attributes")
"""The path of that method's definition."""


@dataclass(frozen=True, kw_only=True)
class Constructor:
    """How instances of a class are created."""

    signature: Signature
    function: Function | None = None
    """The defined constructor; None if the parameters come from fields."""
    definer: Class | None = None
    """The class in the order that provides it."""
    name: str = "__init__"
    """Name of the method that takes the arguments."""


class Models:
    """Finds the effects of a model's metaclass.

    Parameters:
        names: Looks up values.
        classes: Answers questions about classes.
        signatures: Reads annotations and defaults.
    """

    def __init__(self, names: Bindings, classes: Classes, signatures: Signatures) -> None:
        self.names = names
        self.classes = classes
        self.signatures = signatures
        self.evaluator = signatures.evaluator

    def is_model(self, owner: Class) -> bool:
        """Return True if a class is a model, including the root of all models."""
        metaclass = self.classes.metaclass(owner)
        return isinstance(metaclass, Class | External) and metaclass.path in METACLASSES

    def constructor(self, owner: Class) -> Constructor:
        """Return the constructor of a model: its fields, unless a class below the root defines `__init__`.

        If that takes arbitrary keywords, the fields that it does not name follow its own parameters.
        """
        order = self._order(owner)
        definer = next(each for each in order if each is order[-1] or "__init__" in each.scope.names)
        function = self.classes.own(definer, "__init__")
        fields = self.fields(owner)
        if not isinstance(function, Function):
            return Constructor(signature=Signature(parameters=fields))
        named = [each for each in self.signatures.of(function).parameters if each.kind != ParameterKind.VAR_KEYWORD]
        takes_fields = len(named) < len(self.signatures.of(function).parameters)
        known = {each.name for each in named}
        added = [each for each in fields if takes_fields and each.name not in known]
        return Constructor(signature=Signature(parameters=(*named, *added)), function=function, definer=definer)

    def is_root(self, owner: Class) -> bool:
        """Return True if a class is the root of all models."""
        return self._order(owner)[-1:] == [owner]

    def added_members(self, owner: Class) -> dict[str, Value]:
        """Return the methods that the metaclass adds, by name."""
        order = self._order(owner)[:-1]
        is_needed = any(self._private_names(each) for each in order)
        if not is_needed or any(AFTER_INIT in each.scope.names for each in order):
            return {}
        found = self.names.member(*AFTER_INIT_PATH)
        return {AFTER_INIT: found} if isinstance(found, Function) else {}

    def _order(self, owner: Class) -> list[Class]:
        """Return the models in the method resolution order, the root last; empty for a class that is not a model."""
        return [each for each in self.classes.mro(owner) if isinstance(each, Class) and self.is_model(each)]

    def fields(self, owner: Class) -> tuple[FormalParameter, ...]:
        """Return the fields of a model in the order of their first definition."""
        fields: dict[str, FormalParameter] = {}
        for each in reversed(self._order(owner)):
            for name, binding in each.scope.annotated.items():
                if not name.startswith("_") and annotation_head(binding.annotation) != "ClassVar":
                    fields[name] = self._field(binding, each.scope)
        return tuple(fields.values())

    def _field(self, binding: Binding, scope: Scope) -> FormalParameter:
        annotation = binding.annotation or ast.Constant(value=None)
        call = maker_call(binding, self.evaluator, FIELD_MAKERS)
        words = {word.arg: word.value for word in call.keywords} if call else {}
        parameter = FormalParameter(
            name=binding.name,
            kind=ParameterKind.KEYWORD_ONLY,
            annotation=self.signatures.annotation(annotation, scope, always=True),
            annotated=Written(node=annotation, home=scope, is_resolved=True),
            description=self._text(words.get("description"), scope),
        )
        return self._with_default(parameter, binding, call, scope)

    def _with_default(
        self, parameter: FormalParameter, binding: Binding, call: ast.Call | None, scope: Scope
    ) -> FormalParameter:
        expression = binding.how.expression if isinstance(binding.how, Assignment) else None
        if call is not None:
            words = {word.arg: word.value for word in call.keywords}
            expression = words.get("default", call.args[0] if call.args else None)
            if expression is None and "default_factory" in words:
                factory = self.evaluator.evaluate(words["default_factory"], scope)
                given = Written(node=words["default_factory"], home=scope)
                return self.signatures.with_factory(parameter, f"{_own_name(factory)}()", factory, given)
        if expression is None or (isinstance(expression, ast.Constant) and expression.value is Ellipsis):
            return parameter
        return self.signatures.with_default(parameter, self.evaluator.evaluate(expression, scope), expression, scope)

    def _private_names(self, owner: Class) -> list[str]:
        """Return the names of private attributes: with one underscore, and neither a class variable nor a function."""
        found = [name for name, each in owner.scope.annotated.items() if annotation_head(each.annotation) != "ClassVar"]
        for name, binding in owner.scope.names.items():
            if isinstance(binding.how, Assignment) and not isinstance(self.names.value(binding), Function | Wrapped):
                found.append(name)
        return [name for name in found if name.startswith("_") and not name.startswith("__")]

    def _text(self, node: ast.expr | None, scope: Scope) -> str | None:
        value = None if node is None else self.evaluator.evaluate(node, scope)
        return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _own_name(factory: Value) -> str:
    """Return the `__name__` of a factory; that of a lambda is only in its qualified name."""
    name = factory.qualname if isinstance(factory, Function) else spell.value_text(factory)
    return name.rpartition(".")[2]
