"""Anything that an implementation does to its process costs one rule, with the right verdict; the others are judged."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conformance.contracts.task_template import NAME
from conformance.engine import isolate, supervised
from conformance.engine.contract import find_contract
from conformance.engine.isolate import Child, HangError
from conformance.engine.journal import Journal
from conformance.engine.launch import Launch
from conformance.engine.reports.formats import FORMATS
from conformance.engine.reports.model import Report, Settings
from conformance.engine.rules import Level, Rule
from conformance.engine.run import Plan, execute
from conformance.engine.stacks import frames_below_hook, threads_in
from conformance.engine.targets import Target
from conformance.engine.verdicts import Result, Verdict
from conformance.engine.worker import Worker
from conformance.errors import TargetError
from tests.conformance.engine.test_supervised import opened

ROOT = Path(__file__).resolve().parents[3]
PLANTED = "tests.conformance.planted.adapter"
PLANTED_CONTRACT = dataclasses.replace(find_contract(NAME), suite="tests.conformance.planted.suite")

DUE = {
    "FINE": Verdict.HOLDS,
    "CHECKED": Verdict.DEVIATES,
    "GAP": Verdict.GAP,
    "GAP-TYPE": Verdict.GAP,
    "GAP-ERROR": Verdict.GAP,
    "GAP-METHOD": Verdict.GAP,
    "GAP-SOMETIMES": Verdict.HOLDS,
    "RAISED": Verdict.DEVIATES,
    "CALLED": Verdict.DEVIATES,
    "NONE": Verdict.DEVIATES,
    "SUITE": Verdict.BREAKDOWN,
    "ADAPTER": Verdict.BREAKDOWN,
    "ADAPTER-CALLED": Verdict.BREAKDOWN,
    "REFUSED": Verdict.DEVIATES,
    "NO-EXAMPLE": Verdict.BREAKDOWN,
    "CANCELLED": Verdict.DEVIATES,
    "ONCE": Verdict.DEVIATES,
    "CAPPED": Verdict.HOLDS,
    "HANG": Verdict.DEVIATES,
    "HANG-THREAD": Verdict.DEVIATES,
    "HANG-LOOP": Verdict.DEVIATES,
    "HANG-AWAIT": Verdict.DEVIATES,
    "LEAVE": Verdict.DEVIATES,
    "CRASH": Verdict.DEVIATES,
    "MEMORY": Verdict.DEVIATES,
    "GARBAGE": Verdict.DEVIATES,
    "CLOSE": Verdict.DEVIATES,
    "NOISE": Verdict.HOLDS,
    "BEHIND": Verdict.DEVIATES,
    "UNPRINTABLE": Verdict.DEVIATES,
    "FORK": Verdict.HOLDS,
    "AFTER-FORK": Verdict.HOLDS,
    "SPOIL": Verdict.DEVIATES,
    "AFTER-SPOIL": Verdict.HOLDS,
    "UNKNOWN": Verdict.BREAKDOWN,
}
"""The verdict that each planted rule has to get."""


def planted_rule(identifier: str) -> Rule:
    """Return a rule of the planted suite."""
    return Rule(
        id=identifier, name="planted", level=Level.MUST, statement="Planted.", hint="None.", authority="planted"
    )


def planted_target(adapter: str = "PlantedAdapter") -> Target:
    """Return the planted implementation as a target."""
    return Target(text="planted", adapter=f"{PLANTED}:{adapter}")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """One run over all planted rules, with a limit that makes hangs short."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield execute(
            Plan(
                contract=PLANTED_CONTRACT,
                targets=[planted_target()],
                rules=[planted_rule(identifier) for identifier in DUE],
                settings=Settings(contract="task_template", profile="strict", examples=50, seed=0, limit_seconds=2),
                memory_mib=512,
            ),
            journal=Journal(tmp_path_factory.mktemp("run") / "lines.jsonl"),
        )


@pytest.fixture(scope="module")
def results(report: Report) -> dict[str, Result]:
    """The results of that run, by rule."""
    return {result.rule: result for result in report.targets[0].results}


@pytest.mark.parametrize("identifier", DUE)
def test_each_way_to_end_gets_its_verdict(identifier: str, results: dict[str, Result]) -> None:
    """Hang, crash, exit, garbage and fault of the suite are distinguished."""
    assert results[identifier].verdict is DUE[identifier], results[identifier].message


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("CHECKED", "10 is too much"),  # shrunk
        ("GAP", "constructor parameter not offered: retries"),
        ("GAP-TYPE", "public type not offered: Cache"),
        ("GAP-ERROR", "exception class not offered: RuntimeUserError"),
        ("GAP-METHOD", "the adapter does not offer interface_of"),
        ("RAISED", "ValueError: of the implementation"),
        ("CALLED", "raise_error() raised ValueError: of the implementation"),
        ("CANCELLED", "cancel() raised CancelledError"),
        ("HANG", "did not end within 2 s"),
        ("HANG", "in hang"),  # where it was
        ("HANG-THREAD", "in hang"),
        ("HANG-AWAIT", "hang: not finished after 0.2 s"),
        ("LEAVE", "ended the process with exit code 0"),
        ("CRASH", "SIGSEGV"),
        ("MEMORY", "MemoryError"),
        ("GARBAGE", "garbage"),
        ("UNPRINTABLE", r"\ud800 \x1b[31m \x00 \uffff ]]> <b> | é 日"),
        ("UNKNOWN", "no property"),
    ],
)
def test_a_message_says_what_happened(identifier: str, words: str, results: dict[str, Result]) -> None:
    """The message of a finding says what the implementation did."""
    assert words in results[identifier].message


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written(name: str, report: Report, tmp_path: Path) -> None:
    """For any output of an implementation, each format is a complete file in UTF-8, and XML and JSON are valid."""
    path = tmp_path / name
    path.write_text(FORMATS[name](report), encoding="utf-8")

    assert path.read_bytes().endswith(b"\n")
    if name in ("junit", "badge"):
        ET.fromstring(path.read_bytes())  # noqa: S314 - our own text
    if "json" in name or name == "sarif":
        json.loads(path.read_bytes())


