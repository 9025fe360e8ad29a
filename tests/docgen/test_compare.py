"""Differences of two models: each change of a symbol once, named by its path."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from docgen.formats.flyte.compare import Change, compare, compare_classes
from docgen.formats.flyte.page_model import (
    Class,
    Docstring,
    Function,
    Package,
    Parameter,
    Property,
    Receiver,
    Reference,
    Variable,
)
from docgen.model import ParameterKind

# Tests are no package: the strategies beside them are loaded by path.
_spec = importlib.util.spec_from_file_location("models", Path(__file__).with_name("models.py"))
assert _spec
assert _spec.loader
models = importlib.util.module_from_spec(_spec)
sys.modules["models"] = models
_spec.loader.exec_module(models)

A = Parameter(name="a", annotation="int")
B = Parameter(name="b", annotation="str", default="''")
C = Parameter(name="c", annotation="bytes")
GROW = Function(name="grow", parameters=(A, B, C), returns="int", docstring=Docstring(text="Grow."))
AREA = Property(name="area", annotation="int")
TOOL = Class(name="Tool", package="p", methods=(GROW,), properties=(AREA,), constructor=Function(name="__init__"))


def with_grow(**changes: object) -> Class:
    """Return the class with its method changed."""
    return replace(TOOL, methods=(replace(GROW, **changes),))  # type: ignore[arg-type] # fields of Function


@pytest.mark.parametrize(
    ("new", "path", "change", "sides"),
    [
        (with_grow(parameters=(A, B)), "p.Tool.grow(c)", Change.REMOVED, "`c: bytes`"),
        (with_grow(parameters=(A, B, C, replace(C, name="d"))), "p.Tool.grow(d)", Change.ADDED, "`d: bytes`"),
        (with_grow(parameters=(A, B, replace(C, name="d"))), "p.Tool.grow(c)", Change.RENAMED, "`c` -> `d`"),
        (with_grow(parameters=(A, C, B)), "p.Tool.grow(c)", Change.REORDERED, "`place 3` -> `place 2`"),
        (
            with_grow(parameters=(replace(A, annotation=None), B, C)),
            "p.Tool.grow(a)",
            Change.ANNOTATION,
            "`int` -> `nothing`",
        ),
        (with_grow(parameters=(A, replace(B, default="'x'"), C)), "p.Tool.grow(b)", Change.DEFAULT, "`''` -> `'x'`"),
        (
            with_grow(parameters=(A, B, replace(C, kind=ParameterKind.KEYWORD_ONLY))),
            "p.Tool.grow(c)",
            Change.KIND,
            "`positional or keyword` -> `keyword-only`",
        ),
        (with_grow(parameters=(A, B, replace(C, description="x"))), "p.Tool.grow(c)", Change.DOCS, ""),
        (with_grow(returns=None), "p.Tool.grow", Change.RETURNS, "`int` -> `nothing`"),
        (with_grow(is_async=True), "p.Tool.grow", Change.ASYNC, "`sync` -> `async`"),
        (with_grow(decorators=("d",)), "p.Tool.grow", Change.DECORATORS, "`nothing` -> `d`"),
        (with_grow(receiver=Receiver.CLASS), "p.Tool.grow", Change.KIND, "`none` -> `class`"),
        (with_grow(docstring=Docstring(text="Shrink.")), "p.Tool.grow", Change.DOCS, ""),
        (replace(TOOL, methods=()), "p.Tool.grow", Change.REMOVED, ""),
        (replace(TOOL, bases=("q.Base",)), "p.Tool", Change.BASES, "`nothing` -> `q.Base`"),
        (replace(TOOL, constructor=None), "p.Tool.__init__", Change.REMOVED, ""),
        (replace(TOOL, properties=(replace(AREA, name="size"),)), "p.Tool.area", Change.RENAMED, "`area` -> `size`"),
    ],
)
def test_a_single_change_is_a_single_difference(new: Class, path: str, change: Change, sides: str) -> None:
    """Symbol, kind of change, and both sides; nothing else differs."""
    (found,) = compare_classes(TOOL, new)

    assert (found.path, found.change, found.sides) == (path, change, sides)


def test_variables_have_values() -> None:
    """A value that changed is told with both sides."""
    old = Package(name="p", variables=(Variable(name="V", annotation="int", value="1"),))
    new = replace(old, variables=(Variable(name="V", annotation="int", value="2"),))

    (found,) = compare(reference(old), reference(new))

    assert str(found) == "p.V: value changed: `1` -> `2`"


def test_one_root_cause_is_one_difference() -> None:
    """A change in a base class is told once, its heirs beside it; a stranger's own change is its own."""
    base = replace(TOOL, name="Base", path="p.base.Base")
    child = replace(TOOL, name="Child", path="p.child.Child", bases=("p.base.Base",))
    stranger = replace(TOOL, name="Stranger", path="p.other.Stranger", bases=("object",))
    old = Package(name="p", classes=(base, child, stranger))
    new = replace(old, classes=tuple(replace(each, methods=with_grow(returns="str").methods) for each in old.classes))

    found = compare(reference(old), reference(new))

    assert [(each.path, each.affects) for each in found] == [
        ("p.Base.grow", ("p.Child.grow",)),
        ("p.Stranger.grow", ()),
    ]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(class_=models.classes())
def test_nothing_differs_from_itself(class_: Class) -> None:
    """Equal models have no difference."""
    assert compare_classes(class_, class_) == ()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(old=models.classes(), new=models.classes())
def test_what_is_added_one_way_is_removed_the_other(old: Class, new: Class) -> None:
    """Compared the other way round, there are as many differences of each kind, added and removed exchanged."""
    new = replace(new, name=old.name)
    forth, back = compare_classes(old, new), compare_classes(new, old)
    swapped = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}

    def counted(differences: tuple[object, ...]) -> list[str]:
        return sorted(str(each) for each in differences)

    ways = [each.change for each in forth if each.change is not Change.REORDERED]
    reverse = [swapped.get(each.change, each.change) for each in back if each.change is not Change.REORDERED]
    assert counted(tuple(ways)) == counted(tuple(reverse))


def reference(package: Package) -> Reference:
    """Return a reference of one package."""
    return Reference(distribution="p", version="1", packages=(package,))
