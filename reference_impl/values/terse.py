"""A short repr for values, which leaves out fields with their default."""

from __future__ import annotations

import dataclasses
from typing import Any


class Terse:
    """A base class for dataclasses (declared with `repr=False`) whose repr shows only relevant fields.

    Fields without a default come first, as values only. The other fields that differ from their default follow, by
    name. A field with a default factory is always shown.

    >>> from reference_impl.values.trigger import Cron
    >>> Cron("0 * * * *"), Cron("0 * * * *", timezone="Europe/Vienna")
    (Cron('0 * * * *'), Cron('0 * * * *', timezone='Europe/Vienna'))
    """

    __slots__ = ()

    def __repr__(self) -> str:
        own: Any = self  # every subclass is a dataclass, which the type system cannot express
        shown = []
        for field in dataclasses.fields(own):
            value = getattr(own, field.name)
            if not (field.init and field.repr):
                continue
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                shown.append(repr(value))
            elif value != field.default:
                shown.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"
