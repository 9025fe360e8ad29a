"""Converts blocks of reST to blocks of Markdown: paragraphs, lists, tables, literal blocks, titles, directives.

Text that is not understood stays as it is written, in a block of code, and is recorded as a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from docgen.prose import directives, tables
from docgen.prose.inline import Names, inline
from docgen.prose.lines import INDENT, PROMPT, doctest_end, fence_end, fenced, indent_of, indented

_DEEPEST = 12
"""Blocks nested deeper than this stay as they are written, because each level reads its lines once more."""
_ADORNMENT = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}$")
_SHORTEST_RULE = 4
_TRANSITION = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{3,}$")
_BULLET = re.compile(r"(?P<mark>[-*+\u2022\u2023\u2043])(?: +|$)")
_NUMBER = re.compile(r"(?P<mark>\(?(?P<value>\d{1,9}|#|[A-Za-z]|[ivx]{2,5})[.)])(?: +|$)")
_FIELD = re.compile(r":(?P<name>[^\s:`](?:[^:`\n]|:(?! |$))*):(?: +(?P<text>.*)|$)")
_EXPLICIT = re.compile(
    r"\.\.(?: +(?:"
    r"(?P<directive>[A-Za-z][\w.+:-]*?) ?::(?: +(?P<argument>.*))?"
    r"|\[(?P<label>[#*]?[\w.-]*)\](?: +(?P<note>.*))?"
    r"|_(?P<target>.*)"
    r"|\|(?P<substitution>[^|]+)\| +(?P<definition>.*)"
    r"|(?P<comment>.*)"
    r"))?$"
)
_FIRST_OF_BLOCK = frozenset(" -*+.:|=>`~_(#^\"'<0123456789\u2022\u2023\u2043")
"""The beginning of a line of reST that is not a plain line of a paragraph."""
_OTHER_THAN_MARKDOWN = re.compile(
    r"```|~~~|::|>>>|\.\. |\+[-=]|= =|\^\^\^|\"\"\"|\*\*\*|###|\+\+\+|\n\n    |:\n *[-*]|\n[-*+] "
)
"""Markup that does not occur in plain paragraphs, nor in blocks that are Markdown already."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a docstring that was not understood.

    Attributes:
        line: The line of the docstring, 0 for its first one.
        what: The problem, as a sentence without a full stop.
    """

    line: int
    what: str


@dataclass(kw_only=True, slots=True)
class Converter:
    """Turns lines of one docstring into Markdown.

    Attributes:
        names: The hyperlink targets and substitutions of the whole docstring.
        is_rest: The docstring is reST; otherwise only unambiguous reST is changed.
        is_epytext: Letters with braces are markup.
        problems: The problems so far.
        adornments: The characters that underline titles, in the order of their levels.
    """

    names: Names
    is_rest: bool
    is_epytext: bool = False
    problems: list[Problem] = field(default_factory=list)
    adornments: list[str] = field(default_factory=list)

    def convert(self, lines: list[str], offset: int) -> str:
        """Return lines as Markdown.

        Parameters:
            lines: The lines, without their common indentation.
            offset: The line of the docstring that the first one comes from.
        """
        if not lines:
            return ""
        text = "\n".join(lines).strip("\n") if len(lines) > 1 else lines[0]
        if not (_has_blocks(lines) if self.is_rest else _OTHER_THAN_MARKDOWN.search(text)):
            return self.inline(text)
        return "\n".join(_without_runs_of_blanks(self.blocks(lines, offset)))

    def inline(self, text: str) -> str:
        """Return a paragraph as Markdown."""
        return inline(text, self.names, is_rest=self.is_rest, is_epytext=self.is_epytext)

    def blocks(self, lines: list[str], offset: int, depth: int = 0) -> list[str]:
        """Return the blocks in some lines as lines of Markdown."""
        if depth > _DEEPEST:
            self.problem(offset, f"blocks are nested more than {_DEEPEST} levels deep")
            return fenced(lines)
        return _Blocks(converter=self, lines=lines, offset=offset, depth=depth).convert()

    def problem(self, line: int, what: str) -> None:
        """Record a problem."""
        self.problems.append(Problem(line=line, what=what))

    def level(self, adornment: str) -> int:
        """Return the level of a title by the character that underlines it: the first one used is the highest."""
        if adornment not in self.adornments:
            self.adornments.append(adornment)
        return min(self.adornments.index(adornment) + 1, 6)


def _has_blocks(lines: list[str]) -> bool:
    """Return True if lines of reST may contain more than paragraphs."""
    return any(line and (line[0] in _FIRST_OF_BLOCK or line[1:2] in {".", ")"} or line[-2:] == "::") for line in lines)


def _without_runs_of_blanks(lines: list[str]) -> list[str]:
    kept: list[str] = []
    is_code = ""
    for line in lines:
        bare = line.strip()
        if bare.startswith(("```", "~~~")):
            mark = bare[: len(bare) - len(bare.lstrip(bare[0]))]
            if not is_code:
                is_code = mark
            elif mark.startswith(is_code) and mark == bare:
                is_code = ""
        if bare or is_code or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


@dataclass(kw_only=True, slots=True)
class _Blocks:
    """Reads blocks from lines, one after the other."""

    converter: Converter
    lines: list[str]
    offset: int
    depth: int
    out: list[str] = field(default_factory=list)
    index: int = 0

    def convert(self) -> list[str]:
        """Return the lines of Markdown."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if not line.strip():
                self.out.append("")
                self.index += 1
                continue
            first = line.lstrip(" ")[0]
            handler = self.handlers.get(first) if line[0] != " " else _INDENTED.get(first)
            if handler is None or not handler(self):
                if line[0] == " ":
                    self.indented_block()
                elif not self.title():
                    self.paragraph()
        return self.out

    # Helpers

    def emit(self, lines: list[str]) -> None:
        """Add a block, with a blank line before it."""
        if self.out and self.out[-1]:
            self.out.append("")
        self.out += lines
        self.out.append("")

    def nested(self, lines: list[str], start: int) -> list[str]:
        """Return the Markdown of lines one level deeper."""
        margin = min((indent_of(line) for line in lines if line.strip()), default=0)
        inner = self.converter.blocks([line[margin:] for line in lines], self.offset + start, self.depth + 1)
        while inner and not inner[-1]:
            inner.pop()
        while inner and not inner[0]:
            inner.pop(0)
        return inner

    def deeper(self, start: int, indent: int) -> int:
        """Return the index after the lines from a start on that are blank or indented more than a given indentation."""
        index = start
        while index < len(self.lines) and (not self.lines[index].strip() or indent_of(self.lines[index]) > indent):
            index += 1
        while index > start and not self.lines[index - 1].strip():
            index -= 1
        return index

    # Code

    def fence(self) -> bool:
        """Copy a fence."""
        end = fence_end(self.lines, self.index)
        if end is None:
            return False
        block = self.lines[self.index : end]
        opening = block[0].strip()
        mark = opening[: len(opening) - len(opening.lstrip(opening[0]))]
        if len(block) == 1 or block[-1].strip().rstrip(mark[0]) or not block[-1].strip().startswith(mark):
            block.append(" " * indent_of(block[0]) + mark)
        self.out += block
        self.index = end
        return True

    def doctest(self) -> bool:
        """Fence a doctest."""
        line = self.lines[self.index]
        if not line.lstrip().startswith(PROMPT):
            return False
        indent = indent_of(line)
        end = doctest_end(self.lines, self.index)
        block = fenced(self.lines[self.index : end], "pycon")
        self.emit(block if self.converter.is_rest else indented(block, " " * indent))
        self.index = end
        return True

    def literal(self, start: int, indent: int, *, language: str = "") -> None:
        """Fence the deeper block below a paragraph that ends in two colons."""
        end = self.deeper(start, indent)
        body = self.lines[start:end]
        if not any(line.strip() for line in body):
            return
        if not language and next(line for line in body if line.strip()).lstrip().startswith(PROMPT):
            language = "pycon"
        self.emit(indented(fenced(body, language), " " * indent))
        self.index = end

    # Paragraphs, titles and quotes

    def title(self) -> bool:
        """Turn a title with a line below it, or above and below it, into a heading."""
        lines, index = self.lines, self.index
        line = lines[index].rstrip()
        below = lines[index + 1].rstrip() if index + 1 < len(lines) else ""
        if _ADORNMENT.match(line):
            closing = lines[index + 2].rstrip() if index + 2 < len(lines) else ""
            if closing == line and below.strip() and len(below.strip()) <= len(line) and not _ADORNMENT.match(below):
                self.heading(below.strip(), f"{line[0]}{line[0]}", 3)
                return True
            if _TRANSITION.match(line) and not below:
                self.emit(["---"])
                self.index += 1
                return True
            return False
        if not below or not _ADORNMENT.match(below) or len(below) + 1 < len(line):
            return False
        if not self.converter.is_rest and (below[0] in "=-" or len(below) < _SHORTEST_RULE):
            return False
        self.heading(line, below[0], 2)
        return True

    def heading(self, title: str, adornment: str, taken: int) -> None:
        """Write a heading."""
        self.emit([f"{'#' * self.converter.level(adornment)} {self.converter.inline(title)}"])
        self.index += taken

    def paragraph(self) -> None:
        """Convert a paragraph, and the literal block or the definition below it."""
        start, lines, is_rest = self.index, self.lines, self.converter.is_rest
        indent = indent_of(lines[start])
        index = start + 1
        is_term = is_rest and index < len(lines) and lines[index].strip() and indent_of(lines[index]) > indent
        if is_term and not lines[start].endswith("::") and not self.interrupts(index):
            self.definition(start)
            return
        while index < len(lines) and lines[index].strip() and not self.interrupts(index):
            if lines[index - 1].endswith("::") and indent_of(lines[index]) > indent:
                break
            index += 1
        text = "\n".join(lines[start:index])
        self.index = index
        if text.endswith("::") and self.deeper(index, indent) > index:
            self.out += self.before_literal(text)
            self.literal(index, indent)
        else:
            self.out += self.converter.inline(text).split("\n")
            if index < len(lines) and lines[index].strip():
                self.out.append("")

    def before_literal(self, text: str) -> list[str]:
        """Return a paragraph that announces a literal block, with one of its two colons."""
        text = text[:-2]
        if not text.strip():
            return []
        text = text.rstrip() if text[-1].isspace() else f"{text}:"
        return self.converter.inline(text).split("\n")

    def interrupts(self, index: int) -> bool:
        """Return True if a line ends the paragraph above it without a blank line between them."""
        bare = self.lines[index].lstrip()
        first = bare[0]
        if first == ">":
            return bare.startswith(PROMPT)
        if first in "`~":
            return fence_end(self.lines, index) is not None
        if first == ".":
            return (found := _EXPLICIT.match(bare)) is not None and bool(found["directive"])
        if first in "-*•" and _BULLET.match(bare):
            # Other dialects of Markdown, and authors who omit the blank line that reST requires, mean a list.
            below = self.lines[index + 1] if index + 1 < len(self.lines) else ""
            if not self.converter.is_rest:
                return self.lines[index][0] != " " and self.lines[self.index][0] not in " -*+0123456789"
            return below.startswith(self.lines[index][:2]) or self.lines[index - 1].rstrip().endswith(":")
        return self.converter.is_rest and first == ":" and index > 0 and _FIELD.match(self.lines[index]) is not None

    def definition(self, start: int) -> None:
        """Write a term and its definition as a list item."""
        indent = indent_of(self.lines[start])
        end = self.deeper(start + 1, indent)
        body = self.nested(self.lines[start + 1 : end], start + 1)
        term = self.converter.inline(self.lines[start].strip())
        self.out += [f"- {term}", "", *indented(body), ""]
        self.index = end

    def indented_block(self) -> None:
        """Convert a block that is indented relative to the surrounding text."""
        if not self.converter.is_rest:
            self.indented_markdown()
            return
        end = self.deeper(self.index, 0)
        body = self.nested(self.lines[self.index : end], self.index)
        is_list = bool(body) and (_BULLET.match(body[0]) or _NUMBER.match(body[0]) or body[0].startswith(("```", "|")))
        self.emit(body if is_list else [f"> {line}".rstrip() for line in body])
        self.index = end

    def indented_markdown(self) -> None:
        """Copy indented lines of Markdown: code unchanged, the content of a list with its paragraphs converted."""
        above = next((line for line in reversed(self.out) if line), "")
        is_code = indent_of(self.lines[self.index]) >= len(INDENT) and not (
            above.startswith((" ", "!!!", "???", "===")) or _BULLET.match(above) or _NUMBER.match(above)
        )
        if not is_code:
            self.paragraph()
            return
        end = self.deeper(self.index, len(INDENT) - 1)
        self.out += self.lines[self.index : end]
        self.index = end

    # Lists

    def bullets(self) -> bool:
        """Convert a list item; Markdown indents its content by four."""
        if not self.converter.is_rest:
            return self.markdown_list()
        found = _BULLET.match(self.lines[self.index])
        return found is not None and self.list_item(found.end(), "-", "")

    def markdown_list(self) -> bool:
        """Copy the first line of a list item, with the blank line that Material requires below a paragraph."""
        line = self.lines[self.index]
        if not _BULLET.match(line):
            return False
        above = self.out[-1].lstrip() if self.out else ""
        if above and not _BULLET.match(above) and self.out[-1][0] != " ":
            self.out.append("")
        return False

    def numbers(self) -> bool:
        """Convert an item of an enumerated list; letters and Roman numbers stay in the text."""
        if not self.converter.is_rest:
            return False
        found = _NUMBER.match(self.lines[self.index])
        if found is None:
            return False
        value = found["value"]
        if value.isdigit() or value == "#":
            return self.list_item(found.end(), "1." if value == "#" else f"{value}.", "")
        if found["mark"][-1] == "." and (value.isupper() or not self.has_sibling(found["mark"])):
            return False
        return self.list_item(found.end(), "-", f"{found['mark']} ")

    def has_sibling(self, mark: str) -> bool:
        """Return True if one of the next lines is another item of the same list."""
        following = mark.replace(mark.strip("(.)"), chr(ord(mark.strip("(.)")[-1]) + 1))
        preceding = mark.replace(mark.strip("(.)"), chr(ord(mark.strip("(.)")[-1]) - 1))
        near = self.lines[max(self.index - 6, 0) : self.index + 6]
        return any(line.startswith((f"{following} ", f"{preceding} ")) for line in near)

    def list_item(self, width: int, mark: str, lead: str) -> bool:
        """Write the list item that begins at this line."""
        start = self.index
        end = self.deeper(start + 1, 0)
        while (
            end < len(self.lines)
            and self.lines[end].strip()
            and self.lines[end - 1].strip()
            and not self.starts_block(end)
        ):
            # An unindented line directly below an item continues it.
            end = self.deeper(end + 1, 0)
        first = self.lines[start][width:]
        rest = self.lines[start + 1 : end]
        margin = min((indent_of(line) for line in rest if line.strip()), default=0)
        body = self.nested([first, *(line[margin:] for line in rest)], start)
        if self.out and self.out[-1] and not self.out[-1].startswith(("- ", " ")) and not self.out[-1][0].isdigit():
            self.out.append("")
        self.out.append(f"{mark} {lead}{body[0] if body else ''}".rstrip())
        self.out += indented(body[1:])
        self.index = end
        return True

    def starts_block(self, index: int) -> bool:
        """Return True if an unindented line is not just the next line of a paragraph."""
        line = self.lines[index]
        return bool(
            _BULLET.match(line) or _NUMBER.match(line) or _ADORNMENT.match(line) or line.startswith("..")
        ) or self.interrupts(index)

    def field_list(self) -> bool:
        """Write a field as a list item with its name in bold."""
        found = _FIELD.match(self.lines[self.index]) if self.converter.is_rest else None
        if found is None:
            return False
        start, end = self.index, self.deeper(self.index + 1, 0)
        rest = self.lines[start + 1 : end]
        margin = min((indent_of(line) for line in rest if line.strip()), default=0)
        body = self.nested([found["text"] or "", *(line[margin:] for line in rest)], start) or [""]
        self.out.append(f"- **{self.converter.inline(found['name'])}:** {body[0]}".rstrip())
        self.out += indented(body[1:])
        self.index = end
        return True

    def line_block(self) -> bool:
        """Write a line block with the line ends kept."""
        end = self.index
        while end < len(self.lines) and (self.lines[end] == "|" or self.lines[end].startswith("| ")):
            end += 1
        block = self.lines[self.index : end]
        if not self.converter.is_rest or not block or all(line.endswith("|") and len(line) > 1 for line in block):
            return False
        text = [self.converter.inline(line[1:].strip()) for line in block]
        self.emit(
            [f"{line}  " if line and following else line for line, following in zip(text, [*text[1:], ""], strict=True)]
        )
        self.index = end
        return True

    # Tables

    def simple_table(self) -> bool:
        """Convert a simple table."""
        if self.title():
            return True
        if not tables.is_simple_rule(self.lines[self.index]):
            return False
        end = tables.simple_end(self.lines, self.index)
        if end is None:
            return False
        self.table(tables.read_simple(self.lines[self.index : end]), end)
        return True

    def grid_table(self) -> bool:
        """Convert a grid table."""
        if not tables.is_grid_rule(self.lines[self.index]):
            return self.bullets()
        end = tables.grid_end(self.lines, self.index)
        self.table(tables.read_grid(self.lines[self.index : end]), end)
        return True

    def table(self, table: tuple[tables.Row | None, list[tables.Row]] | None, end: int) -> None:
        """Write a table; one with spanning cells, or without rows, stays as it is written."""
        if table is None or not table[1]:
            self.converter.problem(self.offset + self.index, "a table with cells that span others is kept as code")
            self.emit(fenced(self.lines[self.index : end]))
        else:
            self.emit(tables.to_table(*table, self.converter.inline))
        self.index = end

    # Explicit markup

    def explicit(self) -> bool:
        """Convert markup that begins with two dots: a directive, a note, a target, a definition or a comment."""
        line = self.lines[self.index]
        indent = indent_of(line)
        found = _EXPLICIT.match(line[indent:])
        if found is None or (not self.converter.is_rest and found["comment"] is not None):
            return False
        start, end = self.index, self.deeper(self.index + 1, indent)
        body = self.lines[start + 1 : end]
        block = self.explicit_block(found, body, start)
        if block is None:
            return False
        self.index = end
        if block:
            block = indented(block, "" if self.converter.is_rest else " " * indent)
            (self.out.extend if found["label"] is not None else self.emit)(block)
        return True

    def explicit_block(self, found: re.Match[str], body: list[str], start: int) -> list[str] | None:
        """Return the Markdown for explicit markup, None if it is something else."""
        if found["directive"]:
            directive = directives.read(found["directive"], found["argument"] or "", body)
            block = directives.convert(directive, self.converter, self.offset + start, self.depth)
            if block is None:
                self.converter.problem(self.offset + start, f"the directive {found['directive']} is kept as code")
                return fenced([self.lines[start].strip(), *body_below(body)])
            return block
        if found["label"] is not None:
            text = self.nested([found["note"] or "", *body_below(body)], start) or [""]
            return [f"- [{found['label']}] {text[0]}", *indented(text[1:])]
        if found["target"] is not None:
            return self.target(" ".join([found["target"], *(line.strip() for line in body)]).strip())
        if found["substitution"] is not None:
            return []  # Its text is inserted where the name is used.
        text = [found["comment"] or "", *body_below(body)]
        comment = "\n".join(text).strip().replace("--", "- -")
        return [f"<!-- {comment} -->"] if comment else []

    def target(self, text: str) -> list[str]:
        """Return a hyperlink target as a link, if no paragraph refers to it."""
        name, colon, address = text.rpartition(": ")
        if not colon:
            # With only a name, it is a place inside the text. Without a colon it is not a target.
            return [] if text.endswith(":") else [self.converter.inline(text)]
        name = name.strip("`")
        is_shown = " ".join(name.lower().split()) not in self.converter.names.used and not address.endswith("_")
        return [f"[{name}]({''.join(address.split())})"] if is_shown else []

    handlers: ClassVar[dict[str, Callable[[_Blocks], bool]]]


def body_below(body: list[str]) -> list[str]:
    """Return the lines below explicit markup without their common indentation."""
    margin = min((indent_of(line) for line in body if line.strip()), default=0)
    return [line[margin:] for line in body]


_Blocks.handlers = {
    **dict.fromkeys("`~", _Blocks.fence),
    ">": _Blocks.doctest,
    ".": _Blocks.explicit,
    "+": _Blocks.grid_table,
    "=": _Blocks.simple_table,
    ":": _Blocks.field_list,
    "|": _Blocks.line_block,
    **dict.fromkeys("-*\u2022\u2023\u2043", _Blocks.bullets),
    **dict.fromkeys("(#0123456789", _Blocks.numbers),
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", _Blocks.numbers),
}
_INDENTED: dict[str, Callable[[_Blocks], bool]] = {
    **dict.fromkeys("`~", _Blocks.fence),
    ">": _Blocks.doctest,
    ".": _Blocks.explicit,
}
"""Markup that is looked for in indented lines too: a fence in a list, and unambiguous reST in Markdown."""
