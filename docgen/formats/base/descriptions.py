"""Puts each fact of docstrings into one place: parameters with their signature, attributes with their row."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping

import msgspec

from docgen.formats.base.blocks import with_joined_lines
from docgen.formats.base.signatures import type_text, value_text
from docgen.model import Annotation, Docstring, Parameter, Unknown
from docgen.prose.sections import Item, Section, SectionKind

Clean = Callable[[str], str]
"""Function that makes a string canonical."""
OVERLOAD = "Overload"
"""The label over one of several signatures; no section has it."""
ABSORBED = (SectionKind.PARAMETERS, SectionKind.OTHER_PARAMETERS)
_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"[*<`\\]")
_BY_CLASS = (SectionKind.RAISES, SectionKind.WARNS)
VERSIONED = {
    SectionKind.DEPRECATED: "Deprecated since version",
    SectionKind.VERSION_ADDED: "Added in version",
    SectionKind.VERSION_CHANGED: "Changed in version",
}
"""The words before the version of such a section."""
_UNTITLED_VERSIONS = {
    SectionKind.DEPRECATED: "Deprecated",
    SectionKind.VERSION_ADDED: "Version added",
    SectionKind.VERSION_CHANGED: "Version changed",
}
LABELS = {
    **{kind: kind.value.capitalize() for kind in SectionKind if kind not in (SectionKind.TEXT, SectionKind.ADMONITION)},
    SectionKind.SEE_ALSO: "See also",
    SectionKind.TODO: "Todo",
    **_UNTITLED_VERSIONS,
}
"""The words over a section without a title of its own."""
COLUMNS: Mapping[SectionKind, tuple[tuple[str, str], ...]] = {
    SectionKind.PARAMETERS: (
        ("Parameter", "name"),
        ("Type", "annotation"),
        ("Default", "default"),
        ("Description", "text"),
    ),
    SectionKind.RETURNS: (("Name", "name"), ("Type", "annotation"), ("Default", "default"), ("Description", "text")),
    SectionKind.RAISES: (("Exception", "annotation"), ("Name", "name"), ("Default", "default"), ("When", "text")),
    SectionKind.WARNS: (("Warning", "annotation"), ("Name", "name"), ("Default", "default"), ("When", "text")),
    SectionKind.ATTRIBUTES: (
        ("Attribute", "name"),
        ("Type", "annotation"),
        ("Default", "default"),
        ("Description", "text"),
    ),
    SectionKind.METHODS: (
        ("Method", "name"),
        ("Signature", "annotation"),
        ("Default", "default"),
        ("Description", "text"),
    ),
    SectionKind.FUNCTIONS: (
        ("Function", "name"),
        ("Signature", "annotation"),
        ("Default", "default"),
        ("Description", "text"),
    ),
    SectionKind.CLASSES: (
        ("Class", "name"),
        ("Signature", "annotation"),
        ("Default", "default"),
        ("Description", "text"),
    ),
}
"""The columns of a table of items, and the field of an item that each shows."""
_ANY_COLUMNS = (("Name", "name"), ("Type", "annotation"), ("Default", "default"), ("Description", "text"))


def columns(kind: SectionKind) -> tuple[tuple[str, str], ...]:
    """Return (head, field of an item) for each column that the items of a section can have."""
    if kind == SectionKind.OTHER_PARAMETERS:
        kind = SectionKind.PARAMETERS
    return COLUMNS.get(kind, _ANY_COLUMNS)


def summary_text(docstring: Docstring | None) -> str:
    """Return the text at the beginning of a docstring; empty if it begins with something else."""
    first = docstring.sections[0] if docstring and docstring.sections else None
    return first.text if first is not None and first.kind == SectionKind.TEXT else ""


def heading(section: Section) -> str:
    """Return the heading of a section; empty for a section of text."""
    if section.kind == SectionKind.TEXT:
        return ""
    if section.kind in VERSIONED and section.title:
        return f"{VERSIONED[section.kind]} {section.title}"
    return section.title or LABELS[section.kind]


def kind_and_title(words: str) -> tuple[SectionKind, str]:
    """Undo `heading`; words of no kind of section are the title of an admonition."""
    for kind, before in VERSIONED.items():
        if words.startswith(f"{before} "):
            return kind, words[len(before) + 1 :]
    for kind, label in LABELS.items():
        if label == words:
            return kind, ""
    return SectionKind.ADMONITION, words


def canonical_sections(sections: Iterable[Section], clean: Clean) -> tuple[Section, ...]:
    """Return sections as a page can show them: texts made canonical, empty sections and items left out.

    Consecutive texts become one; a section whose title would be ambiguous as a heading becomes an admonition.
    """
    found = (_canonical(section, clean) for section in sections)
    return merged(each for each in found if each.text or each.items or each.kind in VERSIONED)


def _canonical(section: Section, clean: Clean) -> Section:
    kind = section.kind
    items = tuple(item for each in section.items if (item := _item(each, kind, clean)) != Item())
    text = clean(section.text)
    if len(items) == 1 and items[0] == Item(text=items[0].text):
        # There is only this one fact, and a table of one cell would be no clearer.
        text, items = joined(text, items[0].text), ()
    if kind == SectionKind.TEXT and not items:
        return Section(kind=kind, text=text)
    if kind == SectionKind.OTHER_PARAMETERS or kind in COLUMNS:
        return Section(kind=kind, text=text, items=items)
    title = " ".join(_MARKS.sub("", section.title).split()).rstrip(": ")
    if kind in (SectionKind.TEXT, SectionKind.ADMONITION):
        kind = SectionKind.ADMONITION if title else SectionKind.NOTES
    kind, title = kind_and_title(heading(Section(kind=kind, title=f"{title}s" if title == OVERLOAD else title)))
    return Section(kind=kind, title=title, text=text, items=items)


def _item(item: Item, kind: SectionKind, clean: Clean) -> Item:
    name, annotation = " ".join(item.name.split()), " ".join(item.annotation.split())
    if kind in _BY_CLASS and not annotation:
        name, annotation = "", name
    return Item(
        name=name,
        annotation=annotation,
        default=" ".join(item.default.split()),
        text=with_joined_lines(clean(item.text)),
    )


def joined(*texts: str) -> str:
    """Return texts as paragraphs, each once."""
    found: list[str] = []
    for text in texts:
        if text and text not in found:
            found.append(text)
    return "\n\n".join(found)


def says_more(written: str, annotation: str) -> bool:
    """Return True if the type in a docstring names anything that the annotation does not."""
    return not set(_WORD.findall(written.lower())) <= set(_WORD.findall(annotation.lower()))


def described_parameters(
    parameters: tuple[Parameter, ...] | Unknown, sections: tuple[Section, ...], clean: Clean
) -> tuple[tuple[Parameter, ...] | Unknown, tuple[Section, ...]]:
    """Return parameters with their descriptions, and the sections without these descriptions.

    Descriptions of parameters are put into one section, in the order of the signature; those of names that are not
    parameters become a section of other parameters.

    Parameters:
        parameters: The parameters of the signature.
        sections: The canonical sections of the docstring.
        clean: Makes a string canonical.
    """
    if isinstance(parameters, Unknown):
        return parameters, sections
    items = items_by_name(sections, ABSORBED)
    names = {parameter.name for parameter in parameters}
    rows = [_described(parameter, items.get(parameter.name, Item()), clean) for parameter in parameters]
    described = tuple(
        msgspec.structs.replace(parameter, description=row.text)
        for parameter, row in zip(parameters, rows, strict=True)
    )
    own = tuple(row for row in rows if row != Item(name=row.name))
    return described, tuple(_with_own(sections, own, names))


def _described(parameter: Parameter, item: Item, clean: Clean) -> Item:
    """Return the text in the row of a parameter, without what its signature shows."""
    annotation, value = type_text(parameter.annotation), value_text(parameter.default)
    text = joined(with_joined_lines(clean(parameter.description)), item.text)
    return Item(
        name=parameter.name,
        annotation="" if annotation else item.annotation,
        default="" if value else item.default,
        text=with_notes(text, item, annotation, value, clean),
    )


def with_notes(text: str, item: Item, annotation: str, value: str, clean: Clean) -> str:
    """Return a description, preceded by the type and default in a docstring if they say more than those of the source.

    Parameters:
        text: The description.
        item: The item with the type and the default in the docstring.
        annotation: The type in the source; if it is empty, the type in the docstring is shown in its place.
        value: The default in the source.
        clean: Makes a string canonical.
    """
    notes = []
    if annotation and item.annotation and says_more(item.annotation, annotation):
        notes.append(clean(_in_code(item.annotation)))
    if value and item.default and says_more(item.default, f"default defaults to {value}"):
        notes.append(clean(item.default))
    return with_joined_lines(f"({', '.join(notes)}) {text}".rstrip()) if notes else text


def _in_code(text: str) -> str:
    return text if "`" in text else f"`{text}`"


def bare(name: str) -> str:
    """Return the name of a parameter without its stars."""
    return name.lstrip("*")


def items_by_name(sections: Iterable[Section], kinds: Container[SectionKind]) -> dict[str, Item]:
    """Return the items of sections of some kinds by name; several items with the same name are merged."""
    found: dict[str, Item] = {}
    for item in (item for each in sections if each.kind in kinds for item in each.items):
        name = bare(item.name)
        found[name] = _both(found[name], item) if name in found else item
    return found


def _both(first: Item, second: Item) -> Item:
    return Item(
        name=first.name,
        annotation=_either(first.annotation, second.annotation, " | "),
        default=_either(first.default, second.default, "; "),
        text=joined(first.text, second.text),
    )


def _either(first: str, second: str, between: str) -> str:
    return between.join(dict.fromkeys(filter(None, (first, second))))


def _with_own(sections: tuple[Section, ...], own: tuple[Item, ...], names: set[str]) -> tuple[Section, ...]:
    """Return sections with all descriptions of parameters in one place, followed by those of other names."""
    about = [each for each in sections if each.kind in ABSORBED]
    rest = tuple(item for each in about for item in each.items if bare(item.name) not in names)
    new = (
        Section(kind=SectionKind.PARAMETERS, text=_text_of(about, SectionKind.PARAMETERS), items=own),
        Section(kind=SectionKind.OTHER_PARAMETERS, text=_text_of(about, SectionKind.OTHER_PARAMETERS), items=rest),
    )
    place = next((n for n, each in enumerate(sections) if each.kind in ABSORBED), leading_texts(sections))
    before, after = ([s for s in part if s.kind not in ABSORBED] for part in (sections[:place], sections[place:]))
    return merged((*before, *(each for each in new if each.text or each.items), *after))


def _text_of(sections: Iterable[Section], kind: SectionKind) -> str:
    return "\n\n".join(each.text for each in sections if each.kind == kind and each.text)


def merged(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections with consecutive texts merged."""
    found: list[Section] = []
    for each in sections:
        if each.kind == SectionKind.TEXT and found and found[-1].kind == SectionKind.TEXT:
            found[-1] = Section(kind=each.kind, text=f"{found[-1].text}\n\n{each.text}")
        else:
            found.append(each)
    return tuple(found)


def leading_texts(sections: tuple[Section, ...]) -> int:
    """Return how many sections of text a docstring begins with."""
    return next((n for n, each in enumerate(sections) if each.kind != SectionKind.TEXT), len(sections))


def described_result(sections: tuple[Section, ...], returns: Annotation | Unknown | None) -> tuple[Section, ...]:
    """Return sections with the annotation as the type of a single returned value that is written without one."""
    annotation = type_text(returns)
    if not annotation:
        return sections
    return tuple(_with_type(each, annotation) if each.kind == SectionKind.RETURNS else each for each in sections)


def _with_type(section: Section, annotation: str) -> Section:
    if not section.items and not section.title:
        # The text would precede the table, so it becomes a row of it.
        item = Item(annotation=annotation, text=with_joined_lines(section.text))
        return msgspec.structs.replace(section, text="", items=(item,))
    if len(section.items) == 1 and not section.items[0].name:
        item = section.items[0]
        if not item.annotation or not says_more(item.annotation, annotation):
            return msgspec.structs.replace(section, items=(msgspec.structs.replace(item, annotation=annotation),))
    return section
