"""The sections of a docstring: the values that reading one returns.

The model contains these values unchanged, and every format reads them from there.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class SectionKind(StrEnum):
    """Kinds of sections of a docstring."""

    TEXT = "text"
    PARAMETERS = "parameters"
    OTHER_PARAMETERS = "other parameters"
    RETURNS = "returns"
    YIELDS = "yields"
    RECEIVES = "receives"
    RAISES = "raises"
    WARNS = "warns"
    ATTRIBUTES = "attributes"
    METHODS = "methods"
    FUNCTIONS = "functions"
    CLASSES = "classes"
    EXAMPLES = "examples"
    NOTES = "notes"
    WARNINGS = "warnings"
    SEE_ALSO = "see also"
    REFERENCES = "references"
    TODO = "todo"
    DEPRECATED = "deprecated"
    VERSION_ADDED = "version added"
    VERSION_CHANGED = "version changed"
    ADMONITION = "admonition"


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One row of a section: a parameter, a returned value, an exception, a method.

    Attributes:
        name: The name without stars; `x, y : int` makes two items. Empty for a returned value without a name, and for
            an exception or warning, whose class is the annotation.
        annotation: The type as written in the docstring, without roles and backticks; for a method or function, its
            signature as written, brackets included. Empty if none is written.
        default: What the docstring says about the default, as written: `optional`, `default 3`.
        text: Markdown; it may have several paragraphs.
    """

    name: str = ""
    annotation: str = ""
    default: str = ""
    text: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One part of a docstring, in the order of the docstring.

    Attributes:
        kind: The kind of section.
        title: The heading as written, if the kind does not imply it: `Example with retries`, `Tip`; or the version of a
            deprecation, of an addition or of a change.
        text: The prose of the section in Markdown, which precedes the items.
        items: The rows, in the order of the docstring. Empty for a section that is prose only.
    """

    kind: SectionKind
    title: str = ""
    text: str = ""
    items: tuple[Item, ...] = ()
