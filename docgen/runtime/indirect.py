"""Finds names that are bound without an assignment: by loops over literals, namespaces, tables of lazy names.

`for name in ("get", "put"): setattr(Client, name, make(name))`, `globals().update({...})`, the tables that a module
`__getattr__` looks into (PEP 562). Code that cannot be followed binds nothing; other code reports that as a finding.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from docgen.runtime.scopes import nested
from docgen.runtime.values import Assignment, Binding, Collection, Constant, Definition, Scope, Value
from docgen.sources.trees import code_of, is_namespace

_MODULE_ITSELF = "sys.modules[__name__]"

Evaluate = Callable[[ast.expr, Scope], Value]
Iterate = Callable[[ast.expr, Scope], tuple[Value, ...] | None]


@dataclass(frozen=True, kw_only=True)
class Bound:
    """One name that a statement binds."""

    name: str
    expression: ast.expr
    scope: Scope
    """The scope in which the expression is evaluated."""
    owner: str = ""
    """Name of the class that gets the name; empty if the module does."""


@dataclass(kw_only=True)
class Indirect:
    """Finds the names that a statement binds.

    Parameters:
        evaluate: Returns the value of an expression in a scope.
        iterate: Returns the values that a loop over an expression iterates over, None if they are unknown.
    """

    evaluate: Evaluate
    iterate: Iterate
    bound: list[Bound] = field(default_factory=list)
    followed: set[ast.AST] = field(default_factory=set)
    """The calls and assignments that bind names, all of which were found."""
    lost: set[ast.AST] = field(default_factory=set)
    """Those that bind names of which at least one is unknown."""

    def read(self, node: ast.stmt, scope: Scope) -> None:
        """Find the names that a statement binds in a scope."""
        if isinstance(node, ast.For):
            self._loop(node.target, node.iter, node.body, scope)
        elif isinstance(node, ast.If | ast.Try):
            for each in (*node.body, *node.orelse):
                self.read(each, scope)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._call(node.value, scope)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and is_namespace(target.value):
                    self._bind(node, target.slice, node.value, scope)

    def _loop(self, target: ast.expr, over: ast.expr, body: Sequence[ast.stmt], scope: Scope) -> None:
        places = [each for node in body for each in ast.walk(node) if _may_bind(each)]
        if not places:
            return
        items = self.iterate(over, scope)
        if items is None:
            self.lost.update(places)
        for item in items or ():
            inner = nested(scope, target, item)
            for node in body:
                _bind_locally(node, inner)
                self.read(node, inner)

    def _call(self, call: ast.Call, scope: Scope) -> None:
        function = call.func
        if isinstance(function, ast.Name) and function.id == "setattr" and len(call.args) == 3:  # noqa: PLR2004 - its arguments
            owner = call.args[0]
            if code_of(owner) == _MODULE_ITSELF:
                self._bind(call, call.args[1], call.args[2], scope)
            elif isinstance(owner, ast.Name):
                self._bind(call, call.args[1], call.args[2], scope, self._class_name(owner, scope))
        elif isinstance(function, ast.Attribute) and is_namespace(function.value):
            if function.attr == "setdefault" and len(call.args) > 1:
                self._bind(call, call.args[0], call.args[1], scope)
            elif function.attr == "update":
                self._update(call, scope)

    def _update(self, call: ast.Call, scope: Scope) -> None:
        """Bind the names in a mapping: a display, a comprehension, or keywords."""
        for word in call.keywords:
            if word.arg:
                self._bind(call, ast.Constant(value=word.arg), word.value, scope)
        for given in call.args:
            if isinstance(given, ast.Dict) and None not in given.keys:
                for key, value in zip(given.keys, given.values, strict=True):
                    if key is not None:
                        self._bind(call, key, value, scope)
            elif isinstance(given, ast.DictComp) and len(given.generators) == 1 and not given.generators[0].ifs:
                self._comprehension(call, given, scope)
            else:
                self.lost.add(call)

    def _comprehension(self, call: ast.Call, given: ast.DictComp, scope: Scope) -> None:
        first = given.generators[0]
        items = self.iterate(first.iter, scope)
        if items is None:
            self.lost.add(call)
        for item in items or ():
            self._bind(call, given.key, given.value, nested(scope, first.target, item))

    def _bind(self, node: ast.AST, name: ast.expr, expression: ast.expr, scope: Scope, owner: str | None = "") -> None:
        found = self.evaluate(name, scope)
        text = found.value if isinstance(found, Constant) else None
        if owner is None or not isinstance(text, str) or not text.isidentifier():
            self.lost.add(node)
            return
        self.followed.add(node)
        self.bound.append(Bound(name=text, expression=expression, scope=scope, owner=owner))

    @staticmethod
    def _class_name(owner: ast.Name, scope: Scope) -> str | None:
        """Return the name of the class that an expression denotes, None for anything else."""
        here: Scope | None = scope
        while here is not None:
            binding = here.names.get(owner.id)
            if binding is not None:
                return owner.id if isinstance(binding.how, ast.ClassDef) else None
            here = here.parent
        return None


def _may_bind(node: ast.AST) -> bool:
    """Return True for a call or an assignment that may bind a computed name."""
    if isinstance(node, ast.Assign):
        return any(isinstance(each, ast.Subscript) and is_namespace(each.value) for each in node.targets)
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Name):
        return function.id == "setattr"
    return isinstance(function, ast.Attribute) and is_namespace(function.value)


def _bind_locally(node: ast.stmt, scope: Scope) -> None:
    """Bind the names that the body of a loop assigns or defines, in the scope of one iteration."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        scope.names[name] = Binding(name=name, how=Assignment(expression=node.value), scope=scope, node=node)
    elif isinstance(node, Definition):
        scope.names[node.name] = Binding(name=node.name, how=node, scope=scope, node=node)


