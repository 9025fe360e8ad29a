"""The examples that hypothesis draws for a rule do not depend on the rules before it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis.internal.conjecture import providers

from conformance.engine.child.server import freeze_constants


def number_of_integers(folder: Path, name: str) -> int:
    """Return how many integers hypothesis knows from local modules, after importing one more of them."""
    (folder / f"{name}.py").write_text("SECRETS = (987654321, 123456789)\n", encoding="utf-8")
    importlib.import_module(name)
    return len(providers._get_local_constants().set_for_type("integer"))


def test_modules_that_are_imported_late_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An implementation may import some of its modules when a rule first needs them."""
    # Not in a folder with the name of a test, which hypothesis ignores.
    folder = tmp_path_factory.mktemp("late")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(providers, "is_local_module_file", lambda path: str(folder) in path)
    monkeypatch.setattr(providers, "_get_local_constants", providers._get_local_constants)
    before = len(providers._get_local_constants().set_for_type("integer"))
    assert number_of_integers(folder, "early_module") > before

    freeze_constants()

    (folder / "late_module.py").write_text("SECRET = 555555555\n", encoding="utf-8")
    importlib.import_module("late_module")
    assert 555555555 not in providers._get_local_constants().set_for_type("integer")
