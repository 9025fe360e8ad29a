"""Markup of reST becomes Markdown; Markdown stays Markdown."""

from __future__ import annotations

import pytest

from docgen.prose.read import to_markdown
from docgen.prose.style import Style

INLINE = [
    (":class:`Pump`", "[`Pump`][Pump]"),
    (":py:class:`~water.Pump`", "[`Pump`][water.Pump]"),
    (":meth:`run <water.Pump.run>`", "[`run`][water.Pump.run]"),
    (":func:`!run`", "`run`"),
    ("`the pump <water.Pump>`", "[`the pump`][water.Pump]"),  # of the default role, as many projects set it
    ("`List <int>` and `a < b.c >`", "`List <int>` and `a < b.c >`"),
    (":class:`~python:uuid.UUID`", "[`UUID`][uuid.UUID]"),
    (":ref:`the manual <manual>`", "the manual"),
    (":pep:`484`", "[PEP 484](https://peps.python.org/pep-0484/)"),
    (":math:`a^2`", "`a^2`"),
    (":issue:`12`", "issue 12"),
    ("``code`` and `default`", "`code` and `default`"),
    ("``a`b``", "`` a`b ``"),
    ("`site <https://a.example/b_c>`_", "[site](https://a.example/b_c)"),
    ("See https://a.example/b_c.", "See <https://a.example/b_c>."),
    ("As in [1]_ and [CIT2002]_.", "As in [1] and [CIT2002]."),
    ("*soft*, **loud** and \\*plain\\*", "*soft*, **loud** and \\*plain\\*"),
    ("*args and **kwargs", "\\*args and \\*\\*kwargs"),
    ("List<T> & __init__", "List&lt;T> & \\_\\_init\\_\\_"),
    (":class:`Pump`\\ s", "[`Pump`][Pump]s"),
]
"""Inside a paragraph: reST, Markdown."""

BLOCKS = [
    ("Title\n=====\n\nText.\n\nLower\n-----", "# Title\n\nText.\n\n## Lower"),
    ("Use::\n\n   x = 1\n\n   y\n\nEnd.", "Use:\n\n```\nx = 1\n\ny\n```\n\nEnd."),
    ("Use\n\n::\n\n    x\n", "Use\n\n```\nx\n```"),
    ("A\n\n>>> f()\n1\n\nB", "A\n\n```pycon\n>>> f()\n1\n```\n\nB"),
    (">>> f()\n1\n\n>>> g()\n2", "```pycon\n>>> f()\n1\n\n>>> g()\n2\n```"),
    (".. note:: Slow.\n   Very.\n\n   - a", "!!! note\n    Slow.\n    Very.\n\n    - a"),
    (".. admonition:: Mind\n\n   Gap.", '!!! note "Mind"\n    Gap.'),
    (".. versionadded:: 1.2\n   Fast.", '!!! note "Added in version 1.2"\n    Fast.'),
    (".. code-block:: python\n   :linenos:\n\n   x = 1", "```python\nx = 1\n```"),
    (".. math::\n\n   a^2", "```latex\na^2\n```"),
    (".. image:: /a.png\n   :alt: A", "![A](/a.png)"),
    (".. figure:: /a.png\n\n   Caption.", "![](/a.png)\n\nCaption."),
    (".. rubric:: Uses", "**Uses**"),
    (".. [1] Book.\n.. [2] Other\n   book.", "- [1] Book.\n- [2] Other\n    book."),
    ("term\n   What it is.\n", "- term\n\n    What it is."),
    ("- a\n\n  - b\n  - c\n\n- d", "- a\n\n    - b\n    - c\n\n- d"),
    ("1. a\n#. b\n", "1. a\n1. b"),
    ("(a) x\n(b) y", "- (a) x\n- (b) y"),
    (":depth: 3\n:width: 4", "- **depth:** 3\n- **width:** 4"),
    ("| one\n| two", "one  \ntwo"),
    ("Said:\n\n   Well.", "Said:\n\n> Well."),
    ("=== ===\nA   B\n=== ===\n1   x|y\n=== ===", "| A | B |\n| --- | --- |\n| 1 | x\\|y |"),
    ("+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n|   | 3 |\n+---+---+", "| a | b |\n| --- | --- |\n| 1 | 2 3 |"),
    (
        ".. list-table:: T\n   :header-rows: 1\n\n   * - A\n     - B\n   * - 1\n     - 2",
        "**T**\n\n| A | B |\n| --- | --- |\n| 1 | 2 |",
    ),
    ('.. csv-table::\n   :header: A, B\n\n   1, "2, 3"', "| A | B |\n| --- | --- |\n| 1 | 2, 3 |"),
    ("See `it`_ and |v|.\n\n.. _it: https://a.example\n.. |v| replace:: two", "See [it](https://a.example) and two."),
    (".. only a comment", "<!-- only a comment -->"),
    (".. autofunction:: water.pump", "[`water.pump`][water.pump]"),
]
"""Blocks: reST, Markdown."""

