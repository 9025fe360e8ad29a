"""Converts markup inside a paragraph: roles, links, references and emphasis of reST become Markdown.

Text that neither language would show as written is escaped: `<T>`, `__init__`, the stars of `*args`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

OBJECT_ROLES = frozenset(
    {"attr", "class", "const", "data", "deco", "exc", "func", "meth", "mod", "obj", "any", "type", "paramref"}
)
"""Roles that name a Python object, without their domain."""
_TEXT_ROLES = frozenset({"ref", "doc", "term", "numref", "abbr", "download", "title", "keyword", "token", "eq"})
_STYLED_ROLES = {
    "emphasis": ("*", "*"),
    "strong": ("**", "**"),
    "title-reference": ("*", "*"),
    "dfn": ("*", "*"),
    "sub": ("<sub>", "</sub>"),
    "subscript": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
    "superscript": ("<sup>", "</sup>"),
}
_HTML = frozenset(
    re.findall(
        r"\w+",
        "a abbr article aside audio b blockquote br button caption center cite code col colgroup dd del "
        "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img "
        "input ins kbd label li main mark nav ol p picture pre q s samp section small source span strike "
        "strong style sub summary sup svg table tbody td tfoot th thead tr tt u ul var video",
    )
)
"""Elements of HTML that a docstring in Markdown may use; any other `<word>` is text."""
_CANDIDATE = re.compile(r"[`*<|&\\\[_:{]")
"""Markup begins at one of these, or directly before it."""
_PATTERNS: dict[str, re.Pattern[str]] = {
    "`": re.compile(
        r"(?P<double>``(?:[^`]|`(?!`))+``)"
        r"|`(?P<link_text>[^`<]*)<(?P<link>[^`<>]+)>`__?(?!\w)"
        r"|`(?P<reference>[^`]+)`__?(?!\w)"
        r"|`(?P<titled>[^`<]*[^`<\s]\s+<[~!]?[\w.]+>)`"
        r"|(?P<kept>`[^`]+`)"
    ),
    ":": re.compile(r":(?P<role>[a-zA-Z][\w.+-]{0,40}(?::[a-zA-Z][\w.+-]{0,40})?):`(?P<role_text>[^`]+)`"),
    "h": re.compile(r"(?P<address>https?://[^\s<>`\\]+)"),
    "[": re.compile(
        r"(?P<kept>\[(?:[^][\n`]|`[^`\n]*`){0,300}\]"
        r"(?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)|\[[^][\n]*\]))"
        r"|\[(?P<label>[#*]?[\w.-]*)\]_(?!\w)"
    ),
    "|": re.compile(r"\|(?P<substitution>[^|\s`](?:[^|`\n]{0,80}[^|\s`])?)\|_{0,2}(?![\w|])"),
    "*": re.compile(
        r"(?P<kept>(?<![\w*\\])(?P<stars>\*{1,3})(?=[^\s*])[^*]*(?<=[^\s*])(?P=stars)(?![\w*]))"
        r"|(?P<star>(?<!\\)\*+(?=[\w.,)\]]))"
    ),
    "_": re.compile(r"(?P<private>(?<![\w\\])_+[^\W_](?:\w*[^\W_])?_+(?!\w))"),
    "w": re.compile(r"(?P<named>\w+_)(?!\w)"),
    "<": re.compile(r"(?P<kept><(?:https?://|mailto:)[^<>\s]+>)|<(?P<element>/?[A-Za-z][\w-]*)|(?P<angle><(?=[!?]))"),
    "&": re.compile(r"(?P<entity>&(?=#?\w+;))"),
    "\\": re.compile(r"\\(?P<escaped>[\s\S])"),
    "{": re.compile(r"(?P<letter>[LCIBMUEX])\{(?P<letter_text>[^{}]*)\}"),
}
"""Candidate -> the markup that begins there; `h` is an address, found by its colon, and `w` a name before `_`."""
_LETTERS = {"I": ("*", "*"), "B": ("**", "**"), "X": ("", "")}
"""Letters of epytext that are emphasis, or an entry of an index."""
_SCHEME = re.compile(r"https?$")
_WORD_BEFORE = re.compile(r"(?<!\w)[^\W_]\w*$")
_LONGEST_NAME = 80
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?:\(\))?")
_INVENTORY = re.compile(r"(?<![^~])\w+:(?=\w)")
"""The prefix that names another project's documentation: `~python:uuid.UUID`."""
_AFTER_ADDRESS = ".,;:!?'\")*]_"
_ADDRESSES = {
    "pep": "https://peps.python.org/pep-{:0>4}/",
    "rfc": "https://datatracker.ietf.org/doc/html/rfc{}",
}


