"""Defaults of the command in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.command.cli import conformance
from conformance.command.config import KEYS, read_config
from conformance.errors import UsageError


def config(tmp_path: Path, text: str) -> Path:
    """Return a file with this text."""
    path = tmp_path / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_are_the_options_of_run() -> None:
    """Each key names an option, and the parameter that the option is for."""
    parameters = {one.name: one.opts for one in conformance.commands["run"].params}

    assert all(f"--{key}" in parameters[parameter] for key, parameter in KEYS.items())


def test_a_default_is_taken_and_an_option_wins(tmp_path: Path) -> None:
    """The file is used for options that the command line leaves out."""
    path = config(tmp_path, '[tool.conformance]\nexamples = "many"\n')
    run = ["--config", str(path), "run", "reference_impl", "--rule", "CON-05", "--level", "OBS"]

    taken = CliRunner().invoke(conformance, run)
    won = CliRunner().invoke(conformance, [*run, "--examples", "smoke"])

    assert "--examples many" in str(taken.exception)
    assert won.exit_code == 5


def test_one_place_needs_no_list(tmp_path: Path) -> None:
    """An option that may be repeated takes a string for a single value."""
    assert read_config(config(tmp_path, '[tool.conformance]\ndatabase = "examples"\n')) == {"database": ["examples"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.conformance]\nexmples = 5", "exmples is not a key of it. Did you mean examples?"),
        ("[tool]\nconformance = 1", "to be a table, got 1"),
        ("[tool", "cannot be read as TOML"),
    ],
)
def test_what_nobody_knows_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """A misspelled key is an error, which names the nearest known one."""
    with pytest.raises(UsageError) as caught:
        read_config(config(tmp_path, text))

    assert words in str(caught.value)


def test_no_file_and_no_table_are_no_defaults(tmp_path: Path) -> None:
    """Configuration may be left out."""
    assert read_config(tmp_path / "nothing.toml") == {}
    assert read_config(config(tmp_path, "[project]\n")) == {}


def test_a_table_of_tools_that_is_none_has_no_defaults(tmp_path: Path) -> None:
    """`tool` belongs to all tools; a value that is not a table has no meaning for this one."""
    assert read_config(config(tmp_path, "tool = true\n")) == {}
