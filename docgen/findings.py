"""Findings: what docgen could not read, evaluate or show, one line each, with a stable code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

CODES = {
    "DG101": "a file could not be read as Python: syntax, encoding or null bytes",
    "DG102": "a compiled module has no sources",
    "DG103": "__all__ lists names that are not defined",
    "DG104": "__all__ is computed in a way that cannot be read",
    "DG105": "a name is imported from a module of the package that does not define it",
    "DG106": "a public name is on no page, because of its value",
    "DG107": "a public name is shown as a variable, because its value cannot be known",
    "DG108": "a public name has another value, or is missing, if an optional dependency is not installed",
    "DG109": "running code binds names that the source does not spell out",
    "DG110": "markup in a docstring was not understood; its text is shown as a block of code",
    "DG111": "a docstring is built while code runs, and only a part of it is known",
    "DG201": "the effect of a decorator is unknown; the signature is taken as written",
    "DG202": "a base class has no sources; what it adds is not listed",
    "DG203": "a value cannot be known without running code",
    "DG204": "an annotation cannot be evaluated; it is printed as written",
    "DG205": "evaluation reached a limit; the value is printed as written",
    "DG301": "standard library sources of the named Python version were not found",
    "DG302": "the lock file lists a release as another archive; its digest was not compared",
    "DG303": "a dependency is pinned in the configuration, but is not in the lock file",
    "DG304": "a member of an archive was left out, or has another name on disk",
    "DG401": "an override was used",
    "DG501": "a page contradicts itself",
    "DG502": "the names of two classes differ only in case",
    "DG503": "the page of a class would have a name that is reserved for a device",
    "DG504": "a link of a page has no target",
    "DG505": "words of a docstring are missing from the pages of its symbol",
    "DG506": "a public symbol is missing from its page",
    "DG507": "a parameter, a default or an overload is missing from the page of its function",
    "DG508": "a page is larger than its sources allow; the rest of it is left out",
    "DG701": "a docstring describes a parameter that does not exist",
    "DG702": "a docstring describes some parameters of a function, but not this one",
    "DG703": "reST markup in a Markdown text",
    "DG704": "a memory address in a value",
    "DG705": "a path of the build machine in a value",
    "DG706": "a docstring describes a parameter more than once",
    "DG801": "an example cannot be read as Python",
    "DG802": "an example uses a name that is not public",
    "DG803": "an example passes a keyword that the function does not accept",
    "DG804": "an example calls a coroutine function and does not await it",
    "DG805": "an example failed when it was run",
}
"""Every code and what it means. Codes are never reused.

1xx reading, 2xx evaluating, 3xx surroundings, 4xx overrides, 5xx pages, 6xx differences (`docgen/compare`), 7xx lint,
8xx examples.
"""


MAX_TEXT = 80
"""Longest piece of source that a finding quotes, in characters."""
MOST_NAMES = 12
"""How many names a message lists."""
_LONG = re.compile(r"\S{1000,}")


def shortened(text: str, longest: int = MAX_TEXT) -> str:
    """Return a piece of source on one line, cut if it is longer than that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 4]} ..."


def counted(number: int, thing: str) -> str:
    """Return a number and a noun: `1 rule`, `2 rules`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def enumerated(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names on one line, the first of many: `a, b and 3 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def writable(text: str) -> str:
    """Return a string that can be written to a file: lone surrogates are replaced by their escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def shown(name: str, longest: int = MAX_TEXT) -> str:
    """Return a name as messages show it: on one line, printable, cut if it is long."""
    text = writable(name[: longest + 1])
    text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= longest else f"{text[: longest - 4]} ..."


def message(error: Exception) -> str:
    """Return an error as a command prints it: printable, and words of more than a thousand characters cut."""
    text = writable(str(error))
    text = "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
    return _LONG.sub(lambda found: shown(found[0]), text)


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One problem at one place."""

    path: str
    """Path of the file relative to the root of the sources."""
    line: int = 1
    column: int = 1
    code: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        """Return `path:line:col: CODE text`, and the hint on a line of its own."""
        line = f"{self.path}:{self.line}:{self.column}: {self.code} {self.text}"
        return f"{line}\n    {self.hint}" if self.hint else line
