"""Sections of docstrings, as the published formats read them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.formats.flyte.dialect import Reading, load_dialect
from docgen.formats.flyte.docstrings import parse_docstring, parse_package_docstring
from docgen.formats.flyte.page_model import Docstring

OLD = load_dialect("flyte-2.1").reading
NEW = load_dialect("flyte-2.6").reading
FIRST = load_dialect("flyte-2.0").reading

GOOGLE = """
    Do it.

    Args:
        size (int): How much,
            in metres:
                and more.

            After a blank line.
        no colon here
        *names: Who.
    Returns:
        The result,
        whole.

    Raises:
        ValueError: If not.
    Note:
        Mind this.
    Example:
        Dropped.

    After all.
"""

REST = """
    Do it.

    :param size: How much (default: 3)
        in metres.
    Still the size.
    :param str name: Who.
    :raises KeyError: If not.
    :return: First.
    More text.
    :rtype: Second.
"""


def test_google_sections_are_taken_out_of_the_text() -> None:
    """Sections are at the margin; anything outside them is text; examples are dropped."""
    found = parse_docstring(GOOGLE, NEW)

    assert found == Docstring(
        text="Do it.\n\nAfter all.",
        parameters=(("size", "How much,\nin metres:\n    and more.\nAfter a blank line."), ("*names", "Who.")),
        returns="The result,\nwhole.\n",
        raises=(("ValueError", "If not."),),
        notes=("Mind this.",),
    )


def test_rest_fields_are_taken_out_of_the_text() -> None:
    """The text of a parameter ends at a colon of its line and goes on to the next field; the last return wins."""
    found = parse_docstring(REST, NEW)

    assert found == Docstring(
        text="Do it.\n\nMore text.",
        parameters=(("size", "How much (default\nin metres.\nStill the size."), ("str name", "Who.")),
        returns="Second.",
        raises=(("KeyError", "If not."),),
    )


@pytest.mark.parametrize("header", ["Args:", "Args::", "Arguments:", "Attributes:"])
def test_parameters_have_three_headers_with_one_colon_or_two(header: str) -> None:
    """The section is the same for each header."""
    assert parse_docstring(f"Text.\n\n{header}\n    a: b\n", NEW).parameters == (("a", "b"),)


def test_an_unknown_field_ends_the_description_of_a_parameter() -> None:
    """It is text, and so is everything after it."""
    parsed = parse_docstring(":param a: One,\n    two.\n:type a: int\nMore.\n", NEW)

    assert parsed.parameters == (("a", "One,\ntwo."),)
    assert parsed.text.strip() == ":type a: int\nMore."


def test_the_first_format_ends_no_section() -> None:
    """Everything after `Args:` or the first `:param:` belongs to it; a line with two colons is not a parameter."""
    args = "Args:\n    a (int): One,\n        more.\n    b: two: colons\n"
    google = f"Do it.\n\nReturns:\n    Text.\n\n{args}\nRaises:\n    E: x\n"
    fields = "Do it.\n:return: text\n\n:param a: One: cut\n:return: its\n\nMore.\n:param b: Two.\n"

    parsed = parse_docstring(google, FIRST)
    assert parsed.text == "Do it.\n\nReturns:\n    Text.\n"
    assert parsed.parameters[0] == ("a", "One,\nmore.")
    assert "b" not in dict(parsed.parameters)
    assert (parsed.returns, parsed.raises) == (None, ())
    parsed = parse_docstring(fields, FIRST)
    assert parsed.text == "Do it.\n:return: text\n"
    assert parsed.parameters == (("a", "One\n:return: its\n\nMore."), ("b", "Two."))


def test_the_first_format_shows_classes_and_packages_as_written() -> None:
    """The margin is that of the first line, so text that starts at the quotes keeps all other indentation."""
    text = "Do it.\n\n    Attributes:\n        a: One.\n    "
    below = "\n    Do it.\n\n    Args:\n        a: One.\n    "

    assert parse_docstring(text, FIRST, of_class=True) == Docstring(text=text)
    assert parse_docstring(below, FIRST, of_class=True) == Docstring(text="Do it.\n", parameters=(("a", "One."),))
    assert parse_package_docstring("\nText::\n", FIRST) == Docstring(text="\nText::\n")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (":class:`pkg.Name`", "`pkg.Name`"),
        (":py:class:`~pkg.Name`", "`Name`"),
        (":meth:`~run`", "`run`"),
        (":std:ref:`a label`", "`a label`"),
        (":doc:`The guide <guide/index>`", "`The guide`"),
        (":unknown:`x`", ":unknown:`x`"),
        ("```\n:class:`Name`\n```", "```\n:class:`Name`\n```"),
    ],
)
def test_a_role_becomes_code(written: str, shown: str) -> None:
    """Its visible text is left, in any domain; code is unchanged, or the whole role if the dialect says so."""
    assert parse_docstring(written, NEW).text == shown
    assert parse_docstring(written, OLD).text == written


def test_sections_that_are_all_indented_are_read_at_their_margin() -> None:
    """A wrapper's own line stands before a docstring whose margin is still there; the older format shows it so."""
    raw = "Wrapped.\n\nThe rest.\n\n        Deeper.\n\n        Args:\n            a: b\n"

    assert parse_docstring(raw, NEW).parameters == (("a", "b"),)
    assert parse_docstring(raw, NEW).text == "Wrapped.\n\nThe rest.\n\nDeeper.\n"
    assert parse_docstring(raw, OLD).parameters == ()


