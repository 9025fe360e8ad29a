"""Classes: bases and order, options, constructors, and the members that a class defines itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import msgspec

from docgen.build.context import Context
from docgen.build.docs import described, descriptions
from docgen.build.fields import OwnField
from docgen.build.functions import FunctionNode, Functions, partial_of, wrappings_of
from docgen.model import (
    UNKNOWN,
    Annotation,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Origin,
    Outcome,
    Property,
    Receiver,
    Signature,
    Unknown,
    Value,
)
from docgen.runtime import effects, enums, spell, values
from docgen.runtime.budget import written
from docgen.runtime.factories import UNTYPED
from docgen.runtime.facts import InstanceAttribute, Marks, always_set, instance_attributes
from docgen.runtime.fields import is_constant
from docgen.runtime.models import Constructor
from docgen.runtime.values import (
    NONE,
    Assignment,
    Binding,
    Collection,
    Constant,
    External,
    Instance,
    Native,
    Opaque,
    Scope,
    Wrapped,
    Wrapping,
    function_in,
)
from docgen.sources import store
from docgen.sources.trees import last_name
from docgen.trace import Memo

PROPERTIES = frozenset({Wrapping.PROPERTY, Wrapping.CACHED_PROPERTY})
_TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
"""Not a class at run time: what derives from it is a `dict`."""
_INITIALIZERS = frozenset({"__init__", "__new__"})


class Classes:
    """Describes classes.

    Parameters:
        context: The readers of their parts.
        functions: How functions are described.
        uses: Is told of each class that a described one derives from; those without a public path are described too.
    """

    def __init__(self, context: Context, functions: Functions, uses: Callable[[values.Value], None]) -> None:
        self.world = context.world
        self.functions = functions
        self.constructors = context.constructors
        self.annotations = context.annotations
        self.values = context.values
        self.docs = context.docs
        self.places = context.places
        self.described = context.described
        self.fields = context.fields
        self.shows_private = context.shows_private
        self.texts = context.texts
        self.uses = uses
        self._abstract: Memo[values.Class, tuple[str, ...]] = Memo(self.world.trace)

    def of(self, name: str, owner: values.Class) -> Class:
        """Return a class with the members that it defines itself.

        Parameters:
            name: Under which its module, or the class around it, offers it.
            owner: The class.
        """
        self._note_unknown_bases(owner)
        docstring = self.texts.docstring(owner)
        marks = self.described.marks(owner)
        order, unknown = self._order(owner)
        found = _Members(self, owner)
        metaclass = self.world.classes.metaclass(owner)
        if metaclass is not None:
            self.uses(metaclass)
        abstract = self._abstract_members(owner)
        mixed = enums.data_type(self.world, owner) if self.world.classes.is_enum(owner) else None
        constructor, initializer = self._constructors(owner, docstring)
        return Class(
            name=name,
            path=owner.path,
            location=self.places.location(owner.node, owner.home),
            kind=self._kind(owner, is_abstract=bool(abstract)),
            bases=tuple(self._bases(owner)),
            mro=order,
            registered_with=tuple(self._registered_with(owner)),
            registers=tuple(self._registers(owner)),
            unknown_bases=unknown,
            metaclass="" if metaclass is None else effects.path_of(metaclass) or spell.value_text(metaclass),
            type_parameters=self.functions.generic_in(owner),
            decorators=self.functions.decorators(owner),
            effects=(*reversed(marks.others), *self._hooks(owner)),
            options=self._options(owner),
            slots=self.slots(owner),
            match_args=self._names_in(owner, "__match_args__"),
            refused_methods=self._refused(owner),
            abstract_members=abstract,
            is_final=marks.is_final,
            is_hashable=self._is_hashable(owner),
            deprecation=self.functions.deprecation(marks, self.texts.own_docstring(owner)),
            condition=owner.home.source.facts.condition(owner.node),
            docstring=docstring,
            constructor=constructor,
            initializer=initializer,
            data_type="" if mixed is None else spell.class_path(mixed),
            attributes=tuple(found.attributes),
            properties=tuple(found.properties),
            methods=tuple(found.methods),
            classes=tuple(found.inner),
        )

    # -- what sort of class it is

    def _kind(self, owner: values.Class, *, is_abstract: bool) -> ClassKind:  # noqa: PLR0911 - one line per kind
        classes, fields = self.world.classes, self.constructors.fields
        if classes.is_enum(owner):
            return ClassKind.ENUM
        if fields.is_typed_dict(owner):
            return ClassKind.TYPED_DICT
        if fields.is_named_tuple(owner):
            return ClassKind.NAMED_TUPLE
        if classes.is_protocol(owner):
            return ClassKind.PROTOCOL
        if classes.is_subclass(owner, BaseException):
            return ClassKind.EXCEPTION
        if self.constructors.models.is_model(owner) or fields.makers.of(owner) is not None:
            return ClassKind.DATACLASS
        return ClassKind.ABSTRACT if is_abstract or _names_abc(owner) else ClassKind.CLASS

    def _bases(self, owner: values.Class) -> Iterator[Annotation]:
        for node in owner.node.bases:
            base = self.annotations.of(node, owner.home)
            if not isinstance(base.type, Unknown) and base.type.name == "object" and not base.type.args:
                continue
            yield base

    def _order(self, owner: values.Class) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the paths of the method resolution order, and those of them without sources."""
        order: list[str] = []
        unknown: list[str] = []
        used: list[values.Value] = []
        for each in self.world.classes.mro(owner)[1:]:
            if isinstance(each, Native) and each.value is object:
                continue
            if spell.class_path(each) in _TYPED_DICTS:
                each = Native(value=dict)  # noqa: PLW2901 - what it stands for at run time
            path = spell.class_path(each)
            if path == owner.path:  # `class P(namedtuple("P", ...))`
                continue
            order.append(path)
            used.append(each)
            if isinstance(each, External | Opaque):
                unknown.append(path)
        for each in reversed(used):  # the farthest first, or a long line of classes would nest too deeply
            self.uses(each)
        return tuple(order), tuple(unknown)

    def _registered_with(self, owner: values.Class) -> Iterator[str]:
        """Yield the abstract classes that the module of a class registers it with."""
        for base, registered in owner.home.source.facts.registered if not owner.home.is_class else ():
            name = registered if isinstance(registered, str) else last_name(registered)
            if name == owner.name and "." not in owner.qualname:
                yield spell.class_path(self.world.evaluator.evaluate(base, owner.home))

    def _registers(self, owner: values.Class) -> Iterator[str]:
        """Yield the classes of other modules that the module of an abstract class registers with it."""
        for base, registered in owner.home.source.facts.registered if not owner.home.is_class else ():
            if isinstance(registered, ast.expr) and last_name(base) == owner.name:
                value = self.world.evaluator.evaluate(registered, owner.home)
                is_elsewhere = not (isinstance(value, values.Class) and value.home.source is owner.home.source)
                if is_elsewhere and isinstance(value, values.Class | Native | External):
                    yield spell.class_path(value)

    def _note_unknown_bases(self, owner: values.Class) -> None:
        """Add a finding for each base of a class that adds members whose sources are missing."""
        for base in self.world.classes.bases(owner):
            if isinstance(base, External | Opaque):
                text = f"{owner.qualname} derives from {spell.value_text(base)}, which has no sources here"
                hint = "What it adds is not listed. Name its release in dependencies of the configuration."
                self.world.note("DG202", owner.node, owner.home, text, hint)

    def _options(self, owner: values.Class) -> tuple[tuple[str, str], ...]:
        """Return the keywords of the class statement and of the decorator that makes it."""
        words = [word for word in owner.node.keywords if word.arg != "metaclass"]
        if self.constructors.fields.makers.of(owner) is not None:
            calls = (node for node in owner.node.decorator_list if isinstance(node, ast.Call))
            words += [word for call in calls for word in call.keywords]
        return tuple((word.arg, written(word.value)) for word in words if word.arg)

    def slots(self, owner: values.Class) -> tuple[str, ...] | None:
        """Return the names in the `__slots__` of a class itself, None if it has none."""
        return self._names_in(owner, "__slots__")

    def _names_in(self, owner: values.Class, name: str) -> tuple[str, ...] | None:
        """Return the strings that an attribute of a class body contains, None if there is no such attribute."""
        value = self.world.classes.own(owner, name)
        if value is None:
            return None
        given = value.items if isinstance(value, Collection) else (value,)
        given = given[::2] if isinstance(value, Collection) and value.kind == "dict" else given
        return tuple(each.value for each in given if isinstance(each, Constant) and isinstance(each.value, str))

    def _refused(self, owner: values.Class) -> tuple[str, ...]:
        special = (name for name in owner.scope.names if name.startswith("__") and name not in ("__hash__", "__doc__"))
        return tuple(name for name in special if self.world.classes.own(owner, name) == NONE)

    def _hooks(self, owner: values.Class) -> Iterator[str]:
        if "_missing_" in owner.scope.names and self.world.classes.is_enum(owner):
            yield "finds missing members"

    def _abstract_members(self, owner: values.Class) -> tuple[str, ...]:
        metaclass = self.world.classes.metaclass(owner)
        if metaclass is None and not self.world.classes.is_protocol(owner):
            return ()
        abstract: set[str] = set()
        for each in reversed(self.world.classes.mro(owner)):
            if isinstance(each, Native) and isinstance(each.value, type) and each.value is not object:
                abstract.difference_update(vars(each.value))
            elif isinstance(each, values.Class):
                abstract.difference_update(each.scope.names)
                abstract.update(self._abstract.get(each, lambda each=each: self._own_abstract(each)))  # type: ignore[misc] # bound now
        return tuple(sorted(abstract))

    def _own_abstract(self, owner: values.Class) -> tuple[str, ...]:
        """Return the abstract members that a class itself defines."""
        functions = (
            (name, function_in(self.world.value(binding)))
            for name, binding in owner.scope.names.items()
            if isinstance(binding.how, FunctionNode) and binding.how.decorator_list
        )
        return tuple(name for name, function in functions if function is not None and "abstract" in function.marks)

    def _is_hashable(self, owner: values.Class) -> bool | Unknown:  # noqa: PLR0911 - one line per reason
        """Return True if instances have a hash. Source: the data model, `__hash__`; `dataclasses`."""
        if self.constructors.fields.is_typed_dict(owner):
            return False
        for each in self.world.classes.mro(owner):
            if isinstance(each, External | Opaque):
                return UNKNOWN
            if isinstance(each, Native):
                return getattr(each.value, "__hash__", None) is not None
            if not isinstance(each, values.Class):
                continue
            if "__hash__" in each.scope.names:
                return self.world.classes.own(each, "__hash__") != NONE
            made = self.constructors.fields.makers.of(each)
            if made is not None and made.options.get("eq", True):
                return any(made.options.get(option, False) for option in ("frozen", "unsafe_hash", "hash"))
            if "__eq__" in each.scope.names:
                return False
        return True

    # -- constructors

    def _constructors(
        self, owner: values.Class, docstring: Docstring | None
    ) -> tuple[Function | Unknown | None, Function | None]:
        """Return what calling a class takes, and what its `__init__` takes, where that is something else."""
        called, initial = self.constructors.called(owner), self.constructors.of(owner)
        texts = {**self.texts.inherited(owner), **descriptions(docstring)}
        if called is None:
            is_plain = all(isinstance(each, values.Class) for each in self.world.classes.mro(owner)[:-1])
            empty = Function(name="__init__", path=f"{owner.path}.__init__", receiver=Receiver.INSTANCE)
            return empty if is_plain else UNKNOWN, None
        constructor = self._constructor(owner, called, texts)
        is_of_enum = initial is not None and initial.definer is not None and initial.definer.module == "enum"
        if initial is None or is_of_enum or (initial.function is called.function and initial.definer is called.definer):
            return constructor, None
        initializer = self._constructor(owner, initial, texts)
        return constructor, None if _takes_the_same(constructor, initializer) else initializer

    def _constructor(self, owner: values.Class, found: Constructor, texts: dict[str, str]) -> Function:
        function, definer = found.function, found.definer or owner
        is_own = definer is owner and function is not None
        homes = (each.annotated and each.annotated.home for each in found.signature.parameters if not is_own)
        elsewhere = [home for home in homes if home is not owner.scope]
        if not self.functions.shows(len(elsewhere), owner.node, owner.home):
            unknown = Signature(parameters=UNKNOWN)
            path = f"{definer.path}.{found.name}"
            return Function(name=found.name, path=path, signature=unknown, receiver=Receiver.INSTANCE)
        if function is not None and not self.constructors.models.is_model(owner):
            value = self.world.classes.own(definer, found.name) or function
            binding = definer.scope.names.get(found.name)
            made = self.functions.method(found.name, value, function, binding, definer)
            if definer is not owner and made.docstring and not made.docstring.inherited_from:
                inherited = f"{definer.path}.{found.name}"
                docstring = msgspec.structs.replace(made.docstring, inherited_from=inherited)
                made = msgspec.structs.replace(made, docstring=docstring)
            own = descriptions(made.docstring)
            return msgspec.structs.replace(made, signature=described(made.signature, {**texts, **own}))
        parameters = tuple(each for each in found.signature.parameters if each.name != "self")
        metaclass = self.world.classes.metaclass(owner)
        by_metaclass = (
            self.world.classes.attribute(metaclass, "__call__") if isinstance(metaclass, values.Class) else None
        )
        later = function_in(by_metaclass) or function_in(self.world.classes.attribute(owner, "__post_init__"))
        signature = self.functions.of_fields(parameters, owner.scope)
        return Function(
            name=found.name,
            path=f"{definer.path}.{found.name}",
            location=self.places.location(function.node, function.home) if function else None,
            signature=described(signature, texts),
            outcome=Outcome(raises=self.functions.raises(later) if later else ""),
            receiver=Receiver.INSTANCE,
            docstring=self.docs.of_function(function, found.name, definer) if function else None,
        )


