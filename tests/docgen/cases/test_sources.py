"""Layouts of packages, and which of their names are public."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docgen.cases.running import Case, missing, pages_of

CASES = (
    Case(
        "a namespace below src",
        "",
        ("corp.tools.saw",),
        files={
            "src/corp/tools/saw/__init__.py": '"""sawdoc."""\nfrom ._blade import cut\n__all__ = ["cut"]\n',
            "src/corp/tools/saw/_blade.py": 'def cut():\n    """cutdoc."""\n',
        },
    ),
    Case(
        "partial stubs beside a package",
        '''
        """pkgdoc."""
        from .core import load
        ''',
        ("def load(path: str) -> bytes",),
        files={
            "pkg/core.py": 'def load(path):\n    """loaddoc."""\ndef save(path):\n    """savedoc."""\n',
            "pkg/core.pyi": "def load(path: str) -> bytes: ...\n",
        },
    ),
    Case(
        "types of classes, overloads and variables come from the stub beside",
        '''
        """pkgdoc."""
        ''',
        (
            "A(n: int = 1)",
            "def run(a: int, *, b: str = 'x') -> list[int]",
            "`int`",
            "def get(k: str) -> str",
            "def get(k: int) -> int",
        ),
        files={
            "pkg/core.py": '''
                """coredoc."""
                LIMIT = 3
                """limitdoc."""
                class A:
                    """adoc."""
                    def __init__(self, n=1):
                        """initdoc."""
                    def run(self, a, *, b="x"):
                        """rundoc."""
                def get(k):
                    """getdoc."""
            ''',
            "pkg/core.pyi": """
                from typing import overload
                LIMIT: int
                class A:
                    def __init__(self, n: int = 1) -> None: ...
                    def run(self, a: int, *, b: str = "x") -> list[int]: ...
                @overload
                def get(k: str) -> str: ...
                @overload
                def get(k: int) -> int: ...
            """,
        },
    ),
    Case(
        "examples, benchmarks, scripts and conftest are no API",
        '"""pkgdoc."""\ndef f():\n    """fdoc."""\n',
        (),
        ("Badger", "badger"),
        files={
            "examples/demo.py": '"""Badger."""\n',
            "examples/__init__.py": "",
            "benchmarks/bench.py": '"""Badger."""\n',
            "scripts/build.py": '"""Badger."""\n',
            "conftest.py": '"""Badger."""\n',
            "noxfile.py": '"""Badger."""\n',
            "pkg/_vendor/__init__.py": '"""Badger."""\n',
            "pkg/_vendor/x.py": 'def badger():\n    """Badger."""\n',
        },
    ),
    Case(
        "a lazy module with __dir__ and a table of imports",
        '''
        """pkgdoc."""
        import importlib
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from ._run import Runner, walk
        _LAZY = {"Runner": "._run", "walk": "._run"}
        def __getattr__(name: str):
            if name in _LAZY:
                return getattr(importlib.import_module(_LAZY[name], __name__), name)
            raise AttributeError(name)
        def __dir__():
            return sorted(_LAZY)
        ''',
        ("Runner", "walk"),
        files={"pkg/_run.py": 'class Runner:\n    """runnerdoc."""\ndef walk():\n    """walkdoc."""\n'},
    ),
    Case(
        "a star import honours the other module's __all__",
        '''
        """pkgdoc."""
        from ._a import *
        from ._b import *
        ''',
        (),
        ("hidden", "_two"),
        files={
            "pkg/_a.py": '__all__ = ["one", "_two"]\ndef one():\n    """onedoc."""\n'
            'def _two():\n    """Two."""\ndef hidden():\n    """Hidden."""\n',
            "pkg/_b.py": 'def three():\n    """threedoc."""\ndef _hidden():\n    """Hidden."""\n',
        },
    ),
    Case(
        "names under TYPE_CHECKING and optional imports",
        '''
        """pkgdoc."""
        from __future__ import annotations
        from typing import TYPE_CHECKING
        try:
            import numpy as np
            HAS_NUMPY = True
        except ImportError:
            np = None
            HAS_NUMPY = False
        if TYPE_CHECKING:
            from collections.abc import Callable
            Hook = Callable[[int], str]
        def f(hook: Hook, x: np.ndarray) -> None:
            """fdoc."""
        ''',
        ("def f(hook: Hook, x: np.ndarray) -> None", "HAS_NUMPY"),
    ),
    Case(
        "the version is that of __about__",
        '''
        """pkgdoc."""
        from .__about__ import __version__
        def f():
            """fdoc."""
        ''',
        ("version `7.8.9`",),
        files={
            "pyproject.toml": '[project]\nname = "pkg"\ndynamic = ["version"]\n'
            '[tool.hatch.version]\npath = "pkg/__about__.py"\n',
            "pkg/__about__.py": '__version__ = "7.8.9"\n',
        },
    ),
    Case(
        "a version that only installed metadata know",
        '''
        """pkgdoc."""
        from importlib.metadata import version
        __version__ = version("pkg")
        ''',
        (),
        ("Version .", "version ``"),
        files={"pyproject.toml": '[project]\nname = "pkg"\ndynamic = ["version"]\n'},
    ),
    Case(
        "two modules with the same names inside",
        '"""pkgdoc."""\n',
        ("pkg.a.run", "pkg.b.run"),
        files={
            "pkg/a.py": 'def run():\n    """arundoc."""\nclass Run:\n    """aclassdoc."""\n',
            "pkg/b.py": 'def run():\n    """brundoc."""\n'
            'class run2:\n    """bclassdoc."""\nRUN = 1\n"""runconstdoc."""\n',
        },
    ),
    Case(
        "a class and a module of one name",
        '''
        """pkgdoc."""
        from .client import client
        from . import tool
        class Client:
            """classdoc."""
        ''',
        files={
            "pkg/client.py": 'def client():\n    """funcdoc."""\n',
            "pkg/tool.py": '"""tooldoc."""\ndef tool():\n    """innerdoc."""\n',
        },
    ),
    Case(
        "a computed __all__ that cannot be read keeps the names",
        '''
        """pkgdoc."""
        import os
        from ._x import foo
        __all__ = [n for n in os.environ]
        def bar():
            """bardoc."""
        ''',
        files={"pkg/_x.py": 'def foo():\n    """foodoc."""\n'},
    ),
    Case(
        "names bound in loops over literals",
        '''
        """pkgdoc."""
        def _make(n):
            def inner(x: int) -> int:
                """innerdoc."""
            return inner
        for _name in ("alpha", "beta"):
            globals()[_name] = _make(_name)
        for _name in ("gamma",):
            globals()[_name] = _name
        class A:
            """adoc."""
        for _n in ("p", "q"):
            setattr(A, _n, 1)
        __all__ = ["alpha", "beta", "gamma", "A"]
        ''',
        ("alpha", "beta", "`'gamma'`", "`p`", "`q`"),
    ),
    Case(
        "a main module and underscored modules",
        '"""pkgdoc."""\n',
        (),
        ("hiddenword",),
        files={
            "pkg/__main__.py": '"""Hiddenword hiddenword."""\n',
            "pkg/_private.py": '"""hiddenword."""\ndef f():\n    """hiddenword."""\n',
        },
    ),
    Case(
        "an object stands in the place of its module's function",
        '''
        """pkgdoc."""
        class _Session:
            """sessiondoc."""
            def get(self, url: str) -> bytes:
                """getdoc."""
        _session = _Session()
        get = _session.get
        session = _session
        """objectdoc."""
        ''',
        ("def get(url: str) -> bytes", "session"),
        ("sessiondoc",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_public_names_are_there(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public names are on the pages, and no others."""
    pages, output = pages_of(case, tmp_path, monkeypatch)
    assert not missing(case, pages), output + pages
