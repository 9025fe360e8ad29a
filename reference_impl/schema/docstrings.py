"""Splits docstrings into the description and the texts about each parameter."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reference_impl.values.frozen import freeze

_SECTION = re.compile(r"(Args|Arguments|Parameters|Params|Attributes|Returns|Return|Yields|Raises|[A-Z]\w+):\s*$")
_UNDERLINE = re.compile(r"-{3,}\s*$")
_GOOGLE = re.compile(r"(?P<name>\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(?P<text>.*)")
_NUMPY = re.compile(r"(?P<name>\*{0,2}\w+)(?:\s*:.*)?$")
_FIELD = re.compile(r":(param|parameter|arg|argument|key)\s+(?:[^:]*\s)?(\*{0,2}\w+)\s*:\s*(.*)")
_INPUT_SECTIONS = {"Args", "Arguments", "Attributes", "Parameters", "Params"}
_FIELD_LIST = re.compile(r":\w+[^:]*:")


@dataclass(frozen=True, init=False)
class Docstring:
    """A docstring in Google, NumPy or Sphinx style. It is parsed when one of its parts is read.

    Parameters:
        docstring: The docstring itself.
        callable_: The function or class that it is read from, if `docstring` is None.
    """

    text: str
    """The docstring without its indentation."""

    def __init__(self, docstring: str | None = None, callable_: Callable[..., Any] | None = None) -> None:
        given = docstring if docstring is not None else getattr(callable_, "__doc__", None)
        freeze(self, text=inspect.cleandoc(given or ""))

    @cached_property
    def input_descriptions(self) -> dict[str, str | None]:
        """The description of each parameter that the docstring lists, in its order; None for an empty one."""
        lines = self.text.splitlines()
        found = {**_section_items(lines), **_fields(lines)}
        return {name.lstrip("*"): " ".join(text.split()) or None for name, text in found.items()}

    @property
    def short_description(self) -> str | None:
        """The first paragraph, or None if there is none."""
        return self._paragraphs()[0] or None

    @property
    def long_description(self) -> str | None:
        """The text between the first paragraph and the first section or field, or None if there is none."""
        return self._paragraphs()[1] or None

    def _paragraphs(self) -> tuple[str, str]:
        """Return the first paragraph and the rest of the free text."""
        lines = self.text.splitlines()
        prose: list[str] = []
        for line, following in _with_following(lines):
            if _SECTION.match(line) or _UNDERLINE.match(following) or _FIELD_LIST.match(line):
                break
            prose.append(line)
        first, _, rest = "\n".join(prose).strip().partition("\n\n")
        return first, rest.strip()


def _with_following(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Return each line together with the next one; the last line comes with an empty string."""
    return zip(lines, [*lines[1:], ""], strict=False)


def _section_items(lines: list[str]) -> dict[str, str]:
    """Return the descriptions in the parameter sections of Google and NumPy style, by name."""
    found: dict[str, str] = {}
    for number, (line, following) in enumerate(_with_following(lines)):
        if (head := _SECTION.match(line)) and head[1] in _INPUT_SECTIONS:
            indented = itertools.takewhile(lambda below: not below.strip() or below[0] == " ", lines[number + 1 :])
            found |= _items(list(indented), _GOOGLE)
        elif line.strip() in _INPUT_SECTIONS and _UNDERLINE.match(following):
            body = lines[number + 2 :]
            ends = (at - 1 for at, below in enumerate(body) if _UNDERLINE.match(below))
            found |= _items(body[: next(ends, len(body))], _NUMPY)
    return found


def _items(body: list[str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Return the descriptions of a section by name; lines that are indented further continue a description."""
    found: dict[str, str] = {}
    filled = [line for line in body if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    name = ""
    for line in filled:
        item = pattern.match(line[margin:])
        if item:
            name = item["name"]
            found[name] = item.groupdict().get("text") or ""
        elif name:
            found[name] += " " + line.strip()
    return found


def _fields(lines: list[str]) -> dict[str, str]:
    """Return the descriptions in Sphinx fields (`:param name: text`), by name; other lines continue a description."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if field := _FIELD.match(line):
            name = field[2]
            found[name] = field[3]
        elif not line.strip() or _FIELD_LIST.match(line):
            name = ""
        elif name:
            found[name] += " " + line.strip()
    return found
