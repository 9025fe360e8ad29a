"""Give a report its schedules, and print what a deployment would see of them."""

import json
from datetime import UTC, datetime

import flyte

env = flyte.TaskEnvironment(name="reports")

nightly = flyte.Trigger(
    name="nightly",
    automation=flyte.Cron("30 2 * * *", timezone="Europe/Vienna"),
    description="After the import",
    inputs={"day": flyte.TriggerTime, "limit": 5},
    env_vars={"MODE": "night"},
    queue="batch",
    labels={"team": "data"},
)
steady = flyte.Trigger("steady", flyte.FixedRate(90, start_time=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)))
hourly = flyte.Trigger.hourly("day", inputs={"limit": 1}, auto_activate=False)


@env.task(triggers=(nightly, steady, hourly))
async def report(day: datetime, limit: int = 10) -> str:
    """Name the report of a day."""
    return f"{day:%Y-%m-%d}:{limit}"


@env.task(triggers=flyte.Trigger.daily())
def sweep() -> int:
    """Have one schedule only."""
    return 0


def describe(trigger: flyte.Trigger) -> str:
    """Return the parts of a trigger as one line of JSON."""
    inputs = {
        key: "TriggerTime" if value is flyte.TriggerTime else value for key, value in (trigger.inputs or {}).items()
    }
    flags = [trigger.auto_activate, trigger.overwrite_cache, trigger.interruptible]
    parts = [trigger.name, str(trigger.automation), inputs, flags, trigger.queue, trigger.env_vars]
    return json.dumps([*parts, trigger.labels and dict(trigger.labels), trigger.annotations])


def main() -> None:
    """Print every trigger, and run the report by hand."""
    for trigger in (*report.triggers, *sweep.triggers):
        print(describe(trigger))
    for make in (flyte.Trigger.minutely, flyte.Trigger.weekly, flyte.Trigger.monthly):
        print(describe(make(trigger_time_input_key="at", queue="q", interruptible=True)))
    print(nightly.automation.timezone_expression, "|", flyte.Cron("0 * * * *").timezone)
    print(steady.automation.interval_minutes, steady.automation.start_time)
    print(
        nightly.description,
        nightly == flyte.Trigger(name="nightly", automation=nightly.automation),
        len(sweep.triggers),
    )
    try:
        flyte.Trigger(name="", automation=flyte.Cron("* * * * *"))
    except ValueError:
        print("a trigger needs a name")
    flyte.init()
    print(flyte.run(report, datetime(2026, 5, 6, tzinfo=UTC)).outputs()[0])


if __name__ == "__main__":
    main()