class _Members:
    """The members that one class defines, by kind."""

    def __init__(self, classes: Classes, owner: values.Class) -> None:
        self.world = classes.world
        self.classes = classes
        self.owner = owner
        self.texts = classes.texts.own(owner)
        self.fields = classes.fields.of(owner)
        self.is_typed_dict = classes.constructors.fields.is_typed_dict(owner)
        self.attributes: list[Attribute] = []
        self.properties: list[Property] = []
        self.methods: list[Function] = []
        self.inner: list[Class] = []
        self._find()

    def _find(self) -> None:
        found = enums.members_of(self.world, self.owner) if self.world.classes.is_enum(self.owner) else ()
        members = {each.name: each for each in found}
        for scope in self._scopes():
            for name in _in_order(scope):
                if not self._is_shown(name):
                    continue
                binding = scope.names.get(name)
                if name in members:
                    self.attributes.append(self._enum_member(members[name]))
                elif binding is None:
                    self.attributes.append(self._declared(scope, name))
                else:
                    self._bound(scope, name, binding)
        for name, value in self.classes.constructors.models.added_members(self.owner).items():
            if (function := function_in(value)) is not None:
                self.methods.append(self.classes.functions.method(name, value, function, None, self.owner))
        known = {each.name for each in self.attributes} | {each.name for each in self.properties}
        slots = [name for name in self.classes.slots(self.owner) or () if self._is_shown(name) and name not in known]
        self.attributes += [self._attribute(name, origin=Origin.SLOT) for name in slots]
        known.update(slots, (each.name for each in self.methods), (each.name for each in self.inner))
        certain = always_set(self.owner, self.world.classes)
        for each in instance_attributes(self.owner):
            name = each.assignment.name
            if self._is_shown(name) and name not in known:
                is_certain = certain is None or name in certain or self._is_inherited(name)
                self.attributes.append(self._assigned(each, is_certain=is_certain))

    def _is_shown(self, name: str) -> bool:
        """Return True for public names and for special ones, and if they are wanted, for private ones."""
        return self.classes.shows_private or not name.startswith("_") or _is_special(name)

    def _is_inherited(self, name: str) -> bool:
        """Return True if a class above binds a name, so that instances have it whatever methods do."""
        return any(
            name in each.scope.names if isinstance(each, values.Class) else hasattr(getattr(each, "value", None), name)
            for each in self.world.classes.mro(self.owner)[1:]
        )

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
        if isinstance(value, Wrapped) and value.wrapping in PROPERTIES:
            self.properties.append(self._property(name, value, function, binding))
        elif isinstance(value, values.Class) and binding.how is value.node:
            self.inner.append(self.classes.of(name, value))
        elif function is not None and name not in scope.annotated and (is_special or not self._alias_of(name, binding)):
            if name not in _INITIALIZERS:
                self.methods.append(self.classes.functions.method(name, value, function, binding, self.owner))
        elif is_special:
            return
        elif isinstance(value, Instance) and (inner := partial_of(value)) is not None:
            self.methods.append(self._partial(name, value, inner, binding))
        elif (getter := self._getter(value)) is not None:
            self.properties.append(self._described_by(name, getter, binding))
        else:
            self.attributes.append(self._value(scope, name, value, function, binding))

    def _partial(self, name: str, value: Instance, inner: values.Function, binding: Binding) -> Function:
        """Return a method that `partialmethod` makes of another one; it is described by the string below it."""
        made = self.classes.functions.partial(value, inner, binding, self.owner)
        note = binding.scope.source.facts.note(binding.node)
        docstring = self.classes.docs.of(note.text) if note else None
        return msgspec.structs.replace(
            made,
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.classes.places.location(binding.node, binding.scope),
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
        own = self.fields.get(name)
        written = scope.annotated.get(name)
        described = None
        if function is not None:
            described = self.classes.functions.method(name, value, function, None, self.owner)
        return self._attribute(
            name,
            written or binding,
            own,
            value=own.value if own else self.classes.values.bound(binding),
            alias_of=self._alias_of(name, binding),
            function=described,
        )

    def _declared(self, scope: Scope, name: str) -> Attribute:
        return self._attribute(name, scope.annotated[name], self.fields.get(name), origin=Origin.DECLARED)

    def _enum_member(self, member: enums.Member) -> Attribute:
        expression = member.binding.how.expression if isinstance(member.binding.how, Assignment) else None
        is_made = "__new__" in self.owner.scope.names  # it may set any value
        if member.is_numbered:
            expression = None
        value = self.classes.values.of(member.value, expression, member.binding.scope)
        if is_made:
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
            annotation = self.classes.annotations.of(written.annotation, written.scope)
        elif written is None or written.annotation is None:
            annotation = self.classes.annotations.in_stub(self.owner.home.source, f"{self.owner.qualname}.{name}")
        qualifiers = annotation.qualifiers if annotation else ()
        return Attribute(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.classes.places.location(written.node, written.scope) if written else None,
            origin=origin,
            annotation=annotation,
            value=value,
            field=own.field if own else None,
            is_required=self._is_required(qualifiers) if self.is_typed_dict else None,
            is_read_only="ReadOnly" in qualifiers,
            alias_of=alias_of,
            function=function,
            condition=self.classes.functions.condition(written),
            description=self.texts.get(name) or (annotation.doc if annotation else ""),
        )

    def _assigned(self, found: InstanceAttribute, *, is_certain: bool) -> Attribute:
        """Return an attribute that a method assigns to the instance."""
        assignment, home = found.assignment, self.owner.scope
        annotation = self._annotation_of_assigned(found)
        if annotation is None:
            qualname = f"{self.owner.qualname}.{assignment.name}"
            annotation = self.classes.annotations.in_stub(home.source, qualname)
        text = self.texts.get(assignment.name, "")
        if not text and assignment.note is not None:
            text = self.classes.docs.text(assignment.note.text)
        return Attribute(
            name=assignment.name,
            path=f"{self.owner.path}.{assignment.name}",
            location=self.classes.places.location(assignment.node, home),
            origin=Origin.METHOD,
            is_certain=is_certain,
            annotation=annotation,
            value=None if assignment.value is None else self.classes.values.inside(assignment.value),
            description=text,
        )

    def _annotation_of_assigned(self, found: InstanceAttribute) -> Annotation | Unknown | None:
        """Return the annotation of an assignment to the instance, or that of the parameter that it assigns.

        In `self.x: Final = x` the annotation says that the attribute is final, and the parameter says its type.
        """
        assignment, home = found.assignment, self.owner.scope
        own = None if assignment.annotation is None else self.classes.annotations.of(assignment.annotation, home)
        if not isinstance(assignment.value, ast.Name) or (own is not None and not own.is_bare_qualifier):
            return own
        parameters = {each.name: each.annotation for each in store.parameters(found.method)}
        node = parameters.get(assignment.value.id)
        if node is None:
            return own
        if assignment.is_rebound:
            return own or UNKNOWN  # The name no longer stands for the parameter.
        of_parameter = self.classes.annotations.of(node, home)
        return of_parameter if own is None else own.completed(of_parameter)

    def _is_required(self, qualifiers: tuple[str, ...]) -> bool:
        """Return True if a key of a typed dictionary must be there. Source: PEP 589, PEP 655."""
        if "Required" in qualifiers or "NotRequired" in qualifiers:
            return "Required" in qualifiers
        total = next((word.value for word in self.owner.node.keywords if word.arg == "total"), None)
        return not is_constant(total, value=False)

    # -- properties

    def _property(self, name: str, value: Wrapped, function: values.Function | None, binding: Binding) -> Property:
        marks = self.classes.described.marks(function) if function else Marks()
        docstring = self.classes.docs.of_function(function, name, self.owner) if function else None
        given = _given_docstring(binding)
        if given is not None:
            docstring = self.classes.docs.of(given)
        docstring = self._with_setter(docstring, value.setter)
        annotation: Annotation | Unknown | None = UNKNOWN
        if function is not None:
            returns = None if isinstance(function.node, ast.Lambda) else function.node.returns
            annotation = None if returns is None else self.classes.annotations.of(returns, function.home)
        definition, home = (function.node, function.home) if function else (binding.node, binding.scope)
        return Property(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.classes.places.location(definition, home),
            annotation=annotation,
            setter_annotation=self._setter_annotation(value.setter),
            has_setter=self._accepts(value.setter),
            has_deleter=self._accepts(value.deleter),
            raises=self.classes.functions.raises(function) if function and not marks.is_abstract else "",
            is_cached=value.wrapping is Wrapping.CACHED_PROPERTY,
            is_class_property=Wrapping.CLASSMETHOD in wrappings_of(value),
            is_abstract=marks.is_abstract,
            is_final=marks.is_final,
            is_override=marks.is_override,
            decorators=self.classes.functions.decorators(function) if function else (),
            deprecation=self.classes.functions.deprecation(marks, docstring),
            condition=self.classes.functions.condition(binding),
            docstring=docstring,
        )

    def _accepts(self, accessor: values.Value | None) -> bool:
        """Return True if there is a setter or deleter that does more than to raise an error."""
        function = function_in(accessor)
        return accessor is not None and not (function and self.classes.functions.raises(function))

    def _with_setter(self, docstring: Docstring | None, setter: values.Value | None) -> Docstring | None:
        """Return a docstring with what the setter says of itself, which `inspect.getdoc` leaves out."""
        function = function_in(setter)
        said = None if function is None else self.classes.docs.of_function(function, "", None)
        if said is None or (docstring is not None and said.raw == docstring.raw):
            return docstring
        before = Docstring(raw="", line=said.line, style=said.style) if docstring is None else docstring
        return msgspec.structs.replace(before, sections=(*before.sections, *said.sections))

    def _setter_annotation(self, setter: values.Value | None) -> Annotation | None:
        function = function_in(setter)
        given = () if function is None else store.parameters(function.node)
        if function is None or len(given) < 2:  # noqa: PLR2004 - receiver and value
            return None
        if given[1].annotation is None:
            return self.classes.functions.guard(function)
        return self.classes.annotations.of(given[1].annotation, function.home)

    def _getter(self, value: values.Value) -> values.Function | None:
        """Return the `__get__` of the class of an object, None if it has none."""
        if not (isinstance(value, Instance) and isinstance(value.of, values.Class)):
            return None
        return function_in(self.world.classes.attribute(value.of, "__get__"))

    def _described_by(self, name: str, getter: values.Function, binding: Binding) -> Property:
        node = getter.node
        returns = None if isinstance(node, ast.Lambda) else node.returns
        annotation = None if returns is None else self.classes.annotations.of(returns, getter.home)
        written = self.owner.scope.annotated.get(name)
        if written is not None and written.annotation is not None:
            annotation = self.classes.annotations.of(written.annotation, written.scope)
        value = self.world.value(binding)
        of = value.of if isinstance(value, Instance) else None
        setter = self.world.classes.attribute(of, "__set__") if isinstance(of, values.Class) else None
        text = self.texts.get(name)
        return Property(
            name=name,
            path=f"{self.owner.path}.{name}",
            location=self.classes.places.location(binding.node, binding.scope),
            annotation=annotation,
            has_setter=self._accepts(setter),
            docstring=self.classes.docs.of(text) if text else None,
        )


def _given_docstring(binding: Binding) -> str | None:
    """Return the docstring that a property is given by its call: `property(..., doc="...")`."""
    call = binding.how.expression if isinstance(binding.how, Assignment) else None
    if not isinstance(call, ast.Call):
        return None
    words = {word.arg: word.value for word in call.keywords}
    given = dict(zip(("fget", "fset", "fdel", "doc"), call.args, strict=False)).get("doc", words.get("doc"))
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _in_order(scope: Scope) -> Iterator[str]:
    """Yield the names that a body binds or annotates, in the order written."""
    lines: dict[str, int] = {}
    # Annotated names first: in a class that a call makes, all of them are on one line.
    for name, binding in (*scope.annotated.items(), *scope.names.items()):
        lines[name] = getattr(binding.node, "lineno", 0)
    yield from sorted(lines, key=lambda name: lines[name])


def _is_special(name: str) -> bool:
    """Return True for names that the language gives their meaning."""
    return name.startswith("__") and name.endswith("__") and len(name) > 4  # noqa: PLR2004 - the underscores


def _names_abc(owner: values.Class) -> bool:
    """Return True if a class says itself that it is abstract, whether or not it has abstract members."""
    given = [*owner.node.bases, *(word.value for word in owner.node.keywords if word.arg == "metaclass")]
    return any(last_name(each) in {"ABC", "ABCMeta"} for each in given)


def _takes_the_same(one: Function | Unknown, other: Function) -> bool:
    return isinstance(one, Function) and one.signature.parameters == other.signature.parameters
