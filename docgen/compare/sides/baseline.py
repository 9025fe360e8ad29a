"""An API as a small text file to commit: one sorted line per symbol, which a reviewer of a pull request can read.

It contains the facts that are compared, but neither docstrings nor locations. A line is a public path, a kind of
symbol, its signature or its type and value, and further facts as JSON, with tabs between them. A member is `.name`
below the line of its class. Facts that other lines imply are left out (`implied`): a field that equals its parameter, a
parameter that equals that of the base class.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from docgen.compare.sides.implied import Line, fill_in, is_of_class, leave_out
from docgen.compare.sides.type_code import (
    annotation_to_code,
    code_to_annotation,
    code_to_signature,
    code_to_value,
    signature_to_code,
    value_to_code,
)
from docgen.compare.visibility import is_private_name
from docgen.errors import DumpError
from docgen.model import (
    Annotation,
    Attribute,
    Class,
    Function,
    Module,
    Property,
    Receiver,
    Reference,
    Signature,
    Variable,
)
from docgen.symbols import Index

HEAD = "# api 3"
"""Beginning of the first line; the number is the version of the format."""
SUFFIX = ".api"

_SORTS: Mapping[str, str] = {
    "attributes": "attribute",
    "properties": "property",
    "methods": "method",
    "functions": "function",
    "variables": "variable",
    "aliases": "alias",
    "classes": "class",
}
"""Field of a module or class -> the kind of its members."""
_FIELDS = {sort: field for field, sort in _SORTS.items()}
_LEFT_OUT = frozenset({
    *_SORTS, "name", "location", "docstring", "description", "links", "metadata", "doc", "evaluated", "written",
    "decorators", "receiver_name", "is_override", "source", "initializer",
    "outcome", "returned", "setter_outcome", "uses", "holds", "passes", "needed", "tried",
})  # fmt: skip
_NOT_COMPARED = frozenset({"init", "repr", "kw_only", "total", "unsafe_hash"})
"""Options of a class whose effects are separate facts."""
_SHAPES = frozenset({"annotation", "value", "signature", "constructor"})
"""Fields that are in the third column, or are written as code."""


def to_baseline(reference: Reference) -> str:
    """Return a reference as text."""
    tops = {module.name.partition(".")[0] for module in reference.modules}
    lines: list[Line] = []
    public = {module.name for module in reference.modules}
    for module in reference.modules:
        offered = msgspec.structs.replace(module, loaded=tuple(name for name in module.loaded if name in public))
        lines.append(Line(path=module.name, sort="module", facts=_facts(offered)))
        lines += _held(module, module.name)
    for class_ in reference.bases:
        # Classes of other distributions are left out: a class is described by the names of its bases.
        if class_.path.partition(".")[0] in tops:
            lines += _symbol(class_, class_.path, "base", class_.path)
    lines = leave_out(lines)
    paths = Index(reference).public_paths
    classes = {line.path for line in lines if is_of_class(line.sort)}
    rows = _below_classes(sorted(_written(line, paths) for line in lines), classes)
    unread = f" unread {json.dumps(reference.unread)}" if reference.unread else ""
    head = f"{HEAD} {reference.distribution} {reference.version}{unread}".rstrip()
    return "\n".join((head, *rows)) + "\n"


def _below_classes(lines: Iterable[str], classes: Collection[str]) -> Iterator[str]:
    """Yield sorted lines, those of members below the line of their class without its path."""
    last = ""
    for line in lines:
        path = line.partition("\t")[0]
        above, _, name = path.rpartition(".")
        if path in classes:
            last = path
        is_below = bool(above) and above == last and path not in classes
        yield f".{name}{line[len(path) :]}" if is_below else line


def _with_paths(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a baseline with whole paths."""
    last = ""
    for line in lines:
        if not line.startswith("."):
            path, _, sort = line.partition("\t")
            last = path if is_of_class(sort.partition("\t")[0]) else last
        yield f"{last}{line}" if line.startswith(".") else line


