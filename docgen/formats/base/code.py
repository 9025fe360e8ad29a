"""Writes Python code as inline Markdown, with links and syntax colours, and reads it back as plain text.

A fence cannot contain links, and site generators neither follow nor check links in a block of HTML. So a signature is a
paragraph with one `<code>` element, which every renderer of Markdown reads: its links are Markdown, its colours are the
classes of Pygments, and characters that Markdown would take for markup are escaped. A comment above it has the plain
text, for people who read or search the files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from docgen.model import Annotation

ADDRESS = r"[^()\s]*(?:\([^()\s]*\)[^()\s]*)*"
"""The address of a link in Markdown: the text in the round brackets."""
_OPEN = '<code class="highlight" style="display:block;padding:.8em 1.2em">'
_CLOSE = "</code>"
_LINE_END = "<br>\n"
_INDENT = "&nbsp;"
_BROKEN = "- -"
"""Replaces `--` in a comment, where it might end the comment."""
_COLOURS = {"keyword": "k", "name": "nf", "decorator": "nd", "string": "s", "number": "mi"}
"""Kind of a piece of code -> its class in Pygments."""
_PIECE = re.compile(
    r"(?P<string>[rbfuRBFU]{0,2}(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"|(?P<number>\d[\w.]*)|(?P<other>[^\w'\"]+|.)",
    re.DOTALL,
)
_MARK = re.compile(
    r"(?<![^\W_])_|_(?![^\W_])|\.(?=\.)|=(?==)|-(?=-)|:(?=\S)|(?<=\d)/|(?<=\])\(|\((?=(?:c|r|p|tm)\))"
    r"|[^\w\s.=,:()/>|@-]",
    re.IGNORECASE,
)
"""Characters with a meaning in Markdown or one of its extensions, in code outside of strings."""
_MARK_IN_STRING = re.compile(r"\.(?=\.)|-(?=-)|[^\s\w,().-]|_")
_WITH_BACKSLASH = frozenset("*_[]\\")
_BLOCK = re.compile(rf"(?:<!-- (?P<plain>(?:(?!-->).)*) -->\n\n)?{re.escape(_OPEN)}(?P<inner>.*?){_CLOSE}", re.DOTALL)
_ELEMENT = re.compile(r"<code>(?P<inner>.*?)</code>", re.DOTALL)
_MARKUP = re.compile(
    rf"<[^<>]*>\n?|\*?\[(?P<title>(?:\\.|[^\[\]\\])*)\]\({ADDRESS}\)\*?|\\(?P<escaped>[*_\[\]\\])|(?P<entity>&[#\w]+;)"
)


class Token(NamedTuple):
    """A piece of a signature."""

    text: str
    kind: str = ""
    """`keyword`, `name`, `decorator`, `parameter`, `type` or `value`; empty for text between these."""
    annotation: Annotation | None = None
    """The annotation that the text is printed from, for the links of its names."""


def plain(tokens: Iterable[Token]) -> str:
    """Return the text of tokens."""
    return "".join(token.text for token in tokens)


def block(
    tokens: Iterable[Token], address_of: Callable[[Annotation | None, str], str], opening: Callable[[str], str]
) -> str:
    """Return tokens as a paragraph.

    Parameters:
        tokens: The tokens of one or more lines.
        address_of: Returns the address of a name in an annotation, empty for none.
        opening: Returns the tag that opens the link to a parameter, by its name; empty for no link.
    """
    shown = tuple(tokens)
    code = "".join(_shown(token, address_of, opening) for token in shown)
    # Nothing may end the comment before its end.
    text = plain(shown).replace("--", _BROKEN)
    return f"<!-- {text} -->\n\n{_OPEN}{code}{_CLOSE}"


def _shown(token: Token, address_of: Callable[[Annotation | None, str], str], opening: Callable[[str], str]) -> str:
    if token.kind in _COLOURS:
        return f'<span class="{_COLOURS[token.kind]}">{_escaped(token.text)}</span>'
    if token.kind == "parameter":
        name = token.text.lstrip("*")
        tag = opening(name)
        shown = _escaped(name)
        return _escaped(token.text[: -len(name)]) + (f"{tag}{shown}</a>" if tag else shown)
    if token.kind in ("type", "value"):
        if token.annotation is None or not token.annotation.links:
            return _without_links(token.text)
        return coloured(token.text, lambda name: address_of(token.annotation, name))
    first, *others = token.text.split("\n")
    indented = (_INDENT * (len(line) - len(line.lstrip(" "))) + _escaped(line.lstrip(" ")) for line in others)
    return _LINE_END.join([_escaped(first), *indented])


@lru_cache(maxsize=4096)
def _without_links(code: str) -> str:
    return coloured(code, lambda _name: "")


def coloured(code: str, address_of: Callable[[str], str]) -> str:
    """Return a type or a value on one line, with links and colours.

    Parameters:
        code: An expression, or its placeholder.
        address_of: Returns the address of a dotted name, empty for none.
    """
    escaped = _escaper(code)

    def fill(found: re.Match[str]) -> str:
        if found["name"]:
            address = address_of(found[0])
            # In italics, because not every reader can distinguish a link from other text by its colour.
            return f"*[{escaped(found)}]({address})*" if address else escaped(found)
        if found["string"]:
            return f'<span class="s">{_MARK_IN_STRING.sub(_entity, found[0])}</span>'
        return f'<span class="mi">{escaped(found)}</span>' if found["number"] else escaped(found)

    return _PIECE.sub(fill, code)


def linked(code: str, address_of: Callable[[str], str]) -> str:
    """Return code on one line for the inside of `<code>` in a cell, with links and without colours."""
    escaped = _escaper(code)

    def fill(found: re.Match[str]) -> str:
        if found["string"]:
            return _MARK_IN_STRING.sub(_entity, found[0])
        address = address_of(found[0]) if found["name"] else ""
        return f"[{escaped(found)}]({address})" if address else escaped(found)

    return _PIECE.sub(fill, code).replace("|", "&#124;")


def _escaper(code: str) -> Callable[[re.Match[str]], str]:
    """Return a function that escapes a piece of code, depending on the characters around it."""
    marks = {found.start(): _mark(found) for found in _MARK.finditer(code)}
    if not marks:
        return lambda found: found[0]
    return lambda found: "".join(
        marks.get(place, character) for place, character in enumerate(found[0], start=found.start())
    )


@lru_cache(maxsize=8192)
def _escaped(text: str) -> str:
    return _MARK.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] in _WITH_BACKSLASH else _entity(found)


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def without_markup(text: str) -> str:
    """Return the code within an element."""
    return _MARKUP.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    if found["title"] is not None:
        return without_markup(found["title"])
    if found["entity"]:
        return " " if found["entity"] == _INDENT else html.unescape(found["entity"])
    return found["escaped"] or ("\n" if found[0] == _LINE_END else "")


def read_block(lines: list[str]) -> tuple[int, int, str] | None:
    """Return (first line, line after the last, plain code) of the first paragraph of code; None if there is none.

    The first line is that of the comment above the paragraph.
    """
    start = next((n for n, line in enumerate(lines) if line.startswith(_OPEN)), None)
    if start is None:
        return None
    stop = next((n + 1 for n in range(start, len(lines)) if lines[n].endswith(_CLOSE)), None)
    above = next((n for n in range(start - 1, -1, -1) if lines[n].startswith("<!-- ")), None)
    if stop is None or above is None:  # the page was edited by hand
        return None
    text = "\n".join(lines[start:stop])
    return above, stop, without_markup(text.removeprefix(_OPEN).removesuffix(_CLOSE))


def with_fences(text: str) -> str:
    """Return Markdown with each paragraph of code as a fence, for programs."""
    return _BLOCK.sub(_fence, text)


def _fence(found: re.Match[str]) -> str:
    text = found["plain"]
    # The comment has the plain code, unless something in the code would have ended the comment.
    return f"```python\n{without_markup(found['inner']) if text is None or _BROKEN in text else text}\n```"


def with_plain_code(text: str) -> str:
    """Return Markdown with the code of its elements as it is written in the sources."""
    if "<code" not in text:
        return text
    shown = _BLOCK.sub(lambda found: without_markup(found["inner"]), text)
    return _ELEMENT.sub(lambda found: without_markup(found["inner"]), shown)
