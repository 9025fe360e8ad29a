"""Parses raw docstrings into sections (`model.Docstring`).

Takes the docstring in its source form, including indentation. `build` decides which docstring a symbol has (its own or
an inherited one); `render` is responsible for entities, escapes and summaries.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass, field
from enum import Enum

from docgen.formats.flyte.admonitions import as_quotes
from docgen.formats.flyte.dialect import Reading
from docgen.formats.flyte.page_model import Docstring

_ROLE_OR_FENCE = re.compile(
    r"^[ \t]*```.*?(?:^[ \t]*```|\Z)"
    r"|:(?:[a-z]+:)?(?:attr|class|const|data|doc|exc|func|meth|mod|obj|ref|term):`(?P<role>[^`\n]+)`",
    re.DOTALL | re.MULTILINE,
)
_META = re.compile(r"^[ \t]*:meta[ \t]+(?P<of>[a-z-]+):[ \t]*$", re.MULTILINE)
_TITLE = re.compile(r"(?P<title>.*?)\s*<[^>]+>")
_HEADER = re.compile(r"(?P<indent> *)(?P<word>[A-Z][a-z]+)::?\s*$")
_FIELD = re.compile(r"\s*:(?P<kind>[a-z]+)\b(?P<name>[^:]*):(?P<text>.*)$")


class _Section(Enum):
    """The parts of a docstring; dialects map headers to these values."""

    TEXT = "text"
    PARAMETERS = "parameters"
    RETURNS = "returns"
    RAISES = "raises"
    NOTES = "notes"
    EXAMPLES = "examples"


def parse_docstring(raw: str, reading: Reading, *, of_class: bool = False) -> Docstring:
    """Return a docstring by section.

    Parameters:
        raw: The docstring in the source or in `__doc__`, with its indentation.
        reading: The flags of the dialect.
        of_class: The docstring of a class is used as it is; that of a function or property has been cleaned by
            `inspect.getdoc` once, which matters if the dialect cleans a second time.

    Source:
        The format's rules on docstrings: cleaning, sections at the margin, reST fields.
    """
    if not raw:
        return Docstring()
    if not reading.ends_sections:
        return _open_ended(raw if of_class and reading.keeps_margins else inspect.cleandoc(raw))
    raw = _META.sub("", raw).rstrip() if reading.hides_marked_members else raw
    raw = _ROLE_OR_FENCE.sub(_role_as_code, raw) if reading.rewrites_roles else raw
    blocks = _blocks(_cleaned(raw, reading, of_class=of_class).split("\n"), reading)
    lines = [line for section, lines in blocks if section is _Section.TEXT for line in lines]
    text, fields = _without_fields(lines, reading)
    sections = [item for lines in _all(blocks, _Section.PARAMETERS) for item in _items(lines)]
    # Sections come last: if both describe a parameter, the section wins.
    parameters = (*fields.parameters, *sections)
    returns = next(("\n".join(_stripped(lines)) for lines in _all(blocks, _Section.RETURNS)), None)
    returns = (returns if fields.returns is None else fields.returns) or None
    if reading.returns_alone_is_text and returns and not text.strip() and not parameters:
        text, returns = returns, None
    raises = [item for lines in _all(blocks, _Section.RAISES) for item in _items(lines)]
    return Docstring(
        text=text,
        parameters=parameters,
        returns=returns,
        raises=(*raises, *fields.raises),
        notes=tuple("\n".join(_stripped(lines)).strip() for lines in _all(blocks, _Section.NOTES)),
    )


def is_marked_private(raw: str) -> bool:
    """Return True if a docstring excludes its symbol from the reference, by a field or by its first word."""
    return raw.lstrip().startswith("Internal:") or any(found["of"] == "private" for found in _META.finditer(raw))


def parse_package_docstring(raw: str, reading: Reading) -> Docstring:
    """Return the docstring of a module: text only, even if parts of it look like sections.

    A `::` at the end of a line announces a literal block, which Markdown does not have, so one colon is left, unless
    the dialect keeps the text as it is written.
    """
    if reading.keeps_margins:
        return Docstring(text=raw)
    return Docstring(text=re.sub("::$", ":", inspect.cleandoc(raw).strip(), flags=re.MULTILINE))


def _open_ended(text: str) -> Docstring:
    """Return a docstring in which everything after the first parameter belongs to the parameters.

    The indentation is that of the first line that is not blank. A line below `Args:` at the level of its first line
    that contains one colon is a parameter; the text of a `:param:` ends at the next colon, and includes each further
    line completely.
    """
    lines = text.expandtabs().split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    margin = _indent(lines[first]) if lines[first:] else 0
    lines = [line[margin:] for line in lines[first:]]
    is_header = (index for index, line in enumerate(lines) if line.strip() == "Args:")
    header = next(is_header, len(lines))
    before = [index for index, line in enumerate(lines[:header]) if line.strip().startswith(":param")]
    start = min([*before, header])
    parameters = (*_open_fields(lines[start:header]), *_open_items(lines[header + 1 :]))
    return Docstring(text="\n".join(lines[:start]), parameters=parameters)


def _open_fields(lines: list[str]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in (line.strip() for line in lines):
        if line.startswith(":param"):
            _, head, *more = line.split(":")
            fields.append((head.strip().removeprefix("param "), more[0].strip() if more else ""))
        else:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
    return fields


def _open_items(lines: list[str]) -> list[tuple[str, str]]:
    margin = _indent(lines[0]) if lines else 0
    items: list[tuple[str, str]] = []
    for line in (line[margin:] for line in lines):
        name, colon, text = line.partition(":")
        if line.strip() and line[0] == " " and items:
            items[-1] = (items[-1][0], f"{items[-1][1]}\n{line.strip()}")
        elif line.strip() and line[0] != " " and colon and ":" not in text:
            items.append((name.partition("(")[0].strip() if name.endswith(")") else name.strip(), text.strip()))
    return items


def _role_as_code(found: re.Match[str]) -> str:
    if found["role"] is None:
        return found[0]
    path = found["role"].strip()
    if title := _TITLE.fullmatch(path):
        return f"`{title['title']}`"
    return f"`{path.rpartition('.')[2].lstrip('~') if path.startswith('~') else path}`"


def _cleaned(raw: str, reading: Reading, *, of_class: bool) -> str:
    text = raw.expandtabs()
    if reading.cleans_docstrings_twice and not of_class:
        text = inspect.cleandoc(text)
    text = inspect.cleandoc(text)
    text = _aligned(text, reading) if reading.aligns_nested_sections else text
    text = as_quotes(text, reading.admonitions) if reading.admonitions else text
    indent = len(text) - len(text.lstrip(" "))
    if reading.indent_cuts_text:
        return "\n".join(line[indent:] for line in text.split("\n"))
    return "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in text.split("\n"))


def _aligned(text: str, reading: Reading) -> str:
    """Return a string with its sections moved to the margin, if all of them are indented.

    A wrapper that prepends a line to the docstring of the wrapped function leaves the rest indented.
    """
    lines = text.split("\n")
    headers = [header for header in map(_HEADER.match, lines) if header and header["word"] in reading.sections]
    margin = min((header["indent"] for header in headers), default="")
    return "\n".join(line.removeprefix(margin) for line in lines)


def _blocks(lines: list[str], reading: Reading) -> list[tuple[_Section, list[str]]]:
    """Split lines at the headers; a line at the margin that is not a header continues the text."""
    blocks: list[tuple[_Section, list[str]]] = [(_Section.TEXT, [])]
    for line in lines:
        header = _HEADER.match(line)
        if header and not header["indent"] and header["word"] in reading.sections:
            blocks.append((_Section(reading.sections[header["word"]]), []))
            continue
        if line and not line[0].isspace() and blocks[-1][0] is not _Section.TEXT:
            blocks.append((_Section.TEXT, []))
        blocks[-1][1].append(line)
    return blocks


def _all(blocks: list[tuple[_Section, list[str]]], section: _Section) -> list[list[str]]:
    return [lines for kind, lines in blocks if kind is section]


def _stripped(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines]


def _items(lines: list[str]) -> list[tuple[str, str]]:
    """Return the `name: text` pairs of a section.

    Deeper lines continue the text before them; blank lines, and lines at the level of a name without colon, are
    ignored.
    """
    depth = min((_indent(line) for line in lines if line.strip()), default=0)
    written = [line for line in lines if line.strip() and (_indent(line) > depth or ":" in line)]
    starts = [index for index, line in enumerate(written) if _indent(line) == depth]
    items: list[tuple[str, str]] = []
    for start, end in zip(starts, [*starts, len(written)][1:], strict=True):
        name, _, text = written[start].strip().partition(":")
        more = textwrap.dedent("\n".join(written[start + 1 : end]))
        items.append((name.partition("(")[0].strip(), f"{text}\n{more}".strip()))
    return items


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@dataclass
class _Fields:
    """The reST fields of a docstring."""

    parameters: list[tuple[str, str]] = field(default_factory=list)
    returns: str | None = None
    raises: list[tuple[str, str]] = field(default_factory=list)


def _without_fields(lines: list[str], reading: Reading) -> tuple[str, _Fields]:
    """Remove and return the reST fields of a docstring.

    The text of a parameter is cut at the next colon of its line and includes everything up to the next field; other
    fields end with their line, and the last `:return:` wins. A field that the dialect does not know is text.
    """
    fields = _Fields()
    rest: list[str] = []
    is_in_parameter = False
    for line in lines:
        found = _FIELD.match(line)
        kind = reading.fields.get(found["kind"]) if found else None
        is_in_parameter = kind == "parameter" or (is_in_parameter and not line.lstrip().startswith(":"))
        if found is None or kind is None:
            if is_in_parameter:
                name, text = fields.parameters[-1]
                fields.parameters[-1] = (name, f"{text}\n{line.strip()}")
            else:
                rest.append(line)
        elif kind == "parameter":
            fields.parameters.append((found["name"].strip(), found["text"].partition(":")[0].strip()))
        elif kind == "raises":
            fields.raises.append((found["name"].strip(), found["text"].strip()))
        else:
            fields.returns = found["text"].strip()
    fields.parameters = [(name, text.strip()) for name, text in fields.parameters]
    return "\n".join(rest), fields