def _held(owner: msgspec.Struct, path: str) -> Iterator[Line]:
    defined = owner.path if isinstance(owner, Class) else path
    for field, sort in _SORTS.items():
        for each in getattr(owner, field, ()):
            if is_private_name(each.name) and not isinstance(owner, Module):
                continue  # It is compared only on request, and then with a dump.
            yield from _symbol(each, f"{path}.{each.name}", sort, f"{defined}.{each.name}")


def _symbol(symbol: msgspec.Struct, path: str, sort: str, defined: str) -> Iterator[Line]:
    """Yield the lines of a symbol and its members.

    Parameters:
        symbol: A class, function, ...
        path: Public path.
        sort: The word for its kind.
        defined: Path of its definition, unless the symbol has another one.
    """
    facts = _facts(symbol)
    if facts.get("path") == defined:
        del facts["path"]
    if isinstance(symbol, Function):
        facts["receiver"] = symbol.receiver
        if symbol.receiver is (Receiver.INSTANCE if sort == "method" else Receiver.NONE):
            del facts["receiver"]
    yield Line(path=path, sort=sort, shape=_shape(symbol), facts=facts)
    if isinstance(symbol, Class):
        yield from _held(symbol, path)


_NAMES = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\W\d]\w*(?:\.\w+)+""")
"""Strings, which are left as they are, and dotted names."""


def _written(line: Line, public: Mapping[str, str]) -> str:
    """Return a line as text, with types under the paths that users import them from."""
    is_value = line.sort == "variable"  # The value of an alias is code, and is compared as such.
    is_typed = not is_value and line.shape.startswith((":", "("))
    typed, equals, rest = (line.shape, "", "") if line.shape.startswith("(") else line.shape.partition(" = ")
    shape = _NAMES.sub(lambda found: public.get(found[0], found[0]), typed) if is_typed else typed
    shape += equals + rest
    facts = json.dumps(line.facts, ensure_ascii=False, separators=(",", ":")) if line.facts else ""
    return f"{line.path}\t{line.sort}\t{shape}\t{facts}".rstrip("\t")


def _shape(symbol: msgspec.Struct) -> str:
    """Return the signature of a function or of the constructor of a class; otherwise the type and value."""
    if isinstance(symbol, Function):
        return signature_to_code(symbol.signature) if isinstance(symbol.signature.parameters, tuple) else ""
    if isinstance(symbol, Class):
        return _shape(symbol.constructor) if isinstance(symbol.constructor, Function) else ""
    annotation, value = getattr(symbol, "annotation", None), getattr(symbol, "value", None)
    typed = f": {annotation_to_code(annotation)}" if annotation is not None else ""
    return f"{typed} = {value_to_code(value)}".strip() if value is not None else typed


def _facts(symbol: msgspec.Struct) -> dict[str, Any]:
    """Return the further facts of a symbol: JSON of the fields that differ from their defaults."""
    found = {
        field: _plain(getattr(symbol, field))
        for field, default in _defaults(type(symbol))
        if field not in _LEFT_OUT and field not in _SHAPES and getattr(symbol, field) != default
    }
    if isinstance(symbol, Function):
        found |= _beside(symbol.signature) | _raised(symbol)
        found |= {"attributes": list(symbol.attributes)} if symbol.attributes else {}
    if isinstance(symbol, Class):
        found |= _of_constructor(symbol)
        found |= {"options": [each for each in found.get("options", ()) if each[0] not in _NOT_COMPARED]}
        found = {fact: value for fact, value in found.items() if fact != "options" or value}
    if isinstance(symbol, Attribute | Variable | Property) and isinstance(symbol.annotation, Annotation):
        found |= {"qualifiers": list(symbol.annotation.qualifiers)} if symbol.annotation.qualifiers else {}
    return found


def _of_constructor(class_: Class) -> dict[str, Any]:
    if not isinstance(class_.constructor, Function):
        return {} if class_.constructor is None else {"constructor": "unknown"}
    beside = _beside(class_.constructor.signature)
    unknown = {} if class_.constructor.is_signature_known else {"is_signature_known": False}
    return {"constructor": {**beside, **unknown, **_raised(class_.constructor)}}


def _raised(function: Function) -> dict[str, Any]:
    """Return the part of a function's body that a baseline contains: the error that every call raises."""
    raises = function.outcome.raises if function.outcome else ""
    return {"raises": raises} if raises else {}


