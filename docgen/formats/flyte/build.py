"""Builds the page model from sources: what a package offers to its users, and the findings."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from docgen.build.inputs import Inputs
from docgen.build.walk import Walk, note_name_makers
from docgen.errors import SymbolError
from docgen.findings import Finding, shortened
from docgen.formats.flyte import members
from docgen.formats.flyte.docstrings import is_marked_private, parse_docstring, parse_package_docstring
from docgen.formats.flyte.members import Member, Standing
from docgen.formats.flyte.overrides import override
from docgen.formats.flyte.page_model import (
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Package,
    Parameter,
    Property,
    Receiver,
    Reference,
    Variable,
)
from docgen.incremental.unchanged import this_command
from docgen.incremental.units import Storage, Units
from docgen.model import ParameterKind
from docgen.runtime import describe, spell, values
from docgen.runtime.budget import deep_stack, written
from docgen.runtime.effects import path_of
from docgen.runtime.enums import data_type
from docgen.runtime.readers import Readers
from docgen.runtime.signatures import Signature
from docgen.runtime.values import Wrapped, Wrapping, wrappings_of
from docgen.runtime.world import World
from docgen.sources.store import Library, frozen_collector
from docgen.sources.trees import raw_docstring
from docgen.trace import Memo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docgen.formats.flyte.dialect import Reading
    from docgen.runtime.models import Constructor


_INHERITED = 32
"""Characters that an inherited member counts as, of those that a module may show beyond its sources."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A part of a reference; fields that do not apply are empty."""

    names: tuple[str, ...] = ()
    docstring: Docstring | None = None
    class_: Class | None = None
    function: Function | None = None
    variable: Variable | None = None


class _UnitStorage(Storage[Unit]):
    """Stores classes without their methods: most methods are inherited, and each is stored once."""

    def __init__(self) -> None:
        super().__init__(Unit, Function)

    def split(self, unit: Unit) -> tuple[Unit, tuple[object, ...]]:
        """Return a unit without the methods of its class, and these methods."""
        if unit.class_ is None:
            return unit, ()
        return replace(unit, class_=replace(unit.class_, methods=())), unit.class_.methods

    def join(self, unit: Unit, shared: tuple[object, ...]) -> Unit:
        """Return a unit with the methods of its class."""
        if unit.class_ is None:
            return unit
        methods = tuple(each for each in shared if isinstance(each, Function))
        return replace(unit, class_=replace(unit.class_, methods=methods))


@dataclass(frozen=True, kw_only=True)
class Built:
    """A reference and the findings of its build."""

    reference: Reference
    findings: tuple[Finding, ...]
    files: tuple[Path, ...] = ()
    """Every file of the documented packages, read or not."""
    units: Units[Unit] | None = None
    """What the next build can reuse; None for one symbol."""


def build(
    inputs: Inputs, reading: Reading, *, symbol: str | None = None, rename: str | None = None, last: bytes | None = None
) -> Built:
    """Return the reference of the packages.

    Parameters:
        inputs: What is read.
        reading: The flags of the dialect.
        symbol: Dotted path of a single requested symbol; the reference then contains its package and nothing else
            in it.
        rename: Dotted name that the page shows instead of the package's own.
        last: `Units.dump()` of the last build from the same inputs, apart from changed files.

    Raises:
        SymbolError: There is no such symbol.
        OverrideError: An override does not apply. For a single symbol, overrides are not checked.
    """
    with frozen_collector(), deep_stack():
        builder = _Builder(inputs, reading, None if symbol else last)
        packages = [builder.one(symbol)] if symbol else builder.all()
        if builder.units.depends_on_order and builder.units.has_reused:
            # If some of them were reused and others computed again, the result could differ from a build from scratch.
            builder = _Builder(inputs, reading, None)
            packages = builder.all()
    if rename:
        packages = [_renamed(package, packages[0].name, rename) for package in packages]
    reference = Reference(distribution=inputs.distribution, version=inputs.version, packages=tuple(packages))
    reference, overridden = override(reference, {} if symbol else dict(inputs.overrides))
    findings = sorted({*(builder.world.findings if symbol else builder.units.findings()), *overridden})
    builder.world.forget()
    return Built(
        reference=reference,
        findings=tuple(findings),
        files=builder.files,
        units=None if symbol else builder.units,
    )


