"""Each reproducer is a small script that fails only on a deviation. These tests check that it passes otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.contracts.task_template import NAME
from conformance.contracts.task_template.child.reproduce import composed as compose
from conformance.contracts.task_template.child.reproduce import (
    free_names,
    scripts,
    scripts_for,
    source_of,
    variables_of,
)
from conformance.contracts.task_template.child.subject import load_adapter
from conformance.contracts.task_template.strategies.origins import OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import (
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
    recipe,
)
from conformance.engine.child.judge import load_properties
from conformance.engine.child.scripts import OF_THE_RULE, with_example
from conformance.engine.confirm import confirmed, failing
from conformance.engine.contract import find_contract
from conformance.engine.launch import Launch

CONTRACT = find_contract(NAME)
STRICT = [rule for rule in scripts() if "strict" in CONTRACT.rules[rule].profiles]
FOREIGN = Path(__file__).parent.parent / "foreign"
MOST_LINES = 27
"""With the lines that put it inside a task. Those of rules that a release is known to break have 13 at most."""


@pytest.fixture(scope="module")
def here() -> Launch:
    """The environment of the tests, which contains the reference implementation."""
    return Launch(
        python=Path(sys.executable),
        contract=CONTRACT,
        adapter="",
        swapped_class=None,
        examples=1,
        seed=0,
        memory_mib=512,
        is_separate=False,
    )


@pytest.fixture(scope="module")
def composed() -> dict[str, str]:
    """The scripts of profile strict, against the reference implementation."""
    adapter = load_adapter("conformance.contracts.task_template.adapters.reference:ReferenceAdapter", None)
    return {rule: script for rule in STRICT if (script := compose(scripts()[rule], adapter)) is not None}


def test_each_script_is_of_a_rule() -> None:
    """Every script belongs to an existing rule."""
    assert set(scripts()) <= set(CONTRACT.rules)


def test_each_script_can_be_composed_and_needs_the_implementation_alone(composed: dict[str, str]) -> None:
    """No name is unbound, and nothing of this project is imported."""
    assert set(composed) == set(STRICT)
    for rule, script in composed.items():
        assert not free_names(script), rule
        assert "conformance" not in script, rule
        assert len(script.splitlines()) <= MOST_LINES, rule


def test_what_is_imported_stands_once_at_the_top() -> None:
    """Imports of a script, of its helpers and of public names form one block without unused ones."""
    adapter = load_adapter("conformance.contracts.task_template.adapters.reference:ReferenceAdapter", None)
    body = "import cloudpickle\nwith in_task():\n    asyncio.run(make(print).aio())\n"

    lines = (compose(body, adapter) or "").splitlines()

    assert lines[:4] == [
        "import asyncio, cloudpickle",
        "from reference_impl.extend import AsyncFunctionTaskTemplate as Template",
        "from reference_impl.models import ActionID, NativeInterface, TaskContext",
        "from reference_impl.task.context import Context, inside",
    ]
    assert not any("import" in line for line in lines[4:])
    assert "install" not in "".join(lines)


def test_no_script_fails_on_an_implementation_that_holds_the_rule(composed: dict[str, str], here: Launch) -> None:
    """Every rule of profile strict holds for the reference implementation."""
    assert failing(composed, here) == frozenset()


def test_no_script_fails_with_an_example_in_it_where_the_rule_holds(here: Launch) -> None:
    """A script contains only values that its assertions use: tried with the explicit examples of the properties."""
    adapter = load_adapter("conformance.contracts.task_template.adapters.reference:ReferenceAdapter", None)
    changed = {
        script: f"{rule} with {drawn}"
        for rule in STRICT
        for drawn in explicit_examples(rule)
        for script in scripts_for(rule, adapter, drawn)[:-1]
    }

    assert len({name.partition(" ")[0] for name in changed.values()}) > RULES_WITH_EXAMPLES
    assert failing({name: script for script, name in changed.items()}, here) == frozenset()


RULES_WITH_EXAMPLES = 5
"""More rules than this have scripts that take up the values of an example."""


def explicit_examples(rule: str) -> list[Mapping[str, Any]]:
    """Return the explicit examples of the properties of a rule."""
    properties = load_properties("conformance.contracts.task_template.suite")[rule]
    return [one.kwargs for property_ in properties for one in getattr(property_, "hypothesis_explicit_examples", ())]


def test_a_script_by_itself_says_what_the_confirmation_says(composed: dict[str, str], tmp_path: Path) -> None:
    """A fork of a process that has imported the implementation replaces a separate process."""
    for rule in ("OVR-15a", "EXE-17", "PKL-02"):
        path = tmp_path / "script.py"
        path.write_text(composed[rule], encoding="utf-8")

        alone = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False)

        assert alone.returncode == 0, alone.stderr


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", False),
        ("assert False", True),
        ("raise SystemExit", False),
        ("raise SystemExit('why')", True),
        ("import os\nos._exit(0)", False),
        ("import os\nos._exit(1)", True),
        ("import os\nos.abort()", True),
        ("no_such_name", False),  # wrong itself: shows nothing
        ("import no_such_module", False),
        ("while True: pass", True),
    ],
)
def test_a_script_fails_hangs_or_is_wrong_itself(script: str, here: Launch, *, expected: bool) -> None:
    """A failure counts unless the script itself is wrong."""
    assert (failing({"x": script}, here) == {"x"}) is expected


def test_a_script_that_cannot_be_parsed_spoils_no_other(here: Launch) -> None:
    """Its author made a mistake, and the other scripts still say what they say. An id may have any characters."""
    assert failing({"wrong": "def", "x": "assert False"}, here) == {"x"}
    assert confirmed({"A RULE": ["def", "assert False"]}, here) == {"A RULE": "assert False"}


def test_every_rule_has_a_script() -> None:
    """Every rule that decides in one of the profiles can be shown."""
    wanted = {rule.id for rule in CONTRACT.rules.values()}

    assert wanted <= set(scripts()), json.dumps(sorted(wanted - set(scripts())))


def test_a_script_gives_a_class_what_it_cannot_be_made_without(monkeypatch: pytest.MonkeyPatch, here: Launch) -> None:
    """Without its configuration, it would fail for another reason; errors are the package's, not the class's."""
    monkeypatch.chdir(FOREIGN)
    monkeypatch.syspath_prepend(FOREIGN)
    adapter = load_adapter(
        "conformance.contracts.task_template.adapters.reference:ReferenceAdapter", "swapped.MannedTask"
    )
    rules = ("OVR-15a", "CAL-05", "EXE-04", "CTX-05")

    composed = {rule: compose(scripts()[rule], adapter) or "" for rule in rules}

    assert all('needed = {"plugin_config": Manned(crew=Crew(' in script for script in composed.values())
    assert all("(**needed, func=" in script for script in composed.values())
    assert "from reference_impl import errors" in composed["CAL-05"]
    assert failing(composed, here) == frozenset()
    assert compose(scripts()["OVR-15a"], load_adapter("own_adapter:UnwrittenAdapter", None)) is None


def test_an_example_takes_the_place_of_the_values_of_a_script() -> None:
    """The value drawn under the name of a variable replaces its value; parts of recipes have their own names."""
    call = OverrideRecipe(
        template=TemplateRecipe(fields={"retries": 2}), changes={"cache": recipe("Cache", behavior="auto"), "queue": ""}
    )

    found = with_example(scripts()["OVR-02"], variables_of({"call": call, "more": []}), source_of=source_of)

    assert "fields = {'retries': 2}\n" in found
    assert "changes = {'cache': Cache(behavior='auto'), 'queue': ''}\n" in found


def test_an_example_takes_the_place_of_a_loop_and_of_a_function() -> None:
    """A loop has its value alone, and a function that does nothing the head of the one that was drawn."""
    body = 'for word in ("a", "b"):\n    print(word)\ndef function(): ...\ndef other(): ...\n'
    drawn = FunctionRecipe(name="f", parameters=(ParameterRecipe(name="x", annotation=int, default=1),))

    found = with_example(body, {"word": "c", "function": drawn, "other": 1}, source_of=source_of)

    assert found == "for word in ('c',):\n    print(word)\ndef function(x: int = 1): ...\ndef other(): ...\n"


def test_what_cannot_be_printed_leaves_a_script_as_it_is() -> None:
    """A value whose repr is not Python is not put into a script, which then says that it has values of its own."""
    adapter = load_adapter("conformance.contracts.task_template.adapters.reference:ReferenceAdapter", None)

    (plain,) = scripts_for("OVR-02", adapter, {"changes": {"links": (object(),)}})
    with_values, without = scripts_for("OVR-02", adapter, {"changes": {"retries": 7}})

    assert plain.startswith(OF_THE_RULE)
    assert without == plain
    assert "changes = {'retries': 7}\n" in with_values
    assert OF_THE_RULE not in with_values
    assert OF_THE_RULE not in scripts_for("OVR-02", adapter, {})[0]
    assert scripts_for("no such rule", adapter, {}) == ()
