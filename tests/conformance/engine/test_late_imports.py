"""What hypothesis imports on first use is loaded before the implementation, whatever release of it is installed."""

from __future__ import annotations

import subprocess
import sys

NEVER_NEEDED = {
    "hypothesis.internal.conjecture.provider_conformance",
    "hypothesis.stateful",
    "hypothesis.strategies._internal.attrs",
    "hypothesis.strategies._internal.featureflags",
    "hypothesis.utils.terminal",
}
"""Modules that a suite does not use: state machines, strategies for classes of attrs, tests for plugins."""

LIST = """
import contextlib, importlib, pkgutil, sys
import hypothesis
from conformance.engine.child.server import LATE, properties_of
from conformance.engine.contract import find_contract
properties_of(find_contract("").suite)
for name in LATE:
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(name)
def modules(path, prefix):
    for each in pkgutil.iter_modules(path, prefix):
        yield each.name
        if each.ispkg and each.name in sys.modules:
            yield from modules(sys.modules[each.name].__path__, each.name + ".")
print(*(name for name in modules(hypothesis.__path__, "hypothesis.") if name not in sys.modules))
"""


def test_nothing_of_hypothesis_is_left_to_load() -> None:
    """An upgrade that loads another module late has it named here: in `LATE`, or among those that no suite needs."""
    done = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True)

    left = {name for name in done.stdout.split() if not name.startswith("hypothesis.extra")}

    assert left <= NEVER_NEEDED
