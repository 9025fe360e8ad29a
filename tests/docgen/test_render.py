"""Pages: file names, links and spellings of which the published pages have no example."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import RenderError
from docgen.formats.flyte.dialect import Site, load_dialect
from docgen.formats.flyte.page_model import (
    Class,
    ClassKind,
    Docstring,
    Function,
    Package,
    Parameter,
    Reference,
    Variable,
)
from docgen.formats.flyte.render import Renderer
from docgen.formats.seam import Page
from docgen.model import ParameterKind


def pages(reference: Reference, dialect: str = "flyte-2.6") -> dict[str, Page]:
    """Return the pages of a reference by path."""
    renderer = Renderer(load_dialect(dialect), Site(title="Title"), reference.version)
    return {page.path: page for page in renderer.reference(reference)}


def reference(*packages: Package) -> Reference:
    """Return a reference of packages."""
    return Reference(distribution="dist", version="1.0", packages=packages)


@pytest.mark.parametrize("dialect", ["flyte-2.1", "flyte-2.6", "seed"])
def test_text_of_templates_in_a_docstring_is_text(dialect: str) -> None:
    """Text like a template, a table, a bar or a tag is shown, never run, and never breaks a row."""
    awkward = "{{ 1 + 1 }} {% raise %} <script> | `a | b` |\nNext line"
    parameter = Parameter(name="a", annotation="int | None", default="'|'", description=awkward)
    function = Function(name="f", parameters=(parameter,), docstring=Docstring(text=awkward))
    package = Package(name="p", functions=(function,), variables=(Variable(name="v", annotation="int", value="`|`"),))

    text = next(page.text for path, page in pages(reference(package), dialect).items() if "p/" in path and page)

    assert "{{ 1 + 1 }} {% raise %}" in text
    row = next(line for line in text.split("\n") if line.startswith("| `a`"))
    assert "Next line" in row
    assert "<script>" not in row


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        (ParameterKind.VAR_POSITIONAL, "values", "*values: int"),
        (ParameterKind.VAR_KEYWORD, "options", "**options: int"),
        (ParameterKind.KEYWORD_ONLY, "args", "args: int"),
    ],
)
def test_stars_follow_the_kind_where_the_dialect_says_so(kind: ParameterKind, name: str, shown: str) -> None:
    """In the newer format, stars depend on the kind, not the name; in the older one, on the name."""
    function = Function(name="f", parameters=(Parameter(name=name, kind=kind, annotation="int"),))
    package = Package(name="p", functions=(function,))

    assert f"    {shown},\n" in pages(reference(package), "flyte-2.6")["p/_index.md"].text
    old = pages(reference(package), "flyte-2.1")["packages/p/_index.md"].text
    assert ("    args: *args,\n" if name == "args" else f"    {name}: int,\n") in old


def test_a_wrong_template_is_named(tmp_path: Path) -> None:
    """A mistake in a user's dialect is an error with the template's name."""
    (tmp_path / "dialect.toml").write_text('inherits = "flyte-2.6"\n')
    (tmp_path / "home.jinja").write_text("{{ nothing.there }}")
    renderer = Renderer(load_dialect(str(tmp_path)), Site(), "1")

    with pytest.raises(RenderError, match="template home"):
        renderer.reference(reference())


def described_pages(dialect: str) -> dict[str, Page]:
    """Return the pages of a package with one class of each kind, all with docstrings."""
    text = Docstring(text='Says "a\\b" in\none sentence. And more.')
    kinds = {"Tool": ClassKind.CLASS, "Shape": ClassKind.PROTOCOL, "Wrong": ClassKind.ERROR}
    classes = tuple(Class(name=name, package="p", kind=kind, docstring=text) for name, kind in kinds.items())
    inner = Package(name="p.q", classes=(Class(name="Bare", package="p.q"),))
    return pages(reference(Package(name="p", docstring=text, classes=classes), inner), dialect)


@pytest.mark.parametrize(
    ("dialect", "path", "icon"),
    [
        ("flyte-2.7", "_index.md", "book"),
        ("flyte-2.7", "p/_index.md", "box-seam"),
        ("flyte-2.7", "p/tool.md", "braces"),
        ("flyte-2.7", "p/shape.md", "diagram-3"),
        ("flyte-2.7", "p/wrong.md", "exclamation-triangle"),
        ("flyteplugin-2.7", "_index.md", "book"),
    ],
)
def test_a_page_says_what_it_is_about_and_of_what_kind_it_is(dialect: str, path: str, icon: str) -> None:
    """The first sentence as a quoted scalar, then the icon of the kind, directly after the title."""
    lines = described_pages(dialect)[path].text.split("\n")

    assert lines[2] == r'description: "Says \"a\\b\" in one sentence."'
    assert lines[3] == f"icon: {icon}"


def test_a_page_without_text_has_no_description() -> None:
    """Without a docstring there is no key, nor for a landing page without a common package."""
    bare = described_pages("flyte-2.7")["p.q/bare.md"].text
    text = Docstring(text="Says.")
    two = pages(reference(Package(name="p", docstring=text), Package(name="q", docstring=text)), "flyte-2.7")

    assert "description:" not in bare
    assert "icon: braces" in bare
    assert "description:" not in two["_index.md"].text
    assert "icon:" not in described_pages("flyte-2.6")["p/tool.md"].text


def test_a_home_page_before_the_move_lists_classes_and_packages_in_their_folder() -> None:
    """Protocols are among the classes, in the order of the packages; there is no list of functions."""
    shape = Class(name="Shape", package="p", kind=ClassKind.PROTOCOL)
    package = Package(name="p", classes=(shape, Class(name="Tool", package="p")), functions=(Function(name="f"),))

    home = pages(reference(package), "flyte-2.5")["_index.md"].text

    assert home.endswith(
        "## Directory\n\n### Classes\n\n| Class | Description |\n|-|-|\n"
        "| [`p.Shape`](packages/p/shape) |  |\n| [`p.Tool`](packages/p/tool) |  |\n\n"
        "### Packages\n\n| Package | Description |\n|-|-|\n| [`p`](packages/p/_index) |  |\n\n"
    )


@pytest.mark.parametrize(("weight", "lines"), [(4, ["weight: 4", "sidebar_expanded: true"]), (0, [])])
def test_a_reference_without_a_place_in_the_menu_says_nothing_of_it(weight: int, lines: list[str]) -> None:
    """A plugin's landing page has neither of the two keys."""
    renderer = Renderer(load_dialect("flyte-2.1"), Site(weight=weight), "1")

    home = renderer.indexes(reference(Package(name="p")))[0].text

    assert home.split("layout: py_api\n")[1].split("---")[0].splitlines() == lines
