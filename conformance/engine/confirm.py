"""Runs reproducers before they are printed: a script that does not fail shows nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from conformance.engine.launch import STORAGE_VARIABLE, Launch, child_environment
from conformance.engine.supervised import Supervised
from conformance.engine.verdicts import UNTRUSTED, Result, Verdict

CONFIRM = Path(__file__).parent / "child" / "confirm.py"
SCRIPT_SECONDS = 10
"""How long one script may take. The process that runs it stops it a little earlier."""
START_SECONDS = 60
TWO_FACED = f"{UNTRUSTED}: a script passes in the process of the suite, but fails with the implementation alone"


def with_reproducers(
    results: Sequence[Result], candidates: Mapping[str, Sequence[str]], launch: Launch
) -> tuple[Result, ...]:
    """Return the results, each with the first of its scripts that fails with the implementation alone.

    Parameters:
        results: The results.
        candidates: Scripts by rule, the most readable first.
        launch: How the implementation is started.
    """
    scripts = confirmed({one.rule: candidates.get(one.rule, ()) for one in results}, launch)
    return tuple(with_script(result, scripts.get(result.rule)) for result in results)


def with_script(result: Result, script: str | None) -> Result:
    """Return a result with the script that fails with the implementation alone.

    If the rule holds, the script has passed in the process of the suite: the implementation behaves differently there.
    """
    if result.verdict is Verdict.HOLDS and script is not None:
        return Result(rule=result.rule, verdict=Verdict.BREAKDOWN, message=TWO_FACED, reproducer=script)
    return msgspec.structs.replace(result, reproducer=script)


def confirmed(candidates: Mapping[str, Sequence[str]], launch: Launch) -> dict[str, str]:
    """Return the first script of each rule that fails with the implementation alone; no entry if none does."""
    pairs = [(rule, script) for rule, scripts in candidates.items() for script in scripts]
    failed = failing({str(place): script for place, (_, script) in enumerate(pairs)}, launch) if pairs else frozenset()
    found: dict[str, str] = {}
    for place, (rule, script) in enumerate(pairs):
        if str(place) in failed:
            found.setdefault(rule, script)
    return found


def failing(scripts: Mapping[str, str], launch: Launch) -> frozenset[str]:
    """Return the names of the scripts that fail; none if they could not be run at all."""
    reads, writes = os.pipe()
    environment = child_environment(is_separate=launch.is_separate)
    # An implementation may look for traces of the suite: there must be none.
    environment.pop(STORAGE_VARIABLE, None)
    if not launch.is_separate:
        environment["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), environment.get("PYTHONPATH", "")])
    with os.fdopen(reads, "rb") as answer:
        with Supervised(
            launch.python,
            CONFIRM,
            [str(writes)],
            environment=environment,
            memory_mib=launch.memory_mib,
            pass_fds=[writes],
            stdin=subprocess.PIPE,
            visible=launch.visible,
        ) as process:
            os.close(writes)
            with contextlib.suppress(subprocess.TimeoutExpired):
                data = json.dumps(scripts).encode()
                process.process.communicate(data, timeout=START_SECONDS + SCRIPT_SECONDS * len(scripts))
        # A process that is still running would keep the pipe open.
        return names_in(answer.read())


def names_in(answer: bytes) -> frozenset[str]:
    """Return the names in the answer of the process, none if it crashed."""
    try:
        return msgspec.json.decode(answer, type=frozenset[str])
    except (ValueError, RecursionError):
        return frozenset()
