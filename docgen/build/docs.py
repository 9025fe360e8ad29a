"""Docstrings of symbols: which symbol they belong to, their sections, and which part describes which parameter."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from docgen.build.natives import native_docstring
from docgen.model import Docstring, Parameter, Signature
from docgen.prose.blocks import Problem
from docgen.prose.read import read_docstring, to_markdown
from docgen.prose.sections import Section, SectionKind
from docgen.prose.style import Style
from docgen.runtime.values import Class, Function, Native, Scope, function_in
from docgen.runtime.world import World
from docgen.sources.trees import raw_docstring

PARAMETER_SECTIONS = frozenset({SectionKind.PARAMETERS, SectionKind.OTHER_PARAMETERS})


_HOLDERS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.Try, ast.ExceptHandler)
"""Nodes that have a docstring or contain nodes that have one."""


class Docs:
    """Reads docstrings.

    Parameters:
        world: Where overridden methods are looked up.
        is_own: Returns True for modules of the documented packages; the user cannot change those of others.
    """

    def __init__(self, world: World, is_own: Callable[[str], bool]) -> None:
        self.world = world
        self.is_own = is_own
        self.style = Style.GOOGLE
        self._read: dict[tuple[str, Style], tuple[tuple[Section, ...], list[Problem]]] = {}

    def of(
        self, raw: str | None, node: ast.AST | None = None, home: Scope | None = None, *, inherited_from: str = ""
    ) -> Docstring | None:
        """Return a docstring by section, or None.

        Parameters:
            raw: The string in the source.
            node: The definition that contains it; None if it is written elsewhere.
            home: The scope of the definition; markup of its docstring that is not understood is a finding.
            inherited_from: The symbol that it belongs to, if that is another one.
        """
        if raw is None:
            return None
        line = 0 if node is None else _line(node)
        sections, problems = self._sections(raw)
        if problems and home is not None and self.is_own(home.source.name):
            for problem in problems:
                at = ast.Pass(lineno=line + problem.line, col_offset=0)
                self.world.note("DG110", at, home, problem.what, "Its text is shown as a block of code.")
        return Docstring(raw=raw, line=line, inherited_from=inherited_from, style=self.style.value, sections=sections)

    def _sections(self, raw: str) -> tuple[tuple[Section, ...], list[Problem]]:
        key = raw, self.style
        if key not in self._read:
            problems: list[Problem] = []
            self._read[key] = read_docstring(raw, self.style, problems), problems
        return self._read[key]

    def text(self, raw: str) -> str:
        """Return a string without its indentation as Markdown."""
        return to_markdown(raw, self.style).text

    def of_function(self, function: Function, name: str, owner: Class | None) -> Docstring | None:
        """Return the docstring of a function, or that of the method it overrides, as `inspect.getdoc` finds it.

        Parameters:
            function: Seen through its decorators.
            name: The name of the member.
            owner: The class that defines it; None in a module.
        """
        own = self.world.docstrings.of_function(function)
        if own is not None or owner is None:
            is_written = own == raw_docstring(function.node)
            return self.of(own, function.node if is_written else None, function.home)
        for each in self.world.classes.mro(owner)[1:]:
            if isinstance(each, Class):
                inherited = function_in(self.world.classes.own(each, name))
                raw = self.world.docstrings.of_function(inherited) if inherited else None
                if raw is not None:
                    return self.of(raw, inherited_from=f"{each.path}.{name}")
            elif isinstance(each, Native) and each.value is not object and name != "__init__":
                raw = native_docstring(each, name, ".".join(map(str, self.world.python)))
                if raw is not None:
                    return self.of(raw, inherited_from=f"{each.value.__module__}.{each.value.__qualname__}.{name}")  # type: ignore[attr-defined] # a class
        return None


def descriptions(docstring: Docstring | None, kinds: Iterable[SectionKind] = PARAMETER_SECTIONS) -> Mapping[str, str]:
    """Return the descriptions in the rows of some sections of a docstring, by name."""
    if docstring is None:
        return {}
    sections = (section for section in docstring.sections if section.kind in kinds)
    return {item.name: item.text for section in sections for item in section.items if item.name and item.text}


def described(signature: Signature, texts: Mapping[str, str]) -> Signature:
    """Return a signature whose parameters have the given descriptions; the other parameters are unchanged."""
    if not texts or not isinstance(signature.parameters, tuple):
        return signature
    found = tuple(_described(each, texts) for each in signature.parameters)
    return msgspec.structs.replace(signature, parameters=found)


def _described(parameter: Parameter, texts: Mapping[str, str]) -> Parameter:
    text = texts.get(parameter.name)
    return msgspec.structs.replace(parameter, description=text) if text else parameter


def _line(node: ast.AST) -> int:
    """Return the line that the docstring of a definition begins on, 0 if it has none."""
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return first.lineno if isinstance(first, ast.Expr) else 0


def docstrings_in(node: ast.AST) -> Iterator[str]:
    """Yield the docstrings of a module or class and of everything defined in its body, nested blocks included."""
    raw = raw_docstring(node)
    if raw is not None:
        yield raw
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for block in ("body", "orelse", "finalbody", "handlers"):
        for each in getattr(node, block, ()):
            if isinstance(each, _HOLDERS):
                yield from docstrings_in(each)
            elif isinstance(each, ast.Assign) and getattr(each.targets[0], "attr", "") == "__doc__":
                pieces = (part.value for part in ast.walk(each.value) if isinstance(part, ast.Constant))
                yield from (piece for piece in pieces if isinstance(piece, str))
