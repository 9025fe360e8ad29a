"""Signatures of functions, their annotations and defaults as text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from docgen.model import ParameterKind
from docgen.runtime import effects, spell
from docgen.runtime.budget import written
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.notes import Notes
from docgen.runtime.values import Constant, Form, FormKind, Function, Value, unknown_part
from docgen.sources import store

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.runtime.values import Scope

_ORDER = tuple(ParameterKind)
"""Kinds of parameters in the order of a signature."""

_VARIADIC = frozenset({ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD})


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """An expression, and the scope that contains it."""

    node: ast.expr
    home: Scope
    is_resolved: bool = False
    """Code that reads it evaluates it, even if the module stores annotations as strings."""


class FormalParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a definition, with the texts of its annotation and default."""

    name: str
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: str | None = None
    default: str | None = None
    annotated: Written | None = None
    """The annotation as written."""
    given: Written | None = None
    """The default as written; for one that is created for each call, the expression that creates it."""
    value: Value | None = None
    """The value of the default, if it is known."""
    factory: Value | None = None
    """The factory that creates the default for each call."""
    description: str | None = None
    """Its description in the definition itself (a field's `description`)."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of a callable, including the receiver, and its result."""

    parameters: tuple[FormalParameter, ...] = ()
    returns: str | None = None


class Signatures:
    """Reads signatures.

    Parameters:
        evaluator: Evaluates expressions.
        notes: Collects findings.
        evaluates: Pages show these texts, so annotations are printed as the interpreter does, unless the module stores
            them as strings; otherwise they are always as written.
        shown: Rewrites instances into the values that their repr shows, before they are printed.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        notes: Notes,
        *,
        evaluates: bool,
        shown: Callable[[Value, ast.AST | None, Scope], Value] = lambda value, _node, _home: value,
    ) -> None:
        self.evaluator = evaluator
        self.notes = notes
        self.evaluates = evaluates
        self.shown = shown

    def of(self, function: Function) -> Signature:
        """Return the signature of a function as it is defined, without its decorators."""
        node, home = function.node, function.home
        parameters = tuple(self._parameter(each, home) for each in raw_parameters(function))
        returns = None if isinstance(node, ast.Lambda) or node.returns is None else self.annotation(node.returns, home)
        return Signature(parameters=parameters, returns=returns)

    def annotation(self, node: ast.expr, home: Scope, *, always: bool = False) -> str:
        """Return the text of an annotation.

        Parameters:
            node: The annotation.
            home: The scope that contains it.
            always: Evaluate it even if the module stores annotations as strings, and resolve strings.
        """
        if not always and (home.source.has_future_annotations or not self.evaluates):
            return written(node, home.source.path)
        value = self.evaluator.evaluate(node, home)
        if always and isinstance(value, Constant) and isinstance(value.value, str):
            value = self.evaluator.text(value.value, home, node)
        if always and isinstance(value, Form) and value.kind is FormKind.ANNOTATED:
            value = value.args[0]
        unknown = unknown_part(value)
        if unknown is not None:
            text = f"the annotation {written(node, home.source.path)} cannot be evaluated: {unknown.text} is unknown"
            self.notes.add("DG204", node, home, text, "It is printed as written.")
            return written(node, home.source.path)
        text, source = spell.annotation_text(value), written(node, home.source.path)
        return text if self.notes.shows(len(text) - len(source), node, home) else source

    def with_default(self, parameter: FormalParameter, value: Value, node: ast.AST, home: Scope) -> FormalParameter:
        """Return a parameter with the `repr()` of a default; an unknown one is printed as written.

        An unknown default also causes a finding.

        Parameters:
            parameter: The parameter without default.
            value: The default.
            node: The expression of the default.
            home: The scope that contains the expression.
        """
        shown = self.shown(value, node, home)
        unknown = unknown_part(shown)
        if unknown is not None and not (unknown.limit and unknown is shown):
            text = f"the value {unknown.text} cannot be known without running code"
            self.notes.add(
                "DG203", node, home, text, "It is printed as written. To print its value, give it under [overrides]."
            )
        given = Written(node=node, home=home) if isinstance(node, ast.expr) else None
        text = spell.value_text(shown)
        if given is not None and self.evaluates:
            source = written(given.node, home.source.path)
            text = text if self.notes.shows(len(text) - len(source), node, home) else source
        return msgspec.structs.replace(parameter, default=text, value=value, given=given)

    def with_factory(
        self, parameter: FormalParameter, text: str, factory: Value, given: Written | None = None
    ) -> FormalParameter:
        """Return a parameter with a default that is created for each call."""
        return msgspec.structs.replace(parameter, default=text, factory=factory, given=given)

    def _parameter(self, raw: store.RawParameter, home: Scope) -> FormalParameter:
        parameter = FormalParameter(
            name=raw.name,
            kind=raw.kind,
            annotation=None if raw.annotation is None else self.annotation(raw.annotation, home),
            annotated=None if raw.annotation is None else Written(node=raw.annotation, home=home),
        )
        if raw.default is None or parameter.kind in _VARIADIC:
            return parameter
        return self.with_default(parameter, self.evaluator.evaluate(raw.default, home), raw.default, home)


def raw_parameters(function: Function) -> tuple[store.RawParameter, ...]:
    """Return the parameters of a function as its decorators leave them, with texts as written.

    A parameter that a decorator adds is left out if the function has it already.
    """
    found = store.parameters(function.node)
    if function.change == effects.DROPS_FIRST:
        found = found[1:]
    elif function.change:
        text = function.change.removeprefix(effects.ADDS)
        made = ast.parse(f"lambda {text}: None", mode="eval").body
        added = store.parameters(made) if isinstance(made, ast.Lambda) else ()
        names, kinds = {each.name for each in found}, {each.kind for each in found if each.kind in _VARIADIC}
        merged = [*found, *(each for each in added if each.name not in names and each.kind not in kinds)]
        found = tuple(sorted(merged, key=lambda each: _ORDER.index(each.kind)))
    return tuple(msgspec.structs.replace(each, name=_mangled(each.name, function.home)) for each in found)


def _mangled(name: str, home: Scope) -> str:
    """Return a private name as the compiler mangles it inside a class."""
    home = home.parent if home.is_type_parameters and home.parent else home
    owner = home.qualname.rpartition(".")[2].lstrip("_")
    is_private = home.is_class and name.startswith("__") and not name.endswith("__") and owner
    return f"_{owner}{name}" if is_private else name
