"""The lines of a Markdown text: which of them are code, and how to keep the text from breaking its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENER = re.compile(r"(?P<indent> *)(?P<mark>`{3,}(?=[^`]*$)|~{3,})")
_INFO = re.compile(r"[\w#.+-]*(?: +[\w-]+=(?:\"[^\"<>&`{}]*\"|[\w.,-]+))*")
_LANGUAGE = re.compile(r"[{ .]*(?P<name>[A-Za-z][\w#+-]*)")
_BULLET = re.compile(r" {0,3}(?:[-*+]|\d+[.)])(?:\s|$)")
_ADMONITION = re.compile(r'(?:!!!|\?\?\?\+?) +(?P<type>[\w-]+(?: [\w-]+)*)(?: +"(?P<title>[^"]*)")? *')
_PLACE = re.compile(r" inline(?: end)?\b")
"""An admonition, without words after its type that are meant for the reader."""
_HEADING = re.compile(r"(?P<marks>#{1,6}) +(?P<title>.*\S)")
_UNDERLINE = re.compile(r"(?:=+|-+) *")
_LABEL = re.compile(r"\*\*(?P<words>[^*\n]+):\*\*(?: (?P<text>\S.*))?")
_MARK = re.compile(r"\*(?P<words>Only if|Deprecated:|Read-only|(?:Added|Changed|Removed) in [^*\n]+)\*")
"""Notes at the beginning of an attribute's cell, before its description."""
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Characters that are whitespace in Python but not in Markdown."""
# The first two frame the placeholders of Python-Markdown.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")
_BLOCK = re.compile(r"(?P<before>(?: |[-*+>]|\d+[.)])*)///")
"""Begins a block of `pymdownx.blocks`, which may be HTML."""
SEPARATOR = re.compile(r"\|(?: - \|)+")
"""The line below the header of tables that docgen writes; tables in docstrings get a different one."""
UNDOCUMENTED = "*Not documented.*"
"""Placeholder for a missing docstring."""
END_OF_SECTION = "<!-- -->"
"""Separates the prose of a section from a following text that belongs to no section."""
_BLANK_LINES = re.compile(r"\n{3,}")
_PLAIN_LINE = r"(?!```)[\w(\[:\"'`<][^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*+(?<!\s)"
_PLAIN = re.compile(rf"{_PLAIN_LINE}(?:\n\n?{_PLAIN_LINE})*+")
"""Paragraphs in which no line is indented or begins with markup, so that they are tidy already."""
_DEEPEST = 6


def label(words: str) -> str:
    """Return the line that opens a section of a docstring."""
    return f"**{words}:**"


def label_of(line: str) -> tuple[str, str] | None:
    """Return the words of a line that opens a section, and the text after them; None for any other line."""
    found = _LABEL.fullmatch(line)
    return (found["words"], found["text"] or "") if found else None


def is_one_paragraph(text: str) -> bool:
    """Return True if a tidy text is one paragraph, which fits on the line of its label."""
    return bool(text) and "\n\n" not in text and not paragraphs(text)[1]


def chunks(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether they are code, consecutive lines) of a string; joined by newlines they are the whole text.

    Code is text in fences, including the fences, and text indented by four, or by eight within a list.
    """
    if "```" not in text and "~~~" not in text and "    " not in text:
        yield False, text
        return
    lines: list[str] = []
    is_code = False
    for is_line_code, line in _marked(text.split("\n")):
        if lines and is_line_code != is_code:
            yield is_code, "\n".join(lines)
            lines = []
        is_code = is_line_code
        lines.append(line)
    yield is_code, "\n".join(lines)