# -- tables of lazy names


def lazy_names(table: Value, package: str, exists: Callable[[str], bool]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a table of lazy names: name, module and attribute.

    It maps a name to its module (`"._run"`, `"pkg._run:walk"`, `("._run", "walk")`), or a module to its names.

    Parameters:
        table: A dict that a module `__getattr__` looks into.
        package: The package that modules are relative to.
        exists: Returns True if there is a module of that dotted name.
    """
    if not isinstance(table, Collection) or table.kind != "dict":
        return
    for key, value in table.pairs:
        name = _text(key)
        texts = [_text(each) for each in value.iterated] if isinstance(value, Collection) else [_text(value)]
        if not name or not texts or not all(texts):
            continue
        found = _place(texts, name, package, exists)
        if found is not None and name.isidentifier():
            yield name, *found
        elif (module := _module(name, package, exists)) is not None and isinstance(value, Collection):
            yield from ((each, module, each) for each in texts if each.isidentifier())


def _place(texts: list[str], name: str, package: str, exists: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return module and attribute in a row of a table, None if the module does not exist."""
    first, _, attribute = texts[0].partition(":")
    module = _module(first, package, exists)
    if module is not None:
        return module, attribute or (texts[1] if len(texts) > 1 else name)
    parent, dot, last = first.rpartition(".")
    module = _module(parent or ".", package, exists) if dot else None
    return None if module is None or len(texts) > 1 else (module, last)


def _module(text: str, package: str, exists: Callable[[str], bool]) -> str | None:
    """Return the absolute name of a module given as for `importlib.import_module`; None if it does not exist."""
    level = len(text) - len(text.lstrip("."))
    if level:
        anchor = package.split(".")
        above = anchor[: len(anchor) - level + 1]
        found = ".".join([*above, text[level:]] if text[level:] else above)
        return found if above and exists(found) else None
    for found in (f"{package}.{text}", text):
        if exists(found):
            return found
    return None


def _text(value: Value) -> str:
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
