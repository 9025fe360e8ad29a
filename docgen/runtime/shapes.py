"""What a function returns according to the shape of its body: itself, an argument, a function defined in it."""

from __future__ import annotations

import ast

from docgen.sources.trees import GIVING_BACK, FunctionNode, last_name, positional

_BINDING = frozenset({"MethodType", "partial", "__get__", "update_wrapper", "wraps", "partialmethod"})
"""Functions that create a bound method from a function and an instance."""


def results(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    """Return the results of a function, on both sides of conditions, without those of nested functions."""
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
    """Return the argument of a call that a function returns in any case; None if there is none."""
    names = {each.id if isinstance(each, ast.Name) else "" for each in results(node)}
    return argument_of(node, call, names.pop(), is_bound=is_bound) if len(names) == 1 else None


def argument_of(
    node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, name: str, *, is_bound: bool = False
) -> ast.expr | None:
    """Return the argument of a call for a parameter, None if there is no argument or no such parameter.

    Parameters:
        node: The function.
        call: Of it.
        name: Of the parameter.
        is_bound: The function is a method, and its first parameter receives the object that it is called on.
    """
    parameters = [each.arg for each in positional(node.args)][1 if is_bound else 0 :]
    if name not in parameters:
        return None
    position = parameters.index(name)
    named = next((word.value for word in call.keywords if word.arg == name), None)
    return call.args[position] if position < len(call.args) else named


def wrapped_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the name of the function that a nested function wraps (`@wraps(name)`); empty if it wraps none."""
    calls = (each for each in node.decorator_list if isinstance(each, ast.Call))
    return next((each.args[0].id for each in calls if each.args and isinstance(each.args[0], ast.Name)), "")


def nested_functions(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions that are defined in a function, at any depth, by name."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return {each.name: each for each in found if each is not node}


def applied_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the nested function that a decorator calls with the decorated function: `return decorate(function)`.

    Decorators that can be used with and without brackets do this.
    """
    nested = nested_functions(node)
    for call in results(node) if nested else ():
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) == 1 and not call.keywords:
            found = nested.get(call.func.id)
            if found is not None:
                return found
    return None


def decorator_called(node: ast.FunctionDef | ast.AsyncFunctionDef, taken: str) -> ast.expr | None:
    """Return what makes the decorator that a function applies to its argument: `f` in `return f(3)(function)`."""
    given = results(node)
    call = given[0] if len(given) == 1 else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Call) or len(call.args) != 1:
        return None
    is_known = isinstance(call.func.func, ast.Name) and call.func.func.id not in nested_functions(node)
    return call.func.func if is_known and last_name(call.args[0]) == taken else None


def returns_itself(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return True if a decorator called with options returns itself with these: `return partial(itself, ...)`."""
    calls = (each for each in results(node) if isinstance(each, ast.Call) and each.args)
    return any(last_name(call.func) == "partial" and last_name(call.args[0]) == node.name for call in calls)


def returned_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the nested function that a function returns by name, None if it returns anything else."""
    nested = nested_functions(node)
    for each in results(node):
        name = _returned_name(each)
        if name in nested:
            return nested[name]
    return None


def gives_back(value: ast.expr | None, name: str) -> bool:
    """Return True if an expression is a name.

    A call that copies its signature counts too (`update_wrapper(new, name)`, `wraps(name)(new)`).
    """
    if isinstance(value, ast.Name):
        return value.id == name
    if not isinstance(value, ast.Call):
        return False
    callee = value.func.func if isinstance(value.func, ast.Call) else value.func
    given = value.func.args if isinstance(value.func, ast.Call) else value.args
    return last_name(callee) in GIVING_BACK and any(gives_back(arg, name) for arg in given)


def gives_function(node: FunctionNode) -> bool:
    """Return True if a `__get__` returns a function, and not the result of the stored function."""
    receiver = node.args.args[0].arg if node.args.args else ""
    for result in [] if isinstance(node, ast.Lambda) else results(node):
        # For example `value = cache[name] = self.function(instance)`, and then `return value`.
        each = _assigned(node, result.id) or result if isinstance(result, ast.Name) else result
        if isinstance(each, ast.Call):
            is_stored = isinstance(each.func, ast.Attribute) and isinstance(each.func.value, ast.Name)
            if not is_stored or each.func.value.id != receiver:  # type: ignore[attr-defined] # an attribute of a name
                return last_name(each.func) in _BINDING
        elif isinstance(each, ast.Lambda) or (isinstance(each, ast.Name) and each.id != receiver):
            return True
    return False


def _assigned(node: FunctionNode, name: str) -> ast.expr | None:
    """Return the first value that a function assigns to a local name, None if there is none."""
    assignments = (each for each in ast.walk(node) if isinstance(each, ast.Assign))
    targets = ((each.value, target) for each in assignments for target in each.targets)
    return next((value for value, target in targets if isinstance(target, ast.Name) and target.id == name), None)


def _returned_name(value: ast.expr | None) -> str:
    """Return the name of a result, also within `cast`; empty if it is not a name."""
    if isinstance(value, ast.Call) and len(value.args) == 2 and last_name(value.func) == "cast":  # noqa: PLR2004 - type and value
        value = value.args[1]
    return value.id if isinstance(value, ast.Name) else ""
