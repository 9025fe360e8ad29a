"""A run that is cut, sharded or interrupted gives the report of one run, and judges nothing twice."""

from __future__ import annotations

import contextlib
import importlib.machinery
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.command.output import check_journal
from conformance.engine.blocks import Block, Hello, Line
from conformance.engine.children import end_processes
from conformance.engine.contract import Contract, find_contract
from conformance.engine.drive import Drive, Judged
from conformance.engine.journal import Journal
from conformance.engine.reports.change import merge
from conformance.engine.reports.model import Report, Settings, from_json, to_json
from conformance.engine.run import Plan, execute
from conformance.engine.shards import Durations, durations_from
from conformance.engine.stamps import digest_of, digest_of_module, modules_around
from conformance.engine.targets import target_from
from conformance.engine.verdicts import Result, Verdict
from conformance.errors import OutputError, UsageError
from docgen.work import CLUSTER, LOST, TRIES, Done, Pool, Share
from tests.conformance.engine.stacks import REPRODUCERS, write_stacks
from tests.docgen.test_work import NEEDS_CLUSTER


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """A contract of three rules, in a folder with two implementations."""
    home = tmp_path_factory.mktemp("stacks")
    write_stacks(home, reproducers=REPRODUCERS)
    return find_contract(str(home / "stacks"))


