"""The names that a module `__getattr__` provides, and those for which it certainly raises an error."""

from __future__ import annotations

import ast

import pytest

from docgen.sources.askers import Asker, asker_of


def asker(*lines: str) -> Asker:
    """Return the behaviour of a `__getattr__` with these lines."""
    text = "\n    ".join(("def __getattr__(name):", *lines))
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    return asker_of(function)


REFUSING = "raise AttributeError(name)"


@pytest.mark.parametrize(
    ("lines", "asked", "refused"),
    [
        (["if name == 'a': return 1", REFUSING], {"a"}, set()),
        (["if name in ('a', 'b'): return 1", "elif name == 'c': raise ImportError", REFUSING], {"a", "b", "c"}, {"c"}),
        (["if name not in {'a'}: " + REFUSING, "return 1"], {"a"}, set()),
        (["old = {'a': 'b'}", "if name in old: return old[name]", REFUSING], {"a"}, set()),
        (["if not name == 'a': " + REFUSING, "return 1"], {"a"}, set()),
        (["if name == 'a' and DEBUG: return 1", REFUSING], {"a"}, set()),
        (["match name:", "    case 'a' | 'b': return 1", "    case _: " + REFUSING], {"a", "b"}, set()),
        (["try: return globals()[name]", "except KeyError: " + REFUSING], set(), set()),
        (["if name == 'a':", "    with warnings(): pass", "    return 1", REFUSING], {"a"}, set()),
        (["if name in TABLE: return load(TABLE[name])", REFUSING], set(), set()),
    ],
)
def test_other_names_are_refused(lines: list[str], asked: set[str], refused: set[str]) -> None:
    """Every path for a name that it does not compare ends with an error."""
    found = asker(*lines)

    assert found.refuses_others
    assert (set(found.asked), set(found.refused)) == (asked, refused)


@pytest.mark.parametrize(
    "lines",
    [
        ["return getattr(other, name)"],
        ["if name == 'a': return 1"],
        ["if name.startswith('b'): return 1", REFUSING],
        ["for each in MODULES:", "    if hasattr(each, name): return getattr(each, name)", REFUSING],
        ["try: return load(name)", "except ImportError: " + REFUSING],
        ["try: " + REFUSING, "except AttributeError: return 1"],
        ["match name:", "    case 'a': return 1"],
        ["return globals()[ALIASES[name]]"],
    ],
)
def test_any_name_may_be_answered(lines: list[str]) -> None:
    """A result that depends on more than the strings in the function is unknown."""
    assert not asker(*lines).refuses_others


def test_a_table_of_the_module_is_named() -> None:
    """The module determines the names in it."""
    assert asker("if name not in _moved: " + REFUSING, "return load(_moved[name])").tables == {"_moved"}
