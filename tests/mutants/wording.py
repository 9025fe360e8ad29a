"""Which parts of a package are words alone: texts of error messages, and types that only readers look at.

Found by rule, in the syntax trees of the package. A part is words if it is

- what an exception is raised with: its only argument, or among several those that are prose (a text with a space);
- prose that the constructor of an error class hands on;
- what is handed on to a parameter that its function uses for words alone, or kept in a name that is used so;
- what a function returns whose every call is words;
- the value of a dict whose items are words wherever they are looked up;
- the value of a module's name that only annotations mention.

Code is not run. What is missed is read by a person, as everything else.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place of a change: the nodes of the original around it, the innermost last, and what is there instead."""

    around: tuple[ast.AST, ...]
    new: ast.AST


def place_of(old: ast.AST, new: ast.AST, above: tuple[ast.AST, ...] = ()) -> Place:
    """Return the smallest part of a tree that contains everything in which another tree differs."""
    around = (*above, old)
    if type(old) is type(new):
        pairs = [*_pairs(old, new)]
        differing = [(one, other) for one, other in pairs if ast.dump(one) != ast.dump(other)]
        if len(differing) == 1 and _frame(old) == _frame(new):
            return place_of(*differing[0], around)
    return Place(around=around, new=new)


def _pairs(old: ast.AST, new: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield the children of two nodes of one class, side by side; none if they are not as many."""
    olds, news = [*ast.iter_child_nodes(old)], [*ast.iter_child_nodes(new)]
    return zip(olds, news, strict=True) if len(olds) == len(news) else iter(())


def _frame(node: ast.AST) -> list[tuple[str, object]]:
    """Return the facts of a node apart from its children: names, values, and how many children it has where."""

    def own(value: object) -> object:
        if isinstance(value, list):
            return [own(item) for item in value]
        return None if isinstance(value, ast.AST) else value

    return [(name, own(value)) for name, value in ast.iter_fields(node)]


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    """Return True if a node is a string literal."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_prose(node: ast.AST) -> bool:
    """Return True if an expression contains a string of several words."""
    return any(is_text(one) and " " in str(one.value) for one in ast.walk(node))


class Words:
    """The parts of a package that are words."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Find them.

        Parameters:
            sources: Source text by name of module.
        """
        self._trees = {module: ast.parse(source) for module, source in sources.items()}
        self._nodes = [node for tree in self._trees.values() for node in ast.walk(tree)]
        self._functions = {module: _functions(tree) for module, tree in self._trees.items()}
        self._words: set[ast.AST] = set()
        for node in [*self._raised(), *self._handed_on()]:
            self._add(node)
        while self._grow():
            pass
        self._types = self._for_readers()

    def are_all(self, module: str, changed: str) -> bool:
        """Return whether another source text of a module differs in words alone.

        Of texts only a change counts that cannot make them fail: another text, or the other branch of a comparison.
        """
        place = place_of(self._trees[module], ast.parse(changed))
        if not self._types.isdisjoint(place.around):
            return True
        return not self._words.isdisjoint(place.around) and _cannot_fail(place)

    def _add(self, node: ast.AST) -> None:
        # Expressions only: of an operator there is one node for all places.
        self._words.update(one for one in ast.walk(node) if isinstance(one, ast.expr))

    # ---- where words begin ----

    def _raised(self) -> Iterator[ast.AST]:
        """Yield the arguments of exceptions that are words."""
        for node in self._nodes:
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                given = [*node.exc.args, *(keyword.value for keyword in node.exc.keywords)]
                yield from given if len(given) == 1 else filter(is_prose, given)

    def _handed_on(self) -> Iterator[ast.AST]:
        """Yield the prose that constructors of error classes hand on to their base."""
        errors = {"Exception"}
        classes = [node for node in self._nodes if isinstance(node, ast.ClassDef)]
        for _ in classes:  # a base may stand in a module that comes later
            errors |= {one.name for one in classes if any(ast.unparse(base) in errors for base in one.bases)}
        for one in classes:
            for call in ast.walk(one) if one.name in errors else ():
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                    yield from filter(is_prose, call.args)

    # ---- what leads there ----

    def _grow(self) -> bool:
        """Add what is handed on to words, or kept for them; return whether there was any."""
        before = len(self._words)
        for module, tree in self._trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    self._add_arguments(node, self._function(module, node.func.id))
                elif isinstance(node, Scope):
                    self._add_names(node)
            for name, function in self._functions[module].items():
                if self._is_called_for_words(module, name):
                    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
                    for value in filter(None, returned):
                        self._add(value)
            self._add_tables(tree)
        return len(self._words) > before

    def _function(self, module: str, name: str) -> ast.FunctionDef | None:
        """Return the function that a module means by a name: its own, or another module's of that name."""
        return next(
            (self._functions[one][name] for one in (module, *self._trees) if name in self._functions[one]), None
        )

    def _add_arguments(self, call: ast.Call, function: ast.FunctionDef | None) -> None:
        """Add the arguments of a call for parameters that are used for words alone."""
        if function is None or any(isinstance(one, ast.Starred) for one in call.args):
            return
        named = [*function.args.posonlyargs, *function.args.args]
        names = [one.arg for one in named if one.arg != "self"]
        given = dict(zip(names, call.args, strict=False)) | {one.arg: one.value for one in call.keywords if one.arg}
        for parameter, value in given.items():
            if self._is_for_words(function, parameter):
                self._add(value)

    def _add_names(self, scope: Scope) -> None:
        """Add the values of names that a function uses for words alone."""
        for node in ast.walk(scope):
            name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) and len(node.targets) == 1 else ""
            if isinstance(node, ast.Assign) and self._is_for_words(scope, name):
                self._add(node.value)

    def _add_tables(self, tree: ast.Module) -> None:
        """Add the values of dicts of a module whose items are words wherever they are looked up."""
        for node in tree.body:
            if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)):
                continue
            name = ast.unparse(node.targets[0])
            items = [one for one in ast.walk(tree) if isinstance(one, ast.Subscript) and ast.unparse(one.value) == name]
            tests = [right for one in ast.walk(tree) if isinstance(one, ast.Compare) for right in one.comparators]
            uses = _loads(tree).get(name, [])
            looked_up = {one.value for one in items if one in self._words} | set(tests)
            if items and all(use in looked_up for use in uses):
                for value in node.value.values:
                    self._add(value)

    def _is_for_words(self, scope: Scope, name: str) -> bool:
        """Return True if a function uses a name, and for wording only."""
        uses = _loads(scope).get(name, [])
        return bool(uses) and all(use in self._words for use in uses)

    def _uses(self, name: str) -> list[ast.AST]:
        """Return where the package reads a name."""
        return [use for tree in self._trees.values() for use in _loads(tree).get(name, ())]

    def _is_called_for_words(self, module: str, name: str) -> bool:
        """Return True if a function is used, and for wording only."""
        uses = _loads(self._trees[module]).get(name, ()) if name.startswith("_") else self._uses(name)
        return bool(uses) and all(use in self._words for use in uses)

    # ---- types for readers ----

    def _for_readers(self) -> set[ast.AST]:
        """Return the values of a module's names that are mentioned in annotations alone."""
        aliases = {
            ast.unparse(node.targets[0]): node.value
            for tree in self._trees.values()
            for node in tree.body
            if isinstance(node, ast.Assign) and len(node.targets) == 1
        }
        annotations = {part for node in self._nodes for one in _annotations(node) for part in ast.walk(one)}
        found: set[ast.AST] = set()
        for _ in aliases:  # one may be mentioned in another
            for name, value in aliases.items():
                uses = self._uses(name)
                if uses and all(use in annotations or use in found for use in uses):
                    found.update(one for one in ast.walk(value) if isinstance(one, ast.expr))
        return found


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Return the functions of a module that are called by name, and the constructors of its classes."""
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for owner in tree.body:
        for one in owner.body if isinstance(owner, ast.ClassDef) else ():
            if isinstance(owner, ast.ClassDef) and isinstance(one, ast.FunctionDef) and one.name == "__init__":
                found[owner.name] = one
    return found


@functools.cache
def _loads(tree: ast.AST) -> Mapping[str, Sequence[ast.AST]]:
    """Return where a tree reads a name, by name."""
    found: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, []).append(node)
    return found


def _annotations(node: ast.AST) -> list[ast.expr]:
    """Return the annotations that a node carries."""
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return [one for one in found if isinstance(one, ast.expr)]


def _cannot_fail(place: Place) -> bool:
    """Return True if wording works after a change whenever it did before."""
    above, old, new = place.around[-2], place.around[-1], place.new
    if isinstance(old, ast.cmpop):
        return True
    if isinstance(old, ast.JoinedStr) and isinstance(new, ast.JoinedStr):
        shown = [[ast.dump(one) for one in text.values if not isinstance(one, ast.Constant)] for text in (old, new)]
        return shown[0] == shown[1]
    is_handed_on = isinstance(above, ast.Call | ast.keyword) and isinstance(new, ast.Constant)
    # What is raised takes whatever it is raised with; others may look into what they take, unless it is text.
    if is_handed_on and any(isinstance(one, ast.Raise) for one in place.around[-4:-1]):
        return True
    return (is_text(old) or isinstance(old, ast.JoinedStr)) and (is_text(new) or is_handed_on)