def _beside(signature: Signature) -> dict[str, Any]:
    """Return the facts of a signature that its code does not show."""
    if not isinstance(signature.parameters, tuple):
        return {"parameters": "unknown"}
    named = tuple(
        msgspec.structs.replace(each, is_from_keywords=False) for each in signature.parameters if each.is_from_keywords
    )
    keywords = signature_to_code(Signature(parameters=named)) if named else ""
    variables = [_plain(each) for each in signature.type_parameters]
    asked = {
        each.name: [each.demand, _plain(each.accepted)]
        for each in signature.parameters
        if each.demand or each.accepted is not None
    }
    said = (("keywords", keywords), ("type_parameters", variables), ("asked", asked))
    return {name: value for name, value in said if value}


@cache
def _defaults(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in msgspec.structs.fields(struct))


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of the model
    """Return a value as JSON, with annotations as code."""
    if isinstance(value, Annotation):
        return annotation_to_code(value)
    if isinstance(value, msgspec.Struct):
        signature = getattr(value, "signature", None)
        beside = _beside(signature) if isinstance(signature, Signature) else {}
        return beside | {
            field: signature_to_code(part) if isinstance(part, Signature) else _plain(part)
            for field, default in _defaults(type(value))
            if field not in _LEFT_OUT - {"name"} and (part := getattr(value, field)) != default
        }
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


# -- and back


def from_baseline(text: str, where: str) -> Reference:
    """Return the reference that a baseline contains.

    Parameters:
        text: The result of `to_baseline`.
        where: Its origin, for messages.

    Raises:
        DumpError: It is not a baseline, or has another version.
    """
    head, _, rest = text.partition("\n")
    if not head.startswith(f"{HEAD} "):
        raise DumpError(f"{where}: not a baseline of this version. Write it again with `conformance baseline TARGET`.")
    named, _, unread = head.removeprefix(f"{HEAD} ").partition(" unread ")
    distribution, _, version = named.partition(" ")
    try:
        lines = fill_in([_line(each) for each in _with_paths(rest.split("\n")) if each])
        modules, bases = _tree([_row(each) for each in lines])
        tables = {"modules": modules, "bases": bases, "unread": json.loads(unread or "[]")}
        return msgspec.convert({"distribution": distribution, "version": version, **tables}, Reference)
    except Exception as error:  # a damaged line can raise anything: its code is parsed, its JSON may have any shape
        raise DumpError(
            f"{where}: not a baseline: {error}. Write it again with `conformance baseline TARGET`."
        ) from error


Row = tuple[str, str, dict[str, Any]]


