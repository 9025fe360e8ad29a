"""What is wrong with the descriptions of a reference: read from the model, so the same for every source.

The model knows no files: a finding names the symbol in place of a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.findings import Finding
from docgen.formats.flyte.page_model import Class, Docstring, Function, Package, Reference

_REST = re.compile(r":(?:py:)?\w+:`[^`]+`|^\s*\.\. [\w-]+::|``[^`]+``_", re.MULTILINE)
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{4,}", re.IGNORECASE)
_MACHINE_PATH = re.compile(r"(?<![\w.])(?:/(?:home|Users|root|private|var/folders)/|[A-Z]:\\)[^\s'\"]*")


def lint_reference(reference: Reference) -> tuple[Finding, ...]:
    """Return what is wrong with the descriptions and values of a reference, in the order of its symbols."""
    return tuple(finding for package in reference.packages for finding in _package(package))


def _package(package: Package) -> Iterator[Finding]:
    yield from _text(package.name, package.docstring.text)
    for class_ in package.classes:
        yield from _class(f"{package.name}.{class_.name}", class_)
    for function in package.functions:
        yield from _function(f"{package.name}.{function.name}", function, function.docstring)
    for variable in package.variables:
        yield from _value(f"{package.name}.{variable.name}", variable.value)


def _class(path: str, class_: Class) -> Iterator[Finding]:
    yield from _text(path, class_.docstring.text)
    if class_.constructor:
        own = class_.constructor.docstring
        described = class_.docstring if class_.docstring.parameters else own
        yield from _function(path, class_.constructor, described)
    for property_ in class_.properties:
        yield from _text(f"{path}.{property_.name}", property_.docstring.text)
    for method in class_.methods:
        if method.inherited_from is None:  # else it is found where it is defined
            yield from _function(f"{path}.{method.name}", method, method.docstring)


def _function(path: str, function: Function, described: Docstring) -> Iterator[Finding]:
    names = {parameter.name for parameter in function.parameters}
    documented = {name.lstrip("*").split(" ")[-1] for name, _ in described.parameters}
    for name in sorted(documented - names):
        hint = f"It has {', '.join(sorted(names)) or 'none'}. Rename or remove the description."
        yield _finding(path, "DG701", f"describes the parameter {name}, which it does not have", hint)
    for name in sorted(names - documented) if documented else ():
        yield _finding(path, "DG702", f"describes parameters, and not {name}", "Describe it too.")
    yield from _text(path, function.docstring.text)
    for parameter in function.parameters:
        yield from _text(f"{path}({parameter.name})", parameter.description)
        yield from _value(f"{path}({parameter.name})", parameter.default)


def _text(path: str, text: str) -> Iterator[Finding]:
    for found in _REST.finditer(text):
        yield _finding(path, "DG703", f"reST markup in Markdown: {found[0].strip()!r}", "Write it as Markdown.")


def _value(path: str, value: str | None) -> Iterator[Finding]:
    if value and (found := _ADDRESS.search(value)):
        yield _finding(
            path, "DG704", f"a memory address in its value: {found[0]!r}", "Give the object a repr of its own."
        )
    if value and (found := _MACHINE_PATH.search(value)):
        yield _finding(
            path, "DG705", f"a path of one machine in its value: {found[0]!r}", "Compute it when it is used."
        )


def _finding(path: str, code: str, text: str, hint: str) -> Finding:
    return Finding(path=path, code=code, text=text, hint=hint)
