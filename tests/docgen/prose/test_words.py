"""No word of a docstring is lost, with any style, markup and mistakes."""

from __future__ import annotations

import ast
import importlib.util
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.prose.read import read_docstring
from docgen.prose.sections import Section, SectionKind
from docgen.prose.style import Style, detect_style
from docgen.prose.words import lost_words, words, words_of

WORDS = st.text("abcdefgxyzäßé水0123456789", min_size=1, max_size=8)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
INLINE = st.sampled_from(
    [
        "{}",
        "`{}`",
        "``{}``",
        ":class:`{}`",
        "*{}*",
        "**{}**",
        "*{}",
        "<{}>",
        "__{}__",
        "[{}](#a)",
        "`{}`_",
        "|{}|",
        "({}",
        "{}:",
    ]
)
NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,6}", fullmatch=True)
TYPES = st.sampled_from(
    ["int", "dict[str, int]", "list of str", "Callable[[int], str] | None", "{'a', 'b'}", "array_like"]
)


def indented(text: str, by: int) -> str:
    """Return a text with each of its lines indented."""
    return textwrap.indent(text, " " * by)


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """Prose with markup in it, on one to three lines."""
    parts = [draw(INLINE).format(draw(SENTENCES)) for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([" ", "\n", "  "])).join(parts)


SHAPES = (
    "{text}\n\n{inner}",
    "- {line}\n\n{by_2}",
    "1. {line}\n2. b",
    "{word}::\n\n{by_3}",
    "{word}::\n\n{by_8}",
    "```\n{inner}\n```",
    "```\n{inner}",
    ">>> {word}\n{word}",
    ".. note:: {word}\n\n{by_3}",
    ".. fountain:: {word}\n\n{by_3}",
    "{word}\n{by_4}",
    "=== ===\nab  c\n=== ===\nd   {word}\n=== ===",
    ".. [1] {word}",
    ".. {word}",
    "{word}\n========",
    ":{word}: {line}",
    "| {word}\n| {line}",
    "{by_1}",
    "{by_8}",
)
"""Blocks: a list, code, a directive, a table, and more; some hold others."""


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> str:
    """A paragraph, or a block that may contain others."""
    text = draw(paragraphs())
    if depth == 0 or draw(st.booleans()):
        return text
    inner = draw(blocks(depth - 1))
    return draw(st.sampled_from(SHAPES)).format(
        text=text,
        line=text.split("\n", maxsplit=1)[0],
        word=draw(WORDS),
        inner=inner,
        **{f"by_{by}": indented(inner, by) for by in (1, 2, 3, 4, 8)},
    )


@st.composite
def google_sections(draw: st.DrawFn) -> str:
    """A section of Google's style, with an indent of 2 to 8."""
    by = draw(st.sampled_from([2, 3, 4, 8]))
    head = draw(
        st.sampled_from(
            ["Args", "Returns", "Raises", "Yields", "Attributes", "Example", "Note", "See Also", "Tip", "Odd One"]
        )
    )
    items = [
        draw(st.sampled_from(["{n} ({t}): {w}", "{n}: {w}", "*{n}: {w}", "{t}: {w}", "{w}", "- {n}: {w}"])).format(
            n=draw(NAMES), t=draw(TYPES), w=draw(SENTENCES)
        )
        + draw(st.sampled_from(["", "\n" + indented(draw(blocks(1)), 4), "\n\n" + indented(draw(blocks(1)), 2)]))
        for _ in range(draw(st.integers(1, 3)))
    ]
    return f"{head}:\n" + indented("\n".join(items), by)


