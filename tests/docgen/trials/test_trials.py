"""Trials follow code as Python runs it, give up on what they do not know, and stay within their limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docgen.trials import natives
from docgen.trials.arguments import Call, Sample, calls_of
from docgen.trials.machine import Machine
from docgen.trials.outcomes import Target, ending, node_of
from docgen.trials.program import Program
from docgen.trials.things import BeyondError, Frame, RaisedError

FOLLOWED = {
    "loops": """
def f(n=5):
    found = []
    for each in range(n):
        if each == 3:
            continue
        found.append(each * 2)
    else:
        found.append("end")
    while n:
        n -= 1
        if n == 2:
            break
    return found, n
""",
    "comprehensions": """
def f(text="abca"):
    return [c for c in text if c != "b"], {c: text.count(c) for c in text}, sorted({*text}), sum(i for i in (1, 2))
""",
    "errors": """
class Lost(KeyError): ...
def f():
    found = []
    try:
        {}["a"]
    except (ValueError, KeyError) as error:
        found.append(error.args)
    finally:
        found.append("always")
    try:
        raise Lost("b")
    except KeyError as error:
        found.append(error.args)
    return found
""",
    "unpacking": """
def f():
    first, *rest = [1, 2, 3]
    (a, b), c = (1, 2), 3
    d = {**{"x": 1}, "y": 2}
    return first, rest, a, b, c, d, [*rest, *"ab"]
""",
    "closures": """
def outer(n):
    def inner(m=2, *more, k=1, **words):
        return n + m + k + len(more) + len(words)
    return inner
def f():
    return outer(1)(), outer(2)(3, 4, 5, k=6, z=7), (lambda a, b=2: a * b)(4)
""",
    "classes": """
class Base:
    kind = "base"
    def __init__(self, n=1):
        self._n = n
    @property
    def n(self):
        return self._n
    @n.setter
    def n(self, value):
        self._n = value * 2
    @staticmethod
    def plain(a):
        return a
    @classmethod
    def make(cls):
        return cls(7)
    def __len__(self):
        return 3
    def __eq__(self, other):
        return isinstance(other, Base) and self._n == other._n
    def __iter__(self):
        yield from (1, 2)
class Derived(Base):
    def __init__(self):
        super(Derived, self).__init__(5)
    def __getattr__(self, name):
        return name.upper()
def f():
    one, other = Derived(), Base(5)
    other.n = 4
    return one.n, one.missing, other.n, len(one), list(one), one == other, Base.make().n, Base.plain(3), one.kind
""",
    "dataclasses": """
from dataclasses import dataclass
@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2
def f():
    return Point(1).y, Point(1) == Point(1, 2), len({Point(1), Point(1)})
""",
    "matching": """
def f():
    found = []
    for value in (1, "a", None, 2.5, [1]):
        match value:
            case 1 | 2:
                found.append("number")
            case str():
                found.append("text")
            case None:
                found.append("none")
            case other:
                found.append(other)
    return found
""",
    "texts": """
def f():
    return f"{1:03d} {'a'!r:>5}", "%s-%d" % ("a", 2), "{}".format(3), " A b ".strip().lower().split(), "-".join("ab")
""",
    "decorators": """
import functools
def twice(func):
    @functools.wraps(func)
    def wrapper(*args, **words):
        return func(*args, **words), func(*args, **words)
    return wrapper
@twice
def g(a, b=1):
    return a + b
def f():
    return g(1), g(1, b=2)
""",
    "coroutines": """
async def g(a):
    return a + 1
async def h():
    return await g(1) + await g(2)
class Pool:
    def __enter__(self):
        return 5
    def __exit__(self, *error):
        return True
def f():
    with Pool() as n:
        n += 1
        raise ValueError
    return n
