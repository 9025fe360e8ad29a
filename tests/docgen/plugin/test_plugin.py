"""The plugin of mkdocs: references built with a site, and shown while their sources are edited."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="needs the extra `site`")

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from docgen.job import Job
from docgen.plugin.plugin import DocgenPlugin, merged_index
from docgen.plugin.references import LiveReference

SOURCE = '"""Makes things."""\n\n\nclass Thing:\n    """A thing."""\n\n\nclass Other:\n    """Another one."""\n'


class Server:
    """The parts of the server that the plugin uses."""

    url = "http://127.0.0.1:8000/"

    def __init__(self) -> None:
        self.watched: dict[str, bool] = {}
        self.builder: Callable[[], None] = lambda: None

    def watch(self, path: str, *, recursive: bool = True) -> None:
        """Add a path to watch."""
        self.watched[path] = recursive

    def unwatch(self, path: str) -> None:
        """Remove a path."""
        self.watched.pop(path, None)


class Site:
    """A project and its site, as `mkdocs build` and `mkdocs serve` treat them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.server = Server()
        self.whole_builds = 0

    def config(self) -> MkDocsConfig:
        """Return the configuration, loaded again."""
        return load_config(config_file=str(self.home / "mkdocs.yml"), site_dir=str(self.home / "site"))

    def build(self) -> None:
        """Build like `mkdocs build`."""
        config = self.config()
        config.plugins.on_startup(command="build", dirty=False)
        build(config)

    def serve(self) -> None:
        """Run the steps of `mkdocs serve` until it waits for changes."""
        config = self.config()
        config.plugins.on_startup(command="serve", dirty=False)

        def builder() -> None:
            self.whole_builds += 1
            build(self.config(), serve_url=self.server.url)

        build(config, serve_url=self.server.url)
        config.plugins.on_serve(self.server, config=config, builder=builder)  # type: ignore[arg-type] # a part of one

    def edit(self, name: str, text: str) -> None:
        """Write a file, and build as the server does when it notices the change."""
        (self.home / name).write_text(text)
        self.server.builder()

    def page(self, name: str) -> str:
        """Return a page of the site."""
        return (self.home / "site" / name / "index.html").read_text()

    def times(self) -> dict[str, int]:
        """Return when each page of the site was written."""
        pages = (self.home / "site").rglob("*.html")
        return {page.relative_to(self.home / "site").as_posix(): page.stat().st_mtime_ns for page in pages}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A package with two classes on their own pages, and a site with a page that refers to one."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text(SOURCE)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\nSee [it][acme.Thing].\n")
    (tmp_path / "docs" / "guide.md").write_text("# The guide\n\nText.\n")
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.docgen.reference]]\ntarget = "acme"\nout = "docs/reference"\nlayout = "class"\n'
    )
    (tmp_path / "mkdocs.yml").write_text("site_name: Acme\nplugins: [search, docgen]\n")
    for path in tmp_path.rglob("*"):  # older than what is built from it, whatever the clock's tick
        os.utime(path, (path.stat().st_mtime - 60,) * 2)
    # mkdocs keeps a plugin from one configuration to the next, even across tests.
    cache = vars(MkDocsConfig.plugins)["plugin_cache"]
    cache.clear()
    yield Site(tmp_path)
    cache.clear()


def test_a_site_is_built_with_its_reference(site: Site) -> None:
    """No page of it needs to exist before, and prose refers to symbols."""
    site.build()

    assert "A thing." in site.page("reference/acme/thing")
    assert 'href="reference/acme/thing/#acme.Thing"' in site.page("")
    assert not (site.home / "docs" / "reference" / ".docgen" / "stage").exists()


def test_the_same_tree_is_written_without_the_plugin(site: Site) -> None:
    """`docgen build` and the plugin write the same pages, and each finds nothing to do after the other."""
    site.build()
    written = {path: path.stat().st_mtime_ns for path in (site.home / "docs" / "reference").rglob("*.md")}

    site.build()

    assert {path: path.stat().st_mtime_ns for path in (site.home / "docs" / "reference").rglob("*.md")} == written
    assert len(written) > 2


