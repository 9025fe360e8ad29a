"""What an override may change: some fields are always fixed, others while containers are reused."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reference_impl.errors import InvalidTypeError, InvalidValueError, LockedFieldError
from reference_impl.values.policies import ReusePolicy
from reference_impl.values.text import nearest

_LOCKED = {
    "name": "Define a second task instead.",
    "image": "Define a second task, in an environment with that image.",
    "docs": "Document the task where it is defined.",
    "interface": "Define a second task instead.",
    "func": "Define a second task instead.",
    "parent_env": "Define a second task in the other environment.",
    "ref": "It is set by whatever made the template.",
    "_call_as_synchronous": "It depends on the function.",
}
"""The fields that override() refuses, and what to do instead.

Source: the contract page, override(), `kwargs`; rules OVR-05, OVR-09 and OVR-32.
"""

_OF_THE_REUSED = ("resources", "env_vars", "secrets", "pod_template")
"""The fields that a reused container gets from its environment. Source: rules OVR-10 and OVR-25."""


def check_names(given: Collection[str], fields: Collection[str]) -> None:
    """Check the names of the keyword arguments of override().

    Parameters:
        given: The names.
        fields: The fields of the class.

    Raises:
        LockedFieldError: A field is fixed once the task is defined.
        InvalidTypeError: A field does not exist.
    """
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
    """Check the changes of an override while containers are reused; in them, `reusable="off"` becomes None.

    Parameters:
        changes: The changes by field.
        is_sync: Whether the function of the task is sync.

    Raises:
        InvalidValueError: A reused container gets one of the fields from its environment, or would run several calls
            of a sync function at a time.
    """
    policy = changes.get("reusable")
    if policy == "off":
        changes["reusable"] = None
    elif fixed := [name for name in _OF_THE_REUSED if name in changes]:
        raise InvalidValueError(
            f"override({'=..., '.join(fixed)}=...): a reused container gets this from its environment. "
            "Add reusable='off' to run the task in a container of its own."
        )
    elif isinstance(policy, ReusePolicy):
        check_concurrency("override(reusable=...)", policy, is_sync=is_sync)


def check_concurrency(what: str, policy: ReusePolicy | None, *, is_sync: bool) -> None:
    """Check that reused containers do not run several calls of a sync function at a time.

    Parameters:
        what: The call or task, as the error message names it.
        policy: The policy, None if containers are not reused.
        is_sync: Whether the function of the task is sync.

    Raises:
        InvalidValueError: They would.
    """
    if policy is not None and policy.concurrency > 1 and is_sync:
        raise InvalidValueError(
            f"{what}: reuse with concurrency={policy.concurrency} needs an async function. Make it async, or use "
            "concurrency=1."
        )