@dataclass(kw_only=True, slots=True)
class Names:
    """Definitions in a docstring for use inside its paragraphs.

    Attributes:
        targets: Name in lower case -> address of a hyperlink target.
        substitutions: Name -> Markdown.
        used: The targets that a paragraph refers to.
    """

    targets: dict[str, str] = field(default_factory=dict)
    substitutions: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def code_span(text: str) -> str:
    """Return a string as a code span, whatever backticks are in it."""
    text = " ".join(text.split())
    if "`" not in text:
        return f"`{text}`"
    return f"`` {text} ``"


def inline(text: str, names: Names, *, is_rest: bool, is_epytext: bool = False) -> str:
    """Return a paragraph as Markdown.

    Parameters:
        text: The paragraph; it may have several lines.
        names: The targets and substitutions of the docstring.
        is_rest: The docstring is reST; otherwise it is Markdown, and only unambiguous reST is changed.
        is_epytext: `L{...}`, `C{...}` and their like are markup.
    """
    if _CANDIDATE.search(text) is None:
        return text
    writer = _Rest(names=names) if is_rest else _Markdown(names=names)
    writer.is_epytext = is_epytext
    return writer.write(text)


@dataclass(kw_only=True, slots=True)
class _Markdown:
    """Replaces unambiguous reST, and text that would not show as written."""

    names: Names
    is_epytext: bool = False

    def write(self, text: str) -> str:
        """Return a paragraph as Markdown."""
        parts: list[str] = []
        done = position = 0
        while candidate := _CANDIDATE.search(text, position):
            position = candidate.end()
            start, pattern = self.beginning(text, candidate.start())
            found = _PATTERNS[pattern].match(text, start) if start >= done else None
            if found is None:
                continue
            parts.append(text[done:start])
            method = _METHODS.get(found.lastgroup or "")
            parts.append(found[0] if method is None else method(self, found))
            done = position = found.end()
        parts.append(text[done:])
        return "".join(parts)

    def beginning(self, text: str, index: int) -> tuple[int, str]:
        """Return where the markup that a candidate belongs to would begin, and the key of its pattern."""
        character = text[index]
        if character == ":" and text.startswith("://", index):
            scheme = _SCHEME.search(text, max(index - 5, 0), index)
            return (scheme.start(), "h") if scheme else (index, character)
        if (
            character == "_"
            and self.names.targets
            and (word := _WORD_BEFORE.search(text, max(index - _LONGEST_NAME, 0), index))
        ):
            return word.start(), "w"
        return (index - 1, character) if character == "{" and index else (index, character)

    def role(self, found: re.Match[str]) -> str:
        return role_as_markdown(found["role"], found["role_text"])

    def link(self, found: re.Match[str]) -> str:
        address = " ".join(found["link"].split())
        if address.endswith("_"):
            address = self.address(address[:-1]) or address
        if not _is_address(address):
            return found[0]
        text = " ".join(found["link_text"].split()).strip()
        return f"[{text}]({address})" if text else f"<{address}>"

    def reference(self, found: re.Match[str]) -> str:
        text = " ".join(found["reference"].split())
        address = self.address(text)
        return f"[{text}]({address})" if address else self.unknown_reference(text)

    def unknown_reference(self, text: str) -> str:
        return code_span(text)

    def titled(self, found: re.Match[str]) -> str:
        """Return the reference for a title with a target, in a project whose default role refers to objects."""
        title, target = _title_and_target(" ".join(found["titled"].split()))
        return _object(target, title, target) if "." in target else found[0]

    def address(self, name: str) -> str | None:
        """Return the address of a hyperlink target."""
        key = " ".join(name.lower().split())
        address = self.names.targets.get(key)
        if address:
            self.names.used.add(key)
        return address

    def double(self, found: re.Match[str]) -> str:
        return found[0]

    def label(self, found: re.Match[str]) -> str:
        return f"[{found['label']}]"

    def bare_address(self, found: re.Match[str]) -> str:
        return found[0]

    def bars(self, found: re.Match[str]) -> str:
        return self.names.substitutions.get(found["substitution"], found[0])

    def star(self, found: re.Match[str]) -> str:
        return found[0].replace("*", "\\*")

    def private(self, found: re.Match[str]) -> str:
        # A name of Python, not strong emphasis, which is rarely a single lower-case word.
        is_dunder = found[0].startswith("__") and found[0].endswith("__") and found[0].islower()
        return found[0].replace("_", "\\_") if is_dunder else found[0]

    def named(self, found: re.Match[str]) -> str:
        address = self.address(found[0].rstrip("_")) if self.names.targets else None
        return f"[{found[0].rstrip('_')}]({address})" if address else found[0]

    def element(self, found: re.Match[str]) -> str:
        is_html = found["element"].lstrip("/").lower() in _HTML
        return found[0] if is_html else f"&lt;{found[0][1:]}"

    def entity(self, found: re.Match[str]) -> str:
        return found[0]

    def escaped(self, found: re.Match[str]) -> str:
        return found[0]

    def letter_text(self, found: re.Match[str]) -> str:
        if not self.is_epytext:
            return found[0]
        letter, text = found["letter"], found["letter_text"]
        if letter in _LETTERS:
            before, after = _LETTERS[letter]
            return f"{before}{text}{after}"
        title, _, target = text.rstrip("> ").partition("<")
        if letter == "L":
            return cross_reference(title.strip() or target, target.strip() or title.strip())
        if letter == "U":
            return f"[{title.strip()}]({target})" if target else f"<{title}>"
        return {"lb": "{", "rb": "}"}.get(text, text) if letter == "E" else code_span(text)


