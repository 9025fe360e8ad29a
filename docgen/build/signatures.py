"""Signatures: the parameters of functions and constructors, their types, and type parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from docgen.build.context import Describer
from docgen.model import (
    UNKNOWN,
    Parameter,
    ParameterKind,
    Signature,
    TypeParameter,
)
from docgen.runtime import forms, spell, values
from docgen.runtime.facts import overloads
from docgen.runtime.fields import annotation_head
from docgen.runtime.signatures import FormalParameter, raw_parameters
from docgen.runtime.values import Binding, Class, Scope
from docgen.sources import store
from docgen.sources.store import RawParameter

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_PARAMETER = 60
"""Characters that a parameter defined elsewhere counts as, in the limit on what a module shows beyond its own text."""

_GENERIC = frozenset({"typing.Generic", "typing.Protocol"})


class Signatures(Describer):
    """Describes what calling something takes.

    Parameters:
        context: The readers of the parts.
    """

    def of(self, function: values.Function, *, drops_first: bool) -> tuple[Signature, str]:
        """Return a signature and the name of the receiver, empty if it takes none.

        Parameters:
            function: Seen through its decorators.
            drops_first: The first parameter takes the receiver.
        """
        node, home = function.node, function.home
        raws = raw_parameters(function)
        receiver_name = ""
        if drops_first and raws and "variadic" not in raws[0].kind.value:
            receiver_name, raws = raws[0].name, raws[1:]
        returns = None if isinstance(node, ast.Lambda) or node.returns is None else node.returns
        parameters = tuple(self._parameter(each, home) for each in raws)
        found = Signature(
            parameters=(*parameters, *self._from_keywords(function, raws)),
            returns=None if returns is None else self.annotations.of(returns, home),
            type_parameters=self.type_parameters(node, home),
        )
        stub = self.world.in_stub(home.source, function.qualname)
        return found if stub is None else self._with_types(found, stub), receiver_name

    def _with_types(self, signature: Signature, stub: Binding) -> Signature:
        """Return a signature with types added from the stub beside its module; its own types are kept."""
        node, home = stub.how, stub.scope
        if not isinstance(node, FunctionNode) or not isinstance(signature.parameters, tuple):
            return signature
        if overloads(stub, self.world.value):
            return signature
        types = {each.name: each.annotation for each in store.parameters(node)}
        parameters = tuple(
            msgspec.structs.replace(each, annotation=self.annotations.of(written, home))
            if each.annotation is None and (written := types.get(each.name)) is not None
            else each
            for each in signature.parameters
        )
        returns = signature.returns
        if returns is None and node.returns is not None:
            returns = self.annotations.of(node.returns, home)
        return msgspec.structs.replace(signature, parameters=parameters, returns=returns)

    def _from_keywords(self, function: values.Function, raws: tuple[RawParameter, ...]) -> Iterator[Parameter]:
        """Yield the further keywords that a function takes: the keys of `**kwargs` that it declares or reads."""
        taking = next((each for each in raws if each.kind is ParameterKind.VAR_KEYWORD), None)
        if taking is None:
            return
        known = {each.name for each in raws}
        declared = self._declared_keys(taking, function)
        if declared is not None:
            yield from (each for each in declared if each.name not in known)
            return
        body = function.home.source.facts.body(function.node)
        for keyword in body.keywords:
            if keyword.name not in known:
                given = keyword.default
                is_passed_on = body.passes_keywords and not keyword.is_taken_out
                yield Parameter(
                    name=keyword.name,
                    kind=ParameterKind.KEYWORD_ONLY,
                    default=None if keyword.is_required else UNKNOWN if given is None else self.values.inside(given),
                    is_from_keywords=True,
                    demand="passed on" if is_passed_on else "",
                )

    def _declared_keys(self, taking: RawParameter, function: values.Function) -> tuple[Parameter, ...] | None:
        """Return the keys that `**kwargs: Unpack[Keys]` takes, None if there is no such annotation. Source: PEP 692."""
        home = function.home
        if taking.annotation is None or annotation_head(taking.annotation) != "Unpack":
            return None
        value = self.annotations.value(taking.annotation, home)
        keys = value.args[0] if isinstance(value, values.Form) and value.args else None
        if not isinstance(keys, Class) or not self.constructors.fields.is_typed_dict(keys):
            return None
        fields = self.constructors.fields.keys(keys).parameters
        if not self.shows(len(fields), function.node, home):
            return None
        found = (self._of_field(each, home) for each in fields)
        texts = self.texts.inherited(keys)
        return tuple(
            msgspec.structs.replace(
                each,
                is_from_keywords=True,
                description=texts.get(each.name, each.description),
                default=None if each.default is None else UNKNOWN,
            )
            for each in found
        )

    def _parameter(self, raw: RawParameter, home: Scope) -> Parameter:
        annotation = None if raw.annotation is None else self.annotations.of(raw.annotation, home)
        is_variadic = "variadic" in raw.kind.value
        return Parameter(
            name=raw.name,
            kind=raw.kind,
            annotation=annotation,
            default=None if raw.default is None or is_variadic else self.values.at(raw.default, home),
            description=annotation.doc if annotation else "",
        )

    def of_fields(self, parameters: tuple[FormalParameter, ...], home: Scope) -> Signature:
        """Return the signature of a constructor that is made from fields."""
        return Signature(parameters=tuple(self._of_field(each, home) for each in parameters))

    def _of_field(self, field: FormalParameter, home: Scope) -> Parameter:
        annotation = None
        if field.annotated is not None:
            source = field.annotated
            annotation = self.annotations.of(source.node, source.home, resolves=source.is_resolved)
        default = None
        if field.factory is not None:
            default = self.values.factory(field.given.node if field.given else None)
        elif field.value is not None:
            given = field.given
            default = self.values.of(field.value, given.node if given else None, given.home if given else home)
        elif field.default is not None:
            default = self.values.text(field.default)
        doc = annotation.doc if annotation else ""
        return Parameter(
            name=field.name,
            kind=ParameterKind(field.kind),
            annotation=annotation,
            default=default,
            description=field.description or doc,
        )

    def type_parameters(self, node: ast.AST, home: Scope) -> tuple[TypeParameter, ...]:
        """Return the type parameters that a definition declares in brackets (PEP 695)."""
        return tuple(self._declared(each, home) for each in getattr(node, "type_params", ()))

    def generic_in(self, owner: Class) -> tuple[TypeParameter, ...]:
        """Return the type parameters of a class: in brackets, of `Generic[...]`, or free in its other bases."""
        declared = self.type_parameters(owner.node, owner.home)
        if declared:
            return declared
        bases = [
            each for each in self.world.evaluator.items(owner.node.bases, owner.home) if isinstance(each, values.Form)
        ]
        # `Generic[...]` lists all of them, and determines their order.
        heads = [each for each in bases if spell.class_path(each.origin or values.NONE) in _GENERIC]
        found = dict.fromkeys(each for base in heads or bases for each in forms.parameters_of(base))
        return tuple(self._variable(each, owner.home) for each in found)

    def _variable(self, value: values.TypeParameter, home: Scope) -> TypeParameter:
        """Return a type variable that a call makes."""
        call = self.annotations.types.variable_call(value)
        variance = {"+": "covariant", "-": "contravariant"}.get(value.mark, "")
        if call is None:
            return TypeParameter(name=value.name, kind=value.kind, variance=variance)
        node, home = call
        words = {word.arg: word.value for word in node.keywords}
        bound, default = words.get("bound"), words.get("default")
        return TypeParameter(
            name=value.name,
            kind=value.kind,
            bound=None if bound is None else self.annotations.of(bound, home, resolves=True),
            constraints=tuple(self.annotations.of(each, home, resolves=True) for each in node.args[1:]),
            default=None if default is None else self.annotations.of(default, home, resolves=True),
            variance=variance,
        )

    def _declared(self, node: ast.AST, home: Scope) -> TypeParameter:
        bound: ast.expr | None = getattr(node, "bound", None)
        default: ast.expr | None = getattr(node, "default_value", None)
        constraints = bound.elts if isinstance(bound, ast.Tuple) else []
        return TypeParameter(
            name=str(getattr(node, "name", "")),
            kind=type(node).__name__,
            bound=self.annotations.of(bound, home) if bound is not None and not constraints else None,
            constraints=tuple(self.annotations.of(each, home) for each in constraints),
            default=None if default is None else self.annotations.of(default, home),
            variance="inferred" if type(node).__name__ == "TypeVar" else "",
        )

    def shows(self, count: int, node: ast.AST, home: Scope) -> bool:
        """Return True if parameters that are defined elsewhere may be shown for a definition.

        Parameters:
            count: How many there are.
            node: The definition.
            home: The scope that contains it.
        """
        return self.world.notes.shows(count * _PARAMETER, node, home)
