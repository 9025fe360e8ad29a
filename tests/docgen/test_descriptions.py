"""Only descriptions are copied from one model of pages to another."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from docgen.formats.flyte.descriptions import describe_class
from docgen.formats.flyte.page_model import Class, Docstring, Function, Parameter

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
    """For any page, names, types, kinds and defaults are those of the sources."""
    described = describe_class(onto, source)

    assert described.docstring == source.docstring
    assert without_texts(described) == without_texts(onto)


def without_texts(class_: Class) -> Class:
    """Return a class without descriptions."""
    bare = [replace(each, docstring=Docstring(), parameters=undescribed(each)) for each in class_.methods]
    constructor = class_.constructor
    if constructor:
        constructor = replace(constructor, docstring=Docstring(), parameters=undescribed(constructor))
    properties = tuple(replace(each, docstring=Docstring()) for each in class_.properties)
    return replace(class_, docstring=Docstring(), constructor=constructor, properties=properties, methods=tuple(bare))


def undescribed(function: Function) -> tuple[Parameter, ...]:
    """Return the parameters of a function without descriptions."""
    return tuple(replace(each, description="") for each in function.parameters)


@QUICK
@given(class_=models.classes())
def test_descriptions_of_itself_change_nothing(class_: Class) -> None:
    """A class with its own descriptions does not change."""
    assert describe_class(class_, class_) == class_
