"""Prints texts, types and names for one page, with links relative to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache
from types import MappingProxyType

from docgen.formats.base import cells
from docgen.formats.base.blocks import paragraphs, with_levels
from docgen.formats.base.code import Token, block
from docgen.formats.base.inline import Html, is_outside, shown, shown_line
from docgen.formats.base.names import Names
from docgen.formats.base.places import Places
from docgen.formats.base.signatures import type_text
from docgen.model import Annotation, Unknown
from docgen.prose.summary import summary

CONTINUED = "*(continued below the table)*"
"""Ends the cell of a string whose rest is below the table."""
_MODULE = "#module-"
"""Prefix of the name of a module in Sphinx's addresses."""
_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


@lru_cache(maxsize=8192)
def escaped(name: str) -> str:
    """Return a name as plain text, without underscores that would open emphasis."""
    return _EDGE.sub(r"\\_", name)


def anchor(path: str) -> str:
    """Return the target of links to a symbol."""
    return f'<a id="{path}"></a>'


def named(path: str, name: str, attribute: str = "") -> str:
    """Return the name of a symbol as code that is its own anchor and a link to itself, so that it can be copied."""
    return f'<a id="{path}" href="#{path}"{attribute}>{cells.code_cell(name)}</a>'


def parameter_anchor(function: str, name: str) -> str:
    """Return the anchor of a parameter: `shop.pay(card)`; those of constructors belong to their class."""
    return f"{function.removesuffix('.__init__')}({name})"


class Sheet:
    """Prints the contents of one page.

    Parameters:
        page: Its path.
        places: The places of symbols.
        names: Resolves names.
        module: Public path of the described module.
        class_: Public path of the described class, empty for none.
        treatment: How HTML in docstrings is treated.
        notes: Public path -> notes in its row besides its description.
    """

    def __init__(  # noqa: PLR0913 - what a page rests on
        self,
        page: str,
        *,
        places: Places,
        names: Names,
        module: str = "",
        class_: str = "",
        treatment: Html = "escape",
        notes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.page = page
        self.places = places
        self._names = names
        self._module = module
        self._class = class_
        self._treatment = treatment
        self.notes = notes
        self._anchored: set[str] = set()
        """Anchors of parameters that the page has already."""

    def within(self, class_: str) -> Sheet:
        """Return the same page for the text about a class."""
        sheet = copy(self)
        sheet._class = class_  # noqa: SLF001 - of this class
        return sheet

    def address(self, path: str) -> str:
        """Return the address of a symbol given by its public path; a URL is returned unchanged, empty for none."""
        return path if is_outside(path) else self.places.address(path, self.page)

    def text(self, text: str, level: int) -> str:
        """Return a canonical text in the form of the page, with headings from a given level on."""
        return with_levels(shown(text, self.address, self._treatment), level)

    def line(self, text: str) -> str:
        """Return a canonical text of one line in the form of the page."""
        return shown_line(text, self.address, self._treatment)

    def cell(self, text: str) -> str:
        """Return the opening paragraphs of a canonical text as a cell."""
        plain, rest = paragraphs(text)
        cell = cells.text_cell(shown(plain, self.address, self._treatment))
        return " ".join(filter(None, (cell, CONTINUED))) if rest else cell

    def summary(self, text: str) -> str:
        """Return the first sentence of a canonical text as a cell."""
        return cells.text_cell(self.line(summary(text)))

    def type(self, annotation: Annotation | Unknown | None) -> str:
        """Return an annotation as a cell, with links."""
        if not isinstance(annotation, Annotation):
            return ""
        if not annotation.links:
            return cells.code_cell(type_text(annotation))
        return cells.linked_code(type_text(annotation), lambda name: self._in(annotation, name))

    def _in(self, annotation: Annotation | None, name: str) -> str:
        """Return the address of a name in an annotation, empty for none."""
        if annotation is None:
            return ""
        for known, path in annotation.links:
            if known == name:
                return self.address(path)
        return ""

    def code(self, tokens: Iterable[Token], function: str = "") -> str:
        """Return a signature as a paragraph with links.

        Parameters:
            tokens: The tokens of the signature.
            function: Public path of the function whose parameters have anchors; empty for none.
        """

        def opening(name: str) -> str:
            if not function:
                return ""
            place = parameter_anchor(function, name)
            own = "" if self._is_anchored(place) else f' id="{place}"'
            return f'<a class="n"{own} href="#{place}">'

        return block(tokens, self._in, opening)

    def parameter(self, function: str, name: str, shown: str) -> str:
        """Return the cell of the name of a parameter, with its anchor.

        Parameters:
            function: Public path of its function.
            name: Its name without stars.
            shown: Its name with stars.
        """
        place = parameter_anchor(function, name)
        return cells.code_cell(shown) if not function or self._is_anchored(place) else named(place, shown)

    def to_parameter(self, function: str, name: str) -> str:
        """Return the name of a parameter as a link to its place on this page."""
        return f'<a href="#{parameter_anchor(function, name)}">{cells.span(name)}</a>'

    def _is_anchored(self, place: str) -> bool:
        """Return True if the page already has an anchor, and record that it has one from now on."""
        is_there = place in self._anchored
        self._anchored.add(place)
        return is_there

    def written(self, code: str) -> str:
        """Return a type in a docstring as a cell, with links; `string` does not mean the module there."""
        return cells.linked_code(
            code, lambda name: "" if (at := self._address_of(name)).endswith(_MODULE + name) else at
        )

    def link(self, path: str, title: str) -> str:
        """Return a title as code, with a link if a page shows the symbol of that public path."""
        address = self.address(path)
        return f"[{cells.span(title)}]({address})" if address else cells.span(title)

    def module_link(self, name: str) -> str:
        """Return the name of a module as code, with a link; a function may have the same public path."""
        return f"[{cells.span(name)}]({self.places.module_address(name, self.page)})"

    def _address_of(self, name: str) -> str:
        found = self._names.resolve(name, self._module, self._class) or self._names.builtin(name)
        return self.address(found or "")
