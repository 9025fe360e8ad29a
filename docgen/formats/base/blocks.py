"""The lines of a Markdown text: which of them are code, and how to keep it from breaking the page around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENER = re.compile(r"(?P<indent> *)(?P<mark>`{3,}(?=[^`]*$)|~{3,})")
_INFO = re.compile(r"[\w#.+-]*(?: +[\w-]+=(?:\"[^\"<>&`{}]*\"|[\w.,-]+))*")
_LANGUAGE = re.compile(r"[{ .]*(?P<name>[A-Za-z][\w#+-]*)")
_BULLET = re.compile(r" {0,3}(?:[-*+]|\d+[.)])(?:\s|$)")
_ADMONITION = re.compile(r'(?:!!!|\?\?\?\+?) +(?P<type>[\w-]+(?: [\w-]+)*)(?: +"(?P<title>[^"]*)")? *')
_PLACE = re.compile(r" inline(?: end)?\b")
"""Where a page is to show an admonition; other words behind its type are meant to be read."""
_HEADING = re.compile(r"(?P<marks>#{1,6}) +(?P<title>.*\S)")
_UNDERLINE = re.compile(r"(?:=+|-+) *")
_LABEL = re.compile(r"\*\*(?P<words>[^*\n]+):\*\*(?: (?P<text>\S.*))?")
_MARK = re.compile(r"\*(?P<words>Only if|Deprecated:|Read-only|(?:Added|Changed|Removed) in [^*\n]+)\*")
"""What a cell on an attribute begins with, beside its description."""
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""What Python takes for blanks and Markdown does not."""
# The first two frame the placeholders of Python-Markdown.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")
_BLOCK = re.compile(r"(?P<before>(?: |[-*+>]|\d+[.)])*)///")
"""Begins a block of `pymdownx.blocks`, which may be HTML."""
SEPARATOR = re.compile(r"\|(?: - \|)+")
"""Stands below the head of a table that docgen writes; tables in docstrings get another one."""
UNDOCUMENTED = "*Not documented.*"
"""What stands where a docstring is missing."""
END_OF_SECTION = "<!-- -->"
"""Separates the prose of a section from text that follows it and belongs to no section."""
_BLANK_LINES = re.compile(r"\n{3,}")
_PLAIN_LINE = r"(?!```)[\w(\[:\"'`<][^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*+(?<!\s)"
_PLAIN = re.compile(rf"{_PLAIN_LINE}(?:\n\n?{_PLAIN_LINE})*+")
"""Paragraphs in which no line is indented or begins with a mark: they are tidy already."""
_DEEPEST = 6


def label(words: str) -> str:
    """Return the line that opens a section of a docstring."""
    return f"**{words}:**"


def label_of(line: str) -> tuple[str, str] | None:
    """Return the words of a line that opens a section, and the text behind them; None for any other line."""
    found = _LABEL.fullmatch(line)
    return (found["words"], found["text"] or "") if found else None


def is_one_paragraph(text: str) -> bool:
    """Return whether a tidy text is one paragraph, which can stand on the line of its label."""
    return bool(text) and "\n\n" not in text and not paragraphs(text)[1]


def chunks(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether they are code, consecutive lines) of a string; joined by line ends they are the text.

    Code is what stands in fences, the fences included, and what is indented by four, by eight within a list.
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
            # Most lines are like this one, and nothing else about them matters.
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
    """Return a string that says the same and cannot break out of its place on a page; doing it twice changes nothing.

    Fences are closed, titles with a line below them become headings whose levels begin at one, admonitions become
    quotes, a `#` that opens no heading is escaped, and no line looks like the label of a section or opens a block of
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
    text = text if text.startswith("    ") else text.lstrip(" ")  # less of an indent means nothing
    parts = [part if is_code else _BLANK_LINES.sub("\n\n", _plain_lines(part)) for is_code, part in chunks(text)]
    return with_levels("\n".join(parts), 1)


def without_controls(text: str) -> str:
    """Return a string in which the characters that a page cannot contain are replaced."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _closed(lines: list[str]) -> list[str]:
    """Return lines with the fences closed by the very mark that opened them."""
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
    """Return the text after the mark of a fence if all renderers accept it, otherwise its first word, the language.

    Renderers disagree on what opens a fence: if one takes the first line for text, the last one opens a fence for it.
    """
    if _INFO.fullmatch(text):
        return text
    language = _LANGUAGE.match(text)
    return language["name"] if language else ""


def _admonitions(lines: list[str]) -> Iterator[str]:
    """Yield lines with admonitions as quotes; one that holds a fence as a line in bold and what it holds.

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
    """Return a string whose highest heading has a level, the others as far below it as they were, up to the sixth."""
    if "#" not in text:
        return text
    parts = list(chunks(text))
    levels = sorted(
        {len(found["marks"]) for is_code, part in parts if not is_code for found in _headings(part) if found}
    )
    if not levels:
        return text
    # Levels that are left out in the text are left out of the count too, so that a page skips none.
    new = {level: min(least + place, _DEEPEST) for place, level in enumerate(levels)}
    return "\n".join(part if is_code else _relevelled(part, new) for is_code, part in parts)


def _headings(text: str) -> Iterator[re.Match[str] | None]:
    return (_HEADING.fullmatch(line) for line in text.split("\n"))


def _relevelled(text: str, new: dict[int, int]) -> str:
    lines = zip(text.split("\n"), _headings(text), strict=True)
    return "\n".join(f"{'#' * new[len(found['marks'])]} {found['title']}" if found else line for line, found in lines)


def with_few_levels(text: str, most: int) -> str:
    """Return a tidy text whose headings have a number of levels at most: those below the headings of its page."""
    if "#" not in text:
        return text
    new = {level: min(level, most) for level in range(1, _DEEPEST + 1)}
    return "\n".join(part if is_code else _relevelled(part, new) for is_code, part in chunks(text))


def with_joined_lines(text: str) -> str:
    """Return a tidy text with each of the paragraphs that open it on one line, as a cell shows them."""
    return "\n\n".join(filter(None, paragraphs(text)))


def paragraphs(text: str) -> tuple[str, str]:
    """Return the paragraphs that open a tidy text, and the rest: from the first list, table, code, quote or heading on.

    Returns:
        The lines of a paragraph on one line each, a blank line between paragraphs; and the rest as it stands.
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
"""A line that Markdown makes more of than words of a paragraph."""
