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
"""Kinds of parameters in the order that a signature has them in."""

_VARIADIC = frozenset({ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD})


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """An expression, and where it stands."""

    node: ast.expr
    home: Scope
    is_resolved: bool = False
    """What reads it evaluates it, even where the module keeps annotations as text."""


class FormalParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a definition, with the texts of its annotation and default."""

    name: str
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: str | None = None
    default: str | None = None
    annotated: Written | None = None
    """The annotation as written."""
    given: Written | None = None
    """The default as written; of one that is made anew for each call, what makes it."""
    value: Value | None = None
    """The default itself, where it is known."""
    factory: Value | None = None
    """What makes the default anew for each call."""
    description: str | None = None
    """What the definition itself says of it (a field's `description`)."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of something callable, the receiver included, and what it returns."""

    parameters: tuple[FormalParameter, ...] = ()
    returns: str | None = None


class Signatures:
    """Reads signatures.

    Parameters:
        evaluator: How expressions are evaluated.
        notes: Where findings go.
        evaluates: Pages are made of these texts: annotations are printed as the interpreter prints them, unless the
            module keeps them as text; else always as written.
        shown: Rewrites instances into what their repr shows, before they are printed.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        notes: Notes,
        *,
        evaluates: bool,
        shown: Callable[[Value], Value] = lambda value: value,
    ) -> None:
        self.evaluator = evaluator
        self.notes = notes
        self.evaluates = evaluates
        self.shown = shown

    def of(self, function: Function) -> Signature:
        """Return the signature of a function as its definition has it, decorators left aside."""
        node, home = function.node, function.home
        parameters = tuple(self._parameter(each, home) for each in raw_parameters(function))
        returns = None if isinstance(node, ast.Lambda) or node.returns is None else self.annotation(node.returns, home)
        return Signature(parameters=parameters, returns=returns)

    def annotation(self, node: ast.expr, home: Scope, *, always: bool = False) -> str:
        """Return the text of an annotation.

        Parameters:
            node: The annotation.
            home: Where it stands.
            always: Evaluated even where the module keeps annotations as text, and texts resolved.
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
        """Return a parameter with a default, as `repr()` gives it; what cannot be known is printed as written.

        With a finding.

        Parameters:
            parameter: Without default.
            value: The default.
            node: Where it is written.
            home: Where that stands.
        """
        shown = self.shown(value)
        unknown = unknown_part(shown)
        if unknown is not None:
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
        """Return a parameter with a default that is made anew for each call."""
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
    """Return the parameters of a function as its decorators leave them, as written.

    One that a decorator adds is left out where the function has it already.
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
    """Return a private name as the compiler writes it inside a class."""
    home = home.parent if home.is_type_parameters and home.parent else home
    owner = home.qualname.rpartition(".")[2].lstrip("_")
    is_private = home.is_class and name.startswith("__") and not name.endswith("__") and owner
    return f"_{owner}{name}" if is_private else name
