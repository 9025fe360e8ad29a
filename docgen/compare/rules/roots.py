"""Groups differences by root cause: those with the same reason become one, which names the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from docgen.compare.differences import Difference
from docgen.compare.rules.outcomes import ONLY_RAISES
from docgen.compare.rules.signatures import TYPES_OF_PARAMETERS

_WITH_PARAMETER = frozenset({"symbol-removed", "symbol-added", "renamed"})
"""What happens to an attribute if the constructor parameter that it stores is removed, added or renamed."""


_TOLD_FOR_ALL = frozenset({"final-added", "final-removed", "member-value-changed"})
"""Changes that are reported once for all members of a class, because one decision or one member causes them."""


_TOLD_TOGETHER = frozenset({"attribute-uncertain", "class-access-removed", "read-only"})
"""Changes that are reported once for all members of a class with the same text, because they are one decision."""


_ATTRIBUTE = "attribute removed"
"""The same goes for attributes; methods of a class may be removed for several reasons."""
_OF_LISTS = frozenset({"listed", "unlisted"})
"""Changes of the contents of `__all__`, which are one edit; the text names the module."""

_OF_PARAMETERS = TYPES_OF_PARAMETERS | {
    "call-extended", "default-changed", "parameter-added", "parameter-keyword-only", "parameter-moved",
    "parameter-removed", "parameter-renamed", "parameter-required", "required-parameter-added",
}  # fmt: skip
"""Changes of named parameters: several functions of a module, or methods of a class, with the same text are one
decision."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A difference, and the definition that it comes from."""

    difference: Difference
    owner: str = ""
    """Comparable path of its class; empty outside classes."""
    label: str = ""
    """Public path of the class, as in `difference.symbol`."""
    cause: str = ""
    """Path of the definition, if several classes share one."""
    public_cause: str = ""
    """Name of that definition in reports."""


def merged(found: Sequence[Found], derives: Callable[[str, str], bool]) -> tuple[Difference, ...]:
    """Return the differences, one for each root cause.

    Parameters:
        found: The findings, in the order of the symbols.
        derives: Returns whether a class, given by its comparable path, derives from another on one of the sides.
    """
    found = _without_refused(_with_constructors(found))
    groups: dict[tuple[str, ...], list[list[Found]]] = {}
    for each in found:
        alike = groups.setdefault(_key(each), [])
        mine = [group for group in alike if any(_is_one(each, other, derives) for other in group)]
        joined = [*(other for group in mine for other in group), each]
        groups[_key(each)] = [*(group for group in alike if group not in mine), joined]
    return tuple(_reported(group, derives) for alike in groups.values() for group in alike)


def _with_constructors(found: Sequence[Found]) -> list[Found]:
    """Return the findings; those of attributes that change with a constructor parameter are merged into its finding."""
    taken: dict[str, Found] = {}
    for each in found:
        if each.owner and each.difference.symbol == each.label and each.difference.parameter:
            names = each.difference.parameter.replace(" -> ", ", ").split(", ")
            taken.update({f"{each.label}.{name}": each for name in names if name})
    folded: dict[int, list[str]] = {}
    kept: list[Found] = []
    for each in found:
        symbol = each.difference.symbol
        if each.difference.name in _WITH_PARAMETER and symbol in taken:
            folded.setdefault(id(taken[symbol]), []).extend((symbol, *each.difference.affects))
        else:
            kept.append(each)
    return [_affecting(each, folded.get(id(each), ())) for each in kept]


def _without_refused(found: Sequence[Found]) -> list[Found]:
    """Return the findings; those of classes that can no longer be instantiated are merged into that finding."""
    refused = {
        each.owner: each for each in found if each.difference.name == "refused" and each.difference.symbol == each.label
    }
    refused = {owner: each for owner, each in refused.items() if each.difference.text.startswith(ONLY_RAISES)}
    folded = {
        id(each): [other.difference.symbol for other in found if other.owner == owner and other is not each]
        for owner, each in refused.items()
    }
    kept = (each for each in found if each.owner not in refused or each is refused[each.owner])
    return [_affecting(each, list(dict.fromkeys(folded.get(id(each), ())))) for each in kept]