def _tree(rows: list[Row]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return modules and bases as tables, with members inside the table that they belong to."""
    modules = {path: facts for path, sort, facts in rows if sort == "module"}
    classes = {path: facts for path, sort, facts in rows if sort in ("class", "base")}
    bases: list[dict[str, Any]] = []
    for path, sort, facts in rows:
        facts["name"] = path if sort == "module" else path.rpartition(".")[2]
        above = path.rpartition(".")[0]
        if sort not in ("module", "alias"):
            facts.setdefault("path", _defined(path, sort, classes))
        if sort == "base":
            bases.append(facts)
        elif sort != "module":
            owner = classes.get(above) or modules[above]
            owner.setdefault(_FIELDS[sort], []).append(facts)
    return list(modules.values()), bases


def _defined(path: str, sort: str, classes: Mapping[str, dict[str, Any]]) -> str:
    """Return the path of a definition whose line has none: it is below that of the enclosing class."""
    above, _, name = path.rpartition(".")
    if sort == "base" or above not in classes:
        return path
    return f"{classes[above].get('path') or _defined(above, 'class', classes)}.{name}"


def _line(text: str) -> Line:
    path, sort, shape, facts = (*text.split("\t", 3), "", "")[:4]
    return Line(path=path, sort=sort, shape=shape, facts=json.loads(facts or "{}"))


def _row(line: Line) -> Row:
    path, sort, shape, facts = line.path, line.sort, line.shape, line.facts
    if sort in ("function", "method"):
        facts.setdefault("receiver", str(Receiver.INSTANCE if sort == "method" else Receiver.NONE))
        facts |= _function(shape, facts)
    elif sort in ("class", "base"):
        facts |= _class(shape, facts)
    elif shape:
        facts |= _typed(shape, tuple(facts.pop("qualifiers", ())))
    _with_signatures(facts)
    if sort == "property":
        facts["decorators"] = "unknown"
    if isinstance(facts.get("setter_annotation"), str):
        facts["setter_annotation"] = _annotation(facts["setter_annotation"])
    return path, sort, facts


def _with_signatures(facts: dict[str, Any]) -> None:
    """Turn the signatures of overloads and of functions in values from code into tables."""
    for each in (*facts.get("overloads", ()), facts.get("function")):
        if each and isinstance(each.get("signature"), str):
            each.update(_function(each["signature"], each))
            _with_signatures(each)


def _function(shape: str, facts: dict[str, Any]) -> dict[str, Any]:
    facts["decorators"] = "unknown"
    keywords, variables = facts.pop("keywords", "()"), facts.pop("type_parameters", ())
    asked, raises = facts.pop("asked", {}), facts.pop("raises", "")
    if facts.pop("parameters", "") == "unknown":
        return {"signature": {"parameters": "unknown"}}
    signature = msgspec.to_builtins(code_to_signature(shape or "()"))
    named = msgspec.to_builtins(code_to_signature(keywords)).get("parameters", ())
    signature["parameters"] = [
        *signature.get("parameters", ()),
        *({**each, "is_from_keywords": True} for each in named),
    ]
    for each in signature["parameters"]:
        demand, accepted = asked.get(each["name"], ("", None))
        each.update({"demand": demand} if demand else {})
        each.update({"accepted": _annotation(accepted)} if accepted else {})
    signature["type_parameters"] = list(map(_annotated, variables))
    return {"signature": signature, **({"outcome": {"raises": raises, "errors": [raises]}} if raises else {})}


def _class(shape: str, facts: dict[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {"decorators": "unknown"}
    if isinstance(facts.get("bases"), list):
        table["bases"] = [_annotation(each) for each in facts["bases"]]
    table["type_parameters"] = list(map(_annotated, facts.get("type_parameters", ())))
    if isinstance(facts.get("constructor"), dict):
        made = {"name": "__init__", **facts["constructor"]}
        table["constructor"] = {**made, **_function(shape, made)}
    return table


def _typed(shape: str, qualifiers: tuple[str, ...]) -> dict[str, Any]:
    """Return annotation and value of `: TYPE = VALUE`."""
    node = ast.parse(f"x{shape}" if shape.startswith(":") else f"x {shape}").body[0]
    table: dict[str, Any] = {}
    if isinstance(node, ast.AnnAssign):
        annotation = code_to_annotation(node.annotation)
        table["annotation"] = msgspec.to_builtins(
            msgspec.structs.replace(annotation, qualifiers=qualifiers)
            if isinstance(annotation, Annotation)
            else annotation
        )
    if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
        table["value"] = msgspec.to_builtins(code_to_value(node.value))
    return table


def _annotated(table: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter or type parameter with its annotations as tables."""
    singles = {
        key: _annotation(table[key])
        for key in ("annotation", "bound")
        if isinstance(table.get(key), str) and table[key] != "unknown"
    }
    if isinstance(table.get("default"), str) and "kind" not in table and table["default"] != "unknown":
        singles["default"] = _annotation(table["default"])
    constraints = (
        {"constraints": [_annotation(each) for each in table["constraints"]]} if "constraints" in table else {}
    )
    return {**table, **singles, **constraints}


def _annotation(code: str) -> Any:  # noqa: ANN401 - JSON
    return msgspec.to_builtins(code_to_annotation(ast.parse(code, mode="eval").body))
