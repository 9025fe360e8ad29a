"""An implementation in the sandbox has no network, no writable files, and no access to the machine's processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.engine.contract import find_contract
from conformance.engine.sandbox import BUBBLEWRAP, SandboxError, options, sandbox
from conformance.engine.supervised import Supervised
from conformance.engine.targets import target_from
from conformance.engine.worker import launch_of
from tests.conformance.engine.test_isolate import ROOT

LOOK = """
import json, os, socket, sys
from pathlib import Path

def outcome(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"

found = {
    "network": outcome(lambda: socket.create_connection(("192.0.2.1", 80), timeout=2)),
    "here": outcome(lambda: Path("there.txt").write_text("x")),
    "home": outcome(lambda: Path("~/there.txt").expanduser().write_text("x")),
    "temporary": outcome(lambda: Path(os.environ["TMPDIR"], "there.txt").write_text("x")),
    "shared": sorted(os.listdir("/dev/shm")),
    "processes": len([one for one in os.listdir("/proc") if one.isdecimal()]),
    "others": sorted(one.name for one in Path("/tmp").iterdir()),
}
print(json.dumps(found), flush=True)
"""


@pytest.fixture(autouse=True)
def _looked_for_anew() -> Iterator[None]:
    sandbox.cache_clear()
    yield
    sandbox.cache_clear()


def why_none() -> str:
    """Return why this machine has no sandbox, empty if it has one."""
    try:
        sandbox()
    except SandboxError as error:
        return str(error)
    return ""


def test_what_is_reached_from_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the temporary folder is writable; it is the home folder, and it is removed afterwards."""
    if reason := why_none():
        pytest.skip(reason)
    (tmp_path / "look.py").write_text(LOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with (
        (tmp_path / "log").open("w+b") as log,
        Supervised(
            Path(sys.executable),
            tmp_path / "look.py",
            [],
            environment=dict(os.environ),
            memory_mib=512,
            log=log,
            visible=[Path(sys.prefix), Path(sys.base_prefix), tmp_path],
        ) as process,
    ):
        assert process.how_it_ended(60) == "exit 0"
        found = json.loads((tmp_path / "log").read_bytes())

    assert found["network"] != "done"
    assert found["here"] == "OSError"  # the file system is read-only
    assert (found["home"], found["temporary"]) == ("done", "done")
    assert found["shared"] == []
    assert found["processes"] < 10
    assert "there.txt" in found["others"]
    assert not (tmp_path / "there.txt").exists()


def test_a_rule_is_judged_inside() -> None:
    """The verdict is the same as outside."""
    if reason := why_none():
        pytest.skip(reason)
    command = [sys.executable, "-m", "conformance", "run", "reference_impl", "--rule", "OVR-01", "--sandbox"]
    done = subprocess.run(
        [*command, "--format", "json", "--examples", "smoke"], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
    assert [one["verdict"] for one in json.loads(done.stdout)["targets"][0]["results"]] == ["holds"]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (None, "bubblewrap (the command bwrap) is not installed"),
        ("#!/bin/sh\necho no permission >&2\nexit 1\n", "does not work on this machine: no permission"),
    ],
)
def test_without_a_sandbox_nothing_is_run(command: str | None, words: str, tmp_path: Path) -> None:
    """One line says what was searched for, and the exit code is 3."""
    if command is not None:
        (tmp_path / BUBBLEWRAP).write_text(command, encoding="utf-8")
        (tmp_path / BUBBLEWRAP).chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "run", "reference_impl", "--rule", "OVR-01", "--sandbox"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
    )

    assert done.returncode == 3
    assert words in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_without_the_option_one_line_says_what_is_run() -> None:
    """The line is on standard error, so that it is not part of the report."""
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "run", "reference_impl", "--rule", "OVR-01", "--examples", "1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert done.stderr.startswith("This runs the code of reference_impl. With --sandbox it has no network")


def test_what_is_needed_is_shown_where_it_would_be_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment below /tmp is readable inside, and one elsewhere needs no option."""
    monkeypatch.chdir(ROOT)
    inside = Path("/tmp") / f"assay-test-{os.getpid()}"  # noqa: S108 - this is the case
    inside.mkdir()
    try:
        found = options(tmp_path, [inside, inside / "bin", Path("/usr")])
    finally:
        inside.rmdir()

    at = found.index(str(inside))
    assert found[at - 1 : at + 2] == ["--ro-bind", str(inside), str(inside)]
    assert "/usr" not in found
    assert str(inside / "bin") not in found, "it is shown with the folder that it lies in"
    assert found[-2:] == ["--chdir", str(ROOT)]


def test_failing_examples_are_kept(tmp_path: Path) -> None:
    """The folder that the user names for them is writable, and no other one."""
    if reason := why_none():
        pytest.skip(reason)
    (tmp_path / "look.py").write_text(
        "from pathlib import Path\nPath('kept/a').write_text('a')\n"
        "try:\n    Path('b').write_text('b')\nexcept OSError:\n    print('refused')\n"
    )
    (tmp_path / "kept").mkdir()
    command = [*sandbox(), *options(tmp_path / "kept", [tmp_path, Path(sys.prefix)], [tmp_path / "kept"])]

    done = subprocess.run(
        [*command, "--chdir", str(tmp_path), sys.executable, "look.py"], capture_output=True, text=True, check=False
    )

    assert done.stdout == "refused\n", done.stderr
    assert (tmp_path / "kept" / "a").read_text() == "a"


def test_folders_for_failing_examples_are_there(tmp_path: Path) -> None:
    """A missing folder is created; a place that is not a folder is left out."""
    places = (str(tmp_path / "a" / "b"), "redis://host:1", "github:owner/repository")
    launch = launch_of(
        target_from("reference_impl", find_contract("")),
        find_contract(""),
        examples=1,
        database=places,
        is_sandboxed=True,
    )

    assert launch.create_folders() == [tmp_path / "a" / "b"]
    assert (tmp_path / "a" / "b").is_dir()


def test_the_plugin_of_pytest_has_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without one, the option is a usage error, before anything runs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    suite = ROOT / "conformance" / "contracts" / "task_template" / "suite" / "test_override.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(suite), "--impl", "reference_impl"]

    done = subprocess.run(
        [*command, "--collect-only", "--impl-sandbox", "--rootdir", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert "bubblewrap (the command bwrap) is not installed" in done.stdout + done.stderr
    assert done.returncode != 0
