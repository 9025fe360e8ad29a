"""Reduces a reference to what pages can show: each fact once, in its place, with canonical texts.

Facts that a page does not show are unknown or absent in the result, and all others are there, so that parsing the pages
gives the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from docgen.formats.base.blocks import tidy, with_few_levels, with_joined_lines
from docgen.formats.base.descriptions import (
    canonical_sections,
    described_parameters,
    described_result,
    merged,
)
from docgen.formats.base.inline import Html, canonical, canonical_line
from docgen.formats.base.members import Inheritance
from docgen.formats.base.names import Names, Resolve
from docgen.formats.base.places import WITHOUT_CONSTRUCTOR, Layout, Places
from docgen.formats.base.rows import (
    absorbed,
    attributes_in_order,
    methods_in_order,
    needs_block,
    short_value,
    shown_value,
)
from docgen.formats.base.signatures import brackets, plain_names, type_text
from docgen.model import (
    UNKNOWN,
    Alias,
    Annotation,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Module,
    Origin,
    Overload,
    Parameter,
    ParameterKind,
    Property,
    Receiver,
    Reference,
    Signature,
    TypeParameter,
    Unknown,
    Value,
    Variable,
    VariableKind,
)
from docgen.prose.sections import Section, SectionKind
from docgen.symbols import Index

_QUALIFIED = re.compile(r"(?:\w+\.)*(?:Required|NotRequired|ReadOnly)\[(?P<inner>.*)\]")
_LEVELS = 2
"""Levels of headings that a docstring on a page may have below the heading of its symbol."""
_LEVELS_OF_MODULE = 5


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The module and class in which names are looked up."""

    resolve: Resolve
    levels: int = _LEVELS
    treatment: Html = "escape"

    def clean(self, text: str) -> str:
        """Return a string as a page can show it."""
        if not text:
            return ""
        return with_few_levels(canonical(tidy(text), self.resolve, self.treatment), self.levels)

    def clean_row(self, text: str) -> str:
        """Return a string as a table can show it."""
        return with_joined_lines(self.clean(text))

    def clean_line(self, text: str) -> str:
        """Return a string on one line."""
        return canonical_line(text, self.resolve, self.treatment)


