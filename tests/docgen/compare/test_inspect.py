"""`docgen diff` on the sources of two releases agrees with `inspect` on the installed releases."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.network, pytest.mark.thorough]

PAIRS = {
    "attrs": (("attrs==22.2.0",), ("attrs==25.3.0",)),
    "click": (("click==8.1.8",), ("click==8.2.1",)),
    # The older release cannot be imported with every later version of its interfaces.
    "flyte": (("flyte==2.1.2", "flyteidl2==2.0.11"), ("flyte==2.12.1", "flyteidl2")),
    "httpx": (("httpx==0.27.2",), ("httpx==0.28.1",)),
    "pydantic": (("pydantic==2.10.6",), ("pydantic==2.11.7",)),
    "rich": (("rich==13.0.0",), ("rich==14.0.0",)),
    "typer": (("typer==0.12.5",), ("typer==0.16.0",)),
}
"""Distribution -> what is installed for the old side, and for the new one; the first is the release to compare."""
SHOW = """
import importlib, inspect, json, sys, warnings

warnings.simplefilter("ignore")

def found(path):
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for place, part in enumerate(parts[end:], end + 1):
            # An annotation without a value declares an attribute of instances.
            if not hasattr(value, part) and place == len(parts) and part in getattr(value, "__annotations__", ()):
                return None
            value = getattr(value, part)
        return value
    raise AttributeError(path)

def shown(path):
    try:
        value = found(path)
    except AttributeError:
        return None
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        {"name": each.name, "kind": each.kind.name, "default": repr(each.default), "annotation": str(each.annotation)}
        for each in parameters
        if each.name not in ("self", "cls")
    ]

print(json.dumps({path: shown(path) for path in json.loads(sys.argv[1])}))
"""
"""Prints path -> parameters in order; null for a path without a symbol."""


def installed(folder: Path, wanted: tuple[str, ...]) -> str:
    """Return the interpreter of a new environment with some releases."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
    return python


def _shown(python: str, symbols: str) -> dict[str, Any]:
    """Return what `inspect.signature` says about symbols."""
    answer = subprocess.run([python, "-c", SHOW, symbols], capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return report


@pytest.mark.parametrize("name", PAIRS)
def test_each_change_of_a_call_is_one_for_inspect_too(name: str, tmp_path: Path) -> None:
    """Each parameter of a finding differs in the way that it says, and each removed symbol is gone."""
    sides = PAIRS[name]
    command = [sys.executable, "-m", "docgen", "diff", *(side[0] for side in sides), "--level", "minor"]
    report = json.loads(
        subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False).stdout
    )
    checked = [
        each
        for each in report["differences"]
        if (each.get("parameter") or each["name"] in _EXISTENCE) and not each["symbol"].startswith(_NOT_IMPORTED)
    ]
    symbols = json.dumps([each["symbol"] for each in checked])
    old, new = (
        _shown(installed(tmp_path / side, wanted), symbols) for side, wanted in zip(("old", "new"), sides, strict=True)
    )

    wrong = [line for each in checked for line in _contradictions(each, old[each["symbol"]], new[each["symbol"]])]

    assert checked, "nothing was compared"
    assert not wrong, "\n".join(wrong)


Shown = list[dict[str, str]] | None
_NOT_IMPORTED = ("pydantic.mypy.", "typer.core.")
"""A plugin of mypy, which cannot be imported, and overrides of methods of another distribution, which docgen does not
read."""
_EXISTENCE = {"symbol-removed": (True, False), "module-removed": (True, False), "symbol-added": (False, True)}
"""Kind of difference -> on which sides the symbol exists."""
_EMPTY = "<class 'inspect._empty'>"


class Side:
    """The parameters of a symbol according to `inspect`."""

    def __init__(self, parameters: list[dict[str, str]]) -> None:
        self.facts = {each["name"]: each for each in parameters}
        self.places = {each["name"]: place for place, each in enumerate(parameters, 1)}
        self.takes_more = any(each["kind"] == "VAR_KEYWORD" for each in parameters)

    def fact(self, name: str, what: str) -> str:
        """Return the kind, default or annotation of a parameter, empty if there is no such parameter."""
        return self.facts.get(name, {}).get(what, "")

    def has(self, name: str) -> bool:
        """Return True if a call can name a parameter."""
        return self.fact(name, "kind") in {"POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY", "POSITIONAL_ONLY"}


def _contradictions(difference: dict[str, Any], was: Shown, now: Shown) -> Iterator[str]:
    """Yield how the installed releases contradict a difference."""
    kind, line = difference["name"], f"{difference['symbol']}: {difference['text']}"
    if kind in _EXISTENCE:
        is_unseen = difference["text"].startswith("attribute")  # Only instances have it.
        if (was is not None, now is not None) != _EXISTENCE[kind] and not is_unseen:
            yield f"{line}: exists before: {was is not None}, after: {now is not None}"
        return
    if was is None or now is None:
        yield f"{line}: no such symbol"
        return
    old, new = Side(was), Side(now)
    is_by_alias = difference.get("old") and difference.get("old") == difference.get("new")
    for part in difference["text"].split("; "):
        names = [each.lstrip("*") for each in re.findall(r"`([^`]*)`", part)]
        if not is_by_alias and not _is_true(part, names, old, new):
            yield f"{line}: before: {was}, after: {now}"


def _is_true(part: str, names: list[str], old: Side, new: Side) -> bool:  # noqa: PLR0911 - one line per wording
    """Return True if a part of the text of a difference describes two signatures; if it says something else, too."""
    if part.endswith(" removed"):
        return all(old.has(name) and not new.has(name) for name in names)
    if " is called " in part:
        pairs = zip(names[::2], names[1::2], strict=True)
        return all(old.has(one) and new.has(two) and not old.has(two) for one, two in pairs)
    if part.endswith((" added without a default", " added, optional")):
        # What a body reads from its `**kwargs` is not in a signature.
        return all(not old.has(name) and (new.has(name) or new.takes_more) for name in names)
    if found := re.search(r" moved from place (\d+) to (\d+)$", part):
        return (old.places[names[-1]], new.places[names[-1]]) == (int(found[1]), int(found[2]))
    if part.endswith((" moved with it", " moved up")):
        return all(old.places[name] != new.places[name] for name in names)
    if " inserted before " in part:
        return new.has(names[0]) and new.places[names[0]] < new.places[names[-1]]
    if part.endswith(" keyword-only now"):
        return all(new.fact(name, "kind") == "KEYWORD_ONLY" != old.fact(name, "kind") for name in names)
    if part.endswith((" optional now", " without a default now")):
        wanted = (True, False) if part.endswith(" optional now") else (False, True)
        sides = [tuple(side.fact(name, "default") == _EMPTY for side in (old, new)) for name in names]
        return all(each == wanted for each in sides)
    if re.match(r"`\w+`: ", part):
        # Stubs have annotations that nothing shows at run time.
        annotations = [side.fact(names[0], "annotation") for side in (old, new)]
        return _EMPTY in annotations or annotations[0] != annotations[1]
    return True