@pytest.mark.parametrize("line", ["Yields:", "See Also:", "Usage:", "Args: a", "args:"])
def test_other_headers_are_text(line: str) -> None:
    """Unknown headers are kept in place."""
    found = parse_docstring(f"Text.\n\n{line}\n    a: b\n", NEW)

    assert line.strip() in found.text
    assert found.parameters == ()


def test_a_section_and_a_field_for_one_parameter() -> None:
    """If both describe a parameter, the section has precedence because it comes last."""
    assert dict(parse_docstring(":param a: one\n\nArgs:\n    a: two\n", NEW).parameters) == {"a": "two"}


def test_a_returns_section_alone() -> None:
    """A flag turns it into the text, unless parameters are also described."""
    alone, with_parameters = "\nReturns:\n    It.\n", "\nArgs:\n    a: b\nReturns:\n    It.\n"

    assert parse_docstring(alone, NEW) == Docstring(text="It.")
    assert parse_docstring(alone, replace(NEW, returns_alone_is_text=False)) == Docstring(returns="It.")
    assert parse_docstring(with_parameters, NEW).returns == "It."


def test_an_indented_first_line() -> None:
    """The older format cuts the first line's indentation from every line, the newer one only blanks."""
    raw = "\n     One.\n    :param a: b\n    Two.\n    "

    assert parse_docstring(raw, OLD, of_class=True) == Docstring(text="One.\nparam a: b\nwo.")
    assert parse_docstring(raw, NEW, of_class=True).text == "One."
    assert parse_docstring(raw, replace(NEW, indent_cuts_text=True)).text != "One."


def test_a_line_at_the_margin_keeps_the_indentation_of_the_rest() -> None:
    """A line break written into a docstring ends its margin; a second cleaning then leaves the other lines alone."""
    raw = "\n        One.\n\n        Args:\n            a: b\nodd\n        "

    assert parse_docstring(raw, OLD).text.startswith("One.\n\n        Args:\n            a: b\nodd")
    assert parse_docstring(raw, NEW).text.startswith("One.\n\nodd")


def test_a_return_without_text_says_nothing() -> None:
    """An empty `:return:` is not a description."""
    assert parse_docstring("Text.\n\n:return:\n", NEW).returns is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [("\n    One.\n\n    Two::\n    ", "One.\n\nTwo:"), ("\nArgs:\n    a: b", "Args:\n    a: b"), ("a::\nb", "a:\nb")],
)
def test_docstrings_of_packages_are_text(raw: str, text: str) -> None:
    """No section is removed; the two colons of a literal block become one."""
    assert parse_package_docstring(raw, NEW) == Docstring(text=text)


LINES = st.sampled_from(
    [
        "",
        "Args:",
        "Returns:",
        "Raises:",
        "    a: b",
        "        deep",
        ":param x: y",
        ":return:",
        "text",
        "   ",
        "\tx:",
        "::",
        "Note:",
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    lines=st.lists(LINES | st.text(max_size=12), max_size=8),
    reading=st.sampled_from([OLD, NEW]),
    of_class=st.booleans(),
)
def test_any_text_is_parsed_and_no_word_of_plain_text_is_lost(
    lines: list[str], reading: Reading, *, of_class: bool
) -> None:
    """No docstring raises an error, and text without sections or fields is not changed."""
    parse_docstring("\n".join(lines), reading, of_class=of_class)

    plain = [line for line in lines if line.isalpha() and line.isascii()]
    assert parse_docstring("\n".join(plain), reading, of_class=of_class).text.split("\n") == (plain or [""])
