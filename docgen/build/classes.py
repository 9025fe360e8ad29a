"""Classes: bases and order, options, constructors."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import msgspec

from docgen.build.context import Context, Describer
from docgen.build.docs import described, descriptions
from docgen.build.functions import Functions
from docgen.build.members import Members, names_in
from docgen.build.signatures import FunctionNode
from docgen.model import (
    UNKNOWN,
    Annotation,
    Class,
    ClassKind,
    Docstring,
    Function,
    Outcome,
    Receiver,
    Signature,
    Unknown,
)
from docgen.runtime import effects, enums, spell, values
from docgen.runtime.budget import written
from docgen.runtime.classes import class_decorators
from docgen.runtime.facts import actions_in
from docgen.runtime.models import Constructor
from docgen.runtime.values import (
    NONE,
    External,
    Native,
    Opaque,
    function_in,
)
from docgen.sources import actions, outcomes
from docgen.sources.trees import last_name
from docgen.trace import Memo

_TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
"""Not a class at run time: classes that derive from it are `dict`s."""


class Classes(Describer):
    """Describes classes.

    Parameters:
        context: The readers of their parts.
        functions: How functions are described.
        uses: Called with each base of a described class; bases without a public path are described too.
    """

    def __init__(self, context: Context, functions: Functions, uses: Callable[[values.Value], None]) -> None:
        super().__init__(context)
        self.context = context
        self.functions = functions
        self.uses = uses
        self._abstract: Memo[values.Class, tuple[str, ...]] = Memo(self.world.trace)

    def of(self, name: str, owner: values.Class) -> Class:
        """Return a class with the members that it defines itself.

        Parameters:
            name: The name under which its module or its enclosing class offers it.
            owner: The class.
        """
        self._note_unknown_bases(owner)
        docstring = self.texts.docstring(owner)
        marks = self.described.marks(owner)
        order, unknown = self._order(owner)
        found = Members(self.context, self.functions, self.of, owner)
        metaclass = self.world.classes.metaclass(owner)
        if metaclass is not None:
            self.uses(metaclass)
        abstract = self._abstract_members(owner)
        mixed = enums.data_type(self.world, owner) if self.world.classes.is_enum(owner) else None
        constructor, initializer = self._constructors(owner, docstring)
        own_actions = actions_in(owner)
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
            type_parameters=self.functions.signatures.generic_in(owner),
            decorators=self.functions.decorators(owner),
            effects=(*reversed(marks.others), *self._hooks(owner)),
            options=self._options(owner),
            slots=names_in(self.world, owner, "__slots__"),
            match_args=names_in(self.world, owner, "__match_args__"),
            refused_methods=self._refused(owner),
            abstract_members=abstract,
            is_final=marks.is_final,
            is_hashable=self._is_hashable(owner),
            deprecation=self.functions.deprecation(marks, self.texts.own_docstring(owner)),
            condition=owner.home.source.facts.condition(owner.node),
            docstring=docstring,
            constructor=constructor,
            initializer=initializer,
            uses=tuple(sorted({*_uses(own_actions), *_passed_on(owner)})),
            passes=tuple(sorted(_passes(own_actions))),
            holds=tuple(sorted(_holds(owner, own_actions))),
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
        """Return the paths in the method resolution order, and those among them without sources."""
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
        for each in reversed(used):  # the farthest base first, because a long chain of classes would recurse too deeply
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
        """Add a finding for each base of a class that has no sources, so that its members are unknown."""
        for base in self.world.classes.bases(owner):
            if isinstance(base, External | Opaque):
                text = f"{owner.qualname} derives from {spell.value_text(base)}, which has no sources here"
                hint = "What it adds is not listed. Name its release in dependencies of the configuration."
                self.world.note("DG202", owner.node, owner.home, text, hint)

    def _options(self, owner: values.Class) -> tuple[tuple[str, str], ...]:
        """Return the keywords of the class statement and of a decorator such as `dataclass`."""
        words = [word for word in owner.node.keywords if word.arg != "metaclass"]
        if self.constructors.fields.makers.of(owner) is not None:
            calls = (node for node in class_decorators(owner) if isinstance(node, ast.Call))
            words += [word for call in calls for word in call.keywords]
        return tuple((word.arg, written(word.value)) for word in words if word.arg)

    def _refused(self, owner: values.Class) -> tuple[str, ...]:
        special = (name for name in owner.scope.names if name.startswith("__") and name not in ("__hash__", "__doc__"))
        return tuple(name for name in special if self.world.classes.own(owner, name) == NONE)

    def _hooks(self, owner: values.Class) -> Iterator[str]:
        if "_missing_" in owner.scope.names and self.world.classes.is_enum(owner):
            yield "finds missing members"
        if {"__str__", "__format__"} & owner.scope.names.keys() and self.world.classes.is_enum(owner):
            yield "writes its members"
        made = owner.scope.names.get("__new__")
        if made is not None and any(
            each.startswith("result own ") for each in owner.home.source.facts.body(made.node).actions
        ):
            yield "shares instances"
        if made is not None and outcomes.UNKNOWN in owner.home.source.facts.body(made.node).outcome.gives:
            yield "may give others"
        if made is not None and not any(
            "__init__" in each.scope.names for each in self.world.classes.mro(owner) if isinstance(each, values.Class)
        ):
            yield "takes arguments in __new__ only"
        for node in owner.node.decorator_list:
            decorator = self.world.evaluator.evaluate(node, owner.home)
            if isinstance(decorator, values.Function) and self.functions.body(decorator).gives == {outcomes.MADE}:
                yield "instance"

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
        """Return the signature of a call of the class, and that of its `__init__` if it differs."""
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
        if not self.functions.signatures.shows(len(elsewhere), owner.node, owner.home):
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
        signature = self.functions.signatures.of_fields(parameters, owner.scope)
        return Function(
            name=found.name,
            path=f"{definer.path}.{found.name}",
            location=self.places.location(function.node, function.home) if function else None,
            signature=described(signature, texts),
            outcome=self.functions.outcome(later, is_open=False) if later else Outcome(),
            receiver=Receiver.INSTANCE,
            docstring=self.docs.of_function(function, found.name, definer) if function else None,
        )


def _uses(own_actions: frozenset[str]) -> Iterator[str]:
    for action in own_actions:
        sort, _, name = action.partition(" ")
        if sort == actions.USES and not name.startswith("_"):
            yield name


def _passes(own_actions: frozenset[str]) -> Iterator[tuple[str, str]]:
    for action in own_actions:
        sort, *parts = action.split(" ")
        if sort == actions.PASSES:
            yield parts[0], parts[1]


def _passed_on(owner: values.Class) -> Iterator[str]:
    """Yield the names of a class that its body passes to a call: `on = partialmethod(turn, True)`.

    A call that decorates a method (`make = classmethod(make)`) uses nothing.
    """
    for name, binding in owner.scope.names.items():
        call = binding.how.expression if isinstance(binding.how, values.Assignment) else None
        for each in call.args if isinstance(call, ast.Call) else ():
            if isinstance(each, ast.Name) and each.id in owner.scope.names.keys() - {name} and each.id[0] != "_":
                yield each.id


def _holds(owner: values.Class, own_actions: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the attributes that the bodies of a class set, with the kinds of their values."""
    imported = owner.home.module.names
    for action in own_actions:
        sort, *parts = action.split(" ")
        if sort != actions.HOLDS:
            continue
        name, what = parts
        if what.endswith("()"):
            # What the module imports is what its name says: nothing needs to be read for it.
            first, dot, rest = what.removesuffix("()").partition(".")
            how = imported[first].how if first in imported else None
            where = ".".join(filter(None, (how.module, how.attribute))) if isinstance(how, values.Import) else first
            what = f"{where}{dot}{rest}"
        yield name, what


def _names_abc(owner: values.Class) -> bool:
    """Return True if a class itself declares that it is abstract, whether or not it has abstract members."""
    given = [*owner.node.bases, *(word.value for word in owner.node.keywords if word.arg == "metaclass")]
    return any(last_name(each) in {"ABC", "ABCMeta"} for each in given)


def _takes_the_same(one: Function | Unknown, other: Function) -> bool:
    return isinstance(one, Function) and one.signature.parameters == other.signature.parameters
