"""Functions that a pickle can name: importable, of each kind."""

from __future__ import annotations


def add_one(x: int, y: str = "") -> int:
    """Add one.

    Args:
        x: What to add to.
        y: Not used.
    """
    return x + 1 + len(y)


async def add_one_later(x: int, y: str = "") -> int:
    """Add one, when awaited."""
    return x + 1 + len(y)


def undocumented(x: int = 0) -> int:  # noqa: D103 - what is without a docstring is what it is for
    return x


FUNCTIONS = (add_one, add_one_later, undocumented)
"""All of them."""

DECORATED_MODULE = """
def declare(env):
    global add_two
    @env.task
    def add_two(x: int) -> int:
        return x + 2
    return add_two

def declare_later(env):
    global add_two_later
    @env.task
    async def add_two_later(x: int) -> int:
        return x + 2
    return add_two_later
"""
"""Source of a module in which decorated functions are found under their own names, as in a user's module."""
