"""Docstrings of every style are read into sections."""

from __future__ import annotations

from textwrap import indent

import pytest

from docgen.prose.blocks import Problem
from docgen.prose.read import read_docstring
from docgen.prose.sections import Item, Section, SectionKind
from docgen.prose.style import Style, detect_style
from docgen.prose.words import lost_words


def kinds(sections: tuple[Section, ...]) -> list[SectionKind]:
    """Return the kinds of sections, in order."""
    return [section.kind for section in sections]


def test_google_parameters_have_types_and_defaults() -> None:
    """`name (type, optional): text` has a type and a default; stars are not part of a name."""
    raw = """Pump.

    Args:
        rate (float, optional): Litres per second.
        *valves (str): The valves.
        **options: Passed on, for example
            to the motor.
    """

    (_, section) = read_docstring(raw, Style.GOOGLE)

    assert section.items == (
        Item(name="rate", annotation="float", default="optional", text="Litres per second."),
        Item(name="valves", annotation="str", text="The valves."),
        Item(name="options", text="Passed on, for example\nto the motor."),
    )


@pytest.mark.parametrize(
    "raw",
    [
        "Pump.\n    Args:\n        a: first\n        b: second\n    ",
        "Args:\n        a: first\n        b: second\n    ",
        "Pump.\n\n    Note:\n        Slow.\n    Args:\n        a: first\n        b: second\n    ",
        "Pump.\n\n    More.\n\n        Args:\n            a: first\n            b: second\n    ",
        "\n    Pump.\n\n      Args :\n          a: first\n          b: second\n    ",
        "Pump.\n\n    Args:\n    a: first\n    b: second\n",
        "Pump.\r\n\r\n\tArgs:\r\n\t\ta: first\r\n\t\tb: second\r\n",
        "Pump.\n\n    Args:\n\n      - a: first\n      - b: second\n",
        "Pump.\n\n    Parameters\n    ----------\n    a\n        first\n    b\n        second\n",
        "Pump.\n\n    Parameters:\n    ------\n    a\n      first\n\n    b\n      second\n",
        "Pump.\n    :param a: first\n    :param b: second\n",
        "Pump.\n\n    @param a: first\n    @param b: second\n",
        "Pump.\n\n    **Parameters:**\n\n    * **a** - first\n    * **b** - second\n",
        "Pump.\n\n    ## Parameters\n\n    - `a`: first\n    - `b`: second\n",
    ],
    ids=[
        "below the summary",
        "first line",
        "below another section",
        "indented as a whole",
        "indented, with a blank before the colon",
        "flat",
        "tabs and CRLF",
        "bullets",
        "NumPy",
        "NumPy, short underline and colon",
        "fields",
        "epytext",
        "list below a heading in bold",
        "list below a heading of Markdown",
    ],
)
def test_parameters_are_read_in_every_shape(raw: str) -> None:
    """Parameters are read from every place and form in which a docstring lists them."""
    sections = read_docstring(raw, Style.GOOGLE)

    items = [item for section in sections if section.kind is SectionKind.PARAMETERS for item in section.items]
    assert items == [Item(name="a", text="first"), Item(name="b", text="second")]
    assert not lost_words(raw, sections)


def test_a_list_below_a_heading_is_of_parameters_if_each_item_names_one() -> None:
    """A line of an item may be at the margin; any other list is a list, and text after it is text."""
    raw = "Pump.\n\n**Parameters:**\n\n* **a** - first, or\nsecond\n* `b` (int): x\n\n**Returns:** more\n"

    _, section, rest = read_docstring(raw, Style.GOOGLE)

    assert section.items == (Item(name="a", text="first, or\nsecond"), Item(name="b", annotation="int", text="x"))
    assert rest == Section(kind=SectionKind.TEXT, text="**Returns:** more")
    assert kinds(read_docstring("Pump.\n\n**Parameters:**\n\n* **a** - x\n* water\n", Style.GOOGLE)) == [
        SectionKind.TEXT
    ]


def test_sections_in_code_are_code() -> None:
    """A heading in a fence or in the output of a doctest does not start a section."""
    raw = """Read.

    >>> read()
    Attributes:
        units: m

    ```text
    Returns:
        mark
    ```
    """

    sections = read_docstring(raw, Style.GOOGLE)

    assert kinds(sections) == [SectionKind.TEXT]
    assert "```pycon\n>>> read()\nAttributes:\n    units: m\n```" in sections[0].text


