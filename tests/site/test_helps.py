"""The help of both commands: what a reader sees first, and what the shell completes."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

GROUPS = {"docgen": "docgen.command.cli:docgen", "conformance": "conformance.command.cli:conformance"}
VENDOR = re.compile(r"flyte|task.?template|reference_impl", re.IGNORECASE)
"""Words of one SDK, which somebody with another package need not know."""


def group(name: str) -> click.Group:
    """Return a command by its name."""
    module, _, attribute = GROUPS[name].partition(":")
    found: click.Group = getattr(importlib.import_module(module), attribute)
    return found


def subcommands() -> Iterator[tuple[str, str]]:
    """Yield the names of each command and of its subcommands."""
    for name in GROUPS:
        yield from ((name, each) for each in group(name).list_commands(click.Context(group(name))))


def help_of(name: str, sub: str) -> str:
    """Return the help of a subcommand, its lines not wrapped."""
    parent = group(name)
    command = parent.get_command(click.Context(parent), sub)
    assert command is not None
    return command.get_help(
        click.Context(command, info_name=f"{name} {sub}", max_content_width=1000, terminal_width=1000)
    )


@pytest.mark.parametrize(("name", "sub"), list(subcommands()))
def test_every_help_has_an_example_that_is_accepted(name: str, sub: str) -> None:
    """The example is a command line that the parser takes; no package is named that the reader does not have."""
    text = help_of(name, sub)

    found = re.search(r"Example: (.*)", text)

    assert found, text
    lines = [shlex.split(line) for line in re.split(r"&&|>", found[1])]
    ours = [words for words in lines if words and words[0] == name]
    assert any(words[1] == sub for words in ours)
    for words in ours:
        command = group(name).get_command(click.Context(group(name)), words[1])
        assert command is not None
        command.make_context(words[1], words[2:])  # raises where an option or argument is wrong
    assert not VENDOR.search(text)


@pytest.mark.parametrize("name", GROUPS)
def test_the_help_of_a_command_names_no_vendor(name: str) -> None:
    """It says how to complete commands and options in a shell."""
    text = group(name).get_help(click.Context(group(name), info_name=name))

    assert f"_{name.upper()}_COMPLETE=bash_source" in text
    assert not VENDOR.search(text)


@pytest.mark.parametrize("name", GROUPS)
def test_no_sentence_of_the_list_of_commands_is_cut(name: str) -> None:
    """Each command has one line of its own, on a terminal of 80 columns."""
    text = group(name).get_help(click.Context(group(name), info_name=name, terminal_width=80))

    listed = [line for line in text.splitlines() if re.match(r"  [a-z-]+  ", line)]
    assert len(listed) >= len(group(name).list_commands(click.Context(group(name))))
    assert [line for line in listed if line.endswith("...")] == []


@pytest.mark.parametrize(("name", "sub"), list(subcommands()))
def test_an_option_that_may_be_repeated_says_so(name: str, sub: str) -> None:
    """All in the same words, and no other option says it."""
    parent = group(name)
    command = parent.get_command(click.Context(parent), sub)
    assert command is not None

    options = [each for each in command.params if isinstance(each, click.Option) and each.name != "help"]
    says = {each.name: "May be repeated." in (each.help or "") for each in options}
    assert says == {each.name: each.multiple for each in options}


@pytest.mark.parametrize("name", GROUPS)
def test_the_shell_completes_commands_and_options(name: str) -> None:
    """What the help says to evaluate asks the command, and the command answers."""
    environment = {**os.environ, "COMP_WORDS": f"{name} d", "COMP_CWORD": "1"}
    program = f"from {name}.__main__ import main; import sys; sys.argv[0] = {name!r}; main()"

    answers = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, f"_{name.upper()}_COMPLETE": kind},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for kind in ("zsh_source", "bash_complete")
    ]

    assert f"_{name.upper()}_COMPLETE=zsh_complete" in answers[0]
    assert "plain,diff" in answers[1].splitlines()
