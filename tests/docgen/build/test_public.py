"""Which names are public, and the path under which a symbol is described."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from docgen.build import modules
from docgen.build.build import build
from docgen.build.inputs import Inputs
from docgen.model import Module, Unknown
from docgen.runtime.values import Binding
from docgen.symbols import Index
from tests.docgen.build.conftest import BuiltOf


def shown(module: Module) -> dict[str, str]:
    """Return the offered names of a module: name -> kind, or the target of an alias."""
    found = {each.name: "class" for each in module.classes}
    found |= {each.name: "function" for each in module.functions}
    found |= {each.name: "variable" for each in module.variables}
    return found | {each.name: f"-> {each.target}" for each in module.aliases}


IMPL = "class Foo: ...\ndef build(): ...\nLIMIT = 3\ndef _hidden(): ...\n"

CASES: list[tuple[str, Mapping[str, str], Mapping[str, Mapping[str, str]]]] = [
    (
        "without __all__: what is made here, and nothing that is imported from elsewhere",
        {"__init__.py": "import os\nfrom math import pi\nfrom typing import Any\nX = 1\ndef f(): ...\nclass C: ...\n"},
        {"p": {"X": "variable", "f": "function", "C": "class"}},
    ),
    (
        "names for type checkers only are no names",
        {"__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    class Hint: ...\nX = 1\n"},
        {"p": {"X": "variable"}},
    ),
    (
        "a private module has no page: what a package imports from it is public there",
        {"__init__.py": "from ._impl import Foo, build, _hidden\n", "_impl.py": IMPL},
        {"p": {"Foo": "class", "build": "function"}},
    ),
    (
        "what a plain module imports is its own business",
        {"__init__.py": "", "tools.py": "from p._impl import build\ndef use(): ...\n", "_impl.py": IMPL},
        {"p": {}, "p.tools": {"use": "function"}},
    ),
    (
        "a public home beside a re-export without __all__: the home counts",
        {"__init__.py": "from .core import Foo\n", "core.py": IMPL},
        {"p": {"Foo": "-> p.core.Foo"}, "p.core": {"Foo": "class", "build": "function", "LIMIT": "variable"}},
    ),
    (
        "listed, or imported as itself: the shortest such path counts",
        {"__init__.py": "from .core import Foo as Foo\nfrom .core import LIMIT\n", "core.py": IMPL},
        {"p": {"Foo": "class", "LIMIT": "-> p.core.LIMIT"}, "p.core": {"Foo": "-> p.Foo"}},
    ),
    (
        "__all__ decides, private names in it included",
        {"__init__.py": "from ._impl import Foo, _hidden\n__all__ = ['_hidden', 'Foo']\nX = 1\n", "_impl.py": IMPL},
        {"p": {"_hidden": "function", "Foo": "class"}},
    ),
    (
        "two names of one symbol: its own name counts",
        {"__init__.py": "from ._impl import Foo, Foo as Bar\n__all__ = ['Bar', 'Foo']\n", "_impl.py": IMPL},
        {"p": {"Foo": "class", "Bar": "-> p.Foo"}},
    ),
    (
        "old = new is another path of one symbol",
        {"__init__.py": "def new(): ...\nold = new\nclass C: ...\nD = C\nONE = 1\nTWO = ONE\n"},
        {
            "p": {
                "new": "function",
                "old": "-> p.new",
                "C": "class",
                "D": "-> p.C",
                "ONE": "variable",
                "TWO": "variable",
            }
        },
    ),
    (
        "a name of another distribution that is listed leads there",
        {"__init__.py": "from collections import Counter\nfrom absent import gone\n__all__ = ['Counter', 'gone']\n"},
        {"p": {"Counter": "-> collections.Counter", "gone": "-> absent.gone"}},
    ),
    (
        "deleted names are gone, a name that is bound again is what it was bound to last",
        {"__init__.py": "def tmp(): ...\ndel tmp\ndef conf(): ...\nconf = 3\n"},
        {"p": {"conf": "variable"}},
    ),
    (
        "a name with an annotation and no value",
        {"__init__.py": "later: int\n"},
        {"p": {"later": "variable"}},
    ),
    (
        "packages that import each other's names end, and submodules are no variables",
        {
            "__init__.py": "from .sub import *\nfrom . import core\n",
            "core.py": "from .sub import *\ndef base(): ...\n",
            "sub/__init__.py": "from .deep import *\nfrom .. import core\n",
            "sub/deep.py": "from .. import core\nfrom ..core import *\ndef soft(): ...\n",
        },
        {"p": {"base": "-> p.core.base", "soft": "-> p.sub.deep.soft"}, "p.core": {"base": "function"}},
    ),
    (
        "in a stub, only `import x as x` is a re-export",
        {"__init__.pyi": "from ._impl import Foo, build as build\n", "_impl.py": IMPL},
        {"p": {"build": "function"}},
    ),
]
"""What is shown; files; what some of the modules offer at least."""


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_public_names(files: Mapping[str, str], expected: Mapping[str, Mapping[str, str]], built_of: BuiltOf) -> None:
    """The offered names of each module."""
    modules = {each.name: shown(each) for each in built_of(files).reference.modules}

    for name, names in expected.items():
        assert names.items() <= modules[name].items()
        assert name != "p" or names == modules[name]


def test_conditions_are_kept(built_of: BuiltOf) -> None:
    """A definition under a condition shows it: platform, version, a missing dependency."""
    module = built_of(
        {
            "__init__.py": "import sys\nif sys.platform == 'win32':\n    def win(): ...\n"
            "try:\n    from absent import fast\nexcept ImportError:\n    def fast(): ...\ndef always(): ...\n"
        }
    ).reference.modules[0]

    conditions = {each.name: each.condition for each in module.functions}

    assert conditions == {
        "win": "sys.platform == 'win32'",
        "fast": "ImportError: from absent import fast",
        "always": "",
    }


def test_bases_without_a_public_path_are_described_once(built_of: BuiltOf) -> None:
    """Private ones, those of the standard library and those written in C, with their members."""
    reference = built_of(
        {
            "__init__.py": "import threading\nfrom ._base import _Base\nclass A(_Base): ...\n"
            "class B(_Base, dict): ...\nclass T(threading.Thread): ...\nclass E(ValueError): ...\n",
            "_base.py": "class _Root:\n    def root(self): ...\nclass _Base(_Root):\n    def go(self): ...\n",
        }
    ).reference
    paths = [each.path for each in reference.bases]
    index = Index(reference)

    assert len(paths) == len(set(paths))
    assert {"p._base._Base", "p._base._Root", "dict", "threading.Thread", "ValueError", "Exception"} <= set(paths)
    assert {"root", "go", "update"} <= set(index.held(index.classes["p.B"]))
    assert "start" in index.held(index.classes["p.T"])


def test_a_file_that_cannot_be_read_is_named(built_of: BuiltOf) -> None:
    """The reference names the file, a finding the reason; the other modules are complete."""
    built = built_of({"__init__.py": "X = 1\n", "broken.py": "def (:\n"})

    assert built.reference.unread == ("p/broken.py",)
    assert [each.code for each in built.findings] == ["DG101"]
    assert shown(built.reference.modules[0]) == {"X": "variable"}


def test_unknown_lists_are_unknown(built_of: BuiltOf) -> None:
    """An `__all__` that cannot be read is unknown, never an empty list."""
    built = built_of({"__init__.py": "class Foo: ...\n__all__ = [Foo]\n"})

    assert isinstance(built.reference.modules[0].listed, Unknown)
    assert [each.code for each in built.findings] == ["DG104"]


def test_names_by_wildcard_imports_are_listed_while_there_is_room(
    built_of: BuiltOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module with too many of them lists none, with a finding; its own names are listed."""
    monkeypatch.setattr(modules, "MOST_STARRED", 0)
    monkeypatch.setattr(modules, "STARRED_PER_NAME", 1)
    names = {"a.py": "x = 1\ny = 1\nz = 1\n", "b.py": "from .a import *\n", "c.py": "from .b import *\nv = 1\n"}

    built = built_of(names)

    found = {each.name: tuple(shown(each)) for each in built.reference.modules}
    assert found == {"p": (), "p.a": ("x", "y", "z"), "p.b": ("x", "y", "z"), "p.c": ("v",)}
    assert [(each.path, each.code) for each in built.findings] == [("p/c.py", "DG205")]


