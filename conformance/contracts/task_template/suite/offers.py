"""Gaps that the adapters of the task template leave to the suite to find."""

from __future__ import annotations

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import look_alike
from conformance.errors import Gap


def offered(impl: Adapter, *fields: str) -> None:
    """Let the rule be a gap unless the implementation claims all the constructor parameters.

    Raises:
        Gap: One is not offered.
    """
    if missing := sorted(set(fields) - impl.fields()):
        named = (f"{name}{look_alike(name, impl.fields() - set(fields), 'fields()')}" for name in missing)
        raise Gap(f"constructor parameter not offered: {', '.join(named)}")
