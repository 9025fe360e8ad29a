"""One value of each kind, for fields, results and errors. Properties try all of them for each template.

If a strategy draws one value of many, it finds a fault that shows for only one kind on only one template by chance. A
list of specimens is short enough to try every kind with every template.
"""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures
import enum
import functools
import inspect
import json
import pathlib
import queue
import subprocess
from collections import OrderedDict, namedtuple
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from conformance.contracts.task_template.strategies.doubtful import (
    Everything,
    FalsyError,
    Later,
    Nested,
    Undecided,
    Unhashable,
    counting,
)
from conformance.contracts.task_template.strategies.recipes import AcceleratorRecipe, Recipe, of_subclass, recipe
from conformance.contracts.task_template.strategies.values import (
    HOURLY,
    Dashboard,
    FixedVersion,
    NamedResolver,
    PagedDashboard,
    Setting,
    SilentDashboard,
    TwoPartError,
    UserError,
)

LONG = "long " * 100

MANY = 30
"""Number of items in an unusually large value."""


class Text(str):
    """A class of strings."""

    __slots__ = ()


class Whole(int):
    """A class of numbers."""


VALUES_OF: Mapping[str, tuple[Any, ...]] = {
    "short_name": ("s", " é A\n", Text("._-0-_."), LONG),
    "resources": (
        recipe("Resources"),
        of_subclass("Resources", cpu=1),
        recipe("Resources", cpu=(1, 4), memory=("1Gi", "4Gi")),
        recipe("Resources", cpu="500m", disk="1Gi"),
        recipe("Resources", gpu=1, shm="auto"),
        recipe("Resources", gpu=AcceleratorRecipe(0), shm="1Gi"),
    ),
    "cache": (
        "auto",
        "override",
        "disable",
        of_subclass("Cache", behavior="auto"),
        recipe("Cache", behavior="auto", salt="s", ignored_inputs=("x", "y")),
        recipe("Cache", behavior="override", version_override="v1", serialize=True),
        recipe("Cache", behavior="disable", salt="s"),
        recipe("Cache", behavior="auto", ignored_inputs="x", policies=[FixedVersion("a"), FixedVersion("b")]),
    ),
    "retries": (1, Whole(2), 2**31 - 1, recipe("RetryStrategy", count=0), of_subclass("RetryStrategy", count=5)),
    "timeout": (
        1,
        Whole(86_400),
        timedelta(microseconds=1),
        timedelta(days=3),
        recipe("Timeout", max_runtime=0),
        of_subclass("Timeout", max_runtime=1, max_queued_time=2),
        recipe("Timeout", max_runtime=timedelta(seconds=1), max_queued_time=timedelta(seconds=2)),
    ),
    "env_vars": (
        {"a": "b"},
        {"a": "", "B": Text(" b\n"), "c": "/C/"},
        {f"V{number}": f"{number}" for number in range(MANY)},
    ),
    "secrets": (
        "k",
        recipe("Secret", key="k"),
        recipe("Secret", key="k", group="g", as_env_var="V"),
        ["k"],
        ["b", "a", "b"],
        ["k", recipe("Secret", key="l", as_env_var="V")],
        [of_subclass("Secret", key="l", group="g")],
    ),
    "max_inline_io_bytes": (Whole(1), 10 * 1024 * 1024, 2**31, 2**63),
    "pod_template": (
        "p",
        Text(" "),
        of_subclass("PodTemplate"),
        recipe("PodTemplate", primary_container_name="c", labels={"a": "b"}, annotations={"": ""}),
    ),
    "queue": ("q", " ", Text("./None-"), LONG),
    "interruptible": (True, False),
    "links": (
        (Dashboard("d"),),
        (PagedDashboard("d"), Dashboard("d"), Dashboard("d"), SilentDashboard("c")),
        tuple(Dashboard(f"{number}") for number in range(MANY)),
    ),
}
"""For each parameter of `override` except `reusable`, a value of each kind; only interruptible=False is falsy."""

SETTINGS_OF: Mapping[str, tuple[Any, ...]] = {
    "task_type": (Text("sql"), LONG),
    "task_type_version": (1, 99),
    "image": (Text("image:1"), Recipe("Image", ("base",), factory="from_base"), None, "auto"),
    "docs": (of_subclass("Documentation", description="d"), recipe("Documentation", description="")),
    "report": (True, False),
    "debuggable": (False, True),
    "parent_env_name": ("e", "", None),
    "triggers": (
        (of_subclass("Trigger", name="t", automation=HOURLY),),
        (
            recipe("Trigger", name="u", automation=recipe("Cron", expression="0 * * * *")),
            recipe("Trigger", name="t", automation=HOURLY),
        ),
    ),
    "plugin_config": (Setting("c"), None),
    "task_resolver": (NamedResolver("r"), None),
}
"""The same for each other constructor parameter."""


