"""Old addresses of pages lead to the current places of their symbols, on any host."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.incremental.redirects import SYMBOLS, redirects

CLASS = 'class Thing:\n    """A thing."""\n'
OUT = Path("docs", "reference")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a class in each of two modules."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text('"""Acme."""\n')
    (tmp_path / "acme" / "one.py").write_text(f'"""One."""\n\n\n{CLASS}')
    (tmp_path / "acme" / "two.py").write_text('"""Two."""\n\n\nclass Other:\n    """Another thing."""\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*options: str) -> None:
    """Build the reference."""
    result = CliRunner().invoke(docgen, ["build", "acme", "--out", str(OUT), *options])
    assert result.exit_code == 0, result.stderr


def target(page: str) -> str:
    """Return the target of the file at an old address, as a path below the reference."""
    file = OUT / page
    text = file.read_text(encoding="utf-8")
    addresses = re.findall(r'(?:canonical" href|url)="?=?([^"]+)"', text)
    assert len(set(addresses)) == 1, text
    path, _, anchor = addresses[0].partition("#")
    place = (file.parent / path).resolve().relative_to(OUT.resolve())
    return f"{place.as_posix()}#{anchor}"


def test_nothing_moves_nothing_redirects(project: Path) -> None:
    """Without a redirect, there is no file for redirects."""
    build()
    build("--set", "title=Other")

    assert project.is_dir()
    assert not list(OUT.rglob("*.html"))
    assert not (OUT / "redirects.json").exists()


def test_another_layout_moves_pages_and_back(project: Path) -> None:
    """A class that had its own page is found on that of its module; the redirect ends when the page is back."""
    build("--set", "layout=class")
    build("--set", "layout=module")

    assert project.is_dir()
    assert target("acme/one/thing/index.html") == "acme/one#acme.one.Thing"
    assert json.loads((OUT / "redirects.json").read_text()) == {
        "acme/one/thing.md": "acme.one.Thing",
        "acme/two/other.md": "acme.two.Other",
    }

    build("--set", "layout=class")

    assert not list(OUT.rglob("*.html"))
    assert not (OUT / "redirects.json").exists()


def test_chains_collapse(project: Path) -> None:
    """A class that moves twice is found at its last place from both earlier ones; a deleted class is not."""
    build("--set", "layout=class")
    (project / "acme" / "one.py").write_text('"""One."""\n')
    (project / "acme" / "three.py").write_text(f'"""Three."""\n\n\n{CLASS}')
    build("--set", "layout=class", "--accept-loss", "acme.one.Thing")

    assert target("acme/one/thing/index.html") == "acme/three/thing#acme.three.Thing"

    (project / "acme" / "three.py").unlink()
    (project / "acme" / "four.py").write_text(f'"""Four."""\n\n\n{CLASS}')
    build("--set", "layout=class", "--accept-loss", "acme.three")

    assert target("acme/one/thing/index.html") == "acme/four/thing#acme.four.Thing"
    assert target("acme/three/thing/index.html") == "acme/four/thing#acme.four.Thing"

    (project / "acme" / "four.py").write_text('"""Four."""\n')
    build("--set", "layout=class", "--accept-loss", "acme.four.Thing")

    assert not list(OUT.rglob("thing/index.html"))


def test_a_site_without_folders_has_other_addresses(project: Path) -> None:
    """`use_directory_urls: false` of the surrounding site is respected, also in the inventory."""
    (project / "mkdocs.yml").write_text("site_name: Acme\nuse_directory_urls: false\n")
    build("--set", "layout=class")
    build("--set", "layout=module")

    assert target("acme/one/thing.html") == "acme/one/index.html#acme.one.Thing"


def test_a_page_that_keeps_its_address_needs_no_redirect(project: Path) -> None:
    """`two.md` and `two/index.md` are one address."""
    build()
    (project / "acme" / "two.py").rename(project / "acme" / "moved.py")
    (project / "acme" / "two").mkdir()
    (project / "acme" / "moved.py").rename(project / "acme" / "two" / "__init__.py")
    build()

    assert not list(OUT.rglob("*.html"))


def made(folder: Path, now: dict[str, str]) -> dict[str, bytes]:
    """Return the redirects of a build whose last one had `acme.one.Thing` on a page of its own.

    Parameters:
        folder: The output folder.
        now: The symbols of the build: dotted path -> page and anchor.
    """
    (folder / SYMBOLS).write_bytes(listing({"acme.one.Thing": "one/thing.md#acme.one.Thing"}))
    pages = {address.partition("#")[0]: "" for address in now.values()}
    return redirects(folder, ["one/thing.md"], {**pages, SYMBOLS: listing(now)})


def listing(symbols: dict[str, str]) -> bytes:
    """Return a list of symbols as a format writes it."""
    return json.dumps({"symbols": [{"path": path, "address": address} for path, address in symbols.items()]}).encode()


def test_a_name_that_two_new_symbols_have_leads_nowhere(tmp_path: Path) -> None:
    """One of them may be the moved one, but which one is unknown."""
    one = {"acme.two.Thing": "two/thing.md#acme.two.Thing"}

    assert "one/thing/index.html" in made(tmp_path, one)
    assert made(tmp_path, {**one, "acme.three.Thing": "three/thing.md#acme.three.Thing"}) == {}


def test_the_anchor_of_an_old_link_wins(tmp_path: Path) -> None:
    """A link to a method of the moved class leads to the method."""
    page = made(tmp_path, {"acme.two.Thing": "two/thing.md#acme.two.Thing"})["one/thing/index.html"].decode()

    assert 'location.replace("../../two/thing/" + (location.hash || "#acme.two.Thing"))' in page
