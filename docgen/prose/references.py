"""References to objects in Markdown: `` [`title`][dotted.name] `` and names in code."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"^ *(?P<mark>```+|~~~+).*?(?:^ *(?P=mark)[`~]* *$|\Z)", re.DOTALL | re.MULTILINE)
_REFERENCE = re.compile(
    r"(?P<double>``(?:[^`]|`(?!`))+``(?!\]))"
    r"|\[(?P<title>(?:[^][\n`]|`[^`\n]*`){1,200})\]\[(?P<target>[^][\n]*)\]"
    r"|(?P<link>!?\[(?:[^][\n`]|`[^`\n]*`){1,200}\]\([^)\n]*\))"
    r"|`(?P<code>[^`\n]+)`"
)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def link_references(markdown: str, address_of: Callable[[str], str | None]) -> str:
    """Return Markdown with its references to objects as links; one without an address shows its title only.

    Parameters:
        markdown: What reading a docstring gave; code blocks are left as they are. A name in a code span becomes a
            link too, if it has an address.
        address_of: Returns the address of an object by its name as written, None if there is none.
    """
    if "`" not in markdown and "][" not in markdown:
        return markdown
    parts = []
    start = 0
    for fence in _FENCE.finditer(markdown):
        parts += [_linked(markdown[start : fence.start()], address_of), fence[0]]
        start = fence.end()
    parts.append(_linked(markdown[start:], address_of))
    return "".join(parts)


def _linked(text: str, address_of: Callable[[str], str | None]) -> str:
    def link(found: re.Match[str]) -> str:
        if found["title"] is not None:
            title = found["title"]
            target = found["target"] or title.strip("`")
            address = address_of(target)
            if address is None and not _NAME.fullmatch(target):
                return found[0]
            return f"[{title}]({address})" if address else title
        code = found["code"]
        if code and _NAME.fullmatch(name := code.removesuffix("()")) and (address := address_of(name)):
            return f"[`{code}`]({address})"
        return found[0]

    return _REFERENCE.sub(link, text)
