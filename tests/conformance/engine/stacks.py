"""A contract of three rules about a stack, as users have it in a folder, and two implementations of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CATALOGUE = """\
[STK-01]
name = "last-in-first-out"
level = "MUST"
statement = "pop() returns the value that was pushed last."
hint = "Take from the end that push() adds to."
authority = "the meaning of a stack"

[STK-02]
name = "empty-pop-raises"
level = "SHOULD"
statement = "pop() of an empty stack raises IndexError."
hint = "Let the IndexError of the list through."
authority = "list.pop() of Python"

[STK-03]
name = "undo-restores"
level = "MAY"
statement = "undo() takes the last push() back."
hint = "Keep what was pushed."
authority = "the meaning of undo"
capabilities = ["undo"]
"""

SUITE = '''\
"""The properties of a stack."""

from hypothesis import example, given, strategies as st

from conformance.engine.properties import check_equal, expect_raises
from conformance.engine.rules import rule


@rule("STK-01")
@given(values=st.lists(st.integers(), min_size=1))
@example(values=[0])
def test_last_in_first_out(impl, values):
    """The last value comes first."""
    stack = impl.new()
    for value in values:
        stack.push(value)

    check_equal(stack.pop(), values[-1], f"pop() after push() of {values}")


@rule("STK-02")
def test_empty_pop_raises(impl):
    """There is nothing to take."""
    with expect_raises(IndexError, "pop() of an empty stack"):
        impl.new().pop()


@rule("STK-03")
def test_undo_restores(impl):
    """The stack is empty again."""
    stack = impl.new()
    stack.push(1)
    stack.undo()

    check_equal(stack.items, [], "items after push(1) and undo()")
'''

IMPLEMENTATIONS = '''\
"""Two stacks: a right one, and one that forgets what it is."""

class Stack:
    def __init__(self):
        self.items = []

    def push(self, value):
        self.items.append(value)

    def pop(self):
        return self.items.pop()


class Queue(Stack):
    def pop(self):
        return self.items.pop(0) if self.items else None


class Right:
    version = "1.0"
    new = Stack


class Wrong:
    new = Queue
'''

REPRODUCERS = """\
STK-01 = '''
values = [1, 2]
stack = impl.new()
for value in values:
    stack.push(value)
assert [stack.pop() for _ in values] == values[::-1]
'''
"""


def write_stacks(home: Path, implementations: str = IMPLEMENTATIONS, *, reproducers: str = "") -> Path:
    """Write the contract into `stacks/` and the implementations into `mine.py`, and return the folder of both."""
    files = {
        "stacks/contract.toml": "",
        "stacks/catalogue/stk.toml": CATALOGUE,
        "stacks/suite/test_stacks.py": SUITE,
        "mine.py": implementations,
        **({"stacks/reproducers/stk.toml": reproducers} if reproducers else {}),
    }
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home


def conformance(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    command = [sys.executable, "-P", "-m", "conformance", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ})
