"""Scripts that show a deviation: those of the folder `reproducers` of a contract, with the example that failed in them.

A script takes up the values of an example by name, in three places, each on one line:

    size = 3                         # a variable
    for value in (0, 1, "x"):        # the variable of a loop: it has the value of the example alone
    def function(x: int): ...        # a function that does nothing, if the contract says how to write one that is drawn

What a script asserts has to be true of any value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

SourceOf = Callable[[object, str], str | None]
"""Takes a value and the name it goes by. Returns it as Python source, None if it has none."""

OF_THE_RULE = "# This script has values of its own, not those of the example.\n"
"""The first line of a script that takes up no value of the example for which the rule deviates."""


def as_source(value: object, _name: str = "") -> str | None:
    """Return the repr of a value if it is Python source. Read-only mappings print as dictionaries."""
    text = repr(dict(value)) if isinstance(value, Mapping) else repr(value)
    return text if is_source(text) else None


def is_source(text: str, mode: Literal["eval", "exec"] = "eval") -> bool:
    """Return whether a string can be parsed as a Python expression, or as statements."""
    try:
        ast.parse(text, mode=mode)
    except SyntaxError:
        return False
    return True


def of_example(body: str, values: Mapping[str, Any], *, source_of: SourceOf = as_source) -> Iterator[tuple[str, str]]:
    """Yield a script with the values of an example, if it takes up any, and then as it is; each with its first line.

    Parameters:
        body: The script of a rule.
        values: What was drawn and tried, by name. Empty if the property draws nothing.
        source_of: How a value is written.
    """
    changed = with_example(body, values, source_of=source_of)
    if changed != body:
        yield "", changed
    yield OF_THE_RULE if values else "", body


def with_example(body: str, values: Mapping[str, Any], *, source_of: SourceOf = as_source) -> str:
    """Return a script with the values of an example in its variables, its loops and its function."""
    lines = body.splitlines(keepends=True)
    for node in ast.parse(body).body:
        if (line := _line_with(node, values, source_of)) is not None:
            lines[node.lineno - 1] = line
    return "".join(lines)


_UNKNOWN = object()


def _line_with(node: ast.stmt, values: Mapping[str, Any], source_of: SourceOf) -> str | None:
    """Return the line on which a statement begins with a value of the example in it, None if it takes up none."""
    name, end = _named(node)
    value = values.get(name, _UNKNOWN)
    source = source_of(value, name) if end == node.lineno and value is not _UNKNOWN else None
    if source is None or isinstance(node, ast.FunctionDef) is not source.endswith(": ..."):
        return None  # a function takes the place of a function only, and a value that of a value
    if isinstance(node, ast.FunctionDef):
        return f"{source}\n"
    return f"for {name} in ({source},):\n" if isinstance(node, ast.For) else f"{name} = {source}\n"


def _named(node: ast.stmt) -> tuple[str, int | None]:
    """Return the name that a statement binds, and the line on which its value ends; an empty name if it takes none."""
    if isinstance(node, ast.FunctionDef):
        return (node.name, node.end_lineno) if ast.unparse(node.body[0]) == "..." else ("", None)
    if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
        return node.target.id, node.iter.end_lineno
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.end_lineno
    return "", None
