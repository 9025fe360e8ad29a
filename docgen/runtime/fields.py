"""Reads the fields of dataclasses and named tuples from the names in their bodies."""

from __future__ import annotations

import ast
import typing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docgen.model import ParameterKind
from docgen.runtime import effects
from docgen.runtime.classes import Bindings, Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.factories import UNTYPED
from docgen.runtime.makers import Made, Maker, Makers
from docgen.runtime.signatures import FormalParameter, Signature, Signatures, Written
from docgen.runtime.values import NONE, Assignment, Binding, Class, Form, Instance, Native, Value
from docgen.trace import Memo, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.runtime.values import Scope

FACTORIES = frozenset({"attrs.Factory", "attr.Factory", "attr._make.Factory"})
"""Classes whose instances, as defaults, mean that the value is created for each call."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field."""

    name: str
    """Name of the attribute; attrs may give the parameter another one."""
    parameter: FormalParameter
    is_argument: bool = True
    """It is a parameter of the constructor."""
    is_in_repr: bool = True


class Fields:
    """Reads fields.

    Parameters:
        names: Looks up values.
        classes: Answers questions about classes.
        makers: Finds the makers of constructors.
        signatures: Reads annotations and defaults.
        trace: Records what answers depend on.
    """

    def __init__(self, names: Bindings, classes: Classes, makers: Makers, signatures: Signatures, trace: Trace) -> None:
        self.names = names
        self.classes = classes
        self.makers = makers
        self.signatures = signatures
        self.evaluator = signatures.evaluator
        self._named_tuples: Memo[Class, bool] = Memo(trace)
        self._typed_dicts: Memo[Class, bool] = Memo(trace)
        self._keys: Memo[Class, Signature] = Memo(trace)
        self._fields: Memo[Class, dict[str, Field]] = Memo(trace)
        """The own fields of each class, because many classes may derive from one that has many."""

    def makes(self, owner: Class, option: str) -> bool:
        """Return True if a class itself is made from its fields, with that option on."""
        made = self.makers.of(owner)
        return made is not None and made.has(option)

    def is_named_tuple(self, owner: Class) -> bool:
        """Return True if a class is a named tuple."""
        return self._named_tuples.get(owner, lambda: any(map(self.is_own_named_tuple, self._readable(owner))))

    def is_own_named_tuple(self, owner: Class) -> bool:
        """Return True if a class itself, not a base of it, is made a named tuple."""
        return Native(value=typing.NamedTuple) in self.classes.written_bases(owner)

    def is_typed_dict(self, owner: Class) -> bool:
        """Return True if a class is a typed dictionary."""
        return self._typed_dicts.get(
            owner,
            lambda: any(
                _is_typed_dict(base) for each in self._readable(owner) for base in self.classes.written_bases(each)
            ),
        )

    def _readable(self, owner: Class) -> Iterator[Class]:
        """Yield the classes in the order that have sources."""
        return (each for each in self.classes.mro(owner) if isinstance(each, Class))

    def keys(self, owner: Class) -> Signature:
        """Return the parameters of a typed dictionary: each key by name; an optional key has `...` as its default."""
        return self._keys.get(owner, lambda: self._read_keys(owner))

    def _read_keys(self, owner: Class) -> Signature:
        found: dict[str, FormalParameter] = {}
        for each in reversed(self.classes.mro(owner)):
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
                written = Written(node=binding.annotation, home=each.scope)
                found[name] = FormalParameter(
                    name=name,
                    kind=ParameterKind.KEYWORD_ONLY,
                    annotation=annotation,
                    annotated=written,
                    default=default,
                )
        return Signature(parameters=tuple(found.values()))

    def of(self, owner: Class) -> tuple[Field, ...]:
        """Return the fields of a class that is made from them, or of a named tuple, in order, inherited ones first."""
        fields: dict[str, Field] = {}
        is_tuple = self.is_named_tuple(owner)
        for each in reversed(self.classes.mro(owner)):
            made = self.makers.of(each) if isinstance(each, Class) else None
            if isinstance(each, Class) and made is not None and made.maker.style == "attrs":
                own = self._fields.get(each, partial(self._described, each, made))
                fields = {name: field for name, field in fields.items() if name not in own} | own
            elif isinstance(each, Class) and (is_tuple or made is not None):
                fields |= self._fields.get(each, partial(self._own, each))
        return tuple(fields.values())

    def _described(self, owner: Class, made: Made) -> dict[str, Field]:
        """Return the fields of an attrs class itself.

        These are the names that a field function is assigned to, and, if all of those are annotated, each annotated
        name.
        """
        scope = owner.scope
        calls = {name: maker_call(each, self.evaluator, made.maker.fields) for name, each in scope.names.items()}
        names = [name for name, call in calls.items() if call is not None]
        takes_annotated = made.options.get("auto_attribs", made.maker.takes_annotated)
        if takes_annotated and all(name in scope.annotated for name in names):
            names = [name for name, each in scope.annotated.items() if annotation_head(each.annotation) != "ClassVar"]
        given = set(_given_by_methods(scope))
        return {name: self._attrs_field(owner, name, calls.get(name), made, is_given=name in given) for name in names}

    def _attrs_field(self, owner: Class, name: str, call: ast.Call | None, made: Made, *, is_given: bool) -> Field:
        words = {word.arg: word.value for word in call.keywords} if call else {}
        alias = words.get("alias")
        is_keyword_only = made.has("kw_only")
        if "kw_only" in words:
            is_keyword_only = is_constant(words["kw_only"], value=True)
        annotated = owner.scope.annotated.get(name)
        annotation = annotated.annotation if annotated else None
        parameter = FormalParameter(
            name=str(alias.value) if isinstance(alias, ast.Constant) else name.lstrip("_"),
            kind=ParameterKind.KEYWORD_ONLY if is_keyword_only else ParameterKind.POSITIONAL_OR_KEYWORD,
            annotation=None if annotation is None else self.signatures.annotation(annotation, owner.scope),
            annotated=None if annotation is None else Written(node=annotation, home=owner.scope),
        )
        binding = owner.scope.names.get(name)
        if call is not None and call.args:
            words.setdefault("default", call.args[0])
        if is_given:
            parameter = self.signatures.with_factory(parameter, made.maker.factory, NONE)
        elif binding is not None:
            attribute = _Attribute(binding=binding, words=words if call else None)
            parameter = self._with_default(parameter, attribute, made.maker)
        return Field(
            name=name,
            parameter=parameter,
            is_argument=not is_constant(words.get("init"), value=False),
            is_in_repr=not is_constant(words.get("repr"), value=False),
        )

    def _own(self, owner: Class) -> dict[str, Field]:
        made = self.makers.of(owner)
        is_keyword_only = made is not None and made.has("kw_only")
        fields: dict[str, Field] = {}
        for name, binding in owner.scope.annotated.items():
            head = annotation_head(binding.annotation)
            if made is not None and made.maker.skips_private and name.startswith("_"):
                continue
            if head == "KW_ONLY":
                is_keyword_only = True
            elif head == "ClassVar":
                # It keeps its position: a class variable with the name of an inherited field is no longer a field.
                fields[name] = Field(
                    name=name,
                    parameter=FormalParameter(name=name),
                    is_argument=False,
                    is_in_repr=False,
                )
            elif binding.annotation is not None:
                maker = made.maker if made else Maker()
                fields[name] = self._field(owner, name, binding.annotation, maker, is_keyword_only=is_keyword_only)
        return fields

    def _field(self, owner: Class, name: str, annotation: ast.expr, maker: Maker, *, is_keyword_only: bool) -> Field:
        found = self._attribute(owner, name, maker.fields)
        words = (found.words if found else None) or {}
        if "kw_only" in words:
            is_keyword_only = is_constant(words["kw_only"], value=True)
        alias = words.get("alias")
        is_untyped = annotation is UNTYPED
        parameter = FormalParameter(
            name=str(alias.value) if isinstance(alias, ast.Constant) else name,
            kind=ParameterKind.KEYWORD_ONLY if is_keyword_only else ParameterKind.POSITIONAL_OR_KEYWORD,
            annotation=None if is_untyped else self.signatures.annotation(annotation, owner.scope),
            annotated=None if is_untyped else Written(node=annotation, home=owner.scope),
        )
        is_pseudo = annotation_head(annotation) == "InitVar"
        return Field(
            name=name,
            parameter=parameter if found is None else self._with_default(parameter, found, maker),
            is_argument=not is_constant(words.get("init"), value=False),
            is_in_repr=not is_pseudo and not is_constant(words.get("repr"), value=False),
        )

    def _attribute(self, owner: Class, name: str, makers: frozenset[str]) -> _Attribute | None:
        """Return the class attribute that a field takes its default and options from, as the decorator finds it.

        In a base class that is a dataclass, the attribute is the default of the field, or missing if there was none. In
        a class that is not made from fields, it is the field itself, including its options. Source: `dataclasses`,
        `_process_class`.
        """
        for each in self.classes.mro(owner):
            if not isinstance(each, Class):
                continue
            binding = each.scope.names.get(name)
            if each is owner or self.makers.of(each) is None or name not in each.scope.annotated:
                if binding is not None:
                    call = maker_call(binding, self.evaluator, makers)
                    return _Attribute(binding=binding, words=_words(call) if call else None)
                continue
            found = self._attribute(each, name, makers)
            if found is not None and found.words is not None and "default" in found.words:
                return _Attribute(binding=found.binding, words={"default": found.words["default"]})
            if found is not None and found.words is None and binding is not None:
                return found
        return None

    def _with_default(self, parameter: FormalParameter, found: _Attribute, maker: Maker) -> FormalParameter:
        """Return a parameter with the default in the class attribute of the same name."""
        binding, words = found.binding, found.words
        if words is None:
            how = binding.how
            is_whole = isinstance(how, Assignment) and how.expression is not None and not how.steps
            node = how.expression if isinstance(how, Assignment) and how.expression and is_whole else binding.node
            return self.signatures.with_default(parameter, self.names.value(binding), node, binding.scope)
        if "default" in words:
            value = self.evaluator.evaluate(words["default"], binding.scope)
            if isinstance(value, Instance) and effects.path_of(value.of) in FACTORIES:
                made = words["default"].args[0] if isinstance(words["default"], ast.Call) else None
                given = None if made is None else Written(node=made, home=binding.scope)
                factory = value.args[0] if value.args else NONE
                return self.signatures.with_factory(parameter, maker.factory, factory, given)
            return self.signatures.with_default(parameter, value, words["default"], binding.scope)
        for word in ("default_factory", "factory"):
            if word in words:
                factory = self.evaluator.evaluate(words[word], binding.scope)
                given = Written(node=words[word], home=binding.scope)
                return self.signatures.with_factory(parameter, maker.factory, factory, given)
        return parameter


