"""Builds the API model from sources: every public symbol of the packages, and the findings."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from docgen.build.asked import asked_names
from docgen.build.classes import Classes
from docgen.build.context import Context
from docgen.build.docs import docstrings_in
from docgen.build.functions import Functions
from docgen.build.inputs import Inputs
from docgen.build.modules import Name, Names, canonical, overstarred
from docgen.build.natives import native_class
from docgen.build.variables import Variables
from docgen.build.walk import Walk, note_name_makers
from docgen.findings import Finding
from docgen.incremental.unchanged import this_command
from docgen.incremental.units import Storage, Units
from docgen.model import UNKNOWN, Alias, Class, Function, Location, Module, Reference, Unknown, Value, Variable
from docgen.prose.style import Style, count_styles, most_voted
from docgen.runtime import describe, spell, values
from docgen.runtime.budget import deep_stack
from docgen.runtime.values import Binding, Native, Scope, Wrapping, function_in, wrappings_of
from docgen.runtime.world import World
from docgen.sources.facts import changes_class
from docgen.sources.store import Library, Question, frozen_collector
from docgen.sources.trees import is_name, raw_docstring


@dataclass(frozen=True, kw_only=True)
class Built:
    """A reference and the findings of its build."""

    reference: Reference
    findings: tuple[Finding, ...]
    files: tuple[Path, ...] = ()
    """Every file of the documented packages, read or not."""
    units: Units[Part] | None = None
    """What the next build can reuse."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a reference that is computed in one step; fields that it does not determine are empty."""

    names: tuple[str, ...] = ()
    offered: tuple[Name, ...] = ()
    module: Module | None = None
    class_: Class | None = None
    function: Function | None = None
    variable: Variable | None = None


AUTO = "auto"
"""Value of the docstring style setting: the style of most of them."""


def build(inputs: Inputs, *, python: str = "", docstrings: str = AUTO, last: bytes | None = None) -> Built:
    """Return the reference of the packages.

    Parameters:
        inputs: What is read.
        python: Version of CPython whose behaviour is modelled; if empty, that of the running interpreter.
        docstrings: Style of the docstrings, a word of `Style`; `auto`: the style of most of them.
        last: `Units.dump()` of the last build from the same inputs, apart from changed files.

    Raises:
        SymbolError: `only` names packages that do not exist.
    """
    with frozen_collector(), deep_stack():
        builder = _Builder(inputs, python, docstrings, last)
        reference = builder.reference()
        if builder.units.depends_on_order and builder.units.has_reused:
            # With some answers reused and others computed again, the result could differ from a build from scratch.
            builder = _Builder(inputs, python, docstrings, None)
            reference = builder.reference()
    findings = sorted(set(builder.units.findings()))
    builder.world.forget()
    return Built(reference=reference, findings=tuple(findings), files=builder.files, units=builder.units)


