"""The fields of dataclasses and named tuples: what the annotated names in their bodies say."""

from __future__ import annotations

import ast
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.runtime import effects
from docgen.runtime.scopes import Assignment, Binding
from docgen.runtime.signatures import FACTORY, KEYWORD_ONLY, Parameter, Signature, Signatures
from docgen.runtime.values import Class, Constant, Form, Instance, Native, Value
from docgen.trace import Memo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.runtime.world import World

DATACLASS_DECORATORS = frozenset({"dataclasses.dataclass"})
FIELD_MAKERS = frozenset({"dataclasses.field"})
ANY_KIND = "positional or keyword"
OPTIONS = {"init": True, "repr": True, "kw_only": False}
"""The options of a dataclass that show in its reference, with their defaults."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field."""

    parameter: Parameter
    is_argument: bool = True
    """The constructor takes it."""
    is_in_repr: bool = True


class Fields:
    """Reads fields.

    Parameters:
        world: Where names are looked up.
        signatures: How annotations and defaults are read.
    """

    def __init__(self, world: World, signatures: Signatures) -> None:
        self.world = world
        self.signatures = signatures
        self._options: Memo[Class, dict[str, bool] | None] = Memo(world.trace)
        self._named_tuples: Memo[Class, bool] = Memo(world.trace)
        self._typed_dicts: Memo[Class, bool] = Memo(world.trace)

    def options(self, owner: Class) -> dict[str, bool] | None:
        """Return the options that a class itself, not a base of it, is made a dataclass with; None if it is none."""
        return self._options.get(owner, lambda: self._read_options(owner), meanwhile=lambda: None)

    def _read_options(self, owner: Class) -> dict[str, bool] | None:
        found: dict[str, bool] | None = None
        for callee, decorator in self.world.classes.decorator_calls(owner):
            made, before = _without_partial(callee)
            if effects.path_of(made) in DATACLASS_DECORATORS:
                words = decorator.keywords if isinstance(decorator, ast.Call) else []
                given = {name: value == Constant(value=True) for name, value in before if name in OPTIONS}
                given |= {word.arg: is_constant(word.value, value=True) for word in words if word.arg in OPTIONS}
                found = {**OPTIONS, **{name: flag for name, flag in given.items() if name}}
        return found

    def makes(self, owner: Class, option: str) -> bool:
        """Say whether a class itself is a dataclass with that option on."""
        return (self.options(owner) or {}).get(option, False)

    def is_named_tuple(self, owner: Class) -> bool:
        """Say whether a class is a named tuple."""
        return self._named_tuples.get(owner, lambda: any(map(self.is_own_named_tuple, self._readable(owner))))

    def is_own_named_tuple(self, owner: Class) -> bool:
        """Say whether a class itself, not a base of it, is made a named tuple."""
        return any(self._base(owner, base) == Native(value=typing.NamedTuple) for base in owner.node.bases)

    def is_typed_dict(self, owner: Class) -> bool:
        """Say whether a class is a typed dictionary."""
        return self._typed_dicts.get(
            owner,
            lambda: any(
                _is_typed_dict(self._base(each, base)) for each in self._readable(owner) for base in each.node.bases
            ),
        )

    def _readable(self, owner: Class) -> Iterator[Class]:
        """Yield the classes of the order that have sources."""
        return (each for each in self.world.classes.mro(owner) if isinstance(each, Class))

    def _base(self, owner: Class, base: ast.expr) -> Value:
        return self.world.evaluator.evaluate(base, owner.home)

    def keys(self, owner: Class) -> Signature:
        """Return what a typed dictionary takes: each key by name; one that may be left out has `...` as default."""
        found: dict[str, Parameter] = {}
        for each in reversed(self.world.classes.mro(owner)):
            if not isinstance(each, Class):
                continue
            total = next((word.value for word in each.node.keywords if word.arg == "total"), None)
            for name, binding in each.scope.annotated.items():
                if binding.annotation is None:
                    continue
                head = annotation_head(binding.annotation)
                may_lack = head == "NotRequired" or (is_constant(total, value=False) and head != "Required")
                annotation = self.signatures.annotation(binding.annotation, each.scope)
                default = "..." if may_lack else None
                found[name] = Parameter(name=name, kind=KEYWORD_ONLY, annotation=annotation, default=default)
        return Signature(parameters=tuple(found.values()))

    def of(self, owner: Class) -> tuple[Field, ...]:
        """Return the fields of a dataclass or named tuple in order: those of its bases keep their places."""
        fields: dict[str, Field] = {}
        is_tuple = self.is_named_tuple(owner)
        for each in reversed(self.world.classes.mro(owner)):
            if isinstance(each, Class) and (is_tuple or self.options(each) is not None):
                fields |= self._own(each)
        return tuple(fields.values())

    def _own(self, owner: Class) -> dict[str, Field]:
        is_keyword_only = self.makes(owner, "kw_only")
        fields: dict[str, Field] = {}
        for name, binding in owner.scope.annotated.items():
            head = annotation_head(binding.annotation)
            if head == "KW_ONLY":
                is_keyword_only = True
            elif head == "ClassVar":
                # Holds its place: a class variable of the name of an inherited field is a field no more.
                fields[name] = Field(parameter=Parameter(name=name, kind=ANY_KIND), is_argument=False, is_in_repr=False)
            elif binding.annotation is not None:
                fields[name] = self._field(owner, name, binding.annotation, is_keyword_only=is_keyword_only)
        return fields

    def _field(self, owner: Class, name: str, annotation: ast.expr, *, is_keyword_only: bool) -> Field:
        found = self._attribute(owner, name)
        words = (found.words if found else None) or {}
        if "kw_only" in words:
            is_keyword_only = is_constant(words["kw_only"], value=True)
        parameter = Parameter(
            name=name,
            kind=KEYWORD_ONLY if is_keyword_only else ANY_KIND,
            annotation=self.signatures.annotation(annotation, owner.scope),
        )
        return Field(
            parameter=parameter if found is None else self._with_default(parameter, found),
            is_argument=not is_constant(words.get("init"), value=False),
            is_in_repr=not is_constant(words.get("repr"), value=False),
        )

    def _attribute(self, owner: Class, name: str) -> _Attribute | None:
        """Return the class attribute that a field takes its default and options from, as the decorator finds it.

        A base class that is a dataclass has the default left where its field stood, and nothing where there was none.
        One that is none has the field itself, options included. Source: `dataclasses`, `_process_class`.
        """
        for each in self.world.classes.mro(owner):
            if not isinstance(each, Class):
                continue
            binding = each.scope.names.get(name)
            if each is owner or self.options(each) is None or name not in each.scope.annotated:
                if binding is not None:
                    call = maker_call(binding, self.world, FIELD_MAKERS)
                    return _Attribute(
                        binding=binding, words={word.arg: word.value for word in call.keywords} if call else None
                    )
                continue
            found = self._attribute(each, name)
            if found is not None and found.words is not None and "default" in found.words:
                return _Attribute(binding=found.binding, words={"default": found.words["default"]})
            if found is not None and found.words is None and binding is not None:
                return found
        return None

    def _with_default(self, parameter: Parameter, found: _Attribute) -> Parameter:
        """Return a parameter with the default that the class attribute of its name gives."""
        binding, words = found.binding, found.words
        if words is None:
            return self.signatures.with_default(parameter, self.world.value(binding), binding.node, binding.scope)
        if "default" in words:
            value = self.world.evaluator.evaluate(words["default"], binding.scope)
            return self.signatures.with_default(parameter, value, words["default"], binding.scope)
        if "default_factory" in words:
            factory = self.world.evaluator.evaluate(words["default_factory"], binding.scope)
            return self.signatures.with_factory(parameter, FACTORY, factory)
        return parameter


