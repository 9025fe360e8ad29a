"""Finds problems in the docstrings and values of a reference. It reads the model, so it works with every source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from docgen.findings import Finding
from docgen.model import Attribute, Class, Docstring, Function, Location, Module, Parameter, Reference, Value, Variable
from docgen.prose.sections import SectionKind

_DESCRIBING = frozenset({SectionKind.PARAMETERS, SectionKind.OTHER_PARAMETERS})
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{4,}", re.IGNORECASE)
_MACHINE_PATH = re.compile(r"(?<![\w.])(?:/(?:home|Users|root|private|var/folders)/|[A-Z]:\\)[^\s'\"]*")
_REST = re.compile(
    r":(?:py:)?(?:class|func|meth|mod|attr|exc|data|obj|ref|doc):`[^`\n]+`|^[ \t]*\.\. [\w-]+::", re.MULTILINE
)
_MANY = 50
"""Number of functions that leave out the same parameter from which on there is one finding for all of them."""
_REST_STYLES = frozenset({"sphinx", "numpy"})
"""Styles whose docstrings are written in reST, so that its markup is correct in them."""


def lint_reference(reference: Reference) -> tuple[Finding, ...]:
    """Return the findings about docstrings and values of a reference, in the order of its symbols."""
    return tuple(_joined([finding for module in reference.modules for finding in _module(module)]))


@dataclass(frozen=True, kw_only=True, order=True)
class _Undescribed(Finding):
    """A parameter that a docstring leaves out."""

    name: str


def _joined(findings: list[Finding]) -> Iterator[Finding]:
    """Yield findings, with a single one for a parameter that very many functions leave out.

    A decorator or a convention of the package adds such a parameter, so one finding is enough.
    """
    counts = Counter(each.name for each in findings if isinstance(each, _Undescribed))
    reported: set[str] = set()
    for each in findings:
        if not isinstance(each, _Undescribed) or counts[each.name] < _MANY:
            yield each
        elif each.name not in reported:
            reported.add(each.name)
            text = f"{each.text}, like {counts[each.name] - 1} other functions"
            hint = "Describe it where the package explains what its functions share, or in each of them."
            yield replace(each, text=text, hint=hint)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A symbol, and the place of findings about it."""

    path: str
    location: Location | None
    docstring: Docstring | None = None

    def finding(self, code: str, text: str, hint: str, offset: int | None = None) -> Finding:
        """Return a finding at a line of the docstring (counted from 0), or at the symbol."""
        line = self.location.line if self.location else 1
        if self.docstring and self.docstring.line and offset is not None:
            line = self.docstring.line + offset
        file = self.location.file if self.location else self.path
        return Finding(path=file, line=line, code=code, text=f"{self.path} {text}", hint=hint)


def _module(module: Module) -> Iterator[Finding]:
    yield from _markup(_Place(path=module.name, location=module.location, docstring=module.docstring))
    for class_ in module.classes:
        yield from _class(f"{module.name}.{class_.name}", class_)
    for function in module.functions:
        yield from _function(f"{module.name}.{function.name}", function, function.docstring)
    for variable in module.variables:
        yield from _value(f"{module.name}.{variable.name}", variable)


def _class(path: str, class_: Class) -> Iterator[Finding]:
    yield from _markup(_Place(path=path, location=class_.location, docstring=class_.docstring))
    if isinstance(class_.constructor, Function):
        # Class and `__init__` may both describe the constructor; a class without descriptions leaves it to `__init__`.
        own = class_.constructor.docstring
        described = class_.docstring if _described(class_.docstring) else own
        yield from _function(path, class_.constructor, described, class_.location)
    for property_ in class_.properties:
        place = f"{path}.{property_.name}"
        yield from _markup(_Place(path=place, location=property_.location, docstring=property_.docstring))
    for method in class_.methods:
        yield from _function(f"{path}.{method.name}", method, method.docstring)
    for attribute in class_.attributes:
        yield from _value(f"{path}.{attribute.name}", attribute)
    for inner in class_.classes:
        yield from _class(f"{path}.{inner.name}", inner)