def _marked(lines: list[str]) -> Iterator[tuple[bool, str]]:
    mark, is_after_blank, is_in_code, least = "", True, False, 4
    for line in lines:
        if not mark and line and line[0] not in " `~" and not line[0].isspace():
            # Most lines are like this one and need no further test.
            least = 8 if not line[0].isalpha() and _BULLET.match(line) else 4
            is_after_blank = is_in_code = False
            yield False, line
            continue
        bare = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if mark:
            yield True, line
            mark = "" if _closes(bare, mark) else mark
        elif opener := _OPENER.match(line):
            mark = opener["mark"]
            yield True, line
        elif not bare:
            yield is_in_code, line
            is_after_blank = True
            continue
        else:
            if indent < 4:  # noqa: PLR2004 - the indent of code in Markdown
                least = 8 if _BULLET.match(line) or (indent and least > 4) else 4  # noqa: PLR2004 - the same
            is_in_code = indent >= least and (is_after_blank or is_in_code)
            yield is_in_code, line
        is_after_blank = False


def _closes(bare: str, mark: str) -> bool:
    return len(bare) >= len(mark) and not bare.strip(mark[0])


def tidy(text: str) -> str:
    """Return an equivalent string that cannot break out of its place on a page; the function is idempotent.

    Fences are closed, underlined titles become headings whose levels begin at one, admonitions become quotes, a `#`
    that opens no heading is escaped, and no line looks like the label of a section or opens a block of
    `pymdownx.blocks`.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = without_controls(_SPACES.sub(" ", _LINE_ENDS.sub("\n", text))).expandtabs(4)
    lines = [line.rstrip() for line in text.split("\n")]
    lines = list(_admonitions(_closed(lines)))
    text = "\n".join(lines).strip("\n")
    if not text:
        return ""
    text = text if text.startswith("    ") else text.lstrip(" ")  # a smaller indentation has no meaning
    parts = [part if is_code else _BLANK_LINES.sub("\n\n", _plain_lines(part)) for is_code, part in chunks(text)]
    return with_levels("\n".join(parts), 1)


def without_controls(text: str) -> str:
    """Return a string in which the characters that a page cannot contain are replaced."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _closed(lines: list[str]) -> list[str]:
    """Return lines with each fence closed by the mark that opened it."""
    closed: list[str] = []
    indent, mark = "", ""
    for line in lines:
        if mark and _closes(line.strip(), mark):
            closed.append(indent + mark)
            mark = ""
        elif not mark and (opener := _OPENER.match(line)):
            indent, mark = opener["indent"], opener["mark"]
            closed.append(indent + mark + _info(line[opener.end() :].strip()))
        else:
            closed.append(line)
    return [*closed, indent + mark] if mark else closed


def _info(text: str) -> str:
    """Return the info string of a fence if all renderers accept it, otherwise its first word, the language.

    Renderers disagree on what opens a fence: if one takes the first line for text, the last line opens a fence for it.
    """
    if _INFO.fullmatch(text):
        return text
    language = _LANGUAGE.match(text)
    return language["name"] if language else ""


def _admonitions(lines: list[str]) -> Iterator[str]:
    """Yield lines with admonitions as quotes; one that contains a fence becomes a bold line and its contents.

    Without an extension, Markdown shows an admonition as a paragraph and code, and a fence in a quote as text.
    """
    index, mark = 0, ""
    while index < len(lines):
        line = lines[index]
        index += 1
        if mark:
            mark = "" if _closes(line.strip(), mark) else mark
            yield line
        elif opener := _OPENER.match(line):
            mark = opener["mark"]
            yield line
        elif found := _ADMONITION.fullmatch(line):
            body = []
            while index < len(lines) and (not lines[index] or lines[index].startswith("    ")):
                body.append(lines[index][4:])
                index += 1
            title = found["title"] if found["title"] is not None else _PLACE.sub("", found["type"]).capitalize()
            yield from _quoted(title, list(_admonitions("\n".join(body).strip("\n").split("\n"))))
        else:
            yield line


