"""Write the inventory of the standard library that comes with docgen, `docgen/formats/base/python.inv`.

    python tools/python_inventory.py

Links to the documentation of Python must not need a network, neither at build time nor here. So the names are those in
`__all__` of the modules of the running interpreter, and the addresses follow the rules of the documentation: a module
has the page `library/MODULE.html`, with an anchor for each name; the exceptions are below. A project that prefers the
published inventory names it under `[inventories]`, and `docgen inventories` fetches it.
"""

from __future__ import annotations

import builtins
import importlib
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

from docgen.formats.base.inventory import write_inventory

OUT = Path(__file__).resolve().parent.parent / "docgen" / "formats" / "base" / "python.inv"
FUNCTIONS = frozenset({
    "bool", "bytearray", "bytes", "classmethod", "complex", "dict", "float", "frozenset", "int", "list", "memoryview",
    "object", "property", "range", "set", "slice", "staticmethod", "str", "super", "tuple", "type",
})  # fmt: skip
"""Classes that are described among the built-in functions; the names of `STANDARD_TYPES` are not."""
STANDARD_TYPES = frozenset(
    {"bytearray", "bytes", "dict", "frozenset", "list", "memoryview", "range", "set", "str", "tuple"}
)
ASYNCIO = {
    "runner": ["run", "Runner"],
    "task": [
        "Task", "TaskGroup", "create_task", "gather", "sleep", "wait", "wait_for", "timeout", "timeout_at", "shield",
        "as_completed", "current_task", "all_tasks", "iscoroutine", "to_thread", "run_coroutine_threadsafe",
    ],
    "future": ["Future", "isfuture", "ensure_future", "wrap_future"],
    "eventloop": [
        "AbstractEventLoop", "BaseEventLoop", "Handle", "TimerHandle", "Server", "AbstractServer", "SelectorEventLoop",
        "get_event_loop", "get_running_loop", "new_event_loop", "set_event_loop",
    ],
    "sync": ["Barrier", "BoundedSemaphore", "BrokenBarrierError", "Condition", "Event", "Lock", "Semaphore"],
    "queue": ["LifoQueue", "PriorityQueue", "Queue", "QueueEmpty", "QueueFull"],
    "stream": ["StreamReader", "StreamWriter", "open_connection", "start_server"],
    "subprocess": ["create_subprocess_exec", "create_subprocess_shell"],
    "exceptions": [
        "CancelledError", "IncompleteReadError", "InvalidStateError", "LimitOverrunError", "TimeoutError",
    ],
}  # fmt: skip
"""The package that is documented on several pages: page -> the names on it."""
ELSEWHERE = ("asyncio", "email", "idlelib", "importlib", "lib2to3", "multiprocessing", "test", "tkinter", "xml")
"""Packages whose modules do not follow the rule, except those in `BY_RULE`."""
BY_RULE = frozenset({
    "email.header", "email.policy", "importlib.metadata", "importlib.resources", "multiprocessing",
    "importlib", "tkinter", "multiprocessing.shared_memory",
})  # fmt: skip


def main() -> None:
    """Write the file."""
    warnings.simplefilter("ignore")  # old modules announce their removal
    entries = [*_of_builtins(), *_of_asyncio(), *(entry for name in _modules() for entry in _of_module(name))]
    OUT.write_bytes(write_inventory("Python", f"{sys.version_info[0]}.{sys.version_info[1]}", entries))
    print(f"{OUT.name}: {len(entries)} names, {OUT.stat().st_size} bytes")


def _of_builtins() -> Iterator[tuple[str, str, str]]:
    for name, value in vars(builtins).items():
        if name.startswith("_") or not isinstance(value, type):
            continue
        if issubclass(value, BaseException):
            yield name, "exception", f"library/exceptions.html#{name}"
        elif name in STANDARD_TYPES:
            yield name, "class", f"library/stdtypes.html#{name}"
        elif name in FUNCTIONS:
            yield name, "class", f"library/functions.html#{name}"


def _of_asyncio() -> Iterator[tuple[str, str, str]]:
    yield "asyncio", "module", "library/asyncio.html#module-asyncio"
    for page, names in ASYNCIO.items():
        for name in names:
            role = "class" if name[0].isupper() else "function"
            yield f"asyncio.{name}", role, f"library/asyncio-{page}.html#asyncio.{name}"


def _modules() -> Iterator[str]:
    """Yield the modules that have a page with their name."""
    for name in sorted(sys.stdlib_module_names):
        if name.startswith("_") or name in {"antigravity", "this"}:
            continue
        if name not in ELSEWHERE or name in BY_RULE:
            yield name
        module = _imported(name)
        if module is None or not hasattr(module, "__path__"):
            continue
        for each in pkgutil.iter_modules(module.__path__):
            path = f"{name}.{each.name}"
            if not each.name.startswith("_") and (name not in ELSEWHERE or path in BY_RULE):
                yield path
    yield "os.path"


def _imported(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _of_module(name: str) -> Iterator[tuple[str, str, str]]:
    module = _imported(name)
    listed = {*getattr(module, "__all__", ()), *_defined(module)}
    if module is None or not listed:
        return
    yield name, "module", f"library/{name}.html#module-{name}"
    for each in sorted(listed):
        value = getattr(module, each, None)
        if each.startswith("_") or isinstance(value, types.ModuleType) or value is None:
            continue
        yield f"{name}.{each}", _role(value), f"library/{name}.html#{name}.{each}"


def _defined(module: types.ModuleType | None) -> list[str]:
    """Return the public names that a module without `__all__` defines: those of its classes and functions."""
    values = vars(module) if module else {}
    return [name for name, value in values.items() if not name.startswith("_") and _home(value) == module.__name__]  # type: ignore[union-attr] # there are no values without a module


def _home(value: object) -> str:
    home = str(getattr(value, "__module__", ""))
    # For names from a C part, `__module__` is either the public module or the C part: `_ssl` for `ssl`.
    return home.lstrip("_") if callable(value) else ""


def _role(value: object) -> str:
    if isinstance(value, type):
        return "exception" if issubclass(value, BaseException) else "class"
    return "function" if callable(value) else "data"


if __name__ == "__main__":
    main()
