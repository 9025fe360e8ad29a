"""Compares what `inspect` and the sources say about a side: where they disagree, and which one to trust.

The comparison of versions uses the sources alone. The sources show what a wrapper of `(*args, **kwargs)` passes on, and
what other platforms define; `inspect` shows the results of decorators and of code that runs on import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from docgen.compare.sides.grounds import ask
from docgen.compare.sides.read import Side
from docgen.compare.visibility import is_private_name
from docgen.model import Class, ClassKind, Function, Parameter, ParameterKind, Receiver
from docgen.symbols import Index

_ANYTHING = [ParameterKind.VAR_POSITIONAL.value, ParameterKind.VAR_KEYWORD.value]

_NOT_INSTALLED = ("sources", "a package that it imports is not installed here")
_AFTER: Mapping[str, tuple[str, str]] = {
    "ImportError": _NOT_INSTALLED,
    "ModuleNotFoundError": _NOT_INSTALLED,
    "AttributeError": ("inspect", "importing the package removes it or puts something else in its place"),
}
"""Error of the child process -> which of the two is trusted, and why."""

Shown = list[tuple[str, str, bool]]
"""Parameters as they are compared: name, kind, whether there is a default."""


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A function or class for which `inspect` and the sources disagree."""

    symbol: str
    sources: str
    """Its parameters in the sources."""
    run_time: str
    """Its parameters according to `inspect.signature`, or why there are none."""
    trusted: str
    """`sources` or `inspect`."""
    reason: str

    def __str__(self) -> str:
        trusted = "the sources are" if self.trusted == "sources" else "inspect is"
        return f"{self.symbol}: sources `{self.sources}`, inspect `{self.run_time}`; {trusted} trusted: {self.reason}"


class SideAtRunTime(msgspec.Struct, frozen=True, kw_only=True):
    """The disagreements of one side."""

    side: str
    """Its name in reports."""
    is_installed: bool
    """Whether it is an installed distribution; otherwise, nothing is run."""
    disagreements: tuple[Disagreement, ...] = ()


def at_run_time(side: Side) -> SideAtRunTime:
    """Return where the sources of a side and `inspect` disagree.

    Raises:
        DownloadError: It cannot be installed.
    """
    if side.ground is None or not side.ground.is_installed:
        return SideAtRunTime(side=side.name, is_installed=False)
    functions = dict(_callables(Index(side.reference)))
    answers = ask(side.ground, "signatures", list(functions))
    found = (
        _disagreement(path, function, answer)
        for (path, function), answer in zip(functions.items(), answers, strict=True)
    )
    return SideAtRunTime(
        side=side.name, is_installed=True, disagreements=tuple(each for each in found if each is not None)
    )


def _callables(index: Index) -> Iterator[tuple[str, Function]]:
    """Yield the functions, methods and constructors that the sources describe, by public path."""
    for path, symbol in index.public.items():
        if any(is_private_name(name) for name in path.split(".")) or path.rpartition(".")[2].startswith("__"):
            continue
        is_dictionary = isinstance(symbol, Class) and symbol.kind is ClassKind.TYPED_DICT
        called = symbol.constructor if isinstance(symbol, Class) and not is_dictionary else symbol
        if isinstance(called, Function) and isinstance(called.signature.parameters, tuple):
            yield path, called


def _disagreement(path: str, function: Function, answer: dict[str, object]) -> Disagreement | None:
    said = _said(function)
    error, given = str(answer.get("error", "")), answer.get("parameters")
    now = _given(given, function) if isinstance(given, list) else []
    if not error and now == said:
        return None
    trusted, reason = _judged(function, error, now)
    return Disagreement(symbol=path, sources=_text(said), run_time=error or _text(now), trusted=trusted, reason=reason)


def _said(function: Function) -> Shown:
    taken = function.signature.parameters
    known: tuple[Parameter, ...] = taken if isinstance(taken, tuple) else ()
    return [(each.name, each.kind.value, each.default is not None) for each in known if not each.is_from_keywords]


def _given(parameters: list[tuple[str, str, bool]], function: Function) -> Shown:
    is_method = function.receiver is Receiver.INSTANCE and function.name not in ("__init__", "__new__")
    return [(name, kind, has_default) for name, kind, has_default in parameters][1 if is_method else 0 :]


def _judged(function: Function, error: str, now: Shown) -> tuple[str, str]:
    """Return which of the two is trusted, and why."""
    if function.condition:
        return "sources", f"it is defined if `{function.condition}`, which may be true elsewhere"
    if error:
        kind = error.partition(":")[0]
        return _AFTER.get(kind, ("sources", "inspect has no answer"))
    if [kind for _, kind, _ in now] == _ANYTHING:
        return "sources", "a wrapper that accepts anything does not show what it passes on"
    if not function.is_signature_known:
        return "inspect", "the sources do not show what its decorator does to it"
    return "inspect", "a call uses it: running code has changed what is written"


def _text(parameters: Shown) -> str:
    marks = {ParameterKind.VAR_POSITIONAL.value: "*", ParameterKind.VAR_KEYWORD.value: "**"}
    shown: list[str] = []
    last = ""
    for name, kind, has_default in parameters:
        if last == ParameterKind.POSITIONAL_ONLY.value and kind != last:
            shown.append("/")
        if kind == ParameterKind.KEYWORD_ONLY.value and last not in (kind, ParameterKind.VAR_POSITIONAL.value):
            shown.append("*")
        shown.append(f"{marks.get(kind, '')}{name}{'=...' if has_default else ''}")
        last = kind
    return f"({', '.join(shown)})"
