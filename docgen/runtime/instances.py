"""Rewrites instances as their repr shows them.

It finds which arguments a dataclass, a model or a named tuple prints, and with which values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from docgen.model import ParameterKind
from docgen.runtime import effects, spell
from docgen.runtime.budget import Meter, OverBudgetError
from docgen.runtime.classes import Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.fields import Field
from docgen.runtime.signatures import FormalParameter
from docgen.runtime.values import (
    Atom,
    Class,
    Collection,
    Constant,
    EnumMember,
    External,
    Function,
    Instance,
    Native,
    Opaque,
    Scope,
    Value,
    unknown_part,
)

if TYPE_CHECKING:
    from docgen.runtime.constructors import Constructors

RICH_REPR_DECORATORS = frozenset({"rich.repr.auto", "rich.repr.rich_repr"})
"""Decorators whose repr leaves out arguments that equal their defaults and prints required ones without names."""

POSIX_PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib._local.Path", "pathlib._local.PosixPath"})
"""Calling one of these gives a `PosixPath` on the systems that references are made on."""


class Instances:
    """Rewrites instances into the values that their repr shows.

    Parameters:
        evaluator: Evaluates expressions.
        classes: Answers questions about classes.
        constructors: Matches calls with parameters.
    """

    def __init__(self, evaluator: Evaluator, classes: Classes, constructors: Constructors) -> None:
        self.evaluator = evaluator
        self.classes = classes
        self.constructors = constructors
        self._meter: Meter | None = None
        """The remaining budget of the module of the value that is being rewritten."""

    def shown(self, value: Value, node: ast.AST | None, home: Scope) -> Value:
        """Return a value whose instances, at any depth, have the arguments that their repr prints.

        A class may have fields whose defaults are instances with many fields. Past the budget of the module, the value
        is unknown, and a finding says so.

        Parameters:
            value: The value.
            node: Its node in the source; None if it has none.
            home: The scope that contains it.
        """
        if isinstance(value, Constant):
            return value
        meter, outer = home.meter, self._meter
        floor = meter.begin()
        self._meter = meter
        try:
            return self._shown(value)
        except OverBudgetError as over:
            self.evaluator.names.note_limit(node or home.source.tree, home, over)
            return Opaque(text=node if isinstance(node, ast.expr) else "...", limit=over.limit)
        finally:
            self._meter = outer
            meter.end(floor)

    def _shown(self, value: Value) -> Value:
        """Return a value as `shown` does.

        An instance without a repr of its own prints as its class (its real repr is an address); one whose repr is
        code becomes `Opaque`.
        """
        if isinstance(value, Collection):
            return replace(value, items=tuple(self._shown(item) for item in value.items))
        if isinstance(value, EnumMember):
            return self._member(value)
        return self._instance(value) if isinstance(value, Instance) else value

    def _instance(self, value: Instance) -> Value:
        parts = [arg.value for arg in value.args if isinstance(arg, Constant) and isinstance(arg.value, str)]
        if effects.path_of(value) in POSIX_PATHS and len(parts) == len(value.args):
            return Instance(of=External(path="PosixPath"), args=(Constant(value=str(PurePosixPath(*parts))),))
        if isinstance(value.of, Native) and value.of.value is object:
            return value.of  # its repr is an address
        if not isinstance(value.of, Class) or not value.is_complete:
            return value.of if isinstance(value.of, Class) else Opaque(text=_call_text(value))
        return self._by_style(value, value.of)

    def _member(self, value: EnumMember) -> Value:
        """Return a member of an enumeration; one whose repr only running code could tell is shown by its name."""
        by_name = External(path=f"{value.of.name}.{value.name}")
        found = self.classes.find(value.of, "__repr__")
        if found is None or not isinstance(found[0], Class) or found[0].module == "enum":
            return value if unknown_part(value) is None else by_name
        constant = _constant_result(found[1].node)
        return External(path=constant) if constant else by_name

    def _by_style(self, value: Instance, owner: Class) -> Value:
        for each in self.classes.mro(owner):
            if not isinstance(each, Class):
                continue
            if any(effects.path_of(callee) in RICH_REPR_DECORATORS for callee, _ in self.classes.decorator_calls(each)):
                return self._rich(value, owner)
            if self.constructors.models.is_model(each):
                fields = [Field(name=one.name, parameter=one) for one in self.constructors.models.fields(owner)]
                return self._named(value, owner, fields)
            if "__repr__" in each.scope.names:
                constant = _constant_result(each.scope.names["__repr__"].node)
                return External(path=constant) if constant else Opaque(text=_call_text(value))
            if self.constructors.fields.makes(each, "repr") or self.constructors.fields.is_named_tuple(each):
                return self._named(value, owner, self.constructors.fields.of(owner))
        return owner

    def _rich(self, value: Instance, owner: Class) -> Value:
        """Return the arguments that `rich.repr.auto` prints: required arguments without names.

        Others are printed by name if they differ from their default.
        """
        found = self.constructors.of(owner)
        parameters = [each for each in found.signature.parameters if each.name != "self"] if found else []
        args: list[Value] = []
        keywords: list[tuple[str, Value]] = []
        for parameter, inner in zip(parameters, self._bound(value, parameters), strict=True):
            if inner is None:
                return Opaque(text=_call_text(value))
            if parameter.default is None:
                args.append(inner)
            elif inner != self._shown(parameter.value or Opaque(text="")):
                keywords.append((parameter.name, inner))
        return Instance(of=owner, args=tuple(args), keywords=tuple(keywords))

    def _named(self, value: Instance, owner: Class, fields: Sequence[Field]) -> Value:
        """Return what a repr of all fields prints: each by name, except those that are excluded from it."""
        # A field that the constructor does not take has its default.
        parameters = [
            each.parameter
            if each.is_argument
            else msgspec.structs.replace(each.parameter, kind=ParameterKind.KEYWORD_ONLY)
            for each in fields
        ]
        keywords: list[tuple[str, Value]] = []
        for field, inner in zip(fields, self._bound(value, parameters), strict=True):
            if field.is_in_repr:
                if inner is None:
                    return Opaque(text=_call_text(value))
                keywords.append((field.name, inner))
        return Instance(of=owner, keywords=tuple(keywords))

    def _bound(self, value: Instance, parameters: Sequence[FormalParameter]) -> Iterator[Value | None]:
        """Yield the argument of each parameter in a call, or its default; None if it has neither."""
        given = dict(value.keywords)
        positional = list(value.args)
        for parameter in parameters:
            if positional and parameter.kind is not ParameterKind.KEYWORD_ONLY:
                found: Value | None = positional.pop(0)
            else:
                found = given.get(parameter.name) or parameter.value or self._made(parameter.factory)
            if self._meter is not None:
                self.evaluator.budget.charge(self._meter, Atom.size if found is None else found.size)
            yield None if found is None else self._shown(found)

    def _made(self, factory: Value | None) -> Value | None:
        """Return the result of a factory when called without arguments."""
        if isinstance(factory, Class):
            return Instance(of=factory)
        if isinstance(factory, Native) and factory.value in {list, dict, set, tuple, frozenset}:
            return Collection(kind=factory.value.__name__, items=())
        if isinstance(factory, Function) and isinstance(factory.node, ast.Lambda):
            return self.evaluator.evaluate(factory.node.body, factory.home)
        return None


def _constant_result(node: ast.AST) -> str:
    """Return the string that a function returns for any arguments; empty if it is computed."""
    statement = node.body[-1] if isinstance(node, ast.FunctionDef) and node.body else None
    result = statement.value if isinstance(statement, ast.Return) else None
    return result.value if isinstance(result, ast.Constant) and isinstance(result.value, str) else ""


def _call_text(value: Instance) -> str:
    return spell.value_text(value)