def test_of_two_packages_the_one_that_defines_a_symbol_describes_it(tmp_path: Path) -> None:
    """The package with the old name is first in the alphabet, but only re-exports it."""
    texts = {
        "acme/__init__.py": "from acmes import Foo\n__all__ = ['Foo']\n",
        "acmes/__init__.py": "from acmes._impl import Foo\n__all__ = ['Foo']\n",
        "acmes/_impl.py": IMPL,
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    inputs = Inputs(distribution="acmes", version="1", root=tmp_path, packages=("acme", "acmes"))

    modules = {each.name: shown(each) for each in build(inputs).reference.modules}

    assert modules == {"acme": {"Foo": "-> acmes.Foo"}, "acmes": {"Foo": "class"}}


def test_a_row_of_names_is_followed_once(built_of: BuiltOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name of `b = a`, `c = b`, ... takes the answer of the one before; from the start, they take the square."""
    asked = []
    further = modules.Names._further

    def spy(self: modules.Names, binding: Binding) -> Binding:
        asked.append(binding.name)
        return further(self, binding)

    monkeypatch.setattr(modules.Names, "_further", spy)
    row = "".join(f"f{n + 1} = f{n}\n" for n in range(60))

    built = built_of({"__init__.py": f"def f0(): ...\n{row}"})

    aliases = {each.name: each.target for each in built.reference.modules[0].aliases}
    assert aliases == {f"f{n}": "p.f0" for n in range(1, 61)}
    assert len(asked) < 60 * 6


@pytest.mark.parametrize("circle", ["a = b\nb = c\nc = a\n", "from p import a\na = a\n", "def a(): ...\na = a\n"])
def test_names_in_a_circle_are_somewhere(circle: str, built_of: BuiltOf) -> None:
    """They are described as what is known of them; nothing is followed for ever."""
    assert set(shown(built_of({"__init__.py": circle}).reference.modules[0])) <= {"a", "b", "c"}
