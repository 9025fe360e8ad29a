"""Modules that provide any name: a name that they do not define may exist."""

from __future__ import annotations

from pathlib import Path

from docgen.compare.engine import compare
from tests.docgen.compare.test_pairs import reference, write_package

LAZY = """
import sys, types
class Lazy(types.ModuleType):
    def __getattr__(self, name): return name
def install(name):
    module = sys.modules[name]
    module.__class__ = Lazy
"""


def test_a_module_that_gets_another_class_may_have_any_name(tmp_path: Path) -> None:
    """A helper that receives `__name__` replaces the class of the module: a missing name is unknown, not removed."""
    text = f"from pkg import _lazy\n_lazy.install(__name__)\n{{}}\n# file: _lazy.py\n{LAZY}"
    old = reference(write_package(tmp_path / "old", text.format("class Gone: pass")))
    new = reference(write_package(tmp_path / "new", text.format("")))

    found = compare(old, new)

    assert found.differences == ()
    assert ["`Gone`" in each.text for each in found.unknown] == [True]


def test_a_module_that_answers_no_other_names_lost_them(tmp_path: Path) -> None:
    """A helper that uses the name of the module in another way creates no names."""
    text = "from pkg import _names\n_names.register(__name__)\n{}\n# file: _names.py\ndef register(name): return name\n"
    old = reference(write_package(tmp_path / "old", text.format("class Gone: pass")))
    new = reference(write_package(tmp_path / "new", text.format("")))

    assert [each.name for each in compare(old, new).differences] == ["symbol-removed"]
