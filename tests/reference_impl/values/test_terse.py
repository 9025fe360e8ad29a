"""The repr of a value leaves out what has its default."""

from __future__ import annotations

import pytest

from reference_impl.local.records import ActionID, GroupData
from reference_impl.task.environment import TaskEnvironment
from reference_impl.values.bundle import CodeBundle
from reference_impl.values.resources import GPU
from reference_impl.values.terse import Terse
from reference_impl.values.trigger import Cron, FixedRate, Trigger


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Cron("0 * * * *"), "Cron('0 * * * *')"),
        (Cron("0 * * * *", "Europe/Vienna"), "Cron('0 * * * *', timezone='Europe/Vienna')"),
        (Trigger("t", FixedRate(5), auto_activate=False), "Trigger('t', FixedRate(5), auto_activate=False)"),
        (GPU("T4", 2), "Device(2, 'GPU', device='T4')"),  # a class with slots
        (GroupData("g"), "GroupData('g')"),
        (ActionID(name="a"), "ActionID('a', run_name='a')"),  # keyword-only, and set in `__post_init__`
        (CodeBundle(computed_version="v", tgz="t"), "CodeBundle('v', tgz='t')"),
        (TaskEnvironment("e"), "TaskEnvironment('e', depends_on=[])"),  # a default factory, and a field with repr=False
    ],
    ids=lambda value: type(value).__name__,
)
def test_repr_leaves_out_defaults(value: Terse, shown: str) -> None:
    """Fields without a default are shown by value; others by name, if they differ from their default."""
    assert repr(value) == shown
