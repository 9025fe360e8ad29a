"""Docstrings of every style are read into sections."""

from __future__ import annotations

import pytest

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
        "Pump.\n\n    Args:\n    a: first\n    b: second\n",
        "Pump.\r\n\r\n\tArgs:\r\n\t\ta: first\r\n\t\tb: second\r\n",
        "Pump.\n\n    Args:\n\n      - a: first\n      - b: second\n",
        "Pump.\n\n    Parameters\n    ----------\n    a\n        first\n    b\n        second\n",
        "Pump.\n\n    Parameters:\n    ------\n    a\n      first\n\n    b\n      second\n",
        "Pump.\n    :param a: first\n    :param b: second\n",
        "Pump.\n\n    @param a: first\n    @param b: second\n",
    ],
    ids=[
        "below the summary",
        "first line",
        "below another section",
        "indented as a whole",
        "flat",
        "tabs and CRLF",
        "bullets",
        "NumPy",
        "NumPy, short underline and colon",
        "fields",
        "epytext",
    ],
)
def test_parameters_are_read_in_every_shape(raw: str) -> None:
    """Wherever and however a docstring lists its parameters, they are read."""
    sections = read_docstring(raw, Style.GOOGLE)

    items = [item for section in sections if section.kind is SectionKind.PARAMETERS for item in section.items]
    assert items == [Item(name="a", text="first"), Item(name="b", text="second")]
    assert not lost_words(raw, sections)


def test_sections_in_code_are_code() -> None:
    """A heading in a fence or in the output of a doctest opens no section."""
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


def test_the_majority_decides_on_the_style() -> None:
    """The style of a package is the one that most of its docstrings with sections have."""
    google = "Go.\n\n    Args:\n        a: first\n"
    numpy = "Go.\n\n    Parameters\n    ----------\n    a\n        first\n"

    assert detect_style([google, numpy, numpy, "Plain."]) is Style.NUMPY
    assert detect_style(["Plain.", "More: plain."]) is Style.PLAIN