@st.composite
def numpy_sections(draw: st.DrawFn) -> str:
    """A section of NumPy's style, with an underline of any length."""
    head = draw(st.sampled_from(["Parameters", "Returns", "Raises", "Yields", "See Also", "Notes", "Examples", "Odd"]))
    items = [
        draw(st.sampled_from(["{n} : {t}", "{n}, b : {t}, optional", "{t}", "{n}", "{w}", "{n} : {w}"])).format(
            n=draw(NAMES), t=draw(TYPES), w=draw(SENTENCES)
        )
        + "\n"
        + indented(draw(blocks(1)), 4)
        for _ in range(draw(st.integers(1, 3)))
    ]
    return f"{head}\n{'-' * draw(st.integers(3, 12))}\n" + "\n".join(items)


@st.composite
def fields(draw: st.DrawFn) -> str:
    """A list of fields, of Sphinx or of epytext."""
    mark = draw(st.sampled_from(":@"))
    kinds = [
        "param {n}",
        "param int {n}",
        "type {n}",
        "returns",
        "rtype",
        "raises {n}",
        "ivar {n}",
        "keyword {n}",
        "todo",
        "yields",
    ]
    return "\n".join(
        f"{mark}{draw(st.sampled_from(kinds)).format(n=draw(NAMES))}: {draw(SENTENCES)}"
        + draw(st.sampled_from(["", "\n" + indented(draw(blocks(1)), 4), "\n" + draw(WORDS)]))
        for _ in range(draw(st.integers(1, 4)))
    )


@st.composite
def docstrings(draw: st.DrawFn) -> str:
    """A docstring of mixed styles, with or without blank lines between its parts, with any line ends and margin."""
    parts = draw(st.lists(st.one_of(blocks(), google_sections(), numpy_sections(), fields()), min_size=1, max_size=5))
    text = draw(st.sampled_from(["\n\n", "\n"])).join([draw(SENTENCES), *parts])
    first, *rest = text.split("\n")
    margin = draw(st.sampled_from(["", "    ", "\t"]))
    return draw(st.sampled_from(["\n", "\r\n"])).join([first, *(margin + line for line in rest), margin])


def check(raw: str, style: Style) -> None:
    """Assert that reading a docstring loses none of its words."""
    sections = read_docstring(raw, style)

    lost = lost_words(raw, sections)
    assert not lost, f"read as {style}, {raw!r} loses {dict(lost)}: {sections}"


@given(raw=docstrings(), style=st.sampled_from(Style))
def test_no_word_is_lost(raw: str, style: Style) -> None:
    """For any docstring, read as any style, each word is in a section."""
    check(raw, style)


@given(raw=st.text(st.sampled_from(" \n\t`*_:|<>[]().-=~+#@{}\\ab1"), max_size=80), style=st.sampled_from(Style))
def test_no_word_of_noise_is_lost(raw: str, style: Style) -> None:
    """Meaningless marks lose no word and raise no error."""
    check(raw, style)


def docstrings_of(package: str) -> Iterator[str]:
    """Yield the docstrings of an installed package without importing it."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None
    for path in sorted(Path(found.submodule_search_locations[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                raw = ast.get_docstring(node, clean=False)
                if raw:
                    yield raw


@pytest.mark.parametrize(
    ("package", "style"),
    [
        ("click", Style.SPHINX),
        ("griffe", Style.GOOGLE),
        ("_pytest", Style.SPHINX),
        ("markdown", Style.GOOGLE),
        ("asyncio", Style.GOOGLE),
        ("concurrent", Style.GOOGLE),
    ],
)
def test_no_word_of_real_docstrings_is_lost(package: str, style: Style) -> None:
    """Every word of every docstring of popular packages is in a section."""
    raws = list(docstrings_of(package))

    assert detect_style(raws) is style
    for raw in raws:
        check(raw, style)


def test_a_lost_word_is_found() -> None:
    """Words that are in no section are lost; names of roles, fields and sections are not counted."""
    raw = "Pump :class:`water`.\n\n:param rate: litres"
    sections = (Section(kind=SectionKind.TEXT, text="Pump"),)

    assert lost_words(raw, sections) == words("water rate litres")
    assert words_of(sections) == words("pump")
