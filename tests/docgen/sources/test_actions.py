"""What a body does is read as words, from syntax alone and within bounds."""

from __future__ import annotations

import ast

import pytest

from docgen.sources.actions import actions_of
from docgen.sources.templates import template


def words_of(source: str, *, is_method: bool = False) -> frozenset[str]:
    """Return the words for the only function of a source."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    return actions_of(node, is_method=is_method)


@pytest.mark.parametrize(
    "code",
    [
        "f'{self.a}.{self.b:>3}'",
        "'{}.{:>3}'.format(self.a, self.b)",
        "'{0}.{b:>3}'.format(self.a, b=self.b)",
    ],
)
def test_a_text_is_the_same_however_it_is_put_together(code: str) -> None:
    """An f-string and `format` with positions or keywords give one template."""
    assert template(ast.parse(code, mode="eval").body) == "{self.a}.{self.b:>3}"


@pytest.mark.parametrize("code", ["'%s/%s' % (a, b)", "a + '/' + b", "str(a) + '/' + str(b)", "f'{a!s}/{b}'"])
def test_old_ways_of_formatting_give_the_same_template(code: str) -> None:
    """`%`, `+` and `str()` are read as well."""
    assert template(ast.parse(code, mode="eval").body) == "{a}/{b}"


@pytest.mark.parametrize("code", ["'%s' % a % b", "'{}{}'.format(a)", "a + b", "'{a[0'.format(a=1)"])
def test_what_is_no_plain_text_has_no_template(code: str) -> None:
    """An expression whose text is not clear from its syntax is passed over."""
    assert template(ast.parse(code, mode="eval").body) is None


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("self.names = list(names)", "stores names list names"),
        ("names = list(names)", "converts names list"),
        ("names.sort()", "changes names"),
        ("return self.names or names", "uses names"),
        ("names = names or 3", "replaces names falsy"),
        ("if names < 3: raise ValueError(1)", "refuses names < 3"),
        ("super().f(names)", "base with"),
        ("self.step(names, deep=True)", "passes step deep"),
    ],
)
def test_a_body_is_read_as_words(body: str, word: str) -> None:
    """Each action is a sort and what it is about."""
    assert word in words_of(f"def f(self, names):\n    {body}\n", is_method=True)


def test_a_name_that_was_assigned_is_no_argument_any_more() -> None:
    """What is done to a copy is not done to the object of the caller."""
    assert "changes a" not in words_of("def f(a):\n    a = list(a)\n    a.sort()\n")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return " + " + ".join(["'a'"] * 900) + "\n",
        "def f():\n    return {" + ", ".join(f"'{number}': 1" for number in range(900)) + "}\n",
    ],
)
def test_a_body_of_monstrous_expressions_says_nothing(source: str) -> None:
    """Expressions nested too deeply, or with too many parts, cost no memory and end in no error."""
    assert words_of(source) == frozenset()
