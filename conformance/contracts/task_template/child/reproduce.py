"""Composes the script that shows a deviation and needs only the implementation.

The scripts (`reproducers/*.toml`) use contract names. This module prepends the definitions that they need: imports of
the implementation's public names, the template class, and a way to run code inside a task.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import importlib
import inspect
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import NOTHING, FunctionRecipe, needed_values
from conformance.engine.child.scripts import as_source, is_source, of_example
from conformance.engine.rules import scripts_in
from conformance.errors import Gap

FOLDER = Path(__file__).parent.parent / "reproducers"

MAKE = (
    'def make(func, name="", interface=None, **more):\n'
    "    return Template(func=func, name=name or func.__name__, "
    "interface=interface or NativeInterface.from_callable(func), **more)\n"
)
"""A template of a function, by the constructor."""


@cache
def scripts() -> Mapping[str, str]:
    """Return the body of each script by rule id."""
    return scripts_in(FOLDER)


def scripts_for(rule_id: str, adapter: Adapter, drawn: Mapping[str, Any]) -> tuple[str, ...]:
    """Return scripts that may show a deviation: the script of the rule with the example in it, then without.

    Parameters:
        rule_id: Id of the rule.
        adapter: The adapter of the implementation, which finds its names. `task_source`, if it has one, is the source
            text of `in_task(controller, **data)`.
        drawn: The values that hypothesis drew for the failing example, as far as it shrank them.

    Returns:
        There are up to two; the first one that fails on its own is the reproducer.
    """
    body = scripts().get(rule_id)
    if body is None:
        return ()
    values = variables_of(drawn)
    found = ((head, composed(one, adapter)) for head, one in of_example(body, values, source_of=source_of))
    return tuple(head + script for head, script in found if script is not None)


def variables_of(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was drawn by name, with the parts of recipes by theirs: `fields` of a template, for example.

    A function is a value: its own name is not what a script calls `name`.
    """
    values = dict(drawn)
    for value in drawn.values():
        if dataclasses.is_dataclass(value) and not isinstance(value, type | FunctionRecipe):
            values |= variables_of({one.name: getattr(value, one.name) for one in dataclasses.fields(value)})
    return values


def source_of(value: object, name: str) -> str | None:
    """Return a value as Python source, None if it has none; a function as its head, with another name."""
    return _head(replace(value, name=name)) if isinstance(value, FunctionRecipe) else as_source(value)


def _head(function: FunctionRecipe) -> str | None:
    """Return the head of a function as Python source, None if its module or its classes have to be written as well."""
    kinds = [*(one.annotation for one in function.parameters), function.returns]
    is_plain = not function.is_postponed and function.doc is None and all(map(_is_built_in, kinds))
    return f"{function!r}: ..." if is_plain and is_source(f"{function!r}: ...", "exec") else None


def _is_built_in(annotation: Any) -> bool:
    """Return True if the repr of an annotation is code that needs no import; so is a missing annotation."""
    return not isinstance(annotation, type) or annotation is NOTHING or annotation.__module__ == "builtins"


def with_own_hooks(body: str, template: type[Any]) -> str:
    """Return a script whose `pre` and `post` are plain functions if those of the template class are."""
    for name in ("pre", "post"):
        if not inspect.iscoroutinefunction(getattr(template, name, None)):
            body = body.replace(f"async def {name}(", f"def {name}(")
    return body


def composed(body: str, adapter: Adapter) -> str | None:
    """Return a script with the definitions that it needs before it, None if the implementation lacks one."""
    needed, body = needed_source(adapter), with_own_hooks(body, adapter.template)
    lines, body = split(body if needed == "" else body.replace(CONSTRUCTED, CONSTRUCTED_WITH))
    parts = [body]
    for name, source in {**helpers(adapter, needed), "needed": needed}.items():
        if name in free_names("\n".join(parts)):
            if not source:
                return None
            imports, rest = split(source)
            lines += imports
            parts.insert(0, rest)
    bound = {name for line in lines for name in bound_names(line)}
    for name in sorted(free_names("\n".join(parts)) - bound):
        line = import_line(name, adapter)
        if line is None:
            return None
        lines.append(line)
    return "\n".join([*merged(lines), *(part.rstrip("\n") for part in parts if part), ""])


CONSTRUCTED, CONSTRUCTED_WITH = "(func=", "(**needed, func="
"""How a script constructs a template, and how it does so if the class needs more than a function."""


OF_THE_SUITE = {
    "Dashboard": (
        'Dashboard = dataclasses.make_dataclass("Dashboard", ["name", ("icon_uri", str, "")], frozen=True, '
        'namespace={"get_link": lambda self, *args, **kwargs: self.name})\n'
    ),
    "PagedDashboard": (
        'PagedDashboard = dataclasses.make_dataclass("PagedDashboard", ["name", ("icon_uri", str, "")], frozen=True, '
        'namespace={"get_link": lambda self, *args, **kwargs: self.name, "__iter__": lambda self: iter(["page"])})\n'
    ),
    "SilentDashboard": (
        'SilentDashboard = dataclasses.make_dataclass("SilentDashboard", ["name", ("icon_uri", str, "")], frozen=True, '
        'namespace={"get_link": lambda self, *args, **kwargs: self.name, "__bool__": lambda self: False})\n'
    ),
    "FixedVersion": (
        'FixedVersion = dataclasses.make_dataclass("FixedVersion", [("version", str, "1")], frozen=True, '
        'namespace={"get_version": lambda self, salt, params: salt + self.version})\n'
    ),
    "NamedResolver": (
        'NamedResolver = dataclasses.make_dataclass("NamedResolver", ["text"], frozen=True, '
        'namespace={"import_path": "my.Resolver", "loader_args": lambda self, *args, **kwargs: [self.text]})\n'
    ),
    "Setting": 'Setting = dataclasses.make_dataclass("Setting", ["text"], frozen=True)\n',
}
"""One-line sources of the classes that properties draw as links, cache policies and configurations, by name."""

