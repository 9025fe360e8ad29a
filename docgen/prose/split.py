"""Splits a docstring into sections.

It looks for all styles in every docstring, because packages mix them, and an underlined heading, a field and a heading
with an indented block cannot be mistaken for one another. The lines of a section are read by `items` and `fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from unicodedata import east_asian_width

from docgen.prose.fields import FIELD_KINDS
from docgen.prose.headings import KINDS, WITH_ITEMS, title_of
from docgen.prose.lines import BLANK, Lines
from docgen.prose.sections import SectionKind as Kind
from docgen.prose.style import Style


class Form(Enum):
    """How the lines of a part are read."""

    TEXT = auto()
    GOOGLE = auto()
    NUMPY = auto()
    FIELDS = auto()
    DIRECTIVE = auto()
    LIST = auto()
    """A heading of Markdown, and the list below it."""


@dataclass(kw_only=True, slots=True)
class Part:
    """A range of lines that belongs together.

    Attributes:
        form: How its lines are read.
        kind: The kind of section; `TEXT` for fields, each of which has a kind of its own.
        title: The title of its section.
        lead: The text after the heading on the same line.
        is_literal: The heading ends in two colons and announces code.
        start: The first line of the content, after the heading.
        stop: The line after the last one.
        indent: The indent of the heading.
    """

    form: Form
    kind: Kind = Kind.TEXT
    title: str = ""
    lead: str = ""
    is_literal: bool = False
    start: int
    stop: int = 0
    indent: int = 0


_OPENING = re.compile(
    r" *(?:"
    r"(?P<rule>-{2,}|={2,})$"
    r"|:(?P<field>[A-Za-z]\w*)(?=[ :])(?!:`)"
    r"|@(?P<tag>[A-Za-z]\w*)(?=[ :])[^:@]*:"
    r"|\.\. (?P<directive>deprecated|version-?added|version-?changed|version-?removed)::? *(?P<argument>.*)"
    r"|(?:\*\*(?P<bold>[A-Z][\w ]{2,30}):?\*\*:?|#{1,6} +(?P<title>[A-Z][\w ]{2,30}):?)$"
    r"|(?P<head>[^\W\d_][\w -]{0,60}+)(?P<colons>:{1,2})(?: +(?P<lead>.*))?$"
    r")"
)
_LISTED = frozenset({Kind.PARAMETERS, Kind.OTHER_PARAMETERS, Kind.ATTRIBUTES})
"""Kinds of items that a list below a heading of Markdown may describe."""
_LISTED_NAME = re.compile(r"[-*+] +(?:\*\*|__|`+)[\\*]*[^\W\d]\w*[`*_]")
_VERSION_KINDS = {
    "deprecated": Kind.DEPRECATED,
    "versionremoved": Kind.DEPRECATED,
    "versionadded": Kind.VERSION_ADDED,
    "versionchanged": Kind.VERSION_CHANGED,
}
_ON_ONE_LINE = frozenset({"Returns", "Return", "Yields", "Raises"})
"""Headings that may be followed by their only text."""
_CODE_AFTER = frozenset({Kind.EXAMPLES, Kind.ADMONITION})
"""Sections whose content is code if the heading ends in two colons."""
_LONGEST_TITLE = 5
"""Limit on the words of an unknown heading."""
_LEVEL_OF_RULE = 3
"""How many characters longer or shorter than an unknown heading the line below it may be."""


def _head(found: re.Match[str]) -> str:
    """Return the words before the colon that ends a line, empty if there is none."""
    return (found["head"] or "").rstrip()


def split(lines: Lines, style: Style) -> list[Part]:
    """Return the parts of a docstring in order; together they have all its lines, apart from headings."""
    return _Splitter(lines=lines, style=style).parts()


@dataclass(kw_only=True, slots=True)
class _Splitter:
    lines: Lines
    style: Style
    base: int = 0
    """The indent up to which headings are at the margin: that of the last section."""
    section_end: int = 0
    """The line after the last section."""

    def parts(self) -> list[Part]:
        """Split the lines."""
        parts: list[Part] = []
        text = Part(form=Form.TEXT, start=0)
        index, count = 0, len(self.lines.text)
        while index < count:
            part = self.opening(index)
            if part is None:
                index += 1
                continue
            # The heading of an underlined section is the line above the rule that was found.
            text.stop = index - 1 if part.form is Form.NUMPY else index
            parts.append(text)
            parts.append(part)
            self.base = part.indent
            index = part.stop = self.section_end = self.end(part)
            text = Part(form=Form.TEXT, start=index, indent=part.indent)
        text.stop = count
        parts.append(text)
        return [part for part in parts if part.form is not Form.TEXT or self.has_text(part)]

    def has_text(self, part: Part) -> bool:
        """Return True if a part has a line that is not blank."""
        return any(indent != BLANK for indent in self.lines.indents[part.start : part.stop])

    def opening(self, index: int) -> Part | None:  # noqa: PLR0911 - one line per form
        """Return the part that opens at a line, None if none does."""
        if self.lines.opaque[index] or (found := _OPENING.match(self.lines.text[index])) is None:
            return None
        indent = self.lines.indents[index]
        if found["rule"]:
            return self.underlined(index)
        if found["bold"] or found["title"]:
            return self.listed(index, found["bold"] or found["title"])
        if indent > self.base:
            return self.indented(index, found)
        if found["head"]:
            return self.headed(index, found)
        if found["directive"]:
            kind = _VERSION_KINDS[found["directive"].replace("-", "")]
            return Part(form=Form.DIRECTIVE, kind=kind, lead=found["argument"], start=index + 1, indent=indent)
        word = found["tag"] or found["field"]
        is_field = word[1:].islower() and word.lower() in FIELD_KINDS
        return Part(form=Form.FIELDS, start=index, indent=indent) if is_field else None

    def underlined(self, rule: int) -> Part | None:
        """Return the section whose heading is above a line of dashes."""
        indents = self.lines.indents
        above = rule - 1
        if above < 0 or indents[above] == BLANK or indents[above] > max(self.base, indents[rule]):
            return None
        heading = self.lines.text[above].strip().rstrip(":").rstrip()
        kind = KINDS.get(heading.lower())
        if kind is None or len(self.lines.text[rule].strip()) < _LEVEL_OF_RULE:
            return None
        return Part(form=Form.NUMPY, kind=kind, title=title_of(kind, heading), start=rule + 1, indent=indents[above])

    def headed(self, index: int, found: re.Match[str]) -> Part | None:
        """Return the section whose heading ends in a colon."""
        head, lead, indent = _head(found), found["lead"] or "", self.lines.indents[index]
        below = self.below(index)
        is_block = below < len(self.lines.text) and self.lines.indents[below] > indent
        kind = KINDS.get(head.lower())
        if kind is None:
            is_title = is_block and below == index + 1 and not lead and self.opens_paragraph(index)
            kind = self.kind_of_unknown(head) if is_title else None
        elif not is_block:
            is_section = self.is_line_of_its_own(index, head, lead) or self.is_flat(index, kind, lead=lead)
            kind = kind if is_section else None
        elif lead and not head[0].isupper():
            return None
        if kind is None:
            return None
        return Part(
            form=Form.GOOGLE,
            kind=kind,
            title=title_of(kind, head),
            lead=lead,
            is_literal=found["colons"] == "::" and kind in _CODE_AFTER,
            start=index + 1,
            indent=indent,
        )

    def listed(self, index: int, heading: str) -> Part | None:
        """Return the list below a heading of Markdown, if each of its items begins with a name in bold or as code."""
        kind = KINDS.get(heading.lower())
        first = self.below(index)
        if kind not in _LISTED or first == len(self.lines.text):
            return None
        margin, stop = self.lines.indents[first], first
        while stop < len(self.lines.text):
            indent, line = self.lines.indents[stop], self.lines.text[stop].strip()
            is_item = indent == margin and line.startswith(("- ", "* ", "+ "))
            if is_item and not _LISTED_NAME.match(line):
                return None
            if BLANK != indent <= margin and not is_item and (stop == first or self.lines.indents[stop - 1] == BLANK):
                break
            stop += 1
        part = Part(form=Form.LIST, kind=kind, title=title_of(kind, heading), start=first, stop=stop)
        return part if stop > first else None

    def kind_of_unknown(self, head: str) -> Kind | None:
        """Return the kind of a section whose heading is unknown; None if it is prose before a block."""
        words = head.split()
        if head[0].islower() or len(words) > _LONGEST_TITLE:
            return None
        if words[0] in {"Example", "Examples"}:
            return Kind.EXAMPLES
        return Kind.ADMONITION if self.style is Style.GOOGLE else None

    def is_line_of_its_own(self, index: int, head: str, lead: str) -> bool:
        """Return True if a line is a whole section: `Returns: text`, at the beginning of a paragraph."""
        return bool(lead) and head in _ON_ONE_LINE and self.opens_paragraph(index)

    def is_flat(self, index: int, kind: Kind, *, lead: str) -> bool:
        """Return True if the content of a section is directly below its heading, without indentation."""
        below = index + 1
        return (
            not lead
            and kind in WITH_ITEMS
            and self.lines.text[index].lstrip()[0].isupper()
            and self.opens_paragraph(index)
            and below < len(self.lines.text)
            and self.lines.indents[below] == self.lines.indents[index]
            and not self.is_other_heading(below)
        )

    def is_other_heading(self, index: int) -> bool:
        """Return True if a line is a known heading, or the rule below one."""
        found = _OPENING.match(self.lines.text[index])
        return found is not None and bool(found["rule"] or (_head(found).lower() in KINDS and not found["lead"]))

    def indented(self, index: int, found: re.Match[str]) -> Part | None:
        """Return the section whose heading opens a block that is indented as a whole.

        A wrapper that prepends a line to a docstring leaves the sections below it indented. A block after a colon is
        code, or belongs to the text before it. Directly below the summary it needs no blank line.
        """
        head = _head(found)
        if not head or found["lead"] or KINDS.get(head.lower()) not in WITH_ITEMS or not head[0].isupper():
            return None
        above = index - 1
        if above < 0 or (above > 0 and self.lines.indents[above] != BLANK):
            return None
        while above >= 0 and self.lines.indents[above] == BLANK:
            above -= 1
        if above >= 0 and (self.lines.indents[above] >= self.lines.indents[index] or self.lines.text[above][-1] == ":"):
            return None
        return self.headed(index, found)

    def opens_paragraph(self, index: int) -> bool:
        """Return True if a line has a blank line above it, a section, or nothing."""
        above = self.lines.indents[index - 1] if index else BLANK
        return index == self.section_end or above == BLANK or above > self.base

    def below(self, index: int) -> int:
        """Return the next line that is not blank; the number of lines if there is none."""
        index += 1
        indents = self.lines.indents
        while index < len(indents) and indents[index] == BLANK:
            index += 1
        return index

    def end(self, part: Part) -> int:
        """Return the line after the last one of a part."""
        if part.form is Form.LIST:
            return part.stop
        if part.form is Form.NUMPY:
            return self.end_of_underlined(part)
        if part.form is Form.FIELDS:
            return self.end_of_fields(part)
        indents, count = self.lines.indents, len(self.lines.text)
        below = self.below(part.start - 1)
        if part.form is Form.GOOGLE and (below == count or indents[below] <= part.indent):
            return self.end_of_paragraph(part)
        index = part.start
        while index < count:
            is_inside_code = self.lines.opaque[index] and index > part.start and self.lines.opaque[index - 1]
            if BLANK != indents[index] <= part.indent and not is_inside_code:
                break
            index += 1
        return index

    def end_of_paragraph(self, part: Part) -> int:
        """Return the line after a section whose content is not indented: a blank line, or the next section.

        A docstring that begins with a heading has no other line that shows its indentation, so it may have blank lines.
        """
        ends_at_blank = part.start > 1 or part.lead
        for index in range(part.start, len(self.lines.text)):
            self.section_end = index
            if (ends_at_blank and self.lines.indents[index] == BLANK) or self.opening(index) is not None:
                return index
        return len(self.lines.text)

    def end_of_underlined(self, part: Part) -> int:
        """Return the line after an underlined section: the next heading at its level, or the first of its fields."""
        for index in range(part.start, len(self.lines.text)):
            if self.lines.indents[index] <= part.indent and not self.lines.opaque[index]:
                found = _OPENING.match(self.lines.text[index])
                if found is None:
                    continue
                if found["rule"] and self.is_heading(index - 1, part.start):
                    return index - 1
                if (found["field"] or found["tag"] or "").lower() in FIELD_KINDS or self.is_of_google(index, found):
                    return index
        return len(self.lines.text)

    def is_of_google(self, index: int, found: re.Match[str]) -> bool:
        """Return True if a section of Google's style opens at a line inside an underlined section."""
        head = _head(found)
        return (
            head.lower() in KINDS
            and head[0].isupper()
            and not found["lead"]
            and self.lines.indents[index - 1] == BLANK
            and self.below(index) == index + 1
            and self.lines.indents[index + 1] > self.lines.indents[index]
        )

    def is_heading(self, index: int, start: int) -> bool:
        """Return True if the line above a rule is a heading, known or not."""
        if index < start or self.lines.indents[index] == BLANK:
            return False
        heading = self.lines.text[index].strip()
        if heading.rstrip(": ").lower() in KINDS:
            return True
        is_alone = index == start or self.lines.indents[index - 1] == BLANK
        rule = self.lines.text[index + 1].strip()
        # A character of Chinese or Japanese is as wide as two dashes.
        widest = len(heading) + sum(east_asian_width(each) in "WF" for each in heading) + _LEVEL_OF_RULE
        is_near = len(heading) - _LEVEL_OF_RULE <= len(rule) <= widest
        return heading[0].isalpha() and (is_near if is_alone else abs(len(heading) - len(rule)) <= 1)

    def end_of_fields(self, part: Part) -> int:
        """Return the line after a list of fields.

        A line directly below a field belongs to it, indented or not; after a blank line only an indented one does.
        """
        indents = self.lines.indents
        index = part.start + 1
        while index < len(indents):
            if self.lines.opaque[index]:
                if not self.lines.opaque[index - 1] and indents[index] <= part.indent:
                    break
            elif indents[index] == BLANK:
                pass
            elif indents[index] <= part.indent:
                found = _OPENING.match(self.lines.text[index])
                is_field = found is not None and bool(found["field"] or found["tag"])
                if not is_field and (indents[index - 1] == BLANK or (found and self.opening(index))):
                    break
            index += 1
        return index
