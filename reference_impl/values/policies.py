"""The small values that a task template carries: retries, timeout, reuse, documentation, pod template, links.

All are frozen: a template and its overrides share them, and nobody can change one through the other.
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
"""The shortest `idle_ttl` and `scaledown_ttl`, in seconds. Source: the contract, ReusePolicy."""


@dataclass(frozen=True)
class RetryStrategy:
    """How often a failed task is tried again; `count=0` is one attempt and no more.

    Raises:
        InvalidTypeError: The count is no int (a bool is none).
        InvalidValueError: The count is negative.
    """

    count: int

    def __post_init__(self) -> None:
        need_int("count", self.count)


@dataclass(frozen=True)
class Timeout:
    """How long a task may run (one attempt), and how long it may wait before that; ints are seconds.

    Raises:
        InvalidTypeError: A value is neither int nor timedelta.
        InvalidValueError: A value is negative.
    """

    max_runtime: timedelta | int
    max_queued_time: timedelta | int | None = None

    def __post_init__(self) -> None:
        need_duration("max_runtime", self.max_runtime)
        if self.max_queued_time is not None:
            need_duration("max_queued_time", self.max_queued_time)


TimeoutType = Timeout | int | timedelta
"""What a timeout parameter accepts; an int is seconds."""


def timeout_from_request(timeout: TimeoutType) -> Timeout:
    """Return a Timeout as it is, seconds or a timedelta as a Timeout with that runtime.

    Raises:
        InvalidValueError: It is none of the three, or negative.
    """
    if isinstance(timeout, Timeout):
        return timeout
    try:
        return Timeout(max_runtime=need_duration("timeout", timeout))
    except InvalidTypeError as error:
        raise InvalidValueError(str(error)) from error


@dataclass(frozen=True)
class ReusePolicy:
    """How many containers are kept for reuse, how long, and how many tasks one of them runs at a time.

    `replicas` becomes a pair (least, most); an int stands for both. The two times to live become timedeltas; an int is
    seconds.

    Raises:
        InvalidValueError: A pair that is no pair or upside down, a negative number, a time below 30 s, a concurrency
            below 1.
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
        """The least number of replicas."""
        return self.replicas[0] if isinstance(self.replicas, tuple) else self.replicas

    @property
    def max_replicas(self) -> int:
        """The largest number of replicas."""
        return self.replicas[1] if isinstance(self.replicas, tuple) else self.replicas

    def get_scaledown_ttl(self) -> timedelta:
        """Return how long a single replica may be idle before it is removed."""
        return need_duration("scaledown_ttl", self.scaledown_ttl)


def _pair(replicas: object) -> tuple[int, int]:
    """Return (least, most) replicas."""
    pair = replicas if isinstance(replicas, tuple) else (replicas, replicas)
    if len(pair) != 2:  # noqa: PLR2004 - a pair has two
        raise InvalidValueError(f"replicas={replicas!r}: a number or a pair (least, most) is due.")
    least, most = (need_int("replicas", number) for number in pair)
    if least > most:
        raise InvalidValueError(f"replicas={replicas!r}: the first of the pair is the smaller. Swap them.")
    return least, most


@dataclass(frozen=True)
class Documentation:
    """What a task does, in words."""

    description: str


def extract_docstring(func: Callable[..., Any] | None) -> Documentation:
    """Return the function's docstring without its indentation; an empty description where there is none."""
    return Documentation(description=(inspect.getdoc(func) or "") if func else "")


@dataclass(frozen=True)
class PodTemplate:
    """A Kubernetes pod to run the task in: a `V1PodSpec` handed through as it is, and what is written on it."""

    pod_spec: Any = None
    primary_container_name: str = "primary"
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for name in ("labels", "annotations"):
            if (value := getattr(self, name)) is not None:
                freeze(self, **{name: frozen_dict(value)})


class Link(Protocol):
    """A link shown beside a task: a name, perhaps an icon, and a way to make its address."""

    name: str
    icon_uri: str | None = ""

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
        """Return the address for one action of a run."""
        raise NotImplementedError
