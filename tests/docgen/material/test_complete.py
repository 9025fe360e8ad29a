"""Completeness: facts that a page lacks about its symbols are findings."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from docgen.build.build import build
from docgen.build.inputs import Inputs
from docgen.formats.base.complete import losses
from docgen.formats.material.render import Renderer, Settings, pages
from docgen.model import Docstring, Module, Reference
from docgen.prose.sections import Section, SectionKind

PACKAGE = '''
    """Tools for a shop."""
    from dataclasses import dataclass
    from typing import overload

    LIMIT = 3
    """How many carts a till serves."""

    @dataclass
    class Cart:
        """A basket on wheels."""

        owner: str
        """Whoever pushes it."""
        size: int = 7

        def pay(self, card: str, tip: float = 0.25) -> None:
            """Settle the bill.

            Args:
                card: Where the money comes from.
                tip (float, optional, default: nothing): For kindness.
            """

        @property
        def total(self) -> int:
            """The sum of everything."""

    class Bell:
        """Rings."""

        def __call__(self, times: int) -> None:
            """Swing the clapper."""

    bell = Bell()
    """Heard at the end of a day.

    .. seealso::
        :doc:`hours` for when that is.

    ```{.sh title="brass"}
    ring
    ```
    """

    def refund(card: str, **options: object) -> None:
        """Give the money back.

        Args:
            See the desk.
        """
        print(options.get("rounding", 0.05))

    @overload
    def scan(code: int) -> int: ...
    @overload
    def scan(code: str) -> str: ...
    def scan(code):
        """Beep at :class:`Cart`."""
'''


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The model of the package."""
    return read(tmp_path_factory.mktemp("shop"), PACKAGE)


def read(root: Path, text: str) -> Reference:
    """Return a package `shop` with one module."""
    (root / "shop").mkdir()
    (root / "shop" / "__init__.py").write_text(dedent(text), encoding="utf-8")
    stdlib = Path(sysconfig.get_path("stdlib"))
    return build(Inputs(distribution="shop", version="1", root=root, packages=("shop",), search=(stdlib,))).reference


def lost(reference: Reference, change: Callable[[str], str] = str) -> list[str]:
    """Return the losses when the text of each page is changed."""
    renderer = Renderer(reference, Settings())
    texts = {page.path: change(page.text) for page in renderer.pages()}
    found = losses(renderer.projection.full, renderer.projection.places, texts)
    return [f"{each.code} {each.text}" for _, each in found]


def test_pages_of_ours_lose_nothing(reference: Reference) -> None:
    """Pages that docgen renders contain everything in the sources."""
    assert lost(reference) == []


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ("Tools for", "DG505 words of the docstring of shop are missing from its pages: tools, for"),
        ("on wheels", "DG505 words of the docstring of shop.Cart are missing from its pages: on, wheels"),
        ("Whoever", "DG505 words of the docstring of shop.Cart.owner are missing from its pages: whoever"),
        ("a till", "DG505 words of the docstring of shop.LIMIT are missing from its pages: till"),
        ("comes from", "DG505 words of the docstring of shop.Cart.pay are missing from its pages: comes, from"),
        ("nothing", "DG505 words of the docstring of shop.Cart.pay are missing from its pages: nothing"),
        ("of everything", "DG505 words of the docstring of shop.Cart.total are missing from its pages: of, everything"),
        ("Beep", "DG505 words of the docstring of shop.scan are missing from its pages: beep"),
        ('<a id="shop.Cart.total" href="#shop.Cart.total">', "DG506 shop.Cart.total is not on its page"),
        ('<a id="shop.LIMIT" href="#shop.LIMIT">', "DG506 shop.LIMIT is not on its page"),
        ("0.25", "DG507 the default of the parameter tip of shop.Cart.pay is not on its page"),
        ("tip", "DG507 the name of the parameter tip of shop.Cart.pay is not on its page"),
        ("7", "DG507 the default of the parameter size of shop.Cart.__init__ is not on its page"),
        ("@overload", "DG507 overloads of shop.scan are not on its page"),
    ],
)
def test_what_a_page_lacks_is_found(reference: Reference, cut: str, expected: str) -> None:
    """Words of docstrings, symbols, parameters, defaults and overloads that are cut out of the pages are findings."""
    assert expected in lost(reference, lambda text: text.replace(cut, ""))


