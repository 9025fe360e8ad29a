"""Parses a published page into its model: the inverse of `render`.

A page does not show everything (`visible` defines what each dialect shows), and it may contradict itself: a signature
has one type, the table below it another. The signature then wins, and the contradiction is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.errors import PageError
from docgen.files import read_page
from docgen.findings import Finding
from docgen.formats.base.read_signatures import outside_strings
from docgen.formats.flyte.dialect import Dialect, Printing, Site
from docgen.formats.flyte.page_model import (
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
from docgen.formats.flyte.spelling import shown_name, shown_type, stars
from docgen.formats.markdown import uncell, unescape_entities
from docgen.model import ParameterKind
from docgen.order import moved

_KINDS = {"": ParameterKind.POSITIONAL_OR_KEYWORD, "*": ParameterKind.VAR_POSITIONAL, "**": ParameterKind.VAR_KEYWORD}
_NOTE = r"\n?> \[!NOTE\][^\n]*\n(?:> [^\n]*\n)*?> `result = await (?P<awaited>[^\n]*)\.aio\(\)`\.\n"
_BLOCK = re.compile(rf"^###+ (?P<name>\w+)\(\)\n\n(?:{_NOTE})?```python\ndef (?P=name)\(", re.MULTILINE)
_SIGNATURE = re.compile(
    r"```python\n(?:class|def) (?P<name>\w+)\((?:\)|\n(?P<parameters>(?:    [^\n]*,\n)*)\))"
    r"(?: -> (?P<returns>[^\n]*))?\n```\n"
)
_PROTOCOL = re.compile(r"^```python\nprotocol \w+\(\)\n```\n", re.MULTILINE)
_CONSTRUCTOR = re.compile(r"^## Parameters\n\n(?=```python\n(?:class|def) \w+\()", re.MULTILINE)
_PARAMETERS = re.compile(r"^\| Parameter \| Type \| Description \|\n\|-\|-\|-\|\n", re.MULTILINE)
_PROPERTIES = re.compile(r"^## Properties\n\n\| Property \| Type \| Description \|\n\|-\|-\|-\|\n", re.MULTILINE)
_METHODS = re.compile(r"^## Methods\n\n\| Method \| Description \|\n\|-\|-\|\n", re.MULTILINE)
_TAIL = re.compile(
    r"^(?:\*\*Returns:\*\* |\*\*Returns\*\*\n\n|\*\*Raises\*\*\n\n\| Exception \| Description \|\n|> \[!NOTE\]\n)",
    re.MULTILINE,
)
_FRONT = re.compile(r"---\n(?P<keys>(?:\w+: [^\n]*\n)+)---\n\n")
_HEAD = re.compile(r"# (?P<name>[^\n]+)\n\n")
_PACKAGE = re.compile(r"\*\*Package:\*\* `(?P<package>[\w.]+)`\n\n?")
_FOOTER = re.compile(r"---\n\*\*Source\*\*: [^\n]*\n\*\*HTML\*\*: [^\n]*\n?\Z")
_DIRECTORY = re.compile(r"^## Directory\n", re.MULTILINE)
_VARIABLES = re.compile(r"^### Variables\n\n\| Property \| Type \| Description \|\n\|-\|-\|-\|\n", re.MULTILINE)
_FUNCTIONS = re.compile(r"^### Methods\n\n\| Method \| Description \|\n\|-\|-\|\n", re.MULTILINE)
_LISTED = re.compile(r"\[`(?P<name>\w+)\(\)`\]")
_GROUP = re.compile(r"^### (?P<group>Classes|Protocols|Errors)\n\n\| \w+ \| Description \|\n\|-\|-\|\n", re.MULTILINE)
_LINK = re.compile(r"\[`(?P<name>\w+)`\]\((?P<link>[^)]*)\)")
_ROW = re.compile(r"\|(?P<cells>[^\n]*)\|\n")
_BAR = re.compile(r"(?<!\\)\|")
_LINE = re.compile(r"\n")
_RULE = re.compile(r"\|-\|-\|\n")
_KIND_OF_GROUP = {"Classes": ClassKind.CLASS, "Protocols": ClassKind.PROTOCOL, "Errors": ClassKind.ERROR}


@dataclass(frozen=True, kw_only=True)
class ParsedPage:
    """The contents of a page."""

    value: Class | Package
    """The classes of a package have only their name and kind; the rest is on their own pages."""
    front: dict[str, str] = field(default_factory=dict)
    """Keys of the front matter."""
    findings: tuple[Finding, ...] = ()
    """Contradictions on the page."""
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each symbol, by its path: `package.Class.method(parameter)`."""


