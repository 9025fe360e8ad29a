"""Comparison of hand-written references: unknown is never a difference, and a root cause is reported once."""

from __future__ import annotations

import msgspec
import pytest

from docgen.compare.catalogue import Level, catalogue
from docgen.compare.differences import Comparison
from docgen.compare.engine import compare
from docgen.model import (
    UNKNOWN,
    Alias,
    Attribute,
    Class,
    Function,
    Location,
    Module,
    Parameter,
    ParameterKind,
    Property,
    Receiver,
    Reference,
    Signature,
    Value,
)


def function(name: str, *parameters: str, path: str = "") -> Function:
    """Return a function with required parameters."""
    taken = tuple(Parameter(name=each) for each in parameters)
    return Function(name=name, path=path or f"p.{name}", signature=Signature(parameters=taken))


def class_(name: str, *methods: Function, bases: tuple[str, ...] = (), path: str = "") -> Class:
    """Return a class with methods and a method resolution order."""
    return Class(name=name, path=path or f"p.{name}", methods=methods, mro=bases)


def method(owner: str, name: str, *parameters: str) -> Function:
    """Return a method of a class."""
    plain = function(name, *parameters, path=f"p.{owner}.{name}")
    return Function(name=name, path=plain.path, signature=plain.signature, receiver=Receiver.INSTANCE)


def reference(*modules: Module, bases: tuple[Class, ...] = (), unread: tuple[str, ...] = ()) -> Reference:
    """Return a reference of one distribution."""
    return Reference(distribution="p", version="1", modules=modules, bases=bases, unread=unread)


def summary(comparison: Comparison) -> list[tuple[str, str, int]]:
    """Return kind, symbol and number of further symbols of each difference."""
    return [(each.name, each.symbol, len(each.affects)) for each in comparison.differences]


def test_a_member_removed_from_a_base_is_reported_at_the_base() -> None:
    """It is reported for the class that defined it; the classes that inherit it are also affected."""
    derived = tuple(class_(name, bases=("p.Base",)) for name in ("A", "B"))
    old = reference(Module(name="p", classes=(*derived, class_("Base", method("Base", "hook")))))
    new = reference(Module(name="p", classes=(*derived, class_("Base"))))

    assert summary(compare(old, new)) == [("symbol-removed", "p.Base.hook", 2)]


def test_a_private_base_is_named_first() -> None:
    """The changed definition is named even if it has no public path."""
    derived = tuple(class_(name, bases=("p._base._Base",)) for name in ("A", "B"))
    bases = [(class_("_Base", *methods, path="p._base._Base"),) for methods in ((method("Base", "hook"),), ())]
    old, new = (reference(Module(name="p", classes=derived), bases=each) for each in bases)

    assert summary(compare(old, new)) == [("symbol-removed", "p._base._Base.hook", 2)]


def test_siblings_that_only_share_a_base_are_apart() -> None:
    """If their base has not changed, the same edit of two classes is one difference for each."""
    old, new = (
        reference(
            Module(
                name="p",
                classes=(
                    class_("Base"),
                    class_("A", method("A", "run", *parameters), bases=("p.Base",)),
                    class_("B", method("B", "run", *parameters), bases=("p.Base",)),
                ),
            )
        )
        for parameters in (("x",), ())
    )

    assert summary(compare(old, new)) == [("parameter-removed", "p.A.run", 0), ("parameter-removed", "p.B.run", 0)]


def test_an_override_changes_with_what_it_overrides() -> None:
    """The same edit of a method and of its overrides is one difference, at the base."""
    old, new = (
        reference(
            Module(
                name="p",
                classes=(
                    class_("A", method("A", "run", *parameters), bases=("p.Base",)),
                    class_("Base", method("Base", "run", *parameters)),
                ),
            )
        )
        for parameters in (("x",), ())
    )

    assert summary(compare(old, new)) == [("parameter-removed", "p.Base.run", 1)]


def test_a_module_that_goes_names_what_it_offered_elsewhere() -> None:
    """A short path of a class that disappears with the module is listed as affected."""
    removed = Module(name="p.ordered", classes=(class_("Graph", path="p.ordered.Graph"),))
    facade = Module(name="p", aliases=(Alias(name="Graph", target="p.ordered.Graph"),))

    (found,) = compare(reference(facade, removed), reference(Module(name="p"))).differences

    assert (found.name, found.symbol) == ("module-removed", "p.ordered")
    assert found.affects == ("p.ordered.Graph", "p.Graph")


