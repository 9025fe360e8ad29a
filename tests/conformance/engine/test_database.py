"""An example on which a rule deviated is stored, and the next run tries it first."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis.database import DirectoryBasedExampleDatabase, MultiplexedDatabase, ReadOnlyDatabase

from conformance.command.work import places_from
from conformance.engine.child.examples import database_of
from conformance.engine.contract import Contract, find_contract
from conformance.engine.journal import Journal
from conformance.engine.reports.model import Settings
from conformance.engine.run import Plan, execute
from conformance.engine.targets import target_from
from conformance.errors import OutputError, UsageError
from tests.conformance.engine.stacks import write_stacks

IMPLEMENTATION = '''\
"""A stack that goes wrong for few values."""


class Stack:
    def __init__(self):
        self.items = []

    def push(self, value):
        self.items.append(value)

    def pop(self):
        return self.items.pop(0 if len(self.items) > 3 and self.items[0] > 100 else -1)


class Rare:
    new = Stack
'''


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    """A contract, in a folder with the implementation."""
    write_stacks(tmp_path, IMPLEMENTATION)
    monkeypatch.chdir(tmp_path)
    return find_contract(str(tmp_path / "stacks"))


def verdict(contract: Contract, examples: int, *database: str) -> str:
    """Return the verdict on the rule that the implementation breaks for few values."""
    settings = Settings(contract=contract.name, profile="default", examples=examples, seed=0, limit_seconds=10.0)
    plan = Plan(
        contract=contract,
        targets=[target_from("mine:Rare", contract)],
        rules=[contract.rules["STK-01"]],
        settings=settings,
        database=places_from(database),
    )
    (target,) = execute(plan, journal=Journal(None)).targets
    return target.results[0].verdict.value


@pytest.fixture
def redis() -> Iterator[str]:
    """A Redis server for this test only."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no Redis: redis-server is not on PATH")
    pytest.importorskip("redis", reason="the package redis is not installed: assay[redis]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([server, "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
        process.terminate()


def test_a_folder_keeps_what_failed(contract: Contract, tmp_path: Path) -> None:
    """With the folder, one example finds what took two hundred before; without it, one does not."""
    kept = str(tmp_path / "kept")

    assert verdict(contract, 200, kept) == "deviates"

    assert verdict(contract, 1, kept) == "deviates"
    assert verdict(contract, 1) == "holds"


def test_a_redis_keeps_what_failed(contract: Contract, tmp_path: Path, redis: str) -> None:
    """It works for every job that reaches it, also together with a folder."""
    assert verdict(contract, 200, redis) == "deviates"

    assert verdict(contract, 1, redis, str(tmp_path / "kept")) == "deviates"


def test_an_artifact_is_read_only(tmp_path: Path) -> None:
    """All of several places are read, and the writable ones are written."""
    database = database_of(places_from([str(tmp_path / "kept"), "github:acme/sdk"]))

    assert isinstance(database, MultiplexedDatabase)
    assert [type(one) for one in database._wrapped] == [DirectoryBasedExampleDatabase, ReadOnlyDatabase]
    assert database_of(()) is None


@pytest.mark.parametrize(
    ("place", "kind", "words"),
    [
        ("github:acme", UsageError, "expected github:OWNER/REPO"),
        ("mysql://x", UsageError, "expected a folder, redis://HOST:PORT or github:OWNER/REPO"),
        ("redis://127.0.0.1:1", OutputError, "no Redis server answers there"),
    ],
)
def test_a_place_that_is_none_is_one_clear_line(place: str, kind: type[Exception], words: str) -> None:
    """The error is reported before anything is judged."""
    with pytest.raises(kind, match=words):
        places_from([place])