def test_types_of_fields_are_joined_with_their_texts() -> None:
    """`:type:` and `:rtype:` complete what other fields describe, before or after them."""
    raw = """Pump.

    :type b: str or None
    :param int a: The a: with a colon
        and a second line.
    :param b: The b.
    :returns: Water,
        much of it.
    :rtype: dict[str, int]
    :raises ValueError: If dry.
    """

    parameters, returns, raises = read_docstring(raw, Style.SPHINX)[1:]

    assert parameters.items == (
        Item(name="b", annotation="str or None", text="The b."),
        Item(name="a", annotation="int", text="The a: with a colon\nand a second line."),
    )
    assert returns.items == (Item(annotation="dict[str, int]", text="Water,\nmuch of it."),)
    assert raises.items == (Item(annotation="ValueError", text="If dry."),)


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("x = f(1)\ny = 2", "```python\nx = f(1)\ny = 2\n```"),
        ("First, call it.\n\nf()\n\ng()\n\nThen stop.", "First, call it.\n\n```python\nf()\n\ng()\n```\n\nThen stop."),
        ("with f() as g:\n    g()", "```python\nwith f() as g:\n    g()\n```"),
        ("Note: no code", "Note: no code"),
        ("word", "word"),
        ("Use::\n\n    f()", "Use:\n\n```\nf()\n```"),
        ("Use:\n\n>>> f()\n1\n\nEnd.", "Use:\n\n```pycon\n>>> f()\n1\n```\n\nEnd."),
    ],
)
def test_statements_in_examples_are_code(section: str, text: str) -> None:
    """Paragraphs of an example that are statements of Python are code even if unmarked; prose is prose."""
    raw = "Pump.\n\nExample:\n" + indent(section, "    ")

    (_, example) = read_docstring(raw, Style.GOOGLE)

    assert (example.kind, example.text) == (SectionKind.EXAMPLES, text)


NUMPY = """Pump.
    Parameters
    ----------
    x, y : {'a', 'b'}, optional
        Both.
    z: int, default: 3
        Three.
    \\*args
        Rest.
    Returns
    ======
    out : ndarray of shape (n,)
        Out.
    Raises
    ------
    ValueError, KeyError
        If dry.
    See Also
    --------
    pkg.g : Related.
    h, k
    Notes
    -----
    Slow.
    Übersicht
    ---------
    Mehr.
    """


def test_numpy_sections_need_no_blank_lines() -> None:
    """An underlined heading ends the section above it; an unknown heading is kept as a heading."""
    _, parameters, returns, raises, see_also, notes, other = read_docstring(NUMPY, Style.NUMPY)

    assert parameters.items == (
        Item(name="x", annotation="{'a', 'b'}", default="optional", text="Both."),
        Item(name="y", annotation="{'a', 'b'}", default="optional", text="Both."),
        Item(name="z", annotation="int", default="default: 3", text="Three."),
        Item(name="args", text="Rest."),
    )
    assert returns.items == (Item(name="out", annotation="ndarray of shape (n,)", text="Out."),)
    assert raises.items == tuple(Item(annotation=name, text="If dry.") for name in ("ValueError", "KeyError"))
    assert see_also.items == (Item(name="pkg.g", text="Related."), Item(name="h"), Item(name="k"))
    assert notes == Section(kind=SectionKind.NOTES, text="Slow.")
    assert other == Section(kind=SectionKind.TEXT, text="# Übersicht\n\nMehr.")


@pytest.mark.parametrize(
    ("lines", "items"),
    [
        ("int: How many.\nstr: Which,\n    in full.", [("", "int", "How many."), ("", "str", "Which,\nin full.")]),
        ("name (str): Its name.", [("name", "str", "Its name.")]),
        ("A mapping with keys:\n\n- a: first", [("", "", "A mapping with keys:\n\n- a: first")]),
        ("dict[str, list of int] or None: All.", [("", "dict[str, list of int] or None", "All.")]),
        ("True if it holds: else False.", [("", "", "True if it holds: else False.")]),
        (":class:`Pump`: A pump.", [("", "Pump", "A pump.")]),
    ],
)
def test_google_results_are_types_or_prose(lines: str, items: list[tuple[str, str, str]]) -> None:
    """Each line with a type is a separate value; prose is one value, with any colons in it."""
    (section,) = read_docstring("Returns:\n" + indent(lines, "    "), Style.GOOGLE)

    assert [(item.name, item.annotation, item.text) for item in section.items] == items


