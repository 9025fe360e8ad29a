"""Facts of a module besides the names that it binds, read from its syntax only."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from docgen.sources.facts import Body, Facts, facts_of, lines_of


def read(source: str) -> tuple[ast.Module, Facts]:
    """Return the tree of a module and its facts."""
    text = textwrap.dedent(source).lstrip("\n")
    tree = ast.parse(text)
    return tree, facts_of(tree, text)


def body_of(source: str, name: str = "f") -> Body:
    """Return the facts of the body of a function."""
    tree, facts = read(source)
    found = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return facts.body(next(each for each in found if each.name == name))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    yield 1", True),
        ("def f():\n    x = yield", True),
        ("def f():\n    yield from g()", True),
        ("async def f():\n    if x:\n        yield 1", True),
        ("def f():\n    return [(yield)]", True),
        ("def f():\n    'Does not yield.'\n    return 1", False),
        ("def f():\n    def g():\n        yield 1\n    return g", False),  # the inner function does
        ("def f():\n    return lambda: (yield)", False),
        ("def f():\n    class C:\n        def g(self):\n            yield 1", False),
    ],
)
def test_generators_yield_themselves(source: str, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    """A function is a generator if its own body yields; nested functions do not count."""
    assert body_of(source).is_generator is expected


def test_attributes_that_a_method_assigns() -> None:
    """Each once, in order; an annotation has precedence over an earlier value; parts of a tuple have no value."""
    found = body_of(
        """
        class C:
            def f(self, x):
                self.a = x
                '''Below.'''
                self.b: int = 1
                self.c, (self.d) = x
                if x:
                    self.a: str = ''
                    self.e = self.f = 2  #: Beside.
                for self.g in x: ...
                with x as self.h: ...
                other.i = 1
                self.j.k = 1
                self.l += 1
                print(self.m == 1)
        """
    ).assigned

    texts = {
        each.name: (
            each.annotation and ast.unparse(each.annotation),
            each.value and ast.unparse(each.value),
            each.note and each.note.text,
        )
        for each in found
    }
    assert texts == {
        "a": ("str", "''", "Below."),
        "b": ("int", "1", None),
        "c": (None, None, None),
        "d": (None, None, None),
        "e": (None, "2", "Beside."),
        "f": (None, "2", "Beside."),
        "g": (None, None, None),
        "h": (None, None, None),
    }


def test_keywords_that_a_function_takes() -> None:
    """Those that it pops, reads, indexes or tests in its own `**kwargs`, with their defaults."""
    found = body_of(
        """
        def f(a, **kw):
            b = kw.pop('b')
            c = kw.pop('c', 1)
            d = kw.get('d')
            e = kw['e']
            if 'g' in kw and 'h' not in kw: ...
            kw['i'] = 1
            kw.pop(a, 1)
            other.pop('j', 1)
            kw.setdefault('k', 2)
            x = kw['l'] if 'l' in kw else 3
            def inner(**kw):
                return kw.pop('m')
        """
    ).keywords

    assert [(each.name, each.default and ast.unparse(each.default), each.is_required) for each in found] == [
        ("b", None, True),
        ("c", "1", False),
        ("d", None, False),
        ("e", None, True),
        ("g", None, False),
        ("h", None, False),
        ("k", "2", False),
        ("l", None, False),
    ]


def test_conditions_of_statements() -> None:
    """Conditions for running a statement of a module or class body, as written."""
    tree, facts = read(
        """
        a = 1
        if sys.platform == 'win32':
            b = 1
            if x:
                c = 1
        elif sys.version_info >= (3, 12):
            d = 1
        else:
            e = 1
        try:
            import fast
            f = 1
        except ImportError:
            g = 1
        try:
            h = 1
        except (KeyError, ValueError):
            i = 1
        with x:
            j = 1
        if TYPE_CHECKING:
            class C:
                k = 1
        """
    )

    found = {
        each.targets[0].id: facts.condition(each)
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }
    assert found == {
        "a": "",
        "b": "sys.platform == 'win32'",
        "c": "sys.platform == 'win32' and x",
        "d": "not (sys.platform == 'win32') and sys.version_info >= (3, 12)",
        "e": "not (sys.version_info >= (3, 12))",
        "f": "",
        "g": "ImportError: import fast",
        "h": "",
        "i": "except KeyError or ValueError",
        "j": "",
        "k": "",  # the class has the condition
    }
    assert facts.condition(tree.body[-1]) == ""
    assert facts.condition(tree.body[-1].body[0]) == "TYPE_CHECKING"  # type: ignore[attr-defined] # an `if`


def test_notes_about_assignments() -> None:
    """The string below an assignment, or the comments `#:` above it or at its end."""
    tree, facts = read(
        """
        a = 1
        '''
        First.

            Indented.
        '''
        #: Above,
        #: two lines.
        b: int = 2
        c = 'é'  #: Beside.
        # No note.
        d = 4
        e = 5
        f'''No {note}.'''
        class C:
            g: int
            '''Of a member.'''
        """
    )

    found = {
        ast.unparse(each).partition(" ")[0].rstrip(":"): note and (note.text, note.line)
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for note in [facts.note(each)]
    }
    assert found == {
        "a": ("First.\n\n    Indented.", 2),
        "b": ("Above,\ntwo lines.", 7),
        "c": ("Beside.", 10),
        "d": None,
        "e": None,
        "g": ("Of a member.", 17),
    }


def test_lines_are_those_of_inspect() -> None:
    """A definition begins at its first decorator and ends with its last line."""
    path = inspect.getsourcefile(test_generators_yield_themselves)
    assert path is not None
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the file of this test
        tree = ast.parse(file.read())
    node = next(each for each in tree.body if getattr(each, "name", "") == "test_generators_yield_themselves")

    lines, first = inspect.getsourcelines(test_generators_yield_themselves)

    assert lines_of(node) == (first, first + len(lines) - 1)


def test_long_chains_of_conditions_are_read() -> None:
    """Hundreds of `elif` branches cost neither a traceback nor a condition of hundreds of parts."""
    source = "if x == 0:\n    y = 0\n" + "".join(f"elif x == {n}:\n    y = {n}\n" for n in range(1, 900))

    tree, facts = read(source)

    assert max(len(each) for each in facts.conditions.values()) < 100
    assert len(facts.conditions) == 900
    assert isinstance(tree.body[0], ast.If)