def test_an_edit_builds_the_pages_that_it_changes(site: Site) -> None:
    """The others are not touched; navigation, titles and search are complete."""
    site.serve()
    before = site.times()
    navigation = re.findall(r">([\w ]+)</a>", site.page("reference/acme/other"))

    site.edit("acme/__init__.py", SOURCE.replace("Another one", "Something else"))

    changed = {name for name, time in site.times().items() if time != before[name]}
    assert "Something else" in site.page("reference/acme/other")
    assert "reference/acme/other/index.html" in changed
    assert not {"index.html", "guide/index.html", "reference/acme/thing/index.html"} & changed
    assert re.findall(r">([\w ]+)</a>", site.page("reference/acme/other")) == navigation
    assert "The guide" in site.page("reference/acme/other")
    index = json.loads((site.home / "site" / "search" / "search_index.json").read_text())
    texts = " ".join(entry["text"] for entry in index["docs"])
    assert "Something else" in texts
    assert "A thing" in texts
    assert "Another one" not in texts
    assert site.whole_builds == 0


def test_an_edited_page_is_built_alone_too(site: Site) -> None:
    """Hand-written pages are as fast as generated ones."""
    site.serve()
    before = site.times()

    site.edit("docs/guide.md", "# The guide\n\nOther text, and [it][acme.Other].\n")

    changed = {name for name, time in site.times().items() if time != before[name]}
    assert 'href="../reference/acme/other/#acme.Other"' in site.page("guide")
    assert not {name for name in changed if name.startswith("reference/")}
    assert site.whole_builds == 0


def test_a_page_that_is_saved_while_it_is_being_built_is_built_again(site: Site) -> None:
    """Its output is newer than its text, but nevertheless outdated."""
    site.serve()
    (site.home / "docs" / "guide.md").write_text("# The guide\n\nSaved just now.\n")
    late = time.time() + 60
    os.utime(site.home / "site" / "guide" / "index.html", (late, late))

    site.server.builder()

    assert "Saved just now" in site.page("guide")


