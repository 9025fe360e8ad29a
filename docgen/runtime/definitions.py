"""Makes classes and functions from their definitions: binds bodies and applies decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from docgen.findings import shortened
from docgen.runtime import effects, scopes
from docgen.runtime.binder import Surroundings, bind
from docgen.runtime.budget import written
from docgen.runtime.classes import Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.notes import Notes
from docgen.runtime.values import (
    Assignment,
    Binding,
    Class,
    Function,
    Instance,
    Native,
    Patch,
    Scope,
    Value,
    Wrapped,
    Wrapping,
)
from docgen.trace import Memo, Trace

_PROPERTY_METHODS = frozenset({"setter", "deleter", "getter"})


class Decorating(Protocol):
    """The results of decorators."""

    def decorated(self, decorator: Value, inner: Value, *, is_factory: bool) -> Value | None:
        """Return the result of a decorator for a function, None if its effect is unknown."""

    def added_by_decorators(self, owner: Class) -> Iterator[Patch]:
        """Yield the members that the decorators of a class add."""


class Definitions:
    """Makes classes and functions from their definitions, each once.

    Parameters:
        evaluator: Evaluates decorators and metaclasses.
        classes: Answers questions about classes.
        calls: Applies decorators.
        notes: Collects findings.
        surroundings: What binding a body needs from outside.
        trace: Records what answers depend on.
    """

    def __init__(  # noqa: PLR0913 - each part it works with, and nothing that finds the others
        self,
        *,
        evaluator: Evaluator,
        classes: Classes,
        calls: Decorating,
        notes: Notes,
        surroundings: Surroundings,
        trace: Trace,
    ) -> None:
        self.evaluator = evaluator
        self.classes = classes
        self.calls = calls
        self.notes = notes
        self.surroundings = surroundings
        self._classes: dict[ast.ClassDef, Class] = {}
        self._bodies: Memo[ast.ClassDef, None] = Memo(trace)

    def forget(self) -> Iterator[Scope]:
        """Yield the scopes of the classes that were made, and release them."""
        yield from (each.scope for each in self._classes.values())
        self._classes.clear()

    def made_by_metaclass(self, node: ast.ClassDef, home: Scope) -> Value | None:
        """Return the object that a class statement creates if its metaclass is not a type, else None.

        Stubs of protobuf enumerations are written so.
        """
        given = next((word.value for word in node.keywords if word.arg == "metaclass"), None)
        metaclass = None if given is None else self.evaluator.evaluate(given, home)
        if isinstance(metaclass, Class) and not self.classes.is_subclass(metaclass, type):
            is_known = all(isinstance(base, Class | Native) for base in self.classes.mro(metaclass))
            return Instance(of=metaclass, is_complete=False) if is_known else None
        return None

    def define_class(self, node: ast.ClassDef, home: Scope) -> Value:
        """Return the class of a definition, with its body bound."""
        if node not in self._classes:
            qualname = f"{home.qualname}.{node.name}" if home.qualname else node.name
            home = scopes.with_type_parameters(node, home, qualname)
            scope = Scope(source=home.source, meter=home.meter, parent=home, qualname=qualname, is_class=True)
            self._classes[node] = Class(
                name=node.name, module=home.module_name, qualname=qualname, node=node, scope=scope, home=home
            )
        made = self._classes[node]
        self._bodies.get(node, lambda: self._bind_body(made), meanwhile=lambda: None)
        return made

    def _bind_body(self, made: Class) -> None:
        home = made.home
        bind(made.scope, made.node.body, self.surroundings)
        outer = home.parent if home.is_type_parameters and home.parent else home
        for patch in outer.patches.get(made.node, []):
            self._patch(made, patch)
        for patch in self.calls.added_by_decorators(made):
            self._patch(made, patch)

    @staticmethod
    def _patch(made: Class, patch: Patch) -> None:
        names = made.scope.names
        if patch.expression is None:
            names.pop(patch.name, None)
            return
        how = Assignment(expression=patch.expression)
        before = names.get(patch.name)
        names[patch.name] = Binding(name=patch.name, how=how, scope=patch.scope, node=patch.node, previous=before)

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Function:
        """Return the function of a definition, without its decorators."""
        qualname = f"{home.qualname}.{node.name}" if home.qualname else node.name
        path = f"{home.source.name}.{qualname}"
        home = scopes.with_type_parameters(node, home, qualname)
        return Function(name=node.name, module=home.module_name, qualname=qualname, node=node, home=home, path=path)

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Value:
        """Return the value that a function definition binds its name to: the function, seen through its decorators."""
        value: Value = self.define_function(node, home)
        if home.is_class and node.name in {"__init_subclass__", "__class_getitem__"}:
            value = Wrapped(wrapping=Wrapping.CLASSMETHOD, inner=value)
        for decorator in reversed(node.decorator_list):
            value = self._decorate(value, decorator, home)
        return value

    def _decorate(self, inner: Value, decorator: ast.expr, home: Scope) -> Value:
        if isinstance(decorator, ast.Attribute) and decorator.attr in _PROPERTY_METHODS:
            owner = self.evaluator.evaluate(decorator.value, home)
            if isinstance(owner, Wrapped):
                return _with_accessor(owner, decorator.attr, inner)
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr == "register":
            owner = self.evaluator.evaluate(called.value, home)
            if isinstance(owner, Function | Wrapped):  # one more variant of `functools.singledispatch`
                return inner
        callee = self.evaluator.evaluate(called, home)
        is_factory = isinstance(decorator, ast.Call)
        is_partial = not isinstance(callee, Instance) and effects.path_of(callee) == "functools.partial"
        if isinstance(decorator, ast.Call) and decorator.args and is_partial:
            # `@partial(decorate, option=1)` calls `decorate` with the function.
            callee, is_factory = self.evaluator.evaluate(decorator.args[0], home), False
        made = self.calls.decorated(callee, inner, is_factory=is_factory)
        if made is not None:
            return made
        shown = shortened(written(decorator))
        text = f"the effect of the decorator {shown} is unknown; the signature is taken as written"
        name = effects.path_of(callee) or written(decorator)
        hint = f'If that is wrong, add "{name}" to [effects] of the configuration.'
        self.notes.add("DG201", decorator, home, text, hint)
        return effects.marked(inner, effects.UNKNOWN)


def _with_accessor(owner: Wrapped, kind: str, function: Value) -> Wrapped:
    """Return a property with another getter, setter or deleter."""
    if kind == "setter":
        return replace(owner, setter=function)
    return replace(owner, deleter=function) if kind == "deleter" else replace(owner, inner=function)
