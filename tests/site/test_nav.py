"""The navigation: a folder stands for its pages, and one that is not there is left out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site_nav() -> ModuleType:
    """The hook, loaded the way mkdocs loads it: by its path."""
    spec = importlib.util.spec_from_file_location("site_nav", ROOT / "tools" / "site_nav.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_folder_becomes_its_pages(site_nav: ModuleType, tmp_path: Path) -> None:
    """Pages come before folders, the index first; other files are left out."""
    for name in ("api/zeta.md", "api/index.md", "api/sub/one.md", "api/figure.svg", "home.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    nav = site_nav.expand(["home.md", {"API": "api/"}], tmp_path)

    assert nav == ["home.md", {"API": ["api/index.md", "api/zeta.md", {"sub": ["api/sub/one.md"]}]}]


@pytest.mark.parametrize("exists", [False, True], ids=["absent", "empty"])
def test_folder_without_pages_is_left_out(site_nav: ModuleType, tmp_path: Path, *, exists: bool) -> None:
    """A folder that has not been generated yet leaves no broken entry, nested entries included."""
    if exists:
        (tmp_path / "api").mkdir()

    assert site_nav.expand([{"Reference": [{"API": "api/"}, "a.md"]}], tmp_path) == [{"Reference": ["a.md"]}]