@pytest.mark.parametrize("others", ["", "def tool() -> None:\n    pass\n"], ids=["all", "one of two"])
def test_a_syntax_error_keeps_the_last_good_page(others: str, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """One line says where it is; the next valid state is shown."""
    (site.home / "acme" / "tools.py").write_text(others)
    site.serve()
    caplog.clear()

    site.edit("acme/__init__.py", SOURCE + "def (:\n")

    lines = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(lines) == 1
    assert "acme/__init__.py:10:" in lines[0]
    assert "last good pages" in lines[0]
    assert "Another one." in site.page("reference/acme/other")
    site.edit("acme/__init__.py", SOURCE.replace("Another one", "Repaired"))
    assert "Repaired" in site.page("reference/acme/other")


def test_new_and_removed_pages_build_the_whole_site(site: Site) -> None:
    """They change the navigation of every page. A class may disappear during editing."""
    site.serve()

    site.edit("acme/__init__.py", SOURCE + '\n\nclass Third:\n    """New."""\n')
    assert "Third" in site.page("guide")

    site.edit("acme/__init__.py", SOURCE)
    assert "Third" not in site.page("guide")
    assert site.whole_builds == 2


def test_a_symbol_that_moves_takes_the_links_of_prose_with_it(site: Site) -> None:
    """A page that refers to a symbol is rebuilt when the symbol has moved."""
    (site.home / "docs" / "guide.md").write_text("# The guide\n\nSee [it][acme.Other.late].\n")
    site.serve()

    site.edit("acme/__init__.py", SOURCE + '\n    def late(self) -> None:\n        """Late."""\n')

    assert 'href="../reference/acme/other/#acme.Other.late"' in site.page("guide")


def test_sources_are_watched_and_generated_pages_are_not(site: Site) -> None:
    """Files that docgen writes must not start the next build."""
    site.serve()

    docs = str(site.home / "docs")
    assert site.server.watched == {
        str(site.home / "acme"): True,
        str(site.home / "pyproject.toml"): True,
        str(site.home / "mkdocs.yml"): True,  # where the pages go in the navigation
        docs: False,
    }


def test_a_project_without_configuration_is_told_what_to_do(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """The build stops with one line."""
    (site.home / "pyproject.toml").write_text("")

    with pytest.raises(Abort):
        site.build()

    assert "docgen init" in caplog.text


def test_a_build_does_not_lose_symbols_in_silence(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Like `docgen build`, it stops and names them."""
    site.build()
    (site.home / "acme" / "__init__.py").write_text(SOURCE[: SOURCE.index("class Other")])

    with pytest.raises(Abort):
        site.build()

    assert "acme.Other" in caplog.text
    assert "docgen build" in caplog.text


@pytest.mark.parametrize("entry", ["API: reference/", "API: reference/index.md"])
def test_an_entry_of_the_navigation_stands_for_the_reference(entry: str, site: Site) -> None:
    """It replaces an entry for each page, which would have to be kept up to date by hand."""
    with (site.home / "mkdocs.yml").open("a") as file:
        file.write(f"nav:\n  - Start: index.md\n  - Inner:\n      - {entry}\n")

    site.build()

    assert re.search(r'href="\.\./thing/"[^>]*>\s*Thing\s*</a>', site.page("reference/acme/other"))
    assert "API" in site.page("")


def test_who_lists_pages_chooses_them(site: Site) -> None:
    """A navigation that names pages of the reference is not changed."""
    nav = ["index.md", {"API": "reference/index.md"}, {"Thing": "reference/acme/thing.md"}]
    with (site.home / "mkdocs.yml").open("a") as file:
        file.write(f"nav: {json.dumps(nav)}\n")

    site.build()

    assert "../other/" not in site.page("reference/acme/thing")


def test_a_configuration_takes_the_navigation_in(site: Site) -> None:
    """`INHERIT` of the file next to the pages adds their navigation after the first page of the site."""
    site.build()
    with (site.home / "mkdocs.yml").open("a") as file:
        file.write("INHERIT: docs/reference/nav.yml\n")

    assert site.config().nav == [
        "index.md",
        {
            "Reference": [
                "reference/index.md",
                {
                    "acme": [
                        "reference/acme/index.md",
                        {"Thing": "reference/acme/thing.md"},
                        {"Other": "reference/acme/other.md"},
                    ]
                },
            ]
        },
    ]


def test_the_site_has_one_inventory(site: Site) -> None:
    """Sphinx's format, at the root, with addresses from there; an inventory of the project itself is not changed."""
    reader = pytest.importorskip("sphobjinv", reason="needs the extra `dev`")
    site.build()

    alone = reader.Inventory(str(site.home / "docs" / "reference" / "objects.inv"))
    whole = reader.Inventory(str(site.home / "site" / "objects.inv"))

    assert {each.name: (f"{each.domain}:{each.role}", each.uri_expanded) for each in whole.objects} == {
        "acme": ("py:module", "reference/acme/#acme"),
        "acme.Other": ("py:class", "reference/acme/other/#acme.Other"),
        "acme.Thing": ("py:class", "reference/acme/thing/#acme.Thing"),
    }
    assert [f"reference/{each.uri_expanded}" for each in alone.objects] == [each.uri_expanded for each in whole.objects]
    assert (whole.project, alone.project) == ("Acme", "acme")
    for each in whole.objects:
        page, _, anchor = each.uri_expanded.partition("#")
        assert f'id="{anchor}"' in site.page(page)
    (site.home / "docs" / "objects.inv").write_bytes(b"mine")

    site.build()

    assert (site.home / "site" / "objects.inv").read_bytes() == b"mine"


def test_an_index_keeps_what_was_not_built_again() -> None:
    """Every entry of a page that was built is replaced, including its sections."""
    before = {"docs": [{"location": "a/"}, {"location": "a/#x"}, {"location": "b/"}]}
    after = {"docs": [{"location": "a/"}, {"location": "a/#y"}]}

    assert merged_index(before, after) == {"docs": [{"location": "b/"}, {"location": "a/"}, {"location": "a/#y"}]}


def test_the_plugin_is_found_by_its_name() -> None:
    """`plugins: - docgen` needs nothing else."""
    from mkdocs.plugins import get_plugins  # noqa: PLC0415 - beside its only use

    assert get_plugins()["docgen"].load() is DocgenPlugin


@pytest.mark.parametrize(
    "text", ["", "nav:", "nav: []", "nav: [{}]", "nav: [{a: b}]", "nav: [{a: [], b: []}]", "[1]", "\\xff", "nav: [: :"]
)
def test_a_list_of_pages_that_was_edited_by_hand_is_left_out(text: str, tmp_path: Path) -> None:
    """Neither the navigation nor the symbols of a reference stop the build of a site."""
    reference = LiveReference(Job(target="acme", out="reference"), tmp_path)
    reference.folder.mkdir()
    (reference.folder / "nav.yml").write_bytes(text.encode().replace(b"\\xff", b"\xff"))
    (reference.folder / "symbols.json").write_text("[1]")

    assert (reference.navigation(), reference.symbols()) == ([], {})