class Projection:
    """Reduces a reference to what its pages show.

    Parameters:
        reference: The reference as it was read.
        layout: Which pages show classes.
        treatment: How HTML in docstrings is treated.
        outside: Symbols of other projects: dotted path -> URL.
    """

    def __init__(
        self,
        reference: Reference,
        layout: Layout = "auto",
        treatment: Html = "escape",
        outside: Mapping[str, str] | None = None,
    ) -> None:
        self.index = Index(reference)
        self.inheritance = Inheritance(self.index)
        self.full = self.inheritance.reference()
        """The reference with the members that pages show, not yet reduced."""
        self.places = Places(self.full, layout)
        self.names = Names(self.index, self.places, outside or {})
        self._treatment = treatment
        self._modules: dict[str, Module] = {}
        self._classes: dict[str, Class] = {}
        self._outlines: dict[str, Module] = {}
        self._opening: dict[str, tuple[Section, ...]] = {}

    @cached_property
    def reference(self) -> Reference:
        """What the pages show."""
        modules = tuple(self.module(each) for each in self.full.modules)
        distribution = " ".join(self.full.distribution.split())
        version = " ".join(self.full.version.split())
        return Reference(distribution=distribution, version=version, modules=modules)

    def outline(self, module: Module) -> Module:
        """Return a module without its members, as the tables of other pages show it."""
        if module.name not in self._outlines:
            self._outlines[module.name] = Module(
                name=module.name, is_package=module.is_package, docstring=_docstring(self._sections_of(module))
            )
        return self._outlines[module.name]

    def _sections_of(self, module: Module) -> tuple[Section, ...]:
        if module.name not in self._opening:
            clean = self.scope(module.name, levels=_LEVELS_OF_MODULE).clean
            sections = module.docstring.sections if module.docstring else ()
            self._opening[module.name] = canonical_sections(sections, clean)
        return self._opening[module.name]

    def scope(self, module: str, class_: str = "", levels: int = _LEVELS) -> Scope:
        """Return the module and class in which the names of a docstring are looked up."""
        return Scope(resolve=self.names.within(module, class_), levels=levels, treatment=self._treatment)

    def module(self, module: Module) -> Module:
        """Return a module as its pages show it."""
        if module.name not in self._modules:
            self._modules[module.name] = self._module(module)
        return self._modules[module.name]

    def _module(self, module: Module) -> Module:
        scope = self.scope(module.name)
        variables = [self._variable(each, module.name, scope) for each in module.variables]
        described, sections = absorbed(variables, self._sections_of(module), scope.clean)
        return Module(
            name=module.name,
            is_package=module.is_package,
            docstring=_docstring(sections),
            listed=UNKNOWN,
            makes_names=module.makes_names,
            classes=tuple(
                sorted(
                    (self.class_(each, module.name, module.name) for each in module.classes),
                    key=lambda each: each.kind == ClassKind.EXCEPTION,
                )
            ),
            functions=tuple(self.function(each, module.name, scope) for each in module.functions),
            variables=tuple(sorted(described, key=_group_of_variable)),
            aliases=tuple(map(self._alias, module.aliases)),
        )

    def class_(self, class_: Class, owner: str, module: str) -> Class:
        """Return a class as its page shows it.

        Parameters:
            class_: The class with the members that its page shows.
            owner: Public path of the module or class that contains it.
            module: Public path of the module.
        """
        path = f"{owner}.{class_.name}"
        if path not in self._classes:
            self._classes[path] = self._class(class_, path, module)
        return self._classes[path]

    def _class(self, class_: Class, path: str, module: str) -> Class:
        scope = self.scope(module, path)
        sections = self._sections(class_.docstring, scope)
        constructor, sections = self._constructor(class_, path, scope, sections)
        attributes = [self._attribute(each, path, scope) for each in class_.attributes]
        properties = [self._property(each, path, scope) for each in class_.properties]
        attributes, sections = absorbed(attributes, sections, scope.clean)
        return Class(
            name=class_.name,
            path=path,
            location=class_.location,
            kind=class_.kind,
            bases=UNKNOWN if isinstance(class_.bases, Unknown) else tuple(map(self._annotation, class_.bases)),
            mro=UNKNOWN,
            unknown_bases=class_.unknown_bases,
            type_parameters=tuple(self._type_parameter(each) for each in class_.type_parameters),
            decorators=UNKNOWN,
            options=tuple((name, " ".join(value.split())) for name, value in class_.options),
            abstract_members=class_.abstract_members,
            is_final=class_.is_final,
            is_hashable=UNKNOWN,
            deprecation=_deprecation(class_.deprecation, scope),
            condition=" ".join(class_.condition.split()),
            docstring=_docstring(sections, self._inherited_from(class_.docstring)),
            constructor=constructor,
            attributes=attributes_in_order(attributes, constructor),
            properties=tuple(sorted(properties, key=needs_block)),
            methods=methods_in_order(self.function(each, path, scope, is_member=True) for each in class_.methods),
            classes=tuple(self.class_(each, path, module) for each in class_.classes),
        )

    def function(self, function: Function, owner: str, scope: Scope, *, is_member: bool = False) -> Function:
        """Return a function or method as a page shows it."""
        receiver = function.receiver if is_member else Receiver.NONE
        sections = self._sections(function.docstring, scope)
        signature, sections = self._signature(function.signature, sections, scope)
        return Function(
            name=function.name,
            path=f"{owner}.{function.name}",
            location=function.location,
            signature=signature,
            overloads=tuple(self._overload(each, scope) for each in function.overloads),
            receiver=Receiver.INSTANCE if receiver == Receiver.UNKNOWN else receiver,
            is_async=function.is_async is True,
            is_generator=UNKNOWN if function.is_context_manager is True else function.is_generator is True,
            is_context_manager=function.is_context_manager is True,
            is_abstract=function.is_abstract,
            is_final=function.is_final,
            is_override=function.is_override,
            is_signature_known=function.is_signature_known,
            effects=function.effects,
            decorators=UNKNOWN,
            deprecation=_deprecation(function.deprecation, scope),
            condition=" ".join(function.condition.split()),
            docstring=_docstring(sections, self._inherited_from(function.docstring)),
        )

    def _constructor(
        self, class_: Class, path: str, scope: Scope, sections: tuple[Section, ...]
    ) -> tuple[Function | Unknown | None, tuple[Section, ...]]:
        """Return the constructor with descriptions from the class docstring, and the rest of that docstring."""
        if class_.kind in WITHOUT_CONSTRUCTOR:
            return UNKNOWN, sections
        if not isinstance(class_.constructor, Function):
            return class_.constructor, sections
        raw = self._with_initializer(class_.constructor, class_)
        parameters = raw.signature.parameters
        names = set() if isinstance(parameters, Unknown) else {parameter.name for parameter in parameters}
        taken: list[Section] = []
        kept: list[Section] = []
        for section in sections:
            own = section.kind == SectionKind.PARAMETERS and any(i.name.lstrip("*") in names for i in section.items)
            (taken if own else kept).append(section)
        if taken:
            below = raw.docstring.sections if raw.docstring else ()
            raw = msgspec.structs.replace(raw, docstring=Docstring(raw="", sections=(*below, *taken)))
        shown = self.function(raw, path, scope)
        constructor = Function(
            name="__init__",
            path=f"{path}.__init__",
            signature=msgspec.structs.replace(shown.signature, returns=None),
            overloads=tuple(map(_without_result, shown.overloads)),
            receiver=Receiver.UNKNOWN,
            is_signature_known=shown.is_signature_known,
            decorators=UNKNOWN,
            deprecation=shown.deprecation,
            docstring=_docstring(shown.docstring.sections if shown.docstring else ()),
        )
        return constructor, merged(kept)

    def _with_initializer(self, constructor: Function, class_: Class) -> Function:
        """Return a constructor with the docstring and parameters of `__init__`, if calling the class differs."""
        both = [constructor] if class_.initializer is None else [constructor, class_.initializer]
        docstrings = {each.docstring.raw: each.docstring for each in both if each.docstring is not None}
        if class_.docstring is not None:
            docstrings.pop(class_.docstring.raw, None)
        own = [each for each in docstrings.values() if not self.inheritance.is_outside(each.inherited_from)]
        sections = tuple(section for each in own for section in each.sections)
        return msgspec.structs.replace(
            constructor,
            signature=_with_keywords(constructor.signature, both[-1].signature),
            docstring=Docstring(raw="", sections=sections) if own else None,
        )

    def _sections(self, docstring: Docstring | None, scope: Scope) -> tuple[Section, ...]:
        return canonical_sections(docstring.sections, scope.clean) if docstring else ()

    def _inherited_from(self, docstring: Docstring | None) -> str:
        if docstring is None or not docstring.inherited_from:
            return ""
        path = docstring.inherited_from
        found = self.names.path(path)
        return found if found and ":" not in found else path

    def _overload(self, overload: Overload, scope: Scope) -> Overload:
        signature, sections = self._signature(overload.signature, self._sections(overload.docstring, scope), scope)
        return Overload(
            signature=signature,
            docstring=_docstring(sections),
            deprecation=_deprecation(overload.deprecation, scope),
        )

    def _signature(
        self, signature: Signature, sections: tuple[Section, ...], scope: Scope
    ) -> tuple[Signature, tuple[Section, ...]]:
        parameters, sections = described_parameters(signature.parameters, sections, scope.clean)
        shown = parameters if isinstance(parameters, Unknown) else tuple(self._parameters(parameters))
        if isinstance(signature.returns, Annotation) and signature.returns.doc:
            sections = _with_result(sections, scope.clean(signature.returns.doc))
        return Signature(
            parameters=shown,
            returns=self._without_variables(signature.returns),
            type_parameters=tuple(map(self._declared, signature.type_parameters)),
        ), described_result(sections, signature.returns)

    def _parameters(self, parameters: tuple[Parameter, ...]) -> Iterator[Parameter]:
        """Yield parameters, with those that the signature does not show at the end."""
        for each in sorted(parameters, key=lambda parameter: parameter.is_from_keywords):
            yield Parameter(
                name=each.name,
                kind=ParameterKind.KEYWORD_ONLY if each.is_from_keywords else each.kind,
                annotation=self._without_variables(each.annotation),
                default=shown_value(each.default),
                description=each.description,
                is_from_keywords=each.is_from_keywords,
            )

    def _annotation_of(self, annotation: Annotation | Unknown | None) -> Annotation | None:
        return self._annotation(annotation) if isinstance(annotation, Annotation) and annotation.written else None

    def _without_variables(self, annotation: Annotation | Unknown | None) -> Annotation | None:
        """Return an annotation without links to type variables, which are of no use to the reader of a signature."""
        shown = self._annotation_of(annotation)
        if shown is None or not shown.links:
            return shown
        links = tuple((name, path) for name, path in shown.links if path not in self.type_variables)
        return msgspec.structs.replace(shown, links=links)

    @cached_property
    def type_variables(self) -> frozenset[str]:
        """Public paths of the type variables of the reference."""
        return frozenset(
            path
            for path, symbol in self.index.public.items()
            if isinstance(symbol, Variable) and symbol.kind == VariableKind.TYPE_VARIABLE
        )

    def _annotation(self, annotation: Annotation) -> Annotation:
        written = type_text(annotation)
        known = dict(annotation.links)
        # A class written in C has a path of its own (`_asyncio.Task`), but is documented under the written name.
        found = [
            (name, self.names.path(path) or ("." in name and self.names.path(name))) for name, path in known.items()
        ]
        found += [(name, self.names.builtin(name)) for name in plain_names(written) if name not in known]
        return Annotation(written=written, links=tuple((name, path) for name, path in found if path))

    def _in_brackets(self, parameters: tuple[TypeParameter, ...]) -> tuple[TypeParameter, ...]:
        """Return type parameters that are declared in brackets; others are variables of a module."""
        return tuple(map(self._type_parameter, parameters)) if brackets(parameters) else ()

    def _declared(self, parameter: TypeParameter) -> TypeParameter:
        """Return a type parameter that a function declares in brackets."""
        shown = self._type_parameter(parameter)
        return msgspec.structs.replace(shown, variance="inferred" if shown.kind == "TypeVar" else "")

    def _type_parameter(self, parameter: TypeParameter) -> TypeParameter:
        return TypeParameter(
            name=parameter.name,
            kind=parameter.kind,
            bound=self._annotation_of(parameter.bound),
            constraints=tuple(map(self._annotation, parameter.constraints)) if parameter.bound is None else (),
            default=self._annotation_of(parameter.default),
            variance=parameter.variance if parameter.kind == "TypeVar" else "",
        )

    def _attribute(self, attribute: Attribute, owner: str, scope: Scope) -> Attribute:
        annotation = self._annotation_of(attribute.annotation)
        if annotation is not None and attribute.is_required is not None:
            annotation = _without_qualifiers(annotation)
        return Attribute(
            name=attribute.name,
            path=f"{owner}.{attribute.name}",
            origin=Origin.MEMBER if attribute.origin == Origin.MEMBER else Origin.BODY,
            annotation=annotation,
            value=None if _has_no_value(attribute) else short_value(attribute.value),
            is_required=attribute.is_required,
            is_read_only=attribute.is_read_only,
            alias_of=attribute.alias_of,
            deprecation=_deprecation(attribute.deprecation, scope),
            condition=" ".join(attribute.condition.split()),
            description=scope.clean_row(attribute.description),
        )

    def _property(self, property_: Property, owner: str, scope: Scope) -> Property:
        setter = self._annotation_of(property_.setter_annotation) if property_.has_setter is True else None
        annotation = self._annotation_of(property_.annotation)
        shown = Property(
            name=property_.name,
            path=f"{owner}.{property_.name}",
            location=property_.location,
            annotation=annotation,
            setter_annotation=setter if setter is not None and setter != annotation else None,
            has_setter=property_.has_setter,
            has_deleter=property_.has_deleter is True,
            is_cached=property_.is_cached,
            is_class_property=property_.is_class_property,
            is_abstract=property_.is_abstract,
            is_final=property_.is_final,
            is_override=property_.is_override,
            decorators=UNKNOWN,
            deprecation=_deprecation(property_.deprecation, scope),
            condition=" ".join(property_.condition.split()),
            docstring=_docstring(
                described_result(self._sections(property_.docstring, scope), property_.annotation),
                self._inherited_from(property_.docstring),
            ),
        )
        if needs_block(shown):
            return shown
        text = shown.docstring.sections[0].text if shown.docstring else ""
        row = Section(kind=SectionKind.TEXT, text=with_joined_lines(text))
        return msgspec.structs.replace(shown, location=None, docstring=_docstring((row,) if text else ()))

    def _variable(self, variable: Variable, owner: str, scope: Scope) -> Variable:
        path = f"{owner}.{variable.name}"
        function = None
        description = scope.clean_row(variable.description)
        deprecation = _deprecation(variable.deprecation, scope)
        annotation, value = self._annotation_of(variable.annotation), short_value(variable.value)
        if variable.kind == VariableKind.CALLABLE and variable.function is not None:
            raw = msgspec.structs.replace(variable.function, name=variable.name)
            function = self.function(raw, owner, scope)
            function = msgspec.structs.replace(
                function,
                docstring=_with_text(function.docstring, description),
                deprecation=function.deprecation if deprecation is None else deprecation,
                condition=" ".join(variable.condition.split()) or function.condition,
            )
            return Variable(name=variable.name, path=path, kind=variable.kind, function=function)
        kind = VariableKind.VALUE if variable.kind == VariableKind.CALLABLE else variable.kind
        is_alias = kind == VariableKind.TYPE_ALIAS
        return Variable(
            name=variable.name,
            path=path,
            kind=kind,
            annotation=annotation,
            value=None if is_alias and annotation is not None else value,
            type_parameters=self._in_brackets(variable.type_parameters) if is_alias else (),
            deprecation=deprecation,
            condition=" ".join(variable.condition.split()),
            description=description,
        )

    def _alias(self, alias: Alias) -> Alias:
        return Alias(
            name=alias.name,
            target=self.index.public_path(alias.target) or alias.target,
            kind=alias.kind,
            is_external=alias.is_external,
        )


