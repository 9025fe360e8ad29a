"""How each field of a task template turns what it is given into what it keeps.

The constructor and `override` use the same table, so a value means the same in both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from reference_impl.caching import Cache, cache_from_request
from reference_impl.checks import need, need_duration, need_int
from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.frozen import FrozenDict, frozen_dict, frozen_list
from reference_impl.image import Image
from reference_impl.policies import Documentation, PodTemplate, RetryStrategy, ReusePolicy, Timeout
from reference_impl.resources import Resources
from reference_impl.secret import Secret
from reference_impl.trigger import Trigger


def _optional(name: str, *kinds: type) -> Callable[[Any], Any]:
    """Return the rule "None, or an instance of one of the types"."""
    due = " or ".join([*(kind.__name__ for kind in kinds), "None"])

    def keep(value: Any) -> Any:
        if value is not None and not isinstance(value, kinds):
            need(name, value, kinds, due)
        return value

    return keep


def _plain(name: str, kind: type) -> Callable[[Any], Any]:
    """Return the rule "an instance of the type"."""

    def keep(value: Any) -> Any:
        if not isinstance(value, kind):
            need(name, value, (kind,), kind.__name__)
        return value

    return keep


def image(value: Any) -> Image | None:
    """Return an Image or None as it is, "auto" as the default image, other text as the image at that address."""
    if value == "auto":
        return Image.from_debian_base()
    if isinstance(value, str):
        return Image.from_base(value)
    need("image", value, (Image, type(None)), "an Image, its address or None")
    return value if isinstance(value, Image) else None


def cache(value: Any) -> Cache:
    """Return a Cache as it is, one of the three words as a Cache."""
    need("cache", value, (Cache, str), "a Cache or one of its three words")
    return cache_from_request(value)


def retries(value: Any) -> RetryStrategy:
    """Return a RetryStrategy as it is, a number as one."""
    if isinstance(value, RetryStrategy):
        return value
    return _attempts(value) if type(value) is int else RetryStrategy(count=value)


_attempts = functools.lru_cache(RetryStrategy)
"""One RetryStrategy per number: it does not change, and numbers of retries are few."""


def env_vars(value: Any) -> FrozenDict[str, str] | None:
    """Return a mapping of text to text as one that does not change."""
    if value is None:
        return None
    need("env_vars", value, (Mapping,), "a dict of text to text or None")
    for key, text in value.items():
        need("env_vars key", key, (str,), "text")
        need(f"env_vars[{key!r}]", text, (str,), "text")
    return frozen_dict(value)


def secrets(value: Any) -> Any:
    """Return a key or a Secret as it is, a list of both as one that does not change."""
    if value is None or isinstance(value, (str, Secret)):
        return value
    need("secrets", value, (list, tuple), "a key, a Secret or a list of them")
    for item in value:
        need("secrets", item, (str, Secret), "a key or a Secret as each item")
    return frozen_list(value)


def timeout(value: Any) -> Timeout | int | timedelta | None:
    """Return a Timeout, whole seconds, a timedelta or None as it is."""
    if value is not None and not isinstance(value, Timeout):
        need_duration("timeout", value)
    kept: Timeout | int | timedelta | None = value
    return kept


def links(value: Any) -> tuple[Any, ...]:
    """Return one link, or a list or tuple of links, as a tuple."""
    found = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for link in found:
        if not callable(getattr(link, "get_link", None)):
            raise InvalidTypeError(f"links: {link!r} is no link. An object with a name and a method get_link is due.")
    return found


def triggers(value: Any) -> tuple[Trigger, ...]:
    """Return one trigger, or a list or tuple of triggers, as a tuple."""
    found = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for trigger in found:
        need("triggers", trigger, (Trigger,), "a Trigger, or a list or tuple of Triggers,")
    return found


def reusable(value: Any) -> ReusePolicy | None:
    """Return a ReusePolicy or None as it is."""
    if value is not None and not isinstance(value, ReusePolicy):
        raise InvalidValueError(
            f"reusable={value!r}: a ReusePolicy is due; override() also takes 'off', which ends reuse."
        )
    return value


def max_inline_io_bytes(value: Any) -> int:
    """Return a number of bytes."""
    return need_int("max_inline_io_bytes", value)


KEEP: dict[str, Callable[[Any], Any]] = {
    "name": _plain("name", str),
    "short_name": _plain("short_name", str),
    "task_type": _plain("task_type", str),
    "task_type_version": _plain("task_type_version", int),
    "image": image,
    "resources": _optional("resources", Resources),
    "cache": cache,
    "interruptible": _plain("interruptible", bool),
    "retries": retries,
    "reusable": reusable,
    "docs": _optional("docs", Documentation),
    "env_vars": env_vars,
    "secrets": secrets,
    "timeout": timeout,
    "pod_template": _optional("pod_template", str, PodTemplate),
    "report": _plain("report", bool),
    "queue": _optional("queue", str),
    "debuggable": _plain("debuggable", bool),
    "parent_env_name": _optional("parent_env_name", str),
    "max_inline_io_bytes": max_inline_io_bytes,
    "triggers": triggers,
    "links": links,
}
"""Per field the function that checks a value and returns what is kept.

Fields that are not here are kept as they come.
"""
