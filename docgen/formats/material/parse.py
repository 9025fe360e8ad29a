"""Parses Markdown pages of this format into the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from docgen.errors import PageError
from docgen.files import read_page
from docgen.formats.base import cells
from docgen.formats.base.blocks import chunks, label, label_of
from docgen.formats.base.descriptions import OVERLOAD
from docgen.formats.base.inline import read_line
from docgen.formats.base.places import WITHOUT_CONSTRUCTOR
from docgen.formats.base.read_signatures import read_signature, read_type, read_type_parameter, read_value, split_commas
from docgen.formats.base.rows import CUT, from_parameter
from docgen.formats.base.sheet import CONTINUED
from docgen.formats.material import bodies, facts
from docgen.formats.material.listing import without_listing
from docgen.formats.material.parse_docstrings import read_cell, read_docstring, read_text
from docgen.formats.material.parse_facts import (
    Facts,
    declared,
    read_declarations,
    read_facts,
    split_at_fence,
    split_at_signature,
)
from docgen.model import (
    UNKNOWN,
    Alias,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Module,
    Origin,
    Overload,
    Parameter,
    Property,
    Receiver,
    Reference,
    Signature,
    Unknown,
    Value,
    Variable,
    VariableKind,
)
from docgen.prose.sections import Section, SectionKind

_HEADING = re.compile(rf"(?P<marks>#{{1,6}}) {cells.ANCHOR.pattern}.*")
_HOME = re.compile(r"API reference of (?P<name>`+.+?`+)(?:, version (?P<version>`+.+?`+))?\.")
_KINDS = {words: kind for kind, words in facts.CLASS_KINDS.items()}
_RECEIVERS = {words: receiver for receiver, words in facts.RECEIVERS.items()}
_VARIABLES = {identifier: kind for kind, (identifier, _, _) in bodies.VARIABLE_GROUPS.items()}
_REQUIRED = {"yes": True, "no": False, "": None}
_EXTERNAL = "of another package"


@dataclass(kw_only=True)
class _Block:
    """A heading with its anchor, and the lines up to the next one."""

    id: str
    level: int
    line: int
    """The line of the heading, from 1."""
    lines: list[str] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.id.partition(":")[0]

    @property
    def group(self) -> str:
        return self.id.partition(":")[2]

    @property
    def name(self) -> str:
        return self.id.rpartition(".")[2]


@dataclass(kw_only=True)
class _Tree:
    """The contents of the pages that have been read."""

    modules: dict[str, Module] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    module_of: dict[str, str] = field(default_factory=dict)
    """Public path of a class -> name of its module."""
    order: list[str] = field(default_factory=list)
    """Public paths of classes, in the order of the tables of their modules and classes."""


def parse_tree(folder: Path) -> Reference:
    """Return the reference whose pages are in a folder.

    Raises:
        PageError: A page is not in this format.
    """
    return parse_pages({path.relative_to(folder).as_posix(): read_page(path) for path in sorted(folder.rglob("*.md"))})


def parse_page(text: str, path: str) -> Reference:
    """Return the contents of one page as a reference.

    Raises:
        PageError: The page is not in this format.
    """
    return parse_pages({path: text})


def parse_pages(pages: Mapping[str, str]) -> Reference:
    """Return the reference that pages show, by their paths.

    Raises:
        PageError: A page is not in this format.
    """
    tree = _Tree()
    distribution, version = "", ""
    order: list[str] = []
    for path, text in pages.items():
        blocks = list(_blocks(text))
        if blocks:
            _read_page(blocks, path, tree)
            continue
        home = next((found for line in text.split("\n") if (found := _HOME.fullmatch(line))), None)
        if home is None:
            raise PageError(path, 1, "expected the page of a module or a class. Leave other files out of the folder.")
        distribution = cells.read_code(home["name"])
        version = cells.read_code(home["version"] or "")
        order = [cells.read_code(row[0]) for row in _rows(text.split("\n")[2:]) if row]
    place = {name: number for number, name in enumerate(order)}
    modules = sorted(_assembled(tree), key=lambda module: place.get(module.name, len(place)))
    return Reference(distribution=distribution, version=version, modules=tuple(modules))


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks of a page; none for a page without anchors."""
    lines = [(is_code, line) for is_code, chunk in chunks(text) for line in chunk.split("\n")]
    block: _Block | None = None
    for number, (is_code, line) in enumerate(lines, start=1):
        heading = None if is_code else _HEADING.fullmatch(line)
        if heading:
            if block is not None:
                yield block
            block = _Block(id=heading["id"], level=len(heading["marks"]), line=number)
        elif block is not None:
            block.lines.append(line)
    if block is not None:
        yield block