READ = "def read(value): return value() if callable(value) else value  # a property or a method\n"
"""Reads a fact that an implementation may offer as a property or as a method."""


def helpers(adapter: Adapter, needed: str | None) -> Mapping[str, str | None]:
    """Return the source of the helpers that a script may use, by name; empty if the adapter has none."""
    return {
        **OF_THE_SUITE,
        "read": READ,
        "make": MAKE if needed == "" else MAKE.replace(CONSTRUCTED, CONSTRUCTED_WITH),
        "in_task": getattr(adapter, "task_source", ""),
        "install": getattr(adapter, "controller_source", ""),
    }


def needed_source(adapter: Adapter) -> str | None:
    """Return the source of `needed`, the arguments that the template class needs besides name, interface and func.

    Returns:
        Empty if there are none, None if one has no source text.
    """
    try:
        written = {name: written_out(value) for name, value in needed_values(adapter, adapter.template).items()}
    except (Gap, TypeError):
        return None
    imports = "".join(sorted({line for _, lines in written.values() for line in lines}))
    values = ", ".join(f'"{name}": {source}' for name, (source, _) in written.items())
    return f"{imports}needed = {{{values}}}\n" if values else ""


def written_out(value: object) -> tuple[str, set[str]]:
    """Return the source text of a value, and the lines that import the classes in it.

    A dataclass is written as a call, with the fields that differ from their defaults.

    Raises:
        TypeError: It has no source text.
    """
    if value is None or type(value) in (bool, int, float, str, bytes):
        return repr(value), set()
    if type(value) in (list, tuple, dict) and not value:
        return repr(value), set()
    if not dataclasses.is_dataclass(value) or "." in type(value).__qualname__:
        raise TypeError(f"no source text for {value!r}")
    fields = {
        one.name: getattr(value, one.name)
        for one in dataclasses.fields(value)
        if one.init and not _is_default(one, value)
    }
    parts = {name: written_out(each) for name, each in fields.items()}
    arguments = ", ".join(f"{name}={source}" for name, (source, _) in parts.items())
    imports = {line for _, lines in parts.values() for line in lines}
    place = f"from {type(value).__module__} import {type(value).__name__}\n"
    return f"{type(value).__name__}({arguments})", {place, *imports}


def _is_default(one: dataclasses.Field[Any], value: object) -> bool:
    """Return True if a field of a dataclass instance has its default."""
    default = one.default if one.default_factory is dataclasses.MISSING else one.default_factory()
    return bool(getattr(value, one.name) == default)


def split(source: str) -> tuple[list[str], str]:
    """Return the imports of a script, one name per line, and the rest of it."""
    lines = source.splitlines(keepends=True)
    imports = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            start = f"from {node.module} import " if isinstance(node, ast.ImportFrom) else "import "
            imports += [start + ast.unparse(alias) for alias in node.names]
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return imports, "".join(lines)


def free_names(source: str) -> set[str]:
    """Return the names that a script reads and never binds, without those that Python has anyway."""
    nodes = ast.walk(ast.parse(source))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return read - bound_names(source) - set(dir(builtins))


def bound_names(source: str) -> set[str]:
    """Return the names that a script binds anywhere."""
    return {name for node in ast.walk(ast.parse(source)) for name in _bound_by(node)}


def _bound_by(node: ast.AST) -> Iterable[str]:
    """Return the names that a node binds."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return (node.id,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.ExceptHandler):
        return (node.name,) if node.name else ()
    if isinstance(node, ast.Import | ast.ImportFrom):
        return tuple((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return ()


def import_line(name: str, adapter: Adapter) -> str | None:
    """Return the line that imports a contract name or a standard module, None if there is no such name."""
    if name == "Template":
        place = place_of(adapter.template.__name__, adapter.template, adapter)
        return place and f"from {place} import {adapter.template.__name__} as Template"
    if name == "errors":
        # A plugin's class is in a different package.
        home = adapter.errors.RuntimeUserError.__module__
        return (
            f"from {home.removesuffix('.errors')} import errors"
            if home.endswith(".errors")
            else f"import {home} as errors"
        )
    if name in sys.stdlib_module_names:
        return f"import {STANDARD.get(name, name)}"
    place = place_of(name, adapter.types[name], adapter) if name in adapter.types else None
    return place and f"from {place} import {name}"


STANDARD = {"concurrent": "concurrent.futures"}
"""Modules of the standard library that are imported by a longer name than the one they are used by."""


def place_of(name: str, value: Any, adapter: Adapter) -> str | None:
    """Return the module to import a public name from: its public path, or else the module that defines it."""
    top = adapter.template.__module__.partition(".")[0]
    home = getattr(value, "__module__", top)
    for module in (home.partition(".")[0], f"{top}.extend", f"{top}.models", home):
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        if getattr(found, name, None) is value:
            return module
    return None


def merged(lines: Iterable[str]) -> list[str]:
    """Return import lines with those from the same module merged, plain imports first."""
    plain = sorted(line for line in lines if line.startswith("import "))
    by_module: dict[str, list[str]] = {}
    for line in sorted(line for line in lines if line.startswith("from ")):
        module, _, name = line.removeprefix("from ").partition(" import ")
        by_module.setdefault(module, []).append(name)
    modules = [line.removeprefix("import ") for line in plain]
    head = [f"import {', '.join(modules)}"] if modules else []
    return head + [f"from {module} import {', '.join(names)}" for module, names in sorted(by_module.items())]