def test_a_cap_on_examples_is_kept(results: dict[str, Result]) -> None:
    """`at_most` lowers the budget of one property only."""
    assert results["CAPPED"].examples == 3
    assert results["GAP-SOMETIMES"].examples == 11  # all there are


def test_a_claim_that_is_not_true_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capability whose probe fails is reported, and its rules are a gap."""
    monkeypatch.chdir(ROOT)
    with Child(launch("LyingAdapter")) as child:
        assert list(child.hello["false_claims"]) == ["context"]
        assert child.hello["capabilities"] == []


def test_a_claim_that_is_taken_back_is_a_gap_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules that need it show the reason from the adapter."""
    monkeypatch.chdir(ROOT)
    needing = Rule(
        id="FINE",
        name="planted",
        level=Level.MUST,
        statement="Planted.",
        hint="None.",
        authority="planted",
        capabilities=frozenset({"environment", "trace"}),
    )
    with Worker(launch("ModestAdapter")) as worker:
        result = worker.judge(needing)

    assert (result.verdict, result.message) == (
        Verdict.GAP,
        "not offered: environment, trace (not for this class)",
    )


def test_a_claim_that_cannot_be_tried_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that ends the process costs only the rules that need the capability."""
    monkeypatch.chdir(ROOT)
    with Worker(launch("DeadlyAdapter")) as worker:
        assert worker.hello["capabilities"] == ["environment"]
        assert worker.judge(planted_rule("FINE")).verdict is Verdict.HOLDS


def test_a_claim_may_fail_in_any_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even by a BaseException that is not an Exception."""
    monkeypatch.chdir(ROOT)
    with Child(launch("StubbornAdapter")) as child:
        assert child.hello["false_claims"] == {"environment": "GeneratorExit: of the adapter"}


def test_a_claim_that_is_taken_back_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter may withdraw, with a reason, a capability that it has for other classes."""
    monkeypatch.chdir(ROOT)
    with Child(launch("ModestAdapter")) as child:
        assert not child.hello["false_claims"]
        assert child.hello["taken_back"] == {"environment": "not for this class"}
        assert child.hello["capabilities"] == []


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        ("FailingAdapter", "no licence"),
        ("Nothing", "has no 'Nothing'"),
        ("not_an_adapter", "is not an adapter: it has no name"),
        (
            "CrookedAdapter",
            r"expected version to be a string, got None; expected capabilities to be a set of strings, got",
        ),
        ("NeedyAdapter", "cannot be called without arguments"),
        ("FlatAdapter", r"expected fields to be a method, got frozenset\(\)"),
    ],
)
def test_an_adapter_that_cannot_be_loaded_is_one_clear_line(
    adapter: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The target could not be run: it has no verdict, but a reason."""
    monkeypatch.chdir(ROOT)

    with pytest.raises(TargetError, match=words) as caught:
        Child(launch(adapter))

    assert "\n" not in str(caught.value)


def test_an_adapter_that_is_never_made_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No probe causes the hang, so a second start would hang as well; no process is left."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(isolate, "START_SECONDS", 3.0)
    started: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(supervised, "remember", lambda process, _end: started.append(process))

    with pytest.raises(HangError, match=r"adapter\.py"):
        Child(launch("SlowAdapter"))

    assert [process.poll() is None for process in started] == [False]


def test_a_process_that_cannot_be_started_leaves_no_file_open(tmp_path: Path) -> None:
    """Neither its pipes nor its log."""
    missing = dataclasses.replace(launch("PlantedAdapter"), python=tmp_path / "none")
    before = opened()

    with pytest.raises(FileNotFoundError):
        Child(missing)

    assert opened() == before


def launch(adapter: str) -> Launch:
    """Return how a child of the planted implementation is started."""
    return Launch(
        python=Path(sys.executable),
        contract=PLANTED_CONTRACT,
        adapter=f"{PLANTED}:{adapter}",
        swapped_class=None,
        examples=5,
        seed=0,
        memory_mib=512,
        is_separate=False,
    )


def test_a_hook_that_waits_is_found_in_whichever_thread_took_the_signal() -> None:
    """The dump calls that thread the current one; the hook runs in the main thread, which comes last."""
    dump = """Current thread 0x01 (most recent call first):
  File "/lib/threading.py", line 1 in wait
  File "/env/site-packages/plugin/task.py", line 2 in watch

Thread 0x02 (most recent call first):
  File "<frozen importlib>", line 3 in load
  File "/env/site-packages/engine/api.py", line 4 in launch
  File "/env/site-packages/plugin/task.py", line 5 in execute
  File "/suite/support.py", line 6 in run_async
"""
    hello = {
        "roots": ["/env/site-packages/plugin"],
        "class_files": ["/env/site-packages/plugin/task.py"],
        "hooks": ["execute"],
    }

    watching, main = threads_in(dump)

    assert [frame.rpartition(" in ")[2] for frame in main] == ["launch", "execute", "run_async"]
    assert frames_below_hook(main, hello) == ['File "/env/site-packages/engine/api.py", line 4 in launch']
    assert frames_below_hook(watching, hello) == []
