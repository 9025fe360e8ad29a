"""Turns breaking differences into programs of a few lines that work with the old side and fail with the new one.

Calls are bound and not executed: `inspect.signature(f).bind(1, b=2)` fails like the call, but runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference
from docgen.compare.report import Report
from docgen.compare.rules.values import is_literal
from docgen.compare.sides.grounds import ask
from docgen.model import Attribute, Class, Function, Module, Parameter, Property, Receiver, Value, Variable
from docgen.symbols import Index, Member

CONFIRMED = "confirmed"
_CALL = re.compile(r"`[^`(]*\((?P<arguments>.*)\)`: (?P<why>.*)", re.DOTALL)
_GOES = re.compile(r"(?P<number>\d+) goes to `[^`]*`, not to `(?P<name>[^`]*)`")
_RUNS_NOWHERE = "not confirmed: there is no code to run"
_NO_PROGRAM = "not confirmed: docgen has no program for it"
_FOR_TYPE_CHECKERS = "not confirmed: only type checkers notice it"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol of the old side, and how a program accesses it."""

    imported: str
    """The import statement."""
    code: str
    """The expression for it."""
    symbol: Member | Module | Function | Variable | Class
    owner: Class | None = None

    def lines(self, *lines: str, needs: str = "") -> str:
        """Return a program that imports it first."""
        return "\n".join((*([f"import {needs}"] if needs else []), self.imported, *lines))


def with_witnesses(report: Report) -> Report:
    """Return a report whose breaking differences have a program and say whether it confirms them.

    Raises:
        DownloadError: A side cannot be installed.
    """
    old, new = report.old.ground, report.new.ground
    index = Index(report.old.reference)
    reported = [_with_program(each, index) for each in report.differences]
    if old is None or new is None:
        return replace(report, differences=tuple(_marked(each, _RUNS_NOWHERE) for each in reported))
    programs = [each.program for each in reported if each.program]
    before = ask(old, "programs", programs)
    after = ask(new, "programs", [_named(each, report.new.own_names) for each in programs])
    shown = (_shown(was.get("error", ""), now.get("error", "")) for was, now in zip(before, after, strict=True))
    answers = dict(zip(programs, shown, strict=True))
    return replace(report, differences=tuple(_marked(each, answers.get(each.program, "")) for each in reported))


def _named(program: str, own_names: Mapping[str, str]) -> str:
    """Return a program with the names that a side itself uses, if it is compared under other ones."""
    for path, own in own_names.items():
        module, _, name = path.rpartition(".")
        own_module, _, own_name = own.rpartition(".")
        if module and own_module:
            program = program.replace(
                f"from {module} import {name}\n", f"from {own_module} import {own_name} as {name}\n"
            )
        program = re.sub(rf"(?m)^(from|import) {re.escape(path)}\b", rf"\1 {own}", program)
    return program


def _shown(was: str, now: str) -> str:
    if was:
        return f"not confirmed: the program fails with the old side too: {was}"
    return f"{CONFIRMED}: {now}" if now else "not confirmed: the program works with both sides"


def _marked(difference: Difference, confirmation: str) -> Difference:
    if difference.level is not Level.MAJOR:
        return difference
    if not difference.program and confirmation != _RUNS_NOWHERE:
        confirmation = _FOR_TYPE_CHECKERS if difference.breaks[:1] == ("type checkers",) else _NO_PROGRAM
    return msgspec.structs.replace(difference, confirmation=confirmation)


def _with_program(difference: Difference, old: Index) -> Difference:
    if difference.level is not Level.MAJOR:
        return difference
    return msgspec.structs.replace(difference, program=program_of(difference, old))


def program_of(difference: Difference, old: Index) -> str:
    """Return a program that shows a difference, empty if none can be built from the model."""
    make = _PROGRAMS.get(difference.name, _call if difference.witness else None)
    paths = (difference.symbol, *difference.affects)
    if difference.name == "abstract-member-added":
        paths = tuple(path.rpartition(".")[0] for path in paths)  # the class that has it now
    found = next((each for path in paths if (each := find(path, old))), None)
    return make(difference, found) if make is not None and found is not None else ""


