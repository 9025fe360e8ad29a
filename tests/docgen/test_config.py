"""The configuration of a reference: a file, and any key of it from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.config import format_settings, load_config
from docgen.errors import SettingError, TargetError
from docgen.formats.flyte.jobs import Keys
from docgen.formats.registry import open_format
from docgen.reading import prepare
from docgen.sources.targets import version_named

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid(path: Path) -> None:
    """Every example can be read, names an existing dialect, and pins its dependencies."""
    config = load_config(path).config

    assert open_format(config.dialect or "material").name
    assert all("==" in pin for pin in config.dependencies)


def test_changes_from_the_command_line(tmp_path: Path) -> None:
    """A value is TOML if possible, else text; a dotted key is set in its table."""
    path = tmp_path / "c.toml"
    path.write_text('title = "Old"\nweight = 1\n[links]\na = "b"\n')

    loaded = load_config(path, ["title=New and = sign", "weight=7", "links.c=d", "variants=+x +y"])
    keys = format_settings(loaded, Keys)

    assert (loaded.config.title, keys.weight, keys.variants) == ("New and = sign", 7, "+x +y")
    assert loaded.config.links == {"a": "b", "c": "d"}


SINCE = """
dialect = "flyte-2.6"
title = "T"

[[since]]
version = "2.6.11"
dialect = "flyte-2.7"

[[since]]
version = "2.10"
title = "New"
"""


@pytest.mark.parametrize(
    ("version", "dialect", "title"),
    [
        ("2.6.5", "flyte-2.6", "T"),
        ("2.6.11b1", "flyte-2.6", "T"),
        ("2.6.11", "flyte-2.7", "T"),
        ("2.9.0", "flyte-2.7", "T"),
        ("2.10.0", "flyte-2.7", "New"),
        ("2.11.1.dev2+g6d3d72b81", "flyte-2.7", "New"),
        ("", "flyte-2.7", "New"),
    ],
)
def test_a_configuration_says_what_changed_with_a_release(
    tmp_path: Path, version: str, dialect: str, title: str
) -> None:
    """Keys apply from their release on; the command line has precedence."""
    path = tmp_path / "c.toml"
    path.write_text(SINCE)

    config = load_config(path, version=version).config

    assert (config.dialect, config.title) == (dialect, title)
    assert load_config(path, ["dialect=mine"], version).config.dialect == "mine"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[since]]\ntitle = 'x'\n", "without version"),
        ("[[since]]\nversion = '1'\ntitel = 'x'\n", "Did you mean title"),
        ("[[since]]\nversion = '1'\nweight = 'x'\n", "weight"),
    ],
)
def test_what_changed_with_a_release_is_checked_whatever_the_release(tmp_path: Path, text: str, words: str) -> None:
    """A wrong key is an error for older releases too."""
    path = tmp_path / "c.toml"
    path.write_text(text)

    with pytest.raises(SettingError, match=words):
        format_settings(load_config(path, version="0.1"), Keys)


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("flyte==2.6.5", "2.6.5"),
        ("flyte[tui]==2.0.0b59", "2.0.0b59"),
        ("wheels/flyte-2.6.5-py3-none-any.whl", "2.6.5"),
        ("flyte-2.6.5.tar.gz", "2.6.5"),
        ("src/flyte", ""),
        ("flyte", ""),
    ],
)
def test_the_version_is_read_off_the_target(target: str, version: str) -> None:
    """It is read first, because the configuration depends on it."""
    assert version_named(target) == version


def test_a_dependency_may_follow_the_release(tmp_path: Path) -> None:
    """`{version}` is the documented version."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()

    with pytest.raises(TargetError, match=r"dependency core-: not pinned"):
        prepare(str(tmp_path / "p"), load_config(None, ['dependencies=["core-{version}"]']).config, "3.12")


@pytest.mark.parametrize(("change", "words"), [("titel=x", "title"), ("title", "KEY=VALUE"), ("weight=much", "weight")])
def test_wrong_change_names_the_nearest_key(change: str, words: str) -> None:
    """An unknown key is a usage error."""
    with pytest.raises(SettingError, match=words):
        format_settings(load_config(None, [change]), Keys)


def test_dependencies_are_pinned(tmp_path: Path) -> None:
    """A dependency without a version is refused before any download."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()

    with pytest.raises(TargetError, match="not pinned"):
        prepare(str(tmp_path / "p"), load_config(None, ['dependencies=["click"]']).config, "3.12")


def test_missing_standard_library_is_a_finding(tmp_path: Path) -> None:
    """The finding names a Python version that is not installed, and how to supply it."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()

    prepared = prepare(str(tmp_path / "p"), load_config(None).config, "2.0")

    assert [each.code for each in prepared.findings] == ["DG301"]
    assert "--set stdlib=" in prepared.findings[0].hint
    assert prepared.inputs.search
