"""Narrows a reference to what a job asks for: one symbol, another name, descriptions from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from docgen.errors import SettingError, SymbolError
from docgen.model import Class, Function, Module, Parameter, Property, Reference
from docgen.symbols import Index


def narrowed(reference: Reference, symbol: str, name: str) -> Reference:
    """Return the part of a reference that a job asks for.

    Parameters:
        reference: The reference of the whole package.
        symbol: Path of the only symbol, as in `only_symbol`; empty for all of them.
        name: New name of the first package, as in `renamed`; empty for its own.

    Raises:
        SymbolError: The reference has no such symbol.
    """
    part = only_symbol(reference, symbol) if symbol else reference
    return renamed(part, name) if name else part


def only_symbol(reference: Reference, path: str) -> Reference:
    """Return a reference with nothing but one symbol of a module in it.

    Parameters:
        reference: The reference of the whole package.
        path: Any path of the symbol: public, an alias, or that of its definition.

    Raises:
        SymbolError: The reference has no such symbol.
    """
    public = Index(reference).public_path(path)
    module = next((each for each in reference.modules if each.name == public.rpartition(".")[0]), None)
    if module is None:
        known = reference.modules[0].name if reference.modules else reference.distribution
        raise SymbolError(
            f"symbol {path}: the sources of {reference.distribution} have no public symbol of this name. "
            f"Name one by its public import path, such as {known}.Name."
        )
    name = public.rpartition(".")[2]
    kept = msgspec.structs.replace(
        module,
        classes=tuple(each for each in module.classes if each.name == name),
        functions=tuple(each for each in module.functions if each.name == name),
        variables=tuple(each for each in module.variables if each.name == name),
        aliases=(),
    )
    others = (each for other in reference.modules for each in other.classes if each not in kept.classes)
    return msgspec.structs.replace(reference, modules=(kept,), bases=(*reference.bases, *others))


def renamed(reference: Reference, name: str) -> Reference:
    """Return a reference whose first package, with everything below it, has another name."""
    old = reference.modules[0].name

    def new(path: str) -> str:
        return name + path.removeprefix(old) if f"{path}.".startswith(f"{old}.") else path

    modules = tuple(
        msgspec.structs.replace(
            module,
            name=new(module.name),
            aliases=tuple(msgspec.structs.replace(each, target=new(each.target)) for each in module.aliases),
        )
        for module in reference.modules
    )
    return msgspec.structs.replace(reference, modules=modules)


def described(reference: Reference, source: Reference, where: str) -> Reference:
    """Return a reference with the docstrings of another one; its signatures are unchanged.

    Parameters:
        reference: The reference for the signatures. A symbol that is only in this one has its own docstring.
        source: The reference for the texts.
        where: The origin of `source`, for messages.

    Raises:
        SettingError: The two have no module in common; silently using no text would look like success.
    """
    theirs = Index(source)
    if not any(module.name in theirs.modules for module in reference.modules):
        ours, others = (", ".join(list(each)[:3]) for each in (Index(reference).modules, theirs.modules))
        raise SettingError(
            f"--docs-from {where}: it describes {others or 'nothing'}, but the reference is of {ours}. "
            "Name the package as it is named there: --as NAME."
        )
    return msgspec.structs.replace(reference, modules=tuple(_module(each, theirs) for each in reference.modules))


def _module(module: Module, source: Index) -> Module:
    found = source.modules.get(module.name)
    return msgspec.structs.replace(
        module,
        docstring=found.docstring if found else module.docstring,
        classes=tuple(_class(each, f"{module.name}.{each.name}", source) for each in module.classes),
        functions=tuple(_function(each, f"{module.name}.{each.name}", source) for each in module.functions),
    )


def _class(class_: Class, path: str, source: Index) -> Class:
    found = source.public.get(path)
    if not isinstance(found, Class):
        return class_
    constructor = class_.constructor
    if isinstance(constructor, Function) and isinstance(found.constructor, Function):
        constructor = _texts(constructor, found.constructor)
    return msgspec.structs.replace(
        class_,
        docstring=found.docstring,
        constructor=constructor,
        properties=tuple(_property(each, f"{path}.{each.name}", source) for each in class_.properties),
        methods=tuple(_function(each, f"{path}.{each.name}", source) for each in class_.methods),
    )


def _property(property_: Property, path: str, source: Index) -> Property:
    found = source.public.get(path)
    if not isinstance(found, Property):
        return property_
    return msgspec.structs.replace(property_, docstring=found.docstring)


def _function(function: Function, path: str, source: Index) -> Function:
    found = source.public.get(path)
    return _texts(function, found) if isinstance(found, Function) else function


def _texts(function: Function, found: Function) -> Function:
    theirs = found.signature.parameters if isinstance(found.signature.parameters, tuple) else ()
    texts = {parameter.name: parameter.description for parameter in theirs}
    ours = function.signature.parameters
    parameters = tuple(_described(each, texts) for each in ours) if isinstance(ours, tuple) else ours
    signature = msgspec.structs.replace(function.signature, parameters=parameters)
    return msgspec.structs.replace(function, docstring=found.docstring, signature=signature)


def _described(parameter: Parameter, texts: Mapping[str, str]) -> Parameter:
    return msgspec.structs.replace(parameter, description=texts.get(parameter.name, parameter.description))
