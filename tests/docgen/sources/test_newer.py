"""Type parameters and `type` statements, read by Pythons whose grammar lacks them."""

from __future__ import annotations

import ast

import pytest

from docgen.sources.newer import parse_newer

CASES = (
    "def f[T](x: T) -> T: ...\n",
    "async def f[T: int, *Ts, **P](x: T): ...\n",
    "class C[K, V: (int, str)](Base[K]):\n    def m[T](self, x: dict[K, list[T]]) -> V: ...\n",
    "@d(1)\ndef f[\n    T: int,  # a comment\n    U: dict[str, tuple[int, ...]],\n](x: T): ...\n",
    "type X = int | str\n",
    "type Pair[A, B] = tuple[A, B]\ntype = 3\ntype[0] = 4\nprint(type(X))\n",
    "if True:\n    type Inner[T] = list[T]; y = 1\n",
    "class Outer:\n    class In[T]: ...\n    type Local = Outer\n",
    "def plain(x): return x[0]\nclass G[T]: ...\n",
)


def spelled(node: object) -> object:
    """Return a tree as plain values: the name of each node and its fields; a missing field is an empty one."""
    if isinstance(node, ast.AST):
        fields = {name: spelled(getattr(node, name, None)) for name in (*node._fields, "type_params")}
        return type(node).__name__, {name: value for name, value in fields.items() if value not in (None, [])}
    return [spelled(each) for each in node] if isinstance(node, list) else node


@pytest.mark.skipif(not hasattr(ast, "TypeAlias"), reason="this interpreter cannot parse PEP 695")
@pytest.mark.parametrize("text", CASES)
def test_the_tree_is_that_of_a_newer_python(text: str) -> None:
    """The tree is the same as that of Python 3.12."""
    assert spelled(parse_newer(text, ast.parse)) == spelled(ast.parse(text))


@pytest.mark.parametrize("text", CASES)
def test_every_definition_keeps_its_place(text: str) -> None:
    """Names are on the lines on which they are written, and the brackets are in the tree."""
    tree = parse_newer(text, ast.parse)

    assert tree is not None
    lines = text.splitlines()
    defined = [
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    assert all(each.name in lines[each.lineno - 1] for each in defined)
    assert any(getattr(each, "type_params", None) or type(each).__name__ == "TypeAlias" for each in ast.walk(tree))


@pytest.mark.parametrize("text", ["x = a[0]\n", "type = 1\n", "def f(x): ...\n", ""])
def test_a_text_without_declarations_is_left_alone(text: str) -> None:
    """There is nothing to restore."""
    assert parse_newer(text, ast.parse) is None


@pytest.mark.parametrize("text", ["def f[T(x): ...\n", "def f[T](x: ...\n", "class C[1]: ...\n", "type X[T] = \n"])
def test_what_is_wrong_in_another_way_is_a_syntax_error(text: str) -> None:
    """Neither an unexpected exception nor a tree."""
    with pytest.raises((SyntaxError, ValueError)):
        parse_newer(text, ast.parse)
