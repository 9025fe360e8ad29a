"""What an override may change: the fields that are fixed, and those that are while containers are reused."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reference_impl.errors import InvalidTypeError, InvalidValueError, LockedFieldError
from reference_impl.values.policies import ReusePolicy
from reference_impl.values.text import nearest

_LOCKED = {
    "name": "Define a second task instead.",
    "image": "Define a second task, in an environment with that image.",
    "docs": "Write them where the task is defined.",
    "interface": "Define a second task instead.",
    "func": "Define a second task instead.",
    "parent_env": "Define a second task in the other environment.",
    "ref": "It says where the template comes from.",
    "_call_as_synchronous": "It follows from the function.",
}
"""The fields that override() does not touch, and what to do instead.

Source: the contract page, override(), `kwargs`; OVR-05, OVR-09, OVR-32.
"""

_OF_THE_REUSED = ("resources", "env_vars", "secrets", "pod_template")
"""What a container that is reused has from its environment, whoever calls. Source: OVR-10, OVR-25."""


def check_names(given: Collection[str], fields: Collection[str]) -> None:
    """Raise for a field that override() does not touch, and for one that is not among the fields of the class."""
    for name in given:
        if name in _LOCKED:
            raise LockedFieldError(name, _LOCKED[name])
    if unknown := [name for name in given if name not in fields]:
        known = sorted(field for field in fields if field not in _LOCKED)
        raise InvalidTypeError(
            f"override({unknown[0]}=...): no such field.{nearest(unknown[0], known)} Fields that can be overridden: "
            f"{', '.join(known)}."
        )


def check_reuse(changes: dict[str, Any], *, is_sync: bool) -> None:
    """Turn "off" into None, and raise for what does not go together with reuse."""
    policy = changes.get("reusable")
    if policy == "off":
        changes["reusable"] = None
    elif fixed := [name for name in _OF_THE_REUSED if name in changes]:
        raise InvalidValueError(
            f"override({'=..., '.join(fixed)}=...): a reused container has this from its environment. "
            "Add reusable='off' to run the task in a container of its own."
        )
    elif isinstance(policy, ReusePolicy):
        check_concurrency("override(reusable=...)", policy, is_sync=is_sync)


def check_concurrency(what: str, policy: ReusePolicy | None, *, is_sync: bool) -> None:
    """Raise where reused containers would run several calls of a sync function at a time."""
    if policy is not None and policy.concurrency > 1 and is_sync:
        raise InvalidValueError(
            f"{what}: reuse with concurrency={policy.concurrency} needs an async function. Make it async, or use "
            "concurrency=1."
        )
