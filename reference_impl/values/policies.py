"""Small values of a task template: retries, timeout, reuse, documentation, pod template and links.

All of them are frozen, so that a template and its overrides can share them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.values.checks import need_duration, need_int
from reference_impl.values.frozen import freeze, frozen_dict

MIN_TTL_SECONDS = 30
"""The shortest `idle_ttl` and `scaledown_ttl`, in seconds. Source: rule VAL-04."""


@dataclass(frozen=True)
class RetryStrategy:
    """How often a failed task is tried again.

    Parameters:
        count: The number of attempts after the first one.

    Raises:
        InvalidTypeError: The count is not an int; a bool does not count as one.
        InvalidValueError: The count is negative.
    """

    count: int

    def __post_init__(self) -> None:
        need_int("count", self.count)


@dataclass(frozen=True)
class Timeout:
    """How long a task may run, and how long it may wait before that. An int stands for seconds.

    Parameters:
        max_runtime: The longest run of one attempt.
        max_queued_time: The longest wait in the queue, None for no limit.

    Raises:
        InvalidTypeError: A value is neither an int nor a timedelta.
        InvalidValueError: A value is negative.
    """

    max_runtime: timedelta | int
    max_queued_time: timedelta | int | None = None

    def __post_init__(self) -> None:
        need_duration("max_runtime", self.max_runtime)
        if self.max_queued_time is not None:
            need_duration("max_queued_time", self.max_queued_time)


TimeoutType = Timeout | int | timedelta
"""What a `timeout` parameter accepts; an int stands for seconds."""


def timeout_from_request(timeout: TimeoutType) -> Timeout:
    """Return the request as a Timeout; an int or a timedelta becomes its `max_runtime`.

    Parameters:
        timeout: A Timeout, seconds or a timedelta.

    Raises:
        InvalidValueError: The request has another type or is negative.
    """
    if isinstance(timeout, Timeout):
        return timeout
    try:
        return Timeout(max_runtime=need_duration("timeout", timeout))
    except InvalidTypeError as error:
        raise InvalidValueError(str(error)) from error


@dataclass(frozen=True)
class ReusePolicy:
    """How containers are kept for reuse. The times are stored as timedeltas; an int stands for seconds.

    Parameters:
        replicas: How many containers are kept: a pair (smallest, largest), or one number for both. It is stored as a
            pair.
        idle_ttl: How long all containers may be idle before they are removed, at least 30 seconds.
        concurrency: How many tasks one container runs at a time.
        scaledown_ttl: How long a single container may be idle before it is removed, at least 30 seconds.

    Raises:
        InvalidValueError: `replicas` is not a pair of ordered, non-negative numbers, a time is below 30 seconds, or the
            concurrency is below 1.
    """

    replicas: int | tuple[int, int] = 2
    idle_ttl: int | timedelta = MIN_TTL_SECONDS
    concurrency: int = 1
    scaledown_ttl: int | timedelta = MIN_TTL_SECONDS

    def __post_init__(self) -> None:
        try:
            freeze(
                self,
                replicas=_pair(self.replicas),
                idle_ttl=need_duration("idle_ttl", self.idle_ttl, least_seconds=MIN_TTL_SECONDS),
                scaledown_ttl=need_duration("scaledown_ttl", self.scaledown_ttl, least_seconds=MIN_TTL_SECONDS),
            )
            need_int("concurrency", self.concurrency, least=1)
        except InvalidTypeError as error:
            raise InvalidValueError(str(error)) from error

    @property
    def min_replicas(self) -> int:
        """The smallest number of containers."""
        return _pair(self.replicas)[0]

    @property
    def max_replicas(self) -> int:
        """The largest number of containers."""
        return _pair(self.replicas)[1]

    def get_scaledown_ttl(self) -> timedelta:
        """Return how long a single container may be idle before it is removed."""
        return need_duration("scaledown_ttl", self.scaledown_ttl)


def _pair(replicas: object) -> tuple[int, int]:
    """Return the smallest and the largest number of replicas."""
    pair = replicas if isinstance(replicas, tuple) else (replicas, replicas)
    if len(pair) != 2:  # noqa: PLR2004 - a pair has two
        raise InvalidValueError(f"replicas={replicas!r}: expected a number or a pair (smallest, largest).")
    smallest, largest = (need_int("replicas", number) for number in pair)
    if smallest > largest:
        raise InvalidValueError(f"replicas={replicas!r}: the first number is larger than the second. Swap them.")
    return smallest, largest


@dataclass(frozen=True)
class Documentation:
    """What a task does, in words.

    Parameters:
        description: The text, usually the docstring of the function.
    """

    description: str


def extract_docstring(func: Callable[..., Any] | None) -> Documentation:
    """Return the function's docstring without its indentation; the description is empty if there is none.

    Parameters:
        func: The function, or None.
    """
    return Documentation(description=(inspect.getdoc(func) or "") if func else "")


@dataclass(frozen=True)
class PodTemplate:
    """The Kubernetes pod that a task runs in.

    Parameters:
        pod_spec: A `V1PodSpec`, which is passed on as it is.
        primary_container_name: The name of the container that runs the task.
        labels: The labels of the pod; the dict is copied.
        annotations: The annotations of the pod; the dict is copied.
    """

    pod_spec: Any = None
    primary_container_name: str = "primary"
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for name in ("labels", "annotations"):
            if (value := getattr(self, name)) is not None:
                freeze(self, **{name: frozen_dict(value)})


class Link(Protocol):
    """A link that is shown beside a task."""

    name: str
    """The text of the link."""
    icon_uri: str | None = ""
    """The address of an icon."""

    def get_link(  # noqa: PLR0913, PLR0917 - the signature is the contract's
        self,
        run_name: str,
        project: str,
        domain: str,
        context: dict[str, str],
        parent_action_name: str,
        action_name: str,
        pod_name: str,
        **kwargs: Any,
    ) -> str:
        """Return the address that the link of an action leads to.

        Parameters:
            run_name: The name of the run.
            project: The project of the run.
            domain: The domain of the run.
            context: The custom context of the action.
            parent_action_name: The action that called this one.
            action_name: The action that the link is shown for.
            pod_name: The pod that the action runs in.
            kwargs: What later releases pass in addition.
        """
