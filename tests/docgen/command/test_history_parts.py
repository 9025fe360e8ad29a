"""A history that is read in parts, or continued, equals that of one reading; no release is read twice."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from docgen.command import history as module
from docgen.errors import SettingError
from docgen.model import Function, Module, Reference, Signature
from docgen.sources import releases

VERSIONS = ("1", "2", "3", "4", "5")


def read(reading: module.Reading) -> bytes:
    """Return a release with one more function than the previous one, and record the reading."""
    number = int(reading.version)
    assert reading.config, "the notes are beside the configuration"
    with Path(reading.config).with_name("notes").open("a", encoding="utf-8") as notes:
        notes.write(f"{number}\n")
    names = [f"f{each}" for each in range(1, number + 1)]
    functions = tuple(Function(name=name, path=f"p.{name}", signature=Signature(parameters=())) for name in names)
    modules = (Module(name="p", functions=functions),)
    return msgspec.json.encode(Reference(distribution="p", version=reading.version, modules=modules))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration; the releases need no package index."""
    monkeypatch.setattr(module, "read_release", read)
    monkeypatch.setattr(releases, "released_versions", lambda *_: VERSIONS)
    (tmp_path / "config.toml").touch()
    return tmp_path


def asked(folder: Path, *arguments: str) -> Result:
    """Run the command."""
    fixed = ["p", "--from", "1", "--to", "5", "--config", str(folder / "config.toml"), "--jobs", "1"]
    return CliRunner().invoke(module.history, [*fixed, *arguments])


def test_parts_give_the_history_of_one_reading(folder: Path) -> None:
    """A missing part is named; with all parts, nothing is read again."""
    keep = ["--keep", str(folder / "kept")]
    whole = asked(folder)
    (folder / "notes").unlink()
    for number in (1, 3):
        assert asked(folder, *keep, "--shard", f"{number}/3").exit_code == 0

    missing = asked(folder, *keep)
    asked(folder, *keep, "--shard", "2/3")
    merged = asked(folder, *keep)

    assert "missing shards: 2/3. Run them with --shard" in str(missing.exception)
    assert merged.stdout == whole.stdout
    assert "- Added in 4." in whole.stdout
    assert sorted((folder / "notes").read_text(encoding="utf-8").split()) == list(VERSIONS)


def test_a_history_goes_on(folder: Path) -> None:
    """Stored releases are not read again."""
    keep = ["--keep", str(folder / "kept")]
    asked(folder, *keep)
    (folder / "notes").unlink()
    next((folder / "kept").glob("p-3-*")).unlink()

    asked(folder, *keep)

    assert (folder / "notes").read_text(encoding="utf-8") == "3\n"


def test_a_shard_needs_a_folder(folder: Path) -> None:
    """Otherwise, its result would be lost."""
    assert "--keep" in str(asked(folder, "--shard", "1/3").exception)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("shard-2.json", b"{"),
        ("shard-2.json", b'{"of": "3"}'),
        ("shard-2.json", b"[1]"),
        ("shard-2.json", b"\xff"),
        ("shard-2.json", b"[" * 100_000),
        ("shard-x.json", b"{}"),
        ("shard-.json", b"{}"),
    ],
)
def test_a_damaged_mark_is_named(name: str, data: bytes, folder: Path) -> None:
    """One line says which file it is, and what to do."""
    keep = ["--keep", str(folder / "kept")]
    asked(folder, *keep, "--shard", "1/3")
    (folder / "kept" / name).write_bytes(data)

    answer = asked(folder, *keep)

    assert isinstance(answer.exception, SettingError)
    assert name in str(answer.exception)
    assert "Remove" in str(answer.exception)


def test_marks_of_endless_shards_cost_nothing(folder: Path) -> None:
    """The error names missing parts up to the length of a line, for any number in a damaged mark."""
    keep = ["--keep", str(folder / "kept")]
    asked(folder, *keep, "--shard", "1/3")
    mark = folder / "kept" / "shard-1.json"
    mark.write_bytes(mark.read_bytes().replace(b'"of":3', b'"of":99999999999999999'))

    answer = asked(folder, *keep)

    assert "missing shards: 2/99999999999999999, " in str(answer.exception)
    assert len(str(answer.exception)) < 1_000
