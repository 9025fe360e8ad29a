"""Shortens syntax trees to definitions and the results of functions, because bodies are most of a tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from docgen.findings import writable

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_WORDS_OF_MAKERS = ("globals()", "vars()", "locals()", "exec(", "sys.modules[__name__]", "setattr(")
_NAME_MAKERS = re.compile(
    r"globals\(\)|vars\(\)|locals\(\)|sys\.modules\[__name__\]|(?<![\w.])exec\("
    r"|(?<![\w.])setattr\(\s*(?!self\b|cls\b)\w+\s*,(?! *[\"'])"
)
"""A quick test for code that binds names that the source does not show; the tree decides."""

_BLOCKS = ("body", "orelse", "finalbody")
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PROPERTIES = frozenset({"cached_property", "property"})
"""Decorators for properties; a function may return a property of an inner function."""
GIVING_BACK = frozenset({"cast", "update_wrapper", "wraps"})
"""Functions whose result is one of their arguments, or equivalent to it."""
_COMPOUND = (
    *(ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match, ast.AsyncFor, ast.AsyncWith),
    *(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef),
)
"""Statements that contain statements."""
_EVALUATED = frozenset({"__get__", "_generate_next_value_"})
"""Functions whose computed results are needed."""
_COMPUTED = ast.fix_missing_locations(ast.Return(value=ast.Constant(value=...), lineno=1, col_offset=0))


def expression(text: str) -> ast.expr | None:
    """Return the expression that a string contains; None if it is not one, or one nested too deeply for the parser."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def code_of(node: ast.AST) -> str:
    """Return a node as `ast.unparse` writes it.

    The result is an ellipsis if it cannot be written: it is nested too deeply, or has more digits than Python prints.
    """
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return "..."


def raw_docstring(node: ast.AST) -> str | None:
    """Return the docstring of a module, class or function exactly as written, its indentation included."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    raw = ast.get_docstring(node, clean=False)
    return raw if raw is None else writable(raw)


def name_metaclasses(tree: ast.Module, text: str) -> None:
    """Replace bases `with_metaclass(Meta, Base)` by the Python 3 form: `Base, metaclass=Meta`.

    Packages that ran on Python 2 too have a function of that name: their own, or that of six, future or django.
    """
    if "with_metaclass(" not in text:
        return
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)):
        for base in node.bases:
            if isinstance(base, ast.Call) and last_name(base.func) == "with_metaclass" and base.args:
                place = node.bases.index(base)
                node.bases[place : place + 1] = base.args[1:]
                node.keywords.append(ast.keyword(arg="metaclass", value=base.args[0]))
                break


def name_simple_enums(tree: ast.Module, text: str) -> None:
    """Add the base that `@_simple_enum(Base)` gives a class to its bases.

    The standard library makes enumerations so, `http.HTTPStatus` among them, because it is faster than deriving.
    """
    if "_simple_enum(" not in text:
        return
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and last_name(decorator.func) == "_simple_enum" and decorator.args:
                node.decorator_list.remove(decorator)
                node.bases.append(decorator.args[0])
                break


def name_makers(tree: ast.Module, text: str) -> tuple[tuple[str, ast.AST], ...]:
    """Return the places where running the module, or one of its functions, binds names that the source does not show.

    Parameters:
        tree: The tree of the module, including bodies.
        text: The text of the module.

    Returns:
        Class and place; the class is empty if the names are those of the module.
    """
    # A plain search comes first, because it takes a twentieth of the time, and most modules contain no match.
    if not any(word in text for word in _WORDS_OF_MAKERS):
        return ()
    lines = _lines_of_makers(text)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    found: list[tuple[str, ast.AST]] = []
    for node in (each for statement in _holding(tree.body, lines) for each in ast.walk(statement)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        is_item = any(isinstance(each, ast.Subscript) and is_namespace(each.value) for each in targets)
        if is_item or (isinstance(node, ast.Call) and _binds_names(node)):
            found.append(("", node))
        elif isinstance(node, ast.Call) and _class_given_names(node) in classes:
            found.append((_class_given_names(node), node))
    return tuple(found)


def _lines_of_makers(text: str) -> list[int]:
    """Return the lines on which `_NAME_MAKERS` matches, which is tried only where one of its words is found."""
    places = (place for word in _WORDS_OF_MAKERS for place in _places_of(word, text))
    found: list[int] = []
    line, before = 1, 0
    for start in sorted(place for place in places if _NAME_MAKERS.match(text, place)):
        line += text.count("\n", before, start)
        before = start
        found.append(line)
    return found


def _places_of(word: str, text: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _holding(body: Sequence[ast.stmt], lines: Sequence[int]) -> Iterator[ast.stmt]:
    """Yield the statements of a body, and of the classes in it, on the given lines."""
    for node in body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        within = [line for line in lines if first <= line <= (node.end_lineno or first)]
        if within and isinstance(node, ast.ClassDef) and all(line >= node.body[0].lineno for line in within):
            yield from _holding(node.body, within)
        elif within:
            yield node


def _binds_names(call: ast.Call) -> bool:
    """Return True if a call is `globals().update(...)`, `exec(text)`, or `setattr(module, ...)` of this module."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in {"update", "setdefault"} and is_namespace(function.value)
    name = function.id if isinstance(function, ast.Name) else ""
    if name == "setattr" and call.args:
        return code_of(call.args[0]) == "sys.modules[__name__]"
    # If given a namespace, it binds nothing here.
    return name == "exec" and (len(call.args) == 1 or any(is_namespace(arg) for arg in call.args[1:]))