def rows(values: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield dictionaries with a value for each key, so that every kind occurs in one of them."""
    for number in range(max(map(len, values.values()))):
        yield {name: kinds[number % len(kinds)] for name, kinds in values.items()}


def singles(values: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield a dictionary with a single key for each value of each kind."""
    for name, kinds in values.items():
        for kind in kinds:
            yield {name: kind}


# ---- results --------------------------------------------------------------------------------------------------------


class Choice(enum.Enum):
    """An Enum with a falsy value."""

    NONE = 0
    TEXT = "text"


Named = namedtuple("Named", ["first", "second"])  # noqa: PYI024 - the plain one is what users write


class Dictionary(dict[str, Any]):
    """A class of dictionaries."""


def every_result() -> list[Any]:
    """Return values that a body may return, one of each kind; objects are new."""
    done: concurrent.futures.Future[int] = concurrent.futures.Future()
    done.set_result(1)
    mutable = [[], {}, set(), [1, [2]], {"a": {"b": None}}, bytearray(b"a"), OrderedDict(a=1), Dictionary(a=1)]
    odd = [Everything(), Undecided(), Unhashable(), object(), Later(), done, counting(), iter([1]), map(str, [1])]
    errors = [ValueError("a value"), KeyboardInterrupt("a value"), StopIteration(1), asyncio.CancelledError()]
    plain: list[Any] = [None, True, False, 0, 1, -1, 2**70, 0.0, -0.5, float("nan"), float("inf"), 1j, "", "a", LONG]
    tuples = [(), (1,), (1, "a"), (None,), Named(1, 2), frozenset({1}), range(3), b"", b"a", memoryview(b"a")]
    values = [Text("a"), Text(), Whole(0), Choice.NONE, Choice.TEXT, Decimal(0), datetime(2020, 1, 1, tzinfo=UTC)]
    things = [timedelta(0), pathlib.PurePath("a"), NotImplemented, ..., ValueError, int, len, every_result, json]
    return [*plain, *tuples, *values, *things, *mutable, *odd, *errors, lambda: 1, inspect.Parameter.empty]


# ---- errors ---------------------------------------------------------------------------------------------------------


class KeyOfOursError(KeyError):
    """An exception of a class below a built-in one, whose str() is not its argument."""


class CodedError(Exception):
    """An exception with attributes that an implementation's own errors may have."""

    code, kind, worker = 7, "mine", "me"


class RuntimeUserError(RuntimeError):
    """An exception that only has the name of one of the contract's errors."""


class SlottedError(ValueError):
    """An exception whose class allows no further attributes."""

    __slots__ = ("extra",)


class EqualError(Exception):
    """An exception that is equal to everything, and has no hash."""

    def __eq__(self, other: object) -> bool:
        """Return True."""
        return True

    __hash__ = None  # type: ignore[assignment]  # as classes with == have it


class MessageError(Exception):
    """An exception whose message is computed, from no arguments."""

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        """Return the computed message."""
        return f"because {self.reason}"


class WarningOfOurs(UserWarning):
    """A warning that is raised."""


class StoppedLater(StopAsyncIteration):
    """A user's subclass of the exception that ends an async iterator."""


def every_error() -> list[Exception]:
    """Return new exceptions that a body may raise, one of each kind, without StopIteration (see PEP 479)."""
    chained, bare = ValueError("m"), ValueError("m")
    chained.__cause__ = chained.__context__ = KeyError("cause")
    chained.add_note("a note of the user's own")
    bare.__context__, bare.__suppress_context__ = KeyError("context"), True
    messages = ["", " padded\n", "{} %s {0}", "two\nlines", "é 日本 🦊", LONG * 10, "a\0b", "'", "None", "m: n"]
    arguments: list[tuple[Any, ...]] = [(), (None,), (1,), (b"a",), ("a", "b"), ("",), (["a"],), (ValueError("inner"),)]
    own: list[Exception] = [
        *(UserError("m"), TwoPartError("a", 1), Nested.InnerError("m"), FalsyError("m"), KeyOfOursError("k")),
        *(CodedError("m"), RuntimeUserError("m"), SlottedError("m"), EqualError("m"), MessageError(reason="m")),
        *(WarningOfOurs("m"), StoppedLater("m"), type("lower", (ValueError,), {})("m")),
    ]
    of_the_library: list[Exception] = [
        *(concurrent.futures.CancelledError("m"), asyncio.InvalidStateError("m"), queue.Empty("m")),
        *(json.JSONDecodeError("m", "text", 0), subprocess.CalledProcessError(1, ["a"]), asyncio.QueueEmpty("m")),
        *(asyncio.IncompleteReadError(b"", 1), OSError(2, "m", "file"), UnicodeDecodeError("utf-8", b"a", 0, 1, "m")),
        *(UnicodeEncodeError("utf-8", "a", 0, 1, "m"), ImportError("m", name="n"), SyntaxError("m", ("f", 1, 1, "t"))),
        *(
            ExceptionGroup("m", [ValueError("one"), KeyError("two")]),
            ExceptionGroup("m", [ExceptionGroup("n", [bare])]),
        ),
    ]
    return [
        *(ValueError(message) for message in messages),
        *(LookupError(*values) for values in arguments),
        *(KeyError(*values) for values in arguments[:5]),
        *_built_in_errors(),
        *of_the_library,
        *own,
        *(chained, bare),
    ]


@functools.cache
def _kinds_of_built_in_errors() -> tuple[type[Exception], ...]:
    kinds = {kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    return tuple(sorted(kinds - {StopIteration}, key=lambda kind: kind.__name__))


def _built_in_errors() -> Iterator[Exception]:
    """Yield an exception of each built-in class that takes one message."""
    for kind in _kinds_of_built_in_errors():
        with suppress(TypeError):
            yield kind("m")
