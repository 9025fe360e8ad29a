"""`Literal["a", "b"]` as an Enum. The same Literal gives the same class, in every process.

Pickle stores a class by its qualified name. That of such an Enum encodes its values, and looking the name up in this
module returns the class, so unpickling finds (or first makes) the same class.
"""

from __future__ import annotations

import json
from enum import Enum
from functools import cache
from typing import Any

_PREFIX = "LiteralEnum_"
"""Prefix of the qualified name of each Enum; the values follow, as JSON in hexadecimal."""


class LiteralEnum(Enum):
    """The base class, without members, of the Enums that are made from a Literal of strings."""


@cache
def literal_enum(values: tuple[str, ...]) -> type[LiteralEnum]:
    """Return the Enum with these values, in this order.

    A member is named after its value in capitals. If Enum does not allow that name or another member has it, the name
    is `VALUE_` and the position.

    Parameters:
        values: The strings of the Literal.
    """
    names: list[str] = []
    for position, value in enumerate(values):
        name = value.upper()
        names.append(name if _is_free(name, names, values[position + 1 :]) else f"VALUE_{position}")
    members = dict(zip(names, values, strict=True))
    # The functional form is typed for literal members only, so it is called through a name of type Any.
    functional: Any = LiteralEnum
    qualname = _PREFIX + json.dumps(values).encode().hex()
    made: type[LiteralEnum] = functional("LiteralEnum", members, module=__name__, qualname=qualname)
    return made


def _is_free(name: str, taken: list[str], later: tuple[str, ...]) -> bool:
    """Return True if Enum allows a member name and no other member has, or may get, the same name."""
    allowed = name != "" and name.lower() != "mro" and not (name[0] == "_" and name[-1] == "_")
    return allowed and name not in taken and not (name.startswith("VALUE_") and len(later) + len(taken) > 0)


def __getattr__(name: str) -> type[LiteralEnum]:
    """Return the Enum whose values a qualified name encodes."""
    if not name.startswith(_PREFIX):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return literal_enum(tuple(json.loads(bytes.fromhex(name.removeprefix(_PREFIX)))))
