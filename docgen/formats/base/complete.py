"""Checks that pages are complete: no word of a docstring, symbol, parameter, default or overload is lost.

It compares the reference with the finished pages, independently of the code between the two. A symbol is only looked
for at its anchor, so that the same words in the text of a neighbour do not count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import chain
from typing import NamedTuple

from docgen.findings import Finding
from docgen.formats.base.cells import ANCHOR
from docgen.formats.base.code import with_plain_code
from docgen.formats.base.members import own_packages
from docgen.formats.base.places import WITHOUT_CONSTRUCTOR, Placed, Places
from docgen.formats.base.signatures import value_text
from docgen.model import (
    Attribute,
    Class,
    Docstring,
    Function,
    Location,
    Module,
    Parameter,
    Property,
    Reference,
    Signature,
    Unknown,
    Variable,
    VariableKind,
)
from docgen.prose.headings import KINDS
from docgen.prose.words import markup_words, words

MOST_WORDS = 8
"""How many words a finding names at most."""
_OVERLOAD = "@overload"
_ADDRESS = re.compile(r"\]\((?!\w+:)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
"""The target of a link to another place of the reference."""
_COMMON = re.compile(
    r":[\w+-]+(?::[\w+-]+)?:(?=`)|~[\w.]+\.|^[:@]\w+(?=[ :])|^\.\. (?:container::.*|[\w-]+::)|<[^<>`]+>(?=`)",
    re.MULTILINE,
)
"""The markup that most docstrings have, which is looked for first because looking for all markup takes far longer."""
_LONGEST = 20_000
"""Limit on the length of a docstring that is searched line by line, which takes quadratic time."""
_TELLING = 4
"""Length of a word that is rarely part of others, so that counting it is meaningful."""
_NAMES = frozenset({"bases", "class", "info", "note", "param", "return", "returns", "warning"})
"""Words that are so often names of roles, fields and directives that counting them is meaningless."""
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"\w")
_WORDS_OF_DEFAULTS = ("default", "defaults", "to")
_NONE: Counter[str] = Counter()
_HINT = "Report this: pages should show everything in the sources."


def losses(reference: Reference, places: Places, pages: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """Yield (path of the page, finding) for each symbol that is on no page, or is incomplete on its page.

    Parameters that constructors inherit from other packages are left to the references of those packages.

    Parameters:
        reference: The reference as it was read, with the members that pages show.
        places: The places of its symbols.
        pages: Path -> text of every page to look at; symbols of other pages are passed over.
    """
    law = _Law(own_packages(reference))
    blocks = {path: _Block(with_plain_code(text)) for path, text in pages.items()}
    for module in reference.modules:
        path = places.modules[module.name]
        if page := blocks.get(path):
            yield from ((path, lost) for lost in law.of_module(module, page))
    for placed in places.classes.values():
        if page := blocks.get(placed.page):
            yield from ((placed.page, lost) for lost in law.of_class(placed, page))


class _Symbol(NamedTuple):
    """What a finding contains about its symbol."""

    path: str
    location: Location | None
    expressed: Counter[str] = _NONE
    """Words that the signature shows in its own form."""


class _Block:
    """A page, divided at its anchors.

    Parameters:
        text: The text of the page.
    """

    def __init__(self, text: str) -> None:
        self.parts: dict[str, str] = {}
        """Anchor -> the text from the line that it is on to the next line with anchors."""
        for start, stop, ids in _lines_with_anchors(text):
            part = text[start:stop]
            for each in ids:
                self.parts[each] = f"{self.parts[each]}\n{part}" if each in self.parts else part

    def around(self, path: str, rows: Iterable[str]) -> str:
        """Return the text of a page about a module or class and those of its members that have no heading.

        Parameters:
            path: The path of the module or class.
            rows: Paths of those members.
        """
        own = (anchor for anchor in self.parts if anchor == path or anchor.startswith(f"{path}:"))
        return "\n".join(self.parts.get(anchor, "") for anchor in chain(own, rows))


def _lines_with_anchors(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield (start, end, anchors) of the text between the last anchor of a line and the next line with anchors."""
    ids: list[str] = []
    start = 0
    for found in ANCHOR.finditer(text):
        if ids and "\n" in text[start : found.start()]:
            yield start, found.start(), ids
            ids = []
        ids.append(found["id"])
        start = found.end()
    if ids:
        yield start, len(text), ids