MARKDOWN = [
    "# Title\n\nSome *text* with `code`, **strong** and [a link](https://a.example).",
    "- a\n  - b\n\n    c\n\n1. d",
    "| a | b |\n|---|---|\n| `x|y` | z |",
    '!!! tip "Title"\n    Text.',
    "```python\n>>> :class:`not`\nReturns:\n    ::\n```",
    "Text\n\n    indented code with <T> and __init__\n\nText.",
    "A <b>bold</b> word, <https://a.example>, **`code`** and 2 * 3 * 4.",
    "See [`Pump`][water.Pump] and [Pump][].",
    "Title\n=====\n\nText.",
    "~~~~\ncode\n~~~~",
]
"""Markdown that has nothing but Markdown in it."""


@pytest.mark.parametrize(("rest", "markdown"), INLINE)
def test_markup_inside_a_paragraph(rest: str, markdown: str) -> None:
    """Roles, links, references and emphasis of reST become those of Markdown; the rest is shown as written."""
    assert to_markdown(rest, Style.SPHINX).text == markdown


@pytest.mark.parametrize(("rest", "markdown"), BLOCKS)
def test_blocks(rest: str, markdown: str) -> None:
    """Each block of reST becomes a block of Markdown without a problem."""
    result = to_markdown(rest, Style.NUMPY)

    assert result.text == markdown
    assert result.problems == ()


@pytest.mark.parametrize("style", [Style.GOOGLE, Style.PLAIN])
@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_stays(text: str, style: Style) -> None:
    """A docstring in Markdown is not changed."""
    assert to_markdown(text, style).text == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("```\nx\n```\n\nWith :class:`Pump`.", "```\nx\n```\n\nWith [`Pump`][Pump]."),
        ("# Use\n\n>>> f()\n1", "# Use\n\n```pycon\n>>> f()\n1\n```"),
        ("- a\n\n    >>> f()\n    1\n\n[b](#b)", "- a\n\n    ```pycon\n    >>> f()\n    1\n    ```\n\n[b](#b)"),
        ("[a](#a)\n\n.. note:: Slow.", "[a](#a)\n\n!!! note\n    Slow."),
        ("Join <T> with __init__ and *args.", "Join &lt;T> with \\_\\_init\\_\\_ and \\*args."),
        ("```python\nx = 1", "```python\nx = 1\n```"),
    ],
)
def test_what_can_only_be_rest_is_converted_in_markdown(text: str, markdown: str) -> None:
    """In Markdown, roles, directives, doctests and names of Python are converted, and an open fence is closed."""
    assert to_markdown(text, Style.GOOGLE).text == markdown


def test_unknown_directives_are_kept_and_reported() -> None:
    """An unknown directive is kept as written, in a block of code, and its line is reported."""
    result = to_markdown("Text.\n\n.. fountain:: high\n\n   Water.", Style.SPHINX)

    assert result.text == "Text.\n\n```\n.. fountain:: high\n\nWater.\n```"
    assert [(problem.line, problem.what) for problem in result.problems] == [
        (2, "the directive fountain is kept as code")
    ]


def test_tables_with_spans_are_kept_and_reported() -> None:
    """Markdown has no cells over several columns, so such a table is kept as written."""
    table = "+---+---+\n| both  |\n+---+---+\n| 1 | 2 |\n+---+---+"

    result = to_markdown(table, Style.NUMPY)

    assert result.text == f"```\n{table}\n```"
    assert len(result.problems) == 1


def test_letters_of_epytext() -> None:
    """`C{...}`, `L{...}`, `B{...}`, `I{...}` and `U{...}` are code, references, emphasis and links."""
    text = "C{x} of L{Pump}, B{loud}, I{soft}, U{site<https://a.example>}"

    assert to_markdown(text, Style.EPYTEXT).text == (
        "`x` of [`Pump`][Pump], **loud**, *soft*, [site](https://a.example)"
    )
