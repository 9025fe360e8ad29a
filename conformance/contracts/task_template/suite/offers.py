"""Gaps that the adapters of the task template leave to the suite to find."""

from __future__ import annotations

from conformance.contracts.task_template.adapter import Adapter
from conformance.errors import Gap


def offered(impl: Adapter, *fields: str) -> None:
    """Let the rule be a gap unless the implementation claims all the constructor parameters.

    Raises:
        Gap: One is not offered.
    """
    if missing := sorted(set(fields) - impl.fields()):
        raise Gap(f"constructor parameter not offered: {', '.join(missing)}")
