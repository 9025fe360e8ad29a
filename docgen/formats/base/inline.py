"""Words, links and code within paragraphs: converts them from the form of the model to that of a page, and back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Literal

from docgen.formats.base.blocks import chunks, tidy, without_controls
from docgen.formats.base.cells import element, is_raw, span
from docgen.formats.base.code import without_markup

Html = Literal["escape", "keep"]
"""How HTML in docstrings is treated."""
Resolve = Callable[[str], str | None]
"""Returns the public path of a symbol, or a URL of another project, for a name as written; None if there is none.

A dot before the name marks it as a symbol; without it, a lower-case word may be any word.
"""
Fill = Callable[[re.Match[str]], str]

_TITLE = r"(?:[^\[\]`\n\\]|\\.|`[^`\n]*`|\n(?!\s*\n))*"
_DESTINATION = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^()\s]*\)[^\s()<>]*)*)"
_TOKEN = re.compile(
    # The beginning of each of them: looking for it first saves most of the time.
    r"(?=[\\!\[`<&\]{])(?:"
    r"\\(?P<angle><)|\\[^<\n]"
    rf"|(?P<reference>(?P<mark>!?)\[(?P<title>{_TITLE})\]\[(?P<target>[^\[\]\n]*)\])"
    rf"|(?P<link>(?P<picture>!?)\[(?P<text>{_TITLE})\]\(\s*(?P<address>{_DESTINATION})(?P<rest>(?:\s+[\"'(][^\n]*?[\"')])?\s*)\))"
    r"|(?P<code>(?P<ticks>`+)(?!`)(?P<body>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<automatic><(?:https?://|ftp://|mailto:)[^<>\s]*>)"
    r"|(?P<less><|&lt;)|(?P<brace>\{|&#123;)|(?P<entity>&#124;)|(?P<open>\]\()"
    r"|\[(?P<short>[^\[\]<&`\\{]+)\](?![\[(:]))",
    re.DOTALL,
)
_WRITTEN_TOKEN = re.compile(rf"<code>(?P<element>[^<]*&#60;[^<]*)</code>|{_TOKEN.pattern}", re.DOTALL)
"""The same on a page, where code that an HTML parser would take for markup is an element."""
_DEFINITION = re.compile(
    r""" {0,3}\[(?P<name>[^\[\]\n]+)\]: *(?P<address><[^<>\n]*>|\S+)(?: +(?:"[^"]*"|'[^']*'|\([^()]*\)))? *"""
)
_LIKE_DEFINITION = re.compile(r"^(?P<before>[ >*+.)\d-]*)\[(?=[^\[\]\n]*\]:)")
"""Text that a renderer may take for a link definition, even in lists and quotes; its URL may be on the next line."""
_CODE_OR_NAME = re.compile(
    r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|(?<![\]\\])\[(?P<name>[^\[\]\n]+)\](?![\[(:])",
    re.DOTALL,
)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE = ("http:", "https:", "ftp:", "mailto:", "tel:")
_BLANK_LINE = re.compile(r"(\n *\n)")
_INVISIBLE = re.compile(r"[\s\x00-\x20]+")


def is_outside(address: str) -> bool:
    """Return True if an address leads to another site, and neither runs code nor contains data."""
    if ":" not in address and "/" not in address and "&" not in address:
        return False
    return _bare(address).startswith((*_SAFE, "//"))


def _bare(address: str) -> str:
    """Return an address as a browser reads it: entities resolved, whitespace removed."""
    return _INVISIBLE.sub("", html.unescape(address.strip("<>"))).lower()


def canonical_line(text: str, resolve: Resolve, treatment: Html = "escape") -> str:
    """Return a string on one line like `canonical`, whatever it begins with."""
    line = without_controls(" ".join(text.split()))
    return _TOKEN.sub(_Canonical(resolve, {}, treatment), line).strip()


def canonical(text: str, resolve: Resolve, treatment: Html = "escape") -> str:
    """Return a tidy text with its references to symbols resolved, and without links that have no target or run code.

    References to symbols of this reference become `[title][public path]`, whichever way they were written; those to
    other projects become links. `&lt;` and `&#123;` outside code become `<` and `{`, `&#124;` an escaped bar.
    """
    if not any(mark in text for mark in "`[<\\&"):
        return text
    definitions: dict[str, str] = {}
    parts = [(is_code, part if is_code else _without_definitions(part, definitions)) for is_code, part in chunks(text)]
    if definitions:
        parts = [(is_code, part if is_code else _with_full_references(part, definitions)) for is_code, part in parts]
    fill = _Canonical(resolve, definitions, treatment)
    made = "\n".join(part if is_code else _in_paragraphs(part, fill) for is_code, part in parts).strip("\n")
    # Removing a link definition joins the lines around it, which may mean something else together.
    return canonical(tidy(made), resolve, treatment) if definitions else made


def shown(text: str, address_of: Callable[[str], str], treatment: Html = "escape") -> str:
    """Return a canonical text in the form of a page: references as links, `<` and `{` as entities.

    A brace begins attributes of the preceding element, template syntax, and that of some extensions.

    Parameters:
        text: The canonical text.
        address_of: Returns the address of a symbol, from the page, by its public path.
        treatment: How HTML is treated.
    """
    if "<" not in text and "][" not in text and "{" not in text:
        return text
    fill = _shows(address_of, treatment)
    return "\n".join(part if is_code else _in_paragraphs(part, fill) for is_code, part in chunks(text))


def shown_line(text: str, address_of: Callable[[str], str], treatment: Html = "escape") -> str:
    """Return a string on one line like `shown`, whatever it begins with."""
    return _TOKEN.sub(_shows(address_of, treatment), text)


def _shows(address_of: Callable[[str], str], treatment: Html) -> Fill:
    def fill(found: re.Match[str]) -> str:
        if found["reference"] and _NAME.fullmatch(found["target"]) and (address := address_of(found["target"])):
            return f"{found['mark']}[{_in(found['title'])}]({address})"
        if found["reference"] or found["link"]:
            return _bracketed(found, _in)
        if found["code"] and is_raw(found["body"]):
            return element(found["body"])
        if treatment == "escape" and (found["less"] or found["brace"]):
            return "&lt;" if found["less"] else "&#123;"
        return str(found[0])

    def _in(title: str) -> str:
        return _TOKEN.sub(fill, title)

    return fill


def read(text: str) -> str:
    """Undo `shown`: links of a page to symbols of its own reference become references again."""
    if not any(mark in text for mark in ("&lt;", "](", "&#123;", "<code>")):
        return text
    return "\n".join(
        part if is_code else _in_paragraphs(part, _reads, _WRITTEN_TOKEN) for is_code, part in chunks(text)
    )


def read_line(text: str) -> str:
    """Undo `shown_line`."""
    return _WRITTEN_TOKEN.sub(_reads, text)


def _reads(found: re.Match[str]) -> str:
    if found["element"] is not None:
        return span(without_markup(found["element"]))
    if found["link"] and not is_outside(found["address"]):
        path = found["address"].partition("#")[2]
        if _NAME.fullmatch(path):
            return f"{found['picture']}[{read_line(found['text'])}][{path}]"
    if found["reference"] or found["link"]:
        return _bracketed(found, read_line)
    return "<" if found["less"] else "{" if found["brace"] else str(found[0])


def _bracketed(found: re.Match[str], fill: Callable[[str], str]) -> str:
    """Return a reference or a link with the text between its first brackets changed."""
    if found["reference"]:
        return f"{found['mark']}[{fill(found['title'])}][{found['target']}]"
    return f"{found['picture']}[{fill(found['text'])}]({found['address']}{found['rest']})"


def _in_paragraphs(text: str, fill: Fill, token: re.Pattern[str] = _TOKEN) -> str:
    # Neither code nor a link continues after a blank line.
    return "".join(token.sub(fill, piece) for piece in _BLANK_LINE.split(text))


def _without_definitions(text: str, definitions: dict[str, str]) -> str:
    """Return a string without its link definitions; text that only looks like one is escaped."""
    if "]:" not in text:
        return text
    lines: list[str] = []
    for line in text.split("\n"):
        found = _DEFINITION.fullmatch(line)
        if found and (is_outside(found["address"]) or not _SCHEME.match(_bare(found["address"]))):
            definitions[_key(found["name"])] = found["address"]
        else:
            lines.append(_LIKE_DEFINITION.sub(r"\g<before>\\[", line))
    return "\n".join(lines)


def _with_full_references(text: str, definitions: Mapping[str, str]) -> str:
    """Return a string with `[name]` as `[name][name]` if the name has a definition."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        return f"[{name}][{name}]" if name and _key(name) in definitions else found[0]

    return _CODE_OR_NAME.sub(fill, text)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


class _Canonical:
    """Converts the pieces of a paragraph into canonical text."""

    def __init__(self, resolve: Resolve, definitions: dict[str, str], treatment: Html) -> None:
        self._resolve = resolve
        self._definitions = definitions
        self._treatment = treatment

    def __call__(self, found: re.Match[str]) -> str:
        if found["reference"]:
            return self._reference(found["mark"], found["title"], found["target"])
        if found["link"]:
            return self._link(found)
        if found["code"]:
            return self._code(found)
        if found["open"]:
            # We do not treat this as a link, but a renderer may.
            return r"]\("
        if found["short"]:
            address = self._definitions.get(_key(found["short"]))
            return str(found[0]) if address is None else f"[{found['short']}]({address})"
        return r"\|" if found["entity"] else self._angle(found)

    def _angle(self, found: re.Match[str]) -> str:
        if found["brace"]:
            return "{"
        is_angle = bool(found["angle"] or found["less"]) and self._treatment == "escape"
        return "<" if is_angle else str(found[0])

    def _link(self, found: re.Match[str]) -> str:
        title = self._title(found["text"])
        if is_outside(found["address"]):
            return f"{found['picture']}[{title}]({found['address']}{found['rest']})"
        return self._without_address(found["picture"], title, found["address"].strip("<>"))

    def _reference(self, mark: str, title: str, target: str) -> str:
        name = target or title.strip("`")
        shown_title = self._title(title)
        if (address := self._definitions.get(_key(name))) is not None:
            is_link = is_outside(address)
            return f"{mark}[{shown_title}]({address})" if is_link else self._without_address(mark, shown_title, address)
        if not _NAME.fullmatch(name):
            return f"{mark}[{shown_title}][{target}]"
        where = self._resolve(name) or self._resolve(f".{name}")
        if where is None:
            # Without an address the title is enough; a single word may not be a reference to a symbol.
            if "." not in name and target and not title.startswith("`"):
                return f"{mark}[{shown_title}][{target}]"
            return title if name.rpartition(".")[2] in title else f"{title} (`{name}`)"
        return f"[{title}]({where})" if is_outside(where) else f"[{title}][{where}]"

    def _title(self, title: str) -> str:
        """Return the title of a link, with entities resolved and without links in it."""
        return _TOKEN.sub(self._angle, title)

    def _without_address(self, mark: str, title: str, address: str) -> str:
        if _SCHEME.match(_bare(address)):
            return f"\\{mark}\\[{title}]\\({address})" if mark else f"\\[{title}]\\({address})"
        if "`" in address or not address:
            return title
        return f"{title} (`{address}`)" if title else f"`{address}`"

    def _code(self, found: re.Match[str]) -> str:
        body = found["body"].replace("\n", " ").strip()
        name = body.removesuffix("()")
        if found["ticks"] == "`" and _NAME.fullmatch(name) and (where := self._resolve(name)):
            return f"[`{body}`]({where})" if is_outside(where) else f"[`{body}`][{where}]"
        return span(body) if body else str(found[0])
