"""Reads the items of a section: Google's `name (type): text`, NumPy's `name : type` with the text below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from docgen.prose.fields import Convert
from docgen.prose.lines import BLANK, Lines, item_text
from docgen.prose.sections import Item
from docgen.prose.sections import SectionKind as Kind
from docgen.prose.types import (
    NAMES,
    closing,
    colon_outside,
    is_balanced,
    is_type,
    plain_type,
    split_names,
    type_and_default,
)


@dataclass(kw_only=True, slots=True)
class Head:
    """The contents of the first line of an item.

    Attributes:
        names: The names; one empty name if there is none.
        annotations: The types; several exceptions share a text. One empty type if there is none.
        default: What is written about the default.
        text: The text after the head on the same line.
    """

    names: tuple[str, ...] = ("",)
    annotations: tuple[str, ...] = ("",)
    default: str = ""
    text: str = ""

    def items(self, text: str) -> list[Item]:
        """Return the items that share a head.

        Parameters:
            text: Their text in Markdown.
        """
        return [
            Item(name=name, annotation=annotation, default=self.default, text=text)
            for name in self.names
            for annotation in self.annotations
        ]


@dataclass(kw_only=True, slots=True)
class _Entry:
    """The head of an item, the line that it begins on, and the line after it."""

    head: Head
    start: int
    below: int


ReadHead = Callable[[str], Head | None]
"""Reads a line at the margin of a section as the head of an item; None if the line continues the previous text."""

_BULLET = re.compile(r"[-*+\u2022] +(?=[`*:\w])")
_DASH = re.compile(r"\s+(?:--?|\u2013|\u2014)\s+")
_SIGNATURE = re.compile(r"(?P<name>[`*]*[^\W\d][\w.]*)(?P<signature>\(.*\))?[`*]*")
_NAMED_TYPE = re.compile(r"(?P<name>[`*]*[^\W\d]\w*[`*]*) *(?=\()")
_NUMPY_COLON = re.compile(r"(?<=\s):(?![\w:]+:`)|:(?=\s|$)")
_REFERENCES = re.compile(
    r"(?P<names>(?::[\w:]+:)?`?[~\w.]+(?:\(\))?`?(?:\s*,\s*(?::[\w:]+:)?`?[~\w.]+(?:\(\))?`?)*)\s*,?(?:\s*:(?:\s+(?P<text>.*)|$)|$)"
)
_EXCEPTIONS = re.compile(r", or +|, +| or +")
_EXCEPTION = re.compile(rf"[\w.]+(?:(?:{_EXCEPTIONS.pattern})[\w.]+)*")
_MOST_LINES_OF_HEAD = 5
"""Lines that the brackets of a type may take."""


def read_items(
    lines: Lines, start: int, stop: int, read_head: ReadHead, convert: Convert
) -> tuple[str, tuple[Item, ...]]:
    """Return the text before the items of a section, and the items.

    Parameters:
        lines: The docstring.
        start: The first line of the section after its heading.
        stop: The line after the last one.
        read_head: Reads the first line of an item.
        convert: Converts lines to Markdown.
    """
    first = next((index for index in range(start, stop) if lines.indents[index] != BLANK), stop)
    margin = lines.indents[first] if first < stop else 0
    entries: list[_Entry] = []
    for index in range(first, stop):
        if BLANK != lines.indents[index] <= margin and not lines.opaque[index]:
            entry = _entry(lines, index, stop, read_head)
            if entry is not None:
                entries.append(entry)
    ends = [*(entry.start for entry in entries[1:]), stop]
    lead = lines.dedented(first, entries[0].start if entries else stop)
    items: list[Item] = []
    for entry, end in zip(entries, ends, strict=False):
        text = item_text(entry.head.text, lines.below(entry.below, end, margin))
        items += entry.head.items(convert(text, entry.below - 1))
    return convert(lead, first), tuple(items)


def _entry(lines: Lines, index: int, stop: int, read_head: ReadHead) -> _Entry | None:
    """Return the item that begins on a line; the brackets of its type may be closed some lines below."""
    line = lines.text[index].strip()
    head = read_head(line)
    if head is not None:
        return _Entry(head=head, start=index, below=index + 1)
    for below in range(index + 1, min(index + _MOST_LINES_OF_HEAD, stop) if "(" in line else index):
        if is_balanced(line) or lines.indents[below] <= lines.indents[index]:
            break
        line = f"{line} {lines.text[below].strip()}"
        if is_balanced(line) and (head := read_head(line)) is not None:
            return _Entry(head=head, start=index, below=below + 1)
    return None


def parameter_head(line: str) -> Head | None:
    """Read `name (type, optional): text`, with a bullet before it or not."""
    line = _without_bullet(line)
    found = NAMES.match(line)
    if found is None:
        return None
    names = split_names(found[0])
    rest = line[found.end() :]
    if rest.lstrip().startswith("("):
        return _typed_head(names, rest.lstrip())
    if rest.lstrip().startswith(":") and not rest.lstrip().startswith("::"):
        text = rest.lstrip()[1:].removeprefix("**").strip()
        # `x : int` is NumPy's way of writing a type; its text is below.
        if rest[0] == " " and is_type(text):
            annotation, default = type_and_default(text)
            return Head(names=names, annotations=(annotation,), default=default)
        return Head(names=names, text=text)
    dash = _DASH.match(rest) if len(names) == 1 else None
    return Head(names=names, text=rest[dash.end() :]) if dash else None


def _typed_head(names: tuple[str, ...], rest: str) -> Head | None:
    """Read the text after the names of parameters, from the bracket of their type on."""
    end = closing(rest, 0)
    after = rest[end + 1 :].lstrip(" `*")
    dash = _DASH.match(rest[end + 1 :])
    if end < 0 or (after and after[0] != ":" and not dash):
        return None
    annotation, default = type_and_default(rest[1:end])
    text = rest[end + 1 + dash.end() :] if dash else after[1:].strip()
    return Head(names=names, annotations=(annotation,), default=default, text=text)


def _without_bullet(line: str) -> str:
    return line[bullet.end() :] if (bullet := _BULLET.match(line)) else line


def listed_head(line: str) -> Head | None:
    """Read an item of a Markdown list: `- **name** (type) - text`; a line without bullet continues the last item."""
    if _BULLET.match(line) is None:
        return None
    head = parameter_head(line)
    if head is not None:
        return head
    bare = _without_bullet(line)
    found = NAMES.match(bare)
    return Head(names=split_names(found[0]), text=bare[found.end() :].strip()) if found else None


def result_head(line: str) -> Head | None:
    """Read `type: text` or `name (type): text`; a line that begins with no type is prose."""
    colon = colon_outside(line)
    if colon < 0:
        return None
    before, text = line[:colon].strip(), line[colon + 1 :].strip()
    if (named := _NAMED_TYPE.match(before)) and closing(before, named.end()) == len(before) - 1:
        (name,) = split_names(named[0])
        annotation, default = type_and_default(before[named.end() + 1 : -1])
        return Head(names=(name,), annotations=(annotation,), default=default, text=text)
    return Head(annotations=(plain_type(before),), text=text) if is_type(before) else None


def exception_head(line: str) -> Head | None:
    """Read `ValueError: text`; the class is the annotation of the item."""
    line = _without_bullet(line)
    colon = colon_outside(line)
    before = plain_type(line[:colon] if colon >= 0 else line).strip("*~ ()")
    if not _EXCEPTION.fullmatch(before):
        return None
    return Head(annotations=tuple(_EXCEPTIONS.split(before)), text=line[colon + 1 :].strip() if colon >= 0 else "")


def member_head(line: str) -> Head | None:
    """Read `name(arguments): text`; the arguments are the annotation of the item."""
    line = _without_bullet(line)
    found = _SIGNATURE.match(line)
    if found is None:
        return None
    rest = line[found.end() :].lstrip()
    if rest and rest[0] != ":":
        return None
    (name,) = split_names(found["name"]) or ("",)
    return Head(names=(name,), annotations=(found["signature"] or "",), text=rest[1:].strip())


def reference_head(line: str) -> Head | None:
    """Read `name, name : text`, with roles or without."""
    found = _REFERENCES.fullmatch(_without_bullet(line))
    if found is None:
        return None
    names = tuple(name.strip().lstrip("~") for name in plain_type(found["names"]).replace("`", "").split(","))
    return Head(names=names, text=(found["text"] or "").strip())


def numpy_parameter_head(line: str) -> Head | None:
    """Read `name, name : type, optional`; the text is below."""
    before, after = _numpy_parts(line)
    before = before.strip("{} ")
    if not NAMES.fullmatch(before):
        head = parameter_head(line) if "(" in before else None
        return head if head and head.annotations[0] else None
    annotation, default = type_and_default(after)
    if line[len(before) : len(before) + 1] == ":" and not is_type(annotation):
        # `name: text` is Google's way of writing a text.
        return Head(names=split_names(before), text=after)
    return Head(names=split_names(before), annotations=(annotation,), default=default)


def numpy_result_head(line: str) -> Head | None:
    """Read `name : type`, or a type alone; the text is below."""
    before, after = _numpy_parts(line)
    if after and NAMES.fullmatch(before.strip("()")):
        annotation, default = type_and_default(after)
        # `(x, y) : tuple` names the parts of one value.
        names = (before,) if before.startswith("(") else split_names(before)
        return Head(names=names, annotations=(annotation,), default=default)
    return Head(annotations=(plain_type(line),)) if is_type(line) else None


def _numpy_parts(line: str) -> tuple[str, str]:
    """Return the text before and after the first colon that has a space on one side."""
    colon = _NUMPY_COLON.search(line)
    return (line[: colon.start()].rstrip(), line[colon.end() :].lstrip()) if colon else (line, "")


GOOGLE_HEADS: dict[Kind, ReadHead] = {
    **dict.fromkeys((Kind.PARAMETERS, Kind.OTHER_PARAMETERS, Kind.ATTRIBUTES), parameter_head),
    **dict.fromkeys((Kind.RETURNS, Kind.YIELDS, Kind.RECEIVES), result_head),
    **dict.fromkeys((Kind.RAISES, Kind.WARNS), exception_head),
    **dict.fromkeys((Kind.METHODS, Kind.FUNCTIONS, Kind.CLASSES), member_head),
    Kind.SEE_ALSO: reference_head,
}
"""How the items of a Google section begin; other sections have none."""
NUMPY_HEADS: dict[Kind, ReadHead] = {
    **GOOGLE_HEADS,
    **dict.fromkeys((Kind.PARAMETERS, Kind.OTHER_PARAMETERS, Kind.ATTRIBUTES), numpy_parameter_head),
    **dict.fromkeys((Kind.RETURNS, Kind.YIELDS, Kind.RECEIVES), numpy_result_head),
}
"""How the items of a NumPy section begin."""
