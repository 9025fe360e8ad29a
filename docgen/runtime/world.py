"""The modules of a package, its dependencies and the standard library as one world, in which names have values.

Modules are read on first use. Nothing of the documented package or its dependencies is imported. Only modules
of the interpreter itself that are written in C, and so have no sources, are asked directly.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from typing import TYPE_CHECKING

from docgen.findings import Finding, writable
from docgen.runtime import effects, enums, forms, scopes
from docgen.runtime.binder import bind
from docgen.runtime.budget import Budget, Limits, OverBudgetError, written
from docgen.runtime.calls import Calls
from docgen.runtime.classes import Classes
from docgen.runtime.definitions import Definitions
from docgen.runtime.evaluate import Call, Evaluator
from docgen.runtime.given_docs import GivenDocs
from docgen.runtime.natives import OF_THE_MACHINE, is_interpreters, method_of, native_member, native_module
from docgen.runtime.notes import Notes
from docgen.runtime.plain import truth_of
from docgen.runtime.values import (
    AliasStatement,
    Assignment,
    Binding,
    Class,
    Collection,
    Constant,
    Definition,
    EnumMember,
    External,
    Function,
    Import,
    Instance,
    Module,
    Native,
    Opaque,
    Scope,
    Star,
    TypeParameter,
    Value,
    unknown_part,
)
from docgen.sources.trees import code_of, raw_docstring
from docgen.trace import Memo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from docgen.sources.store import Library, Source


class World:
    """Names and their values over a library of modules.

    Parameters:
        library: The library that modules are read from.
        python: Version of CPython whose behaviour is modelled, (major, minor).
        extra_effects: Effects of decorators in addition to those that come with docgen.
        limits: The limits of evaluation; None for the defaults.
    """

    def __init__(
        self,
        library: Library,
        python: tuple[int, int] = (3, 12),
        extra_effects: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.store = library
        self.python = python
        self.effects = {**effects.builtin_effects(), **(extra_effects or {})}
        self.trace = library.trace
        self.budget = Budget(limits=limits or Limits())
        self.evaluator = Evaluator(self, self.budget)
        self.notes = Notes(library)
        self.classes = Classes(self.evaluator, self, self.notes, self.trace)
        self.calls = Calls(
            evaluator=self.evaluator,
            classes=self.classes,
            effects=self.effects,
            names=self,
            definitions=self,
            surroundings=self,
        )
        self._definitions = Definitions(
            evaluator=self.evaluator,
            classes=self.classes,
            calls=self.calls,
            notes=self.notes,
            surroundings=self,
            trace=self.trace,
        )
        self.docstrings = GivenDocs(self.evaluator, self.notes, self.trace)
        self._scopes: Memo[str, Scope | None] = Memo(self.trace)
        self._stars: Memo[str, Mapping[str, Star]] = Memo(self.trace)
        self._listed: Memo[str, frozenset[str]] = Memo(self.trace)
        self._twins: Memo[str, Scope | None] = Memo(self.trace)
        self._enums: Memo[Class, dict[str, enums.Member]] = Memo(self.trace)
        self._begun: dict[str, Scope] = {}
        self._cut: set[str] = set()
        """Modules with names at the end of too long a chain of wildcard imports."""

    def forget(self) -> None:
        """Release everything that was read, because scopes and their bindings refer to each other."""
        for scope in [*self._begun.values(), *self._definitions.forget()]:
            for names in (scope.names, scope.guarded, scope.annotated, scope.patches):
                names.clear()
        self._scopes.clear()
        self._stars.clear()
        self._begun.clear()

    # -- modules

    def scope(self, module: str) -> Scope | None:
        """Return the scope of a module, None if it has no readable source."""
        return self._scopes.get(module, lambda: self._scope(module), meanwhile=lambda: self._begun.get(module))

    def _scope(self, module: str) -> Scope | None:
        source = self.store.read(module)
        if source is None:
            return None
        scope = self._begun[module] = Scope(source=source, meter=self.budget.meter(source.length))
        bind(scope, source.tree.body, self)
        other = _stand_in(source.tree.body)
        return self.scope(other) if other and other != module else scope

    def star_names(self, module: str) -> Mapping[str, Star]:
        """Return the names that `from module import *` binds, each with its origin.

        These are the names in `__all__`, or else those without underscore; among the latter, names at the end of too
        long a chain are left out.
        """
        is_whole = module in self._scopes  # a module that is being read may get more names
        return self._stars.get(module, lambda: self._star_names(module)) if is_whole else self._star_names(module)

    def _star_names(self, module: str) -> Mapping[str, Star]:
        try:
            scope = self.scope(module)
        except RecursionError:  # a thousand modules, each of which takes all names of the next one
            over = OverBudgetError("more nested imports than Python allows", depends_on_order=True)
            return self._none_of(module, over)
        if scope is None:
            return dict.fromkeys(_native_names(native_module(module)), Star())
        listed = self.listed(scope)
        if listed is not None:  # the author intends each of them to exist
            return {name: Star(1, _starred(scope.names.get(name))) for name in listed}
        public = {name: binding for name, binding in scope.names.items() if not name.startswith("_")}
        stars = {name: Star(1 + binding.wildcards, _starred(binding)) for name, binding in public.items()}
        longest = self.budget.limits.wildcards
        if max((star.row for star in stars.values()), default=0) > longest:
            if not any(each.module in self._cut for each in _wildcards(scope)):
                over = OverBudgetError(f"more than {longest} wildcard imports in a row")
                self.note_limit(scope.source.tree, scope, over)
            self._cut.add(module)
            return {name: star for name, star in stars.items() if star.row <= longest}
        return stars

    def _none_of(self, module: str, over: OverBudgetError) -> Mapping[str, Star]:
        """Return no names, and add a finding at the module whose names were requested."""
        source = self.store.read(module)
        if source is not None:
            self.note_limit(source.tree, Scope(source=source, meter=self.budget.meter(0)), over)
        return {}

    def listed(self, scope: Scope) -> tuple[str, ...] | None:
        """Return the names in the `__all__` of a module, None if it has none or a finding says that it is unknown."""
        binding = scope.names.get("__all__")
        if binding is None:
            return None
        value = self.value(binding)
        names = value.items if isinstance(value, Collection) else ()
        if not isinstance(value, Collection) or not all(isinstance(name, Constant) for name in names):
            if not is_interpreters(scope.source.name) and not value.limit:
                text = "__all__ is computed while the module runs and cannot be read"
                self.note("DG104", binding.node, scope, text, "Write the names as a literal list.")
            return None
        return tuple(dict.fromkeys(writable(str(name.value)) for name in names if isinstance(name, Constant)))

    def stub(self, module: str) -> Source | None:
        """Return the stub beside a module, or None."""
        return self.store.read_twin(module)

    def in_stub(self, source: Source, qualname: str) -> Binding | None:
        """Return the binding or annotation of a name in the stub beside a module; None if there is none.

        Parameters:
            source: The module.
            qualname: Qualified name of a symbol in it: `Client.get`.
        """
        if source.path.suffix == ".pyi" or "<locals>" in qualname:
            return None
        scope = self._twins.get(source.name, lambda: self._twin(source.name), meanwhile=lambda: None)
        *classes, name = qualname.split(".")
        for each in classes:
            owner = self.value(scope.names[each]) if scope is not None and each in scope.names else None
            scope = owner.scope if isinstance(owner, Class) else None
        return None if scope is None else scope.names.get(name) or scope.annotated.get(name)

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Return the value of an expression in a scope."""
        return self.evaluator.evaluate(node, scope)

    def iterated(self, node: ast.expr, scope: Scope) -> tuple[Value, ...] | None:
        """Return the values that a loop over an expression iterates over; None if they are unknown."""
        return self.evaluator.iterated(node, scope)

    def exists(self, module: str) -> bool:
        """Return True if there is a module of that name."""
        return self.store.exists(module)

    def is_absent(self, module: str) -> bool:
        """Return True if importing a module would fail, because its package was read and does not contain it."""
        top = module.partition(".")[0]
        return self.store.exists(top) and not self.store.exists(module)

    def is_readable(self, module: str) -> bool:
        """Return True if a module has sources, or belongs to the interpreter."""
        return self.store.exists(module) or is_interpreters(module)

    def member(self, module: str, name: str) -> Value | None:
        """Return the value of `module.name`, None if the module exists and binds no such name."""
        if module in forms.TYPING_MODULES:
            return forms.typing_member(name) or External(path=f"{module}.{name}")
        if (module, name) in OF_THE_MACHINE:
            return Opaque(text=f"{module}.{name}", kind="str")
        if module == "sys" and name == "version_info":
            return Collection(kind="tuple", items=tuple(Constant(value=part) for part in (*self.python, 0, "final", 0)))
        scope = self.scope(module)
        return self._member_without_source(module, name) if scope is None else self._member_of(scope, module, name)

    def _member_of(self, scope: Scope, module: str, name: str) -> Value | None:
        inner = f"{module}.{name}"
        binding = scope.names.get(name) or (None if self.store.exists(inner) else self._lazy(scope, name))
        if binding is not None and not _is_own_submodule(binding, module):
            value = self.value(binding)
            if unknown_part(value) is not None:  # such as `types.TracebackType`, the type of something that was caught
                return native_member(module, name) or value
            return (self._in_twin(module, name) or value) if isinstance(value, External) else value
        if self.store.exists(inner):
            return Module(name=inner)
        return native_member(module, name) or self._in_twin(module, name) or _answered(scope, name)

    def _in_twin(self, module: str, name: str) -> Value | None:
        """Return the value in the stub of a name that its module imports from something without sources."""
        twin = self._twins.get(module, lambda: self._twin(module), meanwhile=lambda: None)
        binding = twin.names.get(name) if twin else None
        return None if binding is None or isinstance(binding.how, Import) else self.value(binding)

    def _twin(self, module: str) -> Scope | None:
        source = self.store.read_twin(module)
        if source is None:
            return None
        scope = Scope(source=source, meter=self.budget.meter(source.length))
        bind(scope, source.tree.body, self)
        return scope

    def _lazy(self, scope: Scope, name: str) -> Binding | None:
        """Return the value for type checkers of a name that a module creates on access, or lists without binding it."""
        binding = scope.guarded.get(name)
        if binding is None or "__getattr__" in scope.names:
            return binding
        return binding if name in self._names_listed(scope) else None

    def _names_listed(self, scope: Scope) -> frozenset[str]:
        """Return the names in the `__all__` of a module; none if it has none."""
        module = scope.source.name
        if module not in self._scopes:  # it may get another one
            return frozenset(self.listed(scope) or ())
        return self._listed.get(module, lambda: frozenset(self.listed(scope) or ()))

    def _member_without_source(self, module: str, name: str) -> Value | None:
        native = native_member(module, name)
        if native is not None:
            return native
        inner = f"{module}.{name}"
        return Module(name=inner) if self.store.exists(inner) else External(path=inner)

    # -- names

    def lookup(self, name: str, scope: Scope, line: int | None) -> Value | None:
        """Return the value of a name at the place of its use, None if it is not bound."""
        here: Scope | None = scope
        while here is not None:
            binding = self._visible(here, name, line)
            if binding is not None:
                return self.value(binding)
            sees_body = here.is_type_parameters
            here = here.parent
            while here is not None and here.is_class and not sees_body:  # not visible from nested scopes
                here = here.parent
        if name in {"__name__", "__module__"}:
            return Constant(value=scope.module_name)
        return Native(value=getattr(builtins, name)) if hasattr(builtins, name) else self._guarded(name, scope)

    def _guarded(self, name: str, scope: Scope) -> Value | None:
        """Return the value of a name for type checkers; using it at run time would be an error."""
        binding = scope.module.guarded.get(name)
        return self.value(binding) if binding and not self._is_being_found(binding) else None

    def _visible(self, scope: Scope, name: str, line: int | None) -> Binding | None:
        """Return the binding that code on a line of a scope sees.

        A running body sees the bindings above. Code that runs later (if the line is unknown, or the name is bound only
        below) sees the last binding. A class body does not see bindings below; it continues with the module.
        """
        last = scope.names.get(name)
        binding = self._last_above(last, line)
        deleted, end = scope.deleted.get(name, (None, 0))
        # The standard library deletes only its own helpers, and this interpreter has the result of using them.
        if binding is None and line is not None and line <= end and not is_interpreters(scope.source.name):
            binding = self._last_above(deleted, line)
        if binding is None and not scope.is_class and last is not None and not self._is_being_found(last):
            return last
        return binding

    def _last_above(self, binding: Binding | None, line: int | None) -> Binding | None:
        """Return the last binding of a name above a line, None if there is none."""
        while binding is not None and (not _is_above(binding, line) or self._is_being_found(binding)):
            is_far = binding.far is not None and line is not None and binding.far_end >= line
            binding = binding.far if is_far else binding.previous
        return binding

    def _is_being_found(self, binding: Binding) -> bool:
        """Return True if the value of a binding is being computed; an answer is then temporary."""
        if binding.is_active:
            binding.facts = self.trace.warn(binding.facts)
        return binding.is_active

    def value(self, binding: Binding) -> Value:
        """Return the value of a binding."""
        if binding.value is not None:
            self.trace.current |= binding.facts
            return binding.value
        if self._is_being_found(binding):
            return Opaque(text=binding.name)
        if self.budget.is_deep:
            self._find_below(binding)
        binding.is_active = True
        outer = self.trace.begin()
        try:
            binding.value = self._bound(binding)
        except RecursionError:
            over = OverBudgetError("more nested calls than Python allows", depends_on_order=True)
            self.note_limit(binding.node, binding.scope, over)
            binding.value = Opaque(text=binding.name, limit=over.limit)
        finally:
            binding.is_active = False
            binding.facts = self.trace.end(outer, binding.facts)
        return binding.value

    def _find_below(self, binding: Binding) -> None:
        """Compute the values that a binding depends on, recursively, before its own.

        Otherwise, each name of a long chain (`b = a`, `c = b`, ...) would be some calls deeper than the last.
        """
        stack = [binding]
        seen = {binding}
        while stack:
            needed = [each for each in self._rests_on(stack[-1]) if each.value is None and each not in seen]
            seen.update(needed)
            stack += needed
            if not needed:
                last = stack.pop()
                if last is not binding and not last.is_active:
                    self.value(last)

    def _rests_on(self, binding: Binding) -> Iterator[Binding]:
        """Yield the assignments whose values the value of an assignment uses."""
        how = binding.how
        if not isinstance(how, Assignment) or how.expression is None:
            return
        if how.operator is not None and binding.previous is not None:
            yield binding.previous
        line = getattr(binding.node, "lineno", None)
        for node in ast.walk(how.expression):
            found = self._visible(binding.scope, node.id, line) if isinstance(node, ast.Name) else None
            if found is not None and isinstance(found.how, Assignment):
                yield found

    def _bound(self, binding: Binding) -> Value:
        how = binding.how
        if isinstance(how, Import):
            return self._imported(binding, how)
        if isinstance(how, AliasStatement):
            return self._alias(binding)
        if isinstance(how, ast.ClassDef):
            return self._definitions.made_by_metaclass(how, binding.scope) or self.define_class(how, binding.scope)
        if isinstance(how, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.decorated(how, binding.scope)
        return self._assigned(binding, how) or Opaque(text=written(how.expression, binding.scope.source.path))

    def _imported(self, binding: Binding, how: Import) -> Value:
        if how.attribute is None:
            return Module(name=how.module)
        found = self.member(how.module, how.attribute)
        if found is not None:
            return (self._own_instead(binding) or found) if isinstance(found, External) else found
        self._note_unbound(binding, how)
        return External(path=f"{how.module}.{how.attribute}")

    def _own_instead(self, binding: Binding) -> Value | None:
        """Return the module's own definition of a name that unreadable code may replace (a faster version)."""
        before = binding.previous
        return self.value(before) if before is not None and isinstance(before.how, Definition) else None

    def _alias(self, binding: Binding) -> Value:
        """Return the value that `type X = ...` binds; its type is evaluated on demand."""
        scope = scopes.with_type_parameters(binding.node, binding.scope, binding.name)
        return TypeParameter(
            kind="TypeAliasType",
            name=binding.name,
            module=scope.module_name,
            mark="",
            bound=Opaque(text=written(getattr(binding.node, "value", None))),
        )

    def _assigned(self, binding: Binding, how: Assignment) -> Value | None:
        if how.expression is None:
            return None
        if how.operator is not None:
            before = self.value(binding.previous) if binding.previous else None
            if isinstance(before, Opaque) and before.limit:
                return Opaque(text=written(how.expression, binding.scope.source.path), limit=before.limit)
            return before and self.evaluator.augment(before, how.operator, how.expression, binding.scope)
        found: Value | None = self.evaluator.evaluate(how.expression, binding.scope)
        for step in how.steps:
            found = found.taken(step) if isinstance(found, Collection) else None
        return found

    # -- what the parts need from each other

    def define_class(self, node: ast.ClassDef, home: Scope) -> Value:
        """Return the class of a definition."""
        return self._definitions.define_class(node, home)

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Function:
        """Return the function of a definition, without its decorators."""
        return self._definitions.define_function(node, home)

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Value:
        """Return the value that a function definition binds its name to."""
        return self._definitions.decorated(node, home)

    def truth(self, test: ast.expr, scope: Scope) -> bool | None:
        """Return the truth of a condition, None if it is unknown."""
        return truth_of(self.evaluator.evaluate(test, scope))

    def attribute(self, owner: Value, name: str) -> Value | None:  # noqa: PLR0911 - one line per kind of value
        """Return `owner.name`, None if it is unknown."""
        if isinstance(owner, Module):
            # A name that a module of this interpreter lacks may exist in a later Python.
            later = External(path=f"{owner.name}.{name}") if is_interpreters(owner.name) else None
            return self.member(owner.name, name) or later
        if isinstance(owner, External):
            return External(path=f"{owner.path}.{name}")
        if isinstance(owner, Constant | Collection):
            return method_of(owner, name)
        if isinstance(owner, Class):
            return self._of_class(owner, name)
        if isinstance(owner, Function):
            if name == "__doc__":
                return Constant(value=self.docstrings.of_function(owner))
            texts = {"__name__": owner.name, "__qualname__": owner.qualname}
            return Constant(value=texts[name]) if name in texts else None
        if isinstance(owner, Native):
            found = inspect.getattr_static(owner.value, name, None) if isinstance(owner.value, type) else None
            return None if found is None else Native(value=found)
        if isinstance(owner, TypeParameter) and owner.kind == "ParamSpec" and name in {"args", "kwargs"}:
            return TypeParameter(kind=f"ParamSpec{name.capitalize()}", name=owner.name, module=owner.module)
        if isinstance(owner, Instance):
            return self.calls.instance_attribute(owner, name)
        return self._of_member(owner, name) if isinstance(owner, EnumMember) else None

    def _of_class(self, owner: Class, name: str) -> Value | None:
        if name == "__doc__":
            return Constant(value=self.docstrings.of_class(owner))
        found = self.classes.attribute(owner, name)
        return self._member_as_made(found) if isinstance(found, EnumMember) else found

    def _member_as_made(self, member: EnumMember) -> EnumMember:
        """Return a member with the value that its enumeration gives it; an alias is the aliased member."""
        owner = member.of
        members = self._enums.get(
            owner, lambda: {each.name: each for each in enums.members_of(self, owner)}, meanwhile=dict
        )
        found = members.get(member.name)
        if found is None:
            return member
        made = members.get(found.alias_of, found)
        value = made.value if made.is_known else Opaque(text=f"{owner.name}.{made.name}")
        return EnumMember(of=owner, name=made.name, value=value)

    def _of_member(self, member: EnumMember, name: str) -> Value | None:
        """Return the name or the value of a member, unless its class has something else under that name."""
        found = self.classes.find(member.of, name)
        if found is not None and isinstance(found[0], Class) and found[0].module != "enum":
            return None
        known: dict[str, Value] = {"name": Constant(value=member.name), "value": member.value}
        return known.get(name)

    def call(self, callee: Value, call: Call) -> Value | None:
        """Return the result of a call, None if it is unknown."""
        return self.calls.call(callee, call)

    def is_typing_generic(self, origin: Value) -> bool:
        """Return True if a class was made generic by `typing.Generic`; for unknown classes it is assumed."""
        return self.classes.is_typing_generic(origin)

    # -- findings

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, including those of reading."""
        return self.store.findings

    def bound_names(self, module: str) -> tuple[str, ...]:
        """Return the names that a module binds itself, in no particular order, without its submodules."""
        scope = self.scope(module)
        names = scope.names.items() if scope else ()
        return tuple(name for name, binding in names if not _is_own_submodule(binding, module))

    def check_imports(
        self, module: str, packages: tuple[str, ...], bound_names: Callable[[str], Iterable[str]]
    ) -> None:
        """Add a finding for each name that a module imports from one of the packages that does not bind it.

        Parameters:
            module: The module whose imports are checked.
            packages: The packages, of which every module can be read.
            bound_names: Like the method of that name; lets a build know the names of a module without reading it again.
        """
        scope = self.scope(module)
        bound: dict[str, frozenset[str] | None] = {}
        for binding in scope.names.values() if scope else ():
            how = binding.how
            if not isinstance(how, Import) or how.attribute is None:
                continue
            if how.module not in bound:
                is_own = any(f"{how.module}.".startswith(f"{package}.") for package in packages)
                bound[how.module] = frozenset(bound_names(how.module)) if is_own else None
            names = bound[how.module]
            if names is not None and how.attribute not in names and self.member(how.module, how.attribute) is None:
                self._note_unbound(binding, how)

    def _note_unbound(self, binding: Binding, how: Import) -> None:
        scope = self.scope(how.module)
        if is_interpreters(how.module) or (scope is not None and any(not name for name, _ in scope.name_makers)):
            return  # code of that module binds names that the source does not show
        text = f"{how.module} does not define {how.attribute}"
        self.note("DG105", binding.node, binding.scope, text, "Importing the module would fail at this line.")

    def note_limit(self, node: ast.AST, scope: Scope, over: OverBudgetError) -> None:
        """Add a finding for a value that exceeds the budget."""
        self.notes.limit(node, scope, over)

    def note(self, code: str, node: ast.AST, scope: Scope, text: str, hint: str = "") -> None:
        """Add a finding at a node."""
        self.notes.add(code, node, scope, text, hint)


def _native_names(module: object) -> Iterable[str]:
    """Return the names that a module of the interpreter offers to a wildcard import; none if there is no module."""
    if module is None:
        return ()
    return getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")]


def _wildcards(scope: Scope) -> Iterator[Import]:
    """Yield the bindings of the names that a module gets from wildcard imports."""
    return (each.how for each in scope.names.values() if each.wildcards and isinstance(each.how, Import))


def _starred(binding: Binding | None) -> Binding | None:
    """Return the scope at the end of a chain of wildcard imports that binds a name."""
    return binding.starred or binding if binding else None


def _is_own_submodule(binding: Binding, module: str) -> bool:
    """Return True if a package binds a name by importing its own submodule (`from . import part`)."""
    return isinstance(binding.how, Import) and binding.how.module == module and binding.how.attribute == binding.name


def _answered(scope: Scope, name: str) -> Value | None:
    """Return the value of a name that a module does not bind: one that all modules have, or one created on access.

    The latter comes from `__getattr__` (PEP 562); a module that has one may have any name.
    """
    if name in {"__doc__", "__name__"}:
        return Constant(value=scope.source.name if name == "__name__" else raw_docstring(scope.source.tree))
    return Opaque(text=f"{scope.source.name}.{name}") if "__getattr__" in scope.names and name != "__all__" else None


def _is_above(binding: Binding, line: int | None) -> bool:
    return line is None or binding.end < line


def _stand_in(body: list[ast.stmt]) -> str | None:
    """Return the module that a module replaces itself by: `sys.modules[__name__] = other`."""
    imports = [node for node in body if isinstance(node, ast.Import)]
    modules = {alias.asname or alias.name: alias.name for node in imports for alias in node.names}
    for node in body:
        targets = [code_of(target) for target in node.targets] if isinstance(node, ast.Assign) else []
        if "sys.modules[__name__]" in targets and isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            return modules.get(node.value.id)
    return None