@dataclass(frozen=True, kw_only=True)
class _Attribute:
    """A class attribute that a field is made of."""

    binding: Binding
    words: dict[str | None, ast.expr] | None
    """The keywords of `field(...)`; None where it is a plain value."""


def maker_call(binding: Binding, world: World, makers: frozenset[str]) -> ast.Call | None:
    """Return the call of a field maker (`field(...)`) that a name is assigned, None if it is assigned anything else."""
    expression = binding.how.expression if isinstance(binding.how, Assignment) else None
    if not isinstance(expression, ast.Call):
        return None
    callee = world.evaluator.evaluate(expression.func, binding.scope)
    return expression if effects.path_of(callee) in makers else None


def _without_partial(decorator: Value) -> tuple[Value, tuple[tuple[str, Value], ...]]:
    """Return what `functools.partial` would call, and the keywords it would give; any other decorator as it is."""
    if isinstance(decorator, Instance) and effects.path_of(decorator.of) == "functools.partial" and decorator.args:
        return decorator.args[0], decorator.keywords
    return decorator, ()


def _is_typed_dict(base: Value) -> bool:
    is_form = isinstance(base, Form) and base.name == "typing.TypedDict"
    return is_form or base == Native(value=typing.TypedDict)


def annotation_head(annotation: ast.expr | None) -> str:
    """Return the last name of what an annotation starts with: `ClassVar` of `typing.ClassVar[int]`.

    Also inside a text.
    """
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2].strip()
    if isinstance(annotation, ast.Subscript):
        return annotation_head(annotation.value)
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    return annotation.id if isinstance(annotation, ast.Name) else ""


def is_constant(node: ast.expr | None, *, value: object) -> bool:
    """Say whether an expression is literally that constant."""
    return isinstance(node, ast.Constant) and node.value is value
