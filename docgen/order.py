"""Compares two orders of the same names: which of them moved."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def moved(was: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """Return the fewest names whose move explains the new order of the common names, in the old order.

    >>> moved("abcd", "bcad")
    ('a',)
    >>> moved("ab", "xaby")
    ()
    """
    old, new = tuple(was), tuple(now)
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in before[block.a : block.a + block.size]}
    return tuple(name for name in before if name not in kept)