class _Law:
    """Compares symbols with the text at their anchors; a member that several classes inherit is checked once.

    Parameters:
        packages: Names of the packages of the reference.
    """

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages
        self._seen: set[int] = set()

    def of_module(self, module: Module, page: _Block) -> Iterator[Finding]:
        """Yield the losses of a module, its functions, variables and aliases."""
        rows = [f"{module.name}.{each.name}" for each in module.variables if each.kind != VariableKind.CALLABLE]
        around = page.around(module.name, rows)
        symbol = _Symbol(module.name, module.location, _expressed(module.variables))
        yield from _docstring_lost(module.docstring, symbol, around)
        for function in module.functions:
            yield from self._function(function, f"{module.name}.{function.name}", page)
        for variable in module.variables:
            yield from self._variable(variable, f"{module.name}.{variable.name}", page, around)
        for alias in module.aliases:
            yield from _absent(_Symbol(f"{module.name}.{alias.name}", alias.location), page)

    def of_class(self, placed: Placed, page: _Block) -> Iterator[Finding]:
        """Yield the losses of a class and its members; nested classes have places of their own."""
        class_, path = placed.class_, placed.path
        rows = [f"{path}.__init__", *(f"{path}.{each.name}" for each in class_.attributes)]
        around = page.around(path, rows)
        symbol = _Symbol(path, class_.location, _expressed(class_.attributes) + _expressed_by(class_.constructor))
        yield from _absent(symbol, page)
        yield from _docstring_lost(class_.docstring, symbol, around)
        for attribute in class_.attributes:
            yield from self._attribute(attribute, f"{path}.{attribute.name}", page, around)
        for property_ in class_.properties:
            yield from self._property(property_, f"{path}.{property_.name}", page)
        for method in class_.methods:
            yield from self._function(method, f"{path}.{method.name}", page)
        yield from self._constructor(class_, path, page, around)

    def _constructor(self, class_: Class, path: str, page: _Block, around: str) -> Iterator[Finding]:
        for function in (class_.constructor, class_.initializer):
            if not isinstance(function, Function) or not self._is_new(function):
                continue
            symbol = _Symbol(f"{path}.__init__", function.location or class_.location, _expressed_by(function))
            if function is class_.constructor and class_.kind not in WITHOUT_CONSTRUCTOR:
                yield from _absent(symbol, page)
                yield from _signatures_lost(function, symbol, page.parts.get(symbol.path, ""))
            for docstring in (function.docstring, *(each.docstring for each in function.overloads)):
                if docstring and (docstring.inherited_from or path).partition(".")[0] in self._packages:
                    yield from _docstring_lost(docstring, symbol, around)

    def _function(self, function: Function, path: str, page: _Block) -> Iterator[Finding]:
        symbol = _Symbol(path, function.location, _expressed_by(function))
        yield from _absent(symbol, page)
        if not self._is_new(function):
            return
        text = page.parts.get(path, "")
        yield from _signatures_lost(function, symbol, text)
        for docstring in (function.docstring, *(each.docstring for each in function.overloads)):
            yield from _docstring_lost(docstring, symbol, text)

    def _property(self, property_: Property, path: str, page: _Block) -> Iterator[Finding]:
        symbol = _Symbol(path, property_.location)
        yield from _absent(symbol, page)
        if self._is_new(property_):
            yield from _docstring_lost(property_.docstring, symbol, page.parts.get(path, ""))

    def _attribute(self, attribute: Attribute, path: str, page: _Block, around: str) -> Iterator[Finding]:
        symbol = _Symbol(path, attribute.location)
        yield from _absent(symbol, page)
        if self._is_new(attribute):
            yield from _words_lost(attribute.description, 0, symbol, page.parts.get(path, ""), around)

    def _variable(self, variable: Variable, path: str, page: _Block, around: str) -> Iterator[Finding]:
        symbol = _Symbol(path, variable.location)
        own = page.parts.get(path, "")
        if variable.kind == VariableKind.CALLABLE:
            # A callable object has a heading of its own, so the text around the module's anchor does not contain it.
            if variable.function is not None:
                yield from self._function(variable.function, path, page)
            else:
                yield from _absent(symbol, page)
            yield from _words_lost(variable.description, 0, symbol, own)
        else:
            yield from _absent(symbol, page)
            yield from _words_lost(variable.description, 0, symbol, own, around)

    def _is_new(self, symbol: Attribute | Property | Function) -> bool:
        is_new = id(symbol) not in self._seen
        self._seen.add(id(symbol))
        return is_new


def _expressed_by(function: Function | Unknown | None) -> Counter[str]:
    parameters = function.signature.parameters if isinstance(function, Function) else ()
    return _expressed(parameters if isinstance(parameters, tuple) else ())


