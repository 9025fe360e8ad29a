"""Turns static values of type expressions into `model.Type`: what they denote, whatever their spelling."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterable
from functools import lru_cache

from docgen.findings import writable
from docgen.model import Type, TypeKind
from docgen.runtime import spell
from docgen.runtime.values import (
    NONE,
    Assignment,
    Class,
    Collection,
    Constant,
    External,
    Form,
    FormKind,
    Function,
    Instance,
    Module,
    Native,
    Opaque,
    Scope,
    TypeParameter,
    Value,
    unknown_part,
)
from docgen.runtime.world import World
from docgen.trace import Memo

CALLABLES = frozenset({"typing.Callable", spell.CALLABLE_ABC})
"""Paths of the forms that callable types are written with."""

_ALIASES = frozenset({"TypeAliasType"})
"""Kinds of type parameters that denote another type; a `NewType` is a type of its own."""

_LARGEST = 100
"""Limit on the parts of a bound, including those of the type variables in it, because nested bounds could double."""

_ELLIPSIS = Type(kind=TypeKind.ELLIPSIS)


class Types:
    """Finds what type expressions denote.

    Parameters:
        world: Where names are looked up.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._open: set[tuple[str, str]] = set()
        """Forward references and aliases that are being resolved, because an alias may contain itself."""
        self._variables: Memo[TypeParameter, tuple[Type, ...]] = Memo(world.trace)

    def of(self, value: Value, home: Scope) -> Type:  # noqa: PLR0911 - one line per kind of value
        """Return the type that a value denotes.

        Parameters:
            value: The annotation, evaluated.
            home: The scope that contains it, in which names in quotes are looked up.
        """
        if isinstance(value, Form):
            return self._form(value, home)
        if isinstance(value, TypeParameter):
            return self._parameter(value, home)
        if isinstance(value, Collection) and value.kind in {"list", "tuple"}:
            return Type(kind=TypeKind.PARAMETERS, args=self._all(value.items, home))
        if (text := _quoted(value)) is not None:
            return self._quoted(text, home)
        if value == NONE:
            return Type(kind=TypeKind.NAME, name="None")
        if isinstance(value, Constant) and value.value is Ellipsis:
            return _ELLIPSIS
        if isinstance(value, Class | External | Function) or (
            isinstance(value, Native) and isinstance(value.value, type)
        ):
            return Type(kind=TypeKind.NAME, name=_plain_name(spell.class_path(value)))
        if isinstance(value, Module):
            return Type(kind=TypeKind.NAME, name=value.name)
        if isinstance(value, Instance) and not value.is_complete:
            return Type(kind=TypeKind.NAME, name=spell.class_path(value.of))
        return Type(kind=TypeKind.UNKNOWN, name=value.text if isinstance(value, Opaque) else spell.value_text(value))

    def is_unknown(self, value: Value) -> bool:
        """Return True if a part of a value cannot be known."""
        return unknown_part(value) is not None

    def _all(self, values: Iterable[Value], home: Scope) -> tuple[Type, ...]:
        return tuple(self.of(each, home) for each in values)

    def _form(self, form: Form, home: Scope) -> Type:  # noqa: PLR0911 - one line per kind of form
        match form.kind:
            case FormKind.UNION | FormKind.UNION_TYPE:
                return union(self._all(form.args, home))
            case FormKind.LITERAL:
                choices = tuple(Type(kind=TypeKind.VALUE, name=spell.value_text(each)) for each in form.args)
                return Type(kind=TypeKind.LITERAL, args=choices)
            case FormKind.ANNOTATED:
                return self.of(form.args[0], home)
            case FormKind.INIT_VAR:
                return (
                    self.of(form.args[0], home) if form.args else Type(kind=TypeKind.NAME, name="dataclasses.InitVar")
                )
            case FormKind.UNPACKED:
                return Type(kind=TypeKind.NAME, name="typing.Unpack", args=self._all(form.args, home))
            case FormKind.SPECIAL:
                return Type(kind=TypeKind.NAME, name=_plain_name(form.name))
            case FormKind.TYPING | FormKind.BUILTIN:
                return self._generic(form, home)

    def _generic(self, form: Form, home: Scope) -> Type:
        origin = form.origin.name if isinstance(form.origin, Form) else spell.class_path(form.origin or NONE)
        if origin in CALLABLES and form.args:
            *given, result = form.args
            parameters = self._all(given, home)
            if len(given) != 1 or (parameters[0].kind is TypeKind.NAME and parameters[0].name != "typing.Concatenate"):
                # `collections.abc.Callable[[int, str], None]` stores its parameters and its result in one flat tuple.
                parameters = (Type(kind=TypeKind.PARAMETERS, args=parameters),)
            return Type(kind=TypeKind.CALLABLE, args=(*parameters, self.of(result, home)))
        return Type(kind=TypeKind.NAME, name=_plain_name(origin), args=self._all(form.args, home))

    def _parameter(self, value: TypeParameter, home: Scope) -> Type:
        if value.kind in _ALIASES:
            return self._alias(value, home)
        if value.kind == "NewType":
            return Type(kind=TypeKind.NAME, name=f"{value.module}.{value.name}")
        if value.kind.startswith("ParamSpec") and value.kind != "ParamSpec":
            return Type(kind=TypeKind.VARIABLE, name=spell.form_text(value))
        if (value.module, value.name) in self._open:
            return Type(kind=TypeKind.VARIABLE, name=value.name)
        self._open.add((value.module, value.name))
        try:
            args = self._variables.get(value, lambda: self._limits(value, home))
        finally:
            self._open.discard((value.module, value.name))
        return Type(kind=TypeKind.VARIABLE, name=value.name, args=args)

    def _limits(self, value: TypeParameter, home: Scope) -> tuple[Type, ...]:
        """Return the bound or the constraints of a type variable, without them if they have too many parts."""
        found = self._written_limits(value, home)
        return found if sum(map(_parts, found)) <= _LARGEST else ()

    def _written_limits(self, value: TypeParameter, home: Scope) -> tuple[Type, ...]:
        call = self.variable_call(value)
        if call is not None:
            node, scope = call
            bound = next((word.value for word in node.keywords if word.arg == "bound"), None)
            nodes = [bound] if bound is not None else node.args[1:]
            return tuple(self.of(self.world.evaluator.evaluate(each, scope), scope) for each in nodes)
        return () if value.bound is None else (self.of(value.bound, home),)

    def variable_call(self, value: TypeParameter) -> tuple[ast.Call, Scope] | None:
        """Return the call that creates a type variable, and its scope; None if it was declared in brackets."""
        scope = None if value.owner else self.world.scope(value.module)
        binding = scope.names.get(value.name) if scope else None
        expression = binding.how.expression if binding and isinstance(binding.how, Assignment) else None
        return (expression, binding.scope) if binding and isinstance(expression, ast.Call) else None

    def _alias(self, value: TypeParameter, home: Scope) -> Type:
        key = (value.module, value.name)
        if key in self._open or value.bound is None:
            return Type(kind=TypeKind.NAME, name=f"{value.module}.{value.name}")
        self._open.add(key)
        try:
            bound, scope = value.bound, self.world.scope(value.module) or home
            if isinstance(bound, Opaque):
                bound = self.world.evaluator.text(bound.text, scope)
            return self.of(bound, scope)
        finally:
            self._open.discard(key)

    def _quoted(self, text: str, home: Scope) -> Type:
        key = (home.source.name, text)
        if key in self._open:
            return Type(kind=TypeKind.FORWARD, name=text)
        self._open.add(key)
        try:
            value = self.world.evaluator.text(text, home)
            if isinstance(value, Opaque):
                return Type(kind=TypeKind.FORWARD, name=text)
            return self.of(value, home)
        finally:
            self._open.discard(key)


def _parts(found: Type) -> int:
    return 1 + sum(map(_parts, found.args))


def union(members: Iterable[Type]) -> Type:
    """Return a union: nested ones flattened, each member once; a single member is that member."""
    flat: dict[Type, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.args if member.kind is TypeKind.UNION else (member,)))
    return next(iter(flat)) if len(flat) == 1 else Type(kind=TypeKind.UNION, args=tuple(flat))


@lru_cache(maxsize=8192)
def _plain_name(path: str) -> str:
    """Return the path of the class that an alias of `typing` denotes: `list` for `typing.List`."""
    module, _, name = path.partition(".")
    if module not in {"typing", "typing_extensions"}:
        return path
    origin = getattr(getattr(typing, name, None), "__origin__", None)
    if isinstance(origin, type):
        return spell.class_path(Native(value=origin))
    return f"typing.{name}"


def _quoted(value: Value) -> str | None:
    """Return the string of a forward reference, None for any other value."""
    if isinstance(value, Instance) and value.of == Native(value=typing.ForwardRef) and value.args:
        value = value.args[0]
    return writable(value.value) if isinstance(value, Constant) and isinstance(value.value, str) else None
