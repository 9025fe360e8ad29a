"""A small package, and ways to change it between two builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

START = {
    "p/__init__.py": '"""A package."""\n\nfrom p.shapes import Circle, Shape\nfrom p.tools import area, LIMIT\n'
    '__all__ = ["Circle", "Shape", "area", "LIMIT", "absent"]\n',
    "p/shapes.py": "from __future__ import annotations\nfrom p.base import Base\nfrom p.deco import wrap\n"
    'class Shape(Base):\n    """A shape."""\n    sides: int = 0\n    @wrap\n    def draw(self, width=2):\n'
    '        """Draw it."""\nclass Circle(Shape):\n    """Round."""\n',
    "p/base.py": 'from p.tools import LIMIT\nclass Base:\n    """The base."""\n    def scale(self, by=LIMIT): ...\n'
    "    @property\n    def name(self) -> str: ...\nclass Other:\n    def turn(self): ...\n",
    "p/tools.py": "from p.deco import wrap\nLIMIT = 10\nOTHER = 20\n@wrap\n"
    'def area(shape, limit=LIMIT):\n    """Area."""\n',
    "p/deco.py": "def wrap(f):\n    return f\ndef quiet(f):\n    def inner(*args): ...\n    return inner\n",
    "p/extra/__init__.py": "from p.shapes import *\nfrom p.base import gone\nX = 1\n",
    "p/extra/more.py": "try:\n    import p.optional\nexcept ImportError:\n    def fallback(): ...\n"
    "else:\n    def found(): ...\n",
}
"""A small package in which each module rests on others in another way; `absent` and `gone` are findings."""

Edit = Callable[[dict[str, str]], None]


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Bring the sources in a folder to the given state; equal files are not touched, so they keep their times."""
    for path in [each for each in folder.rglob("*.py*") if str(each.relative_to(folder)) not in files]:
        path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def replaced(path: str, old: str, new: str) -> Edit:
    """Return an edit that replaces a text in a file, if the file exists."""

    def edit(files: dict[str, str]) -> None:
        if path in files:
            files[path] = files[path].replace(old, new)

    return edit


def moved(path: str, to: str) -> Edit:
    """Return an edit that moves a file to another place, if it exists."""

    def edit(files: dict[str, str]) -> None:
        if path in files:
            files[to] = files.pop(path)

    return edit


def written(path: str, text: str) -> Edit:
    """Return an edit that writes a file."""
    return lambda files: files.update({path: text})


def deleted(path: str) -> Edit:
    """Return an edit that deletes a file."""

    def edit(files: dict[str, str]) -> None:
        files.pop(path, None)

    return edit


def repaired(path: str) -> Edit:
    """Return an edit that restores the first text of a file."""
    return written(path, START[path])


EDITS: dict[str, Edit] = {
    "rename a function": replaced("p/tools.py", "def area(", "def surface("),
    "rename it back": replaced("p/tools.py", "def surface(", "def area("),
    "delete a module": deleted("p/base.py"),
    "move a module": moved("p/tools.py", "p/extra/tools.py"),
    "a file takes the place of a package": moved("p/extra/__init__.py", "p/extra.py"),
    "change a base class": replaced("p/shapes.py", "class Shape(Base)", "class Shape"),
    "change the base of another module": replaced("p/base.py", "class Base:", "class Base(ValueError):"),
    "change an inherited method": replaced("p/base.py", "def scale(self, by=LIMIT)", "def scale(self, by, to=OTHER)"),
    "change a constant": replaced("p/tools.py", "LIMIT = 10", "LIMIT = 11"),
    "change a docstring": replaced("p/shapes.py", "A shape.", "A shape <with> | signs."),
    "shift the lines": replaced("p/__init__.py", '"""A package."""\n', '"""A package."""\n\n# one more\n'),
    "break a file": replaced("p/shapes.py", "class Circle", "class Circle("),
    "add to __all__": replaced("p/__init__.py", '"area", "LIMIT"', '"area", "LIMIT", "Base"'),
    "take from __all__": replaced("p/__init__.py", '"Circle", "Shape"', '"Shape"'),
    "change a decorator": replaced("p/deco.py", "    return f\n", "    return unknown(f)\n"),
    "use another decorator": replaced("p/tools.py", "@wrap", "@staticmethod"),
    "what was absent is there": written("p/optional.py", "def option(): ...\n"),
    "and gone again": deleted("p/optional.py"),
    "a stub beside": written("p/extra/more_pb2.pyi", "class Message: ...\n"),
    "a new package": written("p/fresh/__init__.py", "from p import *\n"),
    "a folder without __init__": written("p/space/inner.py", "def lost(): ...\n"),
    "a name that differs in case": written("p/extra/names.py", "class Name: ...\nclass NAME: ...\n"),
    "a name that is bound below": replaced("p/base.py", "class Other:", "gone = 1\nclass Other:"),
    "a cycle of imports": replaced("p/deco.py", "def wrap(f)", "from p.tools import *\ndef wrap(f)"),
    "a cycle of values": replaced("p/tools.py", "LIMIT = 1", "from p.base import LIMIT as LIMIT\nOTHER = 1"),
    **{f"repair {path}": repaired(path) for path in START},
}
