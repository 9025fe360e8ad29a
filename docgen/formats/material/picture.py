"""The inheritance of a class as a picture: a tree of names that are links, drawn when the page is made.

The picture is SVG on one line within a paragraph, so that its links are Markdown, which a site generator follows and
checks. Its title and its text alternative name every class for readers who do not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from docgen.formats.base.sheet import escaped
from docgen.model import Class, Type, TypeKind
from docgen.symbols import Index

MOST = 24
"""Limit on the classes in a picture. Further subclasses are counted."""
_ROW, _BOX, _GAP, _LETTER, _PAD = 40, 26, 14, 7.3, 10
"""Height of a row and of a box, space between boxes, width of a letter, space beside a name, in CSS pixels."""


class _Box(NamedTuple):
    """One class in the picture."""

    path: str
    """The path of its definition."""
    name: str
    left: int
    top: int
    is_here: bool = False
    """It is the class that the page is about."""

    @property
    def width(self) -> int:
        return _width(self.name)

    @property
    def middle(self) -> int:
        return self.left + self.width // 2


def _width(name: str) -> int:
    return round(len(name) * _LETTER) + 2 * _PAD


class Families:
    """The inheritance among the classes of a reference.

    Parameters:
        index: The index of the reference as it was read.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._bases: dict[str, tuple[str, ...]] = {}
        self._derived: dict[str, list[str]] = {}
        for path, class_ in index.classes.items():
            self._bases[path] = tuple(_bases(class_))
            for base in self._bases[path]:
                self._derived.setdefault(base, []).append(path)

    @property
    def bases(self) -> Mapping[str, tuple[str, ...]]:
        """Path of the definition of each class -> those of its bases."""
        return self._bases

    def derived(self, path: str) -> list[str]:
        """Return the public classes of the reference that derive from a class directly."""
        return [each for each in self._derived.get(path, ()) if self._index.public_path(each)]

    def levels(self, path: str) -> list[list[str]]:
        """Return the ancestors of a class by level, the bases first. The longest path to a class is its level."""
        level: dict[str, int] = {}
        pending = [(base, 1) for base in self._bases.get(path, ())]
        while pending and len(level) < MOST // 2:
            base, distance = pending.pop(0)
            # A damaged hierarchy may be cyclic.
            if level.get(base, 0) < distance <= MOST:
                level[base] = distance
                pending += [(each, distance + 1) for each in self._bases.get(base, ())]
        highest = max(level.values(), default=0)
        return [[each for each, place in level.items() if place == wanted] for wanted in range(1, highest + 1)]


def _bases(class_: Class) -> Iterator[str]:
    for base in class_.bases if isinstance(class_.bases, tuple) else ():
        if isinstance(base.type, Type) and base.type.kind == TypeKind.NAME and base.type.name not in _COMMON:
            yield base.type.name


_COMMON = frozenset({"object", "typing.Generic", "typing.Protocol", "abc.ABC"})
"""Bases that are left out, because they say how a class is implemented, not what it is."""


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def picture(class_: Class, path: str, families: Families, address_of: Callable[[str], str]) -> str:
    """Return the picture of a class as a paragraph; empty if it shows no more than the line of bases.

    Parameters:
        class_: The class as it was read.
        path: Its public path.
        families: The inheritance of the reference.
        address_of: Returns the address of a class by the path of its definition, empty for none.
    """
    levels, derived = families.levels(class_.path), families.derived(class_.path)
    if len(levels) < 2 and not derived:  # noqa: PLR2004 - the line of bases says it
        return ""
    above = [box for row, level in enumerate(reversed(levels)) for box in _in_a_row(level, row)]
    here = _Box(class_.path, class_.name, 1, len(levels) * _ROW + 1, is_here=True)
    shown = derived[: MOST - len(above)]
    below = [
        _Box(each, _name(each), 1 + 2 * _GAP, here.top + _ROW + number * (_BOX + 6))
        for number, each in enumerate(shown)
    ]
    boxes = [*above, here, *below]
    width, height = max(box.left + box.width for box in boxes) + 1, boxes[-1].top + _BOX + 1
    lines = "".join(_lines(above, here, below, families))
    names = "".join(_drawn(box, "" if box.is_here else address_of(box.path)) for box in boxes)
    return (
        f'<svg role="group" aria-labelledby="{path}:title {path}:text" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="max-width:100%" fill="none" stroke="currentColor" font-size="12">'
        f'<title id="{path}:title">Inheritance of {escaped(class_.name)}</title>'
        f'<desc id="{path}:text">{escaped(_in_words(class_.name, levels, derived))}</desc>{lines}{names}</svg>'
    )


def _in_a_row(paths: list[str], row: int) -> Iterator[_Box]:
    left = 1
    for path in paths:
        yield _Box(path, _name(path), left, row * _ROW + 1)
        left += _width(_name(path)) + _GAP


def _lines(above: list[_Box], here: _Box, below: list[_Box], families: Families) -> Iterator[str]:
    by_path = {box.path: box for box in (*above, here)}
    for box in (*above, here):
        for base in (by_path[each] for each in families.bases.get(box.path, ()) if each in by_path):
            yield f'<path opacity=".5" d="M{base.middle} {base.top + _BOX}L{box.middle} {box.top}"/>'
    if below:
        start, middles = here.left + _GAP, [box.top + _BOX // 2 for box in below]
        branches = "".join(f"M{start} {middle}H{below[0].left}" for middle in middles)
        yield f'<path opacity=".5" d="M{start} {here.top + _BOX}V{middles[-1]}{branches}"/>'


def _drawn(box: _Box, address: str) -> str:
    shown = f"[{escaped(box.name)}]({address})" if address else escaped(box.name)
    weight = ' font-weight="bold"' if box.is_here else ""
    return (
        f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{_BOX}" rx="4" '
        f'stroke-width="{2 if box.is_here else 1}"/>'
        f'<text x="{box.left + _PAD}" y="{box.top + 17}" fill="currentColor" stroke="none"{weight}>{shown}</text>'
    )


def _in_words(name: str, levels: list[list[str]], derived: list[str]) -> str:
    """Return the contents of the picture as sentences."""
    bases, subclasses = [_name(each) for level in levels for each in level], [_name(each) for each in derived]
    sentences = [f"{name} derives from {', '.join(bases)}."] if bases else []
    if subclasses:
        sentences.append(f"{', '.join(subclasses)} {'derives' if len(subclasses) == 1 else 'derive'} from {name}.")
    return " ".join(sentences)
