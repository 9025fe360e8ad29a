"""Evaluation is bounded: beyond the budget a value is unknown, and one finding names the place and the limit."""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass

import pytest

from docgen.runtime import values
from docgen.runtime.budget import Limits, deep_stack, most, size_of, written
from docgen.runtime.readers import Readers
from docgen.runtime.values import Class, Constant, Opaque
from docgen.runtime.world import World
from tests.docgen.runtime.conftest import WorldOf

SMALL = Limits(size=200, digits=4_000, nesting=40, steps=20_000, ancestors=20, wildcards=10)
DOUBLING = "{0}\n" + "{1}\n" * 40


@dataclass(frozen=True, kw_only=True)
class Bomb:
    """A module whose name `a` would be bound to something huge."""

    source: str
    limit: str = "characters"
    """What the finding names."""


BOMBS = {
    "a string that doubles": Bomb(source=DOUBLING.format("a = 'x'", "a = a + a")),
    "bytes that double": Bomb(source=DOUBLING.format("a = b'x'", "a = a + a")),
    "a tuple that doubles": Bomb(source=DOUBLING.format("a = (0,)", "a = a + a")),
    "a list that takes itself": Bomb(source=DOUBLING.format("a = [0]", "a += a")),
    "an f-string that doubles": Bomb(source=DOUBLING.format("a = 'x'", "a = f'{a}{a}'")),
    "a dict that doubles": Bomb(source=DOUBLING.format("a = {}", "a = {1: a, 2: a}")),
    "a display that doubles": Bomb(source=DOUBLING.format("a = [0]", "a = [a, a]")),
    "an alias that doubles": Bomb(source=DOUBLING.format("a = int", "a = dict[a, a]")),
    "a typing form that doubles": Bomb(
        source="from typing import Callable\n" + DOUBLING.format("a = int", "a = Callable[[a], a]")
    ),
    "a generic alias that doubles": Bomb(
        source="from typing import Dict, TypeVar\nT = TypeVar('T')\nD = Dict[T, T]\n"
        + DOUBLING.format("a = int", "a = D[a]")
    ),
    "a partial that doubles": Bomb(
        source="from functools import partial\n" + DOUBLING.format("a = 1", "a = partial(a, a, key=a)")
    ),
    "an instance that doubles": Bomb(source="class C: ...\n" + DOUBLING.format("a = C()", "a = C(a, a)")),
    "what a function gives back": Bomb(
        source="def same(x):\n    return x\n" + DOUBLING.format("a = [0]", "a = same([a, a])")
    ),
    "a sum of lists": Bomb(source=DOUBLING.format("a = [0]", "a = sum([a, a], [])")),
    "replacements": Bomb(source=DOUBLING.format("a = 'x'", "a = a.replace('x', 'xx')")),
    "joins": Bomb(source=DOUBLING.format("a = 'xy'", "a = a.join('abc')")),
    "formats": Bomb(source=DOUBLING.format("a = '{0}{0}'", "a = a.format(a)")),
    "percents": Bomb(source=DOUBLING.format("a = 'x'", "a = '%s%s' % (a, a)")),
    "a product of products": Bomb(source="a = [[0] * 10**5] * 10**5"),
    "a string of a billion": Bomb(source="a = 'x' * 10**9"),
    "a width": Bomb(source="a = '%1000000000d' % 1"),
    "a width as an argument": Bomb(source="a = '%*d' % (10**9, 1)"),
    "a width of bytes": Bomb(source="a = b'%1000000000d' % 1"),
    "a width as a field": Bomb(source="a = '{:{}}'.format(1, 10**9)"),
    "squares of squares": Bomb(source=DOUBLING.format("a = 7", "a = a * a")),
    "a power": Bomb(source="a = 10 ** 10 ** 10"),
    "a shift": Bomb(source="a = 1 << 10**9"),
    "hexadecimal digits": Bomb(source=f"a = 0x{'f' * 4_000}", limit="digits"),
    "an integer of a decimal": Bomb(
        source="from decimal import Decimal\na = int(Decimal('1e1000000000'))", limit="digits"
    ),
    "comprehensions in each other": Bomb(source="a = [[[k for k in range(99)] for j in range(99)] for i in range(99)]"),
    "a long range": Bomb(source="a = [k for k in range(10**9)]"),
    "levels of lists": Bomb(source="a = [0]\n" + "a = [a]\n" * 60, limit="levels"),
    "deep brackets": Bomb(source=f"a = {'[' * 60}{']' * 60}", limit="nested expressions"),
    "a chain of attributes": Bomb(source=f"import x\na = x{'.y' * 60}", limit="nested expressions"),
    "a chain of calls": Bomb(source=f"class C: ...\na = {'C(' * 60}0{')' * 60}", limit="nested expressions"),
}