@dataclass(frozen=True, kw_only=True)
class ParsedTree:
    """The contents of a tree of pages."""

    reference: Reference
    site: Site
    """Values that the site added, as far as pages show them."""
    findings: tuple[Finding, ...] = ()


def parse_page(text: str, dialect: Dialect, path: str = "page") -> ParsedPage:
    """Return the contents of the page of a class or of a package.

    Parameters:
        text: The page.
        dialect: The dialect it is written in.
        path: Its name in messages and findings.

    Raises:
        PageError: It is not a page of a class or package.
    """
    return _PageParser(text, dialect.printing, path).page()


def parse_tree(folder: Path, dialect: Dialect) -> ParsedTree:
    """Return the contents of the pages of a whole tree.

    Raises:
        PageError: A page is missing, or is not a reference page.
    """
    printing = dialect.printing
    index = f"{printing.index_name}.md"
    pages = [
        page
        for path in sorted((folder / printing.packages_folder).glob(f"*/{index}"))
        for page in _package_pages(path, dialect)
    ]
    home = _Scanner(read_page(folder / index), str(folder / index))
    front = home.front_matter()
    title = home.expect(_HEAD, "a heading")["name"]
    include = home.until(_DIRECTORY)
    return ParsedTree(
        reference=Reference(
            distribution=title,
            version=front.get("version", ""),
            packages=tuple(page.value for page in pages if isinstance(page.value, Package)),
        ),
        site=Site(
            title=title,
            variants=front.get("variants", ""),
            weight=int(weight) if (weight := front.get("weight", "")).isdecimal() else 0,
            include=include.removesuffix("\n\n"),
        ),
        findings=tuple(finding for page in pages for finding in page.findings),
    )


def _package_pages(index: Path, dialect: Dialect) -> list[ParsedPage]:
    """Return the page of a package with its classes filled in from their own pages."""
    page = parse_page(read_page(index), dialect, str(index))
    if not isinstance(page.value, Package):
        raise PageError(str(index), 1, "expected the page of a package, got that of a class.")
    classes: list[Class] = []
    findings = list(page.findings)
    for listed in page.value.classes:
        path = index.parent / f"{listed.name.lower()}.md"
        parsed = parse_page(read_page(path), dialect, str(path))
        if not isinstance(parsed.value, Class):
            raise PageError(str(path), 1, "expected the page of a class, got that of a package.")
        classes.append(replace(parsed.value, kind=listed.kind))
        findings += parsed.findings
    value = replace(page.value, classes=tuple(sorted(classes, key=lambda class_: class_.name)))
    return [replace(page, value=value, findings=tuple(findings))]


