"""Signatures are compared by the calls they accept: against Python's own binding, over every small call."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.compare.rules.calls import compare_calls
from docgen.model import Parameter, ParameterKind, Value

NAMES = ("a", "b", "c", "d")
WORDS = (*NAMES, "other")
MOST_POSITIONAL = 6
PYTHON = {
    ParameterKind.POSITIONAL_ONLY: inspect.Parameter.POSITIONAL_ONLY,
    ParameterKind.POSITIONAL_OR_KEYWORD: inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ParameterKind.VAR_POSITIONAL: inspect.Parameter.VAR_POSITIONAL,
    ParameterKind.KEYWORD_ONLY: inspect.Parameter.KEYWORD_ONLY,
    ParameterKind.VAR_KEYWORD: inspect.Parameter.VAR_KEYWORD,
}
Call = tuple[int, tuple[str, ...]]


@st.composite
def signatures(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """Draw a signature without positional-only parameters, whose names do not matter to callers."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3), label="names")
    positional = draw(st.integers(0, len(names)), label="positional")
    with_default = draw(st.integers(0, positional), label="first default")
    found = [
        Parameter(name=name, default=Value(text="0") if place >= with_default else None)
        for place, name in enumerate(names[:positional])
    ]
    if draw(st.booleans(), label="*args"):
        found.append(Parameter(name="args", kind=ParameterKind.VAR_POSITIONAL))
    for name in names[positional:]:
        default = Value(text="0") if draw(st.booleans(), label=f"default of {name}") else None
        found.append(Parameter(name=name, kind=ParameterKind.KEYWORD_ONLY, default=default))
    if draw(st.booleans(), label="**kwargs"):
        found.append(Parameter(name="kwargs", kind=ParameterKind.VAR_KEYWORD))
    return tuple(found)


def python(parameters: tuple[Parameter, ...]) -> inspect.Signature:
    """Return the signature as an object of Python."""
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [inspect.Parameter(each.name, PYTHON[each.kind], default=0 if each.default else empty) for each in parameters]
    )


def calls() -> Iterator[Call]:
    """Yield every small call."""
    for positional in range(MOST_POSITIONAL):
        for count in range(len(WORDS) + 1):
            yield from ((positional, words) for words in itertools.combinations(WORDS, count))


def bound(signature: inspect.Signature, call: Call) -> dict[object, str] | None:
    """Return the parameter that each argument of a call is bound to; None if Python refuses the call."""
    positional, words = call
    try:
        found = signature.bind(*range(positional), **{word: word for word in words})
    except TypeError:
        return None
    where: dict[object, str] = {}
    for name, value in found.arguments.items():
        values = value if name == "args" else value.values() if name == "kwargs" else [value]
        where.update(dict.fromkeys(values, name))
    return where


def is_broken(old: tuple[Parameter, ...], new: tuple[Parameter, ...]) -> bool:
    """Return True if the new signature refuses some call that the old one accepts, or binds it differently."""
    was, now = python(old), python(new)
    kept = {each.name for each in new}
    for call in calls():
        before, after = bound(was, call), bound(now, call)
        if before is None:
            continue
        if after is None:
            return True
        for argument, name in before.items():
            is_alike = after[argument] == name or name == "kwargs"
            is_swallowed = after[argument] in ("args", "kwargs") and name not in ("args", *kept)
            if not (is_alike or is_swallowed):
                return True
    return False


@settings(max_examples=400, deadline=None, derandomize=True)
@given(old=signatures(), new=signatures())
def test_what_breaks_is_what_python_binds_otherwise(old: tuple[Parameter, ...], new: tuple[Parameter, ...]) -> None:
    """A difference is breaking exactly if Python refuses an accepted call or changes its meaning."""
    change = compare_calls("f", old, new)

    assert bool(change.breaking) is is_broken(old, new), f"{python(old)} -> {python(new)}: {change.breaking}"
    assert bool(change.witness) is bool(change.breaking)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(signature=signatures())
def test_a_signature_does_not_differ_from_itself(signature: tuple[Parameter, ...]) -> None:
    """There is no difference without a change."""
    change = compare_calls("f", signature, signature)

    assert (change.breaking, change.compatible) == ((), ())
