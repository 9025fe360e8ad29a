"""The package under another name, and its public names."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import reference_impl
reference_impl.install("sdk")
reference_impl.install("sdk")
import sdk, sdk.errors
from sdk.extend import AsyncFunctionTaskTemplate
from sdk.models import NativeInterface
import reference_impl.errors
assert sdk is reference_impl and sdk.errors is reference_impl.errors
env = sdk.TaskEnvironment("e")
@env.task
def fails(x: int) -> int:
    raise ValueError("bad")
try:
    sdk.run(fails, 1)
except sdk.errors.RuntimeUserError as error:
    print(error.code, isinstance(fails, AsyncFunctionTaskTemplate))
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own."""
    return subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)


def test_one_copy_under_both_names() -> None:
    """`import sdk.errors` imports the same module, and a second install has no effect."""
    answer = run(PROGRAM)

    assert (answer.stdout, answer.stderr) == ("ValueError True\n", "")


def test_a_loaded_package_is_not_replaced() -> None:
    """A package of that name that is loaded already is not replaced."""
    answer = run("import json, reference_impl; reference_impl.install('json')")

    assert "InvalidValueError: install('json'): a package of that name is loaded already" in answer.stderr


def test_import_loads_nothing_before_it_is_asked_for() -> None:
    """Importing the package loads none of its modules; each public name is loaded on use and is in dir()."""
    answer = run(
        "import sys, reference_impl as r\n"
        "print(sum(name.startswith('reference_impl.') for name in sys.modules))\n"
        "print(all(hasattr(r, name) for name in r.__all__), set(r.__all__) <= set(dir(r)))\n"
        "r.nothing"
    )

    assert answer.stdout.split() == ["0", "True", "True"]
    assert "has no attribute 'nothing'" in answer.stderr


@pytest.mark.parametrize("flags", [[], ["-O"], ["-OO"]])
def test_works_without_assertions(flags: list[str]) -> None:
    """The package works without assert statements and docstrings."""
    answer = subprocess.run([sys.executable, *flags, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert answer.stdout == "ValueError True\n", answer.stderr
