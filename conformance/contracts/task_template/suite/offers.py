"""Gaps that the suite finds, because the adapters of the task template do not declare them."""

from __future__ import annotations

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import look_alike
from conformance.errors import Gap


def offered(impl: Adapter, *fields: str) -> None:
    """Make the rule a gap unless the implementation claims all the constructor parameters.

    Raises:
        Gap: One is not offered.
    """
    if missing := sorted(set(fields) - impl.fields()):
        named = (f"{name}{look_alike(name, impl.fields() - set(fields), 'fields()')}" for name in missing)
        raise Gap(f"constructor parameter not offered: {', '.join(named)}")
