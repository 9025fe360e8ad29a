"""User programs print the same on the reference as on the SDK that the contract page documents.

Each program in `programs/` imports the SDK by its name and prints what it finds; the file beside it contains what it
prints on the released SDK. Programs use the contract only, and nothing in which profile `strict` and the SDK differ.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.engine.environments import environment_for

SDK = ("flyte==2.1.2", "flyteidl2==2.0.11")
"""The release of the contract page, and the one release of its protocol that it can be imported with."""

FOLDER = Path(__file__).with_name("programs")
PROGRAMS = sorted(FOLDER.glob("*.py"))

AS_THE_SDK = (
    "import runpy, sys; import reference_impl; reference_impl.install('flyte'); sys.argv = sys.argv[1:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
"""Runs a program file with the reference in place of the SDK."""


def printed(command: Sequence[str | Path], home: Path) -> str:
    """Return what a program prints, in a home of its own and without log lines (the SDK logs to standard output)."""
    environment = os.environ | {"HOME": str(home), "LOG_LEVEL": "60"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def expected(program: Path) -> str:
    """Return what a program prints on the released SDK."""
    return program.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sdk() -> Path:
    """The interpreter of an environment with the released SDK in it."""
    return environment_for(SDK)


def test_there_are_ten_programs() -> None:
    """There are at least ten programs, and the expected output of each."""
    assert len(PROGRAMS) >= 10
    assert [path.stem for path in PROGRAMS] == sorted(path.stem for path in FOLDER.glob("*.txt"))
    assert all(expected(program) for program in PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_gives_the_same_on_the_reference(program: Path, tmp_path: Path) -> None:
    """A program written for the SDK runs unchanged on the reference and prints what it prints there."""
    found = printed([sys.executable, "-c", AS_THE_SDK, program], tmp_path)

    assert found == expected(program)


@pytest.mark.network
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_gives_the_same_on_the_sdk(program: Path, sdk: Path, tmp_path: Path) -> None:
    """The expected output of a program is what it prints on the released SDK."""
    found = printed([sdk, program], tmp_path)

    assert found == expected(program), (
        f"is the program new? write it anew: LOG_LEVEL=60 {SDK[0]}'s python {program.name}"
    )
