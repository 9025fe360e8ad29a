"""The tool that takes a second opinion: what it makes of a mutant's place, of an earlier run and of the verdicts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "second_opinion.py"


def load_tool() -> ModuleType:
    """Return the tool as a module."""
    spec = importlib.util.spec_from_file_location("second_opinion", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


SOURCE = """\
LIMIT = 3

def outer(x):
    def inner(y):
        return y
    return inner(x)
"""


def test_place_is_the_innermost_function(tmp_path: Path) -> None:
    """A line belongs to the innermost function whose body holds it; heads and module code belong to none of these."""
    (tmp_path / "module.py").write_text(SOURCE, encoding="utf-8")
    tool = load_tool()

    places = {line: tool.function_at(tmp_path, "module", line) for line in (1, 3, 4, 5, 6)}

    assert places == {1: 0, 3: 0, 4: 3, 5: 4, 6: 3}


def test_mutant_is_judged_by_the_rules_that_run_it(tmp_path: Path) -> None:
    """A function's mutant goes to the rules that run the function, one of module code to all that run the module."""
    tool = load_tool()
    (tmp_path / tool.COPY).mkdir()
    (tmp_path / tool.COPY / "module.py").write_text(SOURCE, encoding="utf-8")
    reach = {
        "": frozenset({("other", 1)}),
        "AAA-01": frozenset({("module", 3)}),
        "AAA-02": frozenset({("module", 4)}),
        "AAA-03": frozenset({("other", 7)}),
    }

    def rules(line: int) -> list[str]:
        made = tool.Made(name="m", module="module", line=line, source="", change=())
        found: list[str] = tool.rules_for(made, tmp_path, reach)
        return found

    assert rules(6) == ["AAA-01"]
    assert rules(5) == ["AAA-02"]
    assert rules(1) == ["AAA-01", "AAA-02"]


def test_run_goes_on_with_what_is_not_killed(tmp_path: Path) -> None:
    """Of an earlier run only the killed ones are taken over."""
    out = tmp_path / "out.jsonl"
    lines = [{"name": "a", "at": "smoke", "killed_by": "AAA-01"}, {"name": "b", "at": None}]
    out.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    tool = load_tool()

    assert tool.earlier(out) == {"a": lines[0]}
    assert tool.earlier(tmp_path / "none") == {}


def test_rate_counts_what_was_not_read_as_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equivalents leave the denominator, what no rule speaks of stays in it, and what cannot be loaded is no kill."""
    tool = load_tool()
    findings = tmp_path / "findings.toml"
    findings.write_text('[equivalent]\ne = "the same"\n[outside]\no = "a message"\n', encoding="utf-8")
    monkeypatch.setattr(tool, "FINDINGS", findings)
    ends = {"a": "smoke", "b": "default", "c": tool.UNLOADABLE, "e": None, "o": None, "unread": None}

    found = tool.summary([{"name": name, "at": at} for name, at in ends.items()], 1000)

    assert found["rate"] == 0.5
    assert found["rate_of_what_a_rule_speaks_of"] == round(2 / 3, 3)
    assert found["alive_and_not_read"] == ["unread"]
