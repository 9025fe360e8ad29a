"""A baseline contains the compared facts of a reference, on lines that a person can read."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import msgspec
import pytest

from docgen.compare.catalogue import Level
from docgen.compare.engine import compare
from docgen.compare.sides.baseline import from_baseline, to_baseline
from docgen.errors import DumpError
from docgen.model import Reference

# Tests are no package: the table beside this one is loaded by path.
_spec = importlib.util.spec_from_file_location("pairs_table", Path(__file__).with_name("test_pairs.py"))
assert _spec
assert _spec.loader
table = importlib.util.module_from_spec(_spec)
sys.modules["pairs_table"] = table
_spec.loader.exec_module(table)


@pytest.mark.parametrize("pair", table.as_parameters(table.pairs()))
def test_a_baseline_stands_for_the_old_side(pair: table.Pair, tmp_path: Path) -> None:  # type: ignore[name-defined] # loaded by path
    """A package equals its baseline, and an edit differs from both in the same way.

    What bodies say of results is not in a baseline.
    """
    old = table.reference(table.write_package(tmp_path / "old", pair.before))
    new = table.reference(table.write_package(tmp_path / "new", pair.after))
    kept = from_baseline(to_baseline(old), "kept.api")

    same = [each.text for each in compare(kept, old).differences if each.level is not Level.DOCS]
    found = [each.name for each in compare(kept, new).differences if each.level is Level.MAJOR]

    assert same == []
    assert found == [each.name for each in compare(without_bodies(old), new).differences if each.level is Level.MAJOR]


@pytest.mark.parametrize("error", ["SystemExit", "ExceptionGroup", "ValueError", "NotImplementedError"])
def test_a_baseline_contains_the_error_of_every_call(error: str, tmp_path: Path) -> None:
    """A function that always raises an error, or ends the program, equals its baseline."""
    reference = table.reference(table.write_package(tmp_path, f"def stop(code=1):\n    raise {error}(code)\n"))

    assert compare(from_baseline(to_baseline(reference), "kept.api"), reference).differences == ()


def without_bodies(reference: Reference) -> Reference:
    """Return a reference in which the only facts from bodies are the errors that end every call."""
    tables = msgspec.to_builtins(reference)
    pending = [tables]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            raises = each.pop("outcome", {}).get("raises")
            for name in ("returned", "setter_outcome", "uses", "holds", "passes", "needed", "tried"):
                each.pop(name, None)
            each |= {"outcome": {"raises": raises, "errors": [raises]}} if raises else {}
        pending += each.values() if isinstance(each, dict) else each if isinstance(each, list | tuple) else ()
    return msgspec.convert(tables, Reference)


def test_a_baseline_is_one_sorted_line_a_symbol(tmp_path: Path) -> None:
    """Signatures and types are written as in Python."""
    source = "def f(a: int, /, b: str = 'x', *, c: list[int] | None = None) -> bool: ...\nLIMIT: int = 3\n"
    text = to_baseline(table.reference(table.write_package(tmp_path, source)))

    assert text.splitlines() == [
        "# api 3 pkg 1",
        "pkg\tpackage",
        "pkg.LIMIT\tvariable\t: int = 3",
        "pkg.f\tfunction\t(a: int, /, b: str = 'x', *, c: list[int] | None = None) -> bool",
    ]


@pytest.mark.parametrize("text", ["", "# api 2 pkg 1\n", "# api 3 pkg 1\npkg.f\tfunction\t(a\n", "# api 3 pkg\nx\ty\n"])
def test_a_file_that_is_no_baseline_is_refused(text: str) -> None:
    """Another version of the form, or a line without a meaning, is one clear error."""
    with pytest.raises(DumpError, match="conformance baseline"):
        from_baseline(text, "kept.api")


DAMAGED = {
    "a signature without its end": "(a",
    "a signature nested too deeply": f"(a={'(' * 300}1{')' * 300})",
    "a number of thousands of digits": f"(a={'9' * 5_000})",
    "a null byte": "(a='\0')",
    "facts that are not a table": "(a)\t[]",
    "facts nested too deeply": f"(a)\t{'[' * 5_000}",
    "overloads of another kind": '(a)\t{"overloads": [1]}',
    "a signature of another kind": '(a)\t{"signature": 1, "function": 1}',
}


@pytest.mark.parametrize("cells", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_line_is_refused(cells: str) -> None:
    """Whatever its code and its JSON are, the error says how to write the file again."""
    with pytest.raises(DumpError, match="conformance baseline"):
        from_baseline(f"# api 3 pkg 1\npkg\tpackage\npkg.f\tfunction\t{cells}\n", "kept.api")


def test_what_other_lines_imply_is_left_out(tmp_path: Path) -> None:
    """A field equal to its parameter, a parameter equal to the class's, an order of bases; all are restored."""
    source = (
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Base:\n    name: str\n    size: int = 3\n"
        "@dataclass(frozen=True)\nclass Other:\n    a: int\n"
        "@dataclass\nclass Low(Base):\n    size: int = 4\n    more: str = ''\n"
        "class Wrong(ValueError):\n    def __init__(self, code: int) -> None: ...\n"
        "    async def wait(self) -> int: ...\n    @classmethod\n    def make(cls): ...\n"
    )
    reference = table.reference(table.write_package(tmp_path, source))

    text = to_baseline(reference)

    assert text.splitlines()[2:] == [
        "pkg.Base\tdataclass\t(name: str, size: int = 3)",
        "pkg.Low\tdataclass of .Base\t(name: ..., size: int = 4, more: str = '')",
        "pkg.Other\tfrozen dataclass\t(a: int)",
        "pkg.Wrong\texception of ValueError\t(code: int) -> None",
        ".make\tclass method\t()",
        ".wait\tasync method\t() -> int",
    ]
    low = next(each for each in from_baseline(text, "kept.api").modules[0].classes if each.name == "Low")
    assert [each.name for each in low.attributes] == ["size", "more"]
    assert low.mro == ("pkg.Base",)
    assert to_baseline(from_baseline(text, "kept.api")) == text
