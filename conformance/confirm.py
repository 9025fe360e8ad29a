"""Reproducers are run before they are printed: one that does not fail by itself shows nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from conformance.isolate import Launch, child_environment
from conformance.verdicts import Result

CONFIRM = Path(__file__).parent / "child" / "confirm.py"
SCRIPT_SECONDS = 10
"""How long one script may take, of which the process itself grants a little less."""
START_SECONDS = 60


def with_confirmed_reproducers(results: Sequence[Result], launch: Launch) -> tuple[Result, ...]:
    """Return the results, without the reproducers that do not fail beside the implementation alone."""
    scripts = {result.rule: result.reproducer for result in results if result.reproducer is not None}
    failed = failing(scripts, launch) if scripts else frozenset()
    return tuple(
        result
        if result.reproducer is None or result.rule in failed
        else msgspec.structs.replace(result, reproducer=None)
        for result in results
    )


def failing(scripts: dict[str, str], launch: Launch) -> frozenset[str]:
    """Return the names of the scripts that fail; none if they could not be run at all."""
    reads, writes = os.pipe()
    environment = child_environment(is_separate=launch.is_separate)
    if not launch.is_separate:
        environment["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), environment.get("PYTHONPATH", "")])
    try:
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [str(launch.python), "-P", str(CONFIRM), str(writes)],
            input=json.dumps(scripts),
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writes],
            env=environment,
            timeout=START_SECONDS + SCRIPT_SECONDS * len(scripts),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return frozenset()
    finally:
        os.close(writes)
        with os.fdopen(reads, "rb") as answer:
            said = answer.read()
    return frozenset(names(said))


def names(said: bytes) -> Iterable[str]:
    """Return the answer of the process, empty if it came to grief."""
    try:
        answer = json.loads(said)
    except ValueError:
        return ()
    return answer if isinstance(answer, list) else ()
