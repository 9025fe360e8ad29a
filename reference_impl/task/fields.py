"""How each field of a task template checks and converts its value.

The constructor and `override` use the same table, so that a value means the same in both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import NoneType
from typing import Any

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.values.caching import Cache
from reference_impl.values.checks import need, need_duration, need_int
from reference_impl.values.frozen import FrozenDict, frozen_dict, frozen_list
from reference_impl.values.image import Image
from reference_impl.values.policies import Documentation, PodTemplate, RetryStrategy, ReusePolicy, Timeout
from reference_impl.values.resources import Resources
from reference_impl.values.secret import Secret
from reference_impl.values.trigger import Trigger


def _instance(name: str, *kinds: type) -> Callable[[Any], Any]:
    """Return a function that checks that a value is an instance of one of the types."""
    expected = " or ".join("None" if kind is NoneType else kind.__name__ for kind in kinds)

    def keep(value: Any) -> Any:
        if not isinstance(value, kinds):
            need(name, value, kinds, expected)
        return value

    return keep


def _several(name: str, is_one: Callable[[Any], bool], expected: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that checks one item, or a list or tuple of items, and returns a tuple."""

    def keep(value: Any) -> tuple[Any, ...]:
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        for item in items:
            if not is_one(item):
                raise InvalidTypeError(
                    f"{name}={value!r}: expected {expected}, or a list or tuple of them, got {item!r}."
                )
        return items

    return keep


def image(value: Any) -> Image | None:
    """Return the default Image for "auto" and the image at an address for any other string.

    Parameters:
        value: An Image, a string or None.
    """
    if value == "auto":
        return Image.from_debian_base()
    if isinstance(value, str):
        return Image.from_base(value)
    need("image", value, (Image, NoneType), "an Image, the address of one, 'auto' or None")
    return value if isinstance(value, Image) else None


def cache(value: Any) -> Cache:
    """Return a Cache, which a string is the behavior of.

    Parameters:
        value: A Cache or a string.
    """
    if isinstance(value, Cache):
        return value
    need("cache", value, (str,), "'auto', 'override', 'disable' or a Cache")
    return _cache_of(value)


_cache_of = functools.lru_cache(Cache)
"""Makes one Cache for each behavior; a Cache is frozen and can be shared."""


def retries(value: Any) -> RetryStrategy:
    """Return a RetryStrategy, which an int is the count of.

    Parameters:
        value: A RetryStrategy or an int.
    """
    if isinstance(value, RetryStrategy):
        return value
    is_plain = type(value) is int and value >= 0  # the common case, in which need_int() would only cost time
    return _attempts(value if is_plain else need_int("retries", value))


_attempts = functools.lru_cache(RetryStrategy)
"""Makes one RetryStrategy for each count; a RetryStrategy is frozen and can be shared."""


def env_vars(value: Any) -> FrozenDict[str, str] | None:
    """Return a frozen copy of a dict of strings.

    Parameters:
        value: The dict, or None.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        need("env_vars", value, (Mapping,), "a dict of strings or None")
    for key, text in value.items():
        if not (isinstance(key, str) and isinstance(text, str)):
            raise InvalidTypeError(f"env_vars[{key!r}]={text!r}: expected strings as key and value. Use str(...).")
    return frozen_dict(value)


def secrets(value: Any) -> Any:
    """Return a key or a Secret as it is, and a list of them as a frozen list.

    Parameters:
        value: A key, a Secret, a list of both, or None.
    """
    if value is None or isinstance(value, (str, Secret)):
        return value
    if not isinstance(value, (list, tuple)):
        need("secrets", value, (list, tuple), "a key, a Secret, a list of them or None")
    for item in value:
        if not isinstance(item, (str, Secret)):
            need("secrets", item, (str, Secret), "a key or a Secret as each item")
    return frozen_list(value)


def timeout(value: Any) -> Timeout | int | timedelta | None:
    """Return the value as it is, once it is checked.

    Parameters:
        value: A Timeout, seconds, a timedelta or None.
    """
    is_plain = type(value) is int and value >= 0  # the common case, which needs no timedelta
    if not (is_plain or value is None or isinstance(value, Timeout)):
        need_duration("timeout", value)
    kept: Timeout | int | timedelta | None = value
    return kept


def reusable(value: Any) -> ReusePolicy | None:
    """Return the value as it is, once it is checked.

    Parameters:
        value: A ReusePolicy or None.
    """
    if value is not None and not isinstance(value, ReusePolicy):
        raise InvalidValueError(
            f"reusable={value!r}: expected a ReusePolicy; override() also takes 'off', which ends the reuse."
        )
    return value


KEEP: dict[str, Callable[[Any], Any]] = {
    "name": _instance("name", str),
    "short_name": _instance("short_name", str),
    "task_type": _instance("task_type", str),
    "task_type_version": _instance("task_type_version", int),
    "image": image,
    "resources": _instance("resources", Resources, NoneType),
    "cache": cache,
    "interruptible": _instance("interruptible", bool),
    "retries": retries,
    "reusable": reusable,
    "docs": _instance("docs", Documentation, NoneType),
    "env_vars": env_vars,
    "secrets": secrets,
    "timeout": timeout,
    "pod_template": _instance("pod_template", str, PodTemplate, NoneType),
    "report": _instance("report", bool),
    "queue": _instance("queue", str, NoneType),
    "debuggable": _instance("debuggable", bool),
    "parent_env_name": _instance("parent_env_name", str, NoneType),
    "max_inline_io_bytes": functools.partial(need_int, "max_inline_io_bytes"),
    "triggers": _several("triggers", lambda one: isinstance(one, Trigger), "a Trigger"),
    "links": _several(
        "links", lambda one: callable(getattr(one, "get_link", None)), "an object with a method get_link"
    ),
}
"""The function that checks the value of a field and returns what is stored, by field.

The values of other fields are stored as they are.
"""
