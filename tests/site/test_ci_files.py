"""The action, the hooks and the pipelines that the guide shows: read as the platforms read them, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml  # type: ignore[import-untyped] # mkdocs brings it, without types

from tests.platforms import TOKEN, Platform

ROOT = Path(__file__).resolve().parents[2]
GIT = shutil.which("git") or "git"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "site" / "guide" / "ci.md").read_text(encoding="utf-8")
SHOWN = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)]
WORKFLOW, PIPELINE, PRE_COMMIT = SHOWN


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run([GIT, *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A shallow clone of a pull request that removes a parameter, as `actions/checkout` makes it."""
    origin = tmp_path / "origin"
    (origin / "acme").mkdir(parents=True)
    git(origin, "init", "-q")
    for branch, text in (("main", "def f(a, b=1): ...\n"), ("change", "def f(a): ...\n")):
        git(origin, "checkout", "-q", "-B", branch)
        (origin / "acme" / "__init__.py").write_text(text)
        (origin / "accepted.toml").write_text("")
        git(origin, "add", ".")
        git(origin, "commit", "-q", "-m", branch)
    git(origin, "tag", "1.0", "main")
    git(origin, "checkout", "-q", "-B", "merge", "main")
    git(origin, "merge", "-q", "--no-ff", "-m", "merge", "change")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=merge", f"file://{origin}", "clone")
    return tmp_path / "clone"


def evaluated(text: str, inputs: Mapping[str, str]) -> str:
    """Return a string with the expressions of GitHub in it replaced."""
    known = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.token": TOKEN}
    return re.sub(r"\$\{\{ *(\S+) *\}\}", lambda found: known[found[1]], text)


def run_action(
    checkout: Path, platform: Platform, given: Mapping[str, str], *, event: str = "pull_request", install: bool = False
) -> tuple[int, str, Path]:
    """Run the steps of the action as a runner does; return exit code, output and the folder of the runner's files."""
    runner = checkout.parent / "runner"
    runner.mkdir(exist_ok=True)
    if not install and not (runner / "assay").exists():
        (runner / "assay").symlink_to(Path(sys.executable).parent.parent)
    (runner / "event.json").write_text(json.dumps({"pull_request": {"number": 5}} if event == "pull_request" else {}))
    inputs = {name: evaluated(each.get("default", ""), {}) for name, each in ACTION["inputs"].items()} | dict(given)
    variables = {
        **os.environ,
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_API_URL": platform.address,
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(runner / "event.json"),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_REPOSITORY": "acme/acme",
        "GITHUB_SHA": git(checkout, "rev-parse", "HEAD"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
        "RUNNER_TEMP": str(runner),
    }
    output = ""
    for step in ACTION["runs"]["steps"][0 if install else 1 :]:
        values = {name: evaluated(value, inputs) for name, value in step["env"].items()}
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=checkout, env=variables | values, capture_output=True, text=True, check=False
        )
        output += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, output, runner
    return 0, output, runner


def test_the_action_is_what_the_platform_accepts() -> None:
    """Every expression names an input, every step names its shell, and scripts contain no expression.

    An expression in a script would run what a pull request writes.
    """
    steps = ACTION["runs"]["steps"]
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))

    assert ACTION["runs"]["using"] == "composite"
    assert used == set(ACTION["inputs"])
    assert all(step["shell"] == "bash" and "${{" not in step["run"] for step in steps)


def test_a_pull_request_gets_annotations_a_summary_and_one_comment(checkout: Path, platform: Platform) -> None:
    """The change of the pull request itself is reported; the next run updates the comment."""
    step = WORKFLOW["jobs"]["api"]["steps"][-1]
    first, output, runner = run_action(checkout, platform, step["with"])
    git(checkout, "config", "user.name", "Test")
    (checkout / "acme" / "__init__.py").write_text("def f(a, b=1): ...\n")
    second, _, _ = run_action(checkout, platform, step["with"])

    assert (first, second) == (1, 0), output
    assert "::error file=acme/__init__.py,line=1,title=DG620 major%3A acme.f::`b` removed" in output
    assert "exit-code=1" in (runner / "output").read_text()
    assert "| `acme.f` | `b` removed" in (runner / "summary.md").read_text()
    (comment,) = platform.comments
    assert comment["body"].startswith("<!-- assay: api of")
    assert "No differences" in comment["body"]


def test_a_push_is_compared_with_the_last_release(checkout: Path, platform: Platform) -> None:
    """There is no pull request, and so no comment."""
    git(checkout, "fetch", "-q", "--tags", "--unshallow", "origin")

    code, output, _ = run_action(checkout, platform, {"level": "minor"}, event="push")

    assert code == 1
    assert "acme.f" in output
    assert platform.comments == []


