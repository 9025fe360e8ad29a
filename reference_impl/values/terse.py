"""A short repr for values: what is as it is by default stays out of it."""

from __future__ import annotations

import dataclasses
from typing import Any


class Terse:
    """A base of dataclasses (made with `repr=False`) whose repr shows what the constructor was told.

    Fields without a default come first, by value alone; of the others those that differ from their default follow, by
    name. A field whose default is made anew each time always shows.

    >>> from reference_impl.values.trigger import Cron
    >>> Cron("0 * * * *"), Cron("0 * * * *", timezone="Europe/Vienna")
    (Cron('0 * * * *'), Cron('0 * * * *', timezone='Europe/Vienna'))
    """

    __slots__ = ()

    def __repr__(self) -> str:
        own: Any = self  # every subclass is a dataclass, which no type can say
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
