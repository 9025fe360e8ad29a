"""The program of the child process that runs one example. Its interpreter need not have docgen: it gets this text.

It reads JSON from standard input: `setup`, code that is run first; `session` or `code`, the example; `entries`, calls
of coroutine functions that the example defines and never calls. It exits with 1 if something fails, and its last line
of output says what failed.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import json
import sys
from typing import Any


def main() -> int:
    """Run the example; return the exit code."""
    given = json.load(sys.stdin)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(given["setup"], "<setup>", "exec"), names)  # noqa: S102 - the user asked for it
    if given["session"]:
        test = doctest.DocTestParser().get_doctest(given["session"], names, "example", None, 0)
        return int(doctest.DocTestRunner(verbose=False).run(test).failed > 0)
    code = compile(given["code"], "<example>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    ran = eval(code, names)  # noqa: S307 - the same
    if inspect.iscoroutine(ran):
        asyncio.run(ran)
    left = [entry["call"] for entry in given["entries"] if asyncio.run(_leaves_awaitable(entry, names))]
    if left:
        sys.stderr.write(f"an `await` is missing: {left[0]} returns an awaitable\n")
    return int(bool(left))


async def _leaves_awaitable(entry: dict[str, Any], names: dict[str, Any]) -> bool:
    """Return True if the result of a call is an awaitable that has to be awaited."""
    try:
        result = names[entry["name"]](**entry["arguments"])
        result = await result if inspect.isawaitable(result) else result
    except Exception:  # noqa: BLE001 - the arguments are invented, so that a failure says nothing about the example
        return False
    is_left = inspect.isawaitable(result)
    if isinstance(result, asyncio.Future):
        result.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        result.cancel()
    elif inspect.iscoroutine(result):
        result.close()
    return is_left


if __name__ == "__main__":
    sys.exit(main())
