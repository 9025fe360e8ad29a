"""Finds the names that a module or class body binds, in the order in which running it would bind them.

It evaluates only the conditions that decide which statements run. `evaluate` finds the values of names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Protocol

from docgen.runtime.budget import OverBudgetError
from docgen.runtime.indirect import Indirect, lazy_names
from docgen.runtime.scopes import absolute, unpacked
from docgen.runtime.values import (
    AliasStatement,
    Assignment,
    Binding,
    Collection,
    Constant,
    Definition,
    Import,
    Patch,
    Place,
    Scope,
    Star,
    Value,
)
from docgen.sources.store import Source
from docgen.sources.trees import code_of, last_name, positional


class Surroundings(Protocol):
    """What binding needs from outside the body."""

    def truth(self, test: ast.expr, scope: Scope) -> bool | None:
        """Return the truth of a condition, None if it is unknown."""

    def star_names(self, module: str) -> Mapping[str, Star]:
        """Return the names that `from module import *` binds, each with its origin."""

    def note_limit(self, node: ast.AST, scope: Scope, over: OverBudgetError) -> None:
        """Add a finding for an exceeded budget."""

    def is_absent(self, module: str) -> bool:
        """Return True if importing the module would fail, because its package was read and does not contain it."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Return the value of an expression in a scope."""

    def iterated(self, node: ast.expr, scope: Scope) -> tuple[Value, ...] | None:
        """Return the values that a loop over an expression iterates over; None if they are unknown."""

    def exists(self, module: str) -> bool:
        """Return True if there is a module of that name."""

    def stub(self, module: str) -> Source | None:
        """Return the stub beside a module, or None."""

    def is_readable(self, module: str) -> bool:
        """Return True if a module has sources, or belongs to the interpreter."""


def bind(scope: Scope, body: Iterable[ast.stmt], world: Surroundings) -> None:
    """Bind the names of a body in a scope, in order."""
    binder = _Binder(scope, world)
    binder.run(body, is_guarded=False)
    if scope.parent is None and "__getattr__" in scope.names:
        binder.lazy_names(scope.names["__getattr__"])