class _Scanner:
    """A text, the position up to which it has been read, and its path for messages."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.position = 0

    def line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read the match of a pattern at the current position, if there is one."""
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def expect(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        """Read the match of a pattern at the current position."""
        found = self.accept(pattern)
        if found is None:
            rest = self.text[self.position :].split("\n", 1)[0]
            problem = f"expected {expected}, got {rest[:60]!r}. Check that this is a reference page, and its dialect."
            raise PageError(self.path, self.line(self.position), problem)
        return found

    def until(self, *patterns: re.Pattern[str]) -> str:
        """Read up to the first place where one of the patterns matches, or to the end."""
        found = [match.start() for pattern in patterns if (match := pattern.search(self.text, self.position))]
        start, self.position = self.position, min(found, default=len(self.text))
        return self.text[start : self.position]

    def rows(self, columns: int) -> Iterator[tuple[int, list[str]]]:
        """Read table rows: the line and the cells of each."""
        while found := self.accept(_ROW):
            cells = [uncell(text) for text in _BAR.split(found["cells"])]
            if len(cells) != columns:
                problem = f"expected a row of {columns} cells, got {len(cells)}. Correct the row."
                raise PageError(self.path, self.line(found.start()), problem)
            yield self.line(found.start()), cells

    def rest(self) -> str:
        """Read the rest."""
        return self.until()

    def front_matter(self) -> dict[str, str]:
        found = self.accept(_FRONT)
        pairs = (line.partition(": ") for line in found["keys"].splitlines()) if found else ()
        return {key: value for key, colon, value in pairs if colon}


class _PageParser(_Scanner):
    """Parses the page of a class or of a package."""

    def __init__(self, text: str, printing: Printing, path: str) -> None:
        super().__init__(_FOOTER.sub("", text) if printing.has_footer else text, path)
        self.printing = printing
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}
        self.owner = ""

    def page(self) -> ParsedPage:
        front = self.front_matter()
        name = self.expect(_HEAD, "a heading")["name"]
        package = self.accept(_PACKAGE)
        self.owner = f"{package['package']}.{name}" if package else name
        self.lines[self.owner] = self.line(0)
        value = self.class_(name, package["package"]) if package else self.package(name)
        return ParsedPage(value=value, front=front, findings=tuple(self.findings), lines=self.lines)

    def class_(self, name: str, package: str) -> Class:
        text = self.prose(self.until(_PROTOCOL, _CONSTRUCTOR, _PROPERTIES, _METHODS))
        is_protocol = self.accept(_PROTOCOL) is not None
        constructor = self.function("__init__", shown=name) if self.accept(_CONSTRUCTOR) else None
        properties = tuple(self.properties()) if self.accept(_PROPERTIES) else ()
        self.until(_METHODS)
        return Class(
            name=name,
            package=package,
            kind=ClassKind.PROTOCOL if is_protocol else ClassKind.CLASS,
            docstring=Docstring(text=text),
            constructor=constructor,
            properties=properties,
            methods=self.functions(_METHODS, name),
        )

    def package(self, name: str) -> Package:
        text = self.until(_DIRECTORY).removesuffix("\n")
        self.expect(_DIRECTORY, "the directory of a package or the package of a class")
        classes = tuple(self.listed_classes(name))
        head = self.position
        self.until(_VARIABLES)
        variables = tuple(self.variables()) if self.accept(_VARIABLES) else ()
        self.position = head
        self.until(_FUNCTIONS)
        functions = self.functions(_FUNCTIONS, None)
        return Package(
            name=name, docstring=Docstring(text=text), classes=classes, functions=functions, variables=variables
        )

    def listed_classes(self, package: str) -> Iterator[Class]:
        end = self.position
        for group in _GROUP.finditer(self.text, self.position):
            self.position = group.end()
            for _, (name, _) in self.rows(2):
                listed = _LINK.match(name)
                if listed:
                    yield Class(name=listed["name"], package=package, kind=_KIND_OF_GROUP[group["group"]])
            end = self.position
        self.position = end

    def properties(self) -> Iterator[Property]:
        for line, (name, annotation, text) in self.rows(3):
            shown = _code(annotation)
            shown = None if shown == self.printing.untyped_property else shown
            if shown is not None and not self.printing.shows_property_types:
                expected = f"where this format has {self.printing.untyped_property} for every property"
                self.contradiction(self.position, f"{_code(name)} has type {shown}, {expected}", line=line)
            docstring = Docstring(text=unescape_entities(text, self.printing.entities))
            self.lines[f"{self.owner}.{_code(name)}"] = line
            yield Property(name=_code(name) or "", annotation=shown, docstring=docstring)

    def variables(self) -> Iterator[Variable]:
        for _, (name, annotation, _) in self.rows(3):
            yield Variable(name=_code(name) or "", annotation=_code(annotation))

    def functions(self, table: re.Pattern[str], owner: str | None) -> tuple[Function, ...]:
        """Read a table of functions and their blocks."""
        start = self.position
        listed = (
            [found["name"] for _, (name, _) in self.rows(2) if (found := _LISTED.match(name))]
            if self.accept(table)
            else []
        )
        functions: list[Function] = []
        self.until(_BLOCK)
        while block := self.accept(_BLOCK):
            self.position = self.text.index("```python\n", block.start())
            function = self.function(block["name"])
            functions.append(_awaitable(function, block["awaited"], owner))
        documented = [function.name for function in functions]
        for name in sorted(set(listed).symmetric_difference(documented)):
            problem = (
                "is in the table of methods and has no block"
                if name in listed
                else "has a block and is not in the table of methods"
            )
            self.contradiction(start, f"{name}() {problem}")
        for name in moved(listed, documented):
            self.contradiction(start, f"{name}() has another place in the table of methods than its block has")
        return tuple(functions)

    def function(self, name: str, *, shown: str = "") -> Function:
        """Read a signature and everything below it, up to the next block or section.

        Parameters:
            name: The name of the function.
            shown: The name in its signature, if it differs: a constructor shows that of its class.
        """
        start = self.position
        signature = self.expect(_SIGNATURE, "a signature")
        if signature["name"] != (shown or name):
            self.contradiction(start, f"{name}(): the signature is that of {signature['name']}, not of {shown or name}")
        path = self.owner if name == "__init__" else f"{self.owner}.{name}"
        self.lines[path] = self.line(start)
        parameters = [_parameter(line, self.printing) for line in (signature["parameters"] or "").splitlines()]
        for number, parameter in enumerate(parameters):
            self.lines[f"{path}({parameter.name})"] = self.line(start) + 2 + number
        end = _first(self.text, self.position, (_BLOCK, _PROPERTIES, _METHODS))
        body = _Scanner(self.text[:end], self.path)
        body.position = self.position
        text = body.until(_PARAMETERS) if parameters else body.until(_TAIL)
        described: dict[str, tuple[str, str]] = {}
        if parameters and body.accept(_PARAMETERS):
            described = {_code(cells[0]) or "": (cells[1], cells[2]) for _, cells in body.rows(3)}
            body.accept(_LINE)
        self.check_table(start, name, parameters, described)
        docstring = _tail(body, self.printing, self.prose(text))
        self.position = end
        return Function(
            name=name,
            parameters=tuple(
                replace(
                    p,
                    description=unescape_entities(
                        described.get(shown_name(p, self.printing), ("", ""))[1], self.printing.entities
                    ),
                )
                for p in parameters
            ),
            returns=signature["returns"],
            docstring=docstring,
        )

    def check_table(
        self, start: int, name: str, parameters: list[Parameter], described: dict[str, tuple[str, str]]
    ) -> None:
        """Add a finding if the table of parameters contradicts the signature."""
        for number, each in enumerate(parameters):
            marks = stars(each, self.printing) if self.printing.marks_variadics == "name" else ""
            if marks and each.annotation not in (None, f"{marks}{each.name}"):
                message = f"has type {each.annotation}, where this format has {marks}{each.name}"
                self.contradiction(
                    start, f"{name}(): parameter {each.name} {message}", line=self.line(start) + 2 + number
                )
        types = {shown_name(each, self.printing): uncell(shown_type(each, self.printing)) for each in parameters}
        in_table = {parameter: _code(cells[0]) or "" for parameter, cells in described.items()}
        for parameter in sorted(types.keys() ^ in_table.keys()):
            where = "signature" if parameter in types else "table of parameters"
            self.contradiction(start, f"{name}(): parameter {parameter} is in the {where} only")
        for parameter in types.keys() & in_table.keys():
            one, other = types[parameter] or "none", in_table[parameter] or "none"
            if one != other:
                message = f"has type {one} in the signature, {other} in the table"
                self.contradiction(start, f"{name}(): parameter {parameter} {message}")
        for parameter in moved(types, in_table):
            self.contradiction(
                start, f"{name}(): parameter {parameter} has another place in the table than in the signature"
            )

    def contradiction(self, position: int, text: str, *, line: int = 0) -> None:
        """Add a finding about a contradiction on this page, at a line or at the line of a position."""
        hint = "The page contradicts itself; the signature is used."
        found = Finding(path=self.path, line=line or self.line(position), code="DG501", text=text, hint=hint)
        self.findings.append(found)

    def prose(self, text: str) -> str:
        """Return the string of the docstring, without the blank lines that the page adds."""
        text = text.rstrip("\n") if self.printing.squeezes_blank_lines else text.removesuffix("\n\n\n")
        return unescape_entities(text, self.printing.entities)


