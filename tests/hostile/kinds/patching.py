"""Kinds that change what the suite relies on."""

from __future__ import annotations

import builtins
import gc
import importlib.abc
import json
import operator
import random
import sys
import time
import types
from typing import Any

from tests.hostile.form import hostile

CHEAT = "breakdown deviates"


def judge_module() -> Any:
    """Return the module that judges, or a stand-in if it is not imported."""
    return sys.modules.get("conformance.engine.child.judge") or types.SimpleNamespace(Judge=type("Judge", (), {}))


def holding(*_: object, **__: object) -> Any:
    """Return a judgement that the rule holds, whatever is judged."""
    return judge_module().Judgement(verdict="holds", examples=5)


@hostile(CHEAT, others=CHEAT, when="always")
def none_and_a_patched_judge(_: object) -> object:
    """Returns None from everything, and replaces the judge at the first call."""
    judge_module().Judge.judge = holding
    return None


@hostile(CHEAT, others=CHEAT, when="load", is_quick=True)
def patches_the_judge_while_loading(_: object) -> object:
    """Replaces the judge while it is loaded."""
    judge_module().Judge.judge = holding
    return None


@hostile(CHEAT, others=CHEAT, when="load")
def patches_code_of_the_judge(_: object) -> object:
    """Replaces the code of the judge's functions, not the functions."""
    judge_module().Trial.run_example.__code__ = (lambda self, property_, impl, drawn: None).__code__
    return None


@hostile(CHEAT, others=CHEAT, when="load")
def patches_hypothesis(_: object) -> object:
    """Makes `hypothesis.seed` return a test that tests nothing."""
    import hypothesis

    setattr(hypothesis, "seed", lambda _seed: lambda _property: lambda _impl: None)
    return None


@hostile(CHEAT, others=CHEAT, when="load")
def patches_the_comparison(_: object) -> object:
    """Makes the helpers that properties compare with do nothing."""
    module = __import__("conformance.engine.properties", fromlist=["check"])
    for name in ("check", "check_equal", "check_same", "check_instance"):
        getattr(module, name).__code__ = (lambda *_args, **_named: None).__code__
    return None


@hostile(CHEAT, others=CHEAT, when="always")
def patches_the_properties(_: object) -> object:
    """Returns None, and empties every property function that it finds."""
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and ".suite." in (found.__module__ or ""):
            if found.__name__.startswith("test_") and found.__closure__ is None:
                found.__code__ = (lambda *_args, **_named: None).__code__
    return None


@hostile(CHEAT, others=CHEAT, when="load", is_quick=True)
def patches_isinstance(_: object) -> object:
    """Makes `isinstance` return True whenever the helpers of properties call it."""
    real = isinstance

    def lying(value: object, kind: Any) -> bool:
        return sys._getframe(1).f_globals.get("__name__") == "conformance.engine.properties" or real(value, kind)

    vars(builtins)["isinstance"] = lying
    return None


@hostile("deviates holds", is_quick=True)
def patches_builtins(honest: object) -> object:
    """Replaces `len`, `isinstance`, `repr` and other builtins during a rule."""
    for name in ("len", "sorted", "isinstance", "repr", "print", "getattr", "type"):
        vars(builtins)[name] = lambda *_args, **_named: None
    return honest


@hostile("deviates holds")
def deletes_builtins(honest: object) -> object:
    """Deletes builtins."""
    for name in ("ValueError", "dict", "list", "Exception", "__import__", "open", "any"):
        del vars(builtins)[name]
    return honest


@hostile("deviates holds")
def patches_time(honest: object) -> object:
    """Stops every clock."""
    for name in ("time", "monotonic", "perf_counter", "sleep", "process_time"):
        setattr(time, name, lambda *_: 0.0)
    return honest


@hostile("deviates holds")
def patches_random(honest: object) -> object:
    """Replaces the functions of `random`, and seeds it."""
    random.seed(0)
    for name in ("random", "randint", "choice", "getrandbits"):
        setattr(random, name, lambda *_: 0)
    return honest


@hostile("deviates holds")
def patches_json(honest: object) -> object:
    """Makes `json` write that every rule holds."""
    real = json.dumps
    json.dumps = lambda value, **named: real(
        {**value, "verdict": "holds"} if isinstance(value, dict) else value, **named
    )
    return None if honest == 7 else honest


@hostile("deviates holds")
def patches_the_operators(honest: object) -> object:
    """Replaces functions of `operator`."""
    for name in ("eq", "is_", "attrgetter"):
        setattr(operator, name, lambda *_: True)
    return honest


@hostile("deviates holds")
def replaces_modules(honest: object) -> object:
    """Replaces modules of the standard library, of hypothesis and of the suite in `sys.modules`."""
    for name in list(sys.modules):
        if name.partition(".")[0] in {"json", "hypothesis", "re", "os", "conformance"}:
            sys.modules[name] = types.ModuleType(name)
    return honest


class Finder(importlib.abc.MetaPathFinder):
    """Raises an error for every import."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        raise ImportError(f"no {fullname} for you")


@hostile("deviates holds")
def hooks_imports(honest: object) -> object:
    """Inserts a finder that raises before all others."""
    sys.meta_path.insert(0, Finder())
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
    return honest


@hostile("deviates holds", others="holds deviates", is_quick=True)
def an_audit_hook_that_raises(honest: object) -> object:
    """Adds an audit hook that raises at common events."""

    def hook(event: str, _: object) -> None:
        if event in {"open", "compile", "exec", "import", "object.__getattr__", "sys._getframe", "code.__new__"}:
            raise RuntimeError(f"audited: {event}")

    sys.addaudithook(hook)
    return honest


@hostile("deviates holds")
def a_trace_function(honest: object) -> object:
    """Sets a trace function that raises."""

    def trace(*_: object) -> Any:
        raise RuntimeError("traced")

    sys.settrace(trace)
    return honest


@hostile("deviates holds")
def a_profile_function(honest: object) -> object:
    """Sets a profile function that raises."""

    def profile(*_: object) -> Any:
        raise RuntimeError("profiled")

    sys.setprofile(profile)
    return honest


@hostile("deviates holds")
def a_monitoring_tool(honest: object) -> object:
    """Registers a tool of `sys.monitoring` that raises in every function."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is not None:

        def started(*_: object) -> None:
            raise RuntimeError("monitored")

        monitoring.use_tool_id(4, "assay-hostile")
        monitoring.register_callback(4, monitoring.events.PY_START, started)
        monitoring.set_events(4, monitoring.events.PY_START)
    return honest