class _Binder:
    def __init__(self, scope: Scope, world: Surroundings) -> None:
        self.scope = scope
        self.world = world

    def run(self, body: Iterable[ast.stmt], *, is_guarded: bool) -> None:
        for statement in body:
            self.statement(statement, is_guarded=is_guarded)

    def statement(self, node: ast.stmt, *, is_guarded: bool) -> None:
        if isinstance(node, Definition):
            self.bind(node.name, node, node, is_guarded=is_guarded)
            self.listed_by_decorators(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports(node, is_guarded=is_guarded)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            self.assigns(node, is_guarded=is_guarded)
        elif isinstance(node, ast.If):
            self.branches(node, is_guarded=is_guarded)
        elif isinstance(node, ast.Try | ast.TryStar):
            self.tries(node, is_guarded=is_guarded)
        elif isinstance(node, ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.Match):
            self.blocks(node, is_guarded=is_guarded)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self.deletes(target, node)
        elif isinstance(node, ast.Expr):
            self.calls(node)
        else:
            self.type_alias(node, is_guarded=is_guarded)

    def bind(
        self,
        name: str,
        how: Import | Assignment | AliasStatement | Definition,
        node: ast.AST,
        *,
        is_guarded: bool,
        annotation: ast.expr | None = None,
    ) -> Binding:
        names = self.scope.guarded if is_guarded else self.scope.names
        before = names.get(name) or self.scope.names.get(name)
        binding = Binding(name=name, how=how, scope=self.scope, node=node, annotation=annotation, previous=before)
        names[name] = binding
        return binding

    def imports(self, node: ast.Import | ast.ImportFrom, *, is_guarded: bool) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                how = Import(module=alias.name if alias.asname else name)
                self.bind(name, how, node, is_guarded=is_guarded)
            elif alias.name == "*":
                self.wildcard(absolute(node, self.scope.source), node, is_guarded=is_guarded)
            else:
                is_reexport = alias.asname == alias.name
                how = Import(module=absolute(node, self.scope.source), attribute=alias.name, is_reexport=is_reexport)
                self.bind(alias.asname or alias.name, how, node, is_guarded=is_guarded)

    def wildcard(self, module: str, node: ast.ImportFrom, *, is_guarded: bool) -> None:
        """Bind the names of a wildcard import, except those that an earlier one took from the same place."""
        offered = self.world.star_names(module)
        meter = self.scope.meter
        if len(offered) > meter.starred:
            over = OverBudgetError("more names by wildcard imports than one module may take")
            self.world.note_limit(node, self.scope, over)
            return
        meter.starred -= len(offered)
        names = self.scope.guarded if is_guarded else self.scope.names
        for name, star in offered.items():
            before = names.get(name)
            is_known = before is not None and before.starred is not None and before.starred is star.binding
            if before is None or not is_known or before.wildcards > star.row:
                bound = self.bind(name, Import(module=module, attribute=name), node, is_guarded=is_guarded)
                bound.wildcards, bound.starred = star.row, star.binding

    def indirect(self, node: ast.stmt) -> None:
        """Bind the names that a statement binds without assigning to them."""
        found = Indirect(evaluate=self.world.evaluate, iterate=self.world.iterated)
        found.read(node, self.scope)
        self.scope.followed |= found.followed - found.lost
        for each in found.bound:
            how = Assignment(expression=each.expression)
            owner = self.scope.names.get(each.owner) if each.owner else None
            if owner is None:
                names = self.scope.module.names
                before = names.get(each.name)
                names[each.name] = Binding(name=each.name, how=how, scope=each.scope, node=node, previous=before)
            elif isinstance(owner.how, Definition):
                patch = Patch(name=each.name, expression=each.expression, scope=each.scope, node=node)
                self.scope.patches.setdefault(owner.how, []).append(patch)

    def lazy_names(self, maker: Binding) -> None:
        """Bind the names that a module `__getattr__` creates on access, as far as its tables show them."""
        facts = self.scope.source.facts
        asker = facts.body(maker.node).asker
        used = asker.names if asker else frozenset()
        if isinstance(maker.how, Assignment) and maker.how.expression is not None:
            used = frozenset(each.id for each in ast.walk(maker.how.expression) if isinstance(each, ast.Name))
        for name, node, attribute in asker.lazy if asker else ():
            self.lazy(name, absolute(node, self.scope.source), attribute, node)
        source = self.scope.source
        package = source.name if source.is_package else source.name.rpartition(".")[0]
        for table in sorted(used):
            binding = self.scope.names.get(table)
            expression = binding.how.expression if binding and isinstance(binding.how, Assignment) else None
            if binding is not None and isinstance(expression, ast.Dict | ast.DictComp | ast.Call):
                value = self.world.evaluate(expression, self.scope)
                for name, module, attribute in lazy_names(value, package, self.world.exists):
                    self.lazy(name, module, attribute, binding.node)

    def lazy(self, name: str, module: str, attribute: str, node: ast.AST) -> None:
        """Bind a name that the module has, but imports only on access."""
        if name not in self.scope.names:
            how = Import(module=module, attribute=attribute, is_reexport=True)
            if module == self.scope.source.name or self.world.exists(f"{module}.{attribute}"):
                how = Import(module=f"{module}.{attribute}")
            self.bind(name, how, node, is_guarded=False)

    def attaches(self, node: ast.Assign) -> bool:
        """Bind the names of a lazy loader: `__getattr__, __dir__, __all__ = attach(__name__, [...], {...})`.

        Source: SPEC 1 of Scientific Python, and the package `lazy_loader`.
        """
        call, target = node.value, node.targets[0]
        if not isinstance(call, ast.Call) or not isinstance(target, ast.Tuple):
            return False
        names = [each.id if isinstance(each, ast.Name) else "" for each in target.elts]
        kind = last_name(call.func)
        if names[:1] != ["__getattr__"] or kind not in {"attach", "attach_stub"}:
            return False
        self.target(target, node, call, (), is_guarded=False)
        before = set(self.scope.names)
        if kind == "attach_stub":
            stub = self.world.stub(self.scope.source.name)
            for each in stub.tree.body if stub else ():
                if isinstance(each, ast.ImportFrom | ast.Assign | ast.AugAssign | ast.AnnAssign):
                    self.statement(each, is_guarded=False)
        else:
            self.attached(call)
        added = [name for name in self.scope.names if name not in before]
        if "__all__" in names and isinstance(self.scope.names["__all__"].node, ast.Assign) and added:
            every = self.scope.names["__all__"]
            if every.node is node:
                every.value = Collection(kind="list", items=tuple(Constant(value=name) for name in sorted(added)))
        return True

    def attached(self, call: ast.Call) -> None:
        """Bind the submodules and the names of submodules that a call of `attach` lists."""
        words = {word.arg: word.value for word in call.keywords}
        given = [*call.args[1:3], None, None]
        package = self.scope.source.name
        modules = words.get("submodules", given[0])
        for each in (self.world.iterated(modules, self.scope) or ()) if modules else ():
            if isinstance(each, Constant):
                self.lazy(str(each.value), package, str(each.value), call)
        names = words.get("submod_attrs", given[1])
        table = None if names is None else self.world.evaluate(names, self.scope)
        for name, module, attribute in lazy_names(table, package, self.world.exists) if table else ():
            self.lazy(name, module, attribute, call)

    def listed_by_decorators(self, node: Definition) -> None:
        """Add the names to `__all__` that a decorator of this module adds: `__all__.append(function.__name__)`."""
        for each in node.decorator_list:
            binding = self.scope.names.get(each.id) if isinstance(each, ast.Name) else None
            if binding is not None and self.scope.source.facts.body(binding.node).lists_argument:
                self.extend(ast.List(elts=[ast.Constant(value=node.name)], ctx=ast.Load()), node)

    def extend(self, expression: ast.expr, node: ast.AST) -> None:
        """Add the items of an expression to `__all__`."""
        ast.fix_missing_locations(ast.copy_location(expression, node))
        self.bind("__all__", Assignment(expression=expression, operator=ast.Add()), node, is_guarded=False)

    def assigns(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, *, is_guarded: bool) -> None:
        if isinstance(node, ast.Assign):
            if self.attaches(node):
                return
            for target in node.targets:
                if isinstance(target, ast.Subscript):
                    self.indirect(node)
                self.target(target, node, node.value, (), is_guarded=is_guarded)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                how = Assignment(expression=node.value, operator=node.op)
                self.bind(node.target.id, how, node, is_guarded=is_guarded)
            elif isinstance(node.target, ast.Attribute):
                before = ast.Attribute(value=node.target.value, attr=node.target.attr, ctx=ast.Load())
                sum_ = ast.BinOp(left=before, op=node.op, right=node.value)
                self.patch(node.target, ast.fix_missing_locations(ast.copy_location(sum_, node)), node)
        elif isinstance(node.target, ast.Name):
            name = node.target.id
            how = Assignment(expression=node.value)
            if node.value is not None:
                binding = self.bind(name, how, node, is_guarded=is_guarded, annotation=node.annotation)
            else:
                binding = Binding(name=name, how=how, scope=self.scope, node=node, annotation=node.annotation)
            self.scope.annotated[name] = binding

    def target(
        self, target: ast.expr, node: ast.stmt, value: ast.expr | None, steps: tuple[Place, ...], *, is_guarded: bool
    ) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, Assignment(expression=value, steps=steps), node, is_guarded=is_guarded)
        elif isinstance(target, ast.Tuple | ast.List):
            for part, place in unpacked(target):
                self.target(part, node, value, (*steps, place), is_guarded=is_guarded)
        elif isinstance(target, ast.Attribute) and isinstance(node, ast.Assign):
            self.patch(target, node.value, node)

    def deletes(self, target: ast.expr, node: ast.Delete) -> None:
        """Unbind a name, or a member of a class."""
        if isinstance(target, ast.Name):
            removed = self.scope.names.pop(target.id, None)
            if removed is not None:
                self.scope.deleted[target.id] = (removed, node.lineno)
        elif isinstance(target, ast.Attribute):
            self.patch(target, None, node)

    def patch(self, target: ast.Attribute, expression: ast.expr | None, node: ast.AST) -> None:
        """Record the assignment to an attribute of a class, a function or a method after its definition."""
        owner = self.definition(target.value)
        if owner is not None:
            patch = Patch(name=target.attr, expression=expression, scope=self.scope, node=node)
            self.scope.patches.setdefault(owner, []).append(patch)

    def definition(self, node: ast.expr) -> Definition | None:
        """Return the definition of a function, a class, or a method given as `Class.method`."""
        if isinstance(node, ast.Name):
            found = self.scope.names.get(node.id)
            return found.how if found and isinstance(found.how, Definition) else None
        owner = self.definition(node.value) if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or not isinstance(owner, ast.ClassDef):
            return None
        inside = (each for each in reversed(owner.body) if isinstance(each, Definition) and each.name == node.attr)
        return next(inside, None)

    def branches(self, node: ast.If, *, is_guarded: bool) -> None:
        """Bind the branches of an `if` that may run. A loop handles `elif`, because there may be hundreds."""
        taken: list[ast.If] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(rest[0], ast.If) and last_name(rest[0].test) != "TYPE_CHECKING":
            branch = rest[0]
            truth = self.world.truth(branch.test, self.scope)
            if truth is not False:
                taken.append(branch)
            rest = [] if truth is True else branch.orelse
        if len(rest) == 1 and isinstance(rest[0], ast.If):
            self.run(rest[0].body, is_guarded=True)
            rest = rest[0].orelse
        self.run(rest, is_guarded=is_guarded)
        for branch in reversed(taken):
            # After the later ones: if several may run, the first one is the usual case.
            self.run(branch.body, is_guarded=is_guarded)

    def tries(self, node: ast.Try | ast.TryStar, *, is_guarded: bool) -> None:
        if self.fails(node):
            for handler in node.handlers[:1]:
                self.run(handler.body, is_guarded=is_guarded)
        else:
            # Usually nothing is raised, so handlers only bind names that the body left unbound.
            before = dict(self.scope.names)
            for handler in node.handlers:
                self.run(handler.body, is_guarded=is_guarded)
            self.scope.names.update(before)
            self.run([*node.body, *node.orelse], is_guarded=is_guarded)
        self.run(node.finalbody, is_guarded=is_guarded)

    def fails(self, node: ast.Try | ast.TryStar) -> bool:
        """Return True if the imports of a `try` fail, or cannot be read while those of its handler can."""
        source = self.scope.source
        tried = list(_imported(node.body, source))
        instead = [module for handler in node.handlers[:1] for module in _imported(handler.body, source)]
        if any(self.world.is_absent(module) for module in tried):
            return True
        return (
            bool(instead)
            and any(not self.world.is_readable(module) for module in tried)
            and all(map(self.world.is_readable, instead))
        )

    def blocks(
        self, node: ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.Match, *, is_guarded: bool
    ) -> None:
        if isinstance(node, ast.For):
            self.scope.renames_members |= _renames_members(node)
            self.indirect(node)
        if isinstance(node, ast.For | ast.AsyncFor):
            self.target(node.target, node, None, (), is_guarded=is_guarded)
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars:
                    self.target(item.optional_vars, node, None, (), is_guarded=is_guarded)
        bodies = [case.body for case in node.cases] if isinstance(node, ast.Match) else [node.body]
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            bodies.append(node.orelse)
        for body in bodies:
            self.run(body, is_guarded=is_guarded)

    def calls(self, node: ast.Expr) -> None:
        """Treat `__all__.append(x)`, `.extend(x)` and `.remove(x)` as the equivalent assignments."""
        call = node.value
        if not isinstance(call, ast.Call):
            return
        self.indirect(node)
        if isinstance(call.func, ast.Name):
            self.helped(call, node)
        if not (isinstance(call.func, ast.Attribute) and len(call.args) == 1):
            return
        owner = call.func.value
        if not (isinstance(owner, ast.Name) and owner.id == "__all__"):
            return
        argument = call.args[0]
        as_list = ast.copy_location(ast.List(elts=[argument], ctx=ast.Load()), argument)
        amounts: dict[str, tuple[ast.expr, ast.operator]] = {
            "append": (as_list, ast.Add()),
            "extend": (argument, ast.Add()),
            "remove": (as_list, ast.Sub()),
        }
        if call.func.attr in amounts:
            expression, operator = amounts[call.func.attr]
            self.bind(owner.id, Assignment(expression=expression, operator=operator), node, is_guarded=False)

    def helped(self, call: ast.Call, node: ast.Expr) -> None:
        """Treat the call of a function of this module that extends `__all__` as the equivalent assignment."""
        binding = self.scope.names.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if binding is None or not isinstance(binding.node, ast.FunctionDef):
            return
        names = [each.arg for each in positional(binding.node.args)]
        given = dict(zip(names, call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg}
        for expression in self.scope.source.facts.body(binding.node).listed:
            self.extend(_Filled(given).visit(deepcopy(expression)), node)

    def type_alias(self, node: ast.stmt, *, is_guarded: bool) -> None:
        """Bind `type X = ...`, a statement that is not in the syntax tree of Python 3.11."""
        name = getattr(node, "name", None)
        if type(node).__name__ == "TypeAlias" and isinstance(name, ast.Name):
            self.bind(name.id, AliasStatement(), node, is_guarded=is_guarded)


class _Filled(ast.NodeTransformer):
    """Substitutes the arguments of a call for parameters."""

    def __init__(self, given: Mapping[str, ast.expr]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.given.get(node.id, node)


def _renames_members(node: ast.For) -> bool:
    """Return True if a loop over the names of the module sets the `__module__` of their values."""
    loops_over_names = any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in {"globals", "locals", "vars"}
        for each in ast.walk(node.iter)
    )
    return loops_over_names and re.search(r"\.__module__ = |'__module__'", code_of(node)) is not None


def _imported(body: Iterable[ast.stmt], source: Source) -> Iterator[str]:
    """Yield the modules that the statements of a body import, without nested blocks."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield absolute(node, source)
