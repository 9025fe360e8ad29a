"""What a function gives back, by the shape of its body: itself again, an argument, a function that is defined in it."""

from __future__ import annotations

import ast

from docgen.sources.trees import GIVING_BACK, FunctionNode, last_name, positional

_BINDING = frozenset({"MethodType", "partial", "__get__", "update_wrapper", "wraps", "partialmethod"})
"""Functions that make a method of a function and an instance."""


def results(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    """Return what a function itself may return, both sides of a condition; results of nested functions left out."""
    found: list[ast.expr | None] = []
    stack: list[ast.AST] = list(node.body)
    while stack:
        each = stack.pop()
        if isinstance(each, ast.Return):
            found += [each.value.body, each.value.orelse] if isinstance(each.value, ast.IfExp) else [each.value]
        elif not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack += ast.iter_child_nodes(each)
    return found


def given_back(
    node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, *, is_bound: bool = False
) -> ast.expr | None:
    """Return the argument of a call that a function gives back whatever happens; None if it does not."""
    names = {each.id if isinstance(each, ast.Name) else "" for each in results(node)}
    return argument_of(node, call, names.pop(), is_bound=is_bound) if len(names) == 1 else None


def argument_of(
    node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, name: str, *, is_bound: bool = False
) -> ast.expr | None:
    """Return what a call gives for a parameter, None if it gives nothing or has no such parameter.

    Parameters:
        node: The function.
        call: Of it.
        name: Of the parameter.
        is_bound: The function is a method, and its first parameter takes what it is called on.
    """
    parameters = [each.arg for each in positional(node.args)][1 if is_bound else 0 :]
    if name not in parameters:
        return None
    position = parameters.index(name)
    named = next((word.value for word in call.keywords if word.arg == name), None)
    return call.args[position] if position < len(call.args) else named


def wrapped_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the name of what a nested function stands for (`@wraps(name)`); empty if it stands for itself."""
    calls = (each for each in node.decorator_list if isinstance(each, ast.Call))
    return next((each.args[0].id for each in calls if each.args and isinstance(each.args[0], ast.Name)), "")


def _nested(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions that are defined in a function, at any depth, by name."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return {each.name: each for each in found if each is not node}


def applied_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the nested function that a decorator calls with what it decorates: `return decorate(function)`.

    So do those that are written with and without brackets.
    """
    nested = _nested(node)
    for call in results(node) if nested else ():
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) == 1 and not call.keywords:
            found = nested.get(call.func.id)
            if found is not None:
                return found
    return None


def returns_itself(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return True if a decorator that is called first gives itself with its options: `return partial(itself, ...)`."""
    calls = (each for each in results(node) if isinstance(each, ast.Call) and each.args)
    return any(last_name(call.func) == "partial" and last_name(call.args[0]) == node.name for call in calls)


def returned_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the nested function that a function returns by name, None if it returns anything else."""
    nested = _nested(node)
    for each in results(node):
        name = _returned_name(each)
        if name in nested:
            return nested[name]
    return None


def gives_back(value: ast.expr | None, name: str) -> bool:
    """Return True if an expression is a name.

    Or something that has been given its signature (`update_wrapper(new, name)`, `wraps(name)(new)`).
    """
    if isinstance(value, ast.Name):
        return value.id == name
    if not isinstance(value, ast.Call):
        return False
    callee = value.func.func if isinstance(value.func, ast.Call) else value.func
    last = last_name(callee)
    given = value.func.args if isinstance(value.func, ast.Call) else value.args
    return last in GIVING_BACK and any(isinstance(arg, ast.Name) and arg.id == name for arg in given)


def gives_function(node: FunctionNode) -> bool:
    """Return True if a `__get__` gives a function, and not what the stored function returns."""
    receiver = node.args.args[0].arg if node.args.args else ""
    for result in [] if isinstance(node, ast.Lambda) else results(node):
        # `value = cache[name] = self.function(instance)`, and then `return value`.
        each = _assigned(node, result.id) or result if isinstance(result, ast.Name) else result
        if isinstance(each, ast.Call):
            is_stored = isinstance(each.func, ast.Attribute) and isinstance(each.func.value, ast.Name)
            if not is_stored or each.func.value.id != receiver:  # type: ignore[attr-defined] # an attribute of a name
                return last_name(each.func) in _BINDING
        elif isinstance(each, ast.Lambda) or (isinstance(each, ast.Name) and each.id != receiver):
            return True
    return False


def _assigned(node: FunctionNode, name: str) -> ast.expr | None:
    """Return what a function assigns to a local name first, None if it assigns nothing."""
    assignments = (each for each in ast.walk(node) if isinstance(each, ast.Assign))
    targets = ((each.value, target) for each in assignments for target in each.targets)
    return next((value for value, target in targets if isinstance(target, ast.Name) and target.id == name), None)


def _returned_name(value: ast.expr | None) -> str:
    """Return the name that a result is, also through `cast`; empty if it is something else."""
    if isinstance(value, ast.Call) and len(value.args) == 2 and last_name(value.func) == "cast":  # noqa: PLR2004 - type and value
        value = value.args[1]
    return value.id if isinstance(value, ast.Name) else ""
