"""The contract in `examples/contracts/executor`: it is complete; its model and the standard library conform to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.authoring.check import unfinished, without_mutants
from conformance.engine.contract import Contract, find_contract
from conformance.engine.rules import Level
from conformance.mutants.grade import Grading
from conformance.mutants.grades import Grades

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "examples" / "contracts" / "executor"
MODEL, THREADS, PROCESSES = "executor.adapters.own:Own", "concurrent.futures.thread", "concurrent.futures.process"
OTHERS = {
    "loky==3.7.0": {"SHU-06", "SHU-07", "SHU-08", "SHU-09", "SHU-11", "SUB-03"},
    "futurist==3.5.0": {"SHU-05", "SHU-06", "SUB-03", "SUB-07"},
}
"""Releases of others, and the rules that they break. Each was compared with the page by hand."""


def contract() -> Contract:
    """Return the contract."""
    return find_contract(str(FOLDER))


def judged(*targets: str, options: tuple[str, ...] = ("--examples", "smoke", "--limit", "60")) -> list[dict[str, Any]]:
    """Return the reports on some targets, with one process for each, as a user runs them."""
    command = [sys.executable, "-P", "-m", "conformance", "run", "--contract", str(FOLDER), "--format", "json"]
    done = subprocess.run([*command, *options, *targets], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["targets"]
    return found


def breaks(report: dict[str, Any]) -> dict[str, str]:
    """Return the rules that neither hold nor are a gap, with their messages."""
    results = report["results"]
    return {one["rule"]: one.get("message", "") for one in results if one["verdict"] not in {"holds", "gap"}}


def test_rules_are_many_and_complete() -> None:
    """Each rule has a property, and cites the page or states another basis."""
    rules = contract().rules.values()

    assert len(rules) >= 40
    assert list(unfinished(contract(), None)) == []
    assert sum(rule.source is not None for rule in rules) >= 0.9 * len(rules)
    assert {rule.source.page for rule in rules if rule.source is not None} == {contract().page}


def test_threads_and_the_model_keep_the_contract() -> None:
    """Every rule that they do not decline holds."""
    own, threads = judged(MODEL, THREADS)

    assert breaks(own) == breaks(threads) == {}
    assert sum(one["verdict"] == "holds" for one in own["results"]) >= 100


@pytest.mark.thorough
def test_processes_keep_the_contract() -> None:
    """The same is true of the standard library's other executor."""
    (processes,) = judged(PROCESSES)

    assert breaks(processes) == {}


@pytest.mark.thorough
def test_mutants_of_the_model_are_caught() -> None:
    """At least 95 %, by a rule that they name; each MUST and SHOULD rule has one or states why not."""
    command = [sys.executable, "-P", "-m", "conformance", "mutants", "--contract", str(FOLDER), "--format", "json"]

    done = subprocess.run([*command, "--examples", "smoke"], capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.stdout, done.stderr
    grades = msgspec.json.decode(done.stdout, type=Grades)
    assert len(grades.grades) >= 100
    assert grades.named_rate >= 0.95, [one.mutant for one in grades.grades if not one.is_killed_as_named]
    assert list(without_mutants(contract(), Grading(contract=contract(), examples=1).listing())) == []


@pytest.mark.thorough
def test_scripts_pass_where_the_contract_is_kept() -> None:
    """A reproducer that fails on the standard library's threads would show nothing elsewhere."""
    scripts = sorted((FOLDER / "reproducers").glob("*.toml"))
    program = (
        "import sys, tomllib\n"
        "from concurrent.futures import ThreadPoolExecutor as executor\n"
        "for path in sys.argv[1:]:\n"
        "    for rule, body in tomllib.load(open(path, 'rb')).items():\n"
        "        try:\n"
        "            exec(body, {'executor': executor})\n"
        "        except BaseException as error:\n"
        "            print(rule, repr(error))\n"
    )

    done = subprocess.run([sys.executable, "-c", program, *scripts], capture_output=True, text=True, check=True)

    assert done.stdout == ""


@pytest.mark.thorough
@pytest.mark.network
@pytest.mark.parametrize("target", sorted(OTHERS))
def test_others_deviate_where_they_are_known_to(target: str) -> None:
    """The rules that were found by hand deviate, each with a script that shows it without the suite."""
    (report,) = judged(target)

    assert set(breaks(report)) == OTHERS[target]
    scripts = {one["rule"]: one.get("reproducer") or "" for one in report["results"] if one["verdict"] == "deviates"}
    assert all("import" in script and "executor.adapters" not in script for script in scripts.values())


def test_levels_are_those_of_the_page() -> None:
    """Features that only some pools offer are a MAY; the pools that offer them must conform."""
    optional = {"initializer", "worker-death", "pickling", "processes", "default-workers"}

    assert not [
        rule.id for rule in contract().rules.values() if bool(rule.capabilities & optional) != (rule.level is Level.MAY)
    ]
