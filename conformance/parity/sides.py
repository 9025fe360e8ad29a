"""Prepares an implementation for comparison with its contract: the contract's names, and only its symbols."""

from __future__ import annotations

from dataclasses import dataclass, replace

from docgen.compare.sides.naming import renamed, top_of
from docgen.compare.sides.read import Side
from docgen.model import Reference


@dataclass(frozen=True, kw_only=True)
class Matched:
    """An implementation, ready to be compared with a contract."""

    implementation: Side
    only: tuple[str, ...] = ()
    """The symbols that the contract describes; empty for a whole API."""


def matched(contract: Side, implementation: Side, symbol: str = "") -> Matched:
    """Return an implementation under the names of a contract.

    Parameters:
        contract: The contract.
        implementation: The implementation to compare with it.
        symbol: The implementation's class, if its path differs from the contract's by more than the top-level package.
    """
    ours = implementation.reference
    contract_class = _only_class(contract.reference)
    own_names: dict[str, str] = {}
    if symbol and contract_class:
        own_names[contract_class] = symbol
        ours = renamed(ours, symbol, contract_class)
    top, own = top_of(contract.reference), top_of(ours)
    if top and own:
        own_names[top] = own
        ours = renamed(ours, own, top)
    # A page documents one class or module, and nothing else.
    modules = tuple(module.name for module in contract.reference.modules) if contract.lines else ()
    only = (contract_class,) if contract_class else modules
    return Matched(implementation=replace(implementation, reference=ours, own_names=own_names), only=only)


def _only_class(reference: Reference) -> str:
    """Return the public path of the only class that a contract describes, empty if it describes more."""
    classes = [f"{module.name}.{each.name}" for module in reference.modules for each in module.classes]
    others = [each for module in reference.modules for each in (*module.functions, *module.variables, *module.aliases)]
    return classes[0] if len(classes) == 1 and not others else ""
