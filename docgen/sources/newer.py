"""Type parameters and `type` statements on Pythons whose grammar does not have them yet.

Takes a text that the interpreter cannot parse, and returns the tree that Python 3.12 and later make from it. The
brackets are blanked out, the rest is parsed, and the parameters are put into the tree, so that every node keeps its
position. Source: PEP 695, PEP 696.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Sequence
from itertools import pairwise
from tokenize import TokenInfo
from typing import Any

Parse = Callable[[str], ast.Module]

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_LAYOUT = frozenset(
    {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT, tokenize.ENCODING}
)


class TypeVar(ast.AST):
    """A node as `ast` has it since Python 3.12."""

    _fields = ("name", "bound", "default_value")


class ParamSpec(ast.AST):
    """A node as `ast` has it since Python 3.12."""

    _fields = ("name", "default_value")


class TypeVarTuple(ast.AST):
    """A node as `ast` has it since Python 3.12."""

    _fields = ("name", "default_value")


class TypeAlias(ast.stmt):
    """A node as `ast` has it since Python 3.12."""

    _fields = ("name", "type_params", "value")


_KINDS: dict[str, type[ast.AST]] = {"": TypeVar, "*": TypeVarTuple, "**": ParamSpec}


def parse_newer(text: str, parse: Parse) -> ast.Module | None:
    """Return the tree of a string that declares type parameters; None if it declares none.

    Parameters:
        text: Of a module.
        parse: Parses what older Pythons can.

    Raises:
        SyntaxError: It is wrong in another way too.
    """
    found = _Declarations(text)
    if not found.parameters and not found.aliases:
        return None
    tree = parse(found.plain)
    _Completed(found).visit(tree)
    return tree


class _Declarations:
    """The positions of type parameters and aliases in a text, and the text without them.

    Parameters:
        text: Of a module.
    """

    def __init__(self, text: str) -> None:
        self.parameters: dict[tuple[int, str], list[ast.AST]] = {}
        """(line of `def`, `class` or `type`, defined name) -> contents of the brackets after it."""
        self.aliases: set[tuple[int, str]] = set()
        """The same for each `type` statement."""
        self._lines = text.splitlines(keepends=True)
        try:
            self._tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        except tokenize.TokenError as error:
            raise SyntaxError(str(error)) from error
        for index in range(len(self._tokens) - 2):
            self._look(index)

    @property
    def plain(self) -> str:
        """The text with every bracket blank and every alias an assignment."""
        return "".join(self._lines)

    def _look(self, index: int) -> None:
        word, name, after = self._tokens[index : index + 3]
        if word.type != tokenize.NAME or name.type != tokenize.NAME:
            return
        key = word.start[0], name.string
        is_alias = word.string == "type" and after.string in {"[", "="} and self._begins_statement(index)
        if not is_alias and (word.string not in {"def", "class"} or after.string != "["):
            return
        if after.string == "[":
            end = self._end(index + 2)
            self.parameters[key] = _parameters(self._tokens[index + 3 : end])
            self._blank(after.start, self._tokens[end].end)
        if is_alias:
            self.aliases.add(key)
            line = self._lines[word.start[0] - 1]
            width = name.end[1] - word.start[1]
            self._lines[word.start[0] - 1] = line[: word.start[1]] + name.string.ljust(width) + line[name.end[1] :]

    def _begins_statement(self, index: int) -> bool:
        return index == 0 or self._tokens[index - 1].type in _LAYOUT or self._tokens[index - 1].string in {";", ":"}

    def _end(self, start: int) -> int:
        """Return the index of the bracket that closes the one at an index."""
        depth = 0
        for index in range(start, len(self._tokens)):
            depth += (self._tokens[index].string in _OPENING) - (self._tokens[index].string in _CLOSING)
            if not depth:
                return index
        raise SyntaxError("'[' was never closed")

    def _blank(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Replace a part of the text by spaces; if it spans several lines, these are joined by continuations."""
        for number in range(start[0], end[0] + 1):
            line = self._lines[number - 1]
            begin = start[1] if number == start[0] else 0
            stop = end[1] if number == end[0] else len(line.rstrip("\r\n"))
            joint = "\\" if number < end[0] else ""
            self._lines[number - 1] = line[:begin] + " " * (stop - begin - len(joint)) + joint + line[stop:]


def _parameters(tokens: Sequence[TokenInfo]) -> list[ast.AST]:
    """Return the nodes of the parameters between brackets."""
    parts: list[list[TokenInfo]] = [[]]
    depth = 0
    for token in tokens:
        if token.type in _LAYOUT:
            continue
        depth += (token.string in _OPENING) - (token.string in _CLOSING)
        if token.string == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [_parameter(part) for part in parts if part]


def _parameter(tokens: list[TokenInfo]) -> ast.AST:
    stars = tokens.pop(0).string if tokens[0].string in {"*", "**"} else ""
    if not tokens or tokens[0].type != tokenize.NAME:
        raise SyntaxError("expected the name of a type parameter")
    name, rest = tokens[0], tokens[1:]
    cuts = [n for n, depth in enumerate(_depths(rest)) if not depth and rest[n].string in {":", "="}]
    parts = {rest[a].string: rest[a + 1 : b] for a, b in pairwise([*cuts, len(rest)])}
    node: Any = _KINDS[stars]()  # `ast` types no node that this interpreter does not have
    node.name = name.string
    node.default_value = _expression(parts.get("=", []))
    if not stars:
        node.bound = _expression(parts.get(":", []))
    node.lineno, node.col_offset = name.start
    node.end_lineno, node.end_col_offset = tokens[-1].end
    made: ast.AST = node
    return made


def _depths(tokens: Sequence[TokenInfo]) -> list[int]:
    depths: list[int] = []
    depth = 0
    for token in tokens:
        depth -= token.string in _CLOSING
        depths.append(depth)
        depth += token.string in _OPENING
    return depths


def _expression(tokens: Sequence[TokenInfo]) -> ast.expr | None:
    """Return the node of an expression at its place in the module."""
    if not tokens:
        return None
    source = " ".join(token.string for token in tokens)
    unpacks = source.startswith("*")
    node: ast.expr = ast.parse(f"({source},)" if unpacks else f"({source})", mode="eval").body
    if unpacks and isinstance(node, ast.Tuple):
        node = node.elts[0]
    for each in ast.walk(node):
        if isinstance(each, ast.expr):
            each.lineno, each.col_offset = tokens[0].start
            each.end_lineno, each.end_col_offset = tokens[-1].end
    return node


class _Completed(ast.NodeTransformer):
    """Puts type parameters and aliases into a tree."""

    def __init__(self, found: _Declarations) -> None:
        self._found = found

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Set the type parameters of a function."""
        return self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Set the type parameters of a function."""
        return self._definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Set the type parameters of a class."""
        return self._definition(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Return the `type` statement that an assignment replaces, else the assignment."""
        target = node.targets[0]
        key = (node.lineno, target.id) if isinstance(target, ast.Name) else None
        if key not in self._found.aliases:
            return node
        alias: Any = TypeAlias()  # `ast` types no node that this interpreter does not have
        alias.name, alias.value = target, node.value
        alias.type_params = self._found.parameters.get(key, [])
        made: ast.AST = ast.copy_location(alias, node)
        return made

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        given: Any = node
        given.type_params = self._found.parameters.get((node.lineno, node.name), [])
        return self.generic_visit(node)
