"""Findings of `docgen lint` in docstrings, and docstrings without findings."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.docgen.cases.running import PROJECT, run, written

CASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Google: a wrong name and a missing one",
        '''
        def f(a, b):
            """F.

            Args:
                a: A.
                c: C.
            """
        ''',
        ("pkg/__init__.py:6:1: DG701", "pkg/__init__.py:2:1: DG702"),
    ),
    (
        "Google: a name described twice",
        '''
        def f(a):
            """F.

            Args:
                a: A.
                a: Again.
            """
        ''',
        ("pkg/__init__.py:6:",),
    ),
    (
        "NumPy: a name described twice, another that is not there",
        '''
        def f(a, b):
            """F.

            Parameters
            ----------
            a, b : int
                Both.
            b : int
                Again.
            z : int
                No.
            """
        ''',
        ("pkg/__init__.py:8:", "pkg/__init__.py:10:1: DG701"),
    ),
    (
        "Sphinx: a type of a name that is not there",
        '''
        def f(a):
            """F.

            :param a: A.
            :type b: int
            """
        ''',
        ("pkg/__init__.py:5:",),
    ),
    (
        "a class docstring describes what the constructor does not take",
        '''
        class A:
            """A.

            Args:
                x: X.
                q: No.
            """
            def __init__(self, x): ...
        ''',
        ("pkg/__init__.py:6:1: DG701",),
    ),
    (
        "a dataclass describes a field that it does not have",
        '''
        from dataclasses import dataclass
        @dataclass
        class A:
            """A.

            Args:
                x: X.
                q: No.
            """
            x: int
        ''',
        ("pkg/__init__.py:8:1: DG701",),
    ),
    (
        "keywords beside **kwargs are taken",
        '''
        def f(a, **kwargs):
            """F.

            Args:
                a: A.
                depth: Taken by kwargs.
                **kwargs: Rest.
            """
        def g(a, *args, **kwargs):
            """G.

            Parameters
            ----------
            a : int
                A.
            *args, **kwargs
                Rest.
            """
        def h(a, *args, **kwargs):
            """H.

            :param a: A.
            :param args: Rest.
            :param \\\\**kwargs: Rest.
            :keyword depth: D.
            """
        ''',
        (),
    ),
    (
        "an inherited docstring is judged where it is written",
        '''
        class A:
            """A."""
            def m(self, x):
                """M.

                Args:
                    x: X.
                """
        class B(A):
            """B."""
            def m(self, y): ...
        ''',
        (),
    ),
    (
        "overloads and their implementation share a docstring",
        '''
        from typing import overload
        @overload
        def f(a: int) -> int: ...
        @overload
        def f(a: str, b: int) -> str: ...
        def f(a, b=None):
            """F.

            Args:
                a: A.
                b: B.
            """
        ''',
        (),
    ),
    (
        "attributes, sections of notes and examples are no parameters",
        '''
        class A:
            """A.

            Attributes:
                made: Assigned elsewhere.

            Note:
                x: not a parameter.

            Example:
                >>> A(1)
                Args:
                    zz: no.
            """
            def __init__(self, x): ...
        ''',
        (),
    ),
    (
        "a decorator and a partial keep the names",
        '''
        import functools
        def deco(f):
            """D."""
            @functools.wraps(f)
            def inner(*args, **kwargs):
                return f(*args, **kwargs)
            return inner
        @deco
        def f(a, b):
            """F.

            Args:
                a: A.
                b: B.
            """
        ''',
        (),
    ),
    (
        "a static method and a class method",
        '''
        class A:
            """A."""
            @staticmethod
            def s(a):
                """S.

                Args:
                    a: A.
                """
            @classmethod
            def c(cls, a):
                """C.

                Args:
                    b: No.
                """
        ''',
        ("pkg/__init__.py:15:1: DG701", "DG702"),
    ),
    (
        "types of a docstring that differ from the annotation",
        '''
        def f(a: int, b: str) -> int:
            """F.

            Args:
                a (int): A.
                b (str, optional): B.

            Returns:
                int: R.
            """
        ''',
        (),
    ),
)


@pytest.mark.parametrize(("name", "source", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_expected_is_found_and_nothing_else(
    name: str, source: str, expected: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finding has a file and a line; correct docstrings have none."""
    text = dedent(source).lstrip("\n")
    written(tmp_path, {"pyproject.toml": PROJECT, "pkg/__init__.py": text})
    code, output = run(monkeypatch, tmp_path, "lint", ".")
    lines = [line for line in output.splitlines() if ": DG7" in line]
    assert code == int(bool(expected)), f"{name}: {output}"
    assert len(lines) == len(expected), output
    assert all(any(each in line for line in lines) for each in expected), output
