"""Fail in every way there is, and see what a caller gets: inside a run, and outside one."""

import flyte
from flyte import errors

env = flyte.TaskEnvironment("outcomes")


class OwnError(Exception):
    """An error of the program's own, with attributes."""

    def __init__(self, part: int, whole: int) -> None:
        super().__init__(f"{part} of {whole}")
        self.part = part


FAILURES = {
    "own": OwnError(1, 2),
    "key": KeyError("k"),
    "text": ValueError("bad", 1),
    "empty": NotImplementedError(),
    "file": FileNotFoundError(2, "No such file", "x"),
    "user": errors.RuntimeUserError("MINE", "user"),
    "custom": errors.CustomError("CUSTOM", "custom"),
    "system": errors.RuntimeSystemError("SYSTEM", "system", "w1"),
    "unknown": errors.RuntimeUnknownError("UNKNOWN", "unknown"),
    "retries": errors.RetriesExhaustedError("RetriesExhausted", "retries"),
    "memory": errors.OOMError("OOM", "memory"),
    "timeout": errors.TaskTimeoutError("timeout"),
    "final": errors.NonRecoverableError("final"),
}


@env.task
def fail(kind: str) -> int:
    """Raise one of the errors."""
    raise FAILURES[kind]


@env.task
async def fail_below(kind: str) -> int:
    """Let a task below fail, and pass it on."""
    return await fail.aio(kind)


@env.task
async def survive(kinds: list[str]) -> list[str]:
    """Catch what tasks below raise."""
    seen = []
    for kind in kinds:
        try:
            await fail.aio(kind)
        except errors.BaseRuntimeError as error:
            seen.append(f"{kind}: {describe(error)}")
    return seen


def describe(error: errors.BaseRuntimeError) -> str:
    """Return class, code, whose fault, worker and text."""
    return f"{type(error).__name__} {error.code} {error.kind} {error.worker!r} {error}"


def main() -> None:
    """Print what comes out of each failure, four ways."""
    flyte.init()
    for kind in FAILURES:
        for task in (fail, fail_below):
            try:
                flyte.run(task, kind)
            except errors.BaseRuntimeError as error:
                print(task.short_name, kind, describe(error))
        try:
            fail(kind)
        except errors.BaseRuntimeError as error:
            print("outside", kind, describe(error), repr(error.__cause__))
    print("\n".join(flyte.run(survive, list(FAILURES)).outputs()[0]))
    for wrong in ({"name": "x"}, {"image": "x"}, {"no_such": 1}):
        try:
            fail.override(**wrong)
        except (ValueError, TypeError) as error:
            print(wrong, type(error).__name__)


if __name__ == "__main__":
    main()