def _quoted(title: str, body: list[str]) -> Iterator[str]:
    if any(_OPENER.match(line) for line in body):
        yield from ("", f"**{title}**" if title else "", "", *body, "")
        return
    yield ""
    for line in (f"**{title}**", "", *body) if title else body:
        yield f"> {line}".rstrip()
    yield ""


def _plain_lines(text: str) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        is_below_text = bool(lines and lines[-1] and not lines[-1].startswith((" ", "#", ">", "|", "-", "*", "+")))
        is_alone = len(lines) < 2 or not lines[-2]  # noqa: PLR2004 - the line above the title
        if is_below_text and is_alone and _UNDERLINE.fullmatch(line):
            lines[-1] = f"{'#' if line.startswith('=') else '##'} {lines[-1].strip()}"
        elif line.startswith("#") and not _HEADING.fullmatch(line):
            lines.append("\\" + line)
        elif found := _LABEL.fullmatch(line):
            lines.append(f"__{found['words']}:__{line[found.end('words') + 3 :]}")
        elif found := _BLOCK.match(line):
            lines.append(f"{found['before']}&#47;//{line[found.end() :]}")
        elif SEPARATOR.fullmatch(line):
            lines.append(line.replace(" - ", "---"))
        elif found := _MARK.match(line):
            lines.append(f"_{found['words']}_{line[found.end() :]}")
        else:
            lines.append("_Not documented._" if line == UNDOCUMENTED else line)
    return "\n".join(lines)


def with_levels(text: str, least: int) -> str:
    """Return a string whose highest heading has the given level, with the others shifted along, down to the sixth."""
    if "#" not in text:
        return text
    parts = list(chunks(text))
    levels = sorted(
        {len(found["marks"]) for is_code, part in parts if not is_code for found in _headings(part) if found}
    )
    if not levels:
        return text
    # Levels that the text skips are not counted, so that the page skips none.
    new = {level: min(least + place, _DEEPEST) for place, level in enumerate(levels)}
    return "\n".join(part if is_code else _relevelled(part, new) for is_code, part in parts)


def _headings(text: str) -> Iterator[re.Match[str] | None]:
    return (_HEADING.fullmatch(line) for line in text.split("\n"))


def _relevelled(text: str, new: dict[int, int]) -> str:
    lines = zip(text.split("\n"), _headings(text), strict=True)
    return "\n".join(f"{'#' * new[len(found['marks'])]} {found['title']}" if found else line for line, found in lines)


def with_few_levels(text: str, most: int) -> str:
    """Return a tidy text whose headings have at most a given number of levels, which fit below those of its page."""
    if "#" not in text:
        return text
    new = {level: min(level, most) for level in range(1, _DEEPEST + 1)}
    return "\n".join(part if is_code else _relevelled(part, new) for is_code, part in chunks(text))


def with_joined_lines(text: str) -> str:
    """Return a tidy text with each of its opening paragraphs on one line, as a cell shows them."""
    return "\n\n".join(filter(None, paragraphs(text)))


def paragraphs(text: str) -> tuple[str, str]:
    """Return the opening paragraphs of a tidy text, and the rest, from the first block of another kind on.

    Returns:
        Each paragraph is on one line, with a blank line between paragraphs; the rest is unchanged.
    """
    plain: list[str] = []
    pieces = text.split("\n\n")
    for index, piece in enumerate(pieces):
        lines = piece.split("\n")
        if not piece or any(_NO_PROSE.match(line) for line in lines):
            return "\n\n".join(plain), "\n\n".join(pieces[index:]).strip("\n")
        plain.append(" ".join(line.strip() for line in lines))
    return "\n\n".join(plain), ""


_NO_PROSE = re.compile(
    r" {4}| *(?:[-*+]|\d+[.)])(?:\s|$)| *(?:```|~~~)|#|>|\||\[[^]]*\]:|(?:[*_-] *){3,}$|[ :|-]*-[ :|-]*$"
)
"""A line that is more than plain text of a paragraph in Markdown."""
