"""Readers of the model besides pages and comparisons: dumps, content lists, lint, overrides."""

from __future__ import annotations

import json

import pytest

from docgen import dump
from docgen.content import content
from docgen.errors import DumpError, OverrideError
from docgen.lint import lint_reference
from docgen.model import (
    Annotation,
    Attribute,
    Class,
    Docstring,
    Function,
    Location,
    Module,
    Parameter,
    Property,
    Reference,
    Signature,
    Value,
    Variable,
)
from docgen.overrides import override
from docgen.prose.sections import Item, Section, SectionKind


def function(name: str, *parameters: Parameter, docstring: Docstring | None = None) -> Function:
    """Return a function with a place in `m.py`."""
    location = Location(file="m.py", line=7, end_line=9)
    return Function(name=name, signature=Signature(parameters=parameters), docstring=docstring, location=location)


def described(*names: str, raw: str = "", style: str = "google") -> Docstring:
    """Return a docstring that describes parameters."""
    items = tuple(Item(name=name, text="text") for name in names)
    return Docstring(
        raw=raw, line=8, style=style, sections=(Section(kind=SectionKind.PARAMETERS, items=items),) if items else ()
    )


X = Parameter(name="x", default=Value(text="1"), description="An x.")


def reference(*functions: Function) -> Reference:
    """Return a reference of one module with one class and some functions."""
    class_ = Class(
        name="C",
        constructor=function("__init__", X),
        properties=(Property(name="w"),),
        attributes=(Attribute(name="a", value=Value(text="2")),),
        methods=(function("m", X),),
        classes=(Class(name="Inner", methods=(function("deep", X),)),),
    )
    module = Module(name="p.q", classes=(class_,), functions=functions, variables=(Variable(name="V"),))
    return Reference(distribution="d", version="1", modules=(module,))


def test_a_dump_comes_back() -> None:
    """A reference survives conversion to JSON and back."""
    model = reference(function("f", X))

    assert dump.from_json(dump.to_json(model), "dump.json") == model


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("", "not a dump"),
        ("[1]", "not a dump"),
        ('{"distribution": "d", "version": "1"}', "schema version 1"),
        ('{"schema_version": 2, "reference": {"distribution": 3}}', "reference.distribution"),
        ("[" * 100_000, "not a dump"),
    ],
)
def test_what_is_not_a_dump_is_refused_in_one_line(data: str, problem: str) -> None:
    """The error for an old, damaged or foreign file has its name and advice."""
    with pytest.raises(DumpError, match=problem) as caught:
        dump.from_json(data, "dump.json")

    assert str(caught.value).startswith("dump.json: ")
    assert "\n" not in str(caught.value)


def test_the_schema_describes_a_dump() -> None:
    """The published schema has the version and all parts of a reference."""
    schema = json.loads(dump.json_schema())

    assert set(schema["$defs"]["Dump"]["required"]) == {"schema_version", "reference"}
    assert {"modules", "bases"} <= set(schema["$defs"]["Reference"]["properties"])


def test_content_lists_what_could_be_lost() -> None:
    """Each symbol, parameter, default and description has its own line."""
    lines = content(reference(function("f", X)))

    assert {"p.q", "p.q.V", "p.q.C.w", "p.q.C.a", "p.q.C.Inner.deep"} <= set(lines)
    assert {"p.q.f", "p.q.f(x)", "p.q.f(x) default", "p.q.f(x) docs", "p.q.C(x) default"} <= set(lines)


def test_lint_compares_the_names_of_parameters() -> None:
    """A description without parameter and a parameter without description are found, with file and line."""
    docstring = described("zz", raw="Do it.\n\nArgs:\n    zz: text\n")

    found = lint_reference(reference(function("f", X, docstring=docstring)))

    assert [(each.path, each.line, each.code) for each in found] == [("m.py", 11, "DG701"), ("m.py", 8, "DG702")]
    assert "zz" in found[0].text
    assert "not x" in found[1].text


def test_lint_reports_once_what_very_many_functions_leave_out() -> None:
    """For example, a parameter that a decorator adds to all; rare omissions are reported for each function."""
    backend, own = Parameter(name="backend"), Parameter(name="y")
    many = [function(f"f{n}", X, backend, *[own] * (n < 2), docstring=described("x")) for n in range(60)]

    found = lint_reference(reference(*many))

    assert [each.text.rpartition(" not ")[2] for each in found] == ["backend, like 59 other functions", "y", "y"]


@pytest.mark.parametrize(
    ("style", "raw", "codes"),
    [
        ("google", "See :class:`C`.", ["DG703"]),
        ("google", ".. note::\n\n   Text.", ["DG703"]),
        ("google", "See `C`, and a :colon:.", []),
        ("sphinx", "See :class:`C`.", []),
        ("numpy", ".. note::\n\n   Text.", []),
    ],
)
def test_lint_finds_rest_where_docstrings_are_markdown(style: str, raw: str, codes: list[str]) -> None:
    """Markup of reST is a mistake in a Markdown docstring, but not in a reST one."""
    found = lint_reference(reference(function("f", docstring=Docstring(raw=raw, line=8, style=style))))

    assert [each.code for each in found] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [("<C at 0x7f00aa>", ["DG704"]), ("'/home/me/data'", ["DG705"]), ("'/data'", []), ("'C:\\\\me'", ["DG705"])],
)
def test_lint_finds_values_of_one_machine(text: str, codes: list[str]) -> None:
    """Addresses and home folders in values are found."""
    found = lint_reference(reference(function("f", Parameter(name="x", default=Value(text=text)))))

    assert [each.code for each in found] == codes


@pytest.mark.parametrize(
    ("key", "symbol"),
    [
        ("p.q.f(x).default", "Value(text='NEW')"),
        ("p.q.C(x).default", "Value(text='NEW')"),
        ("p.q.C.m(x).annotation", "Annotation(written='NEW')"),
        ("p.q.C.m.returns", "Annotation(written='NEW')"),
        ("p.q.C.Inner.deep(x).default", "Value(text='NEW')"),
        ("p.q.C.w.annotation", "Annotation(written='NEW')"),
        ("p.q.V.annotation", "Annotation(written='NEW')"),
    ],
)
def test_an_override_changes_one_value_and_is_reported(key: str, symbol: str) -> None:
    """Each place that a key can name gets the value, and nothing else changes."""
    changed, findings = override(reference(function("f", X)), {key: "NEW"})

    assert str(changed).count("'NEW'") == 1
    assert repr(eval(symbol, {"Value": Value, "Annotation": Annotation})) in repr(changed)  # noqa: S307 - a repr of the table
    assert [(each.code, each.text) for each in findings] == [("DG401", f"{key} was set to NEW by an override")]


@pytest.mark.parametrize("key", ["p.q.f", "p.q.gone.returns", "p.q.f(y).default", "p.q.f.default"])
def test_an_override_that_names_nothing_is_an_error(key: str) -> None:
    """A key that is malformed or matches nothing is reported."""
    with pytest.raises(OverrideError):
        override(reference(function("f", X)), {key: "NEW"})