def plan_of(contract: Contract, **more: Any) -> Plan:  # noqa: ANN401 - the fields of a plan
    """Return a plan for both implementations and all rules."""
    os.chdir(contract.folder.parent)
    settings = Settings(contract=contract.name, profile="default", examples=5, seed=0, limit_seconds=10.0)
    return Plan(
        contract=contract,
        targets=[target_from(text, contract) for text in ("mine:Right", "mine:Wrong")],
        rules=list(contract.rules.values()),
        settings=settings,
        **{"jobs": 2, "is_stamped": True, **more},
    )


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test returns from the folder of the implementations."""
    monkeypatch.chdir(Path.cwd())


def text_of(report: Report) -> str:
    """Return a report without its time."""
    return to_json(msgspec.structs.replace(report, created=""))


@pytest.fixture(scope="module")
def whole(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """The report of one run, and its journal."""
    before = Path.cwd()
    lines = tmp_path_factory.mktemp("whole") / "lines.jsonl"
    try:
        return execute(plan_of(contract), journal=Journal(lines)), lines
    finally:
        os.chdir(before)


# ---- shards ----


def test_shards_merged_are_one_run(contract: Contract, whole: tuple[Report, Path]) -> None:
    """The reports are equal byte for byte, except for the time."""
    durations = Durations(seconds={"mine:Right": {"STK-01": 9.0, "STK-02": 0.5, "STK-03": 0.5}})
    parts = [
        execute(plan_of(contract, share=Share(number=number, of=2), durations=durations), journal=Journal(None))
        for number in (1, 2)
    ]

    assert [[len(target.results) for target in part.targets] for part in parts] == [[1, 2], [2, 1]]
    assert text_of(merge([parts[1], parts[0]])) == text_of(whole[0])
    assert [part.exit_code for part in parts] == [1, 1]


@pytest.mark.parametrize("of", [1, 2, 4, 8])
def test_every_rule_is_in_one_shard(contract: Contract, of: int) -> None:
    """Without durations, each shard has as many rules as the others, or one more."""
    every = [
        [
            (series.target.text, rule.id)
            for series, rules in plan_of(contract, share=Share(number=number, of=of)).work
            for rule in rules
        ]
        for number in range(1, of + 1)
    ]

    assert sorted(each for mine in every for each in mine) == sorted(
        (target, rule) for target in ("mine:Right", "mine:Wrong") for rule in contract.rules
    )
    assert max(map(len, every)) - min(map(len, every)) <= 1


def part(report: Report, number: int, *, of: int = 3, run: str = "a", **more: object) -> Report:
    """Return a report as a shard of a run."""
    decoded = json.loads(to_json(report)) | {"shard": {"number": number, "of": of, "run": run}} | more
    return msgspec.convert(decoded, Report)


def test_merge_names_what_is_missing(whole: tuple[Report, Path]) -> None:
    """An incomplete set of shards is refused, and so are shards of different runs."""
    report, _ = whole

    with pytest.raises(UsageError, match=r"without all shards of the run. Missing: 2/3\."):
        merge([part(report, 1), part(report, 3)])
    with pytest.raises(UsageError, match=r"without all shards of the run. Missing: 1/4, 3/4\."):
        merge([part(report, 2, of=4), part(report, 4, of=4)])
    with pytest.raises(UsageError, match=r"shard 1/3 was given twice"):
        merge([part(report, 1), part(report, 1), part(report, 2)])
    with pytest.raises(UsageError, match=r"different runs\. All shards need the same targets"):
        merge([part(report, 1), part(report, 2, run="b"), part(report, 3)])
    with pytest.raises(UsageError, match=r"shard 2/3 was interrupted"):
        merge([part(report, 1), part(report, 2, is_complete=False), part(report, 3)])
    with pytest.raises(UsageError, match=r"some are shards of a run, and some are whole runs"):
        merge([part(report, 1), report])


def test_shards_of_another_suite_are_of_another_run(contract: Contract) -> None:
    """The targets and the way of splitting identify the run of a shard."""
    one = plan_of(contract, share=Share(number=1, of=2))
    others = [
        plan_of(contract, share=Share(number=1, of=2), durations=Durations(seconds={"x": {"STK-01": 1.0}})),
        plan_of(contract, share=Share(number=1, of=3)),
    ]

    assert not isinstance(one.shard, msgspec.UnsetType)
    assert all(not isinstance(other.shard, msgspec.UnsetType) and other.shard.run != one.shard.run for other in others)


def test_durations_come_back_from_their_file(tmp_path: Path) -> None:
    """Unknown targets and rules take the usual time of others; an invalid duration is refused."""
    durations = Durations()
    durations.add("one", {"A": 5.0, "B": 3.0})
    durations.add("one", {"A": 2.0})
    path = tmp_path / "durations.json"
    path.write_bytes(durations.to_json())

    found = durations_from(path)

    assert [found.of(*each) for each in [("one", "A"), ("two", "B"), ("two", "C")]] == [2.0, 3.0, 2.5]
    assert Durations().of("one", "A") == 1.0
    for wrong in (b'{"one": {"A": -1}}', b'{"one": "\xff"}'):
        path.write_bytes(wrong)
        with pytest.raises(UsageError, match="these are not durations"):
            durations_from(path)


# ---- going on ----


def test_an_interrupted_run_goes_on(contract: Contract, whole: tuple[Report, Path], tmp_path: Path) -> None:
    """Only the line that was cut off is judged again; the journal has each verdict once."""
    report, lines = whole
    kept = [line for line in lines.read_bytes().splitlines(keepends=True) if b'"footer"' not in line]
    results = [line for line in kept if b'"result"' in line]
    path = tmp_path / "lines.jsonl"
    others = b"".join(line for line in kept if line not in results)
    damaged = b'{"series": "\xff"}\n'
    path.write_bytes(others + damaged + b"".join(results[:4]) + results[4][:30])
    judged: list[int] = []

    again = execute(
        plan_of(contract),
        journal=Journal(path, resumes=True),
        progress=lambda _, done: judged.append(done),
    )

    assert text_of(again) == text_of(report)
    last = msgspec.json.decode(path.read_bytes().splitlines()[-1], type=Line)
    assert (last.footer, last.verdicts) == (True, 6)
    found = [line for line in path.read_bytes().splitlines(keepends=True) if line != damaged]
    assert len([line for line in found if msgspec.json.decode(line, type=Line).result]) == 6
    assert judged[-1] == 6


def test_a_changed_implementation_is_judged_again(contract: Contract, whole: tuple[Report, Path]) -> None:
    """Verdicts of an earlier run say nothing about its current state."""
    journal = Journal(whole[1], resumes=True)
    mine = contract.folder.parent / "mine.py"
    before = mine.read_text(encoding="utf-8")
    try:
        digest_of.cache_clear()
        mine.write_text(before + "\n# changed\n", encoding="utf-8")

        keys = [series.key for series, _ in plan_of(contract).work]
        assert [list(journal.finished(key)) for key in keys] == [[], []]
        assert journal.others == 2
    finally:
        mine.write_text(before, encoding="utf-8")
        journal.close(is_complete=True)
        digest_of.cache_clear()


def test_an_adapter_stands_for_the_packages_that_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The implementation is one of them; the suite and the standard library have digests of their own, or none."""
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "mine.py").write_text(
        "import json\nimport shop.cart as cart\nfrom till import Till\nfrom . import other\nimport hypothesis\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)

    assert modules_around("adapters.mine") == ["adapters", "shop", "till"]


def test_a_compiled_module_is_part_of_a_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If an implementation is one file of machine code, another build of it is judged again."""
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    (tmp_path / f"native{suffix}").write_bytes(b"one")
    monkeypatch.chdir(tmp_path)
    before = digest_of_module("native")
    digest_of.cache_clear()
    (tmp_path / f"native{suffix}").write_bytes(b"two")
    importlib.invalidate_caches()

    assert digest_of_module("native") != before
    digest_of.cache_clear()


def test_a_journal_that_is_not_complete_is_an_error(tmp_path: Path) -> None:
    """The disk may be full: the run goes on, but could not be resumed."""
    path = tmp_path / "lines.jsonl"
    journal = Journal(path)
    check_journal(journal, path)

    journal.error = OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"lines\.jsonl: some lines are missing: No space left on device"):
        check_journal(journal, path)
    journal.close(is_complete=True)


# ---- lost workers ----


class Killed(Exception):  # noqa: N818 - as a cluster calls it
    """A cluster abandons a unit."""


class Deadly(Executor):
    """Runs units immediately, except blocks with one rule, which end every worker that they are given to."""

    def __init__(self, rule: str) -> None:
        self.rule = rule

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as its base has it
        """Run a unit, or fail as a cluster does."""
        future: Future[Any] = Future()
        (unit,) = args
        if isinstance(unit, Block) and self.rule in {rule.id for rule in unit.rules}:
            future.set_exception(Killed())
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_rule_that_ends_its_workers_is_a_breakdown(contract: Contract) -> None:
    """It is found in its block, the other rules have their verdicts, and the reason is reported."""
    pool = Pool(make=lambda: Deadly("STK-02"), workers=lambda: 1, lost=(Killed,), place="a cluster")
    work = iter(plan_of(contract).work)
    drive = Drive(waiting=lambda: next(work, None), journal=Journal(None), verdicts=6)

    judged: list[Judged] = list(drive.judged(pool))
    end_processes()

    assert {one.series.target.text: {rule: each.verdict for rule, each in one.found.items()} for one in judged} == {
        "mine:Right": {"STK-01": Verdict.HOLDS, "STK-02": Verdict.BREAKDOWN, "STK-03": Verdict.GAP},
        "mine:Wrong": {"STK-01": Verdict.DEVIATES, "STK-02": Verdict.BREAKDOWN, "STK-03": Verdict.GAP},
    }
    assert judged[0].found["STK-02"].message == f"the rule has no verdict: {LOST}"


class Starved(Executor):
    """Runs nothing: every rule holds, except that no child can be started for one of them."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.asked: list[str] = []

    def submit(self, _fn: Callable[..., Any], /, *args: Any, **_kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as its base has it
        """Return the lines of a block."""
        (unit,) = args
        self.asked += [rule.id for rule in unit.rules]
        if self.rule in {rule.id for rule in unit.rules}:
            lines = [Line(error="no memory")]
        else:
            results = (Result(rule=rule.id, verdict=Verdict.HOLDS) for rule in unit.rules)
            lines = [Line(hello=Hello()), *(Line(result=result) for result in results)]
        future: Future[Any] = Future()
        future.set_result(b"".join(map(unit.series.encoded, lines)))
        return future


def test_a_block_that_is_lost_is_divided(contract: Contract) -> None:
    """Each of its rules gets a block of its own, so that one rule does not cost the others their verdicts."""
    work = iter(plan_of(contract).work[:1])
    drive = Drive(waiting=lambda: next(work, None), journal=Journal(None), verdicts=3, block=3)
    drive.current.append(drive._begun(*next(work)))
    judged = drive.current[0]
    unit = judged.unit()
    assert isinstance(unit, Block)
    assert len(unit.rules) == 3

    drive._lose(judged, Done(unit=unit, result=None, lost=LOST))

    assert [[rule.id for rule in rules] for rules in judged.left] == [["STK-01"], ["STK-02"], ["STK-03"]]


def test_a_child_that_cannot_be_started_again_is_a_breakdown(contract: Contract) -> None:
    """The implementation did start before, so that the block is tried some times, and the other rules are judged."""
    executor = Starved("STK-02")
    pool = Pool(make=lambda: executor, workers=lambda: 1, lost=(Killed,), place="a cluster")
    work = iter(plan_of(contract).work[:1])
    drive = Drive(waiting=lambda: next(work, None), journal=Journal(None), verdicts=3)

    (judged,) = drive.judged(pool)

    assert judged.error is None
    assert {rule: each.verdict for rule, each in judged.found.items()} == {
        "STK-01": Verdict.HOLDS,
        "STK-02": Verdict.BREAKDOWN,
        "STK-03": Verdict.HOLDS,
    }
    assert judged.found["STK-02"].message == "the rule has no verdict: no memory"
    assert executor.asked.count("STK-02") == TRIES


def workers_here() -> list[int]:
    """Return the processes that this one has started by `multiprocessing`, like workers of a cluster."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_ours = f"PPid:\t{os.getpid()}\n" in (folder / "status").read_text(encoding="ascii")
            if is_ours and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@NEEDS_CLUSTER
def test_a_cluster_gives_the_same_report(contract: Contract, whole: tuple[Report, Path]) -> None:
    """The reports are equal byte for byte, except for the time."""
    report = execute(plan_of(contract, executor=CLUSTER, jobs=1), journal=Journal(None))

    assert text_of(report) == text_of(whole[0])


@NEEDS_CLUSTER
@pytest.mark.thorough
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux shows processes in /proc")
def test_a_killed_worker_changes_nothing(contract: Contract, whole: tuple[Report, Path], tmp_path: Path) -> None:
    """Another worker judges its blocks: no verdict is lost or repeated."""
    killed: list[int] = []
    lines = tmp_path / "lines.jsonl"

    def kill_one(_: str, done: int) -> None:
        if done == 1 and (workers := workers_here()):
            killed.append(workers[-1])
            os.kill(workers[-1], signal.SIGKILL)

    report = execute(plan_of(contract, executor=CLUSTER, jobs=2), journal=Journal(lines), progress=kill_one)

    assert killed
    assert text_of(report) == text_of(whole[0])
    assert lines.read_bytes().count(b'"result":') == 6


@pytest.fixture
def cluster(contract: Contract, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler with one worker: its address for `--executor`, and its process."""
    dask = str(Path(sys.executable).with_name("dask"))
    address = tmp_path / "scheduler.json"
    scheduler = [dask, "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(address)]
    worker = [dask, "worker", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(address)]
    with (tmp_path / "log").open("wb") as log:
        home = contract.folder.parent
        running = [subprocess.Popen(each, stdout=log, stderr=log, cwd=home) for each in (scheduler, worker)]
    try:
        deadline = time.monotonic() + 60
        while b"Registered to" not in (tmp_path / "log").read_bytes() and time.monotonic() < deadline:
            time.sleep(0.2)
        yield json.loads(address.read_text(encoding="utf-8"))["address"].replace("tcp", CLUSTER), running[0]
    finally:
        for each in running:
            each.kill()
            each.wait()


@NEEDS_CLUSTER
@pytest.mark.thorough
def test_a_lost_scheduler_is_one_line_and_the_run_goes_on(
    contract: Contract, whole: tuple[Report, Path], cluster: tuple[str, subprocess.Popen[bytes]]
) -> None:
    """Exit code 3; the results are kept, and another command judges the rest."""
    address, scheduler = cluster
    home = contract.folder.parent
    command = [sys.executable, "-P", "-m", "conformance", "run", "--contract", "stacks", "mine:Right", "mine:Wrong"]
    command += ["--examples", "5", "--out", "out.json"]
    with subprocess.Popen([*command, "--executor", address], cwd=home, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        lines = home / "out.jsonl"
        while not (lines.exists() and b'"result"' in lines.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        scheduler.kill()
        _, output = process.communicate(timeout=120)

    if process.returncode == 3:  # else it was done before
        (line,) = [each for each in output.splitlines() if not each.startswith("This runs the code of ")]
        assert "the connection to the scheduler is lost" in line
        assert "--resume continues from there" in line
    again = subprocess.run([*command, "--resume"], cwd=home, capture_output=True, check=False)

    assert again.returncode == 1
    assert text_of(from_json(home / "out.json")) == text_of(whole[0])
    assert lines.read_bytes().count(b'"result":') == 6
