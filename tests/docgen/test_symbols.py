"""Queries on a reference: inherited members, and the public paths of a symbol."""

from __future__ import annotations

from docgen.model import Alias, Attribute, Class, Function, Module, Reference
from docgen.symbols import Index

BASE = Class(
    name="_Base", path="p._m._Base", methods=(Function(name="run", path="p._m._Base.run"), Function(name="stop"))
)
CHILD = Class(
    name="Child",
    path="p._m.Child",
    mro=("p._m._Base",),
    attributes=(Attribute(name="run"),),
    classes=(Class(name="Inner", path="p._m.Child.Inner"),),
)
REFERENCE = Reference(
    distribution="d",
    version="1",
    modules=(
        Module(
            name="p",
            classes=(CHILD,),
            functions=(Function(name="sub", path="p.sub.sub"),),
            aliases=(Alias(name="Kid", target="p.Child"), Alias(name="loop", target="p.loop")),
        ),
        Module(name="p.sub", aliases=(Alias(name="sub", target="p.sub"),)),
    ),
    bases=(BASE,),
)


def test_the_nearest_definition_of_a_member_counts() -> None:
    """A class has the members of its bases, including private ones, but its own first."""
    held = Index(REFERENCE).held(CHILD)

    assert {name: each.definer.name for name, each in held.items()} == {
        "run": "Child",
        "stop": "_Base",
        "Inner": "Child",
    }
    assert isinstance(held["run"].member, Attribute)


def test_one_member_is_found_as_among_all() -> None:
    """Looking up one name gives the same as listing all."""
    index = Index(REFERENCE)

    assert {name: index.find(CHILD, name) for name in index.held(CHILD)} == index.held(CHILD)
    assert index.find(CHILD, "walk") is None


def test_every_path_of_a_symbol_leads_to_its_public_one() -> None:
    """By its definition, by an alias, and by itself; a circle of aliases has no target."""
    index = Index(REFERENCE)

    assert index.public_path("p._m.Child") == index.public_path("p.Kid") == index.public_path("p.Child") == "p.Child"
    assert index.public_path("p._m.Child.Inner") == "p.Child.Inner"
    assert index.public_path("p.loop") == index.public_path("p.nothing") == ""


def test_a_function_hides_a_module_of_the_same_path() -> None:
    """The path denotes the value of the attribute; the module is found among the modules."""
    index = Index(REFERENCE)

    assert isinstance(index.public["p.sub"], Function)
    assert "p.sub" in index.modules
