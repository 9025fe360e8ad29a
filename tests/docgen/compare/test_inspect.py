"""`docgen diff` on the sources of two releases agrees with `inspect` on the installed releases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.network, pytest.mark.thorough]

NAME = "flyte"
VERSIONS = {"2.1.2": "flyteidl2==2.0.11", "2.12.1": "flyteidl2"}
"""Release -> what else is installed: the older one cannot be imported beside every later version of its interfaces."""
SHOW = """
import importlib, inspect, json, sys

def found(path):
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            value = getattr(value, part)
        return value

def shown(path):
    try:
        parameters = inspect.signature(found(path)).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return None
    told = ((each.name, str(each.kind), repr(each.default), str(each.annotation)) for each in parameters)
    return {name: [place, *facts] for place, (name, *facts) in enumerate(told)}

print(json.dumps({path: shown(path) for path in json.loads(sys.argv[1])}))
"""


def installed(folder: Path, version: str) -> str:
    """Return the interpreter of a new environment with a release."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", f"{NAME}=={version}", VERSIONS[version]], check=True)
    return python


def _shown(python: str, symbols: str) -> dict[str, Any]:
    """Return the signatures of some symbols according to `inspect.signature`, None if it has none."""
    answer = subprocess.run([python, "-c", SHOW, symbols], capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return told


def test_each_change_of_a_call_is_one_for_inspect_too(tmp_path: Path) -> None:
    """Each parameter of a breaking finding differs: in presence, place, kind, default or annotation."""
    sides = [f"{NAME}=={version}" for version in VERSIONS]
    command = [sys.executable, "-m", "docgen", "diff", *sides, "--level", "major", "--format", "json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)["differences"]
    calls = [each for each in told if each.get("parameter")]
    symbols = json.dumps([each["symbol"] for each in calls])
    old, new = (_shown(installed(tmp_path / version, version), symbols) for version in VERSIONS)

    wrong = [each["symbol"] for each in calls if not _is_confirmed(each, old, new)]

    assert calls, "nothing was compared"
    assert not wrong, wrong


def _is_confirmed(difference: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> bool:
    was, now = old[difference["symbol"]], new[difference["symbol"]]
    names = [name.lstrip("*") for name in difference["parameter"].replace(" -> ", ", ").split(", ")]
    return was is not None and now is not None and all(was.get(name) != now.get(name) for name in names)
