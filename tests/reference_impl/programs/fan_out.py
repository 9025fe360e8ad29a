"""Read readings from three stations at once, clean each, and report: environments that depend on each other."""

import asyncio
import json

import flyte

READINGS = {"north": [3, 5, -99, 4], "south": [10, -99, -99, 12], "west": []}

worker = flyte.TaskEnvironment(
    name="station-worker",
    resources=flyte.Resources(cpu=1, memory="512Mi"),
    env_vars={"MISSING": "-99"},
)
driver = flyte.TaskEnvironment(name="station-driver", depends_on=[worker], resources=flyte.Resources(cpu="500m"))


@worker.task
async def clean(readings: list[int], missing: int = -99) -> list[int]:
    """Drop the readings that mean "nothing measured"."""
    return [reading for reading in readings if reading != missing]


@worker.task
def mean(readings: list[int]) -> float:
    """Return the mean, 0 if there is nothing."""
    return sum(readings) / len(readings) if readings else 0.0


@driver.task
async def report(stations: list[str]) -> dict[str, float]:
    """Clean and average each station, all of them at the same time."""
    with flyte.group("clean"):
        cleaned = await asyncio.gather(*(clean(READINGS[station]) for station in stations))
    with flyte.group("average"):
        means = await asyncio.gather(*(mean.aio(readings) for readings in cleaned))
    return dict(zip(stations, means, strict=True))


def main() -> None:
    """Run the report and print what is known of its parts."""
    flyte.init()
    run = flyte.run(report, stations=["north", "south", "west"])
    run.wait()
    print(json.dumps(run.outputs()[0], sort_keys=True), len(run.outputs()), run.outputs().o0["north"])
    print(json.dumps({"tasks": sorted([*worker.tasks, *driver.tasks]), "names": [clean.name, mean.short_name]}))
    print(json.dumps([environment.name for environment in driver.depends_on]))
    print(json.dumps([clean.env_vars, clean.resources.memory, report.resources.cpu, report.resources.gpu]))
    print(clean.parent_env() is worker, report.parent_env_name, mean.parent_env_name)
    print(json.dumps([mean([1, 2]), asyncio.run(clean([1, -99])), asyncio.run(clean([1, 7], missing=7))]))


if __name__ == "__main__":
    main()