def test_words_of_a_neighbour_do_not_count(tmp_path: Path) -> None:
    """Text at another symbol of the same page does not describe this one."""
    text = '''
        def one():
            """Open the door."""

        def two():
            """Close the door."""
    '''

    found = lost(read(tmp_path, text), lambda page: page.replace("Close the door", "Shut"))

    assert found == ["DG505 words of the docstring of shop.two are missing from its pages: close, the, door"]


def test_a_finding_names_the_line_of_the_first_word(reference: Reference) -> None:
    """A reader finds the lost words in the file."""
    renderer = Renderer(reference, Settings())
    texts = {page.path: page.text.replace("kindness", "") for page in renderer.pages()}

    ((_, found),) = losses(renderer.projection.full, renderer.projection.places, texts)

    line = dedent(PACKAGE).split("\n").index("            tip (float, optional, default: nothing): For kindness.") + 1
    assert (found.path, found.line) == ("shop/__init__.py", line)


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("A.\n\nArgs:\n    a (int): First half.\n    b: Other.\n    a (str): Second half.", "First half."),
        ("A.\n\nArgs:\n    a (int, default: lowest unused): Text.", "(default: lowest unused) Text."),
        ("A.\n\nArgs:\n    a: See [the check][other.package.Check].", "See the check (`other.package.Check`)."),
        ("See [PEP 8].\n\n[PEP 8]: https://peps.example/8", "See [PEP 8](https://peps.example/8)."),
        ("!!! warning Broken\n    Beware.", "**Warning broken**"),
    ],
    ids=["a parameter twice", "a default in words", "a reference to another project", "a short link", "a bare title"],
)
def test_what_was_once_lost_is_shown(tmp_path: Path, docstring: str, expected: str) -> None:
    """Parts of docstrings that earlier versions dropped."""
    indented = docstring.replace("\n", "\n    ")
    reference = read(tmp_path, f'def f(a=0, b=1):\n    """{indented}\n    """\n')
    renderer = Renderer(reference, Settings())

    assert lost(reference) == []
    assert any(expected in page.text for page in renderer.pages())


def test_an_initializer_behind_another_constructor_is_described(tmp_path: Path) -> None:
    """If `__new__` accepts anything, the page shows the parameters of `__init__`, and its docstring."""
    text = '''
        class Door:
            """A way in."""

            def __new__(cls, *args, **kwargs):
                return super().__new__(cls)

            def __init__(self, width: int, handle="left"):
                """Hang it.

                Args:
                    width: In inches.
                """
    '''
    reference = read(tmp_path, text)
    renderer = Renderer(reference, Settings())
    page = "\n".join(page.text for page in renderer.pages())

    assert lost(reference) == []
    assert "Hang it." in page
    assert '<a id="shop.Door(width)" href="#shop.Door(width)">`width`</a> | [`int`](' in page
    assert "`'left'`" in page


def test_what_a_private_package_defines_is_described_where_it_is_offered(tmp_path: Path) -> None:
    """A package may be the front of a private one; the symbols that it offers have their docstrings there."""
    read(tmp_path, "from _shop import Till")
    (tmp_path / "_shop.py").write_text('class Till:\n    """Counts the money."""\n', encoding="utf-8")
    stdlib = Path(sysconfig.get_path("stdlib"))
    inputs = Inputs(
        distribution="shop", version="", root=tmp_path, packages=("shop",), private=("_shop",), search=(stdlib,)
    )

    reference = build(inputs).reference

    assert [each.name for each in reference.modules[0].classes] == ["Till"]
    assert lost(reference) == []


def test_a_page_that_lacks_something_is_said_to_in_each_build() -> None:
    """Such a page is not reused, because the finding would be missing in the next build."""
    docstring = Docstring(raw="Said here.", sections=(Section(kind=SectionKind.TEXT, text="Shown."),))
    reference = Reference(distribution="shop", version="", modules=(Module(name="shop", docstring=docstring),))
    kept = Forgotten()

    _, findings = pages(reference, None, kept)

    assert [each.code for each in findings] == ["DG505"]
    assert kept.paths == ["shop/index.md"]


class Forgotten:
    """Pages of the last build, of which there are none."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def text(self, path: str, digest: str) -> str | None:  # noqa: ARG002 - nothing is kept
        """Return nothing."""
        return None

    def forget(self, path: str) -> None:
        """Record a page that must not be reused."""
        self.paths.append(path)
