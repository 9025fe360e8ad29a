"""The second opinion: how the tool uses a mutant's place, an earlier run and the verdicts."""

from __future__ import annotations

import importlib.util
import json
import subprocess
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
    """A line belongs to the innermost function whose body contains it; signatures and module code belong to none."""
    (tmp_path / "module.py").write_text(SOURCE, encoding="utf-8")
    tool = load_tool()

    places = {line: tool.function_at(tmp_path, "module", line) for line in (1, 3, 4, 5, 6)}

    assert places == {1: 0, 3: 0, 4: 3, 5: 4, 6: 3}


def test_mutant_is_judged_by_the_rules_that_run_it(tmp_path: Path) -> None:
    """A function's mutant is judged by the rules that run the function, one of module code by all that run it."""
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
        mutant = tool.Made(name="m", module="module", line=line, source="", change=(), is_wording=False)
        found: list[str] = tool.rules_for(mutant, tmp_path, reach)
        return found

    assert rules(6) == ["AAA-01"]
    assert rules(5) == ["AAA-02"]
    assert rules(3) == ["AAA-01", "AAA-02"]


TABLES = """\
UNITS = {"k": 1000}
UNITS["M"] = 1000 * UNITS["k"]
NAMES = tuple(UNITS)
SIZE = 3

def amount(text):
    return UNITS[text]

def names():
    return NAMES

def other():
    return 3

class Box:
    size = SIZE
"""


def test_value_is_judged_by_the_rules_that_read_it(tmp_path: Path) -> None:
    """A value of a module belongs to the functions that read it, through another name or module too."""
    (tmp_path / "tables.py").write_text(TABLES, encoding="utf-8")
    (tmp_path / "user.py").write_text("import tables\n\ndef known():\n    return tables.NAMES\n", encoding="utf-8")
    tool = load_tool()

    assert tool.readers_of(tmp_path, "tables", 1) == {("tables", 6), ("tables", 9), ("user", 3)}
    assert tool.readers_of(tmp_path, "tables", 3) == {("tables", 9), ("user", 3)}
    assert tool.readers_of(tmp_path, "tables", 4) is None
    assert tool.readers_of(tmp_path, "tables", 6) is None


def test_run_goes_on_with_what_is_not_killed(tmp_path: Path) -> None:
    """Only the killed mutants of an earlier run are reused."""
    out = tmp_path / "out.jsonl"
    lines = [{"name": "a", "at": "smoke", "killed_by": "AAA-01"}, {"name": "b", "at": None}]
    out.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    tool = load_tool()

    assert tool.earlier(out) == {"a": lines[0]}
    assert tool.earlier(tmp_path / "none") == {}


def test_rate_counts_what_was_not_read_as_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equivalents leave the denominator, mutants that no rule is about do not, and one that fails to load survives."""
    tool = load_tool()
    findings = tmp_path / "findings.toml"
    findings.write_text('[equivalent]\ne = "the same"\n[outside]\no = "a default"\n', encoding="utf-8")
    monkeypatch.setattr(tool, "FINDINGS", findings)
    ends = {"a": "smoke", "b": "default", "c": tool.UNLOADABLE, "e": None, "o": None, "unread": None}
    words = {"killed words": "smoke", "words": None}

    found = tool.summary(
        [{"name": name, "at": at, "is_wording": name in words, "rules": 1} for name, at in (ends | words).items()], 1000
    )

    assert found["alive"] == {"equivalent": 1, "outside": 1, "wording": 1, "not_read": 1}
    assert found["not_read"] == ["unread"]
    assert found["rate"] == 0.5
    assert found["rate_without_wording"] == 0.5
    assert found["rate_of_what_a_rule_speaks_of"] == round(2 / 3, 3)


def test_modules_of_the_sample_are_there() -> None:
    """Only the modules that carry the contract are mutated."""
    found = load_tool().modules()

    assert {"errors", "task/template", "schema/interface", "values/caching"} <= set(found)
    assert not [name for name in found if name.startswith("local/")]


TRACED = """\
import os, sys
from pathlib import Path
sys.path.append(sys.argv[1])
from tools import second_opinion
os.chdir(sys.argv[2])  # where no configuration says what is measured
folder = Path(sys.argv[2])
second_opinion.copy_implementation(folder)
second_opinion.use_fast_settings(1)
second_opinion.trace(folder, ["", "VAL-07", "NIF-07"], print)
"""


def test_what_runs_for_a_rule_is_seen(tmp_path: Path) -> None:
    """Code that a rule runs is traced, although each rule restores the process; import-time code is separate."""
    command = [sys.executable, "-c", TRACED, str(TOOL.parents[1]), str(tmp_path)]

    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    on_import, secret, interface = ({module for module, _ in json.loads(line)} for line in lines)
    assert {"task/template", "values/secret", "schema/interface"} <= on_import
    assert "values/secret" in secret
    assert "schema/interface" not in secret
    assert "schema/interface" in interface


def test_a_value_for_readers_outside_is_judged_by_the_rules_of_its_module(tmp_path: Path) -> None:
    """A public constant that no function reads may still be checked by a rule."""
    tool = load_tool()
    (tmp_path / tool.COPY).mkdir()
    (tmp_path / tool.COPY / "module.py").write_text("PUBLIC = 1\n\ndef f():\n    return 2\n", encoding="utf-8")
    reach = {"": frozenset(), "AAA-01": frozenset({("module", 3)}), "AAA-02": frozenset({("other", 1)})}
    mutant = tool.Made(name="m", module="module", line=1, source="", change=(), is_wording=False)

    assert tool.rules_for(mutant, tmp_path, reach) == ["AAA-01"]
