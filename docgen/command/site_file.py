"""Adds the lines that a reference needs to a `mkdocs.yml`; of the existing lines it changes only one-line lists.

It works line by line, because a YAML writer would lose comments and the tags that only mkdocs knows. Changes that would
need a YAML parser are left to the user.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLUGIN = "docgen"
_ENTRY = re.compile(r"(?P<indent>[ \t]*)(?P<dash>-[ \t])?")
_IS_NAMED = re.compile(
    rf"^[ \t]*(?:-[ \t]+)?[\"']?{PLUGIN}[\"']?[ \t]*:?[ \t]*(?:\{{.*\}}[ \t]*)?(?:#.*)?$", re.MULTILINE
)
_ON_ONE_LINE = re.compile(r"^(plugins:[ \t]*\[)([^\]\n]*)(\][ \t]*(?:#.*)?)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The text of a configuration, the lines that were added to it, and those that the user has to add."""

    text: str
    added: tuple[str, ...] = ()
    """Lines that were added, without indentation."""
    to_add: tuple[str, ...] = ()
    """Lines that the user has to add, each with its place."""


def with_reference(text: str, page: str) -> Edited:
    """Return a configuration in which the plugin is on, and whose navigation, if it has one, leads to a page.

    Parameters:
        text: The existing configuration.
        page: First page of the reference, relative to the documentation folder.
    """
    added: list[str] = []
    to_add: list[str] = []
    has_nav = re.search(r"^nav:", text, re.MULTILINE) is not None
    edits = (
        ("plugins", _with_plugin, f"- {PLUGIN}", not _is_on(text)),
        ("nav", _with_entry, f"- API reference: {page}", has_nav and page.removesuffix("index.md") not in text),
    )
    for key, edit, line, is_needed in edits:
        changed = edit(text, line) if is_needed else text
        if changed is None:
            to_add.append(f"`{line}` under `{key}:`")
        elif changed != text:
            added.append(line)
            text = changed
    return Edited(text=text, added=tuple(added), to_add=tuple(to_add))


def _is_on(text: str) -> bool:
    found = _block(text, "plugins")
    inside = "\n".join(text.split("\n")[found[0] : found[1]]) if found else ""
    listed = _ON_ONE_LINE.search(text)
    return bool(_IS_NAMED.search(inside)) or bool(listed and re.search(rf"(?<![\w-]){PLUGIN}(?![\w-])", listed[2]))


def _with_plugin(text: str, line: str) -> str | None:
    if listed := _ON_ONE_LINE.search(text):
        names = ", ".join(filter(None, [listed[2].strip().rstrip(","), PLUGIN]))
        return f"{text[: listed.start()]}{listed[1]}{names}{listed[3]}{text[listed.end() :]}"
    found = _block(text, "plugins")
    if found is None:
        # Without the key, only search is on; plugins that an inherited file lists would be lost.
        is_elsewhere = re.search(r"^(?:INHERIT|plugins):", text, re.MULTILINE)
        return None if is_elsewhere else f"{text.rstrip()}\n\nplugins:\n  - search\n  {line}\n".lstrip("\n")
    lines = text.split("\n")
    entry = _ENTRY.match(lines[found[2]])
    assert entry is not None  # noqa: S101 - for the type checker: the pattern matches any line
    new = f"{entry['indent']}{line}" if entry["dash"] else f"{entry['indent']}{PLUGIN}: {{}}"
    return "\n".join([*lines[: found[1]], new, *lines[found[1] :]])


def _with_entry(text: str, line: str) -> str | None:
    found = _block(text, "nav")
    lines = text.split("\n")
    entry = _ENTRY.match(lines[found[2]]) if found else None
    if found is None or entry is None or not entry["dash"]:
        return None
    return "\n".join([*lines[: found[1]], f"{entry['indent']}{line}", *lines[found[1] :]])


def _block(text: str, key: str) -> tuple[int, int, int] | None:
    """Return where the entries below a key begin and end, and which line is the first one; None if there are none."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if re.match(rf"{key}:[ \t]*(?:#.*)?$", line)), None)
    if start is None:
        return None
    end, first = start + 1, None
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith((" ", "\t", "- ")):
            break
        first = number if first is None else first
        end = number + 1
    return None if first is None else (start + 1, end, first)
