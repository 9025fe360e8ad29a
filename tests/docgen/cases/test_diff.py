"""`docgen diff` on two versions: which changes break callers, which do not, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from tests.docgen.cases.running import run, written


@dataclass(frozen=True)
class Change:
    """Two versions of `pkg/__init__.py` and the expected comparison.

    Parameters:
        name: Says what changed.
        old: The older source.
        new: The newer one.
        level: The highest level that has to be reported; `none` if nothing has to be.
        says: Text that a line of the report holds, each in another line.
    """

    name: str
    old: str
    new: str
    level: str
    says: tuple[str, ...] = ()


ENUM = "import enum\n"
DATA = "from dataclasses import dataclass\n"
TYPED = "from typing import *\n"
CHANGES = (
    Change("a function renamed", "def f(a): ...", "def g(a): ...", "major", ("pkg.f",)),
    Change("a class renamed", "class A:\n  def m(self): ...", "class B:\n  def m(self): ...", "major", ("pkg.A",)),
    Change(
        "a class renamed, the old name kept",
        "class A:\n  def m(self): ...",
        "class B:\n  def m(self): ...\nA = B",
        "minor",
        ("pkg.B",),
    ),
    Change("a parameter renamed", "def f(a, b): ...", "def f(a, c): ...", "major", ("`b`",)),
    Change("parameters reordered", "def f(a, b): ...", "def f(b, a): ...", "major", ("pkg.f",)),
    Change("a parameter became keyword-only", "def f(a, b=1): ...", "def f(a, *, b=1): ...", "major", ("pkg.f",)),
    Change("a parameter became positional-only", "def f(a, b=1): ...", "def f(a, b=1, /): ...", "major", ("pkg.f",)),
    Change("keyword-only became usual", "def f(a, *, b=1): ...", "def f(a, b=1): ...", "minor"),
    Change("a default removed", "def f(a, b=1): ...", "def f(a, b): ...", "major", ("`b`",)),
    Change("a default added", "def f(a, b): ...", "def f(a, b=1): ...", "minor", ("`b`",)),
    Change("a default changed", "def f(a=1): ...", "def f(a=2): ...", "major", ("`a=1` -> `2`",)),
    Change("a required parameter added", "def f(a): ...", "def f(a, b): ...", "major", ("`b`",)),
    Change("*args removed", "def f(a, *args): ...", "def f(a): ...", "major", ("args",)),
    Change("**kwargs added", "def f(a): ...", "def f(a, **kwargs): ...", "minor", ("kwargs",)),
    Change("a result may be None", "def f() -> int: ...", "def f() -> int | None: ...", "major", ("pkg.f",)),
    Change("a parameter takes None too", "def f(a: int): ...", "def f(a: int | None): ...", "minor", ("pkg.f",)),
    Change("a parameter takes less", "def f(a: int | str): ...", "def f(a: int): ...", "major", ("pkg.f",)),
    Change("a function became asynchronous", "def f(): ...", "async def f(): ...", "major", ("pkg.f",)),
    Change("a function became a generator", "def f():\n  return []", "def f():\n  yield 1", "major", ("pkg.f",)),
    Change("a base removed", "class B: ...\nclass A(B): ...", "class B: ...\nclass A: ...", "major", ("pkg.A",)),
    Change(
        "the base of an exception changed", "class E(KeyError): ...", "class E(ValueError): ...", "major", ("pkg.E",)
    ),
    Change(
        "a member of an enumeration removed",
        ENUM + "class C(enum.Enum):\n  R=1\n  G=2",
        ENUM + "class C(enum.Enum):\n  R=1",
        "major",
        ("pkg.C.G",),
    ),
    Change(
        "a member of an enumeration added",
        ENUM + "class C(enum.Enum):\n  R=1",
        ENUM + "class C(enum.Enum):\n  R=1\n  G=2",
        "minor",
        ("pkg.C.G",),
    ),
    Change(
        "fields of a dataclass reordered",
        DATA + "@dataclass\nclass D:\n  a: int\n  b: int",
        DATA + "@dataclass\nclass D:\n  b: int\n  a: int",
        "major",
        ("pkg.D",),
    ),
    Change(
        "a field of a dataclass without default added",
        DATA + "@dataclass\nclass D:\n  a: int",
        DATA + "@dataclass\nclass D:\n  a: int\n  b: int",
        "major",
        ("pkg.D",),
    ),
    Change(
        "a dataclass became frozen",
        DATA + "@dataclass\nclass D:\n  a: int",
        DATA + "@dataclass(frozen=True)\nclass D:\n  a: int",
        "major",
        ("pkg.D",),
    ),
    Change(
        "a dataclass takes keywords only",
        DATA + "@dataclass\nclass D:\n  a: int",
        DATA + "@dataclass(kw_only=True)\nclass D:\n  a: int",
        "major",
        ("pkg.D",),
    ),
    Change(
        "an overload removed",
        TYPED + "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a): ...",
        TYPED + "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: bytes) -> bytes: ...\ndef f(a): ...",
        "major",
        ("pkg.f",),
    ),
    Change(
        "a key of a dictionary is required",
        TYPED + "class T(TypedDict):\n  a: NotRequired[int]",
        TYPED + "class T(TypedDict):\n  a: int",
        "major",
        ("pkg.T",),
    ),
    Change(
        "a key of a dictionary removed",
        TYPED + "class T(TypedDict):\n  a: int\n  b: int",
        TYPED + "class T(TypedDict):\n  a: int",
        "major",
        ("pkg.T.b",),
    ),
    Change(
        "a protocol asks for more",
        TYPED + "class P(Protocol):\n  def a(self): ...",
        TYPED + "class P(Protocol):\n  def a(self): ...\n  def b(self): ...",
        "major",
        ("pkg.P",),
    ),
    Change(
        "an abstract method added",
        "import abc\nclass P(abc.ABC):\n  def a(self): ...",
        "import abc\nclass P(abc.ABC):\n  def a(self): ...\n  @abc.abstractmethod\n  def b(self): ...",
        "major",
        ("pkg.P",),
    ),
    Change("a constant changed", "LIMIT = 1", "LIMIT = 2", "major", ("pkg.LIMIT",)),
    Change(
        "__all__ lost a name",
        "__all__ = ['f', 'g']\ndef f(): ...\ndef g(): ...",
        "__all__ = ['f']\ndef f(): ...\ndef g(): ...",
        "major",
        ("pkg.g",),
    ),
    Change("only docstrings changed", 'def f():\n  """Old."""', 'def f():\n  """New."""', "docs", ("pkg.f",)),
    Change("only private names changed", "def f(): ...\ndef _g(a): ...", "def f(): ...\ndef _h(b): ...", "none"),
    Change("only the order changed", "def f(): ...\ndef g(): ...", "def g(): ...\ndef f(): ...", "none"),
    Change("only comments and spelling changed", "def f(a='x'): ...", 'def f(a="x"):\n  # y\n  pass', "none"),
    Change(
        "an attribute made in a method removed",
        "class A:\n  def __init__(self):\n    self.x = 1\n    self.y = 1",
        "class A:\n  def __init__(self):\n    self.x = 1",
        "major",
        ("pkg.A.y",),
    ),
    Change(
        "an attribute became a property",
        "class A:\n  x = 1",
        "class A:\n  @property\n  def x(self): return 1",
        "major",
        ("pkg.A.x",),
    ),
    Change(
        "a method became static",
        "class A:\n  def m(self, a): ...",
        "class A:\n  @staticmethod\n  def m(a): ...",
        "major",
        ("pkg.A.m",),
    ),
    Change(
        "a class method became a method",
        "class A:\n  @classmethod\n  def m(cls): ...",
        "class A:\n  def m(self): ...",
        "major",
        ("pkg.A.m",),
    ),
    Change("a function became a class", "def f(a): ...", "class f:\n  def __init__(self, a): ...", "major", ("pkg.f",)),
    Change(
        "a constructor takes more",
        "class A:\n  def __init__(self, a): ...",
        "class A:\n  def __init__(self, a, b): ...",
        "major",
        ("`b`",),
    ),
    Change(
        "a method was moved to a base",
        "class B: ...\nclass A(B):\n  def m(self): ...",
        "class B:\n  def m(self): ...\nclass A(B): ...",
        "minor",
        ("pkg.B.m",),
    ),
    Change("a class became final", TYPED + "class A: ...", TYPED + "@final\nclass A: ...", "major", ("pkg.A",)),
    Change(
        "a function is deprecated",
        "def f(): ...",
        "from warnings import deprecated\n@deprecated('Use g.')\ndef f(): ...",
        "minor",
        ("pkg.f",),
    ),
    Change(
        "a bound of a type variable narrowed",
        TYPED + "T = TypeVar('T')\nclass A(Generic[T]): ...",
        TYPED + "T = TypeVar('T', bound=int)\nclass A(Generic[T]): ...",
        "major",
        ("pkg.A",),
    ),
    Change(
        "Literal lost a choice",
        TYPED + "def f(m: Literal['a', 'b']): ...",
        TYPED + "def f(m: Literal['a']): ...",
        "major",
        ("pkg.f",),
    ),
    Change(
        "__slots__ lost a name",
        "class A:\n  __slots__ = ('a', 'b')",
        "class A:\n  __slots__ = ('a',)",
        "major",
        ("pkg.A.b",),
    ),
    Change("a type alias changed", "Path = str", "Path = int", "major", ("pkg.Path",)),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_has_its_level(change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has the expected level, the exit code for it, and a file with each line."""
    written(tmp_path, {"old/pkg/__init__.py": dedent(change.old), "new/pkg/__init__.py": dedent(change.new)})
    code, output = run(monkeypatch, tmp_path, "diff", "old", "new")
    lines = [line for line in output.splitlines() if " DG6" in line]
    levels = {word for line in lines for word in line.split()[2:3]}
    highest = next((level for level in ("major", "minor", "docs") if level in levels), "none")
    assert highest == change.level, output
    assert code == int(change.level != "none"), output
    assert all(line.startswith(("new/pkg/__init__.py:", "old/pkg/__init__.py:")) for line in lines), output
    assert all(any(text in line for line in lines) for text in change.says), output


def test_a_module_that_was_moved_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its importers have to change; together with its contents, it is one root cause."""
    module = 'def f():\n    """F."""\nclass A:\n    """A."""\n'
    written(
        tmp_path,
        {
            "old/pkg/__init__.py": "",
            "old/pkg/a.py": module,
            "new/pkg/__init__.py": "",
            "new/pkg/b/__init__.py": "",
            "new/pkg/b/a.py": module,
        },
    )
    code, output = run(monkeypatch, tmp_path, "diff", "old", "new")
    assert code == 1
    assert "major pkg.a" in output
    assert "pkg.b.a" in output


@pytest.mark.parametrize("side", ["old", "new"])
def test_a_side_that_cannot_be_read_is_reported(side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The definitions of such a file are unknown, and none of them counts as removed."""
    good = "def f(): ...\n"
    files = {"old/pkg/__init__.py": good, "new/pkg/__init__.py": good, "old/pkg/a.py": good, "new/pkg/a.py": good}
    written(tmp_path, {**files, f"{side}/pkg/a.py": "def f(:\n"})
    code, output = run(monkeypatch, tmp_path, "diff", "old", "new")
    assert code == 3
    assert "pkg/a.py:1:" in output
    assert "removed" not in output