@pytest.mark.thorough
def test_a_contract_is_compared_by_parity(checkout: Path, platform: Platform) -> None:
    """`against` names it."""
    (checkout / "contract").mkdir()
    (checkout / "contract" / "acme.py").write_text("def f(a): ...\ndef g(): ...\n")

    code, output, _ = run_action(checkout, platform, {"against": "contract/acme.py", "comment": "false"})

    assert code == 1
    assert "acme.g" in output
    assert platform.comments == []


@pytest.mark.thorough
def test_a_comment_that_cannot_be_written_is_a_warning(checkout: Path, platform: Platform) -> None:
    """The verdict on the API does not change."""
    code, output, _ = run_action(checkout, platform, {"token": ""})

    assert code == 1
    assert "::warning::The comment could not be written" in output


@pytest.mark.network
@pytest.mark.thorough
def test_the_action_installs_from_its_own_path(checkout: Path, platform: Platform) -> None:
    """The environment of the runner needs nothing but Python."""
    code, output, runner = run_action(checkout, platform, {"python": sys.executable}, install=True)

    assert code == 1, output
    assert (runner / "assay" / "bin" / "docgen").exists()


def test_the_pipeline_of_gitlab_runs(checkout: Path) -> None:
    """Its script is run, all but the installation and the comment: JUnit for the pipeline, Markdown for the comment."""
    git(checkout, "fetch", "-q", "--unshallow", "origin")
    lines = PIPELINE["api"]["script"]
    script = "\n".join(line for line in lines if not line.startswith(("pip ", "docgen comment")))
    variables = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(checkout, "rev-parse", "HEAD^1"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    done = subprocess.run(["/bin/sh", "-e", "-c", script], cwd=checkout, env=os.environ | variables, check=False)

    assert done.returncode == 1
    artifacts = PIPELINE["api"]["artifacts"]
    root = ET.fromstring((checkout / artifacts["reports"]["junit"]).read_text())  # noqa: S314 - our own text
    assert [case.get("classname") for case in root.iter("testcase")] == ["acme.f"]
    assert (checkout / artifacts["paths"][0]).read_text().startswith("<!-- assay: api of")
    assert f"docgen comment {artifacts['paths'][0]}" in lines


def test_each_hook_of_the_guide_exists() -> None:
    """pre-commit finds each one, and each runs a command of docgen that needs no file names."""
    wanted = {hook["id"] for hook in PRE_COMMIT["repos"][0]["hooks"]}

    assert wanted == {hook["id"] for hook in HOOKS}
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False for hook in HOOKS)
    assert all(hook["entry"].startswith("docgen ") for hook in HOOKS)


@pytest.mark.network
@pytest.mark.thorough
def test_pre_commit_runs_each_hook_from_a_clone(checkout: Path, tmp_path: Path) -> None:
    """Installed by pre-commit itself, each hook passes and fails where the command does."""
    assay = tmp_path / "assay"
    git(tmp_path, "clone", "-q", str(ROOT), str(assay))
    tool = tmp_path / "tool"
    subprocess.run([sys.executable, "-m", "venv", str(tool)], check=True)
    subprocess.run([str(tool / "bin" / "pip"), "install", "-q", "pre-commit"], check=True)
    (checkout / "acme" / "__init__.py").write_text('"""Acme."""\n\n\ndef f(a: int) -> None:\n    """Do it."""\n')
    target = '[[tool.docgen.reference]]\ntarget = "acme"\ndialect = "material"\nout = "docs/reference"\n'
    (checkout / "pyproject.toml").write_text(f'[project]\nname = "acme"\nversion = "2.0"\n{target}')
    config = {"repos": [{**PRE_COMMIT["repos"][0], "repo": str(assay), "rev": git(assay, "rev-parse", "HEAD")}]}
    (checkout / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git(checkout, "fetch", "-q", "--tags", "--unshallow", "origin")
    git(checkout, "add", ".")

    def hook(name: str, *stage: str) -> int:
        command = [str(tool / "bin" / "pre-commit"), "run", name, "--all-files", *stage]
        variables = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home")}
        return subprocess.run(command, cwd=checkout, env=variables, check=False).returncode

    assert hook("docgen-lint") == 0
    assert hook("docgen-check") != 0  # nothing has been built
    assert hook("docgen-diff", "--hook-stage", "pre-push") == 1
    subprocess.run([sys.executable, "-m", "docgen", "build"], cwd=checkout, check=True, capture_output=True)
    assert hook("docgen-check") == 0