def test_helpers_for_the_tests_of_others_are_public() -> None:
    """A package `test` is private if it contains tests; `werkzeug.test` and `numpy.testing` are for users."""
    offered = Module(name="p.testing", functions=(function("check", path="p.testing.check"),))
    own = Module(name="p.test.test_a", functions=(function("check", path="p.test.test_a.check"),))
    old = reference(Module(name="p"), offered, Module(name="p.test"), own)
    new = reference(Module(name="p"), Module(name="p.testing"), Module(name="p.test"))

    assert summary(compare(old, new)) == [("symbol-removed", "p.testing.check", 0)]


def test_members_beside_a_base_without_sources() -> None:
    """Members that the class adds are new; each lost member may still be inherited, and is named."""
    old, new = (
        class_("A", *(method("A", name) for name in names), bases=("torch.Module",))
        for names in (("one", "two", "kept"), ("kept", "new"))
    )
    sides = (
        reference(Module(name="p", classes=(msgspec.structs.replace(each, unknown_bases=("torch.Module",)),)))
        for each in (old, new)
    )

    found = compare(*sides)

    assert summary(found) == [("symbol-added", "p.A.new", 0)]
    assert any("`one`" in each.text and "`two`" in each.text for each in found.unknown)


def test_a_module_that_moves_is_one_move() -> None:
    """Its symbols are neither removals nor additions."""
    symbols = tuple(function(f"f{number}", "a", "b") for number in range(20))
    old = reference(Module(name="p"), Module(name="p.old", functions=symbols))
    new = reference(Module(name="p"), Module(name="p.new", functions=symbols))

    found = compare(old, new)

    assert summary(found) == [("moved", "p.old", 20)]
    assert found.differences[0].new == "p.new"


def test_a_symbol_moves_behind_its_public_path() -> None:
    """A symbol with the same public path is the same, wherever it is defined."""
    old = reference(Module(name="p", classes=(class_("A", method("A", "run", "x"), path="p._a.A"),)))
    new = reference(Module(name="p", classes=(class_("A", method("A", "run", "x"), path="p._b.c.A"),)))

    assert summary(compare(old, new)) == []


def test_a_further_path_that_is_gone_is_one_difference() -> None:
    """The symbol itself is compared once, at its remaining path."""
    symbol = function("f", "a")
    old = reference(Module(name="p", functions=(symbol,)), Module(name="p.q", aliases=(Alias(name="f", target="p.f"),)))
    new = reference(Module(name="p", functions=(symbol,)), Module(name="p.q"))

    assert summary(compare(old, new)) == [("path-removed", "p.q.f", 0)]


def test_a_renamed_class_is_recognised_by_what_it_says() -> None:
    """Its members are not removals, and annotations that name it do not change."""
    methods = [method("Data", name, "x") for name in ("load", "store", "close", "peek")]
    old = reference(Module(name="p", classes=(class_("Data", *methods),)))
    new = reference(Module(name="p", classes=(class_("Variable", *methods),)))

    assert summary(compare(old, new)) == [("renamed", "p.Data", 0)]


def test_so_many_symbols_that_are_gone_are_removals() -> None:
    """Each of hundreds of similar ones could be any of hundreds of new ones: comparing all pairs would take minutes."""
    old, new = (
        reference(Module(name="p", functions=tuple(function(f"{word}{n}", "x", "y", "z") for n in range(400))))
        for word in ("was", "now")
    )

    kinds = {each.name for each in compare(old, new).differences}

    assert kinds == {"symbol-removed", "symbol-added"}


def test_so_many_parameters_that_are_gone_are_removals() -> None:
    """The same for the parameters of one function; the differences are still reported."""
    old, new = (
        reference(Module(name="p", functions=(function("f", *(f"{word}{n}" for n in range(300))),)))
        for word in ("was", "now")
    )

    assert [each.symbol for each in compare(old, new).differences] == ["p.f"]


