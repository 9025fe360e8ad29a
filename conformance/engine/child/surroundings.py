"""The state of the process, which rules share with the implementation under test. It is restored between rules.

An implementation may replace `len`, change the working directory or leave a trace function behind. The rule in which it
does so may deviate; the next rule, and the model of the contract, find the process as it was.
"""

from __future__ import annotations

import asyncio
import builtins
import collections
import contextlib
import copy
import dataclasses
import functools
import gc
import inspect
import itertools
import json
import locale
import math
import operator
import os
import pickle
import random
import re
import resource
import signal
import socket
import sys
import threading
import time
import types
import typing
import warnings
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from operator import is_
from types import ModuleType
from typing import Any, Self

from conformance.engine.child.blame import NEUTRAL
from conformance.engine.child.members import Members

MODULES: tuple[ModuleType, ...] = (
    *(builtins, collections, contextlib, copy, dataclasses, functools, gc, inspect, itertools, json, locale, math),
    *(operator, os, pickle, random, re, resource, signal, threading, time, types, typing, warnings, weakref),
)
"""Modules whose functions and classes the suite and its libraries rely on."""

_getcwd, _chdir, _all, _map = os.getcwd, os.chdir, all, map
"""Bound here before an implementation can replace them."""

LIMITS = tuple(value for name, value in vars(resource).items() if name.startswith("RLIMIT_"))


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The state of the process at one moment."""

    functions: Members
    """Functions and classes of `MODULES`."""
    modules: Mapping[str, ModuleType]
    """The imported modules by name."""
    directory: str
    path: tuple[str, ...]
    environment: Mapping[str, str]
    recursion_limit: int
    place: str
    """All categories of the locale, as `locale.setlocale` accepts them."""
    streams: tuple[Any, Any, Any]
    hooks: tuple[Any, Any, Any]
    """`sys.excepthook`, `sys.unraisablehook` and `sys.displayhook`."""
    finders: tuple[Any, ...]
    """`sys.meta_path`."""
    filters: tuple[Any, ...]
    """`warnings.filters`."""
    policy: asyncio.AbstractEventLoopPolicy
    numbers: tuple[Any, ...]
    """Settings of the interpreter, see `set_numbers`."""
    handlers: Mapping[int, Any]
    """Handlers of signals, by number."""
    mask: frozenset[int]
    """Signals that are blocked."""
    tools: frozenset[int]
    """The tools of `sys.monitoring` that are in use, such as a debugger."""
    limits: Mapping[int, int]
    """Soft limits of resources."""

    @classmethod
    def now(cls) -> Self:
        """Return the state of this process now."""
        return cls(
            functions=Members(
                facets=(),  # compared too often to look at more
                members=(
                    (f"{module.__name__}.{name}", vars(module), name, value)
                    for module in MODULES
                    for name, value in vars(module).items()
                    if callable(value)
                ),
            ),
            modules=dict(sys.modules),
            directory=_getcwd(),
            path=tuple(sys.path),
            environment=dict(os.environ),
            recursion_limit=sys.getrecursionlimit(),
            place=locale.setlocale(locale.LC_ALL),
            streams=(sys.stdin, sys.stdout, sys.stderr),
            hooks=(sys.excepthook, sys.unraisablehook, sys.displayhook),
            finders=tuple(sys.meta_path),
            filters=tuple(warnings.filters),
            policy=asyncio.get_event_loop_policy(),
            numbers=numbers(),
            handlers={one: signal.getsignal(one) for one in signal.valid_signals()},
            mask=frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
            tools=tools_in_use(),
            limits={one: resource.getrlimit(one)[0] for one in LIMITS},
        )

    def restore(self) -> list[str]:
        """Put the process back into this state.

        Returns:
            The replaced things that may break any code: functions (`builtins.len`), a lowered recursion limit.
        """
        # The functions come first, because the rest of this method calls them.
        sys.settrace(None)
        sys.setprofile(None)
        if not _all(_map(is_, _map(sys.modules.get, self.modules), self.modules.values())):
            for name, found in self.modules.items():
                if name.partition(".")[0] in NEUTRAL:
                    # Python's own, and what the suite uses. If `sys` is missing, Python creates an incomplete one.
                    sys.modules[name] = found
                else:
                    sys.modules.setdefault(name, found)
        replaced = self.functions.restore()
        threading.settrace(None)
        threading.setprofile(None)
        if sys.getrecursionlimit() < self.recursion_limit:
            replaced = [*replaced, "the recursion limit"]
        sys.setrecursionlimit(self.recursion_limit)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        sys.excepthook, sys.unraisablehook, sys.displayhook = self.hooks
        self._restore_signals()
        self._restore_interpreter()
        with contextlib.suppress(OSError):
            _chdir(self.directory)
        # Entries that were added may be needed from now on; entries that were removed are put back.
        sys.path += [entry for entry in self.path if entry not in sys.path]
        for name in self.environment.keys() - os.environ.keys():
            os.environ[name] = self.environment[name]
        if locale.setlocale(locale.LC_ALL) != self.place:
            locale.setlocale(locale.LC_ALL, self.place)
        return replaced

    def _restore_signals(self) -> None:
        """Stop timers, unblock signals and put their handlers back."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
        for one, handler in self.handlers.items():
            # None: a handler that is not Python's, such as that of faulthandler.
            if handler is not None and signal.getsignal(one) is not handler:
                with contextlib.suppress(OSError):
                    signal.signal(one, handler)

    def _restore_interpreter(self) -> None:
        """Put settings of the interpreter and limits of the process back."""
        gc.enable()
        if sys.meta_path != [*self.finders]:
            sys.meta_path[:] = self.finders
        if warnings.filters != [*self.filters]:
            warnings.filters[:] = self.filters  # type: ignore[index]  # a list, which typeshed does not promise
            with warnings.catch_warnings():
                pass  # leaving the block makes Python forget which warnings it has shown
        if asyncio.get_event_loop_policy() is not self.policy:
            asyncio.set_event_loop_policy(self.policy)
        if numbers() != self.numbers:
            set_numbers(self.numbers)
        for tool in tools_in_use() - self.tools:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)
        for one, soft in self.limits.items():
            now, hard = resource.getrlimit(one)
            if now != soft:
                with contextlib.suppress(ValueError, OSError):
                    resource.setrlimit(one, (soft, hard))


def numbers() -> tuple[Any, ...]:
    """Return settings of the interpreter that are numbers, see `set_numbers`."""
    mask = os.umask(0o077)
    os.umask(mask)
    digits, pause = sys.get_int_max_str_digits(), sys.getswitchinterval()
    return mask, digits, pause, gc.get_threshold(), gc.get_debug(), socket.getdefaulttimeout()


def set_numbers(found: tuple[Any, ...]) -> None:
    """Set umask, digits of integers, switch interval, garbage collection and the timeout of sockets."""
    mask, digits, pause, threshold, debug, timeout = found
    os.umask(mask)
    sys.set_int_max_str_digits(digits)
    sys.setswitchinterval(pause)
    gc.set_threshold(*threshold)
    gc.set_debug(debug)
    socket.setdefaulttimeout(timeout)


monitoring: Any = getattr(sys, "monitoring", None)
"""None before Python 3.12."""
TOOLS = range(6)
"""The ids that it has for tools."""


def tools_in_use() -> frozenset[int]:
    """Return the tools of `sys.monitoring` that are in use."""
    return frozenset(tool for tool in TOOLS if monitoring is not None and monitoring.get_tool(tool) is not None)
