"""Triggers, which start a task on a schedule."""

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
"""The longest description of a trigger or an environment; a longer one is cut. Source: rules VAL-15 and ENV-03."""


class _TriggerTime:
    """The type of the marker `TriggerTime`."""

    def __repr__(self) -> str:
        return "TriggerTime"

    def __reduce__(self) -> str:
        return "TriggerTime"  # unpickled, it is the same object again


TriggerTime = _TriggerTime()
"""Placeholder among the inputs of a trigger for the time at which it fires."""


@dataclass(frozen=True, repr=False)
class Cron(Terse):
    """A schedule given by a cron expression.

    Parameters:
        expression: The cron expression, five fields.
        timezone: The time zone that the expression is read in.
    """

    expression: str
    timezone: str = "UTC"

    @property
    def timezone_expression(self) -> str:
        """The expression with its time zone in front, `CRON_TZ=UTC 0 * * * *`."""
        return f"CRON_TZ={self.timezone} {self.expression}"

    def __str__(self) -> str:
        return f"Cron Trigger: {self.timezone_expression}"


@dataclass(frozen=True, repr=False)
class FixedRate(Terse):
    """A schedule that starts a task at a fixed rate.

    Parameters:
        interval_minutes: The minutes between two starts.
        start_time: When the first interval begins; None means when the trigger is activated.

    Raises:
        InvalidTypeError: The interval is not an int.
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
    """A named schedule, with settings for the runs that it starts.

    Parameters:
        name: The name of the trigger.
        automation: The schedule.
        description: What the trigger is for; cut to 255 characters.
        auto_activate: Whether the trigger is active once it is deployed.
        inputs: Inputs of the task by name; the dict is copied. `TriggerTime` stands for the time at which it fires.
        env_vars: Environment variables of the runs; the dict is copied.
        interruptible: Whether the runs may use machines that can be taken away; None leaves it to the task.
        overwrite_cache: Whether the runs replace cached results.
        queue: The queue of the runs; None leaves it to the task.
        labels: Labels of the runs; the dict is copied.
        annotations: Annotations of the runs; the dict is copied.
        notifications: Who is notified of the runs.

    Raises:
        InvalidValueError: The name is empty, or there is no schedule.
        InvalidTypeError: The schedule is neither a Cron nor a FixedRate.
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
            raise InvalidValueError(f"name={self.name!r}: a trigger needs a name.")
        if self.automation is None:
            raise InvalidValueError("automation=None: a trigger needs a schedule. Give a Cron or a FixedRate.")
        need("automation", self.automation, (Cron, FixedRate), "a Cron or a FixedRate")
        freeze(self, description=shorten(self.description, MAX_DESCRIPTION_CHARACTERS))
        for name in ("inputs", "env_vars", "labels", "annotations"):
            if (value := getattr(self, name)) is not None:
                freeze(self, **{name: frozen_dict(value)})

    @classmethod
    def _cron(cls, expression: str, time_input: str | None, fields: dict[str, Any]) -> Self:
        """Return a trigger with a cron schedule; `time_input` names the input that gets the time at which it fires."""
        times = {} if time_input is None else {time_input: TriggerTime}
        return cls(automation=Cron(expression), **fields | {"inputs": times | dict(fields.get("inputs") or {})})

    @classmethod
    def minutely(cls, trigger_time_input_key: str | None = None, *, name: str = "minutely", **fields: Any) -> Self:
        """Return a trigger that fires every minute.

        Parameters:
            trigger_time_input_key: The input that gets the time at which the trigger fires.
            name: The name of the trigger.
            fields: Other fields of the trigger.
        """
        fields.setdefault("description", "A trigger that runs every minute")
        return cls._cron("* * * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def hourly(cls, trigger_time_input_key: str | None = None, *, name: str = "hourly", **fields: Any) -> Self:
        """Return a trigger that fires at every full hour.

        Parameters:
            trigger_time_input_key: The input that gets the time at which the trigger fires.
            name: The name of the trigger.
            fields: Other fields of the trigger.
        """
        fields.setdefault("description", "A trigger that runs every hour")
        return cls._cron("0 * * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def daily(cls, trigger_time_input_key: str | None = None, *, name: str = "daily", **fields: Any) -> Self:
        """Return a trigger that fires at midnight.

        Parameters:
            trigger_time_input_key: The input that gets the time at which the trigger fires.
            name: The name of the trigger.
            fields: Other fields of the trigger.
        """
        fields.setdefault("description", "A trigger that runs daily at midnight")
        return cls._cron("0 0 * * *", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def weekly(cls, trigger_time_input_key: str | None = None, *, name: str = "weekly", **fields: Any) -> Self:
        """Return a trigger that fires at midnight on Sundays.

        Parameters:
            trigger_time_input_key: The input that gets the time at which the trigger fires.
            name: The name of the trigger.
            fields: Other fields of the trigger.
        """
        fields.setdefault("description", "A trigger that runs weekly on Sundays at midnight")
        return cls._cron("0 0 * * 0", trigger_time_input_key, {"name": name, **fields})

    @classmethod
    def monthly(cls, trigger_time_input_key: str | None = None, *, name: str = "monthly", **fields: Any) -> Self:
        """Return a trigger that fires at midnight on the first day of a month.

        Parameters:
            trigger_time_input_key: The input that gets the time at which the trigger fires.
            name: The name of the trigger.
            fields: Other fields of the trigger.
        """
        fields.setdefault("description", "A trigger that runs monthly on the 1st at midnight")
        return cls._cron("0 0 1 * *", trigger_time_input_key, {"name": name, **fields})
