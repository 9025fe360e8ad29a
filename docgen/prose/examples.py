"""Finds code in examples that is not marked as code."""

from __future__ import annotations

import ast
import warnings

from docgen.prose.lines import PROMPT

_MOST_LINES = 200
"""A paragraph with more lines than this is not an example."""


def fence_code(lines: list[str]) -> list[str]:
    """Return the lines of an example with its paragraphs of Python in fences.

    Parameters:
        lines: The lines, without their common indentation. If they mark their code by prompts, fences, directives or
            indentation, they are returned unchanged.
    """
    text = "\n".join(lines)
    if PROMPT in text or "```" in text or "::" in text or "~~~" in text:
        return lines
    result: list[str] = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and is_python(lines[end : (stop := _end_of_paragraph(lines, end))]):
            end = stop
        if end > start:
            # The blank lines between two paragraphs of code are code, those after the last one are not.
            code = "\n".join(lines[start:end]).rstrip("\n").split("\n")
            result += ["```python", *code, "```", ""]
        else:
            end = _end_of_paragraph(lines, start)
            result += lines[start:end]
        start = end
    return result


def _end_of_paragraph(lines: list[str], start: int) -> int:
    """Return the index of the next line that begins a paragraph at the margin."""
    index = start
    while index < len(lines) and lines[index]:
        index += 1
    while index < len(lines) and not lines[index]:
        index += 1
    return index


def is_python(lines: list[str]) -> bool:
    """Return True if lines are Python statements that cannot be prose: calls, assignments, blocks, imports."""
    if not lines or len(lines) > _MOST_LINES or not lines[0] or lines[0][0].isspace():
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    is_code = [
        not isinstance(node, ast.Expr | ast.AnnAssign) or isinstance(node.value, ast.Call | ast.Await) for node in body
    ]
    return bool(body) and all(is_code)
