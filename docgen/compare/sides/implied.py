"""Facts that a line of a baseline leaves out, because other lines imply them.

They are left out when the baseline is written, and filled in when it is read.

Each rule has two halves; reading undoes the steps of writing in reverse order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docgen.compare.standard import class_of
from docgen.model import ClassKind

_KINDS = frozenset(map(str, ClassKind))
_DATACLASS = str(ClassKind.DATACLASS)
_PACKAGE = "package"
"""Kind of a module that contains others."""
_ASSIGNED = "assigned"
"""Kind of an attribute that a method assigns."""
_EFFECTS = ["dataclass"]
"""The arguments of the standard library's decorator."""
_FROZEN = ("frozen", "True")
_SAME = "..."
"""Placeholder for an annotation or default that equals that of the base class; no real one is written like this."""
_MANNERS = {
    "is_signature_known": (False, "decorated"),
    "is_async": (True, "async"),
    "is_generator": (True, "generator"),
    "is_abstract": (True, "abstract"),
}
"""Fact of a function -> the value that is written as a word before its kind, and that word."""
_RECEIVERS = {"class": "class", "none": "static", "unknown": "unbound"}
_METHOD = "method"
_SORTS = ("function", _METHOD)
_OF, _IN = " of ", " in "
"""Separator between the kind of a class and its only base, or of a symbol and the module that defines it."""
_KNOWN_ORDERS: Mapping[str, tuple[str, ...]] = {"typing.Protocol": ("typing.Generic",)}