@pytest.mark.parametrize(
    "new",
    [
        reference(Module(name="p", makes_names=True)),
        reference(Module(name="p"), unread=("p/__init__.py",)),
    ],
    ids=["a module that makes names", "a file that could not be read"],
)
def test_what_a_side_cannot_say_is_no_removal(new: Reference) -> None:
    """A name that a side may still have is unknown."""
    found = compare(reference(Module(name="p", functions=(function("f", "a"),))), new)

    assert summary(found) == []
    assert "`f`" in found.unknown[0].text


def test_a_base_that_an_unknown_base_may_have_is_no_removal() -> None:
    """An error that derives from one of a distribution without sources may still be an `OSError`."""
    old = reference(Module(name="p", classes=(class_("Refused", bases=("OSError",)),)))
    refused = Class(name="Refused", path="p.Refused", mro=("other.ApiError",), unknown_bases=("other.ApiError",))
    new = reference(Module(name="p", classes=(refused,)))

    found = compare(old, new)

    assert [each.name for each in found.differences] == ["base-added"]
    assert any("other.ApiError" in each.text for each in found.unknown)


def test_a_member_that_an_unknown_base_may_have_is_no_removal() -> None:
    """A class whose base has no sources may inherit what it no longer defines."""
    old = reference(Module(name="p", classes=(class_("A", method("A", "run", "x")),)))
    new_class = Class(name="A", path="p.A", mro=("other.Base",), unknown_bases=("other.Base",))

    found = compare(old, reference(Module(name="p", classes=(new_class,))))

    assert [each.name for each in found.differences if each.level is Level.MAJOR] == []
    assert any("other.Base" in each.text for each in found.unknown)


def test_a_page_that_does_not_say_it_does_not_differ() -> None:
    """`UNKNOWN` on one side is no difference from any other value."""
    explicit = Class(
        name="A",
        path="p.A",
        location=Location(file="p.py", line=1, end_line=9),
        attributes=(Attribute(name="size", path="p.A.size", value=Value(text="1")),),
        properties=(Property(name="area", path="p.A.area", has_setter=True),),
        methods=(method("A", "run", "x"),),
        constructor=Function(name="__init__", signature=Signature(parameters=(Parameter(name="x"),))),
    )
    implicit = Class(
        name="A",
        path="p.A",
        bases=UNKNOWN,
        mro=UNKNOWN,
        decorators=UNKNOWN,
        is_hashable=UNKNOWN,
        constructor=UNKNOWN,
        attributes=(Attribute(name="size", annotation=UNKNOWN, value=UNKNOWN),),
        properties=(Property(name="area", annotation=UNKNOWN, has_setter=UNKNOWN, has_deleter=UNKNOWN),),
        methods=(
            Function(
                name="run",
                receiver=Receiver.UNKNOWN,
                is_async=UNKNOWN,
                is_generator=UNKNOWN,
                is_context_manager=UNKNOWN,
                decorators=UNKNOWN,
                signature=Signature(
                    parameters=(Parameter(name="x", kind=ParameterKind.UNKNOWN, annotation=UNKNOWN, default=UNKNOWN),),
                    returns=UNKNOWN,
                ),
            ),
        ),
    )
    sides = [reference(Module(name="p", classes=(each,))) for each in (explicit, implicit)]

    assert summary(compare(*sides)) == []
    assert summary(compare(*reversed(sides))) == []


def test_only_what_is_asked_for_is_compared() -> None:
    """A pattern matches symbols and their members."""
    old = reference(Module(name="p", functions=(function("f", "a"), function("g", "a"))))
    new = reference(Module(name="p"))

    assert summary(compare(old, new, only=("p.g",))) == [("symbol-removed", "p.g", 0)]


def test_private_symbols_are_compared_when_asked_for() -> None:
    """Names with an underscore are left out, unless `private` is set."""
    old = reference(Module(name="p", functions=(function("_f", "a"),)))
    new = reference(Module(name="p"))

    assert summary(compare(old, new)) == []
    assert summary(compare(old, new, private=True)) == [("symbol-removed", "p._f", 0)]


def test_codes_are_stable_words() -> None:
    """Each kind has its own code, a level, and a sentence."""
    kinds = catalogue().values()

    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.code.startswith("DG6") and kind.statement.endswith(".") for kind in kinds)
    assert all(bool(kind.breaks) == (kind.level is Level.MAJOR) for kind in kinds)
