"""Members of enumerations and their values according to the metaclass: `auto()`, aliases of existing values."""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass, replace
from typing import Any, Protocol

from docgen.runtime import effects
from docgen.runtime.classes import Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.plain import NotPlainError, identity, is_plain, plain
from docgen.runtime.scopes import nested
from docgen.runtime.shapes import results
from docgen.runtime.values import (
    Assignment,
    Binding,
    Class,
    Collection,
    Constant,
    Instance,
    Native,
    Opaque,
    Value,
    function_in,
)
from docgen.sources.trees import positional


class Lookup(Protocol):
    """Looks up names in the body of an enumeration."""

    classes: Classes
    evaluator: Evaluator

    def value(self, binding: Binding) -> Value:
        """Return the value of a binding."""


_PLAIN_TYPES: frozenset[Any] = frozenset({bytes, complex, float, int, str})
"""Classes that are mixed into enumerations and whose constructors only convert."""
_OF_NAMES = frozenset({"lower", "upper", "title", "capitalize", "casefold", "swapcase"})
"""Methods of a string that take no arguments and return a string."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A name in the body of an enumeration that is a member of it."""

    name: str
    value: Value
    """As the enumeration makes it, or as written if that is unknown."""
    binding: Binding
    is_known: bool = True
    """False if a `__new__` that docgen does not follow may give it any value."""
    is_numbered: bool = False
    """`auto()` gives the value, so the source does not show it."""
    alias_of: str = ""
    """Name of the earlier member with the same value, of which this name is an alias."""


def members_of(world: Lookup, owner: Class) -> tuple[Member, ...]:
    """Return the members that the body of an enumeration defines, in source order."""
    found: dict[str, Member] = {}
    body = replace(owner.scope, names=dict(owner.scope.names))
    taken: dict[object, str] = {}
    before: list[Value] = []
    """The values as written, which `_generate_next_value_` receives."""
    has_auto = False
    for name, binding in owner.scope.names.items():
        value = world.value(binding)
        if not world.classes.is_enum_member(binding, value):
            continue
        expression = binding.how.expression if isinstance(binding.how, Assignment) else None
        if has_auto and expression is not None:
            value = world.evaluator.evaluate(expression, body)
        is_numbered = isinstance(value, Instance) and effects.path_of(value.of) == "enum.auto"
        if is_numbered:
            value = _next_value(world, owner, name, before)
            has_auto = True
            body.names[name] = Binding(name=name, how=binding.how, scope=body, node=binding.node, value=value)
        if isinstance(value, Instance) and effects.path_of(value.of) == "enum.member" and value.args:
            value = value.args[0]
        before.append(value)
        made = _made(world, owner, value)
        value = value if made is None else made
        # Whether other objects are equal, only running code could tell.
        earlier = taken.setdefault(identity(value), name) if made is not None and is_plain(value) else ""
        found[name] = Member(
            name=name,
            value=value,
            binding=binding,
            is_known=made is not None,
            is_numbered=is_numbered and not isinstance(value, Opaque),
            alias_of="" if earlier == name else earlier,
        )
    return tuple(found.values())


def _made(world: Lookup, owner: Class, written: Value) -> Value | None:
    """Return the value of a member from its written value; None if a `__new__` may give it any value.

    Source: `enum.EnumType`, "Creating members that are mixed with other data types" and "When to use `__new__()`".
    """
    new = world.classes.find(owner, "__new__")
    arguments = written.items if isinstance(written, Collection) and written.kind == "tuple" else (written,)
    if new is None or not isinstance(new[0], Class) or new[0].module == "enum":
        return _converted(data_type(world, owner), written, arguments)
    definer, node = new[0], new[1].how
    if not isinstance(node, ast.FunctionDef):
        return None
    given = dict(zip([each.arg for each in positional(node.args)[1:]], arguments, strict=False))
    for each in definer.home.source.facts.body(node).assigned:
        # An assignment that is not at the level of the body may not run.
        is_certain = each.node.col_offset == node.body[-1].col_offset and not each.is_rebound
        if each.name == "_value_" and isinstance(each.value, ast.Name) and is_certain:
            return given.get(each.value.id)
    return None


def _converted(kind: Value | None, written: Value, arguments: tuple[Value, ...]) -> Value:
    """Return a value as an object of the class that is mixed in, if that is a number or a string."""
    if not isinstance(kind, Native) or kind.value not in _PLAIN_TYPES or isinstance(written, Opaque):
        return written
    make: Any = kind.value
    try:
        return Constant(value=make(*map(plain, arguments)))
    except (NotPlainError, TypeError, ValueError, OverflowError):  # not such an object: running the module would fail
        return written


def data_type(world: Lookup, owner: Class) -> Value | None:
    """Return the class that is mixed into an enumeration and creates its values, None for a plain one."""
    for each in world.classes.mro(owner)[1:]:
        if isinstance(each, Native) and each.value is not object and isinstance(each.value, type):
            return each
        if isinstance(each, Class) and not world.classes.is_enum(each):
            return each
    return None


def _computed(world: Lookup, binding: Binding, name: str, before: list[Value]) -> Value:
    """Return the result of a `_generate_next_value_` of the package, if it only computes a value."""
    unknown = Opaque(text="auto()")
    function = function_in(world.value(binding))
    node = function.node if function else None
    if function is None or not isinstance(node, ast.FunctionDef):
        return unknown
    given = results(node)
    if len(given) != 1 or given[0] is None or function.home.source.facts.body(node).outcome.errors:
        return unknown
    parameters = ast.Tuple(elts=[ast.Name(id=each.arg, ctx=ast.Store()) for each in node.args.args], ctx=ast.Store())
    arguments = (
        Constant(value=name),
        Constant(value=1),
        Constant(value=len(before)),
        Collection(kind="list", items=tuple(before)),
    )
    value = world.evaluator.evaluate(
        given[0], nested(function.home, parameters, Collection(kind="tuple", items=arguments))
    )
    return value if isinstance(value, Constant) else _of_text(given[0], node, name) or unknown


def _of_text(result: ast.expr, node: ast.FunctionDef, name: str) -> Value | None:
    """Return the result of a method of the member's name: `name.lower()`."""
    first = node.args.args[0].arg if node.args.args else ""
    match result:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=asked), attr=method), args=[], keywords=[]):
            if asked == first and method in _OF_NAMES:
                return Constant(value=getattr(name, method)())
    return None


def _next_value(world: Lookup, owner: Class, name: str, before: list[Value]) -> Value:
    """Return the value of `auto()`. Source: `enum`, `_generate_next_value_`."""
    found = world.classes.find(owner, "_generate_next_value_")
    if found is not None and isinstance(found[0], Class) and found[0].module != "enum":
        return _computed(world, found[1], name, before)
    if world.classes.is_subclass(owner, enum.StrEnum):
        return Constant(value=name.lower())
    numbers = [each.value for each in before if isinstance(each, Constant) and isinstance(each.value, int)]
    highest = max(numbers, default=0)
    if world.classes.is_subclass(owner, enum.Flag):
        return Constant(value=1 << highest.bit_length())
    return Constant(value=highest + 1)