def _read_page(blocks: list[_Block], path: str, tree: _Tree) -> None:
    group = ""
    for block in blocks:
        try:
            if block.group:
                group = block.group
                _read_group(block, tree)
            elif block.level <= 2:  # noqa: PLR2004 - the levels of modules and classes
                if block.id.endswith(".__init__") and block.id.rpartition(".")[0] in tree.classes:
                    _read_constructor(block, tree)
                else:
                    group = ""
                    _read_owner(block, tree)
            elif block.id.endswith(".__init__"):
                _read_constructor(block, tree)
            else:
                _read_member(block, group, tree)
        except (SyntaxError, KeyError, ValueError, IndexError) as error:
            raise PageError(path, block.line, f"{block.id} is not written as in this format: {error}.") from error


def _read_owner(block: _Block, tree: _Tree) -> None:
    """Read the head of a module or a class."""
    above, code, below = split_at_fence(block.lines)
    found = read_facts([line for line in above if line != bodies.MAKES_NAMES])
    docstring, _ = read_docstring(below, inherited_from=found.inherited_from)
    if code[0].startswith("import "):
        tree.modules[block.id] = Module(
            name=block.id,
            is_package="package" in found.words,
            docstring=docstring,
            listed=UNKNOWN,
            makes_names=bodies.MAKES_NAMES in above,
        )
        return
    tree.module_of[block.id] = code[0].removeprefix("from ").partition(" import ")[0]
    tree.classes[block.id] = _class(block, found, docstring, code)


def _class(block: _Block, found: Facts, docstring: Docstring | None, code: list[str]) -> Class:
    declared_here = code[2][code[2].index("[") + 1 : -1] if len(code) > 2 else ""  # noqa: PLR2004 - below the import
    kinds = [_KINDS[word] for word in found.words if word in _KINDS]
    return Class(
        name=block.name,
        path=block.id,
        location=found.location,
        kind=kinds[0] if kinds else ClassKind.CLASS,
        bases=found.bases,
        mro=UNKNOWN,
        unknown_bases=found.unknown_bases,
        type_parameters=found.type_parameters or tuple(map(read_type_parameter, split_commas(declared_here))),
        decorators=UNKNOWN,
        options=found.options,
        abstract_members=found.abstract_members,
        is_final="final" in found.words,
        is_hashable=UNKNOWN,
        deprecation=found.deprecation,
        condition=found.condition,
        docstring=docstring,
        constructor=UNKNOWN if kinds and kinds[0] in WITHOUT_CONSTRUCTOR else None,
    )


def _read_constructor(block: _Block, tree: _Tree) -> None:
    path = block.id.rpartition(".")[0]
    class_ = tree.classes[path]
    if bodies.UNKNOWN_CONSTRUCTOR in block.lines:
        tree.classes[path] = msgspec.structs.replace(class_, constructor=UNKNOWN)
        return
    constructor = msgspec.structs.replace(
        _function(block), name="__init__", path=block.id, receiver=Receiver.UNKNOWN, effects=()
    )
    tree.classes[path] = msgspec.structs.replace(class_, constructor=constructor)


