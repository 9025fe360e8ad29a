"""A repository of another author's package: `docgen init`, `mkdocs build`, and the resulting site."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from tests.browsing import SCHEMES, WIDTHS, browsing, build_site, served, violations

pytestmark = pytest.mark.browser

SOURCE = '''\
"""Makes things.

Example:
    >>> from acme import make
    >>> make(1)
    2
    >>> make(2)
    3
"""


def make(number: int) -> int:
    """Make.

    Args:
        number: How many.
    """
    return number + 1
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a built site."""
    project = tmp_path_factory.mktemp("project")
    (project / "src" / "acme").mkdir(parents=True)
    (project / "src" / "acme" / "__init__.py").write_text(SOURCE)
    (project / "pyproject.toml").write_text(
        '[project]\nname = "acme"\nversion = "1.2"\n[project.urls]\nSource = "https://github.com/o/acme"\n'
    )
    (project / "docs").mkdir()
    (project / "docs" / "index.md").write_text(
        "# Acme\n\nSee [`make`][acme.make].\n\n```console\n$ acme run\n1 thing\n$ acme stop\n```\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        result = CliRunner().invoke(docgen, ["init"])
    assert result.exit_code == 0, result.output
    build_site(project, project / "out")
    return project / "out"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_pages_are_whole_and_accessible(width: int, scheme: str, folder: Path) -> None:
    """No error, no external request, nothing wider than the screen, nothing serious for axe-core."""
    with served(folder) as address, browsing(address, width=width, scheme=scheme) as page:
        for path in ("/", "/reference/acme/"):
            page.goto(f"{address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert not violations(page)


def test_the_copy_button_copies_what_can_be_run(folder: Path) -> None:
    """From a console or an example in a docstring, it copies neither prompts nor output."""
    with served(folder) as address, browsing(address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copied = []
        for path in ("/", "/reference/acme/"):
            page.goto(f"{address}{path}")
            block = page.locator(".highlight", has=page.locator(".gp")).first
            block.locator(".md-code__button[data-clipboard-target], .md-clipboard").first.click(force=True)
            page.wait_for_function("document.querySelector('.md-dialog--active')")
            copied.append(page.evaluate("navigator.clipboard.readText()").split("\n"))

    assert [[line for line in lines if line] for lines in copied] == [
        ["acme run", "acme stop"],
        ["from acme import make", "make(1)", "make(2)"],
    ]
