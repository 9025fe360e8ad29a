"""Strategies for models: values that a page can show, including awkward ones."""

from __future__ import annotations

from hypothesis import strategies as st

from docgen.formats.flyte.page_model import (
    Class,
    ClassKind,
    Docstring,
    Function,
    Package,
    Parameter,
    Property,
    Receiver,
    Variable,
)
from docgen.model import ParameterKind

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,6}", fullmatch=True) | st.sampled_from(["args", "kwargs", "kwds", "cls"])
TYPES = st.sampled_from(
    [
        "int",
        "None",
        "str | None",
        "Literal['a = b', 'c|d']",
        "typing.Callable[[int], str]",
        "'Quoted'",
        "dict[str, tuple[int, ...]]",
    ]
)
DEFAULTS = st.sampled_from(["None", "0", "''", "<factory>", "' = '", "{'a': 1}", "(1, 2)", 'Path("x")'])
LINES = st.sampled_from(
    [
        "Plain words.",
        "A | bar and a <tag> outside, `a <tag>` inside code.",
        "> a quoted line",
        "- a list",
        "| a | table |",
        "`f(x: int = 1) -> str`",
        "Ends without a stop",
        "é, 日本, emoji 🎉",
        "# a heading",
        "Returns: not a section",
        "",
    ]
)


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


RECEIVERS = st.sampled_from(Receiver)
TEXTS = st.lists(LINES, max_size=4).map(_text)
FENCED = st.just("Before.\n\n```python\nif a < b:\n    pass\n```\n\nAfter.")
CELLS = LINES.map(str.strip).filter(lambda line: not line.endswith("\\"))


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """Draw the parameters of a function with distinct names."""
    return tuple(
        Parameter(
            name=name,
            kind=draw(st.sampled_from(ParameterKind)),
            annotation=draw(st.none() | TYPES),
            default=draw(st.none() | DEFAULTS),
            description=draw(CELLS),
        )
        for name in draw(st.lists(NAMES, max_size=4, unique=True))
    )


def docstrings() -> st.SearchStrategy[Docstring]:
    """Docstrings of functions: text, and text below a table."""
    return st.builds(
        Docstring,
        text=TEXTS | FENCED,
        returns=st.none() | TEXTS.filter(bool),
        raises=st.lists(st.tuples(NAMES, CELLS), max_size=2).map(tuple),
        notes=st.lists(TEXTS.filter(bool), max_size=2).map(tuple),
    )


def functions(
    names: st.SearchStrategy[str] = NAMES, receivers: st.SearchStrategy[Receiver] = RECEIVERS
) -> st.SearchStrategy[Function]:
    """Functions and methods of every receiver."""
    return st.builds(
        Function,
        name=names,
        parameters=parameters(),
        returns=st.none() | TYPES,
        docstring=docstrings(),
        receiver=receivers,
        is_async=st.booleans(),
        is_syncified=st.booleans(),
    )


def properties() -> st.SearchStrategy[Property]:
    """Properties; a page shows one line of their description."""
    return st.builds(Property, name=NAMES, annotation=st.none() | TYPES, docstring=st.builds(Docstring, text=CELLS))


def classes() -> st.SearchStrategy[Class]:
    """Classes of every kind."""
    return st.builds(
        Class,
        name=NAMES,
        package=st.just("some.package"),
        kind=st.sampled_from(ClassKind),
        bases=st.lists(NAMES, max_size=1).map(tuple),
        docstring=st.builds(Docstring, text=TEXTS | FENCED),
        constructor=st.none() | functions(st.just("__init__")),
        properties=st.lists(properties(), max_size=2, unique_by=lambda each: each.name).map(tuple),
        methods=st.lists(functions(), max_size=3, unique_by=lambda each: each.name).map(tuple),
    )


def packages() -> st.SearchStrategy[Package]:
    """Packages without classes, whose page shows everything."""
    return st.builds(
        Package,
        name=st.just("some.package"),
        docstring=st.builds(Docstring, text=TEXTS),
        functions=st.lists(
            functions(receivers=st.just(Receiver.NONE)), max_size=3, unique_by=lambda each: each.name
        ).map(tuple),
        variables=st.lists(
            st.builds(Variable, name=NAMES, annotation=TYPES), max_size=2, unique_by=lambda each: each.name
        ).map(tuple),
    )