def _function(
    path: str, function: Function, docstring: Docstring | None, location: Location | None = None
) -> Iterator[Finding]:
    parameters = function.signature.parameters if isinstance(function.signature.parameters, tuple) else ()
    own = docstring if docstring and not docstring.inherited_from else None
    place = _Place(path=path, location=function.location or location, docstring=own)
    yield from _parameter_names(place, parameters)
    yield from _markup(_Place(path=path, location=place.location, docstring=function.docstring))
    for parameter in parameters:
        if isinstance(parameter.default, Value):
            inner = _Place(path=f"{path}({parameter.name})", location=place.location)
            yield from _value_text(inner, parameter.default.text)


def _parameter_names(place: _Place, parameters: Iterable[Parameter]) -> Iterator[Finding]:
    """Compare the names that a docstring describes with those that the function has."""
    names = {parameter.name for parameter in parameters}
    described = _described(place.docstring)
    takes_keywords = any(parameter.kind == "variadic keyword" for parameter in parameters)
    for name in [] if takes_keywords else sorted(described - names):
        has = f"It has {', '.join(sorted(names))}." if names else "It has no parameters."
        yield place.finding(
            "DG701",
            f"describes the parameter {name}, which it does not have",
            f"{has} Rename or remove the description.",
            _offset(place.docstring, name),
        )
    for name, count in sorted(Counter(_rows(place.docstring)).items()):
        if count > 1:
            at = _offset(place.docstring, name, count - 1)
            yield place.finding("DG706", f"describes the parameter {name} more than once", "Keep one description.", at)
    required = {parameter.name for parameter in parameters if not parameter.is_from_keywords}
    for name in sorted(required - described) if described else ():
        found = place.finding("DG702", f"describes its parameters, but not {name}", "Describe this parameter, too.", 0)
        yield _Undescribed(**vars(found), name=name)


def _described(docstring: Docstring | None) -> set[str]:
    return set(_rows(docstring))


def _rows(docstring: Docstring | None) -> list[str]:
    """Return the names of the parameters that a docstring describes, each as often as it does."""
    sections = docstring.sections if docstring else ()
    return [item.name.lstrip("*") for section in sections if section.kind in _DESCRIBING for item in section.items]


def _offset(docstring: Docstring | None, name: str, index: int = 0) -> int | None:
    """Return the line of a docstring that describes a parameter, counted from 0; else the first that names it.

    Parameters:
        docstring: The docstring that describes it.
        name: The name of the parameter.
        index: The number of the description, counted from 0.
    """
    lines = docstring.raw.split("\n") if docstring else []
    word = rf"(?<![\w.]){re.escape(name)}(?!\w)"
    begins = re.compile(rf"\s*(?:[:@]\w+\b[^:]*?)?(?:\*?\*?[\w.]+, *)*[\\*]*{word}(?:, *[\w*]+)* *(?:[(:]|$)")
    found = [number for number, line in enumerate(lines) if begins.match(line)]
    found = found or [number for number, line in enumerate(lines) if re.search(word, line)]
    return found[min(index, len(found) - 1)] if found else None


def _markup(place: _Place) -> Iterator[Finding]:
    """Find reST markup in a docstring that is not written in reST."""
    docstring = place.docstring
    if docstring is None or docstring.inherited_from or docstring.style in _REST_STYLES:
        return
    for found in _REST.finditer(docstring.raw):
        offset = docstring.raw.count("\n", 0, found.start())
        yield place.finding(
            "DG703", f"has reST markup in Markdown: {found[0].strip()!r}", "Write it as Markdown.", offset
        )


def _value(path: str, holder: Variable | Attribute) -> Iterator[Finding]:
    if isinstance(holder.value, Value):
        yield from _value_text(_Place(path=path, location=holder.location), holder.value.text)


def _value_text(place: _Place, text: str) -> Iterator[Finding]:
    if found := _ADDRESS.search(text):
        hint = "Define __repr__ on the class of the object."
        yield place.finding("DG704", f"has a memory address in its value: {found[0]!r}", hint)
    if found := _MACHINE_PATH.search(text):
        yield place.finding(
            "DG705", f"has a path of the build machine in its value: {found[0]!r}", "Compute the path when it is used."
        )