""",
}


def program(folder: Path, text: str) -> Program:
    """Return a program of one module `pkg`."""
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text(text, encoding="utf-8")
    return Program(folder, ("pkg",))


def called(folder: Path, text: str, *args: object) -> Any:  # noqa: ANN401 - any result
    """Return the result of the function `f` of a module in a trial."""
    machine = Machine(program(folder, text))
    return machine.call(machine.global_("pkg", "f"), args, {}, Frame("pkg"))


@pytest.mark.parametrize("text", FOLLOWED.values(), ids=FOLLOWED)
def test_a_trial_gives_what_python_gives(text: str, tmp_path: Path) -> None:
    """The result is that of the same code in Python."""
    names: dict[str, Any] = {}
    exec(compile(text, "pkg", "exec"), names)  # noqa: S102 - code of this module

    assert called(tmp_path, text) == names["f"]()


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return 2 ** 10 ** 9",
        "return 'a' * 10 ** 9",
        "return f'{1:1000000000}'",
        "return '%1000000000d' % 1",
        "return list(range(10 ** 9))",
        "return 'a'.ljust(10 ** 9)",
        "return bytes(10 ** 9)",
        "return f()",
        "return sum(1 for _ in iter(int, 1))",
        "import os; return os.getcwd()",
        "return open('a')",
        "return ().__class__.__base__.__subclasses__()",
        "return '{0.__class__}'.format(1)",
        "return eval('1')",
        "global x; x = 1",
        "import re; return re.match('(a*)*b', 'a' * 30)",
        "import re; return re.sub('a', 'b', 'a' * 30)",
        "import itertools; return sum(itertools.accumulate(itertools.repeat(1)))",
        "return list(iter(int, 1))",
        "t = ()\n    for _ in range(60):\n        t = (t, t)\n    return hash(t)",
        "t = ()\n    for _ in range(60):\n        t = (t, t)\n    return str(t)",
        "t = ()\n    for _ in range(60):\n        t = (t, t)\n    return t == (t, 1)",
        "t = ()\n    for _ in range(60):\n        t = (t, t)\n    return {t}",
    ],
)
def test_a_trial_gives_up(body: str, tmp_path: Path) -> None:
    """What takes long, or is not plain computing, ends the trial."""
    with pytest.raises(BeyondError):
        called(tmp_path, f"def f():\n    {body}\n")


def test_an_error_is_the_one_that_python_raises(tmp_path: Path) -> None:
    """The error of an operation is told from that of a statement."""
    with pytest.raises(RaisedError) as raised:
        called(tmp_path, "def f(a):\n    return a + 'b'\n", 1)

    assert isinstance(raised.value.error, TypeError)
    assert not raised.value.is_stated


def test_arguments_follow_annotations_defaults_and_constants(tmp_path: Path) -> None:
    """The samples for a parameter are of its type, and the texts of the code are among them."""
    text = "def f(kind: str, n=1):\n    return kind == 'round' and n\n"
    made = program(tmp_path, text)
    node = node_of(made, Target("pkg", ("f",)))
    assert node is not None

    calls = [each.shown() for each in calls_of(node.args, [node], {}, skips=0)]

    assert calls[0] == "'round'"
    assert "'round', n=7" in calls or "'round', 7" in calls
    assert not any("[" in each for each in calls)


def test_a_name_that_other_code_fills_is_not_judged(tmp_path: Path) -> None:
    """An empty table of a module is filled somewhere, so that looking into it says nothing."""
    made = program(tmp_path, "TABLE = {}\ndef f(key):\n    return 1 if key in TABLE else 2\n")
    node = node_of(made, Target("pkg", ("f",)))
    assert node is not None

    assert ending(made, Target("pkg", ("f",)), Call(((node.args.args[0], False, Sample("a")),))) is None


def test_plain_data_has_no_private_attributes() -> None:
    """Every type that a trial uses as it is belongs to the language, or to a module that only computes."""
    assert {each.__module__ for each in natives.PLAIN} <= {"builtins", "collections", "itertools", "re"}
