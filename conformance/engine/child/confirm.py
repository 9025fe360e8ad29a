"""Runs each reproducer in a process of its own, and writes the names of those that fail: `python -P confirm.py FD`.

The processes are forked from one that has already imported what the scripts import, so that a script takes
milliseconds even if the import of the implementation takes a second. Standard library only.
"""

import ast
import contextlib
import importlib
import json
import linecache
import os
import select
import signal
import sys
import traceback
from collections.abc import Mapping
from types import ModuleType

SCRIPT_SECONDS = 8.0
"""A script that runs longer than this hangs, which counts as a failure."""
FILE = "<reproducer>"
OWN_FAULTS = (ImportError, NameError)
"""Exceptions that show that the script itself is wrong. They show nothing about the implementation."""
PASSED, FAILED, WRONG = b"+", b"-", b"?"
"""How a script ended. One that is wrong shows nothing either."""


def main() -> None:
    """Write the names of the scripts that failed."""
    scripts: Mapping[str, str] = json.load(sys.stdin)
    for name in sorted({name for source in scripts.values() for name in imported(source)}):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    failed = [name for name, source in scripts.items() if fails(source)]
    os.write(int(sys.argv[1]), json.dumps(failed).encode())


def imported(source: str) -> set[str]:
    """Return the modules that a script imports names from: those of the implementation. None if it cannot be parsed.

    Plain imports are left to the script, because an implementation may check whether such a module is loaded.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def fails(source: str) -> bool:
    """Return whether a script fails, hangs or crashes its process."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        run(source, writes)
    os.close(writes)
    ended, _, _ = select.select([reads], [], [], SCRIPT_SECONDS)
    outcome = os.read(reads, 1) if ended else b""
    os.close(reads)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if outcome == WRONG:
        return False
    return not ended or outcome == FAILED or (not outcome and status != 0)


def run(source: str, writes: int) -> None:
    """Run a script as the main module, and write how it ended: `PASSED`, `FAILED` or `WRONG`."""
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    module = sys.modules["__main__"] = ModuleType("__main__")
    # Registered like a file, because an implementation may read the source of a function.
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    try:
        code = compile(source, FILE, "exec")
    except (SyntaxError, ValueError):
        os.write(writes, WRONG)
        os._exit(0)
    try:
        exec(code, module.__dict__)  # noqa: S102 - a script is what this is for
    except SystemExit as error:
        outcome = FAILED if error.code else PASSED
    except BaseException as error:  # noqa: BLE001 - whatever it raises is the answer
        innermost = traceback.extract_tb(error.__traceback__)[-1].filename
        outcome = WRONG if isinstance(error, OWN_FAULTS) and innermost == FILE else FAILED
    else:
        outcome = PASSED
    os.write(writes, outcome)
    os._exit(0)


if __name__ == "__main__":
    main()
