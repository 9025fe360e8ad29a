"""The state of the process, which rules share with the implementation under test. It is restored between rules.

An implementation may replace `len`, change the working directory or leave a trace function behind. The rule in which it
does so may deviate; the next rule, and the model of the contract, find the process as it was.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import dataclasses
import functools
import gc
import inspect
import locale
import os
import pickle
import random
import sys
import threading
import time
import typing
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

MODULES: tuple[ModuleType, ...] = (
    *(builtins, contextlib, copy, dataclasses, functools, gc, inspect, os, pickle, random),
    *(threading, time, typing, weakref),
)
"""Modules whose functions and classes the suite and its libraries rely on."""

_getcwd, _chdir, _set_attribute = os.getcwd, os.chdir, setattr
"""Bound here before an implementation can replace them."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The state of the process at one moment."""

    members: Mapping[str, Mapping[str, Any]]
    """Functions and classes by module and name."""
    modules: Mapping[str, ModuleType]
    """The imported modules by name."""
    directory: str
    path: tuple[str, ...]
    environment: Mapping[str, str]
    recursion_limit: int
    place: str
    """All categories of the locale, as `locale.setlocale` accepts them."""
    streams: tuple[Any, Any, Any]

    @classmethod
    def now(cls) -> Self:
        """Return the state of this process now."""
        return cls(
            members={
                module.__name__: {name: value for name, value in vars(module).items() if callable(value)}
                for module in MODULES
            },
            modules=dict(sys.modules),
            directory=_getcwd(),
            path=tuple(sys.path),
            environment=dict(os.environ),
            recursion_limit=sys.getrecursionlimit(),
            place=locale.setlocale(locale.LC_ALL),
            streams=(sys.stdin, sys.stdout, sys.stderr),
        )

    def restore(self) -> None:
        """Put the process back into this state."""
        # The functions come first, because the rest of this method calls them.
        sys.settrace(None)
        sys.setprofile(None)
        for name, found in self.modules.items():
            if name in sys.stdlib_module_names:
                # If `sys` is missing, Python creates a second one, which is incomplete.
                sys.modules[name] = found
            else:
                sys.modules.setdefault(name, found)
        for module in MODULES:
            here = module.__dict__
            for name, value in self.members[module.__name__].items():
                if name not in here or here[name] is not value:
                    _set_attribute(module, name, value)
        threading.settrace(None)
        threading.setprofile(None)
        sys.setrecursionlimit(self.recursion_limit)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        gc.enable()
        with contextlib.suppress(OSError):
            _chdir(self.directory)
        # Entries that were added may be needed from now on; entries that were removed are put back.
        sys.path += [entry for entry in self.path if entry not in sys.path]
        for name in self.environment.keys() - os.environ.keys():
            os.environ[name] = self.environment[name]
        if locale.setlocale(locale.LC_ALL) != self.place:
            locale.setlocale(locale.LC_ALL, self.place)
