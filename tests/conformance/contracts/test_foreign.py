"""For an implementation unlike the known ones, the suite reports exactly what the contract says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from conformance.engine.isolate import ChildError
from conformance.engine.targets import Target
from conformance.engine.verdicts import Result
from conformance.engine.worker import Worker, launch_of, why_not_started
from conformance.errors import TargetError

FOREIGN = Path(__file__).parent.parent / "foreign"
CONTRACT = find_contract(NAME)

PLAIN = {
    # The rules about its features hold, although it is no dataclass and has four fields of twenty-eight.
    **dict.fromkeys(["CAL-01", "CAL-02", "CAL-03", "CAL-04", "CAL-08", "CAL-12", "CAL-14"], "holds"),
    **dict.fromkeys(["CON-01", "CON-02", "CON-05", "CON-20", "EQ-01", "EQ-02"], "holds"),
    **dict.fromkeys(["OVR-01", "OVR-02", "OVR-03", "OVR-04", "OVR-05", "OVR-07", "OVR-14"], "holds"),
    **dict.fromkeys(["OVR-16", "OVR-17", "OVR-28"], "holds"),
    # Unclaimed capabilities are not faults.
    **dict.fromkeys(["CON-13", "CON-17", "OVR-15z", "PKL-01", "OVR-29", "OVR-30", "NIF-01", "NIF-03"], "gap"),
    # Violations of rules for every template are.
    **dict.fromkeys(["CON-03", "CON-06", "EXT-03", "CON-19"], "deviates"),
}

FACTORY = {
    # Nobody else can call its class, so neither its constructor nor subclasses can be judged.
    **dict.fromkeys(["CON-01", "CON-02", "CON-03", "CON-05", "CAL-14", "OVR-29"], "gap"),
    **dict.fromkeys(["CAL-01", "CAL-03", "CAL-04", "OVR-01", "OVR-02", "OVR-03", "OVR-04", "OVR-17"], "holds"),
}

SWAPPED = {
    "BoxTask": {
        "CAL-01": ("gap", "BoxTask is not a template of a function"),
        "CON-01": ("gap", "BoxTask is not a template of a function"),
        "ARG-01": ("gap", "BoxTask is not a template of a function"),
        "ENV-13": ("holds", ""),  # nothing that depends on the class
    },
    "CrateTask": dict.fromkeys(["PKL-03", "PKL-04", "PKL-05"], ("gap", "CrateTask is not a template of a function")),
    "ChoosyTask": {
        "CAL-01": ("holds", ""),  # without partials and the like
        "OVR-01": ("holds", ""),
        "CON-17": ("gap", "ChoosyTask does not accept this function: a function is expected"),
    },
    "ElsewhereTask": {
        "CAL-01": ("holds", ""),
        "EXE-05": ("gap", "ElsewhereTask does not run bodies in this process: raised NameError"),
        "EXE-01": ("deviates", ""),  # it does not look for a context
        "NIF-13": ("gap", "ElsewhereTask does not run bodies in this process: raised NameError"),
    },
    "RemoteTask": {
        "EXE-02": ("holds", ""),  # an error of the package, if not one that the contract names
    },
    "LackingTask": {
        "EXE-10": ("gap", "needs the package no_such_package, which is not installed"),
    },
    "DecliningTask": {
        "CAL-01": ("gap", "no forward here"),
        "CAL-04": ("gap", "no forward here"),
        "CAL-08": ("gap", "no forward here"),
        "EXE-03": ("gap", "DecliningTask does not run bodies in this process: NotImplementedError"),
        "CON-04": ("holds", ""),
        "EQ-02": ("holds", ""),
    },
    "SourceTask": {
        "OVR-03": ("holds", ""),  # without the result of a pickle
    },
    "PickyTask": {
        # Whether it refuses the receiver or the call of override depends on the example.
        "OVR-25": ("gap", ": RuntimeUserError: one task, one cluster"),
        "OVR-11": ("holds", ""),
    },
    "ServedTask": {
        "EXE-10": ("gap", "needs a service that jinja2 starts, which failed: TemplateSyntaxError"),
    },
    "WaitingTask": {
        "EXE-03": ("gap", "a service that one of its hooks needs does not start"),
    },
    "SleepyTask": {
        "EXE-03": ("deviates", "hang: the implementation did not end"),
    },
    "FleetTask": {
        "EXE-10": ("holds", ""),
    },
    "LooseTask": {
        "CON-03": ("holds", ""),
    },
    "StubbornTask": {
        "CON-03": ("holds", ""),
    },
    "PairlessTask": {
        "EXT-01": ("holds", ""),  # in what is left
        "OVR-01": ("holds", ""),
        "CON-03": ("holds", ""),  # the same
    },
    "ForgetfulTask": {
        "CON-03": ("deviates", "env_vars of a template made with env_vars="),
    },
    "LonerTask": {
        "CON-03": ("holds", ""),  # one at a time
    },
    "ForgetfulLonerTask": {
        "CON-03": ("deviates", "queue of a template made with queue="),
    },
    "MannedTask": {
        "CON-04": ("holds", ""),
        "ARG-01": ("holds", ""),  # behind a command of its own
        "ARG-02": ("holds", ""),
    },
    "QuietTask": {
        "CON-04": ("holds", ""),  # a default that it redeclares
    },
    "MutedTask": {
        "CON-04": ("deviates", "default of debuggable"),
    },
    "NamingTask": {
        "OVR-03": ("holds", ""),  # an equal text is the same text
    },
    "BareTask": {
        "ARG-01": ("deviates", "the options of container_args"),
    },
    "RenamedTask": {
        "ARG-01": ("deviates", "expected ['a0'], got ['renamed']"),
    },
    "ShipTask": {
        "CAL-01": ("gap", "ShipTask needs a Ship, which cannot be made up"),
    },
    "NeedyTask": {
        "CON-04": ("holds", ""),
        "OVR-03": ("holds", ""),
        "ARG-01": ("gap", "NeedyTask needs a configuration that cannot be made up: no captain is named"),
    },
}
"""Class that is swapped in -> rule -> its verdict, and words of the message."""


def verdicts(adapter: str, rules: Iterable[str]) -> Mapping[str, Result]:
    """Return the results of some rules, by rule."""
    launch = launch_of(Target(text=adapter, adapter=f"plainly_adapter:{adapter}"), CONTRACT, examples=15)
    with Worker(launch, limit_seconds=5) as worker:
        return {rule: worker.judge(CONTRACT.rules[rule]) for rule in rules}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOREIGN)


def test_only_what_the_contract_says() -> None:
    """Each rule gets the verdict that the implementation deserves."""
    results = verdicts("PlainAdapter", PLAIN)

    assert {rule: str(result.verdict) for rule, result in results.items()} == PLAIN


def test_a_gap_says_why() -> None:
    """A constructor that only the adapter knows is named."""
    results = verdicts("FactoryAdapter", FACTORY)

    assert {rule: str(result.verdict) for rule, result in results.items()} == FACTORY
    assert results["CON-01"].message == "Made is not called with name, interface and func"


@pytest.mark.parametrize("template", SWAPPED)
def test_a_class_that_is_swapped_in_is_not_blamed_for_what_it_is_not_made_for(template: str) -> None:
    """It may choose its constructor, the functions that it accepts, its configuration and its packages."""
    adapter = "conformance.contracts.task_template.adapters.reference:ReferenceAdapter"
    target = Target(text=template, adapter=adapter, swapped_class=f"swapped.{template}")
    expected = SWAPPED[template]

    with Worker(launch_of(target, CONTRACT, examples=10), limit_seconds=5) as worker:
        results = {rule: worker.judge(CONTRACT.rules[rule]) for rule in expected}

    for rule, (verdict, words) in expected.items():
        assert results[rule].verdict == verdict, results[rule].message
        assert words in results[rule].message


@pytest.mark.parametrize(("adapter", "expected"), [("LonerAdapter", "holds"), ("ForgetfulLonerAdapter", "deviates")])
def test_what_goes_together_is_no_matter_of_the_constructor_rule(adapter: str, expected: str) -> None:
    """CON-03 is about each parameter alone, for the package's own class and for one that is swapped in."""
    launch = launch_of(Target(text=adapter, adapter=f"own_adapter:{adapter}"), CONTRACT, examples=10)
    with Worker(launch, limit_seconds=5) as worker:
        result = worker.judge(CONTRACT.rules["CON-03"])

    assert result.verdict == expected, result.message