class _Rest(_Markdown):
    """Replaces the reST markup in a paragraph."""

    __slots__ = ()

    def unknown_reference(self, text: str) -> str:
        return text

    def double(self, found: re.Match[str]) -> str:
        return code_span(found[0][2:-2])

    def bare_address(self, found: re.Match[str]) -> str:
        address = found[0].rstrip(_AFTER_ADDRESS)
        if found[0][len(address) : len(address) + 1] == ")" and "(" in address:
            address += ")"
        return f"<{address}>{found[0][len(address) :]}"

    def private(self, found: re.Match[str]) -> str:
        return found[0].replace("_", "\\_")

    def element(self, found: re.Match[str]) -> str:
        return f"&lt;{found[0][1:]}"

    def entity(self, found: re.Match[str]) -> str:
        return f"&amp;{found[0][1:]}"

    def escaped(self, found: re.Match[str]) -> str:
        character = found["escaped"]
        if character.isspace():
            # It is removed, unless two words would become one.
            joins = (
                found.start()
                and found.string[found.start() - 1].isalnum()
                and found.string[found.end() :][:1].isalnum()
            )
            return "\u200b" if joins else ""
        # Markdown has no escape for these.
        return {"|": "|", "<": "&lt;", ":": ":", "'": "'", '"': '"'}.get(character, found[0])


_METHODS: Mapping[str, Callable[[_Markdown, re.Match[str]], str]] = {
    "role_text": lambda self, found: self.role(found),
    "link": lambda self, found: self.link(found),
    "reference": lambda self, found: self.reference(found),
    "titled": lambda self, found: self.titled(found),
    "double": lambda self, found: self.double(found),
    "label": lambda self, found: self.label(found),
    "address": lambda self, found: self.bare_address(found),
    "substitution": lambda self, found: self.bars(found),
    "star": lambda self, found: self.star(found),
    "private": lambda self, found: self.private(found),
    "named": lambda self, found: self.named(found),
    "element": lambda self, found: self.element(found),
    "angle": lambda _, found: f"&lt;{found[0][1:]}",
    "entity": lambda self, found: self.entity(found),
    "escaped": lambda self, found: self.escaped(found),
    "letter_text": lambda self, found: self.letter_text(found),
}
"""The group that closed last -> its replacement; other groups are unchanged."""


def role_as_markdown(role: str, text: str) -> str:
    """Return the Markdown of a role.

    A role of a Python object becomes a reference, `` [`title`][dotted.name] ``, which the page that shows it resolves.
    """
    name = role.rpartition(":")[2].lower()
    text = " ".join(text.split())
    title, target = _title_and_target(text)
    if name in OBJECT_ROLES:
        return _object(text, title, target)
    if name in _STYLED_ROLES:
        before, after = _STYLED_ROLES[name]
        return f"{before}{text}{after}"
    if name in _ADDRESSES:
        number = target.partition("#")[0].strip()
        return f"[{title or f'{name.upper()} {target}'}]({_ADDRESSES[name].format(number)})"
    if name in _TEXT_ROLES:
        return title or text
    if name == "math":
        return code_span(text)
    return f"{name} {text}" if text.isdigit() else code_span(title or text.lstrip("~!"))


def _object(text: str, title: str, target: str) -> str:
    if text.startswith("!"):
        return code_span(text[1:])
    path = _INVENTORY.sub("", target).lstrip("~.")
    is_short = target.startswith("~") and _DOTTED.fullmatch(path)
    return cross_reference(title or (path.rpartition(".")[2] if is_short else path), path)


def cross_reference(title: str, target: str) -> str:
    """Return a reference to an object by its dotted name, for the page to resolve."""
    target = target.removesuffix("()")
    return f"[{code_span(title)}][{target}]" if _DOTTED.fullmatch(target) else code_span(title)


def _title_and_target(text: str) -> tuple[str, str]:
    before, angle, target = text.rpartition("<")
    if angle and target.endswith(">"):
        return before.strip(), target[:-1].strip()
    return "", text


def _is_address(text: str) -> bool:
    return bool(re.match(r"[a-z][a-z+.-]*:|[./#]|[\w.-]+\.[a-z]{2,5}(?:/|$)|[\w./-]+\.html?", text)) and " " not in text