@dataclass(kw_only=True)
class Line:
    """A line of a baseline."""

    path: str
    """Public path."""
    sort: str
    shape: str = ""
    """Signature of a function or constructor; type and value of anything else."""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether it describes a class, including private bases."""
        return self.sort in ("class", "base")


def is_of_class(sort: str) -> bool:
    """Return True if the kind in a written line is that of a class."""
    return sort.partition(_IN)[0].partition(_OF)[0].removeprefix("base ").removeprefix("frozen ") in _KINDS


@dataclass(frozen=True)
class _Piece:
    """A parameter in the written form of a signature."""

    name: str
    annotation: str
    default: str
    is_keyword_only: bool

    @property
    def shape(self) -> str:
        """The parameter in the form of an attribute with its type and value."""
        typed = f": {self.annotation}" if self.annotation else ""
        return f"{typed} = {self.default}".strip() if self.default else typed


def leave_out(lines: Sequence[Line]) -> list[Line]:
    """Remove the facts that `fill_in` can restore from the lines, in place, and return the lines."""
    classes = _Classes(lines)
    fields = {id(line) for line in lines if _is_implied(line, classes)}
    lines = [line for line in lines if id(line) not in fields or not _join(line, classes)]
    shapes = {id(line): classes.as_above(line) for line in lines if line.is_class}
    for line in lines:
        _fields(line, classes)
        line.shape = shapes.get(id(line), line.shape)
        if line.is_class and "bases" in line.facts:
            _order(line, classes)
    names = _names(lines)
    for line in lines:
        _listed(line, names)
        _short_path(line)
        _sort(line)
        _name_place(line)
    return lines


def fill_in(lines: Sequence[Line]) -> list[Line]:
    """Restore the facts that `leave_out` removed from the lines, in place, and return the lines."""
    for line in lines:
        _take_place(line)
        _full_sort(line)
        _full_path(line)
    names = _names(lines)
    for line in lines:
        if line.facts.get("listed") is True:
            line.facts["listed"] = names.get(line.path, [])
    classes = _Classes(lines)
    for line in lines:
        if line.is_class and "mro" not in line.facts and "bases" in line.facts:
            line.facts["mro"] = classes.order(line)
    own = {id(line): _own(line) for line in lines if line.is_class and line.shape}
    for line in lines:
        if line.is_class:
            line.shape = classes.full_shape(line)
    return [each for line in lines for each in (line, *_joined(line, classes, own.get(id(line), [])))]


def _order(line: Line, classes: _Classes) -> None:
    implied = classes.order(line)
    if line.facts.setdefault("mro", []) == implied:
        del line.facts["mro"]


class _Classes:
    """The classes among lines, by their public path and by the path of their definition."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.public = {line.path: line for line in lines if line.is_class}
        self.defined = {self._definition(line): line for line in lines if line.is_class}
        self._orders: dict[str, list[str]] = {}
        self._pieces: dict[int, dict[str, _Piece]] = {}

    def _definition(self, line: Line) -> str:
        above, _, name = line.path.rpartition(".")
        outer = self.public.get(above)
        own = f"{self._definition(outer)}.{name}" if outer is not None else line.path
        return str(line.facts.get("path", own))

    # -- the order of bases

    def order(self, line: Line) -> list[str]:
        """Return the method resolution order that follows from the bases, as far as it is known."""
        own = self._definition(line)
        if own not in self._orders:
            self._orders[own] = []  # A class that derives from itself has no such order.
            said = line.facts.get("bases", ())
            bases = [code.partition("[")[0] for code in said] if isinstance(said, list) else []
            self._orders[own] = _merged([[base, *self._order_of(base)] for base in bases] + [bases])
        return self._orders[own]

    def _order_of(self, path: str) -> list[str]:
        line = self.defined.get(path)
        if line is not None:
            order = line.facts.get("mro")
            return order if isinstance(order, list) else self.order(line)
        if path in _KNOWN_ORDERS:
            return list(_KNOWN_ORDERS[path])
        class_ = class_of(path)
        above = class_.__mro__[1:-1] if class_ is not None else ()
        named = ((each.__module__, each.__qualname__) for each in above)
        return [name if module == "builtins" else f"{module}.{name}" for module, name in named]

    # -- parameters

    def pieces(self, line: Line) -> Mapping[str, _Piece]:
        """Return the parameters of a constructor by name, variadic ones left out."""
        if id(line) not in self._pieces:
            self._pieces[id(line)] = {piece.name: piece for _, _, piece in _split(line.shape)} if line.shape else {}
        return self._pieces[id(line)]

    def _above(self, line: Line) -> Line | None:
        order = line.facts["mro"] if isinstance(line.facts.get("mro"), list) else self.order(line)
        return next((self.defined[path] for path in order if path in self.defined and self.defined[path].shape), None)

    def own(self, line: Line) -> list[str]:
        """Return the parameters of a class that differ from those of its base class."""
        above = self._above(line)
        there = self.pieces(above) if above is not None else {}
        return [name for name, piece in self.pieces(line).items() if there.get(name) != piece]

    def as_above(self, line: Line) -> str:
        """Return the signature of a class, with the parameters of its base class by name only."""
        above = self._above(line)
        if above is None or not line.shape:
            return line.shape
        there = self.pieces(above)
        parts = ((start, end, each) for start, end, each in _split(line.shape) if there.get(each.name) == each)
        return _replaced(line.shape, [(start, end, _named(each)) for start, end, each in parts])

    def full_shape(self, line: Line) -> str:
        """Return the signature of a class with every parameter in full."""
        if _SAME not in line.shape:
            return line.shape
        above = self._above(line)
        if above is None:
            return line.shape
        above.shape = self.full_shape(above)
        there = self.pieces(above)
        parts = [
            (start, end, f"{piece.name}{there[piece.name].shape}")
            for start, end, piece in _split(line.shape)
            if _SAME in (piece.annotation, piece.default) and piece.name in there
        ]
        return _replaced(line.shape, parts)


def _merged(orders: list[list[str]]) -> list[str]:
    """Return the C3 linearisation of some orders; conflicting classes are left out."""
    found: list[str] = []
    left = [list(order) for order in orders if order]
    while left:
        heads = (order[0] for order in left)
        head = next((each for each in heads if not any(each in order[1:] for order in left)), None)
        if head is None:
            return []
        found.append(head)
        left = [rest for order in left if (rest := order[1:] if order[0] == head else order)]
    return found


def _split(shape: str) -> Iterator[tuple[int, int, _Piece]]:
    """Yield the parameters of a signature that are not variadic, each with its start and end in bytes."""
    head = "def f"
    (definition,) = ast.parse(f"{head}{shape}: ...").body
    assert isinstance(definition, ast.FunctionDef)  # noqa: S101 - the text says so
    arguments, source = definition.args, f"{head}{shape}".encode()
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *((each, default, False) for each, default in zip(positional, [*defaults, *arguments.defaults], strict=True)),
        *((each, default, True) for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)),
    ]
    for argument, default, is_keyword_only in pairs:
        annotation, value = (_text(source, node) for node in (argument.annotation, default))
        end = default or argument
        assert end.end_col_offset is not None  # noqa: S101 - parsed from a text
        yield (
            argument.col_offset - len(head),
            end.end_col_offset - len(head),
            _Piece(argument.arg, annotation, value, is_keyword_only),
        )