def find(path: str, index: Index) -> Found | None:
    """Return the symbol at a public path, including inherited members; None if the side has none."""
    if path in index.modules and path not in index.aliases:
        return Found(imported=f"import {path}", code=path, symbol=index.modules[path])
    module, names = _split(path, index)
    if not module or not names:
        return None
    imported = f"from {module} import {names[0]}"
    symbol = index.public.get(index.public_path(f"{module}.{names[0]}"))
    owner: Class | None = None
    for name in names[1:]:
        held = index.find(symbol, name) if isinstance(symbol, Class) else None
        if held is None or not isinstance(symbol, Class):
            return None
        owner, symbol = symbol, held.member
    return None if symbol is None else Found(imported=imported, code=".".join(names), symbol=symbol, owner=owner)


def _split(path: str, index: Index) -> tuple[str, list[str]]:
    names = path.split(".")
    for end in range(len(names) - 1, 0, -1):
        if ".".join(names[:end]) in index.modules:
            return ".".join(names[:end]), names[end:]
    return "", []


# -- one function per kind of program


def _access(_: Difference, found: Found) -> str:
    """A program that only accesses the symbol. There is none for attributes that only instances have."""
    if found.owner is None:
        return found.imported
    symbol = found.symbol
    is_of_class = not isinstance(symbol, Attribute) or symbol.origin.value in ("body", "member")
    return found.lines(found.code) if is_of_class else ""


def _star(difference: Difference, found: Found) -> str:
    module = found.imported.split()[1]
    return f"from {module} import *\n{difference.symbol.rpartition('.')[2]}"


def _call(difference: Difference, found: Found) -> str:
    shape = _CALL.match(difference.witness)
    function = _called(found)
    if shape is None or function is None:
        return ""
    is_bound = (
        found.owner is not None and function.receiver is Receiver.INSTANCE and not isinstance(found.symbol, Class)
    )
    arguments = ", ".join(filter(None, ("None" if is_bound else "", shape["arguments"])))
    bound = f"inspect.signature({found.code}).bind({arguments})"
    goes = _GOES.match(shape["why"])
    if goes is None:
        return found.lines(bound, needs="inspect")
    source = _parameters(found).get(goes["name"])
    if source is None or source.is_from_keywords:
        return ""  # It is in `**kwargs`, and only the body of the function looks for it.
    given = f"{bound}.arguments[{source.name!r}]"
    word = "in" if "variadic" in source.kind else "=="
    return found.lines(f"assert {goes['number']} {word} {given}", needs="inspect")


def _called(found: Found) -> Function | None:
    symbol = found.symbol
    if isinstance(symbol, Class):
        return symbol.constructor if isinstance(symbol.constructor, Function) else None
    if isinstance(symbol, Variable | Attribute):
        return symbol.function
    return symbol if isinstance(symbol, Function) else None


def _parameters(found: Found) -> Mapping[str, Parameter]:
    function = _called(found)
    known = function.signature.parameters if function else ()
    return {each.name: each for each in known} if isinstance(known, tuple) else {}


def _default(difference: Difference, found: Found) -> str:
    known = _parameters(found)
    lines = [
        f"assert inspect.signature({found.code}).parameters[{name!r}].default == {value.text}"
        for name in difference.parameter.split(", ")
        if name in known and isinstance(value := known[name].default, Value) and is_literal(value)
    ]
    return found.lines(*lines, needs="inspect") if lines else ""


def _value(_: Difference, found: Found) -> str:
    symbol = found.symbol
    value = symbol.value if isinstance(symbol, Variable | Attribute) else None
    if not isinstance(value, Value) or not is_literal(value):
        return ""
    ending = ".value" if isinstance(symbol, Attribute) and symbol.origin.value == "member" else ""
    return found.lines(f"assert {found.code}{ending} == {value.text}")


