"""Lines added to a `mkdocs.yml`: a YAML reader then finds the old contents, and the new ones."""

from __future__ import annotations

import pytest

pytest.importorskip("mkdocs", reason="needs the extra `site`")

from mkdocs.utils.yaml import yaml_load

from docgen.command.site_file import with_reference

PAGE = "reference/index.md"
TAGS = "  - tags:\n      file: x.md\n"
ENTRY = {"API reference": PAGE}


@pytest.mark.parametrize(
    ("text", "plugins"),
    [
        ("site_name: A\n", ["search", "docgen"]),
        ("site_name: A", ["search", "docgen"]),
        ("", ["search", "docgen"]),
        (f"plugins:\n  - search\n{TAGS}\n# end\ntheme: material\n", ["search", {"tags": {"file": "x.md"}}, "docgen"]),
        ("plugins:\n- search\ntheme: material\n", ["search", "docgen"]),
        ("plugins:  # ours\n    # first\n    - search", ["search", "docgen"]),
        ("plugins: [search]  # ours\n", ["search", "docgen"]),
        ("plugins: []\n", ["docgen"]),
        ("plugins:\n  search: {}\n  tags:\n    file: x.md\n", {"search": {}, "tags": {"file": "x.md"}, "docgen": {}}),
        ("plugins:\n  - search\n  - docgen\n", ["search", "docgen"]),
        ("plugins:\n  - docgen:\n      pyproject: ../a.toml\n", [{"docgen": {"pyproject": "../a.toml"}}]),
        ("plugins: [search, docgen]\n", ["search", "docgen"]),
        ("plugins:\n  docgen: {}\n", {"docgen": {}}),
        ("plugins:\n  - x:\n      name: docgen-theme\n", [{"x": {"name": "docgen-theme"}}, "docgen"]),
    ],
)
def test_the_plugin_is_added_once(text: str, plugins: object) -> None:
    """Every other line is kept, and a second run adds nothing."""
    before = yaml_load(text)

    edited = with_reference(text, PAGE)

    assert yaml_load(edited.text) == {**before, "plugins": plugins}
    assert edited.to_add == ()
    assert set(text.splitlines()) - {"plugins: [search]  # ours", "plugins: []"} <= set(edited.text.splitlines())
    assert with_reference(edited.text, PAGE).text == edited.text


@pytest.mark.parametrize(
    ("nav", "expected"),
    [
        ("nav:\n  - Home: index.md\n  - Guide:\n      - a.md\n      - b.md\n\n", ["H", {"Guide": ["a.md", "b.md"]}]),
        ("nav:\n- Home: index.md\n# more\n", ["H"]),
        ("nav: # ours\n    - Home: index.md", ["H"]),
    ],
)
def test_a_navigation_gets_an_entry_at_its_end(nav: str, expected: list[object]) -> None:
    """It has the level of the other entries."""
    wanted = [{"Home": "index.md"} if each == "H" else each for each in expected]

    edited = with_reference(f"plugins: [docgen]\n{nav}", PAGE)

    assert yaml_load(edited.text)["nav"] == [*wanted, ENTRY]
    assert edited.added == (f"- API reference: {PAGE}",)


@pytest.mark.parametrize(
    "nav", ["", "nav:\n  - A: reference/index.md\n", "nav:\n  - A: reference/\n", "nav: [reference/index.md]\n"]
)
def test_a_navigation_that_needs_no_entry_gets_none(nav: str) -> None:
    """There is no navigation, or it already links to the reference."""
    text = f"plugins: [docgen]\n{nav}"

    assert with_reference(text, PAGE).text == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("nav: [index.md]\nplugins: [docgen]\n", (f"`- API reference: {PAGE}` under `nav:`",)),
        ("INHERIT: base.yml\n", ("`- docgen` under `plugins:`",)),
        ("plugins: !ENV [A, []]\n", ("`- docgen` under `plugins:`",)),
    ],
)
def test_what_cannot_be_added_is_reported(text: str, lines: tuple[str, ...]) -> None:
    """The contents of another file, or syntax that only a YAML reader understands, are not guessed."""
    edited = with_reference(text, PAGE)

    assert edited.to_add == lines
    assert edited.text == text