def _without_qualifiers(annotation: Annotation) -> Annotation:
    """Return the type of a key of a typed dictionary; whether it is required has a column of its own."""
    written = annotation.written
    while found := _QUALIFIED.fullmatch(written):
        written = found["inner"]
    return msgspec.structs.replace(annotation, written=written)


def _has_no_value(attribute: Attribute) -> bool:
    """Return True if the value of an attribute is uninformative: it is another member or an argument of a method."""
    is_given = isinstance(attribute.value, Value) and not attribute.value.is_known
    return bool(attribute.alias_of) or (attribute.origin == Origin.METHOD and is_given)


def _without_result(overload: Overload) -> Overload:
    return msgspec.structs.replace(overload, signature=msgspec.structs.replace(overload.signature, returns=None))


def _with_keywords(signature: Signature, initial: Signature) -> Signature:
    """Return a signature with the parameters of `__init__` in place of `**kwargs` that it passes on."""
    own, further = signature.parameters, initial.parameters
    if isinstance(own, Unknown) or isinstance(further, Unknown):
        return signature
    names = {each.name for each in own}
    if not any(each.kind == ParameterKind.VAR_KEYWORD for each in own):
        return signature
    added = (
        msgspec.structs.replace(each, is_from_keywords=True)
        for each in further
        if each.name not in names and each.kind not in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
    )
    return msgspec.structs.replace(signature, parameters=(*own, *added))


def _deprecation(message: str | None, scope: Scope) -> str | None:
    return None if message is None else scope.clean_line(message)


def _docstring(sections: tuple[Section, ...], inherited_from: str = "") -> Docstring | None:
    return Docstring(raw="", inherited_from=inherited_from, sections=sections) if sections else None


def _with_result(sections: tuple[Section, ...], text: str) -> tuple[Section, ...]:
    """Return sections with the annotation of the result added, unless one of them has its type."""
    if any(each.kind == SectionKind.RETURNS for each in sections):
        return sections
    return (*sections, Section(kind=SectionKind.RETURNS, text=text))


def _with_text(docstring: Docstring | None, text: str) -> Docstring | None:
    if not text:
        return docstring
    sections = docstring.sections if docstring else ()
    if any(text in each.text for each in sections):
        return docstring
    return _docstring(merged((Section(kind=SectionKind.TEXT, text=text), *sections)))


def _group_of_variable(variable: Variable) -> int:
    return list(VariableKind).index(variable.kind)
