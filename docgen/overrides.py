"""Puts single values that cannot be determined statically into a model.

A key names one value by the public path of its symbol: `package.Class(parameter).default`,
`package.Class.method(parameter).annotation`, `package.function.returns`, `package.Class.property.annotation`. Each use
is a finding; a key that names no place, or a value that the sources already contain, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from docgen.errors import OverrideError
from docgen.findings import Finding
from docgen.model import Annotation, Function, Reference, Value

MAX_OVERRIDES = 10
"""Limit on overrides: with more, a page would be written by hand, not generated."""

_KEY = re.compile(r"(?P<symbol>[\w.]+?)(\((?P<parameter>\w+)\))?\.(?P<field>default|annotation|returns)")
_HOLDERS = ("modules", "classes", "functions", "variables", "attributes", "properties", "methods")


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
        found = _KEY.fullmatch(key)
        if found is None:
            raise OverrideError(
                f"[overrides] {key}: expected symbol(parameter).default, symbol(parameter).annotation, "
                "symbol.annotation or symbol.returns."
            )
        changed = _Override(found["symbol"], found["parameter"], found["field"], value).of(reference, "")
        if changed == reference:
            raise OverrideError(
                f"[overrides] {key} = {value}: there is no such place, or the sources say the same now. Remove it."
            )
        reference = changed
        findings.append(Finding(path="configuration", code="DG401", text=f"{key} was set to {value} by an override"))
    return reference, tuple(findings)


class _Override:
    """Puts one value in its place.

    Parameters:
        symbol: Public path.
        parameter: Name of its parameter, None for the symbol itself.
        field: `default`, `annotation` or `returns`.
        value: Text of the value.
    """

    def __init__(self, symbol: str, parameter: str | None, field: str, value: str) -> None:
        self.symbol = symbol
        self.parameter = parameter
        self.field = field
        self.value: Value | Annotation = Value(text=value) if field == "default" else Annotation(written=value)

    def of(self, holder: Any, path: str) -> Any:  # noqa: ANN401 - every struct of the model that holds symbols
        """Return a module, class or reference with the value in its place, or unchanged if the path is elsewhere."""
        changes: dict[str, object] = {}
        for name in _HOLDERS:
            if hasattr(holder, name):
                changes[name] = tuple(self._symbol(each, path) for each in getattr(holder, name))
        if path == self.symbol and isinstance(getattr(holder, "constructor", None), Function):
            changes["constructor"] = self._set(holder.constructor)
        return msgspec.structs.replace(holder, **changes)

    def _symbol(self, symbol: Any, path: str) -> Any:  # noqa: ANN401 - as above
        inner = f"{path}.{symbol.name}" if path else symbol.name
        if inner == self.symbol and not hasattr(symbol, "constructor"):
            return self._set(symbol)
        return self.of(symbol, inner) if f"{self.symbol}.".startswith(f"{inner}.") else symbol

    def _set(self, symbol: Any) -> Any:  # noqa: ANN401 - as above
        if not isinstance(symbol, Function):
            has_field = self.parameter is None and hasattr(symbol, self.field)
            return msgspec.structs.replace(symbol, **{self.field: self.value}) if has_field else symbol
        signature = symbol.signature
        if self.parameter is None and self.field == "returns":
            signature = msgspec.structs.replace(signature, returns=self.value)
        elif self.parameter is not None and isinstance(signature.parameters, tuple) and self.field != "returns":
            parameters = tuple(
                msgspec.structs.replace(each, **{self.field: self.value}) if each.name == self.parameter else each
                for each in signature.parameters
            )
            signature = msgspec.structs.replace(signature, parameters=parameters)
        return msgspec.structs.replace(symbol, signature=signature)
