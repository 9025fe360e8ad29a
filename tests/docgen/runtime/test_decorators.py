"""Decorators as people write them: the signature that `inspect` finds after they have run."""

from __future__ import annotations

import inspect
import types

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docgen.runtime.readers import Readers
from docgen.runtime.values import Function, Value, Wrapped
from tests.docgen.runtime.lab import twice, world

HEAD = "import functools\n"

WRAPPERS = {
    "wraps": "@functools.wraps({f})\n{i}def inner(*args, **kwargs): return {f}(*args, **kwargs)\n{i}return inner",
    "update": "def inner(*args, **kwargs): ...\n{i}return functools.update_wrapper(inner, {f})",
    "same": "{f}.flag = True\n{i}return {f}",
    "other": "def inner(x, *, y=2): ...\n{i}return inner",
}
"""What a decorator does in the end; `{f}` is what it decorates, `{i}` the indentation."""

SHAPES = {
    "plain": "def d{n}(f):\n    {w4}\n",
    "called first": "def d{n}(option=1, *more):\n    def decorate(g):\n        {w8}\n    return decorate\n",
    "with and without brackets": (
        "def d{n}(f=None, *, option=1):\n    def decorate(g):\n        {w8}\n"
        "    if f is None:\n        return decorate\n    return decorate(f)\n"
    ),
    "brackets, the other way round": (
        "def d{n}(f=None, *, option=1):\n    def decorate(g):\n        {w8}\n"
        "    return decorate(f) if f else decorate\n"
    ),
    "any arguments": (
        "def d{n}(*args, **options):\n    def decorate(g):\n        {w8}\n"
        "    if len(args) == 1 and callable(args[0]):\n        return decorate(args[0])\n    return decorate\n"
    ),
    "partial of itself": (
        "def d{n}(f=None, *, option=1):\n"
        "    if f is None:\n        return functools.partial(d{n}, option=option)\n    {w4}\n"
    ),
}
"""How a decorator takes its function: directly, after its options, or both."""

NEEDS_BRACKETS, TAKES_NONE = {"called first"}, {"plain"}
PARAMETERS = ("", "a", "a, b=1", "a, /, *b, c=None, **d", "*, x: int = 3")


@st.composite
def decorated(draw: st.DrawFn) -> str:
    """Draw one to three decorators, and a function under them."""
    text, lines = HEAD, []
    for number in range(draw(st.integers(1, 3))):
        shape, wrapper = draw(st.sampled_from(sorted(SHAPES))), draw(st.sampled_from(sorted(WRAPPERS)))
        inside = {f"w{i}": WRAPPERS[wrapper].format(f="f" if i == 4 else "g", i=" " * i) for i in (4, 8)}
        text += SHAPES[shape].format(n=number, **inside)
        brackets = shape in NEEDS_BRACKETS or (shape not in TAKES_NONE and draw(st.booleans()))
        lines.append(f"@d{number}{draw(st.sampled_from(('()', '(option=2)'))) if brackets else ''}")
    return text + "\n".join([*lines, f"def work({draw(st.sampled_from(PARAMETERS))}): ..."]) + "\n"


def at_run_time(module: types.ModuleType, name: str) -> list[tuple[str, str, bool]]:
    """Return name, kind and whether there is a default, according to the interpreter."""
    found = inspect.signature(getattr(module, name)).parameters.values()
    return [(each.name, each.kind.description, each.default is not each.empty) for each in found]


def read(module: types.ModuleType, name: str) -> list[tuple[str, str, bool]]:
    """Return the same from the sources."""
    value: Value | None = world().member(module.__name__, name)
    while isinstance(value, Wrapped):
        value = value.inner
    assert isinstance(value, Function)
    found = Readers(world(), evaluates=True).signatures.of(value).parameters
    return [(each.name, each.kind, each.default is not None) for each in found]


@given(source=decorated())
@example(
    HEAD + SHAPES["any arguments"].format(n=0, w8=WRAPPERS["wraps"].format(f="g", i=" " * 8)) + "@d0\ndef work(a): ..."
)
def test_signatures_under_decorators(source: str) -> None:
    """For every way to write and call a decorator, the reference shows the signature of the interpreter."""
    module = twice(source)
    assert module is not None

    assert read(module, "work") == at_run_time(module, "work"), source


ALIAS = "def alias({}):\n    @functools.wraps(f)\n    def inner(*a): ...\n    return inner\ndef old(a, b=1): ...\n"
CALLED = [
    ALIAS.format("name, f") + "work = alias('work', old)",
    ALIAS.format("name, f") + "work = alias(f=old, name='work')",
    ALIAS.format("f").replace("    @functools.wraps(f)\n", "") + "work = alias(old)",
]


@pytest.mark.parametrize("source", CALLED)
def test_functions_that_stand_for_another(source: str) -> None:
    """`wraps` names the function that a new one replaces, at any position among the arguments."""
    module = twice(HEAD + source)
    assert module is not None

    assert read(module, "work") == at_run_time(module, "work")


WITH_HELPER = """
def helper(f, option):
    {}
def d(option):
    def decorate(f):
        return helper(f, option)
    return decorate
@d(3)
def work(a, *, b=1): ...
"""


@pytest.mark.parametrize(
    "body",
    [
        "@functools.wraps(f)\n    def inner(*a, **k): ...\n    return inner",
        "@functools.wraps(f, updated=())\n    def inner(*a, **k): ...\n    return inner",
    ],
)
def test_a_decorator_may_leave_the_wrapping_to_another_function(body: str) -> None:
    """It calls that function with the decorated one."""
    module = twice(HEAD + WITH_HELPER.format(body))
    assert module is not None

    assert read(module, "work") == at_run_time(module, "work")


OTHERS = {
    "cast of update_wrapper": (
        "def d(f):\n    def inner(*a): ...\n    return cast(int, functools.update_wrapper(inner, f))\n@d"
    ),
    "another decorator, called and applied": (
        "def later(option):\n    def decorate(f):\n        @functools.wraps(f)\n        def inner(*a): ...\n"
        "        return inner\n    return decorate\ndef d(f):\n    return later(3)(f)\n@d"
    ),
    "an object of a class": (
        "class D:\n    def __init__(self, option): ...\n    def __call__(self, f):\n        @functools.wraps(f)\n"
        "        def inner(*a): ...\n        return inner\n@D(3)"
    ),
    "an object that a function makes": (
        "class D:\n    def __call__(self, f):\n        @functools.wraps(f)\n        def inner(*a): ...\n"
        "        return inner\ndef d(option):\n    return D()\n@d(3)"
    ),
    "an object with a name": (
        "class D:\n    def __call__(self, f):\n        def inner(x, *, y=1): ...\n        return inner\nd = D()\n@d"
    ),
}
"""Further ways to write a decorator."""


@pytest.mark.parametrize("decorator", OTHERS.values(), ids=OTHERS)
def test_further_decorators(decorator: str) -> None:
    """The signature is that of the interpreter."""
    module = twice(f"{HEAD}from typing import cast\n{decorator}\ndef work(a, *, b=1): ...\n")
    assert module is not None

    assert read(module, "work") == at_run_time(module, "work")
