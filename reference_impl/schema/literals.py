"""`Literal["a", "b"]` as an Enum: the same Literal is always the same class, in every process.

The class is never stored: its qualified name spells its values, and looking the name up in this module makes (or finds)
the class. Hence pickle, which stores a class by its name, brings back the very same one.
"""

from __future__ import annotations

import json
from enum import Enum
from functools import cache
from typing import Any

_PREFIX = "LiteralEnum_"


class LiteralEnum(Enum):
    """The base of all Enums made from a Literal of strings. It has no members."""


@cache
def literal_enum(values: tuple[str, ...]) -> type[LiteralEnum]:
    """Return the Enum with these values, in this order.

    A member is called like its value in capitals, where Enum allows the name and no other member has it; else `VALUE_`
    and its position.
    """
    names: list[str] = []
    for position, value in enumerate(values):
        name = value.upper()
        names.append(name if _is_free(name, names, values[position + 1 :]) else f"VALUE_{position}")
    members = dict(zip(names, values, strict=True))
    # Called through a name without type: the functional form is not typed for members that are known at run time only.
    functional: Any = LiteralEnum
    made: type[LiteralEnum] = functional("LiteralEnum", members, module=__name__, qualname=_spell(values))
    return made


def _is_free(name: str, taken: list[str], later: tuple[str, ...]) -> bool:
    """Return whether Enum allows a member name, and nobody else has a claim on it."""
    allowed = name != "" and name.lower() != "mro" and not (name[0] == "_" and name[-1] == "_")
    return allowed and name not in taken and not (name.startswith("VALUE_") and len(later) + len(taken) > 0)


def _spell(values: tuple[str, ...]) -> str:
    """Return a qualified name that spells the values."""
    return _PREFIX + json.dumps(values).encode().hex()


def __getattr__(name: str) -> type[LiteralEnum]:
    """Return the Enum whose values the name spells."""
    if not name.startswith(_PREFIX):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return literal_enum(tuple(json.loads(bytes.fromhex(name.removeprefix(_PREFIX)))))
