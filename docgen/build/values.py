"""Defaults, constants and values of attributes: as written, as `repr` prints them, and as values."""

from __future__ import annotations

import ast
from collections.abc import Callable

from docgen.findings import shortened
from docgen.model import Value
from docgen.runtime import describe, spell, values
from docgen.runtime.budget import written
from docgen.runtime.values import Assignment, Binding, Scope, unknown_part
from docgen.runtime.world import World

FACTORY = "<factory>"
"""The placeholder for a default that is created for each call. Source: `dataclasses`."""


class Values:
    """Reads values.

    Parameters:
        world: Where names are looked up.
        shown: Rewrites instances into the values that their repr shows.
    """

    def __init__(self, world: World, shown: Callable[[values.Value, ast.AST | None, Scope], values.Value]) -> None:
        self.world = world
        self.shown = shown

    def at(self, node: ast.expr, home: Scope) -> Value:
        """Return the value of an expression."""
        return self.of(self.world.evaluator.evaluate(node, home), node, home)

    def of(self, value: values.Value, node: ast.expr | None, home: Scope, *, is_reported: bool = True) -> Value:
        """Return a value; one that only running code could determine is as written, with a finding.

        Parameters:
            value: The static value.
            node: The expression; None if it is not written anywhere.
            home: The scope that contains it.
            is_reported: If False, add no finding, because another one says that it is unknown.
        """
        source = written(node, home.source.path)
        shown = self.shown(value, node, home)
        unknown = unknown_part(shown)
        text = spell.value_text(shown)
        if unknown is not None:
            if node is not None and is_reported and not unknown.limit:
                message = f"the value {shortened(unknown.text)} cannot be known without running code"
                self.world.note(
                    "DG203",
                    node,
                    home,
                    message,
                    "It is printed as written. To print its value, give it under [overrides].",
                )
            return Value(text=source or text, type=_type_name(value), is_known=False)
        address = _address_of(value, shown)
        if address or (isinstance(value, values.Function) and isinstance(value.node, ast.Lambda)):
            text = source or text
        if node is not None and not self.world.notes.shows(len(text) - len(source), node, home):
            return Value(text=source, type=_type_name(value), is_known=False)
        return Value(
            text=text,
            written="" if source == text else source,
            type=_type_name(value),
            path=_path(value),
            address_of=address,
        )

    def bound(self, binding: Binding, *, is_reported: bool = True) -> Value:
        """Return the value that a name is bound to."""
        how = binding.how
        is_whole = isinstance(how, Assignment) and not how.steps and how.operator is None
        scope = binding.scope
        # In a loop over names (`globals()[name] = ...`) the expression has a different value each time.
        is_of_loop = scope.parent is not None and not (scope.is_class or scope.is_type_parameters)
        node = how.expression if isinstance(how, Assignment) and is_whole and not is_of_loop else None
        return self.of(self.world.value(binding), node, binding.scope, is_reported=is_reported)

    def inside(self, node: ast.expr) -> Value:
        """Return the value of an expression in the body of a function: a literal, or as written and unknown."""
        try:
            value = ast.literal_eval(node)
            text = repr(value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return Value(text=written(node), is_known=False)
        source = written(node)
        return Value(text=text, written="" if source == text else source, type=type(value).__name__)

    def text(self, text: str) -> Value:
        """Return a value of which only its repr is known."""
        return Value(text=text)

    def factory(self, node: ast.expr | None) -> Value:
        """Return a default that is created for each call.

        Parameters:
            node: The expression that creates it; None if a method does.
        """
        return Value(text=FACTORY, written=written(node), is_factory=True)


def _type_name(value: values.Value) -> str:
    return describe.type_name(value) or describe.kind_name(value) or ""


def _path(value: values.Value) -> str:
    if isinstance(value, values.EnumMember):
        return f"{value.of.path}.{value.name}"
    if isinstance(value, values.Native):
        return spell.class_path(value) if isinstance(value.value, type) else ""
    return value.path if isinstance(value, values.Class | values.Function | values.External) else ""


def _address_of(value: values.Value, shown: values.Value) -> str:
    """Return the path of the class of an object whose repr is its address, if a value is or contains such an object.

    Or holds one.
    """
    if isinstance(value, values.Instance) and isinstance(shown, values.Class | values.Native):
        return spell.class_path(shown)
    if isinstance(value, values.Collection) and isinstance(shown, values.Collection):
        pairs = zip(value.items, shown.items, strict=False)
        return next(filter(None, (_address_of(*pair) for pair in pairs)), "")
    return ""
