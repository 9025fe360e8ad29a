"""Reads how the `__getattr__` of a module treats the requested name, from its syntax alone.

These are: which names it compares the requested name with, what it imports for them, and for which names it always
raises an error.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import Enum, auto

import msgspec

from docgen.findings import writable
from docgen.sources.trees import blocks, code_of, last_name, positional

Ends = frozenset["End"]


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """A module `__getattr__`."""

    names: frozenset[str]
    """The names that it uses, because the requested name may be looked for in a table of the module."""
    asked: frozenset[str]
    """The strings that it compares the requested name with."""
    refused: frozenset[str]
    """Those of them for which it always raises an error."""
    refuses_others: bool
    """It raises an error for every name that is neither one of `asked` nor in one of `tables`."""
    tables: frozenset[str]
    """The names of tables that the requested name is looked for in."""
    refused_tables: frozenset[str]
    """The tables in `tables` for whose names it always raises an error."""
    lazy: tuple[tuple[str, ast.ImportFrom, str], ...]
    """Name, the import that it runs when the name is requested, and the imported object."""


class End(Enum):
    """How running some statements can end."""

    RAISES = auto()
    RETURNS = auto()
    GOES_ON = auto()


def asker_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Asker:
    """Return the facts of a module `__getattr__`, whose body must be complete."""
    taken = next((each.arg for each in positional(function.args)), "")
    nodes = tuple(each for statement in function.body for each in ast.walk(statement))
    words = _Words(taken, nodes)
    asked, tables = frozenset(words.asked()), frozenset(words.tables())
    return Asker(
        names=frozenset(each.id for each in nodes if isinstance(each, ast.Name)),
        asked=asked,
        refused=frozenset(name for name in asked if _Run(words, name).refuses(function.body)),
        refuses_others=_Run(words, None).refuses(function.body),
        tables=tables,
        refused_tables=frozenset(each for each in tables if _Run(words, None, each).refuses(function.body)),
        lazy=tuple(words.lazy()),
    )


class _Words:
    """The conditions in a `__getattr__` that depend on the requested name.

    Parameters:
        taken: The parameter with the requested name.
        nodes: Everything in the body.
    """

    def __init__(self, taken: str, nodes: Sequence[ast.AST]) -> None:
        self.taken = taken
        self.nodes = nodes
        assigned = (each for each in nodes if isinstance(each, ast.Assign))
        self.local = {each.targets[0].id: each.value for each in assigned if isinstance(each.targets[0], ast.Name)}

    def is_taken(self, node: ast.expr) -> bool:
        """Return True if an expression is the requested name."""
        return isinstance(node, ast.Name) and node.id == self.taken

    def asked(self) -> Iterator[str]:
        """Yield the strings that the requested name is compared with."""
        for node in self.nodes:
            if isinstance(node, ast.Compare):
                yield from self.compared(node)
            elif isinstance(node, ast.Match) and self.is_taken(node.subject):
                for case in node.cases:
                    yield from matched(case.pattern) or ()

    def tables(self) -> Iterator[str]:
        """Yield the tables outside the function that the requested name is looked for in."""
        for node in self.nodes:
            if (
                isinstance(node, ast.Compare)
                and isinstance(node.ops[0], ast.In | ast.NotIn)
                and self.is_taken(node.left)
            ):
                container = node.comparators[0]
                if self.strings(container) is None and not _is_own_names(container):
                    yield code_of(container)
            elif isinstance(node, ast.Try):
                yield from filter(None, [self.table_of(node)])

    def table_of(self, node: ast.Try | ast.TryStar) -> str:
        """Return the table in `try: value = table[name]`, empty for any other block with handlers."""
        match node.body[0]:
            case ast.Assign(value=ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=self.taken))):
                return table
        return ""

    def lazy(self) -> Iterator[tuple[str, ast.ImportFrom, str]]:
        """Yield the imports for the names that the requested one is compared with."""
        for node in (each for each in self.nodes if isinstance(each, ast.If)):
            names = self.compared(node.test)
            for each in (inner for inner in node.body if isinstance(inner, ast.ImportFrom)):
                for alias in each.names:
                    if (alias.asname or alias.name) in names:
                        yield alias.asname or alias.name, each, alias.name

    def compared(self, test: ast.expr) -> tuple[str, ...]:
        """Return the strings that a condition compares the requested name with."""
        is_of_name = isinstance(test, ast.Compare) and self.is_taken(test.left)
        return (self.strings(test.comparators[0]) or ()) if is_of_name else ()  # type: ignore[attr-defined] # a comparison

    def strings(self, node: ast.expr) -> tuple[str, ...] | None:
        """Return the string of an expression, or those in a container; None if they are not literals."""
        if isinstance(node, ast.Name) and node.id in self.local:
            node = self.local[node.id]
        parts: Sequence[ast.expr | None] = [node]
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = node.elts
        elif isinstance(node, ast.Dict):
            parts = node.keys
        found = tuple(
            writable(each.value) for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )
        return found if len(found) == len(parts) else None


def matched(pattern: ast.pattern) -> tuple[str, ...] | None:
    """Return the strings that a pattern matches; None if it may match anything else."""
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        value = pattern.value.value
        return (writable(value),) if isinstance(value, str) else ()
    if isinstance(pattern, ast.MatchOr):
        parts = [matched(each) for each in pattern.patterns]
        return None if None in parts else tuple(name for part in parts for name in part or ())
    return None


def _is_own_names(node: ast.expr) -> bool:
    """Return True for `globals()` and `vars()`, which never contain the names that `__getattr__` is called with."""
    return isinstance(node, ast.Call) and last_name(node.func) in {"globals", "vars"} and not node.args


class _Run:
    """Follows the statements of a `__getattr__` that is called with one name.

    Parameters:
        words: Its conditions.
        name: The requested name; None for any name that is in no comparison and in no table.
        table: The only table that contains the name; empty if none does.
    """

    def __init__(self, words: _Words, name: str | None, table: str = "") -> None:
        self.words = words
        self.name = name
        self.table = table

    def refuses(self, body: Sequence[ast.stmt]) -> bool:
        """Return True if an error is raised on every path."""
        return self.ends(body) == {End.RAISES}

    def ends(self, body: Sequence[ast.stmt]) -> Ends:
        """Return how running a block can end."""
        found: Ends = frozenset({End.GOES_ON})
        for node in body:
            if End.GOES_ON not in found:
                break
            found = (found - {End.GOES_ON}) | self._end(node)
        return found

    def _end(self, node: ast.stmt) -> Ends:
        if isinstance(node, ast.Raise):
            return frozenset({End.RAISES})
        if isinstance(node, ast.Return):
            return frozenset({End.RAISES if self._is_missing(node.value) else End.RETURNS})
        return self._end_of_compound(node)

    def _is_missing(self, node: ast.expr | None) -> bool:
        """Return True for `globals()[name]`, which does not contain the requested name."""
        return isinstance(node, ast.Subscript) and _is_own_names(node.value) and self.words.is_taken(node.slice)

    def _end_of_compound(self, node: ast.stmt) -> Ends:
        if isinstance(node, ast.If):
            holds = self._holds(node.test)
            taken = [*([] if holds is False else [node.body]), *([] if holds is True else [node.orelse])]
            return frozenset(end for block in taken for end in self.ends(block))
        if isinstance(node, ast.Match) and self.words.is_taken(node.subject):
            return self._match(node)
        if isinstance(node, ast.Try | ast.TryStar):
            return self._try(node)
        if isinstance(node, ast.With):
            return self.ends(node.body)
        inner = [] if isinstance(node, ast.FunctionDef | ast.ClassDef) else blocks(node)
        return frozenset({End.GOES_ON, *(end for block in inner for end in self.ends(block))})

    def _try(self, node: ast.Try | ast.TryStar) -> Ends:
        """Return how a block with handlers can end: an error of the block may reach any of them, or none."""
        table = self.words.table_of(node)
        # A name that is not in the table goes on with the handlers.
        tried = (
            frozenset()
            if self.name is None and table not in ("", self.table)
            else self.ends([*node.body, *node.orelse])
        )
        handled = (end for handler in node.handlers for end in self.ends(handler.body))
        last = self.ends(node.finalbody)
        return frozenset({*tried, *handled, *(last - {End.GOES_ON})})

    def _match(self, node: ast.Match) -> Ends:
        found: set[End] = set()
        for case in node.cases:
            strings = matched(case.pattern)
            is_any = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            if strings is not None and self.name not in strings:
                continue
            found |= self.ends(case.body)
            if (strings is not None or is_any) and case.guard is None:
                return frozenset(found)
        return frozenset({*found, End.GOES_ON})

    def _holds(self, test: ast.expr) -> bool | None:
        """Return the truth of a condition for the requested name; None if it depends on something else."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            parts = [self._holds(each) for each in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in parts else None if None in parts else not decisive
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and self.words.is_taken(test.left):
            return self._compares(test.ops[0], test.comparators[0])
        return None

    def _compares(self, operator: ast.cmpop, other: ast.expr) -> bool | None:
        if self.table and code_of(other) == self.table and isinstance(operator, ast.In | ast.NotIn):
            return isinstance(operator, ast.In)
        strings = self.words.strings(other)
        if strings is None and isinstance(operator, ast.In | ast.NotIn) and (self.name is None or _is_own_names(other)):
            strings = ()  # Any other name is in no table, and `__getattr__` is not called with a name that exists.
        if strings is None or not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return None
        return (self.name in strings) is isinstance(operator, ast.Eq | ast.In)