def _text(source: bytes, node: ast.expr | None) -> str:
    return source[node.col_offset : node.end_col_offset].decode() if node is not None else ""


def _named(piece: _Piece) -> str:
    return f"{piece.name}={_SAME}" if piece.default else f"{piece.name}: {_SAME}"


def _replaced(shape: str, parts: Sequence[tuple[int, int, str]]) -> str:
    source = shape.encode()
    for start, end, text in sorted(parts, reverse=True):
        source = source[:start] + text.encode() + source[end:]
    return source.decode()


# -- fields


def _implied(piece: _Piece) -> dict[str, Any]:
    """Return the facts of a field that its parameter implies."""
    field = {"is_keyword_only": True} if piece.is_keyword_only else {}
    return {"field": field} if piece.default else {"origin": "declared", "field": field}


def _is_implied(line: Line, classes: _Classes) -> bool:
    """Return True if an attribute is the field that a parameter of the constructor implies."""
    above, _, name = line.path.rpartition(".")
    owner = classes.public.get(above) if line.sort == "attribute" else None
    piece = classes.pieces(owner).get(name) if owner is not None else None
    return piece is not None and line.shape == piece.shape and line.facts == _implied(piece)


def _join(line: Line, classes: _Classes) -> bool:
    """Add the name of a field to the line of its class."""
    above, _, name = line.path.rpartition(".")
    classes.public[above].facts.setdefault("fields", []).append(name)
    return True


def _own(line: Line) -> list[str]:
    """Return the parameters that a signature itself contains."""
    return [piece.name for _, _, piece in _split(line.shape) if _SAME not in (piece.annotation, piece.default)]


def _fields(line: Line, classes: _Classes) -> None:
    """Leave out the names of the fields of a dataclass if they are its own parameters."""
    if line.is_class and line.facts.get("kind") == _DATACLASS:
        fields = line.facts.setdefault("fields", [])
        if sorted(fields) == sorted(classes.own(line)):
            del line.facts["fields"]


