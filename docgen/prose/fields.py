"""Field lists: `:param int x: text` of Sphinx, `@param x: text` of epytext."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from docgen.prose.lines import BLANK, Lines, item_text
from docgen.prose.sections import Item, Section
from docgen.prose.sections import SectionKind as Kind
from docgen.prose.types import colon_outside, plain_type, split_names, type_and_default

Convert = Callable[[list[str], int], str]
"""Converts lines to Markdown; also takes the line of the docstring that the first of them comes from."""

FIELD_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("param", "parameter", "params", "arg", "argument", "type"), Kind.PARAMETERS),
    **dict.fromkeys(("key", "keyword", "kwarg", "kwparam", "kwtype"), Kind.OTHER_PARAMETERS),
    **dict.fromkeys(("returns", "return", "rtype", "returntype"), Kind.RETURNS),
    **dict.fromkeys(("yields", "yield", "ytype", "yieldtype"), Kind.YIELDS),
    **dict.fromkeys(("raises", "raise", "except", "exception", "throws"), Kind.RAISES),
    **dict.fromkeys(("warns", "warn"), Kind.WARNS),
    **dict.fromkeys(("ivar", "cvar", "var", "vartype"), Kind.ATTRIBUTES),
    **dict.fromkeys(("example", "examples"), Kind.EXAMPLES),
    **dict.fromkeys(("note", "notes"), Kind.NOTES),
    **dict.fromkeys(("warning", "warnings"), Kind.WARNINGS),
    **dict.fromkeys(("see", "seealso"), Kind.SEE_ALSO),
    "todo": Kind.TODO,
    "deprecated": Kind.DEPRECATED,
    "since": Kind.VERSION_ADDED,
    **dict.fromkeys(("author", "authors", "copyright", "license", "version", "bug", "meta"), Kind.ADMONITION),
}
"""Known fields -> the section that they belong to."""
_TYPES = {"type": Kind.PARAMETERS, "kwtype": Kind.OTHER_PARAMETERS, "vartype": Kind.ATTRIBUTES}
"""Fields that give the type of an item that another field describes."""
_RESULTS = frozenset({"rtype", "returntype", "ytype", "yieldtype"})
"""Fields that give the type of a returned or yielded value."""
_NAMED = frozenset({Kind.PARAMETERS, Kind.OTHER_PARAMETERS, Kind.ATTRIBUTES})
_TYPED = frozenset({Kind.RETURNS, Kind.YIELDS, Kind.RAISES, Kind.WARNS})
_VERSIONED = frozenset({Kind.DEPRECATED, Kind.VERSION_ADDED})
_START = re.compile(r" *(?P<mark>[:@])(?P<word>[A-Za-z]\w*)(?=[ :]|$)(?!:`)")
_VERSION = re.compile(r"(?:version )?v?\d[\w.]*")


@dataclass(kw_only=True, slots=True)
class _Field:
    word: str
    argument: str
    text: list[str]
    offset: int


@dataclass(kw_only=True, slots=True)
class _Row:
    """An item that a later field may still complete."""

    name: str = ""
    annotation: str = ""
    default: str = ""
    text: str = ""

    def item(self) -> Item:
        return Item(name=self.name, annotation=self.annotation, default=self.default, text=self.text)


@dataclass(kw_only=True, slots=True)
class _Sections:
    """The sections being built, in the order of their first fields."""

    convert: Convert
    rows: dict[tuple[Kind, str], list[_Row]] = field(default_factory=dict)
    texts: dict[tuple[Kind, str], list[str]] = field(default_factory=dict)
    without_type: dict[tuple[Kind, str], deque[_Row]] = field(default_factory=dict)
    """By kind and name: the rows that still need a field with their type."""
    without_text: dict[tuple[Kind, str], _Row] = field(default_factory=dict)
    """By kind and name: the row that still needs a field with its text."""

    def add(self, each: _Field) -> None:
        """Add a field to its section."""
        word = each.word.lower()
        kind = FIELD_KINDS.get(word, Kind.ADMONITION)
        if each.word == "meta" and each.argument and not any(each.text):
            return  # An instruction to Sphinx, such as `:meta private:`.
        if word in _TYPES:
            annotation, default = type_and_default(" ".join(" ".join(each.text).split()))
            for name in split_names(each.argument):
                self.set_type(_TYPES[word], name, annotation, default)
        elif word in _RESULTS:
            self.set_type(kind, "", plain_type(" ".join(" ".join([each.argument, *each.text]).split())))
        elif kind in _NAMED:
            *words, names = each.argument.split() or [""]
            annotation, default = type_and_default(" ".join(words))
            text = self.convert(each.text, each.offset)
            for name in split_names(names):
                self.add_row(kind, name, _Row(name=name, annotation=annotation, default=default, text=text))
        elif kind in _TYPED:
            text = self.convert(each.text, each.offset)
            is_class = kind in (Kind.RAISES, Kind.WARNS)
            for name in (
                split_names(plain_type(each.argument).replace("~", "")) if is_class else (plain_type(each.argument),)
            ):
                self.add_row(kind, name if is_class else "", _Row(annotation=name, text=text))
        else:
            self.add_prose(kind, each)

    def of(self, kind: Kind, title: str = "") -> list[_Row]:
        """Return the rows of a section, which is created if it does not exist."""
        return self.rows.setdefault((kind, title), [])

    def add_row(self, kind: Kind, name: str, row: _Row) -> None:
        """Add a row, or the text to the one whose type came first."""
        waiting = self.without_text.pop((kind, name), None)
        if waiting is not None and not row.annotation:
            waiting.text = row.text
            return
        self.of(kind).append(row)
        if not row.annotation:
            self.without_type.setdefault((kind, name), deque()).append(row)

    def set_type(self, kind: Kind, name: str, annotation: str, default: str = "") -> None:
        """Set the type of the row that needs it, or of a new one."""
        kinds = (kind, *(other for other in _NAMED if other is not kind)) if kind in _NAMED else (kind,)
        waiting = next((rows for each in kinds if (rows := self.without_type.get((each, name)))), None)
        row = waiting.popleft() if waiting else None
        if row is None:
            row = _Row(name=name)
            self.of(kind).append(row)
            self.without_text[kind, name] = row
        row.annotation, row.default = annotation, default or row.default

    def add_prose(self, kind: Kind, each: _Field) -> None:
        title = " ".join(
            part for part in (each.word if each.word[0].isupper() else each.word.capitalize(), each.argument) if part
        )
        text = list(each.text)
        if kind is not Kind.ADMONITION:
            title = each.argument
        if kind in _VERSIONED and not title and (version := _VERSION.match(text[0])):
            title, text[0] = version[0], text[0][version.end() :].lstrip(" ,:.")
        self.texts.setdefault((kind, title), []).append(self.convert(text, each.offset))
        self.of(kind, title)

    def sections(self) -> list[Section]:
        """Return the sections."""
        return [
            Section(
                kind=kind,
                title=title,
                text="\n\n".join(text for text in self.texts.get((kind, title), ()) if text),
                items=tuple(row.item() for row in rows),
            )
            for (kind, title), rows in self.rows.items()
        ]


def read_fields(lines: Lines, start: int, stop: int, convert: Convert) -> list[Section]:
    """Return the sections in a list of fields.

    Parameters:
        lines: The docstring.
        start: The line of the first field.
        stop: The line after the last one.
        convert: Converts lines to Markdown.
    """
    sections = _Sections(convert=convert)
    margin = lines.indents[start]
    further = (
        index
        for index in range(start + 1, stop)
        if lines.indents[index] != BLANK
        and not lines.opaque[index]
        and _begins(lines.text[index], lines.indents[index] - margin)
    )
    starts = [start, *further]
    for index, end in zip(starts, [*starts[1:], stop], strict=True):
        sections.add(_field(lines, index, end))
    return sections.sections()


def _begins(line: str, depth: int) -> bool:
    """Return True if a line begins a field; an indented one does only if the field is known."""
    found = _START.match(line)
    return found is not None and (depth <= 0 or (found["word"] in FIELD_KINDS and colon_outside(line.strip()[1:]) > 0))


def _field(lines: Lines, index: int, end: int) -> _Field:
    line = lines.text[index].strip()
    word = line[1:].replace(":", " ", 1).split(" ", 1)[0]
    colon = colon_outside(line[1:]) + 1
    if colon:
        argument, text = line[1 + len(word) : colon].strip(), line[colon + 1 :].strip()
    else:
        argument, _, text = line[1 + len(word) :].strip().partition(" ")
    return _Field(
        word=word,
        argument=argument,
        text=item_text(text, lines.below(index + 1, end, lines.indents[index])) or [""],
        offset=index,
    )