class _Builder:
    def __init__(self, inputs: Inputs, python: str, docstrings: str, last: bytes | None) -> None:
        version = tuple(map(int, python.split(".")[:2])) if python else sys.version_info[:2]
        library = Library((inputs.root, *inputs.search))
        self.inputs = inputs
        self.python = ".".join(map(str, version))
        self.docstrings = docstrings
        self.world = World(library, (version[0], version[1]), dict(inputs.effects))
        self.names = Names(self.world, (*inputs.packages, *inputs.private), shows_private=inputs.shows_private)
        context = Context(self.world, self.names.is_own, shows_private=inputs.shows_private)
        self.docs = context.docs
        self.functions = Functions(context)
        self.classes = Classes(context, self.functions, self._ask_for_base)
        self.variables = Variables(context, self.functions)
        self.units = Units(library, f"{inputs} {python} {this_command(())}", last, Storage(Part))
        self.walk = Walk(inputs, self.world, self.units, lambda names: Part(names=names))
        self.files: tuple[Path, ...] = ()
        self._open: set[str] = set()
        """Paths of the classes that are being described, because one that derives from itself would never end."""
        self._known: dict[str, values.Value] = {}
        """Classes by path, of the units that this build computed; the bases of each such unit are among them."""

    def reference(self) -> Reference:
        """Return every public module with what it offers."""
        offered = self._all_offered(self.walk.modules(self._below))
        places = canonical(offered)
        self.docs.style = self._style(offered)
        modules = tuple(self._module(name, found, places) for name, found in offered.items())
        bases = self._bases(modules)
        self.files = self.walk.read_the_rest((*self.inputs.packages, *self.inputs.private), self._note_name_makers)
        return Reference(
            distribution=self.inputs.distribution,
            version=self.inputs.version,
            modules=modules,
            bases=bases,
            source=(("python", self.python), ("docstrings", self.docs.style.value)),
            unread=tuple(sorted({each.path for each in self.units.findings() if each.code in {"DG101", "DG102"}})),
        )

    # -- modules

    def _below(self, module: str) -> tuple[str, ...]:
        store, is_private_shown = self.world.store, self.inputs.shows_private
        found = store.submodules(module, store.roots[0], with_tests=is_private_shown)
        shown = (name for name in found if not name.startswith("_") or (is_private_shown and name[:2] != "__"))
        return tuple(f"{module}.{name}" for name in shown)

    def _offered(self, module: str) -> tuple[Name, ...]:
        return self.units.get(f"names {module}", lambda: Part(offered=self.names.of(module))).offered

    def _all_offered(self, modules: Iterable[str]) -> dict[str, tuple[Name, ...]]:
        """Return the public names of each module, with those from wildcard imports as far as the limit allows."""
        offered = {name: self._offered(name) for name in modules}
        for module in self.units.get("starred", partial(self._overstarred, tuple(offered))).names:
            offered[module] = tuple(each for each in offered[module] if not each.is_starred)
        return offered

    def _overstarred(self, modules: tuple[str, ...]) -> Part:
        offered = {name: self._offered(name) for name in modules}
        found = tuple(overstarred(offered))
        for module in found:
            scope = self.world.scope(module)
            if scope is not None:
                count = sum(each.is_starred for each in offered[module])
                text = f"{count:,} names from wildcard imports are left out: modules list each other's too often"
                self.world.note("DG205", scope.source.tree, scope, text, "Give the module an __all__ of its own names.")
        return Part(names=found)

    def _style(self, offered: Mapping[str, Iterable[Name]]) -> Style:
        """Return the style of the docstrings: the given one, or that of most in the modules that define symbols."""
        if self.docstrings != AUTO:
            return Style(self.docstrings)
        homes = {each.path.rpartition(".")[0] for found in offered.values() for each in found if each.is_own}
        votes: Counter[Style] = Counter()
        for module in sorted(homes | set(offered)):
            part = self.units.get(f"styles {module}", partial(self._count_styles, module))
            votes.update(
                {Style(word): int(count) for word, count in zip(part.names[::2], part.names[1::2], strict=True)}
            )
        return most_voted(votes)

    def _count_styles(self, module: str) -> Part:
        scope = self.world.scope(module)
        votes = count_styles(docstrings_in(scope.source.tree) if scope else ())
        return Part(names=tuple(word for style, count in sorted(votes.items()) for word in (style.value, str(count))))

    def _module(self, name: str, offered: Collection[Name], places: Mapping[str, tuple[str, str]]) -> Module:
        part = self.units.get(f"module {name} {self.docs.style}", partial(self._shell, name))
        shell = part.module or Module(name=name)
        classes: list[Class] = []
        functions: list[Function] = []
        variables: list[Variable] = []
        aliases: list[Alias] = []
        for each in offered:
            if places.get(each.path) != (name, each.name):
                aliases.append(_alias(each, shell, places))
                continue
            found = self._symbol(name, each)
            classes += [found.class_] if found.class_ else []
            functions += [found.function] if found.function else []
            variables += [found.variable] if found.variable else []
        names = {each.name for each in offered}
        return msgspec.structs.replace(
            shell,
            further_names=tuple(each for each in shell.further_names if each not in names),
            classes=tuple(classes),
            functions=tuple(functions),
            variables=tuple(variables),
            aliases=tuple(aliases),
        )

    def _shell(self, name: str) -> Part:
        """Return a module without its members."""
        scope = self.world.scope(name)
        if scope is None:
            return Part(module=Module(name=name, is_package=self.world.store.find(name) is None))
        tree = scope.source.tree
        last_line = max((getattr(node, "end_lineno", 1) for node in tree.body[-1:]), default=1)
        is_filled = any(not owner for owner, _ in scope.name_makers)
        asked, refuses_others = asked_names(scope, self.world)
        module = Module(
            name=name,
            location=Location(file=self.world.store.display(scope.source.path), line=1, end_line=last_line),
            is_package=scope.source.is_package,
            docstring=self.docs.of(raw_docstring(tree), tree, scope),
            listed=self._listed(scope),
            makes_names="__getattr__" in scope.names or is_filled or self._changes_class(scope),
            fills_names=is_filled and "__getattr__" not in scope.names,
            asked_names=asked,
            refuses_others=refuses_others and not is_filled,
            further_names=tuple(sorted(self.names.bound(scope))),
            needed=self._others(scope, scope.source.facts.needed),
            tried=self._others(scope, scope.source.facts.tried),
            submodules=self._imported(scope, as_names=True),
            loaded=self._imported(scope, as_names=False),
        )
        return Part(module=module)

    def _changes_class(self, scope: Scope) -> bool:
        """Return whether a module gets a class that may answer for any name, by itself or by `install(__name__)`."""
        for node in scope.source.tree.body:
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and any(is_name(each, "__name__") for each in call.args):
                function = function_in(self.world.evaluate(call.func, scope))
                if function is not None and function.home.source.facts.body(function.node).changes_class:
                    return True
            elif changes_class(node):
                return True
        return False

    def _others(self, scope: Scope, modules: frozenset[str]) -> tuple[str, ...]:
        """Return the modules that are not in the package of a scope, in alphabetical order."""
        return tuple(sorted(modules - {scope.source.name.partition(".")[0]}))

    def _imported(self, scope: Scope, *, as_names: bool) -> tuple[str, ...]:
        """Return the modules right below a package that it imports itself, in alphabetical order.

        Parameters:
            scope: The scope of the package.
            as_names: Only those that it binds to their own public names; otherwise also those that it imports from.
        """
        found: set[str] = set()
        for name, binding in scope.names.items() if scope.source.is_package else ():
            how = binding.how
            if not isinstance(how, values.Import):
                continue
            modules = (how.module, f"{how.module}.{how.attribute}")
            below = f"{scope.source.name}.{name}" if as_names else _below(scope.source.name, modules)
            is_public = not as_names or not name.startswith("_")
            if is_public and (below in modules or not as_names) and self.world.exists(below):
                found.add(below)
        return tuple(sorted(found))

    def _listed(self, scope: Scope) -> tuple[str, ...] | Unknown | None:
        listed = self.world.listed(scope)
        return UNKNOWN if listed is None and "__all__" in scope.names else listed

    # -- symbols

    def _symbol(self, module: str, name: Name) -> Part:
        """Return the part of a public name; for a class, everything but the name is in the unit of the class."""
        found = self.units.get(
            f"symbol {module} {name.name} {self.docs.style}", partial(self._describe, module, name.name)
        )
        if not found.names:
            return found
        class_ = self._class_unit(found.names[0]).class_
        if class_ is None or class_.name == name.name:
            return Part(class_=class_)
        return Part(class_=msgspec.structs.replace(class_, name=name.name))

    def _describe(self, module: str, name: str) -> Part:
        scope = self.world.scope(module)
        if scope is None:
            return Part()
        value, binding = self.world.member(module, name), self.names.binding(scope, name)
        if isinstance(value, values.Class):
            return Part(names=(self._ask_for(value),))
        if binding is None:
            text = f"{name} is created while code runs, so its kind is unknown"
            self.world.note("DG107", scope.source.tree, scope, text)
            return Part(variable=Variable(name=name, path=f"{module}.{name}", value=Value(text=name, is_known=False)))
        if value is None:
            return Part(variable=self.variables.declared(name, binding))
        origin = self.names.definition(binding, value)
        function = function_in(value)
        if function is not None and Wrapping.OBJECT not in wrappings_of(value):
            return Part(function=self.functions.of(name, value, function, origin))
        if isinstance(value, values.Instance) and self.names.is_own(spell.class_path(value.of)):
            self._ask_for_base(value.of)
        variable = self.variables.of(name, value, origin)
        if variable.annotation is None:  # An annotation says that it is a variable, and of which type.
            self._note_unknown(scope, name, value, binding)
        return Part(variable=variable)

    def _note_unknown(self, scope: Scope, name: str, value: values.Value, binding: Binding) -> None:
        is_reported = isinstance(value, values.External) or bool(value.limit)
        if not describe.is_known(value) and not is_reported:
            text = f"{name} is shown as a variable: it is bound to {describe.description(value)}"
            hint = f"If it is one, annotate it: `{name}: Type = ...`."
            self.world.note("DG107", binding.node, scope, text, hint)

    # -- classes

    def _ask_for(self, owner: values.Value) -> str:
        """Return the path of a class after requesting its unit, because the requesting unit depends on it."""
        path = spell.class_path(owner)
        self._known.setdefault(path, owner)
        self._class_unit(path)
        return path

    def _ask_for_base(self, owner: values.Value) -> None:
        if isinstance(owner, values.Class | Native):
            self._ask_for(owner)

    def _class_unit(self, path: str) -> Part:
        if path in self._open:
            self.world.trace.warn(0)
            return Part()
        self._open.add(path)
        try:
            return self.units.get(f"class {path} {self.docs.style}", partial(self._class, path))
        finally:
            self._open.discard(path)

    def _class(self, path: str) -> Part:
        owner = self._known.get(path)  # None: created by running code, `type(name)`, and known only by its text
        if isinstance(owner, values.Class):
            # The part that asked first found the class and so depends on its file; this part depends on it, too.
            self.world.trace.add(Question("text", str(owner.home.source.path)))
            return Part(class_=self.classes.of(owner.name, owner))
        made = owner.value if isinstance(owner, Native) else None
        return Part(class_=native_class(made, self.python)) if isinstance(made, type) else Part()

    def _bases(self, modules: tuple[Module, ...]) -> tuple[Class, ...]:
        """Return the bases of public classes that are not described at a public path themselves."""
        described: set[str] = set()
        wanted: dict[str, None] = {}
        for module in modules:
            for each in module.classes:
                _note_class(each, described, wanted)
            # An object is described by its class.
            values_of = (each.value for each in module.variables if isinstance(each.value, Value))
            wanted.update((each.address_of, None) for each in values_of if self.names.is_own(each.address_of))
        found: dict[str, Class] = {}
        pending = [path for path in wanted if path not in described]
        while pending:
            path = pending.pop(0)
            class_ = self._class_unit(path).class_ if path not in described and path not in found else None
            if class_ is None:
                continue
            found[path] = class_
            more: dict[str, None] = {}
            _note_class(class_, described, more)
            pending += more
        return tuple(found[path] for path in sorted(found))

    def _note_name_makers(self, module: str) -> None:
        if self.names.is_own(module):
            note_name_makers(self.world, module)


