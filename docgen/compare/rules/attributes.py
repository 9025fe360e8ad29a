"""Differences of members and variables that are not functions: types, values, and whether they can be assigned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.actions import Actions, actions
from docgen.compare.rules.annotations import Scope, Use, annotation_changed
from docgen.compare.rules.decorators import decorators
from docgen.compare.rules.functions import functions
from docgen.compare.rules.outcomes import results
from docgen.compare.rules.relations import Relation, alternatives, has_variables
from docgen.compare.rules.remarks import conditions, deprecations, docs, finals
from docgen.compare.rules.signatures import short, signatures, value_change
from docgen.compare.rules.type_parameters import type_parameters
from docgen.compare.rules.values import (
    adds_data,
    container_of,
    elements_changed,
    hold_versions,
    holds_all,
    is_literal,
    is_prose,
    uses_other_names,
)
from docgen.compare.standard import has_member
from docgen.model import (
    UNKNOWN,
    Annotation,
    Attribute,
    Function,
    Origin,
    Outcome,
    Parameter,
    Property,
    Receiver,
    Signature,
    Type,
    TypeKind,
    Value,
    Variable,
    VariableKind,
)

_ANYTHING = ("typing.Any", "object", "type", "collections.abc.Callable")


def variables(place: Place, old: Variable, new: Variable, scope: Scope) -> Iterator[Difference]:
    """Yield how a name of a module differs."""
    if old.function is not None and new.function is not None:
        # The object that a name of a module holds is called without a receiver, whatever the name was bound to before.
        was, now = (msgspec.structs.replace(each, receiver=Receiver.NONE) for each in (old.function, new.function))
        yield from functions(place, was, now, scope)
        return
    if VariableKind.TYPE_ALIAS in (old.kind, new.kind):
        yield from _aliases(place, old, new, scope)
    elif VariableKind.TYPE_VARIABLE not in (old.kind, new.kind):
        yield from annotation_changed(place, Use.RESULT, old.annotation, new.annotation, scope, what=old.name)
        yield from _values(place, old.value, new.value, "value-changed", scope)
    # A name in capitals is a constant that others should not assign, unless a type is declared for it.
    if old.annotation is not None or not old.name.isupper():
        yield from finals(place, was=_has(old, "Final"), now=_has(new, "Final"))
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from _described(place, old.description, new.description)


def _aliases(place: Place, old: Variable, new: Variable, scope: Scope) -> Iterator[Difference]:
    yield from type_parameters(place, old.type_parameters, new.type_parameters, scope, is_class=True)
    was, now = old.annotation, new.annotation
    if isinstance(was, Annotation) and isinstance(now, Annotation):
        known = isinstance(was.type, Type) and isinstance(now.type, Type)
        if known and scope.types.relate(was.type, now.type, variables=scope.variables) is not Relation.EQUAL:  # type: ignore[arg-type] # `known` says it
            found = next(annotation_changed(place, Use.RESULT, was, now, scope, what=old.name), None)
            if has_variables(was.type) and not has_variables(now.type):  # type: ignore[arg-type] # `known` says it
                text = f"it takes no type in brackets any more: `{was.written}` -> `{now.written}`"
                yield difference("type-parameters-changed", place, text, old=was.written, new=now.written)
                return
            yield difference("alias-changed", place, found.text if found else "stands for another type")


def _values(place: Place, old: object, new: object, changed: str, scope: Scope) -> Iterator[Difference]:
    if not isinstance(old, Value) or not isinstance(new, Value):
        return
    kind = value_change(old, new, changed, "value-respelled")
    if kind == "value-respelled" and _is_of_other_class(old, new, scope):
        kind = changed
    is_other = bool(kind) and uses_other_names(old, new)
    if is_other:
        kind = changed
    elif kind == "value-changed":
        kind = _weight(old, new)
    if kind:
        is_version = not is_other and _is_version(place, scope.versions, old, new)
        was, now = short(old), short(new)
        text = f"`{was}` -> `{now}`" if was != now else elements_changed(old, new)
        yield difference("value-respelled" if is_version else kind, place, text, old=was, new=now)


def _is_of_other_class(old: Value, new: Value, scope: Scope) -> bool:
    """Return True if two objects are of classes that both sides have, and the new class is not derived from the old."""
    if not old.address_of or not new.address_of or old.address_of == new.address_of:
        return False
    was, now = (Type(kind=TypeKind.NAME, name=each.address_of) for each in (old, new))
    is_kept = scope.types.old.index.public_path(now.name) and scope.types.new.index.public_path(was.name)
    return bool(is_kept) and scope.types.relate(was, now) in (Relation.WIDER, Relation.OTHER)


def _weight(old: Value, new: Value) -> str:
    """Return the kind of difference of two values. Prose is not compared; additional elements break nothing."""
    if is_prose(old, new):
        return "value-respelled"
    return "value-extended" if holds_all(old, new) or adds_data(old, new) else "value-changed"


def _is_version(place: Place, versions: tuple[str, str], old: Value, new: Value) -> bool:
    """Return True if a value contains the version: that of its side appears in it, or its name says so."""
    parts = place.symbol.lower().split(".")
    of_release = any("version" in each or each == "release" for each in parts[1:])
    return of_release or hold_versions(versions, old, new)


def attributes(place: Place, old: Attribute, new: Attribute, scope: Scope) -> Iterator[Difference]:
    """Yield how an attribute of a class or of its instances differs."""
    if old.function is not None and new.function is not None:
        yield from signatures(place, old.function.signature, new.function.signature, scope)
    else:
        yield from annotation_changed(place, Use.RESULT, old.annotation, new.annotation, scope, what=old.name)
        is_member = old.origin is new.origin is Origin.MEMBER
        if is_member or (old.origin is new.origin is Origin.BODY and old.field is None):
            kind = "member-value-changed" if is_member else "value-changed"
            yield from _values(place, old.value, new.value, kind, scope)
        elif old.origin is new.origin is Origin.METHOD and old.annotation is new.annotation is None:
            yield from _containers(place, old, new)
    is_empty = isinstance(old.value, Value) and old.value.text == "None"
    is_on_instances = new.origin in (Origin.DECLARED, Origin.METHOD, Origin.SLOT)
    if old.origin is Origin.BODY and old.field is None and is_on_instances and not (is_empty and new.is_certain):
        yield difference("class-access-removed", place, "only instances have it now")
    if old.is_certain and not new.is_certain and old.origin is not Origin.BODY:
        yield difference("attribute-uncertain", place, "instances may lack it now")
    if _has(new, "ClassVar") and not _has(old, "ClassVar") and not old.field and old.annotation is not None:
        yield difference("read-only", place, "can only be assigned on the class: it is a ClassVar")
    if _has(old, "Final") == _has(new, "Final"):
        yield from _writing(place, was=_is_written(old), now=_is_written(new))
    yield from finals(place, was=_has(old, "Final"), now=_has(new, "Final"))
    yield from _keys(place, old, new)
    yield from _stored(place, old, new)
    if old.field and new.field and old.field.is_compared != new.field.is_compared:
        yield difference("option-changed", place, f"is {'' if new.field.is_compared else 'no longer '}compared")
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from _described(place, old.description, new.description)


def _containers(place: Place, old: Attribute, new: Attribute) -> Iterator[Difference]:
    """Yield a difference if a method sets an attribute to another container, which lacks something of the old one."""
    if not isinstance(old.value, Value) or not isinstance(new.value, Value) or old.value == new.value:
        return
    was, now = container_of(old.value), container_of(new.value)
    if was is not None and new.value.text == "None":
        yield difference("result-retyped", place, f"`{old.name}`: `{was.__name__}` -> `None`", old=was.__name__)
    if was is not None and now is not None and not issubclass(now, was):
        text = f"`{old.name}`: `{was.__name__}` -> `{now.__name__}`"
        yield difference("result-retyped", place, text, old=was.__name__, new=now.__name__)


def _stored(place: Place, old: Attribute, new: Attribute) -> Iterator[Difference]:
    """Compare whether instances of a dataclass store an argument of the constructor. Source: `dataclasses.InitVar`."""
    was, now = (_has(each, "InitVar") for each in (old, new))
    if now and not was:
        yield difference("symbol-removed", place, "only the constructor takes it now")
    elif was and not now and new.field and new.field.is_compared:
        yield difference("option-changed", place, "is a field, and compared")


def _keys(place: Place, old: Attribute, new: Attribute) -> Iterator[Difference]:
    if old.is_required is False and new.is_required is True:
        yield difference("key-required", place, "the key is required now")
    elif old.is_required is True and new.is_required is False:
        yield difference("key-optional", place, "the key may be missing now")


def _has(attribute: Attribute | Variable, qualifier: str) -> bool:
    return isinstance(attribute.annotation, Annotation) and qualifier in attribute.annotation.qualifiers


def _is_written(attribute: Attribute) -> bool:
    return not attribute.is_read_only and not _has(attribute, "Final")


def _writing(place: Place, *, was: bool, now: bool, suffix: str = "assigned") -> Iterator[Difference]:
    if was and not now:
        yield difference("read-only", place, f"can no longer be {suffix}")
    elif now and not was:
        yield difference("writable", place, f"can be {suffix}")


def properties(place: Place, old: Property, new: Property, scope: Scope) -> Iterator[Difference]:
    """Yield how a property differs."""
    if new.raises and not old.raises:
        yield difference("refused", place, f"reading it only raises {new.raises} now")
    yield from annotation_changed(place, Use.RESULT, old.annotation, new.annotation, scope, what=old.name)
    if UNKNOWN not in (old.has_setter, new.has_setter):
        yield from _writing(place, was=_is_set(old), now=_is_set(new))
    if UNKNOWN not in (old.has_deleter, new.has_deleter) and not (old.is_cached or new.is_cached):
        yield from _writing(place, was=old.has_deleter is True, now=new.has_deleter is True, suffix="deleted")
    limit = new.setter_annotation if new.annotation is None and not old.setter_annotation else None
    if limit is not None and old.has_setter is new.has_setter is True:
        shown = limit.written
        yield difference("parameter-narrowed", place, f"only `{shown}` can be assigned now", new=shown)
    if old.setter_annotation and new.setter_annotation:
        yield from annotation_changed(
            place, Use.PARAMETER, old.setter_annotation, new.setter_annotation, scope, what="value"
        )
    if old.is_class_property and not new.is_class_property:
        yield difference("class-access-removed", place, "only instances have it now")
    yield from _accessors(place, old, new, scope)
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from finals(place, was=old.is_final, now=new.is_final)
    yield from decorators(place, old.decorators, new.decorators)
    yield from docs(place, old.docstring, new.docstring)


def _accessors(place: Place, old: Property, new: Property, scope: Scope) -> Iterator[Difference]:
    """Yield the differences in the bodies of the getter and the setter of a property."""
    if not (old.raises or new.raises):
        was, now = (_as_function(each, each.outcome) for each in (old, new))
        yield from results(place, was, now, scope.types)
        yield from actions(place, was, now, scope.types, keeps_bases=scope.keeps_bases)
    if old.has_setter is new.has_setter is True:
        sides = [Actions(each.setter_outcome) for each in (old, new)]
        said = (each for side in sides for sort in ("refuses", "stores", "converts") for each in side.of(sort))
        names = dict.fromkeys(word for each in said for word in re.findall(r"[^\W\d]\w*", each))
        was, now = (_as_function(each, each.setter_outcome, names) for each in (old, new))
        yield from actions(place, was, now, scope.types, keeps_bases=scope.keeps_bases)


def _as_function(property_: Property, outcome: Outcome | None, names: Iterable[str] = ()) -> Function:
    """Return an accessor of a property as a method.

    Parameters:
        property_: The property.
        outcome: The facts of the accessor's body.
        names: Names that setters may give the value.
    """
    taken = tuple(Parameter(name=each) for each in names)
    return Function(
        name=property_.name,
        path=property_.path,
        signature=Signature(parameters=taken, returns=property_.annotation),
        receiver=Receiver.INSTANCE,
        outcome=outcome,
        is_abstract=property_.is_abstract,
        condition=property_.condition,
    )


def _is_set(property_: Property) -> bool:
    # A cached property is stored in the instance, and any code can store a value there.
    return property_.has_setter is True or property_.is_cached


def attribute_to_property(place: Place, old: Attribute, new: Property, scope: Scope) -> Iterator[Difference]:
    """Yield the differences between an attribute and the property that it became."""
    yield from annotation_changed(place, Use.RESULT, old.annotation, new.annotation, scope, what=old.name)
    if old.origin is Origin.BODY and old.field is None and _is_made_unknown(old):
        return
    if old.origin is Origin.BODY and old.field is None and not new.is_class_property:
        yield difference("class-access-removed", place, "is a property now: the class no longer has the value")
    elif _is_written(old) and new.has_setter is False and not new.is_cached:
        yield difference("read-only", place, "is a property without a setter now")


def _is_made_unknown(attribute: Attribute) -> bool:
    """Return whether a call of unknown effect makes the value: it may make a property."""
    value = attribute.value
    return isinstance(value, Value) and not value.is_known and not value.address_of and value.text.endswith(")")


def property_to_attribute(place: Place, old: Property, new: Attribute, scope: Scope) -> Iterator[Difference]:
    """Yield the differences between a property and the attribute that it became."""
    yield from annotation_changed(place, Use.RESULT, old.annotation, new.annotation, scope, what=old.name)
    if old.has_setter is not UNKNOWN:
        yield from _writing(place, was=_is_set(old), now=_is_written(new))


def may_be_callable(symbol: Attribute | Variable) -> bool:
    """Return True if a name may hold a function or class, because nothing says that it holds something else."""
    if isinstance(symbol.annotation, Annotation):
        type_ = symbol.annotation.type
        return not isinstance(type_, Type) or any(
            each.kind in (TypeKind.CALLABLE, TypeKind.UNKNOWN, TypeKind.FORWARD) or each.name in _ANYTHING
            for each in alternatives(type_)
        )
    value = symbol.value
    is_plain = isinstance(value, Value) and (is_literal(value) or has_member(value.address_of, "__call__") is False)
    return symbol.function is not None or not is_plain


def _described(place: Place, old: str, new: str) -> Iterator[Difference]:
    if old.split() != new.split():
        word = "no longer documented" if not new else "documented now" if not old else "docstring changed"
        yield difference("docs-changed", place, word)