@dataclass(frozen=True, kw_only=True)
class _Attribute:
    """A class attribute that a field is made from."""

    binding: Binding
    words: dict[str | None, ast.expr] | None
    """The keywords of `field(...)`; None if it is a plain value."""


def maker_call(binding: Binding, evaluator: Evaluator, makers: frozenset[str]) -> ast.Call | None:
    """Return the call of a field function (`field(...)`) that is assigned to a name, None for any other value."""
    expression = binding.how.expression if isinstance(binding.how, Assignment) else None
    if not isinstance(expression, ast.Call):
        return None
    callee = evaluator.evaluate(expression.func, binding.scope)
    return expression if effects.path_of(callee) in makers else None


def _words(call: ast.Call) -> dict[str | None, ast.expr]:
    """Return the keywords of `field(...)`; a positional default counts as a keyword, `...` as none."""
    words: dict[str | None, ast.expr] = dict.fromkeys(["default"], call.args[0]) if call.args else {}
    words |= {word.arg: word.value for word in call.keywords}
    return {name: node for name, node in words.items() if name != "default" or not is_constant(node, value=...)}


def _given_by_methods(scope: Scope) -> Iterator[str]:
    """Yield the fields of an attrs class whose default comes from a method (`@name.default`)."""
    for binding in scope.names.values():
        for each in getattr(binding.node, "decorator_list", ()):
            if isinstance(each, ast.Attribute) and each.attr == "default" and isinstance(each.value, ast.Name):
                yield each.value.id


def _is_typed_dict(base: Value) -> bool:
    is_form = isinstance(base, Form) and base.name == "typing.TypedDict"
    return is_form or base == Native(value=typing.TypedDict)


def annotation_head(annotation: ast.expr | None) -> str:
    """Return the last part of the name that an annotation begins with: `ClassVar` for `typing.ClassVar[int]`.

    The annotation may be in a string.
    """
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2].strip()
    if isinstance(annotation, ast.Subscript):
        return annotation_head(annotation.value)
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    return annotation.id if isinstance(annotation, ast.Name) else ""


def is_constant(node: ast.expr | None, *, value: object) -> bool:
    """Return True if an expression is literally a given constant."""
    return isinstance(node, ast.Constant) and node.value is value
