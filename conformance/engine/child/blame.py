"""Whose fault is an exception? Its traceback says whether it went through the implementation."""

from __future__ import annotations

import dis
import sys
import traceback
from collections.abc import Collection, Iterator
from importlib.machinery import PathFinder
from types import FrameType, TracebackType
from typing import Any

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


def is_implementation(module: str, neutral: frozenset[str] = frozenset()) -> bool:
    """Return whether code of `module` belongs to the implementation under test.

    Parameters:
        module: Dotted name, as in `__name__`; empty where code has none.
        neutral: Modules and packages that are to be neutral too: the one of the user's own adapter, their own suite.
    """
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
        if is_implementation(module := _module(frame), neutral)
    ]


def is_adapter_fault(error: BaseException, modules: frozenset[str], neutral: frozenset[str]) -> bool:
    """Return whether an exception comes from an adapter's own code: raised there, and not by the implementation.

    A call that does not bind raises TypeError in the frame of the caller, and an attribute that is missing is missed
    there: both are what the implementation offers, not what the adapter does.

    Parameters:
        error: The exception; a deviation by its cause.
        modules: The modules of the adapter.
        neutral: All modules that are not the implementation's, as for `is_implementation`.
    """
    error = error.__cause__ or error
    frames = _frames(error.__traceback__)
    if not frames or implementation_frames(error, neutral) or isinstance(error, NotImplementedError):
        return False
    frame, _ = frames[-1]
    is_of_call = isinstance(error, TypeError) and _instruction(error).startswith("CALL")
    is_of_value = isinstance(error, AttributeError) and is_implementation(type(error.obj).__module__, neutral)
    return frame.f_globals.get("__name__") in modules and not is_of_call and not is_of_value


def _instruction(error: BaseException) -> str:
    """Return the name of the instruction that raised an exception, empty if it is not known."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    found = (one.opname for one in dis.get_instructions(trace.tb_frame.f_code) if one.offset == trace.tb_lasti)
    return next(found, "")


def missing_package(error: BaseException) -> str | None:
    """Return the package that an exception says is not installed, None if it says nothing of the kind.

    A class may need an extra of its distribution: then nothing can be said of it where that is not installed.
    """
    for found in _with_causes(error):
        if isinstance(found, ModuleNotFoundError) and found.name:
            package = found.name.partition(".")[0]
            if package not in sys.modules and PathFinder.find_spec(package) is None:
                return package
    return None


def is_source_lost(error: BaseException) -> bool:
    """Return whether somebody looked for the source of a function that has none: one that came out of a pickle, say.

    An implementation may read the source of a function. If cloudpickle did not keep it, nobody is at fault.
    """
    return any(
        isinstance(found, OSError) and (frames := _frames(found.__traceback__)) and _module(frames[-1][0]) == "inspect"
        for found in _with_causes(error)
    )


def declining(error: BaseException, neutral: frozenset[str]) -> NotImplementedError | None:
    """Return the implementation's own word for what it does not offer, None if it has none: NotImplementedError."""
    for found in _with_causes(error, contexts=False):
        frames = _frames(found.__traceback__)
        if isinstance(found, NotImplementedError) and frames:
            return found if is_implementation(_module(frames[-1][0]), neutral) else None
    return None


def refusal(error: BaseException, tested: type[Any]) -> BaseException | None:
    """Return the exception by which the class under test refused what it was made of, None if it did not.

    Raised on purpose, in a constructor of the class' own module: it takes less than the contract's class does.
    """
    for found in _with_causes(error, contexts=False):
        frames = _frames(found.__traceback__)
        if frames and _module(frames[-1][0]) == tested.__module__:
            is_raised = _instruction(found).startswith("RAISE")
            return found if is_raised and frames[-1][0].f_code.co_name in CONSTRUCTORS else None
    return None


CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
"""Methods that run when an object is made."""


def missing_service(error: BaseException, tested: type[Any], hooks: Collection[str]) -> str | None:
    """Return the package that failed beneath a hook of the class under test, None if the failure is another one.

    A class may need what a package brings up: then nothing can be said of it where that does not come up.
    """
    ours = NEUTRAL | {base.__module__.partition(".")[0] for base in tested.__mro__}
    for found in _with_causes(error):
        inner: list[str] = []
        for frame, _ in reversed(_frames(found.__traceback__)):
            module, name = _module(frame), frame.f_code.co_name
            if module == tested.__module__:
                return inner[-1] if inner and name in hooks and not ours & {*inner} else None
            inner += [package for package in [module.partition(".")[0]] if package not in sys.stdlib_module_names]
    return None


def _with_causes(error: BaseException, *, contexts: bool = True) -> Iterator[BaseException]:
    """Yield an exception, its cause, the cause of that, and so on; with `contexts` also what was handled meanwhile."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (found.__context__ if contexts else None)


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__") or ""


def innermost_place(error: BaseException) -> str:
    """Return where an exception was raised: `module:line in function`."""
    frames = list(_frames(error.__traceback__))
    if not frames:
        return "nowhere"
    frame, line = frames[-1]
    return f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"


def file_and_line(error: BaseException) -> str:
    """Return what could not be parsed, or the last place outside of Python itself that an exception went through."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    places = [
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in _frames(error.__traceback__)
        if _module(frame).partition(".")[0] not in sys.stdlib_module_names
    ]
    return places[-1] if places else "a place in Python itself"


def is_alike(left: BaseException, right: BaseException) -> bool:
    """Return whether two exceptions are the same fault: of one class, raised at one place."""
    return type(left) is type(right) and innermost_place(left) == innermost_place(right)


def _frames(trace: TracebackType | None) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(trace))
