"""Decides whose fault an exception is: its traceback shows whether it went through the implementation."""

from __future__ import annotations

import dis
import linecache
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
"""Top-level packages that are never at fault: the suite, the libraries it uses, and the standard library."""


def is_implementation(module: str, neutral: frozenset[str] = frozenset()) -> bool:
    """Return whether code of `module` belongs to the implementation under test.

    Parameters:
        module: Dotted name, as in `__name__`; empty if the code has none.
        neutral: More modules and packages that are never at fault: the user's adapter, the contract.
    """
    is_neutral = module.partition(".")[0] in NEUTRAL or any(is_below(module, one) for one in neutral)
    return bool(module) and not is_neutral


def is_below(module: str, package: str) -> bool:
    """Return whether a module is the package or part of it."""
    return module == package or module.startswith(f"{package}.")


def implementation_frames(error: BaseException, neutral: frozenset[str] = frozenset()) -> list[str]:
    """Return the places in the implementation that an exception went through, outermost first.

    The generated methods of a dataclass count as part of the module of their class, as their globals say.

    Returns:
        One string per frame, `module:line in function`; empty if the exception did not go through the implementation.
    """
    return [
        f"{module}:{line} in {frame.f_code.co_name}"
        for frame, line in _frames(error.__traceback__)
        if is_implementation(module := _module(frame), neutral)
    ]


def cause_of(error: BaseException, neutral: frozenset[str]) -> str:
    """Return the exception that the implementation raised, and where; empty if it raised none.

    Parameters:
        error: The exception that ended a property; for a deviation, its cause is used.
        neutral: Modules that are never at fault, as for `is_implementation`.
    """
    error = error.__cause__ or error
    frames = implementation_frames(error, neutral)
    return f"{type(error).__name__} at {frames[-1]}" if frames else ""


def is_adapter_fault(error: BaseException, modules: frozenset[str], neutral: frozenset[str]) -> bool:
    """Return whether an exception was raised by the adapter's own code, and not by the implementation.

    If the adapter calls the implementation with arguments it does not take, or reads an attribute it does not have, the
    error is raised in the adapter's frame, but it is the implementation that differs.

    Parameters:
        error: The exception; for a deviation, its cause is used.
        modules: The modules of the adapter.
        neutral: Modules that are never at fault, as for `is_implementation`.
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
    """Return the name of the instruction that raised an exception, empty if it is unknown."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    found = (one.opname for one in dis.get_instructions(trace.tb_frame.f_code) if one.offset == trace.tb_lasti)
    return next(found, "")


def missing_package(error: BaseException) -> str | None:
    """Return the package that is not installed according to an exception, None if it says nothing like that.

    A class may need an extra of its distribution. If that is not installed, the class cannot be judged.
    """
    for found in _with_causes(error):
        if isinstance(found, ModuleNotFoundError) and found.name:
            package = found.name.partition(".")[0]
            if package not in sys.modules and PathFinder.find_spec(package) is None:
                return package
    return None


def is_source_lost(error: BaseException) -> bool:
    """Return whether an exception says that a function has no source code, because it was unpickled, say.

    An implementation may read the source of a function. If cloudpickle did not keep it, nobody is at fault.
    """
    return any(
        isinstance(found, OSError) and (frames := _frames(found.__traceback__)) and _module(frames[-1][0]) == "inspect"
        for found in _with_causes(error)
    )


def declining(error: BaseException, neutral: frozenset[str]) -> NotImplementedError | None:
    """Return the NotImplementedError that the implementation raised, None if it raised none."""
    for found in _with_causes(error, contexts=False):
        frames = _frames(found.__traceback__)
        if isinstance(found, NotImplementedError) and frames:
            return found if is_implementation(_module(frames[-1][0]), neutral) else None
    return None


def refusal(error: BaseException, tested: type[Any]) -> BaseException | None:
    """Return the exception by which the class under test refused its arguments, None if it did not.

    Such an exception is raised on purpose, in a constructor in the class's own module: the class accepts less than the
    contract's does.
    """
    for found in _with_causes(error, contexts=False):
        frames = _frames(found.__traceback__)
        if frames and _module(frames[-1][0]) == tested.__module__:
            is_raised = _instruction(found).startswith("RAISE")
            return found if is_raised and frames[-1][0].f_code.co_name in CONSTRUCTORS else None
    return None


CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
"""Methods that run when an object is created."""


def missing_service(error: BaseException, tested: type[Any], hooks: Collection[str]) -> str | None:
    """Return the package that failed below a hook of the class under test, None if none did.

    A class may need a service that a package starts. If that does not start, the class cannot be judged.
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
    """Yield an exception and its causes; with `contexts` also the exceptions that were being handled."""
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


def call_of(error: BaseException, neutral: frozenset[str]) -> str:
    """Return the source of the call or attribute access in a property that raised an exception; empty if unknown.

    Parameters:
        error: The exception.
        neutral: Modules that are never at fault, as for `is_implementation`; the suite is among them.
    """
    places = traceback.extract_tb(error.__traceback__)
    for place, (frame, _) in reversed(list(zip(places, _frames(error.__traceback__), strict=True))):
        if any(is_below(_module(frame), one) for one in neutral):
            line = linecache.getline(place.filename, place.lineno or 0).encode()
            is_on_one_line = place.end_lineno == place.lineno
            return line[place.colno : place.end_colno if is_on_one_line else None].decode(errors="replace").strip()
    return ""


def file_and_line(error: BaseException) -> str:
    """Return the line that could not be parsed, or the last place outside the standard library, as `file:line`."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    places = [
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in _frames(error.__traceback__)
        if _module(frame).partition(".")[0] not in sys.stdlib_module_names
    ]
    return places[-1] if places else "a place in Python itself"


def is_alike(left: BaseException, right: BaseException) -> bool:
    """Return whether two exceptions show the same fault: the same class, raised at the same place."""
    return type(left) is type(right) and innermost_place(left) == innermost_place(right)


def _frames(trace: TracebackType | None) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(trace))
