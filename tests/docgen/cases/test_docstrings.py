"""Docstrings of every style: no word is lost, and code is shown as code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docgen.cases.running import Case, missing, pages_of

CASES = (
    Case(
        "Google sections on one line and items over several",
        '''
        """P."""
        def f(a, b, c=1):
            """Do it otterdoc.

            Args:
                a (dict[str, int]): First adoc:
                    - nested onedoc
                    - nested twodoc

                    Second paragraph paradoc.
                b: Like so::

                        code = codedoc

                c (:obj:`int`, optional): The c cdoc. Defaults to 1.
            Returns: A thing returndoc.
            Raises:
                ValueError: If bad
                    on two lines raisedoc.
                KeyError, TypeError: Both bothdoc.
            """
        ''',
        ("**Returns:** A thing returndoc.", "code = codedoc", "| `KeyError`"),
    ),
    Case(
        "Google without types, with star names and dashes",
        '''
        """P."""
        def f(self_, x, *args, **kw):
            """Do it otterdoc.

            Arguments:
                x - Dash dashdoc.
                args: Rest argsdoc.
                kw: Words kwdoc.

            Return:
                str: Only onedoc.

            Usage:
                usagedoc here.

            Custom Heading:
                customdoc text.
            """
        ''',
        ("`x`", "`*args`", "`**kw`"),
    ),
    Case(
        "Google without items, and code in sections",
        '''
        """P."""
        def f(x):
            """Do otterdoc.

            Example:
                Call it::

                    f(1)  # calldoc

                and so on sodoc.

            Examples:
                >>> f(1)
                1

            Attributes:
                none: nonedoc

            Tip:
                tipdoc

            Important:
                importantdoc
            """
        ''',
        (">>> f(1)",),
    ),
    Case(
        "NumPy without blank lines, with Attributes and Methods of a class",
        '''
        """P."""
        class A:
            """Summary adoc.

            Parameters
            ----------
            x : int, default 3
                The x xdoc.
            y : {"a", "b"}, optional, default: "a"
                The y ydoc.

                Second paragraph seconddoc.

                * item itemdoc
            *args, **kwargs
                Rest restdoc.

            Attributes
            ----------
            size : int
                sizedoc
            width
                widthdoc

            Methods
            -------
            run(n=1)
                Run rundoc.

            See Also
            --------
            B : Other otherdoc.

            Notes
            -----
            .. note:: Inner notedoc.

            .. versionadded:: 1.2
            """
            def __init__(self, x=3, y="a", *args, **kwargs):
                self.size = x
                self.width = y
            def run(self, n=1):
                """Run it methoddoc.
                Parameters
                ----------
                n : int
                    The n ndoc.
                Returns
                -------
                int
                    The number intdoc.
                Raises
                ------
                ValueError
                """
        ''',
        ("`ValueError`", "1.2"),
    ),
    Case(
        "NumPy returns without types, deprecated and several names",
        '''
        """P."""
        def f(a, b, c, d):
            """Summary fdoc.

            .. deprecated:: 1.6.0
                Removed soondoc.

            Parameters
            ----------
            a, b, c : array_like, shape (n, m)
                The three threedoc.
            d
                No type dtypedoc.

            Returns
            -------
            (n,) ndarray
                The out outdoc.
            out2
                The second outtwodoc.

            Warnings
            --------
            Beware bewaredoc.

            Receives
            --------
            x : int
                received recvdoc

            Examples
            --------
            Prose prosedoc.

            >>> f(1)
            array([1,
                   2])

            .. plot::

               plotdoc
            """
        ''',
        ("| `a` | `array_like, shape (n, m)` |", "| `b` |", "| `c` |", "array([1,\n       2])"),
    ),
    Case(
        "Sphinx fields of all kinds",
        '''
        """P."""
        def f(a, b, *args, **kwargs):
            """Summary fdoc.

            :param a: The a adoc,
              continued contdoc.
            :type a: list[int] or None
            :param str b: The b bdoc
            :arg args: rest argsdoc
            :key color: colour colordoc
            :raise TypeError: raisedoc
            :raises ~pkg.Error: errordoc
            :except OSError: oserrordoc
            :return: result returndoc
            :rtype: str
            :meta private:
            :yields: yielddoc
            """
        def g(x):
            """Summary gdoc.

            :param x: with list

                - one onedoc
                - two twodoc
            :returns:
                block blockdoc

                more moredoc
            """
        ''',
        ("`list[int] or None`", "`TypeError`", "`OSError`"),
        (":param", ":rtype", ":meta"),
    ),
    Case(
        "styles mixed in one package",
        '''
        """P."""
        def google(a):
            """Google gdoc.

            Args:
                a: googleadoc.
            """
        def numpy(a):
            """NumPy ndoc.

            Parameters
            ----------
            a : int
                numpyadoc.
            """
        def sphinx(a):
            """Sphinx sdoc.

            :param a: sphinxadoc.
            :returns: sphinxrdoc.
            """
        def google2(a):
            """Google gtwodoc.

            Args:
                a: googletwodoc.
            """
        ''',
        ("| `a` | googleadoc. |", "| `a` | sphinxadoc. |", "| `a` | `int` | numpyadoc. |"),
    ),
    Case(
        "tables, footnotes, substitutions and links of reST",
        '''
        """P."""
        def f():
            """Summary fdoc.

            =====  =====
            A      B
            =====  =====
            1      celldoc
            2      x|y
            =====  =====

            +-------+--------+
            | C     | D      |
            +=======+========+
            | 3     | griddoc|
            +-------+--------+

            Text [1]_ and |sub| and `link text <https://example.org/x>`_ and ``code|codedoc``.

            .. [1] Footnote footdoc.
            .. |sub| replace:: substdoc

            .. code-block:: python

                x = 1  # blockdoc

            .. image:: x.png
               :alt: imagedoc

            .. list-table::

               * - celloned
                 - listdoc

            Term
                Definition defdoc.
            """
        ''',
        ("[link text](https://example.org/x)",),
        (":alt:",),
    ),
    Case(
        "HTML and scripts in a docstring do nothing",
        '''
        """P."""
        def f(x):
            """Summary <script>alert("x")</script> fdoc.

            <img src=x onerror=alert(1)> imgdoc

            Args:
                x: <b>bold</b> | xdoc <br>
            """
        ''',
        (),
        ("<script>", "<img", "<b>"),
    ),
    Case(
        "tabs, CRLF and text of other scripts",
        "",
        ("Überschrift", "日本語"),
        files={
            "pkg/__init__.py": '"""P."""\r\n\r\ndef f(a, b):\r\n'
            '\t"""Summary fdoc.\r\n\r\n\tArgs:\r\n\t\ta: adoc.\r\n\t\tb (int): bdoc\r\n'
            '\t\t\tcontdoc.\r\n\r\n\tÜberschrift:\r\n\t\t日本語 scriptdoc\r\n\t"""\r\n'
        },
    ),
    Case(
        "summaries are whole sentences",
        '''
        """P."""
        def a():
            """Return e.g. a value of i.e. v1.2 adoc. Next."""
        def b():
            """Return the Mr. Smith value vs. others bdoc

            More.
            """
        def c():
            """
            Begins below the quotes
            and goes on cdoc. Second.
            """
        def d():
            """Is it? Yes ddoc! No."""
        def e():
            """See https://example.org/a.b.c for more edoc. Then."""
        ''',
        (
            "| Return e.g. a value of i.e. v1.2 adoc. |",
            "| Return the Mr. Smith value vs. others bdoc. |",
            "| Begins below the quotes and goes on cdoc. |",
            "for more edoc. |",
        ),
    ),
    Case(
        "raw, bytes-like and concatenated docstrings",
        '''
        r"""Path \\d+ pathdoc."""
        def f():
            r"""Regex ``\\w+`` regexdoc \\alpha."""
        def g():
            "One line onedoc."
        class K:
            """kdoc.

                indented indentdoc

            back backdoc
            """
        ''',
        ("`\\w+`",),
    ),
    Case(
        "nested lists, definition lists and code in Markdown",
        '''
        """P."""
        def f(x):
            """Summary fdoc.

            1. First firstdoc
               - inner innerdoc
                 more moredoc
            2. Second seconddoc

                   code = 1  # listcodedoc

            ```python
            def g():
                """Args:
                    y: fencedoc
                """
            ```

            > quoted quotedoc

            [link](https://example.org "t") linkdoc

            Args:
                x: Text with a fence:

                    ```json
                    {"a": "jsondoc"}
                    ```
            """
        '''.replace('"""Args', "'''Args").replace('        """\n            ```', "        '''\n            ```"),
        ('{"a": "jsondoc"}',),
    ),
    Case(
        "admonitions and version notes",
        '''
        """P."""
        def f(x):
            """Summary fdoc.

            .. versionchanged:: 2.0
               The x changeddoc.

            .. warning::

               Careful warndoc.

            .. seealso:: :func:`g` seedoc

            .. todo:: later tododoc

            !!! note
                mkdocsdoc

            ??? info "Folded"
                foldeddoc
            """
        def g():
            """gdoc."""
        ''',
        ("2.0", "Folded"),
        ("::", "!!!", "???"),
    ),
    Case(
        "a module docstring with sections",
        '''
        """Package pkgdoc.

        Attributes:
            LIMIT (int): limitdoc.

        Example:
            Use it::

                import pkg  # usedoc

        Todo:
            * tododoc
        """
        LIMIT = 3
        ''',
        ("| limitdoc. |",),
    ),
    Case(
        "returns of tuples, dictionaries and generators in Google",
        '''
        """P."""
        def f() -> dict[str, int]:
            """Do fdoc.

            Returns:
                A dict mapping keys to values. Example: exampledoc

                {'a': 1}

                If missing: missingdoc.
            """
        def g():
            """Do gdoc.

            Returns:
                tuple[int, str]: Both bothdoc: first, then second.

            Yields:
                str: yielddoc
            """
        def h():
            """Do hdoc.

            Returns
                Without colon colondoc.
            """
        ''',
        ("`tuple[int, str]`",),
    ),
    Case(
        "doctests and prompts without blank lines",
        '''
        """P."""
        def f():
            """Do fdoc.
            >>> f()
            1
            Text after textdoc.

            $ pip install pkg  # shelldoc

            In [1]: f()  # ipythondoc
            """
        ''',
        (">>> f()\n1",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_word_of_a_docstring_is_lost(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every marked word of the docstrings is on a page."""
    pages, output = pages_of(case, tmp_path, monkeypatch)
    assert not missing(case, pages), output + pages
