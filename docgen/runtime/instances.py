"""Instances as their repr shows them: which arguments a dataclass, a model or a named tuple prints.

And with what values.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.runtime import effects, spell
from docgen.runtime.classes import Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.signatures import FormalParameter
from docgen.runtime.values import Class, Collection, Constant, External, Function, Instance, Native, Opaque, Value

if TYPE_CHECKING:
    from docgen.runtime.constructors import Constructors

RICH_REPR_DECORATORS = frozenset({"rich.repr.auto", "rich.repr.rich_repr"})
"""Decorators whose repr leaves out what equals its default and gives required arguments without their names."""

POSIX_PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib._local.Path", "pathlib._local.PosixPath"})
"""Calling one of these gives a `PosixPath` on the systems that references are made on."""


class Instances:
    """Rewrites instances into what their repr shows.

    Parameters:
        evaluator: How expressions are evaluated.
        classes: What is known of classes.
        constructors: How calls are matched with parameters.
    """

    def __init__(self, evaluator: Evaluator, classes: Classes, constructors: Constructors) -> None:
        self.evaluator = evaluator
        self.classes = classes
        self.constructors = constructors

    def shown(self, value: Value) -> Value:
        """Return a value whose instances, at any depth, have the arguments that their repr prints.

        An instance without a repr of its own prints as its class (its real repr is an address); one whose repr is
        code becomes `Opaque`.
        """
        if isinstance(value, Collection):
            return replace(value, items=tuple(self.shown(item) for item in value.items))
        if not isinstance(value, Instance):
            return value
        if effects.path_of(value) in POSIX_PATHS and all(isinstance(arg, Constant) for arg in value.args):
            path = "/".join(str(arg.value) for arg in value.args if isinstance(arg, Constant)) or "."
            return Instance(of=External(path="PosixPath"), args=(Constant(value=path),))
        if isinstance(value.of, Native) and value.of.value is object:
            return value.of  # its repr is an address
        if not isinstance(value.of, Class) or not value.is_complete:
            return value.of if isinstance(value.of, Class) else Opaque(text=_call_text(value))
        return self._by_style(value, value.of)

    def _by_style(self, value: Instance, owner: Class) -> Value:
        for each in self.classes.mro(owner):
            if not isinstance(each, Class):
                continue
            if any(effects.path_of(callee) in RICH_REPR_DECORATORS for callee, _ in self.classes.decorator_calls(each)):
                return self._rich(value, owner)
            if self.constructors.models.is_model(each):
                return self._model(value, owner)
            if "__repr__" in each.scope.names:
                constant = _constant_result(each.scope.names["__repr__"].node)
                return External(path=constant) if constant else Opaque(text=_call_text(value))
            if self.constructors.fields.makes(each, "repr") or self.constructors.fields.is_named_tuple(each):
                return self._fields(value, owner)
        return owner

    def _rich(self, value: Instance, owner: Class) -> Value:
        """Return what `rich.repr.auto` prints: required arguments bare.

        Others by name where they differ from their default.
        """
        found = self.constructors.of(owner)
        bound = self._bound(value, list(found.signature.parameters) if found else [])
        if bound is None:
            return Opaque(text=_call_text(value))
        args = [inner for parameter, inner in bound if parameter.default is None]
        keywords = [
            (parameter.name, inner)
            for parameter, inner in bound
            if parameter.default is not None and inner != self.shown(parameter.value or Opaque(text=""))
        ]
        return Instance(of=owner, args=tuple(args), keywords=tuple(keywords))

    def _model(self, value: Instance, owner: Class) -> Value:
        return self._named(value, owner, list(self.constructors.models.fields(owner)))

    def _fields(self, value: Instance, owner: Class) -> Value:
        return self._named(value, owner, [f.parameter for f in self.constructors.fields.of(owner) if f.is_in_repr])

    def _named(self, value: Instance, owner: Class, parameters: list[FormalParameter]) -> Value:
        bound = self._bound(value, parameters)
        if bound is None:
            return Opaque(text=_call_text(value))
        return Instance(of=owner, keywords=tuple((parameter.name, inner) for parameter, inner in bound))

    def _bound(self, value: Instance, parameters: list[FormalParameter]) -> list[tuple[FormalParameter, Value]] | None:
        """Return each parameter with the value that the call gives it; None if the call does not fit."""
        given = dict(value.keywords)
        positional = list(value.args)
        bound: list[tuple[FormalParameter, Value]] = []
        for parameter in parameters:
            if parameter.name == "self":
                continue
            if positional:
                found: Value | None = positional.pop(0)
            else:
                found = given.get(parameter.name) or parameter.value or self._made(parameter.factory)
            if found is None:
                return None
            bound.append((parameter, self.shown(found)))
        return bound

    def _made(self, factory: Value | None) -> Value | None:
        """Return what a factory makes when called without arguments."""
        if isinstance(factory, Class):
            return Instance(of=factory)
        if isinstance(factory, Native) and factory.value in {list, dict, set, tuple, frozenset}:
            return Collection(kind=factory.value.__name__, items=())
        if isinstance(factory, Function) and isinstance(factory.node, ast.Lambda):
            return self.evaluator.evaluate(factory.node.body, factory.home)
        return None


def _constant_result(node: ast.AST) -> str:
    """Return the text that a function returns whatever it is called with; empty if it is computed."""
    statement = node.body[-1] if isinstance(node, ast.FunctionDef) and node.body else None
    result = statement.value if isinstance(statement, ast.Return) else None
    return result.value if isinstance(result, ast.Constant) and isinstance(result.value, str) else ""


def _call_text(value: Instance) -> str:
    return spell.value_text(value)