def world_with(world_of: WorldOf, source: str) -> World:
    """Return a world of small limits that reads a module `p.m`."""
    return world_of({"m.py": source}, SMALL)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_past_the_budget_a_value_is_unknown(bomb: Bomb, world_of: WorldOf) -> None:
    """Nothing huge is created; the finding has file, line and limit; the value is unknown or has an unknown part."""
    world = world_with(world_of, bomb.source)

    value = world.member("p.m", "a")

    found = [each for each in world.findings if each.code == "DG205"]
    assert isinstance(value, Opaque) or (value is not None and value.size <= max(SMALL.size, len(bomb.source)))
    assert found, f"{value}"
    assert found[0].path == "p/m.py"
    assert 1 <= found[0].line <= len(bomb.source.splitlines())
    assert bomb.limit in found[0].text


ELIFS = "".join(f"elif x == {n}:\n    a = {n}\n" for n in range(1, 900))
WITHIN = {
    "a long chain of names": ("x0 = 7\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(500)) + "a = x500", 7),
    "a name bound a thousand times": ("a = 0\n" + "a = a + 1\n" * 1_000, 1_000),
    "a long sum": (f"a = {' + '.join(['1'] * 600)}", 600),
    "a sum of lists": ("a = len(sum([[1], [2, 3]], []))", 3),
    "a chain of conditions": (f"x = 0\nif x:\n    a = 1\n{ELIFS}else:\n    a = 5", 5),
}


@pytest.mark.parametrize(("source", "expected"), WITHIN.values(), ids=WITHIN.keys())
def test_length_alone_is_no_reason_to_give_up(source: str, expected: int, world_of: WorldOf) -> None:
    """Long but simple code is evaluated: names and operators are followed in loops."""
    world = world_of({"m.py": source}, Limits(nesting=40))

    with deep_stack():
        value = world.member("p.m", "a")

    assert value == Constant(value=expected)
    assert not world.findings


@pytest.mark.parametrize(
    "link", ["f({})", "list({})", "property({})", "{}.g()", "{}.replace('a', 'b')", "f(x={})", "partial({})"]
)
def test_a_chain_of_calls_takes_steps_in_proportion(link: str, world_of: WorldOf) -> None:
    """Each argument is evaluated once: a chain of twice as many calls takes about twice as many steps."""
    steps = []
    for length in (10, 20):
        text = "unknown.x"
        for _ in range(length):
            text = link.format(text)
        source = f"import unknown\nfrom functools import partial\ndef f(x): ...\na = {text}\n"
        world = world_of({f"m{length}.py": source})
        world.member(f"p.m{length}", "a")
        scope = world.scope(f"p.m{length}")
        assert scope is not None
        steps.append(world.budget.meter(scope.source.length).steps - scope.meter.steps)

    assert steps[1] <= 3 * steps[0]


def test_steps_of_a_module_run_out_once(world_of: WorldOf) -> None:
    """The rest of the module is unknown for the same reason, and one finding states it."""
    rows = "".join(f"a{n} = [j for j in range(40)]\n" for n in range(200))
    world = world_of({"m.py": rows}, Limits(steps=1_000, steps_per_character=0))

    values = [world.member("p.m", f"a{n}") for n in range(200)]

    assert not isinstance(values[0], Opaque)
    assert isinstance(values[-1], Opaque)
    assert values[-1].text == "[j for j in range(40)]"
    assert [each.code for each in world.findings] == ["DG205"]


def test_ancestors_beyond_the_limit_are_left_out(world_of: WorldOf) -> None:
    """The nearest of a long line of classes count, and one finding names the first class that has more."""
    line = "class C0: ...\n" + "".join(f"class C{n + 1}(C{n}): ...\n" for n in range(100))
    world = world_with(world_of, line)
    last = world.member("p.m", "C100")
    assert isinstance(last, Class)

    order = world.classes.mro(last)

    assert [each.name for each in order[:3] if isinstance(each, Class)] == ["C100", "C99", "C98"]
    assert len(order) == SMALL.nearest + 2
    assert [each.line for each in world.findings if each.code == "DG205"] == [SMALL.ancestors + 2]


def test_many_bases_merge_in_linear_time(world_of: WorldOf) -> None:
    """A class of thousands of bases has an order, cut at the limit."""
    count = 3_000
    names = [f"B{n}" for n in range(count)]
    source = "".join(f"class {name}: ...\n" for name in names) + f"class C({', '.join(names)}): ...\n"
    world = world_of({"m.py": source})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    started = time.process_time()
    order = world.classes.mro(owner)

    assert len(order) == Limits().nearest + 2
    assert time.process_time() - started < 5


def test_modules_that_take_all_names_of_the_next(world_of: WorldOf) -> None:
    """A chain of a thousand wildcard imports ends with names or a finding, never with a traceback."""
    files = {f"m{n}.py": f"from .m{n + 1} import *\n" for n in range(1_000)}
    world = world_of(files | {"m1000.py": "x = 1\n"})

    names = world.star_names("p.m0")

    assert not names
    assert [each.code for each in world.findings] == ["DG205"]


def test_wildcard_imports_in_a_row_are_limited(world_of: WorldOf) -> None:
    """A name is followed through a limited number; one finding names the first module with names beyond that."""
    files = {f"m{n}.py": f"from .m{n + 1} import *\nx{n} = 1\n" for n in range(100)}
    world = world_of(files | {"m100.py": "x100 = 1\n"}, SMALL)

    with deep_stack():  # as a build does
        names = world.star_names("p.m0")

    assert [star.row for star in names.values()] == list(range(SMALL.wildcards, 0, -1))
    assert [(each.code, each.path) for each in world.findings] == [("DG205", f"p/m{100 - SMALL.wildcards}.py")]


@pytest.mark.parametrize("source", ["a" + ".b" * 90, "a" + "()" * 90, "a + " * 90 + "1"])
def test_of_an_unknown_expression_only_the_whole_is_written(
    source: str, world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part of it is unknown too, and storing all their texts would take the square of its length."""
    written_out: list[ast.AST] = []

    def write(node: ast.AST) -> str:
        written_out.append(node)
        return "a"

    monkeypatch.setattr(values, "written", write)
    world = world_of({"m.py": f"x = {source}\n"})

    value = world.member("p.m", "x")

    assert isinstance(value, Opaque)
    assert value.text == "a"
    assert len(written_out) == 1


def test_a_name_that_several_wildcard_imports_take_is_bound_once(world_of: WorldOf) -> None:
    """Modules that import all names of each other bind each name once, by the shortest way to its definition."""
    others = {n: "".join(f"from .m{other} import *\n" for other in range(12) if other != n) for n in range(12)}
    world = world_of({f"m{n}.py": f"{others[n]}x{n} = 1\n" for n in range(12)})
    scope = world.scope("p.m0")
    assert scope is not None

    rows = {name: (binding.wildcards, binding.count) for name, binding in scope.names.items()}

    assert rows.pop("x0") == (0, 0)
    assert rows.pop("x1") == (1, 0)
    # The first module that is asked has it from the one where it is made; only the latter is nearer.
    assert set(rows.values()) == {(1, 1)}


def test_what_a_module_lists_is_read_once(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each name that it lists and does not bind."""
    names = [f"X{n}" for n in range(30)]
    hints = "".join(f"    from .u import {name}\n" for name in names)
    world = world_of({"m.py": f"from typing import TYPE_CHECKING\n__all__ = {names}\nif TYPE_CHECKING:\n{hints}"})
    asked = []
    listed = World.listed
    monkeypatch.setattr(World, "listed", lambda self, scope: asked.append(scope) or listed(self, scope))  # type: ignore[func-returns-value] # it notes the call
    world.scope("p.m")

    found = [world.member("p.m", name) for name in names]

    assert all(found)
    assert len(asked) == 1


@pytest.mark.parametrize("count", [20, 40])
def test_defaults_that_are_instances_do_not_double(count: int, world_of: WorldOf) -> None:
    """Each class has two fields whose defaults are instances of the one before; what a repr would show is charged."""
    links = "".join(
        f"@dataclass\nclass D{n}:\n    x: object = D{n - 1}()\n    y: object = D{n - 1}()\n"
        for n in range(1, count + 1)
    )
    world = world_of({"m.py": f"from dataclasses import dataclass\nclass D0: ...\n{links}a = D{count}()\n"})
    scope, value = world.scope("p.m"), world.member("p.m", "a")
    assert scope is not None
    assert value is not None

    shown = Readers(world, evaluates=True).shown(value, None, scope)

    assert isinstance(shown, Opaque)
    assert "DG205" in {each.code for each in world.findings}


def test_names_by_wildcard_imports_are_limited(world_of: WorldOf) -> None:
    """Such names count as often as they are offered; an import that exceeds the limit adds none."""
    files = {"all.py": "from .a import *\nfrom .b import *\n", "a.py": "x = 1\ny = 1\n", "b.py": "z = 1\nv = 1\n"}
    world = world_of(files, Limits(starred=3))

    names = world.bound_names("p.all")

    assert set(names) == {"x", "y"}
    assert [(each.code, each.path, each.line) for each in world.findings] == [("DG205", "p/all.py", 2)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("abc", 3), (10**9, 9), ((1, "ab"), 4), ({"a": "bc"}, 4), (b"ab", 2), (None, 1)],
)
def test_size_is_about_the_length_of_the_repr(value: object, expected: int) -> None:
    """The measure of a constant grows with the length of its repr."""
    assert expected - 1 <= size_of(value) <= expected + 1


@pytest.mark.parametrize(
    ("operation", "operands", "world"),
    [
        ("mul", ("ab", 5), "ab" * 5),
        ("add", ("ab", "cd"), "abcd"),
        ("mod", ("%5d|%s", (1, "abc")), "    1|abc"),
        ("format", ("{0}{0}{:>9}", "ab"), "ab" * 2 + " " * 9),
        ("replace", ("aaa", "a", "bcd"), "bcd" * 3),
        ("join", (", ", ["a", "b", "c"]), "a, b, c"),
    ],
)
def test_bounds_are_never_too_low(operation: str, operands: tuple[object, ...], world: str) -> None:
    """The result of an operation is at most as long as its bound."""
    assert most(operation, operands) >= len(world)


def test_integers_too_long_to_print_are_written_in_hexadecimal() -> None:
    """Python refuses to print them in decimal, and the source has hexadecimal digits."""
    source = f"f(0x{'f' * 4_000}, 'x')"

    assert written(ast.parse(source, mode="eval").body) == source
