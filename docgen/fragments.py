"""Completes examples: finds lines that bind the names that an example uses but does not bind.

Examples in documentation are often fragments: an import is left out, or an object was created further up. Such a name
may be a symbol of the reference, a module of the standard library, a name of `typing`, or a name that another example
binds.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping

from docgen.examples import Example, bound_names, parsed_or_none
from docgen.symbols import Index

_IMPLIED = frozenset({*dir(builtins), "__name__", "__file__", "__doc__"})
_DEPTH = 4
"""Limit on the number of examples through which a name is followed."""
_SIMPLE: Mapping[str, object] = {"int": 3, "str": "text", "float": 1.5, "bool": True, "bytes": b"data"}
"""Arguments for parameters of a type."""
_LIST = re.compile(r"(?:typing\.)?[Ll]ist\[(\w+)\]")


class Fragments:
    """Completes the examples of one reference.

    Parameters:
        index: The index of the reference.
        examples: All examples that are shown together; an earlier one may bind names that a later one uses.
        given: Names that the user binds.
    """

    def __init__(self, index: Index, examples: Iterable[Example], given: Iterable[str] = ()) -> None:
        self._given = frozenset(given)
        self._short: dict[str, str] = {}
        for path in sorted(index.public, key=lambda path: (path.count("."), path)):
            self._short.setdefault(path.rpartition(".")[2], path)
        self._tops = {name for name in index.modules if "." not in name}
        self._binders: dict[str, ast.Assign] = {}
        for example in examples:
            tree = parsed_or_none(example.code)
            for node in tree.body if tree else ():
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    names = (target.id for target in node.targets if isinstance(target, ast.Name))
                    self._binders.update({name: node for name in names if name not in self._binders})

    def setup(self, tree: ast.Module) -> str | None:
        """Return the lines that an example needs before it; None if it uses a name that cannot be resolved."""
        lines: dict[str, None] = {}
        return "".join(lines) if self._collect(tree, lines, _DEPTH) else None

    def _collect(self, tree: ast.AST, lines: dict[str, None], depth: int) -> bool:
        for name in _free(tree):
            if name in self._given or f"{name}\n" in lines:
                continue
            line = self._line(name)
            if line is None and depth and (binder := self._binders.get(name)):
                if not self._collect(binder, lines, depth - 1):
                    return False
                line = ast.unparse(binder)
            if line is None:
                return False
            lines[f"{line}\n"] = None
        return True

    def _line(self, name: str) -> str | None:
        if name in self._tops or name in sys.stdlib_module_names:
            return f"import {name}"
        if path := self._short.get(name):
            package, _, last = path.rpartition(".")
            return f"from {package} import {last}" if package else f"import {last}"
        return f"from typing import {name}" if name in typing.__all__ else None


def entries(tree: ast.Module) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield calls of the coroutine functions that an example defines and never uses: name, and arguments for it.

    These are only functions whose annotations say that they take simple values and do not return an awaitable.
    """
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name not in used and node.returns is not None:
            arguments = _arguments(node.args)
            is_value = not re.search(r"Awaitable|Coroutine|Future|Task\b|Iterator|Generator", ast.unparse(node.returns))
            if arguments is not None and is_value:
                yield node.name, arguments


def _arguments(parameters: ast.arguments) -> dict[str, object] | None:
    """Return an argument for each parameter that needs one; None if one of them has no simple type."""
    positional = parameters.args[: len(parameters.args) - len(parameters.defaults)]
    required = [
        each for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if not default
    ]
    found: dict[str, object] = {}
    for each in (*positional, *required):
        written = ast.unparse(each.annotation) if each.annotation else ""
        listed = _LIST.fullmatch(written)
        if (listed[1] if listed else written) not in _SIMPLE or parameters.posonlyargs:
            return None
        found[each.arg] = [_SIMPLE[listed[1]]] if listed else _SIMPLE[written]
    return found


def _free(tree: ast.AST) -> list[str]:
    """Return the names that code uses and binds nowhere, in order."""
    nodes = list(ast.walk(tree))
    bound = {name for node in nodes for name in bound_names(node)}
    used = (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return [name for name in dict.fromkeys(used) if name not in bound and name not in _IMPLIED]