def test_directives_of_versions_are_sections() -> None:
    """A deprecation or an addition at the margin is a section with the version as its title."""
    raw = "Pump.\n\n    .. deprecated:: 1.2\n       Use a well.\n\n    .. versionadded:: 1.0\n\n    More.\n"

    sections = read_docstring(raw, Style.PLAIN), read_docstring(raw, Style.NUMPY)

    assert kinds(sections[0]) == [SectionKind.TEXT]
    assert sections[1][1:] == (
        Section(kind=SectionKind.DEPRECATED, title="1.2", text="Use a well."),
        Section(kind=SectionKind.VERSION_ADDED, title="1.0"),
        Section(kind=SectionKind.TEXT, text="More."),
    )


@pytest.mark.parametrize(
    ("heading", "kind", "title"),
    [
        ("Keyword Args", SectionKind.OTHER_PARAMETERS, "Keyword Args"),
        ("Examples", SectionKind.EXAMPLES, ""),
        ("Example with retries", SectionKind.EXAMPLES, "Example with retries"),
        ("Important", SectionKind.ADMONITION, "Important"),
        ("Übersicht", SectionKind.ADMONITION, "Übersicht"),
        ("Note", SectionKind.NOTES, ""),
        ("Todo", SectionKind.TODO, ""),
    ],
)
def test_headings_of_google_are_kept_as_titles(heading: str, kind: SectionKind, title: str) -> None:
    """A heading with more than the kind of its section is its title."""
    (_, section) = read_docstring(f"Pump.\n\n{heading}:\n    Some text here.\n", Style.GOOGLE)

    assert (section.kind, section.title) == (kind, title)


def test_prose_after_a_section_is_a_section() -> None:
    """Text at the margin ends a section, and keeps its place."""
    sections = read_docstring("Pump.\n\nArgs:\n    a: b\n\nMore.\n\nReturns: water\nRaises: Dry: if dry", Style.GOOGLE)

    assert kinds(sections) == [
        SectionKind.TEXT,
        SectionKind.PARAMETERS,
        SectionKind.TEXT,
        SectionKind.RETURNS,
        SectionKind.RAISES,
    ]


def test_problems_have_lines_of_the_docstring() -> None:
    """The line of a problem counts from the first line of the docstring, in items too."""
    problems: list[Problem] = []

    read_docstring("Pump.\n\n    Args:\n        a: b\n\n            .. fountain:: high\n", Style.GOOGLE, problems)

    assert [problem.line for problem in problems] == [5]


def test_the_majority_decides_on_the_style() -> None:
    """The style of a package is the one that most of its docstrings with sections have."""
    google = "Go.\n\n    Args:\n        a: first\n"
    numpy = "Go.\n\n    Parameters\n    ----------\n    a\n        first\n"

    assert detect_style([google, numpy, numpy, "Plain."]) is Style.NUMPY
    assert detect_style(["Plain.", "More: plain."]) is Style.PLAIN


def test_types_of_several_results_keep_their_order() -> None:
    """Each `:rtype:` belongs to the first returned value without one; a surplus one is a value of its own."""
    raw = "Pump.\n\n:returns: first\n:returns: second\n:rtype: a\n:rtype: b\n:rtype: c\n:raises ~pkg.Dry: If dry.\n"

    _, returns, raises = read_docstring(raw, Style.SPHINX)

    assert returns.items == (
        Item(annotation="a", text="first"),
        Item(annotation="b", text="second"),
        Item(annotation="c"),
    )
    assert raises.items == (Item(annotation="pkg.Dry", text="If dry."),)


def test_epytext_is_read_in_any_package() -> None:
    """In a docstring with fields of epytext, its markup is read, in a package of any style."""
    raw = "Pump L{Well}.\n\n@param x: The C{x},\n  continued.\n@type x: C{list} of L{int}\n@note: Slow.\n"

    text, parameters, notes = read_docstring(raw, Style.SPHINX)

    assert text.text == "Pump [`Well`][Well]."
    assert parameters.items == (Item(name="x", annotation="list of int", text="The `x`,\ncontinued."),)
    assert (notes.kind, notes.text) == (SectionKind.NOTES, "Slow.")
