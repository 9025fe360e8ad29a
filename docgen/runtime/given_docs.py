"""Docstrings that code assigns after the definition of a function or class: `draw.__doc__ = TEXT.format(...)`."""

from __future__ import annotations

import ast
import itertools
import re
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.findings import writable
from docgen.runtime.natives import MARGINS
from docgen.runtime.values import Class, Constant, Function, Patch, Scope
from docgen.sources.trees import last_name, raw_docstring
from docgen.trace import Memo, Trace

if TYPE_CHECKING:
    from docgen.runtime.evaluate import Evaluator
    from docgen.runtime.notes import Notes

_GAP = "\0"
"""Placeholder for a part that only running the code could determine; no docstring contains this character."""
_PERCENT = re.compile(r"%(?:\(\w+\))?[#0 +-]*[\d.]*[srdfgi]")
_MARGINS = {path.rpartition(".")[2]: function for path, function in MARGINS.items()}
"""Functions that change the indentation of a string, by their last names."""


class GivenDocs:
    """Reads docstrings; one that code assigns takes precedence over the written one.

    Parameters:
        evaluator: Evaluates the parts of a docstring.
        notes: Collects a finding for each docstring of which only a part is known.
        trace: Records what answers depend on.
    """

    def __init__(self, evaluator: Evaluator, notes: Notes, trace: Trace) -> None:
        self._evaluator = evaluator
        self._notes = notes
        self._of: Memo[ast.AST, str | None] = Memo(trace)

    def of(self, symbol: Class | Function) -> str | None:
        """Return the docstring of a class or function, None if it has none of its own."""
        return self.of_class(symbol) if isinstance(symbol, Class) else self.of_function(symbol)

    def of_function(self, function: Function) -> str | None:
        """Return the docstring of a function, None if it has none."""
        if function.doc is not None:
            return function.doc
        written = raw_docstring(function.node)
        patches = self._patches(function)
        if not patches:
            return written
        # The assigned text may contain the written one: `f.__doc__ += "..."`.
        given = self._of.get(function.node, lambda: self._given(patches[-1], function.path), meanwhile=lambda: None)
        return written if given is None else given

    def of_class(self, owner: Class) -> str | None:
        """Return the docstring of a class, None if it has none of its own."""
        written = raw_docstring(owner.node)
        binding = owner.scope.names.get("__doc__")
        expression = getattr(binding.how, "expression", None) if binding else None
        if binding is None or expression is None:
            return written
        patch = Patch(name="__doc__", expression=expression, scope=binding.scope, node=binding.node)
        given = self._of.get(owner.node, lambda: self._given(patch, owner.path), meanwhile=lambda: None)
        return written if given is None else given

    @staticmethod
    def _patches(function: Function) -> list[Patch]:
        node = function.node
        if isinstance(node, ast.Lambda):
            return []
        home = function.home.parent if function.home.is_type_parameters else function.home
        scopes = {id(each): each for each in (home, function.home.module) if each is not None}.values()
        return [patch for scope in scopes for patch in scope.patches.get(node, ()) if patch.name == "__doc__"]

    def _given(self, patch: Patch, path: str) -> str | None:
        """Return the known part of an assigned docstring, with a finding if it is not all; None if nothing is known."""
        if patch.expression is None:
            return ""  # `del function.__doc__`
        value = self._evaluator.evaluate(patch.expression, patch.scope)
        if isinstance(value, Constant) and not isinstance(value.value, str):
            return ""  # `function.__doc__ = None`
        text = writable(_Pieces(self._evaluator, patch.scope).text(patch.expression))
        if _GAP not in text:
            return text
        message = f"the docstring of {path} is built while code runs; only the part that is known is shown"
        self._notes.add(
            "DG111", patch.node, patch.scope, message, "Write the docstring below the definition to show all of it."
        )
        lines = [line for line in text.split("\n") if _GAP not in line or line.strip(f"{_GAP}.,:; ")]
        known = "\n".join(lines).replace(_GAP, "\N{HORIZONTAL ELLIPSIS}")
        return known if re.search(r"\w", known) else None


def _operands(node: ast.BinOp) -> list[ast.expr]:
    """Return the operands of `a + b + c`, each of which is evaluated once, however many there are."""
    found: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


class _Pieces:
    """Builds a string from the parts of its expression, with a gap for each unknown part."""

    def __init__(self, evaluator: Evaluator, scope: Scope) -> None:
        self._evaluator = evaluator
        self._scope = scope

    def text(self, node: ast.expr) -> str:
        """Return the value of an expression as a string."""
        if isinstance(node, ast.Call) and node.args and (margin := _MARGINS.get(last_name(node.func))):
            return margin(self.text(node.args[0]))
        value = self._evaluator.evaluate(node, self._scope)
        if isinstance(value, Constant):
            return str(value.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return "".join(map(self.text, _operands(node)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return _PERCENT.sub(_GAP, self.text(node.left)).replace("%%", "%")
        if isinstance(node, ast.JoinedStr):
            parts = (each.value if isinstance(each, ast.FormattedValue) else each for each in node.values)
            return "".join(map(self.text, parts))
        return self._of_call(node) if isinstance(node, ast.Call) else _GAP

    def _of_call(self, node: ast.Call) -> str:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "format":
            return "".join(self._formatted(self.text(called.value), node))
        return self.text(called.value) if isinstance(called, ast.Attribute) and hasattr(str, called.attr) else _GAP

    def _formatted(self, template: str, call: ast.Call) -> Iterator[str]:
        given = {word.arg: word.value for word in call.keywords if word.arg}
        given |= {str(place): each for place, each in enumerate(call.args)}
        try:
            fields = list(string.Formatter().parse(template))
        except ValueError:  # not a template: the call would fail
            yield template
            return
        numbers = itertools.count()
        for text, name, _, _ in fields:
            yield text
            if name is not None:
                key = name or str(next(numbers))
                yield self.text(given[key]) if key in given else _GAP
