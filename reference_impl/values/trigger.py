"""Schedules that start a task, and the triggers that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from reference_impl.errors import InvalidValueError
from reference_impl.values.checks import need, need_int
from reference_impl.values.frozen import freeze, frozen_dict
from reference_impl.values.terse import Terse
from reference_impl.values.text import shorten

MAX_DESCRIPTION_CHARACTERS = 255
"""The longest description that is kept whole. Source: the contract, Trigger and TaskEnvironment."""


class _TriggerTime:
    """Stands, among the inputs of a trigger, for the time at which it fires."""

    def __repr__(self) -> str:
        return "TriggerTime"

    def __reduce__(self) -> str:
        return "TriggerTime"


TriggerTime = _TriggerTime()
"""The one marker for "the time at which the trigger fires"."""


@dataclass(frozen=True, repr=False)
class Cron(Terse):
    """A schedule by a cron expression of five fields, in a time zone."""

    expression: str
    timezone: str = "UTC"

    @property
    def timezone_expression(self) -> str:
        """The expression with its time zone in front, as schedulers read it."""
        return f"CRON_TZ={self.timezone} {self.expression}"

    def __str__(self) -> str:
        return f"Cron Trigger: {self.timezone_expression}"


@dataclass(frozen=True, repr=False)
class FixedRate(Terse):
    """A schedule of one start every so many minutes, counted from `start_time` or from activation.

    Raises:
        InvalidValueError: The interval is below one minute.
    """

    interval_minutes: int
    start_time: datetime | None = None

    def __post_init__(self) -> None:
        need_int("interval_minutes", self.interval_minutes, least=1)

    def __str__(self) -> str:
        return f"FixedRate Trigger: every {self.interval_minutes} minutes"


@dataclass(frozen=True, repr=False)
class Trigger(Terse):
    """A schedule with a name, and what the runs it starts get that the task does not say itself.

    Raises:
        InvalidValueError: The name is empty, or there is no automation.
        InvalidTypeError: The automation is neither Cron nor FixedRate.
    """

    name: str
    automation: Cron | FixedRate
    description: str = ""
    auto_activate: bool = True
    inputs: Mapping[str, Any] | None = None
    env_vars: Mapping[str, str] | None = None
    interruptible: bool | None = None
    overwrite_cache: bool = False
    queue: str | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    notifications: Any = None

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValueError(f"name={self.name!r}: a trigger needs a name that is not empty.")
        if self.automation is None:
            raise InvalidValueError("automation=None: a trigger needs a schedule. Give a Cron or a FixedRate.")
        need("automation", self.automation, (Cron, FixedRate), "a Cron or a FixedRate")
        freeze(self, description=shorten(self.description, MAX_DESCRIPTION_CHARACTERS))
        for name in ("inputs", "env_vars", "labels", "annotations"):
            if (value := getattr(self, name)) is not None:
                freeze(self, **{name: frozen_dict(value)})

    @classmethod
    def _cron(cls, expression: str, time_input: str | None, fields: dict[str, Any]) -> Self:
        """Return a cron trigger; `time_input` names the input that gets the time at which it fires."""
        times = {} if time_input is None else {time_input: TriggerTime}
        return cls(automation=Cron(expression), **fields | {"inputs": times | dict(fields.get("inputs") or {})})

    @classmethod
    def minutely(cls, trigger_time_input_key: str | None = None, *, name: str = "minutely", **fields: Any) -> Self:
        """Return a trigger for every minute; further fields as in the constructor."""
        fields.setdefault("description", "A trigger that runs every minute")
        return cls._cron("* * * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def hourly(cls, trigger_time_input_key: str | None = None, *, name: str = "hourly", **fields: Any) -> Self:
        """Return a trigger for every full hour; further fields as in the constructor."""
        fields.setdefault("description", "A trigger that runs every hour")
        return cls._cron("0 * * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def daily(cls, trigger_time_input_key: str | None = None, *, name: str = "daily", **fields: Any) -> Self:
        """Return a trigger for every midnight; further fields as in the constructor."""
        fields.setdefault("description", "A trigger that runs daily at midnight")
        return cls._cron("0 0 * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def weekly(cls, trigger_time_input_key: str | None = None, *, name: str = "weekly", **fields: Any) -> Self:
        """Return a trigger for midnight on Sundays; further fields as in the constructor."""
        fields.setdefault("description", "A trigger that runs weekly on Sundays at midnight")
        return cls._cron("0 0 * * 0", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def monthly(cls, trigger_time_input_key: str | None = None, *, name: str = "monthly", **fields: Any) -> Self:
        """Return a trigger for midnight on the first of a month; further fields as in the constructor."""
        fields.setdefault("description", "A trigger that runs monthly on the 1st at midnight")
        return cls._cron("0 0 1 * *", trigger_time_input_key, {"name": name, **fields})
