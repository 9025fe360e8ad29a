"""Defines hostile kinds: a kind gets what an honest operation returned, and returns what the suite gets instead."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


def sleep_command() -> list[str]:
    """Return a command that sleeps. It names the temporary folder, so that a process left running is found."""
    return [sys.executable, "-c", f"import time; time.sleep(900) # {tempfile.gettempdir()}"]


Hostile = Callable[[object], object]
When = Literal["act", "always", "load"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One hostile kind."""

    name: str
    about: str
    """What it does, one line."""
    run: Hostile
    when: When
    """In one operation only, in every operation, or once while the implementation is loaded."""
    act: frozenset[str]
    """Acceptable verdicts for the operation in which it is hostile."""
    others: frozenset[str]
    """Acceptable verdicts for every other rule."""
    is_started: bool
    """Whether the implementation can be loaded at all."""
    is_quick: bool
    """Whether it belongs to the sample that runs by default."""
    claims: frozenset[str] = frozenset()
    """Capabilities that it claims and does not have."""


KINDS: dict[str, Kind] = {}
"""All kinds by name."""


def hostile(  # noqa: PLR0913 - the facts of a kind: keywords with a default
    act: str = "deviates",
    *,
    others: str = "holds",
    when: When = "act",
    is_started: bool = True,
    is_quick: bool = False,
    claims: str = "",
) -> Callable[[Hostile], Hostile]:
    """Register a kind under the name of its function.

    Parameters:
        act: Acceptable verdicts for the rule of the hostile operation, separated by spaces.
        others: The same for every other rule.
        when: When it is hostile.
        is_started: Whether the implementation can be loaded at all.
        is_quick: Whether it belongs to the default sample.
        claims: Capabilities that it claims and does not have, separated by spaces.
    """

    def register(run: Hostile) -> Hostile:
        name = run.__name__
        assert name not in KINDS, f"two kinds are called {name}"
        KINDS[name] = Kind(
            name=name,
            about=(run.__doc__ or "").partition("\n")[0],
            run=run,
            when=when,
            act=frozenset(act.split()),
            others=frozenset(others.split()),
            is_started=is_started,
            is_quick=is_quick,
            claims=frozenset(claims.split()),
        )
        return run

    return register
