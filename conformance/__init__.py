"""Tests whether an implementation keeps a contract: rules as data, properties that check them, one verdict each.

`TemplateContract` is the contract as a test class. It is imported on first use, because the child process, which has
few packages, imports this package too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.pytest.contract_case import TemplateContract

__all__ = ["TemplateContract"]


def __getattr__(name: str) -> object:
    """Return a public name, imported at its first use.

    Raises:
        AttributeError: There is no such name.
    """
    if name not in __all__:
        raise AttributeError(f"module 'conformance' has no attribute {name!r}")
    from conformance.pytest import contract_case  # noqa: PLC0415 - pytest and msgspec, which the child process does not have

    return getattr(contract_case, name)