class _Builder:
    def __init__(self, inputs: Inputs, reading: Reading, last: bytes | None) -> None:
        major, _, minor = reading.python.partition(".")
        library = Library((inputs.root, *inputs.search))
        self.inputs = inputs
        self.reading = reading
        self.world = World(library, (int(major), int(minor)), dict(inputs.effects))
        readers = Readers(self.world, evaluates=reading.annotations == "evaluated")
        self.signatures = readers.signatures
        self.constructors = readers.constructors
        self.files: tuple[Path, ...] = ()
        self.units = Units(library, f"{inputs} {reading} {this_command(())}", last, _UnitStorage())
        self.walk = Walk(inputs, self.world, self.units, lambda names: Unit(names=names))
        self.pages: frozenset[str] = frozenset()
        """Dotted names of the packages and modules that have pages."""
        self._functions: Memo[object, Function] = Memo(library.trace)
        self._judged: Memo[values.Class, None] = Memo(library.trace)
        """Classes whose bases have been checked."""
        self._properties: Memo[object, Property] = Memo(library.trace)
        self._held: Memo[object, Attribute] = Memo(library.trace)

    def all(self) -> list[Package]:
        """Return every public package and module that offers anything."""
        names = self.walk.modules(lambda name: members.public_submodules(self.world, name, self.reading))
        self.pages = frozenset(names)
        packages = [self.package(name) for name in names]
        self.files = self.walk.read_the_rest(self.inputs.packages)
        return [package for package in packages if package.classes or package.functions or package.variables]

    def one(self, symbol: str) -> Package:
        """Return the package of one symbol, with nothing but that symbol in it."""
        module, _, name = symbol.rpartition(".")
        lists = self.reading.lists_every_value
        found = [each for each in members.module_members(self.world, module, lists_assigned=lists) if each.name == name]
        if not found and module and self.world.scope(module) is not None:
            value = self.world.member(module, name)
            found = [Member(name=name, value=value)] if value is not None else []
        if not found:
            raise SymbolError(
                f"symbol {symbol}: the sources of {self.inputs.distribution} have no such public symbol. "
                f"Name one by its public import path, such as {self.inputs.packages[0]}.Name."
            )
        return _package(module, self._module_docstring(module), [self._described(module, each) for each in found])

    def package(self, name: str) -> Package:
        """Return one package with all its public members."""
        module = self.units.get(
            f"module {name}",
            lambda: Unit(docstring=self._module_docstring(name), names=_flat(members.names(self.world, name))),
        )
        self.units.get(f"doubts {name}", partial(self._note_what_runs, name))
        found = [
            self._unit(name, each, Standing(standing))
            for each, standing in zip(module.names[::2], module.names[1::2], strict=True)
        ]
        return _package(name, module.docstring or Docstring(), found)

    def _note_what_runs(self, name: str) -> Unit:
        """Add a finding for each name that only running the module could define."""
        scope = self.world.scope(name)
        if scope is None:
            return Unit()
        for member, code, reason in members.doubtful_names(self.world, name, self.inputs.packages):
            self.world.note(code, scope.names[member].node, scope, f"{member} is on no page of {name}: {reason}")
        note_name_makers(self.world, name)
        return Unit()

    def _unit(self, module: str, name: str, standing: Standing) -> Unit:
        """Return what a page shows of a name of a module; if the module has no page, add a finding."""
        found = self.units.get(f"member {module} {name} {standing}", partial(self._member, module, name, standing))
        if found.names and found.names[0] not in self.pages:
            self.units.get(f"module {module}.{name} left out", partial(self._left_out, module, name, standing))
        return found

    def _left_out(self, module: str, name: str, standing: Standing) -> Unit:
        found = self._public(module, name, standing)
        if found is not None:
            self._note_left_out(module, found)
        return Unit()

    def _public(self, module: str, name: str, standing: Standing) -> Member | None:
        lists = self.reading.lists_every_value
        return members.member(self.world, module, name, standing, lists_assigned=lists)

    def _member(self, module: str, name: str, standing: Standing) -> Unit:
        """Return what a page shows of a name of a module; None if the name is not public."""
        found = self._public(module, name, standing)
        if found is not None:
            return self._described(module, found)
        scope = self.world.scope(module)
        if standing is Standing.LISTED and scope is not None and self.world.member(module, name) is None:
            node = scope.names["__all__"].node
            self.world.note(
                "DG103", node, scope, f"__all__ lists {name}, which is not defined", "The name is left out."
            )
        return Unit()

    def _described(self, module: str, member: Member) -> Unit:  # noqa: PLR0911 - one line per kind of value
        value = member.value
        if self._is_hidden(member, None):
            return Unit()
        if isinstance(value, values.Class):
            return Unit(class_=self.class_(member.name, value, module))
        if (function := self._callable(value, f"{module}.{member.name}")) is not None:
            is_syncified = isinstance(value, values.Instance) and self._has(value.of, "aio")
            described = self.function(member.name, function, value, None, None)
            return Unit(function=replace(described, parent=module, is_syncified=is_syncified))
        if (function := self._function_of(value)) is not None:
            return Unit(function=self.function(member.name, function, value, None, None))
        if (variable := self._variable(module, member)) is not None:
            return Unit(variable=variable)
        if isinstance(value, values.Module):
            return Unit(names=(value.name,))  # the caller knows whether it has a page
        self._note_left_out(module, member)
        return Unit()

    def _variable(self, module: str, member: Member) -> Variable | None:
        """Return a public name as a variable of its module, None if the format shows no such values."""
        value = member.value
        type_name = describe.type_name(value)
        if type_name and not describe.is_callable_instance(self.world, value):
            return Variable(name=member.name, annotation=type_name, value=spell.value_text(value))
        if not self.reading.lists_every_value or isinstance(value, values.Module):
            return None
        if not describe.is_known(value) and not value.limit:
            text = f"{member.name} is shown as a variable: it is bound to {describe.description(value)}"
            self._note("DG107", module, member, text)
        return Variable(name=member.name, annotation=describe.kind_name(value), value=spell.value_text(value))

    def _note_left_out(self, module: str, member: Member) -> None:
        """Add a finding for a public name that no page shows."""
        text = f"{member.name} is public, but on no page: it is bound to {describe.description(member.value)}"
        self._note("DG106", module, member, text)

    def _note(self, code: str, module: str, member: Member, text: str) -> None:
        scope = self.world.scope(module)
        binding = scope.names.get(member.name) or scope.guarded.get(member.name) if scope else None
        if scope is not None:
            self.world.note(code, binding.node if binding else scope.source.tree, scope, text)

    def _module_docstring(self, name: str) -> Docstring:
        scope = self.world.scope(name)
        raw = raw_docstring(scope.source.tree) if scope else None
        return parse_package_docstring(raw or "", self.reading)

    def _callable(self, value: values.Value, path: str) -> values.Function | None:
        """Return the function whose signature an object has, if the configuration documents the object as one."""
        if (
            path not in self.inputs.callables
            or not isinstance(value, values.Instance)
            or not isinstance(value.of, values.Class)
        ):
            return None
        return self._function_of(self.world.classes.attribute(value.of, "__call__") or value)

    def _has(self, owner: values.Value, name: str) -> bool:
        return isinstance(owner, values.Class) and self.world.classes.find(owner, name) is not None

    def _function_of(self, value: values.Value) -> values.Function | None:
        """Return the function to document for a value, None if it is not a function."""
        dropped = {Wrapping.OBJECT} if self.reading.lists_cached_functions else {Wrapping.OBJECT, Wrapping.CACHED}
        while isinstance(value, Wrapped) and value.wrapping not in dropped:
            value = value.inner
        return value if isinstance(value, values.Function) else None

    # -- classes

    def class_(self, name: str, owner: values.Class, package: str) -> Class:
        """Return a class as users see it."""
        kind = self._kind(owner)
        self._note_unknown_bases(owner)
        docstring = parse_docstring(raw_docstring(owner.node) or "", self.reading, of_class=True)
        found = self._class_members(owner)
        return Class(
            name=name,
            package=package,
            path=owner.path,
            kind=kind,
            bases=tuple(spell.class_path(base) for base in self.world.classes.bases(owner)),
            docstring=docstring,
            constructor=None if kind is ClassKind.PROTOCOL else self.constructor(owner, docstring),
            properties=tuple(self.property(each, owner) for each in found if self._is_property(each)),
            methods=tuple(
                self.function(each.name, function, each.value, owner, each.definer)
                for each in found
                if not self._is_property(each) and (function := self._function_of(each.value)) is not None
            ),
            attributes=self._attributes(owner, found) if self.reading.lists_attributes else (),
        )

    def _note_unknown_bases(self, owner: values.Class) -> None:
        """Add a finding for each base of a class, or of one of its bases, whose sources are missing."""
        for each in self.world.classes.mro(owner):
            if isinstance(each, values.Class):
                self._judged.get(each, partial(self._judge, each))

    def _judge(self, each: values.Class) -> None:
        for base in self.world.classes.bases(each):
            if isinstance(base, values.External | values.Opaque):
                text = f"{each.qualname} derives from {spell.value_text(base)}, which has no sources here"
                hint = "What it adds is not listed. Name its release in dependencies of the configuration."
                self.world.note("DG202", each.node, each.home, text, hint)

    def _attributes(self, owner: values.Class, found: list[Member]) -> tuple[Attribute, ...]:
        """Return the values of a class, sorted by code point: the members that are neither code nor slots.

        They are followed by the slots and the names that are only annotated.
        """
        bound = {each.name: each for each in found}
        listed = {
            each.name: self._attribute(each, owner)
            for each in found
            if not self._is_property(each) and self._function_of(each.value) is None
        }
        for name, definer, annotation in members.declared_names(self.world, owner, self.reading):
            if name not in bound:
                shown = None if annotation is None else self.signatures.annotation(annotation, definer.scope)
                listed[name] = Attribute(name=name, annotation=shown, inherited_from=_inherited_from(definer, owner))
        return tuple(listed[name] for name in sorted(listed))

    def _attribute(self, member: Member, owner: values.Class) -> Attribute:
        """Return a member that is a value; the same one for every class that inherits it."""
        key = (member.name, member.definer, member.definer is owner)
        return self._held.get(key, lambda: self._make_attribute(member, owner))

    def _make_attribute(self, member: Member, owner: values.Class) -> Attribute:
        definer = member.definer or owner
        annotated = definer.scope.annotated.get(member.name)
        written = annotated.annotation if annotated else None
        shown = self.signatures.annotation(written, definer.scope) if written is not None else None
        return Attribute(
            name=member.name,
            annotation=shown or describe.type_name(member.value) or describe.kind_name(member.value),
            value=shortened(spell.value_text(member.value), 200),
            inherited_from=_inherited_from(member.definer, owner),
        )

    def _class_members(self, owner: values.Class) -> list[Member]:
        """Return the members of a class, including those that its metaclass adds, sorted by code point.

        Inherited members are left out if the module shows too many that are defined elsewhere: each page lists all of
        them, and hundreds of classes may inherit hundreds.
        """
        listed = list(members.class_members(self.world, owner, self.reading))
        inherited = sum(each.definer is not owner for each in listed)
        if inherited and not self.world.notes.shows(inherited * _INHERITED, owner.node, owner.home):
            listed = [each for each in listed if each.definer is owner]
        found = {each.name: each for each in listed if not self._is_hidden(each, owner)}
        for name, value in self.constructors.models.added_members(owner).items():
            found[name] = Member(name=name, value=value, definer=owner)
        return [found[name] for name in sorted(found)]

    def _is_hidden(self, member: Member, owner: values.Class | None) -> bool:
        """Return True if the docstring of a member excludes it from the reference, and the dialect reads such marks."""
        if not self.reading.hides_marked_members:
            return False
        function = self._function_of(member.value)
        if isinstance(member.value, values.Class):
            raw = raw_docstring(member.value.node)
        else:
            raw = self._inherited_docstring(function, owner, member.definer, member.name) if function else None
        return is_marked_private(raw or "")

    def _kind(self, owner: values.Class) -> ClassKind:
        if self.world.classes.is_subclass(owner, Exception):
            return ClassKind.ERROR
        return ClassKind.PROTOCOL if self.world.classes.is_protocol(owner) else ClassKind.CLASS

    def constructor(self, owner: values.Class, class_docstring: Docstring) -> Function | None:
        """Return the constructor of a class; the class docstring's parameters replace its own as a whole."""
        if self.reading.constructors == "call":
            return self._constructor(owner, class_docstring, self.constructors.called(owner))
        is_hidden = self.reading.reads_enums_by_dir and self.world.classes.is_enum(owner)
        if is_hidden and data_type(self.world, owner) is None:
            return None
        return self._constructor(owner, class_docstring, self.constructors.of(owner))

    def _constructor(
        self, owner: values.Class, class_docstring: Docstring, found: Constructor | None
    ) -> Function | None:
        if found is None:
            return None
        if self.reading.lists_model_fields and self.constructors.models.is_model(owner):
            found = replace(found, signature=Signature(parameters=self.constructors.models.fields(owner)))
        raw = self._inherited_docstring(found.function, owner, found.definer, found.name) if found.function else None
        docstring = parse_docstring(raw or "", self.reading)
        described = class_docstring if class_docstring.parameters else docstring
        return Function(
            name="__init__",
            parameters=self._parameters(found.signature, described, drops_first=False),
            docstring=docstring,
            receiver=Receiver.INSTANCE,
        )

    def property(self, member: Member, owner: values.Class) -> Property:
        """Return a property of a class; the same one for every class that inherits it."""
        key = (member.name, member.definer, member.definer is owner)
        return self._properties.get(key, lambda: self._make_property(member, owner))

    def _make_property(self, member: Member, owner: values.Class) -> Property:
        function = self._function_of(self._getter(member.value) or member.value)
        annotation = self.signatures.of(function).returns if function else None
        is_own = self._getter(member.value) is None
        raw = self._inherited_docstring(function, owner, member.definer, member.name) if function and is_own else None
        return Property(
            name=member.name,
            annotation=annotation,
            docstring=parse_docstring(raw or "", self.reading),
            inherited_from=_inherited_from(member.definer, owner),
        )

    def _is_property(self, member: Member) -> bool:
        """Return True if reading a member runs code: a property, or an object whose class defines `__get__`."""
        value = member.value
        return (isinstance(value, Wrapped) and value.wrapping in members.PROPERTIES) or self._getter(value) is not None

    def _getter(self, value: values.Value) -> values.Value | None:
        """Return the `__get__` of the class of an object, None if the format shows no such objects."""
        if not (self.reading.lists_every_value and isinstance(value, values.Instance)):
            return None
        return self.world.classes.attribute(value.of, "__get__") if isinstance(value.of, values.Class) else None

    # -- functions

    def function(
        self,
        name: str,
        function: values.Function,
        value: values.Value,
        owner: values.Class | None,
        definer: values.Class | None,
    ) -> Function:
        """Return a function or a method, seen through its decorators; the same one for every class that inherits it."""
        wrappings = frozenset(wrappings_of(value))
        key = (name, function.node, function.doc, function.change, wrappings, definer, definer is owner)
        return self._functions.get(key, lambda: self._function(name, function, wrappings, owner, definer))

    def _function(
        self,
        name: str,
        function: values.Function,
        wrappings: frozenset[Wrapping],
        owner: values.Class | None,
        definer: values.Class | None,
    ) -> Function:
        raw = self._inherited_docstring(function, owner, definer, name)
        docstring = parse_docstring(raw or "", self.reading)
        is_classmethod = Wrapping.CLASSMETHOD in wrappings
        is_syncified = Wrapping.SYNC_OR_ASYNC in wrappings
        signature = self.signatures.of(function)
        receiver = Receiver.NONE
        if owner is not None and Wrapping.STATICMETHOD not in wrappings:
            receiver = Receiver.CLASS if is_classmethod else Receiver.INSTANCE
        return Function(
            name=name,
            # A wrapper object around a classmethod binds its receiver only when called, so the signature shows it.
            parameters=self._parameters(signature, docstring, drops_first=is_classmethod and not is_syncified),
            returns=signature.returns,
            docstring=docstring,
            receiver=receiver,
            is_async=type(function.node).__name__ == "AsyncFunctionDef",
            is_syncified=is_syncified,
            decorators=self._decorators(function),
            inherited_from=_inherited_from(definer, owner),
        )

    def _parameters(self, signature: Signature, described: Docstring, *, drops_first: bool) -> tuple[Parameter, ...]:
        """Return parameters with their descriptions, the receiver and those that the dialect hides left out."""
        descriptions: Mapping[str, str] = dict(described.parameters)
        found = signature.parameters[1:] if drops_first else signature.parameters
        return tuple(
            Parameter(
                name=each.name,
                kind=ParameterKind(each.kind),
                annotation=each.annotation,
                default=each.default,
                description=" ".join((descriptions.get(each.name) or each.description or "").split("\n")).strip(),
            )
            for each in found
            if each.name != "self" and not (self.reading.hides_private_parameters and each.name.startswith("_"))
        )

    def _decorators(self, function: values.Function) -> tuple[str, ...]:
        nodes: list[ast.expr] = getattr(function.node, "decorator_list", [])
        found = [self.world.evaluator.evaluate(getattr(node, "func", node), function.home) for node in nodes]
        return tuple(path_of(value) or written(node) for value, node in zip(found, nodes, strict=True))

    def _inherited_docstring(
        self, function: values.Function, owner: values.Class | None, definer: values.Class | None, name: str
    ) -> str | None:
        """Return the docstring of a function, or that of the method it overrides, as `inspect.getdoc` finds it."""
        own = self.world.docstrings.of_function(function)
        if own is not None or owner is None or definer is None:
            return None if own is None else self._linked(own)
        for each in self.world.classes.mro(definer):
            if isinstance(each, values.Class):
                inherited = self._function_of(self.world.classes.own(each, name) or values.NONE)
                raw = self.world.docstrings.of_function(inherited) if inherited else None
                if raw is not None:
                    return self._linked(raw)
            elif isinstance(each, values.Native) and each.value is not object:
                # Not getattr(..., None): None has a docstring of its own since Python 3.13.
                raw = getattr(getattr(each.value, name), "__doc__", None) if hasattr(each.value, name) else None
                if raw is not None and name != "__init__":
                    return str(raw)
        return None

    def _linked(self, raw: str) -> str:
        """Return a docstring with `[text][package.Name]` as links to the published reference of that package."""
        for package, address in self.inputs.links:
            pattern = rf"\]\[({re.escape(package)}(?:\.\w+)*)\]"
            raw = re.sub(pattern, lambda found, address=address: f"]({address.replace('{path}', found[1])})", raw)  # type: ignore[misc] # bound now
        return raw


def _package(name: str, docstring: Docstring, found: Iterable[Unit]) -> Package:
    units = tuple(found)
    return Package(
        name=name,
        docstring=docstring,
        classes=tuple(each.class_ for each in units if each.class_),
        functions=tuple(each.function for each in units if each.function),
        variables=tuple(each.variable for each in units if each.variable),
    )


def _flat(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(word for pair in pairs for word in pair)


def _inherited_from(definer: values.Class | None, owner: values.Class | None) -> str | None:
    return None if definer is None or definer is owner else definer.path


def _renamed(package: Package, old: str, new: str) -> Package:
    """Return a package and its classes under another name."""
    name = new + package.name.removeprefix(old)
    return replace(package, name=name, classes=tuple(replace(each, package=name) for each in package.classes))
