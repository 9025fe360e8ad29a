"""Differences of command lines and of the environment: what a body adds to an `argparse` parser, and what it reads."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.actions import Actions
from docgen.sources.options import ANY

_OPTIONAL = ("'?'", "'*'", "REMAINDER", "argparse.REMAINDER")
"""Numbers of values that include none."""
_READ_DIFFERENTLY = ("action", "dest", "nargs", "type")


def options(place: Place, was: Actions, now: Actions) -> Iterator[Difference]:
    """Yield the options that command lines can no longer use in the same way, and variables that are ignored now.

    If the new body calls a helper that the old one did not call, the helper may add an option, so nothing is reported.
    """
    if now.of("calls") - was.of("calls") or ANY in now.of("option"):
        return
    for name in sorted(was.of("option") - now.of("option")) if now.is_known else ():
        kind, _, command = name.rpartition("command ")
        shown = f"the command `{command}`" if name.startswith("command ") else f"the option `{kind or name}`"
        yield difference("refused", place, f"{shown} of the command line is refused now")
    for name in sorted(was.of("environment") - now.of("environment")):
        yield difference("effect-removed", place, f"it no longer reads the environment variable `{name}`")
    before, after = _read(was), _read(now)
    for name, read in after.items():
        yield from _compared(place, name, before.get(name), read, is_parser=bool(before))


def _read(actions: Actions) -> Mapping[str, Mapping[str, str]]:
    """Return how each option is read."""
    found: dict[str, Mapping[str, str]] = {}
    for each in sorted(actions.of("parses")):
        name, *words = each.split("\t")
        found[name] = dict(word.split("=", 1) for word in words)
    return found


def _compared(
    place: Place, name: str, was: Mapping[str, str] | None, now: Mapping[str, str], *, is_parser: bool
) -> Iterator[Difference]:
    """Yield the differences of one option; a new one that is not required is none."""
    if _is_required(name, now) and is_parser and (was is None or not _is_required(name, was)):
        yield difference("refused", place, f"command lines without `{name}` are refused now")
    if was is None:
        return
    for key in _READ_DIFFERENTLY:
        old, new = was.get(key, ""), now.get(key, "")
        if old != new and _is_plain(old) and _is_plain(new):
            text = f"the option `{name}` is read differently: `{key}={old or None}` -> `{key}={new or None}`"
            yield difference("argument-handling", place, text)
            return
    old, new = was.get("default", "None"), now.get("default", "None")
    if _literal(old) != _literal(new):
        yield difference(
            "value-changed", place, f"default of the option `{name}`: `{old}` -> `{new}`", old=old, new=new
        )
    lost = _lost_choices(was.get("choices", ""), now.get("choices", ""))
    if lost:
        yield difference("refused", place, f"the option `{name}` no longer accepts {', '.join(lost)}")


def _is_required(name: str, read: Mapping[str, str]) -> bool:
    return read.get("required") == "True" or (not name.startswith("-") and read.get("nargs") not in _OPTIONAL)


def _is_plain(code: str) -> bool:
    """Return True if code is missing, a literal or a builtin; a function may have another name only."""
    return not code or code in vars(builtins) or _literal(code) is not None


def _literal(code: str) -> object:
    """Return the value of a literal, None for any other code."""
    try:
        return ast.literal_eval(code)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _lost_choices(was: str, now: str) -> list[str]:
    before, after = _literal(was), _literal(now)
    if not isinstance(before, list | tuple | set) or not isinstance(after, list | tuple | set):
        return []
    return [f"`{each}`" for each in before if each not in after]
