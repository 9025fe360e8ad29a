"""The configuration of a reference: a file, and any key of it from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.config import check_lock, load_config, lock_text, prepare
from docgen.dialect import load_dialect
from docgen.errors import SettingError, TargetError
from docgen.sources import Sources

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid(path: Path) -> None:
    """Every example is read, names a dialect that exists, and pins what it depends on."""
    config = load_config(path)

    assert load_dialect(config.dialect or "material").printing
    assert all("==" in pin for pin in config.dependencies)


def test_changes_from_the_command_line(tmp_path: Path) -> None:
    """A value is TOML where it can be, else text; a dotted key goes into its table."""
    path = tmp_path / "c.toml"
    path.write_text('title = "Old"\nweight = 1\n[links]\na = "b"\n')

    config = load_config(path, ["title=New and = sign", "weight=7", "links.c=d", "variants=+x +y"])

    assert (config.title, config.weight, config.variants) == ("New and = sign", 7, "+x +y")
    assert config.links == {"a": "b", "c": "d"}


@pytest.mark.parametrize(("change", "words"), [("titel=x", "title"), ("title", "key=value"), ("weight=much", "weight")])
def test_wrong_change_names_the_nearest_key(change: str, words: str) -> None:
    """A key that is not known is wrong use."""
    with pytest.raises(SettingError, match=words):
        load_config(None, [change])


def test_dependencies_are_pinned(tmp_path: Path) -> None:
    """A dependency without version is refused before anything is downloaded."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()

    with pytest.raises(TargetError, match="not pinned"):
        prepare(str(tmp_path / "p"), load_config(None, ['dependencies=["click"]']), "3.12")


def test_missing_standard_library_is_a_finding(tmp_path: Path) -> None:
    """A Python version that the machine does not have is said, and how to supply it."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()

    inputs, _, findings = prepare(str(tmp_path / "p"), load_config(None), "2.0")

    assert [each.code for each in findings] == ["DG301"]
    assert "--set stdlib=" in findings[0].hint
    assert inputs.search


def test_lock_names_what_was_read(tmp_path: Path) -> None:
    """A lock file lists name, version and digest; another digest under the same version is told."""
    one = Sources(distribution="one", version="1", root=tmp_path, packages=("one",), digest="a" * 64)
    other = Sources(distribution="one", version="1", root=tmp_path, packages=("one",), digest="b" * 64)

    text = lock_text([one])

    assert text == f"one==1 sha256:{'a' * 64}\n"
    assert check_lock(text, [one]) == ()
    assert len(check_lock(text, [other])) == 1
