"""Puts single values that cannot be determined statically into a model.

A key names one value: `package.Class(parameter).default`, `package.Class.method(parameter).annotation`,
`package.function.returns`,
`package.Class.property.annotation`. Each use is a finding; a key that names nothing, or a value that the sources now
contain, is an error.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from docgen.errors import OverrideError
from docgen.findings import Finding
from docgen.formats.flyte.page_model import (
    Attribute,
    Class,
    Function,
    Package,
    Parameter,
    Property,
    Reference,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_OVERRIDES = 10
"""Limit on overrides: with more, a page would be written by hand, not generated."""

_KEY = re.compile(r"(?P<symbol>[\w.]+?)(\((?P<parameter>\w+)\))?\.(?P<field>default|annotation|returns)")

_Value = TypeVar("_Value", Parameter, Property, Variable, Function, Attribute)


def override(reference: Reference, values: Mapping[str, str]) -> tuple[Reference, tuple[Finding, ...]]:
    """Return a reference with single values replaced, and a finding for each.

    Raises:
        OverrideError: A key is malformed or names no place, a value equals that of the sources, or there are too many.
    """
    if len(values) > MAX_OVERRIDES:
        raise OverrideError(
            f"[overrides]: {len(values)} entries; at most {MAX_OVERRIDES} are allowed. Write the values in the sources."
        )
    findings: list[Finding] = []
    for key, value in values.items():
        if not _KEY.fullmatch(key):
            raise OverrideError(
                f"[overrides] {key}: expected symbol(parameter).default, symbol(parameter).annotation, "
                "symbol.annotation or symbol.returns."
            )
        changed = _Overrider(key, value).reference(reference)
        if changed == reference:
            raise OverrideError(
                f"[overrides] {key} = {value}: there is no such place, or the sources say the same now. Remove it."
            )
        reference = changed
        findings.append(Finding(path="configuration", code="DG401", text=f"{key} was set to {value} by an override"))
    return reference, tuple(findings)


class _Overrider:
    """Replaces one value."""

    def __init__(self, key: str, value: str) -> None:
        found = _KEY.fullmatch(key)
        assert found is not None  # noqa: S101 - the caller has matched it
        self.symbol = found["symbol"]
        self.parameter = found["parameter"]
        self.field = found["field"]
        self.value = value

    def reference(self, reference: Reference) -> Reference:
        return replace(reference, packages=tuple(self._package(each) for each in reference.packages))

    def _package(self, package: Package) -> Package:
        if not self.symbol.startswith(f"{package.name}."):
            return package
        return replace(
            package,
            classes=tuple(self._class(each, f"{package.name}.{each.name}") for each in package.classes),
            functions=tuple(self._function(each, f"{package.name}.{each.name}") for each in package.functions),
            variables=self._values(package.variables, package.name),
        )

    def _class(self, owner: Class, path: str) -> Class:
        if self.symbol != path and not self.symbol.startswith(f"{path}."):
            return owner
        return replace(
            owner,
            constructor=None if owner.constructor is None else self._function(owner.constructor, path),
            properties=self._values(owner.properties, path),
            methods=tuple(self._function(each, f"{path}.{each.name}") for each in owner.methods),
            attributes=self._values(owner.attributes, path),
        )

    def _function(self, function: Function, path: str) -> Function:
        if self.symbol != path:
            return function
        if self.parameter is None:
            return self._set(function)
        parameters = tuple(self._set(each) if each.name == self.parameter else each for each in function.parameters)
        return replace(function, parameters=parameters)

    def _values(self, values: Iterable[_Value], path: str) -> tuple[_Value, ...]:
        return tuple(self._set(each) if self.symbol == f"{path}.{each.name}" else each for each in values)

    def _set(self, value: _Value) -> _Value:
        make: Callable[..., _Value] = replace
        return make(value, **{self.field: self.value}) if hasattr(value, self.field) else value
