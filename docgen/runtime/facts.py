"""Facts of definitions besides names and signatures: marks of decorators, overloads, attributes set by methods.

`docgen.sources.facts` reads what the syntax alone shows; this module adds the meaning of decorators.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from docgen.runtime import effects
from docgen.runtime.budget import written
from docgen.runtime.classes import Classes, class_decorators
from docgen.runtime.values import (
    Binding,
    Class,
    Constant,
    External,
    Function,
    Import,
    Opaque,
    Scope,
    Value,
    function_in,
)
from docgen.sources.facts import AttributeAssignment
from docgen.sources.trees import blocks, last_name

_STATIC = frozenset({"staticmethod", "classmethod"})
"""Decorators under which the first parameter is not an instance."""


@dataclass(frozen=True, kw_only=True)
class Decorator:
    """One decorator of a definition."""

    path: str
    """Dotted path of the decorator itself, without its call, or as written if that is unknown."""
    written: str
    """With its arguments, without `@`."""
    effect: str | None
    """Its effect on a signature, in the form of `effects`; None if it is in no table."""
    node: ast.expr


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The facts that decorators add to a class or function besides its signature."""

    is_abstract: bool = False
    is_final: bool = False
    is_override: bool = False
    is_context_manager: bool = False
    """A context manager, synchronous or asynchronous."""
    is_signature_known: bool = True
    """False if a decorator of unknown effect may have changed the signature."""
    deprecation: str | None = None
    """Message of `deprecated` (PEP 702), empty if it is computed; None if it is not deprecated."""
    others: tuple[str, ...] = ()
    """Further marks, innermost first: `dispatched`, those of a format."""


_WORDS = frozenset(
    {"abstract", "final", "override", "overload", "deprecated", "context manager", "async context manager", "unknown"}
)


class Described:
    """Reads the decorators of definitions.

    Parameters:
        evaluate: Returns the value of an expression in a scope.
        known: Effects of decorators, by dotted path.
    """

    def __init__(self, evaluate: Callable[[ast.expr, Scope], Value], known: Mapping[str, str]) -> None:
        self._evaluate = evaluate
        self._known = known

    def decorators(self, value: Function | Class) -> tuple[Decorator, ...]:
        """Return the decorators of a definition, outermost first."""
        return tuple(self._decorators(value))

    def _decorators(self, value: Function | Class) -> Iterator[Decorator]:
        nodes = class_decorators(value) if isinstance(value, Class) else getattr(value.node, "decorator_list", [])
        for node in nodes:
            callee = node.func if isinstance(node, ast.Call) else node
            path = effects.path_of(self._evaluate(callee, value.home))
            if path is not None and path.endswith("<lambda>"):
                path = _for_type_checkers(callee, value.home) or path
            effect = effects.known(self._known, path or "")
            yield Decorator(path=path or written(callee), written=written(node), effect=effect, node=node)

    def marks(self, value: Function | Class) -> Marks:
        """Return the facts that decorators add to a definition."""
        found = self.decorators(value)
        words = value.marks if isinstance(value, Function) else ()
        stated = tuple(word for each in reversed(found) for word in effects.marks_in(each.effect))
        # Decorators may declare facts to type checkers that have no effect at run time.
        words = stated if not words or (stated and words == (effects.UNKNOWN,)) else words
        messages = (
            self._message(each.node, value.home) for each in found if "deprecated" in effects.marks_in(each.effect)
        )
        return Marks(
            is_abstract="abstract" in words,
            is_final="final" in words,
            is_override="override" in words,
            is_context_manager="context manager" in words or "async context manager" in words,
            is_signature_known=effects.UNKNOWN not in words,
            deprecation=next(messages, "" if "deprecated" in words else None),
            others=tuple(word for word in words if word not in _WORDS),
        )

    def _message(self, node: ast.expr, home: Scope) -> str:
        given = node.args if isinstance(node, ast.Call) else []
        found = self._evaluate(given[0], home) if given else None
        return found.value if isinstance(found, Constant) and isinstance(found.value, str) else ""


def _for_type_checkers(callee: ast.expr, home: Scope) -> str:
    """Return the path of a decorator that is a lambda at run time: `if TYPE_CHECKING: from typing import final`."""
    binding = home.module.guarded.get(callee.id) if isinstance(callee, ast.Name) else None
    how = binding.how if binding is not None else None
    return f"{how.module}.{how.attribute}" if isinstance(how, Import) and how.attribute else ""


def overloads(binding: Binding, value_of: Callable[[Binding], Value]) -> tuple[Function, ...]:
    """Return the overloads of a name in source order.

    Parameters:
        binding: The last binding of the name: the implementation, or in a stub the last overload.
        value_of: Returns the value of a binding.
    """
    found: list[Function] = []
    here: Binding | None = binding
    while here is not None and isinstance(here.how, ast.FunctionDef | ast.AsyncFunctionDef):
        function = function_in(value_of(here))
        if function is not None and "overload" in function.marks:
            found.append(function)
        elif here is not binding:
            break
        here = here.previous
    return tuple(reversed(found))


@dataclass(frozen=True, kw_only=True, eq=False)
class InstanceAttribute:
    """An attribute that a method of a class assigns to its instance."""

    assignment: AttributeAssignment
    """The first assignment with an annotation, or else the first one."""
    method: ast.FunctionDef | ast.AsyncFunctionDef


def instance_attributes(owner: Class) -> tuple[InstanceAttribute, ...]:
    """Return the attributes that the methods of a class itself assign, each once, those of `__init__` first."""
    facts = owner.home.source.facts
    methods = sorted(_methods(owner.node.body), key=lambda method: method.name != "__init__")
    found: dict[str, InstanceAttribute] = {}
    for method in methods:
        if _STATIC.intersection(map(last_name, method.decorator_list)):
            continue
        for each in facts.body(method).assigned:
            known = found.get(each.name)
            if known is None or (known.assignment.annotation is None and each.annotation is not None):
                found[each.name] = InstanceAttribute(assignment=each, method=method)
    return tuple(found.values())


_MADE_BY = ("__new__", "__init__", "__post_init__", "__attrs_post_init__", "model_post_init")
"""Methods that run while an instance is created."""


def actions_in(owner: Class) -> frozenset[str]:
    """Return the words for what the bodies of a class itself do."""
    facts = owner.home.source.facts
    return frozenset(action for method in _methods(owner.node.body) for action in facts.body(method).actions)


def always_set(owner: Class, classes: Classes) -> frozenset[str] | None:
    """Return the attributes that every new instance of a class has; None if that is unknown for a base."""
    order = classes.mro(owner)
    if any(isinstance(each, External | Opaque) for each in order):
        return None
    found: set[str] = set()
    pending = [(name, 0) for name in _MADE_BY]
    seen: set[tuple[str, int]] = set()
    while pending:
        called = pending.pop()
        if called in seen:
            continue
        seen.add(called)
        name, start = called
        for place, each in enumerate(order[start:], start):
            binding = each.scope.names.get(name) if isinstance(each, Class) else None
            if binding is None or not isinstance(each, Class):
                continue
            if not isinstance(binding.how, ast.FunctionDef):
                return None
            outcome = each.home.source.facts.body(binding.how).outcome
            found |= outcome.sets
            is_above = (one.removeprefix("super().") for one in outcome.calls if one.startswith("super()."))
            pending += [(one, 0) for one in outcome.calls if not one.startswith("super().")]
            pending += [(one, place + 1) for one in is_above]
            break
    return frozenset(found)


def _methods(body: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a class body, including those in nested blocks."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif not isinstance(node, ast.ClassDef):
            for block in blocks(node):
                yield from _methods(block)