def _alias(name: Name, module: Module, places: Mapping[str, tuple[str, str]]) -> Alias:
    place = places.get(name.path)
    file = module.location.file if module.location else ""
    return Alias(
        name=name.name,
        target=".".join(place) if place else name.path,
        kind=name.kind,
        location=Location(file=file, line=name.line, end_line=name.end_line) if name.line else None,
        is_external=not name.is_own,
        is_for_checkers=name.is_for_checkers,
    )


def _below(package: str, modules: Iterable[str]) -> str:
    """Return the module directly below a package that is or contains one of several; else the package itself."""
    found = (each.removeprefix(f"{package}.").partition(".")[0] for each in modules if each.startswith(f"{package}."))
    return ".".join((package, *sorted(found, key=len)[:1]))


def _note_class(class_: Class, described: set[str], wanted: dict[str, None]) -> None:
    """Add a class and its nested classes to the described ones, and their bases to the wanted ones."""
    described.add(class_.path)
    if isinstance(class_.mro, tuple):
        wanted.update((path, None) for path in class_.mro if path not in class_.unknown_bases)
    if class_.metaclass.partition(".")[0] == class_.path.partition(".")[0]:
        wanted[class_.metaclass] = None
    for inner in class_.classes:
        _note_class(inner, described, wanted)
