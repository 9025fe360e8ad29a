"""How each field of a task template turns what it is given into what it keeps.

The constructor and `override` use the same table, so a value means the same in both.
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
    """Return the rule "an instance of one of the types", None among them where it may be left out."""
    due = " or ".join("None" if kind is NoneType else kind.__name__ for kind in kinds)

    def keep(value: Any) -> Any:
        if not isinstance(value, kinds):
            need(name, value, kinds, due)
        return value

    return keep


def _several(name: str, is_one: Callable[[Any], bool], due: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return the rule "one, or a list or tuple of them", kept as a tuple."""

    def keep(value: Any) -> tuple[Any, ...]:
        found = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        for one in found:
            if not is_one(one):
                raise InvalidTypeError(f"{name}: {one!r} is none. {due} is due, or a list or tuple of them.")
        return found

    return keep


def image(value: Any) -> Image | None:
    """Return an Image or None as it is, "auto" as the default image, other text as the image at that address."""
    if value == "auto":
        return Image.from_debian_base()
    if isinstance(value, str):
        return Image.from_base(value)
    need("image", value, (Image, NoneType), "an Image, its address or None")
    return value if isinstance(value, Image) else None


def cache(value: Any) -> Cache:
    """Return a Cache as it is, one of the three words as a Cache."""
    if isinstance(value, Cache):
        return value
    need("cache", value, (str,), "a Cache or one of its three words")
    return _cache_of_word(value)


_cache_of_word = functools.lru_cache(Cache)
"""One Cache per word: it does not change."""


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
    if not isinstance(value, dict):
        need("env_vars", value, (Mapping,), "a dict of text to text or None")
    for key, text in value.items():
        if not (isinstance(key, str) and isinstance(text, str)):
            raise InvalidTypeError(f"env_vars[{key!r}]={text!r}: text is due on both sides. Use str(...).")
    return frozen_dict(value)


def secrets(value: Any) -> Any:
    """Return a key or a Secret as it is, a list of both as one that does not change."""
    if value is None or isinstance(value, (str, Secret)):
        return value
    if not isinstance(value, (list, tuple)):
        need("secrets", value, (list, tuple), "a key, a Secret or a list of them")
    for item in value:
        if not isinstance(item, (str, Secret)):
            need("secrets", item, (str, Secret), "a key or a Secret as each item")
    return frozen_list(value)


def timeout(value: Any) -> Timeout | int | timedelta | None:
    """Return a Timeout, whole seconds, a timedelta or None as it is."""
    is_plain = type(value) is int and value >= 0  # the common case, told without making a timedelta
    if not (is_plain or value is None or isinstance(value, Timeout)):
        need_duration("timeout", value)
    kept: Timeout | int | timedelta | None = value
    return kept


def reusable(value: Any) -> ReusePolicy | None:
    """Return a ReusePolicy or None as it is."""
    if value is not None and not isinstance(value, ReusePolicy):
        raise InvalidValueError(
            f"reusable={value!r}: a ReusePolicy is due; override() also takes 'off', which ends reuse."
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
    "triggers": _several("triggers", lambda one: isinstance(one, Trigger), "A Trigger"),
    "links": _several(
        "links", lambda one: callable(getattr(one, "get_link", None)), "An object with a name and a method get_link"
    ),
}
"""Per field the function that checks a value and returns what is kept.

Fields that are not here are kept as they come.
"""
