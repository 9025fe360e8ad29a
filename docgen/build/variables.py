"""Names of modules that are neither classes nor functions: constants, aliases of types, type variables, objects."""

from __future__ import annotations

import ast

from docgen.build.context import Context, Describer
from docgen.build.functions import Functions, partial_of
from docgen.build.places import bound_path
from docgen.model import Annotation, Function, Variable, VariableKind
from docgen.runtime import scopes, values
from docgen.runtime.fields import annotation_head
from docgen.runtime.values import (
    AliasStatement,
    Assignment,
    Binding,
    Class,
    Form,
    Instance,
    Native,
    TypeParameter,
    function_in,
)


class Variables(Describer):
    """Describes variables.

    Parameters:
        context: The readers of their parts.
        functions: How functions are described.
    """

    def __init__(self, context: Context, functions: Functions) -> None:
        super().__init__(context)
        self.functions = functions

    def of(self, name: str, value: values.Value, binding: Binding) -> Variable:
        """Return a variable.

        Parameters:
            name: The name under which the module offers it.
            value: The value that it is bound to.
            binding: The binding of the name at its definition.
        """
        annotated = binding.scope.annotated.get(binding.name)
        node = binding.annotation or (annotated.annotation if annotated else None)
        kind = _kind(value, binding, node)
        annotation = None if node is None else self.annotations.of(node, binding.scope)
        if annotation is None and kind is VariableKind.VALUE:
            annotation = self.annotations.in_stub(binding.scope.source, binding.name)
        if kind in {VariableKind.TYPE_ALIAS, VariableKind.NEW_TYPE}:
            annotation = self._stands_for(binding) or annotation
        return Variable(
            name=name,
            path=bound_path(binding),
            location=self.places.location(binding.node, binding.scope),
            kind=kind,
            annotation=annotation,
            value=None if isinstance(binding.how, AliasStatement) else self.values.bound(binding, is_reported=False),
            type_parameters=self.functions.signatures.type_parameters(binding.node, binding.scope),
            function=self._called(value, binding),
            condition=self.functions.condition(binding),
            description=self._description(binding, annotation),
        )

    def declared(self, name: str, binding: Binding) -> Variable:
        """Return a variable that is annotated and has no value."""
        annotation = None
        if binding.annotation is not None:
            annotation = self.annotations.of(binding.annotation, binding.scope)
        return Variable(
            name=name,
            path=bound_path(binding),
            location=self.places.location(binding.node, binding.scope),
            annotation=annotation,
            condition=self.functions.condition(binding),
            description=self._description(binding, annotation),
        )

    def _description(self, binding: Binding, annotation: Annotation | None) -> str:
        note = binding.scope.source.facts.note(binding.node)
        if note is not None:
            return self.docs.text(note.text)
        return annotation.doc if annotation else ""

    def _stands_for(self, binding: Binding) -> Annotation | None:
        """Return the aliased type of an alias, or the type that a `NewType` is based on."""
        expression = binding.how.expression if isinstance(binding.how, Assignment) else None
        if isinstance(expression, ast.Call) and len(expression.args) > 1:  # NewType("Name", base)
            expression = expression.args[1]
        if isinstance(binding.how, AliasStatement):
            home = scopes.with_type_parameters(binding.node, binding.scope, binding.name)
            written: ast.expr | None = getattr(binding.node, "value", None)
            return None if written is None else self.annotations.of(written, home, resolves=True)
        return None if expression is None else self.annotations.of(expression, binding.scope, resolves=True)

    def _called(self, value: values.Value, binding: Binding) -> Function | None:
        """Return the function that calling an object calls, None if it cannot be called."""
        if (inner := function_in(value)) is not None:
            return self.functions.of(binding.name, value, inner, binding)
        if isinstance(value, Instance) and (inner := partial_of(value)) is not None:
            return self.functions.partial(value, inner, binding, None)
        if not (isinstance(value, Instance) and isinstance(value.of, Class)):
            return None
        found = self.world.classes.find(value.of, "__call__")
        function = function_in(self.world.value(found[1])) if found else None
        if found is None or function is None or not isinstance(found[0], Class):
            return None
        return self.functions.method("__call__", self.world.value(found[1]), function, found[1], found[0])


def _kind(value: values.Value, binding: Binding, annotation: ast.expr | None) -> VariableKind:
    if isinstance(binding.how, AliasStatement) or annotation_head(annotation) == "TypeAlias":
        return VariableKind.TYPE_ALIAS
    if isinstance(value, TypeParameter):
        return VariableKind.NEW_TYPE if value.kind == "NewType" else VariableKind.TYPE_VARIABLE
    if isinstance(value, Form | Class) or (isinstance(value, Native) and isinstance(value.value, type)):
        return VariableKind.TYPE_ALIAS
    is_callable = function_in(value) is not None or isinstance(value, Native)
    if isinstance(value, Instance):
        is_callable = partial_of(value) is not None
        if isinstance(value.of, Class):
            is_callable = "__call__" in value.of.scope.names
    return VariableKind.CALLABLE if is_callable else VariableKind.VALUE
