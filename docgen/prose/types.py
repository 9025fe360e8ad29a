"""Reads names, types and defaults at the head of an item."""

from __future__ import annotations

import re

_NAME = r"[`*\\]*(?:\.\.\.|[^\W\d][\w.-]*)[`*]*"
NAMES = re.compile(rf"{_NAME}(?: *[,/] *{_NAME})*")
"""One or several names of parameters, with stars, escapes and backticks."""
_MARKS = str.maketrans("", "", "*`\\")
_ROLE = re.compile(r"(?::[\w.+-]+)*:?`{1,2}(?P<text>[^`]*)`{1,2}_{0,2}")
_TARGET = re.compile(r"(?P<title>.*?)\s*<(?P<target>[^<>]*)>$", re.DOTALL)
_DEFAULT = re.compile(
    r"(?:^|[,;]\s*|\s+(?=\()|\s+(?=default))(?P<default>\(?(?:optional|required|default(?:s|ing)?)\b.*)$", re.DOTALL
)
_LETTER = re.compile(r"[LCIBMUX]\{([^{}]*)\}")
_SHORT = re.compile(r"(?<!\w)~(?=[A-Za-z_])")
"""Marks a name of which Sphinx shows only the last part."""
_OPENING, _CLOSING = "([{", ")]}"
_JOINING = frozenset({"of", "or", "and", "to", "|", "->"})
_WORD_OF_TYPE = re.compile(r"[\w.:*\"'~…-]+")


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list of names, without stars, escapes and backticks."""
    names = tuple(name.strip() for name in text.translate(_MARKS).replace("/", ",").split(","))
    return tuple(name for name in names if name != "...") if len(names) > 1 else names


def plain_type(text: str) -> str:
    """Return a type without roles, backticks and letters of epytext, on one line."""
    if "`" in text:
        text = _ROLE.sub(_role_text, text)
    if "{" in text:
        text = _LETTER.sub(r"\1", text)
    if "~" in text:
        text = _SHORT.sub("", text)
    return " ".join(text.split()) if "\n" in text else text.strip()


def _role_text(found: re.Match[str]) -> str:
    target = _TARGET.match(found["text"])
    return (target["title"] if target else found["text"]).lstrip("~!")


def type_and_default(text: str) -> tuple[str, str]:
    """Return the type and the note on the default: `int, optional` is `int` and `optional`."""
    found = _DEFAULT.search(text) if "option" in text or "default" in text or "required" in text else None
    if found is None or not is_balanced(before := text[: found.start()]):
        return plain_type(text), ""
    default = plain_type(found["default"])
    return plain_type(before), default[1:-1] if default[0] == "(" and closing(default, 0) == len(
        default
    ) - 1 else default


def is_balanced(text: str) -> bool:
    """Return True if each bracket that opens is closed."""
    return all(text.count(one) == text.count(other) for one, other in zip(_OPENING, _CLOSING, strict=True))


def closing(text: str, start: int) -> int:
    """Return the index of the bracket that closes the one at an index; -1 if none does."""
    depth = 0
    for index in range(start, len(text)):
        if text[index] in _OPENING:
            depth += 1
        elif text[index] in _CLOSING:
            depth -= 1
            if depth == 0:
                return index
    return -1


def colon_outside(text: str) -> int:
    """Return the index of the first colon that ends a word outside brackets, quotes and roles; -1 if there is none."""
    depth = 0
    quote = ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character == "`" or (character in "\"'" and not text[index - 1 : index].isalnum()):
            quote = character
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == ":" and depth <= 0 and text[index + 1 : index + 2] in {"", " "}:
            return index
    return -1


def is_type(text: str) -> bool:
    """Return True if a text can be a type: `dict[str, int]`, `list of str`, `str | None`, but not a sentence."""
    if not text or text[0] in "-#>":
        return False
    words = _outside_brackets(plain_type(text)).replace(",", " , ").split()
    expects_word = True
    for word in words:
        if expects_word != (word not in _JOINING and word != ","):
            return False
        if expects_word and not _WORD_OF_TYPE.fullmatch(word):
            return False
        expects_word = not expects_word
    return bool(words) and not expects_word


def _outside_brackets(text: str) -> str:
    """Return a string without its brackets and their contents."""
    if not any(bracket in text for bracket in _OPENING):
        return text
    kept: list[str] = []
    depth = 0
    for character in text:
        if character in _OPENING:
            depth += 1
            if depth == 1:
                kept.append("x" if kept and not kept[-1].isspace() else "x ")
        elif character in _CLOSING:
            depth -= 1
        elif depth <= 0:
            kept.append(character)
    return "".join(kept)