def _function(block: _Block) -> Function:
    above, code, below = split_at_signature(without_listing(block.lines))
    found = read_facts(above)
    signature, overloads = read_declarations(code)
    parts = _at_overloads(below)
    docstring, described = read_docstring(next(parts), signature, found.inherited_from)
    states: dict[str, bool | Unknown] = {field_: word in found.words for word, field_ in facts.FUNCTION_STATES.items()}
    receivers = [_RECEIVERS[word] for word in found.words if word in _RECEIVERS]
    known = {*facts.FUNCTION_STATES, *_RECEIVERS, facts.SIGNATURE_UNKNOWN}
    function = Function(
        name=block.name,
        path=block.id,
        location=found.location,
        signature=described or signature,
        overloads=overloads or tuple(map(_overload, parts)),
        receiver=receivers[0] if receivers else Receiver.INSTANCE,
        is_signature_known=facts.SIGNATURE_UNKNOWN not in found.words,
        effects=tuple(word for word in found.words if word not in known),
        decorators=UNKNOWN,
        deprecation=found.deprecation,
        condition=found.condition,
        docstring=docstring,
    )
    if states["is_context_manager"]:
        states["is_generator"] = UNKNOWN
    return msgspec.structs.replace(function, **states)


def _at_overloads(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines up to the first overload, then those of each overload."""
    part: list[str] = []
    for is_code, chunk in chunks("\n".join(lines)):
        for line in chunk.split("\n"):
            if not is_code and line == label(OVERLOAD):
                yield part
                part = []
            else:
                part.append(line)
    yield part


def _overload(lines: list[str]) -> Overload:
    above, code, below = split_at_signature(lines)
    signature, _ = read_declarations(code)
    docstring, described = read_docstring(below, signature)
    return Overload(signature=described or signature, docstring=docstring, deprecation=read_facts(above).deprecation)


def _read_member(block: _Block, group: str, tree: _Tree) -> None:
    owner = block.id.rpartition(".")[0]
    if group == "functions":
        _add_function(block, owner, tree)
    elif group == "methods":
        class_ = tree.classes[owner]
        tree.classes[owner] = msgspec.structs.replace(class_, methods=(*class_.methods, _function(block)))
    elif group == "properties":
        class_ = tree.classes[owner]
        tree.classes[owner] = msgspec.structs.replace(class_, properties=(*class_.properties, _property(block)))
    else:
        raise ValueError(f"{block.id} is not below a heading for functions or properties")


def _add_function(block: _Block, owner: str, tree: _Tree) -> None:
    module = tree.modules[owner]
    function = msgspec.structs.replace(_function(block), receiver=Receiver.NONE)
    if facts.CALLABLE_OBJECT not in function.effects:
        tree.modules[owner] = msgspec.structs.replace(module, functions=(*module.functions, function))
        return
    effects = tuple(effect for effect in function.effects if effect != facts.CALLABLE_OBJECT)
    variable = Variable(
        name=block.name,
        path=block.id,
        kind=VariableKind.CALLABLE,
        function=msgspec.structs.replace(function, effects=effects),
    )
    # Callable objects precede the variables on a page, and follow them in the model.
    tree.modules[owner] = msgspec.structs.replace(module, variables=(*module.variables, variable))


def _property(block: _Block) -> Property:
    above, code, below = split_at_signature(without_listing(block.lines))
    found = read_facts(above)
    signatures = [read_signature(each)[1] for each in declared(code)]
    docstring, _ = read_docstring(below, inherited_from=found.inherited_from)
    setter = signatures[1].parameters if len(signatures) > 1 else ()
    annotation = None if isinstance(setter, Unknown) or not setter else setter[0].annotation
    property_ = Property(
        name=block.name,
        path=block.id,
        location=found.location,
        annotation=signatures[0].returns,
        setter_annotation=None if isinstance(annotation, Unknown) else annotation,
        decorators=UNKNOWN,
        deprecation=found.deprecation,
        condition=found.condition,
        docstring=docstring,
    )
    return msgspec.structs.replace(property_, **_access(found.words))


def _access(words: list[str]) -> dict[str, bool | Unknown]:
    states: dict[str, bool | Unknown] = {field_: word in words for word, field_ in facts.PROPERTY_STATES.items()}
    is_known = "writable" in words or "read-only" in words
    return {**states, "has_setter": "writable" in words if is_known else UNKNOWN}


# -- tables


def _rows(lines: list[str]) -> list[list[str]]:
    """Return the rows of the first table, without its header and separator."""
    start = next((n for n, line in enumerate(lines) if line.startswith("|")), len(lines))
    end = next((n for n in range(start, len(lines)) if not lines[n].startswith("|")), len(lines))
    return [cells.cells(line) for line in lines[start + 2 : end]]


def _records(lines: list[str]) -> list[dict[str, str]]:
    """Return the rows of the first table by column, the first as `name`, with texts that continue below it."""
    head = next((cells.cells(line) for line in lines if line.startswith("|")), [])
    records = [dict(zip(["name", *head[1:]], row, strict=True)) for row in _rows(lines)]
    rests: list[list[str]] = []
    for is_code, chunk in chunks("\n".join(lines)):
        for line in chunk.split("\n"):
            if not is_code and (label_of(line) or [""])[0].startswith("`"):
                rests.append([])
            elif rests:
                rests[-1].append(line)
    below = iter(rests)
    for record in records:
        is_continued = record.get("Description", "").endswith(CONTINUED)
        record["rest"] = read_text(next(below, [])) if is_continued else ""
    return records


def _described(record: dict[str, str]) -> tuple[str, str | None, bool, str]:
    """Return the condition, the deprecation, whether it is read-only, and the text of a description."""
    condition, deprecation, is_read_only = "", None, False
    pieces = record.get("Description", "").split("<br>")
    while pieces:
        if pieces[0].startswith("*Only if* "):
            condition = cells.read_code(pieces[0].removeprefix("*Only if* "))
        elif pieces[0].startswith("*Deprecated:*"):
            deprecation = read_line(cells.read_text(pieces[0].removeprefix("*Deprecated:*")))
        elif pieces[0] == "*Read-only*":
            is_read_only = True
        elif bodies.NOTED.match(pieces[0]):
            pass  # the history is not part of the model
        else:
            break
        del pieces[0]
    text = "\n\n".join(filter(None, (read_cell("<br>".join(pieces)), record["rest"])))
    return condition, deprecation, is_read_only, text


def _read_group(block: _Block, tree: _Tree) -> None:
    owner, group = block.owner, block.group
    if group in ("classes", "exceptions"):
        tree.order += [f"{owner}.{cells.read_code(row[0])}" for row in _rows(block.lines)]
    elif owner in tree.classes:
        tree.classes[owner] = _with_group(tree.classes[owner], block)
    elif group in _VARIABLES:
        module = tree.modules[owner]
        variables = tuple(_variable(record, owner, _VARIABLES[group]) for record in _records(block.lines))
        called = tuple(each for each in module.variables if each.kind == VariableKind.CALLABLE)
        others = tuple(each for each in module.variables if each.kind != VariableKind.CALLABLE)
        tree.modules[owner] = msgspec.structs.replace(module, variables=(*others, *variables, *called))
    elif group == "aliases":
        module = tree.modules[owner]
        tree.modules[owner] = msgspec.structs.replace(module, aliases=tuple(map(_alias, _records(block.lines))))


def _with_group(class_: Class, block: _Block) -> Class:
    if block.group in ("members", "attributes", "keys"):
        same = next((line for line in block.lines if line.startswith(bodies.SAME)), "")
        names = [cells.read_code(each) for each in same.removeprefix(bodies.SAME).split(",") if each]
        parameters = _parameters_of(class_)
        first = tuple(
            from_parameter(Attribute(name=name, path=f"{class_.path}.{name}"), parameters[name]) for name in names
        )
        new = tuple(_attribute(record, class_.path, block.group) for record in _records(block.lines))
        return msgspec.structs.replace(class_, attributes=(*class_.attributes, *first, *new))
    if block.group == "properties":
        rows = tuple(_row_property(record, class_.path) for record in _records(block.lines))
        return msgspec.structs.replace(class_, properties=rows)
    if block.group == "special":
        _, code, _ = split_at_signature(block.lines)
        signatures = (read_signature(each) for each in declared(code))
        brief = tuple(_brief(name, signature, class_.path) for name, signature in signatures)
        return msgspec.structs.replace(class_, methods=(*class_.methods, *brief))
    return class_


def _parameters_of(class_: Class) -> dict[str, Parameter]:
    constructor = class_.constructor
    if not isinstance(constructor, Function) or isinstance(constructor.signature.parameters, Unknown):
        return {}
    return {parameter.name: parameter for parameter in constructor.signature.parameters}


def _brief(name: str, signature: Signature, owner: str) -> Function:
    return Function(
        name=name, path=f"{owner}.{name}", signature=signature, receiver=Receiver.INSTANCE, decorators=UNKNOWN
    )


def _value(cell: str) -> Value | Unknown | None:
    text = cells.read_code(cell)
    return UNKNOWN if text.endswith(CUT) else read_value(text)


def _attribute(record: dict[str, str], owner: str, group: str) -> Attribute:
    name = cells.read_code(record["name"])
    condition, deprecation, is_read_only, text = _described(record)
    value = record.get("Value", "")
    is_alias = value.startswith("alias of ")
    return Attribute(
        name=name,
        path=f"{owner}.{name}",
        origin=Origin.MEMBER if group == "members" else Origin.BODY,
        annotation=read_type(cells.read_code(record.get("Type", ""))),
        value=None if is_alias else _value(value),
        is_required=_REQUIRED[record.get("Required", "")],
        is_read_only=is_read_only,
        alias_of=cells.read_code(value.removeprefix("alias of ")) if is_alias else "",
        deprecation=deprecation,
        condition=condition,
        description=text,
    )


def _row_property(record: dict[str, str], owner: str) -> Property:
    name = cells.read_code(record["name"])
    condition, deprecation, _, text = _described(record)
    sections = (Section(kind=SectionKind.TEXT, text=text),)
    property_ = Property(
        name=name,
        path=f"{owner}.{name}",
        annotation=read_type(cells.read_code(record.get("Type", ""))),
        decorators=UNKNOWN,
        deprecation=deprecation,
        condition=condition,
        docstring=Docstring(raw="", sections=sections) if text else None,
    )
    return msgspec.structs.replace(property_, **_access(record.get("Access", "").split(", ")))


def _variable(record: dict[str, str], owner: str, kind: VariableKind) -> Variable:
    shown, _, rest = cells.read_code(record["name"]).partition("[")
    condition, deprecation, _, text = _described(record)
    return Variable(
        name=shown,
        path=f"{owner}.{shown}",
        kind=kind,
        annotation=read_type(cells.read_code(record.get("Type", "") or record.get("Stands for", ""))),
        value=_value(record.get("Value", "")),
        type_parameters=tuple(map(read_type_parameter, split_commas(rest.removesuffix("]")))),
        deprecation=deprecation,
        condition=condition,
        description=text,
    )


def _alias(record: dict[str, str]) -> Alias:
    words = [word for word in record.get("Kind", "").split(", ") if word]
    return Alias(
        name=cells.read_code(record["name"]),
        target=cells.read_code(record["Alias of"]),
        kind=next((word for word in words if word != _EXTERNAL), ""),
        is_external=_EXTERNAL in words,
    )


# -- assembly


def _assembled(tree: _Tree) -> Iterator[Module]:
    """Yield the modules with their classes, in the order of the tables that list them."""
    place = {path: number for number, path in enumerate(tree.order)}
    paths = sorted(tree.classes, key=lambda path: place.get(path, len(place)))
    below: dict[str, list[str]] = {}
    for path in paths:
        below.setdefault(path.rpartition(".")[0], []).append(path)
    for owner in sorted(below, key=lambda path: -path.count(".")):
        if owner in tree.classes:
            inner = tuple(tree.classes[each] for each in below[owner])
            tree.classes[owner] = msgspec.structs.replace(tree.classes[owner], classes=inner)
    for name in dict.fromkeys([*tree.modules, *tree.module_of.values()]):
        module = tree.modules.get(name) or Module(name=name, listed=UNKNOWN)
        top = tuple(tree.classes[path] for path in below.get(name, ()))
        yield msgspec.structs.replace(module, classes=top)
