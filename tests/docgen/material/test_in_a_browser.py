"""The reference in a browser: at any width, light and dark, with a keyboard, and through the search."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browsing import SCHEMES, WIDTHS, browsing, build_site, search, served, violations

pytest.importorskip("mkdocs", reason="needs the extra `mkdocs`")
pytestmark = pytest.mark.browser

PACKAGE = '''"""Tools for a shop. See [the guide](https://example.org/guide) and [`Cart.pay`][]."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import overload
from warnings import deprecated


class Coin(Enum):
    """Coins."""

    PENNY = 1
    """The small one."""


class Base:
    """What can be paid for."""

    def weigh(self) -> float:
        """Weigh it."""


@dataclass
class Cart(Base):
    """A cart, see [the guide](https://example.org/guide).

    Attributes:
        owner: Whoever pays.
    """

    owner: str
    goods: dict[str, list[tuple[Coin, int]]] | None = None

    def pay(self, card: str, /, *, tip: float = 0.25, message: str = "a message that takes some room") -> Coin:
        """Pay.

        Args:
            card: Number of the card, without blanks.
            tip: Part of the sum.

        Returns:
            What is left.

        Raises:
            ValueError: The card is too short, and here is a text that is long enough to make a wide table.

        Example:
            >>> Cart("me").pay("1234")
        """

    @property
    def total(self) -> int:
        """Sum of everything."""


class Trolley(Cart):
    """A large cart."""


@overload
def scan(code: int) -> Coin: ...
@overload
def scan(code: str) -> Cart: ...
def scan(code):
    """Scan."""


@deprecated("Use `scan`.")
def read(code: int) -> Coin:
    """Read."""
'''


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site of a package, set up as `docgen init` does."""
    home = tmp_path_factory.mktemp("home")
    (home / "shop").mkdir()
    (home / "shop" / "__init__.py").write_text(PACKAGE)
    (home / "shop" / "small.py").write_text('"""A module."""\n\n\nLIMIT: int = 3\n"""How many."""\n')
    (home / "docs").mkdir()
    (home / "docs" / "index.md").write_text("# Shop\n\nStart.\n")
    (home / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\n\n[[tool.docgen.reference]]\ntarget = "."\nout = "docs/reference"\n'
    )
    (home / "mkdocs.yml").write_text(
        "site_name: Shop\nplugins: [search, docgen]\ntheme:\n  name: material\n  font: false\n  palette:\n"
        '    - {media: "(prefers-color-scheme: light)", scheme: default}\n'
        '    - {media: "(prefers-color-scheme: dark)", scheme: slate}\n'
    )
    build_site(home, home / "site")
    with served(home / "site") as address:
        yield address


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_grave(address: str, width: str, scheme: str) -> None:
    """On the pages of a class, a package and a module, and in search results; no part is wider than the page."""
    with browsing(address, width=WIDTHS[width], scheme=scheme) as page:
        for path in ("shop/cart", "shop", "shop/small"):
            page.goto(f"{address}/reference/{path}/")
            page.wait_for_timeout(300)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width], path
        search(page, "pay")
        assert violations(page) == []


def test_a_search_finds_methods_and_parameters(address: str) -> None:
    """Each at the heading of its function; a class first on its own page."""
    with browsing(address) as page:
        for query, expected in (("pay", "/cart/#pay"), ("tip", "/cart/#pay"), ("LIMIT", "/small/")):
            page.goto(f"{address}/reference/shop/")
            links = search(page, query)
            assert any(expected in link for link in links), (query, links)


def test_addresses_of_symbols_lead_to_them(address: str) -> None:
    """A member and a parameter have links, which scroll to them; their names link to themselves."""
    with browsing(address) as page:
        for anchor in ("shop.Cart.pay", "shop.Cart.pay(tip)", "shop.Cart(goods)"):
            page.goto(f"{address}/reference/shop/cart/#{anchor}")
            page.wait_for_timeout(300)
            target = page.locator(f'[id="{anchor}"]')
            assert target.count() == 1, anchor
            assert 40 < (target.bounding_box() or {"y": 0})["y"] < 900, anchor
        assert page.locator('a[href="#shop.Cart.pay(tip)"]').count() == 2