def _affecting(found: Found, symbols: Sequence[str]) -> Found:
    if not symbols:
        return found
    difference = msgspec.structs.replace(found.difference, affects=(*found.difference.affects, *symbols))
    return msgspec.structs.replace(found, difference=difference)


def _key(found: Found) -> tuple[str, ...]:
    """Return the key that findings with the same cause have in common."""
    difference = found.difference
    if is_cause_elsewhere(difference):
        return (difference.code, difference.text.partition(": ")[2])
    return _key_of_member(found) if found.owner else _key_of_symbol(found)


def _key_of_member(found: Found) -> tuple[str, ...]:
    """Return the key that findings of classes with the same cause have in common."""
    difference = found.difference
    member = difference.symbol.removeprefix(found.label)
    if difference.name in _TOLD_FOR_ALL:
        return (difference.code, found.owner)
    if difference.name in _TOLD_TOGETHER or difference.text == _ATTRIBUTE:
        return (difference.code, difference.text, found.owner)
    if not member and difference.parameter:
        # The positions of constructor parameters, and the call that shows a change, differ from class to class.
        return (difference.code, difference.parameter, difference.old, difference.new)
    if difference.name in _OF_PARAMETERS and difference.parameter:
        return (difference.code, difference.text, difference.parameter, difference.old, difference.new)
    return (difference.code, member, difference.text, difference.old, difference.new)


def _key_of_symbol(found: Found) -> tuple[str, ...]:
    """Return the key that findings outside classes with the same cause have in common."""
    difference = found.difference
    if found.cause:
        return (difference.code, difference.text, found.cause)
    if difference.name in _OF_LISTS:
        return (difference.code, difference.text)
    where = difference.new_location
    if difference.name in _OF_PARAMETERS and difference.parameter and where is not None:
        return (difference.code, difference.text, difference.parameter, where.file)
    return (difference.code, difference.symbol, difference.text)


def is_cause_elsewhere(difference: Difference) -> bool:
    """Return True if an annotation is written as before, and only changes because an alias in it does."""
    return difference.old != "" and difference.old == difference.new and not difference.name.startswith("value-")


def _is_one(found: Found, other: Found, derives: Callable[[str, str], bool]) -> bool:
    if not found.owner or found.owner == other.owner or is_cause_elsewhere(found.difference):
        return True
    if found.cause and found.cause == other.cause:
        return True
    if found.difference.name == "base-removed" and _module(found) == _module(other):
        return True  # The same base is removed from several classes.
    return derives(found.owner, other.owner) or derives(other.owner, found.owner)


def _module(found: Found) -> str:
    """Return the module of a class, or the class around it."""
    return found.label.rpartition(".")[0]


def _reported(group: Sequence[Found], derives: Callable[[str, str], bool]) -> Difference:
    """Return the difference of a group, at the common base class, or else at the definition."""
    root = next((each for each in group if _is_root(each, group, derives)), min(group, key=_place))
    difference = root.difference
    rest = sorted((each for each in group if each is not root), key=lambda each: each.owner != root.owner)
    others = tuple(each.difference.symbol for each in rest)
    affects = tuple(dict.fromkeys((*difference.affects, *others, *_affected(group, root))))
    is_shared = len(group) > 1 and not _is_root(root, group, derives)
    if is_shared and root.public_cause and root.public_cause != difference.symbol:
        affects = tuple(dict.fromkeys((difference.symbol, *affects)))
        difference = msgspec.structs.replace(difference, symbol=root.public_cause)
    return msgspec.structs.replace(difference, affects=tuple(each for each in affects if each != difference.symbol))


def _place(found: Found) -> tuple[str, int]:
    """Return the place of a definition; for several functions with the same change, that of the first."""
    location = found.difference.location
    return ("~", 0) if found.owner or location is None else (location.file, location.line)


def _affected(group: Iterable[Found], root: Found) -> Iterable[str]:
    return (path for each in group if each is not root for path in each.difference.affects)


def _is_root(root: Found, group: Sequence[Found], derives: Callable[[str, str], bool]) -> bool:
    return all(other.owner == root.owner or derives(other.owner, root.owner) for other in group)
