"""How to call the contents of a package: signatures, overloads, decorators, defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docgen.cases.running import Case, missing, pages_of

CASES = (
    Case(
        "overloads without implementation, as stubs have them",
        "",
        (
            "def read(path: str) -> str",
            "def read(path: bytes) -> bytes",
            "def __init__" and "Box(a: int)",
            "Box(a: str, b: int)",
        ),
        files={
            "pkg/__init__.pyi": '''
            from typing import overload
            @overload
            def read(path: str) -> str:
                """Text readdoc."""
            @overload
            def read(path: bytes) -> bytes:
                """Bytes bytesdoc."""
            class Box:
                """Boxdoc boxdoc."""
                @overload
                def __init__(self, a: int) -> None: ...
                @overload
                def __init__(self, a: str, b: int) -> None: ...
            '''
        },
    ),
    Case(
        "overloads of methods and class methods",
        '''
        """P."""
        from typing import overload
        class A:
            """adoc."""
            @overload
            def get(self, key: str) -> int: ...
            @overload
            def get(self, key: str, default: int) -> int: ...
            def get(self, key, default=None):
                """getdoc."""
            @overload
            @classmethod
            def make(cls, a: int) -> "A": ...
            @overload
            @classmethod
            def make(cls, a: str) -> "A": ...
            @classmethod
            def make(cls, a):
                """makedoc."""
        ''',
        (
            "def get(key: str) -> int",
            "def get(key: str, default: int) -> int",
            "def make(a: int) -> A",
            "def make(a: str) -> A",
        ),
    ),
    Case(
        "partial and partialmethod",
        '''
        """P."""
        from functools import partial, partialmethod
        def power(base: float, exponent: float = 2.0) -> float:
            """powerdoc."""
        square = partial(power, exponent=2.0)
        """squaredoc."""
        class Cell:
            """celldoc."""
            def set_state(self, state: bool) -> None:
                """statedoc."""
            set_alive = partialmethod(set_state, True)
            """alivedoc."""
        ''',
        ("square", "set_alive"),
    ),
    Case(
        "defaults of type parameters",
        '''
        """P."""
        from typing import Generic
        from typing_extensions import TypeVar
        T = TypeVar("T", default=int)
        class Box(Generic[T]):
            """boxdoc."""
            def get(self) -> T:
                """getdoc."""
        ''',
        ("default=int", "T = int"),
    ),
    Case(
        "sentinels and objects as defaults",
        '''
        """P."""
        from enum import Enum
        class _Unset(Enum):
            UNSET = 0
        UNSET = _Unset.UNSET
        MISSING = object()
        def f(a=UNSET, b=MISSING, c=..., d=None, e=float("inf"), g=(), h=print, i=dict, j=-0.5, k=b"x", l=1_000_000):
            """fdoc."""
        ''',
        (
            "a=UNSET",
            "b=MISSING",
            "c=...",
            "d=None",
            "e=float('inf')",
            "g=()",
            "h=print",
            "i=dict",
            "j=-0.5",
            "k=b'x'",
            "l=1000000",
        ),
    ),
    Case(
        "a long signature is broken, one parameter to a line",
        '''
        """P."""
        def configure(host: str, port: int = 8080, *, timeout: float = 30.0, retries: int = 3,
                      verify: bool = True, headers: dict[str, str] | None = None) -> None:
            """configdoc."""
        ''',
        ("def configure(\n    host: str,\n    port: int = 8080,\n    *,\n    timeout: float = 30.0,",),
    ),
    Case(
        "generators, coroutines and their managers as methods",
        '''
        """P."""
        from contextlib import contextmanager, asynccontextmanager
        from collections.abc import AsyncIterator, Generator, Iterator
        class Db:
            """dbdoc."""
            @contextmanager
            def begin(self) -> Iterator[int]:
                """begindoc."""
                yield 1
            @asynccontextmanager
            async def abegin(self) -> AsyncIterator[int]:
                """abegindoc."""
                yield 1
            async def fetch(self, n: int = 1) -> bytes:
                """fetchdoc."""
            def rows(self) -> Generator[int, str, bool]:
                """Rows.

                Yields:
                    int: rowdoc.

                Returns:
                    bool: donedoc.
                """
                yield 1
        ''',
        ("async def fetch(n: int = 1) -> bytes", "Generator[int, str, bool]", "*context manager*"),
    ),
    Case(
        "single dispatch with types",
        '''
        """P."""
        from functools import singledispatch
        @singledispatch
        def show(x) -> str:
            """showdoc."""
        @show.register(int)
        @show.register(float)
        def show_number(x, digits=2) -> str:
            """numberdoc."""
        ''',
        ("def show(x) -> str", "def show_number(x, digits=2) -> str"),
    ),
    Case(
        "keywords declared by a typed dictionary and taken from kwargs",
        '''
        """P."""
        from typing import Any
        def plot(x: list[float], **kwargs: Any) -> None:
            """plotdoc.

            Args:
                x: xdoc.
                **kwargs: restdoc.

            Keyword Args:
                color (str): colordoc.
                width: widthdoc.
            """
            color = kwargs.pop("color", "red")
            width = kwargs.get("width", 1)
        ''',
        ("`color`", "`width`", "`**kwargs`"),
    ),
    Case(
        "decorator with arguments and a class as decorator",
        '''
        """P."""
        import functools
        def retry(times: int = 3):
            """retrydoc."""
            def outer(f):
                @functools.wraps(f)
                def inner(*args, **kwargs):
                    return f(*args, **kwargs)
                return inner
            return outer
        class memo:
            """memodoc."""
            def __init__(self, f):
                self.f = f
                functools.update_wrapper(self, f)
            def __call__(self, *args):
                return self.f(*args)
        @retry(times=5)
        def fetch(url: str, *, timeout: float = 1.0) -> bytes:
            """fetchdoc."""
        @memo
        def fib(n: int) -> int:
            """fibdoc."""
        @functools.lru_cache(maxsize=None)
        def cached(n: int) -> int:
            """cacheddoc."""
        @functools.cache
        def cached2(n: int) -> int:
            """cachedtwodoc."""
        ''',
        (
            "def fetch(url: str, *, timeout: float = 1.0) -> bytes",
            "fib",
            "def cached(n: int) -> int",
            "def cached2(n: int) -> int",
        ),
    ),
    Case(
        "a wrapper that supplies a parameter says so",
        '''
        """P."""
        import functools
        from collections.abc import Callable
        from typing import Concatenate, ParamSpec, TypeVar
        P = ParamSpec("P")
        R = TypeVar("R")
        def with_session(f: Callable[Concatenate[object, P], R]) -> Callable[P, R]:
            """withdoc."""
            @functools.wraps(f)
            def inner(*args: P.args, **kwargs: P.kwargs) -> R:
                return f(object(), *args, **kwargs)
            return inner
        @with_session
        def query(session: object, sql: str) -> list:
            """querydoc."""
        ''',
        ("called without session",),
    ),
    Case(
        "positional-only by the older naming, and star arguments",
        '''
        """P."""
        def f(a, b=1, /, c=2, *args: int, d, e=3, **kwargs: str) -> "None":
            """fdoc."""
        def g(*, only: int) -> None:
            """gdoc."""
        def h(a, /) -> None:
            """hdoc."""
        ''',
        (
            "def f(a, b=1, /, c=2, *args: int, d, e=3, **kwargs: str) -> None",
            "def g(*, only: int) -> None",
            "def h(a, /) -> None",
        ),
    ),
    Case(
        "several metadata in Annotated",
        '''
        """P."""
        from typing import Annotated
        from annotated_types import Gt, Len
        from typing_extensions import Doc
        Positive = Annotated[int, Gt(0)]
        """positivedoc."""
        def f(a: Annotated[int, Gt(0), Doc("adoc text.")],
              b: Annotated[list[str], Len(1, 3)] = ["x"], *, c: Positive = 1) -> None:
            """fdoc."""
        ''',
        ("Positive",),
    ),
    Case(
        "ParamSpec and Concatenate in a method, Self and LiteralString",
        '''
        """P."""
        from __future__ import annotations
        from collections.abc import Callable, Awaitable
        from typing import Concatenate, Literal, ParamSpec, Self
        P = ParamSpec("P")
        class App:
            """appdoc."""
            def on(self, event: Literal["start", "stop"], fn: Callable[Concatenate[App, P], Awaitable[None]],
                   *args: P.args, **kwargs: P.kwargs) -> Self:
                """ondoc."""
        ''',
        ("event: Literal['start', 'stop']", "*args: P.args", "**kwargs: P.kwargs", "-> Self"),
    ),
    Case(
        "variadic generics keep their spelling",
        '''
        """P."""
        def apply[*Ts, R](f: object, *args: *Ts) -> tuple[R, *Ts]:
            """applydoc."""
        def only[*Ts](x: tuple[*Ts]) -> tuple[*Ts]:
            """onlydoc."""
        ''',
        ("*args: *Ts", "def only[*Ts](x: tuple[*Ts]) -> tuple[*Ts]"),
    ),
    Case(
        "a deprecated function by decorators of several packages and by its docstring",
        '''
        """P."""
        from typing_extensions import deprecated
        @deprecated("Use newfn usedoc.")
        def one() -> None:
            """onedoc."""
        def two() -> None:
            """twodoc.

            .. deprecated:: 1.2
               Use three sincedoc.
            """
        def three() -> None:
            """threedoc.

            Deprecated:
                Use four fourdoc.
            """
        class K:
            """kdoc."""
            @property
            @deprecated("Use size sizedoc.")
            def length(self) -> int:
                """lengthdoc."""
        ''',
        ("Deprecated",),
    ),
    Case(
        "a parameters table lists every parameter",
        '''
        """P."""
        class Mode:
            """modedoc."""
        def f(key=None, mode: Mode = None, pat="x") -> None:
            """fdoc."""
        def g(key=None, sep: str = ",", pat="x") -> None:
            """Do it gdoc.

            Args:
                sep: sepdoc.
            """
        ''',
        ("| `sep` | `str` | `','` | sepdoc. |", "| `key` | | `None` | |"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_learns_how_to_call_it(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are on the pages, and every marked word of the docstrings."""
    pages, _ = pages_of(case, tmp_path, monkeypatch)
    assert not missing(case, pages), pages
