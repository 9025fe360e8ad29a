"""How strong the suite is: how many wrong implementations it caught when it was last graded.

Grading imports an implementation and takes minutes, so it is not part of the package: see `tests/mutants` in the
repository. Reports repeat the figures in `strength.toml`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from conformance.engine.reports.model import Measure

STRENGTH = Path(__file__).parent.parent / "contracts/task_template/strength.toml"
"""The file with the figures, in the order in which reports print them."""


class StrengthFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    measure: tuple[Measure, ...]


def read_strength() -> tuple[Measure, ...]:
    """Return the published figures, the most independent one first."""
    return msgspec.toml.decode(STRENGTH.read_bytes(), type=StrengthFile).measure