def test_an_adapter_that_hangs_is_no_deviation() -> None:
    """The stack shows whose code hangs."""
    launch = launch_of(Target(text="hanging", adapter="plainly_adapter:HangingAdapter"), CONTRACT, examples=5)
    with Worker(launch, limit_seconds=1) as worker:
        result = worker.judge(CONTRACT.rules["OVR-01"])

    assert result.verdict == "breakdown"
    assert "hang: the adapter did not end within 1 s; it was in File" in result.message
    assert "plainly_adapter.py" in result.message


@pytest.mark.parametrize(
    ("adapter", "expected", "words"),
    [
        ("LeavingAdapter", "breakdown", "the adapter ended the process with exit code 3; it was in File"),
        ("LeavingTaskAdapter", "deviates", "the implementation ended the process with exit code 5"),
    ],
)
def test_the_stack_shows_who_ends_the_process(adapter: str, expected: str, words: str) -> None:
    """An exit leaves no exception, but the place of the call is known."""
    launch = launch_of(Target(text=adapter, adapter=f"plainly_adapter:{adapter}"), CONTRACT, examples=5)
    with Worker(launch, limit_seconds=5) as worker:
        result = worker.judge(CONTRACT.rules["OVR-01"])

    assert result.verdict == expected, result.message
    assert words in result.message


def test_an_end_while_loading_says_where_and_what_to_do() -> None:
    """Nothing can be judged, and the run says why."""
    target = Target(text="leaving", adapter="leaving:Adapter")

    with pytest.raises(ChildError) as caught:
        Worker(launch_of(target, CONTRACT))

    message = why_not_started(target, caught.value)
    assert message.startswith("the implementation or its adapter ended the process with exit code 7; it was in File")
    assert "leaving.py" in message
    assert message.endswith("To see why, import leaving in an interpreter of your own.")


def test_a_class_that_is_no_template_is_refused() -> None:
    """Otherwise, every rule would be a gap, which is useless."""
    target = Target(
        text="crew",
        adapter="conformance.contracts.task_template.adapters.reference:ReferenceAdapter",
        swapped_class="crew.Crew",
    )

    with pytest.raises(TargetError, match=r"crew\.Crew: this class is not a task template: it has none of override"):
        Worker(launch_of(target, CONTRACT))
