"""The members that a class defines itself: attributes, properties, methods and classes inside it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import msgspec

from docgen.build.context import Context, Describer
from docgen.build.fields import OwnField
from docgen.build.functions import Functions, partial_of
from docgen.findings import writable
from docgen.model import (
    UNKNOWN,
    Annotation,
    Attribute,
    Class,
    Docstring,
    Function,
    Origin,
    Property,
    Unknown,
    Value,
)
from docgen.runtime import enums, values
from docgen.runtime.factories import UNTYPED
from docgen.runtime.facts import InstanceAttribute, Marks, always_set, instance_attributes
from docgen.runtime.fields import is_constant
from docgen.runtime.values import (
    Assignment,
    Binding,
    Collection,
    Constant,
    Instance,
    Scope,
    Wrapped,
    Wrapping,
    function_in,
    wrappings_of,
)
from docgen.runtime.world import World
from docgen.sources import store

_PROPERTIES = frozenset({Wrapping.PROPERTY, Wrapping.CACHED_PROPERTY})
_INITIALIZERS = frozenset({"__init__", "__new__"})


class Members(Describer):
    """The members that one class defines, by kind.

    Parameters:
        context: The readers of their parts.
        functions: How functions are described.
        classes: How a class inside the class is described, by its name.
        owner: The class.
    """

    def __init__(
        self,
        context: Context,
        functions: Functions,
        classes: Callable[[str, values.Class], Class],
        owner: values.Class,
    ) -> None:
        super().__init__(context)
        self.functions = functions
        self.classes = classes
        self.owner = owner
        self.own_texts = self.texts.own(owner)
        self.own_fields = self.fields.of(owner)
        self.is_typed_dict = self.constructors.fields.is_typed_dict(owner)
        self.attributes: list[Attribute] = []
        self.properties: list[Property] = []
        self.methods: list[Function] = []
        self.inner: list[Class] = []
        self._find()

    def _find(self) -> None:
        for scope in self._scopes():
            self._find_in(scope)
        for name, value in self.constructors.models.added_members(self.owner).items():
            if (function := function_in(value)) is not None:
                self.methods.append(self.functions.method(name, value, function, None, self.owner))
        known = {each.name for each in self.attributes} | {each.name for each in self.properties}
        slots = [name for name in names_in(self.world, self.owner, "__slots__") or () if name not in known]
        self.attributes += [self._attribute(name, origin=Origin.SLOT) for name in slots if self._is_shown(name)]
        self._find_assigned()

    def _find_in(self, scope: Scope) -> None:
        """Find what a class body binds or annotates."""
        is_enum = self.world.classes.is_enum(self.owner)
        members = {each.name: each for each in enums.members_of(self.world, self.owner)} if is_enum else {}
        for name in _in_order(scope):
            binding = scope.names.get(name)
            if not self._is_shown(name):
                continue
            if name in members:
                self.attributes.append(self._enum_member(members[name]))
            elif binding is None:
                self.attributes.append(self._declared(scope, name))
            else:
                self._bound(scope, name, binding)

    def _find_assigned(self) -> None:
        """Find the attributes that methods assign to the instance, besides those of the body."""
        known = {each.name for each in self.attributes} | {each.name for each in self.properties}
        known |= {each.name for each in self.methods} | {each.name for each in self.inner}
        certain = always_set(self.owner, self.world.classes)
        for each in instance_attributes(self.owner):
            name = each.assignment.name
            if self._is_shown(name) and name not in known:
                is_certain = certain is None or name in certain or self._is_inherited(name)
                self.attributes.append(self._assigned(each, is_certain=is_certain))

    def _is_shown(self, name: str) -> bool:
        """Return True for public and special names, and for private ones if they are shown."""
        return self.shows_private or not name.startswith("_") or _is_special(name)

    def _is_inherited(self, name: str) -> bool:
        """Return True if a base class binds a name, so that instances have it whatever methods do."""
        return any(self._binds(each, name) for each in self.world.classes.mro(self.owner)[1:])

    def _binds(self, base: values.Value, name: str) -> bool:
        """Return True if the body of a class binds a name, or its methods always do for instances."""
        if not isinstance(base, values.Class):
            return hasattr(getattr(base, "value", None), name)
        return name in base.scope.names or name in (always_set(base, self.world.classes) or ())

    def _scopes(self) -> Iterator[Scope]:
        """Yield the body of the class, and that of a base of the same path: `class P(namedtuple("P", ...))`."""
        yield self.owner.scope
        for each in self.world.classes.mro(self.owner)[1:]:
            if isinstance(each, values.Class) and each.path == self.owner.path:
                yield each.scope

    def _bound(self, scope: Scope, name: str, binding: Binding) -> None:
        value = self.world.value(binding)
        function = function_in(value)
        is_special = name.startswith("__")
        if isinstance(value, Wrapped) and value.wrapping in _PROPERTIES:
            self.properties.append(self._property(name, value, function, binding))
        elif isinstance(value, values.Class) and binding.how is value.node:
            self.inner.append(self.classes(name, value))
        elif function is not None and name not in scope.annotated and (is_special or not self._alias_of(name, binding)):
            if name not in _INITIALIZERS:
                self.methods.append(self.functions.method(name, value, function, binding, self.owner))
        elif is_special:
            return
        elif isinstance(value, Instance) and (inner := partial_of(value)) is not None:
            self.methods.append(self._partial(name, value, inner, binding))
        elif (getter := self._getter(value)) is not None:
            self.properties.append(self._described_by(name, getter, binding))
        else:
            self.attributes.append(self._value(scope, name, value, function, binding))

    def _partial(self, name: str, value: Instance, inner: values.Function, binding: Binding) -> Function:
        """Return a method that `partialmethod` makes from another one; its docstring is the string below it."""
        made = self.functions.partial(value, inner, binding, self.owner)
        note = binding.scope.source.facts.note(binding.node)
        docstring = self.docs.of(note.text) if note else None
        return msgspec.structs.replace(
            made,
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.places.location(binding.node, binding.scope),
            docstring=msgspec.structs.replace(docstring, line=note.line) if docstring and note else made.docstring,
        )

    def _alias_of(self, name: str, binding: Binding) -> str:
        """Return the member of the same class that a name is an alias of; empty if it is not an alias."""
        expression = binding.how.expression if isinstance(binding.how, Assignment) else None
        target = expression.id if isinstance(expression, ast.Name) else ""
        return target if target != name and target in self.owner.scope.names and self._is_shown(target) else ""

    # -- attributes

    def _value(
        self, scope: Scope, name: str, value: values.Value, function: values.Function | None, binding: Binding
    ) -> Attribute:
        own = self.own_fields.get(name)
        written = scope.annotated.get(name)
        described = None
        if function is not None:
            described = self.functions.method(name, value, function, None, self.owner)
        return self._attribute(
            name,
            written or binding,
            own,
            value=own.value if own else self.values.bound(binding),
            alias_of=self._alias_of(name, binding),
            function=described,
        )

    def _declared(self, scope: Scope, name: str) -> Attribute:
        return self._attribute(name, scope.annotated[name], self.own_fields.get(name), origin=Origin.DECLARED)

    def _enum_member(self, member: enums.Member) -> Attribute:
        expression = member.binding.how.expression if isinstance(member.binding.how, Assignment) else None
        if member.is_numbered:
            expression = None
        value = self.values.of(member.value, expression, member.binding.scope)
        if not member.is_known:
            value = msgspec.structs.replace(value, is_known=False)
        alias = member.alias_of
        return self._attribute(member.name, member.binding, origin=Origin.MEMBER, value=value, alias_of=alias)

    def _attribute(  # noqa: PLR0913 - the facts of an attribute
        self,
        name: str,
        written: Binding | None = None,
        own: OwnField | None = None,
        *,
        origin: Origin = Origin.BODY,
        value: Value | None = None,
        alias_of: str = "",
        function: Function | None = None,
    ) -> Attribute:
        annotation = None
        if written is not None and written.annotation not in (None, UNTYPED):
            annotation = self.annotations.of(written.annotation, written.scope)
        elif written is None or written.annotation is None:
            annotation = self.annotations.in_stub(self.owner.home.source, f"{self.owner.qualname}.{name}")
        qualifiers = annotation.qualifiers if annotation else ()
        return Attribute(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.places.location(written.node, written.scope) if written else None,
            origin=origin,
            annotation=annotation,
            value=value,
            field=own.field if own else None,
            is_required=self._is_required(qualifiers) if self.is_typed_dict else None,
            is_read_only="ReadOnly" in qualifiers,
            alias_of=alias_of,
            function=function,
            condition=self.functions.condition(written),
            description=self.own_texts.get(name) or (annotation.doc if annotation else ""),
        )

    def _assigned(self, found: InstanceAttribute, *, is_certain: bool) -> Attribute:
        """Return an attribute that a method assigns to the instance."""
        assignment, home = found.assignment, self.owner.scope
        annotation = self._annotation_of_assigned(found)
        if annotation is None:
            qualname = f"{self.owner.qualname}.{assignment.name}"
            annotation = self.annotations.in_stub(home.source, qualname)
        text = self.own_texts.get(assignment.name, "")
        if not text and assignment.note is not None:
            text = self.docs.text(assignment.note.text)
        return Attribute(
            name=assignment.name,
            path=f"{self.owner.path}.{assignment.name}",
            location=self.places.location(assignment.node, home),
            origin=Origin.METHOD,
            is_certain=is_certain,
            annotation=annotation,
            value=None if assignment.value is None else self.values.inside(assignment.value),
            description=text,
        )

    def _annotation_of_assigned(self, found: InstanceAttribute) -> Annotation | Unknown | None:
        """Return the annotation of an assignment to the instance, or that of the parameter that it assigns.

        In `self.x: Final = x` the annotation says that the attribute is final, and the parameter says its type.
        """
        assignment, home = found.assignment, self.owner.scope
        own = None if assignment.annotation is None else self.annotations.of(assignment.annotation, home)
        if not isinstance(assignment.value, ast.Name) or (own is not None and not own.is_bare_qualifier):
            return own
        parameters = {each.name: each.annotation for each in store.parameters(found.method)}
        node = parameters.get(assignment.value.id)
        if node is None:
            return own
        if assignment.is_rebound:
            return own or UNKNOWN  # The name no longer refers to the parameter.
        of_parameter = self.annotations.of(node, home)
        return of_parameter if own is None else own.completed(of_parameter)

    def _is_required(self, qualifiers: tuple[str, ...]) -> bool:
        """Return True if a key of a typed dictionary must be there. Source: PEP 589, PEP 655."""
        if "Required" in qualifiers or "NotRequired" in qualifiers:
            return "Required" in qualifiers
        total = next((word.value for word in self.owner.node.keywords if word.arg == "total"), None)
        return not is_constant(total, value=False)

    # -- properties

    def _property(self, name: str, value: Wrapped, function: values.Function | None, binding: Binding) -> Property:
        marks = self.described.marks(function) if function else Marks()
        docstring = self.docs.of_function(function, name, self.owner) if function else None
        given = _given_docstring(binding)
        if given is not None:
            docstring = self.docs.of(given)
        docstring = self._with_setter(docstring, value.setter)
        annotation: Annotation | Unknown | None = UNKNOWN
        if function is not None:
            returns = None if isinstance(function.node, ast.Lambda) else function.node.returns
            annotation = None if returns is None else self.annotations.of(returns, function.home)
        definition, home = (function.node, function.home) if function else (binding.node, binding.scope)
        setter = function_in(value.setter)
        return Property(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.places.location(definition, home),
            annotation=annotation,
            setter_annotation=self._setter_annotation(value.setter),
            has_setter=self._accepts(value.setter),
            has_deleter=self._accepts(value.deleter),
            raises=self.functions.raises(function) if function and not marks.is_abstract else "",
            outcome=self.functions.outcome(function, is_open=marks.is_abstract) if function else None,
            setter_outcome=self.functions.outcome(setter, is_open=False) if setter else None,
            is_cached=value.wrapping is Wrapping.CACHED_PROPERTY,
            is_class_property=Wrapping.CLASSMETHOD in wrappings_of(value),
            is_abstract=marks.is_abstract,
            is_final=marks.is_final,
            is_override=marks.is_override,
            decorators=self.functions.decorators(function) if function else (),
            deprecation=self.functions.deprecation(marks, docstring),
            condition=self.functions.condition(binding),
            docstring=docstring,
        )

    def _accepts(self, accessor: values.Value | None) -> bool:
        """Return True if there is a setter or deleter that does more than to raise an error."""
        function = function_in(accessor)
        return accessor is not None and not (function and self.functions.raises(function))

    def _with_setter(self, docstring: Docstring | None, setter: values.Value | None) -> Docstring | None:
        """Return a docstring with that of the setter added, which `inspect.getdoc` leaves out."""
        function = function_in(setter)
        of_setter = None if function is None else self.docs.of_function(function, "", None)
        if of_setter is None or (docstring is not None and of_setter.raw == docstring.raw):
            return docstring
        before = Docstring(raw="", line=of_setter.line, style=of_setter.style) if docstring is None else docstring
        return msgspec.structs.replace(before, sections=(*before.sections, *of_setter.sections))

    def _setter_annotation(self, setter: values.Value | None) -> Annotation | None:
        function = function_in(setter)
        given = () if function is None else store.parameters(function.node)
        if function is None or len(given) < 2:  # noqa: PLR2004 - receiver and value
            return None
        if given[1].annotation is None:
            return self.functions.guard(function)
        return self.annotations.of(given[1].annotation, function.home)

    def _getter(self, value: values.Value) -> values.Function | None:
        """Return the `__get__` of the class of an object, None if it has none."""
        if not (isinstance(value, Instance) and isinstance(value.of, values.Class)):
            return None
        return function_in(self.world.classes.attribute(value.of, "__get__"))

    def _described_by(self, name: str, getter: values.Function, binding: Binding) -> Property:
        node = getter.node
        returns = None if isinstance(node, ast.Lambda) else node.returns
        annotation = None if returns is None else self.annotations.of(returns, getter.home)
        written = self.owner.scope.annotated.get(name)
        if written is not None and written.annotation is not None:
            annotation = self.annotations.of(written.annotation, written.scope)
        value = self.world.value(binding)
        of = value.of if isinstance(value, Instance) else None
        setter = self.world.classes.attribute(of, "__set__") if isinstance(of, values.Class) else None
        text = self.own_texts.get(name)
        return Property(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.places.location(binding.node, binding.scope),
            annotation=annotation,
            has_setter=self._accepts(setter),
            docstring=self.docs.of(text) if text else None,
        )


def _given_docstring(binding: Binding) -> str | None:
    """Return the docstring that is passed to the call of `property`: `property(..., doc="...")`."""
    call = binding.how.expression if isinstance(binding.how, Assignment) else None
    if not isinstance(call, ast.Call):
        return None
    words = {word.arg: word.value for word in call.keywords}
    given = dict(zip(("fget", "fset", "fdel", "doc"), call.args, strict=False)).get("doc", words.get("doc"))
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _in_order(scope: Scope) -> Iterator[str]:
    """Yield the names that a body binds or annotates, in the order written."""
    lines: dict[str, int] = {}
    # Annotated names come first: in a class that a call makes, all of them are on one line.
    for name, binding in (*scope.annotated.items(), *scope.names.items()):
        lines[name] = getattr(binding.node, "lineno", 0)
    yield from sorted(lines, key=lambda name: lines[name])


def _is_special(name: str) -> bool:
    """Return True for names that the language defines."""
    return name.startswith("__") and name.endswith("__") and len(name) > 4  # noqa: PLR2004 - the underscores


def names_in(world: World, owner: values.Class, name: str) -> tuple[str, ...] | None:
    """Return the strings that an attribute of a class body contains, None if there is no such attribute."""
    value = world.classes.own(owner, name)
    if value is None:
        return None
    given = value.iterated if isinstance(value, Collection) else (value,)
    return tuple(writable(each.value) for each in given if isinstance(each, Constant) and isinstance(each.value, str))
