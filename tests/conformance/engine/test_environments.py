"""Environments are created completely or not at all."""

from __future__ import annotations

import importlib.metadata
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.engine import environments
from conformance.engine.interpreters import Interpreter
from conformance.errors import InstallError, TargetError
from docgen.sources.cache import VARIABLE, cache_folder


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of set-ups in a separate cache folder, recorded but not run."""
    taken: list[str] = []
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))

    def record(command: list[str], *_: str) -> None:
        taken.append(" ".join(command))
        _make_python(command)

    monkeypatch.setattr(environments, "_run", record)
    return taken


def _make_python(command: list[str]) -> None:
    """Create the relevant files of `python -m venv FOLDER`."""
    if "venv" in command:
        python = Path(command[-1]) / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()


def test_an_environment_is_made_once(steps: list[str]) -> None:
    """The second time, the same requirements in any order need no step."""
    first = environments.environment_for(["a==1", "b==2"])
    taken = len(steps)
    second = environments.environment_for(["b==2", "a==1"])

    assert first == second
    assert first.exists()
    assert len(steps) == taken


def test_workers_that_need_an_environment_at_once_make_one(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second worker waits for the first, and uses its environment."""
    make, others = environments._run, threading.Semaphore(0)

    def take_time(command: list[str], what: str, version: str) -> None:
        make(command, what, version)
        others.release()
        # Long enough for the others to begin too, if nothing stops them.
        others.acquire(timeout=0.1)
        others.acquire(timeout=0.2)

    monkeypatch.setattr(environments, "_run", take_time)

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(environments.environment_for, [["a==1"]] * 4))

    assert len(found) == 1
    assert len([step for step in steps if "venv" in step]) == 1


def test_an_environment_has_the_interpreter_that_was_asked_for(steps: list[str]) -> None:
    """It differs from that of the command's interpreter."""
    other = Interpreter(path="/opt/python", version="3.99.0", base="/opt")

    first = environments.environment_for(["a==1"])
    second = environments.environment_for(["a==1"], other)

    assert first != second
    assert [step for step in steps if step.startswith("/opt/python -m venv")]


def test_what_the_suite_needs_has_the_version_of_the_command(steps: list[str]) -> None:
    """With another version, the same seed would draw other examples."""
    environments.environment_for(["b==2", "a==1"])

    pins = " ".join(f"{name}=={importlib.metadata.version(name)}" for name in environments.BESIDE)
    assert [step for step in steps if step.endswith(f"a==1 b==2 {pins}")] == steps[1:]


def test_another_version_is_taken_where_that_one_cannot_be_had(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release may forbid it, or an index may no longer have it."""
    make = environments._run

    def refuse_pins(command: list[str], what: str, version: str) -> None:
        make(command, what, version)
        if any(one.startswith("hypothesis==") for one in command):
            raise InstallError(f"{what}: no matching distribution")

    monkeypatch.setattr(environments, "_run", refuse_pins)

    assert environments.environment_for(["a==1"]).exists()
    assert steps[-1].endswith("a==1 cloudpickle hypothesis jsonschema-rs")


def test_another_version_in_an_environment_is_reported(tmp_path: Path) -> None:
    """One line per package, with both versions and what to do."""
    for name, version in {**environments.versions_here(), "hypothesis": "0.1", "other": "1"}.items():
        folder = tmp_path / "lib" / "python3.11" / "site-packages" / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    (note,) = environments.notes_on(tmp_path / "bin" / "python")

    assert note.startswith("its environment has hypothesis 0.1, and the command has ")
    assert note.endswith("To get the same ones, install hypothesis==0.1 here.")


def test_other_requirements_are_another_environment(steps: list[str]) -> None:
    """The two share nothing."""
    assert environments.environment_for(["a==1"]) != environments.environment_for(["a==2"])
    assert steps


def test_what_a_set_up_left_long_ago_is_removed(steps: list[str]) -> None:
    """Killed set-ups leave files behind; those of a running set-up are not removed."""
    folder = environments.environment_for(["a==1"]).parent.parent
    (folder / "bin" / "python").unlink()
    old, new = (folder.with_name(f"{folder.name}-{name}") for name in ("old", "new"))
    for left in (old, new):
        left.mkdir()
    os.utime(old, (0, 0))

    python = environments.environment_for(["a==1"])

    assert (old.exists(), new.exists(), python.exists()) == (False, True, True)
    assert steps


def test_an_environment_without_its_interpreter_is_made_again(steps: list[str]) -> None:
    """A tool that tidies caches may remove parts of it."""
    python = environments.environment_for(["a==1"])
    python.unlink()
    (python.parent / "leftover").touch()

    assert environments.environment_for(["a==1"]).exists()
    assert not (python.parent / "leftover").exists()
    assert len([step for step in steps if "venv" in step]) == 2


def test_a_failed_set_up_leaves_nothing(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An incomplete environment is never used."""

    def fail(command: list[str], what: str, _: str) -> None:
        steps.append(" ".join(command))
        raise TargetError(f"{what}: cannot be installed")

    monkeypatch.setattr(environments, "_run", fail)

    with pytest.raises(TargetError, match="a==1: cannot be installed"):
        environments.environment_for(["a==1"])

    assert list((cache_folder() / "environments").iterdir()) == []


def test_a_faster_run_is_as_good(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs that create the same environment do not disturb each other."""
    make = environments._run

    def be_overtaken(command: list[str], what: str, version: str) -> None:
        make(command, what, version)
        if "venv" in command:
            place = Path(command[-1])
            faster = place.parent / place.name.partition("-")[0] / "bin" / "python"
            faster.parent.mkdir(parents=True)
            faster.touch()

    monkeypatch.setattr(environments, "_run", be_overtaken)

    assert environments.environment_for(["a==1"]).exists()
    assert len(list((cache_folder() / "environments").iterdir())) == 1
    assert steps


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable that sets another folder."""
    blocked = tmp_path / "file"
    blocked.touch(mode=stat.S_IRUSR)
    monkeypatch.setenv(VARIABLE, str(blocked))

    with pytest.raises(TargetError, match=rf"a==1: the environment cannot be created: .*\${VARIABLE}"):
        environments.environment_for(["a==1"])


OTHER_PYTHON = """
ERROR: Ignored the following versions that require a different python version: 1.9 Requires-Python <3.9; 2.0 \
Requires-Python >=3.99,<4; 2.1 Requires-Python >=3.99
ERROR: Could not find a version that satisfies the requirement a==2.0 (from versions: 1.0)
ERROR: No matching distribution found for a==2.0
"""
NO_WHEEL = """
  error: subprocess-exited-with-error
  Traceback (most recent call last):
  RuntimeError: no compiler
error: metadata-generation-failed
"""


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (OTHER_PYTHON, "it needs Python >=3.99,<4, not 3.12.1"),
        (
            OTHER_PYTHON.replace("a==2.0", "a==12.0"),
            "No matching distribution found for a==12.0. Is there such a release",
        ),
        (NO_WHEEL, "no wheel for this machine and cannot be built: RuntimeError: no compiler"),
        ("ERROR: conflict of a and b\n", "ERROR: conflict of a and b"),
        ("", "no message"),
    ],
)
def test_why_something_cannot_be_installed(output: str, expected: str) -> None:
    """One line: the reason, and what to do if that is known."""
    assert expected in environments._reason(output, "3.12.1")
