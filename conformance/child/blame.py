"""Whose fault is an exception? Its traceback says whether it went through the implementation."""

from __future__ import annotations

import sys
import traceback
from types import FrameType, TracebackType

NEUTRAL = frozenset(sys.stdlib_module_names) | {
    "__main__",
    "attr",
    "cloudpickle",
    "conformance",
    "hypothesis",
    "jsonschema_rs",
    "sortedcontainers",
}
"""Top-level packages whose frames say nothing: the suite, what it is made with, and the standard library."""

IMPLEMENTED_HERE = "conformance.mutants"
"""The part of this project that holds implementations."""


def is_implementation(module: str, neutral: frozenset[str] = frozenset()) -> bool:
    """Return whether code of `module` belongs to the implementation under test.

    Parameters:
        module: Dotted name, as in `__name__`; empty where code has none.
        neutral: Modules and packages that are to be neutral too: the one of the user's own adapter, their own suite.
    """
    if is_below(module, IMPLEMENTED_HERE):
        return True
    is_neutral = module.partition(".")[0] in NEUTRAL or any(is_below(module, one) for one in neutral)
    return bool(module) and not is_neutral


def is_below(module: str, package: str) -> bool:
    """Return whether a module is the package or part of it."""
    return module == package or module.startswith(f"{package}.")


def implementation_frames(error: BaseException, neutral: frozenset[str] = frozenset()) -> list[str]:
    """Return the places within the implementation that an exception went through, outermost first.

    A dataclass' own methods count as their class' module: that is what their globals say.

    Returns:
        One text per frame, `module:line in function`; empty if the implementation had no part in it.
    """
    return [
        f"{module}:{line} in {frame.f_code.co_name}"
        for frame, line in _frames(error.__traceback__)
        if is_implementation(module := frame.f_globals.get("__name__") or "", neutral)
    ]


def innermost_place(error: BaseException) -> str:
    """Return where an exception was raised: `module:line in function`."""
    frames = list(_frames(error.__traceback__))
    if not frames:
        return "nowhere"
    frame, line = frames[-1]
    return f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"


def is_alike(left: BaseException, right: BaseException) -> bool:
    """Return whether two exceptions are the same fault: of one class, raised at one place."""
    return type(left) is type(right) and innermost_place(left) == innermost_place(right)


def _frames(trace: TracebackType | None) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(trace))
