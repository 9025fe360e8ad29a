"""Descriptions move from one model to another; nothing else does. Dumps hold everything."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from docgen.errors import DumpError
from docgen.formats.flyte.compare import compare_classes
from docgen.formats.flyte.descriptions import describe_class
from docgen.formats.flyte.dump import from_json, to_json
from docgen.formats.flyte.lint import lint_reference
from docgen.formats.flyte.page_model import Class, Docstring, Function, Package, Parameter, Reference

# Tests are no package: the strategies beside them are loaded by path.
_spec = importlib.util.spec_from_file_location("models", Path(__file__).with_name("models.py"))
assert _spec
assert _spec.loader
models = importlib.util.module_from_spec(_spec)
sys.modules["models"] = models
_spec.loader.exec_module(models)

QUICK = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(onto=models.classes(), source=models.classes())
def test_only_descriptions_move(onto: Class, source: Class) -> None:
    """Whatever the page says, names, types, kinds and defaults are those of the sources."""
    described = describe_class(onto, source)

    assert all(each.is_docs for each in compare_classes(onto, described))
    assert described.docstring == source.docstring


@QUICK
@given(class_=models.classes())
def test_descriptions_of_itself_change_nothing(class_: Class) -> None:
    """A class described by itself is itself."""
    assert describe_class(class_, class_) == class_


@QUICK
@given(package=models.packages(), class_=models.classes())
def test_a_dump_gives_the_reference_back(package: Package, class_: Class) -> None:
    """Everything in the model is in its JSON."""
    reference = Reference(distribution="d", version="1", packages=(package, Package(name="q", classes=(class_,))))

    assert from_json(to_json(reference)) == reference


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 99}', '{"schema_version": 1}', "\x00"])
def test_what_is_no_dump_is_refused(text: str) -> None:
    """Another version of the schema, another file: told with what to do."""
    with pytest.raises(DumpError, match="docgen dump"):
        from_json(text, "old.json")


@pytest.mark.parametrize(
    ("parameter", "docstring", "codes"),
    [
        (Parameter(name="a"), Docstring(parameters=(("a", "x"),)), []),
        (Parameter(name="a"), Docstring(), []),
        (Parameter(name="a"), Docstring(parameters=(("*a", "x"),)), []),
        (Parameter(name="a"), Docstring(parameters=(("b", "x"),)), ["DG701", "DG702"]),
        (Parameter(name="a"), Docstring(text="See :class:`X`."), ["DG703"]),
        (Parameter(name="a"), Docstring(text=".. note:: x"), ["DG703"]),
        (Parameter(name="a", default="<X object at 0x7f00aa>"), Docstring(), ["DG704"]),
        (Parameter(name="a", default="PosixPath('/home/me/x')"), Docstring(), ["DG705"]),
        (Parameter(name="a", default="'/etc/ssl'"), Docstring(), []),
    ],
)
def test_lint_finds_what_is_wrong_and_nothing_else(
    parameter: Parameter, docstring: Docstring, codes: list[str]
) -> None:
    """Described and real parameters, markup of another language, values of one machine."""
    function = Function(name="f", parameters=(parameter,), docstring=docstring)
    reference = Reference(distribution="d", version="1", packages=(Package(name="p", functions=(function,)),))

    assert [finding.code for finding in lint_reference(reference)] == codes