def _joined(line: Line, classes: _Classes, own: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of the fields that a class names, or for a dataclass without names, of its own parameters."""
    names = line.facts.pop("fields", own if line.facts.get("kind") == _DATACLASS else ())
    for name in names:
        piece = classes.pieces(line)[name]
        yield Line(path=f"{line.path}.{name}", sort="attribute", shape=piece.shape, facts=_implied(piece))


# -- words


def _names(lines: Sequence[Line]) -> Mapping[str, list[str]]:
    """Return the names in each module, modules left out."""
    found: dict[str, list[str]] = {}
    for line in (each for each in lines if each.sort != "module"):
        above, _, name = line.path.rpartition(".")
        found.setdefault(above, []).append(name)
    return found


def _listed(line: Line, names: Mapping[str, list[str]]) -> None:
    listed = line.facts.get("listed")
    if isinstance(listed, list) and sorted(listed) == sorted(names.get(line.path, ())):
        line.facts["listed"] = True


def _short_path(line: Line) -> None:
    module, _, name = str(line.facts.get("path", "")).rpartition(".")
    if module and name == line.path.rpartition(".")[2]:
        del line.facts["path"]
        above = line.path.rpartition(".")[0]
        line.facts["in"] = module[len(above) :] if module.startswith(f"{above}.") else module


def _name_place(line: Line) -> None:
    """Write a single base and the module of a definition after the kind; leave out the most frequent kind, `method`."""
    bases = line.facts.get("bases")
    if isinstance(bases, list) and len(bases) == 1:
        line.sort += f"{_OF}{line.facts.pop('bases')[0]}"
    if "in" in line.facts:
        line.sort += f"{_IN}{line.facts.pop('in')}"
    if line.sort == _METHOD:
        line.sort = ""


def _take_place(line: Line) -> None:
    line.sort, _, place = (line.sort or _METHOD).partition(_IN)
    line.sort, _, base = line.sort.partition(_OF)
    line.facts |= {"in": place} if place else {}
    line.facts |= {"bases": [base]} if base else {}


def _full_path(line: Line) -> None:
    if "in" in line.facts:
        module, (above, _, name) = line.facts.pop("in"), line.path.rpartition(".")
        line.facts["path"] = f"{above if module.startswith('.') else ''}{module}.{name}"


def _is_hashable(facts: Mapping[str, Any]) -> bool:
    """Return True if instances can be hashed by default. Source: documentation of `dataclasses.dataclass`."""
    options = dict(facts.get("options", ()))
    compares = options.get("eq", "True") == "True" and options.get("frozen", "False") == "False"
    return facts.get("kind") != _DATACLASS or not compares


def _class_sort(line: Line) -> None:
    facts = line.facts
    if facts.setdefault("is_hashable", True) == _is_hashable(facts):
        del facts["is_hashable"]
    if facts.get("kind") == _DATACLASS and facts.setdefault("effects", []) == _EFFECTS:
        del facts["effects"]
    if line.shape and facts.get("constructor") == {}:
        del facts["constructor"]
    if isinstance(facts.get("bases"), list):
        above = f"{line.path.rpartition('.')[0]}."
        facts["bases"] = [f".{base.removeprefix(above)}" if base.startswith(above) else base for base in facts["bases"]]
    frozen = [each for each in facts.get("options", ()) if tuple(each) == _FROZEN]
    facts["options"] = [each for each in facts.pop("options", ()) if each not in frozen]
    if not facts["options"]:
        del facts["options"]
    words = ("base" if line.sort == "base" else "", "frozen" if frozen else "", facts.pop("kind", "class"))
    line.sort = " ".join(filter(None, words))


def _full_class_sort(line: Line) -> None:
    facts, kind = line.facts, line.sort
    line.sort = "class"
    if kind.startswith("base "):
        line.sort, kind = "base", kind.removeprefix("base ")
    if kind.startswith("frozen "):
        kind = kind.removeprefix("frozen ")
        facts["options"] = [list(_FROZEN), *facts.get("options", ())]
    facts |= {"kind": kind} if kind != "class" else {}
    if line.shape:
        facts.setdefault("constructor", {})
    if isinstance(facts.get("bases"), list):
        above = line.path.rpartition(".")[0]
        facts["bases"] = [f"{above}{base}" if base.startswith(".") else base for base in facts["bases"]]
    facts.setdefault("is_hashable", _is_hashable(facts))
    if kind == _DATACLASS:
        facts.setdefault("effects", _EFFECTS)


def _module(line: Line) -> None:
    """Write the modules that are loaded with a module relative to its own name."""
    loaded = line.facts.get("loaded")
    if isinstance(loaded, list):
        line.facts["loaded"] = [each.removeprefix(line.path) if _is_below(each, line.path) else each for each in loaded]

    if line.facts.pop("is_package", False):
        line.sort = _PACKAGE


def _full_module(line: Line) -> None:
    if line.sort == _PACKAGE:
        line.sort = "module"
        line.facts["is_package"] = True
    loaded = line.facts.get("loaded")
    if isinstance(loaded, list):
        line.facts["loaded"] = [f"{line.path}{each}" if each.startswith(".") else each for each in loaded]


def _is_below(path: str, module: str) -> bool:
    return path.startswith(f"{module}.")


def _sort(line: Line) -> None:
    if line.is_class:
        _class_sort(line)
    elif line.sort == "module":
        _module(line)
    elif line.sort == "alias" and line.facts.setdefault("kind", "") == "class":
        del line.facts["kind"]
    elif line.sort == "attribute" and line.facts.get("origin") == "method":
        del line.facts["origin"]
        line.sort = _ASSIGNED
    elif line.sort in _SORTS:
        receiver = _RECEIVERS.get(str(line.facts.get("receiver", "")), "")
        if receiver:
            del line.facts["receiver"]
        manners = [word for fact, (value, word) in _MANNERS.items() if line.facts.get(fact) is value]
        for fact, (value, _) in _MANNERS.items():
            if line.facts.get(fact) is value:
                del line.facts[fact]
        line.sort = " ".join(filter(None, (*manners, receiver, line.sort)))


def _full_sort(line: Line) -> None:
    if is_of_class(line.sort):
        _full_class_sort(line)
    elif line.sort in ("module", _PACKAGE):
        _full_module(line)
    elif line.sort == "alias":
        line.facts.setdefault("kind", "class")
    elif line.sort == _ASSIGNED:
        line.sort = "attribute"
        line.facts["origin"] = "method"
    elif line.sort.rpartition(" ")[2] in _SORTS:
        *words, line.sort = line.sort.split(" ")
        line.facts |= {fact: value for fact, (value, word) in _MANNERS.items() if word in words}
        receiver = next((each for each, word in _RECEIVERS.items() if word in words), "")
        line.facts |= {"receiver": receiver} if receiver else {}
