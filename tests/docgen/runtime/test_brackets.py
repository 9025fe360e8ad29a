"""Type parameters in brackets and `type` statements (PEP 695, 696): read correctly where possible, else a finding."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Mapping

import pytest

from docgen.formats.flyte.members import module_members
from docgen.runtime import spell
from docgen.runtime.readers import Readers
from docgen.runtime.values import Class, Function
from docgen.runtime.world import World
from tests.docgen.runtime.lab import twice, world

WorldOf = Callable[[Mapping[str, str]], World]

SOURCE = """
import typing
type X = int
type L[T] = list[T]
class Plain: ...
class A[T, *Ts, **P]:
    Inner = int
    def f[S](self, a: T, b: S, c: Inner, d: X | None, __e: L[int]) -> typing.Optional[X]: ...
    def g(self, a: list[T], *args: P.args, **kw: P.kwargs) -> dict[str, X]: ...
class B[T](A[T, int, [str]], dict[str, T]): ...
class C[T](typing.Protocol): ...
class D[T: (int, str)](Plain): ...
def h[T: Plain](a: T, b: 'T', c: Plain | T) -> typing.List[T]: ...
"""

MODERN = "type X = int\nclass A[T = int]: ...\n" if sys.version_info >= (3, 13) else SOURCE
needs_brackets = pytest.mark.skipif(sys.version_info < (3, 12), reason="this interpreter cannot parse PEP 695")


@needs_brackets
def test_brackets_are_read_as_the_interpreter_reads_them() -> None:
    """Bases, order and annotations of generic classes and functions are those of the running module."""
    module = twice(SOURCE)
    assert module is not None

    for name in "ABCD":
        owner = world().member(module.__name__, name)
        assert isinstance(owner, Class)
        expected = [
            f"{each.__module__}.{each.__qualname__}".removeprefix("builtins.") for each in module.__dict__[name].__mro__
        ]
        assert [spell.class_path(each) for each in world().classes.mro(owner)] == expected
    for path in ("A.f", "A.g", "h"):
        real: object = module
        found = None
        for part in path.split("."):
            real = getattr(real, part)
            found = (
                world().classes.attribute(found, part)
                if isinstance(found, Class)
                else world().member(module.__name__, part)
            )
        assert isinstance(found, Function)
        signature = Readers(world(), evaluates=True).signatures.of(found)
        due_signature = inspect.signature(real)  # type: ignore[arg-type] # a function
        assert {p.name: p.annotation for p in signature.parameters if p.annotation} == {
            name: text(p.annotation) for name, p in due_signature.parameters.items() if p.annotation is not p.empty
        }
        assert signature.returns == text(due_signature.return_annotation)


def text(annotation: object) -> str:
    """Return an annotation as the interpreter prints it; a class by its path."""
    if isinstance(annotation, str):
        return annotation
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        return (
            annotation.__qualname__
            if annotation.__module__ == "builtins"
            else f"{annotation.__module__}.{annotation.__qualname__}"
        )
    return str(annotation)


def test_brackets_are_read_by_every_interpreter(world_of: WorldOf) -> None:
    """An interpreter without the syntax reads them as well; nothing is dropped or reported."""
    world = world_of({"m.py": f"def before(): ...\n{MODERN}"})

    names = {member.name for member in module_members(world, "p.m")}

    assert {"A", "X", "before"} <= names
    assert not world.findings


def can_parse(source: str) -> bool:
    """Return True if this interpreter knows the syntax."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