def _class_given_names(call: ast.Call) -> str:
    """Return the class in `setattr(Class, name, ...)` with a computed name, empty for any other call."""
    is_setting = isinstance(call.func, ast.Name) and call.func.id == "setattr" and len(call.args) > 1
    is_computed = is_setting and not isinstance(call.args[1], ast.Constant)
    return call.args[0].id if is_computed and isinstance(call.args[0], ast.Name) else ""


def is_namespace(node: ast.expr) -> bool:
    """Return True for the calls that give the names of a module or function: `globals()`, `vars()`, `locals()`."""
    return isinstance(node, ast.Call) and code_of(node) in {"globals()", "vars()", "locals()"}


def strip_bodies(tree: ast.Module) -> None:
    """Reduce function bodies to the parts that are used: docstring, nested definitions and results.

    Bodies are most of a tree; without them, a whole package fits into memory easily.
    """
    pending: list[ast.stmt] = [*tree.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[:1] if _is_docstring(node.body[0]) else []
            kept = _kept(node.body[len(docstring) :], has_nested=_has_nested(node.body))
            is_whole = node.name in _EVALUATED or _has_nested(kept)
            # Beside a nested function a computed result may be a call of it.
            node.body = [*docstring, *(kept if is_whole else map(_reduced, kept))]
        if isinstance(node, _COMPOUND):
            for block in blocks(node):
                pending += block


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """Return the statements inside a statement: those that run without an error, then each handler and each case."""
    body: list[ast.stmt] = [each for name in _BLOCKS for each in getattr(node, name, ())]
    handlers: list[ast.ExceptHandler | ast.match_case] = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
    return [body, *(each.body for each in handlers)] if body or handlers else []


def _has_nested(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in body)


def _kept(body: list[ast.stmt], *, has_nested: bool) -> list[ast.stmt]:
    """Return the definitions and returns in a function body, blocks flattened.

    If there is a nested function, assignments are kept too, because they may set its docstring.
    """
    kept: list[ast.stmt] = []
    for node in body:
        if isinstance(node, _DEFINITIONS | ast.Return) or (has_nested and isinstance(node, ast.Assign)):
            kept.append(node)
        elif isinstance(node, _COMPOUND):
            kept += [each for block in blocks(node) for each in _kept(block, has_nested=_has_nested(block))]
    return kept


def _reduced(node: ast.stmt) -> ast.stmt:
    """Return a statement; for a `return` whose value is computed, a placeholder, because no reader needs it."""
    value = node.value if isinstance(node, ast.Return) else None
    if isinstance(value, ast.Call):
        callee = value.func.func if isinstance(value.func, ast.Call) else value.func
        is_applied = callee is not value.func and len(value.args) == 1 and isinstance(value.args[0], ast.Name)
        return node if is_applied or last_name(callee) in GIVING_BACK | PROPERTIES | {"partial"} else _COMPUTED
    if isinstance(value, ast.Lambda) and isinstance(value.body, ast.Call):
        return node
    return node if value is None or isinstance(value, ast.Name | ast.Constant) else _COMPUTED


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, empty for any other expression."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def positional(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters that can be given by position, the receiver included."""
    return [*arguments.posonlyargs, *arguments.args]


def is_name(node: ast.expr, name: str) -> bool:
    """Return True if an expression is that name alone."""
    return isinstance(node, ast.Name) and node.id == name
