"""Fail in many ways, and see what arrives."""

import asyncio
import json
from collections.abc import Callable

import flyte
import flyte.errors
from flyte.errors import CustomError, NonRecoverableError, RuntimeSystemError, RuntimeUserError

env = flyte.TaskEnvironment(name="failures")
tried: list[str] = []


class QuotaError(RuntimeUserError):
    """An error class of the user's own."""


@env.task
def divide(left: float, right: float) -> float:
    """Divide, and fail as Python fails."""
    return left / right


@env.task
def refuse(kind: str) -> str:
    """Raise an error class of the SDK or one made from it."""
    if kind == "quota":
        raise QuotaError("Quota", "nothing left")
    if kind == "system":
        raise RuntimeSystemError("Disk", "disk is full")
    raise CustomError.from_exception(KeyError("gone"))


@env.task(retries=3)
async def stubborn(name: str) -> str:
    """Fail for good: no retry helps."""
    tried.append(name)
    raise NonRecoverableError(f"no {name}")


@env.task
async def guarded(right: float) -> str:
    """Handle the failure of a task inside a task."""
    try:
        return str(await divide.aio(1.0, right))
    except RuntimeUserError as error:
        return f"handled {error.code}: {error}"


@env.task
async def hungry(memory: int) -> str:
    """Need more memory than a small machine has."""
    if memory < 2:
        raise flyte.errors.OOMError("OOMKilled", f"{memory} Gi")
    return f"fits in {memory} Gi"


@env.task
async def patient() -> str:
    """Ask for more memory when a task ran out of it."""
    for memory in range(4):
        try:
            return await hungry.override(resources=flyte.Resources(memory=f"{memory}Gi"))(memory)
        except flyte.errors.OOMError as error:
            tried.append(f"{error.code} at {error}")
    return "never"


@flyte.trace
async def nested() -> float:
    """Call a task from a trace, which is not allowed."""
    return await divide.aio(1.0, 1.0)


@env.task
async def wrong_nesting() -> str:
    """Report what a task inside a trace gives."""
    try:
        await nested()
    except flyte.errors.TraceDoesNotAllowNestedTasksError as error:
        return error.code
    return "allowed"


def attempt(what: str, call: Callable[[], object]) -> None:
    """Print which error a call ends with."""
    try:
        print(what, call())
    except RuntimeUserError as error:
        print(what, json.dumps([type(error).__name__, error.code, error.kind, str(error)]))
    except RuntimeSystemError as error:
        print(what, "system", error.code, error.kind, error)


def main() -> None:
    """Provoke every failure once."""
    attempt("call", lambda: divide(1.0, 0.0))
    attempt("fine", lambda: divide(1.0, 4.0))
    for kind in ("quota", "system", "custom"):
        attempt(kind, lambda kind=kind: refuse(kind))
    try:
        divide(1.0, 0.0)
    except flyte.errors.RuntimeUserError as error:
        print("cause", type(error.__cause__).__name__, isinstance(error, flyte.errors.BaseRuntimeError))
    for body in (lambda: divide.forward(1.0, 0.0), lambda: asyncio.run(divide.aio(1.0, 0.0))):
        try:
            body()
        except ZeroDivisionError as error:
            print("unwrapped", error)
    flyte.init()
    print(flyte.run(guarded, 0.0).outputs()[0], "|", flyte.run(guarded, 2.0).outputs()[0])
    print(flyte.run(wrong_nesting).outputs()[0], "|", flyte.run(patient).outputs()[0])
    attempt("run", lambda: flyte.run(divide, 1.0, 0.0))
    attempt("run quota", lambda: flyte.run(refuse, "quota"))
    attempt("stubborn", lambda: flyte.run(stubborn, "luck"))
    print(tried)


if __name__ == "__main__":
    main()