def _kind(_: Difference, found: Found) -> str:
    """A program that checks what kind of symbol it was."""
    if found.owner is not None:
        static = f"inspect.getattr_static({found.code.rpartition('.')[0]}, {found.code.rpartition('.')[2]!r})"
        expected = "property" if isinstance(found.symbol, Property) else "types.FunctionType"
        is_reported = isinstance(found.symbol, Function | Property) and _is_plain(found.symbol)
        return found.lines(f"assert isinstance({static}, {expected})", needs="inspect, types") if is_reported else ""
    if isinstance(found.symbol, Class):
        return found.lines(f"assert isinstance({found.code}, type)")
    return found.lines(f"assert inspect.isroutine({found.code})", needs="inspect") if _called(found) else ""


def _is_plain(member: Function | Property) -> bool:
    return not member.decorators if isinstance(member, Function) else not member.is_cached


def _manner(_: Difference, found: Found) -> str:
    function = _called(found)
    if function is None or function.is_context_manager is True:
        return ""
    if function.is_generator is True:
        test = "isasyncgenfunction" if function.is_async is True else "isgeneratorfunction"
    else:
        test = "iscoroutinefunction"
    negation = "" if function.is_generator is True or function.is_async is True else "not "
    return found.lines(f"assert {negation}inspect.{test}({found.code})", needs="inspect")


def _receiver(_: Difference, found: Found) -> str:
    function = _called(found)
    if function is None or found.owner is None:
        return ""
    owner, _dot, name = found.code.rpartition(".")
    expected = {Receiver.CLASS: "classmethod", Receiver.NONE: "staticmethod"}.get(function.receiver)
    static = f"inspect.getattr_static({owner}, {name!r})"
    test = f"isinstance({static}, {expected})" if expected else f"not isinstance({static}, (classmethod, staticmethod))"
    return found.lines(f"assert {test}", needs="inspect")


def _base(difference: Difference, found: Found) -> str:
    lines = []
    for path in difference.old.split(", "):
        module, _dot, name = path.rpartition(".")
        lines += [f"from {module or 'builtins'} import {name}", f"assert issubclass({found.code}, {name})"]
    return found.lines(*lines) if "*" not in difference.old else ""


def _of_class(test: str) -> Callable[[Difference, Found], str]:
    def make(_: Difference, found: Found) -> str:
        code = found.code if isinstance(found.symbol, Class) else found.code.rpartition(".")[0]
        return found.lines(test.format(code)) if code else ""

    return make


def _abstract(difference: Difference, found: Found) -> str:
    name = difference.symbol.rpartition(".")[2]
    return found.lines(f"assert {name!r} not in getattr({found.code}, '__abstractmethods__', ())")


def _setter(_: Difference, found: Found) -> str:
    if not isinstance(found.symbol, Property) or found.symbol.is_cached:
        return ""
    owner, _dot, name = found.code.rpartition(".")
    return found.lines(f"assert inspect.getattr_static({owner}, {name!r}).fset", needs="inspect")


def _fields(_: Difference, found: Found) -> str:
    names = (
        tuple(each.name for each in found.symbol.attributes if each.field) if isinstance(found.symbol, Class) else ()
    )
    return found.lines(f"assert {found.code}._fields == {names!r}") if names else ""


_PROGRAMS: Mapping[str, Callable[[Difference, Found], str]] = {
    "module-removed": _access,
    "symbol-removed": _access,
    "path-removed": _access,
    "moved": _access,
    "renamed": _access,
    "class-access-removed": _access,
    "unlisted": _star,
    "kind-changed": _kind,
    "default-changed": _default,
    "value-changed": _value,
    "member-value-changed": _value,
    "async-changed": _manner,
    "receiver-changed": _receiver,
    "base-removed": _base,
    "abstract-member-added": _abstract,
    "hash-removed": _of_class("assert {0}.__hash__ is not None"),
    "equality-removed": _of_class("assert {0}.__eq__ is not object.__eq__"),
    "slots-added": _of_class("assert {0}.__dictoffset__"),
    "read-only": _setter,
    "order-of-fields-changed": _fields,
}
"""Name of a kind of difference -> builder of its program; differences of calls have the call that fails."""