def _tail(body: _Scanner, printing: Printing, prose: str) -> Docstring:
    """Return the docstring of a block: its text, and the sections below the table."""
    returns: str | None = None
    raises: list[tuple[str, str]] = []
    notes: list[str] = []
    end = "\n" if printing.squeezes_blank_lines else "\n\n"
    while found := body.accept(_TAIL):
        if found[0].startswith("**Raises"):
            body.expect(_RULE, "a table of exceptions")
            raises = [
                (_code(name) or "", unescape_entities(text, printing.entities)) for _, (name, text) in body.rows(2)
            ]
            body.accept(_LINE)
            continue
        piece = unescape_entities(
            body.until(_TAIL).removesuffix(end).rstrip("\n" if end == "\n" else ""), printing.entities
        )
        if found[0].startswith("**"):
            returns = piece
        else:
            notes.append("\n".join(line.removeprefix("> ") for line in piece.rstrip("\n").split("\n")))
    return Docstring(text=prose, returns=returns, raises=tuple(raises), notes=tuple(notes))


def _awaitable(function: Function, awaited: str | None, owner: str | None) -> Function:
    """Return a function with the facts in the note on `.aio()`: that it exists, and its receiver."""
    if awaited is None:
        return function
    before = awaited.removesuffix(function.name).removesuffix(".")
    if before == f"<{owner} instance>":
        return replace(function, is_syncified=True, receiver=Receiver.INSTANCE)
    if before == (owner or ""):
        receiver = Receiver.CLASS if owner else Receiver.NONE
        return replace(function, is_syncified=True, receiver=receiver)
    return replace(function, is_syncified=True, parent=before)


def _parameter(line: str, printing: Printing) -> Parameter:
    """Return the parameter that a line of a signature declares."""
    declared = line.strip().removesuffix(",")
    default = None
    if printing.shows_defaults:
        declared, default = _split_default(declared)
    shown, colon, annotation = declared.partition(": ")
    name = shown.lstrip("*")
    parameter = Parameter(name=name, annotation=annotation if colon else None, default=default)
    if printing.marks_variadics == "name":
        return replace(parameter, kind=_KINDS[stars(parameter, printing)])
    return replace(parameter, kind=_KINDS[shown[: len(shown) - len(name)]])


def _split_default(declared: str) -> tuple[str, str | None]:
    """Split a declaration at the equals sign outside brackets and quotes."""
    for index, _, depth in outside_strings(declared):
        if not depth and declared.startswith(" = ", index):
            return declared[:index], declared[index + 3 :]
    return declared, None


def _first(text: str, start: int, patterns: tuple[re.Pattern[str], ...]) -> int:
    return min((found.start() for p in patterns if (found := p.search(text, start))), default=len(text))


def _code(cell: str) -> str | None:
    """Return the code in a cell, None if there is none."""
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == "`" else None
