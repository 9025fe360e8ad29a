"""Parses the paragraphs between the heading of a symbol and its docstring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from docgen.formats.base import cells
from docgen.formats.base.code import read_block
from docgen.formats.base.inline import read_line
from docgen.formats.base.read_signatures import read_signature, read_type_parameter, split_commas
from docgen.formats.material import facts
from docgen.model import UNKNOWN, Annotation, Location, Overload, Signature, TypeParameter, Unknown

_BADGE = re.compile(r'<span class="md-tag">(?P<word>[^<]+)</span>')
_SOURCE = re.compile(r"Source: \[?`+ ?(?P<file>.+?):(?P<line>\d+)(?:-(?P<end>\d+))? ?`+")
_SPANS = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)(?: \((?P<note>\w+)\))?")
FENCE = "```python"
END = "```"


@dataclass(kw_only=True)
class Facts:
    """The facts in the lines above a signature."""

    words: list[str] = field(default_factory=list)
    location: Location | None = None
    bases: tuple[Annotation, ...] | Unknown = ()
    type_parameters: tuple[TypeParameter, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    abstract_members: tuple[str, ...] = ()
    unknown_bases: tuple[str, ...] = ()
    condition: str = ""
    inherited_from: str = ""
    deprecation: str | None = None
    makes_names: bool = False


def split_at_signature(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the lines above the first signature, those of its code, and those below."""
    found = read_block(lines)
    if found is None:
        return lines, [], []
    start, stop, code = found
    return lines[:start], code.split("\n"), lines[stop:]


def split_at_fence(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the lines above the first fence, those within, and those below."""
    if FENCE not in lines:
        return lines, [], []
    start = lines.index(FENCE)
    end = lines.index(END, start)
    return lines[:start], lines[start + 1 : end], lines[end + 1 :]


def read_facts(lines: list[str]) -> Facts:
    """Return the facts in the lines above a signature."""
    found = Facts()
    for line in filter(None, lines):
        for before, reads in _LINES.items():
            if line.startswith(before):
                reads(found, line.removeprefix(before))
                break
        else:
            _badges(found, line)
    return found


def _badges(found: Facts, line: str) -> None:
    shown, _, source = line.partition("Source: ")
    found.words = [each["word"] for each in _BADGE.finditer(shown)]
    place = _SOURCE.match(f"Source: {source}") if source else None
    if place:
        first = int(place["line"])
        found.location = Location(file=place["file"], line=first, end_line=int(place["end"] or first))


def _bases(found: Facts, text: str) -> None:
    if text == "unknown":
        found.bases = UNKNOWN
    else:
        found.bases = tuple(Annotation(written=each) for each in split_commas(cells.read_code(text)))


def _type_parameters(found: Facts, text: str) -> None:
    found.type_parameters = tuple(
        _with_variance(cells.read_code(each[0].removesuffix(f" ({each['note']})")), each["note"] or "")
        for each in _SPANS.finditer(text)
    )


def _with_variance(text: str, variance: str) -> TypeParameter:
    declared = read_type_parameter(text)
    return TypeParameter(
        name=declared.name,
        kind=declared.kind,
        bound=declared.bound,
        constraints=declared.constraints,
        default=declared.default,
        variance=variance,
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(cells.read_code(each[0]) for each in _SPANS.finditer(text))


def _options(found: Facts, text: str) -> None:
    pairs = (code.partition("=") for code in _codes(text))
    found.options = tuple((name, value) for name, _, value in pairs)


def _abstract_members(found: Facts, text: str) -> None:
    found.abstract_members = _codes(text)


def _unknown_bases(found: Facts, text: str) -> None:
    found.unknown_bases = _codes(text)


def _condition(found: Facts, text: str) -> None:
    found.condition = cells.read_code(text.removesuffix("."))


def _inherited_from(found: Facts, text: str) -> None:
    found.inherited_from = cells.read_code(text.removesuffix("."))


def _deprecation(found: Facts, text: str) -> None:
    found.deprecation = read_line(text.strip())


def _nothing(_found: Facts, _text: str) -> None:
    """Skip the history, which is not part of the model of one release."""


_LINES: dict[str, Callable[[Facts, str], None]] = {
    "Bases: ": _bases,
    "Type parameters: ": _type_parameters,
    "Options: ": _options,
    "Abstract members: ": _abstract_members,
    "Not listed, for lack of sources: members of ": _unknown_bases,
    "Only if ": _condition,
    "Description inherited from ": _inherited_from,
    f"> {facts.DEPRECATED}": _deprecation,
    facts.HISTORY: _nothing,
}


def read_declarations(lines: list[str]) -> tuple[Signature, tuple[Overload, ...]]:
    """Return the signature of a block of code, and the overloads above it."""
    signatures = [read_signature(code)[1] for code in declared(lines)]
    return signatures[-1], tuple(Overload(signature=each) for each in signatures[:-1])


def declared(lines: list[str]) -> Iterator[str]:
    """Yield each signature in a block of code, without the decorators above it."""
    for piece in "\n".join(lines).split("\n\n"):
        yield "\n".join(line for line in piece.split("\n") if not line.startswith("@"))
