"""The command: exit codes, one clear line for each error, an interrupt that keeps the results so far."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from conformance.command.cli import LATER, Commands, conformance
from tests.conformance.engine.test_isolate import ROOT

PLANTED = "tests.conformance.planted.adapter"
COMMAND = [sys.executable, "-m", "conformance"]


NO_TEXT = ROOT / "build" / "no-text"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


AS_FROM_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Where these tests ignore SIGINT, because a script has started them with `&`, the command would ignore it too."""


@contextlib.contextmanager
def started(*arguments: str, env: Mapping[str, str] = os.environ) -> Iterator[subprocess.Popen[str]]:
    """Start the command as from a terminal. At the end of the block it is ended, however that is left."""
    command = [sys.executable, "-c", AS_FROM_A_TERMINAL, *COMMAND, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "nothing"], 2, "nothing: there is no such target"),
        (["run", "reference_imp"], 2, "Did you mean reference_impl?"),
        (["run", "mine.py"], 2, "mine:ATTRIBUTE"),
        (["--config", "no-such.toml", "run", "reference_impl"], 2, "no-such.toml: there is no such file"),
        (["explain", "ovr-02"], 2, "Did you mean OVR-02?"),
        (["run", "reference_impl", "--rule", "OVR-99"], 2, "OVR-99: there is no such rule"),
        (["run", "reference_impl", "--examples", "many"], 2, "--examples many"),
        (["run", "reference_impl", "--expect", "no/such/file"], 2, "no/such/file: cannot be read"),
        (["run", "reference_impl", "--out", "/proc/no/report.json"], 2, "cannot be written"),
        (["run", "reference_impl", "--out", "build/report.jsonl"], 2, "Name the report report.json"),
        (
            ["run", "reference_impl", "--expect", "build/no-text"],
            2,
            "build/no-text: this is not a file of expectations",
        ),
        (["run", "reference_impl", "--limit", "nan"], 2, "nan is not a number of seconds above 0"),
        (["run", "reference_impl", "--limit", "0"], 2, "0 is not a number of seconds above 0"),
        (["run", "reference_impl", "--memory", "-5"], 2, "-5 is not in the range"),
        (["run", "reference_impl", "--since", "banana"], 2, "--since banana: this is not a version"),
        (["run"], 2, "Missing argument"),
        (["report", "pyproject.toml"], 2, "this is not a report of format 2"),
        (["explain", "OVR-99"], 2, "no such rule"),
        (["run", "reference_impl", "--rule", "CON-05", "--level", "OBS"], 5, "Nothing was run"),
        (["run", f"{PLANTED}:FailingAdapter", "--rule", "CON-05"], 3, "no licence"),
        (["run", f"{PLANTED}:Nothing", "--rule", "CON-05"], 3, "has no 'Nothing'"),
        (["run", "no_such_module:Adapter", "--rule", "CON-05"], 3, "there is no module no_such_module"),
        (["run", "tests/adapter.py:Adapter", "--rule", "CON-05"], 3, "'tests/adapter.py' is not the name of a module"),
        (["run", f"{PLANTED}:MisspeltAdapter", "--rule", "PKL-01"], 3, "no such capability. Did you mean pickle?"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], code: int, words: str) -> None:
    """The documented exit code, a line that says what to do, and never a traceback."""
    NO_TEXT.parent.mkdir(exist_ok=True)
    NO_TEXT.write_bytes(b"\xff\xfe")

    done = run(*arguments)

    assert done.returncode == code, done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    """Results are printed even if they cannot be written, and the exit code is not that of a successful run."""
    arguments = [*COMMAND, "run", "reference_impl", "--rule", "CON-05", "--examples", "smoke"]
    link = tmp_path / "report.json"
    link.symlink_to("/dev/full")
    unwritten = subprocess.run([*arguments, "--out", str(link)], capture_output=True, text=True, check=False)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        unprinted = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert "1/1" in unwritten.stdout
    for done in (unwritten, unprinted):
        assert done.returncode == 3
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_rule_that_holds_gives_exit_code_0() -> None:
    """The result is as expected."""
    done = run("run", "reference_impl", "--rule", "CON-05", "--examples", "smoke")

    assert done.returncode == 0
    assert "1/1" in done.stdout


