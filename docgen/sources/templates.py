"""The text that an expression builds, in any way of writing it."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Sequence

from docgen.sources.trees import last_name

_FORMATTED = re.compile(r"%[sdr]|%%")
_LONGEST = 1_000
"""Characters of a format string. The text of a longer one is not determined, because every field repeats an argument.
"""


def template(value: ast.expr) -> str | None:
    """Return the text that an expression builds, with inserted values in braces; None if it builds no text.

    `f"{a}.{b}"`, `"%s.%s" % (a, b)`, `"{}.{}".format(a, b)` and `str(a) + "." + str(b)` are equal.
    """
    if isinstance(value, ast.JoinedStr):
        return "".join(_piece(each) for each in value.values)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mod) and _is_string(value.left):
        return _percent(value.left.value, value.right.elts if isinstance(value.right, ast.Tuple) else [value.right])  # type: ignore[attr-defined] # a constant
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        parts = [template(each) or _added(each) for each in _summands(value)]
        has_text = any(_is_string(each) for each in ast.walk(value))
        return "".join(filter(None, parts)) if has_text and None not in parts else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format":
        return _formatted(value) if _is_string(value.func.value) else None
    return None


def _summands(value: ast.expr) -> Iterator[ast.expr]:
    """Yield what a sum adds, in order; there may be hundreds, each in the sum of those before it."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            pending += (node.right, node.left)
        else:
            yield node


def _piece(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        shown = node.value
        if isinstance(shown, ast.Call) and last_name(shown.func) == "str" and len(shown.args) == 1:
            shown = shown.args[0]
        spec = ast.unparse(node.format_spec)[2:-1] if node.format_spec is not None else ""
        kind = "" if node.conversion in (-1, ord("s")) else f"!{chr(node.conversion)}"
        return f"{{{ast.unparse(shown)}{kind}{f':{spec}' if spec else ''}}}"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _added(node: ast.expr) -> str | None:
    if _is_string(node):
        return str(node.value)  # type: ignore[attr-defined] # a constant
    if isinstance(node, ast.Call) and last_name(node.func) == "str" and len(node.args) == 1:
        return f"{{{ast.unparse(node.args[0])}}}"
    return f"{{{ast.unparse(node)}}}" if isinstance(node, ast.Name | ast.Attribute) else None


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _percent(text: str, given: Sequence[ast.expr]) -> str | None:
    left = iter(given)
    if len(re.findall(r"%[^%]", text)) != len(given) or len(_FORMATTED.findall(text)) < len(given):
        return None

    def shown(found: re.Match[str]) -> str:
        sign = found.group()
        return "%" if sign == "%%" else f"{{{ast.unparse(next(left))}{'!r' if sign == '%r' else ''}}}"

    return _FORMATTED.sub(shown, text)


def _formatted(call: ast.Call) -> str | None:
    text = call.func.value.value  # type: ignore[attr-defined] # a constant, as its caller asked
    if len(text) > _LONGEST:
        return None
    words = {word.arg: word.value for word in call.keywords}
    parts: list[str] = []
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        return None
    for number, (before, name, spec, kind) in enumerate(fields):
        parts.append(before)
        if name is None:
            continue
        place = name or str(number)
        if place.isdecimal() and int(place) < len(call.args):
            shown = call.args[int(place)]
        elif place in words:
            shown = words[place]
        else:
            return None
        parts.append(f"{{{ast.unparse(shown)}{f'!{kind}' if kind else ''}{f':{spec}' if spec else ''}}}")
    return "".join(parts)