def _expressed(values: Iterable[Parameter | Attribute | Variable]) -> Counter[str]:
    """Return the words that defaults and values on a page express, so that the page need not contain them."""
    number = sum((each.default if isinstance(each, Parameter) else each.value) is not None for each in values)
    return Counter(dict.fromkeys(_WORDS_OF_DEFAULTS, number)) if number else _NONE


def _docstring_lost(docstring: Docstring | None, symbol: _Symbol, shown: str) -> Iterator[Finding]:
    if docstring is not None:
        yield from _words_lost(docstring.raw, docstring.line, symbol, shown)


def _words_lost(raw: str, line: int, symbol: _Symbol, *places: str) -> Iterator[Finding]:
    """Yield a finding if words of a docstring, or of a description in Markdown, are not shown.

    Parameters:
        raw: The docstring.
        line: The line that it begins on; 0 if it is not written at the symbol.
        symbol: The symbol that it belongs to.
        places: The texts that may show it, the likeliest first; the last one contains the others.
    """
    if not raw or any(map(partial(_is_shown, raw, symbol.expressed.keys()), places)):
        return
    # A page shows only once what a docstring repeats.
    once = "\n".join(dict.fromkeys(map(str.strip, raw.split("\n"))))
    lost = words(once) - words(_ADDRESS.sub("]", places[-1]))
    if lost:
        lost = lost - markup_words(raw) - symbol.expressed
    if lost:
        named = ", ".join(list(lost)[:MOST_WORDS]) + (", ..." if len(lost) > MOST_WORDS else "")
        text = f"words of the docstring of {symbol.path} are missing from its pages: {named}"
        yield _finding("DG505", text, symbol, line and line + _line_of(next(iter(lost)), raw))


def _is_shown(raw: str, expressed: AbstractSet[str], shown: str) -> bool:
    """Return True if a page certainly shows a docstring; otherwise its words have to be counted, which is slow."""
    return len(raw) <= _LONGEST and all(
        word in shown if len(word) < _TELLING or word in _NAMES else shown.count(word) >= raw.count(word)
        for word in _changed(raw, shown) - expressed
    )


def _changed(raw: str, shown: str) -> set[str]:
    """Return the words of the lines of a docstring that are not shown as written, without headings."""
    lines = (bare for line in raw.split("\n") if (bare := line.strip()) not in shown)
    changed = (line for line in lines if line.rstrip(":").lower() not in KINDS)
    return set(_WORD.findall(_COMMON.sub("", "\n".join(changed))))


def _line_of(word: str, raw: str) -> int:
    """Return the first line of a docstring that contains a word, from 0."""
    found = re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", raw.casefold())
    return raw.casefold()[: found.start()].count("\n") if found else 0


def _absent(symbol: _Symbol, page: _Block) -> Iterator[Finding]:
    if symbol.path not in page.parts:
        yield _finding("DG506", f"{symbol.path} is not on its page", symbol)


def _signatures_lost(function: Function, symbol: _Symbol, text: str) -> Iterator[Finding]:
    """Yield a finding for each parameter, default and overload that a string does not show."""
    if not text:
        return
    if text.count(_OVERLOAD) < len(function.overloads):
        yield _finding("DG507", f"overloads of {symbol.path} are not on its page", symbol)
    signatures = chain([function.signature], (each.signature for each in function.overloads))
    for name, what in dict.fromkeys(chain.from_iterable(_missing(each, text) for each in signatures)):
        yield _finding("DG507", f"{what} of the parameter {name} of {symbol.path} is not on its page", symbol)


def _missing(signature: Signature, text: str) -> Iterator[tuple[str, str]]:
    if not isinstance(signature.parameters, tuple):
        return
    for parameter in signature.parameters:
        if not _has_name(text, parameter.name):
            yield parameter.name, "the name"
        if value_text(parameter.default) not in text:
            yield parameter.name, "the default"


def _has_name(text: str, name: str) -> bool:
    """Return True if a string contains a name, and not as a part of a longer one."""
    place = text.find(name)
    while place >= 0:
        stop = place + len(name)
        if not _LETTER.match(text[place - 1 : place]) and not _LETTER.match(text[stop : stop + 1]):
            return True
        place = text.find(name, place + 1)
    return False


def _finding(code: str, text: str, symbol: _Symbol, line: int = 0) -> Finding:
    where = symbol.location
    return Finding(
        path=where.file if where else symbol.path,
        line=line or (where.line if where else 1),
        code=code,
        text=text,
        hint=_HINT,
    )