def test_an_expectation_that_does_not_apply_gives_exit_code_4(tmp_path: Path) -> None:
    """So a list of known deviations stays up to date."""
    path = tmp_path / "expect.toml"
    path.write_text('[[expect]]\nrule = "CON-05"\nreason = "we thought so"\n', encoding="utf-8")

    done = run("run", "reference_impl", "--rule", "CON-05", "--examples", "smoke", "--expect", str(path))

    assert done.returncode == 4
    assert "stale expectation: CON-05: the rule holds now, so remove its entry (we thought so)" in done.stdout


def test_two_runs_with_one_seed_give_one_report(tmp_path: Path) -> None:
    """They are equal byte for byte, except for the time of the run."""
    reports = []
    for name in ("one.json", "two.json"):
        path = tmp_path / name
        run("run", "reference_impl", "--rule", "OVR", "--examples", "smoke", "--seed", "7", "--out", str(path))
        text = path.read_text(encoding="utf-8")
        reports.append(text.replace(json.loads(text)["created"], ""))

    assert reports[0] == reports[1]


def test_an_interrupt_leaves_what_was_found(tmp_path: Path) -> None:
    """The report says that it is incomplete, the lines end in a footer that says so, and no process is left."""
    out = tmp_path / "report.json"
    lines = out.with_suffix(".jsonl")
    with started("run", "reference_impl", "--examples", "deep", "--out", str(out)) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (lines.exists() and lines.read_bytes().count(b"\n") >= 1):
            time.sleep(0.2)
        # A user who presses the keys twice still wants the report.
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        text, _ = process.communicate(timeout=30)

    report = json.loads(out.read_text(encoding="utf-8"))
    assert process.returncode == 3
    assert "interrupted" in text
    assert report["is_complete"] is False
    assert 0 < len(report["targets"][0]["results"]) < len(report["rules"])
    assert json.loads(lines.read_text(encoding="utf-8").splitlines()[-1])["is_complete"] is False


def test_an_interrupt_ends_the_installation_of_a_release(tmp_path: Path) -> None:
    """The installation is cancelled; the report says that nothing was judged, and the environment is removed."""
    installer = tmp_path / "bin" / "uv"
    installer.parent.mkdir()
    installer.write_text(f"#!/bin/sh\ntouch {tmp_path}/begun\nsleep 300\n", encoding="utf-8")
    installer.chmod(0o755)
    out = tmp_path / "report.json"
    env = {**os.environ, "PATH": f"{installer.parent}:{os.environ['PATH']}", "ASSAY_CACHE": str(tmp_path / "cache")}
    with started("run", "flyte==2.12.1", "--out", str(out), env=env) as process:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not (tmp_path / "begun").exists():
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    target = json.loads(out.read_text(encoding="utf-8"))["targets"][0]
    assert process.returncode == 3
    assert (target["results"], target["error"]) == ([], None)
    assert list((tmp_path / "cache" / "environments").iterdir()) == []


def test_a_run_leaves_nothing_in_the_working_directory(tmp_path: Path) -> None:
    """Except the files of --out; the files of hypothesis are in the cache."""
    done = subprocess.run(
        [*COMMAND, "run", "reference_impl", "--rule", "CON-05", "--examples", "smoke", "--out", "report.json"],
        cwd=tmp_path,
        env={**os.environ, "ASSAY_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.jsonl", "cache"}


def test_rules_and_explain_speak_of_the_catalogue() -> None:
    """A rule can be looked up by id and by group."""
    listed, explained = run("rules", "OVR").stdout, run("explain", "OVR-02").stdout
    levels = {line.split()[1] for line in run("rules", "--level", "MAY", "--level", "MUST").stdout.splitlines()}

    assert listed.splitlines()[0].startswith("OVR-01")
    assert levels == {"MAY", "MUST"}
    assert "override-keeps-receiver" in explained
    assert "hint:" in explained


def test_the_commands_that_are_imported_late_are_there() -> None:
    """The table of late commands names existing commands."""
    assert isinstance(conformance, Commands)
    for name in LATER:
        assert run(name, "--help").returncode == 0, name
